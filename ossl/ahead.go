package ossl

// #include "shim.h"
import "C"

import (
	"errors"
	"fmt"
	"runtime"
)

// Ahead is a question that libssl asks with no way to wait, so that it is
// answered before: while AskClientHello is open, or before a client's handshake.
type Ahead uint8

// The questions that are answered ahead.
const (
	// AheadSession is the session of an id, for servers: SetFoundSession.
	// SSL_CTX_sess_set_get_cb(3).
	AheadSession Ahead = C.GOSSL_AHEAD_SESSION
	// AheadPSKServer is the key of an identity in TLS 1.3: SetPSK.
	// SSL_CTX_set_psk_find_session_callback(3).
	AheadPSKServer Ahead = C.GOSSL_AHEAD_PSK_SERVER
	// AheadPSKClient is the key that a client offers: SetPSK.
	// SSL_CTX_set_psk_use_session_callback(3), SSL_CTX_set_psk_client_callback(3).
	AheadPSKClient Ahead = C.GOSSL_AHEAD_PSK_CLIENT
	// AheadStaple is a server's OCSP response: SetStaple.
	// SSL_CTX_set_tlsext_status_cb(3).
	AheadStaple Ahead = C.GOSSL_AHEAD_STAPLE
)

// SetAhead has the SSLs made from c look at what they have been given. It cannot
// be undone.
func (c *Ctx) SetAhead(list ...Ahead) error {
	var bits C.uint
	for _, a := range list {
		bits |= 1 << a
	}
	return c.call("SSL_CTX_set_callback", func(c *C.SSL_CTX) *C.gossl_err {
		crossing()
		return C.gossl_ctx_set_ahead(c, bits)
	})
}

// SetAlpnAnswer decides ALPN on a server, before SetAlpnSelect does: proto is
// the choice, and "" is none. It counts on a Ctx that suspends for
// AskClientHello.
func (s *SSL) SetAlpnAnswer(proto string) error {
	if len(proto) > 255 {
		return fmt.Errorf("ossl: ALPN protocol %q: must have at most 255 bytes", proto)
	}
	return s.alpnAnswer([]byte(proto), 1)
}

// RefuseAlpn has a server end the handshake with no_application_protocol if the
// client offers any protocol.
func (s *SSL) RefuseAlpn() error { return s.alpnAnswer(nil, -1) }

func (s *SSL) alpnAnswer(p []byte, how C.int) error {
	return s.call("SSL_CTX_set_alpn_select_cb", func(s *C.SSL) *C.gossl_err {
		crossing()
		return C.gossl_hook_set_alpn(s, bytesPtr(p), C.size_t(len(p)), how)
	})
}

// SetFoundSession is the session that a server resumes if the client asks for
// its id. The SSL takes a reference of its own; sess stays the caller's.
func (s *SSL) SetFoundSession(sess *Session) error {
	if sess == nil || sess.p == nil {
		return ErrClosed
	}
	err := s.call("SSL_CTX_sess_set_get_cb", func(s *C.SSL) *C.gossl_err {
		crossing()
		return C.gossl_hook_set_session(s, sess.c())
	})
	runtime.KeepAlive(sess)
	return err
}

// SetStaple is the OCSP response, in DER, that a server gives to clients that
// ask for one.
func (s *SSL) SetStaple(der []byte) error {
	return s.call("SSL_CTX_set_tlsext_status_cb", func(s *C.SSL) *C.gossl_err {
		crossing()
		return C.gossl_hook_set_staple(s, bytesPtr(der), C.size_t(len(der)))
	})
}

// The suites of TLS 1.3 that tell the hash of a PSK.
const (
	pskSHA256 = 0x1301 // TLS_AES_128_GCM_SHA256
	pskSHA384 = 0x1302 // TLS_AES_256_GCM_SHA384
)

// MaxPSK is how long the key of a PSK may be, in bytes.
const MaxPSK = 256

var errPSK = errors.New("ossl: a PSK needs an identity of 1 to 128 bytes and a key of 1 to 256")

// SetPSK is the pre-shared key that a server finds for identity under TLS 1.3,
// or that a client offers under TLS 1.2 and 1.3. sha384 says that it belongs to
// suites with that hash instead of SHA-256; TLS 1.2 does not look at it. TLS
// 1.2 has identities without zero bytes only.
func (s *SSL) SetPSK(identity, key []byte, sha384 bool) error {
	if len(identity) == 0 || len(identity) > 128 || len(key) == 0 || len(key) > MaxPSK {
		return errPSK
	}
	suite := [2]byte{pskSHA256 >> 8, pskSHA256 & 0xff}
	if sha384 {
		suite[1] = pskSHA384 & 0xff
	}
	return s.call("SSL_SESSION_set1_master_key", func(s *C.SSL) *C.gossl_err {
		crossing()
		return C.gossl_hook_set_psk(s, bytesPtr(identity), C.size_t(len(identity)), bytesPtr(key), C.size_t(len(key)), bytesPtr(suite[:]))
	})
}
