package ossl

// #include "shim_crypto.h"
import "C"

// X509Aux is what openssl-x509(1) can add to a certificate, and PEMWriteAux
// writes: the trust settings. They are no part of what is signed.
type X509Aux struct {
	Alias  string   // X509_alias_get0(3)
	KeyID  []byte   // X509_keyid_get0(3)
	Trust  []string // purposes as dotted identifiers: X509_get0_trust_objects(3)
	Reject []string // X509_get0_reject_objects(3)
}

// Aux reads the trust settings.
func (x *X509) Aux() (aux X509Aux) {
	p := pack(textOf("X509_get0_trust_objects", func(out **C.uchar, n *C.int) *C.gossl_err { return C.gossl_x509_aux(x.c(), out, n) }, x))
	aux.Alias, aux.KeyID = p.text(), p.bytes()
	for _, list := range []*[]string{&aux.Trust, &aux.Reject} {
		for range p.int() {
			_, oid := p.object()
			*list = append(*list, oid)
		}
	}
	return aux
}

// AliasSet1 names the certificate; "" takes the name away: X509_alias_set1(3).
// Like all that changes trust settings it must not run while others use x.
func (x *X509) AliasSet1(alias string) error {
	if alias == "" {
		return onObjects("X509_alias_set1", func() *C.gossl_err { return C.gossl_x509_alias_set1(x.c(), nil, 0) }, x)
	}
	return x.onString("X509_alias_set1", alias, func(s *C.char) *C.gossl_err {
		return C.gossl_x509_alias_set1(x.c(), s, C.int(len(alias)))
	})
}

// Add1TrustObject trusts the certificate for a purpose, by its name or dotted
// identifier ("serverAuth"): X509_add1_trust_object(3).
func (x *X509) Add1TrustObject(purpose string) error {
	return x.onString("X509_add1_trust_object", purpose, func(s *C.char) *C.gossl_err {
		return C.gossl_x509_add1_trust(x.c(), 0, s)
	})
}

// Add1RejectObject rejects the certificate for a purpose:
// X509_add1_reject_object(3).
func (x *X509) Add1RejectObject(purpose string) error {
	return x.onString("X509_add1_reject_object", purpose, func(s *C.char) *C.gossl_err {
		return C.gossl_x509_add1_trust(x.c(), 1, s)
	})
}

// TrustClear takes away all that Add1TrustObject set: X509_trust_clear(3).
func (x *X509) TrustClear() { x.trustClear(0) }

// RejectClear takes away all that Add1RejectObject set: X509_reject_clear(3).
func (x *X509) RejectClear() { x.trustClear(1) }

func (x *X509) trustClear(reject C.int) {
	valueOf(func() (none struct{}) { C.gossl_x509_trust_clear(x.c(), reject); return none }, x)
}

func (x *X509) onString(op, s string, f func(*C.char) *C.gossl_err) error {
	if x.c() == nil {
		return ErrClosed
	}
	return with(s, func(s *C.char) error { return onObjects(op, func() *C.gossl_err { return f(s) }, x) })
}
