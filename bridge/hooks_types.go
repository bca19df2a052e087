package bridge

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"runtime/debug"
	"time"

	"github.com/sslsock/sslsock/ossl"
)

// Handshake is the handshake that a hook is asked about.
type Handshake struct {
	Server                bool
	LocalAddr, RemoteAddr net.Addr

	// ClientHello is what the client said, on servers with any hook that decides
	// by it.
	ClientHello *ClientHelloInfo

	// State is what has been negotiated so far, for all but ClientHello: the
	// version, and whatever else is settled.
	State ossl.ConnectionState

	// CANames are, for a client's Certificate, the names of the CAs that the server
	// trusts (RFC 8446, section 4.2.4), each in DER; empty when it does not say.
	CANames [][]byte

	begun   time.Time
	inHooks time.Duration
}

// PeerCertificate is the peer's chain, for VerifyPeer.
type PeerCertificate struct {
	ossl.PeerChain
	accepted bool
}

// Accept overrules OpenSSL's verdict, whatever it is.
func (p *PeerCertificate) Accept() { p.accepted = true }

// Certificates parses Built, or where OpenSSL could build nothing Sent.
func (p *PeerCertificate) Certificates() ([]*x509.Certificate, error) {
	chain := p.Built
	if len(chain) == 0 {
		chain = p.Sent
	}
	var list []*x509.Certificate
	for _, der := range chain {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	return list, nil
}

// KeyPair is a certificate, its chain and its private key, ready for use. It
// may be used by any number of handshakes at a time.
type KeyPair struct {
	Leaf  *ossl.X509
	Chain []*ossl.X509 // the others, without the root
	Key   *ossl.PKey

	// Remote says that Key is a crypto.Signer's: ossl.NewSignerKey.
	Remote bool
}

// LoadKeyPair reads a certificate with its chain, and its key: what OpenSSL says
// of those that do not belong together is an error here. The caller closes it.
func LoadKeyPair(c Certificate) (*KeyPair, error) {
	text, field, err := c.chain("Certificate")
	if err != nil {
		return nil, err
	}
	certs, err := ossl.PEMReadX509s(text)
	if err != nil {
		return nil, &ConfigError{Field: field, Value: c.CertFile, Err: err}
	}
	pair := &KeyPair{Leaf: certs[0], Chain: certs[1:], Remote: c.Signer != nil}
	pair.Key, field, err = c.key("Certificate", field, text, ossl.PEMReadBioPrivateKey)
	if err == nil {
		if err = pair.Leaf.CheckPrivateKey(pair.Key); err != nil {
			err = &ConfigError{Field: field, Value: c.keyFile(), Err: err}
		}
	}
	if err != nil {
		pair.Close()
		return nil, err
	}
	return pair, nil
}

// Close frees it. Handshakes that have been given it already go on.
func (k *KeyPair) Close() {
	if k == nil {
		return
	}
	k.Leaf.Close()
	k.Key.Close()
	for _, c := range k.Chain {
		c.Close()
	}
}

// ErrNoALPN is for an ALPN hook that refuses all that the client offers:
// no_application_protocol, RFC 7301.
var ErrNoALPN = errors.New("bridge: none of the client's protocols will do")

// HookError is a hook that ended a handshake.
type HookError struct {
	Hook  string // "ClientHello"
	Alert ossl.Alert
	Err   error
}

func (e *HookError) Error() string { return fmt.Sprintf("hook %s: %v", e.Hook, e.Err) }

// Unwrap is what the hook returned.
func (e *HookError) Unwrap() error { return e.Err }

// AlertError is for hooks to return: err, and what to tell the peer of it.
// OpenSSL chooses itself for Certificate (internal_error) and VerifyPeer.
func AlertError(alert ossl.Alert, err error) error { return &alertError{alert, err} }

type alertError struct {
	alert ossl.Alert
	err   error
}

func (e *alertError) Error() string { return e.err.Error() }
func (e *alertError) Unwrap() error { return e.err }

// PanicError is a hook's panic, which ends its one handshake and nothing else.
type PanicError struct {
	Value any    // what it panicked with
	Stack []byte // as debug.Stack has it
}

func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v", e.Value) }

var errPSK = errors.New("a PSK needs a key of 1 to 256 bytes, and on clients an identity of 1 to 128")

// check is for what a hook has answered; nil is no key at all.
func (p *PSK) check() error {
	if p != nil && (len(p.Key) == 0 || len(p.Key) > ossl.MaxPSK) {
		return errPSK
	}
	return nil
}

// guard calls a hook. Its error, and a panic, become a *HookError.
func guard(hook string, f func() error) (err error) {
	defer guarded(hook, &err)
	return f()
}

// guarded is to be deferred around a hook, where guard would have to allocate.
func guarded(hook string, err *error) {
	if r := recover(); r != nil {
		*err = hookError(hook, &PanicError{r, debug.Stack()})
	} else if *err != nil {
		*err = hookError(hook, *err)
	}
}

// RFC 8446, section 6.
const (
	alertDecodeError   = 50
	alertInternalError = 80
)

// hookError is err, of hook, with the alert that it asks for.
func hookError(hook string, err error) *HookError {
	var named *HookError
	if errors.As(err, &named) {
		return named
	}
	e := &HookError{Hook: hook, Alert: alertInternalError, Err: err}
	var a *alertError
	if errors.As(err, &a) {
		e.Alert = a.alert
	}
	return e
}
