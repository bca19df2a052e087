package interop

import "os"

// haproxy ends or begins TLS in front of a plain service.
var haproxy = Peer{
	Name:        "haproxy",
	Programs:    []string{"haproxy"},
	VersionArgs: []string{"-v"},
	ServerCan: append([]Feature{
		ChooseVersion, ChooseCipher, ChooseCipher13, ChooseGroups, TwoCerts, ClientCerts, WantCerts, ALPN, ServerNames, Stapling, TicketResume, IDResume,
	}, allCerts...),
	ClientCan: append([]Feature{
		ChooseVersion, Renegotiable, ChooseCipher, ChooseCipher13, ClientCerts, ALPN, AskNames, TicketResume, IDResume, Verify,
	}, allCerts...),
	Server: haproxyServer,

	ServerSays: saysLine.without(FactGroup),
	Client:     haproxyClient,
	Tells:      Tells{Refused: `(?i)ssl handshake failure|ssl client certificate|SC--| S[CHD] `},
}

func haproxyServer(j *Job) (*Launch, error) {
	var d directives
	haproxyHead(&d, j)
	bind := "bind " + j.Addr + " ssl crt " + haproxyBundle(j)
	if j.SecondOf != "" {
		bind += " crt " + j.Bundle(j.SecondOf)
	}
	if j.SecondName {
		bind += " crt " + j.Bundle(CertSecond)
	}
	bind += haproxyCommon(j)
	bind += words(" curves ", join(j.serverGroups(), ":")) + words(" alpn ", join(j.ServerALPN, ","))
	if j.ClientAuth != "" {
		bind += " ca-file " + j.CAFile() + " verify " + map[ClientAuth]string{ClientAuthWanted: "optional", ClientAuthRequired: "required"}[j.ClientAuth]
	}
	if j.SessionIDs {
		bind += " no-tls-tickets"
	}
	d.add("frontend tls\n %s\n %s client=%%[ssl_c_s_dn(cn)]\"\n default_backend plain\nbackend plain\n server echo %s", bind, haproxyLog, j.Plain)
	return &Launch{Args: []string{"-db", "-f", j.File("haproxy.cfg", d.String())}, Data: Forward}, nil
}

func haproxyClient(j *Job) (*Launch, error) {
	var d directives
	haproxyHead(&d, j)
	server := "server tls " + j.Addr + " ssl verify required ca-file " + j.CAFile() +
		" sni str(" + j.HostName() + ") verifyhost " + j.HostName() + haproxyCommon(j) + words(" alpn ", join(j.ClientALPN, ","))
	if j.ClientCert != "" {
		server += " crt " + j.Bundle(j.ClientCert)
	}
	if j.SessionIDs {
		server += " no-tls-tickets"
	}
	d.add("frontend plain\n bind %s\n default_backend tls\nbackend tls\n %s", j.Plain, server)
	return &Launch{Args: []string{"-db", "-f", j.File("haproxy.cfg", d.String())}, Data: Forward}, nil
}

// haproxyLog begins the log of a server's connection. A client's is written when
// its TLS is gone already.
const haproxyLog = `log-format "ended %ts -- version=%[ssl_fc_protocol] cipher=%[ssl_fc_cipher] alpn=%[ssl_fc_alpn] resumed=%[ssl_fc_is_resumed]`

// haproxyBundle has the OCSP response beside it, and its issuer, where that is
// wanted.
func haproxyBundle(j *Job) string {
	bundle := j.Bundle(j.cert())
	if j.Staple {
		staple, _ := os.ReadFile(j.Certs.Staple(j.cert()))
		ca, _ := os.ReadFile(j.CAFile())
		j.File(j.cert()+".bundle.ocsp", string(staple))
		j.File(j.cert()+".bundle.issuer", string(ca))
	}
	return bundle
}

func haproxyHead(d *directives, j *Job) {
	d.add("global\n log stderr format raw local0\n tune.ssl.default-dh-param 2048\n nbthread 1")
	d.add("defaults\n mode tcp\n log global\n option tcplog\n retries 0\n timeout connect 20s\n timeout client 60s\n timeout server 60s")
}

func haproxyCommon(j *Job) string {
	args := words(" ciphers ", j.CipherList()) + words(" ciphersuites ", j.Cipher13())
	if v := VersionName(j.Version); v != "" {
		args += " ssl-min-ver TLSv" + v + " ssl-max-ver TLSv" + v
	}
	return args
}

// words is a name and a value, or nothing.
func words(name, value string) string {
	if value == "" {
		return ""
	}
	return name + value
}
