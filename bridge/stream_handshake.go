package bridge

import (
	"fmt"
	"net"

	"github.com/sslsock/sslsock/ossl"
)

// DoHandshake sends at once what the SSL has been asked for since the handshake,
// by Renegotiate, KeyUpdate, VerifyClientPostHandshake or NewSessionTicket:
// SSL_do_handshake(3). Without it the message goes with the next Write, and it
// does so too while bytes are queued. What the peer answers is dealt with as
// data is read.
func (s *Stream) DoHandshake() error {
	switch {
	case s.state == stateHandshaking:
		return ErrNotOpen
	case s.state != stateOpen:
		return net.ErrClosed
	case s.out.len() > 0:
		return nil
	}
	w, err := s.ssl.DoHandshake()
	s.told(err)
	s.trace("SSL_do_handshake", w, err)
	switch {
	case s.state == stateClosed:
		return net.ErrClosed
	case err != nil:
		s.failed = true
		s.fail(s.opError("handshake", err))
		return s.err
	case w == ossl.WantRead || w == ossl.WantWrite:
		s.readWant = w // reading goes on with it
	case w != ossl.WantNothing:
		s.fail(s.opError("handshake", fmt.Errorf("suspended for %v, which nothing here answers", w)))
		return s.err
	}
	s.watchFlight()
	s.rearm()
	return nil
}
