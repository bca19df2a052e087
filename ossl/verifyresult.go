package ossl

// #include "shim.h"
// #include <openssl/x509_vfy.h>
import "C"

// VerifyResult is the outcome of checking the peer's chain: X509_V_* of
// X509_STORE_CTX_get_error(3). It is an error when it is not VerifyOK.
type VerifyResult int32

// Verify results that programs act on. Any other is as good: Error has a text
// for each.
const (
	VerifyOK                          VerifyResult = C.X509_V_OK
	VerifyUnspecified                 VerifyResult = C.X509_V_ERR_UNSPECIFIED
	VerifyUnableToGetIssuerCert       VerifyResult = C.X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT
	VerifyCertSignatureFailure        VerifyResult = C.X509_V_ERR_CERT_SIGNATURE_FAILURE
	VerifyCertNotYetValid             VerifyResult = C.X509_V_ERR_CERT_NOT_YET_VALID
	VerifyCertHasExpired              VerifyResult = C.X509_V_ERR_CERT_HAS_EXPIRED
	VerifyDepthZeroSelfSignedCert     VerifyResult = C.X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT
	VerifySelfSignedCertInChain       VerifyResult = C.X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN
	VerifyUnableToGetIssuerLocally    VerifyResult = C.X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY
	VerifyUnableToVerifyLeafSignature VerifyResult = C.X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE
	VerifyCertChainTooLong            VerifyResult = C.X509_V_ERR_CERT_CHAIN_TOO_LONG
	VerifyCertRevoked                 VerifyResult = C.X509_V_ERR_CERT_REVOKED
	VerifyInvalidPurpose              VerifyResult = C.X509_V_ERR_INVALID_PURPOSE
	VerifyCertUntrusted               VerifyResult = C.X509_V_ERR_CERT_UNTRUSTED
	VerifyHostnameMismatch            VerifyResult = C.X509_V_ERR_HOSTNAME_MISMATCH
	VerifyIPAddressMismatch           VerifyResult = C.X509_V_ERR_IP_ADDRESS_MISMATCH
)

// Error is OpenSSL's text: X509_verify_cert_error_string(3).
func (v VerifyResult) Error() string {
	return C.GoString(C.X509_verify_cert_error_string(C.long(v)))
}

func (v VerifyResult) hint() string {
	switch v {
	case VerifyHostnameMismatch, VerifyIPAddressMismatch:
		return "the certificate is for another name: connect by a name it has, or set the expected one"
	case VerifyCertHasExpired:
		return "the certificate is too old: renew it, or check this machine's clock"
	case VerifyCertNotYetValid:
		return "the certificate's time has not begun: check this machine's clock"
	case VerifyDepthZeroSelfSignedCert, VerifySelfSignedCertInChain:
		return "trust its CA explicitly (CA file), if it is yours"
	case VerifyUnableToGetIssuerLocally, VerifyUnableToGetIssuerCert, VerifyUnableToVerifyLeafSignature:
		return "the CA is not among the trusted ones, or the peer does not send its intermediate certificates"
	case VerifyCertChainTooLong:
		return "the chain is longer than SetVerifyDepth allows"
	default:
		return ""
	}
}
