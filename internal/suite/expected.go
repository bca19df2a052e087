package suite

import (
	"fmt"

	"github.com/sslsock/sslsock/ossl"
)

// outcome is how a test ends: ExpectedResult.
type outcome string

const (
	success     outcome = "Success"
	serverFail  outcome = "ServerFail"
	clientFail  outcome = "ClientFail"
	firstFailed outcome = "FirstHandshakeFailed"
	internal    outcome = "InternalError"
)

// expected is what a test wants to see; the zero value of a field is no wish,
// except where OpenSSL's own runner has "none" for it.
type expected struct {
	result                       outcome
	clientAlert, serverAlert     ossl.Alert
	protocol                     int
	serverName                   string // whose context it was; always compared
	ticket, sessionID            string // "Yes", "No", or "" for either
	compressed, resumed          bool   // always compared
	npn, alpn                    string // always compared
	cipher                       string
	ticketAppData                string // always compared
	tmpKey                       ossl.NID
	serverCert, clientCert       ossl.NID
	serverHash, clientHash       ossl.NID
	serverSig, clientSig         ossl.NID
	serverCAs, clientCAs         []ossl.X509Name
	wantServerCAs, wantClientCAs bool
}

func (e *expected) setters() map[string]setter {
	return map[string]setter{
		"ExpectedResult":               oneOf(&e.result, success, serverFail, clientFail, firstFailed, internal),
		"ExpectedClientAlert":          among(&e.clientAlert, alerts),
		"ExpectedServerAlert":          among(&e.serverAlert, alerts),
		"ExpectedProtocol":             among(&e.protocol, protocols),
		"ExpectedServerName":           oneOf(&e.serverName, "None", "server1", "server2", "invalid"),
		"SessionTicketExpected":        oneOf(&e.ticket, "Ignore", "Yes", "No"),
		"SessionIdExpected":            oneOf(&e.sessionID, "Ignore", "Yes", "No"),
		"CompressionExpected":          yesNo(&e.compressed),
		"ResumptionExpected":           yesNo(&e.resumed),
		"ExpectedNPNProtocol":          text(&e.npn),
		"ExpectedALPNProtocol":         text(&e.alpn),
		"ExpectedCipher":               text(&e.cipher),
		"ExpectedSessionTicketAppData": text(&e.ticketAppData),
		"ExpectedTmpKeyType":           object(&e.tmpKey),
		"ExpectedServerCertType":       object(&e.serverCert),
		"ExpectedClientCertType":       object(&e.clientCert),
		"ExpectedServerSignHash":       object(&e.serverHash),
		"ExpectedClientSignHash":       object(&e.clientHash),
		"ExpectedServerSignType":       object(&e.serverSig),
		"ExpectedClientSignType":       object(&e.clientSig),
		"ExpectedServerCANames":        names(&e.serverCAs, &e.wantServerCAs),
		"ExpectedClientCANames":        names(&e.clientCAs, &e.wantClientCAs),
	}
}

// names reads the subjects of a file of certificates.
func names(to *[]ossl.X509Name, wanted *bool) setter {
	return func(v string) (err error) {
		*wanted = true
		if v != "empty" {
			*to, err = ossl.LoadClientCAFile(v)
		}
		return err
	}
}

// complaints gathers what is not as expected.
type complaints []string

func (c *complaints) add(format string, args ...any) { *c = append(*c, fmt.Sprintf(format, args...)) }

// want complains of a value that is another one; text says how to print it.
func want[T comparable](c *complaints, what string, got, expected T, text func(T) string) {
	if got != expected {
		c.add("%s: got %s, want %s", what, text(got), text(expected))
	}
}

func quoted(s string) string { return fmt.Sprintf("%q", s) }
func truth(b bool) string    { return map[bool]string{true: "yes", false: "no"}[b] }

func objectName(n ossl.NID) string {
	if n == 0 {
		return "none"
	}
	return ossl.OBJNid2sn(n)
}

func protocolName(v int) string {
	for name, known := range protocols {
		if v == known {
			return name
		}
	}
	return fmt.Sprintf("%#x", v)
}

// check compares what came of a connection with what was expected, as far as
// OpenSSL's own runner does.
func (e *expected) check(got outcome, client, server *facts, chosen string) (c complaints) {
	want(&c, "result", got, e.result, func(o outcome) string { return string(o) })
	c.alerts("client", e.clientAlert, client)
	c.alerts("server", e.serverAlert, server)
	if got != success || len(c) > 0 {
		return c
	}
	want(&c, "protocol of the client and the server", client.protocol, server.protocol, protocolName)
	if e.protocol != 0 {
		want(&c, "protocol", client.protocol, e.protocol, protocolName)
	}
	want(&c, "server name", chosen, e.serverName, quoted)
	if e.ticket != "" {
		want(&c, "session ticket", client.ticket, e.ticket == "Yes", truth)
	}
	if e.sessionID != "" {
		want(&c, "session id", client.sessionID, e.sessionID == "Yes", truth)
	}
	want(&c, "compression", client.compressed, e.compressed, truth)
	want(&c, "resumption on the client", client.resumed, e.resumed, truth)
	want(&c, "resumption on the server", server.resumed, e.resumed, truth)
	want(&c, "NPN on the client", client.npn, e.npn, quoted)
	want(&c, "NPN on the server", server.npn, e.npn, quoted)
	want(&c, "ALPN on the client", client.alpn, e.alpn, quoted)
	want(&c, "ALPN on the server", server.alpn, e.alpn, quoted)
	want(&c, "application data of the ticket", server.ticketAppData, e.ticketAppData, quoted)
	if e.cipher != "" {
		want(&c, "cipher", client.cipher, e.cipher, quoted)
	}
	e.checkKeys(&c, client, server)
	return c
}

func (e *expected) checkKeys(c *complaints, client, server *facts) {
	for _, o := range []struct {
		what      string
		got, want ossl.NID
	}{
		{"temporary key", client.tmpKey, e.tmpKey},
		{"server's certificate", client.peerCert, e.serverCert},
		{"server's signature", client.peerSig, e.serverSig},
		{"server's digest", client.peerHash, e.serverHash},
		{"client's certificate", server.peerCert, e.clientCert},
		{"client's signature", server.peerSig, e.clientSig},
		{"client's digest", server.peerHash, e.clientHash},
	} {
		if o.want != 0 {
			want(c, o.what, o.got, o.want, objectName)
		}
	}
	if e.wantServerCAs {
		c.names("the client's CA names", server.peerCAs, e.serverCAs)
	}
	if e.wantClientCAs {
		c.names("the server's CA names", client.peerCAs, e.clientCAs)
	}
}

// alerts compares the last one sent. No side sends two that end the connection.
func (c *complaints) alerts(side string, expected ossl.Alert, f *facts) {
	if expected != 0 && f.alertSent != expected {
		c.add("alert of the %s: got %s, want %s", side, alertName(f.alertSent), alertName(expected))
	}
	if f.lastAlerts > 1 {
		c.add("the %s sent %d alerts that end a connection", side, f.lastAlerts)
	}
}

func alertName(a ossl.Alert) string {
	if a == 0 {
		return "close notify or none"
	}
	return a.String()
}

func (c *complaints) names(what string, got, expected []ossl.X509Name) {
	same := len(got) == len(expected)
	for i := 0; same && i < len(got); i++ {
		same = got[i].Cmp(expected[i]) == 0
	}
	if !same {
		c.add("%s: got %v, want %v", what, got, expected)
	}
}
