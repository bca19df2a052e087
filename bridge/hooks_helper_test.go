package bridge

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/sslsock/sslsock/testdata"
)

// hookServer is an echo server under test, whatever drives it.
type hookServer struct {
	t    testing.TB
	addr string
	seen chan error // how each handshake ended
}

// drivers start a server on cfg.
var drivers = []struct {
	name  string
	start func(t testing.TB, cfg *Config, timeout time.Duration) *hookServer
}{{"loop", hookLoop}, {"conn", hookConn}}

// eachHooked runs f on both drivers under TLS 1.2 and 1.3.
func eachHooked(t *testing.T, f func(t *testing.T, h hooked)) {
	for _, d := range drivers {
		for _, v := range versions {
			t.Run(d.name+"/"+v.name, func(t *testing.T) {
				t.Parallel()
				f(t, hooked{t: t, version: v.version, start: d.start})
			})
		}
	}
}

type hooked struct {
	t       *testing.T
	version int
	start   func(t testing.TB, cfg *Config, timeout time.Duration) *hookServer
}

// serve starts a server with these hooks.
func (h hooked) serve(hooks *Hooks, set ...func(*Config)) *hookServer {
	h.t.Helper()
	return h.serveFor(patience, hooks, set...)
}

func (h hooked) serveFor(timeout time.Duration, hooks *Hooks, set ...func(*Config)) *hookServer {
	h.t.Helper()
	cfg := &Config{
		Certificates: []Certificate{{CertFile: testdata.Path(testdata.ECDSA.Cert), KeyFile: testdata.Path(testdata.ECDSA.Key)}},
		MinVersion:   h.version, MaxVersion: h.version, Hooks: hooks,
	}
	for _, f := range set {
		f(cfg)
	}
	return h.start(h.t, cfg, timeout)
}

// client is a crypto/tls client of the server's.
func (h hooked) client(set ...func(*tls.Config)) *tls.Config {
	h.t.Helper()
	roots := x509.NewCertPool()
	for _, c := range []testdata.Chain{testdata.ECDSA, testdata.RSA} {
		pem, err := os.ReadFile(testdata.Path(c.Roots))
		must(h.t, err)
		roots.AppendCertsFromPEM(pem)
	}
	cfg := &tls.Config{RootCAs: roots, ServerName: "localhost", MinVersion: uint16(h.version), MaxVersion: uint16(h.version)}
	for _, f := range set {
		f(cfg)
	}
	return cfg
}

func hookLoop(t testing.TB, cfg *Config, timeout time.Duration) *hookServer {
	t.Helper()
	ctx, err := cfg.NewServerCtx()
	must(t, err)
	defer ctx.Close()
	s := &hookServer{t: t, seen: make(chan error, 4096)}
	l := startLoop(t, &LoopConfig{HandshakeTimeout: timeout})
	ln, err := l.Listen("tcp", "127.0.0.1:0", ctx, func(*Stream) Handler { return &hookEcho{server: s} })
	must(t, err)
	s.addr = ln.Addr().String()
	return s
}

// hookEcho reports how the handshake ended.
type hookEcho struct {
	echo
	server *hookServer
	open   bool
}

func (e *hookEcho) HandshakeDone(*Stream) { e.open = true; e.server.note(nil) }

func (e *hookEcho) Closed(_ *Stream, err error) {
	if !e.open {
		e.server.note(err)
	}
}

func hookConn(t testing.TB, cfg *Config, timeout time.Duration) *hookServer {
	t.Helper()
	ln, err := Listen("tcp", "127.0.0.1:0", cfg)
	must(t, err)
	s := &hookServer{t: t, addr: ln.Addr().String(), seen: make(chan error, 4096)}
	var all sync.WaitGroup
	all.Go(func() {
		for {
			nc, err := ln.Accept()
			if err != nil {
				return
			}
			all.Go(func() { s.echo(nc.(*Conn), timeout) })
		}
	})
	t.Cleanup(func() { must(t, ln.Close()); all.Wait() })
	return s
}

func (s *hookServer) echo(c *Conn, timeout time.Duration) {
	defer c.Close()
	must(s.t, c.SetDeadline(time.Now().Add(timeout)))
	err := c.Handshake()
	s.note(err)
	if err == nil {
		must(s.t, c.SetDeadline(time.Time{}))
		_, _ = io.Copy(c, c)
	}
}

func (s *hookServer) note(err error) { s.seen <- err }

// outcome is how the next handshake ended, on the server.
func (s *hookServer) outcome() error {
	s.t.Helper()
	select {
	case err := <-s.seen:
		return err
	case <-time.After(patience):
		s.t.Fatal("no handshake ended")
		return nil
	}
}

// dial shakes hands, and has a few bytes echoed.
func (s *hookServer) dial(cfg *tls.Config) (*tls.Conn, error) {
	nc, err := net.Dial("tcp", s.addr)
	if err != nil {
		return nil, err
	}
	c := tls.Client(nc, cfg)
	s.t.Cleanup(func() { _ = c.Close() })
	_ = c.SetDeadline(time.Now().Add(patience))
	if err := c.Handshake(); err != nil {
		return c, err
	}
	if _, err := c.Write([]byte("hello")); err != nil {
		return c, err
	}
	_, err = io.ReadFull(c, make([]byte, 5))
	return c, err
}

func keyPair(t testing.TB, c testdata.Chain) *KeyPair {
	t.Helper()
	k, err := LoadKeyPair(Certificate{CertFile: testdata.Path(c.Cert), KeyFile: testdata.Path(c.Key)})
	must(t, err)
	t.Cleanup(k.Close)
	return k
}
