package bridge

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/sslsock/sslsock/testdata"
)

// cutter passes bytes on between each connection that it accepts and target,
// and cuts both off when limit bytes have gone in the direction that counts.
type cutter struct {
	ln       net.Listener
	target   string
	toServer bool // which direction counts
	limit    atomic.Int64
	wg       sync.WaitGroup
}

func newCutter(t *testing.T, target net.Addr, toServer bool) *cutter {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	c := &cutter{ln: ln, target: target.String(), toServer: toServer}
	c.wg.Go(c.run)
	t.Cleanup(func() { ln.Close(); c.wg.Wait() })
	return c
}

func (c *cutter) run() {
	for {
		client, err := c.ln.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", c.target)
		if err != nil {
			client.Close()
			continue
		}
		cut := sync.OnceFunc(func() { client.Close(); server.Close() })
		c.wg.Go(func() { c.pass(server, client, c.toServer); cut() })
		c.wg.Go(func() { c.pass(client, server, !c.toServer); cut() })
	}
}

func (c *cutter) pass(dst, src net.Conn, counts bool) {
	limit := int64(1 << 30)
	if counts {
		limit = c.limit.Load()
	}
	buf := make([]byte, 4096)
	for limit > 0 {
		n, err := src.Read(buf[:min(int64(len(buf)), limit)])
		if _, werr := dst.Write(buf[:n]); err != nil || werr != nil {
			return
		}
		limit -= int64(n)
	}
}

// each calls try with a cut after every byte of the direction that counts, until
// a handshake is over before its cut comes. try says whether it was.
func (c *cutter) each(t *testing.T, try func() (done bool, err error)) {
	t.Helper()
	step := int64(1)
	if sanitized || testing.Short() {
		step = 13
	}
	for n := int64(0); ; n += step {
		c.limit.Store(n)
		done, err := try()
		switch {
		case done && n < 300:
			t.Fatalf("a handshake of %d bytes", n)
		case done:
			t.Logf("%d bytes", n)
			return
		case !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, syscall.ECONNRESET) && !errors.Is(err, syscall.EPIPE):
			t.Fatalf("cut after %d bytes: %v", n, err)
		}
	}
}

// dial is a client of crypto/tls that goes through the cutter.
func (c *cutter) dial() {
	if tc, err := tls.Dial("tcp", c.ln.Addr().String(), &tls.Config{InsecureSkipVerify: true}); err == nil {
		tc.Close()
	}
}

// TestCutAtEveryByte cuts a handshake off at every byte of either side's part
// of it, for both drivers: each time a typed error, and nothing left behind.
func TestCutAtEveryByte(t *testing.T) {
	t.Run("server/loop", func(t *testing.T) {
		handlers := make(chan *handler, 1)
		var done atomic.Bool
		ln, err := startLoop(t, nil).Listen("tcp", "127.0.0.1:0", serverCtx(t, testdata.ECDSA), func(*Stream) Handler {
			h := newHandler(t)
			h.open = func(*Stream) { done.Store(true) }
			handlers <- h
			return h
		})
		must(t, err)
		c := newCutter(t, ln.Addr(), true)
		c.each(t, func() (bool, error) {
			c.dial()
			err := (<-handlers).wait()
			return done.Load(), err
		})
	})
	t.Run("server/conn", func(t *testing.T) {
		ln, err := Listen("tcp", "127.0.0.1:0", &Config{Certificates: []Certificate{identity(testdata.ECDSA)}})
		must(t, err)
		defer ln.Close()
		c := newCutter(t, ln.Addr(), true)
		c.each(t, func() (bool, error) {
			client := result(func() error { c.dial(); return nil })
			nc, err := ln.Accept()
			must(t, err)
			err = nc.(*Conn).Handshake()
			nc.Close()
			return err == nil, errors.Join(err, soon(t, "the client", client))
		})
	})
	t.Run("client/loop", func(t *testing.T) {
		c := newCutter(t, stdServer(t), false)
		l, ctx := startLoop(t, nil), clientCtx(t, testdata.ECDSA)
		c.each(t, func() (done bool, err error) {
			h := newHandler(t)
			h.open = func(s *Stream) { done = true; s.Abort(nil) }
			must(t, l.Dial("tcp", c.ln.Addr().String(), ctx, &ClientOptions{ServerName: "localhost"}, h))
			err = h.wait()
			return done, err
		})
	})
	t.Run("client/conn", func(t *testing.T) {
		c := newCutter(t, stdServer(t), false)
		d := &Dialer{Config: &Config{RootCAs: roots(testdata.ECDSA), ServerName: "localhost"}}
		defer d.Close()
		c.each(t, func() (bool, error) {
			nc, err := d.Dial("tcp", c.ln.Addr().String())
			if err == nil {
				nc.Close()
			}
			return err == nil, err
		})
	})
}

// stdServer is a server of crypto/tls that reads and drops.
func stdServer(t *testing.T) net.Addr {
	t.Helper()
	ln, err := tls.Listen("tcp", "127.0.0.1:0", theirServerConfig(t, settings{}.orDefault()))
	must(t, err)
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			wg.Go(func() { io.Copy(io.Discard, c); c.Close() })
		}
	})
	t.Cleanup(func() { ln.Close(); wg.Wait() })
	return ln.Addr()
}
