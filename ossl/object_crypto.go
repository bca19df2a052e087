package ossl

// #include "shim_ocsp.h"
// #include "shim_store_uri.h"
import "C"

import (
	"runtime"
	"unsafe"
)

// CryptoCounts is the part of [Counts] for objects that are not about a
// connection.
type CryptoCounts struct {
	CRL, StoreCtx, VerifyParam, OSSLStore, Engine  int64
	OCSPRequest, OCSPResponse, OCSPBasicResp, Conf int64
}

func liveCrypto() CryptoCounts {
	return CryptoCounts{
		CRL: live[kindCRL].Load(), StoreCtx: live[kindStoreCtx].Load(), VerifyParam: live[kindVerifyParam].Load(),
		OSSLStore: live[kindOSSLStore].Load(), Engine: live[kindEngine].Load(),
		OCSPRequest: live[kindOCSPRequest].Load(), OCSPResponse: live[kindOCSPResponse].Load(),
		OCSPBasicResp: live[kindOCSPBasicResp].Load(), Conf: live[kindConf].Load(),
	}
}

func (r resource) freeCrypto() {
	switch r.kind {
	case kindCRL:
		C.X509_CRL_free((*C.X509_CRL)(r.p))
	case kindStoreCtx:
		C.gossl_store_ctx_free((*C.gossl_store_ctx)(r.p))
	case kindVerifyParam:
		C.gossl_param_free((*C.X509_VERIFY_PARAM)(r.p))
	case kindOCSPRequest:
		C.OCSP_REQUEST_free((*C.OCSP_REQUEST)(r.p))
	case kindOCSPResponse:
		C.OCSP_RESPONSE_free((*C.OCSP_RESPONSE)(r.p))
	case kindOCSPBasicResp:
		C.OCSP_BASICRESP_free((*C.OCSP_BASICRESP)(r.p))
	case kindOSSLStore:
		C.gossl_ossl_store_close((*C.gossl_ossl_store)(r.p))
	case kindEngine:
		C.gossl_engine_free((*C.gossl_engine)(r.p))
	case kindConf:
		C.NCONF_free((*C.CONF)(r.p))
	}
}

// onObjects runs f unless one of the objects is closed.
func onObjects(op string, f func() *C.gossl_err, objects ...pointer) error {
	if anyClosed(objects) {
		return ErrClosed
	}
	err := failed(op, f())
	runtime.KeepAlive(objects)
	return err
}

// bytesOf is onObjects for what brings bytes out of C.
func bytesOf(op string, f func(out **C.uchar, n *C.int) *C.gossl_err, objects ...pointer) ([]byte, error) {
	var p *C.uchar
	var n C.int
	if err := onObjects(op, func() *C.gossl_err { return f(&p, &n) }, objects...); err != nil {
		return nil, err
	}
	defer C.gossl_clear_free(unsafe.Pointer(p), C.size_t(n))
	return C.GoBytes(unsafe.Pointer(p), n), nil
}

// textOf is bytesOf for a text; "" where it fails.
func textOf(op string, f func(out **C.uchar, n *C.int) *C.gossl_err, objects ...pointer) string {
	b, _ := bytesOf(op, f, objects...)
	return string(b)
}

// valueOf is what f returns, or the zero value when one of the objects is
// closed.
func valueOf[T any](f func() T, objects ...pointer) (v T) {
	if anyClosed(objects) {
		return v
	}
	v = f()
	runtime.KeepAlive(objects)
	return v
}

func anyClosed(objects []pointer) bool {
	for _, o := range objects {
		if o.ptr() == nil {
			return true
		}
	}
	return false
}

// with is withCString for a string that must have no zero byte.
func with(s string, f func(*C.char) error) error {
	if err := checkString(s); err != nil {
		return err
	}
	return withCString(s, f)
}

// withOptional lends NULL for "".
func withOptional(s string, f func(*C.char) error) error {
	if s == "" {
		return f(nil)
	}
	return with(s, f)
}

// x509Ptrs are the C pointers of a chain, or ErrClosed when one is closed. The
// caller keeps the chain alive.
func x509Ptrs(chain []*X509) ([]*C.X509, error) {
	list := make([]*C.X509, len(chain))
	for i, x := range chain {
		if list[i] = x.c(); list[i] == nil {
			return nil, ErrClosed
		}
	}
	return list, nil
}

// newX509s takes over what gossl_x509_list made.
func newX509s(p **C.X509, n C.int) []*X509 {
	defer C.gossl_free(unsafe.Pointer(p))
	list := make([]*X509, n)
	for i, c := range unsafe.Slice(p, int(n)) {
		list[i] = newX509(c)
	}
	return list
}

// CloseX509s closes each certificate of a chain: sk_X509_pop_free(3).
func CloseX509s(chain []*X509) {
	for _, x := range chain {
		x.Close()
	}
}

// first is where a list begins, nil where it is empty.
func first[T any](list []T) *T { return unsafe.SliceData(list) }
