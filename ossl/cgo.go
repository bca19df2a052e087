package ossl

/*
#cgo pkg-config: libssl libcrypto
#cgo CFLAGS: -O2 -Wall
#cgo noescape gossl_read
#cgo nocallback gossl_read
#cgo noescape gossl_peek
#cgo nocallback gossl_peek
#cgo noescape gossl_write
#cgo nocallback gossl_write
#cgo noescape gossl_run
#cgo nocallback gossl_run

#include <stdlib.h>
#include "shim.h"
*/
import "C"

import (
	"errors"
	"strings"
	"unsafe"
)

// errZeroByte keeps a name from being cut where C would take it to end: a
// client would verify another host than it was told to.
var errZeroByte = errors.New("ossl: zero byte in a string: C would take it for the end")

func checkString(s string) error {
	if strings.IndexByte(s, 0) >= 0 {
		return errZeroByte
	}
	return nil
}

// withCString lends s to f as a C string, and wipes it, as it may be a
// passphrase.
func withCString[T any](s string, f func(*C.char) T) T {
	cs := C.CString(s)
	defer func() {
		C.OPENSSL_cleanse(unsafe.Pointer(cs), C.size_t(len(s)))
		C.free(unsafe.Pointer(cs))
	}()
	return f(cs)
}

// bytesPtr is where b begins, in the type OpenSSL has for bytes; nil when b is
// empty. An unsafe.Pointer would have cgo look for pointers in all of the
// object that b is a part of, and refuse a buffer inside a Go struct.
func bytesPtr(b []byte) *C.uchar { return (*C.uchar)(unsafe.SliceData(b)) }
