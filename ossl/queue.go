package ossl

// #include "shim.h"
import "C"

// peekQueue is the oldest entry of this thread's error queue, 0 when it is
// empty. Only tests have a use for it: no operation relies on the queue that
// another left, so nothing else looks.
func peekQueue() Reason { return Reason(C.gossl_peek_queue()) }

// pushStaleError leaves an entry in this thread's error queue, as C code that
// does not clean up would, and returns it.
func pushStaleError() Reason { return Reason(C.gossl_push_stale_error()) }
