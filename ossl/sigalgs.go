package ossl

// #include "shim_more.h"
import "C"

import "unsafe"

// SigAlg is a signature algorithm: SSL_get_sigalgs(3). NIDs are NIDUndef where
// libcrypto has none.
type SigAlg struct {
	Sign, Hash, SignHash NID   // the kind of key, the digest, and both in one
	RawSign, RawHash     uint8 // the two bytes on the wire, the digest's first
}

// SigAlgPair is a digest and a kind of key, such as NIDSHA256 and
// NIDRSAEncryption.
type SigAlgPair struct{ Hash, Sign NID }

// GetSigalgs lists the signature algorithms that the peer supports, in its
// order: SSL_get_sigalgs(3).
func (s *SSL) GetSigalgs() []SigAlg { return s.sigalgs(0) }

// GetSharedSigalgs lists the signature algorithms that both sides support:
// SSL_get_shared_sigalgs(3).
func (s *SSL) GetSharedSigalgs() []SigAlg { return s.sigalgs(1) }

func (s *SSL) sigalgs(shared C.int) []SigAlg {
	return sslValue(s, func(s *C.SSL) (list []SigAlg) {
		crossing()
		for _, a := range takeArray[C.gossl_sigalg](C.gossl_sigalgs(s, shared)) {
			list = append(list, SigAlg{NID(a.sign), NID(a.hash), NID(a.both), uint8(a.raw_sign), uint8(a.raw_hash)})
		}
		return list
	})
}

// Set1Sigalgs is Set1SigalgsList with NIDs: SSL_CTX_set1_sigalgs(3).
func (c *Ctx) Set1Sigalgs(list []SigAlgPair) error {
	ints := pairs(list)
	return c.call("SSL_CTX_set1_sigalgs", func(c *C.SSL_CTX) *C.gossl_err {
		crossing()
		return C.gossl_ctx_set1_sigalgs(c, unsafe.SliceData(ints), C.size_t(len(ints)))
	})
}

// Set1ClientSigalgs is Set1ClientSigalgsList with NIDs:
// SSL_CTX_set1_client_sigalgs(3).
func (c *Ctx) Set1ClientSigalgs(list []SigAlgPair) error {
	ints := pairs(list)
	return c.call("SSL_CTX_set1_client_sigalgs", func(c *C.SSL_CTX) *C.gossl_err {
		crossing()
		return C.gossl_ctx_set1_client_sigalgs(c, unsafe.SliceData(ints), C.size_t(len(ints)))
	})
}

// Set1Sigalgs is Set1SigalgsList with NIDs: SSL_set1_sigalgs(3).
func (s *SSL) Set1Sigalgs(list []SigAlgPair) error {
	ints := pairs(list)
	return s.call("SSL_set1_sigalgs", func(s *C.SSL) *C.gossl_err {
		crossing()
		return C.gossl_set1_sigalgs(s, unsafe.SliceData(ints), C.size_t(len(ints)))
	})
}

// Set1ClientSigalgs is Set1ClientSigalgsList with NIDs:
// SSL_set1_client_sigalgs(3).
func (s *SSL) Set1ClientSigalgs(list []SigAlgPair) error {
	ints := pairs(list)
	return s.call("SSL_set1_client_sigalgs", func(s *C.SSL) *C.gossl_err {
		crossing()
		return C.gossl_set1_client_sigalgs(s, unsafe.SliceData(ints), C.size_t(len(ints)))
	})
}

// pairs is the list as OpenSSL takes it: digest, key, digest, key.
func pairs(list []SigAlgPair) []C.int {
	ints := make([]C.int, 0, 2*len(list))
	for _, p := range list {
		ints = append(ints, cInt(int(p.Hash)), cInt(int(p.Sign)))
	}
	return ints
}
