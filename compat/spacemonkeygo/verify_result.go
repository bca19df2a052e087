package openssl

// VerifyResult is what the verification of a certificate came to: X509_V_*.
type VerifyResult int

// The results that have a name here.
const (
	Ok                            VerifyResult = 0
	UnableToGetIssuerCert         VerifyResult = 2
	UnableToGetCrl                VerifyResult = 3
	UnableToDecryptCertSignature  VerifyResult = 4
	UnableToDecryptCrlSignature   VerifyResult = 5
	UnableToDecodeIssuerPublicKey VerifyResult = 6
	CertSignatureFailure          VerifyResult = 7
	CrlSignatureFailure           VerifyResult = 8
	CertNotYetValid               VerifyResult = 9
	CertHasExpired                VerifyResult = 10
	CrlNotYetValid                VerifyResult = 11
	CrlHasExpired                 VerifyResult = 12
	ErrorInCertNotBeforeField     VerifyResult = 13
	ErrorInCertNotAfterField      VerifyResult = 14
	ErrorInCrlLastUpdateField     VerifyResult = 15
	ErrorInCrlNextUpdateField     VerifyResult = 16
	OutOfMem                      VerifyResult = 17
	DepthZeroSelfSignedCert       VerifyResult = 18
	SelfSignedCertInChain         VerifyResult = 19
	UnableToGetIssuerCertLocally  VerifyResult = 20
	UnableToVerifyLeafSignature   VerifyResult = 21
	CertChainTooLong              VerifyResult = 22
	CertRevoked                   VerifyResult = 23
	InvalidCa                     VerifyResult = 79
	PathLengthExceeded            VerifyResult = 25
	InvalidPurpose                VerifyResult = 26
	CertUntrusted                 VerifyResult = 27
	CertRejected                  VerifyResult = 28
	SubjectIssuerMismatch         VerifyResult = 29
	AkidSkidMismatch              VerifyResult = 30
	AkidIssuerSerialMismatch      VerifyResult = 31
	KeyusageNoCertsign            VerifyResult = 32
	UnableToGetCrlIssuer          VerifyResult = 33
	UnhandledCriticalExtension    VerifyResult = 34
	KeyusageNoCrlSign             VerifyResult = 35
	UnhandledCriticalCrlExtension VerifyResult = 36
	InvalidNonCa                  VerifyResult = 37
	ProxyPathLengthExceeded       VerifyResult = 38
	KeyusageNoDigitalSignature    VerifyResult = 39
	ProxyCertificatesNotAllowed   VerifyResult = 40
	InvalidExtension              VerifyResult = 41
	InvalidPolicyExtension        VerifyResult = 42
	NoExplicitPolicy              VerifyResult = 43
	UnnestedResource              VerifyResult = 46
	ApplicationVerification       VerifyResult = 50
)
