package bridge

import (
	"context"
	"crypto/tls"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// TestHookBadAnswer has hooks answer with what cannot be. The server's error names
// the hook, and the client is told internal_error: it has done nothing wrong.
func TestHookBadAnswer(t *testing.T) {
	rsa, ecdsa := keyPair(t, testdata.RSA), keyPair(t, testdata.ECDSA)
	longKey := make([]byte, ossl.MaxPSK+1)
	for _, c := range []struct {
		name, hook, why string
		hooks           *Hooks
		psk             bool
	}{
		{"key of another chain", "Certificate", "certificate and key", &Hooks{Certificate: func(context.Context, *Handshake) (*KeyPair, error) {
			return &KeyPair{Leaf: rsa.Leaf, Chain: rsa.Chain, Key: ecdsa.Key}, nil
		}}, false},
		{"certificate without a key", "Certificate", "certificate and key", &Hooks{Certificate: func(context.Context, *Handshake) (*KeyPair, error) {
			return &KeyPair{Leaf: rsa.Leaf}, nil
		}}, false},
		{"ALPN that is not offered", "ALPN", "none of the client's", &Hooks{ALPN: func(context.Context, *Handshake, []string) (string, error) {
			return "spdy/3", nil
		}}, false},
		{"ALPN that is too long", "ALPN", "none of the client's", &Hooks{ALPN: func(context.Context, *Handshake, []string) (string, error) {
			return strings.Repeat("h2", 200), nil
		}}, false},
		{"empty PSK", "PSK", "1 to 256 bytes", &Hooks{PSK: func(context.Context, *Handshake, []byte) (*PSK, error) { return &PSK{}, nil }}, true},
		{"long PSK", "PSK", "1 to 256 bytes", &Hooks{PSK: func(context.Context, *Handshake, []byte) (*PSK, error) { return &PSK{Key: longKey}, nil }}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			eachHooked(t, func(t *testing.T, h hooked) {
				s := h.serve(c.hooks, func(cfg *Config) { cfg.CipherList = "PSK:ECDHE" })
				if c.psk {
					psk := &PSK{Identity: []byte("device-7"), Key: []byte("0123456789abcdef")}
					cfg := &Config{MinVersion: h.version, MaxVersion: h.version, CipherList: "PSK", Hooks: &Hooks{
						PSK: func(context.Context, *Handshake, []byte) (*PSK, error) { return psk, nil },
					}}
					err := echoByte(clientConn(t, s.addr, cfg, ClientOptions{ServerName: "localhost"}))
					want := map[int]ossl.Alert{ossl.TLS1_2Version: 115, ossl.TLS1_3Version: alertInternalError} // libssl's choice, and ours
					checkAlert(t, err, want[h.version])
				} else {
					_, err := s.dial(h.client(func(cfg *tls.Config) { cfg.NextProtos = []string{"h2"} }))
					refused(t, "client", err, "internal error")
				}
				err := s.outcome()
				var he *HookError
				if !errors.As(err, &he) || he.Hook != c.hook {
					t.Errorf("server: %v", err)
				}
				refused(t, "server", err, c.why)
			})
		})
	}
}

func checkAlert(t *testing.T, err error, want ossl.Alert) {
	t.Helper()
	var e *ossl.Error
	if errors.As(err, &e) {
		for _, q := range e.Queue {
			if got, ok := q.Reason.Alert(); ok {
				if got != want {
					t.Errorf("alert %v, want %v", got, want)
				}
				return
			}
		}
	}
	t.Errorf("%v, want alert %v", err, want)
}

// TestHookSessionExpired has the store give a session whose time is over: the
// handshake is a full one, and the session is removed.
func TestHookSessionExpired(t *testing.T) {
	eachHooked(t, func(t *testing.T, h hooked) {
		memory := NewMemorySessions(16)
		var aged atomic.Int32
		var id atomic.Value
		s := h.serve(&Hooks{
			OnError: func(err error) { t.Errorf("reported: %v", err) },
			Sessions: storeFuncs{memory, func(ctx context.Context, asked []byte) ([]byte, error) {
				der, err := memory.Get(ctx, asked)
				if err != nil {
					return nil, err
				}
				sess, err := ossl.D2ISession(der)
				if err != nil {
					return nil, err
				}
				defer sess.Close()
				aged.Add(1)
				id.Store(string(asked))
				sess.SetTime(time.Now().Add(-sess.GetTimeout() - time.Hour))
				return sess.I2D()
			}},
		})
		if resumeOurs(t, h, s, s, func() bool { return memory.Len() > 0 }) {
			t.Error("resumed")
		}
		if aged.Load() != 1 {
			t.Fatalf("asked %d times", aged.Load())
		}
		if _, err := memory.Get(t.Context(), []byte(id.Load().(string))); !errors.Is(err, ErrNoSession) {
			t.Errorf("still there: %v", err)
		}
	})
}
