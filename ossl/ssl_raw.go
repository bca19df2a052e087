package ossl

// #include "shim_more.h"
import "C"

// Get0CertificateTypes lists the certificate types that a TLS 1.2 server asked
// for, as on the wire: SSL_get0_certificate_types(3).
func (s *SSL) Get0CertificateTypes() []byte { return s.bytes(C.GOSSL_CERTIFICATE_TYPES) }

// Get0EcPointFormats lists the peer's point formats: SSL_get0_ec_point_formats(3).
func (s *SSL) Get0EcPointFormats() []byte { return s.bytes(C.GOSSL_EC_POINT_FORMATS) }

// Get0RawCipherlist is the list of suites of the ClientHello, two bytes each,
// with those that libssl does not know: SSL_get0_raw_cipherlist(3).
func (s *SSL) Get0RawCipherlist() []byte { return s.bytes(C.GOSSL_RAW_CIPHERLIST) }
