package ossl_test

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// verify builds and verifies the chain of x by the trust of st.
func verify(t testing.TB, st *ossl.Store, x *ossl.X509, untrusted ...*ossl.X509) error {
	t.Helper()
	s := opened[*ossl.StoreCtx](t)(ossl.NewStoreCtx())
	must(t, s.Init(st, x, untrusted))
	return s.VerifyCert()
}

// hashDir is a folder of certificates and CRLs of one subject, as
// openssl-rehash(1) makes it.
func hashDir(t testing.TB, files map[string][]byte, subject *ossl.X509) string {
	t.Helper()
	dir := t.TempDir()
	for suffix, data := range files {
		must(t, os.WriteFile(filepath.Join(dir, fmt.Sprintf("%08x%s", subject.SubjectNameHash(), suffix)), data, 0o600))
	}
	return dir
}

// Chains verify, or do not, for the reason that the test data has them for.
func TestStoreCtx(t *testing.T) {
	for _, chain := range testdata.Servers() {
		st := storeOf(t, chainOf(t, chain.Roots)...)
		certs := chainOf(t, chain.Cert)
		s := opened[*ossl.StoreCtx](t)(ossl.NewStoreCtx())
		must(t, s.Init(st, certs[0], certs[1:]))
		must(t, s.VerifyCert())
		built, err := s.Get1Chain()
		must(t, err)
		t.Cleanup(func() { ossl.CloseX509s(built) })
		same(t, chain.Name, []any{len(built), s.GetError(), s.GetNumUntrusted()}, []any{3, ossl.VerifyOK, 2})
		for i, want := range []*ossl.X509{certs[0], certs[1], chainOf(t, chain.Roots)[0]} {
			if c, err := built[i].Cmp(want); c != 0 || err != nil {
				t.Error(chain.Name, i, c, err)
			}
		}
		wantErr(t, verify(t, st, certs[0]), ossl.VerifyUnableToGetIssuerLocally)
	}
	st := storeOf(t, chainOf(t, testdata.ECDSA.Roots)...)
	for _, tt := range []struct {
		chain testdata.Chain
		want  ossl.VerifyResult
		depth int
	}{
		{testdata.Bad.Expired, ossl.VerifyCertHasExpired, 0}, {testdata.Bad.NotYetValid, ossl.VerifyCertNotYetValid, 0},
		{testdata.Bad.WrongCA, ossl.VerifyUnableToGetIssuerLocally, 1}, {testdata.Bad.SelfSigned, ossl.VerifyDepthZeroSelfSignedCert, 0},
	} {
		certs := chainOf(t, tt.chain.Cert)
		s := opened[*ossl.StoreCtx](t)(ossl.NewStoreCtx())
		must(t, s.Init(st, certs[0], certs[1:]))
		err := s.VerifyCert()
		wantErr(t, err, tt.want)
		oneLine(t, err)
		same(t, tt.chain.Name, []any{s.GetError(), s.GetErrorDepth()}, []any{tt.want, tt.depth})
		current := opened[*ossl.X509](t)(s.Get1CurrentCert())
		if c, _ := current.Cmp(certs[tt.depth]); c != 0 {
			t.Error(tt.chain.Name, "is not about", current.GetSubjectName())
		}
		leaf := opened[*ossl.X509](t)(s.Get1Cert())
		if c, _ := leaf.Cmp(certs[0]); c != 0 {
			t.Error("another certificate was verified:", leaf.GetSubjectName())
		}
		s.SetError(ossl.VerifyOK)
		equal(t, "overruled", s.GetError(), ossl.VerifyOK)
	}
}

// What was given may be closed before it is used, and one StoreCtx serves many
// chains.
func TestStoreCtxOwnership(t *testing.T) {
	s := opened[*ossl.StoreCtx](t)(ossl.NewStoreCtx())
	for _, name := range []string{"Init", "set0"} {
		st, err := ossl.NewStore()
		must(t, err)
		certs, err := ossl.PEMReadX509s(readFile(t, testdata.ECDSA.Cert))
		must(t, err)
		roots, err := ossl.PEMReadX509s(readFile(t, testdata.ECDSA.Roots))
		must(t, err)
		if name == "Init" {
			must(t, st.AddCert(roots[0]))
		}
		must(t, s.Init(st, certs[0], certs[1:]))
		if name != "Init" {
			must(t, errors.Join(s.Set0TrustedStack(certs), s.Set0TrustedStack(roots)))
		}
		st.Close()
		ossl.CloseX509s(certs)
		ossl.CloseX509s(roots)
		must(t, s.VerifyCert())
	}
}

// Before Init there is nothing to verify, and no crash.
func TestStoreCtxNotReady(t *testing.T) {
	s := opened[*ossl.StoreCtx](t)(ossl.NewStoreCtx())
	x := leafOf(t, testdata.RSA)
	p := opened[*ossl.VerifyParam](t)(ossl.NewVerifyParam())
	s.SetFlags(ossl.FlagCRLCheck)
	s.SetTime(time.Now())
	s.SetDepth(3)
	_, err1 := s.Get1CurrentCert()
	_, err2 := s.Get1Cert()
	_, err3 := s.Get1CurrentIssuer()
	_, err4 := s.Get1Issuer(x)
	_, err5 := s.Get1Certs(x.GetIssuerX509Name())
	for i, err := range []error{s.VerifyCert(), s.SetParam(p), s.SetDefault("ssl_server"), s.SetPurpose(ossl.PurposeSSLServer), s.SetTrust(ossl.TrustSSLServer),
		s.Set0TrustedStack([]*ossl.X509{x}), s.Set0CRLs(nil), err1, err2, err3, err4, err5} {
		if err == nil {
			t.Error(i, "works without Init")
		} else {
			oneLine(t, err)
		}
	}
	chain, err := s.Get1Chain()
	same(t, "nothing", []any{len(chain), err, s.GetError(), s.GetErrorDepth(), s.GetNumUntrusted(), s.Peername()}, []any{0, nil, ossl.VerifyOK, 0, 0, ""})
	for _, err := range []error{s.Init(nil, x, nil), s.Init(storeOf(t), nil, nil), s.Init(storeOf(t), x, []*ossl.X509{nil}), s.Set0CRLs([]*ossl.CRL{nil}), s.Set0TrustedStack([]*ossl.X509{new(ossl.X509)})} {
		if err != ossl.ErrClosed {
			t.Error(err)
		}
	}
}

// Each rule changes the outcome, set on the StoreCtx, by parameters, or on the
// Store.
func TestVerifyRules(t *testing.T) {
	ca := newAuthority(t, "Rules")
	cert, _ := ca.issue(x509.Certificate{
		DNSNames: []string{"a.example", "*.b.example"}, EmailAddresses: []string{"me@a.example"}, IPAddresses: []net.IP{net.IPv4(192, 0, 2, 1)},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	})
	leaf, root := toX509(t, cert), toX509(t, ca.cert)
	expired := time.Now().Add(48 * time.Hour)
	type rule struct {
		name  string
		set   func(p *ossl.VerifyParam) error
		onCtx func(s *ossl.StoreCtx) error
		want  error
	}
	for _, r := range []rule{
		{"host", func(p *ossl.VerifyParam) error { return p.Set1Host("a.example") }, nil, nil},
		{"another host", func(p *ossl.VerifyParam) error { return p.Set1Host("other.example") }, nil, ossl.VerifyHostnameMismatch},
		{"one of two", func(p *ossl.VerifyParam) error {
			return errors.Join(p.Set1Host("other.example"), p.Add1Host("x.b.example"))
		}, nil, nil},
		{"no wildcards", func(p *ossl.VerifyParam) error {
			return errors.Join(p.SetHostflags(ossl.CheckFlagNoWildcards), p.Set1Host("x.b.example"))
		}, nil, ossl.VerifyHostnameMismatch},
		{"e-mail", func(p *ossl.VerifyParam) error { return p.Set1Email("me@a.example") }, nil, nil},
		{"another e-mail", func(p *ossl.VerifyParam) error { return p.Set1Email("you@a.example") }, nil, ossl.VerifyResult(63)},
		{"address", func(p *ossl.VerifyParam) error { return p.Set1IP([]byte{192, 0, 2, 1}) }, nil, nil},
		{"another address", func(p *ossl.VerifyParam) error { return p.Set1IPAsc("192.0.2.2") }, nil, ossl.VerifyIPAddressMismatch},
		{"server", func(p *ossl.VerifyParam) error { return p.SetPurpose(ossl.PurposeSSLServer) }, func(s *ossl.StoreCtx) error { return s.SetPurpose(ossl.PurposeSSLServer) }, nil},
		{"client", func(p *ossl.VerifyParam) error { return p.SetPurpose(ossl.PurposeSSLClient) }, func(s *ossl.StoreCtx) error { return s.SetPurpose(ossl.PurposeSSLClient) }, ossl.VerifyInvalidPurpose},
		{"defaults for a client", nil, func(s *ossl.StoreCtx) error { return s.SetDefault("ssl_client") }, ossl.VerifyInvalidPurpose},
		{"trust", func(p *ossl.VerifyParam) error { return p.SetTrust(ossl.TrustSSLServer) }, func(s *ossl.StoreCtx) error { return s.SetTrust(ossl.TrustSSLServer) }, nil},
		{"time", func(p *ossl.VerifyParam) error { return p.SetTime(expired) }, func(s *ossl.StoreCtx) error { s.SetTime(expired); return nil }, ossl.VerifyCertHasExpired},
		{"no time", func(p *ossl.VerifyParam) error {
			return errors.Join(p.SetTime(expired), p.ClearFlags(ossl.FlagUseCheckTime), p.SetFlags(ossl.FlagNoCheckTime))
		}, nil, nil},
		{"CRL", func(p *ossl.VerifyParam) error { return p.SetFlags(ossl.FlagCRLCheck) }, func(s *ossl.StoreCtx) error { s.SetFlags(ossl.FlagCRLCheck); return nil }, ossl.VerifyResult(3)},
		{"strength", func(p *ossl.VerifyParam) error { return p.SetAuthLevel(5) }, nil, ossl.VerifyResult(66)},
		{"policy", func(p *ossl.VerifyParam) error {
			return errors.Join(p.Add0Policy("1.2.3.4"), p.SetFlags(ossl.FlagExplicitPolicy))
		}, nil, ossl.VerifyResult(43)},
	} {
		t.Run(r.name, func(t *testing.T) {
			judge := func(how string, st *ossl.Store, set func(s *ossl.StoreCtx) error) {
				t.Helper()
				s := opened[*ossl.StoreCtx](t)(ossl.NewStoreCtx())
				must(t, s.Init(st, leaf, nil))
				must(t, set(s))
				if err := s.VerifyCert(); !errors.Is(err, r.want) && (err != nil || r.want != nil) {
					t.Errorf("%s: %v, want %v", how, err, r.want)
				}
			}
			if r.set != nil {
				p := opened[*ossl.VerifyParam](t)(ossl.NewVerifyParam())
				must(t, r.set(p))
				judge("parameters", storeOf(t, root), func(s *ossl.StoreCtx) error { return s.SetParam(p) })
				st := storeOf(t, root)
				must(t, st.Set1Param(p))
				judge("Store", st, func(s *ossl.StoreCtx) error { return nil })
			}
			if r.onCtx != nil {
				judge("StoreCtx", storeOf(t, root), r.onCtx)
			}
		})
	}
	st := storeOf(t, root)
	must(t, st.SetPurpose(ossl.PurposeSSLClient))
	wantErr(t, verify(t, st, leaf), ossl.VerifyInvalidPurpose)

	rejecting := opened[*ossl.X509](t)(root.Dup())
	must(t, rejecting.Add1RejectObject("serverAuth"))
	st = storeOf(t, rejecting)
	must(t, st.SetTrust(ossl.TrustSSLServer))
	wantErr(t, verify(t, st, leaf), ossl.VerifyResult(28)) // certificate rejected
	s := opened[*ossl.StoreCtx](t)(ossl.NewStoreCtx())
	must(t, s.Init(storeOf(t, root), leaf, nil))
	p := opened[*ossl.VerifyParam](t)(ossl.NewVerifyParam())
	must(t, errors.Join(p.Set1Host("x.b.example"), s.SetParam(p), s.VerifyCert()))
	equal(t, "matched", s.Peername(), "*.b.example")
}

// Depth bounds the intermediates, and a partial chain ends where trust begins.
func TestVerifyChainLength(t *testing.T) {
	certs, roots := chainOf(t, testdata.RSA.Cert), chainOf(t, testdata.RSA.Roots)
	for depth, want := range map[int]error{0: ossl.VerifyCertChainTooLong, 1: nil, 5: nil} {
		st := storeOf(t, roots...)
		must(t, st.SetDepth(depth))
		onStore := verify(t, st, certs[0], certs[1])
		s := opened[*ossl.StoreCtx](t)(ossl.NewStoreCtx())
		must(t, s.Init(storeOf(t, roots...), certs[0], certs[1:]))
		s.SetDepth(depth)
		for _, err := range []error{onStore, s.VerifyCert()} {
			if (err != nil) != (want != nil) {
				t.Errorf("depth %d: %v, want %v", depth, err, want)
			}
		}
	}
	st := storeOf(t, certs[1])
	wantErr(t, verify(t, st, certs[0]), ossl.VerifyUnableToGetIssuerCert)
	must(t, st.SetFlags(ossl.FlagPartialChain))
	must(t, verify(t, st, certs[0]))
}

// CRLs of the StoreCtx count beside those of the Store.
func TestStoreCtxCRLs(t *testing.T) {
	ca := newAuthority(t, "CRLs")
	cert, _ := ca.issue(x509.Certificate{})
	revoked := opened[*ossl.CRL](t)(ossl.D2IX509CRL(ca.crl(x509.RevocationListEntry{SerialNumber: cert.SerialNumber, RevocationTime: time.Now()})))
	empty := opened[*ossl.CRL](t)(ossl.D2IX509CRL(ca.crl()))
	for crl, want := range map[*ossl.CRL]ossl.VerifyResult{revoked: ossl.VerifyCertRevoked, empty: ossl.VerifyOK} {
		s := opened[*ossl.StoreCtx](t)(ossl.NewStoreCtx())
		must(t, s.Init(storeOf(t, toX509(t, ca.cert)), toX509(t, cert), nil))
		s.SetFlags(ossl.FlagCRLCheck)
		must(t, s.Set0CRLs([]*ossl.CRL{crl}))
		if err := s.VerifyCert(); (err == nil) != (want == ossl.VerifyOK) || s.GetError() != want {
			t.Error(err, want)
		}
		if want != ossl.VerifyOK {
			issuer := opened[*ossl.X509](t)(s.Get1CurrentIssuer())
			equal(t, "issuer", issuer.GetSubjectName(), ca.cert.Subject.String())
		}
	}
}

// The Store is asked for issuers and subjects, and lists what it holds.
func TestStoreContents(t *testing.T) {
	ca := newAuthority(t, "Contents")
	cert, _ := ca.issue(x509.Certificate{Subject: pkix.Name{CommonName: "leaf"}})
	root, leaf := toX509(t, ca.cert), toX509(t, cert)
	st := storeOf(t, root)
	must(t, st.AddCRL(opened[*ossl.CRL](t)(ossl.D2IX509CRL(ca.crl()))))
	certs, crls, err := st.Get1Objects()
	must(t, err)
	defer ossl.CloseX509s(certs)
	for _, c := range crls {
		defer c.Close()
	}
	if len(certs) != 1 || len(crls) != 1 || certs[0].GetSubjectName() != ca.cert.Subject.String() || crls[0].GetIssuer().String() != ca.cert.Subject.String() {
		t.Error(certs, crls)
	}
	s := opened[*ossl.StoreCtx](t)(ossl.NewStoreCtx())
	must(t, s.Init(st, leaf, nil))
	issuer := opened[*ossl.X509](t)(s.Get1Issuer(leaf))
	if c, err := issuer.Cmp(root); c != 0 || err != nil {
		t.Error("another issuer", err)
	}
	if _, err := s.Get1Issuer(leafOf(t, testdata.RSA)); err == nil {
		t.Error("an issuer out of nothing")
	}
	dir := storeOf(t)
	must(t, dir.AddLookupDir(hashDir(t, map[string][]byte{".0": pemOf("CERTIFICATE", ca.cert.Raw)}, root), ossl.FiletypePEM))
	for _, st := range []*ossl.Store{st, dir} {
		must(t, s.Init(st, leaf, nil))
		found, err := s.Get1Certs(leaf.GetIssuerX509Name())
		if err != nil || len(found) != 1 {
			t.Error(found, err)
		}
		ossl.CloseX509s(found)
		found, err = s.Get1Certs(leaf.GetSubjectX509Name())
		if err != nil || len(found) != 0 {
			t.Error(found, err)
		}
	}
	ref, err := st.UpRef()
	must(t, err)
	st.Close()
	must(t, verify(t, ref, leaf))
	closedAndNil(t, ref)
}

func TestVerifyParam(t *testing.T) {
	p := opened[*ossl.VerifyParam](t)(ossl.NewVerifyParam())
	same(t, "new", []any{p.GetDepth(), p.GetAuthLevel(), p.GetTime(), p.Get0Host(0), p.Get0Email(), p.Get1IPAsc(), p.Get0Name(), p.Get0Peername()},
		[]any{-1, -1, time.Time{}, "", "", "", "", ""})
	at := time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)
	must(t, errors.Join(p.SetDepth(3), p.SetAuthLevel(2), p.SetTime(at), p.Set1Host("a.example"), p.Add1Host("b.example"), p.Set1Email("x@a.example"),
		p.Set1IPAsc("2001:db8::1"), p.Set1Name("mine"), p.SetFlags(ossl.FlagCRLCheck|ossl.FlagX509Strict), p.ClearFlags(ossl.FlagX509Strict),
		p.SetHostflags(ossl.CheckFlagNoWildcards), p.SetInhFlags(4)))
	check := func(what string, p *ossl.VerifyParam) {
		t.Helper()
		if what != "set" && ossl.OpenSSLVersionNum() >= openssl40 {
			t.Logf("%s: names not compared, OpenSSL 4.0 copies them without the zero byte at their end", what)
			return
		}
		same(t, what, []any{p.GetDepth(), p.GetAuthLevel(), p.GetTime(), p.Get0Host(0), p.Get0Host(1), p.Get0Host(2), p.Get0Email(), p.Get1IPAsc(), p.GetHostflags()},
			[]any{3, 2, at, "a.example", "b.example", "", "x@a.example", "2001:DB8:0:0:0:0:0:1", ossl.CheckFlagNoWildcards})
		equal(t, what, p.GetFlags(), ossl.FlagCRLCheck|ossl.FlagUseCheckTime)
	}
	check("set", p)
	same(t, "name", []any{p.Get0Name(), p.GetInhFlags()}, []any{"mine", uint32(4)})
	q, r := opened[*ossl.VerifyParam](t)(ossl.NewVerifyParam()), opened[*ossl.VerifyParam](t)(ossl.NewVerifyParam())
	must(t, p.SetInhFlags(0))
	must(t, q.Set1(p))
	check("Set1", q)
	must(t, errors.Join(r.SetDepth(9), r.Inherit(p)))
	equal(t, "Inherit keeps", r.GetDepth(), 9)
	equal(t, "Inherit brings", strings.HasPrefix(r.Get0Host(0), "a.example"), true)
	must(t, errors.Join(p.Set1Host(""), p.Set1Email(""), p.Set1IP(nil)))
	same(t, "taken away", []any{p.Get0Host(0), p.Get0Email(), p.Get1IPAsc()}, []any{"", "", ""})

	st := storeOf(t)
	must(t, st.Set1Param(q))
	check("of a Store", opened[*ossl.VerifyParam](t)(st.GetParam()))
	server := opened[*ossl.VerifyParam](t)(ossl.VerifyParamLookup("ssl_server"))
	must(t, q.Set1(server))
	for i, err := range []error{
		func() error { _, err := ossl.VerifyParamLookup("nosuch"); return err }(), func() error { _, err := ossl.VerifyParamLookup("default\x00"); return err }(),
		p.Set1IPAsc("not an address"), p.Set1IP([]byte{1, 2, 3}), p.Add0Policy("no such policy"), p.SetPurpose(4711), p.Set1Host("a\x00b"), p.SetTrust(4711),
	} {
		if err == nil {
			t.Error(i, "is accepted")
		} else {
			oneLine(t, err)
		}
	}
	if err := p.Set1(nil); err != ossl.ErrClosed {
		t.Error(err)
	}
	closedAndNil(t, p)
	s, err := ossl.NewStoreCtx()
	must(t, err)
	closedAndNil(t, s)
}
