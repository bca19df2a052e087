package bridge

import (
	"io"
	"net"

	"golang.org/x/sys/unix"

	"github.com/sslsock/sslsock/ossl"
)

// Stream is one connection on a [Loop]. All its methods belong on the loop's
// goroutine: in a handler's methods, or in a function given to [Loop.Post].
type Stream struct {
	timer
	loop    *Loop
	ssl     *ossl.SSL // nil while an address is looked up
	handler Handler
	value   any
	err     error // the reason for Closed, once there is one

	out   outgoing
	fd    int    // -1 while an address is looked up
	armed uint32 // what epoll watches for; 0: not in epoll

	server    bool
	dtls      bool
	state     streamState
	netIndex  uint8
	stepWant  ossl.Want // what a handshake or shutdown step waits for
	readWant  ossl.Want // what a read waits for
	paused    bool      // PauseReading
	peerDone  bool      // the peer's close_notify has come
	sentClose bool      // ours is sent
	failed    bool      // libssl is in an error state: no SSL_shutdown any more
	inReady   bool
	inDirty   bool

	began  int64 // loop time of accept or dial, or of Close
	active int64 // loop time of the last byte in or out
	resend int64 // loop time when a flight of DTLS is due again, 0 for never
	dial   *dialing
	net    netAddrs
	early  *earlyStream // nil where none is possible
	ask    *asking      // nil without hooks
}

type streamState uint8

const (
	stateConnecting  streamState = iota // connect(2) is under way
	stateHandshaking                    // the handshake is
	stateOpen                           // data may pass
	stateClosing                        // Close: what is queued goes out, then close_notify both ways
	stateClosed                         // only Closed is left
)

// Loop is the loop that drives the stream.
func (s *Stream) Loop() *Loop { return s.loop }

// SSL is the stream's SSL, for what has no method here; the stream owns it. It
// is nil before a dialled stream's address is known.
func (s *Stream) SSL() *ossl.SSL { return s.ssl }

// Fd is the stream's socket, which the stream owns; -1 before a dialled
// stream's address is known.
func (s *Stream) Fd() int { return s.fd }

// Context is what SetContext stored.
func (s *Stream) Context() any { return s.value }

// SetContext stores a value of the program's.
func (s *Stream) SetContext(v any) { s.value = v }

// ConnectionState is what the handshake negotiated. It costs a crossing into
// C.
func (s *Stream) ConnectionState() ossl.ConnectionState { return s.ssl.ConnectionState() }

// CustomExts are the extensions of ossl.Ctx.AddCustomExt's that the peer has
// sent so far. It costs a crossing into C.
func (s *Stream) CustomExts() []ossl.CustomExt { return s.ssl.CustomExts() }

// PauseReading stops Data, and with it what the peer can send, until
// ResumeReading. Data that libssl has decrypted already may still come once.
func (s *Stream) PauseReading() { s.paused = true; s.rearm() }

// ResumeReading undoes PauseReading.
func (s *Stream) ResumeReading() {
	if !s.paused {
		return
	}
	s.paused = false
	// libssl may hold bytes that no event will announce.
	s.readAgain()
	s.rearm()
}

// Close closes the stream gracefully: what is queued goes out, then
// close_notify, and the peer's is awaited within LoopConfig.CloseTimeout.
// During the handshake there is nothing to be graceful about, and Close is
// Abort. The handler sees no more Data, and Closed with net.ErrClosed.
func (s *Stream) Close() {
	switch s.state {
	case stateConnecting, stateHandshaking:
		s.fail(net.ErrClosed)
	case stateOpen:
		s.closing(net.ErrClosed)
	}
}

// CloseWrite sends what is queued and then close_notify, and goes on reading.
// Write fails from now on.
func (s *Stream) CloseWrite() {
	if s.state == stateOpen {
		s.out.shut = true
		s.writeAgain()
	}
}

// Abort ends the stream at once, without close_notify. The handler sees
// Closed, after it has returned, with err, or with net.ErrClosed for nil.
func (s *Stream) Abort(err error) {
	if err == nil {
		err = net.ErrClosed
	}
	s.fail(err)
}

// fail has the stream freed at the next opportunity. It is never called from
// within one of the handler's methods that it would call back into.
func (s *Stream) fail(err error) {
	if s.state == stateClosed {
		return
	}
	s.state = stateClosed
	if s.err == nil {
		s.err = err
	}
	s.loop.doomed = append(s.loop.doomed, s)
}

// closing begins a graceful close with the reason that Closed will get.
func (s *Stream) closing(reason error) {
	s.state = stateClosing
	s.err = reason
	s.began = s.loop.now
	s.out.shut = true
	s.writeAgain()
	s.ResumeReading()
	s.loop.timers.update(s)
	s.settle()
}

// bury frees the doomed, and tells their handlers.
func (l *Loop) bury() {
	for i := 0; i < len(l.doomed); i++ {
		s := l.doomed[i]
		l.doomed[i] = nil
		s.handshakeEnded(s.err)
		s.handler.Closed(s, s.err)
		l.timers.remove(s)
		delete(l.dialing, s)
		s.release()
		l.streams--
	}
	l.doomed = l.doomed[:0]
}

// release frees the SSL before its descriptor can become another's.
func (s *Stream) release() {
	s.endDial()
	s.out.drop()
	if s.fd >= 0 {
		s.loop.unregister(s.fd)
	}
	if freed := s.letGo(); freed && s.fd >= 0 {
		s.loop.rested()
	} else if s.fd >= 0 && s.armed != 0 {
		_ = s.loop.poll.remove(s.fd) // it stays open for a while
	}
}

// event takes what epoll says about the socket.
func (s *Stream) event(ev uint32) {
	broken := ev&(unix.EPOLLERR|unix.EPOLLHUP) != 0
	in := broken || ev&unix.EPOLLIN != 0
	out := broken || ev&unix.EPOLLOUT != 0
	switch s.state {
	case stateConnecting:
		s.connected()
		return
	case stateHandshaking:
		switch {
		case !s.ask.busy():
			s.readAgain()
		case s.ask.out && (broken || ev&unix.EPOLLRDHUP != 0):
			s.failed = true
			s.fail(s.opError("handshake", errGone))
		}
		return
	case stateClosed:
		return
	}
	if s.ask.busy() {
		if broken {
			s.failed = true
			s.fail(s.opError("read", errGone))
		}
		return
	}
	if in && s.readWant != ossl.WantWrite || out && s.readWant == ossl.WantWrite {
		s.readAgain()
	}
	if in && s.out.want == ossl.WantRead || out && s.out.want == ossl.WantWrite {
		// Room in the socket is progress, even if libssl does not report any:
		// it may finish one record, begin another, and tell of neither.
		s.out.progress = s.loop.now
		s.writeAgain()
	}
}

// readAgain puts the stream on the list of the round's first half.
func (s *Stream) readAgain() {
	reads := s.state == stateOpen || s.state == stateClosing
	if s.inReady || s.state == stateClosed || reads && (s.paused || s.peerDone) {
		return
	}
	s.inReady = true
	s.loop.ready = append(s.loop.ready, s)
}

// writeAgain puts the stream on the list of the round's second half.
func (s *Stream) writeAgain() {
	if s.inDirty || s.state != stateOpen && s.state != stateClosing {
		return
	}
	s.inDirty = true
	s.loop.dirty = append(s.loop.dirty, s)
}

// interest is what epoll should watch for in the state that the stream is in.
func (s *Stream) interest() uint32 {
	var ev uint32
	switch s.state {
	case stateConnecting:
		return unix.EPOLLOUT
	case stateHandshaking:
		if s.ask.busy() {
			return s.ask.interest()
		}
		return eventOf(s.stepWant)
	case stateClosed:
		return 0
	}
	if s.ask.busy() {
		return unix.EPOLLPRI // see asking.interest: the rest waits for the answer
	}
	if !s.paused && !s.peerDone {
		ev = eventOf(s.readWant)
	}
	if s.out.want != ossl.WantNothing {
		ev |= eventOf(s.out.want)
	}
	return ev
}

func eventOf(w ossl.Want) uint32 {
	if w == ossl.WantWrite {
		return unix.EPOLLOUT
	}
	return unix.EPOLLIN
}

// rearm tells epoll when the interest has changed, which is rare. With no
// interest at all the socket is taken out: epoll reports a hang-up always, and
// would do so again and again.
func (s *Stream) rearm() {
	ev := s.interest()
	if ev == s.armed || s.fd < 0 || s.state == stateClosed {
		return
	}
	gen := s.loop.table[s.fd].gen
	var err error
	switch {
	case ev == 0:
		err = s.loop.poll.remove(s.fd)
	case s.armed == 0:
		err = s.loop.poll.add(s.fd, gen, ev)
	default:
		err = s.loop.poll.modify(s.fd, gen, ev)
	}
	if err != nil {
		s.fail(s.opError("epoll", err))
		return
	}
	s.armed = ev
}

// deadline is the earliest of the deadlines that the state has.
func (s *Stream) deadline() int64 {
	cfg := &s.loop.cfg
	var at int64
	add := func(limit, since int64) {
		if limit > 0 && (at == 0 || since+limit < at) {
			at = since + limit
		}
	}
	switch s.state {
	case stateConnecting, stateHandshaking:
		add(int64(cfg.HandshakeTimeout), s.began)
	case stateOpen:
		add(int64(cfg.IdleTimeout), s.active)
		if s.out.want != ossl.WantNothing {
			add(int64(cfg.WriteTimeout), s.out.progress)
		}
		if s.ask.busy() {
			add(int64(cfg.HandshakeTimeout), s.ask.since)
		}
	case stateClosing:
		add(int64(cfg.CloseTimeout), s.began)
	}
	if s.resend != 0 && (at == 0 || s.resend < at) {
		at = s.resend
	}
	return at
}

// expired ends the stream for the deadline that has passed.
func (s *Stream) expired(now int64) {
	if s.resent(now) {
		return
	}
	cfg := &s.loop.cfg
	switch s.state {
	case stateConnecting, stateHandshaking:
		s.fail(s.opError("handshake", ErrHandshakeTimeout))
	case stateOpen:
		if s.ask.busy() && cfg.HandshakeTimeout > 0 && now >= s.ask.since+int64(cfg.HandshakeTimeout) {
			s.fail(s.opError("handshake", ErrHandshakeTimeout))
			return
		}
		blocked := s.out.want != ossl.WantNothing
		if blocked && cfg.WriteTimeout > 0 && now >= s.out.progress+int64(cfg.WriteTimeout) {
			s.fail(s.opError("write", ErrWriteTimeout))
		} else {
			s.fail(s.opError("read", ErrIdleTimeout))
		}
	case stateClosing:
		s.fail(s.err) // the reason for closing stays
	}
}

func (s *Stream) timerNode() *timer { return &s.timer }

// eof takes the peer's close_notify.
func (s *Stream) eof() {
	s.peerDone = true
	if s.state == stateClosing {
		return
	}
	if h, ok := s.handler.(EOFHandler); ok {
		h.EOF(s)
		s.rearm()
		return
	}
	s.closing(io.EOF)
}
