package bridge

import (
	"errors"
	"fmt"
	"net"

	"github.com/sslsock/sslsock/ossl"
)

// ErrNoRenegotiation is for a connection that cannot renegotiate: TLS 1.3 has no
// renegotiation, and below it Config.AllowRenegotiation must be set.
var ErrNoRenegotiation = errors.New("bridge: no renegotiation here: TLS 1.3 has none (use KeyUpdate, or VerifyClientPostHandshake), and below it Config.AllowRenegotiation must be set")

// Renegotiate begins another handshake on the connection, under TLS 1.2 and below
// and where Config.AllowRenegotiation is set: SSL_renegotiate(3). It is
// ErrNoRenegotiation elsewhere. It sends the first message, as Write would, and
// returns: a client's ClientHello, or a server's HelloRequest, which the peer may
// pass over. Reads and writes do the rest; so somebody has to read. What has been
// negotiated then is in the SSL (WithSSL), and not in ConnectionState.
func (c *Conn) Renegotiate() error {
	if err := c.begin("renegotiate"); err != nil {
		return err
	}
	c.out.mu.Lock()
	defer c.out.leave()
	if err := c.settle("renegotiate"); err != nil {
		return err
	}
	return c.WithSSL(func(s *ossl.SSL) error {
		if err := renegotiate(s); err != nil {
			return c.opError("renegotiate", err)
		}
		w, err := s.DoHandshake()
		c.note(err)
		if c.trace != nil {
			c.trace("SSL_do_handshake", w, err)
		}
		if err != nil {
			return c.opError("renegotiate", err)
		}
		return nil
	})
}

// Renegotiate begins another handshake on the connection, under TLS 1.2 and below
// and where Config.AllowRenegotiation is set: SSL_renegotiate(3). It is
// ErrNoRenegotiation elsewhere. The first message goes out at once, or behind what
// is queued; the rest happens as data is read.
func (s *Stream) Renegotiate() error {
	switch {
	case s.state == stateHandshaking:
		return ErrNotOpen
	case s.state != stateOpen || s.out.shut:
		return net.ErrClosed
	}
	if err := renegotiate(s.ssl); err != nil {
		return s.opError("renegotiate", err)
	}
	return s.DoHandshake()
}

// renegotiate asks libssl, which leaves the connection as it was where it refuses.
func renegotiate(s *ossl.SSL) error {
	err := s.Renegotiate()
	if errors.Is(err, ossl.ReasonNoRenegotiation) || errors.Is(err, ossl.ReasonWrongSSLVersion) {
		return fmt.Errorf("%w: %w", ErrNoRenegotiation, err)
	}
	return err
}
