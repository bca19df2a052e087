package redisstore

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/sslsock/sslsock/bridge"
)

var (
	_ bridge.SessionStore    = (*Sessions)(nil)
	_ bridge.TicketKeySource = (*TicketKeys)(nil)
)

func sessions(t *testing.T, c *redis.Client, o SessionOptions) *Sessions {
	t.Helper()
	s, err := NewSessions(c, o)
	must(t, err)
	return s
}

// TestSessions has two stores on one Redis, sealed and not.
func TestSessions(t *testing.T) {
	server := startRedis(t)
	raw := server.client()
	for name, secret := range map[string]func() *Secret{"plain": func() *Secret { return nil }, "sealed": func() *Secret { return passphrase(t, "secret") }} {
		t.Run(name, func(t *testing.T) {
			must(t, raw.FlushAll(t.Context()).Err())
			a := sessions(t, server.client(), SessionOptions{Secret: secret()})
			b := sessions(t, server.client(), SessionOptions{Secret: secret()})
			other := sessions(t, server.client(), SessionOptions{Secret: secret(), Prefix: "other:"})
			id, session := make([]byte, 32), make([]byte, 2000)
			_, _ = rand.Read(id)
			_, _ = rand.Read(session)
			missing := func(s *Sessions, why string) {
				t.Helper()
				if got, err := s.Get(t.Context(), id); got != nil || !errors.Is(err, bridge.ErrNoSession) {
					t.Errorf("%s: %d bytes, %v", why, len(got), err)
				}
			}
			missing(a, "before")
			must(t, a.Put(t.Context(), id, session, time.Hour))
			got, err := b.Get(t.Context(), id)
			if must(t, err); !bytes.Equal(got, session) {
				t.Error("another session")
			}
			missing(other, "under another prefix")
			if left := raw.PTTL(t.Context(), a.key(id)).Val(); left <= 50*time.Minute || left > time.Hour {
				t.Errorf("goes in %v", left)
			}
			value := raw.Get(t.Context(), a.key(id)).Val()
			if sealed := !strings.Contains(value, string(session[:100])); sealed != (name == "sealed") {
				t.Errorf("sealed: %v", sealed)
			}
			must(t, b.Remove(t.Context(), id))
			must(t, b.Remove(t.Context(), id))
			missing(a, "removed")
			must(t, a.Put(t.Context(), id, session, time.Hour))
			must(t, a.Put(t.Context(), id, session, 0))
			missing(b, "without a lifetime")
			must(t, a.Put(t.Context(), id, nil, time.Hour))
			if got, err := b.Get(t.Context(), id); len(got) != 0 || err != nil {
				t.Errorf("empty: %d bytes, %v", len(got), err)
			}
			for _, lifetime := range []time.Duration{1, 20 * time.Millisecond} {
				must(t, a.Put(t.Context(), id, session, lifetime))
				within(t, "expiry", func() {
					for err = nil; err == nil; {
						_, err = b.Get(context.Background(), id)
					}
				})
				missing(b, "after its lifetime")
			}
		})
	}
}

// TestSessionsBadValues tells a wrong secret from garbage, and neither from a
// session.
func TestSessionsBadValues(t *testing.T) {
	server := startRedis(t)
	raw := server.client()
	s := sessions(t, server.client(), SessionOptions{Secret: passphrase(t, "right")})
	wrong := sessions(t, server.client(), SessionOptions{Secret: passphrase(t, "wrong")})
	id, other := []byte("id"), []byte("other")
	must(t, s.Put(t.Context(), id, []byte("session"), time.Hour))
	_, err := wrong.Get(t.Context(), id)
	is(t, "another secret", err, ErrWrongSecret)
	must(t, raw.Copy(t.Context(), s.key(id), s.key(other), 0, true).Err())
	_, err = s.Get(t.Context(), other)
	is(t, "moved", err, ErrMalformed)
	for _, garbage := range []string{"", "x", strings.Repeat("\x01", 200), strings.Repeat("\x00", 200), "0\x82"} {
		must(t, raw.Set(t.Context(), s.key(id), garbage, 0).Err())
		if _, err = s.Get(t.Context(), id); !errors.Is(err, ErrMalformed) && !errors.Is(err, ErrWrongSecret) {
			t.Errorf("%q: %v", garbage, err)
		}
	}
	must(t, raw.Del(t.Context(), s.key(id)).Err())
	must(t, raw.LPush(t.Context(), s.key(id), "a list").Err())
	_, err = s.Get(t.Context(), id)
	is(t, "a list", err, ErrMalformed)
	must(t, s.Put(t.Context(), id, []byte("session"), time.Hour)) // replaces even that
}

// TestSessionsUnavailable ends with the context, or after the timeout; what was
// there is there again when Redis answers.
func TestSessionsUnavailable(t *testing.T) {
	server := startRedis(t)
	way := server.proxied()
	s := sessions(t, open(t, way.url()), SessionOptions{Timeout: time.Hour})
	hasty := sessions(t, open(t, way.url()), SessionOptions{Timeout: 50 * time.Millisecond})
	id := []byte("id")
	must(t, s.Put(t.Context(), id, []byte("session"), time.Hour))
	each := func(what string, s *Sessions, ctx context.Context) {
		t.Helper()
		within(t, what, func() {
			_, err := s.Get(ctx, id)
			is(t, what+": get", err, ErrUnavailable)
			is(t, what+": put", s.Put(ctx, []byte("second"), nil, time.Hour), ErrUnavailable)
			is(t, what+": remove", s.Remove(ctx, []byte("second")), ErrUnavailable)
		})
	}
	way.gate.shut()
	soon, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	each("slow, by the context", s, soon)
	_, err := s.Get(soon, id)
	is(t, "the reason", err, context.DeadlineExceeded)
	each("slow, by the timeout", hasty, t.Context())
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	each("cancelled", s, ended)
	way.gate.open()
	if got, err := s.Get(t.Context(), id); string(got) != "session" {
		t.Errorf("%q, %v", got, err)
	}

	direct := sessions(t, server.client(), SessionOptions{Timeout: patience})
	must(t, direct.Put(t.Context(), id, []byte("session"), time.Hour))
	server.stop()
	each("down", direct, t.Context())
	server.start()
	if _, err := direct.Get(t.Context(), id); !errors.Is(err, bridge.ErrNoSession) {
		t.Errorf("after a restart: %v", err)
	}
	must(t, direct.Put(t.Context(), id, []byte("session"), time.Hour))
}

// TestClient refuses a client that would wait longer than it is told.
func TestClient(t *testing.T) {
	for name, c := range map[string]redis.UniversalClient{
		"client": redis.NewClient(&redis.Options{}), "cluster": redis.NewClusterClient(&redis.ClusterOptions{Addrs: []string{"127.0.0.1:1"}}),
		"ring": redis.NewRing(&redis.RingOptions{}),
	} {
		if _, err := NewSessions(c, SessionOptions{}); !errors.Is(err, ErrContextTimeout) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := NewTicketKeys(c, passphrase(t, "x"), TicketKeyOptions{}); !errors.Is(err, ErrContextTimeout) {
			t.Errorf("%s: %v", name, err)
		}
		_ = c.Close()
	}
	if _, err := Open("http://nowhere"); err == nil {
		t.Error("no URL of Redis")
	}
}
