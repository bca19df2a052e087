package bridge

import (
	"context"
	"errors"
	"time"
)

// ErrNoSession is what a SessionStore returns for an id that it does not have,
// or no longer.
var ErrNoSession = errors.New("bridge: no such session")

// SessionStore keeps the sessions of servers, for all nodes that share it: those
// with ids of TLS 1.2, and those that stand behind stateful tickets of TLS 1.3.
// A session is as ossl.Session.I2D gives it: with its secrets, so that who reads
// the store can read connections.
//
// Any number of goroutines may call its methods. Each returns soon after ctx has
// ended. Ids and sessions stay the caller's; what Get returns is the caller's
// too. An error means no resumption, and never a failed handshake.
type SessionStore interface {
	// Get is the session of an id. For one that is not there, or whose lifetime
	// is over, the error is ErrNoSession by errors.Is.
	Get(ctx context.Context, id []byte) (session []byte, err error)
	// Put keeps a session for its lifetime at most, in place of one with the same
	// id. A store may drop it before. A lifetime that is not positive keeps
	// nothing.
	Put(ctx context.Context, id, session []byte, lifetime time.Duration) error
	// Remove drops a session. That it is not there is no error.
	Remove(ctx context.Context, id []byte) error
}

// SessionTaker is a SessionStore that hands a session out once. Servers with
// Config.MaxEarlyData need it: early data that somebody has recorded comes with
// the ticket that it came with before, and finds the session gone.
type SessionTaker interface {
	SessionStore
	// Take is Get and Remove in one: of all that ask for an id, on any node, one
	// gets the session, and the others ErrNoSession.
	Take(ctx context.Context, id []byte) (session []byte, err error)
}
