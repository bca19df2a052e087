package suite

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sslsock/sslsock/ossl"
)

func TestFind(t *testing.T) {
	for _, layout := range []string{"test/ssl-tests/ test/certs/ test/ct/log_list.cnf", "ssl-tests/ certs/ ct/log_list.cnf", "./ certs/ log_list.cnf"} {
		dir := t.TempDir()
		tests, rest, _ := strings.Cut(layout, " ")
		for _, file := range append(strings.Fields(rest), tests+"02-b.cnf", tests+"01-a.cnf", tests+"01-a.cnf.in", tests+"other.cnf") {
			path := filepath.Join(dir, file)
			must(t, os.MkdirAll(filepath.Dir(path), 0o700))
			if strings.HasSuffix(file, "/") {
				must(t, os.MkdirAll(path, 0o700))
				continue
			}
			must(t, os.WriteFile(path, nil, 0o600))
		}
		f, err := Find(dir)
		must(t, err)
		want := []string{filepath.Join(dir, tests, "01-a.cnf"), filepath.Join(dir, tests, "02-b.cnf")}
		if !slices.Equal(f.Files, want) || filepath.Base(f.Certs) != "certs" || filepath.Base(f.LogList) != "log_list.cnf" {
			t.Errorf("%s: found %+v", layout, f)
		}
	}
	if _, err := Find(t.TempDir()); err == nil || !strings.Contains(err.Error(), "source tree") {
		t.Errorf("an empty folder: %v", err)
	}
}

const tiny = `
num_tests = 2

test-0 = 0-first
test-1 = 1-second

[0-first]
ssl_conf = 0-first-ssl

[0-first-ssl]
server = 0-first-server
client = 0-first-client

[0-first-server]
Certificate = ${ENV::TEST_CERTS_DIR}/cert.pem
ECDSA.Certificate = ${ENV::TEST_CERTS_DIR}/other.pem

[0-first-client]
VerifyMode = Peer

[test-0]
Method = DTLS
HandshakeMode = Resume
ExpectedResult = ServerFail
ExpectedServerAlert = UnknownCA
ExpectedProtocol = DTLSv1.2
ExpectedTmpKeyType = P-256
ApplicationData = 1000
client = 0-first-client-extra
resume-server = 0-first-server-extra

[0-first-client-extra]
ALPNProtocols = foo,bar
EnablePHA = Yes

[0-first-server-extra]
SessionTicketAppData = some data

[1-second]
ssl_conf = 0-first-ssl

[test-1]
ExpectedResult = Maybe
`

func TestRead(t *testing.T) {
	dir := filepath.Join(t.TempDir(), `a $HOME of "#1" \ 'x'`)
	must(t, os.MkdirAll(dir, 0o700))
	f := &Folder{Certs: dir}
	tests, err := f.parse("tiny.cnf", []byte(tiny))
	must(t, err)
	if len(tests) != 2 || tests[0].bad != nil {
		t.Fatalf("%d tests, the first %+v", len(tests), tests[0])
	}
	first, o := tests[0], tests[0].opts
	server := first.sections["server"]
	if first.Name != "0-first" || len(server) != 2 || server[0] != (ossl.NConfValue{Name: "Certificate", Value: dir + "/cert.pem"}) {
		t.Errorf("%q with the server %q", first.Name, server)
	}
	if o.method != "DTLS" || o.mode != modeResume || o.appData != 1000 || o.maxFragment != 512 {
		t.Errorf("options %+v", o)
	}
	e := o.want
	if e.result != serverFail || e.serverAlert != 48 || e.protocol != ossl.DTLS1_2Version || ossl.OBJNid2sn(e.tmpKey) != "prime256v1" {
		t.Errorf("expectations %+v", e)
	}
	if !slices.Equal(o.client.alpn, []string{"foo", "bar"}) || !o.client.postHandshakeAuth || o.resumeServer.ticketAppData != "some data" || o.server.ticketAppData != "" {
		t.Errorf("nested options %+v, %+v", o.client, o.resumeServer)
	}
	if bad := tests[1].bad; bad == nil || !strings.Contains(bad.Error(), "Maybe") {
		t.Errorf("a result that there is not: %v", bad)
	}
}

// TestOptions has every kind of value, and values that are none of it.
func TestOptions(t *testing.T) {
	for _, tt := range []struct {
		line string
		good bool
	}{
		{"Method = TLS", true}, {"Method = QUIC", false},
		{"ResumptionExpected = yes", true}, {"ResumptionExpected = 1", false},
		{"ApplicationData = 12", true}, {"ApplicationData = much", false},
		{"KeyUpdateType = KeyUpdateRequested", true}, {"KeyUpdateType = Any", false},
		{"ExpectedServerCertType = Ed25519", true}, {"ExpectedServerCertType = RSA-PSS", true},
		{"ExpectedServerCertType = Enigma", false}, {"ExpectedServerSignHash = SHA256", true},
		{"ExpectedClientCANames = empty", true}, {"ExpectedClientCANames = /nowhere", false},
		{"ServerNameCallback = None", false}, // an option of a server, not of the test
		{"ExpectedALPNProtocol = ", true}, {"ExpectedColour = red", false},
	} {
		conf, err := ossl.NConfLoadBio([]byte("[test-0]\n" + tt.line + "\n"))
		must(t, err)
		err = newOptions().read(conf, "test-0")
		conf.Close()
		if (err == nil) != tt.good {
			t.Errorf("%s: %v", tt.line, err)
		}
	}
}
