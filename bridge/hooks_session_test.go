package bridge

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sslsock/sslsock/ossl"
)

// storeFuncs is a SessionStore of functions.
type storeFuncs struct {
	SessionStore
	get func(ctx context.Context, id []byte) ([]byte, error)
}

func (s storeFuncs) Get(ctx context.Context, id []byte) ([]byte, error) { return s.get(ctx, id) }

// resume dials twice with one cache and says whether the second was resumed. In
// between, kept waits until the store has the session.
func resume(t *testing.T, h hooked, first, second *hookServer, kept func() bool) bool {
	t.Helper()
	cfg := h.client(func(c *tls.Config) { c.ClientSessionCache = tls.NewLRUClientSessionCache(4) })
	c, err := first.dial(cfg)
	must(t, err)
	must(t, first.outcome())
	must(t, c.Close())
	for end := time.Now().Add(patience); kept != nil && !kept(); {
		if time.Now().After(end) {
			t.Fatal("the store never got the session")
		}
		time.Sleep(time.Millisecond)
	}
	c, err = second.dial(cfg)
	must(t, err)
	must(t, second.outcome())
	return c.ConnectionState().DidResume
}

// TestHookSessions makes a session on one server and resumes it on another,
// which share nothing but the store. crypto/tls clients do not resume TLS 1.2 by
// id, so ours are asked there.
func TestHookSessions(t *testing.T) {
	eachHooked(t, func(t *testing.T, h hooked) {
		servers := func() (a, b *hookServer, kept func() bool) {
			store := NewMemorySessions(16)
			return h.serve(&Hooks{Sessions: store}), h.serve(&Hooks{Sessions: store}), func() bool { return store.Len() > 0 }
		}
		if a, b, kept := servers(); h.version == ossl.TLS1_3Version && !resume(t, h, a, b, kept) {
			t.Error("not resumed on the other server")
		}
		if a, b, kept := servers(); !resumeOurs(t, h, a, b, kept) {
			t.Error("our client was not resumed on the other server")
		}
	})
}

// resumeOurs is resume with a client of ours.
func resumeOurs(t *testing.T, h hooked, first, second *hookServer, kept func() bool) bool {
	t.Helper()
	ctx, err := (&Config{InsecureSkipVerify: true, MinVersion: h.version, MaxVersion: h.version}).NewClientCtx()
	must(t, err)
	defer ctx.Close()
	dial := func(s *hookServer, sess *ossl.Session) *Conn {
		nc, err := net.Dial("tcp", s.addr)
		must(t, err)
		c, err := Client(nc, ctx, &ClientOptions{InsecureSkipVerify: true, Session: sess})
		must(t, err)
		t.Cleanup(func() { _ = c.Close() })
		_, err = c.Write([]byte("x"))
		must(t, err)
		_, err = c.Read(make([]byte, 1))
		must(t, err)
		must(t, s.outcome())
		return c
	}
	c := dial(first, nil)
	sess, err := c.Session()
	must(t, err)
	defer sess.Close()
	for end := time.Now().Add(patience); !kept() && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
	return dial(second, sess).ConnectionState().Resumed
}

// TestHookSessionsInline: with Inline a session is in the store before the end of
// its handshake is reported, and a client that comes back at once resumes it.
func TestHookSessionsInline(t *testing.T) {
	eachHooked(t, func(t *testing.T, h hooked) {
		store := NewMemorySessions(16)
		var early atomic.Int32
		s := h.serve(&Hooks{Sessions: store, Inline: true, Finished: func(*Handshake, *HandshakeReport) {
			if store.Len() == 0 {
				early.Add(1)
			}
		}})
		if !resumeOurs(t, h, s, s, func() bool { return true }) {
			t.Error("not resumed")
		}
		if early.Load() > 0 {
			t.Error("a handshake was reported before its session was kept")
		}
	})
}

// TestHookSessionsFail has a store that is slow, down, or full of garbage: the
// handshakes are full ones, and none fails.
func TestHookSessionsFail(t *testing.T) {
	for _, c := range []struct {
		name string
		get  func(ctx context.Context, id []byte) ([]byte, error)
	}{
		{"down", func(context.Context, []byte) ([]byte, error) { return nil, errors.New("connection refused") }},
		{"garbage", func(context.Context, []byte) ([]byte, error) { return []byte("no DER at all"), nil }},
		{"panic", func(context.Context, []byte) ([]byte, error) { panic("out of cheese") }},
	} {
		t.Run(c.name, func(t *testing.T) {
			eachHooked(t, func(t *testing.T, h hooked) {
				var told atomic.Int32
				memory := NewMemorySessions(16)
				s := h.serve(&Hooks{Sessions: storeFuncs{memory, c.get}, OnError: func(err error) {
					var he *HookError
					if !errors.As(err, &he) || he.Hook != "Sessions" {
						t.Errorf("reported %v", err)
					}
					told.Add(1)
				}})
				if resumeOurs(t, h, s, s, func() bool { return memory.Len() > 0 }) {
					t.Error("resumed from nothing")
				}
				if told.Load() == 0 {
					t.Error("nobody was told of the store")
				}
			})
		})
	}
}
