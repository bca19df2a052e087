package redisstore

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/sslsock/sslsock/bridge"
	"github.com/sslsock/sslsock/ossl"
)

// clock stands for Redis's own.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.UnixMilli(1000 * time.Hour.Milliseconds())} }

func (c *clock) turn(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// source is a node with periods of an hour.
func source(t *testing.T, c *redis.Client, at *clock, o TicketKeyOptions) *TicketKeys {
	t.Helper()
	if o.Period == 0 {
		o.Period = time.Hour
	}
	if o.Timeout == 0 {
		o.Timeout = patience
	}
	k, err := NewTicketKeys(c, passphrase(t, "secret"), o)
	must(t, err)
	real := k.now
	k.now = func(ctx context.Context) (time.Time, error) {
		if _, err := real(ctx); err != nil {
			return time.Time{}, err
		}
		at.mu.Lock()
		defer at.mu.Unlock()
		return at.now, nil
	}
	return k
}

// letters name keys: the first that was seen is a.
type letters map[ossl.TicketKey]byte

func (l letters) of(t *testing.T, k *TicketKeys) string {
	t.Helper()
	keys, _, err := k.Keys(t.Context())
	must(t, err)
	var b []byte
	for _, key := range keys {
		if l[key] == 0 {
			l[key] = byte('a' + len(l))
		}
		b = append(b, l[key])
	}
	return string(b)
}

// TestTicketKeysShared gives all nodes the same: this period's, the next one's,
// and old ones, whenever they start and if they miss some.
func TestTicketKeysShared(t *testing.T) {
	server := startRedis(t)
	at := newClock()
	node := func(kept int) *TicketKeys { return source(t, server.client(), at, TicketKeyOptions{Kept: kept}) }
	a, b, seen := node(2), node(2), letters{}
	expect := func(who string, k *TicketKeys, want string) {
		t.Helper()
		if got := seen.of(t, k); got != want {
			t.Errorf("%s: %s, want %s", who, got, want)
		}
	}
	expect("a", a, "ab")
	expect("b", b, "ab")
	at.turn(time.Hour)
	expect("b, an hour later", b, "bca")
	expect("a", a, "bca")
	expect("a, again", a, "bca")
	at.turn(time.Hour)
	expect("a, two hours later", a, "cdba")
	at.turn(time.Hour)
	expect("a, three hours later", a, "decb")
	expect("b, which was away", b, "decb")
	expect("one that starts late", node(2), "decb")
	expect("one that keeps none", node(-1), "de")
	expect("one that keeps less", node(1), "dec")
	at.turn(10 * time.Hour)
	expect("b, after a night", b, "fg")
	expect("a", a, "fg")

	// A node whose clock is ahead seals with what the others have already.
	ahead := newClock()
	ahead.now = at.now.Add(59 * time.Minute)
	expect("ahead", source(t, server.client(), ahead, TicketKeyOptions{}), "fg")
	ahead.turn(10 * time.Minute)
	late := source(t, server.client(), ahead, TicketKeyOptions{})
	expect("ahead, in the next period", late, "ghf")
	ahead.turn(-10 * time.Minute)
	expect("its clock set back", late, "fgh")

	// Other periods and prefixes are other keys.
	for _, o := range []TicketKeyOptions{{Period: 2 * time.Hour}, {Prefix: "x:"}} {
		if got := (letters{}).of(t, source(t, server.client(), at, o)); got != "ab" {
			t.Error(got)
		}
		if got := seen.of(t, source(t, server.client(), at, o)); strings.ContainsAny(got, "abcdefgh") {
			t.Errorf("%+v shares keys: %s", o, got)
		}
	}
}

// TestTicketKeysNext is the end of the period, or a little later; the values in
// Redis outlive their use by not much.
func TestTicketKeysNext(t *testing.T) {
	server := startRedis(t)
	at := newClock()
	at.turn(15 * time.Minute)
	k := source(t, server.client(), at, TicketKeyOptions{Kept: 3})
	_, next, err := k.Keys(t.Context())
	must(t, err)
	if left := time.Until(next); left < 40*time.Minute || left > 48*time.Minute {
		t.Errorf("next in %v", left)
	}
	raw := server.client()
	n := at.now.UnixMilli() / time.Hour.Milliseconds()
	for i, want := range []time.Duration{4*time.Hour + 45*time.Minute, 5*time.Hour + 45*time.Minute} {
		if left := raw.PTTL(t.Context(), k.place(n+int64(i))).Val(); left > want || left < want-time.Minute {
			t.Errorf("value %d goes in %v, want %v", i, left, want)
		}
	}
	// By the real clock, too.
	k, err = NewTicketKeys(server.client(), passphrase(t, "secret"), TicketKeyOptions{Prefix: "real:", Timeout: patience})
	must(t, err)
	keys, next, err := k.Keys(t.Context())
	if must(t, err); len(keys) != 2 || time.Until(next) > bridge.DefaultTicketPeriod*21/20 {
		t.Errorf("%v, next %v", keys, next)
	}
}

// TestTicketKeysOneWinner has twenty nodes start at once, and turn at once.
func TestTicketKeysOneWinner(t *testing.T) {
	const nodes = 20
	server := startRedis(t)
	at := newClock()
	var list []*TicketKeys
	for range nodes {
		list = append(list, source(t, server.client(), at, TicketKeyOptions{}))
	}
	raw := server.client()
	for round := range 5 {
		got := make([][]ossl.TicketKey, nodes)
		start := make(chan struct{})
		var all sync.WaitGroup
		for i, k := range list {
			all.Go(func() {
				<-start
				keys, _, err := k.Keys(context.Background())
				if err != nil {
					t.Error(err)
				}
				got[i] = keys
			})
		}
		close(start)
		all.Wait()
		for i, keys := range got {
			if !slices.Equal(keys, got[0]) {
				t.Errorf("round %d: node %d has %v, node 0 %v", round, i, keys, got[0])
			}
		}
		if n := raw.DBSize(t.Context()).Val(); n != int64(round+2) {
			t.Errorf("round %d: %d values", round, n)
		}
		at.turn(time.Hour)
	}
}

// TestTicketKeysAtRest are not to be read from Redis.
func TestTicketKeysAtRest(t *testing.T) {
	server := startRedis(t)
	k := source(t, server.client(), newClock(), TicketKeyOptions{})
	keys, _, err := k.Keys(t.Context())
	must(t, err)
	raw := server.client()
	places, err := raw.Keys(t.Context(), "*").Result()
	must(t, err)
	if len(places) != 2 {
		t.Errorf("%q", places)
	}
	for _, place := range places {
		value, err := raw.Get(t.Context(), place).Bytes()
		must(t, err)
		for _, key := range keys {
			for _, part := range [][]byte{key.Name[:], key.AES[:], key.HMAC[:]} {
				if bytes.Contains(value, part[:8]) {
					t.Errorf("%s shows a key", place)
				}
			}
		}
	}
}

// TestTicketKeysRestart has Redis lose everything. The nodes put back what they
// have, and a new one that comes before them does not make their keys useless.
func TestTicketKeysRestart(t *testing.T) {
	server := startRedis(t)
	at := newClock()
	node := func() *TicketKeys { return source(t, server.client(), at, TicketKeyOptions{}) }
	a, b, seen := node(), node(), letters{}
	seen.of(t, a)
	at.turn(time.Hour)
	for _, k := range []*TicketKeys{a, b} {
		if got := seen.of(t, k); got != "bca" {
			t.Fatal(got)
		}
	}
	server.stop()
	_, _, err := b.Keys(t.Context())
	is(t, "down", err, ErrUnavailable)
	server.start()
	for who, k := range []*TicketKeys{b, node(), a} {
		if got := seen.of(t, k); got != "bca" {
			t.Errorf("node %d: %s", who, got)
		}
	}
	server.stop()
	server.start()
	first := node()
	if got := seen.of(t, first); got != "de" {
		t.Error(got)
	}
	// The others seal as it does, and go on opening what they have sealed.
	if got := seen.of(t, a); got != "decba" && got != "decab" {
		t.Error(got)
	}
	at.turn(time.Hour)
	if got := seen.of(t, a); got != "efcdb" {
		t.Error(got)
	}
	if got := seen.of(t, first); got != "efd" {
		t.Error(got)
	}
}

// TestTicketKeysBadValues are typed errors that name the value, where they stand
// for a key that is needed to seal.
func TestTicketKeysBadValues(t *testing.T) {
	server := startRedis(t)
	at := newClock()
	raw := server.client()
	n := at.now.UnixMilli() / time.Hour.Milliseconds()
	k := source(t, server.client(), at, TicketKeyOptions{})
	want := letters{}
	want.of(t, k)

	wrong, err := NewTicketKeys(server.client(), passphrase(t, "another"), TicketKeyOptions{Period: time.Hour, Timeout: patience})
	must(t, err)
	wrong.now = k.now
	before := raw.Get(t.Context(), k.place(n)).Val()
	_, _, err = wrong.Keys(t.Context())
	is(t, "another secret", err, ErrWrongSecret)
	if raw.Get(t.Context(), k.place(n)).Val() != before {
		t.Error("what could not be opened was replaced")
	}

	for offset, fatal := range map[int64]bool{0: true, 1: true, -1: false} {
		place := k.place(n + offset)
		saved := raw.Get(t.Context(), place).Val()
		other, err := k.secret.seal(place, []byte("too short"))
		must(t, err)
		for _, garbage := range []string{"", "garbage", strings.Repeat("\x01", 500), before[:len(before)-1], string(other), "a list"} {
			if garbage == "a list" {
				must(t, raw.Del(t.Context(), place).Err())
				must(t, raw.LPush(t.Context(), place, "x").Err())
			} else {
				must(t, raw.Set(t.Context(), place, garbage, time.Hour).Err())
			}
			_, _, err = k.Keys(t.Context())
			var e *Error
			switch {
			case !fatal && err != nil:
				t.Errorf("%d, %q: %v", offset, garbage, err)
			case fatal && (!errors.As(err, &e) || e.Key != place || !errors.Is(err, ErrMalformed) && !errors.Is(err, ErrWrongSecret)):
				t.Errorf("%d, %q: %v", offset, garbage, err)
			}
		}
		must(t, raw.Set(t.Context(), place, saved, time.Hour).Err())
	}
	must(t, raw.Del(t.Context(), k.place(n-1)).Err())
	if got := want.of(t, k); got != "ab" {
		t.Errorf("after all that: %s", got)
	}
}

// TestTicketKeysUnavailable ends with the context or after the timeout, and is
// well when Redis is.
func TestTicketKeysUnavailable(t *testing.T) {
	server := startRedis(t)
	way := server.proxied()
	at := newClock()
	k, seen := source(t, open(t, way.url()), at, TicketKeyOptions{}), letters{}
	hasty := source(t, open(t, way.url()), at, TicketKeyOptions{Timeout: 50 * time.Millisecond})
	seen.of(t, k)
	way.gate.shut()
	soon, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	within(t, "slow", func() {
		_, _, err := k.Keys(soon)
		is(t, "by the context", err, ErrUnavailable)
		is(t, "the reason", err, context.DeadlineExceeded)
		_, _, err = hasty.Keys(t.Context())
		is(t, "by the timeout", err, ErrUnavailable)
	})
	// Who waits for another's question waits no longer than it wants to.
	k.turn <- struct{}{}
	within(t, "in a queue", func() {
		_, _, err := k.Keys(soon)
		is(t, "in a queue", err, ErrUnavailable)
	})
	<-k.turn
	way.gate.open()
	if got := seen.of(t, k); got != "ab" {
		t.Error(got)
	}
	server.stop()
	within(t, "down", func() {
		_, _, err := k.Keys(t.Context())
		is(t, "down", err, ErrUnavailable)
	})
	server.start()
	if got := seen.of(t, k); got != "ab" { // put back
		t.Error(got)
	}
}

// TestTicketKeysOptions refuses what cannot work.
func TestTicketKeysOptions(t *testing.T) {
	c := open(t, "redis://127.0.0.1:1")
	for name, f := range map[string]func() (*TicketKeys, error){
		"no secret":    func() (*TicketKeys, error) { return NewTicketKeys(c, nil, TicketKeyOptions{}) },
		"short period": func() (*TicketKeys, error) { return NewTicketKeys(c, passphrase(t, "x"), TicketKeyOptions{Period: 1}) },
		"negative": func() (*TicketKeys, error) {
			return NewTicketKeys(c, passphrase(t, "x"), TicketKeyOptions{Period: -time.Hour})
		},
		"too many kept": func() (*TicketKeys, error) {
			return NewTicketKeys(c, passphrase(t, "x"), TicketKeyOptions{Kept: MaxKept + 1})
		},
	} {
		if _, err := f(); err == nil {
			t.Errorf("%s: no error", name)
		} else {
			t.Log(err)
		}
	}
	_, err := NewTicketKeys(c, passphrase(t, "x"), TicketKeyOptions{Period: time.Second, Kept: MaxKept})
	must(t, err)
}
