package bridge

import (
	"testing"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// TestConnRenegotiate has each side begin, between two exchanges.
func TestConnRenegotiate(t *testing.T) {
	for _, server := range []bool{false, true} {
		c, s := ourPair(t, settings{version: ossl.TLS1_2Version, config: func(c *Config) { c.AllowRenegotiation = true }})
		lines(t, c, s)
		finished := peerFinished(t, c)
		begins := c
		if server {
			begins = s
		}
		must(t, begins.Renegotiate())
		for range 3 {
			lines(t, c, s)
		}
		for _, side := range []*Conn{c, s} {
			must(t, side.WithSSL(func(ssl *ossl.SSL) error {
				if n := ssl.TotalRenegotiations(); side == begins && n != 1 || ssl.RenegotiatePending() {
					t.Errorf("server begins: %t; %d renegotiations", server, n)
				}
				return nil
			}))
		}
		if peerFinished(t, c) == finished {
			t.Errorf("server begins: %t; the handshake was the same", server)
		}
	}
}

// peerFinished is the last message of the peer's last handshake.
func peerFinished(t *testing.T, c *Conn) (m string) {
	t.Helper()
	must(t, c.WithSSL(func(ssl *ossl.SSL) error { m = string(ssl.GetPeerFinished()); return nil }))
	return m
}

// TestConnRenegotiateNot refuses where it cannot be, and leaves the connection in
// order.
func TestConnRenegotiateNot(t *testing.T) {
	for _, set := range []settings{
		{version: ossl.TLS1_2Version},
		{version: ossl.TLS1_3Version, config: func(c *Config) { c.AllowRenegotiation = true }},
	} {
		c, s := ourPair(t, set)
		for _, side := range []*Conn{c, s} {
			is(t, "renegotiate", side.Renegotiate(), ErrNoRenegotiation)
		}
		lines(t, c, s)
	}
}

// renegotiator begins one when it sees a certain line.
type renegotiator struct {
	echo
	began chan error
	total chan int
}

func (h *renegotiator) Data(s *Stream, p []byte) {
	if len(h.began) == 0 {
		h.began <- s.Renegotiate()
	} else if len(h.total) == 0 {
		h.total <- s.SSL().TotalRenegotiations()
	}
	h.echo.Data(s, p)
}

// TestStreamRenegotiate has a server on the loop begin.
func TestStreamRenegotiate(t *testing.T) {
	for _, version := range []int{ossl.TLS1_2Version, ossl.TLS1_3Version} {
		cfg := &Config{Certificates: []Certificate{identity(testdata.ECDSA)}, AllowRenegotiation: true, MaxVersion: version}
		ctx, err := cfg.NewServerCtx()
		must(t, err)
		defer ctx.Close()
		h := &renegotiator{began: make(chan error, 1), total: make(chan int, 1)}
		ln, err := startLoop(t, nil).Listen("tcp", "127.0.0.1:0", ctx, func(*Stream) Handler { return h })
		must(t, err)
		c, err := Dial("tcp", ln.Addr().String(), &Config{RootCAs: roots(testdata.ECDSA), ServerName: "localhost", AllowRenegotiation: true})
		must(t, err)
		defer c.Close()
		buf := make([]byte, 5)
		for range 3 {
			_, err := c.Write([]byte("hello"))
			must(t, err)
			for n := 0; n < len(buf); {
				m, err := c.Read(buf[n:])
				must(t, err)
				n += m
			}
		}
		err = <-h.began
		if version == ossl.TLS1_3Version {
			is(t, "TLS 1.3", err, ErrNoRenegotiation)
			continue
		}
		must(t, err)
		if n := soon(t, "count", h.total); n != 1 {
			t.Errorf("%d renegotiations", n)
		}
	}
}
