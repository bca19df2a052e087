package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

func TestVersionNamesBothReleases(t *testing.T) {
	r := sslsock(t, "", "--version")
	if r.status != 0 || !strings.Contains(r.stdout, ossl.HeaderVersion()) || !strings.Contains(r.stdout, ossl.OpenSSLVersion()) {
		t.Errorf("status %d\n%s%s", r.status, r.stdout, r.stderr)
	}
}

func TestHelp(t *testing.T) {
	for _, args := range [][]string{{}, {"--help"}, {"demo", "--help"}, {"serve", "--help"}, {"connect", "--help"}, {"doctor", "--help"}} {
		r := sslsock(t, "", args...)
		if r.status != 0 || !strings.Contains(r.stdout, "sslsock demo") && !strings.Contains(r.stdout, "Examples:") {
			t.Errorf("sslsock %v: status %d\n%s%s", args, r.status, r.stdout, r.stderr)
		}
		if strings.Contains(r.stdout, "One of the demo's two processes") {
			t.Errorf("sslsock %v shows what is hidden", args)
		}
	}
}

func TestCompletion(t *testing.T) {
	for _, shell := range []string{"bash", "zsh", "fish"} {
		if r := sslsock(t, "", "completion", shell); r.status != 0 || !strings.Contains(r.stdout, "sslsock") || len(r.stdout) < 1000 {
			t.Errorf("%s: status %d, %d bytes\n%s", shell, r.status, len(r.stdout), r.stderr)
		}
	}
	if r := sslsock(t, "", "__complete", "demo", "--mode", ""); !strings.Contains(r.stdout, "loop\nconn\n") {
		t.Errorf("the values of --mode are not completed:\n%s", r.stdout)
	}
}

func TestCommandLineErrors(t *testing.T) {
	rsa, mismatched := testdata.Path(testdata.RSA.Cert), testdata.Path(testdata.Bad.Mismatched.Key)
	encrypted := testdata.Path(testdata.Keys.EncryptedPKCS8)
	for _, tt := range []struct {
		words []string
		args  []string
	}{
		{[]string{`"serv"`, "serve"}, []string{"serv"}},
		{[]string{`"nothing"`, "--help"}, []string{"nothing"}},
		{[]string{"--nothing", "sslsock serve --help"}, []string{"serve", "--nothing"}},
		{[]string{`"more"`}, []string{"doctor", "more"}},

		{[]string{"--mode", `"x"`, "loop or conn"}, []string{"demo", "--mode", "x"}},
		{[]string{"--tls", `"1.1"`, "1.2 or 1.3"}, []string{"demo", "--tls", "1.1"}},
		{[]string{"--addr", "nowhere", "port"}, []string{"demo", "--addr", "nowhere"}},
		{[]string{"--payload", "/no/such", "no such file"}, []string{"demo", "--payload", "/no/such"}},
		{[]string{"--payload", "regular"}, []string{"demo", "--payload", "/"}},
		{[]string{"--cert", "/no/such", "no such file"}, []string{"demo", "--cert", "/no/such"}},
		{[]string{"--key", mismatched, "does not belong"}, []string{"demo", "--cert", rsa, "--key", mismatched}},
		{[]string{"--key", encrypted, "encrypted", "--passphrase-file"}, []string{"demo", "--cert", rsa, "--key", encrypted}},
		{[]string{"demo server", "sslsock demo"}, []string{"demo", "server"}},

		{[]string{"--echo", "--www"}, []string{"serve", "--echo", "--www"}},
		{[]string{"--loops 0"}, []string{"serve", "--loops", "0"}},
		{[]string{"--loops 2", "mode loop"}, []string{"serve", "--mode", "conn", "--loops", "2"}},
		{[]string{"--min-tls 1.3", "--max-tls 1.2"}, []string{"serve", "--min-tls", "1.3", "--max-tls", "1.2"}},
		{[]string{"--min-tls", `"2"`}, []string{"serve", "--min-tls", "2"}},
		{[]string{"--ciphers", "NONSENSE"}, []string{"serve", "--ciphers", "NONSENSE"}},
		{[]string{"--ciphersuites", "NONSENSE"}, []string{"serve", "--ciphersuites", "NONSENSE"}},
		{[]string{"--groups", "NONSENSE"}, []string{"serve", "--groups", "NONSENSE"}},
		{[]string{"--client-auth", "--client-ca"}, []string{"serve", "--client-auth", "require"}},
		{[]string{"--client-ca", "/no/such", "no such file"}, []string{"serve", "--client-ca", "/no/such"}},
		{[]string{"--key", "--cert"}, []string{"serve", "--key", mismatched}},
		{[]string{"--key", mismatched, "does not belong"}, []string{"serve", "--cert", rsa, "--key", mismatched}},
		{[]string{"--key", mismatched, "does not belong"}, []string{"serve", "--mode", "conn", "--cert", rsa, "--key", mismatched}},
		{[]string{"--key", encrypted, "--passphrase-file"}, []string{"serve", "--cert", rsa, "--key", encrypted}},
		{[]string{"--cert", "empty.pem"}, []string{"serve", "--cert", testdata.Path(testdata.Odd.Empty)}},
		{[]string{"--idle-timeout", "negative"}, []string{"serve", "--idle-timeout", "-1s"}},
		{[]string{"--addr 192.0.2.1:1"}, []string{"serve", "--addr", "192.0.2.1:1"}},

		{[]string{"HOST:PORT"}, []string{"connect"}},
		{[]string{"nowhere", "HOST:PORT"}, []string{"connect", "nowhere"}},
		{[]string{"127.0.0.1:1", "refused"}, []string{"connect", "127.0.0.1:1"}},
		{[]string{"--ca", "/no/such", "no such file"}, []string{"connect", "127.0.0.1:1", "--ca", "/no/such"}},
		{[]string{"--key", "--cert"}, []string{"connect", "127.0.0.1:1", "--key", mismatched}},
		{[]string{"--timeout", "above 0"}, []string{"connect", "127.0.0.1:1", "--timeout", "0s"}},
	} {
		t.Run(strings.Join(tt.args, " "), func(t *testing.T) {
			t.Parallel()
			refuses(t, tt.words, tt.args...)
		})
	}
}

func TestDoctor(t *testing.T) {
	r := sslsock(t, "", "doctor")
	if r.status != 0 || strings.Contains(r.stdout, "\x1b") {
		t.Errorf("status %d, or colour in a file\n%s%s", r.status, r.stdout, r.stderr)
	}
	var report struct {
		OK     bool
		Checks []check
	}
	j := sslsock(t, "", "doctor", "--json")
	if err := json.Unmarshal([]byte(j.stdout), &report); err != nil || !report.OK {
		t.Fatalf("%v\n%s", err, j.stdout)
	}
	seen := make(map[string]check)
	for _, c := range report.Checks {
		seen[c.ID] = c
	}
	for _, id := range []string{"openssl", "providers", "fips", "ktls", "entropy", "config", "trust", "handshake", "files", "epoll", "security_level", "modules"} {
		if c := seen[id]; c.Value == "" || !strings.Contains(r.stdout, c.Name) {
			t.Errorf("%s: %+v", id, c)
		}
	}
}

func TestDoctorSeesWhatIsMissing(t *testing.T) {
	t.Setenv("SSL_CERT_FILE", "/no/such")
	t.Setenv("SSL_CERT_DIR", "/no/such")
	t.Setenv("OPENSSL_CONF", testdata.Path(testdata.Odd.Empty)+"-not")
	r := sslsock(t, "", "doctor")
	for _, words := range []string{"none, neither in /no/such", "ca-certificates", "OPENSSL_CONF"} {
		if !strings.Contains(r.stdout, words) {
			t.Errorf("nothing about %q:\n%s", words, r.stdout)
		}
	}
	if r.status != 0 || !strings.Contains(r.stdout, "warn") {
		t.Errorf("status %d\n%s%s", r.status, r.stdout, r.stderr)
	}
}

// TestDoctorFails has a policy ask for what is not there.
func TestDoctorFails(t *testing.T) {
	if ossl.TryProvider("fips") == nil {
		t.Skip("this machine has a FIPS provider")
	}
	file := filepath.Join(t.TempDir(), "openssl.cnf")
	if err := os.WriteFile(file, []byte("openssl_conf = i\n[i]\nalg_section = a\n[a]\ndefault_properties = fips=yes\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("OPENSSL_CONF", file)
	r := sslsock(t, "", "doctor")
	if r.status != 1 || r.stderr != "" || !strings.Contains(r.stdout, "fail") || !strings.Contains(r.stdout, "fipsinstall") {
		t.Errorf("status %d\n%s%s", r.status, r.stdout, r.stderr)
	}
}
