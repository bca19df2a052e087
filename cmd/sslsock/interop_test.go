package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// cells are few, and need no program besides this one.
var cells = []string{"interop", "--only", "crypto/tls,version/tls1.3", "-q"}

func TestInterop(t *testing.T) {
	r := sslsock(t, "", cells...)
	if r.status != 0 || !strings.Contains(r.stdout, "version/tls1.3") || !strings.Contains(r.stdout, "4 cells: 4 passed") || r.stderr != "" {
		t.Errorf("status %d\n%s%s", r.status, r.stdout, r.stderr)
	}
}

func TestInteropReport(t *testing.T) {
	file := filepath.Join(t.TempDir(), "report.json")
	r := sslsock(t, "", append(cells, "--format", "json", "--output", file)...)
	text, err := os.ReadFile(file)
	if r.status != 0 || err != nil {
		t.Fatalf("status %d, %v\n%s", r.status, err, r.stderr)
	}
	var report struct {
		Cells []struct{ Name, Result string }
	}
	if err := json.Unmarshal(text, &report); err != nil || len(report.Cells) != 4 || report.Cells[0].Result != "pass" {
		t.Errorf("%v, %+v", err, report)
	}
}

// TestInteropFails: a red cell is status 1, and the one line says how many.
func TestInteropFails(t *testing.T) {
	peer := filepath.Join(t.TempDir(), "openssl")
	if err := os.WriteFile(peer, []byte("#!/bin/sh\n[ $1 = version ] && echo OpenSSL 3.0.0 || exit 7\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	r := sslsock(t, "", "interop", "--peer", "openssl-broken="+peer, "--only", "openssl-broken,version/tls1.3,conn-client")
	for _, want := range []string{"FAIL openssl-broken/conn-client/version/tls1.3: ", "exit status 7", "sslsock: 1 of 1 cells failed"} {
		if !strings.Contains(r.stderr, want) {
			t.Errorf("nothing of %q in\n%s", want, r.stderr)
		}
	}
	if r.status != 1 || !strings.Contains(r.stdout, "✗") {
		t.Errorf("status %d\n%s", r.status, r.stdout)
	}
}

// TestInteropDiskFull: the report is lost, and that is said.
func TestInteropDiskFull(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("no /dev/full:", err)
	}
	r := sslsock(t, "", append(cells, "--output", "/dev/full")...)
	if r.status != 1 || !strings.Contains(r.stderr, "the report could not be written") || !strings.Contains(r.stderr, "no space left") {
		t.Errorf("status %d\n%s", r.status, r.stderr)
	}
}

func TestInteropUsage(t *testing.T) {
	for _, tt := range []struct {
		args  []string
		words string
	}{
		{[]string{"--only", "nobody"}, `pattern "nobody" matches no cell`},
		{[]string{"--only", "crypto/tls,version", "--skip", "nobody"}, `pattern "nobody" matches no cell`},
		{[]string{"--only", "crypto/tls", "--skip", "crypto/tls"}, "no cell matches"},
		{[]string{"--peer", "curl=/no/such"}, "--peer curl=/no/such: no such file"},
		{[]string{"--pcap", "/proc/self/folder", "--only", "crypto/tls"}, "--pcap /proc/self/folder"},
		{[]string{"--only", "[x"}, "pattern"},
		{[]string{"--format", "pdf"}, "must be text, json"},
		{[]string{"--peer", "openssl"}, "NAME=COMMAND"},
		{[]string{"--peer", "netscape=/bin/true"}, "no peer has that name"},
		{[]string{"--peer", "crypto/tls=/bin/true"}, "is no program"},
		{[]string{"--jobs", "-1"}, "must be above 0"},
		{[]string{"--timeout", "0s"}, "must be above 0"},
		{[]string{"--output", "/no/such/folder/report"}, "no such file"},
		{[]string{"word"}, "unexpected argument"},
		{[]string{"--unknown"}, "unknown flag"},
	} {
		r := sslsock(t, "", append([]string{"interop"}, tt.args...)...)
		if r.status != 2 || strings.Count(r.stderr, "\n") != 1 || !strings.Contains(r.stderr, tt.words) {
			t.Errorf("interop %v: status %d\n%s", tt.args, r.status, r.stderr)
		}
	}
}

func TestInteropList(t *testing.T) {
	r := sslsock(t, "", "interop", "--list")
	if r.status != 0 || !strings.Contains(r.stdout, "  crypto/tls   (in this program)\n") || !strings.Contains(r.stdout, "version/tls1.0  (only") {
		t.Errorf("status %d\n%s%s", r.status, r.stdout, r.stderr)
	}
}
