package bridge

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// wrapped is a socket that is used by its methods only.
type wrapped struct {
	net.Conn
	wrote atomic.Int64
	fail  atomic.Pointer[error] // what Write returns
}

func (w *wrapped) Write(p []byte) (int, error) {
	if err := w.fail.Load(); err != nil {
		return 0, *err
	}
	w.wrote.Add(int64(len(p)))
	return w.Conn.Write(p)
}

// newConns are two Conns made by NewConn on the ends of one connection.
func newConns(t testing.TB, version int, transport func() (net.Conn, net.Conn)) (client, server *Conn) {
	t.Helper()
	a, b := transport()
	made := func(nc net.Conn, ctx *ossl.Ctx, err error, role func(*ossl.SSL)) *Conn {
		must(t, err)
		defer ctx.Close()
		ssl, err := ctx.NewSSL()
		must(t, err)
		role(ssl)
		c, err := NewConn(nc, ctx, ssl)
		must(t, err)
		t.Cleanup(func() { _ = c.Close() })
		return c
	}
	sctx, err := (&Config{Certificates: []Certificate{identity(testdata.ECDSA)}, MinVersion: version, MaxVersion: version}).NewServerCtx()
	server = made(b, sctx, err, (*ossl.SSL).SetAcceptState)
	cctx, err := (&Config{RootCAs: roots(testdata.ECDSA), MinVersion: version, MaxVersion: version}).NewClientCtx()
	client = made(a, cctx, err, func(s *ossl.SSL) {
		s.SetConnectState()
		must(t, s.Set1Host("localhost"))
	})
	return client, server
}

func transports(t testing.TB) map[string]func() (net.Conn, net.Conn) {
	return map[string]func() (net.Conn, net.Conn){
		"socket": func() (net.Conn, net.Conn) { return sockets(t, "tcp") },
		"pipe":   net.Pipe,
		"wrapped": func() (net.Conn, net.Conn) {
			a, b := sockets(t, "tcp")
			return &wrapped{Conn: a}, &wrapped{Conn: b}
		},
	}
}

func handshakeBoth(t testing.TB, a, b *Conn) {
	t.Helper()
	deadline := time.Now().Add(patience)
	must(t, errors.Join(a.SetDeadline(deadline), b.SetDeadline(deadline)))
	done := make(chan error, 1)
	go func() { done <- a.Handshake() }()
	must(t, b.Handshake())
	must(t, <-done)
}

// Any net.Conn will do. Both handshakes return before anybody reads: a server
// of TLS 1.3 has its tickets written by then, or writes them behind.
func TestNewConn(t *testing.T) {
	for name, transport := range transports(t) {
		for _, v := range versions {
			t.Run(name+"/"+v.name, func(t *testing.T) {
				before := ossl.Live()
				c, s := newConns(t, v.version, transport)
				handshakeBoth(t, c, s)
				bothWays(t, c, s, 300_000)
				must(t, c.WithSSL(func(ssl *ossl.SSL) error {
					if ssl.GetVersion() != c.ConnectionState().VersionName || ssl.IsServer() {
						t.Error(ssl.GetVersion(), ssl.IsServer())
					}
					return nil
				}))
				read := make(chan error, 1)
				go func() { _, err := s.Read(make([]byte, 1)); read <- err }()
				must(t, c.Close())
				if err := <-read; err != io.EOF {
					t.Error("the end:", err)
				}
				_ = s.Close()
				is(t, "WithSSL after Close", c.WithSSL(func(*ossl.SSL) error { return nil }), net.ErrClosed)
				leavesNothing(t, before)
			})
		}
	}
}

// An end without close_notify, a deadline, Close from elsewhere, and an error of
// the net.Conn all come through, and a deadline loses nothing.
func TestNewConnIndirectEnds(t *testing.T) {
	t.Run("cut", func(t *testing.T) {
		a, b := net.Pipe()
		c, s := newConns(t, 0, func() (net.Conn, net.Conn) { return a, b })
		handshakeBoth(t, c, s)
		go func() { _ = b.Close() }()
		_, err := c.Read(make([]byte, 1))
		is(t, "read", err, io.ErrUnexpectedEOF)
	})
	t.Run("close", func(t *testing.T) {
		c, s := newConns(t, 0, net.Pipe)
		handshakeBoth(t, c, s)
		read := make(chan error, 1)
		go func() { _, err := c.Read(make([]byte, 1)); read <- err }()
		go func() { _, _ = io.Copy(io.Discard, s) }()
		must(t, c.Close())
		is(t, "read", <-read, net.ErrClosed)
	})
	t.Run("deadline", func(t *testing.T) {
		c, s := newConns(t, 0, net.Pipe)
		handshakeBoth(t, c, s)
		must(t, c.SetReadDeadline(time.Now().Add(10*time.Millisecond)))
		_, err := c.Read(make([]byte, 1))
		is(t, "read", err, os.ErrDeadlineExceeded)
		must(t, c.SetReadDeadline(time.Time{}))
		must(t, c.SetWriteDeadline(time.Now().Add(10*time.Millisecond)))
		text := bytes.Repeat([]byte("0123456789"), 30_000)
		n, err := c.Write(text) // nobody reads
		is(t, "write", err, os.ErrDeadlineExceeded)
		must(t, c.SetWriteDeadline(time.Time{}))
		rest := make(chan error, 1)
		go func() { _, err := c.Write(text[n:]); rest <- err }()
		got := make([]byte, len(text))
		_, err = io.ReadFull(s, got)
		must(t, err)
		must(t, <-rest)
		if !bytes.Equal(got, text) {
			t.Error("bytes lost or repeated")
		}
	})
	t.Run("error", func(t *testing.T) {
		a, b := sockets(t, "tcp")
		w := &wrapped{Conn: a}
		c, s := newConns(t, 0, func() (net.Conn, net.Conn) { return w, b })
		handshakeBoth(t, c, s)
		broken := errors.New("broken")
		w.fail.Store(&broken)
		for range 2 {
			_, err := c.Write([]byte("x"))
			is(t, "write", err, broken)
		}
		if w.wrote.Load() == 0 {
			t.Error("the wrapper was passed by")
		}
	})
	t.Run("handshake", func(t *testing.T) {
		a, b := sockets(t, "tcp")
		w := &wrapped{Conn: a}
		broken := errors.New("broken")
		w.fail.Store(&broken)
		c, _ := newConns(t, 0, func() (net.Conn, net.Conn) { return w, b })
		is(t, "handshake", c.Handshake(), broken)
	})
	t.Run("nobody reads", func(t *testing.T) {
		c, s := newConns(t, 0, net.Pipe)
		handshakeBoth(t, c, s)
		begun := time.Now()
		_ = c.Close()
		if d := time.Since(begun); d > patience {
			t.Error(d)
		}
	})
}

// Hooks are asked over any net.Conn, those that take a job included.
func TestNewConnIndirectHooks(t *testing.T) {
	var asked atomic.Int32
	hooks := &Hooks{Inline: true}
	hooks.ClientHello = func(_ context.Context, h *Handshake) (*HelloAnswer, error) {
		asked.Add(1)
		return &HelloAnswer{Apply: func(ssl *ossl.SSL) error {
			ssl.SetVerify(ossl.VerifyPeer | ossl.VerifyFailIfNoPeerCert)
			return nil
		}}, nil
	}
	hooks.VerifyPeer = func(_ context.Context, _ *Handshake, p *PeerCertificate) error { asked.Add(1); return nil }
	for _, inline := range []bool{true, false} {
		hooks := *hooks
		hooks.Inline = inline
		asked.Store(0)
		ctx, err := (&Config{Certificates: []Certificate{identity(testdata.ECDSA)}, RootCAs: roots(testdata.ECDSA), Hooks: &hooks}).NewServerCtx()
		must(t, err)
		defer ctx.Close()
		ssl, err := ctx.NewSSL()
		must(t, err)
		ssl.SetAcceptState()
		a, b := net.Pipe()
		s, err := NewConn(b, ctx, ssl)
		must(t, err)
		defer s.Close()
		c := theirClient(t, a, settings{}) // shows no certificate
		go func() { _, _ = io.Copy(io.Discard, c) }()
		if err := s.Handshake(); !errors.Is(err, ossl.ReasonPeerDidNotReturnACertificate) {
			t.Errorf("inline %v: %v", inline, err)
		}
		if n := asked.Load(); n != 1 {
			t.Errorf("inline %v: %d", inline, n)
		}
		_ = c.Close()
	}
}
