package ossl

// #include <openssl/err.h>
// #include <openssl/ocsperr.h>
// #include <openssl/pkcs12err.h>
// #include <openssl/storeerr.h>
// #include <openssl/x509err.h>
// #include "shim_without_ocsp.h"
import "C"

const (
	pkcs12Lib    Reason = C.ERR_LIB_PKCS12 << 23
	ocspLib      Reason = C.ERR_LIB_OCSP << 23
	osslStoreLib Reason = C.ERR_LIB_OSSL_STORE << 23
)

// Reasons of certificates, PKCS#12 files and OCSP: X509_R_*, PKCS12_R_*,
// OCSP_R_* and OSSL_STORE_R_* of the same words.
const (
	ReasonCertAlreadyInHashTable     = x509Lib | C.X509_R_CERT_ALREADY_IN_HASH_TABLE
	ReasonPKCS12MacVerifyFailure     = pkcs12Lib | C.PKCS12_R_MAC_VERIFY_FAILURE
	ReasonOCSPCertificateVerifyError = ocspLib | C.OCSP_R_CERTIFICATE_VERIFY_ERROR
	ReasonOCSPSignerNotFound         = ocspLib | C.OCSP_R_SIGNER_CERTIFICATE_NOT_FOUND
	ReasonOCSPMissingOCSPSigning     = ocspLib | C.OCSP_R_MISSING_OCSPSIGNING_USAGE
	ReasonOCSPSignatureFailure       = ocspLib | C.OCSP_R_SIGNATURE_FAILURE
	ReasonOCSPStatusExpired          = ocspLib | C.OCSP_R_STATUS_EXPIRED
	ReasonOCSPStatusNotYetValid      = ocspLib | C.OCSP_R_STATUS_NOT_YET_VALID
	ReasonOCSPStatusTooOld           = ocspLib | C.OCSP_R_STATUS_TOO_OLD
	ReasonStorePassphraseCallback    = osslStoreLib | C.OSSL_STORE_R_PASSPHRASE_CALLBACK_ERROR
	ReasonStoreUnregisteredScheme    = osslStoreLib | C.OSSL_STORE_R_UNREGISTERED_SCHEME
)
