package interop

import (
	"cmp"
	"slices"
	"strings"

	"github.com/sslsock/sslsock/ossl"
)

// Setup is what both sides of a cell's connection are told. What is zero is
// left as each side has it by itself. Names are OpenSSL's.
type Setup struct {
	Version int    // the only protocol version of both: ossl.TLS1_2Version, …
	Cipher  string // the only cipher suite of both
	Groups  []string
	// ServerGroups is what the server has instead of Groups: without the first of
	// these it takes a HelloRetryRequest.
	ServerGroups []string

	Cert     string // the server's certificate, by its name in Certs; "" is CertECDSA
	SecondOf string // a second certificate of the server's
	Trust    string // the CA that the client trusts; "" is the one that issued Cert

	ClientAuth ClientAuth
	ClientCert string // what the client shows

	ServerALPN, ClientALPN []string

	ServerName string // what the client asks for; "" is localhost
	SecondName bool   // the server has a certificate for NameSecond too

	Staple     bool // the client asks for an OCSP response and the server has one
	PSK        bool // a pre-shared key instead of certificates
	Tickets    bool // sessions resume by tickets
	SessionIDs bool // sessions resume by the server's cache, without tickets
	RecordSize int  // the largest plaintext of a record, in bytes, of the side under test

	StartTLS      string // the protocol in front: smtp, imap or postgres
	Renegotiation bool
	PostHandshake bool // the server asks for the client's certificate after the handshake
	KeyUpdate     bool
	EarlyData     bool // the client sends before the handshake is done
	EarlyRejected bool // the server is to reject that
	HalfClose     bool // the server answers after the client's close_notify
	Interactive   bool // the peer takes commands on its standard input
	Cut           bool // the peer must tell a connection that is cut off from one that ends

	// What the peer has instead of Version, Cipher and Groups.
	PeerVersion int
	PeerCipher  string
	PeerGroups  []string

	Bytes int // in each direction; 0 is DefaultBytes
}

// DefaultBytes is what a connection carries in each direction when its row says
// nothing else: a little more than one record.
const DefaultBytes = 20_000

// ClientAuth says what the server of a cell wants of its client.
type ClientAuth string

// What a server may want.
const (
	ClientAuthNone     ClientAuth = ""
	ClientAuthWanted   ClientAuth = "wanted"
	ClientAuthRequired ClientAuth = "required"
)

// Names that certificates are for.
const (
	NameLocalhost = "localhost"
	NameSecond    = "second.example"
	NameUnknown   = "unknown.example"
)

// Feature is something that not every peer can be told to do. The words fit
// behind "cannot".
type Feature string

// Features. The kinds of key are CertFeature's.
const (
	ChooseVersion  Feature = "be held to one protocol version"
	ChooseCipher   Feature = "be held to a cipher suite of TLS 1.2"
	ChooseCipher13 Feature = "be held to a cipher suite of TLS 1.3"
	ChooseGroups   Feature = "be held to groups"
	TwoCerts       Feature = "have two certificates"
	ClientCerts    Feature = "ask for or show client certificates"
	WantCerts      Feature = "ask for a client certificate without requiring it"
	ALPN           Feature = "negotiate ALPN"
	ALPNMismatch   Feature = "refuse a connection for want of a common ALPN protocol"
	ServerNames    Feature = "choose certificates by server name"
	AskNames       Feature = "ask for a server name of one's choosing"
	Stapling       Feature = "ask for or show a stapled OCSP response"
	PSK            Feature = "use a pre-shared key"
	TicketResume   Feature = "resume by ticket"
	IDResume       Feature = "resume by session id"
	KeyUpdate      Feature = "be told to update its keys"
	EarlyData      Feature = "send or take early data"
	Renegotiate    Feature = "be told to renegotiate"
	Renegotiable   Feature = "be had to renegotiate"
	PostHandshake  Feature = "authenticate after the handshake"
	HalfClose      Feature = "go on sending after a close_notify"
	NoticeCut      Feature = "tell that a connection was cut off"
	StartTLSFirst  Feature = "speak another protocol before TLS"
	Verify         Feature = "verify its peer's certificate"
	LegacyVersions Feature = "be made to speak TLS 1.0 and 1.1"
)

// CertFeature is the feature of using a certificate of that name.
func CertFeature(cert string) Feature { return Feature("use a certificate of kind " + cert) }

// needs is what a peer in that role must be able to do.
func (s *Setup) needs(server bool) []Feature {
	var list []Feature
	add := func(f Feature, when bool) {
		if when {
			list = append(list, f)
		}
	}
	tls13 := s.Version == ossl.TLS1_3Version
	add(ChooseVersion, s.Version != 0)
	add(LegacyVersions, s.Version != 0 && s.Version < ossl.TLS1_2Version)
	add(ChooseCipher, s.Cipher != "" && !tls13)
	add(ChooseCipher13, s.Cipher != "" && tls13)
	add(ChooseGroups, len(s.Groups) > 0 || server && len(s.ServerGroups) > 0)
	add(CertFeature(s.Cert), s.Cert != "" && slices.Contains(KeyKinds, s.Cert))
	add(TwoCerts, s.SecondOf != "" && server)
	add(ClientCerts, s.ClientAuth != "")
	add(WantCerts, s.ClientAuth == ClientAuthWanted && server)
	add(ALPN, len(s.ClientALPN)+len(s.ServerALPN) > 0)
	add(ALPNMismatch, server && s.alpnMismatch())
	add(ServerNames, s.SecondName && server)
	add(AskNames, s.ServerName != "" && !server)
	add(Stapling, s.Staple)
	add(PSK, s.PSK)
	add(TicketResume, s.Tickets)
	add(IDResume, s.SessionIDs)
	add(Renegotiate, s.Renegotiation && s.Interactive)
	add(Renegotiable, s.Renegotiation)
	add(KeyUpdate, s.KeyUpdate && s.Interactive)
	add(EarlyData, s.EarlyData)
	add(PostHandshake, s.PostHandshake)
	add(HalfClose, s.HalfClose)
	add(NoticeCut, s.Cut)
	add(StartTLSFirst, s.StartTLS != "")
	add(Verify, s.Trust != "" && !server)
	return list
}

// forPeer is the Setup as the peer is told.
func (s *Setup) forPeer() *Setup {
	p := *s
	if p.PeerVersion != 0 {
		p.Version = p.PeerVersion
	}
	if p.PeerCipher != "" {
		p.Cipher = p.PeerCipher
	}
	if len(p.PeerGroups) > 0 {
		p.Groups = p.PeerGroups
	}
	return &p
}

// CipherList is OpenSSL's list of cipher suites up to TLS 1.2, "" for its own.
// Security level 0 has the suites of both versions whose tag is of 64 bits (from
// OpenSSL 3.2 on), and the signatures with SHA-1 and MD5 of TLS 1.0 and 1.1.
func (s *Setup) CipherList() string {
	list := s.Cipher
	if s.Version == ossl.TLS1_3Version {
		list = ""
	}
	shortTag := strings.HasSuffix(s.Cipher, "CCM8") || strings.HasSuffix(s.Cipher, "CCM_8_SHA256")
	if !shortTag && (s.Version == 0 || s.Version >= ossl.TLS1_2Version) {
		return list
	}
	return cmp.Or(list, "DEFAULT") + "@SECLEVEL=0"
}

func (s *Setup) alpnMismatch() bool {
	if len(s.ClientALPN) == 0 || len(s.ServerALPN) == 0 {
		return false
	}
	return !slices.ContainsFunc(s.ClientALPN, func(p string) bool { return slices.Contains(s.ServerALPN, p) })
}

func (s *Setup) bytes() int {
	if s.Bytes == 0 {
		return DefaultBytes
	}
	return s.Bytes
}

func (s *Setup) serverName() string {
	if s.ServerName == "" {
		return NameLocalhost
	}
	return s.ServerName
}

func (s *Setup) cert() string {
	if s.Cert == "" {
		return CertECDSA
	}
	return s.Cert
}

func (s *Setup) serverGroups() []string {
	if len(s.ServerGroups) > 0 {
		return s.ServerGroups
	}
	return s.Groups
}

// VersionName is "1.2" of ossl.TLS1_2Version; "" of 0.
func VersionName(version int) string {
	switch version {
	case ossl.TLS1Version:
		return "1.0"
	case ossl.TLS1_1Version:
		return "1.1"
	case ossl.TLS1_2Version:
		return "1.2"
	case ossl.TLS1_3Version:
		return "1.3"
	}
	return ""
}

func has(list []Feature, f Feature) bool { return slices.Contains(list, f) }
