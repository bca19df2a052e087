package bridge

import (
	"crypto"

	"github.com/sslsock/sslsock/ossl"
)

// Config is what most programs need of an ossl.Ctx, with safe defaults; all
// else is reached through the Ctx itself. The zero Config is a client that
// verifies its servers against the system's trust.
//
// Whatever it says: TLS 1.2 is the oldest version unless MinVersion names an
// older one, and a stricter MinProtocol of OpenSSL's own configuration file
// stays in force. Compression is off, and so is renegotiation, unless asked
// for. libssl reads ahead, and gives the buffers of an idle connection back.
// Servers resume by stateless tickets, which cost no memory; the internal
// session cache is off, but for MaxEarlyData.
//
// A Config is not kept: it may be changed or shared once the Ctx is made.
type Config struct {
	// Certificates are what this side shows of itself: on servers at least
	// one, at most one of each key type (RSA, EC, ED25519, …), of which each
	// client gets the one that it can use. Clients may have one for servers
	// that ask.
	Certificates []Certificate

	// RootCAs is what clients verify servers against; zero is the system's
	// trust.
	RootCAs Trust

	// ClientCAs is what servers verify client certificates against. Its
	// subjects, unless it is the system's trust, are sent to clients to choose
	// by.
	ClientCAs Trust

	// ClientAuth says whether a server asks for a client certificate. To set
	// it without ClientCAs, or ClientCAs without it, is an error.
	ClientAuth ClientAuth

	// ServerName is the name that a client asks for (SNI, unless it is an IP
	// address) and that the server's certificate must have; "" is the host of
	// the address dialled.
	ServerName string

	// InsecureSkipVerify lets clients talk to whoever answers. Use it for
	// tests only.
	InsecureSkipVerify bool

	// VerifyDepth bounds the intermediate certificates of the peer's chain; 0
	// is OpenSSL's default, which is 100.
	VerifyDepth int

	// MinVersion and MaxVersion bound the protocol: ossl.TLS1_2Version, …. 0
	// is TLS 1.2, and the newest there is. TLS 1.0 and 1.1 are broken; to reach
	// a peer that has nothing else they need CipherList "DEFAULT@SECLEVEL=0"
	// too.
	MinVersion, MaxVersion int

	// CipherList is for TLS 1.2 and below, Ciphersuites for TLS 1.3, Groups for
	// the key exchange, SigAlgs for signatures: all in OpenSSL's syntax, as the
	// setters of ossl.Ctx have it, and "" for OpenSSL's default.
	CipherList, Ciphersuites, Groups, SigAlgs string

	// DHAuto lets a server of TLS 1.2 and below use the DHE ciphers, with
	// parameters as strong as its key: SSL_CTX_set_dh_auto(3). Without it, as in
	// OpenSSL, it takes none, whatever CipherList says: they are slow, and few
	// peers lack ECDHE. For parameters of one's own there is
	// ossl.Ctx.Set0TmpDHPkey.
	DHAuto bool

	// ALPN lists the application protocols, the preferred one first. A server
	// chooses the first of its own that the client has too; where they share
	// none the handshake fails, and a client that names none is served without.
	ALPN []string

	// NumTickets is how many TLS 1.3 tickets a server sends after a full
	// handshake: 0 is one, negative is none.
	NumTickets int

	// SessionTicketsDisabled keeps a server from resuming sessions at all.
	SessionTicketsDisabled bool

	// MaxEarlyData lets clients that resume a session of TLS 1.3 send so many bytes
	// before the handshake is done (0-RTT), to a server that reads them: see
	// Conn.ReadEarlyData and EarlyHandler. 0 is none; what is read by nobody is
	// refused, and the client sends it later.
	//
	// Whoever records such data can send it to the server again. Against that a
	// ticket of TLS 1.3 can be used once only, where this is not 0, and is no longer
	// stateless: its session is in the memory of this Ctx (20,480 at most, 2 KiB or
	// so each), so that another process or Ctx does not resume it. With
	// Hooks.Sessions it is in that store, which must be a SessionTaker. In both cases
	// data is delivered once at most. With ossl.OpNoAntiReplay in Options tickets
	// stay as they are, and may be used on any server that has the ticket keys: then
	// the program must be such that a request that comes twice does no harm.
	MaxEarlyData uint32

	// SessionIDContext, of at most 32 bytes, says which servers may resume
	// each other's sessions. "" is derived from this Config, so that a session
	// made under other certificates or another policy is not resumed. What
	// Hooks.VerifyPeer and Hooks.PSK decide cannot be seen in a Config: with
	// either, "" is random, so that only this one Ctx resumes its sessions. Name
	// one to share them, also with a later run of the program, and another one
	// where a hook decides otherwise.
	SessionIDContext []byte

	// ServerNames gives a server other configurations by the name that the
	// client asks for (SNI): an exact name, or "*.example.com" for one label in
	// front. Whoever asks for none of them is answered with this Config.
	//
	// Of those Configs count Certificates, ClientAuth, ClientCAs, VerifyDepth,
	// the versions, CipherList, SigAlgs, DHAuto, ALPN, SessionIDContext and
	// the options. Ciphersuites, Groups, NumTickets, MaxEarlyData, LibCtx,
	// Properties, Hooks and ServerNames are this Config's for all names; other ones
	// in those Configs are an error. A client's choice of name is all that stands between the policies: a
	// stricter ClientAuth binds no client that asks for another name.
	ServerNames map[string]*Config

	// AllowRenegotiation lets peers of TLS 1.2 and below renegotiate, and this side
	// too (Conn.Renegotiate, Stream.Renegotiate). It has a history of attacks, and
	// lets a client make a server work for nothing.
	AllowRenegotiation bool

	// LibCtx is the library context that the Ctx works in, and with it the
	// providers and the configuration; nil is the default one. With one for each
	// of several loops these share no locks of libcrypto's: see docs/capacity.md.
	// Keys of Certificates are read into it; a key that a hook gives stays where
	// it is.
	LibCtx *ossl.LibCtx

	// Properties says which implementations of algorithms may be used, as
	// "fips=yes": property(7). "" is what LibCtx has as its default.
	Properties string

	// Hooks are decisions that the program makes itself; nil is none.
	Hooks *Hooks

	// Options are added, and ClearOptions taken away, after all else: for what
	// has no field here.
	Options, ClearOptions ossl.Options
}

// Certificate is a certificate with its chain, and its private key, each in
// PEM form and from a file or from memory.
type Certificate struct {
	// CertFile or CertPEM holds the certificate, and after it those that lead to
	// its root, without the root.
	CertFile string
	CertPEM  []byte

	// KeyFile or KeyPEM holds the private key, of any kind that OpenSSL reads.
	// Where both are empty, the key is in CertFile or CertPEM too.
	KeyFile string
	KeyPEM  []byte

	// Signer is the private key instead, wherever it really is: an HSM, another
	// service. It may block: no thread waits for it, but each handshake takes an
	// asynchronous job, see ossl.NewSignerKey.
	Signer crypto.Signer

	// Passphrase opens an encrypted key. Nothing ever asks a terminal.
	Passphrase string
}

// Trust is a set of certificates to trust: all that its fields name together.
type Trust struct {
	File   string // a file of PEM certificates
	Dir    string // a folder made by openssl-rehash(1)
	PEM    []byte // PEM certificates
	System bool   // what the system trusts: SSL_CTX_set_default_verify_paths(3)
}

func (t Trust) isZero() bool { return t.File == "" && t.Dir == "" && len(t.PEM) == 0 && !t.System }

// ClientAuth says what a server wants of its clients.
type ClientAuth int

const (
	// NoClientCert asks for no certificate.
	NoClientCert ClientAuth = iota
	// RequestClientCert asks for one, and refuses a client whose certificate
	// does not verify, but serves one that has none.
	RequestClientCert
	// RequireClientCert refuses a client without a certificate that verifies.
	RequireClientCert
)

func (a ClientAuth) verifyMode() ossl.VerifyMode {
	switch a {
	case RequestClientCert:
		return ossl.VerifyPeer
	case RequireClientCert:
		return ossl.VerifyPeer | ossl.VerifyFailIfNoPeerCert
	default:
		return ossl.VerifyNone
	}
}
