package bridge

import (
	"context"
	"time"

	"github.com/sslsock/sslsock/ossl"
)

// Hooks are decisions of a handshake that a program makes itself: ordinary Go
// functions that may take as long as they like and ask whom they like. No
// thread waits for them, and neither does a Loop: OpenSSL suspends the
// handshake. All are optional, and may be called at the same time for any number
// of connections, but only one at a time for each connection.
//
// A hook's context ends with the handshake's timeout or deadline, when the
// connection is closed, and when the peer goes away; what a hook returns after
// that counts no more. A client that has sent all of its handshake (VerifyPeer,
// and PSK of TLS 1.2) may end its side in good order, and so has gone away only
// when the connection is broken. An error ends the handshake with an alert (see
// AlertError), and reaches the program as a *HookError; so does a panic.
//
// After the handshake a client's Certificate and VerifyPeer are asked too, when
// the server renegotiates (TLS 1.2) or wants a certificate (TLS 1.3, where
// ossl.Ctx.SetPostHandshakeAuth allows it). Read and Write wait for them, and
// Finished is not called again. What would take an asynchronous job then ends the
// connection with ErrLateHook.
//
// Hooks belong to a Ctx: Config.Hooks, or Install. A Ctx without any costs
// nothing more than before.
type Hooks struct {
	// ClientHello is the first decision of a server, with nothing settled yet. A
	// nil answer goes on.
	ClientHello func(ctx context.Context, h *Handshake) (*HelloAnswer, error)

	// Certificate chooses what to show of oneself: on servers, unless a session is
	// resumed, and on clients when the server asks. Nil shows what the Ctx has, if
	// it has any. It is still the caller's, who must not close it meanwhile.
	Certificate func(ctx context.Context, h *Handshake) (*KeyPair, error)

	// VerifyPeer sees the peer's chain with OpenSSL's verdict on it. Nil lets the
	// verdict stand: a chain that did not verify is refused all the same, unless
	// PeerCertificate.Accept was called. An error that is an ossl.VerifyResult
	// chooses the alert that fits; any other is bad_certificate. On a server it
	// takes an asynchronous job: see Jobs in ARCHITECTURE.md.
	//
	// It is not called when a session is resumed (see Config.SessionIDContext), nor
	// for a peer that shows no certificate, and on servers that ask for none.
	VerifyPeer func(ctx context.Context, h *Handshake, p *PeerCertificate) error

	// Sessions keeps a server's sessions: see Config. An error from it means a full
	// handshake, and goes to OnError. Remove is called for the sessions of a
	// connection that has died of a fatal alert, and for those that are too old.
	Sessions SessionStore

	// PSK is the pre-shared key of an identity on servers, and on clients, where
	// the identity asked for is empty, what to offer. Nil is none: a server then
	// goes on with a certificate, if it has one. Under TLS 1.2 a server is asked
	// through an asynchronous job. Who it was is in ConnectionState.PSKIdentity.
	//
	// Under TLS 1.3 a server that has certificates too chooses the suite first, and
	// goes on without the PSK where that has another hash. Most clients prefer
	// SHA-384: set PSK.SHA384 on both sides, or Config.Ciphersuites.
	PSK func(ctx context.Context, h *Handshake, identity []byte) (*PSK, error)

	// ALPN chooses a protocol on a server, of those that the client offers. "" goes
	// on without one; ErrNoALPN refuses.
	ALPN func(ctx context.Context, h *Handshake, offered []string) (string, error)

	// OCSP is the response (RFC 6960, DER) that a server staples for a client that
	// asks for one; cert is what Certificate answered, nil without it. Empty is
	// none. From OpenSSL 3.6 on bytes that are no response end the handshake.
	OCSP func(ctx context.Context, h *Handshake, cert *KeyPair) ([]byte, error)

	// Inline says that no hook here ever waits: all that they need is in memory.
	// They are then called where the connection is driven, a Loop's on its
	// goroutine, which saves starting one for each, and a session is stored before
	// the connection goes on, not soon after. A hook that waits all the same holds
	// the whole Loop up.
	Inline bool

	// Event sees what libssl tells: key log lines, state changes, alerts, messages.
	// It is called where the connection is driven, and must not block. Events says
	// of which kinds.
	Event  func(h *Handshake, ev ossl.Event)
	Events []ossl.EventKind

	// Finished is called where the connection is driven, once the handshake has
	// ended well or badly, and must not block.
	Finished func(h *Handshake, r *HandshakeReport)

	// OnError is told of what no connection fails for: a session store that does
	// not answer. It may be called from any goroutine.
	OnError func(err error)
}

// HelloAnswer is what a ClientHello hook decides.
type HelloAnswer struct {
	// Ctx is another Ctx to go on with, nil for the same, or what Config.ServerNames
	// has: its certificates, verify mode and depth, options, versions and hooks, of
	// which PSK counts only if the first has one too. Ciphers, groups and what is
	// resumed stay those of the first. It is still the caller's.
	Ctx *ossl.Ctx

	// Apply, if it is not nil, is called with the connection's SSL after that, where
	// the connection is driven: for settings of this one connection. It must not
	// wait, nor keep the SSL. An error ends the handshake.
	Apply func(*ossl.SSL) error

	// CustomExts is what to answer in extensions that the Ctx has by AddCustomExt,
	// instead of what that was given; nil is no answer. What the client said in
	// them is in ClientHelloInfo.Extensions.
	CustomExts map[uint16][]byte
}

// PSK is a pre-shared key: RFC 8446, section 4.2.11, and RFC 4279.
type PSK struct {
	Identity []byte // on clients; 1 to 128 bytes
	Key      []byte // 1 to 256 bytes
	SHA384   bool   // the hash of TLS 1.3 is SHA-384, not SHA-256: see Hooks.PSK
}

// HandshakeReport is how a handshake went.
type HandshakeReport struct {
	Err     error         // nil when it ended well
	Elapsed time.Duration // since the connection was accepted or made
	InHooks time.Duration // of these, waiting for hooks
	Resumed bool
}

// jobs says whether something can be waited for by an asynchronous job only.
func (h *hookSet) jobs(server bool) bool {
	return h.signers || server && (h.VerifyPeer != nil || h.PSK != nil)
}
