package ossl

import "syscall"

// hints says what to do about the reasons that people meet most.
var hints = map[Reason]string{
	ReasonHTTPRequest:                  "the client speaks plain HTTP to a TLS port: use https://",
	ReasonHTTPSProxyRequest:            "the client sent a proxy request (CONNECT) to a TLS port",
	ReasonWrongVersionNumber:           "the peer does not speak TLS here, or an SSL version nobody should: check the port, and whether it wants STARTTLS first",
	ReasonPacketLengthTooLong:          "the peer does not seem to speak TLS: check the port",
	ReasonUnsupportedProtocol:          "the peer offers only protocol versions that are off here: see SetMinProtoVersion and the security level (@SECLEVEL)",
	ReasonTLSv1AlertProtocolVersion:    "the peer accepts none of the protocol versions offered: see SetMinProtoVersion and SetMaxProtoVersion",
	ReasonVersionTooLow:                "the peer asks for a protocol version that is off here: see SetMinProtoVersion",
	ReasonNoProtocolsAvailable:         "the protocol range is empty, or the security level (@SECLEVEL) forbids all of it",
	ReasonNoSharedCipher:               "no cipher suite in common: compare the cipher lists, and whether the server's key fits them (an RSA suite needs an RSA key)",
	ReasonNoSuitableGroups:             "no key exchange group in common: see Set1GroupsList",
	ReasonNoSuitableKeyShare:           "no key exchange group in common: see Set1GroupsList",
	ReasonNoSuitableSignatureAlgorithm: "no signature algorithm in common that fits the certificate's key: see Set1SigalgsList",
	ReasonNoCipherMatch:                "the cipher list names no cipher that this libssl has: see openssl ciphers -v",
	ReasonCertificateVerifyFailed:      "check the trusted certificates (CA file), the host name and the clock",
	ReasonPeerDidNotReturnACertificate: "the server demands a client certificate and the client sent none",
	ReasonTLSv13AlertCertificateReq:    "the server demands a client certificate",
	ReasonTLSv1AlertUnknownCA:          "the peer does not trust the CA of the certificate it was sent",
	ReasonSSLv3AlertBadCertificate:     "the peer refused the certificate it was sent",
	ReasonSSLv3AlertCertificateExpired: "the peer says that the certificate it was sent has expired",
	ReasonSSLv3AlertCertificateUnknown: "the peer refused the certificate it was sent",
	ReasonSSLv3AlertHandshakeFailure:   "no cipher suite, group or signature algorithm in common, or the peer wants a client certificate",
	ReasonNoApplicationProtocol:        "client and server have no ALPN protocol in common",
	ReasonTLSv1AlertNoApplicationProto: "client and server have no ALPN protocol in common",
	ReasonTLSv1UnrecognizedName:        "the server does not know the name that was asked for (SNI)",
	ReasonKeyValuesMismatch:            "the private key does not belong to the certificate",
	ReasonKeyTypeMismatch:              "the private key is of another type than the certificate's",
	ReasonPEMBadPasswordRead:           "the key is encrypted: give its passphrase",
	ReasonUnableToGetPassphrase:        "the key is encrypted: give its passphrase",
	ReasonPEMBadDecrypt:                "the passphrase is wrong, or the key is damaged",
	ReasonPEMNoStartLine:               "no PEM block of the expected kind in it: is it DER, or another kind of file?",
	ReasonPEMBadEndLine:                "the PEM text is cut off or damaged",
	ReasonPEMBadBase64Decode:           "the PEM text is damaged",
	ReasonNoCertificateFound:           "no PEM certificate in it: is it DER, or another kind of file?",
	ReasonNoCertificateOrCRLFound:      "no PEM certificate in it: is it DER, or another kind of file?",
	ReasonBadDecrypt:                   "the passphrase is wrong, or the key is damaged",
	ReasonEEKeyTooSmall:                "the key is too short for the security level: use a longer one, or lower @SECLEVEL for tests",
	ReasonCAKeyTooSmall:                "a key in the chain is too short for the security level",
	ReasonCAMdTooWeak:                  "a signature in the chain uses a digest that the security level forbids",
	ReasonNoCertificateAssigned:        "no certificate is set: UseCertificateChainFile comes first",
	ReasonUninitialized:                "it has no role yet: SetConnectState or SetAcceptState comes first",
	ReasonShutdownWhileInInit:          "the handshake is not finished: Close alone will do",
	ReasonProtocolIsShutdown:           "close_notify has been sent, and nothing may follow it",
	ReasonUnexpectedEOFWhileReading:    "the peer cut the connection without close_notify",
	ReasonBadWriteRetry:                "after a Want the same bytes must be written again",
	ReasonBadLength:                    "after a Want the same bytes must be written again, and at least as many",
}

// libHints speak for all reasons of a library.
var libHints = map[int]string{
	libASN1:    "it is not DER of the expected kind, or cut off or damaged",
	libDecoder: "no key in it that can be read: is it another kind of file, cut off, or of the other encoding (PEM, DER)?",
}

// opHints speak for functions that fail without leaving a reason.
var opHints = map[string]string{
	"SSL_get1_peer_certificate":        "the peer has sent no certificate",
	"SSL_get1_session":                 "there is no session yet",
	"SSL_CTX_set1_sigalgs_list":        "a signature algorithm in the list is unknown to this libssl, or there twice",
	"SSL_CTX_set1_client_sigalgs_list": "a signature algorithm in the list is unknown to this libssl, or there twice",
	"SSL_CTX_set_min_proto_version":    "not a version that this libssl has for this Method",
	"SSL_CTX_set_max_proto_version":    "not a version that this libssl has for this Method",
	"SSL_set_min_proto_version":        "not a version that this libssl has for this Method",
	"SSL_set_max_proto_version":        "not a version that this libssl has for this Method",
	"X509_VERIFY_PARAM_set1_ip_asc":    "not an IP address in text form",
}

var errnoHints = map[syscall.Errno]string{
	syscall.EPIPE:      "the peer had already closed the connection",
	syscall.ECONNRESET: "the peer cut the connection",
	syscall.ENOENT:     "check the path",
	syscall.EACCES:     "check the permissions of the file and its folders",
	syscall.EMFILE:     "too many open files: raise the limit (ulimit -n)",
	syscall.ENFILE:     "too many open files on this system: raise fs.file-max",
}

// Hint says what to do about the error, where that is known; else it is "".
func (e *Error) Hint() string {
	if h := e.Verify.hint(); h != "" {
		return h
	}
	for i := len(e.Queue) - 1; i >= 0; i-- {
		reason := e.Queue[i].Reason
		if reason == ReasonBadLength && e.Op == "SSL_read" {
			return "a second KeyUpdate or another handshake message came while a Write was half sent, which libssl cannot answer"
		}
		if h := hints[reason]; h != "" {
			return h
		}
	}
	if h := errnoHints[e.Errno]; h != "" {
		return h
	}
	for _, q := range e.Queue {
		lib := q.Reason.Lib()
		if q.vague() {
			lib = q.Reason.Num() & 0xff // ERR_R_ASN1_LIB and its like name the library beneath
		}
		if h := libHints[lib]; h != "" {
			return h
		}
	}
	if len(e.Queue) == 0 && e.Code == ErrorNone {
		return opHints[e.Op]
	}
	return ""
}
