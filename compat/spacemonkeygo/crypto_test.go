package openssl

import (
	"bytes"
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdsa"
	"crypto/hmac"
	"crypto/md5"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/pem"
	"io"
	"net"
	"testing"
)

// What the keys sign and marshal is what the standard library reads.
func TestKeys(t *testing.T) {
	for name, tt := range map[string]struct {
		gen    func() (PrivateKey, error)
		typ    NID
		method Method
	}{
		"RSA":     {func() (PrivateKey, error) { return GenerateRSAKey(2048) }, KeyTypeRSA, SHA1_Method},
		"RSA F4":  {func() (PrivateKey, error) { return GenerateRSAKeyWithExponent(2048, 65537) }, KeyTypeRSA, SHA512_Method},
		"P-256":   {func() (PrivateKey, error) { return GenerateECKey(Prime256v1) }, KeyTypeEC, SHA256_Method},
		"P-384":   {func() (PrivateKey, error) { return GenerateECKey(Secp384r1) }, KeyTypeEC, SHA256_Method},
		"P-521":   {func() (PrivateKey, error) { return GenerateECKey(Secp521r1) }, KeyTypeEC, SHA256_Method},
		"Ed25519": {GenerateED25519Key, KeyTypeED25519, nil},
	} {
		k, err := tt.gen()
		must(t, err)
		equal(t, name, k.KeyType(), tt.typ)
		equal(t, name, k.BaseType(), tt.typ)
		sig, err := k.SignPKCS1v15(tt.method, []byte("text"))
		must(t, err)
		if len(sig) > k.Size() {
			t.Errorf("%s: a signature of %d bytes, Size is %d", name, len(sig), k.Size())
		}
		for _, other := range copies(t, k) {
			must(t, other.VerifyPKCS1v15(tt.method, []byte("text"), sig))
			if other.VerifyPKCS1v15(tt.method, []byte("other"), sig) == nil || !other.Equal(k) || !k.Equal(other) {
				t.Errorf("%s: a copy differs, or verifies anything", name)
			}
		}
		der, err := k.MarshalPKIXPublicKeyDER()
		must(t, err)
		pub, err := x509.ParsePKIXPublicKey(der)
		must(t, err)
		switch pub := pub.(type) {
		case *rsa.PublicKey:
			h, sum := crypto.SHA1, sha1.Sum([]byte("text"))
			digest := sum[:]
			if tt.method == SHA512_Method {
				long := sha512.Sum512([]byte("text"))
				h, digest = crypto.SHA512, long[:]
			}
			must(t, rsa.VerifyPKCS1v15(pub, h, digest, sig))
		case *ecdsa.PublicKey:
			if sum := sha256.Sum256([]byte("text")); !ecdsa.VerifyASN1(pub, sum[:], sig) {
				t.Errorf("%s: the standard library does not verify it", name)
			}
		}
	}
	a, b := must1(GenerateECKey(Secp384r1)), must1(GenerateECKey(Secp384r1))
	if one, two := must1(DeriveSharedSecret(a, b)), must1(DeriveSharedSecret(b, a)); !bytes.Equal(one, two) || len(one) != 48 {
		t.Error("no shared secret")
	}
}

// copies are k written and read again in every form; the private ones first.
func copies(t *testing.T, k PrivateKey) []PublicKey {
	t.Helper()
	text, err := k.MarshalPKCS1PrivateKeyPEM()
	must(t, err)
	der, err := k.MarshalPKCS1PrivateKeyDER()
	must(t, err)
	block, _ := pem.Decode(text)
	pubText, err := k.MarshalPKIXPublicKeyPEM()
	must(t, err)
	pubDER, err := k.MarshalPKIXPublicKeyDER()
	must(t, err)
	return []PublicKey{
		must1(LoadPrivateKeyFromPEM(text)), must1(LoadPrivateKeyFromDER(der)), must1(LoadPrivateKeyFromDER(block.Bytes)),
		must1(LoadPrivateKeyFromPEMWithPassword(text, "")), must1(LoadPrivateKeyFromPEMWidthPassword(text, "")),
		must1(LoadPublicKeyFromPEM(pubText)), must1(LoadPublicKeyFromDER(pubDER)),
	}
}

func TestEncryptedKey(t *testing.T) {
	k := must1(GenerateECKey(Prime256v1)).(*pKey)
	text, err := k.k.PEMWritePrivateKey("AES-256-CBC", "secret")
	must(t, err)
	if other := must1(LoadPrivateKeyFromPEMWithPassword(text, "secret")); !other.Equal(k) {
		t.Error("another key")
	}
	for _, wrong := range []string{"", "wrong"} {
		if _, err := LoadPrivateKeyFromPEMWithPassword(text, wrong); err == nil {
			t.Errorf("password %q does", wrong)
		}
	}
}

func TestCertificate(t *testing.T) {
	ca := newAuthority(t)
	key := must1(GenerateED25519Key())
	custom := CreateObjectIdentifier("1.3.6.1.4.1.53594.77.9", "compatTest", "an extension of a test")
	c := ca.sign(t, "leaf", key, map[NID]string{
		NID_subject_alt_name: "DNS:*.host.example,email:who@host.example,IP:192.0.2.1,IP:2001:db8::1", NID_ext_key_usage: "serverAuth",
	})
	must(t, c.AddCustomExtension(custom, []byte{4, 1, 7}))
	must(t, c.Sign(ca.key, EVP_SHA384))
	text, err := c.MarshalPEM()
	must(t, err)
	read := must1(LoadCertificateFromPEM(text))
	for _, x := range []*Certificate{c, read} {
		equal(t, "version", x.GetVersion(), X509_V3)
		equal(t, "serial", x.GetSerialNumberHex(), "02")
		equal(t, "custom", string(x.GetExtensionValue(custom)), "\x04\x01\x07")
		equal(t, "none", len(x.GetExtensionValue(NID_crl_number)), 0)
		if !must1(x.PublicKey()).Equal(key) {
			t.Error("another key")
		}
		for who, want := range map[*Name]string{must1(x.GetSubjectName()): "leaf", must1(x.GetIssuerName()): "CA"} {
			if cn, ok := who.GetEntry(NID_commonName); !ok || cn[:2] != want[:2] {
				t.Error(cn, ok)
			}
			if _, ok := who.GetEntry(NID_localityName); ok {
				t.Error("an entry that is none")
			}
		}
		for host, want := range map[string]error{
			"a.host.example": nil, "b.example": ValidationError, "192.0.2.1": nil, "192.0.2.2": ValidationError, "[2001:db8::1]": nil, "2001:db8::2": ValidationError,
		} {
			equal(t, host, x.VerifyHostname(host), want)
		}
		equal(t, "no wildcards", x.CheckHost("a.host.example", NoWildcards), ValidationError)
		equal(t, "mail", x.CheckEmail("who@host.example", 0), nil)
		equal(t, "other mail", x.CheckEmail("no@host.example", 0), ValidationError)
		equal(t, "address", x.CheckIP(net.ParseIP("192.0.2.1"), 0), nil)
	}
	block, _ := pem.Decode(text)
	parsed, err := x509.ParseCertificate(block.Bytes)
	must(t, err)
	caText, _ := ca.cert.MarshalPEM()
	caBlock, _ := pem.Decode(caText)
	root, err := x509.ParseCertificate(caBlock.Bytes)
	must(t, err)
	must(t, parsed.CheckSignatureFrom(root))
	n := must1(NewName())
	must(t, n.AddTextEntries(map[string]string{"O": "Ö", "CN": "x"}))
	must(t, read.SetSubjectName(n))
	if o, _ := must1(read.GetSubjectName()).GetEntry(NID_organizationName); o != "Ö" {
		t.Errorf("%q", o)
	}
	if got := SplitPEM(append(append([]byte("text\n"), text...), caText...)); len(got) != 2 || !bytes.Equal(append(got[1], '\n'), caText) {
		t.Errorf("%d blocks", len(got))
	}
}

func TestDigests(t *testing.T) {
	text := []byte("text")
	five, one, two := md5.Sum(text), sha1.Sum(text), sha256.Sum256(text)
	equal(t, "MD5", must1(MD5(text)), five)
	equal(t, "SHA1", must1(SHA1(text)), one)
	equal(t, "SHA256", must1(SHA256(text)), two)
	h := must1(NewSHA256Hash())
	for range 2 {
		_, _ = io.WriteString(h, "te")
		_, _ = io.WriteString(h, "xt")
		equal(t, "in parts", must1(h.Sum()), two)
	}
	_, _ = io.WriteString(h, "lost")
	must(t, h.Reset())
	_, _ = h.Write(text)
	equal(t, "after Reset", must1(h.Sum()), two)
	h.Close()
	h.Close()
	if _, err := h.Write(text); err == nil {
		t.Error("a closed digest goes on")
	}
	for _, key := range [][]byte{nil, []byte("key")} {
		m := must1(NewHMAC(key, EVP_SHA512))
		want := hmac.New(sha512.New, key)
		_, _ = want.Write(text)
		for range 2 {
			_, _ = m.Write(text)
			if got := must1(m.Final()); !hmac.Equal(got, want.Sum(nil)) {
				t.Errorf("%x", got)
			}
		}
		m.Close()
		m.Close()
		if _, err := m.Final(); err == nil {
			t.Error("a closed HMAC goes on")
		}
	}
	if d := must1(GetDigestByNid(NID_sha1)); d.name != "SHA1" {
		t.Error(d.name)
	}
}

func TestCiphers(t *testing.T) {
	c := must1(GetCipherByNid(must1(GetCipherByName("aes-192-cbc")).Nid()))
	equal(t, "name", must1(c.ShortName()), "AES-192-CBC")
	equal(t, "sizes", [3]int{c.BlockSize(), c.KeySize(), c.IVSize()}, [3]int{16, 24, 16})
	key, iv := make([]byte, 24), make([]byte, 16)
	enc := must1(NewEncryptionCipherCtx(c, nil, key, iv))
	sealed := append(must1(enc.EncryptUpdate([]byte("a text of more than a block"))), must1(enc.EncryptFinal())...)
	equal(t, "context", [3]int{enc.BlockSize(), enc.KeySize(), enc.IVSize()}, [3]int{16, 24, 16})
	equal(t, "its cipher", enc.Cipher().Nid(), c.Nid())
	dec := must1(NewDecryptionCipherCtx(c, nil, key, iv))
	equal(t, "text", string(append(must1(dec.DecryptUpdate(sealed)), must1(dec.DecryptFinal())...)), "a text of more than a block")

	g := must1(NewGCMEncryptionCipherCtx(256, nil, make([]byte, 32), make([]byte, 12)))
	must(t, g.ExtraData(nil))
	must(t, g.ExtraData([]byte("head")))
	body := must1(g.EncryptUpdate([]byte("text")))
	_ = must1(g.EncryptFinal())
	tag := must1(g.GetTag())
	std := must1(cipher.NewGCM(must1(aes.NewCipher(make([]byte, 32)))))
	if want := std.Seal(nil, make([]byte, 12), []byte("text"), []byte("head")); !bytes.Equal(append(body, tag...), want) {
		t.Errorf("%x", append(body, tag...))
	}
	for _, head := range []string{"head", "hat"} {
		d := must1(NewGCMDecryptionCipherCtx(256, nil, make([]byte, 32), make([]byte, 12)))
		must(t, d.ExtraData([]byte(head)))
		text, err := d.DecryptUpdate(body)
		must(t, err)
		must(t, d.SetTag(tag))
		if _, err := d.DecryptFinal(); (err == nil) != (head == "head") {
			t.Errorf("%s: %q, %v", head, text, err)
		}
	}
}

func TestCtxSettings(t *testing.T) {
	c := must1(NewCtx())
	equal(t, "options", c.SetOptions(NoTicket)&(NoTicket|NoSSLv3), NoTicket|NoSSLv3)
	equal(t, "cleared", c.ClearOptions(NoTicket)&NoTicket, 0)
	equal(t, "read back", c.GetOptions()&NoTicket, 0)
	equal(t, "mode", c.SetMode(ReleaseBuffers)&c.GetMode()&ReleaseBuffers, ReleaseBuffers)
	c.SetVerifyDepth(3)
	equal(t, "depth", c.GetVerifyDepth(), 3)
	c.SetVerifyMode(VerifyPeer)
	equal(t, "verify mode", c.VerifyMode(), VerifyPeer)
	equal(t, "cache", c.SetSessionCacheMode(SessionCacheBoth), SessionCacheServer)
	equal(t, "and then", c.SetSessionCacheMode(SessionCacheOff), SessionCacheBoth)
	must(t, c.SetEllipticCurve(Secp384r1))
	must(t, c.SetCipherList("AES256-SHA"))
	must(t, c.SetNextProtos(nil))
}
