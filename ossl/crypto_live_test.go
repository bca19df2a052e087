package ossl_test

import (
	"crypto/x509"
	"testing"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// everyObject opens one of each type that is not about a connection.
func everyObject(t testing.TB) map[string]interface{ Close() } {
	t.Helper()
	ca := newAuthority(t, "Live")
	all := map[string]interface{ Close() }{}
	add := func(name string, o interface{ Close() }, err error) {
		t.Helper()
		must(t, err)
		all[name] = o
	}
	crl, err := ossl.D2IX509CRL(ca.crl())
	add("CRL", crl, err)
	sc, err := ossl.NewStoreCtx()
	add("StoreCtx", sc, err)
	vp, err := ossl.NewVerifyParam()
	add("VerifyParam", vp, err)
	os, err := ossl.OSSLStoreOpen(testdata.Path(testdata.RSA.Cert), "")
	add("OSSLStore", os, err)
	rq, err := ossl.NewOCSPRequest()
	add("OCSPRequest", rq, err)
	rs, err := ossl.OCSPResponseCreate(ossl.OCSPTryLater, nil)
	add("OCSPResponse", rs, err)
	bs, err := ossl.NewOCSPBasicResp()
	add("OCSPBasicResp", bs, err)
	nc, err := ossl.NConfLoadBio([]byte("a = b\n"))
	add("Conf", nc, err)
	if ossl.HasEngine() {
		e, err := ossl.EngineByID("dynamic")
		add("Engine", e, err)
	}
	return all
}

// Live counts each of them, up and down.
func TestLiveCrypto(t *testing.T) {
	before := ossl.Live()
	all := everyObject(t)
	got := ossl.Live()
	engines := before.Engine
	if ossl.HasEngine() {
		engines++
	}
	same(t, "open", []int64{got.CRL, got.StoreCtx, got.VerifyParam, got.OSSLStore, got.OCSPRequest, got.OCSPResponse, got.OCSPBasicResp, got.Conf, got.Engine},
		[]int64{before.CRL + 1, before.StoreCtx + 1, before.VerifyParam + 1, before.OSSLStore + 1, before.OCSPRequest + 1, before.OCSPResponse + 1, before.OCSPBasicResp + 1, before.Conf + 1, engines})
	for _, o := range all {
		o.Close()
		o.Close()
	}
	same(t, "closed", ossl.Live(), before)
}

// What nobody closes the collector does, and counts.
func TestForgottenCrypto(t *testing.T) {
	before := ossl.Live()
	n := int64(0)
	func() { n = int64(len(everyObject(t))) }()
	forget(t, before.Leaked, n)
	after := ossl.Live()
	after.Leaked = before.Leaked
	same(t, "open", after, before)
}

// A failing constructor leaves nothing behind.
func TestCryptoFailuresLeakNothing(t *testing.T) {
	ca := newAuthority(t, "Leak")
	cert, _ := ca.issue(x509.Certificate{})
	x := toX509(t, cert)
	before := ossl.Live()
	bad := []byte("garbage")
	for range 50 {
		_, _ = ossl.D2IX509CRL(bad)
		_, _ = ossl.PKCS12Parse(bad, "x")
		_, _ = ossl.D2IOCSPRequest(bad)
		_, _ = ossl.D2IOCSPResponse(bad)
		_, _ = ossl.D2IOCSPBasicResp(bad)
		_, _ = ossl.OSSLStoreOpen("nosuch:x", "pass")
		_, _ = ossl.OSSLStoreLoadPKey("/no/such/file", "pass")
		_, _ = ossl.NConfLoad("/no/such/file")
		_, _ = ossl.NConfLoadBio([]byte("[x\n"))
		_, _ = ossl.EngineByID("nosuch")
		_, _ = ossl.VerifyParamLookup("nosuch")
		_, _ = ossl.PEMReadX509s(bad)
		_, _ = ossl.PEMX509InfoReadBio([]byte("-----BEGIN CERTIFICATE-----\n!\n"))
		_, _ = ossl.OCSPCertToID("NOSUCH", x, x)
		_ = x.Add1TrustObject("nosuch")
	}
	same(t, "open", ossl.Live(), before)
}
