package ossl

// #include "shim.h"
import "C"

import (
	"io"
	"runtime"
	"syscall"
	"unsafe"
)

// SSL is one connection: libssl's state machine over a descriptor that the
// caller owns. It has one user at a time: no two goroutines may call methods
// of it at once, not even one reading and one writing.
//
// Operations never wait. What they would wait for they return as a [Want];
// arm that event, and call the same operation again. Each is one crossing into
// C that brings its verdict and the error queue back with it, so goroutines
// may move between threads as they like.
type SSL struct {
	object
	told bool // see HasEvents
}

// NewSSL makes an SSL for one connection: SSL_new(3). It is c.NewSSL().
func NewSSL(c *Ctx) (*SSL, error) { return c.NewSSL() }

// Connect takes the handshake as a client as far as it goes: SSL_connect(3).
func (s *SSL) Connect() (Want, error) { return s.step("SSL_connect", C.GOSSL_CONNECT) }

// Accept takes the handshake as a server as far as it goes: SSL_accept(3).
func (s *SSL) Accept() (Want, error) { return s.step("SSL_accept", C.GOSSL_ACCEPT) }

// DoHandshake takes the handshake as far as it goes, in the role that
// SetConnectState or SetAcceptState set: SSL_do_handshake(3).
func (s *SSL) DoHandshake() (Want, error) { return s.step("SSL_do_handshake", C.GOSSL_DO_HANDSHAKE) }

func (s *SSL) step(op string, kind C.int) (Want, error) {
	if s == nil || s.p == nil {
		return WantNothing, ErrClosed
	}
	crossing()
	r := C.gossl_step(s.handle(), kind)
	runtime.KeepAlive(s)
	s.note(C.int32_t(r.told))
	return verdict(op, r.code, r.sys, r.err)
}

// Read reads decrypted bytes into p: SSL_read_ex(3), which is SSL_read, again
// and again while libssl holds more and p has room; under DTLS it is one
// message. n may be above 0 together with a Want or an error; take the bytes
// first.
//
// close_notify is io.EOF. A connection cut without it is io.ErrUnexpectedEOF.
func (s *SSL) Read(p []byte) (n int, w Want, err error) {
	if s == nil || s.p == nil {
		return 0, WantNothing, ErrClosed
	}
	if len(p) == 0 {
		return 0, WantNothing, nil
	}
	crossing()
	r := C.gossl_read(s.handle(), bytesPtr(p), C.size_t(len(p)))
	runtime.KeepAlive(s)
	s.note(C.int32_t(r.told))
	if r.code != C.SSL_ERROR_NONE {
		w, err = readVerdict("SSL_read", r.code, r.sys, r.err)
	}
	return int(r.n), w, err
}

// Peek is Read without taking the bytes away, of one record at most:
// SSL_peek_ex(3), which is SSL_peek.
func (s *SSL) Peek(p []byte) (n int, w Want, err error) {
	if s == nil || s.p == nil {
		return 0, WantNothing, ErrClosed
	}
	if len(p) == 0 {
		return 0, WantNothing, nil
	}
	crossing()
	r := C.gossl_peek(s.handle(), bytesPtr(p), C.size_t(len(p)))
	runtime.KeepAlive(s)
	s.note(C.int32_t(r.told))
	w, err = readVerdict("SSL_peek", r.code, r.sys, r.err)
	return int(r.n), w, err
}

// Write encrypts and sends p: SSL_write_ex(3), which is SSL_write. n is how much of it is done.
// With ModeEnablePartialWrite n may be above 0 together with a Want.
//
// After a Want, libssl holds a record that the socket has not taken: the next
// Write must bring the bytes from p[n:] again, from any address, and may add
// to them. Other bytes would be lost without an error. A Write of nothing does
// nothing.
func (s *SSL) Write(p []byte) (n int, w Want, err error) {
	if s == nil || s.p == nil {
		return 0, WantNothing, ErrClosed
	}
	if len(p) == 0 {
		return 0, WantNothing, nil
	}
	crossing()
	r := C.gossl_write(s.handle(), bytesPtr(p), C.size_t(len(p)))
	runtime.KeepAlive(s)
	s.note(C.int32_t(r.told))
	if r.code == C.SSL_ERROR_NONE {
		return int(r.n), WantNothing, nil
	}
	w, err = verdict("SSL_write", r.code, r.sys, r.err)
	return int(r.n), w, err
}

// Shutdown sends close_notify, and when called again takes the peer's:
// SSL_shutdown(3). done means that both have passed. Neither done, nor a want,
// nor an error means that ours is sent and the peer's has not come: call it
// again to wait for it, or leave it at that.
//
// It is an error during the handshake (ReasonShutdownWhileInInit), and must
// not be called after an operation failed for good.
func (s *SSL) Shutdown() (done bool, w Want, err error) {
	if s == nil || s.p == nil {
		return false, WantNothing, ErrClosed
	}
	crossing()
	r := C.gossl_step(s.handle(), C.GOSSL_SHUTDOWN)
	runtime.KeepAlive(s)
	s.note(C.int32_t(r.told))
	w, err = verdict("SSL_shutdown", r.code, r.sys, r.err)
	return r.code == C.SSL_ERROR_NONE && r.n == 1, w, err
}

// Pending is the number of decrypted bytes that Read returns without touching
// the socket: SSL_pending(3).
func (s *SSL) Pending() int {
	return int(sslValue(s, func(s *C.SSL) C.int { return C.SSL_pending(s) }))
}

// HasPending says whether libssl holds bytes that no event of the socket will
// announce: SSL_has_pending(3). With read-ahead it is also true for a part of
// a record, so after a Want wait for the socket whatever it says.
func (s *SSL) HasPending() bool {
	return sslValue(s, func(s *C.SSL) C.int { return C.SSL_has_pending(s) }) != 0
}

// Close frees the SSL and sends nothing: SSL_free(3). The descriptor stays
// open, and is the caller's. A second Close does nothing. Nothing else may use
// s at the same time.
func (s *SSL) Close() {
	if s != nil {
		s.close()
	}
}

func (s *SSL) c() *C.SSL { return (*C.SSL)(s.ptr()) }

// handle is c for the operations of the data path: of a number cgo checks
// nothing, which is a quarter of what a crossing costs.
func (s *SSL) handle() C.uintptr_t { return C.uintptr_t(uintptr(s.p)) }

func (s *SSL) ptr() unsafe.Pointer {
	if s == nil {
		return nil
	}
	return s.p
}

// verdict turns SSL_get_error's code, and the queue behind it, into a Want or
// an error.
func verdict(op string, code, sys C.int, e *C.gossl_err) (Want, error) {
	switch {
	case code == C.SSL_ERROR_NONE:
		return WantNothing, nil
	case code == C.SSL_ERROR_ZERO_RETURN:
		return WantNothing, &Error{Op: op, Code: ErrorZeroReturn}
	case e != nil:
		return WantNothing, takeError(op, e)
	case wantOf(code) != WantNothing:
		return wantOf(code), nil
	default:
		return WantNothing, &Error{Op: op, Code: ErrorCode(code), Errno: syscall.Errno(sys)}
	}
}

// note remembers that libssl has told something: see HasEvents.
func (s *SSL) note(told C.int32_t) {
	if told != 0 {
		s.told = true
	}
}

// readVerdict is verdict for a reader.
func readVerdict(op string, code, sys C.int, e *C.gossl_err) (Want, error) {
	w, err := verdict(op, code, sys, e)
	return w, plainEOF(err)
}

// plainEOF gives a reader the two ends of a stream as package io names them.
func plainEOF(err error) error {
	e, ok := err.(*Error) //nolint:errorlint // verdict returns it unwrapped
	switch {
	case !ok:
		return err
	case e.Code == ErrorZeroReturn:
		return io.EOF
	case e.cut():
		return io.ErrUnexpectedEOF
	default:
		return err
	}
}

// sslValue reads one value; of a closed SSL the zero value.
func sslValue[T any](s *SSL, f func(*C.SSL) T) (v T) {
	if s == nil || s.p == nil {
		return v
	}
	v = f(s.c())
	runtime.KeepAlive(s)
	return v
}
