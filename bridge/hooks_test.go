package bridge

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// behaviours are how a hook may answer; do returns the hook's error, and fails
// says whether the handshake must end with it.
var behaviours = []struct {
	name  string
	do    func(ctx context.Context) error
	fails string
}{
	{"at once", func(context.Context) error { return nil }, ""},
	{"after 100 ms", func(ctx context.Context) error {
		select {
		case <-time.After(100 * time.Millisecond):
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}, ""},
	{"with an error", func(context.Context) error { return errors.New("no such tenant") }, "no such tenant"},
	{"with a panic", func(context.Context) error { panic("out of cheese") }, "out of cheese"},
}

// hookKinds are the hooks that can fail a handshake, each with what makes it
// ask.
var hookKinds = []struct {
	name   string
	hooks  func(do func(context.Context) error) *Hooks
	config func(*Config)
	client func(t testing.TB, c *tls.Config)
}{
	{"ClientHello", func(do func(context.Context) error) *Hooks {
		return &Hooks{ClientHello: func(ctx context.Context, h *Handshake) (*HelloAnswer, error) {
			if h.ClientHello.ServerName != "localhost" || h.RemoteAddr == nil {
				return nil, errors.New("not what the client said")
			}
			return nil, do(ctx)
		}}
	}, nil, nil},
	{"Certificate", func(do func(context.Context) error) *Hooks {
		return &Hooks{Certificate: func(ctx context.Context, _ *Handshake) (*KeyPair, error) { return nil, do(ctx) }}
	}, nil, nil},
	{"ALPN", func(do func(context.Context) error) *Hooks {
		return &Hooks{ALPN: func(ctx context.Context, _ *Handshake, offered []string) (string, error) { return offered[1], do(ctx) }}
	}, nil, func(_ testing.TB, c *tls.Config) { c.NextProtos = []string{"h2", "http/1.1"} }},
	{"VerifyPeer", func(do func(context.Context) error) *Hooks {
		return &Hooks{VerifyPeer: func(ctx context.Context, _ *Handshake, p *PeerCertificate) error {
			if p.Result != ossl.VerifyOK || len(p.Sent) == 0 || len(p.Built) == 0 {
				return errors.New("not the client's chain")
			}
			return do(ctx)
		}}
	}, askForClients, showClient},
}

func askForClients(c *Config) {
	c.ClientAuth = RequireClientCert
	c.ClientCAs = Trust{File: testdata.Path(testdata.Client.ECDSA.Roots)}
}

// strictCtx is a server's that requires a certificate of its clients.
func (h hooked) strictCtx(chain testdata.Chain) *ossl.Ctx {
	h.t.Helper()
	cfg := &Config{
		Certificates: []Certificate{{CertFile: testdata.Path(chain.Cert), KeyFile: testdata.Path(chain.Key)}},
		MinVersion:   h.version, MaxVersion: h.version,
	}
	askForClients(cfg)
	ctx, err := cfg.NewServerCtx()
	must(h.t, err)
	h.t.Cleanup(ctx.Close)
	return ctx
}

func showClient(t testing.TB, c *tls.Config) {
	pair, err := tls.LoadX509KeyPair(testdata.Path(testdata.Client.ECDSA.Cert), testdata.Path(testdata.Client.ECDSA.Key))
	must(t, err)
	c.Certificates = []tls.Certificate{pair}
}

func TestHooksAnswer(t *testing.T) {
	for _, kind := range hookKinds {
		for _, b := range behaviours {
			for _, inline := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s %s, inline %t", kind.name, b.name, inline), func(t *testing.T) {
					eachHooked(t, func(t *testing.T, h hooked) {
						var reports atomic.Int32
						hooks := kind.hooks(b.do)
						hooks.Inline = inline
						hooks.Finished = func(_ *Handshake, r *HandshakeReport) {
							reports.Add(1)
							if (r.Err == nil) != (b.fails == "") {
								t.Errorf("the report says %v", r.Err)
							}
						}
						s := h.serve(hooks, func(c *Config) {
							if kind.config != nil {
								kind.config(c)
							}
						})
						_, cerr := s.dial(h.client(func(c *tls.Config) {
							if kind.client != nil {
								kind.client(t, c)
							}
						}))
						serr := s.outcome()
						if b.fails == "" {
							must(t, cerr)
							must(t, serr)
						} else {
							checkRefusal(t, kind.name, b.fails, cerr, serr)
						}
						if n := reports.Load(); n != 1 {
							t.Errorf("%d reports", n)
						}
					})
				})
			}
		}
	}
}

// checkRefusal wants the hook's own error on this side, and an alert on the
// other.
func checkRefusal(t *testing.T, hook, want string, cerr, serr error) {
	t.Helper()
	var he *HookError
	if !errors.As(serr, &he) || he.Hook != hook || !strings.Contains(serr.Error(), want) {
		t.Errorf("server: %v, want %s to fail with %q", serr, hook, want)
	}
	var alert *net.OpError
	if !errors.As(cerr, &alert) || alert.Op != "remote error" {
		t.Errorf("client: %v, want an alert", cerr)
	}
}

// TestHookPeerGone has the client leave while a hook runs, whose context must
// end; the late answer must do nothing.
func TestHookPeerGone(t *testing.T) {
	for _, kind := range hookKinds {
		t.Run(kind.name, func(t *testing.T) {
			eachHooked(t, func(t *testing.T, h hooked) {
				asked, ended := make(chan struct{}), make(chan error, 1)
				var once sync.Once
				s := h.serve(kind.hooks(func(ctx context.Context) error {
					once.Do(func() { close(asked) })
					select {
					case <-ctx.Done():
						ended <- nil
					case <-time.After(patience):
						ended <- errors.New("the context has not ended")
					}
					return nil
				}), func(c *Config) {
					if kind.config != nil {
						kind.config(c)
					}
				})
				nc, err := net.Dial("tcp", s.addr)
				must(t, err)
				cfg := h.client(func(c *tls.Config) {
					if kind.client != nil {
						kind.client(t, c)
					}
				})
				go func() {
					<-asked
					// By a reset, or a client that has sent its handshake might
					// have ended its side in good order.
					_ = nc.(*net.TCPConn).SetLinger(0)
					_ = nc.Close()
				}()
				c := tls.Client(nc, cfg)
				if err := c.Handshake(); err == nil {
					_, _ = c.Read(make([]byte, 1)) // TLS 1.3: the client is done before the server has looked
				}
				if err := s.outcome(); err == nil {
					t.Error("the handshake ended well")
				}
				must(t, <-ended)
			})
		})
	}
}

// TestHookTimeout has the handshake's timeout end the hook.
func TestHookTimeout(t *testing.T) {
	eachHooked(t, func(t *testing.T, h hooked) {
		ended := make(chan error, 1)
		// Long enough for the hook to be asked on a busy machine.
		s := h.serveFor(2*time.Second, &Hooks{ClientHello: func(ctx context.Context, _ *Handshake) (*HelloAnswer, error) {
			if _, ok := ctx.Deadline(); !ok {
				t.Error("no deadline")
			}
			select {
			case <-ctx.Done():
				ended <- nil
			case <-time.After(patience):
				ended <- errors.New("the context has not ended")
			}
			return nil, ctx.Err()
		}})
		if _, err := s.dial(h.client()); err == nil {
			t.Error("the client's handshake ended well")
		}
		if err := s.outcome(); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("server: %v", err)
		}
		must(t, <-ended)
	})
}

// TestHookChoosesCtx switches by SNI, and what SSL_set_SSL_CTX forgets with it.
func TestHookChoosesCtx(t *testing.T) {
	eachHooked(t, func(t *testing.T, h hooked) {
		other := h.strictCtx(testdata.RSA)
		s := h.serve(&Hooks{ClientHello: func(_ context.Context, hs *Handshake) (*HelloAnswer, error) {
			if hs.ClientHello.ServerName == "server.example" {
				return &HelloAnswer{Ctx: other}, nil
			}
			return nil, nil
		}})
		with := func(name string, show bool) *tls.Config {
			return h.client(func(c *tls.Config) {
				c.ServerName = name
				c.InsecureSkipVerify = true // which certificate it is, is looked at below
				if show {
					showClient(t, c)
				}
			})
		}
		c, err := s.dial(with("localhost", false))
		must(t, err)
		must(t, s.outcome())
		ecdsa := c.ConnectionState().PeerCertificates[0].PublicKeyAlgorithm.String()
		c, err = s.dial(with("server.example", true))
		must(t, err)
		must(t, s.outcome())
		rsa := c.ConnectionState().PeerCertificates[0].PublicKeyAlgorithm.String()
		if ecdsa != "ECDSA" || rsa != "RSA" {
			t.Errorf("certificates %s and %s", ecdsa, rsa)
		}
		if _, err = s.dial(with("server.example", false)); err == nil {
			t.Error("served without the certificate that the other Ctx requires")
		}
		if err := s.outcome(); err == nil {
			t.Error("the server let a client without a certificate in")
		}
	})
}

// TestHookPolicyByResumption offers a session of the name that asks for nothing
// to the name that requires a certificate.
func TestHookPolicyByResumption(t *testing.T) {
	eachHooked(t, func(t *testing.T, h hooked) {
		other := h.strictCtx(testdata.ECDSA)
		s := h.serve(&Hooks{ClientHello: func(_ context.Context, hs *Handshake) (*HelloAnswer, error) {
			if hs.ClientHello.ServerName == "strict.example" {
				return &HelloAnswer{Ctx: other}, nil
			}
			return nil, nil
		}})
		cache := &anyNameSession{}
		dial := func(name string) error {
			_, err := s.dial(h.client(func(c *tls.Config) {
				c.ServerName, c.ClientSessionCache, c.InsecureSkipVerify = name, cache, true
			}))
			return err
		}
		must(t, dial("localhost"))
		must(t, s.outcome())
		if cache.get() == nil {
			t.Fatal("no session to offer")
		}
		if err := dial("strict.example"); err == nil {
			t.Error("resumed past the policy")
		}
		if err := s.outcome(); err == nil {
			t.Error("the server resumed past the policy")
		}
	})
}

// anyNameSession is a cache that offers its one session to every server.
type anyNameSession struct {
	mu sync.Mutex
	s  *tls.ClientSessionState
}

func (o *anyNameSession) get() *tls.ClientSessionState {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.s
}

func (o *anyNameSession) Get(string) (*tls.ClientSessionState, bool) {
	s := o.get()
	return s, s != nil
}

func (o *anyNameSession) Put(_ string, s *tls.ClientSessionState) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.s = s
}

func TestHookCertificate(t *testing.T) {
	eachHooked(t, func(t *testing.T, h hooked) {
		rsa := keyPair(t, testdata.RSA)
		s := h.serve(&Hooks{Certificate: func(_ context.Context, hs *Handshake) (*KeyPair, error) {
			if hs.ClientHello.ServerName != "localhost" {
				return nil, AlertError(112, errors.New("unknown name"))
			}
			return rsa, nil
		}}, func(c *Config) { c.Certificates = nil })
		c, err := s.dial(h.client())
		must(t, err)
		must(t, s.outcome())
		if got := c.ConnectionState().PeerCertificates[0].PublicKeyAlgorithm.String(); got != "RSA" {
			t.Error(got)
		}
	})
}

// TestHookMismatch answers with what does not belong together.
func TestHookMismatch(t *testing.T) {
	eachHooked(t, func(t *testing.T, h hooked) {
		rsa, ecdsa := keyPair(t, testdata.RSA), keyPair(t, testdata.ECDSA)
		s := h.serve(&Hooks{
			Certificate: func(context.Context, *Handshake) (*KeyPair, error) {
				return &KeyPair{Leaf: rsa.Leaf, Chain: rsa.Chain, Key: ecdsa.Key}, nil
			},
		})
		_, cerr := s.dial(h.client())
		checkRefusal(t, "Certificate", "certificate and key", cerr, s.outcome())
	})
}

func TestHookAlpnNotOffered(t *testing.T) {
	eachHooked(t, func(t *testing.T, h hooked) {
		s := h.serve(&Hooks{ALPN: func(context.Context, *Handshake, []string) (string, error) { return "spdy/3", nil }})
		_, cerr := s.dial(h.client(func(c *tls.Config) { c.NextProtos = []string{"h2"} }))
		checkRefusal(t, "ALPN", "none of the client's", cerr, s.outcome())
	})
}

func TestHookAlpnRefuses(t *testing.T) {
	eachHooked(t, func(t *testing.T, h hooked) {
		s := h.serve(&Hooks{ALPN: func(context.Context, *Handshake, []string) (string, error) { return "", ErrNoALPN }})
		_, err := s.dial(h.client(func(c *tls.Config) { c.NextProtos = []string{"h2"} }))
		if err == nil || !strings.Contains(err.Error(), "no application protocol") {
			t.Errorf("client: %v", err)
		}
		if err := s.outcome(); err == nil {
			t.Error("the server went on")
		}
		_, err = s.dial(h.client())
		must(t, err)
	})
}

// TestHookVerdict has the hook be as strict as it likes about a chain that does
// not verify, or overrule.
func TestHookVerdict(t *testing.T) {
	for _, c := range []struct {
		name  string
		hook  func(p *PeerCertificate) error
		alert string // "" is accepted
	}{
		{"nil lets the verdict stand", func(*PeerCertificate) error { return nil }, "expired certificate"},
		{"Accept overrules", func(p *PeerCertificate) error { p.Accept(); return nil }, ""},
		{"a verify result", func(*PeerCertificate) error { return ossl.VerifyCertRevoked }, "revoked certificate"},
		{"any error", func(*PeerCertificate) error { return errors.New("no") }, "bad certificate"},
	} {
		t.Run(c.name, func(t *testing.T) {
			eachHooked(t, func(t *testing.T, h hooked) {
				s := h.serve(&Hooks{VerifyPeer: func(_ context.Context, _ *Handshake, p *PeerCertificate) error {
					if p.Result != ossl.VerifyCertHasExpired {
						t.Errorf("verdict %v", p.Result)
					}
					return c.hook(p)
				}}, askForClients)
				_, err := s.dial(h.client(func(cfg *tls.Config) {
					pair, err := tls.LoadX509KeyPair(testdata.Path(testdata.Client.Expired.Cert), testdata.Path(testdata.Client.Expired.Key))
					must(t, err)
					cfg.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &pair, nil }
				}))
				serr := s.outcome()
				if c.alert == "" {
					must(t, err)
					must(t, serr)
					return
				}
				if err == nil || !strings.Contains(err.Error(), c.alert) || serr == nil {
					t.Errorf("client: %v, want %q; server: %v", err, c.alert, serr)
				}
			})
		})
	}
}

// TestHookEvents looks for the key log, the states, the alerts and the messages
// of one connection.
func TestHookEvents(t *testing.T) {
	eachHooked(t, func(t *testing.T, h hooked) {
		var mu sync.Mutex
		kinds := map[ossl.EventKind]int{}
		var lines []string
		s := h.serve(&Hooks{
			Event: func(_ *Handshake, ev ossl.Event) {
				mu.Lock()
				defer mu.Unlock()
				kinds[ev.Kind]++
				if ev.Kind == ossl.EventKeyLog {
					lines = append(lines, ev.Line)
				}
			},
			Events: []ossl.EventKind{ossl.EventKeyLog, ossl.EventInfo, ossl.EventAlert, ossl.EventMessage},
		})
		log := &strings.Builder{}
		c, err := s.dial(h.client(func(c *tls.Config) { c.KeyLogWriter = log }))
		must(t, err)
		must(t, s.outcome())
		must(t, c.Close())
		mu.Lock()
		defer mu.Unlock()
		theirs := strings.Fields(log.String())
		for _, line := range lines {
			for _, word := range strings.Fields(line) {
				if strings.HasPrefix(line, "CLIENT_") && !slices.Contains(theirs, word) {
					t.Errorf("%s is not in the client's log", word)
				}
			}
		}
		if len(lines) == 0 || kinds[ossl.EventInfo] < 5 || kinds[ossl.EventMessage] < 5 {
			t.Errorf("events %v, key log %q", kinds, lines)
		}
	})
}

// TestHookPSK has `openssl s_client` know the key, or another one.
func TestHookPSK(t *testing.T) {
	eachHooked(t, func(t *testing.T, h hooked) {
		key := []byte("0123456789abcdef")
		s := h.serve(&Hooks{PSK: func(_ context.Context, _ *Handshake, identity []byte) (*PSK, error) {
			if string(identity) != "device-7" {
				return nil, nil
			}
			return &PSK{Key: key}, nil
		}}, func(c *Config) { c.CipherList = "PSK:ECDHE" })
		for _, c := range []struct {
			identity, key string
			ok            bool
		}{{"device-7", "30313233343536373839616263646566", true}, {"device-7", "00000000000000000000000000000000", false}, {"stranger", "30313233343536373839616263646566", false}} {
			args := []string{"s_client", "-connect", s.addr, "-psk_identity", c.identity, "-psk", c.key, "-brief", "-cipher", "PSK"}
			if h.version == ossl.TLS1_3Version {
				args = append(args, "-tls1_3", "-ciphersuites", "TLS_AES_128_GCM_SHA256")
			} else {
				args = append(args, "-tls1_2")
			}
			cmd := exec.Command("openssl", args...)
			cmd.Stdin = strings.NewReader("")
			out, _ := cmd.CombinedOutput()
			err := s.outcome()
			// An unknown identity of TLS 1.3 is served with a certificate.
			certificate := h.version == ossl.TLS1_3Version && c.identity == "stranger"
			if (err == nil) != (c.ok || certificate) {
				t.Errorf("%s with key %s: server %v, client %s", c.identity, c.key, err, out)
			}
		}
	})
}

func TestHookOCSP(t *testing.T) {
	eachHooked(t, func(t *testing.T, h hooked) {
		staple := []byte{0x30, 3, 10, 1, 3} // tryLater
		s := h.serve(&Hooks{OCSP: func(_ context.Context, _ *Handshake, cert *KeyPair) ([]byte, error) {
			if cert != nil {
				t.Error("a certificate that nobody chose")
			}
			return staple, nil
		}})
		c, err := s.dial(h.client())
		must(t, err)
		must(t, s.outcome())
		if got := c.ConnectionState().OCSPResponse; string(got) != string(staple) {
			t.Errorf("staple %q", got)
		}
	})
}
