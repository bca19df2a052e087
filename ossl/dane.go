package ossl

// #include "shim_more.h"
import "C"

import "fmt"

// DaneFlags is a set of DANE_FLAG_*: SSL_CTX_dane_set_flags(3).
type DaneFlags uint32

// DaneFlagNoDaneEENameChecks leaves names alone where a record of usage 3 is
// about the server's own certificate or key (RFC 7671, section 5.1).
const DaneFlagNoDaneEENameChecks DaneFlags = C.DANE_FLAG_NO_DANE_EE_NAMECHECKS

// TLSA is a record of DANE: RFC 6698, section 2.1.
type TLSA struct {
	Usage    uint8 // 0 PKIX-TA, 1 PKIX-EE, 2 DANE-TA, 3 DANE-EE
	Selector uint8 // 0 the certificate, 1 its public key
	Matching uint8 // 0 all of it, 1 its SHA-256, 2 its SHA-512
	Data     []byte
}

// DaneMtypeSet sets the digest behind a matching type, and how strong it is
// beside others; digest "" takes the type away: SSL_CTX_dane_mtype_set(3).
func (c *Ctx) DaneMtypeSet(digest string, matching, order uint8) error {
	set := func(c *C.SSL_CTX, md *C.char) *C.gossl_err {
		crossing()
		return C.gossl_dane_mtype_set(c, md, C.uint(matching), C.uint(order))
	}
	if digest == "" {
		return c.call("SSL_CTX_dane_mtype_set", func(c *C.SSL_CTX) *C.gossl_err { return set(c, nil) })
	}
	return c.callString("SSL_CTX_dane_mtype_set", digest, set)
}

// DaneTlsaAdd adds a record of the server that this connection is to, after
// DaneEnable: SSL_dane_tlsa_add(3). Records that libssl cannot use are an
// error; a program goes on with the others, and refuses the server where none
// is left.
func (s *SSL) DaneTlsaAdd(r TLSA) error {
	if s != nil && s.p != nil && len(r.Data) == 0 {
		return fmt.Errorf("ossl: TLSA record %d %d %d without data", r.Usage, r.Selector, r.Matching)
	}
	return s.call("SSL_dane_tlsa_add", func(s *C.SSL) *C.gossl_err {
		crossing()
		return C.gossl_dane_tlsa_add(s, C.uint(r.Usage), C.uint(r.Selector), C.uint(r.Matching), bytesPtr(r.Data), C.size_t(len(r.Data)))
	})
}

// Get0DaneAuthority says what a record vouched for: the certificate, or the
// bare key, at a depth from 0 for the server's own. ok is false where none did,
// or the handshake is not done. Unlike in C both come with references of their
// own, and the caller closes them: SSL_get0_dane_authority(3).
func (s *SSL) Get0DaneAuthority() (depth int, x *X509, k *PKey, ok bool) {
	var cert *C.X509
	var key *C.EVP_PKEY
	d := -1
	s.do(func(s *C.SSL) { crossing(); d = int(C.gossl_dane_authority(s, &cert, &key)) })
	if cert != nil {
		x = newX509(cert)
	}
	if key != nil {
		k = newPKey(key)
	}
	return max(d, 0), x, k, d >= 0
}

// Get0DaneTlsa is the record that vouched, and the depth likewise:
// SSL_get0_dane_tlsa(3).
func (s *SSL) Get0DaneTlsa() (depth int, r TLSA, ok bool) {
	var usage, selector, matching C.uint8_t
	var data C.gossl_bytes
	d := -1
	s.do(func(s *C.SSL) { crossing(); d = int(C.gossl_dane_tlsa(s, &usage, &selector, &matching, &data)) })
	if d < 0 {
		return 0, TLSA{}, false
	}
	return d, TLSA{uint8(usage), uint8(selector), uint8(matching), takeBytes(data)}, true
}
