package bridge

import (
	"context"
	"errors"
	"net"
	"testing"
	"time"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// TestHookTellsAndPanics has what is only told panic: that one connection ends,
// and the next is served.
func TestHookTellsAndPanics(t *testing.T) {
	for _, hook := range []string{"Event", "Finished"} {
		t.Run(hook, func(t *testing.T) {
			eachHooked(t, func(t *testing.T, h hooked) {
				name := func(hs *Handshake) string {
					if hs.ClientHello == nil {
						return ""
					}
					return hs.ClientHello.ServerName
				}
				burst := func(hs *Handshake) {
					if name(hs) == "bad.example" {
						panic("out of cheese")
					}
				}
				hooks := &Hooks{ClientHello: func(context.Context, *Handshake) (*HelloAnswer, error) { return nil, nil }}
				if hook == "Event" {
					hooks.Events, hooks.Event = []ossl.EventKind{ossl.EventInfo}, func(hs *Handshake, _ ossl.Event) { burst(hs) }
				} else {
					hooks.Finished = func(hs *Handshake, _ *HandshakeReport) { burst(hs) }
				}
				s := h.serve(hooks)
				cfg := func() *Config { return &Config{MinVersion: h.version, MaxVersion: h.version} }
				if err := echoByte(clientConn(t, s.addr, cfg(), ClientOptions{ServerName: "bad.example"})); err == nil {
					t.Error("served")
				}
				err := s.outcome()
				var he *HookError
				var p *PanicError
				if !errors.As(err, &he) || he.Hook != hook || !errors.As(err, &p) || p.Value != "out of cheese" || len(p.Stack) == 0 {
					t.Errorf("server: %v", err)
				}
				must(t, echoByte(clientConn(t, s.addr, cfg(), ClientOptions{ServerName: "localhost"})))
				must(t, s.outcome())
			})
		})
	}
}

// TestHookOnErrorPanics loses nothing but the report.
func TestHookOnErrorPanics(t *testing.T) {
	eachHooked(t, func(t *testing.T, h hooked) {
		store := storeFuncs{NewMemorySessions(1), func(context.Context, []byte) ([]byte, error) { return nil, errors.New("down") }}
		s := h.serve(&Hooks{Sessions: store, OnError: func(error) { panic("out of cheese") }})
		if resumeOurs(t, h, s, s, func() bool { return store.SessionStore.(*MemorySessions).Len() > 0 }) {
			t.Error("resumed")
		}
	})
}

// TestAbandon ends jobs at each point that a connection may be closed at: with the
// question open, and with an answer that the job has not gone on with.
func TestAbandon(t *testing.T) {
	for name, answer := range map[string]*ossl.Answer{"open": nil, "granted": {}, "refused": {Refuse: true}} {
		t.Run(name, func(t *testing.T) {
			cfg := &Config{
				Certificates: []Certificate{{CertFile: testdata.Path(testdata.ECDSA.Cert), KeyFile: testdata.Path(testdata.ECDSA.Key)}},
				Hooks:        &Hooks{VerifyPeer: func(context.Context, *Handshake, *PeerCertificate) error { return nil }},
			}
			askForClients(cfg)
			ctx, err := cfg.NewServerCtx()
			must(t, err)
			defer ctx.Close()
			ln, err := net.Listen("tcp", "127.0.0.1:0")
			must(t, err)
			defer ln.Close()
			client := clientConn(t, ln.Addr().String(), &Config{
				Certificates: []Certificate{{CertFile: testdata.Path(testdata.Client.ECDSA.Cert), KeyFile: testdata.Path(testdata.Client.ECDSA.Key)}},
			}, ClientOptions{ServerName: "localhost"})
			shaken := result(client.Handshake)
			nc, err := ln.Accept()
			must(t, err)
			c, err := Server(nc, ctx)
			must(t, err)
			for end := time.Now().Add(patience); !c.paused && time.Now().Before(end); time.Sleep(time.Millisecond) {
				_, err := c.stepElsewhere()
				must(t, err)
			}
			if c.ssl.Asked() != ossl.AskVerify {
				t.Fatal("no question")
			}
			if answer != nil {
				must(t, c.ssl.Answer(ossl.AskVerify, *answer))
			}
			if !c.ssl.WaitingForAsync() {
				t.Fatal("no job")
			}
			c.worker.wait(func() { abandon(c.ssl) })
			if c.ssl.WaitingForAsync() {
				t.Error("the job is still paused")
			}
			c.paused = false
			must(t, c.Close())
			<-shaken
		})
	}
}
