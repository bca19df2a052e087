package ossl

// #include <stdlib.h>
// #include "shim_ticket.h"
import "C"

import (
	"fmt"
	"unsafe"
)

// MaxRemoved is the most that SessSetRemoveCb keeps.
const MaxRemoved = 1 << 20

// SessSetRemoveCb has c keep the ids of sessions that libssl removes, for
// TakeRemoved: SSL_CTX_sess_set_remove_cb(3), answered in C. It removes those of
// connections that ended badly, so that nobody resumes them, and with an
// internal cache those that are too old or too many. That happens in any
// operation of an SSL, and outside of one.
//
// At most limit ids are kept, of 33 bytes each that are taken now; the oldest
// make room for new ones. It is a setter like any other; what was kept before is
// forgotten.
func (c *Ctx) SessSetRemoveCb(limit int) error {
	if c == nil || c.p == nil {
		return ErrClosed
	}
	if limit < 1 || limit > MaxRemoved {
		return fmt.Errorf("ossl: room for %d removed sessions: must be 1 to %d", limit, MaxRemoved)
	}
	return c.call("SSL_CTX_sess_set_remove_cb", func(c *C.SSL_CTX) *C.gossl_err {
		crossing()
		return C.gossl_ctx_set_remove_cb(c, C.size_t(limit))
	})
}

// TakeRemoved is the ids of sessions that were removed since the last time, the
// oldest first; nil for none, and unless SessSetRemoveCb was called. It may be
// called at any time and from any goroutine. SSLs that have changed to another
// Ctx report to their first.
func (c *Ctx) TakeRemoved() [][]byte {
	return ctxValue(c, func(c *C.SSL_CTX) [][]byte {
		crossing()
		r := C.gossl_take_removed(c)
		if r.p == nil {
			return nil
		}
		defer C.free(unsafe.Pointer(r.p))
		ids := make([][]byte, r.n)
		for i := range ids {
			slot := unsafe.Slice((*byte)(r.p), r.n*C.GOSSL_REMOVED_SIZE)[i*C.GOSSL_REMOVED_SIZE:]
			ids[i] = append([]byte(nil), slot[1:1+slot[0]]...)
		}
		return ids
	})
}
