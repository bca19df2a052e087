package ossl

// #include "shim_ocsp.h"
import "C"

import (
	"time"
	"unsafe"
)

// OCSPBasicResp is the answers of a responder and its signature:
// OCSP_BASICRESP. One that was read may be shared by any number of goroutines;
// while it is made it has one user. The caller closes it.
type OCSPBasicResp struct{ object }

// NewOCSPBasicResp is an answer without content, to be filled by Add1Status and
// signed: OCSP_BASICRESP_new(3).
func NewOCSPBasicResp() (*OCSPBasicResp, error) {
	if err := CheckVersion(); err != nil {
		return nil, err
	}
	var p *C.OCSP_BASICRESP
	if err := failed("OCSP_BASICRESP_new", C.gossl_ocsp_basic_new(&p)); err != nil {
		return nil, err
	}
	return newOCSPBasicResp(p), nil
}

// D2IOCSPBasicResp reads one in DER form: d2i_OCSP_BASICRESP(3).
func D2IOCSPBasicResp(der []byte) (*OCSPBasicResp, error) {
	if err := CheckVersion(); err != nil {
		return nil, err
	}
	var p *C.OCSP_BASICRESP
	if err := failed("d2i_OCSP_BASICRESP", C.gossl_d2i_ocsp_basic(bytesPtr(der), C.long(len(der)), &p)); err != nil {
		return nil, err
	}
	return newOCSPBasicResp(p), nil
}

func newOCSPBasicResp(p *C.OCSP_BASICRESP) *OCSPBasicResp {
	b := new(OCSPBasicResp)
	b.open(unsafe.Pointer(p), kindOCSPBasicResp)
	return b
}

// I2D is the answer in DER form: i2d_OCSP_BASICRESP(3).
func (b *OCSPBasicResp) I2D() ([]byte, error) {
	return bytesOf("i2d_OCSP_BASICRESP", func(out **C.uchar, n *C.int) *C.gossl_err { return C.gossl_i2d_ocsp_basic(b.c(), out, n) }, b)
}

// Responses lists the answers: OCSP_resp_count(3), OCSP_resp_get0(3),
// OCSP_single_get0_status(3).
func (b *OCSPBasicResp) Responses() (list []OCSPSingle) {
	p := pack(textOf("OCSP_resp_get0", func(out **C.uchar, n *C.int) *C.gossl_err { return C.gossl_ocsp_basic_singles(b.c(), out, n) }, b))
	for p.more() {
		list = append(list, p.single())
	}
	return list
}

// FindStatus is the answer about that certificate; found is false where there
// is none, and where id is made with another digest:
// OCSP_resp_find_status(3). See FindCert.
func (b *OCSPBasicResp) FindStatus(id OCSPCertID) (s OCSPSingle, found bool) {
	for _, s := range b.Responses() {
		if s.ID.Cmp(id) == 0 {
			return s, true
		}
	}
	return OCSPSingle{}, false
}

// FindCert is FindStatus by the certificate itself, with whatever digest the
// responder identifies it.
func (b *OCSPBasicResp) FindCert(subject, issuer *X509) (s OCSPSingle, found bool) {
	for _, s := range b.Responses() {
		id, err := OCSPCertToID(s.ID.Info().DigestOID, subject, issuer)
		if err == nil && s.ID.Cmp(id) == 0 {
			return s, true
		}
	}
	return OCSPSingle{}, false
}

// ProducedAt is when it was signed: OCSP_resp_get0_produced_at(3).
func (b *OCSPBasicResp) ProducedAt() time.Time { at, _, _ := b.facts(); return at }

// ResponderID says who signed, by name or else by the SHA-1 digest of the key:
// OCSP_resp_get0_id(3).
func (b *OCSPBasicResp) ResponderID() (name X509Name, keyHash []byte) {
	_, name, keyHash = b.facts()
	return name, keyHash
}

func (b *OCSPBasicResp) facts() (at time.Time, name X509Name, keyHash []byte) {
	p := pack(textOf("OCSP_resp_get0_id", func(out **C.uchar, n *C.int) *C.gossl_err { return C.gossl_ocsp_basic_facts(b.c(), out, n) }, b))
	return p.time(), X509Name{p.text()}, p.bytes()
}

// Get1Certs lists the certificates that came along: OCSP_resp_get0_certs(3). The
// caller closes each.
func (b *OCSPBasicResp) Get1Certs() ([]*X509, error) {
	var p **C.X509
	var n C.int
	if err := onObjects("OCSP_resp_get0_certs", func() *C.gossl_err { return C.gossl_ocsp_basic_certs(b.c(), &p, &n) }, b); err != nil {
		return nil, err
	}
	return newX509s(p, n), nil
}

// Get1Signer finds the signer's certificate among those that came along and
// others: OCSP_resp_get0_signer(3). The caller closes it.
func (b *OCSPBasicResp) Get1Signer(others []*X509) (*X509, error) {
	list, err := x509Ptrs(others)
	if err != nil {
		return nil, err
	}
	var p *C.X509
	err = onObjects("OCSP_resp_get0_signer", func() *C.gossl_err {
		return C.gossl_ocsp_basic_signer(b.c(), first(list), C.int(len(list)), &p)
	}, append(pointers(others), b)...)
	if err != nil {
		return nil, err
	}
	return newX509(p), nil
}

// Verify says by an error when the answer is not signed by the issuer of the
// certificates or somebody that it has delegated this to, verified by the trust
// of st and with the help of others: OCSP_basic_verify(3). Whether the answer is
// good news, and still counts, is another matter: see VerifyStaple.
func (b *OCSPBasicResp) Verify(others []*X509, st *Store, flags OCSPFlags) error {
	list, err := x509Ptrs(others)
	if err != nil {
		return err
	}
	return onObjects("OCSP_basic_verify", func() *C.gossl_err {
		return C.gossl_ocsp_basic_verify(b.c(), first(list), C.int(len(list)), st.c(), C.ulong(flags))
	}, append(pointers(others), b, st)...)
}

// NonceCheck is what CheckNonce says: OCSP_check_nonce(3).
type NonceCheck int

// The outcomes of CheckNonce. Those above 0 are fine.
const (
	NonceOnlyInRequest  NonceCheck = -1 // the answer may come from a cache
	NonceDiffers        NonceCheck = 0  // a replay, or a closed object
	NonceSame           NonceCheck = 1
	NonceAbsent         NonceCheck = 2
	NonceOnlyInResponse NonceCheck = 3
)

// CheckNonce compares the nonce of request and answer: OCSP_check_nonce(3).
func (b *OCSPBasicResp) CheckNonce(r *OCSPRequest) NonceCheck {
	return NonceCheck(valueOf(func() C.int { return C.gossl_ocsp_check_nonce(r.c(), b.c()) }, r, b))
}

// Add1Status answers about one certificate more: OCSP_basic_add1_status(3).
func (b *OCSPBasicResp) Add1Status(s OCSPSingle) error {
	der := s.ID.I2D()
	return onObjects("OCSP_basic_add1_status", func() *C.gossl_err {
		return C.gossl_ocsp_basic_add(b.c(), bytesPtr(der), C.long(len(der)), C.int(s.Status), C.int(s.Reason), C.int64_t(s.RevokedAt.Unix()),
			C.int64_t(s.ThisUpdate.Unix()), cBool(!s.NextUpdate.IsZero()), C.int64_t(s.NextUpdate.Unix()))
	}, b)
}

// Add1Cert sends a certificate along: OCSP_basic_add1_cert(3). x remains the
// caller's.
func (b *OCSPBasicResp) Add1Cert(x *X509) error {
	return onObjects("OCSP_basic_add1_cert", func() *C.gossl_err { return C.gossl_ocsp_basic_add_cert(b.c(), x.c()) }, b, x)
}

// CopyNonce repeats the nonce of the request, if it has one:
// OCSP_copy_nonce(3).
func (b *OCSPBasicResp) CopyNonce(r *OCSPRequest) error {
	return onObjects("OCSP_copy_nonce", func() *C.gossl_err { return C.gossl_ocsp_copy_nonce(b.c(), r.c()) }, b, r)
}

// Sign signs the answer; md is "" for the key's default. The signer's
// certificate and others go along unless OCSPNoCerts is set:
// OCSP_basic_sign(3).
func (b *OCSPBasicResp) Sign(signer *X509, k *PKey, md string, others []*X509, flags OCSPFlags) error {
	list, err := x509Ptrs(others)
	if err != nil {
		return err
	}
	return withOptional(md, func(md *C.char) error {
		return onObjects("OCSP_basic_sign", func() *C.gossl_err {
			return C.gossl_ocsp_basic_sign(b.c(), signer.c(), k.c(), md, first(list), C.int(len(list)), C.ulong(flags))
		}, append(pointers(others), b, signer, k)...)
	})
}

// Close frees it: OCSP_BASICRESP_free(3). A second Close does nothing. Nothing
// else may use b at the same time.
func (b *OCSPBasicResp) Close() {
	if b != nil {
		b.close()
	}
}

func (b *OCSPBasicResp) c() *C.OCSP_BASICRESP { return (*C.OCSP_BASICRESP)(b.ptr()) }

func (b *OCSPBasicResp) ptr() unsafe.Pointer {
	if b == nil {
		return nil
	}
	return b.p
}
