package bridge

import (
	"fmt"
	"net"
)

// ClientHelloInfo is what a client asks for in its ClientHello: RFC 8446,
// section 4.1.2, and RFC 5246, section 7.4.1.2. Lists are in the order of the
// client, with the values that nobody knows and with those of [IsGREASE].
//
// Whatever is a []byte is a part of Raw: do not change it, and copy what you
// keep for long, for it keeps the whole message.
type ClientHelloInfo struct {
	Raw []byte // the handshake message, from its header on

	DTLS               bool
	LegacyVersion      uint16 // TLS 1.2 for TLS 1.3 too: see SupportedVersions
	Random             []byte // 32 bytes
	SessionID          []byte // made up by most clients of TLS 1.3
	LegacyCookie       []byte // of DTLS, from a HelloVerifyRequest
	CipherSuites       []uint16
	CompressionMethods []byte
	Extensions         []Extension

	// ServerName is the host that the client wants (SNI, RFC 6066), in lower
	// case and without a dot at its end. It is empty where the client named
	// none, and where it named what is no host name, such as an IP address.
	ServerName string

	ALPN                    []string
	SupportedVersions       []uint16 // derived from LegacyVersion where the client does not list them
	SupportedGroups         []uint16
	SignatureAlgorithms     []uint16
	SignatureAlgorithmsCert []uint16 // for certificates; empty: the same as SignatureAlgorithms
	PointFormats            []byte
	KeyShareGroups          []uint16 // groups for which the client has sent a key
	StatusRequest           bool     // it would like an OCSP staple
	CertificateAuthorities  [][]byte // names in DER
	Cookie                  []byte   // of TLS 1.3, from a HelloRetryRequest

	// TicketOffered says that the client takes tickets of TLS 1.2 and below
	// (RFC 5077); Ticket is the one that it brings back, if it has one.
	TicketOffered bool
	Ticket        []byte

	PSKIdentities []PSKIdentity // tickets of TLS 1.3 and keys agreed on elsewhere
	PSKModes      []byte
	EarlyData     bool // data follows before the server has answered

	LocalAddr  net.Addr // nil where the ClientHello did not come over a connection
	RemoteAddr net.Addr
}

// Extension is one extension of a ClientHello as it was sent.
type Extension struct {
	Type uint16
	Data []byte
}

// PSKIdentity is a key that the client offers to resume or begin with: RFC
// 8446, section 4.2.11.
type PSKIdentity struct {
	Identity            []byte
	ObfuscatedTicketAge uint32 // in milliseconds, plus a number that came with the ticket
}

// ClientHelloError is a ClientHello that breaks the rules of its RFC.
type ClientHelloError struct {
	Field  string // as the RFC calls it: "cipher_suites", "server_name", "extension 1234"
	Offset int    // of the mistake, in bytes from the beginning of the message
	Reason string
}

func (e *ClientHelloError) Error() string {
	return fmt.Sprintf("bridge: ClientHello: %s at byte %d: %s", e.Field, e.Offset, e.Reason)
}

// ParseClientHello reads a ClientHello of TLS: a whole handshake message, its
// header of 4 bytes included, without the headers of the records that brought
// it. What is wrong with it is a [*ClientHelloError]; unknown extensions,
// versions and algorithms are no mistake. The result keeps msg.
func ParseClientHello(msg []byte) (*ClientHelloInfo, error) { return parseClientHello(msg, false) }

// ParseDTLSClientHello is [ParseClientHello] for DTLS, whose handshake
// messages have a header of 12 bytes. A message that came in fragments must
// have been put together: RFC 6347, section 4.2.3.
func ParseDTLSClientHello(msg []byte) (*ClientHelloInfo, error) { return parseClientHello(msg, true) }

// Extension is the body of an extension, and whether the client has sent it.
func (h *ClientHelloInfo) Extension(typ uint16) (data []byte, ok bool) {
	if h == nil {
		return nil, false
	}
	for _, e := range h.Extensions {
		if e.Type == typ {
			return e.Data, true
		}
	}
	return nil, false
}

// IsGREASE says whether a cipher suite, an extension, a version, a group or a
// signature algorithm is one of those that mean nothing and that clients send
// to keep servers used to the unknown: RFC 8701.
func IsGREASE(v uint16) bool { return v&0x0f0f == 0x0a0a && v>>8 == v&0xff }
