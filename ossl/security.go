package ossl

// #include "shim_answer.h"
import "C"

import "unsafe"

// SecurityOp is what libssl asks the security level about:
// SSL_CTX_set_security_level(3).
type SecurityOp int

// The questions. Those with Peer are about the peer's certificates, the same
// without it about one's own.
const (
	SecOpCipherSupported SecurityOp = C.SSL_SECOP_CIPHER_SUPPORTED // may the suite be offered
	SecOpCipherShared    SecurityOp = C.SSL_SECOP_CIPHER_SHARED    // may a server choose it
	SecOpCipherCheck     SecurityOp = C.SSL_SECOP_CIPHER_CHECK     // may a client accept it
	SecOpCurveSupported  SecurityOp = C.SSL_SECOP_CURVE_SUPPORTED
	SecOpCurveShared     SecurityOp = C.SSL_SECOP_CURVE_SHARED
	SecOpCurveCheck      SecurityOp = C.SSL_SECOP_CURVE_CHECK
	SecOpTmpDH           SecurityOp = C.SSL_SECOP_TMP_DH
	SecOpVersion         SecurityOp = C.SSL_SECOP_VERSION // the NID is the version: TLS1_2Version
	SecOpTicket          SecurityOp = C.SSL_SECOP_TICKET
	SecOpSigalgSupported SecurityOp = C.SSL_SECOP_SIGALG_SUPPORTED // the NID is the digest's
	SecOpSigalgShared    SecurityOp = C.SSL_SECOP_SIGALG_SHARED
	SecOpSigalgCheck     SecurityOp = C.SSL_SECOP_SIGALG_CHECK
	SecOpSigalgMask      SecurityOp = C.SSL_SECOP_SIGALG_MASK
	SecOpCompression     SecurityOp = C.SSL_SECOP_COMPRESSION
	SecOpEEKey           SecurityOp = C.SSL_SECOP_EE_KEY // the key of an end entity
	SecOpCAKey           SecurityOp = C.SSL_SECOP_CA_KEY
	SecOpCAMD            SecurityOp = C.SSL_SECOP_CA_MD // the digest of a certificate's signature
	SecOpPeerEEKey       SecurityOp = C.SSL_SECOP_PEER_EE_KEY
	SecOpPeerCAKey       SecurityOp = C.SSL_SECOP_PEER_CA_KEY
	SecOpPeerCAMD        SecurityOp = C.SSL_SECOP_PEER_CA_MD
)

// SecurityRule decides one of libssl's questions.
type SecurityRule struct {
	Op      SecurityOp // 0 for any
	NID     NID        // of the suite, group or digest; 0 for any
	Allow   bool       // or else refuse
	MinBits int        // what it allows has at least so many bits of security
}

// SetSecurityPolicy takes the place of the callback of
// SSL_CTX_set_security_callback(3): the first rule that is about a question
// decides it, and where none is, the security level. So a level can be made
// stricter in one point, or an exception to it be made. No rules leave all to the
// level. Call it before SSLs are made of c. The chains of certificates are judged
// by VerifyParam.SetAuthLevel as well.
func (c *Ctx) SetSecurityPolicy(rules ...SecurityRule) error {
	return c.call("SSL_CTX_set_security_callback", func(c *C.SSL_CTX) *C.gossl_err {
		crossing()
		list := cRules(rules)
		return C.gossl_set_security_policy(c, nil, unsafe.SliceData(list), C.size_t(len(list)))
	})
}

// SetSecurityPolicy is the same for one connection; what it leaves open, the
// Ctx's policy decides: SSL_set_security_callback(3).
func (s *SSL) SetSecurityPolicy(rules ...SecurityRule) error {
	return s.call("SSL_set_security_callback", func(s *C.SSL) *C.gossl_err {
		crossing()
		list := cRules(rules)
		return C.gossl_set_security_policy(nil, s, unsafe.SliceData(list), C.size_t(len(list)))
	})
}

func cRules(rules []SecurityRule) []C.gossl_sec_rule {
	list := make([]C.gossl_sec_rule, len(rules))
	for i, r := range rules {
		list[i] = C.gossl_sec_rule{op: cInt(int(r.Op)), nid: cInt(int(r.NID)), min_bits: cInt(r.MinBits), allow: cFlag(r.Allow)}
	}
	return list
}
