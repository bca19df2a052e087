package ossl

// #include "shim_more.h"
import "C"

// BIOs that have an SSL in them: what is written comes out encrypted at the
// next one. An SSL with SetBio does the same with less.

// NewBIOSSL makes a filter with an SSL of its own, as a client or as a server:
// BIO_new_ssl(3). SSL.SetBio on its GetSSL gives it what to read and write.
func NewBIOSSL(c *Ctx, client bool) (b *BIO, err error) {
	err = lend(c, func() error {
		b, err = makeBIO("BIO_new_ssl", func(out **C.BIO) *C.gossl_err { return C.gossl_bio_ssl(c.c(), cFlag(client), out) })
		return err
	})
	return b, err
}

// NewBIOSSLConnect makes a client that connects by itself to what
// SetConnHostname says: BIO_new_ssl_connect(3). It looks names up, and waits
// for that: a program that must not wait connects a socket and uses SSL.SetFd.
func NewBIOSSLConnect(c *Ctx) (*BIO, error) { return newBIOSSLConnect("BIO_new_ssl_connect", c, 0) }

// NewBIOBufferSSLConnect is NewBIOSSLConnect behind a buffer:
// BIO_new_buffer_ssl_connect(3).
func NewBIOBufferSSLConnect(c *Ctx) (*BIO, error) {
	return newBIOSSLConnect("BIO_new_buffer_ssl_connect", c, 1)
}

func newBIOSSLConnect(op string, c *Ctx, buffer C.int) (b *BIO, err error) {
	err = lend(c, func() error {
		b, err = makeBIO(op, func(out **C.BIO) *C.gossl_err { return C.gossl_bio_ssl_connect(c.c(), buffer, out) })
		return err
	})
	return b, err
}

// NewBIOFSSL makes a filter over an SSL that exists: BIO_new(3) of BIO_f_ssl(3)
// and BIO_set_ssl. The SSL remains the caller's; both together have one user at
// a time.
func NewBIOFSSL(s *SSL) (b *BIO, err error) {
	err = lend(s, func() error {
		b, err = makeBIO("BIO_set_ssl", func(out **C.BIO) *C.gossl_err { return C.gossl_bio_f_ssl(s.c(), out) })
		return err
	})
	return b, err
}

// GetSSL is the SSL in the BIO: BIO_get_ssl(3). Unlike in C it comes with a
// reference of its own, and the caller closes it.
func (b *BIO) GetSSL() (*SSL, error) {
	var p *C.SSL
	if err := b.call("BIO_get_ssl", func(b *C.BIO) *C.gossl_err { return C.gossl_bio_get_ssl(b, &p) }); err != nil {
		return nil, err
	}
	return newSSL(p), nil
}

// SSLCopySessionID has b use the session of from: BIO_ssl_copy_session_id(3).
func (b *BIO) SSLCopySessionID(from *BIO) error {
	return lend(from, func() error {
		return b.call("BIO_ssl_copy_session_id", func(b *C.BIO) *C.gossl_err { return C.gossl_bio_copy_session_id(b, from.c()) })
	})
}

// SSLShutdown sends close_notify: BIO_ssl_shutdown(3).
func (b *BIO) SSLShutdown() { b.do(func(b *C.BIO) { C.gossl_bio_ssl_shutdown(b) }) }

// SetConnHostname sets where to connect to, "host:port":
// BIO_set_conn_hostname(3).
func (b *BIO) SetConnHostname(name string) error {
	if err := checkString(name); err != nil {
		return err
	}
	return b.call("BIO_set_conn_hostname", func(b *C.BIO) *C.gossl_err {
		return withCString(name, func(n *C.char) *C.gossl_err { return C.gossl_bio_set_conn_hostname(b, n) })
	})
}

// SetNbio has the socket of NewBIOSSLConnect not wait: BIO_set_nbio(3).
func (b *BIO) SetNbio(on bool) { b.do(func(b *C.BIO) { C.gossl_bio_set_nbio(b, cFlag(on)) }) }

// DoHandshake connects and shakes hands: BIO_do_handshake(3).
func (b *BIO) DoHandshake() (Want, error) {
	if b.c() == nil {
		return WantNothing, ErrClosed
	}
	crossing()
	_, w, err := b.end("BIO_do_handshake", C.gossl_bio_do_handshake(b.c()))
	return w, err
}
