package bridge

import (
	"fmt"
	"io"
	"unsafe"

	"github.com/sslsock/sslsock/ossl"
)

const (
	record    = 16 << 10   // the most that one TLS record holds
	maxSlot   = 4 * record // what one read takes when few are ready
	copySlot  = 4 << 10    // of the arena, for each operation, for copies that Write makes
	maxSpares = 16
)

// round is the memory of the loop's rounds. Its arena has slots to read into,
// and room for what handlers write from elsewhere: bytes in the arena cross
// into C at no cost.
type round struct {
	batch  *ossl.Batch
	size   int
	ops    []ossl.Op
	who    []*Stream
	work   []*Stream
	reads  []byte
	copies []byte // len is what is used, cap what there is
	spares [][]byte
}

func newRound(size int) round {
	b := ossl.NewBatch(size * (record + copySlot))
	arena := b.Arena()
	return round{
		batch: b, size: size,
		ops: make([]ossl.Op, 0, size), who: make([]*Stream, 0, size),
		reads:  arena[: size*record : size*record],
		copies: arena[size*record:][:0],
	}
}

func (r *round) free() { r.batch.Close() }

// holds says whether p lies in the part of the arena that reads fill.
func (r *round) holds(p []byte) bool {
	off := uintptr(unsafe.Pointer(unsafe.SliceData(p))) - uintptr(unsafe.Pointer(unsafe.SliceData(r.reads)))
	return off < uintptr(len(r.reads))
}

// joins says whether p lies in the reads' part right behind front.
func (r *round) joins(front, p []byte) bool {
	return len(front) > 0 && r.holds(p) && len(front)+len(p) <= cap(front) &&
		unsafe.SliceData(front[: len(front)+1 : len(front)+1][len(front):]) == unsafe.SliceData(p)
}

// copy puts p into the arena, behind front if front is there, and says whether
// there was room.
func (r *round) copy(front *[]byte, p []byte) bool {
	used := len(r.copies)
	if used+len(p) > cap(r.copies) {
		return false
	}
	behind := r.copies[used:cap(r.copies)]
	if n := len(*front); n > 0 && (cap(*front) != n+len(behind) || unsafe.SliceData((*front)[:n+1][n:]) != unsafe.SliceData(behind)) {
		return false
	}
	r.copies = append(r.copies, p...)
	start := used - len(*front)
	*front = r.copies[start : used+len(p) : cap(r.copies)]
	return true
}

// buffer is an empty buffer for a queue.
func (r *round) buffer() []byte {
	n := len(r.spares)
	if n == 0 {
		return make([]byte, 0, 2*record)
	}
	b := r.spares[n-1]
	r.spares = r.spares[:n-1]
	return b
}

// recycle keeps a buffer for another queue, unless it has grown large.
func (r *round) recycle(b []byte) {
	if cap(b) <= maxSlot && len(r.spares) < maxSpares {
		r.spares = append(r.spares, b[:0])
	}
}

// step is a round: a crossing for handshakes and reads, the handlers, and a
// crossing for what is to be written.
func (l *Loop) step() {
	l.readHalf()
	l.bury()
	l.writeHalf()
	l.bury()
	// What Writable wrote lies in the arena, which the next round fills anew.
	for _, s := range l.dirty {
		s.spill()
	}
	l.round.copies = l.round.copies[:0]
}

func (l *Loop) readHalf() {
	n := min(len(l.ready), l.round.size)
	if n == 0 {
		return
	}
	r := &l.round
	slot := min(maxSlot, len(r.reads)/n/record*record)
	r.ops, r.who = r.ops[:0], r.who[:0]
	for _, s := range l.ready[:n] {
		s.inReady = false
		switch {
		case s.state == stateHandshaking:
			if s.ask.busy() || s.handshakes() || s.early != nil && s.stepEarly() {
				continue
			}
			r.add(s, s.handshakeOp(), nil)
		case s.reads() && !s.ask.busy():
			at := len(r.ops) * slot
			r.add(s, ossl.OpRead, r.reads[at:at+slot])
		}
	}
	l.ready = l.ready[:copy(l.ready, l.ready[n:])]
	r.batch.Run(r.ops)
	for i := range r.ops {
		s, op := r.who[i], &r.ops[i]
		switch {
		case s.state == stateClosed: // by the handler of another, before its turn
		case op.Kind == ossl.OpRead:
			s.deliver(op)
		default:
			s.stepped(op)
		}
	}
}

// writeHalf sends what is due, in as many crossings as it takes: what lies in
// the arena must be out, or queued, before the next round.
func (l *Loop) writeHalf() {
	r := &l.round
	r.work, l.dirty = l.dirty, r.work[:0]
	for at := 0; at < len(r.work); {
		r.ops, r.who = r.ops[:0], r.who[:0]
		for ; at < len(r.work) && len(r.ops) < r.size; at++ {
			s := r.work[at]
			r.work[at] = nil
			s.inDirty = false
			switch {
			case s.state != stateOpen && s.state != stateClosing:
			case s.ask.busy(): // answered comes back to it
				s.spill()
			case s.out.len() > 0:
				s.out.crossing = true
				r.add(s, ossl.OpWrite, s.out.next())
			case s.out.shut && !s.sentClose:
				r.add(s, ossl.OpShutdown, nil)
			}
		}
		r.batch.Run(r.ops)
		for i := range r.ops {
			s, op := r.who[i], &r.ops[i]
			switch {
			case s.state == stateClosed:
			case op.Kind == ossl.OpShutdown:
				s.shutdownStepped(op)
			default:
				s.sent(op)
			}
		}
	}
}

func (r *round) add(s *Stream, kind ossl.OpKind, buf []byte) {
	r.ops = append(r.ops, ossl.Op{SSL: s.ssl, Kind: kind, Buf: buf})
	r.who = append(r.who, s)
}

func (s *Stream) handshakeOp() ossl.OpKind {
	if s.server {
		return ossl.OpAccept
	}
	return ossl.OpConnect
}

// reads says whether the stream takes data now.
func (s *Stream) reads() bool {
	return (s.state == stateOpen && !s.paused || s.state == stateClosing) && !s.peerDone
}

// stepped takes the outcome of a step of the handshake.
func (s *Stream) stepped(op *ossl.Op) {
	name := "SSL_connect"
	if s.server {
		name = "SSL_accept"
	}
	s.told(op.Err)
	if s.state == stateClosed {
		return
	}
	s.trace(name, op.Want, op.Err)
	s.watchFlight()
	switch {
	case s.state == stateClosed: // by the tracer
	case op.Err != nil:
		s.failed = true
		if s.ask != nil {
			op.Err = s.ask.because(op.Err)
		}
		s.fail(s.opError("handshake", op.Err))
	case s.asked(op.Want):
	case op.Want == ossl.WantRead || op.Want == ossl.WantWrite:
		s.stepWant = op.Want
		s.rearm()
	case op.Want != ossl.WantNothing:
		s.fail(s.opError("handshake", fmt.Errorf("suspended for %v, which nothing here answers", op.Want)))
	default:
		s.opened(op.Pending)
	}
}

// opened begins the life of a stream that can carry data.
func (s *Stream) opened(pending bool) {
	s.state = stateOpen
	s.stepWant, s.early = ossl.WantNothing, nil
	s.active, s.out.progress = s.loop.now, s.loop.now
	s.loop.timers.update(s)
	s.handshakeEnded(nil)
	if s.state == stateClosed {
		return
	}
	s.handler.HandshakeDone(s)
	if s.out.len() > 0 || s.out.shut {
		s.writeAgain()
	}
	if pending {
		s.readAgain()
	}
	s.rearm()
}

// deliver takes the outcome of a read: bytes first, then what ended it.
func (s *Stream) deliver(op *ossl.Op) {
	s.readWant = op.Want
	s.told(op.Err)
	s.watchFlight()
	if op.N > 0 && s.state != stateClosed {
		s.active = s.loop.now
		if s.state == stateOpen {
			s.handler.Data(s, op.Buf[:op.N])
		}
	}
	switch {
	case s.state == stateClosed:
		return
	case op.Err == io.EOF: //nolint:errorlint // package ossl returns it bare
		s.eof()
	case op.Err != nil && s.state == stateClosing:
		s.failed = true
		s.fail(s.err)
	case op.Err != nil:
		s.failed = true
		s.fail(s.opError("read", s.because(op.Err)))
	case s.state == stateOpen && s.asked(op.Want):
		s.loop.timers.update(s)
	case op.Want != ossl.WantNothing && op.Want != ossl.WantRead && op.Want != ossl.WantWrite:
		s.fail(s.opError("read", fmt.Errorf("suspended for %v, which nothing here answers", op.Want)))
	case op.Pending && op.Want == ossl.WantNothing:
		s.readAgain()
	}
	if s.out.want == ossl.WantRead {
		s.writeAgain() // of a renegotiation: the read may have taken what the write waits for
	}
	s.settle()
}

// settle ends a graceful close once both close_notify have passed, and else
// tells epoll what to wait for.
func (s *Stream) settle() {
	if s.state == stateClosing && s.sentClose && s.peerDone {
		s.fail(s.err)
		return
	}
	if s.state == stateClosing && s.inDirty && !s.sentClose {
		return // close_notify is due in this round, and comes back to here
	}
	s.rearm()
}

// sent takes the outcome of a write.
func (s *Stream) sent(op *ossl.Op) {
	s.out.crossing = false
	s.told(op.Err)
	if s.state == stateClosed {
		return
	}
	s.wrote(op.N, op.Want, op.Err)
	if s.state == stateClosed {
		return
	}
	s.advance(op.N)
	if op.Want != ossl.WantNothing {
		s.spill()
		s.loop.timers.update(s)
	} else if s.out.len() > 0 || s.out.shut {
		s.writeAgain()
	}
	if op.Pending {
		s.readAgain() // what the write has read ahead in a renegotiation no event will announce
	}
	if s.out.full && s.out.len() <= s.loop.cfg.WriteQueue/2 && s.state == stateOpen {
		s.out.full = false
		s.handler.Writable(s)
	}
	if s.state != stateClosed {
		s.rearm()
	}
}

// shutdownStepped takes the outcome of SSL_shutdown, which is called once: the
// peer's close_notify arrives by SSL_read, past any data that comes before it.
func (s *Stream) shutdownStepped(op *ossl.Op) {
	s.told(op.Err)
	s.trace("SSL_shutdown", op.Want, op.Err)
	switch {
	case s.state == stateClosed:
		return
	case op.Err != nil:
		s.failed = true
		if s.state == stateClosing {
			s.fail(s.err)
		} else {
			s.fail(s.opError("close", op.Err))
		}
		return
	case op.Want != ossl.WantNothing:
		s.out.want = op.Want
		s.rearm()
		return
	}
	s.out.want = ossl.WantNothing
	s.sentClose = true
	s.settle()
}

func (s *Stream) trace(op string, w ossl.Want, err error) {
	if t, ok := s.handler.(Tracer); ok {
		t.Trace(s, op, w, err)
	}
}
