package interop

import (
	"slices"
	"strings"

	"github.com/sslsock/sslsock/ossl"
)

// gnutls is gnutls-serv(1) and gnutls-cli(1). The command given by --peer is the
// client; the server is beside it.
var gnutls = Peer{
	Name:        "gnutls",
	Programs:    []string{"gnutls-cli"},
	VersionArgs: []string{"--version"},
	ServerCan: append([]Feature{
		ChooseVersion, Renegotiable, LegacyVersions, ChooseCipher, ChooseCipher13, ChooseGroups, ClientCerts, ALPN, ALPNMismatch, Stapling, PSK, TicketResume, IDResume, EarlyData,
	}, allCerts...),
	ClientCan: append([]Feature{
		ChooseVersion, Renegotiable, LegacyVersions, ChooseCipher, ChooseCipher13, ChooseGroups, ClientCerts, ALPN, AskNames, PSK, TicketResume, IDResume, EarlyData, StartTLSFirst, Verify,
	}, allCerts...),
	Refuses: gnutlsRefuses,
	Server:  gnutlsServer,
	Client:  gnutlsClient,
	Silent:  func(j *Job) bool { return !j.Server && (j.Trust != "" || j.ServerName == NameUnknown) },
	Alerts:  []ossl.Alert{alertAccessDenied, alertDecodeError},
	Tells:   Tells{Refused: `(?i)error|fatal`},

	DropsEarly: true, // it reads the next record into the same buffer

	// The server's output is buffered, and the certificate alone is long enough.
	ServerSays: Says{FactClientCert: `(?s)Certificate\[0\] info:.*?Subject: CN=interop ([\w-]+)`},
	ClientSays: gnutlsSays,
}

var gnutlsSays = Says{
	FactVersion: `Description: \((TLS1\.\d)`, FactGroup: `Description: \S+?\((?:ECDHE|DHE)-([\w-]+)\)`,
	FactALPN: `Application protocol: (\S+)`, FactResumed: `is a (resumed) session`,
}

// gnutlsGroups are GnuTLS's names of groups.
var gnutlsGroups = map[string]string{
	"X25519": "GROUP-X25519", "P-256": "GROUP-SECP256R1", "P-384": "GROUP-SECP384R1", "P-521": "GROUP-SECP521R1", "X448": "GROUP-X448",
	"ffdhe2048": "GROUP-FFDHE2048", "ffdhe3072": "GROUP-FFDHE3072", "ffdhe4096": "GROUP-FFDHE4096",
}

func gnutlsRefuses(j *Job) string {
	for _, g := range slices.Concat(j.Groups, j.serverGroups()) {
		if gnutlsGroups[g] == "" {
			return "has no group " + g
		}
	}
	if j.Cipher != "" && gnutlsCipher(j) == "" {
		return "has no " + j.Cipher
	}
	if j.PSK && !j.Server && j.Version == ossl.TLS1_2Version {
		return "leaves after a handshake of TLS 1.2 with a pre-shared key, without a word"
	}
	if j.SessionIDs && j.Version == ossl.TLS1_3Version && j.Server {
		return "resumes TLS 1.3 by tickets alone"
	}
	// As of 3.7.9, with any server and client: the one decrypts what it has to pass
	// over, the other sends no second ClientHello.
	if j.EarlyData && len(j.ServerGroups) > 0 {
		return "does not get through a HelloRetryRequest with early data"
	}
	if j.EarlyRejected && !j.Server {
		return "resumes at once, before our server could forget its session"
	}
	if j.Bytes > 1<<20 {
		return "stops reading its standard input while it is busy"
	}
	return ""
}

// gnutlsCipher is the part of a priority string that leaves one cipher suite:
// its key exchange, cipher and MAC.
func gnutlsCipher(j *Job) string {
	name := j.Cipher
	for _, bulk := range []struct{ has, cipher, mac string }{
		{"AES_256_GCM_SHA384", "AES-256-GCM", "AEAD"}, {"AES_128_GCM_SHA256", "AES-128-GCM", "AEAD"},
		{"AES_128_CCM_SHA256", "AES-128-CCM", "AEAD"}, {"AES_128_CCM_8_SHA256", "AES-128-CCM-8", "AEAD"},
		{"CHACHA20", "CHACHA20-POLY1305", "AEAD"},
		{"AES256-GCM", "AES-256-GCM", "AEAD"}, {"AES128-GCM", "AES-128-GCM", "AEAD"},
		{"AES256-CCM8", "AES-256-CCM-8", "AEAD"}, {"AES128-CCM8", "AES-128-CCM-8", "AEAD"},
		{"AES256-CCM", "AES-256-CCM", "AEAD"}, {"AES128-CCM", "AES-128-CCM", "AEAD"},
		{"AES256-SHA384", "AES-256-CBC", "SHA384"}, {"AES256-SHA256", "AES-256-CBC", "SHA256"}, {"AES128-SHA256", "AES-128-CBC", "SHA256"},
		{"AES256-SHA", "AES-256-CBC", "SHA1"}, {"AES128-SHA", "AES-128-CBC", "SHA1"},
	} {
		if !strings.Contains(name, bulk.has) {
			continue
		}
		priority := ":-CIPHER-ALL:+" + bulk.cipher + ":-MAC-ALL:+" + bulk.mac
		if bulk.cipher == "AES-256-CBC" && bulk.mac == "SHA384" {
			return "" // left out of GnuTLS's MACs
		}
		if j.Cipher13() != "" {
			return priority
		}
		for _, kx := range []struct{ prefix, kx string }{
			{"ECDHE-PSK", "ECDHE-PSK"}, {"ECDHE-RSA", "ECDHE-RSA"}, {"ECDHE-ECDSA", "ECDHE-ECDSA"}, {"DHE-RSA", "DHE-RSA"}, {"", "RSA"},
		} {
			if strings.HasPrefix(name, kx.prefix) {
				return priority + ":-KX-ALL:+" + kx.kx
			}
		}
	}
	return ""
}

func gnutlsPriority(j *Job, groups []string) string {
	p := "NORMAL"
	if v := VersionName(j.Version); v != "" {
		p += ":-VERS-ALL:+VERS-TLS" + v
		if v == "1.0" || v == "1.1" {
			p = "NORMAL:%VERIFY_ALLOW_SIGN_WITH_SHA1" + strings.TrimPrefix(p, "NORMAL")
		}
	}
	if j.Cipher != "" {
		p += gnutlsCipher(j)
	}
	if j.PSK && j.Cipher12() == "" {
		p += ":+ECDHE-PSK:+PSK"
	}
	if len(groups) > 0 {
		p += ":-GROUP-ALL"
		for _, g := range groups {
			p += ":+" + gnutlsGroups[g]
		}
	}
	return p
}

func gnutlsServer(j *Job) (*Launch, error) {
	args := []string{"--echo", "--crlf", "--port", j.Port(), "--priority", gnutlsPriority(j, j.serverGroups()),
		"--x509certfile", j.CertFile(), "--x509keyfile", j.KeyFile()}
	if j.ClientAuth == ClientAuthRequired {
		args = append(args, "--x509cafile", j.CAFile(), "--require-client-cert", "--verify-client-cert")
	} else {
		args = append(args, "--disable-client-cert")
	}
	for _, p := range j.ServerALPN {
		args = append(args, "--alpn", p)
	}
	if len(j.ServerALPN) > 0 {
		args = append(args, "--alpn-fatal")
	}
	if j.Staple {
		args = append(args, "--ocsp-response", j.Certs.Staple(j.cert()), "--ignore-ocsp-response-errors")
	}
	if j.SessionIDs {
		args = append(args, "--noticket")
	}
	if j.EarlyData {
		args = append(args, "--earlydata")
	}
	if j.PSK {
		args = append(args, "--pskpasswd", j.File("psk", PSKIdentity+":"+PSKHex+"\n"))
	}
	return &Launch{Program: beside(j.Peer, "gnutls-cli", "gnutls-serv"), Args: args, Data: Echo}, nil
}

func gnutlsClient(j *Job) (*Launch, error) {
	args := []string{"--port", j.Port(), "--x509cafile", j.CAFile(), "--logfile", "/dev/stderr", "--priority", gnutlsPriority(j, j.Groups),
		"--sni-hostname", j.HostName(), "--verify-hostname", j.HostName()}
	if j.ClientCert != "" {
		args = append(args, "--x509certfile", j.CertFile(), "--x509keyfile", j.KeyFile())
	}
	for _, p := range j.ClientALPN {
		args = append(args, "--alpn", p)
	}
	if len(j.Groups) > 1 {
		args = append(args, "--single-key-share")
	}
	if j.StartTLS != "" {
		args = append(args, "--starttls-proto", j.StartTLS)
	}
	if j.PSK {
		args = append(args, "--pskusername", PSKIdentity, "--pskkey", PSKHex)
	}
	resumes := j.Tickets || j.SessionIDs
	if resumes {
		args = append(args, "--resume", "--waitresumption") // for the ticket, without which it waits 50 ms
	}
	if j.EarlyData {
		args = append(args, "--earlydata", j.File("early", string(pattern(earlyBytes))))
	}
	return &Launch{Args: append(args, "127.0.0.1"), Twice: resumes}, nil
}
