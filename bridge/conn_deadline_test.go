package bridge

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand"
	"net"
	"os"
	"testing"
	"time"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// TestWriteDeadlines sends a payload in Writes that time out again and again,
// most of them in the middle of a record, and goes on behind the bytes that each
// says it has taken. Nothing may be lost, doubled or changed.
func TestWriteDeadlines(t *testing.T) {
	eachPairing(t, func(t *testing.T, client, server impl, set settings) {
		nc, ns := sockets(t, "unix")
		small(t, nc)
		small(t, ns)
		c, s := client.client(t, nc, set), server.server(t, ns, set)
		shake(t, c, s)
		if client.name != ours.name {
			c, s = s, c
		}
		timedWrites(t, c, s)
	})
}

// TestWriteDeadlinesBareCtx is TestWriteDeadlines with a Ctx that nobody has
// set to partial writes. The sockets hold many records.
func TestWriteDeadlinesBareCtx(t *testing.T) {
	bare := func(c *ossl.Ctx) { c.ClearMode(ossl.ModeEnablePartialWrite) }
	nc, ns := sockets(t, "unix")
	c, err := Client(nc, clientCtx(t, testdata.ECDSA, bare), &ClientOptions{ServerName: "localhost"})
	must(t, err)
	defer c.Close()
	s, err := Server(ns, serverCtx(t, testdata.ECDSA, bare))
	must(t, err)
	defer s.Close()
	shake(t, c, s)
	timedWrites(t, c, s)
}

// timedWrites sends to a slow reader under deadlines of a millisecond.
func timedWrites(t *testing.T, c, s net.Conn) {
	t.Helper()
	data := make([]byte, 600_000)
	rand.New(rand.NewSource(2)).Read(data)
	start := make(chan struct{})
	received := result(func() []byte {
		<-start
		var got []byte
		buf := make([]byte, 10_000)
		for {
			n, err := s.Read(buf)
			got = append(got, buf[:n]...)
			time.Sleep(time.Millisecond) // a slow reader has the writer time out all the way
			if err != nil {
				if !errors.Is(err, io.EOF) {
					t.Errorf("read: %v", err)
				}
				return got
			}
		}
	})
	rest, timeouts := data, 0
	for len(rest) > 0 {
		must(t, c.SetWriteDeadline(time.Now().Add(time.Millisecond)))
		n, err := c.Write(rest)
		rest = rest[n:]
		if err != nil {
			is(t, "Write", err, os.ErrDeadlineExceeded)
			if timeouts++; timeouts == 3 {
				close(start)
			}
		}
	}
	if timeouts < 10 {
		t.Fatalf("%d timeouts: this tests nothing", timeouts)
	}
	must(t, c.SetWriteDeadline(time.Time{}))
	must(t, c.(*Conn).CloseWrite())
	if got := soon(t, "reader", received); !bytes.Equal(got, data) {
		t.Errorf("after %d timeouts %d bytes have arrived, and they are not the %d that were sent", timeouts, len(got), len(data))
	}
}

// TestHandshakeDeadline lets a deadline pass in the middle of a handshake, which
// goes on afterwards as if nothing had been.
func TestHandshakeDeadline(t *testing.T) {
	for _, v := range versions {
		t.Run(v.name, func(t *testing.T) {
			nc, ns := sockets(t, "tcp")
			c := ourClient(t, nc, settings{version: v.version}).(*Conn)
			must(t, c.SetDeadline(time.Now().Add(20*time.Millisecond)))
			for _, f := range []func() error{
				c.Handshake,
				func() error { _, err := c.Write([]byte("x")); return err },
				func() error { _, err := c.Read(make([]byte, 1)); return err },
			} {
				err := f()
				is(t, "with nobody there", err, os.ErrDeadlineExceeded)
				var op *net.OpError
				if !errors.As(err, &op) || op.Op != "handshake" || !op.Timeout() {
					t.Errorf("got %#v", err)
				}
			}
			must(t, c.SetDeadline(time.Time{}))
			s := ourServer(t, ns, settings{version: v.version})
			shake(t, c, s)
			lines(t, c, s)
		})
	}
}

// TestHandshakeContext ends a handshake from outside. The Conn is closed then.
func TestHandshakeContext(t *testing.T) {
	expired, cancel := context.WithTimeout(context.Background(), 0)
	defer cancel()
	for name, start := range map[string]func() (context.Context, context.CancelFunc){
		"cancelled": func() (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(context.Background())
			time.AfterFunc(20*time.Millisecond, cancel)
			return ctx, cancel
		},
		"timeout": func() (context.Context, context.CancelFunc) {
			return context.WithTimeout(context.Background(), 20*time.Millisecond)
		},
		"too late already": func() (context.Context, context.CancelFunc) { return expired, func() {} },
	} {
		for _, side := range []string{"client", "server"} {
			t.Run(name+"/"+side, func(t *testing.T) {
				nc, ns := sockets(t, "tcp")
				c := ourServer(t, ns, settings{}).(*Conn)
				if side == "client" {
					c = ourClient(t, nc, settings{}).(*Conn)
				}
				ctx, cancel := start()
				defer cancel()
				bystander := result(func() error { _, err := c.Read(make([]byte, 1)); return err })
				err := soon(t, "handshake", result(func() error { return c.HandshakeContext(ctx) }))
				is(t, "HandshakeContext", err, ctx.Err())
				var ne net.Error
				if !errors.As(err, &ne) || ne.Timeout() != (name != "cancelled") {
					t.Errorf("got %#v", err)
				}
				is(t, "a Read that waited for the handshake", soon(t, "Read", bystander), net.ErrClosed)
				is(t, "Handshake afterwards", c.Handshake(), net.ErrClosed)
				is(t, "Close afterwards", c.Close(), net.ErrClosed)
			})
		}
	}
}

// TestHandshakeContextDone passes a context that ends after the handshake.
func TestHandshakeContextDone(t *testing.T) {
	nc, ns := sockets(t, "tcp")
	c, s := ourClient(t, nc, settings{}).(*Conn), ourServer(t, ns, settings{}).(*Conn)
	ctx, cancel := context.WithCancel(context.Background())
	served := result(s.Handshake)
	must(t, c.HandshakeContext(ctx))
	must(t, soon(t, "server", served))
	cancel()
	must(t, c.HandshakeContext(ctx))
	lines(t, c, s)
}

// TestHandshakeFailsOnce returns the first failure to everybody.
func TestHandshakeFailsOnce(t *testing.T) {
	nc, ns := sockets(t, "tcp")
	c := ourClient(t, nc, settings{}).(*Conn)
	_, err := io.WriteString(ns, "this is not TLS, as you may see\n")
	must(t, err)
	first := c.Handshake()
	if first == nil {
		t.Fatal("no error")
	}
	_, rerr := c.Read(make([]byte, 1))
	_, werr := c.Write(make([]byte, 1))
	for _, err := range []error{c.Handshake(), rerr, werr, c.CloseWrite()} {
		if err != first {
			t.Errorf("got %v, want %v", err, first)
		}
	}
	must(t, c.Close())
}

// TestReadDeadline leaves what has come for the next Read.
func TestReadDeadline(t *testing.T) {
	c, s := ourPair(t, settings{})
	must(t, c.SetReadDeadline(time.Now().Add(10*time.Millisecond)))
	_, err := c.Read(make([]byte, 1))
	is(t, "Read", err, os.ErrDeadlineExceeded)
	lines(t, s, deadlineFree{c})
}

// deadlineFree clears the deadline before it reads.
type deadlineFree struct{ net.Conn }

func (d deadlineFree) Read(p []byte) (int, error) {
	_ = d.SetReadDeadline(time.Time{})
	return d.Conn.Read(p)
}
