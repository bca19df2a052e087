package ossl

// #include "shim_ocsp.h"
import "C"

import (
	"time"
	"unsafe"
)

// OCSPFlags is a set of OCSP_*: OCSP_basic_verify(3), OCSP_basic_sign(3).
type OCSPFlags uint64

// The flags.
const (
	OCSPNoCerts      OCSPFlags = C.OCSP_NOCERTS       // signing: leave all certificates out
	OCSPNoIntern     OCSPFlags = C.OCSP_NOINTERN      // the signer is not looked for in the response
	OCSPNoSigs       OCSPFlags = C.OCSP_NOSIGS        // the signature is not verified
	OCSPNoChain      OCSPFlags = C.OCSP_NOCHAIN       // the response's certificates help to build no chain
	OCSPNoVerify     OCSPFlags = C.OCSP_NOVERIFY      // the signer's chain is not verified
	OCSPNoExplicit   OCSPFlags = C.OCSP_NOEXPLICIT    // trust settings of the root do not count
	OCSPNoCASign     OCSPFlags = C.OCSP_NOCASIGN      // the CA itself may not answer
	OCSPNoDelegated  OCSPFlags = C.OCSP_NODELEGATED   // nobody may answer for the CA
	OCSPNoChecks     OCSPFlags = C.OCSP_NOCHECKS      // whether the signer may answer does not matter
	OCSPTrustOther   OCSPFlags = C.OCSP_TRUSTOTHER    // a signer among the given certificates is trusted
	OCSPRespIDKey    OCSPFlags = C.OCSP_RESPID_KEY    // signing: name the signer by its key
	OCSPNoTime       OCSPFlags = C.OCSP_NOTIME        // signing: leave the time as it is
	OCSPPartialChain OCSPFlags = C.OCSP_PARTIAL_CHAIN // any trusted certificate ends the chain
)

// OCSPResponseStatus says whether the responder has answered at all:
// OCSP_RESPONSE_STATUS_*.
type OCSPResponseStatus int

// The statuses of a response.
const (
	OCSPSuccessful       OCSPResponseStatus = C.OCSP_RESPONSE_STATUS_SUCCESSFUL
	OCSPMalformedRequest OCSPResponseStatus = C.OCSP_RESPONSE_STATUS_MALFORMEDREQUEST
	OCSPInternalError    OCSPResponseStatus = C.OCSP_RESPONSE_STATUS_INTERNALERROR
	OCSPTryLater         OCSPResponseStatus = C.OCSP_RESPONSE_STATUS_TRYLATER
	OCSPSigRequired      OCSPResponseStatus = C.OCSP_RESPONSE_STATUS_SIGREQUIRED
	OCSPUnauthorized     OCSPResponseStatus = C.OCSP_RESPONSE_STATUS_UNAUTHORIZED
)

// String is OpenSSL's word for the status: OCSP_response_status_str(3).
func (s OCSPResponseStatus) String() string { return C.GoString(C.OCSP_response_status_str(C.long(s))) }

// OCSPCertStatus says what the responder thinks of a certificate:
// V_OCSP_CERTSTATUS_*.
type OCSPCertStatus int

// The statuses of a certificate.
const (
	OCSPGood    OCSPCertStatus = C.V_OCSP_CERTSTATUS_GOOD
	OCSPRevoked OCSPCertStatus = C.V_OCSP_CERTSTATUS_REVOKED
	OCSPUnknown OCSPCertStatus = C.V_OCSP_CERTSTATUS_UNKNOWN
)

// String is OpenSSL's word for the status: OCSP_cert_status_str(3).
func (s OCSPCertStatus) String() string { return C.GoString(C.OCSP_cert_status_str(C.long(s))) }

// OCSPResponse is what a responder sends, and a server staples: OCSP_RESPONSE.
// It may be shared by any number of goroutines. The caller closes it.
type OCSPResponse struct{ object }

// D2IOCSPResponse reads a response in DER form: d2i_OCSP_RESPONSE(3),
// d2i_OCSP_RESPONSE_bio(3). Nothing is verified.
func D2IOCSPResponse(der []byte) (*OCSPResponse, error) {
	if err := CheckVersion(); err != nil {
		return nil, err
	}
	var p *C.OCSP_RESPONSE
	if err := failed("d2i_OCSP_RESPONSE", C.gossl_d2i_ocsp_response(bytesPtr(der), C.long(len(der)), &p)); err != nil {
		return nil, err
	}
	return newOCSPResponse(p), nil
}

// OCSPResponseCreate is the response with that status around a signed basic
// one, which is nil for any status but OCSPSuccessful: OCSP_response_create(3).
// bs remains the caller's.
func OCSPResponseCreate(status OCSPResponseStatus, bs *OCSPBasicResp) (*OCSPResponse, error) {
	var others []pointer
	if bs != nil {
		others = append(others, bs)
	}
	var p *C.OCSP_RESPONSE
	err := onObjects("OCSP_response_create", func() *C.gossl_err { return C.gossl_ocsp_response_create(C.int(status), bs.c(), &p) }, others...)
	if err != nil {
		return nil, err
	}
	return newOCSPResponse(p), nil
}

func newOCSPResponse(p *C.OCSP_RESPONSE) *OCSPResponse {
	r := new(OCSPResponse)
	r.open(unsafe.Pointer(p), kindOCSPResponse)
	return r
}

// I2D is the response in DER form, as it is stapled: i2d_OCSP_RESPONSE(3).
func (r *OCSPResponse) I2D() ([]byte, error) {
	return bytesOf("i2d_OCSP_RESPONSE", func(out **C.uchar, n *C.int) *C.gossl_err { return C.gossl_i2d_ocsp_response(r.c(), out, n) }, r)
}

// Status says whether there is an answer: OCSP_response_status(3).
func (r *OCSPResponse) Status() OCSPResponseStatus {
	return OCSPResponseStatus(valueOf(func() C.int { return C.OCSP_response_status(r.c()) }, r))
}

// Get1Basic is the answer, an error where there is none:
// OCSP_response_get1_basic(3). The caller closes it.
func (r *OCSPResponse) Get1Basic() (*OCSPBasicResp, error) {
	var p *C.OCSP_BASICRESP
	err := onObjects("OCSP_response_get1_basic", func() *C.gossl_err { return C.gossl_ocsp_response_basic(r.c(), &p) }, r)
	if err != nil {
		return nil, err
	}
	return newOCSPBasicResp(p), nil
}

// Print is the response as text, as openssl-ocsp(1) prints it with -resp_text:
// OCSP_RESPONSE_print(3).
func (r *OCSPResponse) Print() (string, error) {
	b, err := bytesOf("OCSP_RESPONSE_print", func(out **C.uchar, n *C.int) *C.gossl_err { return C.gossl_ocsp_response_print(r.c(), out, n) }, r)
	return string(b), err
}

// Close frees it: OCSP_RESPONSE_free(3). A second Close does nothing. Nothing
// else may use r at the same time.
func (r *OCSPResponse) Close() {
	if r != nil {
		r.close()
	}
}

func (r *OCSPResponse) c() *C.OCSP_RESPONSE { return (*C.OCSP_RESPONSE)(r.ptr()) }

func (r *OCSPResponse) ptr() unsafe.Pointer {
	if r == nil {
		return nil
	}
	return r.p
}

// OCSPSingle is the answer about one certificate: OCSP_SINGLERESP.
type OCSPSingle struct {
	ID         OCSPCertID // OCSP_SINGLERESP_get0_id(3)
	Status     OCSPCertStatus
	Reason     RevocationReason // why it was revoked
	RevokedAt  time.Time        // when, the zero time unless it was
	ThisUpdate time.Time        // since when the answer counts
	NextUpdate time.Time        // until when, the zero time where that is not said
}

// CheckValidity says by an error when the answer does not count now, with skew
// allowed between clocks, or is older than maxAge, unless that is negative:
// OCSP_check_validity(3). Both have a resolution of a second.
func (s OCSPSingle) CheckValidity(skew, maxAge time.Duration) error {
	age := C.long(-1)
	if maxAge >= 0 {
		age = C.long(maxAge / time.Second)
	}
	return failed("OCSP_check_validity", C.gossl_ocsp_check_validity(C.int64_t(s.ThisUpdate.Unix()), cBool(!s.NextUpdate.IsZero()),
		C.int64_t(s.NextUpdate.Unix()), C.long(skew/time.Second), age))
}

func (p *pack) single() OCSPSingle {
	return OCSPSingle{
		ID: OCSPCertID{p.text()}, Status: OCSPCertStatus(p.int()), Reason: RevocationReason(p.int()),
		RevokedAt: p.time(), ThisUpdate: p.time(), NextUpdate: p.time(),
	}
}
