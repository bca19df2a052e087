package redisstore

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/sslsock/sslsock/bridge"
	"github.com/sslsock/sslsock/ossl"
)

// MaxKept is how many old keys TicketKeyOptions may ask for.
const MaxKept = 16

// TicketKeyOptions are for NewTicketKeys. The zero options do. All servers must
// have the same; those with another Period do not resume each other's sessions.
type TicketKeyOptions struct {
	// Prefix begins the names of values; "" is DefaultPrefix.
	Prefix string
	// Timeout bounds each operation; 0 is DefaultTimeout.
	Timeout time.Duration
	// Period is how long a key seals, a second at least; 0 is
	// bridge.DefaultTicketPeriod.
	Period time.Duration
	// Kept is how many old keys open: 0 is one, negative is none.
	Kept int
}

// TicketKeys is a bridge.TicketKeySource: keys that all servers on one Redis
// share, without talking to each other. Any number of goroutines may use it.
//
// Time is cut into periods by the clock of Redis. There is a key for each, and
// it is there one period before: so that a server whose clock is behind, or that
// was cut off from Redis until a moment ago, opens what the others seal. Whoever
// comes first puts a random key there, if none is (SET NX), and all read what is
// there then. Keys that are too old to open anything expire.
//
// Each server goes by what it has while Redis is away. If Redis has lost its
// values, the servers that have them put them back.
type TicketKeys struct {
	store
	period time.Duration
	kept   int64
	now    func(context.Context) (time.Time, error) // of Redis

	turn  chan struct{}              // has room for whoever uses the rest
	known map[int64][]ossl.TicketKey // by period; the first is Redis's
}

// What NewTicketKeys refuses.
var (
	errNoSecret = errors.New("redisstore: no secret: ticket keys must not lie in Redis as they are")
	errPeriod   = errors.New("redisstore: a period of less than a second: a new key is to reach all servers before it seals")
	errKept     = fmt.Errorf("redisstore: more than %d old keys", MaxKept)
)

// NewTicketKeys is a source on client, which stays the caller's. It does not
// ask Redis yet.
func NewTicketKeys(client redis.UniversalClient, secret *Secret, o TicketKeyOptions) (*TicketKeys, error) {
	s, err := newStore(client, secret, o.Prefix, o.Timeout)
	switch {
	case err != nil:
		return nil, err
	case secret == nil:
		return nil, errNoSecret
	case o.Period == 0:
		o.Period = bridge.DefaultTicketPeriod
	case o.Period < time.Second:
		return nil, errPeriod
	}
	switch {
	case o.Kept == 0:
		o.Kept = 1
	case o.Kept < 0:
		o.Kept = 0
	case o.Kept > MaxKept:
		return nil, errKept
	}
	k := &TicketKeys{
		store: s, period: o.Period.Truncate(time.Millisecond), kept: int64(o.Kept),
		turn: make(chan struct{}, 1), known: make(map[int64][]ossl.TicketKey),
	}
	k.now = func(ctx context.Context) (time.Time, error) { return s.client.Time(ctx).Result() }
	return k, nil
}

// Keys is bridge.TicketKeySource's: the key of this period, that of the next,
// and old ones. Next is when this period ends, and up to a twentieth of it later,
// so that not all servers come at once. Errors are *Error.
func (k *TicketKeys) Keys(ctx context.Context) (keys []ossl.TicketKey, next time.Time, err error) {
	ctx, cancel := k.bound(ctx)
	defer cancel()
	began := time.Now()
	now, err := k.now(ctx)
	if err != nil {
		return nil, time.Time{}, failed(ctx, "keys", "", err)
	}
	current := now.UnixMilli() / k.period.Milliseconds()
	select {
	case k.turn <- struct{}{}:
		defer func() { <-k.turn }()
	case <-ctx.Done():
		return nil, time.Time{}, failed(ctx, "keys", "", ctx.Err())
	}
	if err := k.fetch(ctx, current, now); err != nil {
		return nil, time.Time{}, err
	}
	end := k.starts(current + 1).Sub(now)
	return k.list(current), began.Add(end + rand.N(k.period/20+1)), nil
}

// starts is when a period begins.
func (k *TicketKeys) starts(n int64) time.Time { return time.UnixMilli(n * k.period.Milliseconds()) }

// place is where the key of a period is.
func (k *TicketKeys) place(n int64) string {
	return k.prefix + "ticketkey:" + k.period.String() + ":" + strconv.FormatInt(n, 10)
}

// fetch brings known up to date: it reads what Redis has, and where something
// is missing offers what it has itself.
func (k *TicketKeys) fetch(ctx context.Context, current int64, now time.Time) error {
	var gets []*redis.StringCmd
	_, _ = k.client.Pipelined(ctx, func(p redis.Pipeliner) error {
		for n := current - k.kept; n <= current+1; n++ {
			gets = append(gets, p.Get(ctx, k.place(n)))
		}
		return nil
	}) // each has its own error
	for i, get := range gets {
		n := current - k.kept + int64(i)
		value, err := get.Bytes()
		if errors.Is(err, redis.Nil) {
			value, err = k.offer(ctx, n, n >= current, now)
		}
		if err == nil && value != nil {
			err = k.learn(n, value)
		}
		if err != nil && n >= current { // those before only open
			return failed(ctx, "keys", k.place(n), err)
		}
	}
	return nil
}

var errGone = errors.New("redis has dropped the value at once: has it too little memory?")

// offer puts a key where none is, and returns what is there then: one server
// wins. It is the key that this server knows from before, or a fresh one, or
// none.
func (k *TicketKeys) offer(ctx context.Context, n int64, fresh bool, now time.Time) ([]byte, error) {
	var key ossl.TicketKey
	switch old := k.known[n]; {
	case len(old) > 0:
		key = old[0]
	case fresh:
		key = ossl.NewTicketKey()
	default:
		return nil, nil
	}
	plain := slices.Concat(key.Name[:], key.AES[:], key.HMAC[:])
	value, err := k.secret.seal(k.place(n), plain)
	clear(plain)
	if err != nil {
		return nil, err
	}
	// It opens until kept periods after its own; one more for who is behind.
	lifetime := k.starts(n + k.kept + 2).Sub(now)
	if err := k.client.SetNX(ctx, k.place(n), value, lifetime).Err(); err != nil {
		return nil, err
	}
	value, err = k.client.Get(ctx, k.place(n)).Bytes()
	if errors.Is(err, redis.Nil) {
		err = errGone
	}
	return value, err
}

// learn makes a value of Redis's the key of a period. Another one that this
// server has sealed with goes on opening.
func (k *TicketKeys) learn(n int64, value []byte) error {
	plain, err := k.secret.open(k.place(n), value)
	if err != nil {
		return err
	}
	defer clear(plain)
	var key ossl.TicketKey
	if len(plain) != len(key.Name)+len(key.AES)+len(key.HMAC) {
		return ErrMalformed
	}
	rest := plain
	for _, part := range [][]byte{key.Name[:], key.AES[:], key.HMAC[:]} {
		rest = rest[copy(part, rest):]
	}
	others := slices.DeleteFunc(k.known[n], func(o ossl.TicketKey) bool { return o.Name == key.Name })
	k.known[n] = append([]ossl.TicketKey{key}, others...)
	return nil
}

// list is what a server needs in this period. It forgets what it no longer does.
func (k *TicketKeys) list(current int64) []ossl.TicketKey {
	list := []ossl.TicketKey{k.known[current][0], k.known[current+1][0]}
	for _, n := range slices.Backward(slices.Sorted(maps.Keys(k.known))) {
		keys := k.known[n]
		switch {
		case n < current-k.kept:
			clear(keys)
			delete(k.known, n)
		case n == current || n == current+1:
			list = append(list, keys[1:]...)
		default:
			list = append(list, keys...)
		}
	}
	return list[:min(len(list), ossl.MaxTicketKeys)]
}
