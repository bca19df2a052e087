package ossl

// #include "shim_more.h"
import "C"

// The ClientHello as the client sent it. These work only while it is being
// decided on: between an operation's [WantClientHello] and the next one. At
// any other time all is empty.

// ClientHelloIsV2 says whether it came in the form of SSLv2:
// SSL_client_hello_isv2(3).
func (s *SSL) ClientHelloIsV2() bool {
	return sslValue(s, func(s *C.SSL) C.int { crossing(); return C.gossl_hello_isv2(s) }) != 0
}

// ClientHelloGet0LegacyVersion is the version in its header, which is TLS 1.2
// for TLS 1.3 too: SSL_client_hello_get0_legacy_version(3).
func (s *SSL) ClientHelloGet0LegacyVersion() int {
	return int(sslValue(s, func(s *C.SSL) C.uint { crossing(); return C.gossl_hello_version(s) }))
}

// ClientHelloGet0Random is its random: SSL_client_hello_get0_random(3).
// Unlike in C it is a copy, as with those below.
func (s *SSL) ClientHelloGet0Random() []byte { return s.bytes(C.GOSSL_HELLO_RANDOM) }

// ClientHelloGet0SessionID is the session id that it offers:
// SSL_client_hello_get0_session_id(3).
func (s *SSL) ClientHelloGet0SessionID() []byte { return s.bytes(C.GOSSL_HELLO_SESSION_ID) }

// ClientHelloGet0Ciphers are the cipher suites that it offers, two bytes each:
// SSL_client_hello_get0_ciphers(3). [SSL.BytesToCipherList] reads them.
func (s *SSL) ClientHelloGet0Ciphers() []byte { return s.bytes(C.GOSSL_HELLO_CIPHERS) }

// ClientHelloGet0CompressionMethods are the compression methods that it
// offers: SSL_client_hello_get0_compression_methods(3).
func (s *SSL) ClientHelloGet0CompressionMethods() []byte { return s.bytes(C.GOSSL_HELLO_COMPRESSION) }

// ClientHelloGet1ExtensionsPresent lists the numbers of its extensions in
// their order: SSL_client_hello_get1_extensions_present(3).
func (s *SSL) ClientHelloGet1ExtensionsPresent() []uint16 {
	return sslValue(s, func(s *C.SSL) (list []uint16) {
		crossing()
		for _, n := range takeArray[C.int](C.gossl_hello_exts(s)) {
			list = append(list, uint16(n))
		}
		return list
	})
}

// ClientHelloGet0Ext is the body of one of its extensions, and whether it has
// that: SSL_client_hello_get0_ext(3).
func (s *SSL) ClientHelloGet0Ext(ext uint16) (body []byte, ok bool) {
	var found C.int
	body = sslValue(s, func(s *C.SSL) []byte {
		crossing()
		return takeBytes(C.gossl_hello_ext(s, C.uint(ext), &found))
	})
	return body, found != 0
}
