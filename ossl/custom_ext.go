package ossl

// #include "shim_answer.h"
import "C"

import "unsafe"

// ExtContext says in which messages an extension goes, and for which protocols
// it is: SSL_CTX_add_custom_ext(3).
type ExtContext uint

// The protocols.
const (
	ExtTLSOnly             ExtContext = C.SSL_EXT_TLS_ONLY
	ExtDTLSOnly            ExtContext = C.SSL_EXT_DTLS_ONLY
	ExtTLS1_2AndBelowOnly  ExtContext = C.SSL_EXT_TLS1_2_AND_BELOW_ONLY
	ExtTLS1_3Only          ExtContext = C.SSL_EXT_TLS1_3_ONLY
	ExtIgnoreOnResumption  ExtContext = C.SSL_EXT_IGNORE_ON_RESUMPTION
	ExtTLSImplementation   ExtContext = C.SSL_EXT_TLS_IMPLEMENTATION_ONLY
	ExtSSL3Allowed         ExtContext = C.SSL_EXT_SSL3_ALLOWED
	ExtClientHello         ExtContext = C.SSL_EXT_CLIENT_HELLO
	ExtTLS1_2ServerHello   ExtContext = C.SSL_EXT_TLS1_2_SERVER_HELLO
	ExtTLS1_3ServerHello   ExtContext = C.SSL_EXT_TLS1_3_SERVER_HELLO
	ExtEncryptedExtensions ExtContext = C.SSL_EXT_TLS1_3_ENCRYPTED_EXTENSIONS
	ExtHelloRetryRequest   ExtContext = C.SSL_EXT_TLS1_3_HELLO_RETRY_REQUEST
	ExtCertificate         ExtContext = C.SSL_EXT_TLS1_3_CERTIFICATE
	ExtNewSessionTicket    ExtContext = C.SSL_EXT_TLS1_3_NEW_SESSION_TICKET
	ExtCertificateRequest  ExtContext = C.SSL_EXT_TLS1_3_CERTIFICATE_REQUEST
)

// CustomExt is an extension that has come from the peer.
type CustomExt struct {
	Type    uint16
	Context ExtContext // the one message that it came in
	Chain   int        // of ExtCertificate: with which certificate, 0 for the peer's own
	Data    []byte
}

// AddCustomExt has the SSLs made from c send an extension that libssl does not
// know in the messages of context, and understand it: SSL_CTX_add_custom_ext(3).
// Data of nil sends none, unless SSL.SetCustomExt gives some; an empty slice is
// an extension without data. A server answers only in messages to a client that
// has sent it, but for ExtCertificateRequest and ExtNewSessionTicket.
//
// No Go code runs in the handshake. What comes is in SSL.CustomExts; what a
// server answers can be decided while AskClientHello is open.
func (c *Ctx) AddCustomExt(typ uint16, context ExtContext, data []byte) error {
	return c.call("SSL_CTX_add_custom_ext", func(c *C.SSL_CTX) *C.gossl_err {
		crossing()
		return C.gossl_add_custom_ext(c, C.uint(typ), C.uint(context), bytesPtr(data), C.size_t(len(data)), cBool(data != nil))
	})
}

// AddClientCustomExt is AddCustomExt for clients of TLS 1.2 and below, in the
// ClientHello and the ServerHello: SSL_CTX_add_client_custom_ext(3).
func (c *Ctx) AddClientCustomExt(typ uint16, data []byte) error {
	return c.addOldExt("SSL_CTX_add_client_custom_ext", 0, typ, data)
}

// AddServerCustomExt is the same for servers: SSL_CTX_add_server_custom_ext(3).
func (c *Ctx) AddServerCustomExt(typ uint16, data []byte) error {
	return c.addOldExt("SSL_CTX_add_server_custom_ext", 1, typ, data)
}

func (c *Ctx) addOldExt(op string, server C.int, typ uint16, data []byte) error {
	return c.call(op, func(c *C.SSL_CTX) *C.gossl_err {
		crossing()
		return C.gossl_add_old_ext(c, server, C.uint(typ), bytesPtr(data), C.size_t(len(data)), cBool(data != nil))
	})
}

// HasClientCustomExt says whether an extension of this type was added that a
// client sends: SSL_CTX_has_client_custom_ext(3).
func (c *Ctx) HasClientCustomExt(typ uint16) bool {
	return ctxValue(c, func(c *C.SSL_CTX) bool { crossing(); return C.SSL_CTX_has_client_custom_ext(c, C.uint(typ)) == 1 })
}

// SetCustomExt sends other data in this one connection, or none where data is
// nil. The Ctx must have the extension: AddCustomExt.
func (s *SSL) SetCustomExt(typ uint16, data []byte) error {
	return s.call("SSL_CTX_add_custom_ext", func(s *C.SSL) *C.gossl_err {
		crossing()
		return C.gossl_set_custom_ext(s, C.uint(typ), bytesPtr(data), C.size_t(len(data)), cBool(data != nil))
	})
}

// CustomExts lists the extensions of AddCustomExt's that have come, in the
// order of their coming.
func (s *SSL) CustomExts() []CustomExt {
	return sslValue(s, func(s *C.SSL) (list []CustomExt) {
		crossing()
		for e := C.gossl_custom_exts(s); e != nil; e = e.next {
			data := C.GoBytes(unsafe.Pointer(C.gossl_ext_bytes(e)), C.int(e.n))
			list = append(list, CustomExt{uint16(e._type), ExtContext(e.context), int(e.chain_idx), data})
		}
		return list
	})
}
