package interop

import (
	"strings"

	"github.com/sslsock/sslsock/ossl"
)

// mbedtls is ssl_client2 and ssl_server2 of Mbed TLS, from 2.28 on. Debian has the
// library without them: --peer mbedtls=/path/to/ssl_client2, with the server beside
// it. They say one thing to each other, and carry no data of ours.
var mbedtls = Peer{
	Name:        "mbedtls",
	Programs:    []string{"mbedtls_ssl_client2", "ssl_client2"},
	VersionArgs: []string{"build_version=1"},
	ServerCan: append([]Feature{
		ChooseVersion, ChooseCipher, ChooseCipher13, ChooseGroups, TwoCerts, ClientCerts, WantCerts, ALPN, ALPNMismatch, ServerNames, PSK, TicketResume, IDResume,
	}, mbedtlsCerts...),
	ClientCan: append([]Feature{
		ChooseVersion, ChooseCipher, ChooseCipher13, ChooseGroups, ClientCerts, ALPN, AskNames, PSK, Verify,
	}, mbedtlsCerts...),
	Refuses: mbedtlsRefuses,
	Server: func(j *Job) (*Launch, error) {
		args := []string{"server_addr=127.0.0.1", "server_port=" + j.Port(), "tickets=" + map[bool]string{true: "0", false: "1"}[j.SessionIDs]}
		args = append(args, "crt_file="+j.CertFile(), "key_file="+j.KeyFile(), "ca_file="+j.CAFile())
		if j.SecondOf != "" {
			args = append(args, "crt_file2="+j.Certs.Cert(j.SecondOf), "key_file2="+j.Certs.Key(j.SecondOf))
		}
		if j.SecondName {
			args = append(args, "sni="+NameSecond+","+j.Certs.Cert(CertSecond)+","+j.Certs.Key(CertSecond)+",-,-,-,"+
				NameLocalhost+","+j.CertFile()+","+j.KeyFile()+",-,-,-")
		}
		auth := map[ClientAuth]string{ClientAuthNone: "none", ClientAuthWanted: "optional", ClientAuthRequired: "required"}[j.ClientAuth]
		args, err := mbedtlsCommon(append(args, "auth_mode="+auth), j, j.serverGroups(), j.ServerALPN)
		return &Launch{
			Program: beside(j.Peer, "client2", "server2"), Args: args, Data: Talk,
			Talk: []Line{{Send: "GET / HTTP/1.0\r\n\r\n", Expect: "Successful connection"}},
		}, err
	},
	Client: func(j *Job) (*Launch, error) {
		args := []string{"server_addr=127.0.0.1", "server_port=" + j.Port(), "server_name=" + j.HostName(), "auth_mode=required", "ca_file=" + j.CAFile()}
		args = append(args, "crt_file="+orNone(j.CertFile()), "key_file="+orNone(j.KeyFile()))
		args, err := mbedtlsCommon(args, j, j.Groups, j.ClientALPN)
		return &Launch{Args: args, Data: Talk, Talk: []Line{{Expect: "\r\n\r\n", Send: "HTTP/1.0 200 OK\r\n\r\nhello from ours\r\n"}}}, err
	},
	ServerSays: mbedtlsSays,
	ClientSays: mbedtlsSays,
	Alerts:     []ossl.Alert{alertUnknownCA, alertBadCertificate, alertHandshakeFailure, alertInternalError, alertIllegalParameter},
	Silent:     func(j *Job) bool { return j.Server && (j.ClientAuth == ClientAuthRequired || len(j.PeerGroups) > 0) },
	Tells:      Tells{Refused: `(?i)failed|error`},
}

var mbedtlsCerts = certFeatures(CertRSA, CertECDSA, CertP384)

var mbedtlsSays = Says{
	FactVersion: `\[ Protocol is (\S+)`, FactCipher: `Ciphersuite is (\S+)`, FactALPN: `Application Layer Protocol is (\S+)`,
}

func mbedtlsRefuses(j *Job) string {
	switch {
	case j.Version == ossl.TLS1_3Version && !j.Peer.AtLeast(3, 6):
		return "has no TLS 1.3 before 3.6"
	case j.Version == ossl.TLS1_3Version && j.SessionIDs:
		return "resumes TLS 1.3 by tickets alone"
	case j.KeyUpdate:
		return "has no KeyUpdate"
	case strings.HasPrefix(strings.Join(j.Groups, ""), "X448") || strings.Contains(strings.Join(j.Groups, ""), "MLKEM"):
		return "has no group " + j.Groups[0]
	}
	return ""
}

func mbedtlsCommon(args []string, j *Job, groups, alpn []string) ([]string, error) {
	if v := VersionName(j.Version); v != "" {
		args = append(args, "force_version=tls"+strings.ReplaceAll(v, ".", ""))
	}
	if j.Cipher != "" {
		name := strings.Replace(j.Cipher13(), "TLS_", "TLS1-3-", 1)
		if name == "" {
			var err error
			if name, err = standardName(j.Cipher); err != nil {
				return nil, err
			}
		}
		args = append(args, "force_ciphersuite="+strings.ReplaceAll(name, "_", "-"))
	}
	if len(groups) > 0 {
		var names []string
		for _, g := range groups {
			names = append(names, normal(FactGroup, g))
		}
		option := "curves="
		if j.Peer.AtLeast(3, 5) {
			option = "groups="
		}
		args = append(args, option+join(names, ","))
	}
	if len(alpn) > 0 {
		args = append(args, "alpn="+join(alpn, ","))
	}
	if j.PSK {
		args = append(args, "psk="+PSKHex, "psk_identity="+PSKIdentity)
	}
	return args, nil
}

func orNone(file string) string {
	if file == "" {
		return "none"
	}
	return file
}
