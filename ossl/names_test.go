package ossl_test

import (
	"bytes"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

func TestALPN(t *testing.T) {
	eachVersion(t, func(t *testing.T, v int) {
		for _, tt := range []struct {
			server, client []string
			want           string
		}{
			{[]string{"h2", "http/1.1"}, []string{"http/1.1", "h2"}, "h2"}, // the server's order counts
			{[]string{"http/1.1"}, []string{"h2", "http/1.1"}, "http/1.1"},
			{[]string{"h2"}, nil, ""},
			{nil, []string{"h2"}, ""},
			{[]string{strings.Repeat("x", 255)}, []string{strings.Repeat("x", 255)}, strings.Repeat("x", 255)},
		} {
			client, server := clientCtx(t, testdata.ECDSA, only(v)), serverCtx(t, testdata.ECDSA)
			must(t, errors.Join(client.SetAlpnProtos(tt.client...), server.SetAlpnSelect("replaced"), server.SetAlpnSelect(tt.server...)))
			p := connect(t, client, server)
			if c, s := p.client.ConnectionState().ALPN, p.server.ConnectionState().ALPN; c != tt.want || s != tt.want {
				t.Errorf("%v and %v make %q and %q", tt.server, tt.client, c, s)
			}
		}
		p := newPair(t, clientCtx(t, testdata.ECDSA, only(v)), serverCtx(t, testdata.ECDSA, func(c *ossl.Ctx) error { return c.SetAlpnSelect("h2") }))
		must(t, p.client.SetAlpnProtos("smtp"))
		cerr, serr := p.try()
		wantErr(t, cerr, ossl.ReasonTLSv1AlertNoApplicationProto)
		if a := alerted(t, cerr); a != 120 {
			t.Error(a)
		}
		wantErr(t, serr, ossl.ReasonNoApplicationProtocol)
	})
}

// vhosts is a server with several names.
func vhosts(t testing.TB) (fallback, a, b, wild *ossl.Ctx) {
	fallback = serverCtx(t, testdata.ECDSA)
	a, b, wild = serverCtx(t, testdata.SNI.A), serverCtx(t, testdata.SNI.B), serverCtx(t, testdata.SNI.Wild)
	for i, c := range []*ossl.Ctx{fallback, a, b, wild} {
		must(t, c.SetSessionIDContext([]byte{byte(i)}))
	}
	must(t, fallback.SetServerNames(map[string]*ossl.Ctx{"gone.example": b}))
	must(t, fallback.SetServerNames(map[string]*ossl.Ctx{"A.example": a, "b.example": b, "*.wild.example": wild, "localhost": fallback}))
	return fallback, a, b, wild
}

func TestServerNames(t *testing.T) {
	server, _, _, _ := vhosts(t)
	eachVersion(t, func(t *testing.T, v int) {
		for name, chain := range map[string]testdata.Chain{
			"": testdata.ECDSA, "localhost": testdata.ECDSA, "gone.example": testdata.ECDSA,
			"a.example": testdata.SNI.A, "A.EXAMPLE": testdata.SNI.A, "b.example": testdata.SNI.B,
			"x.wild.example": testdata.SNI.Wild, "x.y.wild.example": testdata.ECDSA, "wild.example": testdata.ECDSA,
			"xa.example": testdata.ECDSA, ".wild.example": testdata.ECDSA, "example": testdata.ECDSA, ".": testdata.ECDSA,
			strings.Repeat("x", 240) + ".wild.example": testdata.SNI.Wild, // 253 bytes, as long as names get
			strings.Repeat(".", 255):                   testdata.ECDSA,
			strings.Repeat("x", 255):                   testdata.ECDSA,
		} {
			client := clientCtx(t, testdata.ECDSA, only(v))
			p := newPair(t, client, server)
			if name != "" {
				must(t, p.client.SetTlsextHostName(name))
			}
			p.handshake()
			p.echo()
			if !bytes.Equal(p.client.ConnectionState().PeerCertificates[0], leafDER(t, chain)) {
				t.Errorf("%q is not answered by %s", name, chain.Name)
			}
			if got := p.server.ConnectionState().ServerName; got != name {
				t.Errorf("the server heard %q, want %q", got, name)
			}
		}
	})
	must(t, server.SetServerNames(nil))
	p := newPair(t, clientCtx(t, testdata.ECDSA), server)
	must(t, p.client.SetTlsextHostName("a.example"))
	p.handshake()
	if !bytes.Equal(p.client.ConnectionState().PeerCertificates[0], leafDER(t, testdata.ECDSA)) {
		t.Error("the names are still there")
	}
}

// With the name come verify mode and depth, options, version range and ALPN.
func TestServerNamesBringPolicy(t *testing.T) {
	ask := func(t *testing.T, server *ossl.Ctx, client *ossl.Ctx) (*pair, error, error) {
		p := newPair(t, client, server)
		must(t, p.client.SetTlsextHostName("a.example"))
		cerr, serr := p.try()
		return p, cerr, serr
	}
	t.Run("verify mode", func(t *testing.T) {
		eachVersion(t, func(t *testing.T, v int) {
			server, a, _, _ := vhosts(t)
			must(t, demand(a))
			_, _, serr := ask(t, server, clientCtx(t, testdata.ECDSA, only(v)))
			wantErr(t, serr, ossl.ReasonPeerDidNotReturnACertificate)
			p, cerr, serr := ask(t, server, clientCtx(t, testdata.ECDSA, only(v), identity(testdata.Client.ECDSA)))
			must(t, errors.Join(cerr, serr))
			p.echo()
			connect(t, clientCtx(t, testdata.ECDSA, only(v)), server) // nobody else is asked
		})
	})
	t.Run("no verify mode", func(t *testing.T) {
		server, _, _, _ := vhosts(t)
		must(t, demand(server))
		_, cerr, serr := ask(t, server, clientCtx(t, testdata.ECDSA))
		must(t, errors.Join(cerr, serr))
	})
	t.Run("verify depth", func(t *testing.T) {
		server, a, _, _ := vhosts(t)
		must(t, demand(a))
		a.SetVerifyDepth(0)
		_, _, serr := ask(t, server, clientCtx(t, testdata.ECDSA, identity(testdata.Client.ECDSA)))
		wantErr(t, serr, ossl.ReasonCertificateVerifyFailed)
	})
	t.Run("options", func(t *testing.T) {
		for _, onA := range []bool{false, true} {
			server, a, _, _ := vhosts(t)
			server.SetSessionCacheMode(ossl.SessCacheOff)
			a.SetSessionCacheMode(ossl.SessCacheOff)
			if onA {
				a.SetOptions(ossl.OpNoTicket)
			} else {
				server.SetOptions(ossl.OpNoTicket)
			}
			p, cerr, serr := ask(t, server, clientCtx(t, testdata.ECDSA, only(ossl.TLS1_2Version)))
			must(t, errors.Join(cerr, serr))
			s, err := p.client.Get1Session()
			must(t, err)
			defer s.Close()
			if s.IsResumable() == onA {
				t.Errorf("OpNoTicket on the name's own Ctx %v: a ticket came %v", onA, s.IsResumable())
			}
		}
	})
	t.Run("version range", func(t *testing.T) {
		server, a, _, _ := vhosts(t)
		must(t, only(ossl.TLS1_2Version)(a))
		p, cerr, serr := ask(t, server, clientCtx(t, testdata.ECDSA))
		must(t, errors.Join(cerr, serr))
		if v := p.client.GetVersion(); v != "TLSv1.2" {
			t.Error(v)
		}
		must(t, a.SetMaxProtoVersion(0))
		must(t, a.SetMinProtoVersion(ossl.TLS1_3Version))
		_, _, serr = ask(t, server, clientCtx(t, testdata.ECDSA, only(ossl.TLS1_2Version)))
		wantErr(t, serr, ossl.ReasonUnsupportedProtocol)
	})
	t.Run("ALPN and client CAs", func(t *testing.T) {
		server, a, _, _ := vhosts(t)
		must(t, errors.Join(server.SetAlpnSelect("x"), a.SetAlpnSelect("h2")))
		p, cerr, serr := ask(t, server, clientCtx(t, testdata.ECDSA, func(c *ossl.Ctx) error { return c.SetAlpnProtos("h2", "x") }))
		must(t, errors.Join(cerr, serr))
		if got := p.client.ConnectionState().ALPN; got != "h2" {
			t.Error(got)
		}
	})
}

// A session made without a client certificate does not get past a name that
// demands one, and one made under such a name resumes there only.
func TestResumptionDoesNotBypassClientAuth(t *testing.T) {
	eachVersion(t, func(t *testing.T, v int) {
		server, a, _, _ := vhosts(t)
		a.SetVerify(ossl.VerifyPeer | ossl.VerifyFailIfNoPeerCert)
		must(t, a.LoadVerifyFile(testdata.Path(testdata.ClientRoots)))
		client := clientCtx(t, testdata.ECDSA, only(v))
		p := newPair(t, client, server)
		must(t, p.client.SetTlsextHostName("b.example"))
		p.handshake()
		p.echo()
		sess, err := p.client.Get1Session()
		must(t, err)
		defer sess.Close()

		try := func(name string, sess *ossl.Session, client *ossl.Ctx) (*pair, error) {
			p := newPair(t, client, server)
			must(t, p.client.SetTlsextHostName(name))
			must(t, p.client.SetSession(sess))
			_, serr := p.try()
			return p, serr
		}
		p, serr := try("b.example", sess, client)
		if serr != nil || !p.server.SessionReused() {
			t.Fatal("the session does not resume where it was made:", serr)
		}
		p, serr = try("a.example", sess, client)
		if serr == nil || p.server.SessionReused() {
			t.Fatal("client authentication bypassed")
		}
		wantErr(t, serr, ossl.ReasonPeerDidNotReturnACertificate)

		known := clientCtx(t, testdata.ECDSA, only(v), identity(testdata.Client.ECDSA))
		p = newPair(t, known, server)
		must(t, p.client.SetTlsextHostName("a.example"))
		p.handshake()
		p.echo()
		mutual, err := p.client.Get1Session()
		must(t, err)
		defer mutual.Close()
		p, serr = try("a.example", mutual, known)
		if serr != nil || !p.server.SessionReused() || len(p.server.ConnectionState().PeerCertificates) == 0 {
			t.Error("a mutual session does not resume:", serr)
		}
		if p, _ = try("b.example", mutual, known); p.server.SessionReused() {
			t.Error("a session of one name resumes under another")
		}
	})
}

// Without session id contexts a session would pass between names; libssl then
// refuses rather than resume without the certificate.
func TestResumptionWithoutSessionIDContext(t *testing.T) {
	eachVersion(t, func(t *testing.T, v int) {
		server, a := serverCtx(t, testdata.ECDSA), serverCtx(t, testdata.SNI.A)
		a.SetVerify(ossl.VerifyPeer | ossl.VerifyFailIfNoPeerCert)
		must(t, a.LoadVerifyFile(testdata.Path(testdata.ClientRoots)))
		must(t, server.SetServerNames(map[string]*ossl.Ctx{"a.example": a}))
		p := connect(t, clientCtx(t, testdata.ECDSA, only(v)), server)
		p.echo()
		sess, err := p.client.Get1Session()
		must(t, err)
		defer sess.Close()
		p = newPair(t, clientCtx(t, testdata.ECDSA, only(v)), server)
		must(t, errors.Join(p.client.SetTlsextHostName("a.example"), p.client.SetSession(sess)))
		_, serr := p.try()
		if serr == nil {
			t.Fatal("client authentication bypassed")
		}
		t.Log(serr)
	})
}

// SetServerNames holds on to the Ctxs of its map while C takes references,
// even when the caller has let go of them.
func TestServerNamesKeepsItsCtxs(t *testing.T) {
	before := ossl.Live().Leaked
	server := serverCtx(t, testdata.ECDSA)
	func() {
		names := map[string]*ossl.Ctx{}
		for i := range 100_000 {
			names[fmt.Sprintf("%06d.example", i)] = server
		}
		a, err := ossl.NewCtx(ossl.TLSMethod())
		must(t, err)
		must(t, identity(testdata.SNI.A)(a))
		names["a.example"] = a // sorts last, and is forgotten
		stop, done := make(chan struct{}), make(chan struct{})
		go func() {
			defer close(done)
			for {
				select {
				case <-stop:
					return
				default:
					runtime.GC()
				}
			}
		}()
		must(t, server.SetServerNames(names))
		close(stop)
		<-done
	}()
	p := newPair(t, clientCtx(t, testdata.ECDSA), server)
	must(t, p.client.SetTlsextHostName("a.example"))
	p.handshake()
	if !bytes.Equal(p.client.ConnectionState().PeerCertificates[0], leafDER(t, testdata.SNI.A)) {
		t.Error("answered by somebody else")
	}
	forget(t, before, 1)
}

// forget waits until the collector has found n objects that were left to it.
func forget(t testing.TB, before, n int64) {
	t.Helper()
	for range 100 {
		runtime.GC()
		if ossl.Live().Leaked-before >= n {
			break
		}
		runtime.Gosched()
	}
	if got := ossl.Live().Leaked - before; got != n {
		t.Errorf("%d objects counted as leaked, want %d", got, n)
	}
	forgotten += n
}
