package ossl

// #include "shim_more.h"
import "C"

import (
	"errors"
	"runtime"
	"sync/atomic"
	"unsafe"
)

// ErrClosed is what every method of a closed object returns where it can
// return an error.
var ErrClosed = errors.New("ossl: use of a closed object")

// Counts is the number of objects of each type that are open.
type Counts struct {
	Ctx, SSL, Session, X509, PKey, Store int64
	CryptoCounts
	PartCounts
	EVPCounts
	// Signer counts the signers that keys of NewSignerKey hold.
	Signer int64
	// Leaked counts objects that the garbage collector had to free, because
	// nobody had called Close. It never goes down.
	Leaked int64
}

// Live counts the objects of this package that have not been closed: for leak
// checks in tests, and for metrics. It may be called from any goroutine.
func Live() Counts {
	dropSigners()
	return Counts{
		Ctx: live[kindCtx].Load(), SSL: live[kindSSL].Load(), Session: live[kindSession].Load(),
		X509: live[kindX509].Load(), PKey: live[kindPKey].Load(), Store: live[kindStore].Load(),
		CryptoCounts: liveCrypto(), PartCounts: liveParts(), EVPCounts: liveEVP(),
		Signer: signers.held.Load(), Leaked: leaked.Load(),
	}
}

type kind uint8

const (
	kindCtx kind = iota
	kindSSL
	kindSession
	kindX509
	kindPKey
	kindStore
	kindCRL
	kindStoreCtx
	kindVerifyParam
	kindOSSLStore
	kindEngine
	kindOCSPRequest
	kindOCSPResponse
	kindOCSPBasicResp
	kindConf
	kindBIO
	kindConfCtx
	kindLibCtx
	kindProvider
	kindMDCtx
	kindMACCtx
	kindCipherCtx
	kinds
)

var (
	live   [kinds]atomic.Int64
	leaked atomic.Int64
)

// object is one C object with one reference of ours. close gives it back; the
// cleanup is the backstop for owners that forgot.
//
// Methods of its owners end in runtime.KeepAlive(owner), or the cleanup could
// run while C works on the object.
type object struct {
	p       unsafe.Pointer // nil once closed
	cleanup runtime.Cleanup
	kind    kind
}

// pointer is an owner of an object. Its ptr is nil when the owner is nil or
// closed.
type pointer interface{ ptr() unsafe.Pointer }

type resource struct {
	p    unsafe.Pointer
	kind kind
}

func (o *object) open(p unsafe.Pointer, k kind) {
	live[k].Add(1)
	o.p, o.kind = p, k
	o.cleanup = runtime.AddCleanup(o, func(r resource) {
		r.free()
		leaked.Add(1) // last: whoever sees it finds the object gone
	}, resource{p, k})
}

// close is every owner's Close, which has to look for nil itself: Go finds no
// embedded object in a nil owner.
func (o *object) close() {
	if o.p == nil {
		return
	}
	o.cleanup.Stop()
	r := resource{o.p, o.kind}
	o.p = nil
	r.free()
	runtime.KeepAlive(o)
}

func (r resource) free() {
	crossing()
	switch r.kind {
	case kindCtx:
		C.SSL_CTX_free((*C.SSL_CTX)(r.p))
	case kindSSL:
		C.SSL_free((*C.SSL)(r.p))
	case kindSession:
		C.SSL_SESSION_free((*C.SSL_SESSION)(r.p))
	case kindX509:
		C.X509_free((*C.X509)(r.p))
	case kindPKey:
		C.EVP_PKEY_free((*C.EVP_PKEY)(r.p))
	case kindStore:
		C.X509_STORE_free((*C.X509_STORE)(r.p))
	case kindBIO, kindConfCtx, kindLibCtx, kindProvider:
		r.freePart()
	case kindMDCtx, kindMACCtx, kindCipherCtx:
		r.freeEVP()
	default:
		r.freeCrypto()
	}
	live[r.kind].Add(-1)
	dropExData()
	dropSigners()
}
