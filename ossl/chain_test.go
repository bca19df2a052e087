package ossl_test

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// identityOf is the certificate, its key and the rest of its chain.
func identityOf(t *testing.T, c testdata.Chain) (leaf *ossl.X509, key *ossl.PKey, chain []*ossl.X509) {
	t.Helper()
	all, err := ossl.PEMReadX509s(readFile(t, c.Cert))
	must(t, err)
	key, err = ossl.PEMReadBioPrivateKey(readFile(t, c.Key), "")
	must(t, err)
	t.Cleanup(func() { ossl.CloseX509s(all); key.Close() })
	return all[0], key, all[1:]
}

func pemDER(t *testing.T, file string) []byte {
	t.Helper()
	b, _ := pem.Decode(readFile(t, file))
	if b == nil {
		t.Fatal("no PEM")
	}
	return b.Bytes
}

// Each way to give a server its identity, seen from the client.
func TestIdentities(t *testing.T) {
	leaf, key, chain := identityOf(t, testdata.ECDSA)
	cert, keyFile := testdata.Path(testdata.ECDSA.Cert), testdata.Path(testdata.ECDSA.Key)
	both := func(c *ossl.Ctx) { must(t, c.UseCertificate(leaf)); must(t, c.UsePrivateKey(key)) }
	sets := map[string]func(*ossl.Ctx, *ossl.SSL){
		"Ctx.UseCertAndKey": func(c *ossl.Ctx, _ *ossl.SSL) { must(t, c.UseCertAndKey(leaf, key, chain, false)) },
		"SSL.UseCertAndKey": func(_ *ossl.Ctx, s *ossl.SSL) { must(t, s.UseCertAndKey(leaf, key, chain, true)) },
		"Ctx.Set1Chain":     func(c *ossl.Ctx, _ *ossl.SSL) { both(c); must(t, c.Set1Chain(chain)) },
		"Ctx.Set0Chain":     func(c *ossl.Ctx, _ *ossl.SSL) { both(c); must(t, c.Set0Chain(chain)) },
		"Ctx.Add0ChainCert": func(c *ossl.Ctx, _ *ossl.SSL) { both(c); must(t, c.Add0ChainCert(chain[0])) },
		"Ctx.AddExtraChainCert": func(c *ossl.Ctx, _ *ossl.SSL) {
			both(c)
			must(t, c.AddExtraChainCert(chain[0]))
			extra := c.GetExtraChainCertsOnly()
			if len(extra) != 1 || len(c.Get0ChainCerts()) != 0 {
				t.Error(len(extra))
			}
			ossl.CloseX509s(extra)
		},
		"Ctx.Set1ChainCertStore": func(c *ossl.Ctx, _ *ossl.SSL) { both(c); must(t, c.Set1ChainCertStore(chainStore(t, chain))) },
		"Ctx.Set0ChainCertStore": func(c *ossl.Ctx, _ *ossl.SSL) { both(c); must(t, c.Set0ChainCertStore(chainStore(t, chain))) },
		"Ctx.BuildCertChain": func(c *ossl.Ctx, _ *ossl.SSL) {
			both(c)
			must(t, c.Set1ChainCertStore(chainStore(t, chain, testdata.ECDSA.Roots)))
			must(t, c.BuildCertChain(ossl.BuildChainFlagNoRoot))
		},
		"ASN1": func(c *ossl.Ctx, _ *ossl.SSL) {
			must(t, c.UseCertificateASN1(leafDER(t, testdata.ECDSA)))
			der, err := key.I2D()
			must(t, err)
			must(t, c.UsePrivateKeyASN1(ossl.NIDECPublicKey, der))
			must(t, c.Set1Chain(chain))
		},
		"SSL.Use": func(_ *ossl.Ctx, s *ossl.SSL) {
			must(t, s.UseCertificate(leaf))
			must(t, s.UsePrivateKey(key))
			must(t, s.Add1ChainCert(chain[0]))
			must(t, s.CheckPrivateKey())
		},
		"SSL.UseFiles": func(_ *ossl.Ctx, s *ossl.SSL) {
			must(t, s.UseCertificateFile(cert, ossl.FiletypePEM))
			must(t, s.UsePrivateKeyFile(keyFile, ossl.FiletypePEM))
			must(t, s.Add0ChainCert(chain[0]))
		},
		"SSL.UseCertificateChainFile": func(_ *ossl.Ctx, s *ossl.SSL) {
			must(t, s.UseCertificateChainFile(cert))
			must(t, s.UsePrivateKey(key))
		},
		"SSL.ASN1": func(_ *ossl.Ctx, s *ossl.SSL) {
			must(t, s.UseCertificateASN1(leafDER(t, testdata.ECDSA)))
			der, err := key.I2D()
			must(t, err)
			must(t, s.UsePrivateKeyASN1(ossl.NIDECPublicKey, der))
			must(t, s.Set0Chain(chain))
		},
		"SSL.Set1Chain": func(_ *ossl.Ctx, s *ossl.SSL) {
			must(t, s.UseCertAndKey(leaf, key, nil, true))
			must(t, s.Set1Chain(chain))
		},
		"SSL.Set1ChainCertStore": func(_ *ossl.Ctx, s *ossl.SSL) {
			must(t, s.UseCertAndKey(leaf, key, nil, true))
			must(t, s.Set1ChainCertStore(chainStore(t, chain)))
		},
		"SSL.Set0ChainCertStore": func(_ *ossl.Ctx, s *ossl.SSL) {
			must(t, s.UseCertAndKey(leaf, key, nil, true))
			must(t, s.Set0ChainCertStore(chainStore(t, chain)))
		},
		"SSL.BuildCertChain": func(_ *ossl.Ctx, s *ossl.SSL) {
			must(t, s.UseCertAndKey(leaf, key, nil, true))
			must(t, s.Set1ChainCertStore(chainStore(t, chain, testdata.ECDSA.Roots)))
			must(t, s.BuildCertChain(ossl.BuildChainFlagNoRoot))
		},
	}
	for name, set := range sets {
		t.Run(name, func(t *testing.T) {
			server := newCtx(t)
			set(server, newUnused(t))
			p := newPair(t, clientCtx(t, testdata.ECDSA), server)
			set(newCtx(t), p.server)
			p.handshake()
			sent := p.client.GetPeerCertChain()
			defer ossl.CloseX509s(sent)
			verified := p.client.Get0VerifiedChain()
			defer ossl.CloseX509s(verified)
			if len(sent) != 2 || len(verified) != 3 {
				t.Errorf("%d certificates sent, %d verified", len(sent), len(verified))
			}
			own, err := p.server.GetCertificate()
			must(t, err)
			defer own.Close()
			k, err := p.server.GetPrivatekey()
			must(t, err)
			defer k.Close()
			must(t, own.CheckPrivateKey(k))
			bare := newUnused(t)
			must(t, bare.UseCertificate(own))
			wantErr(t, bare.CheckPrivateKey(), ossl.ReasonNoPrivateKeyAssigned)
		})
	}
}

func chainStore(t *testing.T, chain []*ossl.X509, roots ...string) *ossl.Store {
	t.Helper()
	st, err := ossl.NewStore()
	must(t, err)
	t.Cleanup(st.Close)
	for _, x := range chain {
		must(t, st.AddCert(x))
	}
	for _, r := range roots {
		must(t, st.LoadFile(testdata.Path(r)))
	}
	return st
}

// A Ctx with two certificates, and which of them calls are about.
func TestCurrentCert(t *testing.T) {
	c := newCtx(t, identity(testdata.RSA), identity(testdata.ECDSA))
	ecdsa, _, _ := identityOf(t, testdata.ECDSA)
	rsa, _, _ := identityOf(t, testdata.RSA)
	type holder interface {
		SelectCurrentCert(*ossl.X509) error
		SetCurrentCert(ossl.CurrentCert) error
		Get0ChainCerts() []*ossl.X509
		ClearChainCerts() error
	}
	s := newSSL(t, c, -1)
	for name, h := range map[string]holder{"Ctx": c, "SSL": s} {
		der := func() []byte {
			get := c.Get0Certificate
			if name == "SSL" {
				get = s.GetCertificate
			}
			x, err := get()
			must(t, err)
			defer x.Close()
			b, err := x.I2D()
			must(t, err)
			return b
		}
		must(t, h.SelectCurrentCert(rsa))
		if !bytes.Equal(der(), leafDER(t, testdata.RSA)) {
			t.Errorf("%s: SelectCurrentCert chose another", name)
		}
		must(t, h.SetCurrentCert(ossl.CertSetFirst))
		if !bytes.Equal(der(), leafDER(t, testdata.RSA)) {
			t.Errorf("%s: the first one is another", name)
		}
		must(t, h.SetCurrentCert(ossl.CertSetNext))
		if !bytes.Equal(der(), leafDER(t, testdata.ECDSA)) {
			t.Errorf("%s: the next one is another", name)
		}
		if err := h.SetCurrentCert(ossl.CertSetNext); err == nil {
			t.Errorf("%s: a third one", name)
		}
		must(t, h.SelectCurrentCert(ecdsa))
		chain := h.Get0ChainCerts()
		if len(chain) != 1 {
			t.Errorf("%s: a chain of %d", name, len(chain))
		}
		ossl.CloseX509s(chain)
		must(t, h.ClearChainCerts())
		if h.Get0ChainCerts() != nil {
			t.Errorf("%s: still a chain", name)
		}
	}
	k, err := c.Get0Privatekey()
	must(t, err)
	defer k.Close()
	must(t, ecdsa.CheckPrivateKey(k))
	must(t, c.AddExtraChainCert(rsa))
	extra := c.GetExtraChainCerts()
	if len(extra) != 1 {
		t.Error(len(extra))
	}
	ossl.CloseX509s(extra)
	must(t, c.ClearExtraChainCerts())
	if got := c.GetExtraChainCertsOnly(); got != nil {
		t.Error(len(got))
	}
	s.CertsClear()
	if x, err := s.GetCertificate(); err == nil {
		x.Close()
		t.Error("CertsClear left one")
	}
}

// What CheckChain finds right about an identity.
func TestCheckChain(t *testing.T) {
	leaf, key, chain := identityOf(t, testdata.ECDSA)
	_, other, _ := identityOf(t, testdata.RSA)
	p := connect(t, clientCtx(t, testdata.ECDSA, only(ossl.TLS1_2Version)), serverCtx(t, testdata.ECDSA))
	if f := p.server.CheckChain(leaf, key, chain); f&ossl.CertPkeyValid == 0 {
		t.Errorf("%#x", f)
	}
	if f := p.server.CheckChain(nil, other, nil); f != 0 {
		t.Errorf("%#x", f)
	}
}

// Stores that are set can be had again, and there are none before.
func TestCertStores(t *testing.T) {
	c, s, st := newCtx(t), newUnused(t), chainStore(t, nil)
	type holder interface {
		Set1VerifyCertStore(*ossl.Store) error
		Get0VerifyCertStore() (*ossl.Store, error)
		Set1ChainCertStore(*ossl.Store) error
		Get0ChainCertStore() (*ossl.Store, error)
	}
	for _, h := range []holder{c, s} {
		for _, get := range []func() (*ossl.Store, error){h.Get0VerifyCertStore, h.Get0ChainCertStore} {
			if got, err := get(); err == nil {
				got.Close()
				t.Errorf("%T has a store", h)
			}
		}
		must(t, h.Set1VerifyCertStore(st))
		must(t, h.Set1ChainCertStore(st))
		for _, get := range []func() (*ossl.Store, error){h.Get0VerifyCertStore, h.Get0ChainCertStore} {
			got, err := get()
			must(t, err)
			got.Close()
		}
	}
}

// The places that OpenSSL was built with, and a URI.
func TestDefaultVerifyPlaces(t *testing.T) {
	t.Setenv("SSL_CERT_FILE", testdata.Path(testdata.ECDSA.Roots))
	t.Setenv("SSL_CERT_DIR", testdata.Path(testdata.RootsDir))
	for name, trust := range map[string]setup{
		"SetDefaultVerifyFile": (*ossl.Ctx).SetDefaultVerifyFile, "SetDefaultVerifyDir": (*ossl.Ctx).SetDefaultVerifyDir,
		"SetDefaultVerifyStore": (*ossl.Ctx).SetDefaultVerifyStore,
		"LoadVerifyStore":       func(c *ossl.Ctx) error { return c.LoadVerifyStore(testdata.Path(testdata.ECDSA.Roots)) },
		"nothing":               func(*ossl.Ctx) error { return nil },
	} {
		client := newCtx(t, trust)
		client.SetVerify(ossl.VerifyPeer)
		p := newPair(t, client, serverCtx(t, testdata.ECDSA))
		// In 3.5 there is no store by default (by_store.c), and so nothing is trusted.
		none := name == "nothing" || name == "SetDefaultVerifyStore" && ossl.OpenSSLVersionNum() >= openssl35
		if err, _ := p.try(); (err == nil) == none {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := newCtx(t).LoadVerifyStore("/no/such/file"); err == nil {
		t.Error("trusted nothing")
	}
}

// CA names go to the other side.
func TestCALists(t *testing.T) {
	file := testdata.Path(testdata.AllRoots)
	names, err := ossl.LoadClientCAFile(file)
	must(t, err)
	if len(names) < 5 {
		t.Fatalf("%d names", len(names))
	}
	again, err := ossl.AddFileCertSubjectsToStack(ossl.DupCAList(names), file)
	must(t, err)
	if len(again) != len(names) {
		t.Errorf("%d names after adding the same %d", len(again), len(names))
	}
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, "one.pem"), readFile(t, testdata.RSA.Roots), 0o600))
	fromDir, err := ossl.AddDirCertSubjectsToStack(names[:1], dir)
	must(t, err)
	fromURI, err := ossl.AddStoreCertSubjectsToStack(nil, testdata.Path(testdata.RSA.Roots))
	must(t, err)
	if len(fromDir) == 0 || len(fromURI) != 1 {
		t.Error(len(fromDir), len(fromURI))
	}
	for _, f := range []func([]ossl.X509Name, string) ([]ossl.X509Name, error){ossl.AddFileCertSubjectsToStack, ossl.AddDirCertSubjectsToStack, ossl.AddStoreCertSubjectsToStack} {
		if _, err := f(nil, "/no/such/thing"); err == nil {
			t.Error("names from nowhere")
		}
	}
	one := names[:1]
	leaf, _, _ := identityOf(t, testdata.RSA)
	for name, set := range map[string]func(*ossl.Ctx, *ossl.SSL) error{
		"Ctx.SetClientCAList": func(c *ossl.Ctx, _ *ossl.SSL) error { return c.SetClientCAList(one) },
		"SSL.SetClientCAList": func(_ *ossl.Ctx, s *ossl.SSL) error { return s.SetClientCAList(one) },
		"Ctx.Set0CAList":      func(c *ossl.Ctx, _ *ossl.SSL) error { return c.Set0CAList(one) },
		"SSL.Set0CAList":      func(_ *ossl.Ctx, s *ossl.SSL) error { return s.Set0CAList(one) },
		"Ctx.Add1ToCAList":    func(c *ossl.Ctx, _ *ossl.SSL) error { return c.Add1ToCAList(leaf) },
		"SSL.Add1ToCAList":    func(_ *ossl.Ctx, s *ossl.SSL) error { return s.Add1ToCAList(leaf) },
		"SSL.AddClientCA":     func(_ *ossl.Ctx, s *ossl.SSL) error { return s.AddClientCA(leaf) },
	} {
		t.Run(name, func(t *testing.T) {
			server := serverCtx(t, testdata.ECDSA, demand)
			must(t, set(server, newUnused(t)))
			p := newPair(t, clientCtx(t, testdata.ECDSA, identity(testdata.Client.ECDSA)), server)
			must(t, set(newCtx(t), p.server))
			p.handshake()
			got := p.client.Get0PeerCAList()
			if len(got) != 1 || len(p.client.GetClientCAList()) != 1 {
				t.Errorf("the server sent %d names: %v", len(got), got)
			}
			if ofCtx := len(server.GetClientCAList()) + len(server.Get0CAList()); (ofCtx > 0) != strings.HasPrefix(name, "Ctx.") {
				t.Errorf("the Ctx has %d names", ofCtx)
			}
			if len(server.GetClientCAList())+len(server.Get0CAList())+len(p.server.GetClientCAList())+len(p.server.Get0CAList()) == 0 {
				t.Error("the server has no list")
			}
		})
	}
	c, err := x509.ParseCertificate(pemDER(t, testdata.RSA.Roots))
	must(t, err)
	name, err := ossl.D2IX509Name(c.RawSubject)
	must(t, err)
	if fromURI[0] != name {
		t.Errorf("%v is not %v", fromURI[0], name)
	}
}

// Parameters come as a copy, and count when they are set.
func TestVerifyParams(t *testing.T) {
	client := clientCtx(t, testdata.ECDSA)
	p, err := client.Get0Param()
	must(t, err)
	defer p.Close()
	must(t, p.Set1Host("wrong.example"))
	q := newPair(t, client, serverCtx(t, testdata.ECDSA))
	q.handshake() // it is a copy
	must(t, client.Set1Param(p))
	q = newPair(t, client, serverCtx(t, testdata.ECDSA))
	err, _ = q.try()
	wantErr(t, err, ossl.VerifyHostnameMismatch)
	q = newPair(t, client, serverCtx(t, testdata.ECDSA))
	own, err := q.client.Get0Param()
	must(t, err)
	defer own.Close()
	if own.Get0Host(0) != "wrong.example" {
		t.Error(own.Get0Host(0))
	}
	must(t, own.Set1Host("server.example"))
	must(t, q.client.Set1Param(own))
	q.handshake()
}

// DH parameters of a server's own, or chosen by libssl.
func TestTmpDH(t *testing.T) {
	// PKCS#3 parameters of ffdhe2048, from RFC 7919.
	k, err := ossl.PEMReadBioParameters([]byte(ffdhe2048))
	must(t, err)
	defer k.Close()
	for name, set := range map[string]func(*ossl.Ctx, *ossl.SSL) error{
		"none":              nil,
		"Ctx.SetDHAuto":     func(c *ossl.Ctx, _ *ossl.SSL) error { return c.SetDHAuto(1) },
		"SSL.SetDHAuto":     func(_ *ossl.Ctx, s *ossl.SSL) error { return s.SetDHAuto(1) },
		"Ctx.Set0TmpDHPkey": func(c *ossl.Ctx, _ *ossl.SSL) error { return c.Set0TmpDHPkey(k) },
		"SSL.Set0TmpDHPkey": func(_ *ossl.Ctx, s *ossl.SSL) error { return s.Set0TmpDHPkey(k) },
	} {
		t.Run(name, func(t *testing.T) {
			server := serverCtx(t, testdata.RSA, only(ossl.TLS1_2Version))
			if set != nil {
				must(t, set(server, newUnused(t)))
			}
			p := newPair(t, clientCtx(t, testdata.RSA, func(c *ossl.Ctx) error { return c.SetCipherList("DHE-RSA-AES128-GCM-SHA256") }), server)
			if set != nil {
				must(t, set(newCtx(t), p.server))
			}
			// From 4.0 on libssl offers and picks the groups of RFC 7919 by itself.
			want := set != nil || ossl.OpenSSLVersionNum() >= openssl40
			if err, _ := p.try(); (err == nil) != want {
				t.Error(err)
			}
		})
	}
	_, rsa, _ := identityOf(t, testdata.RSA)
	if err := newCtx(t).Set0TmpDHPkey(rsa); err == nil {
		t.Error("took an RSA key")
	}
}

const ffdhe2048 = `-----BEGIN DH PARAMETERS-----
MIIBCAKCAQEA//////////+t+FRYortKmq/cViAnPTzx2LnFg84tNpWp4TZBFGQz
+8yTnc4kmz75fS/jY2MMddj2gbICrsRhetPfHtXV/WVhJDP1H18GbtCFY2VVPe0a
87VXE15/V8k1mE8McODmi3fipona8+/och3xWKE2rec1MKzKT0g6eXq8CrGCsyT7
YdEIqUuyyOP7uWrat2DX9GgdT0Kj3jlN9K5W7edjcrsZCwenyO4KbXCeAvzhzffi
7MA0BM0oNC9hkXL+nOmFg/+OTxIy7vKBg8P+OxtMb61zO7X8vC7CIAXFjvGDfRaD
ssbzSibBsu/6iGtCOGEoXJf//////////wIBAg==
-----END DH PARAMETERS-----
`
