package ossl

// #include "shim_more.h"
import "C"

import (
	"runtime"
	"unsafe"
)

// InitSSL sets libssl up with OPENSSL_INIT_* options: OPENSSL_init_ssl(3). It
// happens by itself with the first Ctx: SSL_library_init and
// SSL_load_error_strings need no successor.
func InitSSL(opts uint64) error {
	if err := CheckVersion(); err != nil {
		return err
	}
	return failed("OPENSSL_init_ssl", C.gossl_init_ssl(C.uint64_t(opts)))
}

// The options that InitSSL knows, beside those of OPENSSL_init_crypto(3).
const (
	InitNoLoadSSLStrings = uint64(C.OPENSSL_INIT_NO_LOAD_SSL_STRINGS)
	InitLoadSSLStrings   = uint64(C.OPENSSL_INIT_LOAD_SSL_STRINGS)
	InitNoLoadConfig     = uint64(C.OPENSSL_INIT_NO_LOAD_CONFIG)
	InitLoadConfig       = uint64(C.OPENSSL_INIT_LOAD_CONFIG)
)

// Dup is a second SSL with the same settings, before a handshake has begun:
// SSL_dup(3). Once one has, it is UpRef. The caller closes it.
func (s *SSL) Dup() (*SSL, error) {
	var p *C.SSL
	err := s.call("SSL_dup", func(s *C.SSL) *C.gossl_err { crossing(); return C.gossl_dup(s, &p) })
	if err != nil {
		return nil, err
	}
	return newSSL(p), nil
}

// UpRef is a second SSL for the same connection, to be closed by itself:
// SSL_up_ref(3). The two still have one user at a time.
func (s *SSL) UpRef() (*SSL, error) {
	if s == nil || s.p == nil {
		return nil, ErrClosed
	}
	crossing()
	C.gossl_up_ref(s.c())
	d := newSSL(s.c())
	runtime.KeepAlive(s)
	return d, nil
}

// GetSSLMethod is the method that the Ctx was made with:
// SSL_CTX_get_ssl_method(3).
func (c *Ctx) GetSSLMethod() Method {
	return Method{p: ctxValue(c, func(c *C.SSL_CTX) *C.SSL_METHOD { crossing(); return C.gossl_ctx_method(c) })}
}

// SetSSLVersion gives the Ctx another method: SSL_CTX_set_ssl_version(3), which
// is deprecated. It also sets the cipher list back.
func (c *Ctx) SetSSLVersion(m Method) error {
	err := c.call("SSL_CTX_set_ssl_version", func(c *C.SSL_CTX) *C.gossl_err { crossing(); return C.gossl_ctx_set_ssl_version(c, m.p) })
	if err != nil {
		return err
	}
	return m.pin(c)
}

// GetSSLMethod is the method of the SSL: SSL_get_ssl_method(3).
func (s *SSL) GetSSLMethod() Method {
	return Method{p: sslValue(s, func(s *C.SSL) *C.SSL_METHOD { crossing(); return C.gossl_ssl_method(s) })}
}

// SetSSLMethod gives the SSL another method, before the handshake:
// SSL_set_ssl_method(3). Role and versions are better set by SetConnectState,
// SetAcceptState and SetMaxProtoVersion.
func (s *SSL) SetSSLMethod(m Method) error {
	return s.call("SSL_set_ssl_method", func(s *C.SSL) *C.gossl_err { crossing(); return C.gossl_set_ssl_method(s, m.p) })
}

// Trace is a TLS message in words, as openssl s_client -trace prints it:
// SSL_trace(3). contentType is that of the record, 22 for handshake messages,
// and version that of the message. "" means that this build has no trace.
func (s *SSL) Trace(write bool, version, contentType int, msg []byte) string {
	return string(sslValue(s, func(s *C.SSL) []byte {
		crossing()
		var known C.int
		return takeBytes(C.gossl_trace(s, cFlag(write), cInt(version), cInt(contentType), bytesPtr(msg), C.size_t(len(msg)), &known))
	}))
}

func newSSL(p *C.SSL) *SSL {
	s := new(SSL)
	s.open(unsafe.Pointer(p), kindSSL)
	return s
}

func newCtx(p *C.SSL_CTX) *Ctx {
	c := new(Ctx)
	c.open(unsafe.Pointer(p), kindCtx)
	return c
}
