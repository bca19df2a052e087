package bridge

import (
	"bytes"
	"fmt"
	"net"

	"github.com/sslsock/sslsock/ossl"
)

// EarlyHandler is a Handler of servers that takes early data, where the Ctx
// allows it: Config.MaxEarlyData. A server whose handler is none refuses it, and
// the client sends it later.
type EarlyHandler interface {
	Handler
	// EarlyData brings what the client sends before the handshake is done: before
	// HandshakeDone, once or more often, and never when there is none. The bytes may
	// be somebody's who has recorded them (see Config.MaxEarlyData), and are
	// not repeated by Data. p is valid until EarlyData returns. What Write takes
	// meanwhile goes out after the handshake, and what WriteEarlyData takes at once.
	// PauseReading holds nothing up: MaxEarlyData is all that comes.
	EarlyData(s *Stream, p []byte)
}

// earlyStream is what a stream has besides, until it is open, where early data
// may come or go.
type earlyStream struct {
	reading bool   // servers: there may be more to read
	open    bool   // servers: the client's first message has been answered
	stuck   bool   // servers: libssl has bytes of WriteEarlyData in its buffer
	send    []byte // to be sent before the handshake goes on
	allowed int    // clients: by the session

	// The step that was taken last.
	name string
	data []byte // that was read
	n    int    // bytes written
	want ossl.Want
	err  error

	buf []byte // for a worker's steps
}

// WriteEarlyData answers, on a server, a client that has not finished its
// handshake yet, and so has not proved that it is not a replay, nor shown a
// certificate: SSL_write_early_data(3). It may be called from the first EarlyData
// until HandshakeDone; at any other time the error is ErrNoEarlyData, and Write
// is to be used.
//
// It never waits: where the socket takes no more it returns ErrQueueFull and how
// many bytes it took. Write can have the rest: it comes behind.
func (s *Stream) WriteEarlyData(p []byte) (int, error) {
	e := s.early
	switch {
	case s.state == stateClosed:
		return 0, net.ErrClosed
	case e == nil || !e.open || s.state != stateHandshaking || s.ask.busy():
		return 0, ErrNoEarlyData
	}
	for done := 0; done < len(p); {
		if e.stuck {
			return done, ErrQueueFull
		}
		piece := window(p[done:])
		e.send = piece
		s.writeEarly()
		if s.state == stateClosed {
			return done, s.err
		}
		e.send = bytes.Clone(e.send) // p is the caller's
		done += len(piece)
	}
	return len(p), nil
}

// EarlyDataStatus says what has become of early data: on a client, in
// HandshakeDone, EarlyDataRejected is what to send again. It costs a crossing
// into C.
func (s *Stream) EarlyDataStatus() ossl.EarlyDataStatus { return s.ssl.GetEarlyDataStatus() }

// expectEarly is for servers, before their first step.
func (s *Stream) expectEarly() {
	if _, ok := s.handler.(EarlyHandler); ok && s.server && !s.dtls && s.ssl.InBefore() {
		s.early = &earlyStream{reading: true}
	}
}

// due says whether there is a step of early data to take before the next of the
// handshake.
func (e *earlyStream) due() bool {
	return e != nil && (e.reading || e.stuck || len(e.send) > 0)
}

// stepEarly takes it, unless there is none.
func (s *Stream) stepEarly() bool {
	if !s.early.due() {
		return false
	}
	l := s.loop
	if l.early == nil {
		l.early = make([]byte, maxRecord)
	}
	s.early.step(s.ssl, l.early)
	s.steppedEarly()
	return true
}

// step is one crossing, on the loop's goroutine or on a worker.
func (e *earlyStream) step(ssl *ossl.SSL, buf []byte) {
	e.data, e.n = nil, 0
	if e.stuck || len(e.send) > 0 {
		e.name = "SSL_write_early_data"
		e.n, e.want, e.err = ssl.WriteEarlyData(window(e.send))
		return
	}
	e.name = "SSL_read_early_data"
	n, ended, w, err := ssl.ReadEarlyData(buf)
	e.data, e.reading, e.want, e.err = buf[:n], !ended, w, err
}

// steppedEarly takes the outcome of a step.
func (s *Stream) steppedEarly() {
	e := s.early
	s.told(e.err)
	if s.state == stateClosed {
		return
	}
	s.trace(e.name, e.want, e.err)
	e.send = e.send[e.n:]
	e.stuck = s.server && e.want != ossl.WantNothing && e.name == "SSL_write_early_data"
	switch {
	case s.state == stateClosed: // by the tracer
	case e.err != nil:
		s.failed = true
		if s.ask != nil {
			e.err = s.ask.because(e.err)
		}
		s.fail(s.opError("handshake", e.err))
	case s.asked(e.want):
	case e.want == ossl.WantRead || e.want == ossl.WantWrite:
		s.stepWant = e.want
		s.rearm()
	case e.want != ossl.WantNothing:
		s.fail(s.opError("handshake", fmt.Errorf("suspended for %v, which nothing here answers", e.want)))
	default:
		e.open = true
		if !s.server && len(e.send) == 0 {
			if err := restoreEarly(s.ssl, e.allowed); err != nil {
				s.fail(s.opError("handshake", err))
			}
		}
		if len(e.data) > 0 {
			s.handler.(EarlyHandler).EarlyData(s, e.data)
		}
		s.readAgain()
	}
}

// writeEarly sends what is in send. A job would be for another thread.
func (s *Stream) writeEarly() {
	e := s.early
	if s.ask != nil && s.ask.jobs {
		s.ssl.ClearMode(ossl.ModeAsync)
		defer s.ssl.SetMode(ossl.ModeAsync)
	}
	for len(e.send) > 0 && !e.stuck && s.state != stateClosed {
		e.step(s.ssl, nil)
		s.steppedEarly()
	}
}
