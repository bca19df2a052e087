package ossl

// #include "shim_crypto.h"
import "C"

import (
	"time"
	"unsafe"
)

// StoreCtx verifies one chain after another: X509_STORE_CTX. It has one user at
// a time. The caller closes it.
//
// Unlike in C it holds references to what Init and its setters are given, all
// of which may be closed at once.
type StoreCtx struct{ object }

// NewStoreCtx makes a StoreCtx: X509_STORE_CTX_new(3). Init comes next.
func NewStoreCtx() (*StoreCtx, error) {
	if err := CheckVersion(); err != nil {
		return nil, err
	}
	var p *C.gossl_store_ctx
	if err := failed("X509_STORE_CTX_new", C.gossl_store_ctx_new(&p)); err != nil {
		return nil, err
	}
	s := new(StoreCtx)
	s.open(unsafe.Pointer(p), kindStoreCtx)
	return s, nil
}

// Init begins anew: cert is to be verified by the trust of st and with the help
// of the certificates in untrusted: X509_STORE_CTX_init(3). It forgets what the
// setters set; only GetError and GetErrorDepth work before it.
func (s *StoreCtx) Init(st *Store, cert *X509, untrusted []*X509) error {
	list, err := x509Ptrs(untrusted)
	if err != nil {
		return err
	}
	return onObjects("X509_STORE_CTX_init", func() *C.gossl_err {
		return C.gossl_store_ctx_init(s.c(), st.c(), cert.c(), first(list), C.int(len(list)))
	}, append(pointers(untrusted), s, st, cert)...)
}

// Set0TrustedStack trusts these certificates instead of those of the Store:
// X509_STORE_CTX_set0_trusted_stack(3). They remain the caller's.
func (s *StoreCtx) Set0TrustedStack(trusted []*X509) error {
	list, err := x509Ptrs(trusted)
	if err != nil {
		return err
	}
	return onObjects("X509_STORE_CTX_set0_trusted_stack", func() *C.gossl_err {
		return C.gossl_store_ctx_set_trusted(s.c(), first(list), C.int(len(list)))
	}, append(pointers(trusted), s)...)
}

// Set0CRLs adds CRLs to those of the Store: X509_STORE_CTX_set0_crls(3). They
// remain the caller's.
func (s *StoreCtx) Set0CRLs(crls []*CRL) error {
	list := make([]*C.X509_CRL, len(crls))
	for i, c := range crls {
		list[i] = c.c()
	}
	return onObjects("X509_STORE_CTX_set0_crls", func() *C.gossl_err {
		return C.gossl_store_ctx_set_crls(s.c(), first(list), C.int(len(list)))
	}, append(pointers(crls), s)...)
}

// SetParam takes over what p has set: X509_STORE_CTX_get0_param(3) with
// X509_VERIFY_PARAM_set1(3).
func (s *StoreCtx) SetParam(p *VerifyParam) error {
	return onObjects("X509_VERIFY_PARAM_set1", func() *C.gossl_err { return C.gossl_store_ctx_set1_param(s.c(), p.c()) }, s, p)
}

// SetDefault takes the rules of that name, "ssl_server" to verify a server:
// X509_STORE_CTX_set_default(3).
func (s *StoreCtx) SetDefault(name string) error {
	if s.c() == nil {
		return ErrClosed
	}
	return with(name, func(name *C.char) error {
		return onObjects("X509_STORE_CTX_set_default", func() *C.gossl_err { return C.gossl_store_ctx_set_default(s.c(), name) }, s)
	})
}

// SetPurpose says what the certificate is for: X509_STORE_CTX_set_purpose(3).
func (s *StoreCtx) SetPurpose(p Purpose) error {
	return onObjects("X509_STORE_CTX_set_purpose", func() *C.gossl_err { return C.gossl_store_ctx_set_purpose(s.c(), C.int(p)) }, s)
}

// SetTrust says which trust setting of the root counts:
// X509_STORE_CTX_set_trust(3).
func (s *StoreCtx) SetTrust(t Trust) error {
	return onObjects("X509_STORE_CTX_set_trust", func() *C.gossl_err { return C.gossl_store_ctx_set_trust(s.c(), C.int(t)) }, s)
}

// SetFlags adds flags: X509_STORE_CTX_set_flags(3).
func (s *StoreCtx) SetFlags(f StoreFlags) {
	s.do(func(s *C.gossl_store_ctx) { C.gossl_store_ctx_set_flags(s, C.ulong(f)) })
}

// SetTime judges the chain as of then: X509_STORE_CTX_set_time(3).
func (s *StoreCtx) SetTime(t time.Time) {
	s.do(func(s *C.gossl_store_ctx) { C.gossl_store_ctx_set_time(s, C.int64_t(t.Unix())) })
}

// SetDepth bounds the number of intermediate certificates:
// X509_STORE_CTX_set_depth(3).
func (s *StoreCtx) SetDepth(depth int) {
	s.do(func(s *C.gossl_store_ctx) { C.gossl_store_ctx_set_depth(s, C.int(depth)) })
}

// VerifyCert verifies the chain; an error is an *Error with its Verify set, so
// that errors.Is finds the VerifyResult: X509_verify_cert(3). See GetErrorDepth,
// GetCurrentCert and Get1Chain for more.
func (s *StoreCtx) VerifyCert() error {
	return onObjects("X509_verify_cert", func() *C.gossl_err { return C.gossl_store_ctx_verify(s.c()) }, s)
}

// GetError is the outcome: X509_STORE_CTX_get_error(3).
func (s *StoreCtx) GetError() VerifyResult {
	return VerifyResult(valueOf(func() C.int { return C.gossl_store_ctx_error(s.c()) }, s))
}

// SetError sets what GetError says: X509_STORE_CTX_set_error(3).
func (s *StoreCtx) SetError(r VerifyResult) {
	s.do(func(s *C.gossl_store_ctx) { C.gossl_store_ctx_set_error(s, C.int(r)) })
}

// GetErrorDepth says which certificate GetError is about, 0 for the one that
// was to be verified, 1 for its issuer: X509_STORE_CTX_get_error_depth(3).
func (s *StoreCtx) GetErrorDepth() int {
	return int(valueOf(func() C.int { return C.gossl_store_ctx_depth(s.c()) }, s))
}

// GetNumUntrusted is how many certificates of the chain did not come from the
// Store: X509_STORE_CTX_get_num_untrusted(3).
func (s *StoreCtx) GetNumUntrusted() int {
	return int(valueOf(func() C.int { return C.gossl_store_ctx_untrusted(s.c()) }, s))
}

// Get1CurrentCert is the certificate that GetError is about, with a reference
// of its own; an error where there is none: X509_STORE_CTX_get_current_cert(3).
func (s *StoreCtx) Get1CurrentCert() (*X509, error) {
	return s.cert("X509_STORE_CTX_get_current_cert", func(out **C.X509) *C.gossl_err { return C.gossl_store_ctx_current(s.c(), 0, out) })
}

// Get1Cert is the certificate that was to be verified, with a reference of its
// own: X509_STORE_CTX_get0_cert(3).
func (s *StoreCtx) Get1Cert() (*X509, error) {
	return s.cert("X509_STORE_CTX_get0_cert", func(out **C.X509) *C.gossl_err { return C.gossl_store_ctx_current(s.c(), 1, out) })
}

// Get1CurrentIssuer is the issuer of the certificate that GetError is about:
// X509_STORE_CTX_get0_current_issuer(3).
func (s *StoreCtx) Get1CurrentIssuer() (*X509, error) {
	return s.cert("X509_STORE_CTX_get0_current_issuer", func(out **C.X509) *C.gossl_err { return C.gossl_store_ctx_current(s.c(), 2, out) })
}

// Get1Issuer finds the issuer of x among what is trusted; an error where there
// is none: X509_STORE_CTX_get1_issuer(3). The caller closes it.
func (s *StoreCtx) Get1Issuer(x *X509) (*X509, error) {
	return s.cert("X509_STORE_CTX_get1_issuer", func(out **C.X509) *C.gossl_err { return C.gossl_store_ctx_issuer(s.c(), x.c(), out) }, x)
}

// Get1Chain is the chain that was built, the certificate first and the root
// last, as far as it got: X509_STORE_CTX_get1_chain(3), and with references of
// their own X509_STORE_CTX_get0_chain(3). The caller closes each.
func (s *StoreCtx) Get1Chain() ([]*X509, error) {
	return s.certs("X509_STORE_CTX_get1_chain", func(out ***C.X509, n *C.int) *C.gossl_err { return C.gossl_store_ctx_chain(s.c(), out, n) })
}

// Get1Certs lists what the Store trusts under a subject, looked up where it has
// to be: X509_STORE_CTX_get1_certs(3), X509_STORE_CTX_get_by_subject(3). The
// caller closes each.
func (s *StoreCtx) Get1Certs(subject X509Name) ([]*X509, error) {
	der := subject.I2D()
	return s.certs("X509_STORE_CTX_get1_certs", func(out ***C.X509, n *C.int) *C.gossl_err {
		return C.gossl_store_ctx_certs(s.c(), bytesPtr(der), C.long(len(der)), out, n)
	})
}

// Peername is the name of the certificate that matched the expected host:
// X509_VERIFY_PARAM_get0_peername(3).
func (s *StoreCtx) Peername() string {
	return textOf("X509_VERIFY_PARAM_get0_peername", func(out **C.uchar, n *C.int) *C.gossl_err {
		return C.gossl_store_ctx_peername(s.c(), out, n)
	}, s)
}

// Close frees it: X509_STORE_CTX_free(3). A second Close does nothing. Nothing
// else may use s at the same time.
func (s *StoreCtx) Close() {
	if s != nil {
		s.close()
	}
}

func (s *StoreCtx) c() *C.gossl_store_ctx { return (*C.gossl_store_ctx)(s.ptr()) }

func (s *StoreCtx) ptr() unsafe.Pointer {
	if s == nil {
		return nil
	}
	return s.p
}

func (s *StoreCtx) do(f func(*C.gossl_store_ctx)) {
	valueOf(func() (none struct{}) { f(s.c()); return none }, s)
}

func (s *StoreCtx) cert(op string, f func(**C.X509) *C.gossl_err, others ...pointer) (*X509, error) {
	var p *C.X509
	if err := onObjects(op, func() *C.gossl_err { return f(&p) }, append(others, s)...); err != nil {
		return nil, err
	}
	return newX509(p), nil
}

func (s *StoreCtx) certs(op string, f func(***C.X509, *C.int) *C.gossl_err) ([]*X509, error) {
	var p **C.X509
	var n C.int
	if err := onObjects(op, func() *C.gossl_err { return f(&p, &n) }, s); err != nil {
		return nil, err
	}
	return newX509s(p, n), nil
}

// pointers is a list of owners as onObjects takes them.
func pointers[T pointer](list []T) []pointer {
	out := make([]pointer, len(list))
	for i, o := range list {
		out[i] = o
	}
	return out
}
