package suite

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/sslsock/sslsock/testdata"
)

// conf is a file with one test: name, the commands and options of each section,
// and what is expected.
func conf(sections map[string]string) string {
	var b strings.Builder
	b.WriteString("num_tests = 1\ntest-0 = t\n[t]\nssl_conf = list\n[list]\n")
	for _, role := range []string{"server", "client", "server2", "resume-server", "resume-client"} {
		fmt.Fprintf(&b, "%s = %s-commands\n", role, role)
	}
	certs := func(c testdata.Chain) string {
		return fmt.Sprintf("Certificate = ${ENV::TEST_CERTS_DIR}/%s\nPrivateKey = ${ENV::TEST_CERTS_DIR}/%s\n", c.Cert, c.Key)
	}
	server := certs(testdata.ECDSA) + sections["server commands"]
	client := fmt.Sprintf("VerifyCAFile = ${ENV::TEST_CERTS_DIR}/%s\nVerifyMode = Peer\n", testdata.ECDSA.Roots) + sections["client commands"]
	for _, role := range []string{"server", "server2", "resume-server"} {
		fmt.Fprintf(&b, "[%s-commands]\n%s\n", role, server)
	}
	for _, role := range []string{"client", "resume-client"} {
		fmt.Fprintf(&b, "[%s-commands]\n%s\n", role, client)
	}
	fmt.Fprintf(&b, "[test-0]\n%s\nclient = client-extra\nserver = server-extra\nserver2 = server-extra\n", sections["test"])
	fmt.Fprintf(&b, "[client-extra]\n%s\n[server-extra]\n%s\n", sections["client"], sections["server"])
	return b.String()
}

// runOne runs a test of the sections given.
func runOne(t *testing.T, sections map[string]string) []string {
	t.Helper()
	f := &Folder{Certs: filepath.Dir(testdata.Path(testdata.ECDSA.Cert))}
	tests, err := f.parse("tiny.cnf", []byte(conf(sections)))
	must(t, err)
	loops, stop, err := startLoops(1)
	must(t, err)
	defer stop()
	if why := tests[0].lacks(); why != "" {
		t.Skip(why)
	}
	return tests[0].Run(loops[0])
}

// Each of these passes as it is. With a line of wrong in the place of the same
// expectation it must fail, and say of what.
func TestExpectations(t *testing.T) {
	tls12 := "MaxProtocol = TLSv1.2\n"
	for _, tt := range []struct {
		name     string
		sections map[string]string
		wrong    map[string]string // line: what the complaint is about
	}{
		{
			"plain", map[string]string{"test": "ExpectedProtocol = TLSv1.3\n"},
			map[string]string{
				"ExpectedResult = ClientFail": "result", "ExpectedProtocol = TLSv1.2": "protocol", "ExpectedServerName = server2": "server name",
				"SessionTicketExpected = No": "session ticket", "SessionIdExpected = No": "session id", "CompressionExpected = Yes": "compression",
				"ResumptionExpected = Yes": "resumption", "ExpectedALPNProtocol = x": "ALPN", "ExpectedCipher = x": "cipher",
				"ExpectedNPNProtocol = x": "NPN", "ExpectedSessionTicketAppData = x": "application data", "ExpectedTmpKeyType = P-384": "temporary key",
				"ExpectedServerCertType = RSA": "server's certificate", "ExpectedServerSignType = RSA": "server's signature",
				"ExpectedServerSignHash = SHA1": "server's digest", "ExpectedClientCertType = RSA": "client's certificate",
				"ExpectedServerAlert = UnknownCA":                                        "alert of the server",
				"ExpectedClientCANames = ${ENV::TEST_CERTS_DIR}/" + testdata.ECDSA.Roots: "CA names",
			},
		},
		{
			"resumed", map[string]string{"test": "HandshakeMode = Resume\nResumptionExpected = Yes\n"},
			map[string]string{"ResumptionExpected = No": "resumption"},
		},
		{
			"DTLS", map[string]string{"test": "Method = DTLS\nExpectedProtocol = DTLSv1.2\nApplicationData = 40000\n"},
			map[string]string{"ExpectedProtocol = DTLSv1": "protocol"},
		},
		{
			"much data", map[string]string{"test": "ApplicationData = 1000000\nMaxFragmentSize = 16384\n"},
			map[string]string{"ExpectedResult = ServerFail": "result"},
		},
		{
			"renegotiation", map[string]string{
				"client commands": tls12, "server commands": tls12,
				"test": "HandshakeMode = RenegotiateClient\nResumptionExpected = Yes\n",
			},
			map[string]string{"ResumptionExpected = No": "resumption"},
		},
		{
			"renegotiation refused", map[string]string{
				"client commands": tls12, "server commands": tls12 + "Options = NoRenegotiation\n",
				"test": "HandshakeMode = RenegotiateClient\nExpectedResult = ClientFail\nExpectedServerAlert = NoRenegotiation\n",
			},
			map[string]string{"ExpectedResult = Success": "result", "ExpectedServerAlert = UnknownCA": "alert"},
		},
		{
			"key update", map[string]string{"test": "HandshakeMode = KeyUpdateServer\nKeyUpdateType = KeyUpdateRequested\n"},
			map[string]string{"ExpectedResult = ClientFail": "result"},
		},
		{
			"no post-handshake authentication", map[string]string{
				"server commands": "VerifyMode = RequestPostHandshake\n",
				"test":            "HandshakeMode = PostHandshakeAuth\nExpectedResult = ServerFail\n",
			},
			map[string]string{"ExpectedResult = Success": "result"},
		},
		{
			"names", map[string]string{
				"client": "ServerName = server2\nALPNProtocols = a,b\n", "server": "ServerNameCallback = IgnoreMismatch\nALPNProtocols = b\n",
				"test": "ExpectedServerName = server2\nExpectedALPNProtocol = b\n",
			},
			map[string]string{"ExpectedServerName = server1": "server name", "ExpectedALPNProtocol = a": "ALPN"},
		},
		{
			"rejected", map[string]string{
				"client": "VerifyCallback = RejectAll\n",
				"test":   "ExpectedResult = ClientFail\nExpectedClientAlert = HandshakeFailure\n",
			},
			map[string]string{"ExpectedResult = ServerFail": "result", "ExpectedClientAlert = UnknownCA": "alert"},
		},
		{
			"staple", map[string]string{
				"client commands": tls12, "server": "CertStatus = BadResponse\n", "test": "ExpectedResult = ClientFail\n",
			},
			map[string]string{"ExpectedResult = Success": "result"},
		},
		{
			"staple of DTLS", map[string]string{
				"server": "CertStatus = BadResponse\n", "test": "Method = DTLS\nExpectedResult = ClientFail\n",
			},
			map[string]string{"ExpectedResult = Success": "result"},
		},
		{
			"first handshake", map[string]string{
				"client": "VerifyCallback = RejectAll\n",
				"test":   "HandshakeMode = Resume\nExpectedResult = FirstHandshakeFailed\n",
			},
			map[string]string{"ExpectedResult = Success": "result"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := runOne(t, tt.sections); len(got) > 0 {
				t.Errorf("as it is: %q", got)
			}
			for line, about := range tt.wrong {
				changed := map[string]string{}
				for k, v := range tt.sections {
					changed[k] = v
				}
				option, _, _ := strings.Cut(line, " ")
				changed["test"] = regexp.MustCompile(`(?m)^`+option+` .*\n`).ReplaceAllString(changed["test"], "") + line
				if got := strings.Join(runOne(t, changed), "; "); !strings.Contains(got, about) {
					t.Errorf("%s: complaints %q, want one about the %s", line, got, about)
				}
			}
		})
	}
}

// TestRun has a folder with a test that passes, one that fails, one that is
// skipped and one that makes no sense.
func TestRun(t *testing.T) {
	dir := t.TempDir()
	must(t, os.Symlink(filepath.Dir(testdata.Path(testdata.ECDSA.Cert)), filepath.Join(dir, "certs")))
	for name, test := range map[string]string{
		"01-good.cnf": "", "02-bad.cnf": "ExpectedProtocol = TLSv1.1\n", "03-skipped.cnf": "",
		"04-odd.cnf": "ExpectedWeather = Fair\n",
	} {
		sections := map[string]string{"test": test}
		if name == "03-skipped.cnf" {
			sections["server"] = "ForcePHA = Yes\n" // no build can, but some have compression, SRP and the rest
		}
		must(t, os.WriteFile(filepath.Join(dir, name), []byte(conf(sections)), 0o600))
	}
	var out bytes.Buffer
	total, err := Run(Config{Dir: dir, Out: &out})
	must(t, err)
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if want := "1 passed, 2 failed, 1 skipped"; total != (Totals{1, 2, 1}) || lines[len(lines)-1] != want {
		t.Errorf("%+v and %q, want %q", total, lines[len(lines)-1], want)
	}
	for _, part := range []string{"FAILED  t: protocol: got TLSv1.3, want TLSv1.1", "skipped t: ForcePHA", "unknown option ExpectedWeather"} {
		if !strings.Contains(out.String(), part) {
			t.Errorf("no line with %q in:\n%s", part, &out)
		}
	}
	out.Reset()
	total, err = Run(Config{Dir: dir, Only: regexp.MustCompile("^01-good.cnf/t$"), Verbose: true, Out: &out})
	must(t, err)
	if total != (Totals{Passed: 1}) || !strings.Contains(out.String(), "passed  t\n") {
		t.Errorf("one test: %+v\n%s", total, &out)
	}
	if _, err := Run(Config{Dir: t.TempDir(), Out: &out}); err == nil {
		t.Error("ran nothing without complaint")
	}
}
