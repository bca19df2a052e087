package bridge

import (
	"errors"
	"fmt"

	"github.com/sslsock/sslsock/ossl"
)

// ErrLateHook is for a hook that would be asked after the handshake, where only
// an asynchronous job could wait for it, and a Read or a Write cannot be one:
// VerifyPeer and PSK on servers, and keys that are a crypto.Signer, when the peer
// renegotiates (TLS 1.2) or authenticates after the handshake (TLS 1.3). The
// connection ends, and the peer gets an alert.
var ErrLateHook = errors.New("bridge: asked after the handshake, where nothing can wait for the answer")

// asksLater says whether hooks may be asked after the handshake. Servers ask
// nothing then that can wait.
func (a *asker) asksLater() bool {
	return !a.info.Server && (a.set.Certificate != nil || a.set.VerifyPeer != nil)
}

// isFatal says whether err has ended a connection with a fatal alert, ours or the
// peer's.
func isFatal(err error) bool {
	var e *ossl.Error
	return errors.As(err, &e) && e.Code == ossl.ErrorSSL
}

// lateHooks are the hooks of questions that take a job, with libssl's alert.
var lateHooks = map[ossl.Question]HookError{
	ossl.AskVerify: {Hook: "VerifyPeer", Alert: 40}, // handshake_failure
	ossl.AskPSK:    {Hook: "PSK", Alert: 115},       // unknown_psk_identity
	ossl.AskKey:    {Hook: "Signer", Alert: alertInternalError},
}

// because is err, of an operation after the handshake, or the hook's error where
// that is the reason for it.
func because(a *asker, ssl *ossl.SSL, err error) error {
	if err == nil || !hooksInstalled.Load() || !isFatal(err) {
		return err
	}
	if h, ok := lateHooks[ssl.AskedLate()]; ok {
		h.Err = fmt.Errorf("%w: %w", ErrLateHook, err)
		return &h
	}
	return a.because(err)
}
