package bridge

import (
	"context"
	"errors"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// lateServer is one connection of a server of ours without hooks: it serves a
// byte, does again what makes the client's hooks be asked, and serves another.
func lateServer(t *testing.T, version int) (addr string, done <-chan error) {
	t.Helper()
	cfg := &Config{
		Certificates: []Certificate{{CertFile: testdata.Path(testdata.ECDSA.Cert), KeyFile: testdata.Path(testdata.ECDSA.Key)}},
		MinVersion:   version, MaxVersion: version, AllowRenegotiation: true,
		ClientAuth: RequireClientCert, ClientCAs: Trust{File: testdata.Path(testdata.Client.ECDSA.Roots)},
	}
	ctx, err := cfg.NewServerCtx()
	must(t, err)
	ctx.SetVerify(ossl.VerifyPeer | ossl.VerifyFailIfNoPeerCert | ossl.VerifyPostHandshakeAuth)
	ctx.SetOptions(ossl.OpNoSessionResumptionOnRenegotiation)
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	ln := NewListener(inner, ctx)
	t.Cleanup(func() { _ = ln.Close(); ctx.Close() })
	return ln.Addr().String(), result(func() error {
		nc, err := ln.Accept()
		if err != nil {
			return err
		}
		defer nc.Close()
		c := nc.(*Conn)
		must(t, c.SetDeadline(time.Now().Add(patience)))
		b := make([]byte, 1)
		if _, err := c.Read(b); err != nil {
			return err
		}
		c.mu.Lock()
		if version == ossl.TLS1_3Version {
			err = c.ssl.VerifyClientPostHandshake()
		} else {
			err = c.ssl.Renegotiate()
		}
		c.mu.Unlock()
		if err != nil {
			return err
		}
		if _, err := c.Write(b); err != nil {
			return err
		}
		if _, err := c.Read(b); err != nil {
			return err
		}
		c.mu.Lock()
		x, err := c.ssl.Get1PeerCertificate()
		c.mu.Unlock()
		if err != nil {
			return errors.New("the client has shown no certificate")
		}
		x.Close()
		_, err = c.Write(b)
		return err
	})
}

// lateClients have two bytes echoed.
var lateClients = []struct {
	name string
	run  func(t *testing.T, addr string, ctx *ossl.Ctx) error
}{
	{"conn", func(t *testing.T, addr string, ctx *ossl.Ctx) error {
		d := &Dialer{Ctx: ctx, Config: &Config{ServerName: "localhost"}}
		nc, err := d.DialContext(t.Context(), "tcp", addr)
		if err != nil {
			return err
		}
		defer nc.Close()
		must(t, nc.SetDeadline(time.Now().Add(patience)))
		if err := echoByte(nc); err != nil {
			return err
		}
		return echoByte(nc)
	}},
	{"loop", func(t *testing.T, addr string, ctx *ossl.Ctx) error {
		h := newHandler(t)
		left := 2
		h.open = func(s *Stream) { _, _ = s.Write([]byte("x")) }
		h.data = func(s *Stream, p []byte) {
			if left -= len(p); left == 0 {
				s.Close()
				return
			}
			_, _ = s.Write([]byte("x"))
		}
		must(t, startLoop(t, nil).Dial("tcp", addr, ctx, &ClientOptions{ServerName: "localhost"}, h))
		if err := h.wait(); left > 0 || !errors.Is(err, net.ErrClosed) {
			return err
		}
		return nil
	}},
}

// TestLateClientHooks has a server renegotiate (TLS 1.2), or ask for the client's
// certificate after the handshake (TLS 1.3): the client's hooks are asked then,
// and may take their time.
func TestLateClientHooks(t *testing.T) {
	for _, driver := range lateClients {
		for _, v := range versions {
			for _, b := range behaviours {
				for _, inline := range []bool{false, true} {
					name := driver.name + "/" + v.name + "/" + b.name
					if inline {
						name += ", inline"
					}
					t.Run(name, func(t *testing.T) {
						addr, done := lateServer(t, v.version)
						pair := keyPair(t, testdata.Client.ECDSA)
						var certs, verified atomic.Int32
						late := func(ctx context.Context, n int32) error {
							// A certificate is asked for once: renegotiating shows the same.
							if first := v.version == ossl.TLS1_2Version; first && n == 1 {
								return nil
							}
							return b.do(ctx)
						}
						cfg := &Config{
							RootCAs: Trust{File: testdata.Path(testdata.ECDSA.Roots)}, MinVersion: v.version, MaxVersion: v.version, AllowRenegotiation: true,
							Hooks: &Hooks{
								Inline: inline,
								Certificate: func(ctx context.Context, _ *Handshake) (*KeyPair, error) {
									return pair, late(ctx, certs.Add(1))
								},
								VerifyPeer: func(ctx context.Context, _ *Handshake, p *PeerCertificate) error {
									n := verified.Add(1)
									if v.version == ossl.TLS1_3Version {
										return nil // asked in the handshake only
									}
									return late(ctx, n)
								},
							},
						}
						ctx, err := cfg.NewClientCtx()
						must(t, err)
						defer ctx.Close()
						ctx.SetPostHandshakeAuth(true)
						err = driver.run(t, addr, ctx)
						serr := soon(t, "end of the server", done)
						want := int32(map[int]int{ossl.TLS1_2Version: 2, ossl.TLS1_3Version: 1}[v.version])
						if certs.Load() != 1 || verified.Load() != want {
							t.Errorf("asked %d times for a certificate and %d for a verdict, want 1 and %d", certs.Load(), verified.Load(), want)
						}
						var he *HookError
						switch {
						case b.fails == "":
							must(t, err)
							must(t, serr)
						case !errors.As(err, &he) || serr == nil:
							t.Errorf("client %v, server %v", err, serr)
						default:
							refused(t, "client", err, b.fails)
						}
					})
				}
			}
		}
	}
}

// TestLateServerHook has clients renegotiate with a server whose hook takes a
// job, which it cannot have in a Read: the connection ends with a typed error.
func TestLateServerHook(t *testing.T) {
	for _, d := range drivers {
		t.Run(d.name, func(t *testing.T) {
			ended := make(chan error, 1)
			cfg := &Config{
				Certificates: []Certificate{{CertFile: testdata.Path(testdata.ECDSA.Cert), KeyFile: testdata.Path(testdata.ECDSA.Key)}},
				MaxVersion:   ossl.TLS1_2Version, AllowRenegotiation: true,
				Hooks: &Hooks{VerifyPeer: func(context.Context, *Handshake, *PeerCertificate) error { return nil }},
			}
			askForClients(cfg)
			addr := startLate(t, d.name, cfg, ended)
			client := &Config{
				MaxVersion: ossl.TLS1_2Version, AllowRenegotiation: true,
				Certificates: []Certificate{{CertFile: testdata.Path(testdata.Client.ECDSA.Cert), KeyFile: testdata.Path(testdata.Client.ECDSA.Key)}},
			}
			c := clientConn(t, addr, client, ClientOptions{ServerName: "localhost"})
			must(t, echoByte(c))
			must(t, c.ssl.Renegotiate())
			if err := echoByte(c); err == nil || !errors.Is(err, ossl.ReasonSSLv3AlertHandshakeFailure) {
				t.Errorf("client: %v", err)
			}
			err := soon(t, "end of the server", ended)
			var he *HookError
			if !errors.Is(err, ErrLateHook) || !errors.As(err, &he) || he.Hook != "VerifyPeer" || he.Alert != 40 {
				t.Errorf("server: %v", err)
			}
		})
	}
}

// startLate is an echo server that reports how its one connection ended.
func startLate(t *testing.T, driver string, cfg *Config, ended chan<- error) (addr string) {
	t.Helper()
	if driver == "loop" {
		ctx, err := cfg.NewServerCtx()
		must(t, err)
		defer ctx.Close()
		ln, err := startLoop(t, nil).Listen("tcp", "127.0.0.1:0", ctx, func(*Stream) Handler { return &lateEcho{ended: ended} })
		must(t, err)
		return ln.Addr().String()
	}
	ln, err := Listen("tcp", "127.0.0.1:0", cfg)
	must(t, err)
	t.Cleanup(func() { _ = ln.Close() })
	go func() {
		nc, err := ln.Accept()
		if err != nil {
			ended <- err
			return
		}
		defer nc.Close()
		for b := make([]byte, 1); err == nil; {
			if _, err = nc.Read(b); err == nil {
				_, err = nc.Write(b)
			}
		}
		ended <- err
	}()
	return ln.Addr().String()
}

type lateEcho struct {
	echo
	ended chan<- error
}

func (e *lateEcho) Closed(_ *Stream, err error) { e.ended <- err }

// TestLateHookBothWays has one goroutine read and another write while the server
// asks for a certificate: whoever comes upon the question, the hook is asked once.
func TestLateHookBothWays(t *testing.T) {
	addr, done := lateServer(t, ossl.TLS1_3Version)
	pair := keyPair(t, testdata.Client.ECDSA)
	var asked atomic.Int32
	cfg := &Config{Hooks: &Hooks{Certificate: func(ctx context.Context, _ *Handshake) (*KeyPair, error) {
		asked.Add(1)
		time.Sleep(100 * time.Millisecond)
		return pair, nil
	}}}
	cfg.InsecureSkipVerify = true
	ctx, err := cfg.NewClientCtx()
	must(t, err)
	defer ctx.Close()
	ctx.SetPostHandshakeAuth(true)
	nc, err := net.Dial("tcp", addr)
	must(t, err)
	c, err := Client(nc, ctx, &ClientOptions{InsecureSkipVerify: true})
	must(t, err)
	defer c.Close()
	must(t, c.SetDeadline(time.Now().Add(patience)))
	must(t, c.Handshake())
	var both sync.WaitGroup
	both.Go(func() {
		for n, b := 0, make([]byte, 1); n < 2; n++ {
			if _, err := c.Read(b); err != nil {
				t.Errorf("read: %v", err)
				return
			}
		}
	})
	both.Go(func() {
		for asked.Load() == 0 && !t.Failed() {
			if _, err := c.Write([]byte("x")); err != nil {
				t.Errorf("write: %v", err)
				return
			}
			time.Sleep(time.Millisecond)
		}
		if _, err := c.Write([]byte("x")); err != nil {
			t.Errorf("write: %v", err)
		}
	})
	both.Wait()
	must(t, soon(t, "end of the server", done))
	if asked.Load() != 1 {
		t.Errorf("asked %d times", asked.Load())
	}
}

// TestHandshakeAgain has a deadline end a handshake whose hook runs on, and the
// next Handshake go on: the hook is asked again once it has returned, never twice
// at a time.
func TestHandshakeAgain(t *testing.T) {
	var running, most, asked atomic.Int32
	release := make(chan struct{})
	cfg := &Config{
		Certificates: []Certificate{{CertFile: testdata.Path(testdata.ECDSA.Cert), KeyFile: testdata.Path(testdata.ECDSA.Key)}},
		Hooks: &Hooks{ClientHello: func(context.Context, *Handshake) (*HelloAnswer, error) {
			most.Store(max(most.Load(), running.Add(1)))
			defer running.Add(-1)
			if asked.Add(1) == 1 {
				<-release // it does not look at its context
				return nil, errors.New("too late to count")
			}
			return nil, nil
		}},
	}
	ln, err := Listen("tcp", "127.0.0.1:0", cfg)
	must(t, err)
	defer ln.Close()
	client := result(func() error {
		nc, err := net.Dial("tcp", ln.Addr().String())
		if err != nil {
			return err
		}
		defer nc.Close()
		c, err := Client(nc, clientCtx(t, testdata.ECDSA), &ClientOptions{ServerName: "localhost"})
		if err != nil {
			return err
		}
		defer c.Close()
		return c.Handshake()
	})
	nc, err := ln.Accept()
	must(t, err)
	defer nc.Close()
	c := nc.(*Conn)
	for asked.Load() == 0 {
		must(t, c.SetDeadline(time.Now().Add(50*time.Millisecond)))
		if err := c.Handshake(); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Fatal(err)
		}
	}
	must(t, c.SetDeadline(time.Now().Add(50*time.Millisecond)))
	if err := c.Handshake(); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatal(err)
	}
	must(t, c.SetDeadline(time.Now().Add(patience)))
	again := result(c.Handshake)
	close(release)
	must(t, soon(t, "handshake", again))
	must(t, soon(t, "client", client))
	if asked.Load() != 2 || most.Load() != 1 {
		t.Errorf("asked %d times, %d at a time", asked.Load(), most.Load())
	}
}
