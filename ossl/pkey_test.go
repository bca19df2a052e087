package ossl_test

import (
	"bytes"
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"strings"
	"testing"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// Each form of a private key is what openssl-pkey(1) reads and writes, and
// comes back as the same key.
func TestPKeyForms(t *testing.T) {
	const pass = "open sesame"
	for _, chain := range testdata.Servers() {
		t.Run(chain.Name, func(t *testing.T) {
			k := keyOf(t, chain)
			isK := func(what string, other *ossl.PKey, err error) {
				t.Helper()
				if err != nil {
					t.Error(what, err)
					return
				}
				defer other.Close()
				if !k.Eq(other) {
					t.Error(what, "is another key")
				}
			}
			clearPEM, err := k.PEMWritePrivateKey("", "")
			must(t, err)
			equal(t, "PEM", string(clearPEM), openssl(t, readFile(t, chain.Key), "pkey"))
			locked, err := k.PEMWritePrivateKey("AES-256-CBC", pass)
			must(t, err)
			equal(t, "unlocked by the program", openssl(t, locked, "pkey", "-passin", "pass:"+pass), string(clearPEM))
			other, err := ossl.PEMReadBioPrivateKey(locked, pass)
			isK("PEM, encrypted", other, err)
			// What a wrong passphrase leaves is padded rightly by chance, once in 256
			// times, and then wrong in another way.
			_, err = ossl.PEMReadBioPrivateKey(locked, "wrong")
			for try := 0; try < 5 && err != nil && !errors.Is(err, ossl.ReasonBadDecrypt); try++ {
				again, lockErr := k.PEMWritePrivateKey("AES-256-CBC", pass)
				must(t, lockErr)
				_, err = ossl.PEMReadBioPrivateKey(again, "wrong")
			}
			wantErr(t, err, ossl.ReasonBadDecrypt)
			der, err := k.I2DPKCS8PrivateKey("AES-128-CBC", pass)
			must(t, err)
			other, err = ossl.D2IPKCS8PrivateKey(der, pass)
			isK("PKCS#8, encrypted", other, err)
			if _, err := ossl.D2IPKCS8PrivateKey(der, "wrong"); err == nil {
				t.Error("any passphrase will do")
			}
			der, err = k.I2DPKCS8PrivateKey("", "")
			must(t, err)
			block, _ := pem.Decode(clearPEM)
			if !bytes.Equal(der, block.Bytes) {
				t.Error("PKCS#8 differs from its PEM form")
			}
			other, err = ossl.D2IAutoPrivateKey(der)
			isK("PKCS#8", other, err)
			if k.GetTypeName() == "RSA" || k.GetTypeName() == "EC" {
				old, err := k.PEMWritePrivateKeyTraditional("", "")
				must(t, err)
				if !bytes.Contains(old, []byte("BEGIN "+k.GetTypeName()+" PRIVATE KEY")) {
					t.Errorf("%s", old)
				}
				old, err = k.PEMWritePrivateKeyTraditional("AES-128-CBC", pass)
				must(t, err)
				other, err = ossl.PEMReadBioPrivateKey(old, pass)
				isK("traditional, encrypted", other, err)
			}

			pubPEM, err := k.PEMWritePUBKEY()
			must(t, err)
			equal(t, "public", string(pubPEM), openssl(t, clearPEM, "pkey", "-pubout"))
			other, err = ossl.PEMReadBioPUBKEY(pubPEM)
			isK("public PEM", other, err)
			der, err = k.I2DPUBKEY()
			must(t, err)
			other, err = ossl.D2IPUBKEY(der)
			isK("public DER", other, err)
			other, err = k.UpRef()
			isK("UpRef", other, err)
			other, err = k.Dup()
			isK("Dup", other, err)
			other, err = k.PublicHalf()
			if err == nil {
				if _, err := other.I2DPKCS8PrivateKey("", ""); err == nil {
					t.Error("the public half has a private key")
				}
				if _, err := other.Sign("", make([]byte, 32)); err == nil {
					t.Error("the public half signs")
				}
			}
			isK("PublicHalf", other, err)
			must(t, errors.Join(k.Check(), k.PublicCheck(), k.PairwiseCheck()))
			text, err := k.Print()
			must(t, err)
			equal(t, "text", text, openssl(t, clearPEM, "pkey", "-noout", "-text"))
			text, err = k.PrintPublic()
			must(t, err)
			equal(t, "public text", text, openssl(t, pubPEM, "pkey", "-pubin", "-noout", "-text"))
		})
	}
	k := keyOf(t, testdata.RSA)
	for _, tt := range [][2]string{{"AES-256-CBC", ""}, {"", pass}, {"NO-CIPHER", pass}, {"AES-256-CBC", "zero\x00"}} {
		if b, err := k.PEMWritePrivateKey(tt[0], tt[1]); err == nil || b != nil {
			t.Errorf("%q writes a key", tt)
		}
	}
	for _, data := range [][]byte{nil, []byte("garbage"), readFile(t, testdata.Odd.TruncatedKey)} {
		_, err1 := ossl.PEMReadBioPUBKEY(data)
		_, err2 := ossl.D2IPUBKEY(data)
		_, err3 := ossl.D2IPKCS8PrivateKey(data, "")
		_, err4 := ossl.PEMReadBioParameters(data)
		for _, err := range []error{err1, err2, err3, err4} {
			if err == nil {
				t.Errorf("%q reads", data)
				continue
			}
			oneLine(t, err)
		}
	}
}

// What a key says about itself, and its numbers.
func TestPKeyInfo(t *testing.T) {
	for _, tt := range []struct {
		chain          testdata.Chain
		name, group    string
		id             ossl.NID
		security, size int
		digest         string
	}{
		{testdata.RSA, "RSA", "", ossl.NIDRSAEncryption, 112, 256, "SHA256"},
		{testdata.RSAPSS, "RSA-PSS", "", ossl.NIDRSASSAPSS, 112, 256, "SHA256"},
		{testdata.ECDSA, "EC", "prime256v1", ossl.NIDECPublicKey, 128, 72, "SHA256"},
		{testdata.P384, "EC", "secp384r1", ossl.NIDECPublicKey, 192, 104, "SHA256"},
		{testdata.Ed25519, "ED25519", "", ossl.NIDED25519, 128, 64, "UNDEF"},
	} {
		k := keyOf(t, tt.chain)
		same(t, tt.chain.Name, []any{k.GetID(), k.IsA(tt.name), k.IsA("DSA"), k.IsA("RSA\x00"), k.GetGroupName(), k.GetSecurityBits(), k.GetSize()},
			[]any{tt.id, true, false, false, tt.group, tt.security, tt.size})
		if md := k.GetDefaultDigestName(); md != tt.digest && tt.digest != "UNDEF" {
			t.Error(tt.chain.Name, md)
		}
	}
	k := keyOf(t, testdata.RSA)
	priv, err := k.PrivateKey()
	must(t, err)
	rsaKey := priv.(*rsa.PrivateKey)
	n, err := k.GetBNParam("n")
	must(t, err)
	same(t, "modulus", n, rsaKey.N)
	d, err := k.GetBNParam("d")
	must(t, err)
	same(t, "exponent", d, rsaKey.D)
	bits, err := k.GetIntParam("bits")
	if err != nil || bits != 2048 {
		t.Error(bits, err)
	}
	ec := keyOf(t, testdata.ECDSA)
	group, err := ec.GetUTF8StringParam("group")
	if err != nil || group != "prime256v1" {
		t.Error(group, err)
	}
	point, err := ec.GetOctetStringParam("pub")
	must(t, err)
	pub, err := ec.PublicKey()
	must(t, err)
	want, err := pub.(*ecdsa.PublicKey).Bytes()
	must(t, err)
	same(t, "point", point, want)
	encoded, err := ec.Get1EncodedPublicKey()
	must(t, err)
	same(t, "encoded", encoded, want)
	for _, err := range []error{
		func() error { _, err := k.GetBNParam("qx"); return err }(), func() error { _, err := k.GetOctetStringParam("nosuch"); return err }(),
		func() error { _, err := k.GetUTF8StringParam("n\x00"); return err }(), func() error { _, err := k.GetIntParam("nosuch"); return err }(),
		func() error { _, err := k.Get1EncodedPublicKey(); return err }(),
	} {
		if err == nil {
			t.Error("a parameter that an RSA key has not")
		}
	}
	same(t, "parameters", []bool{ec.ParametersEq(opened[*ossl.PKey](t)(ossl.ECGen("P-256"))), ec.ParametersEq(keyOf(t, testdata.P384)), ec.Eq(k), ec.Eq(nil)}, []bool{true, false, false, false})
	text, err := ec.PrintParams()
	if err != nil || !strings.Contains(text, "prime256v1") {
		t.Error(text, err)
	}
}

// New keys are as asked for, all different, and crypto/x509 can use them.
func TestPKeyGenerate(t *testing.T) {
	gen := opened[*ossl.PKey](t)
	for name, k := range map[string]*ossl.PKey{
		"RSA": gen(ossl.RSAGen(2048)), "EC": gen(ossl.ECGen("prime256v1")), "ED25519": gen(ossl.PKeyQKeygen("ED25519")), "X25519": gen(ossl.PKeyQKeygen("X25519")),
		"ED448": gen(ossl.PKeyQKeygen("ED448")), "X448": gen(ossl.PKeyQKeygen("X448")),
	} {
		equal(t, "type", k.GetTypeName(), name)
		must(t, k.Check())
		if strings.Contains(name, "448") {
			continue // Go has no such keys
		}
		priv, err := k.PrivateKey()
		must(t, err)
		var again *ossl.PKey
		if key, ok := priv.(*ecdh.PrivateKey); ok {
			again = gen(ossl.NewPublicPKey(key.PublicKey()))
		} else {
			again = gen(ossl.NewPublicPKey(priv.(crypto.Signer).Public()))
		}
		if !again.Eq(k) || !toPKey(t, priv).Eq(k) {
			t.Error(name, "changes on its way through Go")
		}
	}
	equal(t, "bits", gen(ossl.RSAGen(1024)).GetBits(), 1024)
	equal(t, "curve", gen(ossl.ECGen("P-521")).GetGroupName(), "secp521r1")
	if gen(ossl.ECGen("P-256")).Eq(gen(ossl.ECGen("P-256"))) {
		t.Error("the same key twice")
	}
	for _, f := range []func() (*ossl.PKey, error){
		func() (*ossl.PKey, error) { return ossl.RSAGen(0) }, func() (*ossl.PKey, error) { return ossl.RSAGen(-1) }, func() (*ossl.PKey, error) { return ossl.RSAGen(3) },
		func() (*ossl.PKey, error) { return ossl.ECGen("nosuch") }, func() (*ossl.PKey, error) { return ossl.ECGen("") },
		func() (*ossl.PKey, error) { return ossl.PKeyQKeygen("nosuch") }, func() (*ossl.PKey, error) { return ossl.PKeyQKeygen("X\x00") },
		func() (*ossl.PKey, error) { return ossl.NewPublicPKey("text") },
	} {
		if k, err := f(); err == nil || k != nil {
			t.Error("such a key exists")
		} else {
			oneLine(t, err)
		}
	}
}

// Raw keys are those of crypto/ecdh and crypto/ed25519.
func TestPKeyRaw(t *testing.T) {
	x, err := ecdh.X25519().GenerateKey(rand.Reader)
	must(t, err)
	pub, ed, err := ed25519.GenerateKey(rand.Reader)
	must(t, err)
	for name, raw := range map[string][2][]byte{"X25519": {x.Bytes(), x.PublicKey().Bytes()}, "ED25519": {ed.Seed(), pub}} {
		priv := opened[*ossl.PKey](t)(ossl.NewRawPrivateKey(name, raw[0]))
		public := opened[*ossl.PKey](t)(ossl.NewRawPublicKey(name, raw[1]))
		if !priv.Eq(public) {
			t.Error(name, "the halves do not belong together")
		}
		a, err := priv.GetRawPrivateKey()
		must(t, err)
		b, err := public.GetRawPublicKey()
		must(t, err)
		same(t, name, [2][]byte{a, b}, raw)
		if _, err := public.GetRawPrivateKey(); err == nil {
			t.Error(name, "a private key out of nothing")
		}
		if _, err := ossl.NewRawPrivateKey(name, raw[0][1:]); err == nil {
			t.Error(name, "of 31 bytes")
		}
	}
	share, err := opened[*ossl.PKey](t)(ossl.NewRawPrivateKey("X25519", x.Bytes())).Get1EncodedPublicKey()
	must(t, err)
	same(t, "key share", share, x.PublicKey().Bytes())
}

// Signatures of each kind of key are good to crypto's packages, and the
// reverse.
func TestPKeySign(t *testing.T) {
	data := []byte("what is signed")
	sum := sha256.Sum256(data)
	rsaK, ecK, edK := keyOf(t, testdata.RSA), keyOf(t, testdata.ECDSA), keyOf(t, testdata.Ed25519)
	rsaPub, ecPub, edPub := goPublic[*rsa.PublicKey](t, rsaK), goPublic[*ecdsa.PublicKey](t, ecK), goPublic[ed25519.PublicKey](t, edK)
	pss := func(sig []byte) bool {
		return rsa.VerifyPSS(rsaPub, crypto.SHA256, sum[:], sig, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash}) == nil
	}
	pkcs1 := func(sig []byte) bool { return rsa.VerifyPKCS1v15(rsaPub, crypto.SHA256, sum[:], sig) == nil }
	ecdsaOK := func(sig []byte) bool { return ecdsa.VerifyASN1(ecPub, sum[:], sig) }
	edOK := func(sig []byte) bool { return ed25519.Verify(edPub, data, sig) }
	for name, tt := range map[string]struct {
		sign   func() ([]byte, error)
		verify func(data, sig []byte) error
		good   func([]byte) bool
	}{
		"RSA":          {func() ([]byte, error) { return rsaK.DigestSign("SHA256", data) }, func(d, s []byte) error { return rsaK.DigestVerify("SHA256", d, s) }, pkcs1},
		"RSA-PSS":      {func() ([]byte, error) { return rsaK.DigestSignPSS("SHA256", data) }, func(d, s []byte) error { return rsaK.DigestVerifyPSS("SHA256", d, s) }, pss},
		"ECDSA":        {func() ([]byte, error) { return ecK.DigestSign("SHA256", data) }, func(d, s []byte) error { return ecK.DigestVerify("SHA256", d, s) }, ecdsaOK},
		"Ed25519":      {func() ([]byte, error) { return edK.DigestSign("", data) }, func(d, s []byte) error { return edK.DigestVerify("", d, s) }, edOK},
		"digest RSA":   {func() ([]byte, error) { return rsaK.Sign("SHA256", sum[:]) }, func(d, s []byte) error { return rsaK.DigestVerify("SHA256", d, s) }, pkcs1},
		"digest ECDSA": {func() ([]byte, error) { return ecK.Sign("", sum[:]) }, func(d, s []byte) error { return ecK.DigestVerify("SHA256", d, s) }, ecdsaOK},
	} {
		sig, err := tt.sign()
		must(t, err)
		if !tt.good(sig) {
			t.Error(name, "is no good to Go")
		}
		if err := tt.verify(data, sig); err != nil {
			t.Error(name, err)
		}
		sig[len(sig)/2] ^= 1
		for _, err := range []error{tt.verify(data, sig), tt.verify([]byte("other"), sig), tt.verify(data, nil)} {
			if err == nil {
				t.Error(name, "a damaged signature passes")
			} else {
				oneLine(t, err)
			}
		}
	}
	if _, err := rsaK.DigestSign("NOSUCH", data); err == nil {
		t.Error("a digest that nobody knows")
	}
	if _, err := edK.DigestSign("SHA256", data); err == nil {
		t.Error("Ed25519 takes a digest")
	}
	if _, err := rsaK.Sign("SHA256", sum[:5]); err == nil {
		t.Error("a digest of five bytes")
	}
}

func goPublic[T any](t *testing.T, k *ossl.PKey) T {
	t.Helper()
	pub, err := k.PublicKey()
	must(t, err)
	key, ok := pub.(T)
	if !ok {
		t.Fatalf("%T", pub)
	}
	return key
}

// A key here signs for crypto/tls and crypto/x509, which never see it.
func TestPKeySigner(t *testing.T) {
	for _, chain := range []testdata.Chain{testdata.RSA, testdata.ECDSA, testdata.P384, testdata.Ed25519} {
		s, err := keyOf(t, chain).Signer()
		must(t, err)
		var certs [][]byte
		for _, x := range chainOf(t, chain.Cert) {
			certs = append(certs, derOf(t, x))
		}
		for _, v := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
			serr := tlsPair(t, &tls.Config{MaxVersion: v, Certificates: []tls.Certificate{{Certificate: certs, PrivateKey: s}}}, chain)
			if serr != nil {
				t.Error(chain.Name, v, serr)
			}
		}
		der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, s)
		must(t, err)
		req, err := x509.ParseCertificateRequest(der)
		must(t, err)
		must(t, req.CheckSignature())
	}
	s, err := keyOf(t, testdata.RSA).Signer()
	must(t, err)
	pub := s.Public().(*rsa.PublicKey)
	sum := sha512.Sum512_256([]byte("x"))
	for _, salt := range []int{rsa.PSSSaltLengthAuto, rsa.PSSSaltLengthEqualsHash, 20} {
		opts := &rsa.PSSOptions{SaltLength: salt, Hash: crypto.SHA512_256}
		sig, err := s.Sign(nil, sum[:], opts)
		must(t, err)
		must(t, rsa.VerifyPSS(pub, crypto.SHA512_256, sum[:], sig, opts))
	}
	if _, err := s.Sign(nil, sum[:], crypto.RIPEMD160); err == nil {
		t.Error("a hash that is not offered")
	}
	ed, err := keyOf(t, testdata.Ed25519).Signer()
	must(t, err)
	if _, err := ed.Sign(nil, sum[:], crypto.SHA512); err == nil {
		t.Error("Ed25519ph")
	}
	weak, err := ecdsa.GenerateKey(elliptic.P224(), rand.Reader)
	must(t, err)
	if _, err := toPKey(t, weak).Signer(); err != nil {
		t.Error(err)
	}
}

// tlsPair has a client of ours accept a crypto/tls server.
func tlsPair(t *testing.T, config *tls.Config, chain testdata.Chain) error {
	t.Helper()
	fd, conn := halfGo(t)
	server := tls.Server(conn, config)
	done := make(chan error, 1)
	go func() { done <- server.Handshake() }()
	client := newSSL(t, clientCtx(t, chain), fd)
	cerr := drive(t, fd, client.Connect)
	if cerr != nil {
		hangUp(fd)
	}
	return errors.Join(cerr, <-done)
}

func TestClosedPKey(t *testing.T) { closedAndNil(t, keyOf(t, testdata.RSA)) }
