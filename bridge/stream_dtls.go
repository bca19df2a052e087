package bridge

import (
	"errors"
	"time"
)

// Reasons for which a Write of DTLS takes nothing. The stream goes on.
var (
	ErrMessageTooLong = errors.New("bridge: a message of DTLS has at most 16384 bytes (RFC 6347, section 4.1)")
	ErrNotOpen        = errors.New("bridge: DTLS takes messages once the handshake is done: write from HandshakeDone on")
)

// writeMessage is Write for DTLS, where each call is a message of its own, which
// nothing may be joined to. One that the socket does not take is kept, and no
// other until it is out.
func (s *Stream) writeMessage(p []byte) (int, error) {
	switch {
	case len(p) > record:
		return 0, ErrMessageTooLong
	case s.state != stateOpen:
		return 0, ErrNotOpen
	case s.out.len() > 0:
		s.out.full = true
		return 0, ErrQueueFull
	}
	return s.writeNow(p)
}

// watchFlight notes when libssl has to send a flight again that the peer has
// not answered. For DTLS it follows each operation; for TLS it does nothing.
func (s *Stream) watchFlight() {
	if !s.dtls || s.state == stateClosed || s.ask.busy() {
		return
	}
	s.resend = 0
	if left, running := s.ssl.DTLSv1GetTimeout(); running {
		// The clock again: the round began some time ago, and libssl refuses
		// what comes too early.
		s.resend = int64(time.Since(s.loop.begin) + left)
		s.loop.timers.update(s)
	}
}

// resent sends a flight again whose time is over, and says whether that is all
// that the time now was about.
func (s *Stream) resent(now int64) bool {
	if s.resend == 0 || now < s.resend || s.state == stateClosed {
		return false
	}
	s.resend = 0
	if !s.ask.busy() {
		_, err := s.ssl.DTLSv1HandleTimeout()
		s.told(err)
		if err != nil {
			s.failed = true
			s.fail(s.opError("handshake", err))
			return true
		}
		s.watchFlight()
	}
	at := s.deadline()
	return at == 0 || at > now
}
