package redisstore

import (
	"context"
	"encoding/hex"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/sslsock/sslsock/bridge"
)

// Sessions is a bridge.SessionStore. Each session is a value of its own, and
// goes when its lifetime is over. Any number of goroutines may use it.
type Sessions struct{ store }

// SessionOptions are for NewSessions. The zero options do.
type SessionOptions struct {
	// Prefix begins the names of values; "" is DefaultPrefix. Servers that resume
	// each other's sessions have the same.
	Prefix string
	// Timeout bounds each operation; 0 is DefaultTimeout.
	Timeout time.Duration
	// Secret seals the sessions. nil leaves them as they are: who can read Redis
	// can then read connections, and who can write to it can make up clients.
	Secret *Secret
}

// NewSessions is a store on client, which stays the caller's.
func NewSessions(client redis.UniversalClient, o SessionOptions) (*Sessions, error) {
	s, err := newStore(client, o.Secret, o.Prefix, o.Timeout)
	if err != nil {
		return nil, err
	}
	return &Sessions{s}, nil
}

func (s *Sessions) key(id []byte) string { return s.prefix + "session:" + hex.EncodeToString(id) }

// Get is bridge.SessionStore's. Errors beside bridge.ErrNoSession are *Error.
func (s *Sessions) Get(ctx context.Context, id []byte) ([]byte, error) {
	ctx, cancel := s.bound(ctx)
	defer cancel()
	key := s.key(id)
	value, err := s.client.Get(ctx, key).Bytes()
	switch {
	case errors.Is(err, redis.Nil):
		return nil, bridge.ErrNoSession
	case err != nil:
		return nil, failed(ctx, "get", key, err)
	case s.secret == nil:
		return value, nil
	}
	session, err := s.secret.open(key, value)
	if err != nil {
		return nil, failed(ctx, "get", key, err)
	}
	return session, nil
}

// Put is bridge.SessionStore's. Errors are *Error.
func (s *Sessions) Put(ctx context.Context, id, session []byte, lifetime time.Duration) error {
	if lifetime <= 0 {
		return s.Remove(ctx, id)
	}
	ctx, cancel := s.bound(ctx)
	defer cancel()
	key, value := s.key(id), session
	if s.secret != nil {
		var err error
		if value, err = s.secret.seal(key, session); err != nil {
			return &Error{Op: "put", Key: key, Err: err}
		}
	}
	// Redis counts in milliseconds, and takes 0 for ever.
	return failed(ctx, "put", key, s.client.Set(ctx, key, value, max(lifetime, time.Millisecond)).Err())
}

// Remove is bridge.SessionStore's. Errors are *Error.
func (s *Sessions) Remove(ctx context.Context, id []byte) error {
	ctx, cancel := s.bound(ctx)
	defer cancel()
	key := s.key(id)
	return failed(ctx, "remove", key, s.client.Del(ctx, key).Err())
}
