package bridge

import (
	"errors"
	"net"
	"testing"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// TestConnReadAhead has a Write go through a renegotiation whose last flight comes together with data. libssl reads ahead, so the
// data is off the socket before anybody has asked for it, and no event will announce it.
func TestConnReadAhead(t *testing.T) {
	nc, ns := sockets(t, "tcp")
	peer := newFlights(t, ns, serverCtx(t, testdata.ECDSA, func(c *ossl.Ctx) {
		c.ClearOptions(ossl.OpNoRenegotiation)
		c.SetOptions(ossl.OpAllowClientRenegotiation)
	}))
	served := result(peer.serve)
	c := ourClient(t, nc, settings{version: ossl.TLS1_2Version, config: func(c *Config) { c.AllowRenegotiation = true }}).(*Conn)
	buf := make([]byte, 100)
	n, err := c.Read(buf) // less than there is room for: the next Read expects to wait
	must(t, err)
	if got := string(buf[:n]); got != "first" {
		t.Fatalf("read %q", got)
	}
	must(t, c.Renegotiate())
	_, err = c.Write([]byte("x"))
	must(t, err)
	got := soon(t, "what came with the last flight", result(func() string {
		n, err := c.Read(buf)
		if err != nil {
			return err.Error()
		}
		return string(buf[:n])
	}))
	if got != "second" {
		t.Errorf("read %q", got)
	}
	must(t, soon(t, "the server", served))
}

// flights is a server whose messages go out when it says so.
type flights struct {
	nc      net.Conn
	ssl     *ossl.SSL
	in, out *ossl.BIO
}

func newFlights(t *testing.T, nc net.Conn, ctx *ossl.Ctx) *flights {
	f := &flights{nc: nc}
	var err error
	f.ssl, err = ctx.NewSSL()
	must(t, err)
	t.Cleanup(f.ssl.Close)
	for _, b := range []**ossl.BIO{&f.in, &f.out} {
		*b, err = ossl.NewBIOMem()
		must(t, err)
		t.Cleanup((*b).Close)
	}
	must(t, f.ssl.SetBio(f.in, f.out))
	return f
}

func (f *flights) serve() error {
	if err := f.until(f.ssl.Accept); err != nil {
		return err
	}
	if err := f.send("first"); err != nil {
		return err
	}
	finished := string(f.ssl.GetPeerFinished())
	// SSL_read goes on with the renegotiation; what it then still wants is the client's data.
	err := f.until(func() (ossl.Want, error) {
		_, w, err := f.ssl.Read(make([]byte, 1))
		if w == ossl.WantRead && !f.ssl.InInit() && string(f.ssl.GetPeerFinished()) != finished {
			w = ossl.WantNothing
		}
		return w, err
	})
	if err != nil {
		return err
	}
	return f.send("second")
}

// until repeats step, and feeds it, until it wants nothing any more. The flight of the last step stays here.
func (f *flights) until(step func() (ossl.Want, error)) error {
	buf := make([]byte, 20<<10)
	for {
		w, err := step()
		if err != nil || w == ossl.WantNothing {
			return err
		}
		if err := f.flush(); err != nil {
			return err
		}
		n, err := f.nc.Read(buf)
		if err != nil {
			return err
		}
		if _, _, err := f.in.Write(buf[:n]); err != nil {
			return err
		}
	}
}

func (f *flights) send(text string) error {
	if _, _, err := f.ssl.Write([]byte(text)); err != nil {
		return err
	}
	return f.flush()
}

// flush sends everything in one segment.
func (f *flights) flush() error {
	buf := make([]byte, f.out.Pending())
	if len(buf) == 0 {
		return nil
	}
	n, _, err := f.out.Read(buf)
	if err == nil {
		_, err = f.nc.Write(buf[:n])
	}
	if err == nil && n < len(buf) {
		err = errors.New("the BIO gave less than it had")
	}
	return err
}
