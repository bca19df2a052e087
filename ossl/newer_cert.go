package ossl

// #include "shim_newer.h"
import "C"

import "unsafe"

// CertCompAlg is an algorithm to compress certificates by: RFC 8879.
type CertCompAlg int

// The algorithms. Which of them there are, the build of libssl decides.
const (
	CertCompNone   CertCompAlg = 0
	CertCompZlib   CertCompAlg = 1
	CertCompBrotli CertCompAlg = 2
	CertCompZstd   CertCompAlg = 3
)

// CertType is a kind of certificate: RFC 7250.
type CertType int

// The kinds.
const (
	CertTypeX509 CertType = 0
	CertTypeRPK  CertType = 2 // a raw public key
)

// Set1CertCompPreference sets the algorithms to take compressed certificates
// by, in order of preference: SSL_CTX_set1_cert_comp_preference(3). OpenSSL 3.2
// has it first.
func (c *Ctx) Set1CertCompPreference(algs []CertCompAlg) error {
	list := compAlgs(algs)
	return onNewer(c, C.GOSSL_CTX_SET_CERT_COMP, func() *C.gossl_err {
		return C.gossl_newer_ints(nil, c.c(), C.GOSSL_CTX_SET_CERT_COMP, unsafe.SliceData(list), C.size_t(len(list)))
	})
}

// Set1CertCompPreference is Ctx.Set1CertCompPreference for one connection:
// SSL_set1_cert_comp_preference(3). OpenSSL 3.2 has it first.
func (s *SSL) Set1CertCompPreference(algs []CertCompAlg) error {
	list := compAlgs(algs)
	return onNewer(s, C.GOSSL_SET_CERT_COMP, func() *C.gossl_err {
		return C.gossl_newer_ints(s.c(), nil, C.GOSSL_SET_CERT_COMP, unsafe.SliceData(list), C.size_t(len(list)))
	})
}

// CompressCerts compresses our certificates ahead, by one algorithm or with
// CertCompNone by all: SSL_CTX_compress_certs(3). OpenSSL 3.2 has it first.
func (c *Ctx) CompressCerts(alg CertCompAlg) error {
	list := compAlgs([]CertCompAlg{alg})
	return onNewer(c, C.GOSSL_CTX_COMPRESS_CERTS, func() *C.gossl_err {
		return C.gossl_newer_ints(nil, c.c(), C.GOSSL_CTX_COMPRESS_CERTS, unsafe.SliceData(list), 1)
	})
}

// CompressCerts is Ctx.CompressCerts for one connection: SSL_compress_certs(3).
// OpenSSL 3.2 has it first.
func (s *SSL) CompressCerts(alg CertCompAlg) error {
	list := compAlgs([]CertCompAlg{alg})
	return onNewer(s, C.GOSSL_COMPRESS_CERTS, func() *C.gossl_err {
		return C.gossl_newer_ints(s.c(), nil, C.GOSSL_COMPRESS_CERTS, unsafe.SliceData(list), 1)
	})
}

func compAlgs(algs []CertCompAlg) []C.int {
	list := make([]C.int, len(algs))
	for i, a := range algs {
		list[i] = cInt(int(a))
	}
	return list
}

// Set1ClientCertType sets the kinds of certificate that clients may have, in
// order of preference: SSL_CTX_set1_client_cert_type(3). OpenSSL 3.2 has it
// first.
func (c *Ctx) Set1ClientCertType(types []CertType) error {
	return c.certType(C.GOSSL_CTX_SET_CLIENT_CERT_TYPE, types)
}

// Set1ServerCertType sets the kinds of certificate that servers may have:
// SSL_CTX_set1_server_cert_type(3). OpenSSL 3.2 has it first.
func (c *Ctx) Set1ServerCertType(types []CertType) error {
	return c.certType(C.GOSSL_CTX_SET_SERVER_CERT_TYPE, types)
}

// Set1ClientCertType is Ctx.Set1ClientCertType for one connection:
// SSL_set1_client_cert_type(3). OpenSSL 3.2 has it first.
func (s *SSL) Set1ClientCertType(types []CertType) error {
	return s.certType(C.GOSSL_SET_CLIENT_CERT_TYPE, types)
}

// Set1ServerCertType is Ctx.Set1ServerCertType for one connection:
// SSL_set1_server_cert_type(3). OpenSSL 3.2 has it first.
func (s *SSL) Set1ServerCertType(types []CertType) error {
	return s.certType(C.GOSSL_SET_SERVER_CERT_TYPE, types)
}

func (c *Ctx) certType(which int, types []CertType) error {
	wire := certTypes(types)
	return onNewer(c, which, func() *C.gossl_err {
		return C.gossl_newer_bytes(nil, c.c(), C.int(which), bytesPtr(wire), C.size_t(len(wire)))
	})
}

func (s *SSL) certType(which int, types []CertType) error {
	wire := certTypes(types)
	return onNewer(s, which, func() *C.gossl_err {
		return C.gossl_newer_bytes(s.c(), nil, C.int(which), bytesPtr(wire), C.size_t(len(wire)))
	})
}

func certTypes(types []CertType) []byte {
	wire := make([]byte, len(types))
	for i, t := range types {
		wire[i] = byte(t)
	}
	return wire
}

// GetNegotiatedClientCertType is the kind of certificate that the client has:
// SSL_get_negotiated_client_cert_type(3). OpenSSL 3.2 has it first.
func (s *SSL) GetNegotiatedClientCertType() (CertType, error) {
	v, err := s.newerNumber(C.GOSSL_CLIENT_CERT_TYPE)
	return CertType(v), err
}

// GetNegotiatedServerCertType is the kind of certificate that the server has:
// SSL_get_negotiated_server_cert_type(3). OpenSSL 3.2 has it first.
func (s *SSL) GetNegotiatedServerCertType() (CertType, error) {
	v, err := s.newerNumber(C.GOSSL_SERVER_CERT_TYPE)
	return CertType(v), err
}

// Get0PeerRPK is the peer's raw public key: SSL_get0_peer_rpk(3). Unlike in C
// it comes with a reference of its own, and the caller closes it. OpenSSL 3.2
// has it first.
func (s *SSL) Get0PeerRPK() (*PKey, error) {
	var p *C.EVP_PKEY
	if err := onNewer(s, C.GOSSL_PEER_RPK, func() *C.gossl_err { return C.gossl_peer_rpk(s.c(), &p) }); err != nil {
		return nil, err
	}
	return newPKey(p), nil
}

// AddExpectedRPK adds a public key that the peer may have:
// SSL_add_expected_rpk(3). k remains the caller's. OpenSSL 3.2 has it first.
func (s *SSL) AddExpectedRPK(k *PKey) error {
	return lend(k, func() error {
		return onNewer(s, C.GOSSL_ADD_RPK, func() *C.gossl_err { return C.gossl_add_rpk(s.c(), k.c()) })
	})
}
