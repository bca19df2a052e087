package ossl

// #include <openssl/x509v3.h>
// #include "shim_crypto.h"
import "C"

import "unsafe"

// HostFlags says how names are compared: X509_CHECK_FLAG_* of
// X509_check_host(3).
type HostFlags uint32

// The ways to compare names.
const (
	CheckFlagAlwaysCheckSubject    HostFlags = C.X509_CHECK_FLAG_ALWAYS_CHECK_SUBJECT
	CheckFlagNeverCheckSubject     HostFlags = C.X509_CHECK_FLAG_NEVER_CHECK_SUBJECT
	CheckFlagNoWildcards           HostFlags = C.X509_CHECK_FLAG_NO_WILDCARDS
	CheckFlagNoPartialWildcards    HostFlags = C.X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS
	CheckFlagMultiLabelWildcards   HostFlags = C.X509_CHECK_FLAG_MULTI_LABEL_WILDCARDS
	CheckFlagSingleLabelSubdomains HostFlags = C.X509_CHECK_FLAG_SINGLE_LABEL_SUBDOMAINS
)

// CheckHost says whether the certificate is for the host, and by which of its
// names: X509_check_host(3). It verifies nothing else.
func (x *X509) CheckHost(host string, flags HostFlags) (peername string, ok bool) {
	if x.c() == nil || host == "" || checkString(host) != nil {
		return "", false
	}
	withCString(host, func(s *C.char) (none struct{}) {
		var name *C.char
		ok = valueOf(func() C.int {
			return C.gossl_x509_check_host(x.c(), s, C.size_t(len(host)), C.uint(flags), &name)
		}, x) == 1
		if name != nil {
			peername = C.GoString(name)
			C.gossl_free(unsafe.Pointer(name))
		}
		return none
	})
	return peername, ok
}

// CheckEmail says whether the certificate is for the e-mail address:
// X509_check_email(3).
func (x *X509) CheckEmail(address string, flags HostFlags) bool {
	if address == "" {
		return false
	}
	return x.checkString(address, func(x *C.X509, s *C.char) C.int {
		return C.gossl_x509_check_email(x, s, C.size_t(len(address)), C.uint(flags))
	})
}

// CheckIP says whether the certificate is for the address, of 4 or 16 bytes as
// netip.Addr.AsSlice has them: X509_check_ip(3).
func (x *X509) CheckIP(ip []byte, flags HostFlags) bool {
	return len(ip) > 0 && valueOf(func() C.int {
		return C.gossl_x509_check_ip(x.c(), bytesPtr(ip), C.size_t(len(ip)), C.uint(flags))
	}, x) == 1
}

// CheckIPAsc is CheckIP with the address as text: X509_check_ip_asc(3). What is
// no address matches nothing.
func (x *X509) CheckIPAsc(ip string, flags HostFlags) bool {
	return x.checkString(ip, func(x *C.X509, s *C.char) C.int { return C.gossl_x509_check_ip_asc(x, s, C.uint(flags)) })
}

// CheckPurpose says whether the certificate may be used for the purpose, or,
// with ca, as a CA of such certificates: X509_check_purpose(3).
func (x *X509) CheckPurpose(p Purpose, ca bool) bool {
	return valueOf(func() C.int { return C.gossl_x509_check_purpose(x.c(), C.int(p), cBool(ca)) }, x) > 0
}

// CheckCA says whether it may issue certificates: X509_check_ca(3). An old
// certificate without basic constraints counts if it is self-signed, or its
// key usage says so.
func (x *X509) CheckCA() bool {
	return valueOf(func() C.int { return C.gossl_x509_check_ca(x.c()) }, x) > 0
}

// CheckTrust says what the trust settings of the certificate say about the
// purpose: X509_check_trust(3). A closed X509 is 0, which is none of the
// outcomes.
func (x *X509) CheckTrust(t Trust) TrustResult {
	return TrustResult(valueOf(func() C.int { return C.gossl_x509_check_trust(x.c(), C.int(t), 0) }, x))
}

// CheckIssued says whether x has issued subject, judged by names and
// identifiers but not by the signature: X509_check_issued(3). The result is
// VerifyOK or why not, as an error.
func (x *X509) CheckIssued(subject *X509) error {
	if anyClosed([]pointer{x, subject}) {
		return ErrClosed
	}
	r := VerifyResult(valueOf(func() C.int { return C.gossl_x509_check_issued(x.c(), subject.c()) }, x, subject))
	if r != VerifyOK {
		return r
	}
	return nil
}

// Verify says by an error when the signature of x was not made by k:
// X509_verify(3). It looks at nothing else; for a chain see [StoreCtx].
func (x *X509) Verify(k *PKey) error {
	return onObjects("X509_verify", func() *C.gossl_err { return C.gossl_x509_verify(x.c(), k.c()) }, x, k)
}

// SelfSigned says whether x is signed by its own key. Without verify it only
// compares names and identifiers: X509_self_signed(3).
func (x *X509) SelfSigned(verify bool) bool {
	return valueOf(func() C.int { return C.gossl_x509_self_signed(x.c(), cBool(verify)) }, x) == 1
}

// Cmp orders certificates, and is 0 for two that are the same: X509_cmp(3).
func (x *X509) Cmp(y *X509) (int, error) {
	if anyClosed([]pointer{x, y}) {
		return 0, ErrClosed
	}
	return int(valueOf(func() C.int { return C.gossl_x509_cmp(x.c(), y.c()) }, x, y)), nil
}

func (x *X509) checkString(s string, f func(*C.X509, *C.char) C.int) bool {
	if checkString(s) != nil {
		return false
	}
	return withCString(s, func(s *C.char) bool { return valueOf(func() C.int { return f(x.c(), s) }, x) == 1 })
}
