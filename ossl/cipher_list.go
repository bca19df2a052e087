package ossl

// #include "shim_more.h"
import "C"

import "strings"

// DefaultCipherList is what SetCipherList need not be told, a list in OpenSSL's
// syntax: OSSL_default_cipher_list(3).
func DefaultCipherList() string { crossing(); return C.GoString(C.OSSL_default_cipher_list()) }

// DefaultCiphersuites is the same for SetCiphersuites and TLS 1.3:
// OSSL_default_ciphersuites(3).
func DefaultCiphersuites() string { crossing(); return C.GoString(C.OSSL_default_ciphersuites()) }

// GetCiphers lists the suites that are configured, in order of preference:
// SSL_CTX_get_ciphers(3). The slice stands for STACK_OF(SSL_CIPHER):
// sk_SSL_CIPHER_num and sk_SSL_CIPHER_value are len and an index,
// sk_SSL_CIPHER_dup and sk_SSL_CIPHER_find are slices.Clone and slices.Index,
// and sk_SSL_CIPHER_free is the garbage collector.
func (c *Ctx) GetCiphers() []Cipher {
	return ctxValue(c, func(c *C.SSL_CTX) []Cipher { crossing(); return takeCiphers(C.gossl_ctx_ciphers(c)) })
}

// GetCiphers lists the suites that are configured, in order of preference:
// SSL_get_ciphers(3).
func (s *SSL) GetCiphers() []Cipher { return s.ciphers(C.GOSSL_CIPHERS) }

// Get1SupportedCiphers lists the suites that can really be negotiated, given
// versions, keys and security level: SSL_get1_supported_ciphers(3).
func (s *SSL) Get1SupportedCiphers() []Cipher { return s.ciphers(C.GOSSL_SUPPORTED_CIPHERS) }

// GetClientCiphers lists the suites that the client offered, on a server after
// the ClientHello of a full handshake: SSL_get_client_ciphers(3).
func (s *SSL) GetClientCiphers() []Cipher { return s.ciphers(C.GOSSL_CLIENT_CIPHERS) }

func (s *SSL) ciphers(which C.int) []Cipher {
	return sslValue(s, func(s *C.SSL) []Cipher { crossing(); return takeCiphers(C.gossl_ciphers(s, which)) })
}

// GetCipherList is the name of the n-th suite that is configured, from 0, and
// "" behind the last: SSL_get_cipher_list(3).
func (s *SSL) GetCipherList(n int) string {
	return sslValue(s, func(s *C.SSL) string { crossing(); return C.GoString(C.gossl_cipher_list_item(s, cInt(n))) })
}

// GetSharedCiphers lists the names of the suites that the client offered and
// this server has, in the client's order: SSL_get_shared_ciphers(3).
func (s *SSL) GetSharedCiphers() []string {
	text := sslValue(s, func(s *C.SSL) []byte { crossing(); return takeBytes(C.gossl_shared_ciphers(s)) })
	if len(text) == 0 {
		return nil
	}
	return strings.Split(string(text), ":")
}

// GetPendingCipher is the suite that is being negotiated, and will be in use
// once the keys change: SSL_get_pending_cipher(3).
func (s *SSL) GetPendingCipher() Cipher {
	return Cipher{sslValue(s, func(s *C.SSL) *C.SSL_CIPHER { crossing(); return C.SSL_get_pending_cipher(s) })}
}

// CipherFind is the suite with a number on the wire, or the zero Cipher where
// libssl has none: SSL_CIPHER_find(3).
func (s *SSL) CipherFind(id uint16) Cipher {
	return Cipher{sslValue(s, func(s *C.SSL) *C.SSL_CIPHER { crossing(); return C.gossl_cipher_find(s, C.uint(id)) })}
}

// BytesToCipherList reads the suites of a ClientHello, two bytes each, or three
// in the form of SSLv2: SSL_bytes_to_cipher_list(3). scsvs are those that only
// signal something. Suites that libssl does not know are left out.
func (s *SSL) BytesToCipherList(b []byte, v2 bool) (ciphers, scsvs []Cipher, err error) {
	var list, sv C.gossl_bytes
	err = s.call("SSL_bytes_to_cipher_list", func(s *C.SSL) *C.gossl_err {
		crossing()
		return C.gossl_parse_ciphers(s, bytesPtr(b), C.size_t(len(b)), cFlag(v2), &list, &sv)
	})
	return takeCiphers(list), takeCiphers(sv), err
}

// Get0Cipher is the suite of the session: SSL_SESSION_get0_cipher(3).
func (s *Session) Get0Cipher() Cipher {
	return Cipher{sessionValue(s, func(s *C.SSL_SESSION) *C.SSL_CIPHER { crossing(); return C.SSL_SESSION_get0_cipher(s) })}
}

// SetCipher sets the suite of the session, which must not be the zero Cipher:
// SSL_SESSION_set_cipher(3).
func (s *Session) SetCipher(c Cipher) error {
	return s.call("SSL_SESSION_set_cipher", func(s *C.SSL_SESSION) *C.gossl_err {
		crossing()
		return C.gossl_session_set_cipher(s, c.p)
	})
}

func takeCiphers(b C.gossl_bytes) []Cipher {
	var list []Cipher
	for _, p := range takeArray[*C.SSL_CIPHER](b) {
		list = append(list, Cipher{p})
	}
	return list
}
