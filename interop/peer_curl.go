package interop

import "slices"

// curl is a client of HTTPS, built with OpenSSL or something like it. It looks at
// the certificate's name after the handshake, and leaves without a word. For an
// OCSP response it wants the issuer's certificate sent, which here is the root.
var curl = Peer{
	Name:        "curl",
	Programs:    []string{"curl"},
	VersionArgs: []string{"--version"},
	ClientCan: append([]Feature{
		ChooseVersion, ChooseCipher, ChooseCipher13, ChooseGroups, ClientCerts, ALPN, AskNames, NoticeCut, Verify,
	}, allCerts...),
	Refuses: func(j *Job) string {
		if len(j.ClientALPN) > 0 && !slices.Equal(j.ServerALPN, []string{"http/1.1"}) {
			return "offers h2 and http/1.1 alone, and would have to be served h2"
		}
		return ""
	},
	Silent:     func(j *Job) bool { return j.Cert == CertOtherName || j.ServerName == NameUnknown },
	ClientSays: Says{FactVersion: `SSL connection using (\S+) /`, FactCipher: `SSL connection using \S+ / (\S+)`, FactALPN: `ALPN[:,] server accepted (?:to use )?(\S+)`},
	Client: func(j *Job) (*Launch, error) {
		args := []string{"--silent", "--show-error", "--verbose", "--cacert", j.CAFile(),
			"--connect-to", "::" + j.Addr, "https://" + j.HostName() + ":" + j.Port() + "/data"}
		if v := VersionName(j.Version); v != "" {
			args = append(args, "--tlsv"+v, "--tls-max", v)
		}
		args = option(args, "--tls13-ciphers", j.Cipher13())
		args = option(args, "--ciphers", j.CipherList())
		args = option(args, "--curves", join(j.Groups, ":"))
		args = option(args, "--cert", j.CertFile())
		args = option(args, "--key", j.KeyFile())
		if len(j.ClientALPN) == 0 {
			args = append(args, "--no-alpn")
		}
		return &Launch{Args: args, Data: HTTP}, nil
	},
}
