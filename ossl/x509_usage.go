package ossl

// #include <openssl/x509v3.h>
// #include "shim_crypto.h"
import "C"

// KeyUsage is a set of KU_*: X509_get_key_usage(3).
type KeyUsage uint32

// The key usages. KeyUsageAbsent, all bits set, means that the certificate does
// not restrict its key.
const (
	KUDigitalSignature KeyUsage = C.KU_DIGITAL_SIGNATURE
	KUNonRepudiation   KeyUsage = C.KU_NON_REPUDIATION
	KUKeyEncipherment  KeyUsage = C.KU_KEY_ENCIPHERMENT
	KUDataEncipherment KeyUsage = C.KU_DATA_ENCIPHERMENT
	KUKeyAgreement     KeyUsage = C.KU_KEY_AGREEMENT
	KUKeyCertSign      KeyUsage = C.KU_KEY_CERT_SIGN
	KUCRLSign          KeyUsage = C.KU_CRL_SIGN
	KUEncipherOnly     KeyUsage = C.KU_ENCIPHER_ONLY
	KUDecipherOnly     KeyUsage = C.KU_DECIPHER_ONLY
	KeyUsageAbsent     KeyUsage = 1<<32 - 1
)

// ExtendedKeyUsage is a set of XKU_*: X509_get_extended_key_usage(3).
type ExtendedKeyUsage uint32

// The extended key usages. ExtendedKeyUsageAbsent, all bits set, means that the
// certificate does not restrict its key.
const (
	XKUSSLServer           ExtendedKeyUsage = C.XKU_SSL_SERVER
	XKUSSLClient           ExtendedKeyUsage = C.XKU_SSL_CLIENT
	XKUSMIME               ExtendedKeyUsage = C.XKU_SMIME
	XKUCodeSign            ExtendedKeyUsage = C.XKU_CODE_SIGN
	XKUSGC                 ExtendedKeyUsage = C.XKU_SGC
	XKUOCSPSign            ExtendedKeyUsage = C.XKU_OCSP_SIGN
	XKUTimestamp           ExtendedKeyUsage = C.XKU_TIMESTAMP
	XKUAnyEKU              ExtendedKeyUsage = C.XKU_ANYEKU
	ExtendedKeyUsageAbsent ExtendedKeyUsage = 1<<32 - 1
)

// ExtensionFlags is a set of EXFLAG_*: X509_get_extension_flags(3).
type ExtensionFlags uint32

// What OpenSSL has found in a certificate's extensions.
const (
	EXFlagBCons    ExtensionFlags = C.EXFLAG_BCONS    // it has basic constraints
	EXFlagKUsage   ExtensionFlags = C.EXFLAG_KUSAGE   // it has key usage
	EXFlagXKUsage  ExtensionFlags = C.EXFLAG_XKUSAGE  // it has extended key usage
	EXFlagCA       ExtensionFlags = C.EXFLAG_CA       // it is a CA
	EXFlagSI       ExtensionFlags = C.EXFLAG_SI       // subject and issuer are the same
	EXFlagSS       ExtensionFlags = C.EXFLAG_SS       // it seems to be self-signed
	EXFlagV1       ExtensionFlags = C.EXFLAG_V1       // version 1
	EXFlagInvalid  ExtensionFlags = C.EXFLAG_INVALID  // an extension cannot be read: reject it
	EXFlagCritical ExtensionFlags = C.EXFLAG_CRITICAL // a critical extension is unknown
	EXFlagProxy    ExtensionFlags = C.EXFLAG_PROXY    // a proxy certificate

	EXFlagBConsCritical ExtensionFlags = C.EXFLAG_BCONS_CRITICAL // basic constraints are critical; not told by 4.0
	EXFlagSANCritical   ExtensionFlags = C.EXFLAG_SAN_CRITICAL   // the names are critical
)

// X509_get_extension_flags sets it as an internal mark, which is nobody's
// business.
const exflagSet = C.EXFLAG_SET

// GetKeyUsage is what its key may be used for: X509_get_key_usage(3).
func (x *X509) GetKeyUsage() KeyUsage { _, ku, _, _ := x.usage(); return ku }

// GetExtendedKeyUsage is what the certificate is for:
// X509_get_extended_key_usage(3). Purposes that have no bit are in
// GetExtendedKeyUsages.
func (x *X509) GetExtendedKeyUsage() ExtendedKeyUsage { _, _, xku, _ := x.usage(); return xku }

// GetExtensionFlags is what OpenSSL has found in the extensions:
// X509_get_extension_flags(3).
func (x *X509) GetExtensionFlags() ExtensionFlags { flags, _, _, _ := x.usage(); return flags }

// GetPathlen is the greatest number of intermediates beneath a CA, -1 where it
// is not limited: X509_get_pathlen(3).
func (x *X509) GetPathlen() int { _, _, _, n := x.usage(); return n }

// GetExtendedKeyUsages lists the purposes by their dotted identifiers:
// X509_get_ext_d2i(3) with NID_ext_key_usage.
func (x *X509) GetExtendedKeyUsages() (list []string, err error) {
	b, err := bytesOf("X509_get_ext_d2i", func(out **C.uchar, n *C.int) *C.gossl_err { return C.gossl_x509_eku(x.c(), out, n) }, x)
	for p := pack(b); p.more(); {
		_, oid := p.object()
		list = append(list, oid)
	}
	return list, err
}

func (x *X509) usage() (ExtensionFlags, KeyUsage, ExtendedKeyUsage, int) {
	var flags, ku, xku C.uint32_t
	var pathlen C.long
	valueOf(func() C.int { return C.gossl_x509_usage(x.c(), &flags, &ku, &xku, &pathlen) }, x)
	return ExtensionFlags(flags &^ exflagSet), KeyUsage(ku), ExtendedKeyUsage(xku), int(pathlen)
}

// Purpose is what a certificate is to be used for: X509_PURPOSE_*.
type Purpose int

// The purposes.
const (
	PurposeSSLClient     Purpose = C.X509_PURPOSE_SSL_CLIENT
	PurposeSSLServer     Purpose = C.X509_PURPOSE_SSL_SERVER
	PurposeNSSSLServer   Purpose = C.X509_PURPOSE_NS_SSL_SERVER
	PurposeSMIMESign     Purpose = C.X509_PURPOSE_SMIME_SIGN
	PurposeSMIMEEncrypt  Purpose = C.X509_PURPOSE_SMIME_ENCRYPT
	PurposeCRLSign       Purpose = C.X509_PURPOSE_CRL_SIGN
	PurposeAny           Purpose = C.X509_PURPOSE_ANY
	PurposeOCSPHelper    Purpose = C.X509_PURPOSE_OCSP_HELPER
	PurposeTimestampSign Purpose = C.X509_PURPOSE_TIMESTAMP_SIGN
)

// PurposeGetBySname is the purpose of a short name, "sslserver", or 0:
// X509_PURPOSE_get_by_sname(3).
func PurposeGetBySname(name string) Purpose {
	if checkString(name) != nil {
		return 0
	}
	return Purpose(withCString(name, func(s *C.char) C.int { return C.gossl_purpose_by_sname(s) }))
}

// Trust is what a certificate is trusted for: X509_TRUST_*.
type Trust int

// The kinds of trust.
const (
	TrustCompat      Trust = C.X509_TRUST_COMPAT
	TrustSSLClient   Trust = C.X509_TRUST_SSL_CLIENT
	TrustSSLServer   Trust = C.X509_TRUST_SSL_SERVER
	TrustEmail       Trust = C.X509_TRUST_EMAIL
	TrustObjectSign  Trust = C.X509_TRUST_OBJECT_SIGN
	TrustOCSPSign    Trust = C.X509_TRUST_OCSP_SIGN
	TrustOCSPRequest Trust = C.X509_TRUST_OCSP_REQUEST
	TrustTSA         Trust = C.X509_TRUST_TSA
)

// TrustResult is what CheckTrust says: X509_TRUST_TRUSTED and its like.
type TrustResult int

// The outcomes of CheckTrust.
const (
	TrustTrusted   TrustResult = C.X509_TRUST_TRUSTED
	TrustRejected  TrustResult = C.X509_TRUST_REJECTED
	TrustUntrusted TrustResult = C.X509_TRUST_UNTRUSTED
)
