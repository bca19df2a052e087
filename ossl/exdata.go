package ossl

// #include "shim_more.h"
import "C"

import (
	"errors"
	"runtime"
	"runtime/cgo"
	"sync"
	"sync/atomic"
)

// ExIndex is a place for a Go value on every object of one type:
// SSL_get_ex_new_index(3). The zero ExIndex is none.
//
// A Go struct that holds the SSL often does better. This is for values that have
// to travel with what C makes: sessions of the cache, copies.
type ExIndex struct {
	class C.int
	idx   C.int // 0 is no index of ours: OpenSSL keeps that one
}

var errExIndex = errors.New("ossl: this ExIndex is for objects of another type, or the zero one: get one from its GetExNewIndex")

// CtxGetExNewIndex makes a place on every Ctx: SSL_CTX_get_ex_new_index(3). It
// lasts as long as the process, so make one for each purpose and keep it.
func CtxGetExNewIndex() (ExIndex, error) { return newExIndex(C.GOSSL_EX_CTX) }

// SSLGetExNewIndex makes a place on every SSL: SSL_get_ex_new_index(3),
// likewise.
func SSLGetExNewIndex() (ExIndex, error) { return newExIndex(C.GOSSL_EX_SSL) }

// SessionGetExNewIndex makes a place on every Session:
// SSL_SESSION_get_ex_new_index(3), likewise. Values do not travel in tickets,
// nor in I2D: see Set1TicketAppdata.
func SessionGetExNewIndex() (ExIndex, error) { return newExIndex(C.GOSSL_EX_SESSION) }

func newExIndex(class C.int) (ExIndex, error) {
	if err := CheckVersion(); err != nil {
		return ExIndex{}, err
	}
	idx := C.gossl_ex_index(class)
	if idx <= 0 {
		return ExIndex{}, errors.New("ossl: CRYPTO_get_ex_new_index: out of memory")
	}
	return ExIndex{class, idx}, nil
}

// SetExData puts a Go value on the SSL_CTX, which keeps it until another, or
// nil, takes its place or the SSL_CTX is freed: SSL_CTX_set_ex_data(3).
func (c *Ctx) SetExData(i ExIndex, v any) error { return setEx(c, C.GOSSL_EX_CTX, i, v) }

// GetExData is what SetExData put there, or nil: SSL_CTX_get_ex_data(3).
func (c *Ctx) GetExData(i ExIndex) any { return getEx(c, C.GOSSL_EX_CTX, i) }

// SetExData puts a Go value on the SSL: SSL_set_ex_data(3). See Ctx.SetExData.
func (s *SSL) SetExData(i ExIndex, v any) error { return setEx(s, C.GOSSL_EX_SSL, i, v) }

// GetExData is what SetExData put there, or nil: SSL_get_ex_data(3).
func (s *SSL) GetExData(i ExIndex) any { return getEx(s, C.GOSSL_EX_SSL, i) }

// SetExData puts a Go value on the session: SSL_SESSION_set_ex_data(3). See
// Ctx.SetExData.
func (s *Session) SetExData(i ExIndex, v any) error { return setEx(s, C.GOSSL_EX_SESSION, i, v) }

// GetExData is what SetExData put there, or nil: SSL_SESSION_get_ex_data(3).
func (s *Session) GetExData(i ExIndex) any { return getEx(s, C.GOSSL_EX_SESSION, i) }

// appIndex are the places of SetAppData.
var appIndex = [...]func() (ExIndex, error){
	C.GOSSL_EX_CTX:     sync.OnceValues(CtxGetExNewIndex),
	C.GOSSL_EX_SSL:     sync.OnceValues(SSLGetExNewIndex),
	C.GOSSL_EX_SESSION: sync.OnceValues(SessionGetExNewIndex),
}

// SetAppData is SetExData at a place that every program has:
// SSL_CTX_set_app_data(3).
func (c *Ctx) SetAppData(v any) error { return setApp(c, C.GOSSL_EX_CTX, v) }

// GetAppData is what SetAppData put there: SSL_CTX_get_app_data(3).
func (c *Ctx) GetAppData() any { return getApp(c, C.GOSSL_EX_CTX) }

// SetAppData is SetExData at a place that every program has:
// SSL_set_app_data(3).
func (s *SSL) SetAppData(v any) error { return setApp(s, C.GOSSL_EX_SSL, v) }

// GetAppData is what SetAppData put there: SSL_get_app_data(3).
func (s *SSL) GetAppData() any { return getApp(s, C.GOSSL_EX_SSL) }

// SetAppData is SetExData at a place that every program has:
// SSL_SESSION_set_app_data(3).
func (s *Session) SetAppData(v any) error { return setApp(s, C.GOSSL_EX_SESSION, v) }

// GetAppData is what SetAppData put there: SSL_SESSION_get_app_data(3).
func (s *Session) GetAppData() any { return getApp(s, C.GOSSL_EX_SESSION) }

// GetExDataX509StoreCtxIdx is where a verification keeps its SSL:
// SSL_get_ex_data_X509_STORE_CTX_idx(3). Hooks get their SSL as an argument.
func GetExDataX509StoreCtxIdx() int { return int(C.SSL_get_ex_data_X509_STORE_CTX_idx()) }

// exItems counts values that C holds, so that programs without any pay nothing.
var exItems atomic.Int64

func setApp(o pointer, class C.int, v any) error {
	i, err := appIndex[class]()
	if err != nil {
		return err
	}
	return setEx(o, class, i, v)
}

func getApp(o pointer, class C.int) any {
	i, err := appIndex[class]()
	if err != nil {
		return nil
	}
	return getEx(o, class, i)
}

func setEx(o pointer, class C.int, i ExIndex, v any) error {
	if o.ptr() == nil {
		return ErrClosed
	}
	if i.idx == 0 || i.class != class {
		return errExIndex
	}
	var h cgo.Handle
	if v != nil {
		h = cgo.NewHandle(v)
		exItems.Add(1)
	}
	crossing()
	err := failed("CRYPTO_set_ex_data", C.gossl_ex_set(class, o.ptr(), i.idx, C.uintptr_t(h)))
	runtime.KeepAlive(o)
	if err != nil && h != 0 {
		h.Delete()
		exItems.Add(-1)
	}
	dropExData()
	return err
}

func getEx(o pointer, class C.int, i ExIndex) any {
	if o.ptr() == nil || i.idx == 0 || i.class != class {
		return nil
	}
	crossing()
	h := cgo.Handle(C.gossl_ex_get(class, o.ptr(), i.idx))
	runtime.KeepAlive(o)
	if h == 0 {
		return nil
	}
	return h.Value()
}

// dropExData forgets the values of objects that C has freed.
func dropExData() {
	for exItems.Load() > 0 && atomic.LoadInt32((*int32)(&C.gossl_ex_dropped)) != 0 {
		var list [32]C.uintptr_t
		n := int(C.gossl_ex_drain(&list[0], C.size_t(len(list))))
		for _, h := range list[:n] {
			cgo.Handle(h).Delete()
		}
		exItems.Add(int64(-n))
		if n < len(list) {
			return
		}
	}
}
