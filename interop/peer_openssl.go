package interop

import (
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// openssl is openssl-s_server(1) and openssl-s_client(1), of OpenSSL 1.1.1 and
// later.
var openssl = Peer{
	Name:        "openssl",
	Programs:    []string{"openssl"},
	VersionArgs: []string{"version"},
	ServerCan:   append(slices.Clone(opensslCan), ALPNMismatch, NoticeCut),
	ClientCan:   append(slices.Clone(opensslCan), AskNames, StartTLSFirst, NoticeCut),
	Refuses:     opensslRefuses,
	Adapt:       opensslAdapt,
	Server:      opensslServer,
	Client:      opensslClient,
	Tells: Tells{
		Refused: `(?i)error:|alert`, Cut: `unexpected eof|errno|ERROR|read:`,
	},
	ServerSays: opensslSays.without(FactGroup),
	ClientSays: opensslSays,
}

// opensslSays is the summary of -brief, which has neither ALPN nor resumption.
var opensslSays = Says{
	FactVersion: `Protocol version: (\S+)`, FactCipher: `Ciphersuite: (\S+)`, FactClientCert: `Peer certificate: .*CN ?= ?interop (\S+)`,
	FactGroup: `(?:Server Temp Key: (?:ECDH, )?|Peer Temp Key: (?:ECDH, )?|Negotiated TLS1.3 group: )([\w-]+)`,
}

var opensslCan = []Feature{
	ChooseVersion, Renegotiable, LegacyVersions, ChooseCipher, ChooseCipher13, ChooseGroups, TwoCerts, ClientCerts, WantCerts, ALPN, ServerNames,
	Stapling, PSK, TicketResume, IDResume, KeyUpdate, Renegotiate, PostHandshake, EarlyData, Verify,
	CertFeature(CertRSA), CertFeature(CertRSAPSS), CertFeature(CertECDSA), CertFeature(CertP384), CertFeature(CertEd25519), CertFeature(CertEd448),
}

// opensslAdapt knows OpenSSL 1.1.1: s_server answers no close_notify, goes on
// where no protocol of ALPN fits, and neither program tells of a connection that
// was cut off.
func opensslAdapt(p *Peer) {
	if p.AtLeast(3, 0) {
		return
	}
	p.NoCloseNotify = true
	cannot := func(f Feature) bool { return f == ALPNMismatch || f == NoticeCut }
	p.ServerCan = slices.DeleteFunc(slices.Clone(p.ServerCan), cannot)
	p.ClientCan = slices.DeleteFunc(slices.Clone(p.ClientCan), cannot)
}

func opensslRefuses(j *Job) string {
	groups := j.Groups
	if j.Server {
		groups = j.serverGroups()
	}
	for _, g := range groups {
		switch {
		case strings.HasPrefix(g, "ffdhe") && !j.Peer.AtLeast(3, 0):
			return "has no " + g + " before 3.0"
		case strings.Contains(g, "MLKEM") && !j.Peer.AtLeast(3, 5):
			return "has no " + g + " before 3.5"
		}
	}
	if j.Server && j.ServerName == NameUnknown && j.SecondName {
		return "" // the first certificate is shown
	}
	return ""
}

func opensslServer(j *Job) (*Launch, error) {
	args := []string{"s_server", "-accept", j.Addr, "-cert", j.CertFile(), "-key", j.KeyFile()}
	if !j.Interactive {
		args = append(args, "-brief") // no commands, nothing but data on standard output
	}
	args = append(args, opensslCommon(j, j.serverGroups())...)
	if j.SecondOf != "" {
		args = append(args, "-dcert", j.Certs.Cert(j.SecondOf), "-dkey", j.Certs.Key(j.SecondOf))
	}
	if j.PostHandshake {
		args = append(args, "-CAfile", j.CAFile(), "-verify_return_error")
	} else if j.ClientAuth != "" {
		option := map[ClientAuth]string{ClientAuthWanted: "-verify", ClientAuthRequired: "-Verify"}[j.ClientAuth]
		args = append(args, "-CAfile", j.CAFile(), option, "2", "-verify_return_error")
	}
	if len(j.ServerALPN) > 0 {
		args = append(args, "-alpn", strings.Join(j.ServerALPN, ","))
	}
	if j.SecondName {
		args = append(args, "-servername", NameSecond, "-cert2", j.Certs.Cert(CertSecond), "-key2", j.Certs.Key(CertSecond))
	}
	if j.Staple {
		args = append(args, "-status_file", j.Certs.Staple(j.cert()))
	}
	if j.SessionIDs {
		args = append(args, "-no_ticket")
	}
	if j.PSK {
		args = append(args, "-nocert")
	}
	if j.EarlyData {
		args = append(args, "-early_data")
	}
	if j.Renegotiation && j.Peer.AtLeast(3, 0) {
		args = append(args, "-client_renegotiation")
	}
	return &Launch{Args: args}, nil
}

func opensslClient(j *Job) (*Launch, error) {
	args := []string{"s_client", "-connect", j.Addr, "-servername", j.HostName(),
		"-CAfile", j.CAFile(), "-verify_hostname", j.HostName(), "-verify_return_error", "-brief", "-no_ign_eof"}
	if !j.Interactive && j.Peer.AtLeast(3, 0) {
		args = append(args, "-nocommands")
	}
	args = append(args, opensslCommon(j, j.Groups)...)
	if j.ClientCert != "" {
		args = append(args, "-cert", j.CertFile(), "-key", j.KeyFile())
	}
	if len(j.ClientALPN) > 0 {
		args = append(args, "-alpn", strings.Join(j.ClientALPN, ","))
	}
	if j.Staple {
		args = append(args, "-status")
	}
	if j.PostHandshake {
		args = append(args, "-enable_pha")
	}
	if j.StartTLS != "" {
		args = append(args, "-starttls", j.StartTLS)
	}
	if j.Tickets || j.SessionIDs {
		session := filepath.Join(j.Dir, "session")
		if j.Connection > 0 {
			args = append(args, "-sess_in", session+strconv.Itoa(j.Connection-1))
			if j.EarlyData {
				args = append(args, "-early_data", j.File("early", string(pattern(earlyBytes))))
			}
		}
		args = append(args, "-sess_out", session+strconv.Itoa(j.Connection))
	}
	return &Launch{Args: args}, nil
}

// opensslCommon are options that both programs have.
func opensslCommon(j *Job, groups []string) []string {
	var args []string
	if v := VersionName(j.Version); v != "" {
		args = append(args, "-tls"+strings.TrimSuffix(strings.ReplaceAll(v, ".", "_"), "_0"))
	}
	args = option(args, "-ciphersuites", j.Cipher13())
	args = option(args, "-cipher", j.CipherList())
	if len(groups) > 0 {
		args = append(args, "-groups", strings.Join(groups, ":"))
	}
	if j.PSK {
		args = append(args, "-psk_identity", PSKIdentity, "-psk", PSKHex)
	}
	return args
}
