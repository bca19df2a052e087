package ossl

// #include <openssl/ocsp.h>
// #include "shim_crypto.h"
import "C"

import (
	"fmt"
	"math/big"
	"time"
)

// Revoked is an entry of a CRL: X509_REVOKED.
type Revoked struct {
	SerialNumber *big.Int         // X509_REVOKED_get0_serialNumber(3)
	Date         time.Time        // X509_REVOKED_get0_revocationDate(3)
	Reason       RevocationReason // X509_REVOKED_get_ext_d2i(3)
}

// RevocationReason says why a certificate was revoked: CRL_REASON_* and
// OCSP_REVOKED_STATUS_*.
type RevocationReason int

// The reasons. RevokedNoStatus means that none is said.
const (
	RevokedNoStatus             RevocationReason = C.OCSP_REVOKED_STATUS_NOSTATUS
	RevokedUnspecified          RevocationReason = C.OCSP_REVOKED_STATUS_UNSPECIFIED
	RevokedKeyCompromise        RevocationReason = C.OCSP_REVOKED_STATUS_KEYCOMPROMISE
	RevokedCACompromise         RevocationReason = C.OCSP_REVOKED_STATUS_CACOMPROMISE
	RevokedAffiliationChanged   RevocationReason = C.OCSP_REVOKED_STATUS_AFFILIATIONCHANGED
	RevokedSuperseded           RevocationReason = C.OCSP_REVOKED_STATUS_SUPERSEDED
	RevokedCessationOfOperation RevocationReason = C.OCSP_REVOKED_STATUS_CESSATIONOFOPERATION
	RevokedCertificateHold      RevocationReason = C.OCSP_REVOKED_STATUS_CERTIFICATEHOLD
	RevokedRemoveFromCRL        RevocationReason = C.OCSP_REVOKED_STATUS_REMOVEFROMCRL
	RevokedPrivilegeWithdrawn   RevocationReason = 9
	RevokedAACompromise         RevocationReason = 10
)

// String is OpenSSL's word for the reason: OCSP_crl_reason_str(3).
func (r RevocationReason) String() string {
	switch r {
	case RevokedNoStatus:
		return "none"
	case RevokedPrivilegeWithdrawn: // unknown to OpenSSL 3.0
		return "privilegeWithdrawn"
	case RevokedAACompromise:
		return "aACompromise"
	case RevokedUnspecified, RevokedKeyCompromise, RevokedCACompromise, RevokedAffiliationChanged, RevokedSuperseded,
		RevokedCessationOfOperation, RevokedCertificateHold, RevokedRemoveFromCRL:
		return C.GoString(C.OCSP_crl_reason_str(C.long(r)))
	}
	return fmt.Sprintf("reason %d", int(r))
}

// GetREVOKED lists the entries: X509_CRL_get_REVOKED(3). CRLs can be long: for
// one certificate ask Get0BySerial.
func (c *CRL) GetREVOKED() (list []Revoked) {
	p := pack(textOf("X509_CRL_get_REVOKED", func(out **C.uchar, n *C.int) *C.gossl_err { return C.gossl_crl_revoked(c.c(), out, n) }, c))
	for p.more() {
		list = append(list, p.revoked())
	}
	return list
}

// Get0BySerial is the entry of a serial number; found is false where there is
// none, and for one that a delta CRL takes back (removeFromCRL):
// X509_CRL_get0_by_serial(3).
func (c *CRL) Get0BySerial(serial *big.Int) (r Revoked, found bool) {
	if c.c() == nil || serial == nil {
		return r, false
	}
	withCString(serial.Text(16), func(s *C.char) (none struct{}) {
		r, found = c.found(func(out **C.uchar, n *C.int) *C.gossl_err { return C.gossl_crl_by_serial(c.c(), s, out, n) })
		return none
	})
	return r, found
}

// Get0ByCert is the entry of a certificate, whose issuer counts as well as its
// serial number: X509_CRL_get0_by_cert(3).
func (c *CRL) Get0ByCert(x *X509) (r Revoked, found bool) {
	return c.found(func(out **C.uchar, n *C.int) *C.gossl_err { return C.gossl_crl_by_cert(c.c(), x.c(), out, n) }, x)
}

func (c *CRL) found(f func(out **C.uchar, n *C.int) *C.gossl_err, others ...pointer) (r Revoked, found bool) {
	p := pack(textOf("X509_CRL_get0_by_serial", f, append(others, c)...))
	if p.int() != 1 {
		return r, false
	}
	return p.revoked(), true
}

func (p *pack) revoked() Revoked {
	return Revoked{SerialNumber: p.number(), Date: p.time(), Reason: RevocationReason(p.int())}
}
