package ossl

// #include "shim.h"
import "C"

import "fmt"

// Want says what must happen before an operation can go on: what SSL_want(3)
// and SSL_get_error(3) tell, in one. It is a value and never an error. When
// what it asks for has happened, call the same operation again.
type Want uint8

const (
	// WantNothing means that the operation is finished, well or badly: see
	// its error.
	WantNothing Want = iota
	// WantRead means: again when the socket is readable. A Write may ask for
	// this, and a Read for the opposite.
	WantRead
	// WantWrite means: again when the socket is writable. A Write that asked
	// for it must be repeated with the same bytes.
	WantWrite
	// WantX509Lookup means that the certificate callback asked to be called
	// again.
	WantX509Lookup
	// WantClientHello means that the ClientHello callback suspended the
	// handshake.
	WantClientHello
	// WantRetryVerify means that the verify callback suspended the handshake
	// (clients only).
	WantRetryVerify
	// WantAsync means that an asynchronous job is paused: wait for its
	// descriptor.
	WantAsync
	// WantAsyncJob means that the pool of asynchronous jobs is exhausted: try
	// again later.
	WantAsyncJob
)

var wantNames = [...]string{"nothing", "read", "write", "X.509 lookup", "client hello", "retry verify", "async", "async job"}

// String is the want in words: "read", "write", …
func (w Want) String() string {
	if int(w) < len(wantNames) {
		return wantNames[w]
	}
	return fmt.Sprintf("want(%d)", uint8(w))
}

// wants maps SSL_get_error's codes; those that are no wants map to
// WantNothing.
var wants = [...]Want{
	C.SSL_ERROR_WANT_READ:            WantRead,
	C.SSL_ERROR_WANT_WRITE:           WantWrite,
	C.SSL_ERROR_WANT_X509_LOOKUP:     WantX509Lookup,
	C.SSL_ERROR_WANT_CONNECT:         WantWrite,
	C.SSL_ERROR_WANT_ACCEPT:          WantRead,
	C.SSL_ERROR_WANT_ASYNC:           WantAsync,
	C.SSL_ERROR_WANT_ASYNC_JOB:       WantAsyncJob,
	C.SSL_ERROR_WANT_CLIENT_HELLO_CB: WantClientHello,
	C.SSL_ERROR_WANT_RETRY_VERIFY:    WantRetryVerify,
}

func wantOf(code C.int) Want {
	if code < 0 || int(code) >= len(wants) {
		return WantNothing
	}
	return wants[code]
}
