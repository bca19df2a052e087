package interop

import (
	"slices"
	"strings"
)

// nginx is a server of HTTPS. What it thinks of client certificates it says by an
// HTTP status, after the handshake.
var nginx = Peer{
	Name:        "nginx",
	Programs:    []string{"nginx"},
	VersionArgs: []string{"-v"},
	ServerCan: append([]Feature{
		ChooseVersion, ChooseCipher, ChooseCipher13, ChooseGroups, TwoCerts, ClientCerts, WantCerts, ALPN, ALPNMismatch, ServerNames,
		Stapling, TicketResume, IDResume,
	}, allCerts...),
	Refuses: func(j *Job) string {
		switch {
		case j.ClientAuth == ClientAuthRequired && j.ClientCert != CertClient:
			return "answers a client without a good certificate by HTTP status 400, not by an alert"
		case slices.Contains(j.ServerALPN, "h2") && slices.Contains(j.ClientALPN, "h2"):
			return "would speak HTTP/2"
		case strings.HasPrefix(j.Cipher12(), "DHE-"):
			return "has no finite-field parameters unless it is given a file of them"
		case len(j.ClientALPN) > 0 && len(j.ServerALPN) == 0:
			return "always has protocols of its own (ALPN)"
		}
		return ""
	},
	Server:     nginxServer,
	ServerSays: saysLine,
	Tells:      Tells{Refused: `(?i)SSL_do_handshake\(\) failed|client SSL certificate verify error`},
}

func nginxServer(j *Job) (*Launch, error) {
	var d directives
	d.add("daemon off; master_process off; pid %s/pid; error_log stderr info;", j.Dir)
	d.add("events { worker_connections 64; }")
	facts := "version=$ssl_protocol cipher=$ssl_cipher resumed=$ssl_session_reused client=$ssl_client_s_dn"
	if j.Peer.AtLeast(1, 22) {
		facts += " group=$ssl_curve alpn=$ssl_alpn_protocol"
	}
	d.add("http { log_format facts '%s'; access_log /dev/stderr facts;", facts)
	for _, kind := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		d.add("%s_temp_path %s;", kind, j.Dir)
	}
	names := []string{j.cert()}
	if j.SecondName {
		names = append(names, CertSecond)
	}
	for i, name := range names {
		d.add("server { listen %s ssl%s; root %s;", j.Addr, map[bool]string{true: " default_server", false: ""}[i == 0], j.Dir)
		d.add("server_name %s;", map[bool]string{true: NameLocalhost, false: NameSecond}[i == 0])
		d.add("ssl_certificate %s; ssl_certificate_key %s;", j.Certs.Cert(name), j.Certs.Key(name))
		if j.SecondOf != "" {
			d.add("ssl_certificate %s; ssl_certificate_key %s;", j.Certs.Cert(j.SecondOf), j.Certs.Key(j.SecondOf))
		}
		d.addIf("ssl_protocols TLSv", VersionName(j.Version), ";")
		d.addIf("ssl_ciphers ", j.CipherList(), ";")
		d.addIf("ssl_conf_command Ciphersuites ", j.Cipher13(), ";")
		d.addIf("ssl_ecdh_curve ", join(j.serverGroups(), ":"), ";")
		nginxPolicy(&d, j)
		d.add("}")
	}
	d.add("}")
	return &Launch{Args: []string{"-p", j.Dir, "-e", "stderr", "-c", j.File("nginx.conf", d.String())}, Data: HTTP}, nil
}

func nginxPolicy(d *directives, j *Job) {
	if j.ClientAuth != "" {
		d.add("ssl_client_certificate %s;", j.CAFile())
		d.add("ssl_verify_client %s;", map[ClientAuth]string{ClientAuthWanted: "optional", ClientAuthRequired: "on"}[j.ClientAuth])
	}
	if j.Staple {
		d.add("ssl_stapling on; ssl_stapling_file %s;", j.Certs.Staple(j.cert()))
	}
	if j.SessionIDs {
		d.add("ssl_session_tickets off; ssl_session_cache builtin;")
	}
}
