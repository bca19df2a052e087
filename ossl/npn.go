package ossl

// #include "shim_bygone.h"
import "C"

// NPN is what ALPN has replaced, and TLS 1.3 does not have. A client learns the
// server's protocols and chooses, where ALPN has it the other way round.

// SetNextProtosAdvertised has servers made from c name these protocols to
// clients that ask, in order of preference:
// SSL_CTX_set_next_protos_advertised_cb(3), answered in C. Where a client asks
// for ALPN too and gets an answer, nothing is said here.
func (c *Ctx) SetNextProtosAdvertised(protos ...string) error {
	return c.setNPN("SSL_CTX_set_next_protos_advertised_cb", 1, protos)
}

// SetNextProtoSelect has clients made from c ask for the server's protocols, and
// choose its first one that is among protos, or else the first of protos:
// SSL_CTX_set_next_proto_select_cb(3), answered in C. With no protos at all a
// server that answers ends the handshake.
func (c *Ctx) SetNextProtoSelect(protos ...string) error {
	return c.setNPN("SSL_CTX_set_next_proto_select_cb", 0, protos)
}

func (c *Ctx) setNPN(op string, server C.int, protos []string) error {
	wire, err := alpnWire(protos)
	if err != nil {
		return err
	}
	return c.call(op, func(c *C.SSL_CTX) *C.gossl_err {
		crossing()
		return C.gossl_ctx_set_npn(c, bytesPtr(wire), C.uint(len(wire)), server)
	})
}

// HasNPN says whether libssl was built with NPN (OPENSSL_NO_NEXTPROTONEG is not
// defined). Without it the setters fail.
func HasNPN() bool { return C.gossl_has_npn() == 1 }

// HasSCTP says whether libssl was built with DTLS over SCTP (OPENSSL_NO_SCTP is
// not defined), which this package has nothing for.
func HasSCTP() bool { return C.gossl_has_sctp() == 1 }
