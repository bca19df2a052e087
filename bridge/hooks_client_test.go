package bridge

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"os"
	"strings"
	"testing"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// clientDrivers connect to a server with a client's Config.
var clientDrivers = []struct {
	name string
	dial func(t *testing.T, addr string, cfg *Config) error
}{
	{"loop", func(t *testing.T, addr string, cfg *Config) error {
		ctx, err := cfg.NewClientCtx()
		must(t, err)
		defer ctx.Close()
		h := newHandler(t)
		open := false
		h.open = func(s *Stream) { open = true; _, _ = s.Write([]byte("x")) }
		h.data = func(s *Stream, _ []byte) { s.Close() }
		must(t, startLoop(t, nil).Dial("tcp", addr, ctx, &ClientOptions{ServerName: cfg.ServerName}, h))
		if err := h.wait(); !open || !errors.Is(err, net.ErrClosed) {
			return err
		}
		return nil
	}},
	{"conn", func(t *testing.T, addr string, cfg *Config) error {
		d := &Dialer{Config: cfg}
		defer d.Close()
		nc, err := d.DialContext(t.Context(), "tcp", addr)
		if err != nil {
			return err
		}
		defer nc.Close()
		if _, err := nc.Write([]byte("x")); err != nil {
			return err
		}
		_, err = nc.Read(make([]byte, 1))
		return err
	}},
}

func eachClient(t *testing.T, f func(t *testing.T, version int, dial func(t *testing.T, addr string, cfg *Config) error)) {
	for _, d := range clientDrivers {
		for _, v := range versions {
			t.Run(d.name+"/"+v.name, func(t *testing.T) { f(t, v.version, d.dial) })
		}
	}
}

// tlsServer is an echo server of crypto/tls, which reports its handshakes.
func tlsServer(t *testing.T, set func(*tls.Config)) (addr string, seen chan tls.ConnectionState) {
	t.Helper()
	pair, err := tls.LoadX509KeyPair(testdata.Path(testdata.ECDSA.Cert), testdata.Path(testdata.ECDSA.Key))
	must(t, err)
	cfg := &tls.Config{Certificates: []tls.Certificate{pair}}
	if set != nil {
		set(cfg)
	}
	ln, err := tls.Listen("tcp", "127.0.0.1:0", cfg)
	must(t, err)
	t.Cleanup(func() { _ = ln.Close() })
	seen = make(chan tls.ConnectionState, 16)
	go func() {
		for {
			nc, err := ln.Accept()
			if err != nil {
				return
			}
			go func() {
				defer nc.Close()
				c := nc.(*tls.Conn)
				if c.Handshake() != nil {
					return
				}
				seen <- c.ConnectionState()
				p := make([]byte, 1)
				if n, _ := c.Read(p); n > 0 {
					_, _ = c.Write(p)
					_, _ = c.Read(p)
				}
			}()
		}
	}()
	return ln.Addr().String(), seen
}

func TestClientHookVerify(t *testing.T) {
	for _, c := range []struct {
		name string
		cfg  func(*Config)
		hook func(*PeerCertificate) error
		want string // "" for accepted
	}{
		{"good", func(*Config) {}, func(p *PeerCertificate) error { return p.Result }, ""},
		{"good, refused", func(*Config) {}, func(*PeerCertificate) error { return errors.New("not on the list") }, "not on the list"},
		{"other name", func(c *Config) { c.ServerName = "elsewhere.example" }, func(*PeerCertificate) error { return nil }, "hostname mismatch"},
		{"other name, accepted", func(c *Config) { c.ServerName = "elsewhere.example" }, func(p *PeerCertificate) error { p.Accept(); return nil }, ""},
		{"insecure", func(c *Config) { c.InsecureSkipVerify, c.RootCAs = true, Trust{} }, func(*PeerCertificate) error { return nil }, ""},
		{"insecure, refused", func(c *Config) { c.InsecureSkipVerify = true }, func(*PeerCertificate) error { return errors.New("not pinned") }, "not pinned"},
	} {
		t.Run(c.name, func(t *testing.T) {
			eachClient(t, func(t *testing.T, version int, dial func(*testing.T, string, *Config) error) {
				addr, _ := tlsServer(t, nil)
				asked := 0
				cfg := &Config{
					RootCAs: Trust{File: testdata.Path(testdata.ECDSA.Roots)}, ServerName: "localhost", MinVersion: version, MaxVersion: version,
					Hooks: &Hooks{VerifyPeer: func(_ context.Context, h *Handshake, p *PeerCertificate) error {
						asked++
						if _, err := p.Certificates(); err != nil || h.Server {
							t.Errorf("certificates %v, server %v", err, h.Server)
						}
						r := c.hook(p)
						if errors.Is(r, ossl.VerifyOK) {
							return nil
						}
						return r
					}},
				}
				c.cfg(cfg)
				err := dial(t, addr, cfg)
				if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
					t.Errorf("%v, want %q", err, c.want)
				}
				if asked != 1 {
					t.Errorf("asked %d times", asked)
				}
			})
		})
	}
}

func TestClientHookCertificate(t *testing.T) {
	pool := x509.NewCertPool()
	pem, err := os.ReadFile(testdata.Path(testdata.ClientRoots))
	must(t, err)
	pool.AppendCertsFromPEM(pem)
	pair := keyPair(t, testdata.Client.ECDSA)
	eachClient(t, func(t *testing.T, version int, dial func(*testing.T, string, *Config) error) {
		addr, seen := tlsServer(t, func(c *tls.Config) { c.ClientAuth, c.ClientCAs = tls.RequireAndVerifyClientCert, pool })
		var names int
		must(t, dial(t, addr, &Config{
			RootCAs: Trust{File: testdata.Path(testdata.ECDSA.Roots)}, ServerName: "localhost", MinVersion: version, MaxVersion: version,
			Hooks: &Hooks{Certificate: func(_ context.Context, h *Handshake) (*KeyPair, error) {
				names = len(h.CANames)
				return pair, nil
			}},
		}))
		if st := <-seen; len(st.PeerCertificates) == 0 || names != 1 {
			t.Errorf("%d certificates shown, %d CA names seen", len(st.PeerCertificates), names)
		}
	})
}

func TestClientHookPSK(t *testing.T) {
	eachClient(t, func(t *testing.T, version int, dial func(*testing.T, string, *Config) error) {
		key := []byte("0123456789abcdef")
		server := hooked{t: t, version: version, start: hookLoop}.serve(&Hooks{PSK: func(_ context.Context, _ *Handshake, id []byte) (*PSK, error) {
			if string(id) != "device-7" {
				return nil, errors.New("stranger")
			}
			return &PSK{Key: key}, nil
		}}, func(c *Config) { c.CipherList, c.Certificates = "PSK", nil })
		must(t, dial(t, server.addr, &Config{
			ServerName: "localhost", MinVersion: version, MaxVersion: version, CipherList: "PSK",
			Hooks: &Hooks{PSK: func(_ context.Context, h *Handshake, id []byte) (*PSK, error) {
				if len(id) > 0 || h.Server {
					t.Errorf("asked for %q", id)
				}
				return &PSK{Identity: []byte("device-7"), Key: key}, nil
			}},
		}))
		must(t, server.outcome())
	})
}
