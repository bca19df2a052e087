package interop

import (
	"strings"

	"github.com/sslsock/sslsock/ossl"
)

// wolfssl is the examples client and server of wolfSSL, which run in the folder of
// its source alone: --peer wolfssl="env -C /path/to/wolfssl examples/client/client".
// Debian has the library without them. The client says hello, and carries no data
// of ours.
var wolfssl = Peer{
	Name:        "wolfssl",
	Programs:    []string{"wolfssl-client"},
	VersionArgs: []string{"-?"},
	ServerCan: append([]Feature{ChooseVersion, ChooseCipher, ChooseCipher13, ClientCerts, ALPN, TicketResume},
		certFeatures(CertRSA, CertECDSA, CertP384)...),
	ClientCan: append([]Feature{ChooseVersion, ChooseCipher, ChooseCipher13, ClientCerts, ALPN, Verify},
		certFeatures(CertRSA, CertECDSA, CertP384)...),
	Refuses: func(j *Job) string {
		switch {
		case j.ServerName != "" && !j.Server:
			return "looks for the name that it connects to"
		case strings.Contains(j.Cipher12(), "PSK"):
			return "has no key of ours"
		case j.Cipher12() != "" && !strings.Contains(j.Cipher, "DHE"):
			return "leaves out what exchanges keys by RSA"
		}
		return ""
	},
	Server: func(j *Job) (*Launch, error) {
		args := []string{"-p", j.Port(), "-i", "-x", "-V", "-c", j.CertFile(), "-k", j.KeyFile(), "-A", j.CAFile()}
		if j.ClientAuth == ClientAuthRequired {
			args = append(args, "-F")
		} else {
			args = append(args, "-d")
		}
		args = wolfCommon(args, j)
		if len(j.ServerALPN) > 0 {
			args = append(args, "-L", "F:"+join(j.ServerALPN, ","))
		}
		return &Launch{Program: wolfServer(j.Peer), Args: args, Data: Talk, Talk: []Line{{Send: "hello", Expect: "hear you"}}}, nil
	},
	Client: func(j *Job) (*Launch, error) {
		args := []string{"-h", NameLocalhost, "-p", j.Port(), "-m", "-S", j.HostName(), "-A", j.CAFile(), "-C"}
		if j.ClientCert != "" {
			args = append(args, "-c", j.CertFile(), "-k", j.KeyFile())
		} else {
			args = append(args, "-x")
		}
		args = wolfCommon(args, j)
		if len(j.ClientALPN) > 0 {
			args = append(args, "-L", "F:"+join(j.ClientALPN, ","))
		}
		return &Launch{Args: args, Data: Talk, Talk: []Line{{Expect: "hello", Send: "hello from ours"}}}, nil
	},
	ClientSays: wolfSays,
	Alerts:     []ossl.Alert{alertBadCertificate, alertHandshakeFailure, alertProtocolVersion, alertUnknownCA, alertCertificateUnknown},
	Silent:     func(j *Job) bool { return true },
	Tells:      Tells{Refused: `(?i)error|fail`},
}

var wolfSays = Says{
	FactVersion: `SSL version is (\S+)`, FactCipher: `SSL cipher suite is (\S+)`, FactGroup: `SSL curve name is (\S+)`,
	FactALPN: `Received ALPN protocol : (\S+)|Application Layer Protocol Negotiation accepted.*: (\S+)`,
}

// wolfCommon: without a version there is TLS 1.3 or 1.2.
func wolfCommon(args []string, j *Job) []string {
	args = append(args, "-v", map[int]string{ossl.TLS1_2Version: "3", ossl.TLS1_3Version: "4", 0: "d"}[j.Version])
	if j.Cipher13() != "" {
		return append(args, "-l", "TLS13-"+strings.ReplaceAll(strings.ReplaceAll(strings.TrimPrefix(j.Cipher, "TLS_"), "AES_", "AES"), "_", "-"))
	}
	return option(args, "-l", j.Cipher12())
}

// wolfServer is in a folder of its own in the source, beside the client elsewhere.
func wolfServer(p *Peer) []string {
	if words := p.Command(); strings.HasSuffix(words[len(words)-1], "client/client") {
		return beside(p, "client/client", "server/server")
	}
	return beside(p, "client", "server")
}
