package interop

import (
	"os"
	"strings"
	"testing"
)

// wget is a client of HTTPS, built with GnuTLS or OpenSSL. It verifies after the
// handshake, by itself, and leaves without an alert.
var wget = Peer{
	Name:        "wget",
	Programs:    []string{"wget"}, // looked for on PATH
	VersionArgs: []string{"--version"},
	ClientCan:   append([]Feature{Verify}, allCerts...),
	Silent:      func(*Job) bool { return true },
	Client: func(j *Job) (*Launch, error) {
		url := "https://" + j.HostName() + ":" + j.Port() + "/data"
		return &Launch{Args: []string{"-q", "-O", "-", "--tries=1", "--ca-certificate=" + j.CAFile(), url}, Data: HTTP}, nil
	},
}

// TestNewPeer: the peer that docs/interop.md adds compiles, which this file shows,
// and is no longer than is said.
func TestNewPeer(t *testing.T) {
	doc, err := os.ReadFile("../docs/interop.md")
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile("newpeer_test.go")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(doc), "```go\npackage interop\n\n")
	code, _, _ := strings.Cut(rest, "```")
	if code == "" || !strings.Contains(string(file), "\n\n"+code+"\n") {
		t.Errorf("docs/interop.md has another peer than this file:\n%s", code)
	}
	if n := strings.Count(code, "\n"); n > 20 {
		t.Errorf("a peer of %d lines", n)
	}
}

// TestNewPeerRuns: it talks, and it sees whom not to trust.
func TestNewPeerRuns(t *testing.T) {
	needs(t, "wget")
	r := run(t, Options{Peers: []Peer{wget}, Only: []string{"wget,version/tls1.3", "wget,cert/dual", "wget,sni/first", "wget,alpn/not-asked", "wget,transfer/1MiB"}})
	passes(t, r, 4)
	r = run(t, Options{Peers: []Peer{wget}, Rows: []Row{
		{Name: "trusted"}, refused("stranger", Setup{Cert: CertStranger, Trust: TrustCA}, alertUnknownCA)}})
	passes(t, r, 4)
}
