package main

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sslsock/sslsock/testdata"
)

// openssl runs the openssl program, without input, and returns all that it says.
func openssl(t *testing.T, args ...string) (string, error) {
	t.Helper()
	program, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("no openssl program in PATH: install the package openssl to check the files against it")
	}
	out, err := exec.Command(program, args...).CombinedOutput()
	return string(out), err
}

// accepts fails the test unless the command succeeds and says all of want.
func accepts(t *testing.T, args []string, want ...string) {
	t.Helper()
	out, err := openssl(t, args...)
	if err != nil {
		t.Errorf("openssl %q: %v\n%s", args, err, out)
	}
	for _, w := range want {
		if !strings.Contains(out, w) {
			t.Errorf("openssl %q does not say %q:\n%s", args, w, out)
		}
	}
}

// refuses fails the test unless the command fails and says one of reasons. Wording differs between OpenSSL releases.
func refuses(t *testing.T, args []string, reasons ...string) {
	t.Helper()
	out, err := openssl(t, args...)
	if err == nil {
		t.Errorf("openssl %q succeeded:\n%s", args, out)
	}
	for _, r := range reasons {
		if strings.Contains(out, r) {
			return
		}
	}
	t.Errorf("openssl %q says none of %q:\n%s", args, reasons, out)
}

// verify is the command line that verifies a chain: the first certificate of the file, helped by the others. The trust
// of the system is left out.
func verify(c testdata.Chain, roots string, more ...string) []string {
	args := []string{
		"verify", "-x509_strict", "-no-CAfile", "-no-CApath", "-no-CAstore", roots,
		"-untrusted", testdata.Path(c.Cert),
	}
	return append(append(args, more...), testdata.Path(c.Cert))
}

func trusting(c testdata.Chain) string { return "-CAfile=" + testdata.Path(c.Roots) }

func TestOpenSSLAcceptsServerChains(t *testing.T) {
	for _, c := range testdata.Servers() {
		t.Run(c.Name, func(t *testing.T) {
			for _, name := range [][]string{
				{"-verify_hostname", "localhost"}, {"-verify_hostname", "server.example"},
				{"-verify_ip", "127.0.0.1"}, {"-verify_ip", "::1"},
			} {
				accepts(t, verify(c, trusting(c), append(name, "-purpose", "sslserver")...))
			}
			accepts(t, verify(c, "-CAfile="+testdata.Path(testdata.AllRoots)))
			accepts(t, verify(c, "-CApath="+testdata.Path(testdata.RootsDir)))
			accepts(t, verify(c, trusting(c), "-attime", "4733424000")) // 2119-12-31
			refuses(t, verify(c, trusting(c), "-purpose", "sslclient"), "error 26 at 0 depth")
			refuses(t, verify(c, trusting(testdata.Client.RSA)), "error 20 at 1 depth")
		})
	}
	for _, c := range []struct {
		testdata.Chain
		host string
	}{
		{testdata.SNI.A, "a.example"}, {testdata.SNI.B, "b.example"}, {testdata.SNI.Wild, "x.wild.example"},
	} {
		t.Run(c.Name, func(t *testing.T) {
			accepts(t, verify(c.Chain, trusting(c.Chain), "-purpose", "sslserver", "-verify_hostname", c.host))
			refuses(t, verify(c.Chain, trusting(c.Chain), "-verify_hostname", "c.example"), "error 62 at 0 depth")
		})
	}
	self := testdata.Bad.SelfSigned
	accepts(t, verify(self, "-CAfile="+testdata.Path(self.Cert), "-purpose", "sslserver", "-verify_hostname", "localhost"))
}

func TestOpenSSLAcceptsClientChains(t *testing.T) {
	for _, c := range []testdata.Chain{testdata.Client.RSA, testdata.Client.ECDSA, testdata.Client.Ed25519} {
		t.Run(c.Name, func(t *testing.T) {
			accepts(t, verify(c, trusting(c), "-purpose", "sslclient"))
			refuses(t, verify(c, trusting(c), "-purpose", "sslserver"), "error 26 at 0 depth")
			refuses(t, verify(c, "-CAfile="+testdata.Path(testdata.AllRoots)), "error 20 at 1 depth")
		})
	}
}

// TestOpenSSLRefusesBadChains asks for the one error that each was made for; the numbers are those of
// X509_STORE_CTX_get_error(3). That nothing else is wrong is shown by taking the cause away.
func TestOpenSSLRefusesBadChains(t *testing.T) {
	untrusted := "-CAfile=" + testdata.Path(testdata.UntrustedRoot)
	for _, c := range []struct {
		testdata.Chain
		purpose string
		want    string
		cure    []string
	}{
		{testdata.Bad.Expired, "sslserver", "error 10 at 0 depth", []string{"-attime", "1590000000"}},
		{testdata.Bad.NotYetValid, "sslserver", "error 9 at 0 depth", []string{"-attime", "4500000000"}},
		{testdata.Bad.WrongHost, "sslserver", "error 62 at 0 depth", []string{"-verify_hostname", "other.example"}},
		{testdata.Bad.WrongCA, "sslserver", "error 20 at 1 depth", []string{untrusted}},
		{testdata.Bad.SelfSigned, "sslserver", "error 18 at 0 depth", []string{"-CAfile=" + testdata.Path(testdata.Bad.SelfSigned.Cert)}},
		{testdata.Client.Expired, "sslclient", "error 10 at 0 depth", []string{"-attime", "1590000000"}},
		{testdata.Client.WrongCA, "sslclient", "error 20 at 1 depth", []string{untrusted}},
	} {
		t.Run(c.Name, func(t *testing.T) {
			ask := []string{"-purpose", c.purpose}
			if c.purpose == "sslserver" {
				ask = append(ask, "-verify_hostname", "localhost")
			}
			refuses(t, verify(c.Chain, trusting(c.Chain), ask...), c.want)
			accepts(t, verify(c.Chain, trusting(c.Chain), append(ask, c.cure...)...))
		})
	}
}

// TestOpenSSLPairsKeys lets `openssl pkcs12` judge, which looks for the certificate that belongs to a key.
func TestOpenSSLPairsKeys(t *testing.T) {
	pair := func(cert, key string) []string {
		return []string{
			"pkcs12", "-export", "-out", filepath.Join(t.TempDir(), "out.p12"), "-passout", "pass:x",
			"-in", testdata.Path(cert), "-inkey", testdata.Path(key), "-passin", "pass:" + testdata.Passphrase,
		}
	}
	good := append(testdata.Servers(),
		testdata.SNI.A, testdata.SNI.B, testdata.SNI.Wild,
		testdata.Client.RSA, testdata.Client.ECDSA, testdata.Client.Ed25519, testdata.Client.Expired, testdata.Client.WrongCA,
		testdata.Bad.Expired, testdata.Bad.NotYetValid, testdata.Bad.WrongHost, testdata.Bad.WrongCA, testdata.Bad.SelfSigned)
	for _, c := range good {
		accepts(t, pair(c.Cert, c.Key))
	}
	for _, key := range []string{testdata.Keys.PKCS1, testdata.Keys.EncryptedPKCS8, testdata.Keys.EncryptedLegacy} {
		accepts(t, pair(testdata.RSA.Cert, key))
	}
	accepts(t, pair(testdata.ECDSA.Cert, testdata.Keys.SEC1))
	public, err := openssl(t, "x509", "-noout", "-pubkey", "-inform", "DER", "-in", testdata.Path(testdata.DER.Cert))
	if err != nil {
		t.Fatalf("%v\n%s", err, public)
	}
	accepts(t, []string{"pkey", "-pubout", "-inform", "DER", "-in", testdata.Path(testdata.DER.Key)}, public)

	no := []string{"No cert in -in file", "No certificate matches private key"}
	refuses(t, pair(testdata.Bad.Mismatched.Cert, testdata.Bad.Mismatched.Key), no...)
}

func TestOpenSSLSeesKinds(t *testing.T) {
	for _, c := range []struct {
		testdata.Chain
		key, signature string
	}{
		{testdata.RSA, "rsaEncryption", "sha256WithRSAEncryption"},
		{testdata.RSAPSS, "rsassaPss", "rsassaPss"},
		{testdata.ECDSA, "NIST CURVE: P-256", "ecdsa-with-SHA256"},
		{testdata.P384, "NIST CURVE: P-384", "ecdsa-with-SHA384"},
		{testdata.Ed25519, "ED25519", "ED25519"},
	} {
		for _, file := range []string{c.Cert, c.Roots} {
			accepts(t, []string{"x509", "-noout", "-text", "-in", testdata.Path(file)}, c.key, "Signature Algorithm: "+c.signature)
		}
		accepts(t, []string{"pkey", "-noout", "-check", "-in", testdata.Path(c.Key)}, "Key is valid")
	}
	pss := testdata.Path(testdata.RSAPSS.Cert)
	accepts(t, []string{"x509", "-noout", "-text", "-in", pss}, "Public Key Algorithm: rsassaPss", "Salt Length: 0x20")
	for _, der := range []string{testdata.DER.Cert, testdata.DER.Intermediate, testdata.DER.Root} {
		accepts(t, []string{"x509", "-noout", "-inform", "DER", "-in", testdata.Path(der)})
	}
}

func TestOpenSSLAsksForThePassphrase(t *testing.T) {
	for _, key := range []string{testdata.Keys.EncryptedPKCS8, testdata.Keys.EncryptedLegacy} {
		load := []string{"pkey", "-noout", "-in", testdata.Path(key), "-passin"}
		accepts(t, append(load, "pass:"+testdata.Passphrase))
		refuses(t, append(load, "pass:wrong"), "bad decrypt", "Could not read")
	}
}

func TestOpenSSLOnOddInput(t *testing.T) {
	cert := func(name string) []string { return []string{"x509", "-noout", "-in", testdata.Path(name)} }
	accepts(t, cert(testdata.Odd.Noise))
	accepts(t, verify(testdata.Chain{Cert: testdata.Odd.Noise}, trusting(testdata.RSA))) // the intermediate is found, too
	for _, name := range []string{
		testdata.Odd.Garbage, testdata.Odd.BadBase64, testdata.Odd.Truncated, testdata.Odd.TruncatedDER, testdata.Odd.Empty,
	} {
		refuses(t, cert(name), "Could not", "unable to load")
	}
	refuses(t, []string{"pkey", "-noout", "-in", testdata.Path(testdata.Odd.TruncatedKey)}, "Could not", "unable to load")
}
