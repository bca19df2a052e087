package ossl

// #include "shim_more.h"
import "C"

// GetTlsextTicketKeys is the keys that tickets are sealed with, 80 bytes: name,
// HMAC key and AES key. SSL_CTX_get_tlsext_ticket_keys(3). Wipe them after use.
func (c *Ctx) GetTlsextTicketKeys() []byte {
	return ctxValue(c, func(c *C.SSL_CTX) []byte { crossing(); return takeBytes(C.gossl_ticket_keys(c)) })
}
