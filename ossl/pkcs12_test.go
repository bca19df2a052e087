package ossl_test

import (
	"bytes"
	"testing"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// A file of openssl-pkcs12(1) is read, key, certificate and chain, and shakes
// hands.
func TestPKCS12Parse(t *testing.T) {
	const pass = "pässword"
	for _, chain := range testdata.Servers() {
		der := []byte(openssl(t, append(readFile(t, chain.Key), readFile(t, chain.Cert)...), "pkcs12", "-export", "-passout", "pass:"+pass))
		p := opened[*ossl.PKCS12](t)(ossl.PKCS12Parse(der, pass))
		must(t, p.Cert.CheckPrivateKey(p.Key))
		equal(t, "others", len(p.CA), 1)
		must(t, p.CA[0].CheckIssued(p.Cert))
		server := newCtx(t, func(c *ossl.Ctx) error { return c.UseCertificate(p.Cert) }, func(c *ossl.Ctx) error { return c.UsePrivateKey(p.Key) }, func(c *ossl.Ctx) error { return c.Add1ChainCert(p.CA[0]) })
		connect(t, clientCtx(t, chain), server)
		_, err := ossl.PKCS12Parse(der, "wrong")
		wantErr(t, err, ossl.ReasonPKCS12MacVerifyFailure)
		if _, err := ossl.PKCS12Parse(der[:len(der)/2], pass); err == nil {
			t.Error("half of it reads")
		} else {
			oneLine(t, err)
		}
	}
	for _, der := range [][]byte{nil, []byte("garbage"), readFile(t, testdata.DER.Cert)} {
		if _, err := ossl.PKCS12Parse(der, ""); err == nil {
			t.Errorf("%.10q reads", der)
		}
	}
	if _, err := ossl.PKCS12Parse(nil, "zero\x00"); err == nil {
		t.Error("a zero byte in the password")
	}
}

// What is written here the program reads, and so do we.
func TestPKCS12Create(t *testing.T) {
	chain := chainOf(t, testdata.ECDSA.Cert)
	key := keyOf(t, testdata.ECDSA)
	all := &ossl.PKCS12{Key: key, Cert: chain[0], CA: chain[1:]}
	for name, o := range map[string]ossl.PKCS12Options{
		"default": {}, "AES-128": {KeyPBE: ossl.OBJTxt2nid("AES-128-CBC"), CertPBE: ossl.OBJTxt2nid("AES-128-CBC"), Iter: 100, MacIter: 100},
		"in the clear": {KeyPBE: ossl.PBENone, CertPBE: ossl.PBENone},
	} {
		der, err := all.Create("pass", "friend", o)
		must(t, err)
		text := openssl(t, der, "pkcs12", "-passin", "pass:pass", "-nodes")
		if got := opened[*ossl.PKey](t)(ossl.PEMReadBioPrivateKey([]byte(text), "")); !got.Eq(key) || !bytes.Contains([]byte(text), []byte("friendlyName: friend")) {
			t.Error(name, text)
		}
		p := opened[*ossl.PKCS12](t)(ossl.PKCS12Parse(der, "pass"))
		if c, err := p.Cert.Cmp(chain[0]); c != 0 || err != nil || len(p.CA) != 1 || !p.Key.Eq(key) || p.Cert.Aux().Alias != "friend" {
			t.Error(name, c, err, len(p.CA))
		}
	}
	der, err := (&ossl.PKCS12{CA: chain}).Create("", "", ossl.PKCS12Options{})
	must(t, err)
	p := opened[*ossl.PKCS12](t)(ossl.PKCS12Parse(der, ""))
	if p.Key != nil || p.Cert != nil || len(p.CA) != 2 {
		t.Error("certificates alone come back as", p)
	}
	if _, err := (&ossl.PKCS12{Key: keyOf(t, testdata.RSA), Cert: chain[0]}).Create("pass", "", ossl.PKCS12Options{}); err == nil {
		t.Error("a key of another certificate")
	} else {
		oneLine(t, err)
	}
	gone := leafOf(t, testdata.RSA)
	gone.Close()
	for _, p := range []*ossl.PKCS12{nil, {Cert: gone}, {CA: []*ossl.X509{nil}}} {
		if _, err := p.Create("", "", ossl.PKCS12Options{}); err != ossl.ErrClosed {
			t.Error(err)
		}
	}
}
