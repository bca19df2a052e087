package bridge

import (
	"context"
	"errors"
	"net"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/sslsock/sslsock/ossl"
)

const (
	// acceptBurst bounds the connections taken from one listener in one round.
	acceptBurst = 64
	// acceptPause is how long a listener rests after accept(2) failed for want
	// of descriptors or memory, unless a stream ends before.
	acceptPause = 100 * time.Millisecond
)

// LoopListener is a listening socket on a [Loop].
type LoopListener struct {
	timer
	loop   *Loop
	fd     int
	addr   net.Addr
	path   string // of a unix socket, to be removed
	ctx    *ossl.Ctx
	handle func(*Stream) Handler
	resume int64 // loop time when to accept again; 0 while accepting
	hooks  *hookSet
}

// Listen accepts connections on the loop's goroutine: network is "tcp",
// "tcp4", "tcp6" or "unix", address as for net.Listen. accept is called for
// each, before the handshake, and returns its handler; nil closes it.
//
// The listener has a reference of its own to ctx, which may be closed at once.
func (l *Loop) Listen(network, address string, ctx *ossl.Ctx, accept func(*Stream) Handler) (*LoopListener, error) {
	return l.listen(network, address, ctx, accept, nil)
}

// ListenReusePort is Listen with SO_REUSEPORT (socket(7)): several loops can
// listen on one port, and the kernel spreads connections over them. One ctx for
// all loops is as good as one for each. What handshakes on several threads wait
// for is in OpenSSL's library context: see docs/capacity.md for one for each loop.
func (l *Loop) ListenReusePort(network, address string, ctx *ossl.Ctx, accept func(*Stream) Handler) (*LoopListener, error) {
	return l.listen(network, address, ctx, accept, func(_, _ string, c syscall.RawConn) error {
		var serr error
		err := c.Control(func(fd uintptr) {
			serr = os.NewSyscallError("setsockopt", unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_REUSEPORT, 1))
		})
		return errors.Join(err, serr)
	})
}

// Addr is the address that the listener has.
func (ln *LoopListener) Addr() net.Addr { return ln.addr }

// Close stops listening. Streams that were accepted go on. It may be called
// from any goroutine; a second Close does nothing.
func (ln *LoopListener) Close() error {
	// The error means that the loop has ended, and closed its listeners.
	_ = ln.loop.Post(ln.close)
	return nil
}

func (l *Loop) listen(network, address string, ctx *ossl.Ctx, accept func(*Stream) Handler, control func(string, string, syscall.RawConn) error) (*LoopListener, error) {
	return l.accepting(network, ctx, accept, func(ln *LoopListener) error { return ln.open(network, address, control) })
}

// accepting makes a listener of the socket that open gives it.
func (l *Loop) accepting(network string, ctx *ossl.Ctx, accept func(*Stream) Handler, open func(*LoopListener) error) (*LoopListener, error) {
	if accept == nil {
		return nil, &net.OpError{Op: "listen", Net: network, Err: errNoHandler}
	}
	own, err := ctx.UpRef()
	if err != nil {
		return nil, &net.OpError{Op: "listen", Net: network, Err: err}
	}
	ln := &LoopListener{loop: l, ctx: own, handle: accept, fd: -1, hooks: hooksOf(own)}
	if err := open(ln); err != nil {
		own.Close()
		return nil, err
	}
	if err := l.Post(ln.register); err != nil {
		ln.closeSocket()
		return nil, &net.OpError{Op: "listen", Net: network, Err: err}
	}
	return ln, nil
}

// open has package net make the socket, which knows all about addresses.
func (ln *LoopListener) open(network, address string, control func(string, string, syscall.RawConn) error) error {
	lc := net.ListenConfig{Control: control}
	inner, err := lc.Listen(context.Background(), network, address)
	if err != nil {
		return err
	}
	defer inner.Close()
	if u, ok := inner.(*net.UnixListener); ok {
		u.SetUnlinkOnClose(false)
		ln.path = address
	}
	return ln.adopt(inner)
}

// adopt takes a socket over by a second descriptor.
func (ln *LoopListener) adopt(inner net.Listener) (err error) {
	ln.addr = inner.Addr()
	ln.fd, err = dup(inner)
	if err == nil && ln.addr.Network() == "tcp" {
		// The sockets that are accepted inherit it, which saves a call for each.
		err = os.NewSyscallError("setsockopt", unix.SetsockoptInt(ln.fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1))
	}
	if err != nil {
		if ln.fd >= 0 {
			unix.Close(ln.fd)
		}
		return &net.OpError{Op: "listen", Net: ln.addr.Network(), Addr: ln.addr, Err: err}
	}
	return nil
}

// dup is a second descriptor of a socket of package net. The two share
// O_NONBLOCK, and nothing is changed on the first.
func dup(c any) (int, error) {
	sc, ok := c.(syscall.Conn)
	if !ok {
		return -1, ErrNotSocket
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return -1, err
	}
	fd := -1
	var derr error
	err = raw.Control(func(old uintptr) { fd, derr = unix.FcntlInt(old, unix.F_DUPFD_CLOEXEC, 0) })
	return fd, errors.Join(err, os.NewSyscallError("fcntl", derr))
}

func (ln *LoopListener) register() {
	l := ln.loop
	if l.draining || l.stopped {
		ln.closeSocket()
		return
	}
	l.listeners[ln] = struct{}{}
	if err := l.register(ln.fd, slot{listener: ln}, unix.EPOLLIN); err != nil {
		ln.close()
		l.report(&net.OpError{Op: "listen", Net: ln.addr.Network(), Addr: ln.addr, Err: err})
	}
}

// close is Close on the loop's side.
func (ln *LoopListener) close() {
	l := ln.loop
	if _, open := l.listeners[ln]; !open {
		return
	}
	delete(l.listeners, ln)
	l.timers.remove(ln)
	l.unregister(ln.fd)
	ln.closeSocket()
}

func (ln *LoopListener) closeSocket() {
	unix.Close(ln.fd)
	if ln.path != "" && ln.path[0] != '@' {
		_ = os.Remove(ln.path)
	}
	ln.ctx.Close()
}

// accept takes what has arrived.
func (ln *LoopListener) accept() {
	for range acceptBurst {
		fd, peer, errno := accept4(ln.fd)
		switch errno {
		case 0:
			ln.take(fd, peer)
		case unix.EAGAIN:
			return
		case unix.EINTR, unix.ECONNABORTED:
		default:
			ln.rest(errno)
			return
		}
	}
}

// rest stops accepting for a while: the connection stays in the backlog, and
// epoll would report it without end.
func (ln *LoopListener) rest(err error) {
	l := ln.loop
	l.report(&net.OpError{Op: "accept", Net: ln.addr.Network(), Addr: ln.addr, Err: &SyscallError{"accept4", err}})
	if l.poll.modify(ln.fd, l.table[ln.fd].gen, 0) == nil {
		ln.resume = l.now + int64(acceptPause)
		l.timers.update(ln)
	}
}

// rested lets listeners that rest accept again, because a descriptor is free.
func (l *Loop) rested() {
	for ln := range l.listeners {
		if ln.resume != 0 {
			ln.expired(l.now)
		}
	}
}

func (ln *LoopListener) deadline() int64   { return ln.resume }
func (ln *LoopListener) timerNode() *timer { return &ln.timer }

func (ln *LoopListener) expired(int64) {
	ln.resume = 0
	l := ln.loop
	if err := l.poll.modify(ln.fd, l.table[ln.fd].gen, unix.EPOLLIN); err != nil {
		l.report(&net.OpError{Op: "accept", Net: ln.addr.Network(), Addr: ln.addr, Err: err})
	}
}

// streamMode is what the write queue relies on: libssl must not take in more
// than a record of a Write that it does not finish.
const streamMode = ossl.ModeEnablePartialWrite

// take makes a stream of an accepted socket.
func (ln *LoopListener) take(fd int, peer unix.Sockaddr) {
	ssl, err := ln.ctx.NewServerSSL(fd, streamMode)
	if err != nil {
		unix.Close(fd)
		ln.loop.report(&net.OpError{Op: "accept", Net: ln.addr.Network(), Addr: ln.addr, Err: err})
		return
	}
	s := &Stream{loop: ln.loop, ssl: ssl, fd: fd, server: true, state: stateHandshaking}
	s.setNetwork(ln.addr.Network())
	s.setPeer(peer)
	s.hook(ln.hooks, false)
	if s.handler = ln.handle(s); s.handler == nil {
		ssl.Close()
		unix.Close(fd)
		return
	}
	s.expectEarly()
	s.start()
}

// start puts a stream with a socket on the loop.
func (s *Stream) start() {
	l := s.loop
	l.streams++
	s.began = l.now
	s.armed = s.interest()
	if err := l.register(s.fd, slot{stream: s}, s.armed); err != nil {
		s.fail(s.opError("epoll", err))
		return
	}
	l.timers.update(s)
	if s.state == stateHandshaking {
		// A client speaks first, and by the time it is accepted a server's peer
		// mostly has: a step that finds nothing costs less than a round.
		s.readAgain()
	}
}
