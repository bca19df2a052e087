package openssl

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/sslsock/sslsock/ossl"
)

func eachTransport(t *testing.T, f func(t *testing.T, transport func(testing.TB) (net.Conn, net.Conn))) {
	for name, transport := range transports {
		t.Run(name, func(t *testing.T) { f(t, transport) })
	}
}

func TestConn(t *testing.T) {
	ca := newAuthority(t)
	eachTransport(t, func(t *testing.T, transport func(testing.TB) (net.Conn, net.Conn)) {
		for _, version := range []Version{TLS1_2_VERSION, TLS1_3_VERSION} {
			server, client := ca.ctx(t, "host.example"), ca.trusting(t)
			if !server.SetMaxProtoVersion(version) || !client.SetMinProtoVersion(version) || client.SetMinProtoVersion(7) {
				t.Error("versions")
			}
			must(t, server.SetNextProtos([]string{"h2", "http/1.1"}))
			must(t, client.SetNextProtos([]string{"http/1.1"}))
			p := newPair(t, client, server, transport)
			if _, err := p.client.CurrentCipher(); err == nil {
				t.Error("a cipher before the handshake")
			}
			must(t, p.client.SetTlsExtHostName("host.example"))
			p.mustShake(t)
			must(t, p.client.Handshake())
			p.echo(t, 300_000)
			equal(t, "name", p.server.GetServername(), "host.example")
			equal(t, "ALPN", p.server.NegotiatedProtocol()+p.client.NegotiatedProtocol(), "http/1.1http/1.1")
			equal(t, "verified", p.client.VerifyResult(), Ok)
			equal(t, "for the host", p.client.VerifyHostname("host.example"), nil)
			equal(t, "for another", p.client.VerifyHostname("other.example"), ValidationError)
			cipher, err := p.client.CurrentCipher()
			must(t, err)
			if other, _ := p.server.CurrentCipher(); other != cipher || cipher == "" {
				t.Error(cipher, other)
			}
			st := p.client.ConnectionState()
			must(t, errors.Join(st.CertificateError, st.CertificateChainError))
			if len(st.CertificateChain) == 0 || st.SessionReused || p.client.GetCtx() != client {
				t.Error(st)
			}
			if _, err := p.server.PeerCertificate(); err == nil {
				t.Error("the client has shown nothing")
			}
			_, err = p.client.GetSession()
			must(t, err)
			afterClose(t, p)
		}
	})
}

func afterClose(t *testing.T, p *pair) {
	t.Helper()
	eof := make(chan error, 1)
	go func() { _, err := p.server.Read(make([]byte, 1)); eof <- err }()
	must(t, p.client.Close())
	equal(t, "the peer reads", <-eof, io.EOF)
	for range 2 {
		must(t, p.client.Close())
		must(t, p.server.Close())
	}
	_, err := p.client.Read(make([]byte, 1))
	equal(t, "read", err, io.EOF)
	if _, err := p.client.Write([]byte("x")); err == nil || err.Error() != "connection closed" {
		t.Error("write:", err)
	}
	equal(t, "handshake", p.client.Handshake(), io.ErrUnexpectedEOF)
	for what, f := range map[string]func() error{
		"certificate": func() error { _, err := p.client.PeerCertificate(); return err },
		"chain":       func() error { _, err := p.client.PeerCertificateChain(); return err },
		"session":     func() error { _, err := p.client.GetSession(); return err },
		"name":        func() error { return p.client.SetTlsExtHostName("x") },
		"deadline":    func() error { return p.client.SetDeadline(time.Now()) },
	} {
		if f() == nil {
			t.Errorf("%s after Close: no error", what)
		}
	}
	if c, err := p.client.CurrentCipher(); c == "" || err != nil {
		t.Error("what was negotiated is known after Close:", c, err)
	}
	p.client.SetVerify(VerifyPeer, func(bool, *CertificateStoreCtx) bool { return true })
	equal(t, "options", p.client.SetOptions(NoTicket)+p.client.GetOptions(), 0)
}

// A deadline, and Close from elsewhere, wake who waits.
func TestConnWakes(t *testing.T) {
	ca := newAuthority(t)
	eachTransport(t, func(t *testing.T, transport func(testing.TB) (net.Conn, net.Conn)) {
		p := newPair(t, ca.trusting(t), ca.ctx(t, "host.example"), transport)
		p.mustShake(t)
		must(t, p.client.SetReadDeadline(time.Now().Add(10*time.Millisecond)))
		_, err := p.client.Read(make([]byte, 1))
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Error(err)
		}
		must(t, p.client.SetReadDeadline(time.Time{}))
		p.echo(t, 100)
		var wg sync.WaitGroup
		wg.Add(2)
		go func() { defer wg.Done(); _, err := p.client.Read(make([]byte, 1)); equal(t, "read", err, io.EOF) }()
		go func() {
			defer wg.Done()
			for {
				if _, err := p.client.Write(make([]byte, 1<<20)); err != nil {
					return
				}
			}
		}()
		time.Sleep(20 * time.Millisecond) // until both wait; either order is right
		_ = p.client.Close()
		wg.Wait()
	})
}

// The peer's end is answered, and a cut one is an end too, as it was.
func TestConnEnds(t *testing.T) {
	ca := newAuthority(t)
	for _, cut := range []bool{false, true} {
		a, b := sockets(t)
		s, err := Server(b, ca.ctx(t, "host.example"))
		must(t, err)
		pool := x509.NewCertPool()
		text, err := ca.cert.MarshalPEM()
		must(t, err)
		pool.AppendCertsFromPEM(text)
		c := tls.Client(a, &tls.Config{RootCAs: pool, ServerName: "host.example"})
		done := make(chan error, 1)
		go func() {
			_, err := io.ReadAll(s)
			done <- err
		}()
		must(t, c.SetDeadline(time.Now().Add(patience)))
		_, err = c.Write([]byte("x"))
		must(t, err)
		if cut {
			must(t, a.(*net.TCPConn).CloseWrite()) // with Close unread tickets would reset it
		} else {
			must(t, c.CloseWrite())
			_, err := c.Read(make([]byte, 1))
			equal(t, "the answer to close_notify", err, io.EOF)
		}
		equal(t, "read to the end", <-done, nil)
		if _, err := s.Write([]byte("x")); err == nil {
			t.Error("the connection is not closed")
		}
		_ = a.Close()
	}
}

// A client that writes, closes and is gone loses nothing.
func TestConnLastWords(t *testing.T) {
	ca := newAuthority(t)
	for range 20 {
		p := newPair(t, ca.trusting(t), ca.ctx(t, "host.example"), sockets)
		got := make(chan int, 1)
		go func() { b, _ := io.ReadAll(p.server); got <- len(b) }()
		_, err := p.client.Write(make([]byte, 200_000))
		must(t, err)
		must(t, p.client.Close())
		equal(t, "bytes", <-got, 200_000)
	}
}

func TestInteropStdlib(t *testing.T) {
	ca := newAuthority(t)
	text, err := ca.cert.MarshalPEM()
	must(t, err)
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(text)
	a, b := sockets(t)
	s, err := Server(b, ca.ctx(t, "host.example"))
	must(t, err)
	defer s.Close()
	go func() { _, _ = io.Copy(s, s) }()
	c := tls.Client(a, &tls.Config{RootCAs: pool, ServerName: "host.example"})
	defer c.Close()
	_, err = c.Write(make([]byte, 100_000))
	must(t, err)
	_, err = io.ReadFull(c, make([]byte, 100_000))
	must(t, err)
}

func TestHTTP(t *testing.T) {
	ca := newAuthority(t)
	key, err := GenerateRSAKeyWithExponent(2048, 65537)
	must(t, err)
	cert := ca.sign(t, "localhost", key, map[NID]string{NID_subject_alt_name: "DNS:localhost"})
	dir := t.TempDir()
	files := map[string]func() ([]byte, error){"cert.pem": cert.MarshalPEM, "key.pem": key.MarshalPKCS1PrivateKeyPEM, "ca.pem": ca.cert.MarshalPEM}
	for name, f := range files {
		b, err := f()
		must(t, err)
		if p, _ := pem.Decode(b); p == nil {
			t.Fatal(name)
		}
		must(t, os.WriteFile(filepath.Join(dir, name), b, 0o600))
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	addr := l.Addr().String()
	must(t, l.Close())
	srv := &http.Server{Addr: addr, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") })}
	done := make(chan error, 1)
	go func() {
		done <- ServerListenAndServeTLS(srv, filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem"))
	}()
	ctx, err := NewCtx()
	must(t, err)
	must(t, ctx.LoadVerifyLocations(filepath.Join(dir, "ca.pem"), ""))
	ctx.SetVerifyMode(VerifyPeer)
	_, port, _ := net.SplitHostPort(addr)
	var c *Conn
	for deadline := time.Now().Add(patience); ; {
		if c, err = DialTimeout("tcp", "localhost:"+port, patience, ctx, 0); err == nil || time.Now().After(deadline) {
			break
		}
	}
	must(t, err)
	_, err = io.WriteString(c, "GET / HTTP/1.0\r\n\r\n")
	must(t, err)
	b, err := io.ReadAll(c)
	must(t, err)
	equal(t, "answer", string(b[len(b)-5:]), "hello")
	must(t, srv.Close())
	equal(t, "serve", <-done, http.ErrServerClosed)
	for _, bad := range [][2]string{{"none", "key.pem"}, {"cert.pem", "none"}, {"key.pem", "key.pem"}, {"cert.pem", "ca.pem"}, {"ca.pem", "key.pem"}} {
		if err := ListenAndServeTLS("127.0.0.1:0", filepath.Join(dir, bad[0]), filepath.Join(dir, bad[1]), nil); err == nil {
			t.Error(bad, "no error")
		}
	}
	if ServerListenAndServeTLS(nil, "", "") == nil {
		t.Error("no server")
	}
}

// Many at a time, on one Ctx with every kind of callback.
func TestConcurrency(t *testing.T) {
	ca := newAuthority(t)
	server, client := ca.ctx(t, "host.example"), ca.ctx(t, "client.example")
	server.SetVerify(VerifyPeer|VerifyFailIfNoPeerCert, func(ok bool, s *CertificateStoreCtx) bool { return ok && s.GetCurrentCert() != nil })
	client.SetVerifyCallback(func(ok bool, _ *CertificateStoreCtx) bool { return ok })
	server.SetTLSExtServernameCallback(func(s *SSL) SSLTLSExtErr { s.SetSSLCtx(server); return SSLTLSExtErrOK })
	server.SetTicketStore(newTestStore(t, "aes-256-cbc", "sha256"))
	l, err := Listen("tcp", "127.0.0.1:0", server)
	must(t, err)
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		for {
			nc, err := l.Accept()
			if err != nil {
				return
			}
			wg.Add(1)
			go func() { defer wg.Done(); defer nc.Close(); _, _ = io.Copy(nc, nc) }()
		}
	}()
	var clients sync.WaitGroup
	for range 32 {
		clients.Go(func() {
			var session []byte
			for range 4 {
				c, err := DialSession("tcp", l.Addr().String(), client, InsecureSkipHostVerification, session)
				if err != nil {
					t.Error(err)
					return
				}
				var both sync.WaitGroup
				both.Go(func() { _, _ = c.Write(make([]byte, 50_000)) })
				if _, err := io.ReadFull(c, make([]byte, 50_000)); err != nil {
					t.Error(err)
				}
				both.Wait()
				session, _ = c.GetSession()
				_ = c.Close()
			}
		})
	}
	clients.Wait()
	_ = l.Close()
	wg.Wait()
}

// Nothing is left of connections that were closed, and nothing of a Ctx that is
// dropped with them.
func TestLeaks(t *testing.T) {
	if left, ok := settled(ossl.Counts{}); !ok {
		t.Fatalf("before: %+v", left)
	}
	func() {
		ca := newAuthority(t)
		for name := range transports {
			server, client := ca.ctx(t, "host.example"), ca.trusting(t)
			server.SetTicketStore(newTestStore(t, "aes-256-cbc", "sha256"))
			server.SetTLSExtServernameCallback(func(*SSL) SSLTLSExtErr { return SSLTLSExtErrOK })
			client.SetVerifyCallback(func(ok bool, _ *CertificateStoreCtx) bool { return ok })
			a, b := transports[name](t)
			c, err := Client(a, client)
			must(t, err)
			s, err := Server(b, server)
			must(t, err)
			p := &pair{c, s}
			p.mustShake(t)
			p.echo(t, 1000)
			go func() { _ = s.Close() }()
			_ = c.Close()
			unused, err := Client(wrapped{a}, client)
			must(t, err)
			_ = unused.Close()
		}
	}()
	if left, ok := settled(ossl.Counts{}); !ok {
		t.Errorf("after: %+v", left)
	}
}
