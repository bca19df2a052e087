package ossl

// #include "shim_ocsp.h"
import "C"

import (
	"errors"
	"math/big"
	"unsafe"
)

// OCSPCertID says which certificate an OCSP question or answer is about:
// OCSP_CERTID. It is a Go value, which makes OCSP_CERTID_dup(3) an assignment
// and OCSP_CERTID_free(3) nothing.
type OCSPCertID struct{ der string }

// OCSPCertIDInfo is what an OCSPCertID consists of: OCSP_id_get0_info(3).
type OCSPCertIDInfo struct {
	Digest         NID      // what both hashes are made with
	DigestOID      string   // the same for a digest that OpenSSL does not know
	IssuerNameHash []byte   // of the issuer's name
	IssuerKeyHash  []byte   // of the bits of the issuer's public key
	SerialNumber   *big.Int // of the certificate
}

// OCSPCertToID identifies a certificate to responders; md is "SHA1", which all
// of them know, or "SHA256": OCSP_cert_to_id(3).
func OCSPCertToID(md string, subject, issuer *X509) (id OCSPCertID, err error) {
	err = with(md, func(md *C.char) error {
		der, err := bytesOf("OCSP_cert_to_id", func(out **C.uchar, n *C.int) *C.gossl_err {
			return C.gossl_ocsp_cert_to_id(md, subject.c(), issuer.c(), out, n)
		}, subject, issuer)
		id.der = string(der)
		return err
	})
	return id, err
}

// OCSPCertIDNew identifies a certificate by issuer and serial number:
// OCSP_cert_id_new(3).
func OCSPCertIDNew(md string, issuer *X509, serial *big.Int) (id OCSPCertID, err error) {
	if serial == nil {
		return id, errors.New("ossl: no serial number")
	}
	err = with(md, func(md *C.char) error {
		return with(serial.Text(16), func(serial *C.char) error {
			der, err := bytesOf("OCSP_cert_id_new", func(out **C.uchar, n *C.int) *C.gossl_err {
				return C.gossl_ocsp_id_new(md, issuer.c(), serial, out, n)
			}, issuer)
			id.der = string(der)
			return err
		})
	})
	return id, err
}

// D2IOCSPCertID reads an identifier in DER form: d2i_OCSP_CERTID(3).
func D2IOCSPCertID(der []byte) (OCSPCertID, error) {
	b, err := bytesOf("d2i_OCSP_CERTID", func(out **C.uchar, n *C.int) *C.gossl_err {
		return C.gossl_ocsp_id_check(bytesPtr(der), C.long(len(der)), out, n)
	})
	return OCSPCertID{string(b)}, err
}

// I2D is the identifier in DER form: i2d_OCSP_CERTID(3). As it is the same for
// the same certificate and digest, it does as a key for a cache.
func (id OCSPCertID) I2D() []byte { return []byte(id.der) }

// Info is what it consists of: OCSP_id_get0_info(3).
func (id OCSPCertID) Info() (info OCSPCertIDInfo) {
	der := id.I2D()
	p := pack(textOf("OCSP_id_get0_info", func(out **C.uchar, n *C.int) *C.gossl_err {
		return C.gossl_ocsp_id_info(bytesPtr(der), C.long(len(der)), out, n)
	}))
	info.Digest, info.DigestOID = p.object()
	info.IssuerNameHash, info.IssuerKeyHash, info.SerialNumber = p.bytes(), p.bytes(), p.number()
	return info
}

// Cmp is 0 for two that are the same: OCSP_id_cmp(3).
func (id OCSPCertID) Cmp(other OCSPCertID) int { return id.cmp(other, 0) }

// IssuerCmp is 0 for two of the same issuer: OCSP_id_issuer_cmp(3).
func (id OCSPCertID) IssuerCmp(other OCSPCertID) int { return id.cmp(other, 1) }

func (id OCSPCertID) cmp(other OCSPCertID, issuer C.int) int {
	a, b := id.I2D(), other.I2D()
	return int(C.gossl_ocsp_id_cmp(bytesPtr(a), C.long(len(a)), bytesPtr(b), C.long(len(b)), issuer))
}

// OCSPRequest asks a responder about certificates: OCSP_REQUEST. It has one
// user at a time. The caller closes it.
//
// Its DER form goes to the responder (X509.Get1OCSP has the URL) as the body of
// a POST of type application/ocsp-request; package net/http does it, with
// deadlines and proxies, and stands for OCSP_sendreq_new(3),
// OCSP_sendreq_nbio(3), OCSP_REQ_CTX_add1_header(3) and OCSP_REQ_CTX_set1_req(3).
type OCSPRequest struct{ object }

// NewOCSPRequest is an empty request: OCSP_REQUEST_new(3).
func NewOCSPRequest() (*OCSPRequest, error) {
	if err := CheckVersion(); err != nil {
		return nil, err
	}
	var p *C.OCSP_REQUEST
	if err := failed("OCSP_REQUEST_new", C.gossl_ocsp_request_new(&p)); err != nil {
		return nil, err
	}
	return newOCSPRequest(p), nil
}

// D2IOCSPRequest reads a request in DER form: d2i_OCSP_REQUEST(3).
func D2IOCSPRequest(der []byte) (*OCSPRequest, error) {
	if err := CheckVersion(); err != nil {
		return nil, err
	}
	var p *C.OCSP_REQUEST
	if err := failed("d2i_OCSP_REQUEST", C.gossl_d2i_ocsp_request(bytesPtr(der), C.long(len(der)), &p)); err != nil {
		return nil, err
	}
	return newOCSPRequest(p), nil
}

func newOCSPRequest(p *C.OCSP_REQUEST) *OCSPRequest {
	r := new(OCSPRequest)
	r.open(unsafe.Pointer(p), kindOCSPRequest)
	return r
}

// I2D is the request in DER form: i2d_OCSP_REQUEST(3).
func (r *OCSPRequest) I2D() ([]byte, error) {
	return bytesOf("i2d_OCSP_REQUEST", func(out **C.uchar, n *C.int) *C.gossl_err { return C.gossl_i2d_ocsp_request(r.c(), out, n) }, r)
}

// Add0ID asks about one certificate more: OCSP_request_add0_id(3).
func (r *OCSPRequest) Add0ID(id OCSPCertID) error {
	der := id.I2D()
	return onObjects("OCSP_request_add0_id", func() *C.gossl_err { return C.gossl_ocsp_request_add(r.c(), bytesPtr(der), C.long(len(der))) }, r)
}

// Add1Nonce adds bytes that the answer has to repeat, random ones where nonce
// is empty: OCSP_request_add1_nonce(3). Many responders answer from a cache and
// ignore it.
func (r *OCSPRequest) Add1Nonce(nonce []byte) error {
	n, err := cLen(nonce)
	if err != nil {
		return err
	}
	return onObjects("OCSP_request_add1_nonce", func() *C.gossl_err { return C.gossl_ocsp_request_nonce(r.c(), bytesPtr(nonce), n) }, r)
}

// IDs lists what is asked about: OCSP_request_onereq_get0(3),
// OCSP_onereq_get0_id(3).
func (r *OCSPRequest) IDs() (list []OCSPCertID) {
	p := pack(textOf("OCSP_request_onereq_get0", func(out **C.uchar, n *C.int) *C.gossl_err { return C.gossl_ocsp_request_ids(r.c(), out, n) }, r))
	for p.more() {
		list = append(list, OCSPCertID{p.text()})
	}
	return list
}

// Print is the request as text: OCSP_REQUEST_print(3).
func (r *OCSPRequest) Print() (string, error) {
	b, err := bytesOf("OCSP_REQUEST_print", func(out **C.uchar, n *C.int) *C.gossl_err { return C.gossl_ocsp_request_print(r.c(), out, n) }, r)
	return string(b), err
}

// Sign signs the request for a responder that demands it; md is "" for the
// key's default, others go along with the signer's certificate:
// OCSP_request_sign(3). A second signature is an error.
func (r *OCSPRequest) Sign(signer *X509, k *PKey, md string, others []*X509, flags OCSPFlags) error {
	list, err := x509Ptrs(others)
	if err != nil {
		return err
	}
	return withOptional(md, func(md *C.char) error {
		return onObjects("OCSP_request_sign", func() *C.gossl_err {
			return C.gossl_ocsp_request_sign(r.c(), signer.c(), k.c(), md, first(list), C.int(len(list)), C.ulong(flags))
		}, append(pointers(others), r, signer, k)...)
	})
}

// IsSigned says whether the request is signed: OCSP_request_is_signed(3).
func (r *OCSPRequest) IsSigned() bool {
	return valueOf(func() C.int { return C.gossl_ocsp_request_is_signed(r.c()) }, r) == 1
}

// Verify says by an error when the signature is none of somebody that st
// trusts: OCSP_request_verify(3).
func (r *OCSPRequest) Verify(others []*X509, st *Store, flags OCSPFlags) error {
	list, err := x509Ptrs(others)
	if err != nil {
		return err
	}
	return onObjects("OCSP_request_verify", func() *C.gossl_err {
		return C.gossl_ocsp_request_verify(r.c(), first(list), C.int(len(list)), st.c(), C.ulong(flags))
	}, append(pointers(others), r, st)...)
}

// Close frees it: OCSP_REQUEST_free(3). A second Close does nothing. Nothing
// else may use r at the same time.
func (r *OCSPRequest) Close() {
	if r != nil {
		r.close()
	}
}

func (r *OCSPRequest) c() *C.OCSP_REQUEST { return (*C.OCSP_REQUEST)(r.ptr()) }

func (r *OCSPRequest) ptr() unsafe.Pointer {
	if r == nil {
		return nil
	}
	return r.p
}
