package interop

import (
	"os"
	"os/user"
	"strings"

	"github.com/sslsock/sslsock/ossl"
)

// notRoot is for servers that give up root's rights for an account of their own,
// which may not read the folder of a run.
func notRoot(*Job) string {
	if os.Geteuid() == 0 {
		return "is run by users other than root alone"
	}
	return ""
}

// exim is a server of SMTP with STARTTLS, which Debian builds with GnuTLS. Its daemon
// is for root alone.
var exim = Peer{
	Name:        "exim",
	Programs:    []string{"exim4", "exim"},
	VersionArgs: []string{"-bV"},
	StartTLS:    "smtp",
	ServerCan:   append([]Feature{StartTLSFirst, ChooseVersion, ClientCerts, WantCerts}, allCerts...),
	Refuses: func(*Job) string {
		if os.Geteuid() != 0 {
			return "is run by root alone"
		}
		return ""
	},
	Server: func(j *Job) (*Launch, error) {
		var d directives
		d.add("exim_user = root\nprimary_hostname = localhost\nspool_directory = %s\nlog_file_path = %s/%%slog\nkeep_environment =\npid_file_path = %s/pid", j.Dir, j.Dir, j.Dir)
		d.add("tls_advertise_hosts = *\ntls_certificate = %s\ntls_privatekey = %s", j.CertFile(), j.KeyFile())
		if v := VersionName(j.Version); v != "" {
			d.add("tls_require_ciphers = NORMAL:-VERS-ALL:+VERS-TLS%s", v)
		}
		if j.ClientAuth != "" {
			d.add("%s = *\ntls_verify_certificates = %s", map[ClientAuth]string{ClientAuthWanted: "tls_try_verify_hosts", ClientAuthRequired: "tls_verify_hosts"}[j.ClientAuth], j.CAFile())
		}
		d.add("begin acl")
		args := []string{"-C", j.File("exim.conf", d.String()), "-bdf", "-oX", "127.0.0.1." + j.Port()}
		return &Launch{Args: args, Data: Talk, Talk: []Line{{"EHLO localhost\r\n", "250 HELP"}, {"QUIT\r\n", "221 "}}}, nil
	},
	Alerts: []ossl.Alert{alertAccessDenied, alertDecodeError, alertCertificateUnknown, alertHandshakeFailure},
}

// dovecot is a server of IMAP with STARTTLS. What its processes log comes by way of
// another one, too late to be waited for: it is believed.
var dovecot = Peer{
	Name:        "dovecot",
	Programs:    []string{"dovecot"},
	VersionArgs: []string{"--version"},
	StartTLS:    "imap",
	ServerCan:   append([]Feature{StartTLSFirst, ChooseVersion, ChooseCipher, ChooseCipher13, ChooseGroups, TwoCerts, TicketResume}, allCerts...),
	Refuses: func(j *Job) string {
		switch {
		case strings.HasPrefix(j.Cipher12(), "DHE-"):
			return "has no finite-field parameters unless it is given a file of them"
		case j.PeerVersion == ossl.TLS1_2Version:
			return "has a lowest protocol version, and no highest one"
		case j.SecondOf != "":
			return "has a second certificate under another directive"
		}
		return ""
	},
	Server: dovecotServer,
	Silent: func(*Job) bool { return true }, // it closes before the alert is out
}

func dovecotServer(j *Job) (*Launch, error) {
	me, err := user.Current()
	if err != nil {
		return nil, err
	}
	group, err := user.LookupGroupId(me.Gid)
	if err != nil {
		return nil, err
	}
	var d directives
	d.add("base_dir = %s/run\nstate_dir = %s/state\nprotocols = imap\nlog_path = /dev/stderr", j.Dir, j.Dir)
	if me.Uid != "0" {
		d.add("default_internal_user = %s\ndefault_login_user = %s\ndefault_internal_group = %s", me.Username, me.Username, group.Name)
	}
	d.add("ssl = required\nssl_cert = <%s\nssl_key = <%s", j.CertFile(), j.KeyFile())
	if v := VersionName(j.Version); v != "" {
		d.add("ssl_min_protocol = TLSv%s", v)
	}
	d.addIf("ssl_cipher_list = ", j.Cipher12(), "")
	d.addIf("ssl_cipher_suites = ", j.Cipher13(), "")
	d.addIf("ssl_curve_list = ", join(j.serverGroups(), ":"), "")
	d.add("mail_location = maildir:%s/mail\npassdb {\n driver = static\n args = nopassword=y\n}\nuserdb {\n driver = static\n args = uid=65534 gid=65534 home=%s\n}", j.Dir, j.Dir)
	d.add("service imap-login {\n chroot =\n service_count = 0\n inet_listener imap {\n address = 127.0.0.1\n port = %s\n }\n inet_listener imaps {\n port = 0\n }\n}\nservice anvil {\n chroot =\n}", j.Port())
	return &Launch{Args: []string{"-F", "-c", j.File("dovecot.conf", d.String())}, Data: Talk,
		Talk: []Line{{"b NOOP\r\n", "b OK"}, {"c LOGOUT\r\n", "c OK"}}}, nil
}
