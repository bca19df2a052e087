package interop

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sslsock/sslsock/ossl"
)

// TestFacts: peers that say what they have negotiated are heard.
func TestFacts(t *testing.T) {
	rows := []Row{
		{Name: "plain", Setup: Setup{Version: ossl.TLS1_3Version, Groups: []string{"P-384"}}},
		{Name: "cert", Setup: Setup{ClientAuth: ClientAuthRequired, ClientCert: CertClient}},
		{Name: "alpn", Setup: Setup{ServerALPN: []string{"h2"}, ClientALPN: []string{"h2"}}},
		{Name: "resumed", Setup: Setup{Version: ossl.TLS1_2Version, Tickets: true}, play: playResumed},
	}
	words := map[string]string{
		"plain": "group secp384r1", "cert": "client certificate client",
		"alpn": "ALPN protocol h2", "resumed": "resumption yes",
	}
	for _, c := range run(t, Options{Peers: []Peer{cryptoTLS}, Rows: rows}).Cells {
		if c.Result != Pass || !strings.Contains(c.Log, words[c.Row]) && (c.Row != "cert" || c.Role == Client) {
			t.Errorf("%s: %s, %q, nothing of %q\n%s\n%s", c.Name(), c.Result, c.Reason, words[c.Row], c.Log, c.PeerLog)
		}
	}
	needs(t, "openssl")
	for _, c := range run(t, Options{Peers: []Peer{openssl}, Rows: rows}).Cells {
		if c.Result != Pass || !strings.Contains(c.Log, "openssl agrees: protocol version 1.") ||
			c.Row == "cert" && c.Role == Client && !strings.Contains(c.Log, words["cert"]) {
			t.Errorf("%s: %s, %q\n%s\n%s", c.Name(), c.Result, c.Reason, c.Log, c.PeerLog)
		}
	}
}

// TestVersion: a number in the name of the program is not its version.
func TestVersion(t *testing.T) {
	program := filepath.Join(t.TempDir(), "peer-9.8")
	if err := os.WriteFile(program, []byte("#!/bin/sh\necho starting >&2\necho peer, release 3.6.1\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	p, err := Peer{Programs: []string{"peer"}, VersionArgs: []string{"--version=2.0"}}.find(t.Context(), []string{program})
	if err != nil {
		t.Fatal(err)
	}
	if p.Version() != "peer, release 3.6.1" || !p.AtLeast(3, 6) || p.AtLeast(3, 7) {
		t.Errorf("%q", p.Version())
	}
}

// TestFactsDiffer: a peer that thinks otherwise of a connection fails its cell.
func TestFactsDiffer(t *testing.T) {
	for fact, pattern := range map[Fact]string{
		FactVersion: `alpn=(\S*)`, FactCipher: `version=(\S+)`, FactGroup: `cipher=(\S+)`, FactALPN: `version=(\S+)`, FactResumed: `(resumed)=`,
	} {
		peer := cryptoTLS
		peer.ServerSays, peer.ClientSays = Says{fact: pattern}, Says{fact: pattern}
		for _, c := range run(t, Options{Peers: []Peer{peer}, Rows: []Row{{Name: "row", Setup: Setup{Version: ossl.TLS1_3Version}}}}).Cells {
			want := "says " + string(fact)
			if c.Result != Fail || !strings.Contains(c.Reason, want) {
				t.Errorf("%s: %s, %q instead of %q", c.Name(), c.Result, c.Reason, want)
			}
		}
	}
}

func TestNormalFacts(t *testing.T) {
	for _, tt := range []struct {
		fact        Fact
		value, want string
	}{
		{FactVersion, "TLSv1.3", "1.3"},
		{FactVersion, "TLS1.2", "1.2"},
		{FactVersion, "TLSv1", "1.0"},
		{FactCipher, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "ECDHE-RSA-AES128-GCM-SHA256"},
		{FactCipher, "ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256"},
		{FactCipher, "TLS_AES_128_GCM_SHA256", "TLS_AES_128_GCM_SHA256"},
		{FactCipher, "TLS-ECDHE-RSA-WITH-AES-128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256"},
		{FactCipher, "TLS1-3-AES-128-GCM-SHA256", "TLS_AES_128_GCM_SHA256"},
		{FactCipher, "TLS13-AES128-GCM-SHA256", "TLS_AES_128_GCM_SHA256"},
		{FactGroup, "P-256", "secp256r1"},
		{FactGroup, "prime256v1", "secp256r1"},
		{FactGroup, "X25519", "x25519"},
		{FactALPN, "-", ""},
		{FactResumed, "previous session reused", "yes"},
		{FactResumed, "new session negotiated", "no"},
		{FactResumed, ".", "no"},
	} {
		if got := normal(tt.fact, tt.value); got != tt.want {
			t.Errorf("%s %q: %q, not %q", tt.fact, tt.value, got, tt.want)
		}
	}
}

// TestTailSince: what is kept of a log after a mark, whatever was left out.
func TestTailSince(t *testing.T) {
	l := newTail()
	l.note("before")
	mark := l.size()
	l.note("after")
	if got := l.since(mark); got != "after" {
		t.Errorf("%q", got)
	}
	for range 100 {
		l.note("%s", strings.Repeat("x", 1000))
	}
	mark = l.size()
	l.note("the end")
	if got := l.since(mark); got != "the end" {
		t.Errorf("%d bytes", len(got))
	}
}

// TestMbedTLSNames: its programs take the standard's names of cipher suites, with
// hyphens, and a prefix of their own under TLS 1.3.
func TestMbedTLSNames(t *testing.T) {
	for _, tt := range []struct {
		version      int
		cipher, want string
	}{
		{ossl.TLS1_3Version, "TLS_AES_128_CCM_SHA256", "force_ciphersuite=TLS1-3-AES-128-CCM-SHA256"},
		{ossl.TLS1_2Version, "ECDHE-RSA-AES128-GCM-SHA256", "force_ciphersuite=TLS-ECDHE-RSA-WITH-AES-128-GCM-SHA256"},
	} {
		args, err := mbedtlsCommon(nil, &Job{Setup: &Setup{Version: tt.version, Cipher: tt.cipher}}, nil, nil)
		if err != nil || !slices.Contains(args, tt.want) {
			t.Errorf("%s: %q, %v", tt.cipher, args, err)
		}
	}
}
