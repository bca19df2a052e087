package ossl

// #include <openssl/async.h>
// #include "shim_more.h"
import "C"

// AsyncStatus is what an asynchronous job says of itself:
// SSL_get_async_status(3).
type AsyncStatus int

// The states of a job.
const (
	AsyncStatusUnsupported AsyncStatus = C.ASYNC_STATUS_UNSUPPORTED
	AsyncStatusErr         AsyncStatus = C.ASYNC_STATUS_ERR
	AsyncStatusOK          AsyncStatus = C.ASYNC_STATUS_OK
	AsyncStatusEAgain      AsyncStatus = C.ASYNC_STATUS_EAGAIN
)

// GetAllAsyncFds lists the descriptors that the paused job waits for:
// SSL_get_all_async_fds(3). They belong to the job.
func (s *SSL) GetAllAsyncFds() []int {
	return sslValue(s, func(s *C.SSL) []int { crossing(); return fds(takeArray[C.int](C.gossl_async_fds(s))) })
}

// GetChangedAsyncFds lists the descriptors that the job waits for, or no longer
// waits for, since the last operation: SSL_get_changed_async_fds(3).
func (s *SSL) GetChangedAsyncFds() (added, removed []int) {
	var a, r C.gossl_bytes
	sslValue(s, func(s *C.SSL) C.int { crossing(); return C.gossl_changed_async_fds(s, &a, &r) })
	return fds(takeArray[C.int](a)), fds(takeArray[C.int](r))
}

// GetAsyncStatus is what the job said last, AsyncStatusUnsupported without one:
// SSL_get_async_status(3).
func (s *SSL) GetAsyncStatus() AsyncStatus {
	return AsyncStatus(sslValue(s, func(s *C.SSL) C.int { crossing(); return C.gossl_async_status(s) }))
}

func fds(list []C.int) []int {
	var ints []int
	for _, fd := range list {
		ints = append(ints, int(fd))
	}
	return ints
}
