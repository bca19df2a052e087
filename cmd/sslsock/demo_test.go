package main

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/sslsock/sslsock/testdata"
)

// script is what every performance has to say.
var script = []string{
	"Server bind", "Server listen", "Client connect", "CLIENT: SSL_set_fd", "CLIENT: no cert", "CLIENT: SSL_connect",
	"CLIENT: want to read", "Server accept", "SERVER: SSL_set_fd", "SERVER: SSL_accept", "SERVER: want to read",
	"SERVER: SSL_done!", "CLIENT: SSL_done!",
	"CLIENT: peer certificate: version 3", "CLIENT: peer certificate: subject", "CLIENT: peer certificate: issuer",
	`SERVER: sends "Hello, world!"`, `CLIENT: received "Hello, world!"`, "SERVER: received", "SSL_shutdown",
	"CLIENT: close_notify sent and received", "SERVER: close_notify sent and received",
}

func eachDriver(t *testing.T, f func(t *testing.T, mode, tls string)) {
	for _, mode := range []string{"loop", "conn"} {
		for _, tls := range []string{"1.2", "1.3"} {
			t.Run(mode+"/"+tls, func(t *testing.T) {
				t.Parallel()
				f(t, mode, tls)
			})
		}
	}
}

func says(t *testing.T, r result, words ...string) {
	t.Helper()
	if r.status != 0 {
		t.Errorf("status %d", r.status)
	}
	for _, w := range words {
		if !strings.Contains(r.stdout, w) {
			t.Errorf("nothing of %q", w)
		}
	}
	if t.Failed() {
		t.Logf("%s%s", r.stdout, r.stderr)
	}
}

func TestDemo(t *testing.T) {
	eachDriver(t, func(t *testing.T, mode, tls string) {
		r := sslsock(t, "", "demo", "--mode", mode, "--tls", tls, "--addr", "127.0.0.1:0")
		says(t, r, append(script, "CN=localhost", "protocol TLSv"+tls)...)
		// No certificate before the handshake, one after it.
		if strings.Index(r.stdout, "CLIENT: no cert") > strings.Index(r.stdout, "CLIENT: SSL_done!") {
			t.Errorf("no cert comes after SSL_done!\n%s", r.stdout)
		}
	})
}

func TestDemoPayload(t *testing.T) {
	file := filepath.Join(t.TempDir(), "payload")
	data := make([]byte, 5<<20+123)
	_, _ = rand.Read(data)
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(data)
	eachDriver(t, func(t *testing.T, mode, tls string) {
		r := sslsock(t, "", "demo", "--mode", mode, "--tls", tls, "--addr", "127.0.0.1:0", "--payload", file, "--fast")
		says(t, r, append(script, "payload ok", hex.EncodeToString(sum[:]))...)
	})
}

func TestDemoEmptyPayload(t *testing.T) {
	eachDriver(t, func(t *testing.T, mode, tls string) {
		r := sslsock(t, "", "demo", "--mode", mode, "--tls", tls, "--addr", "127.0.0.1:0", "--payload", testdata.Path(testdata.Odd.Empty))
		says(t, r, append(script, "payload ok: the same 0 bytes")...)
	})
}

func TestDemoOwnCertificate(t *testing.T) {
	for _, c := range testdata.Servers() {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			r := sslsock(t, "", append([]string{"demo", "--addr", "127.0.0.1:0"}, certFlags(c)...)...)
			says(t, r, append(script, "CN=server.example")...)
		})
	}
}

func TestDemoEncryptedKey(t *testing.T) {
	file := filepath.Join(t.TempDir(), "passphrase")
	if err := os.WriteFile(file, []byte(testdata.Passphrase+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	says(t, sslsock(t, "", "demo", "--addr", "127.0.0.1:0", "--cert", testdata.Path(testdata.RSA.Cert),
		"--key", testdata.Path(testdata.Keys.EncryptedPKCS8), "--passphrase-file", file), script...)
}

func TestDemoRefusesExpiredCertificate(t *testing.T) {
	for _, mode := range []string{"loop", "conn"} {
		args := append([]string{"demo", "--mode", mode, "--addr", "127.0.0.1:0"}, certFlags(testdata.Bad.Expired)...)
		refuses(t, []string{"client", "certificate has expired"}, args...)
	}
}

func TestDemoPortInUse(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	for _, mode := range []string{"loop", "conn"} {
		p := start(t, program, "demo", "--mode", mode, "--addr", ln.Addr().String())
		if status := p.wait(); status != 1 {
			t.Errorf("status %d", status)
		}
		if got := p.stderr.String(); strings.Contains(got, "\n") || !strings.Contains(got, "--addr "+ln.Addr().String()) || !strings.Contains(got, "in use") {
			t.Errorf("%s: %q", mode, got)
		}
	}
}

// TestDemoLeavesNobody ends the parent in the middle of a transfer without an
// end.
func TestDemoLeavesNobody(t *testing.T) {
	file := filepath.Join(t.TempDir(), "sparse")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(file, 1<<40); err != nil {
		t.Skipf("no sparse files here: %v", err)
	}
	for _, mode := range []string{"loop", "conn"} {
		for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGKILL} {
			p := start(t, program, "demo", "--mode", mode, "--addr", "127.0.0.1:0", "--payload", file)
			p.stdout.await(t, "CLIENT: sends")
			status := p.signal(sig)
			if sig != syscall.SIGKILL && (status != 1 || p.stderr.String() != "sslsock: interrupted") {
				t.Errorf("%s, %v: status %d, %q", mode, sig, status, p.stderr)
			}
		}
	}
}
