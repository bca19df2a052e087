package bridge

import (
	"net"

	"github.com/sslsock/sslsock/ossl"
)

// WithSSL calls f with the connection's SSL, for what has no method here:
// SSL_key_update(3), SSL_verify_client_post_handshake(3). Nothing else uses the
// SSL meanwhile, so f must neither wait nor call methods of c, and must not keep
// the SSL. Once the connection is closed or broken, f is not called and the
// error is why.
//
// A message that f has libssl prepare goes out with the next Write, or at once
// where f calls DoHandshake, whose Want is of no interest then: Read and Write
// go on with what it has begun.
func (c *Conn) WithSSL(f func(s *ossl.SSL) error) error {
	err := c.opError("ssl", net.ErrClosed)
	// The socket stays while libssl may use it.
	if ctlErr := c.raw.Control(func(uintptr) {
		c.mu.Lock()
		defer c.mu.Unlock()
		switch {
		case c.closed.Load():
		case c.fault != nil:
			err = c.opError("ssl", c.fault)
		default:
			err = f(c.ssl)
		}
	}); ctlErr != nil {
		return c.opError("ssl", net.ErrClosed)
	}
	return err
}
