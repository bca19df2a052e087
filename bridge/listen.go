package bridge

import (
	"context"
	"net"
	"slices"
	"strings"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/sslsock/sslsock/ossl"
)

// Listener is a net.Listener whose connections are *Conn. Their handshakes run
// when they are first used, and so on the goroutines that use them: a client
// that never finishes its own holds nobody up. Bound it by a deadline, or by
// HandshakeContext.
type Listener struct {
	inner net.Listener
	owns  bool

	mu     sync.RWMutex // held for reading while a connection is made
	ctx    *ossl.Ctx
	closed bool
}

// Listen listens on a "tcp", "tcp4", "tcp6" or "unix" address, as net.Listen
// does, and serves TLS there as cfg says. Errors are a *ConfigError or a
// *net.OpError.
func Listen(network, address string, cfg *Config) (*Listener, error) {
	if err := checkNetwork("listen", network); err != nil {
		return nil, err
	}
	ctx, err := cfg.NewServerCtx()
	if err != nil {
		return nil, err
	}
	// -1: not for each connection, because they inherit what keepAlive sets.
	lc := net.ListenConfig{KeepAlive: -1, Control: keepAlive}
	inner, err := lc.Listen(context.Background(), network, address)
	if err != nil {
		ctx.Close()
		return nil, err
	}
	return &Listener{inner: inner, ctx: ctx, owns: true}, nil
}

// NewListener serves TLS on the connections of inner, which Close closes. ctx
// remains the caller's, who closes it after the Listener.
func NewListener(inner net.Listener, ctx *ossl.Ctx) *Listener {
	return &Listener{inner: inner, ctx: ctx}
}

// Accept waits for the next connection, and returns a *Conn. Of its errors,
// those of the listener beneath are passed on as they are.
func (l *Listener) Accept() (net.Conn, error) {
	nc, err := l.inner.Accept()
	if err != nil {
		return nil, err
	}
	c, err := l.wrap(nc)
	if err != nil {
		_ = nc.Close()
		return nil, &net.OpError{Op: "accept", Net: l.Addr().Network(), Addr: l.Addr(), Err: err}
	}
	return c, nil
}

func (l *Listener) wrap(nc net.Conn) (*Conn, error) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if l.closed {
		return nil, net.ErrClosed
	}
	return Server(nc, l.ctx)
}

// Addr is the address it listens on.
func (l *Listener) Addr() net.Addr { return l.inner.Addr() }

// Close ends Accept, with net.ErrClosed. Connections that were accepted go on.
func (l *Listener) Close() error {
	err := l.inner.Close()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.owns && !l.closed {
		l.ctx.Close()
	}
	l.closed = true
	return err
}

// keepAlive sets on a listening socket what package net otherwise sets by four
// system calls on each socket that it accepts, to the same values (tcp(7)), and
// like package net goes on without where that is not to be had.
func keepAlive(network, _ string, c syscall.RawConn) error {
	if !strings.HasPrefix(network, "tcp") {
		return nil
	}
	return c.Control(func(fd uintptr) {
		_ = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_KEEPALIVE, 1)
		_ = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_KEEPIDLE, 15)
		_ = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_KEEPINTVL, 15)
		_ = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_KEEPCNT, 9)
	})
}

// checkNetwork refuses what is no stream.
func checkNetwork(op, network string) error {
	if !slices.Contains([]string{"tcp", "tcp4", "tcp6", "unix"}, network) {
		return &net.OpError{Op: op, Net: network, Err: net.UnknownNetworkError(network)}
	}
	return nil
}
