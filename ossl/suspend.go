package ossl

// #include "shim.h"
import "C"

import (
	"runtime"
	"unsafe"
)

// Question is what a suspended handshake waits for Go to decide. Each stands
// for a callback of OpenSSL's, which never calls Go: it suspends the operation,
// whose Want says so; [SSL.Asked] tells the question, [SSL.Answer] answers it,
// and the operation is called again.
//
// AskVerify on servers, AskPSK and AskKey suspend by an asynchronous job of
// OpenSSL's (WantAsync). They need ModeAsync on the SSL and all steps of its
// handshake on one OS thread, and a job that has begun must be answered and run
// to its end before Close: ASYNC_start_job(3).
type Question uint8

// The questions.
const (
	// AskNothing is no question.
	AskNothing Question = C.GOSSL_ASK_NOTHING
	// AskClientHello is asked of servers with the ClientHello read and nothing
	// decided: SSL_CTX_set_client_hello_cb(3). WantClientHello.
	AskClientHello Question = C.GOSSL_ASK_HELLO
	// AskCert is asked before a certificate is chosen, of clients only when the
	// server wants one, and not when a session is resumed:
	// SSL_CTX_set_cert_cb(3). WantX509Lookup.
	AskCert Question = C.GOSSL_ASK_CERT
	// AskVerify is asked with the peer's chain verified by OpenSSL, whatever the
	// outcome: SSL_CTX_set_cert_verify_callback(3), SSL_set_retry_verify(3).
	// WantRetryVerify on clients, WantAsync on servers.
	AskVerify Question = C.GOSSL_ASK_VERIFY
	// AskPSK is asked of servers of TLS 1.2 for the key of an identity:
	// SSL_CTX_set_psk_server_callback(3). WantAsync.
	AskPSK Question = C.GOSSL_ASK_PSK
	// AskKey is asked for an operation of a private key that is elsewhere.
	// WantAsync.
	AskKey Question = C.GOSSL_ASK_KEY
)

// Answer is what Go decided.
type Answer struct {
	// Refuse fails the handshake.
	Refuse bool
	// Alert is what the peer is told of a refusal of AskClientHello. The alert of
	// the other questions is OpenSSL's: internal_error for AskCert, and what fits
	// Verify for AskVerify.
	Alert Alert
	// Verify is the reason for a refusal of AskVerify; VerifyOK is
	// X509_V_ERR_APPLICATION_VERIFICATION.
	Verify VerifyResult
	// Data is the key for AskPSK, and the result for AskKey.
	Data []byte
}

// SetSuspend has the SSLs made from c suspend for these questions. It cannot be
// undone. AskClientHello stands beside SetServerNames and SetAlpnSelect, which
// count where Go has not decided.
//
// Each question but AskVerify is asked once. A ClientHello that comes later, after
// a HelloRetryRequest or in a renegotiation, is answered as the first was, and is
// refused if it asks for another server name.
func (c *Ctx) SetSuspend(questions ...Question) error {
	var bits C.uint
	for _, q := range questions {
		bits |= 1 << q
	}
	return c.call("SSL_CTX_set_cert_cb", func(c *C.SSL_CTX) *C.gossl_err {
		crossing()
		return C.gossl_ctx_set_suspend(c, bits)
	})
}

// Asked is the question that is open.
func (s *SSL) Asked() Question {
	return Question(sslValue(s, func(s *C.SSL) C.int {
		crossing()
		return C.gossl_asked(s)
	}))
}

// AskedLate is a question that was refused unasked because only a job could have
// waited for it, and none was running: a server's AskVerify when a client is
// authenticated after the handshake, or renegotiates. The operation fails.
func (s *SSL) AskedLate() Question {
	return Question(sslValue(s, func(s *C.SSL) C.int {
		crossing()
		return C.gossl_asked_late(s)
	}))
}

// RefuseAsync refuses what a paused job has asked, answered or not, so that
// DoHandshake can bring the job to its end before Close: repeat both while it
// returns WantAsync.
func (s *SSL) RefuseAsync() {
	sslValue(s, func(s *C.SSL) C.int {
		crossing()
		C.gossl_refuse(s)
		return 0
	})
}

// Answer answers the open question q. It is an error if q is not open.
func (s *SSL) Answer(q Question, a Answer) error {
	granted := C.int(1)
	if a.Refuse {
		granted = 0
	}
	return s.call("Answer", func(s *C.SSL) *C.gossl_err {
		crossing()
		return C.gossl_answer(s, C.int(q), granted, C.int(a.Alert), C.long(a.Verify), bytesPtr(a.Data), C.size_t(len(a.Data)))
	})
}

// ClientHello is the ClientHello as it came, with the header of a handshake
// message (RFC 8446, section 4) in front; nil unless the Ctx suspends for
// AskClientHello and it has come.
func (s *SSL) ClientHello() []byte {
	return sslValue(s, func(s *C.SSL) []byte {
		crossing()
		return viewed(C.gossl_hook_hello(s))
	})
}

// AskedIdentity is the identity that AskPSK is about.
func (s *SSL) AskedIdentity() []byte {
	return sslValue(s, func(s *C.SSL) []byte {
		crossing()
		return viewed(C.gossl_hook_question(s))
	})
}

// SwitchCtx gives a server's SSL another Ctx while AskClientHello is open,
// whatever SetServerNames says: its certificates by SSL_set_SSL_CTX(3), and what that leaves behind, which is verify
// mode and depth, options and versions. What libssl keeps to the first Ctx is
// ciphers, groups, ticket keys and the session cache.
func (s *SSL) SwitchCtx(c *Ctx) error {
	if c == nil || c.p == nil {
		return ErrClosed
	}
	err := s.call("SSL_set_SSL_CTX", func(s *C.SSL) *C.gossl_err {
		crossing()
		return C.gossl_switch(s, c.c())
	})
	runtime.KeepAlive(c)
	return err
}

// PeerChain is what AskVerify is about.
type PeerChain struct {
	Sent   [][]byte     // DER, as the peer sent them, its own first
	Built  [][]byte     // DER, from the peer's own to where OpenSSL came
	Result VerifyResult // OpenSSL's verdict
	Depth  int          // of the certificate that the verdict is about
	Staple []byte       // the OCSP response that came with it, DER; on clients of TLS 1.3
}

// AskedChain is what AskVerify is about.
func (s *SSL) AskedChain() PeerChain {
	return sslValue(s, func(s *C.SSL) PeerChain {
		crossing()
		q := C.gossl_hook_verify(s)
		return PeerChain{
			Sent: stackDER(q.sent), Built: stackDER(q.built), Result: VerifyResult(q.result), Depth: int(q.depth),
			Staple: viewed(C.gossl_view{q.staple, C.size_t(max(0, q.staple_len))}),
		}
	})
}

// viewed copies bytes that are the SSL's.
func viewed(v C.gossl_view) []byte {
	if v.p == nil || v.n == 0 {
		return nil
	}
	return C.GoBytes(unsafe.Pointer(v.p), C.int(v.n))
}

func stackDER(sk *C.struct_stack_st_X509) [][]byte {
	var chain [][]byte
	for i := range int(C.gossl_sk_x509_num(sk)) {
		crossing()
		var p *C.uchar
		n := C.gossl_sk_x509_der(sk, C.int(i), &p)
		if n > 0 {
			chain = append(chain, C.GoBytes(unsafe.Pointer(p), n))
			C.gossl_free(unsafe.Pointer(p))
		}
	}
	return chain
}
