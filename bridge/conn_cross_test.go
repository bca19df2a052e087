package bridge

import (
	"errors"
	"io"
	"net"
	"os"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/sslsock/sslsock/ossl"
)

// TestWriteWantsRead renegotiates from a Write, which then has to read, while a
// Read is parked where readability is announced.
func TestWriteWantsRead(t *testing.T) {
	for _, initiator := range []string{"client", "server"} {
		t.Run(initiator, func(t *testing.T) {
			c, s := ourPair(t, settings{version: ossl.TLS1_2Version, config: func(c *Config) { c.AllowRenegotiation = true }})
			if initiator == "server" {
				c, s = s, c
			}
			echoed := result(func() error { _, err := io.Copy(s, s); return err })
			for range 5 {
				got := result(func() error { _, err := io.ReadFull(c, make([]byte, 4)); return err })
				time.Sleep(2 * time.Millisecond) // until it is parked; where it is not, the test is only easier
				c.mu.Lock()
				must(t, c.ssl.Renegotiate())
				c.mu.Unlock()
				write := result(func() error { _, err := c.Write([]byte("ping")); return err })
				must(t, soon(t, "Write", write))
				must(t, soon(t, "Read", got))
			}
			must(t, c.Close())
			must(t, soon(t, "echo", echoed))
		})
	}
}

// TestRenegotiationRefused has a client ask for what is off by default.
func TestRenegotiationRefused(t *testing.T) {
	nc, ns := sockets(t, "tcp")
	set := settings{version: ossl.TLS1_2Version}
	s := ourServer(t, ns, set)
	set.config = func(c *Config) { c.AllowRenegotiation = true }
	c := ourClient(t, nc, set).(*Conn)
	shake(t, c, s)
	echoed := result(func() error { _, err := io.Copy(s, s); return err })
	c.mu.Lock()
	must(t, c.ssl.Renegotiate())
	c.mu.Unlock()
	must(t, c.SetDeadline(time.Now().Add(patience)))
	_, err := c.Write([]byte("ping"))
	var e *ossl.Error
	if !errors.As(err, &e) {
		t.Errorf("got %v", err)
	}
	must(t, c.Close())
	<-echoed
}

// crossed is a Conn whose operations are raw ones on the socket, so that a Read
// writes a byte and a Write fills the socket: as if libssl wanted it so.
// full says that a Write has met a full socket.
func crossed(t *testing.T) (c *Conn, peer net.Conn, full *atomic.Bool) {
	t.Helper()
	nc, peer := sockets(t, "unix")
	small(t, nc)
	c = ourClient(t, nc, settings{}).(*Conn)
	c.established.Store(true)
	c.lost = errors.New("not TLS: say nothing at the end")
	fd := c.ssl.GetFd()
	full = new(atomic.Bool)
	put := func(h *half, p []byte) {
		n, err := syscall.Write(fd, p)
		switch {
		case errors.Is(err, syscall.EAGAIN):
			h.want, h.err = ossl.WantWrite, nil
		case err != nil:
			h.want, h.err = ossl.WantNothing, err
		default:
			h.n += n
			h.want = ossl.WantNothing
		}
	}
	c.in.step = func(*Conn) { put(&c.in, []byte{'r'}) }
	c.out.step = func(*Conn) {
		c.out.want = ossl.WantNothing
		for c.out.n < len(c.out.buf) && c.out.want == ossl.WantNothing && c.out.err == nil {
			put(&c.out, c.out.buf[c.out.n:])
		}
		full.Store(c.out.want == ossl.WantWrite)
	}
	return c, peer, full
}

// parkBoth has a Write wait for a full socket, and a Read that wants to write
// too.
func parkBoth(t *testing.T, c *Conn, full *atomic.Bool) (read, write <-chan error) {
	t.Helper()
	write = result(func() error { _, err := c.Write(make([]byte, 1<<20)); return err })
	for !full.Load() {
		time.Sleep(time.Millisecond)
	}
	read = result(func() error { _, err := c.Read(make([]byte, 1)); return err })
	for !c.in.crossing.Load() {
		time.Sleep(time.Millisecond)
	}
	return read, write
}

// TestReadWantsWrite has a Read wait for writability behind a parked Write.
func TestReadWantsWrite(t *testing.T) {
	t.Run("room", func(t *testing.T) {
		c, peer, full := crossed(t)
		read, write := parkBoth(t, c, full)
		drained := result(func() error { _, err := io.Copy(io.Discard, peer); return err })
		must(t, soon(t, "Read", read))
		must(t, soon(t, "Write", write))
		must(t, c.Close())
		must(t, soon(t, "peer", drained))
	})
	t.Run("deadline", func(t *testing.T) {
		c, _, full := crossed(t)
		read, write := parkBoth(t, c, full)
		must(t, c.SetWriteDeadline(time.Now()))
		is(t, "Write", soon(t, "Write", write), os.ErrDeadlineExceeded)
		is(t, "Read", soon(t, "Read", read), os.ErrDeadlineExceeded)
	})
	t.Run("close", func(t *testing.T) {
		c, _, full := crossed(t)
		read, write := parkBoth(t, c, full)
		must(t, c.Close())
		is(t, "Write", soon(t, "Write", write), net.ErrClosed)
		is(t, "Read", soon(t, "Read", read), net.ErrClosed)
	})
	t.Run("alone", func(t *testing.T) {
		c, peer, _ := crossed(t)
		must(t, c.SetWriteDeadline(time.Now().Add(20*time.Millisecond)))
		if _, err := c.Write(make([]byte, 1<<20)); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Fatal(err)
		}
		must(t, c.SetWriteDeadline(time.Time{}))
		read := result(func() error { _, err := c.Read(make([]byte, 1)); return err })
		for !c.in.crossing.Load() {
			time.Sleep(time.Millisecond)
		}
		drained := result(func() error { _, err := io.Copy(io.Discard, peer); return err })
		must(t, soon(t, "Read", read))
		c.out.held, c.owed = false, nil
		must(t, c.Close())
		must(t, soon(t, "peer", drained))
	})
}
