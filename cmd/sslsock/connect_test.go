package main

import (
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/sslsock/sslsock/testdata"
)

func connectJSON(t *testing.T, status int, args ...string) report {
	t.Helper()
	r := sslsock(t, "", append([]string{"connect", "--json"}, args...)...)
	var rep report
	if err := json.Unmarshal([]byte(r.stdout), &rep); err != nil || r.status != status {
		t.Fatalf("status %d, want %d; %v\n%s%s", r.status, status, err, r.stdout, r.stderr)
	}
	return rep
}

func TestConnectJSON(t *testing.T) {
	for _, c := range testdata.Servers() {
		for _, tls := range []string{"1.2", "1.3"} {
			t.Run(c.Name+"/"+tls, func(t *testing.T) {
				t.Parallel()
				addr := sslServer(t, c, "-alpn", "b,a")
				r := connectJSON(t, 0, addr, "--ca", testdata.Path(c.Roots), "--servername", "localhost", "--tls", tls, "--alpn", "a,c")
				if !r.OK || !r.Verify.OK || r.Protocol != "TLSv"+tls || r.ALPN != "a" || r.ServerName != "localhost" || r.Cipher == nil || r.Group == "" || r.Signature == "" {
					t.Errorf("%+v", r)
				}
				if len(r.Chain) < 2 || !strings.Contains(r.Chain[0].Subject, "CN=server.example") || len(r.Chain[0].Names) != 4 || r.Chain[0].Fingerprint == "" {
					t.Errorf("%+v", r.Chain)
				}
				if r.Session == nil || r.Session.Resumed || tls == "1.2" && !r.Session.Resumable {
					t.Errorf("%+v", r.Session)
				}
			})
		}
	}
}

func TestConnectRefuses(t *testing.T) {
	for _, tt := range []struct {
		chain   testdata.Chain
		code    int
		subject string
	}{
		{testdata.Bad.Expired, 10, "CN="},
		{testdata.Bad.WrongHost, 62, "CN="},
		{testdata.Bad.SelfSigned, 18, "CN="},
		{testdata.Bad.WrongCA, 20, "CN="},
	} {
		t.Run(tt.chain.Name, func(t *testing.T) {
			t.Parallel()
			addr := sslServer(t, tt.chain)
			ca := []string{addr, "--ca", testdata.Path(tt.chain.Roots), "--servername", "localhost"}
			r := connectJSON(t, 1, ca...)
			if r.OK || r.Verify.OK || r.Verify.Code != tt.code || r.Error == "" || len(r.Chain) == 0 || !strings.Contains(r.Chain[0].Subject, tt.subject) {
				t.Errorf("%+v", r)
			}
			text := sslsock(t, "x\n", append([]string{"connect"}, ca...)...)
			if text.status != 1 || text.stdout != "" || !strings.Contains(text.stderr, r.Chain[0].Fingerprint) || !strings.Contains(text.stderr, "certificate verify failed") {
				t.Errorf("status %d\n%s%s", text.status, text.stdout, text.stderr)
			}
			r = connectJSON(t, 0, append(ca, "--insecure")...)
			if !r.OK || r.Verify.OK || r.Verify.Code != tt.code || !r.Verify.Ignored {
				t.Errorf("--insecure: %+v", r)
			}
		})
	}
}

func TestConnectTalks(t *testing.T) {
	for _, tls := range []string{"1.2", "1.3"} {
		addr := sslServer(t, testdata.RSA)
		args := []string{"connect", addr, "--ca", testdata.Path(testdata.RSA.Roots), "--tls", tls}
		r := sslsock(t, "abc\ndef\n", args...)
		if r.status != 0 || r.stdout != "cba\nfed\n" || !strings.Contains(r.stderr, "TLSv"+tls) {
			t.Errorf("status %d, %q\n%s", r.status, r.stdout, r.stderr)
		}
		if r := sslsock(t, "abc\n", append(args, "--quiet")...); r.stdout != "cba\n" || r.stderr != "" {
			t.Errorf("--quiet: %q, %q", r.stdout, r.stderr)
		}
		p := start(t, program, args...)
		if _, err := p.stdin.Write([]byte("turn\n")); err != nil {
			t.Fatal(err)
		}
		p.stdout.await(t, "nrut") // while standard input is still open
		if status := p.signal(syscall.SIGTERM); status != 0 {
			t.Errorf("status %d after SIGTERM", status)
		}
	}
}

func TestConnectWithClientCertificate(t *testing.T) {
	me := testdata.Client.ECDSA
	p, addr := serve(t, append(certFlags(testdata.ECDSA), "--www", "--client-ca", testdata.Path(me.Roots))...)
	request := "GET / HTTP/1.0\r\n\r\n"
	args := []string{"connect", addr, "-q", "--ca", testdata.Path(testdata.ECDSA.Roots)}
	if r := sslsock(t, request, append(args, certFlags(me)...)...); r.status != 0 || !strings.Contains(r.stdout, "client ") || !strings.Contains(r.stdout, "HTTP/1.1 200") {
		t.Errorf("status %d\n%s%s", r.status, r.stdout, r.stderr)
	}
	if r := sslsock(t, request, args...); r.status != 1 || !strings.Contains(r.stderr, "client certificate") {
		t.Errorf("without one: status %d\n%s%s", r.status, r.stdout, r.stderr)
	}
	if status := p.signal(syscall.SIGTERM); status != 0 {
		t.Errorf("status %d", status)
	}
}

func TestConnectTimeout(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0") // whose backlog takes the connection, and that is all
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	refuses(t, []string{ln.Addr().String(), "--timeout 100ms"}, "connect", ln.Addr().String(), "--timeout", "100ms")
}

func TestConnectToPlainText(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	go func() {
		nc, err := ln.Accept()
		if err != nil {
			return
		}
		defer nc.Close()
		_, _ = nc.Write([]byte("220 mail.example ESMTP\r\n"))
		_, _ = nc.Read(make([]byte, 1024))
	}()
	refuses(t, []string{"wrong version number", "STARTTLS"}, "connect", ln.Addr().String())
}

func TestConnectTrustsFolder(t *testing.T) {
	addr := sslServer(t, testdata.Ed25519)
	if r := connectJSON(t, 0, addr, "--ca", testdata.Path(testdata.RootsDir)); !r.Verify.OK {
		t.Errorf("%+v", r)
	}
	empty := filepath.Join(t.TempDir(), "empty")
	if err := os.Mkdir(empty, 0o700); err != nil {
		t.Fatal(err)
	}
	if r := connectJSON(t, 1, addr, "--ca", empty); r.Verify.OK {
		t.Errorf("%+v", r)
	}
}
