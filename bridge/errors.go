package bridge

import (
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
)

// ErrNotSocket is what Server and Client return for a net.Conn without a
// stream socket beneath it: libssl reads and writes a descriptor.
var ErrNotSocket = errors.New("bridge: not a stream socket: TLS needs a TCP or unix connection of its own, such as *net.TCPConn")

// errCut is the end of a stream that nobody announced.
var errCut = fmt.Errorf("the peer cut the connection without close_notify: %w", io.ErrUnexpectedEOF)

// ConfigError is a Config that cannot work.
type ConfigError struct {
	Field string // "CipherList", "Certificates[1].KeyFile", …
	Value string // what the field says, or the file it names; "" where that says nothing or is secret
	Err   error  // why: often an *ossl.Error or an *fs.PathError
}

func (e *ConfigError) Error() string {
	s := "bridge: Config." + e.Field
	if e.Value != "" {
		s += " " + strconv.Quote(e.Value)
	}
	return s + ": " + e.Err.Error()
}

// Unwrap is the reason.
func (e *ConfigError) Unwrap() error { return e.Err }

// addrs is what an error tells about a connection.
type addrs interface {
	LocalAddr() net.Addr
	RemoteAddr() net.Addr
}

// opError says which operation failed on which connection, as package net
// does. An error that already is a *net.OpError gives up its own operation.
func opError(op string, nc addrs, err error) *net.OpError {
	if inner, ok := err.(*net.OpError); ok { //nolint:errorlint // only the outermost is replaced
		err = inner.Err
	}
	e := &net.OpError{Op: op, Net: "tcp", Source: nc.LocalAddr(), Addr: nc.RemoteAddr(), Err: err}
	if e.Source != nil {
		e.Net = e.Source.Network()
	}
	return e
}
