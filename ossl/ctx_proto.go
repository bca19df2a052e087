package ossl

// #include "shim.h"
import "C"

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
)

// Protocol versions, with the values that travel on the wire. They are those
// of crypto/tls too.
const (
	SSL3Version   = C.SSL3_VERSION
	TLS1Version   = C.TLS1_VERSION
	TLS1_1Version = C.TLS1_1_VERSION
	TLS1_2Version = C.TLS1_2_VERSION
	TLS1_3Version = C.TLS1_3_VERSION
)

// SetMinProtoVersion sets the oldest version that may be negotiated; 0 is the
// oldest that libssl has: SSL_CTX_set_min_proto_version(3). TLS 1.0 and 1.1
// need security level 0 as well ("DEFAULT@SECLEVEL=0").
func (c *Ctx) SetMinProtoVersion(version int) error {
	return c.call("SSL_CTX_set_min_proto_version", func(c *C.SSL_CTX) *C.gossl_err {
		return C.gossl_ctx_set_min_proto_version(c, C.int(version))
	})
}

// SetMaxProtoVersion sets the newest version that may be negotiated; 0 is the
// newest that libssl has: SSL_CTX_set_max_proto_version(3).
func (c *Ctx) SetMaxProtoVersion(version int) error {
	return c.call("SSL_CTX_set_max_proto_version", func(c *C.SSL_CTX) *C.gossl_err {
		return C.gossl_ctx_set_max_proto_version(c, C.int(version))
	})
}

// GetMinProtoVersion is the oldest version allowed, 0 for the oldest there is:
// SSL_CTX_get_min_proto_version(3).
func (c *Ctx) GetMinProtoVersion() int {
	return int(ctxValue(c, func(c *C.SSL_CTX) C.int { return C.gossl_ctx_get_min_proto_version(c) }))
}

// GetMaxProtoVersion is the newest version allowed, 0 for the newest there is:
// SSL_CTX_get_max_proto_version(3).
func (c *Ctx) GetMaxProtoVersion() int {
	return int(ctxValue(c, func(c *C.SSL_CTX) C.int { return C.gossl_ctx_get_max_proto_version(c) }))
}

// SetCipherList sets the cipher suites of TLS 1.2 and below, in OpenSSL's
// syntax (openssl-ciphers(1)): SSL_CTX_set_cipher_list(3). Words that libssl
// does not know are passed over; a list of which nothing is left is an error.
func (c *Ctx) SetCipherList(list string) error {
	return c.callString("SSL_CTX_set_cipher_list", list, func(c *C.SSL_CTX, s *C.char) *C.gossl_err {
		return C.gossl_ctx_set_cipher_list(c, s)
	})
}

// SetCiphersuites sets the TLS 1.3 cipher suites, by their standard names and
// separated by colons: SSL_CTX_set_ciphersuites(3).
func (c *Ctx) SetCiphersuites(list string) error {
	return c.callString("SSL_CTX_set_ciphersuites", list, func(c *C.SSL_CTX, s *C.char) *C.gossl_err {
		return C.gossl_ctx_set_ciphersuites(c, s)
	})
}

// Set1GroupsList sets the key exchange groups in order of preference, such as
// "X25519:P-256": SSL_CTX_set1_groups_list(3).
func (c *Ctx) Set1GroupsList(list string) error {
	return c.callString("SSL_CTX_set1_groups_list", list, func(c *C.SSL_CTX, s *C.char) *C.gossl_err {
		return C.gossl_ctx_set1_groups_list(c, s)
	})
}

// Set1SigalgsList sets the signature algorithms, such as
// "ed25519:ECDSA+SHA256": SSL_CTX_set1_sigalgs_list(3).
func (c *Ctx) Set1SigalgsList(list string) error {
	return c.callString("SSL_CTX_set1_sigalgs_list", list, func(c *C.SSL_CTX, s *C.char) *C.gossl_err {
		return C.gossl_ctx_set1_sigalgs_list(c, s)
	})
}

// Set1ClientSigalgsList sets the signature algorithms for client
// certificates: SSL_CTX_set1_client_sigalgs_list(3).
func (c *Ctx) Set1ClientSigalgsList(list string) error {
	return c.callString("SSL_CTX_set1_client_sigalgs_list", list, func(c *C.SSL_CTX, s *C.char) *C.gossl_err {
		return C.gossl_ctx_set1_client_sigalgs_list(c, s)
	})
}

// SetAlpnProtos sets the protocols that a client offers, the preferred one
// first: SSL_CTX_set_alpn_protos(3). Each is 1 to 255 bytes long (RFC 7301,
// section 3.1); none at all switches the extension off.
func (c *Ctx) SetAlpnProtos(protos ...string) error {
	wire, err := alpnWire(protos)
	if err != nil {
		return err
	}
	return c.call("SSL_CTX_set_alpn_protos", func(c *C.SSL_CTX) *C.gossl_err {
		return C.gossl_ctx_set_alpn_protos(c, bytesPtr(wire), C.uint(len(wire)))
	})
}

// SetAlpnSelect lets a server choose the first of protos that the client
// offers too. Where they share none the handshake fails with the alert
// no_application_protocol; a client that offers none at all is served without
// one. It stands for SSL_CTX_set_alpn_select_cb(3) and is answered in C.
func (c *Ctx) SetAlpnSelect(protos ...string) error {
	wire, err := alpnWire(protos)
	if err != nil {
		return err
	}
	return c.call("SSL_CTX_set_alpn_select_cb", func(c *C.SSL_CTX) *C.gossl_err {
		return C.gossl_ctx_set_alpn_select(c, bytesPtr(wire), C.uint(len(wire)))
	})
}

// alpnWire is the list in the form of RFC 7301, section 3.1.
func alpnWire(protos []string) ([]byte, error) {
	var wire []byte
	for _, p := range protos {
		if len(p) == 0 || len(p) > 255 {
			return nil, fmt.Errorf("ossl: ALPN protocol %q: must have 1 to 255 bytes", p)
		}
		wire = append(append(wire, byte(len(p))), p...)
	}
	if len(wire) > 65535 {
		return nil, errors.New("ossl: ALPN list is longer than 65535 bytes")
	}
	return slices.Clip(wire), nil
}

// ctxValue reads one value; of a closed Ctx the zero value.
func ctxValue[T any](c *Ctx, f func(*C.SSL_CTX) T) (v T) {
	if c == nil || c.p == nil {
		return v
	}
	v = f(c.c())
	runtime.KeepAlive(c)
	return v
}
