package ossl

// #include "shim.h"
import "C"

import (
	"runtime"
	"unsafe"
)

// Method says which protocols and which roles an SSL made from a Ctx can
// have: ssl(7).
type Method struct {
	p       *C.SSL_METHOD
	version int // the only one, 0 for all
}

// TLSMethod is for TLS clients and servers, of every version the range allows:
// TLS_method(3).
func TLSMethod() Method { return Method{p: C.TLS_method()} }

// TLSClientMethod is for TLS clients: TLS_client_method(3).
func TLSClientMethod() Method { return Method{p: C.TLS_client_method()} }

// TLSServerMethod is for TLS servers: TLS_server_method(3).
func TLSServerMethod() Method { return Method{p: C.TLS_server_method()} }

// Ctx is an SSL_CTX: what many connections have in common. Configure it
// first, then share it: setters must not run at the same time as anything
// else on it, but any number of goroutines may make SSLs from it. One Ctx for
// all connections of a kind is not only convenient: making one takes global
// locks of OpenSSL 3.
//
// SSLs made from it keep what they need of it, so it may be closed before
// them.
type Ctx struct{ object }

// NewCtx makes a Ctx: SSL_CTX_new(3). The caller closes it.
//
// Apart from two things it is as OpenSSL makes it, which for a client means
// that nothing is verified (see SetVerify, or package bridge for safe
// defaults): a write may be retried from another address
// (SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER), and an encrypted key without a
// passphrase is an error, where OpenSSL would ask the terminal.
func NewCtx(m Method) (*Ctx, error) {
	if err := CheckVersion(); err != nil {
		return nil, err
	}
	var p *C.SSL_CTX
	if err := failed("SSL_CTX_new", C.gossl_ctx_new(m.p, &p)); err != nil {
		return nil, err
	}
	c := new(Ctx)
	c.open(unsafe.Pointer(p), kindCtx)
	if err := m.pin(c); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// NewSSL makes an SSL for one connection: SSL_new(3). The caller closes it.
func (c *Ctx) NewSSL() (*SSL, error) {
	var p *C.SSL
	err := c.call("SSL_new", func(c *C.SSL_CTX) *C.gossl_err {
		crossing()
		return C.gossl_new(c, &p)
	})
	if err != nil {
		return nil, err
	}
	s := new(SSL)
	s.open(unsafe.Pointer(p), kindSSL)
	return s, nil
}

// NewServerSSL makes an SSL for a socket that a server has accepted, and that
// stays the caller's: SSL_new(3), SSL_set_fd(3), SSL_set_accept_state(3), and
// SSL_set_mode(3) with mode. It is one crossing where four calls are four.
func (c *Ctx) NewServerSSL(fd int, mode Mode) (*SSL, error) {
	if c == nil || c.p == nil {
		return nil, ErrClosed
	}
	crossing()
	r := C.gossl_new_server(c.c(), C.int(fd), C.uint32_t(mode))
	runtime.KeepAlive(c)
	if r.err != nil {
		return nil, takeError("SSL_new", r.err)
	}
	s := new(SSL)
	s.open(unsafe.Pointer(r.ssl), kindSSL)
	return s, nil
}

// UpRef is a second Ctx for the same SSL_CTX, to be closed by itself:
// SSL_CTX_up_ref(3).
func (c *Ctx) UpRef() (*Ctx, error) {
	if c == nil || c.p == nil {
		return nil, ErrClosed
	}
	C.gossl_ctx_up_ref(c.c())
	d := new(Ctx)
	d.open(c.p, kindCtx)
	runtime.KeepAlive(c)
	return d, nil
}

// Close drops this reference to the SSL_CTX, which lives on while an SSL or
// another Ctx needs it: SSL_CTX_free(3). A second Close does nothing. Nothing
// else may use c at the same time.
func (c *Ctx) Close() {
	if c != nil {
		c.close()
	}
}

func (c *Ctx) c() *C.SSL_CTX { return (*C.SSL_CTX)(c.p) }

// call runs f on the C object unless it is closed.
func (c *Ctx) call(op string, f func(*C.SSL_CTX) *C.gossl_err) error {
	if c == nil || c.p == nil {
		return ErrClosed
	}
	err := failed(op, f(c.c()))
	runtime.KeepAlive(c)
	return err
}

// callString is call for functions that take one string.
func (c *Ctx) callString(op, s string, f func(*C.SSL_CTX, *C.char) *C.gossl_err) error {
	if err := checkString(s); err != nil {
		return err
	}
	return c.call(op, func(c *C.SSL_CTX) *C.gossl_err {
		return withCString(s, func(cs *C.char) *C.gossl_err { return f(c, cs) })
	})
}
