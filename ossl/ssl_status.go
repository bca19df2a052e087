package ossl

// #include "shim.h"
import "C"

// KeyUpdateType says whether the peer shall change its keys too:
// SSL_key_update(3).
type KeyUpdateType int

// The kinds of KeyUpdate: RFC 8446, section 4.6.3.
const (
	KeyUpdateNotRequested KeyUpdateType = C.SSL_KEY_UPDATE_NOT_REQUESTED
	KeyUpdateRequested    KeyUpdateType = C.SSL_KEY_UPDATE_REQUESTED
)

// ShutdownState is a set of SSL_SENT_SHUTDOWN and SSL_RECEIVED_SHUTDOWN:
// SSL_set_shutdown(3).
type ShutdownState int

// The two halves of a shutdown.
const (
	SentShutdown     ShutdownState = C.SSL_SENT_SHUTDOWN
	ReceivedShutdown ShutdownState = C.SSL_RECEIVED_SHUTDOWN
)

// GetShutdown says which close_notify have passed: SSL_get_shutdown(3).
func (s *SSL) GetShutdown() ShutdownState {
	return ShutdownState(sslValue(s, func(s *C.SSL) C.int { return C.SSL_get_shutdown(s) }))
}

// SetShutdown pretends that close_notify have passed: SSL_set_shutdown(3). A
// session is only resumable later if SentShutdown is set when the SSL closes.
func (s *SSL) SetShutdown(v ShutdownState) {
	s.do(func(s *C.SSL) { C.SSL_set_shutdown(s, C.int(v)) })
}

// InInit says whether a handshake is under way, or has not begun: SSL_in_init(3).
func (s *SSL) InInit() bool {
	return sslValue(s, func(s *C.SSL) C.int { return C.SSL_in_init(s) }) != 0
}

// IsInitFinished says whether the handshake is complete:
// SSL_is_init_finished(3).
func (s *SSL) IsInitFinished() bool {
	return sslValue(s, func(s *C.SSL) C.int { return C.SSL_is_init_finished(s) }) != 0
}

// StateStringLong is the state of the handshake in words:
// SSL_state_string_long(3).
func (s *SSL) StateStringLong() string {
	return sslValue(s, func(s *C.SSL) string { return C.GoString(C.SSL_state_string_long(s)) })
}

// GetVersion is the protocol in words, "TLSv1.3": SSL_get_version(3).
func (s *SSL) GetVersion() string {
	return sslValue(s, func(s *C.SSL) string { return C.GoString(C.SSL_get_version(s)) })
}

// GetVerifyResult is the outcome of verifying the peer: SSL_get_verify_result(3).
// It is VerifyOK when the peer sent no certificate at all, too.
func (s *SSL) GetVerifyResult() VerifyResult {
	return VerifyResult(sslValue(s, func(s *C.SSL) C.long { return C.SSL_get_verify_result(s) }))
}

// SessionReused says whether this connection resumed a session:
// SSL_session_reused(3), once SSL_cache_hit.
func (s *SSL) SessionReused() bool {
	return sslValue(s, func(s *C.SSL) C.int { return C.SSL_session_reused(s) }) != 0
}

// KeyUpdate has the next Write, or DoHandshake, change the sending keys, and
// with KeyUpdateRequested asks the peer to do so too. TLS 1.3 only:
// SSL_key_update(3). libssl answers the peer's request with the next Write or
// DoHandshake here, not from within Read.
func (s *SSL) KeyUpdate(t KeyUpdateType) error {
	return s.call("SSL_key_update", func(s *C.SSL) *C.gossl_err { return C.gossl_key_update(s, C.int(t)) })
}

// Renegotiate has the next DoHandshake renegotiate. TLS 1.2 and below only:
// SSL_renegotiate(3).
func (s *SSL) Renegotiate() error {
	return s.call("SSL_renegotiate", func(s *C.SSL) *C.gossl_err { return C.gossl_renegotiate(s) })
}

// GetCurrentCipher is the cipher suite in use, or the zero Cipher before one
// is chosen: SSL_get_current_cipher(3).
func (s *SSL) GetCurrentCipher() Cipher {
	return Cipher{sslValue(s, func(s *C.SSL) *C.SSL_CIPHER { return C.SSL_get_current_cipher(s) })}
}

// Get1PeerCertificate is the peer's certificate; the caller closes it. The
// error is an *Error without reasons where the peer sent none:
// SSL_get1_peer_certificate(3), which used to be SSL_get_peer_certificate.
func (s *SSL) Get1PeerCertificate() (*X509, error) {
	var p *C.X509
	err := s.call("SSL_get1_peer_certificate", func(s *C.SSL) *C.gossl_err { return C.gossl_get1_peer_certificate(s, &p) })
	if err != nil {
		return nil, err
	}
	return newX509(p), nil
}

// Get1Session is the session of this connection; the caller closes it:
// SSL_get1_session(3). Under TLS 1.3 a client has one that it can resume only
// after it has read the server's ticket, which arrives after the handshake:
// ask after the first Read, and see [Session.IsResumable].
func (s *SSL) Get1Session() (*Session, error) {
	var p *C.SSL_SESSION
	err := s.call("SSL_get1_session", func(s *C.SSL) *C.gossl_err { return C.gossl_get1_session(s, &p) })
	if err != nil {
		return nil, err
	}
	return newSession(p), nil
}
