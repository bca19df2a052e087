package ossl

// #include <openssl/objects.h>
// #include "shim_more.h"
import "C"

import "strings"

// The kinds of key exchange and authentication that [Cipher.GetKxNID] and
// [Cipher.GetAuthNID] tell, beside those of objects.
const (
	NIDKxRSA      NID = C.NID_kx_rsa
	NIDKxECDHE    NID = C.NID_kx_ecdhe
	NIDKxDHE      NID = C.NID_kx_dhe
	NIDKxECDHEPSK NID = C.NID_kx_ecdhe_psk
	NIDKxDHEPSK   NID = C.NID_kx_dhe_psk
	NIDKxRSAPSK   NID = C.NID_kx_rsa_psk
	NIDKxPSK      NID = C.NID_kx_psk
	NIDKxAny      NID = C.NID_kx_any
	NIDAuthRSA    NID = C.NID_auth_rsa
	NIDAuthECDSA  NID = C.NID_auth_ecdsa
	NIDAuthPSK    NID = C.NID_auth_psk
	NIDAuthNull   NID = C.NID_auth_null
	NIDAuthAny    NID = C.NID_auth_any
)

// Description is the suite in words, one line: SSL_CIPHER_description(3).
func (c Cipher) Description() string {
	return cipherValue(c, func(c *C.SSL_CIPHER) string {
		return strings.TrimSpace(string(takeBytes(C.gossl_cipher_description(c))))
	})
}

// GetHandshakeDigest is the name of the digest of the handshake, "SHA256":
// SSL_CIPHER_get_handshake_digest(3).
func (c Cipher) GetHandshakeDigest() string {
	return cipherValue(c, func(c *C.SSL_CIPHER) string { return C.GoString(C.gossl_cipher_digest(c)) })
}

// AlgBits is the length of the key that the cipher works with, the other
// number that SSL_CIPHER_get_bits(3) tells. It is above GetBits where a part of
// it is known.
func (c Cipher) AlgBits() int {
	return int(cipherValue(c, func(c *C.SSL_CIPHER) C.int { return C.gossl_cipher_alg_bits(c) }))
}

// CipherName is OpenSSL's name for a suite by its standard name, "(NONE)" where
// it has none: OPENSSL_cipher_name(3).
func CipherName(standard string) string {
	if checkString(standard) != nil {
		return "(NONE)"
	}
	return withCString(standard, func(s *C.char) string { return C.GoString(C.OPENSSL_cipher_name(s)) })
}

// GetCipherName is OpenSSL's name for the suite in use: SSL_get_cipher_name(3)
// and SSL_get_cipher.
func (s *SSL) GetCipherName() string { return s.GetCurrentCipher().GetName() }

// GetCipherBits is the strength of the suite in use: SSL_get_cipher_bits(3).
func (s *SSL) GetCipherBits() int { return s.GetCurrentCipher().GetBits() }

// GetCipherVersion is the oldest protocol that has the suite in use:
// SSL_get_cipher_version(3).
func (s *SSL) GetCipherVersion() string { return s.GetCurrentCipher().GetVersion() }
