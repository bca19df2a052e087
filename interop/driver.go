package interop

import (
	"context"
	"errors"
	"io"
	"net"

	"github.com/sslsock/sslsock/bridge"
	"github.com/sslsock/sslsock/ossl"
)

// Driver is the side under test: something that makes TLS connections, as a
// client and as a server. DriverConn and DriverLoop are this project's; a test
// of a service has one of its own.
//
// What a driver cannot do it refuses with an error that is ErrUnsupported: its
// cell is skipped, not failed.
type Driver interface {
	Name() string
	// Listen listens on a free port of 127.0.0.1.
	Listen(e *End) (Listener, error)
	// Dial connects to a server and does the handshake, both within ctx, which
	// means nothing to the Link any more. session is what Link.Session returned
	// for the connection before, nil for the first.
	Dial(ctx context.Context, addr string, e *End, session *ossl.Session) (Link, error)
}

// Listener is the server of a Driver.
type Listener interface {
	Addr() string
	// Accept waits for a connection and does its handshake, both within ctx.
	Accept(ctx context.Context) (Link, error)
	Close() error
}

// Link is an established connection of a Driver. Reading and writing may happen
// at the same time, and Cut at any time; nothing else may.
type Link interface {
	io.ReadWriter
	// CloseWrite sends close_notify; reading goes on.
	CloseWrite() error
	// Cut closes the socket without close_notify.
	Cut() error
	// Close frees what the connection has. It may be repeated.
	Close() error
	State() ossl.ConnectionState
	// Session is what to offer next time; the caller closes it.
	Session() (*ossl.Session, error)
	// SSL calls f while nothing else uses the SSL.
	SSL(f func(*ossl.SSL) error) error
}

// ErrUnsupported is in the error of a Driver that cannot do what its End says.
var ErrUnsupported = errors.ErrUnsupported

// End is what the side under test is told of one cell.
type End struct {
	*Setup
	Certs  *Certs
	Config *bridge.Config // made of the Setup, for this role
	Ctx    *ossl.Ctx      // made of Config; the cell closes it

	// EarlyBytes are what a client that is given a session sends early, and what a
	// server of a Setup with EarlyData will get so, unless there are none.
	EarlyBytes []byte

	// BeforeTLS, unless it is nil, is the talk that has to come before TLS.
	BeforeTLS func(nc net.Conn) error
}

// clientOptions is how the side under test is a client.
func (e *End) clientOptions(session *ossl.Session) *bridge.ClientOptions {
	opts := &bridge.ClientOptions{ServerName: e.serverName(), Session: session}
	if session != nil {
		opts.EarlyData = e.EarlyBytes
	}
	return opts
}

// startTLS dials or prepares a connection on which another protocol comes first.
func (e *End) startTLS(ctx context.Context, nc net.Conn) error {
	if e.BeforeTLS == nil {
		return nil
	}
	if at, ok := ctx.Deadline(); ok {
		if err := nc.SetDeadline(at); err != nil {
			return err
		}
	}
	return e.BeforeTLS(nc)
}

func dialTCP(ctx context.Context, addr string) (net.Conn, error) {
	return new(net.Dialer).DialContext(ctx, "tcp", addr)
}

func listenTCP() (net.Listener, error) {
	return new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
}
