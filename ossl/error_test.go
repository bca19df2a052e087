package ossl_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// Many goroutines fail in many ways while others succeed. Each gets its own
// error, whole, and nobody else's.
func TestErrorMultithread(t *testing.T) {
	client, stranger := clientCtx(t, testdata.ECDSA), clientCtx(t, testdata.RSA)
	server := serverCtx(t, testdata.ECDSA)
	encrypted := readFile(t, testdata.Keys.EncryptedPKCS8)
	kinds := []struct {
		reason error
		f      func(t *testing.T, name string) error
	}{
		{unix.ENOENT, func(t *testing.T, name string) error {
			c, err := ossl.NewCtx(ossl.TLSMethod())
			must(t, err)
			defer c.Close()
			err = c.LoadVerifyFile(name)
			if err == nil || !strings.Contains(err.Error(), name) {
				t.Errorf("%v does not name %s", err, name)
			}
			return err
		}},
		{ossl.ReasonNoCipherMatch, func(t *testing.T, _ string) error {
			c, err := ossl.NewCtx(ossl.TLSMethod())
			must(t, err)
			defer c.Close()
			return c.SetCipherList("NONSENSE")
		}},
		{ossl.ReasonPEMNoStartLine, func(_ *testing.T, name string) error {
			_, err := ossl.PEMReadBioX509([]byte(name))
			return err
		}},
		{ossl.ReasonPEMBadPasswordRead, func(*testing.T, string) error {
			_, err := ossl.PEMReadBioPrivateKey(encrypted, "")
			return err
		}},
		{ossl.VerifyUnableToGetIssuerLocally, func(t *testing.T, _ string) error {
			err, _ := newPair(t, stranger, server).try()
			return err
		}},
		{nil, func(t *testing.T, _ string) error { return errors.Join(newPair(t, client, server).try()) }},
	}
	var wg sync.WaitGroup
	for g := range 4 * len(kinds) {
		k := kinds[g%len(kinds)]
		wg.Go(func() {
			for i := range 20 {
				err := k.f(t, fmt.Sprintf("/no/such/file/%d/%d", g, i))
				if !errors.Is(err, k.reason) {
					t.Errorf("got %v, want %v", err, k.reason)
				}
				for _, other := range kinds {
					if err != nil && other.reason != nil && !errors.Is(k.reason, other.reason) && errors.Is(err, other.reason) {
						t.Errorf("%v has somebody else's reason, %v", err, other.reason)
					}
				}
			}
		})
	}
	wg.Wait()
}

// A missing file: the name, every entry of the queue, errno and a hint.
func TestErrorOfMissingFile(t *testing.T) {
	for name, load := range map[string]func(c *ossl.Ctx, file string) error{
		"chain":     (*ossl.Ctx).UseCertificateChainFile,
		"cert":      func(c *ossl.Ctx, f string) error { return c.UseCertificateFile(f, ossl.FiletypePEM) },
		"key":       func(c *ossl.Ctx, f string) error { return c.UsePrivateKeyFile(f, ossl.FiletypePEM) },
		"verify":    (*ossl.Ctx).LoadVerifyFile,
		"locations": func(c *ossl.Ctx, f string) error { return c.LoadVerifyLocations(f, "") },
		"client CA": (*ossl.Ctx).LoadClientCAFile,
		"store": func(c *ossl.Ctx, f string) error {
			st, err := c.GetCertStore()
			if err != nil {
				return err
			}
			defer st.Close()
			return st.LoadFile(f)
		},
	} {
		t.Run(name, func(t *testing.T) {
			err := load(newCtx(t), "/no/such/file.pem")
			wantErr(t, err, unix.ENOENT)
			var fe *ossl.FileError
			var e *ossl.Error
			var errno syscall.Errno
			if !errors.As(err, &fe) || fe.File != "/no/such/file.pem" || !errors.As(err, &e) || !errors.As(err, &errno) {
				t.Fatalf("%#v", err)
			}
			if e.Errno != unix.ENOENT || errno != unix.ENOENT || e.Code != ossl.ErrorNone || len(e.Queue) < 2 {
				t.Errorf("%+v", e)
			}
			oneLine(t, err)
			if strings.Count(err.Error(), "/no/such/file.pem") != 1 {
				t.Error("the file is named more than once, or never")
			}
			if e.Hint() == "" {
				t.Error("no hint")
			}
		})
	}
}

func TestErrorQueueEntry(t *testing.T) {
	err := newCtx(t).LoadVerifyFile("/no/such/file.pem")
	var e *ossl.Error
	if !errors.As(err, &e) {
		t.Fatal(err)
	}
	first := e.Queue[0]
	if errno, ok := first.Reason.Errno(); !ok || errno != unix.ENOENT || first.Data != "calling fopen(/no/such/file.pem, r)" || first.Function == "" {
		t.Errorf("%+v", first)
	}
	for _, q := range e.Queue {
		if !errors.Is(err, q.Reason) || q.Reason.Error() == "" || q.Library == "" && q.Text == "" {
			t.Errorf("%+v", q)
		}
	}
	if errors.Is(err, ossl.ReasonHTTPRequest) || e.Has(ossl.ReasonHTTPRequest) {
		t.Error("a reason that is not there")
	}
}

func TestErrorOfVerification(t *testing.T) {
	eachVersion(t, func(t *testing.T, v int) {
		for _, tt := range []struct {
			chain testdata.Chain
			want  ossl.VerifyResult
		}{
			{testdata.Bad.Expired, ossl.VerifyCertHasExpired},
			{testdata.Bad.NotYetValid, ossl.VerifyCertNotYetValid},
			{testdata.Bad.WrongHost, ossl.VerifyHostnameMismatch},
			{testdata.Bad.WrongCA, ossl.VerifyUnableToGetIssuerLocally},
			{testdata.Bad.SelfSigned, ossl.VerifyDepthZeroSelfSignedCert},
		} {
			t.Run(tt.chain.Name, func(t *testing.T) {
				p := newPair(t, clientCtx(t, tt.chain, only(v)), serverCtx(t, tt.chain))
				must(t, p.client.Set1Host("localhost"))
				cerr, serr := p.try()
				wantErr(t, cerr, tt.want)
				wantErr(t, cerr, ossl.ReasonCertificateVerifyFailed)
				oneLine(t, cerr)
				var result ossl.VerifyResult
				var e *ossl.Error
				if !errors.As(cerr, &result) || result != tt.want || !errors.As(cerr, &e) || e.Verify != tt.want ||
					e.Code != ossl.ErrorSSL || e.Errno != 0 || p.client.GetVerifyResult() != tt.want {
					t.Errorf("%+v", e)
				}
				general := (&ossl.Error{Queue: []ossl.Entry{{Reason: ossl.ReasonCertificateVerifyFailed}}}).Hint()
				if !strings.Contains(cerr.Error(), tt.want.Error()) || e.Hint() == "" || e.Hint() == general {
					t.Errorf("%v; hint %q", cerr, e.Hint())
				}
				alerted(t, serr)
			})
		}
	})
}

// alerted wants an error that says which alert the peer sent.
func alerted(t testing.TB, err error) ossl.Alert {
	t.Helper()
	var e *ossl.Error
	if !errors.As(err, &e) {
		t.Fatalf("no *Error: %v", err)
	}
	t.Log(err)
	oneLine(t, err)
	for _, q := range e.Queue {
		if a, ok := q.Reason.Alert(); ok {
			return a
		}
	}
	t.Errorf("no alert in %v", err)
	return 0
}

// What a peer that does not speak TLS, or not ours, makes people read.
func TestErrorHints(t *testing.T) {
	for _, tt := range []struct {
		name, sent, hint string
		server           bool
		want             error
	}{
		{"http to server", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "plain HTTP", true, ossl.ReasonHTTPRequest},
		{"proxy request to server", "CONNECT example.com:443 HTTP/1.1\r\n\r\n", "CONNECT", true, ossl.ReasonHTTPSProxyRequest},
		{"garbage to server", strings.Repeat("garbage ", 10), "port", true, ossl.ReasonWrongVersionNumber},
		{"http to client", "HTTP/1.1 400 Bad Request\r\n\r\n", "port", false, ossl.ReasonWrongVersionNumber},
		{"smtp to client", "220 mail.example ESMTP ready\r\n", "STARTTLS", false, ossl.ReasonWrongVersionNumber},
		{"SSLv3 to server", "\x16\x03\x00\x00\x2f\x01\x00\x00\x2b\x03\x00" + strings.Repeat("r", 32) + "\x00\x00\x04\x00\x2f\x00\x0a\x01\x00", "SetMinProtoVersion", true, ossl.ReasonVersionTooLow},
		{"nothing", "", "", true, io.ErrUnexpectedEOF},
		{"cut", "\x16\x03\x01\x00\xff\x01", "", true, io.ErrUnexpectedEOF},
	} {
		t.Run(tt.name, func(t *testing.T) {
			fd, peer := socketpair(t)
			s := newSSL(t, serverCtx(t, testdata.ECDSA), fd)
			op := s.Accept
			if !tt.server {
				op = s.Connect
			}
			_, err := unix.Write(peer, []byte(tt.sent))
			must(t, err)
			must(t, unix.Shutdown(peer, unix.SHUT_WR))
			w, err := op()
			if w != ossl.WantNothing {
				t.Error("want", w)
			}
			wantErr(t, err, tt.want)
			oneLine(t, err)
			if !strings.Contains(err.Error(), tt.hint) {
				t.Errorf("no %q in it", tt.hint)
			}
		})
	}
}

// A failed handshake tells both sides why.
func TestErrorOfHandshake(t *testing.T) {
	with := func(f func(*ossl.Ctx) error) setup { return f }
	for _, tt := range []struct {
		name           string
		client, server setup
		cwant, swant   error
		alert          ossl.Alert
	}{
		{"versions", only(ossl.TLS1_2Version), only(ossl.TLS1_3Version), ossl.ReasonTLSv1AlertProtocolVersion, ossl.ReasonUnsupportedProtocol, 70},
		{"ciphers", with(func(c *ossl.Ctx) error {
			return errors.Join(only(ossl.TLS1_2Version)(c), c.SetCipherList("ECDHE-RSA-AES128-GCM-SHA256"))
		}), nil, ossl.ReasonSSLv3AlertHandshakeFailure, ossl.ReasonNoSharedCipher, 40},
		{"client certificate", only(ossl.TLS1_2Version), demand, ossl.ReasonSSLv3AlertHandshakeFailure, ossl.ReasonPeerDidNotReturnACertificate, 40},
		{"groups", with(func(c *ossl.Ctx) error { return c.Set1GroupsList("P-521") }),
			with(func(c *ossl.Ctx) error { return c.Set1GroupsList("X25519") }), ossl.ReasonSSLv3AlertHandshakeFailure, nil, 40},
	} {
		t.Run(tt.name, func(t *testing.T) {
			client, server := clientCtx(t, testdata.ECDSA), serverCtx(t, testdata.ECDSA)
			for c, set := range map[*ossl.Ctx]setup{client: tt.client, server: tt.server} {
				if set != nil {
					must(t, set(c))
				}
			}
			cerr, serr := newPair(t, client, server).try()
			wantErr(t, cerr, tt.cwant)
			if a := alerted(t, cerr); a != tt.alert {
				t.Errorf("alert %v, want %v", a, tt.alert)
			}
			if tt.swant != nil {
				wantErr(t, serr, tt.swant)
			}
			for _, err := range []error{cerr, serr} {
				oneLine(t, err)
				if !strings.Contains(err.Error(), "; ") {
					t.Errorf("no hint: %v", err)
				}
			}
		})
	}
}

// oneLine judges the form of a text: one line, each part once, no noise.
func oneLine(t testing.TB, err error) {
	t.Helper()
	text := err.Error()
	if strings.ContainsAny(text, "\n\r\x00") || strings.Contains(text, "error:0") {
		t.Errorf("not one readable line: %q", text)
	}
	what, _, _ := strings.Cut(text, "; ")
	seen := map[string]bool{}
	for _, part := range strings.Split(what, ", ") {
		part = strings.ToLower(part)
		if seen[part] || part == "" {
			t.Errorf("%q twice: %s", part, text)
		}
		seen[part] = true
	}
	for _, noise := range []string{"interrupted or cancelled", "system lib", "PEM lib", "BIO lib", "SSL lib", "(null)"} {
		if strings.Contains(text, noise) {
			t.Errorf("noise %q: %s", noise, text)
		}
	}
}

func TestReason(t *testing.T) {
	r := ossl.MakeReason(20, 267)
	if r != ossl.ReasonWrongVersionNumber || r.Lib() != 20 || r.Num() != 267 || r.Error() != "wrong version number" {
		t.Errorf("%#x: lib %d, num %d, %q", uint32(r), r.Lib(), r.Num(), r.Error())
	}
	if a, ok := ossl.ReasonTLSv1AlertUnknownCA.Alert(); !ok || a != 48 || a.String() != "unknown CA" {
		t.Error(a, ok)
	}
	if _, ok := r.Alert(); ok {
		t.Error("wrong version number is an alert")
	}
	if text := ossl.MakeReason(20, 4000).Error(); text != "OpenSSL error 4000 of library 20" {
		t.Error(text)
	}
	if text := ossl.Alert(200).String(); text != "alert(200)" {
		t.Error(text)
	}
	for _, a := range []ossl.Alert{0, 10, 20, 22, 40, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 70, 71, 80, 86, 90, 109, 110, 112, 113, 115, 116, 120} {
		if strings.HasPrefix(a.String(), "alert(") {
			t.Errorf("alert %d has no name", uint8(a))
		}
	}
}

// Texts of errors that no test can bring about are made by hand.
func TestErrorText(t *testing.T) {
	for want, e := range map[string]*ossl.Error{
		"SSL_read: the peer closed the connection (close_notify)":            {Op: "SSL_read", Code: ossl.ErrorZeroReturn},
		"SSL_read: the connection has failed before, and only Close is left": {Op: "SSL_read", Code: ossl.ErrorSyscall},
		"SSL_write: broken pipe; the peer had already closed the connection": {Op: "SSL_write", Code: ossl.ErrorSyscall, Errno: unix.EPIPE},
		"SSL_get1_session: failed without a reason; there is no session yet": {Op: "SSL_get1_session"},
		"X: wrong version number (detail)":                                   {Op: "X", Queue: []ossl.Entry{{Text: "wrong version number", Data: "detail"}}},
		"X: a, b":                                                            {Op: "X", Queue: []ossl.Entry{{Text: "a"}, {Text: "b"}, {Text: "a"}}},
	} {
		if got := e.Error(); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
	if errors.Is(&ossl.Error{Code: ossl.ErrorSyscall}, io.ErrUnexpectedEOF) || !errors.Is(&ossl.Error{Code: ossl.ErrorZeroReturn}, io.EOF) {
		t.Error("the ends of a stream")
	}
	if bytes.Contains([]byte((&ossl.Error{}).Error()), []byte("\n")) {
		t.Error("more than a line")
	}
}
