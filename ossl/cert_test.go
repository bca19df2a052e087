package ossl_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// Every kind of key shakes hands, on servers and on clients, and the other
// side sees its certificate.
func TestKeyTypes(t *testing.T) {
	kinds := map[string]string{"rsa": "RSA", "rsapss": "RSA-PSS", "ecdsa": "EC", "p384": "EC", "ed25519": "ED25519"}
	eachVersion(t, func(t *testing.T, v int) {
		for _, chain := range testdata.Servers() {
			t.Run(chain.Name, func(t *testing.T) {
				p := connect(t, clientCtx(t, chain, only(v)), serverCtx(t, chain))
				p.echo()
				if got := p.client.ConnectionState().PeerCertificates; len(got) != 2 || !bytes.Equal(got[0], leafDER(t, chain)) {
					t.Errorf("%d certificates, or the wrong ones", len(got))
				}
				k, err := ossl.PEMReadBioPrivateKey(readFile(t, chain.Key), "")
				must(t, err)
				defer k.Close()
				if k.GetTypeName() != kinds[chain.Name] || k.GetBits() < 253 {
					t.Error(k.GetTypeName(), k.GetBits())
				}
			})
		}
		for _, chain := range []testdata.Chain{testdata.Client.RSA, testdata.Client.ECDSA, testdata.Client.Ed25519} {
			t.Run(chain.Name, func(t *testing.T) {
				p := connect(t, clientCtx(t, testdata.ECDSA, only(v), identity(chain)), serverCtx(t, testdata.ECDSA, demand))
				p.echo()
				x, err := p.server.Get1PeerCertificate()
				must(t, err)
				defer x.Close()
				der, err := x.I2D()
				must(t, err)
				if !bytes.Equal(der, leafDER(t, chain)) {
					t.Error("the server has another certificate than the client sent")
				}
			})
		}
	})
}

func leafDER(t testing.TB, chain testdata.Chain) []byte {
	t.Helper()
	block, _ := pem.Decode(readFile(t, chain.Cert))
	if block == nil {
		t.Fatal("no PEM in", chain.Cert)
	}
	return block.Bytes
}

// Each way to load a certificate and its key makes a server that a client
// trusts.
func TestLoadIdentity(t *testing.T) {
	chain, der := testdata.RSA, testdata.DER
	path := testdata.Path
	addChain := func(c *ossl.Ctx) error {
		x, err := ossl.D2IX509(readFile(t, der.Intermediate))
		must(t, err)
		defer x.Close()
		return c.Add1ChainCert(x)
	}
	key := func(c *ossl.Ctx) error { return c.UsePrivateKeyFile(path(chain.Key), ossl.FiletypePEM) }
	useKey := func(k *ossl.PKey, err error) func(*ossl.Ctx) error {
		must(t, err)
		return func(c *ossl.Ctx) error { defer k.Close(); return c.UsePrivateKey(k) }
	}
	cert := func(c *ossl.Ctx) error { return c.UseCertificateChainFile(path(chain.Cert)) }
	encrypted := func(name string) func(c *ossl.Ctx) error {
		return func(c *ossl.Ctx) error {
			return errors.Join(c.SetDefaultPasswd("not this one"), c.SetDefaultPasswd(testdata.Passphrase), c.UsePrivateKeyFile(path(name), ossl.FiletypePEM))
		}
	}
	for name, load := range map[string][]setup{
		"chain file": {cert, key},
		"chain PEM":  {func(c *ossl.Ctx) error { return c.UseCertificateChainPEM(readFile(t, chain.Cert)) }, key},
		"noisy PEM":  {func(c *ossl.Ctx) error { return c.UseCertificateChainPEM(readFile(t, testdata.Odd.Noise)) }, key},
		"DER files": {func(c *ossl.Ctx) error { return c.UseCertificateFile(path(der.Cert), ossl.FiletypeASN1) }, addChain,
			func(c *ossl.Ctx) error { return c.UsePrivateKeyFile(path(der.Key), ossl.FiletypeASN1) }},
		"PEM file and chain": {func(c *ossl.Ctx) error { return c.UseCertificateFile(path(chain.Cert), ossl.FiletypePEM) }, addChain, key},
		"objects": {func(c *ossl.Ctx) error {
			x, err := ossl.PEMReadBioX509(readFile(t, chain.Cert))
			must(t, err)
			defer x.Close()
			return c.UseCertificate(x)
		}, addChain, useKey(ossl.D2IAutoPrivateKey(readFile(t, der.Key)))},
		"PKCS#1":                {cert, useKey(ossl.PEMReadBioPrivateKey(readFile(t, testdata.Keys.PKCS1), ""))},
		"encrypted PKCS#8":      {cert, useKey(ossl.PEMReadBioPrivateKey(readFile(t, testdata.Keys.EncryptedPKCS8), testdata.Passphrase))},
		"encrypted legacy":      {cert, useKey(ossl.PEMReadBioPrivateKey(readFile(t, testdata.Keys.EncryptedLegacy), testdata.Passphrase))},
		"encrypted PKCS#8 file": {cert, encrypted(testdata.Keys.EncryptedPKCS8)},
		"encrypted legacy file": {cert, encrypted(testdata.Keys.EncryptedLegacy)},
		"replaced":              {identity(testdata.RSA), identity(testdata.ECDSA), cert, key},
	} {
		t.Run(name, func(t *testing.T) {
			server := newCtx(t, load...)
			must(t, server.CheckPrivateKey())
			client := clientCtx(t, chain, func(c *ossl.Ctx) error { return c.Set1SigalgsList("RSA-PSS+SHA256") })
			p := connect(t, client, server)
			if n := len(p.client.ConnectionState().PeerCertificates); n != 2 {
				t.Errorf("%d certificates sent", n)
			}
		})
	}
}

// A Ctx holds one identity of each key type and picks what the client can do.
func TestTwoIdentities(t *testing.T) {
	server := serverCtx(t, testdata.RSA, identity(testdata.ECDSA))
	for sigalgs, chain := range map[string]testdata.Chain{"RSA-PSS+SHA256": testdata.RSA, "ECDSA+SHA256": testdata.ECDSA} {
		p := connect(t, clientCtx(t, chain, func(c *ossl.Ctx) error { return c.Set1SigalgsList(sigalgs) }), server)
		if !bytes.Equal(p.client.ConnectionState().PeerCertificates[0], leafDER(t, chain)) {
			t.Error(sigalgs, "brought another certificate")
		}
	}
}

func TestLoadIdentityFailures(t *testing.T) {
	encrypted := readFile(t, testdata.Keys.EncryptedPKCS8)
	legacy := readFile(t, testdata.Keys.EncryptedLegacy)
	for name, tt := range map[string]struct {
		f    func(c *ossl.Ctx) error
		want error
	}{
		"wrong passphrase":        {func(*ossl.Ctx) error { _, err := ossl.PEMReadBioPrivateKey(encrypted, "wrong"); return err }, ossl.ReasonBadDecrypt},
		"wrong passphrase legacy": {func(*ossl.Ctx) error { _, err := ossl.PEMReadBioPrivateKey(legacy, "wrong"); return err }, ossl.ReasonPEMBadDecrypt},
		"no passphrase":           {func(*ossl.Ctx) error { _, err := ossl.PEMReadBioPrivateKey(encrypted, ""); return err }, ossl.ReasonPEMBadPasswordRead},
		"passphrase longer than any buffer": {func(*ossl.Ctx) error {
			_, err := ossl.PEMReadBioPrivateKey(encrypted, strings.Repeat("x", 5000))
			return err
		}, ossl.ReasonPEMBadPasswordRead},
		"passphrase taken away": {func(c *ossl.Ctx) error {
			must(t, c.SetDefaultPasswd(testdata.Passphrase))
			must(t, c.SetDefaultPasswd(""))
			return c.UsePrivateKeyFile(testdata.Path(testdata.Keys.EncryptedPKCS8), ossl.FiletypePEM)
		}, ossl.ReasonPEMBadPasswordRead},
		"file wrong passphrase": {func(c *ossl.Ctx) error {
			must(t, c.SetDefaultPasswd("wrong"))
			return c.UsePrivateKeyFile(testdata.Path(testdata.Keys.EncryptedPKCS8), ossl.FiletypePEM)
		}, ossl.ReasonBadDecrypt},
		"mismatched": {identity(testdata.Bad.Mismatched), ossl.ReasonKeyValuesMismatch},
		"no key":     {func(c *ossl.Ctx) error { must(t, identity(testdata.RSA)(c)); return newCtx(t).CheckPrivateKey() }, ossl.ReasonNoCertificateAssigned},
		"truncated":  {func(c *ossl.Ctx) error { return c.UseCertificateChainPEM(readFile(t, testdata.Odd.Truncated)) }, ossl.ReasonPEMBadEndLine},
		"base64":     {func(c *ossl.Ctx) error { return c.UseCertificateChainPEM(readFile(t, testdata.Odd.BadBase64)) }, ossl.ReasonPEMBadBase64Decode},
		"empty":      {func(c *ossl.Ctx) error { return c.UseCertificateChainPEM(nil) }, ossl.ReasonPEMNoStartLine},
		"bad intermediate": {func(c *ossl.Ctx) error {
			return c.UseCertificateChainPEM(append(readFile(t, testdata.Client.RSA.Cert)[:0:0], append(readFile(t, testdata.RSA.Cert), readFile(t, testdata.Odd.Truncated)...)...))
		}, ossl.ReasonPEMBadEndLine},
	} {
		t.Run(name, func(t *testing.T) {
			err := tt.f(newCtx(t))
			wantErr(t, err, tt.want)
			var e *ossl.Error
			if !errors.As(err, &e) || e.Hint() == "" {
				t.Error("no hint")
			}
			for _, line := range strings.Split(err.Error(), "\n") { // identity joins two
				oneLine(t, errors.New(line))
			}
		})
	}
	for _, name := range []string{testdata.Odd.Garbage, testdata.Odd.TruncatedDER, testdata.Odd.TruncatedKey, testdata.Odd.Empty} {
		data := readFile(t, name)
		st, err := ossl.NewStore()
		must(t, err)
		defer st.Close()
		_, certErr := ossl.PEMReadBioX509(data)
		_, keyErr := ossl.PEMReadBioPrivateKey(data, "")
		_, derErr := ossl.D2IX509(data)
		_, derKeyErr := ossl.D2IAutoPrivateKey(data)
		_, sessErr := ossl.D2ISession(data)
		_, storeErr := st.AddPEM(data)
		for _, err := range []error{certErr, keyErr, derErr, derKeyErr, sessErr, storeErr, newCtx(t).UsePrivateKeyFile(testdata.Path(name), ossl.FiletypeASN1)} {
			var e *ossl.Error
			if !errors.As(err, &e) || e.Hint() == "" {
				t.Errorf("%s: no error, or no hint: %v", name, err)
				continue
			}
			oneLine(t, err)
		}
	}
}

func TestX509(t *testing.T) {
	x, err := ossl.PEMReadBioX509(readFile(t, testdata.ECDSA.Cert))
	must(t, err)
	defer x.Close()
	parsed, err := x.Certificate()
	must(t, err)
	if x.GetSubjectName() != parsed.Subject.String() || x.GetIssuerName() != parsed.Issuer.String() || x.GetVersion()+1 != parsed.Version {
		t.Errorf("%q, %q, %d; want %q, %q, %d", x.GetSubjectName(), x.GetIssuerName(), x.GetVersion(), parsed.Subject, parsed.Issuer, parsed.Version)
	}
	k, err := ossl.PEMReadBioPrivateKey(readFile(t, testdata.Keys.SEC1), "")
	must(t, err)
	defer k.Close()
	must(t, x.CheckPrivateKey(k))
	other, err := ossl.PEMReadBioPrivateKey(readFile(t, testdata.P384.Key), "")
	must(t, err)
	defer other.Close()
	if err := x.CheckPrivateKey(other); err == nil {
		t.Error("another key passes for the certificate's")
	} else {
		t.Log(err)
	}
	again, err := ossl.D2IX509(parsed.Raw)
	must(t, err)
	defer again.Close()
	if der, err := again.I2D(); err != nil || !bytes.Equal(der, parsed.Raw) {
		t.Error("DER changes on its way through", err)
	}
}

func TestPKeyFromGo(t *testing.T) {
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	must(t, err)
	for _, key := range []any{ec, ed} {
		k, err := ossl.NewPKey(key)
		must(t, err)
		defer k.Close()
		der, err := k.I2D()
		must(t, err)
		back, err := ossl.D2IAutoPrivateKey(der)
		must(t, err)
		defer back.Close()
		want, err := x509.MarshalPKCS8PrivateKey(key)
		must(t, err)
		original, err := ossl.D2IAutoPrivateKey(want)
		must(t, err)
		defer original.Close()
		a, err := back.I2D()
		must(t, err)
		b, err := original.I2D()
		must(t, err)
		if !bytes.Equal(a, b) {
			t.Errorf("%T changes on its way through", key)
		}
	}
	if _, err := ossl.NewPKey("no key"); err == nil {
		t.Error("a string is a key")
	}
}

// The CA names that a server sends are read from a file, once each.
func TestClientCAFile(t *testing.T) {
	file := t.TempDir() + "/twice.pem"
	ca := readFile(t, testdata.ClientRoots)
	must(t, os.WriteFile(file, bytes.Join([][]byte{ca, ca, readFile(t, testdata.RSA.Roots)}, nil), 0o600))
	server := serverCtx(t, testdata.ECDSA, demand, func(c *ossl.Ctx) error { return c.LoadClientCAFile(file) })
	if n := requestedCAs(t, server); n != 2 {
		t.Errorf("the server names %d CAs, want 2", n)
	}
	x, err := ossl.PEMReadBioX509(readFile(t, testdata.P384.Roots))
	must(t, err)
	defer x.Close()
	must(t, server.AddClientCA(x))
	if n := requestedCAs(t, server); n != 3 {
		t.Errorf("the server names %d CAs, want 3", n)
	}
}
