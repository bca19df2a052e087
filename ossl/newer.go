package ossl

// #include "shim_newer.h"
import "C"

import (
	"fmt"
	"strings"
	"time"
)

// UnsupportedError is a function that the library which runs does not have.
type UnsupportedError struct {
	Symbol string // the C function
	Since  string // the release that has it first, "3.2"
}

func (e *UnsupportedError) Error() string {
	return fmt.Sprintf("ossl: %s needs OpenSSL %s or later, and this is %s", e.Symbol, e.Since, OpenSSLVersion())
}

// newer are the functions of releases after 3.0, by their number in
// shim_newer.c.
var newer = [C.GOSSL_NEWER]UnsupportedError{
	C.GOSSL_GROUP_NAME:               {"SSL_get0_group_name", "3.2"},
	C.GOSSL_PEER_SIGNATURE_NAME:      {"SSL_get0_peer_signature_name", "3.5"},
	C.GOSSL_SIGNATURE_NAME:           {"SSL_get0_signature_name", "3.5"},
	C.GOSSL_BUILTIN_SIGALGS:          {"SSL_get1_builtin_sigalgs", "3.4"},
	C.GOSSL_SET_CERT_COMP:            {"SSL_set1_cert_comp_preference", "3.2"},
	C.GOSSL_COMPRESS_CERTS:           {"SSL_compress_certs", "3.2"},
	C.GOSSL_CTX_SET_CERT_COMP:        {"SSL_CTX_set1_cert_comp_preference", "3.2"},
	C.GOSSL_CTX_COMPRESS_CERTS:       {"SSL_CTX_compress_certs", "3.2"},
	C.GOSSL_SET_CLIENT_CERT_TYPE:     {"SSL_set1_client_cert_type", "3.2"},
	C.GOSSL_SET_SERVER_CERT_TYPE:     {"SSL_set1_server_cert_type", "3.2"},
	C.GOSSL_CTX_SET_CLIENT_CERT_TYPE: {"SSL_CTX_set1_client_cert_type", "3.2"},
	C.GOSSL_CTX_SET_SERVER_CERT_TYPE: {"SSL_CTX_set1_server_cert_type", "3.2"},
	C.GOSSL_CLIENT_CERT_TYPE:         {"SSL_get_negotiated_client_cert_type", "3.2"},
	C.GOSSL_SERVER_CERT_TYPE:         {"SSL_get_negotiated_server_cert_type", "3.2"},
	C.GOSSL_PEER_RPK:                 {"SSL_get0_peer_rpk", "3.2"},
	C.GOSSL_ADD_RPK:                  {"SSL_add_expected_rpk", "3.2"},
	C.GOSSL_SESSION_GET_TIME:         {"SSL_SESSION_get_time_ex", "3.3"},
	C.GOSSL_SESSION_SET_TIME:         {"SSL_SESSION_set_time_ex", "3.3"},
	C.GOSSL_CTX_PADDING_EX:           {"SSL_CTX_set_block_padding_ex", "3.4"},
	C.GOSSL_PADDING_EX:               {"SSL_set_block_padding_ex", "3.4"},
	C.GOSSL_HANDSHAKE_RTT:            {"SSL_get_handshake_rtt", "3.2"},
}

// has is nil where the library has a function of newer.
func has(which int) error {
	if C.gossl_newer_has(C.int(which)) != 0 {
		return nil
	}
	e := newer[which]
	return &e
}

// onNewer refuses a closed object first, and then a library that is too old.
func onNewer(o pointer, which int, f func() *C.gossl_err) error {
	return lend(o, func() error {
		if err := has(which); err != nil {
			return err
		}
		crossing()
		return failed(newer[which].Symbol, f())
	})
}

// Get0GroupName is the name of the group of the key exchange, whoever provides
// it: SSL_get0_group_name(3). OpenSSL 3.2 has it first; ConnectionState.Group
// works with any.
func (s *SSL) Get0GroupName() (string, error) { return s.newerText(C.GOSSL_GROUP_NAME) }

// Get0PeerSignatureName is the name of the algorithm that the peer signed with:
// SSL_get0_peer_signature_name(3). OpenSSL 3.5 has it first;
// ConnectionState.PeerSignature works with any.
func (s *SSL) Get0PeerSignatureName() (string, error) {
	return s.newerText(C.GOSSL_PEER_SIGNATURE_NAME)
}

// Get0SignatureName is the name of the algorithm that we signed with:
// SSL_get0_signature_name(3). OpenSSL 3.5 has it first.
func (s *SSL) Get0SignatureName() (string, error) { return s.newerText(C.GOSSL_SIGNATURE_NAME) }

func (s *SSL) newerText(which int) (name string, err error) {
	err = onNewer(s, which, func() *C.gossl_err {
		name = C.GoString(C.gossl_newer_text(s.c(), C.int(which)))
		return nil
	})
	return name, err
}

// Get1BuiltinSigalgs lists the signature algorithms that libssl has by itself:
// SSL_get1_builtin_sigalgs(3). OpenSSL 3.4 has it first.
func Get1BuiltinSigalgs() ([]string, error) {
	if err := has(C.GOSSL_BUILTIN_SIGALGS); err != nil {
		return nil, err
	}
	return strings.Split(string(takeBytes(C.gossl_builtin_sigalgs())), ":"), nil
}

// GetHandshakeRTT is the round-trip time that the handshake shows:
// SSL_get_handshake_rtt(3). OpenSSL 3.2 has it first.
func (s *SSL) GetHandshakeRTT() (time.Duration, error) {
	us, err := s.newerNumber(C.GOSSL_HANDSHAKE_RTT)
	return time.Duration(us) * time.Microsecond, err
}

func (s *SSL) newerNumber(which int) (uint64, error) {
	var v C.uint64_t
	err := onNewer(s, which, func() *C.gossl_err { return C.gossl_newer_number(s.c(), C.int(which), &v) })
	return uint64(v), err
}

// GetTimeEx is GetTime with 64 bits everywhere: SSL_SESSION_get_time_ex(3).
// OpenSSL 3.3 has it first.
func (s *Session) GetTimeEx() (t time.Time, err error) {
	err = onNewer(s, C.GOSSL_SESSION_GET_TIME, func() *C.gossl_err {
		t = time.Unix(int64(C.gossl_session_time_ex(s.c(), 0, 0)), 0)
		return nil
	})
	return t, err
}

// SetTimeEx is SetTime with 64 bits everywhere: SSL_SESSION_set_time_ex(3).
// OpenSSL 3.3 has it first.
func (s *Session) SetTimeEx(t time.Time) error {
	return onNewer(s, C.GOSSL_SESSION_SET_TIME, func() *C.gossl_err {
		C.gossl_session_time_ex(s.c(), 1, C.int64_t(t.Unix()))
		return nil
	})
}

// SetBlockPaddingEx is SetBlockPadding with another multiple for handshake
// messages: SSL_CTX_set_block_padding_ex(3). OpenSSL 3.4 has it first.
func (c *Ctx) SetBlockPaddingEx(data, handshake int) error {
	return onNewer(c, C.GOSSL_CTX_PADDING_EX, func() *C.gossl_err {
		return C.gossl_newer_sizes(nil, c.c(), C.GOSSL_CTX_PADDING_EX, cSize(data), cSize(handshake))
	})
}

// SetBlockPaddingEx is SetBlockPadding with another multiple for handshake
// messages: SSL_set_block_padding_ex(3). OpenSSL 3.4 has it first.
func (s *SSL) SetBlockPaddingEx(data, handshake int) error {
	return onNewer(s, C.GOSSL_PADDING_EX, func() *C.gossl_err {
		return C.gossl_newer_sizes(s.c(), nil, C.GOSSL_PADDING_EX, cSize(data), cSize(handshake))
	})
}
