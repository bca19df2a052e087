package ossl

// #include "shim_newer.h"
import "C"

import (
	"runtime"
	"time"
	"unsafe"
)

// Session is an SSL_SESSION: what a client needs to resume. It may be shared
// by any number of goroutines. The caller closes it.
type Session struct{ object }

// D2ISession reads a session that I2D wrote: d2i_SSL_SESSION(3) and
// d2i_SSL_SESSION_bio.
func D2ISession(der []byte) (*Session, error) {
	if err := CheckVersion(); err != nil {
		return nil, err
	}
	var p *C.SSL_SESSION
	if err := failed("d2i_SSL_SESSION", C.gossl_d2i_session(bytesPtr(der), C.long(len(der)), &p)); err != nil {
		return nil, err
	}
	return newSession(p), nil
}

func newSession(p *C.SSL_SESSION) *Session {
	s := new(Session)
	s.open(unsafe.Pointer(p), kindSession)
	return s
}

// I2D is the session in DER form, with its secrets: i2d_SSL_SESSION(3) and
// i2d_SSL_SESSION_bio. Keep it as you would keep a key.
func (s *Session) I2D() ([]byte, error) {
	return i2d("i2d_SSL_SESSION", s, func(out **C.uchar, n *C.int) *C.gossl_err {
		return C.gossl_i2d_session(s.c(), out, n)
	})
}

// IsResumable says whether the session can be resumed:
// SSL_SESSION_is_resumable(3).
func (s *Session) IsResumable() bool {
	return sessionValue(s, func(s *C.SSL_SESSION) C.int { return C.SSL_SESSION_is_resumable(s) }) != 0
}

// GetID is the session id: SSL_SESSION_get_id(3).
func (s *Session) GetID() []byte {
	return sessionValue(s, func(s *C.SSL_SESSION) []byte {
		var n C.uint
		p := C.SSL_SESSION_get_id(s, &n)
		return C.GoBytes(unsafe.Pointer(p), C.int(n))
	})
}

// GetProtocolVersion is the version that the session was made under:
// SSL_SESSION_get_protocol_version(3).
func (s *Session) GetProtocolVersion() int {
	return int(sessionValue(s, func(s *C.SSL_SESSION) C.int { return C.SSL_SESSION_get_protocol_version(s) }))
}

// GetTime is when the session was made: SSL_SESSION_get_time(3) and
// SSL_get_time.
func (s *Session) GetTime() time.Time {
	return sessionValue(s, func(s *C.SSL_SESSION) time.Time { return time.Unix(int64(C.gossl_session_time_ex(s, 0, 0)), 0) })
}

// GetTimeout is how long after GetTime it may be resumed:
// SSL_SESSION_get_timeout(3) and SSL_get_timeout.
func (s *Session) GetTimeout() time.Duration {
	return time.Duration(sessionValue(s, func(s *C.SSL_SESSION) C.long { return C.SSL_SESSION_get_timeout(s) })) * time.Second
}

// Close drops this reference: SSL_SESSION_free(3). A second Close does
// nothing. Nothing else may use s at the same time.
func (s *Session) Close() {
	if s != nil {
		s.close()
	}
}

func (s *Session) c() *C.SSL_SESSION { return (*C.SSL_SESSION)(s.ptr()) }

func (s *Session) ptr() unsafe.Pointer {
	if s == nil {
		return nil
	}
	return s.p
}

func sessionValue[T any](s *Session, f func(*C.SSL_SESSION) T) (v T) {
	if s.c() == nil {
		return v
	}
	v = f(s.c())
	runtime.KeepAlive(s)
	return v
}

// i2d runs one of OpenSSL's i2d functions and brings its bytes to Go.
func i2d(op string, o pointer, f func(**C.uchar, *C.int) *C.gossl_err) ([]byte, error) {
	if o.ptr() == nil {
		return nil, ErrClosed
	}
	var p *C.uchar
	var n C.int
	err := failed(op, f(&p, &n))
	runtime.KeepAlive(o)
	if err != nil {
		return nil, err
	}
	defer C.gossl_free(unsafe.Pointer(p))
	return C.GoBytes(unsafe.Pointer(p), n), nil
}
