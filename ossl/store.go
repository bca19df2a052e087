package ossl

// #include "shim.h"
import "C"

import (
	"runtime"
	"unsafe"
)

// Store is a set of trusted certificates: X509_STORE. Once filled it may be
// shared by any number of goroutines and Ctxs. The caller closes it.
type Store struct{ object }

// StoreFlags is a set of X509_V_FLAG_*: X509_STORE_set_flags(3).
type StoreFlags uint64

// The flags in common use.
const (
	FlagCRLCheck     StoreFlags = C.X509_V_FLAG_CRL_CHECK
	FlagCRLCheckAll  StoreFlags = C.X509_V_FLAG_CRL_CHECK_ALL
	FlagX509Strict   StoreFlags = C.X509_V_FLAG_X509_STRICT
	FlagPartialChain StoreFlags = C.X509_V_FLAG_PARTIAL_CHAIN
	FlagTrustedFirst StoreFlags = C.X509_V_FLAG_TRUSTED_FIRST
	FlagNoCheckTime  StoreFlags = C.X509_V_FLAG_NO_CHECK_TIME
)

// NewStore makes an empty Store: X509_STORE_new(3).
func NewStore() (*Store, error) {
	if err := CheckVersion(); err != nil {
		return nil, err
	}
	var p *C.X509_STORE
	if err := failed("X509_STORE_new", C.gossl_store_new(&p)); err != nil {
		return nil, err
	}
	return newStore(p), nil
}

func newStore(p *C.X509_STORE) *Store {
	st := new(Store)
	st.open(unsafe.Pointer(p), kindStore)
	return st
}

// AddCert trusts x: X509_STORE_add_cert(3). x remains the caller's.
func (st *Store) AddCert(x *X509) error {
	if x.c() == nil {
		return ErrClosed
	}
	err := st.call("X509_STORE_add_cert", func(st *C.X509_STORE) *C.gossl_err { return C.gossl_store_add_cert(st, x.c()) })
	runtime.KeepAlive(x)
	return err
}

// AddPEM trusts every certificate of a PEM text and says how many there are.
// A text without any, or with a damaged one, is an error.
func (st *Store) AddPEM(pem []byte) (int, error) {
	n, err := cLen(pem)
	if err != nil {
		return 0, err
	}
	var added C.int
	err = st.call("X509_STORE_add_cert", func(st *C.X509_STORE) *C.gossl_err {
		return C.gossl_store_add_pem(st, bytesPtr(pem), n, &added)
	})
	return int(added), err
}

// LoadFile trusts the certificates of a PEM file: X509_STORE_load_file(3).
func (st *Store) LoadFile(file string) error {
	return onFile(file, st.callString("X509_STORE_load_file", file, func(st *C.X509_STORE, s *C.char) *C.gossl_err {
		return C.gossl_store_load_file(st, s)
	}))
}

// LoadPath trusts the certificates of a folder made by openssl-rehash(1):
// X509_STORE_load_path(3).
func (st *Store) LoadPath(dir string) error {
	return onFile(dir, st.callString("X509_STORE_load_path", dir, func(st *C.X509_STORE, s *C.char) *C.gossl_err {
		return C.gossl_store_load_path(st, s)
	}))
}

// SetDefaultPaths trusts what the system trusts: X509_STORE_set_default_paths(3).
func (st *Store) SetDefaultPaths() error {
	return st.call("X509_STORE_set_default_paths", func(st *C.X509_STORE) *C.gossl_err {
		return C.gossl_store_set_default_paths(st)
	})
}

// SetFlags adds verification flags: X509_STORE_set_flags(3).
func (st *Store) SetFlags(f StoreFlags) error {
	return st.call("X509_STORE_set_flags", func(st *C.X509_STORE) *C.gossl_err {
		return C.gossl_store_set_flags(st, C.ulong(f))
	})
}

// Close drops this reference: X509_STORE_free(3). A second Close does nothing.
// Nothing else may use st at the same time.
func (st *Store) Close() {
	if st != nil {
		st.close()
	}
}

func (st *Store) c() *C.X509_STORE { return (*C.X509_STORE)(st.ptr()) }

func (st *Store) ptr() unsafe.Pointer {
	if st == nil {
		return nil
	}
	return st.p
}

func (st *Store) call(op string, f func(*C.X509_STORE) *C.gossl_err) error {
	if st.c() == nil {
		return ErrClosed
	}
	err := failed(op, f(st.c()))
	runtime.KeepAlive(st)
	return err
}

// callString is call for functions that take one string.
func (st *Store) callString(op, s string, f func(*C.X509_STORE, *C.char) *C.gossl_err) error {
	if err := checkString(s); err != nil {
		return err
	}
	return st.call(op, func(st *C.X509_STORE) *C.gossl_err {
		return withCString(s, func(cs *C.char) *C.gossl_err { return f(st, cs) })
	})
}
