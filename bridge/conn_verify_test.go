package bridge

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// TestVerifyServer has clients meet servers that they must refuse, and some that
// they must not.
func TestVerifyServer(t *testing.T) {
	good := testdata.ECDSA
	for _, tt := range []struct {
		name, as string
		chain    testdata.Chain
		want     ossl.VerifyResult
	}{
		{"good", "localhost", good, ossl.VerifyOK},
		{"absolute name", "localhost.", good, ossl.VerifyOK},
		{"upper case", "LocalHost", good, ossl.VerifyOK},
		{"IPv4", "127.0.0.1", good, ossl.VerifyOK},
		{"IPv6", "::1", good, ossl.VerifyOK},
		{"IPv6 in brackets", "[::1]", good, ossl.VerifyOK},
		{"wild card", "x.wild.example", testdata.SNI.Wild, ossl.VerifyOK},
		{"wild card, two labels", "x.y.wild.example", testdata.SNI.Wild, ossl.VerifyHostnameMismatch},
		{"wrong host", "localhost", testdata.Bad.WrongHost, ossl.VerifyHostnameMismatch},
		{"wrong IPv4", "127.0.0.2", good, ossl.VerifyIPAddressMismatch},
		{"wrong CA", "localhost", testdata.Bad.WrongCA, ossl.VerifyUnableToGetIssuerLocally},
		{"expired", "localhost", testdata.Bad.Expired, ossl.VerifyCertHasExpired},
		{"not yet valid", "localhost", testdata.Bad.NotYetValid, ossl.VerifyCertNotYetValid},
		{"self-signed", "localhost", testdata.Bad.SelfSigned, ossl.VerifyDepthZeroSelfSignedCert},
	} {
		for _, v := range versions {
			for _, server := range []impl{ours, theirs} {
				t.Run(tt.name+"/"+v.name+"/"+server.name, func(t *testing.T) {
					set := settings{version: v.version, chain: tt.chain}
					nc, ns := sockets(t, "tcp")
					s := server.server(t, ns, set)
					set.config = func(c *Config) { c.ServerName = tt.as }
					cerr, serr := tryShake(ourClient(t, nc, set), s)
					if tt.want == ossl.VerifyOK {
						must(t, errors.Join(cerr, serr))
						return
					}
					is(t, "client", cerr, tt.want)
					is(t, "client", cerr, ossl.ReasonCertificateVerifyFailed)
					wantHint(t, cerr)
					if serr == nil && v.version == ossl.TLS1_2Version {
						t.Error("the server has noticed nothing")
					}
					// The same server does for who does not care.
					nc, ns = sockets(t, "tcp")
					set.config = func(c *Config) { c.InsecureSkipVerify = true }
					c := ourClient(t, nc, set)
					s = server.server(t, ns, settings{version: v.version, chain: tt.chain})
					shake(t, c, s)
					lines(t, c, s)
				})
			}
		}
	}
}

// wantHint wants an error of OpenSSL's that says what to do.
func wantHint(t testing.TB, err error) {
	t.Helper()
	var e *ossl.Error
	if !errors.As(err, &e) || e.Hint() == "" || !strings.Contains(err.Error(), e.Hint()) {
		t.Errorf("no hint in %v", err)
	}
	var op *net.OpError
	if !errors.As(err, &op) || op.Source == nil || op.Addr == nil || op.Net != "tcp" {
		t.Errorf("no addresses in %#v", err)
	}
}

// TestServerNameAsked looks at what a client asks for.
func TestServerNameAsked(t *testing.T) {
	for name, want := range map[string]string{"localhost": "localhost", "localhost.": "localhost", "127.0.0.1": "", "::1": ""} {
		nc, ns := sockets(t, "tcp")
		asked := make(chan string, 1)
		cfg := theirServerConfig(t, settings{})
		cfg.GetConfigForClient = func(h *tls.ClientHelloInfo) (*tls.Config, error) {
			asked <- h.ServerName
			return nil, nil //nolint:nilnil // crypto/tls wants it so
		}
		c := ourClient(t, nc, settings{config: func(c *Config) { c.ServerName = name }})
		shake(t, c, tls.Server(ns, cfg))
		if got := <-asked; got != want {
			t.Errorf("%s: asked for %q, want %q", name, got, want)
		}
	}
}

// TestServerNameMissing makes no connection that would accept any name.
func TestServerNameMissing(t *testing.T) {
	ctx, err := (&Config{RootCAs: roots(testdata.ECDSA)}).NewClientCtx()
	must(t, err)
	defer ctx.Close()
	nc, _ := sockets(t, "tcp")
	before := ossl.Live()
	for _, opts := range []*ClientOptions{
		nil, {}, {ServerName: "."}, {ServerName: ".localhost"}, {ServerName: "local\x00host"}, {ServerName: "löcal"},
		{ServerName: "*.example"}, {ServerName: strings.Repeat("a", 300)},
	} {
		_, err := Client(nc, ctx, opts)
		var bad *ConfigError
		if !errors.As(err, &bad) || bad.Field != "ServerName" {
			t.Errorf("%+v: got %v", opts, err)
		}
	}
	leavesNothing(t, before)
}

// TestVerifyClient has servers ask for certificates. Under TLS 1.3 clients learn
// of a refusal by the first Read.
func TestVerifyClient(t *testing.T) {
	alert := func(n int) ossl.Reason { return ossl.MakeReason(20, 1000+n) } // ERR_LIB_SSL, SSL_AD_REASON_OFFSET
	for _, tt := range []struct {
		name  string
		auth  ClientAuth
		chain testdata.Chain
		want  error // of the server
		alert []ossl.Reason
	}{
		{"required, given", RequireClientCert, testdata.Client.ECDSA, nil, nil},
		{"required, RSA", RequireClientCert, testdata.Client.RSA, nil, nil},
		{"required, missing", RequireClientCert, testdata.Chain{}, ossl.ReasonPeerDidNotReturnACertificate, []ossl.Reason{alert(116), alert(40)}},
		{"required, wrong CA", RequireClientCert, testdata.Client.WrongCA, ossl.VerifyUnableToGetIssuerLocally, []ossl.Reason{ossl.ReasonTLSv1AlertUnknownCA}},
		{"required, expired", RequireClientCert, testdata.Client.Expired, ossl.VerifyCertHasExpired, []ossl.Reason{ossl.ReasonSSLv3AlertCertificateExpired}},
		{"requested, given", RequestClientCert, testdata.Client.ECDSA, nil, nil},
		{"requested, missing", RequestClientCert, testdata.Chain{}, nil, nil},
		{"requested, wrong CA", RequestClientCert, testdata.Client.WrongCA, ossl.VerifyUnableToGetIssuerLocally, []ossl.Reason{ossl.ReasonTLSv1AlertUnknownCA}},
		{"not asked", NoClientCert, testdata.Client.ECDSA, nil, nil},
	} {
		for _, v := range versions {
			t.Run(tt.name+"/"+v.name, func(t *testing.T) {
				nc, ns := sockets(t, "tcp")
				set := settings{version: v.version, config: func(c *Config) {
					if c.ClientAuth = tt.auth; tt.auth != NoClientCert {
						c.ClientCAs = Trust{File: testdata.Path(testdata.ClientRoots)}
					}
				}}
				s := ourServer(t, ns, set).(*Conn)
				set.config = func(c *Config) {
					if tt.chain.Cert != "" {
						c.Certificates = []Certificate{identity(tt.chain)}
					}
				}
				c := ourClient(t, nc, set)
				refused := make(chan error, 1)
				served := result(s.Handshake)
				cerr := c.(*Conn).Handshake()
				serr := soon(t, "server", served)
				if tt.want == nil {
					must(t, errors.Join(cerr, serr))
					lines(t, c, s)
					given := tt.chain.Cert != "" && tt.auth != NoClientCert
					if n := len(s.ConnectionState().PeerCertificates); (n > 0) != given {
						t.Errorf("the server has %d certificates of the client", n)
					}
					return
				}
				is(t, "server", serr, tt.want)
				wantHint(t, serr)
				if v.version == ossl.TLS1_2Version {
					refused <- cerr
				} else {
					must(t, cerr)
					_, err := c.Read(make([]byte, 1))
					refused <- err
				}
				err := <-refused
				for _, r := range tt.alert {
					if errors.Is(err, r) {
						wantHint(t, err)
						return
					}
				}
				t.Errorf("client: %v", err)
			})
		}
	}
}

// TestClientCANames looks at the names that a server sends to choose by.
func TestClientCANames(t *testing.T) {
	for name, trust := range map[string]Trust{
		"file": {File: testdata.Path(testdata.AllRoots)}, "folder": {Dir: testdata.Path(testdata.RootsDir)},
		"memory": {PEM: read(t, testdata.Path(testdata.AllRoots))},
	} {
		nc, ns := sockets(t, "tcp")
		s := ourServer(t, ns, settings{config: func(c *Config) { c.ClientAuth, c.ClientCAs = RequestClientCert, trust }})
		got := make(chan int, 1)
		cfg := theirClientConfig(t, settings{})
		cfg.GetClientCertificate = func(r *tls.CertificateRequestInfo) (*tls.Certificate, error) {
			got <- len(r.AcceptableCAs)
			return new(tls.Certificate), nil
		}
		shake(t, tls.Client(nc, cfg), s)
		if n := <-got; n != 5 {
			t.Errorf("%s: %d names, want 5", name, n)
		}
	}
}

// TestNotTLS meets peers that speak something else.
func TestNotTLS(t *testing.T) {
	t.Run("HTTP client", func(t *testing.T) {
		nc, ns := sockets(t, "tcp")
		_, err := io.WriteString(nc, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
		must(t, err)
		err = ourServer(t, ns, settings{}).(*Conn).Handshake()
		is(t, "server", err, ossl.ReasonHTTPRequest)
		wantHint(t, err)
	})
	t.Run("echo server", func(t *testing.T) {
		nc, ns := sockets(t, "tcp")
		go func() { _, _ = io.Copy(ns, ns) }()
		err := ourClient(t, nc, settings{}).(*Conn).Handshake()
		var e *ossl.Error
		if !errors.As(err, &e) || e.Code != ossl.ErrorSSL {
			t.Errorf("client: %v", err)
		}
	})
	t.Run("greeting first", func(t *testing.T) {
		nc, ns := sockets(t, "tcp")
		_, err := io.WriteString(ns, "220 mail.example ESMTP ready\r\n")
		must(t, err)
		err = ourClient(t, nc, settings{}).(*Conn).Handshake()
		is(t, "client", err, ossl.ReasonWrongVersionNumber)
		wantHint(t, err)
	})
	t.Run("silent end", func(t *testing.T) {
		nc, ns := sockets(t, "tcp")
		must(t, ns.Close())
		if err := ourClient(t, nc, settings{}).(*Conn).Handshake(); !gone(err) {
			t.Errorf("client: %v", err)
		}
	})
}

// TestOldProtocol meets peers that stopped at TLS 1.1.
func TestOldProtocol(t *testing.T) {
	old := settings{version: ossl.TLS1_1Version}
	nc, ns := sockets(t, "tcp")
	_, serr := tryShake(theirClient(t, nc, old), ourServer(t, ns, settings{}))
	is(t, "server", serr, ossl.ReasonUnsupportedProtocol)
	wantHint(t, serr)

	nc, ns = sockets(t, "tcp")
	cerr, _ := tryShake(ourClient(t, nc, settings{}), theirServer(t, ns, old))
	is(t, "client", cerr, ossl.ReasonTLSv1AlertProtocolVersion)
	wantHint(t, cerr)

	// By name it is still there.
	nc, ns = sockets(t, "tcp")
	reach := old
	reach.config = func(c *Config) { c.CipherList = "DEFAULT@SECLEVEL=0" }
	c, s := ourClient(t, nc, reach), ourServer(t, ns, reach)
	shake(t, c, s)
	lines(t, c, s)
}

// TestNoSharedCipher has the two sides want different things.
func TestNoSharedCipher(t *testing.T) {
	nc, ns := sockets(t, "tcp")
	set := settings{version: ossl.TLS1_2Version}
	set.config = func(c *Config) { c.CipherList = "ECDHE-ECDSA-AES128-GCM-SHA256" }
	s := ourServer(t, ns, set)
	set.config = func(c *Config) { c.CipherList = "ECDHE-ECDSA-AES256-GCM-SHA384" }
	cerr, serr := tryShake(ourClient(t, nc, set), s)
	is(t, "client", cerr, ossl.ReasonSSLv3AlertHandshakeFailure)
	is(t, "server", serr, ossl.ReasonNoSharedCipher)
	wantHint(t, serr)
}

// TestTrace wants every step of a handshake and of the shutdown, on both sides.
// The server starts when the client waits already.
func TestTrace(t *testing.T) {
	nc, ns := sockets(t, "tcp")
	c, s := ourClient(t, nc, settings{}).(*Conn), ourServer(t, ns, settings{}).(*Conn)
	var log [2]chan string
	for i, side := range []*Conn{c, s} {
		log[i] = make(chan string, 100)
		side.SetTrace(func(op string, w ossl.Want, err error) {
			log[i] <- op + ": " + w.String()
			if err != nil {
				t.Error(err)
			}
		})
	}
	shaken := result(c.Handshake)
	if first := soon(t, "first step", log[0]); first != "SSL_connect: read" {
		t.Errorf("first step of the client: %q", first)
	}
	must(t, s.Handshake())
	must(t, soon(t, "client", shaken))
	lines(t, c, s)
	must(t, c.Close())
	_, err := s.Read(make([]byte, 1))
	is(t, "server", err, io.EOF)
	must(t, s.Close())
	for i, op := range []string{"SSL_connect", "SSL_accept"} {
		close(log[i])
		var got []string
		for step := range log[i] {
			got = append(got, step)
		}
		if len(got) < 2 || got[len(got)-2] != op+": nothing" || got[len(got)-1] != "SSL_shutdown: nothing" {
			t.Errorf("got %q", got)
		}
	}
}
