package bridge

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sslsock/sslsock/ossl"
)

var (
	_ SessionStore    = (*MemorySessions)(nil)
	_ TicketKeySource = (*MemoryTicketKeys)(nil)
)

// has says which of the ids the store has.
func has(t *testing.T, m SessionStore, ids ...string) (list []string) {
	t.Helper()
	for _, id := range ids {
		switch got, err := m.Get(t.Context(), []byte(id)); {
		case err == nil && string(got) == "session "+id:
			list = append(list, id)
		case !errors.Is(err, ErrNoSession) || got != nil:
			t.Errorf("Get %s: %q, %v", id, got, err)
		}
	}
	return list
}

func put(t *testing.T, m SessionStore, lifetime time.Duration, ids ...string) {
	t.Helper()
	for _, id := range ids {
		must(t, m.Put(t.Context(), []byte(id), []byte("session "+id), lifetime))
	}
}

func expectHas(t *testing.T, m SessionStore, want []string, ids ...string) {
	t.Helper()
	if got := has(t, m, ids...); !slices.Equal(got, want) {
		t.Errorf("has %q, want %q", got, want)
	}
}

// TestMemorySessions keeps what was used last, until its lifetime is over.
func TestMemorySessions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := NewMemorySessions(3)
		expectHas(t, m, nil, "a", "")
		put(t, m, time.Hour, "a", "b", "c")
		expectHas(t, m, []string{"b", "c", "a"}, "b", "c", "a")
		put(t, m, time.Minute, "d") // instead of b
		expectHas(t, m, []string{"a", "c", "d"}, "a", "b", "c", "d")
		time.Sleep(time.Minute - time.Nanosecond)
		expectHas(t, m, []string{"d"}, "d")
		time.Sleep(time.Nanosecond)
		if m.Len() != 3 {
			t.Errorf("%d sessions", m.Len())
		}
		expectHas(t, m, []string{"a", "c"}, "a", "c", "d")
		if m.Len() != 2 {
			t.Errorf("%d sessions after a look at what is out of date", m.Len())
		}
		must(t, m.Remove(t.Context(), []byte("a")))
		must(t, m.Remove(t.Context(), []byte("a")))
		put(t, m, 0, "c")
		put(t, m, -time.Second, "e")
		expectHas(t, m, nil, "a", "c", "e")
		if m.Len() != 0 {
			t.Errorf("%d sessions at the end", m.Len())
		}
	})
}

// TestMemorySessionsCopies lends nothing out and keeps nothing borrowed.
func TestMemorySessionsCopies(t *testing.T) {
	m := NewMemorySessions(0)
	id, session := []byte("id"), []byte("session")
	must(t, m.Put(t.Context(), id, session, time.Hour))
	must(t, m.Put(t.Context(), id, session, time.Hour))
	clear(session)
	got, err := m.Get(t.Context(), id)
	if must(t, err); string(got) != "session" || m.Len() != 1 {
		t.Errorf("%q, %d sessions", got, m.Len())
	}
	clear(got)
	clear(id)
	if got, err = m.Get(t.Context(), []byte("id")); string(got) != "session" {
		t.Errorf("%q, %v", got, err)
	}
	for i := range DefaultMemorySessions + 10 {
		must(t, m.Put(t.Context(), fmt.Append(nil, i), nil, time.Hour))
	}
	if m.Len() != DefaultMemorySessions {
		t.Errorf("%d sessions", m.Len())
	}
}

// TestMemorySessionsConcurrent is for the race detector.
func TestMemorySessionsConcurrent(t *testing.T) {
	m := NewMemorySessions(10)
	var all sync.WaitGroup
	for w := range 8 {
		all.Go(func() {
			for i := range 200 {
				id := fmt.Append(nil, (i*7+w)%20)
				switch i % 3 {
				case 0:
					_ = m.Put(context.Background(), id, id, time.Hour)
				case 1:
					if got, err := m.Get(context.Background(), id); err == nil && !bytes.Equal(got, id) {
						t.Errorf("%s has %q", id, got)
					}
				default:
					_ = m.Remove(context.Background(), id)
				}
			}
		})
	}
	all.Wait()
	if m.Len() > 10 {
		t.Errorf("%d sessions", m.Len())
	}
}

// names are the keys as letters: the first that was seen is a.
type names map[ossl.TicketKey]byte

func (n names) of(keys []ossl.TicketKey) string {
	var b []byte
	for _, k := range keys {
		if n[k] == 0 {
			n[k] = byte('a' + len(n))
		}
		b = append(b, n[k])
	}
	return string(b)
}

// TestMemoryTicketKeys has a new key each period, and keeps old ones for as long
// as it says, also where nobody asks for a while.
func TestMemoryTicketKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		m := NewMemoryTicketKeys(time.Hour, 2)
		seen := make(names)
		for _, step := range []struct {
			at   time.Duration
			want string
			next time.Duration
		}{
			{0, "a", time.Hour}, {time.Hour - 1, "a", time.Hour}, {time.Hour, "ba", 2 * time.Hour},
			{2*time.Hour + time.Minute, "cba", 3 * time.Hour}, {3 * time.Hour, "dcb", 4 * time.Hour},
			{5 * time.Hour, "ed", 6 * time.Hour}, {9*time.Hour + time.Minute, "f", 10 * time.Hour},
		} {
			time.Sleep(step.at - time.Since(start))
			keys, next, err := m.Keys(t.Context())
			must(t, err)
			if got := seen.of(keys); got != step.want || next.Sub(start) != step.next {
				t.Errorf("after %v: %s, next %v; want %s, %v", step.at, got, next.Sub(start), step.want, step.next)
			}
			clear(keys) // they are the caller's
		}
		defaults := NewMemoryTicketKeys(0, -1)
		_, next, _ := defaults.Keys(t.Context())
		if time.Until(next) != DefaultTicketPeriod {
			t.Errorf("next %v", time.Until(next))
		}
		time.Sleep(DefaultTicketPeriod)
		if keys, _, _ := defaults.Keys(t.Context()); len(keys) != 1 {
			t.Errorf("%d keys where none is kept", len(keys))
		}
		if NewMemoryTicketKeys(1, 1000).kept != ossl.MaxTicketKeys-1 {
			t.Error("more keys than can be set")
		}
	})
}
