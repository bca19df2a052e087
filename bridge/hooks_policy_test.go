package bridge

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// clientConn is a Conn to a server, which has not shaken hands yet and verifies
// nothing.
func clientConn(t testing.TB, addr string, cfg *Config, opts ClientOptions) *Conn {
	t.Helper()
	cfg.InsecureSkipVerify, opts.InsecureSkipVerify = true, true
	ctx, err := cfg.NewClientCtx()
	must(t, err)
	defer ctx.Close()
	nc, err := net.Dial("tcp", addr)
	must(t, err)
	c, err := Client(nc, ctx, &opts)
	must(t, err)
	must(t, c.SetDeadline(time.Now().Add(patience)))
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// echoByte has one byte echoed.
func echoByte(c net.Conn) error {
	if _, err := c.Write([]byte("x")); err != nil {
		return err
	}
	_, err := c.Read(make([]byte, 1))
	return err
}

// namesServers choose by name: by a hook, and by ServerNames with and without
// hooks beside it. strict.example wants a certificate of clients.
var namesServers = []struct {
	name  string
	serve func(h hooked, set func(*Config)) *hookServer
}{
	{"hook", func(h hooked, set func(*Config)) *hookServer {
		other := h.strictCtx(testdata.RSA)
		return h.serve(&Hooks{ClientHello: func(_ context.Context, hs *Handshake) (*HelloAnswer, error) {
			if hs.ClientHello.ServerName == "strict.example" {
				return &HelloAnswer{Ctx: other}, nil
			}
			return nil, nil
		}}, set)
	}},
	{"ServerNames", func(h hooked, set func(*Config)) *hookServer {
		return h.serve(nil, set, func(c *Config) { c.ServerNames = h.strictNames() })
	}},
	{"ServerNames and a hook", func(h hooked, set func(*Config)) *hookServer {
		goOn := func(context.Context, *Handshake) (*HelloAnswer, error) { return nil, nil }
		return h.serve(&Hooks{ClientHello: goOn}, set, func(c *Config) { c.ServerNames = h.strictNames() })
	}},
}

func (h hooked) strictNames() map[string]*Config {
	cfg := &Config{
		Certificates: []Certificate{{CertFile: testdata.Path(testdata.RSA.Cert), KeyFile: testdata.Path(testdata.RSA.Key)}},
		MinVersion:   h.version, MaxVersion: h.version, AllowRenegotiation: true,
	}
	other := *cfg
	askForClients(cfg)
	return map[string]*Config{"strict.example": cfg, "other.example": &other}
}

// TestHookNameWithoutCertificate asks for the name that wants a certificate.
func TestHookNameWithoutCertificate(t *testing.T) {
	for _, server := range namesServers {
		t.Run(server.name, func(t *testing.T) {
			eachHooked(t, func(t *testing.T, h hooked) {
				s := server.serve(h, func(*Config) {})
				for name, ok := range map[string]bool{"strict.example": false, "localhost": true} {
					c := clientConn(t, s.addr, &Config{MinVersion: h.version, MaxVersion: h.version}, ClientOptions{ServerName: name})
					if err := echoByte(c); (err == nil) != ok {
						t.Errorf("%s: client %v", name, err)
					}
					if err := s.outcome(); (err == nil) != ok {
						t.Errorf("%s: server %v", name, err)
					}
				}
			})
		})
	}
}

// TestHookNameChanges has a client ask for one name, and in the second
// ClientHello of the same connection for another: after a HelloRetryRequest, and
// in a renegotiation. It must not be let in as the one and served as the other.
func TestHookNameChanges(t *testing.T) {
	for _, server := range namesServers {
		for _, names := range [][2]string{{"localhost", "strict.example"}, {"other.example", "strict.example"}} {
			if server.name == "ServerNames" && names[0] == "localhost" {
				continue // nothing was chosen by the first name, and the second one's policy is in force
			}
			t.Run(server.name+"/"+names[0]+" then "+names[1], func(t *testing.T) {
				if server.name == "hook" && names[0] == "other.example" {
					names[0] = "localhost"
				}
				eachHooked(t, func(t *testing.T, h hooked) {
					s := server.serve(h, h.retried)
					cfg := &Config{MinVersion: h.version, MaxVersion: h.version, AllowRenegotiation: true, ALPN: []string{"h2"}}
					addr, answer := heldBack(t, s.addr)
					c := clientConn(t, addr, cfg, ClientOptions{ServerName: names[0]})
					if h.version == ossl.TLS1_3Version {
						if w, err := c.ssl.Connect(); w != ossl.WantRead || err != nil {
							t.Fatal(w, err)
						}
						must(t, c.ssl.SetTlsextHostName(names[1]))
						close(answer)
						err := echoByte(c)
						refused(t, "client", err, "illegal parameter")
						refused(t, "server", s.outcome(), "changed the server name")
						return
					}
					close(answer)
					must(t, echoByte(c))
					must(t, s.outcome())
					must(t, c.ssl.SetTlsextHostName(names[1]))
					must(t, c.ssl.Renegotiate())
					refused(t, "client", echoByte(c), "illegal parameter")
				})
			})
		}
	}
}

// heldBack is a way to a server for one connection, on which the server's answers
// come once answer is closed.
func heldBack(t *testing.T, server string) (addr string, answer chan struct{}) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	answer = make(chan struct{})
	var both sync.WaitGroup
	both.Go(func() {
		c, err := ln.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		up, err := net.Dial("tcp", server)
		if err != nil {
			return
		}
		defer up.Close()
		both.Go(func() { _, _ = io.Copy(up, c); _ = up.(*net.TCPConn).CloseWrite() })
		<-answer
		_, _ = io.Copy(c, up)
	})
	t.Cleanup(func() { _ = ln.Close(); both.Wait() })
	return ln.Addr().String(), answer
}

// retried has a server want a second ClientHello: for a group that clients do not
// try first, or in a renegotiation.
func (h hooked) retried(c *Config) {
	c.AllowRenegotiation, c.ALPN = true, []string{"h2"}
	if h.version == ossl.TLS1_3Version {
		c.Groups = "P-384"
	}
}

func refused(t *testing.T, who string, err error, why string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), why) {
		t.Errorf("%s: %v, want %q", who, err, why)
	}
}

// TestHookSameNameAgain has an honest client go through a HelloRetryRequest, and
// renegotiate.
func TestHookSameNameAgain(t *testing.T) {
	for _, server := range namesServers {
		t.Run(server.name, func(t *testing.T) {
			eachHooked(t, func(t *testing.T, h hooked) {
				s := server.serve(h, h.retried)
				cfg := &Config{MinVersion: h.version, MaxVersion: h.version, AllowRenegotiation: true, ALPN: []string{"h2"}}
				c := clientConn(t, s.addr, cfg, ClientOptions{ServerName: "localhost"})
				must(t, echoByte(c))
				must(t, s.outcome())
				if h.version == ossl.TLS1_2Version {
					must(t, c.ssl.Renegotiate())
					must(t, echoByte(c))
				}
				if got := c.ConnectionState().ALPN; got != "h2" {
					t.Errorf("ALPN %q", got)
				}
			})
		})
	}
}

// TestHookVerdictByResumption resumes between two Ctxs that differ in nothing
// but what their hooks think of a client.
func TestHookVerdictByResumption(t *testing.T) {
	eachHooked(t, func(t *testing.T, h hooked) {
		ctx := func(verdict error) *ossl.Ctx {
			cfg := &Config{
				Certificates: []Certificate{{CertFile: testdata.Path(testdata.ECDSA.Cert), KeyFile: testdata.Path(testdata.ECDSA.Key)}},
				MinVersion:   h.version, MaxVersion: h.version,
				Hooks: &Hooks{VerifyPeer: func(context.Context, *Handshake, *PeerCertificate) error { return verdict }},
			}
			askForClients(cfg)
			c, err := cfg.NewServerCtx()
			must(t, err)
			t.Cleanup(c.Close)
			return c
		}
		guests, members := ctx(nil), ctx(errors.New("not a member"))
		s := h.serve(&Hooks{ClientHello: func(_ context.Context, hs *Handshake) (*HelloAnswer, error) {
			if hs.ClientHello.ServerName == "members.example" {
				return &HelloAnswer{Ctx: members}, nil
			}
			return &HelloAnswer{Ctx: guests}, nil
		}})
		cache := &anyNameSession{}
		dial := func(name string) (*tls.Conn, error) {
			return s.dial(h.client(func(c *tls.Config) {
				c.ServerName, c.ClientSessionCache, c.InsecureSkipVerify = name, cache, true
				showClient(t, c)
			}))
		}
		for visit := range 2 {
			c, err := dial("guests.example")
			must(t, err)
			must(t, s.outcome())
			if resumed := c.ConnectionState().DidResume; resumed != (visit == 1) {
				t.Errorf("visit %d: resumed %v", visit, resumed)
			}
		}
		if _, err := dial("members.example"); err == nil {
			t.Error("resumed past the hook")
		}
		refused(t, "server", s.outcome(), "not a member")
	})
}

// TestHookPSKBySwitch has a client with a key that the first Ctx knows ask for a
// name whose Ctx wants a certificate and knows no keys.
func TestHookPSKBySwitch(t *testing.T) {
	eachHooked(t, func(t *testing.T, h hooked) {
		key := []byte("0123456789abcdef")
		other := h.strictCtx(testdata.ECDSA)
		psk := func(context.Context, *Handshake, []byte) (*PSK, error) {
			return &PSK{Key: key, Identity: []byte("device-7")}, nil
		}
		s := h.serve(&Hooks{
			ClientHello: func(_ context.Context, hs *Handshake) (*HelloAnswer, error) {
				if hs.ClientHello.ServerName == "strict.example" {
					return &HelloAnswer{Ctx: other}, nil
				}
				return nil, nil
			},
			PSK: psk,
		}, func(c *Config) { c.CipherList = "PSK" })
		for name, ok := range map[string]bool{"localhost": true, "strict.example": false} {
			cfg := &Config{MinVersion: h.version, MaxVersion: h.version, CipherList: "PSK", Ciphersuites: "TLS_AES_128_GCM_SHA256", Hooks: &Hooks{PSK: psk}}
			err := echoByte(clientConn(t, s.addr, cfg, ClientOptions{ServerName: name}))
			if serr := s.outcome(); (err == nil) != ok || (serr == nil) != ok {
				t.Errorf("%s: client %v, server %v", name, err, serr)
			}
		}
	})
}

// TestHookPSKNotForTickets resumes by ticket: the hook knows nothing of those, and
// of an identity only as it is, though libssl would ask again for what is before a
// zero byte.
func TestHookPSKNotForTickets(t *testing.T) {
	eachHooked(t, func(t *testing.T, h hooked) {
		var cut atomic.Int32
		s := h.serve(&Hooks{PSK: func(_ context.Context, hs *Handshake, id []byte) (*PSK, error) {
			whole := false
			for _, offer := range hs.ClientHello.PSKIdentities {
				whole = whole || string(offer.Identity) == string(id)
			}
			if !whole {
				cut.Add(1)
			}
			return nil, nil
		}})
		if !resume(t, h, s, s, nil) {
			t.Error("not resumed")
		}
		if n := cut.Load(); n > 0 {
			t.Errorf("asked %d times for what is no identity of the client's", n)
		}
	})
}

// TestHookServerNamesHooks wants one set of hooks for all names, and has it
// asked under each.
func TestHookServerNamesHooks(t *testing.T) {
	cfg := &Config{
		Certificates: []Certificate{{CertFile: testdata.Path(testdata.ECDSA.Cert), KeyFile: testdata.Path(testdata.ECDSA.Key)}},
		ServerNames:  map[string]*Config{"a.example": {Hooks: new(Hooks)}},
	}
	_, err := cfg.NewServerCtx()
	var bad *ConfigError
	if !errors.As(err, &bad) || bad.Field != `ServerNames["a.example"].Hooks` {
		t.Errorf("hooks of a name: %v", err)
	}
	eachHooked(t, func(t *testing.T, h hooked) {
		s := h.serve(&Hooks{VerifyPeer: func(context.Context, *Handshake, *PeerCertificate) error { return errors.New("not a member") }},
			func(c *Config) { c.ServerNames = h.strictNames() })
		_, err := s.dial(h.client(func(c *tls.Config) {
			c.ServerName, c.InsecureSkipVerify = "strict.example", true
			showClient(t, c)
		}))
		if err == nil {
			t.Error("served without the hook")
		}
		refused(t, "server", s.outcome(), "not a member")
	})
}
