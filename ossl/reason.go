package ossl

// #include "shim.h"
// #include <openssl/asn1err.h>
// #include <openssl/bioerr.h>
// #include <openssl/pemerr.h>
// #include <openssl/pkcs12err.h>
// #include <openssl/proverr.h>
// #include <openssl/sslerr.h>
// #include <openssl/x509err.h>
import "C"

import (
	"fmt"
	"syscall"
)

// Reason is a packed OpenSSL error code: library and reason, without the place
// (ERR_GET_LIB(3)). It is an error, so that errors.Is(err,
// ossl.ReasonUnsupportedProtocol) works on whatever this package returns.
type Reason uint32

// systemFlag marks codes that are errno values: ERR_SYSTEM_FLAG.
const systemFlag = 1 << 31

// MakeReason packs a library number (ERR_LIB_*) and a reason number (such as
// SSL_R_*) for which there is no constant here: ERR_PACK(3).
func MakeReason(lib, reason int) Reason {
	return Reason(lib&0xff<<23 | reason&0x7fffff)
}

// Lib is the number of the library that raised it, as ERR_GET_LIB(3).
func (r Reason) Lib() int {
	if r&systemFlag != 0 {
		return C.ERR_LIB_SYS
	}
	return int(r >> 23 & 0xff)
}

// Num is the number of the reason within its library, as ERR_GET_REASON(3).
func (r Reason) Num() int {
	if r&systemFlag != 0 {
		return int(r &^ systemFlag)
	}
	return int(r & 0x7fffff)
}

// Errno is the system error that r stands for, if it is one.
func (r Reason) Errno() (syscall.Errno, bool) {
	return syscall.Errno(r &^ systemFlag), r&systemFlag != 0
}

// Alert is the TLS alert that the peer sent, if r says that it sent one.
// SSL_R_*_ALERT_* are SSL_AD_REASON_OFFSET plus the number of the alert.
func (r Reason) Alert() (Alert, bool) {
	if r.Lib() != C.ERR_LIB_SSL || r.Num() < C.SSL_AD_REASON_OFFSET || r.Num() >= C.SSL_AD_REASON_OFFSET+256 {
		return 0, false
	}
	return Alert(r.Num() - C.SSL_AD_REASON_OFFSET), true
}

// Error is OpenSSL's text for the reason: ERR_reason_error_string(3).
func (r Reason) Error() string {
	C.gossl_know_errors()
	if s := C.ERR_reason_error_string(C.ulong(r)); s != nil {
		return C.GoString(s)
	}
	if errno, ok := r.Errno(); ok {
		return errno.Error()
	}
	return fmt.Sprintf("OpenSSL error %d of library %d", r.Num(), r.Lib())
}

const (
	sslLib  Reason = C.ERR_LIB_SSL << 23
	x509Lib Reason = C.ERR_LIB_X509 << 23
	pemLib  Reason = C.ERR_LIB_PEM << 23
	asn1Lib Reason = C.ERR_LIB_ASN1 << 23
	provLib Reason = C.ERR_LIB_PROV << 23
)

const (
	libASN1    = C.ERR_LIB_ASN1
	libDecoder = C.ERR_LIB_OSSL_DECODER
)

// Reasons that programs act on: SSL_R_*, X509_R_* and PEM_R_* of the same
// words. Any other is made with [MakeReason].
const (
	ReasonBadLength                    = sslLib | C.SSL_R_BAD_LENGTH
	ReasonBadWriteRetry                = sslLib | C.SSL_R_BAD_WRITE_RETRY
	ReasonCAKeyTooSmall                = sslLib | C.SSL_R_CA_KEY_TOO_SMALL
	ReasonCAMdTooWeak                  = sslLib | C.SSL_R_CA_MD_TOO_WEAK
	ReasonCertificateVerifyFailed      = sslLib | C.SSL_R_CERTIFICATE_VERIFY_FAILED
	ReasonDecryptionFailedOrBadMac     = sslLib | C.SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC
	ReasonEEKeyTooSmall                = sslLib | C.SSL_R_EE_KEY_TOO_SMALL
	ReasonHTTPRequest                  = sslLib | C.SSL_R_HTTP_REQUEST
	ReasonHTTPSProxyRequest            = sslLib | C.SSL_R_HTTPS_PROXY_REQUEST
	ReasonNoApplicationProtocol        = sslLib | C.SSL_R_NO_APPLICATION_PROTOCOL
	ReasonNoCertificateAssigned        = sslLib | C.SSL_R_NO_CERTIFICATE_ASSIGNED
	ReasonNoCipherMatch                = sslLib | C.SSL_R_NO_CIPHER_MATCH
	ReasonNoPrivateKeyAssigned         = sslLib | C.SSL_R_NO_PRIVATE_KEY_ASSIGNED
	ReasonNoProtocolsAvailable         = sslLib | C.SSL_R_NO_PROTOCOLS_AVAILABLE
	ReasonNoRenegotiation              = sslLib | C.SSL_R_NO_RENEGOTIATION
	ReasonNoSharedCipher               = sslLib | C.SSL_R_NO_SHARED_CIPHER
	ReasonNoSuitableGroups             = sslLib | C.SSL_R_NO_SUITABLE_GROUPS
	ReasonNoSuitableKeyShare           = sslLib | C.SSL_R_NO_SUITABLE_KEY_SHARE
	ReasonNoSuitableSignatureAlgorithm = sslLib | C.SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM
	ReasonPacketLengthTooLong          = sslLib | C.SSL_R_PACKET_LENGTH_TOO_LONG
	ReasonPeerDidNotReturnACertificate = sslLib | C.SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE
	ReasonProtocolIsShutdown           = sslLib | C.SSL_R_PROTOCOL_IS_SHUTDOWN
	ReasonShutdownWhileInInit          = sslLib | C.SSL_R_SHUTDOWN_WHILE_IN_INIT
	ReasonTooMuchEarlyData             = sslLib | C.SSL_R_TOO_MUCH_EARLY_DATA
	ReasonUnexpectedEOFWhileReading    = sslLib | C.SSL_R_UNEXPECTED_EOF_WHILE_READING
	ReasonUninitialized                = sslLib | C.SSL_R_UNINITIALIZED
	ReasonUnsupportedProtocol          = sslLib | C.SSL_R_UNSUPPORTED_PROTOCOL
	ReasonVersionTooLow                = sslLib | C.SSL_R_VERSION_TOO_LOW
	ReasonWrongSignatureType           = sslLib | C.SSL_R_WRONG_SIGNATURE_TYPE
	ReasonWrongSSLVersion              = sslLib | C.SSL_R_WRONG_SSL_VERSION
	ReasonWrongVersionNumber           = sslLib | C.SSL_R_WRONG_VERSION_NUMBER
	ReasonTLSv1AlertProtocolVersion    = sslLib | C.SSL_R_TLSV1_ALERT_PROTOCOL_VERSION
	ReasonTLSv1AlertUnknownCA          = sslLib | C.SSL_R_TLSV1_ALERT_UNKNOWN_CA
	ReasonTLSv1AlertDecryptError       = sslLib | C.SSL_R_TLSV1_ALERT_DECRYPT_ERROR
	ReasonTLSv1UnrecognizedName        = sslLib | C.SSL_R_TLSV1_UNRECOGNIZED_NAME
	ReasonTLSv13AlertCertificateReq    = sslLib | C.SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED
	ReasonSSLv3AlertBadCertificate     = sslLib | C.SSL_R_SSLV3_ALERT_BAD_CERTIFICATE
	ReasonSSLv3AlertCertificateExpired = sslLib | C.SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED
	ReasonSSLv3AlertHandshakeFailure   = sslLib | C.SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE
	ReasonSSLv3AlertCertificateUnknown = sslLib | C.SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN
	ReasonTLSv1AlertNoApplicationProto = sslLib | (C.SSL_AD_REASON_OFFSET + C.SSL_AD_NO_APPLICATION_PROTOCOL)
	ReasonKeyValuesMismatch            = x509Lib | C.X509_R_KEY_VALUES_MISMATCH
	ReasonKeyTypeMismatch              = x509Lib | C.X509_R_KEY_TYPE_MISMATCH
	ReasonNoCertificateFound           = x509Lib | C.X509_R_NO_CERTIFICATE_FOUND
	ReasonNoCertificateOrCRLFound      = x509Lib | C.X509_R_NO_CERTIFICATE_OR_CRL_FOUND
	ReasonPEMBadPasswordRead           = pemLib | C.PEM_R_BAD_PASSWORD_READ
	ReasonPEMBadDecrypt                = pemLib | C.PEM_R_BAD_DECRYPT
	ReasonPEMNoStartLine               = pemLib | C.PEM_R_NO_START_LINE
	ReasonPEMBadEndLine                = pemLib | C.PEM_R_BAD_END_LINE
	ReasonPEMBadBase64Decode           = pemLib | C.PEM_R_BAD_BASE64_DECODE
	ReasonBadDecrypt                   = provLib | C.PROV_R_BAD_DECRYPT // wrong passphrase of a PKCS#8 key
	ReasonUnableToGetPassphrase        = provLib | C.PROV_R_UNABLE_TO_GET_PASSPHRASE
)

// vagueReasons say nothing that another entry of the same failure does not
// say better.
var vagueReasons = map[Reason]bool{
	C.ERR_LIB_UI<<23 | C.ERR_R_INTERRUPTED_OR_CANCELLED:        true,
	C.ERR_LIB_CRYPTO<<23 | C.ERR_R_INTERRUPTED_OR_CANCELLED:    true,
	C.ERR_LIB_PKCS12<<23 | C.PKCS12_R_PKCS12_CIPHERFINAL_ERROR: true,
	C.ERR_LIB_BIO<<23 | C.BIO_R_NO_SUCH_FILE:                   true,
	asn1Lib | C.ERR_R_NESTED_ASN1_ERROR:                        true,
	asn1Lib | C.ASN1_R_BAD_OBJECT_HEADER:                       true,
}
