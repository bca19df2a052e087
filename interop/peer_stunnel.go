package interop

// stunnel ends or begins TLS in front of a plain service.
var stunnel = Peer{
	Name:        "stunnel",
	Programs:    []string{"stunnel", "stunnel4"},
	VersionArgs: []string{"-version"},
	ServerCan: append([]Feature{
		ChooseVersion, ChooseCipher, ChooseCipher13, ChooseGroups, ClientCerts, PSK, TicketResume, IDResume, StartTLSFirst, NoticeCut,
	}, allCerts...),
	ClientCan: append([]Feature{
		ChooseVersion, Renegotiable, ChooseCipher, ChooseCipher13, ChooseGroups, ClientCerts, AskNames, PSK, TicketResume, IDResume, StartTLSFirst, Verify,
	}, allCerts...),
	Refuses: func(j *Job) string {
		if j.StartTLS == "smtp" || j.StartTLS == "imap" {
			return "passes the talk before TLS on to the plain service"
		}
		return ""
	},
	Server: func(j *Job) (*Launch, error) {
		d := stunnelHead(j)
		d.add("accept = %s\nconnect = %s", j.Addr, j.Plain)
		d.add("cert = %s\nkey = %s", j.CertFile(), j.KeyFile())
		if j.ClientAuth == ClientAuthRequired {
			d.add("CAfile = %s\nverifyChain = yes\nrequireCert = yes", j.CAFile())
		}
		d.addIf("curves = ", join(j.serverGroups(), ":"), "")
		return stunnelLaunch(j, d), nil
	},
	Client: func(j *Job) (*Launch, error) {
		d := stunnelHead(j)
		d.add("client = yes\naccept = %s\nconnect = %s", j.Plain, j.Addr)
		d.add("CAfile = %s\nverifyChain = yes\nsni = %s\ncheckHost = %s", j.CAFile(), j.HostName(), j.HostName())
		d.addIf("cert = ", j.CertFile(), "")
		d.addIf("key = ", j.KeyFile(), "")
		d.addIf("curves = ", join(j.Groups, ":"), "")
		return stunnelLaunch(j, d), nil
	},
	ServerSays: stunnelSays,
	ClientSays: stunnelSays,
	Tells:      Tells{Refused: `(?i)SSL_(accept|connect|read): |CERT: Pre-verification error|error queue`, Cut: `(?i)unexpected eof|reset|socket closed|SSL_ERROR`},
}

var stunnelSays = Says{
	FactVersion: `(TLSv\S+) ciphersuite`, FactCipher: `ciphersuite: (\S+)`, FactGroup: `Peer temporary key: (?:ECDH, )?([\w-]+)`,
	FactResumed: `TLS (?:accepted|connected): (.*)`, FactClientCert: `depth=0: .*CN=interop (\S+)`,
}

func stunnelHead(j *Job) *directives {
	d := new(directives)
	d.add("foreground = yes\npid =\ndebug = info\nsyslog = no\n[interop]")
	if v := VersionName(j.Version); v != "" {
		d.add("sslVersion = TLSv%s", v)
	}
	d.addIf("ciphers = ", j.CipherList(), "")
	d.addIf("ciphersuites = ", j.Cipher13(), "")
	if j.StartTLS != "" {
		d.add("protocol = %s", map[string]string{"smtp": "smtp", "imap": "imap", "postgres": "pgsql"}[j.StartTLS])
	}
	if j.PSK {
		d.add("PSKsecrets = %s\nPSKidentity = %s", j.File("psk", PSKIdentity+":"+PSKHex+"\n"), PSKIdentity)
	}
	if j.SessionIDs {
		d.add("options = NO_TICKET")
	}
	return d
}

func stunnelLaunch(j *Job, d *directives) *Launch {
	return &Launch{Args: []string{j.File("stunnel.conf", d.String())}, Data: Forward}
}
