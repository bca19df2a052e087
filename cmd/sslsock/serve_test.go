package main

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sslsock/sslsock/testdata"
)

func eachMode(t *testing.T, f func(t *testing.T, mode string)) {
	for _, mode := range []string{"loop", "conn"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			f(t, mode)
		})
	}
}

// serveRSA starts a server with a certificate that dial trusts.
func serveRSA(t *testing.T, mode string, args ...string) (*process, string) {
	t.Helper()
	return serve(t, append(append([]string{"--mode", mode}, certFlags(testdata.RSA)...), args...)...)
}

// dial connects with crypto/tls.
func dial(t *testing.T, addr string, change ...func(*tls.Config)) *tls.Conn {
	t.Helper()
	pem, err := os.ReadFile(testdata.Path(testdata.RSA.Roots))
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	cfg := &tls.Config{RootCAs: roots, ServerName: "localhost"}
	for _, f := range change {
		f(cfg)
	}
	c, err := tls.DialWithDialer(&net.Dialer{Timeout: patience}, "tcp", addr, cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	_ = c.SetDeadline(time.Now().Add(patience))
	return c
}

func curl(t *testing.T, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "curl", append([]string{"--silent", "--show-error", "--max-time", "20", "--cacert", testdata.Path(testdata.RSA.Roots)}, args...)...).CombinedOutput()
	if err != nil {
		t.Errorf("curl %v: %v\n%s", args, err, out)
	}
	return string(out)
}

func TestServeWWW(t *testing.T) {
	eachMode(t, func(t *testing.T, mode string) {
		p, addr := serveRSA(t, mode, "--www")
		if hint := p.stdout.await(t, "try: "); !strings.Contains(hint, "curl https://"+addr+"/") {
			t.Errorf("%q", hint)
		}
		url := "https://" + addr + "/a"
		got := curl(t, url, url, "--tls-max", "1.2", "--write-out", "%{num_connects} new\n")
		if strings.Count(got, "TLSv1.2") != 2 || strings.Count(got, "GET /a HTTP/1.1") != 2 || !strings.Contains(got, "0 new") {
			t.Errorf("two requests on one connection:\n%s", got)
		}
		head := curl(t, "--head", url)
		if !strings.Contains(head, "200 OK") || !strings.Contains(head, "Content-Length: ") || strings.Contains(head, "TLSv1.3") {
			t.Errorf("HEAD:\n%s", head)
		}
		// curl asks for 100 Continue before a body of this size.
		big := t.TempDir() + "/big"
		if err := os.WriteFile(big, make([]byte, 3<<20), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := curl(t, "--data-binary", "@"+big, url); !strings.Contains(got, "POST /a HTTP/1.1") {
			t.Errorf("POST:\n%s", got)
		}
		if got := curl(t, "--header", "Transfer-Encoding: chunked", "--data-binary", "@"+big, url, "--next", "--cacert", testdata.Path(testdata.RSA.Roots), url); !strings.Contains(got, "POST /a") || !strings.Contains(got, "GET /a") {
			t.Errorf("chunks:\n%s", got)
		}
		if got := curl(t, "--header", "X: "+strings.Repeat("x", 32<<10), "--output", "/dev/null", "--write-out", "%{http_code}", url); got != "431" {
			t.Errorf("a head of 32 KiB: %s", got)
		}
	})
}

func TestServeWWWPipelined(t *testing.T) {
	eachMode(t, func(t *testing.T, mode string) {
		_, addr := serveRSA(t, mode, "--www")
		c := dial(t, addr)
		const n = 200
		var requests bytes.Buffer
		for i := range n {
			method := []string{"GET", "HEAD"}[i%2]
			fmt.Fprintf(&requests, "%s /%d HTTP/1.1\r\nHost: localhost\r\n\r\n", method, i)
		}
		go func() { _, _ = c.Write(requests.Bytes()) }()
		in := bufio.NewReader(c)
		for i := range n {
			req := &http.Request{Method: []string{"GET", "HEAD"}[i%2]}
			resp, err := http.ReadResponse(in, req)
			if err != nil {
				t.Fatalf("response %d: %v", i, err)
			}
			body, err := io.ReadAll(resp.Body)
			_ = resp.Body.Close()
			if err != nil || resp.StatusCode != 200 || resp.ContentLength <= 0 {
				t.Fatalf("response %d: %v, %v", i, resp.Status, err)
			}
			if i%2 == 0 && !strings.Contains(string(body), fmt.Sprintf("GET /%d HTTP/1.1\n", i)) || i%2 == 1 && len(body) > 0 {
				t.Fatalf("response %d:\n%s", i, body)
			}
		}
	})
}

// TestServeEcho has more under way than all queues hold, so both back-pressure
// and the end after half-close have to work.
func TestServeEcho(t *testing.T) {
	eachMode(t, func(t *testing.T, mode string) {
		_, addr := serveRSA(t, mode, "--echo")
		for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
			c := dial(t, addr, func(cfg *tls.Config) { cfg.MinVersion, cfg.MaxVersion = version, version })
			sent := make([]byte, 8<<20)
			_, _ = rand.Read(sent)
			go func() {
				_, _ = c.Write(sent)
				_ = c.CloseWrite()
			}()
			got, err := io.ReadAll(c)
			if err != nil || !bytes.Equal(got, sent) {
				t.Errorf("%x: %d of %d bytes back, %v", version, len(got), len(sent), err)
			}
		}
		// A client that insists on close_notify, and reads later than it sends.
		text := strings.Repeat("all of it\n", 200_000)
		r := sslsock(t, text, "connect", addr, "-q", "--ca", testdata.Path(testdata.RSA.Roots))
		if r.status != 0 || r.stdout != text {
			t.Errorf("status %d, %d of %d bytes back\n%s", r.status, len(r.stdout), len(text), r.stderr)
		}
	})
}

func TestServeSinkAndSource(t *testing.T) {
	eachMode(t, func(t *testing.T, mode string) {
		_, addr := serveRSA(t, mode, "--sink")
		c := dial(t, addr)
		if _, err := c.Write(make([]byte, 4<<20)); err != nil {
			t.Error(err)
		}
		_ = c.CloseWrite()
		if n, err := io.Copy(io.Discard, c); n > 0 || err != nil {
			t.Errorf("the sink sent %d bytes, %v", n, err)
		}

		p, addr := serveRSA(t, mode, "--source", "-v")
		c = dial(t, addr)
		got := make([]byte, 4<<20)
		if _, err := io.ReadFull(c, got); err != nil || bytes.Trim(got, "\x00") != nil && len(bytes.Trim(got, "\x00")) > 0 {
			t.Errorf("the source: %v", err)
		}
		_ = c.Close()
		// It ends where the client does. Who looks first decides whether it saw
		// close_notify or a failed write.
		p.stderr.until(t, "the end of the source", func() bool { return len(p.stderr.all) > 1 })
	})
}

func TestServeOpenSSLClient(t *testing.T) {
	eachMode(t, func(t *testing.T, mode string) {
		_, addr := serveRSA(t, mode, "--echo", "--alpn", "x,y")
		for _, version := range []string{"-tls1_2", "-tls1_3"} {
			p := start(t, "openssl", "s_client", "-connect", addr, "-CAfile", testdata.Path(testdata.RSA.Roots), "-verify_return_error",
				"-verify_hostname", "localhost", "-alpn", "y", version)
			p.stdout.await(t, "Verify return code: 0 (ok)")
			p.stdout.await(t, "ALPN protocol: y")
			if _, err := io.WriteString(p.stdin, "a line of mine\n"); err != nil {
				t.Fatal(err)
			}
			p.stdout.await(t, "a line of mine")
		}
	})
}

// TestServeOutlivesBadClients breaks off in many ways while another connection
// stays.
func TestServeOutlivesBadClients(t *testing.T) {
	eachMode(t, func(t *testing.T, mode string) {
		p, addr := serveRSA(t, mode, "--echo", "-v")
		good := dial(t, addr)
		echo := func() {
			t.Helper()
			if _, err := good.Write([]byte("ping")); err != nil {
				t.Fatal(err)
			}
			if _, err := io.ReadFull(good, make([]byte, 4)); err != nil {
				t.Fatal(err)
			}
		}
		for _, bad := range []struct{ sends, log string }{
			{"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", "http request"},
			{"\x00\x01\x02\x03 this is no TLS at all, and long enough to be looked at", "error="},
			{"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "error="}, // and then nothing more
			{"", "error="},
		} {
			echo()
			nc, err := net.Dial("tcp", addr)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.WriteString(nc, bad.sends); err != nil {
				t.Fatal(err)
			}
			me := nc.LocalAddr().String()
			_ = nc.(*net.TCPConn).CloseWrite()
			if line := p.stderr.await(t, "remote="+me); !strings.Contains(line, bad.log) || !strings.Contains(line, "failed") {
				t.Errorf("%q: %q", bad.sends, line)
			}
			_ = nc.Close()
			echo()
		}
		_ = good.Close()
		if status := p.signal(syscall.SIGTERM); status != 0 {
			t.Errorf("status %d", status)
		}
		if got := p.stderr.String(); !strings.Contains(got, "served 1 connection, 4 failed") {
			t.Errorf("%s", got)
		}
	})
}

// TestServeEndsInGoodOrder has `sslsock connect` as its client, which takes a
// connection that ends without close_notify for a failure. crypto/tls does not.
func TestServeEndsInGoodOrder(t *testing.T) {
	for _, do := range []string{"--echo", "--sink", "--source", "--www"} {
		for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
			eachMode(t, func(t *testing.T, mode string) {
				p, addr := serveRSA(t, mode, do, "-v")
				c := start(t, program, "connect", addr, "--ca", testdata.Path(testdata.RSA.Roots))
				p.stderr.await(t, "msg=open")
				if do == "--www" {
					// net/http waits for connections that have asked nothing yet.
					_, _ = io.WriteString(c.stdin, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
					c.stdout.await(t, "200 OK")
				}
				if status := p.signal(sig); status != 0 {
					t.Errorf("%s, %v: status %d\n%s", do, sig, status, p.stderr)
				}
				// A source in mode conn may be in the middle of a record.
				cut := mode == "conn" && do == "--source"
				if status := c.wait(); status != 0 && !cut {
					t.Errorf("%s, %v: the client ends with status %d\n%s", do, sig, status, c.stderr)
				}
			})
		}
	}
}

func TestServeClientAuth(t *testing.T) {
	eachMode(t, func(t *testing.T, mode string) {
		me := testdata.Client.RSA
		_, addr := serveRSA(t, mode, "--www", "--client-ca", testdata.Path(me.Roots), "--client-auth", "request")
		got := curl(t, "--cert", testdata.Path(me.Cert), "--key", testdata.Path(me.Key), "https://"+addr)
		if !strings.Contains(got, "client ") || !strings.Contains(got, "CN=") {
			t.Errorf("with a certificate:\n%s", got)
		}
		if got := curl(t, "https://"+addr); strings.Contains(got, "client ") || !strings.Contains(got, "TLSv1.3") {
			t.Errorf("without:\n%s", got)
		}
	})
}

func TestServeLimits(t *testing.T) {
	eachMode(t, func(t *testing.T, mode string) {
		p, addr := serveRSA(t, mode, "--echo", "-v", "--idle-timeout", "50ms", "--handshake-timeout", "50ms")
		c := dial(t, addr)
		if n, err := io.Copy(io.Discard, c); n > 0 || errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("an idle connection: %d bytes, %v", n, err)
		}
		nc, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		defer nc.Close()
		_ = nc.SetDeadline(time.Now().Add(patience))
		if n, err := io.Copy(io.Discard, nc); n > 0 || errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("no handshake: %d bytes, %v", n, err)
		}
		p.stderr.await(t, "remote="+nc.LocalAddr().String())
	})
}

func TestServeProtocolFlags(t *testing.T) {
	eachMode(t, func(t *testing.T, mode string) {
		_, addr := serveRSA(t, mode, "--www", "--max-tls", "1.2", "--ciphers", "ECDHE-RSA-CHACHA20-POLY1305", "--groups", "P-384")
		got := curl(t, "https://"+addr)
		for _, w := range []string{"TLSv1.2", "ECDHE-RSA-CHACHA20-POLY1305", "secp384r1"} {
			if !strings.Contains(got, w) {
				t.Errorf("no %s:\n%s", w, got)
			}
		}
		_, addr = serveRSA(t, mode, "--www", "--min-tls", "1.3", "--ciphersuites", "TLS_AES_128_GCM_SHA256")
		if got := curl(t, "https://"+addr); !strings.Contains(got, "TLSv1.3") || !strings.Contains(got, "TLS_AES_128_GCM_SHA256") {
			t.Errorf("%s", got)
		}
	})
}

func TestServeLoops(t *testing.T) {
	p, addr := serveRSA(t, "loop", "--www", "--loops", "4")
	for range 16 {
		if got := curl(t, "https://"+addr); !strings.Contains(got, "TLSv1.3") {
			t.Errorf("%s", got)
		}
	}
	if status := p.signal(syscall.SIGTERM); status != 0 || !strings.Contains(p.stderr.String(), "served 16 connections") {
		t.Errorf("status %d\n%s", status, p.stderr)
	}
}

func TestServeOwnCertificate(t *testing.T) {
	eachMode(t, func(t *testing.T, mode string) {
		p, addr := serve(t, "--mode", mode, "--www")
		p.stderr.await(t, "self-signed")
		if hint := p.stdout.await(t, "try: "); !strings.Contains(hint, "curl -k") {
			t.Errorf("%q", hint)
		}
		if r := connectJSON(t, 0, addr, "--insecure"); r.Verify.Code != 18 || !strings.Contains(strings.Join(r.Chain[0].Names, " "), "localhost") {
			t.Errorf("%+v", r)
		}
	})
}

func TestServePortInUse(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	for _, args := range [][]string{{"--mode", "loop"}, {"--mode", "conn"}, {"--loops", "2"}} {
		refuses(t, []string{"--addr " + ln.Addr().String(), "in use"}, append([]string{"serve", "--addr", ln.Addr().String()}, args...)...)
	}
}

func TestServeJSONLog(t *testing.T) {
	eachMode(t, func(t *testing.T, mode string) {
		p, addr := serveRSA(t, mode, "--www", "--json", "-v")
		curl(t, "https://"+addr)
		if line := p.stderr.await(t, `"msg":"open"`); !strings.Contains(line, `"protocol":"TLSv1.3"`) {
			t.Errorf("%s", line)
		}
		p.signal(syscall.SIGTERM)
		p.stderr.await(t, `"served":1`)
	})
}
