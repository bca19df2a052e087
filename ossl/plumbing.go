package ossl

// #include <stdlib.h>
// #include "shim_more.h"
import "C"

import (
	"math"
	"runtime"
	"unsafe"
)

//go:generate go run ./internal/gen

// cInt is v for functions that take an int: what does not fit becomes the
// nearest that does, which they refuse.
func cInt(v int) C.int { return C.int(min(max(v, math.MinInt32), math.MaxInt32)) }

// cSize is v for functions that take a size.
func cSize(v int) C.size_t { return C.size_t(max(v, 0)) }

// cFlag is v as C has it.
func cFlag(v bool) C.int {
	if v {
		return 1
	}
	return 0
}

func (c *Ctx) ptr() unsafe.Pointer {
	if c == nil {
		return nil
	}
	return c.p
}

// lend keeps o open while f uses it.
func lend(o pointer, f func() error) error {
	if o.ptr() == nil {
		return ErrClosed
	}
	err := f()
	runtime.KeepAlive(o)
	return err
}

// call runs f on the C object unless it is closed.
func (s *Session) call(op string, f func(*C.SSL_SESSION) *C.gossl_err) error {
	if s.c() == nil {
		return ErrClosed
	}
	err := failed(op, f(s.c()))
	runtime.KeepAlive(s)
	return err
}

// callString is call for functions that take one string.
func (s *Session) callString(op, arg string, f func(*C.SSL_SESSION, *C.char) *C.gossl_err) error {
	if err := checkString(arg); err != nil {
		return err
	}
	return s.call(op, func(s *C.SSL_SESSION) *C.gossl_err {
		return withCString(arg, func(cs *C.char) *C.gossl_err { return f(s, cs) })
	})
}

// cipherValue reads one value; of the zero Cipher the zero value.
func cipherValue[T any](c Cipher, f func(*C.SSL_CIPHER) T) (v T) {
	if c.p == nil {
		return v
	}
	return f(c.p)
}

// takeBytes copies what C made with malloc, wipes it, as it may be a secret,
// and frees it.
func takeBytes(b C.gossl_bytes) []byte { return takeArray[byte](b) }

// takeArray is takeBytes for an array of values.
func takeArray[T any](b C.gossl_bytes) []T {
	if b.p == nil {
		return nil
	}
	var v T
	list := append([]T(nil), unsafe.Slice((*T)(unsafe.Pointer(b.p)), uintptr(b.n)/unsafe.Sizeof(v))...)
	C.OPENSSL_cleanse(unsafe.Pointer(b.p), b.n)
	C.free(unsafe.Pointer(b.p))
	return list
}

// cInts is a list in C's type of numbers.
func cInts(list []NID) []C.int {
	ints := make([]C.int, len(list))
	for i, v := range list {
		ints[i] = cInt(int(v))
	}
	return ints
}

// nids is cInts the other way.
func nids(ints []C.int) []NID {
	var list []NID
	for _, v := range ints {
		list = append(list, NID(v))
	}
	return list
}
