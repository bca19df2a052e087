package bridge

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// TestALPN has both sides list protocols.
func TestALPN(t *testing.T) {
	eachPairing(t, func(t *testing.T, client, server impl, set settings) {
		for _, tt := range []struct {
			name           string
			client, server []string
			want           string
			fails          bool
		}{
			{"server's choice", []string{"a", "h2", "http/1.1"}, []string{"http/1.1", "h2"}, "http/1.1", false},
			{"client has none", nil, []string{"h2"}, "", false},
			{"server has none", []string{"h2"}, nil, "", false},
			{"nothing in common", []string{"a"}, []string{"b"}, "", true},
		} {
			nc, ns := sockets(t, "tcp")
			c, s := alpnSide(t, client, nc, set, tt.client, true), alpnSide(t, server, ns, set, tt.server, false)
			cerr, serr := tryShake(c, s)
			if tt.fails {
				if client.name == ours.name {
					is(t, tt.name+": client", cerr, ossl.ReasonTLSv1AlertNoApplicationProto)
					wantHint(t, cerr)
				}
				if server.name == ours.name {
					is(t, tt.name+": server", serr, ossl.ReasonNoApplicationProtocol)
				}
				if serr == nil {
					t.Error(tt.name, ": no error")
				}
				continue
			}
			must(t, errors.Join(cerr, serr))
			if got := []string{alpnOf(c), alpnOf(s)}; got[0] != tt.want || got[1] != tt.want {
				t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
			}
		}
	})
}

func alpnSide(t testing.TB, i impl, nc net.Conn, set settings, protos []string, client bool) net.Conn {
	t.Helper()
	set.config = func(c *Config) { c.ALPN = protos }
	switch {
	case i.name == ours.name && client:
		return ourClient(t, nc, set)
	case i.name == ours.name:
		return ourServer(t, nc, set)
	case client:
		cfg := theirClientConfig(t, set)
		cfg.NextProtos = protos
		return tls.Client(nc, cfg)
	default:
		cfg := theirServerConfig(t, set)
		cfg.NextProtos = protos
		return tls.Server(nc, cfg)
	}
}

func alpnOf(nc net.Conn) string {
	if c, ok := nc.(*tls.Conn); ok {
		return c.ConnectionState().NegotiatedProtocol
	}
	return nc.(*Conn).ConnectionState().ALPN
}

// namesConfig serves localhost, and three names with certificates of their own,
// of which b.example demands one of its clients.
func namesConfig() *Config {
	a := &Config{Certificates: []Certificate{identity(testdata.SNI.A)}, ALPN: []string{"only-a"}}
	return &Config{
		Certificates: []Certificate{identity(testdata.ECDSA)},
		ServerNames: map[string]*Config{
			"a.example": a,
			"B.Example.": {
				Certificates: []Certificate{identity(testdata.SNI.B)},
				ClientAuth:   RequireClientCert,
				ClientCAs:    Trust{File: testdata.Path(testdata.ClientRoots)},
			},
			"*.wild.example": {Certificates: []Certificate{identity(testdata.SNI.Wild)}, MaxVersion: ossl.TLS1_2Version},
		},
	}
}

// echoListener serves echoes on a Listener of ours until the test ends.
func echoListener(t testing.TB, cfg *Config) string {
	t.Helper()
	ln, err := Listen("tcp", "127.0.0.1:0", cfg)
	must(t, err)
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			nc, err := ln.Accept()
			if err != nil {
				return
			}
			serving.Go(func() {
				defer nc.Close()
				_, _ = io.Copy(nc, nc)
			})
		}
	})
	t.Cleanup(func() {
		must(t, ln.Close())
		serving.Wait()
	})
	return ln.Addr().String()
}

// TestServerNames asks one server for several names.
func TestServerNames(t *testing.T) {
	addr := echoListener(t, namesConfig())
	for _, tt := range []struct {
		name, want string
		withCert   bool
		version    int
	}{
		{"localhost", "server.example", false, ossl.TLS1_3Version},
		{"a.example", "a.example", false, ossl.TLS1_3Version},
		{"A.EXAMPLE", "a.example", false, ossl.TLS1_3Version},
		{"b.example", "b.example", true, ossl.TLS1_3Version},
		{"x.wild.example", "*.wild.example", false, ossl.TLS1_2Version},
		{"x.y.wild.example", "server.example", false, ossl.TLS1_3Version},
		{"wild.example", "server.example", false, ossl.TLS1_3Version},
		{"unknown.example", "server.example", false, ossl.TLS1_3Version},
		{"127.0.0.1", "server.example", false, ossl.TLS1_3Version},
	} {
		cfg := &Config{RootCAs: roots(testdata.ECDSA), ServerName: tt.name, InsecureSkipVerify: tt.want == "server.example"}
		if tt.withCert {
			cfg.Certificates = []Certificate{identity(testdata.Client.ECDSA)}
		}
		c, err := Dial("tcp", addr, cfg)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		st := c.ConnectionState()
		leaf, err := x509.ParseCertificate(st.PeerCertificates[0])
		must(t, err)
		if leaf.DNSNames[0] != tt.want || st.Version != tt.version {
			t.Errorf("%s: got the certificate of %q under %s", tt.name, leaf.DNSNames[0], st.VersionName)
		}
		ping(t, c)
		must(t, c.Close())
	}
}

// ping has an echo server answer.
func ping(t testing.TB, c net.Conn) {
	t.Helper()
	_, err := io.WriteString(c, "ping")
	must(t, err)
	got := make([]byte, 4)
	_, err = io.ReadFull(c, got)
	must(t, err)
}

// TestServerNamesPolicy tries to get around the demand of b.example: without a
// certificate, and by the session of another name.
func TestServerNamesPolicy(t *testing.T) {
	addr := echoListener(t, namesConfig())
	for _, v := range versions {
		t.Run(v.name, func(t *testing.T) {
			cfg := Config{RootCAs: roots(testdata.ECDSA), MaxVersion: v.version}
			session := func(name string, certs ...Certificate) *ossl.Session {
				cfg := cfg
				cfg.ServerName, cfg.Certificates = name, certs
				c, err := Dial("tcp", addr, &cfg)
				must(t, err)
				defer c.Close()
				ping(t, c)
				s, err := c.Session()
				must(t, err)
				if !s.IsResumable() {
					t.Error("the session is not resumable: this tests nothing")
				}
				t.Cleanup(s.Close)
				return s
			}
			refused := func(name string, s *ossl.Session) {
				cfg := cfg
				cfg.ServerName = name
				d := Dialer{Config: &cfg, Session: s}
				defer d.Close()
				c, err := d.Dial("tcp", addr)
				if err == nil {
					must(t, c.SetReadDeadline(time.Now().Add(patience/10)))
					_, err = c.Read(make([]byte, 1))
					_ = c.Close()
				}
				var e *ossl.Error
				if !errors.As(err, &e) {
					t.Errorf("%s: not refused: %v", name, err)
				}
			}
			refused("b.example", nil)
			refused("b.example", session("localhost"))
			refused("b.example", session("a.example"))
			// Its own session is resumed, and so the refusals above are no accident.
			own := session("b.example", identity(testdata.Client.ECDSA))
			cfg.ServerName = "b.example"
			d := Dialer{Config: &cfg, Session: own}
			defer d.Close()
			c, err := d.Dial("tcp", addr)
			must(t, err)
			defer c.Close()
			if !c.(*Conn).ConnectionState().Resumed {
				t.Error("the name's own session was not resumed")
			}
			ping(t, c)
		})
	}
}

// TestResumption resumes sessions between every pairing, and does not where it
// is told not to.
func TestResumption(t *testing.T) {
	for _, tt := range []struct {
		name string
		set  func(*Config)
		want map[int]bool // by version
	}{
		{"default", func(*Config) {}, map[int]bool{ossl.TLS1_2Version: true, ossl.TLS1_3Version: true}},
		{"no tickets of TLS 1.3", func(c *Config) { c.NumTickets = -1 }, map[int]bool{ossl.TLS1_2Version: true}},
		{"disabled", func(c *Config) { c.SessionTicketsDisabled = true }, nil},
	} {
		for _, v := range versions {
			cfg := &Config{Certificates: []Certificate{identity(testdata.ECDSA)}, MinVersion: v.version, MaxVersion: v.version}
			tt.set(cfg)
			addr := echoListener(t, cfg)
			t.Run(tt.name+"/"+v.name+"/ours", func(t *testing.T) {
				testResumption(t, addr, tt.want[v.version])
			})
			t.Run(tt.name+"/"+v.name+"/crypto-tls", func(t *testing.T) {
				cfg := theirClientConfig(t, settings{})
				cfg.ClientSessionCache = tls.NewLRUClientSessionCache(4)
				var resumed []bool
				for range 2 {
					c, err := tls.Dial("tcp", addr, cfg)
					must(t, err)
					ping(t, c)
					resumed = append(resumed, c.ConnectionState().DidResume)
					must(t, c.Close())
				}
				if resumed[0] || resumed[1] != tt.want[v.version] {
					t.Errorf("resumed: %v, want %v the second time", resumed, tt.want[v.version])
				}
			})
		}
	}
	for _, v := range versions {
		t.Run("of crypto-tls/"+v.name, func(t *testing.T) {
			ln, err := tls.Listen("tcp", "127.0.0.1:0", theirServerConfig(t, settings{version: v.version}))
			must(t, err)
			defer ln.Close()
			go func() {
				for {
					nc, err := ln.Accept()
					if err != nil {
						return
					}
					go func() { _, _ = io.Copy(nc, nc); _ = nc.Close() }()
				}
			}()
			testResumption(t, ln.Addr().String(), true)
		})
	}
}

// testResumption connects to an echo server twice.
func testResumption(t *testing.T, addr string, want bool) {
	d := Dialer{Config: &Config{RootCAs: roots(testdata.ECDSA), ServerName: "localhost"}}
	defer d.Close()
	for i := range 2 {
		c, err := d.Dial("tcp", addr)
		must(t, err)
		ping(t, c)
		if resumed := c.(*Conn).ConnectionState().Resumed; resumed != (want && i > 0) {
			t.Errorf("connection %d: resumed: %v, want %v", i+1, resumed, want)
		}
		s, err := c.(*Conn).Session()
		must(t, err)
		defer s.Close()
		must(t, c.Close())
		if d.Session = nil; s.IsResumable() {
			d.Session = s
		}
		if s.IsResumable() != want {
			t.Errorf("connection %d: resumable: %v", i+1, s.IsResumable())
		}
	}
}
