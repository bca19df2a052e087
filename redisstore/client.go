package redisstore

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

// What can be wrong. Methods return them inside an *Error.
var (
	// ErrUnavailable is a Redis that does not answer, or not in time.
	ErrUnavailable = errors.New("redis is not available")
	// ErrWrongSecret is a value that was sealed under another passphrase or key
	// file.
	ErrWrongSecret = errors.New("sealed under another passphrase or key file: give all servers the same")
	// ErrMalformed is a value that no server of ours has written, or a damaged
	// one.
	ErrMalformed = errors.New("not a value of this package, or a damaged one: delete it")
)

// ErrContextTimeout is what New… return for a client that would not look at
// deadlines.
var ErrContextTimeout = errors.New("redisstore: the client does not look at deadlines: set ContextTimeoutEnabled in its options, or use Open")

// Error is an operation that failed.
type Error struct {
	Op  string // "get", "put", "remove", "keys"
	Key string // of Redis; "" where it is about more than one
	Err error
}

func (e *Error) Error() string {
	s := "redisstore: " + e.Op
	if e.Key != "" {
		s += " " + e.Key
	}
	return s + ": " + e.Err.Error()
}

// Unwrap is the reason: ErrUnavailable, ErrWrongSecret or ErrMalformed, or
// Redis's answer as a redis.Error.
func (e *Error) Unwrap() error { return e.Err }

// What the options say if they say nothing.
const (
	DefaultPrefix  = "sslsock:"
	DefaultTimeout = time.Second
)

// Open is a client for a URL (redis, rediss or unix, see redis.ParseURL) with
// the settings that this package needs: it looks at deadlines, and does not try
// for long, because handshakes wait. The caller closes it. It connects when it
// is first used.
func Open(url string) (*redis.Client, error) {
	o, err := redis.ParseURL(url)
	if err != nil {
		return nil, fmt.Errorf("redisstore: %w", err)
	}
	o.ContextTimeoutEnabled = true
	o.DialerRetries = 1
	if o.MaxRetries == 0 { // nor does the URL say
		o.MaxRetries = 1
	}
	return redis.NewClient(o), nil
}

// store is what Sessions and TicketKeys have in common.
type store struct {
	client  redis.UniversalClient
	secret  *Secret
	prefix  string
	timeout time.Duration
}

func newStore(client redis.UniversalClient, secret *Secret, prefix string, timeout time.Duration) (store, error) {
	looks := true
	switch c := client.(type) {
	case *redis.Client:
		looks = c.Options().ContextTimeoutEnabled
	case *redis.ClusterClient:
		looks = c.Options().ContextTimeoutEnabled
	case *redis.Ring:
		looks = c.Options().ContextTimeoutEnabled
	}
	if !looks {
		return store{}, ErrContextTimeout
	}
	if prefix == "" {
		prefix = DefaultPrefix
	}
	if timeout <= 0 {
		timeout = DefaultTimeout
	}
	return store{client: client, secret: secret, prefix: prefix, timeout: timeout}, nil
}

func (s *store) bound(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, s.timeout)
}

// failed says what went wrong. redis.Nil is no failure.
func failed(ctx context.Context, op, key string, err error) error {
	var answer redis.Error
	switch {
	case err == nil || errors.Is(err, redis.Nil):
		return nil
	case errors.Is(err, ErrMalformed) || errors.Is(err, ErrWrongSecret):
	case redis.HasErrorPrefix(err, "WRONGTYPE"):
		err = fmt.Errorf("%w (%w)", ErrMalformed, err)
	case !errors.As(err, &answer) || notNow(err):
		if ended := ctx.Err(); ended != nil && !errors.Is(err, ended) {
			err = fmt.Errorf("%w (%w)", ended, err)
		}
		err = fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return &Error{Op: op, Key: key, Err: err}
}

// notNow says whether Redis answers that it cannot answer yet, or no longer.
func notNow(err error) bool {
	return redis.IsLoadingError(err) || redis.IsClusterDownError(err) || redis.IsMasterDownError(err) ||
		redis.IsTryAgainError(err) || redis.IsMaxClientsError(err)
}
