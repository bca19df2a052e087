package ossl

// #include "shim_bygone.h"
import "C"

// SRP (RFC 5054) authenticates by a password, up to TLS 1.2 and with cipher
// suites of its own ("SRP" in a cipher list). OpenSSL 3.0 has deprecated it: it is
// here for peers that have nothing else.

// SetSRPUser is who the clients made from c are, and their password:
// SSL_CTX_set_srp_username(3) and SSL_CTX_set_srp_password. A user has at most
// 255 bytes.
func (c *Ctx) SetSRPUser(user, password string) error {
	return c.setSRP("SSL_CTX_set_srp_username", user, password, func(c *C.SSL_CTX, user, password *C.char) *C.gossl_err {
		return C.gossl_ctx_set_srp_user(c, user, password)
	})
}

// SetSRPServer is the one user that servers made from c know, with the group of
// 2048 bits: SSL_CTX_set_srp_username_callback(3) and
// SSL_set_srp_server_param_pw, answered in C. The handshakes of all others end
// with unknown_psk_identity.
func (c *Ctx) SetSRPServer(user, password string) error {
	return c.setSRP("SSL_CTX_set_srp_username_callback", user, password, func(c *C.SSL_CTX, user, password *C.char) *C.gossl_err {
		return C.gossl_ctx_set_srp_server(c, user, password)
	})
}

func (c *Ctx) setSRP(op, user, password string, set func(c *C.SSL_CTX, user, password *C.char) *C.gossl_err) error {
	if err := checkString(password); err != nil {
		return err
	}
	return c.callString(op, user, func(c *C.SSL_CTX, user *C.char) *C.gossl_err {
		crossing()
		return withCString(password, func(password *C.char) *C.gossl_err { return set(c, user, password) })
	})
}

// HasSRP says whether libssl was built with SRP (OPENSSL_NO_SRP is not defined).
// Without it the setters fail.
func HasSRP() bool { return C.gossl_has_srp() == 1 }
