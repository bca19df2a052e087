package bridge

import (
	"errors"
	"fmt"
	"net"

	"github.com/sslsock/sslsock/ossl"
)

// ErrQueueFull says that a stream's queue has no room for all of a Write. The
// handler's Writable tells when to go on.
var ErrQueueFull = errors.New("bridge: the stream's write queue is full: go on when Writable is called")

const (
	// immediateWrite is how large a Write must be to cost less as a crossing
	// of its own than as a copy.
	immediateWrite = 16 << 10
	// maxWriteOp bounds what one stream sends in one round, so that others
	// have their turn.
	maxWriteOp = 128 << 10
)

// outgoing is what a stream has still to send: first queue[off:], then
// direct.
type outgoing struct {
	queue    []byte
	off      int
	direct   []byte    // in the round's arena, so only until the round ends
	progress int64     // loop time when bytes last went out, or began to wait
	want     ossl.Want // what the write that is under way waits for
	shut     bool      // close_notify follows the last byte
	full     bool      // a Write found no room: Writable is due
	crossing bool      // an SSL_write has crossed, and sent is still to see its outcome
}

func (o *outgoing) len() int { return len(o.queue) - o.off + len(o.direct) }

// next is what the next SSL_write takes.
func (o *outgoing) next() []byte {
	p := o.direct
	if o.off < len(o.queue) {
		p = o.queue[o.off:]
	}
	return p[:min(len(p), maxWriteOp)]
}

// Write takes p to be sent, and may be called before the handshake is done. It
// never waits: it takes all of p, or as much as the socket and LoopConfig.WriteQueue
// have room for and returns ErrQueueFull; the handler's Writable tells when to go
// on with the rest. ErrQueueFull means that the peer does not keep up, or that the
// handshake is not done. After CloseWrite, Close or an error it returns net.ErrClosed.
//
// Under DTLS each call is a message, which arrives as one Data. It may not come
// before HandshakeDone, and is taken wholly or, with ErrQueueFull, not at all. It
// has at most 16384 bytes; one longer than SetMaxSendFragment or the extension of
// RFC 6066, section 4, allows ends the stream.
//
// p may be used again at once, with one exception: what the handler's Data was
// given goes out from where it is, and must not be changed any more.
func (s *Stream) Write(p []byte) (int, error) {
	switch {
	case s.out.shut || s.state == stateClosing || s.state == stateClosed:
		return 0, net.ErrClosed
	case len(p) == 0:
		return 0, nil
	case s.dtls:
		return s.writeMessage(p)
	case s.state != stateOpen || s.out.off < len(s.out.queue) || s.ask.busy():
		return s.enqueue(p)
	}
	r := &s.loop.round
	switch {
	case len(s.out.direct) == 0 && r.holds(p):
		s.out.direct = p
	case len(s.out.direct) == 0 && len(p) >= immediateWrite:
		return s.writeNow(p)
	case s.out.len()+len(p) > s.loop.cfg.WriteQueue:
		s.spill()
		return s.enqueue(p)
	case r.joins(s.out.direct, p):
		s.out.direct = s.out.direct[:len(s.out.direct)+len(p)]
	case r.copy(&s.out.direct, p):
	default:
		s.spill()
		return s.enqueue(p)
	}
	s.writeAgain()
	return len(p), nil
}

// Queued is the number of bytes that Write took and the socket has not.
func (s *Stream) Queued() int { return s.out.len() }

// enqueue copies as much of p as there is room for.
func (s *Stream) enqueue(p []byte) (int, error) {
	if s.out.len()+len(p) > s.loop.cfg.WriteQueue && s.flush() {
		if s.state != stateOpen {
			return 0, s.err
		}
		if s.out.len() == 0 && len(p) >= immediateWrite {
			return s.writeNow(p)
		}
	}
	n := min(len(p), max(s.loop.cfg.WriteQueue-s.out.len(), 0))
	if s.out.queue == nil {
		s.out.queue = s.loop.round.buffer()
	}
	if s.out.off > 0 && len(s.out.queue)+n > cap(s.out.queue) {
		s.out.queue = s.out.queue[:copy(s.out.queue, s.out.queue[s.out.off:])]
		s.out.off = 0
	}
	s.out.queue = append(s.out.queue, p[:n]...)
	if s.out.want == ossl.WantNothing {
		s.writeAgain()
	}
	if n < len(p) {
		s.out.full = true
		return n, ErrQueueFull
	}
	return n, nil
}

// flush sends what waits for the end of the round, and says whether it has sent
// anything: the queue of a socket that nobody has asked yet is not full. One
// round can bring much, all of it for one stream, as where many send to a few.
func (s *Stream) flush() bool {
	if s.state != stateOpen || s.dtls || s.out.full || s.out.crossing || s.ask.busy() {
		return false
	}
	sent := false
	for s.state == stateOpen && s.out.len() > 0 && s.out.want == ossl.WantNothing {
		n, _ := s.writeAtOnce(s.out.next())
		sent = true
		if s.state == stateOpen {
			s.advance(n)
		}
	}
	if s.state == stateOpen && s.out.want != ossl.WantNothing {
		s.rearm()
		s.loop.timers.update(s)
	}
	return sent
}

// spill moves what lies in the arena to the queue, because the arena is needed
// again or what follows does not lie behind it.
func (s *Stream) spill() {
	p := s.out.direct
	s.out.direct = nil
	if len(p) == 0 {
		return
	}
	if s.out.queue == nil {
		s.out.queue = s.loop.round.buffer()
	}
	s.out.queue = append(s.out.queue, p...)
}

// writeNow sends a large p from where it is, and queues what the socket does
// not take.
func (s *Stream) writeNow(p []byte) (int, error) {
	n, err := s.writeAtOnce(p)
	if err != nil {
		return n, s.err
	}
	if n == len(p) {
		return n, nil
	}
	// libssl holds a record of these bytes and wants them again. They fit:
	// WriteQueue is larger than a record.
	m, err := s.enqueue(p[n:])
	s.rearm()
	s.loop.timers.update(s)
	return n + m, err
}

// writeAtOnce is an SSL_write that does not wait for the end of the round. Where
// it takes a renegotiation along, it may read ahead what no event will announce.
func (s *Stream) writeAtOnce(p []byte) (int, error) {
	n, w, err := s.ssl.Write(p)
	s.wrote(n, w, err)
	if err == nil && s.ssl.HasPending() {
		s.readAgain()
	}
	return n, err
}

// wrote keeps the outcome of an SSL_write.
func (s *Stream) wrote(n int, w ossl.Want, err error) {
	s.told(err)
	s.watchFlight()
	if n > 0 || s.out.want == ossl.WantNothing {
		s.active, s.out.progress = s.loop.now, s.loop.now
	}
	s.out.want = w
	switch {
	case err != nil:
		s.failed = true
		s.fail(s.opError("write", s.because(err)))
	case w == ossl.WantNothing || w == ossl.WantRead || w == ossl.WantWrite:
	case s.state == stateOpen && s.asked(w):
		s.loop.timers.update(s)
	default:
		s.fail(s.opError("write", fmt.Errorf("suspended for %v, which nothing here answers", w)))
	}
}

// advance takes n bytes that went out off the front.
func (s *Stream) advance(n int) {
	o := &s.out
	if o.off < len(o.queue) {
		o.off += n
		if o.off == len(o.queue) {
			o.off = 0
			s.loop.round.recycle(o.queue)
			o.queue = nil
		}
		return
	}
	o.direct = o.direct[n:]
}

func (o *outgoing) drop() { *o = outgoing{shut: true} }
