package bridge

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// TestEarlyData has data arrive before the handshake is done, and answered.
func TestEarlyData(t *testing.T) {
	eachEarly(t, func(t *testing.T, p *earlyPair) {
		s := p.start(earlyConfig(1 << 14))
		sess := p.session(s)
		run, sess := p.dial(s, sess, "early")
		p.expect(s, run, "early", "late", "half:early done", ossl.EarlyDataAccepted)
		run, _ = p.dial(s, sess, "")
		p.expect(s, run, "", "late", "done", ossl.EarlyDataNotSent)
		if !run.state.Resumed {
			t.Error("not resumed")
		}
	})
}

// TestEarlyDataMany sends more than a record.
func TestEarlyDataMany(t *testing.T) {
	eachEarly(t, func(t *testing.T, p *earlyPair) {
		const size = 100_000
		s := p.start(earlyConfig(size))
		sess := p.session(s)
		text := strings.Repeat("0123456789", size/10)
		run, _ := p.dial(s, sess, text)
		got := s.outcome(t)
		must(t, errors.Join(run.err, got.err))
		if got.early != text || got.data != "late" || run.status != ossl.EarlyDataAccepted || strings.Count(run.data, "half:") < size>>14 {
			t.Errorf("%d bytes of early data, then %.20q; status %v, answer %.40q", len(got.early), got.data, run.status, run.data)
		}
	})
}

// TestEarlyDataRejected has data that the server does not take, for one reason or
// another, be sent once more, and arrive once.
func TestEarlyDataRejected(t *testing.T) {
	fresh := func(p *earlyPair, cfg *Config) (*earlyServer, *ossl.Session) {
		sess := p.session(p.start(earlyConfig(1 << 14)))
		return p.start(cfg), sess
	}
	for _, c := range []struct {
		name  string
		serve func(p *earlyPair) (*earlyServer, *ossl.Session)
	}{
		{"fresh server", func(p *earlyPair) (*earlyServer, *ossl.Session) { return fresh(p, earlyConfig(1<<14)) }},
		{"none allowed", func(p *earlyPair) (*earlyServer, *ossl.Session) { return fresh(p, earlyConfig(0)) }},
		{"used before", func(p *earlyPair) (*earlyServer, *ossl.Session) {
			s := p.start(earlyConfig(1 << 14))
			sess := p.session(s)
			run, _ := p.dial(s, sess, "first")
			p.expect(s, run, "first", "late", "half:first done", ossl.EarlyDataAccepted)
			return s, sess
		}},
		{"HelloRetryRequest", func(p *earlyPair) (*earlyServer, *ossl.Session) {
			cfg := earlyConfig(1 << 14)
			cfg.Groups = "P-384"
			p.clientConfig(func(c *Config) { c.Groups = "P-256:P-384" })
			s := p.start(cfg)
			return s, p.session(s)
		}},
		{"policy", func(p *earlyPair) (*earlyServer, *ossl.Session) {
			cfg := earlyConfig(1 << 14)
			cfg.Hooks = &Hooks{ClientHello: func(_ context.Context, h *Handshake) (*HelloAnswer, error) {
				return &HelloAnswer{Apply: func(s *ossl.SSL) error { return s.SetAllowEarlyData(false) }}, nil
			}}
			s := p.start(cfg)
			return s, p.session(s)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			eachEarly(t, func(t *testing.T, p *earlyPair) {
				s, sess := c.serve(p)
				run, _ := p.dial(s, sess, "early")
				p.expect(s, run, "", "earlylate", "done", ossl.EarlyDataRejected)
			})
		})
	}
}

// TestEarlyDataNotAllowed gives data to sessions that allow none, or less.
func TestEarlyDataNotAllowed(t *testing.T) {
	eachEarly(t, func(t *testing.T, p *earlyPair) {
		none := p.session(p.start(earlyConfig(0)))
		some := p.session(p.start(earlyConfig(10)))
		tls12 := earlyConfig(10)
		tls12.MaxVersion = ossl.TLS1_2Version
		old := p.session(p.start(tls12))
		aged := p.session(p.start(earlyConfig(10)))
		aged.SetTime(aged.GetTime().Add(-2 * aged.GetTicketLifetimeHint()))
		s := p.start(earlyConfig(10))
		for _, c := range []struct {
			name string
			sess *ossl.Session
			want error
		}{{"none", nil, ErrNoEarlyData}, {"allows none", none, ErrNoEarlyData}, {"TLS 1.2", old, ErrNoEarlyData}, {"aged", aged, ErrNoEarlyData}, {"allows less", some, ErrEarlyDataLimit}} {
			run, _ := p.dial(s, c.sess, "eleven byte")
			is(t, c.name, run.err, c.want)
			select { // a connection that said nothing
			case got := <-s.ran:
				if got.err == nil || got.early != "" || got.state.Version != 0 {
					t.Errorf("%s: the server had %+v", c.name, got)
				}
			case <-t.Context().Done():
			}
		}
	})
}

// TestEarlyDataTooMuch has a client send more than its ticket allows, because it
// has been told otherwise: the server ends the connection with an alert.
func TestEarlyDataTooMuch(t *testing.T) {
	eachEarly(t, func(t *testing.T, p *earlyPair) {
		alerts := make(chan ossl.Alert, 10)
		cfg := earlyConfig(100)
		cfg.Hooks = &Hooks{Events: []ossl.EventKind{ossl.EventAlert}, Event: func(_ *Handshake, ev ossl.Event) {
			if ev.Sent && ev.Fatal {
				alerts <- ev.Alert
			}
		}}
		s := p.start(cfg)
		sess := p.session(s)
		must(t, sess.SetMaxEarlyData(1000))
		run, _ := p.dial(s, sess, strings.Repeat("x", 200))
		got := s.outcome(t)
		is(t, "server", got.err, ossl.ReasonTooMuchEarlyData)
		if run.err == nil || len(alerts) != 1 {
			t.Errorf("client: %v; the server sent %d alerts", run.err, len(alerts))
		} else if a := <-alerts; a != alertUnexpectedMessage {
			t.Errorf("alert %v", a)
		}
	})
}

const alertUnexpectedMessage ossl.Alert = 10

// TestEarlyDataUnasked has servers that do not read early data: libssl skips it.
func TestEarlyDataUnasked(t *testing.T) {
	ctx, err := earlyConfig(1 << 14).NewServerCtx()
	must(t, err)
	defer ctx.Close()
	plain := &earlyServer{ran: make(chan earlyRun, 4)}
	ln, err := startLoop(t, smallLoop).Listen("tcp", "127.0.0.1:0", ctx, func(*Stream) Handler {
		return &earlyHandler{ran: plain.ran}
	})
	must(t, err)
	plain.addr = ln.Addr().String()
	p := &earlyPair{t: t, client: dialEarlyConn}
	sess := p.session(plain)
	run, _ := p.dial(plain, sess, "early")
	p.expect(plain, run, "", "earlylate", "done", ossl.EarlyDataRejected)
}

// TestEarlyDataHooks has all hooks asked as without early data, on a goroutine
// and in place, with those that need a job.
func TestEarlyDataHooks(t *testing.T) {
	for _, inline := range []bool{false, true} {
		t.Run(map[bool]string{false: "elsewhere", true: "inline"}[inline], func(t *testing.T) {
			eachEarly(t, func(t *testing.T, p *earlyPair) {
				asked := make(chan string, 100)
				pair := keyPair(t, testdata.ECDSA)
				store := NewMemorySessions(0)
				cfg := earlyConfig(1 << 14)
				cfg.ALPN = []string{"echo"}
				cfg.ClientAuth, cfg.ClientCAs = RequestClientCert, roots(testdata.Client.ECDSA)
				cfg.SessionIDContext = []byte("early")
				cfg.Hooks = &Hooks{
					Inline: inline, Sessions: store,
					ClientHello: func(context.Context, *Handshake) (*HelloAnswer, error) { asked <- "ClientHello"; return nil, nil },
					Certificate: func(context.Context, *Handshake) (*KeyPair, error) { asked <- "Certificate"; return pair, nil },
					VerifyPeer: func(context.Context, *Handshake, *PeerCertificate) error {
						asked <- "VerifyPeer"
						return nil
					},
					Finished: func(_ *Handshake, r *HandshakeReport) {
						if r.Err != nil {
							asked <- r.Err.Error()
						} else {
							asked <- "Finished"
						}
					},
				}
				p.clientConfig(func(c *Config) {
					c.ALPN = []string{"echo"}
					c.Certificates = []Certificate{identity(testdata.Client.ECDSA)}
				})
				s := p.start(cfg)
				expect := func(want string) {
					t.Helper()
					var got []string
					for len(asked) > 0 {
						got = append(got, <-asked)
					}
					if strings.Join(got, " ") != want {
						t.Errorf("asked %v, not %s", got, want)
					}
				}
				sess := p.session(s)
				expect("ClientHello Certificate VerifyPeer Finished")
				for end := time.Now().Add(patience); store.Len() == 0; time.Sleep(time.Millisecond) {
					if time.Now().After(end) {
						t.Fatal("the store never got the session")
					}
				}
				run, _ := p.dial(s, sess, "early")
				p.expect(s, run, "early", "late", "half:early done", ossl.EarlyDataAccepted)
				expect("ClientHello Finished")
				// The store has given the session away.
				run, _ = p.dial(s, sess, "early")
				p.expect(s, run, "", "earlylate", "done", ossl.EarlyDataRejected)
			})
		})
	}
}

// TestEarlyDataConfig refuses what cannot be, or would let data be played again.
func TestEarlyDataConfig(t *testing.T) {
	type plain struct{ SessionStore }
	for _, c := range []struct {
		name string
		set  func(*Config)
		ok   bool
	}{
		{"no tickets", func(c *Config) { c.NumTickets = -1 }, false},
		{"tickets disabled", func(c *Config) { c.SessionTicketsDisabled = true }, false},
		{"store that hands out twice", func(c *Config) { c.Hooks = &Hooks{Sessions: plain{NewMemorySessions(0)}} }, false},
		{"the same, and told so", func(c *Config) {
			c.Hooks, c.Options = &Hooks{Sessions: plain{NewMemorySessions(0)}}, ossl.OpNoAntiReplay
		}, true},
		{"store that hands out once", func(c *Config) { c.Hooks = &Hooks{Sessions: NewMemorySessions(0)} }, true},
		{"another for a name", func(c *Config) { c.ServerNames = map[string]*Config{"b.example": earlyConfig(9)} }, false},
		{"the same for a name", func(c *Config) { c.ServerNames = map[string]*Config{"b.example": earlyConfig(10)} }, true},
	} {
		cfg := earlyConfig(10)
		c.set(cfg)
		ctx, err := cfg.NewServerCtx()
		var ce *ConfigError
		if (err == nil) != c.ok || err != nil && (!errors.As(err, &ce) || !strings.HasSuffix(ce.Field, "MaxEarlyData")) {
			t.Errorf("%s: %v", c.name, err)
		}
		ctx.Close()
	}
}

// TestEarlyDataReplay plays stateless tickets again, which only a program that
// says so can have.
func TestEarlyDataReplay(t *testing.T) {
	eachEarly(t, func(t *testing.T, p *earlyPair) {
		cfg := earlyConfig(1 << 14)
		cfg.Options = ossl.OpNoAntiReplay
		s := p.start(cfg)
		sess := p.session(s)
		for range 2 {
			run, _ := p.dial(s, sess, "early")
			p.expect(s, run, "early", "late", "half:early done", ossl.EarlyDataAccepted)
		}
	})
}
