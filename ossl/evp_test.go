package ossl_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hmac"
	"crypto/md5"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"errors"
	"hash"
	"math/big"
	"net"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

func TestMDCtx(t *testing.T) {
	for name, h := range map[string]hash.Hash{"MD5": md5.New(), "SHA1": sha1.New(), "sha256": sha256.New(), "SHA2-512": sha512.New()} {
		c, err := ossl.NewMDCtx(name, nil)
		must(t, err)
		defer c.Close()
		for range 2 { // the second time after a reset
			h.Reset()
			for _, part := range []string{"", "a", "bcdefg"} {
				_, _ = h.Write([]byte(part))
				must(t, c.DigestUpdate([]byte(part)))
			}
			sum, err := c.DigestFinal()
			must(t, err)
			if !bytes.Equal(sum, h.Sum(nil)) {
				t.Errorf("%s: %x", name, sum)
			}
			must(t, c.DigestReset())
		}
		c.Close()
		c.Close()
		if err := c.DigestUpdate(nil); err != ossl.ErrClosed {
			t.Error(err)
		}
		if _, err := c.DigestFinal(); err != ossl.ErrClosed {
			t.Error(err)
		}
	}
	if _, err := ossl.NewMDCtx("nonsense", nil); err == nil || ossl.HasDigest("nonsense") || !ossl.HasDigest("SHA256") {
		t.Error("a digest that is none", err)
	}
}

func TestHMAC(t *testing.T) {
	for _, key := range [][]byte{nil, []byte("k"), bytes.Repeat([]byte("long"), 100)} {
		c, err := ossl.NewHMAC("SHA256", key, nil)
		must(t, err)
		want := hmac.New(sha256.New, key)
		for range 2 {
			want.Reset()
			_, _ = want.Write([]byte("text"))
			must(t, c.Update([]byte("text")))
			code, err := c.Final()
			must(t, err)
			if !hmac.Equal(code, want.Sum(nil)) {
				t.Errorf("key of %d bytes: %x", len(key), code)
			}
			must(t, c.Reset())
		}
		c.Close()
		if _, err := c.Final(); err != ossl.ErrClosed {
			t.Error(err)
		}
	}
	if _, err := ossl.NewHMAC("nonsense", nil, nil); err == nil {
		t.Error("an HMAC without a digest")
	}
}

func TestCipherCtx(t *testing.T) {
	typ, ok := ossl.CipherByName("aes-128-cbc")
	if !ok || typ.BlockSize != 16 || typ.KeySize != 16 || typ.IVSize != 16 || typ.NID.String() != "AES-128-CBC" {
		t.Fatal(typ, ok)
	}
	key, iv, text := make([]byte, 16), make([]byte, 16), []byte("forty-two bytes of text that are no block.")
	_, _ = rand.Read(key)
	_, _ = rand.Read(iv)
	run := func(encrypt bool, in []byte) ([]byte, error) {
		c, err := ossl.NewCipherCtx("aes-128-cbc", encrypt, nil)
		must(t, err)
		defer c.Close()
		if _, err := c.Update(in); !errors.Is(err, ossl.ErrNoCipherKey) {
			t.Error("without a key:", err)
		}
		must(t, errors.Join(c.SetKey(key), c.SetIV(iv)))
		if c.SetKey(key[1:]) == nil || c.SetIV(nil) == nil {
			t.Error("sizes are not looked at")
		}
		a, err := c.Update(in[:5])
		must(t, err)
		b, err := c.Update(in[5:])
		must(t, err)
		z, err := c.Final()
		return slices.Concat(a, b, z), err
	}
	sealed, err := run(true, text)
	must(t, err)
	block, _ := aes.NewCipher(key)
	plain := make([]byte, len(sealed))
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(plain, sealed)
	if !bytes.HasPrefix(plain, text) || len(sealed) != 48 {
		t.Errorf("crypto/cipher reads %q", plain)
	}
	if back, err := run(false, sealed); err != nil || !bytes.Equal(back, text) {
		t.Errorf("%q, %v", back, err)
	}
	if _, err := run(false, sealed[:20]); err == nil {
		t.Error("a cut text is decrypted")
	}
	if _, err := ossl.NewCipherCtx("nonsense", true, nil); err == nil {
		t.Error("a cipher that is none")
	}
}

func TestCipherCtxAEAD(t *testing.T) {
	key, iv, aad, text := make([]byte, 32), make([]byte, 16), []byte("header"), []byte("text")
	c, err := ossl.NewCipherCtx("aes-256-gcm", true, nil)
	must(t, err)
	defer c.Close()
	must(t, errors.Join(c.SetKey(key), c.SetIVLen(16), c.SetIV(iv), c.UpdateAAD(aad)))
	sealed, err := c.Update(text)
	must(t, err)
	_, err = c.Final()
	must(t, err)
	tag, err := c.Tag(16)
	must(t, err)
	block, _ := aes.NewCipher(key)
	gcm, err := cipher.NewGCMWithNonceSize(block, 16)
	must(t, err)
	if want := gcm.Seal(nil, iv, text, aad); !bytes.Equal(append(sealed, tag...), want) {
		t.Errorf("%x, want %x", append(sealed, tag...), want)
	}
	for _, wrong := range []bool{false, true} {
		d, err := ossl.NewCipherCtx("aes-256-gcm", false, nil)
		must(t, err)
		defer d.Close()
		if wrong {
			tag[0] ^= 1
		}
		must(t, errors.Join(d.SetKey(key), d.SetIVLen(16), d.SetIV(iv), d.UpdateAAD(aad)))
		_, err = d.Update(sealed)
		must(t, err)
		must(t, d.SetTag(tag))
		if _, err := d.Final(); (err != nil) != wrong {
			t.Error(wrong, err)
		}
	}
	if _, err := c.Tag(17); err == nil {
		t.Error("a tag of 17 bytes")
	}
}

func TestRSAGenExAndDerive(t *testing.T) {
	k, err := ossl.RSAGenEx(2048, big.NewInt(3))
	must(t, err)
	defer k.Close()
	pub, err := k.PublicKey()
	must(t, err)
	if e := pub.(*rsa.PublicKey).E; e != 3 {
		t.Error(e)
	}
	for _, bad := range []*big.Int{nil, big.NewInt(0), big.NewInt(4)} {
		if _, err := ossl.RSAGenEx(2048, bad); err == nil {
			t.Error("exponent", bad)
		}
	}
	ours, err := ossl.PKeyQKeygen("X25519")
	must(t, err)
	defer ours.Close()
	theirs, _ := ecdh.X25519().GenerateKey(rand.Reader)
	peer, err := ossl.NewRawPublicKey("X25519", theirs.PublicKey().Bytes())
	must(t, err)
	defer peer.Close()
	secret, err := ours.Derive(peer)
	must(t, err)
	raw, _ := ours.GetRawPublicKey()
	oursPub, _ := ecdh.X25519().NewPublicKey(raw)
	if want, _ := theirs.ECDH(oursPub); !bytes.Equal(secret, want) {
		t.Errorf("%x and %x", secret, want)
	}
	if _, err := ours.Derive(k); err == nil {
		t.Error("X25519 with RSA")
	}
	if _, err := ours.Derive(nil); err != ossl.ErrClosed {
		t.Error(err)
	}
}

func TestX509Builder(t *testing.T) {
	caKey, err := ossl.ECGen("P-256")
	must(t, err)
	defer caKey.Close()
	leafKey, err := ossl.PKeyQKeygen("ED25519")
	must(t, err)
	defer leafKey.Close()
	build := func(name string, serial int64, pub *ossl.PKey, issuer *ossl.X509) *ossl.X509 {
		x, err := ossl.NewX509Builder()
		must(t, err)
		t.Cleanup(x.Close)
		n, err := ossl.NewX509Name().AddEntryByTxt("CN", name)
		must(t, err)
		from := n
		if issuer != nil {
			from = issuer.GetSubjectX509Name()
		}
		now := time.Now()
		must(t, errors.Join(x.SetVersion(2), x.SetSerialNumber(big.NewInt(serial)), x.SetSubjectName(n), x.SetIssuerName(from),
			x.SetNotBefore(now.Add(-time.Hour)), x.SetNotAfter(now.Add(time.Hour)), x.SetPubkey(pub)))
		return x
	}
	ca := build("CA", 1, caKey, nil)
	must(t, errors.Join(ca.AddExtConf(ossl.OBJTxt2nid("basicConstraints"), "critical,CA:TRUE", nil),
		ca.AddExtConf(ossl.OBJTxt2nid("subjectKeyIdentifier"), "hash", nil), ca.Sign(caKey, "SHA384")))
	leaf := build("leaf", 255, leafKey, ca)
	const oid = "1.3.6.1.4.1.53594.77.1"
	nid, err := ossl.OBJCreate(oid, "gosslTest", "an extension of a test")
	if err != nil && ossl.OBJTxt2nid("gosslTest") == ossl.OBJTxt2nid(oid) && ossl.OBJTxt2nid(oid) != 0 {
		nid, err = ossl.OBJTxt2nid(oid), nil // of an earlier run: identifiers stay as long as the process
	}
	must(t, err)
	must(t, errors.Join(leaf.AddExtConf(ossl.NIDSubjectAltName, "DNS:leaf.example,IP:192.0.2.1", ca),
		leaf.AddExtConf(ossl.OBJTxt2nid("authorityKeyIdentifier"), "keyid", ca),
		leaf.AddExt(ossl.Extension{NID: nid, Critical: true, Value: []byte{4, 1, 7}}), leaf.Sign(caKey, "SHA256")))

	c, err := leaf.Certificate()
	must(t, err)
	root, err := ca.Certificate()
	must(t, err)
	if err := c.CheckSignatureFrom(root); err != nil {
		t.Error(err)
	}
	if c.Version != 3 || c.SerialNumber.Int64() != 255 || c.Issuer.CommonName != "CA" || !c.IPAddresses[0].Equal(net.IPv4(192, 0, 2, 1)) {
		t.Error(c.Version, c.SerialNumber, c.Issuer, c.IPAddresses)
	}
	if !bytes.Equal(c.AuthorityKeyId, root.SubjectKeyId) || root.SignatureAlgorithm != x509.ECDSAWithSHA384 {
		t.Error(c.AuthorityKeyId, root.SubjectKeyId, root.SignatureAlgorithm)
	}
	if e, ok := leaf.GetExtByOID("1.3.6.1.4.1.53594.77.1"); !ok || !e.Critical || e.NID != nid {
		t.Error(e, ok)
	}
	for what, err := range map[string]error{
		"a known identifier": func() error { _, err := ossl.OBJCreate("2.5.29.17", "x", "y"); return err }(),
		"no number":          leaf.SetSerialNumber(nil),
		"nonsense":           leaf.AddExtConf(ossl.NIDSubjectAltName, "nonsense", ca),
		"a file":             leaf.AddExtConf(ossl.NIDSubjectAltName, "@section", ca),
		"no key":             leaf.Sign(nil, "SHA256"),
		"no digest":          leaf.Sign(caKey, "nonsense"),
	} {
		if err == nil {
			t.Errorf("%s: no error", what)
		}
	}
}

// The steps are what a verify callback in C would have been called with.
func TestVerifyTrace(t *testing.T) {
	eachVersion(t, func(t *testing.T, v int) {
		client := clientCtx(t, testdata.ECDSA, only(v))
		must(t, client.SetSuspend(ossl.AskVerify))
		must(t, client.SetVerifyTrace())
		st, err := ossl.NewStore()
		must(t, err)
		must(t, client.SetCertStore(st)) // nothing is trusted
		st.Close()
		p := newPair(t, client, serverCtx(t, testdata.ECDSA))
		var steps []ossl.VerifyStep
		for range 20 {
			w, err := p.client.Connect()
			must(t, err)
			if w == ossl.WantRetryVerify {
				steps = p.client.TakeVerifySteps()
				must(t, p.client.Answer(ossl.AskVerify, ossl.Answer{}))
				continue
			}
			sw, err := p.server.Accept()
			must(t, err)
			if w == ossl.WantNothing && sw == ossl.WantNothing {
				break
			}
		}
		if !p.client.IsInitFinished() {
			t.Fatal("no handshake")
		}
		wrong, right := 0, 0
		for _, s := range steps {
			if s.Cert == nil {
				t.Error("no certificate at depth", s.Depth)
			}
			s.Cert.Close()
			if s.OK {
				right++
			} else {
				wrong++
			}
		}
		if wrong == 0 || right == 0 {
			t.Errorf("%d wrong, %d right: %v", wrong, right, steps)
		}
	})
}

// Without anybody to decide, a trace lets nothing pass.
func TestVerifyTraceAlone(t *testing.T) {
	client := clientCtx(t, testdata.ECDSA)
	must(t, client.SetVerifyTrace())
	st, err := ossl.NewStore()
	must(t, err)
	must(t, client.SetCertStore(st)) // nothing is trusted
	st.Close()
	cerr, _ := newPair(t, client, serverCtx(t, testdata.ECDSA)).try()
	wantErr(t, cerr, ossl.ReasonCertificateVerifyFailed)
}

// What is left to the garbage collector is closed by it, and is no leak.
func TestLeaveToGC(t *testing.T) {
	before := ossl.Live()
	func() {
		for range 8 {
			c, err := ossl.NewMDCtx("SHA256", nil)
			must(t, err)
			ossl.LeaveToGC(c)
		}
		c, err := ossl.NewMDCtx("SHA256", nil)
		must(t, err)
		ossl.LeaveToGC(c)
		c.Close()
		ossl.LeaveToGC(c)
	}()
	deadline := time.Now().Add(20 * time.Second)
	for ossl.Live().MDCtx > before.MDCtx && time.Now().Before(deadline) {
		runtime.GC()
		time.Sleep(time.Millisecond)
	}
	if now := ossl.Live(); now.MDCtx != before.MDCtx || now.Leaked != before.Leaked {
		t.Errorf("%+v, then %+v", before, now)
	}
}

// A signature that does not fit leaves complaints in the queue. They must not
// stand before the question.
func TestAskVerifyAfterBadSignature(t *testing.T) {
	client := clientCtx(t, testdata.ECDSA)
	must(t, client.SetSuspend(ossl.AskVerify))
	build := func(name string, pub, signer *ossl.PKey) *ossl.X509 { // without key identifiers, which would tell
		x, err := ossl.NewX509Builder()
		must(t, err)
		t.Cleanup(x.Close)
		subject, err := ossl.NewX509Name().AddEntryByTxt("CN", name)
		must(t, err)
		issuer, err := ossl.NewX509Name().AddEntryByTxt("CN", "CA")
		must(t, err)
		must(t, errors.Join(x.SetVersion(2), x.SetSerialNumber(big.NewInt(1)), x.SetSubjectName(subject), x.SetIssuerName(issuer),
			x.SetNotBefore(time.Now().Add(-time.Hour)), x.SetNotAfter(time.Now().Add(time.Hour)), x.SetPubkey(pub),
			x.AddExtConf(ossl.OBJTxt2nid("basicConstraints"), map[bool]string{true: "critical,CA:TRUE", false: "CA:FALSE"}[name == "CA"], nil), x.Sign(signer, "SHA256")))
		return x
	}
	key, other := opened[*ossl.PKey](t)(ossl.ECGen("P-256")), opened[*ossl.PKey](t)(ossl.ECGen("P-256"))
	must(t, client.Set1CertStore(storeOf(t, build("CA", other, other))))
	server := newCtx(t)
	must(t, errors.Join(server.UseCertificate(build("leaf", key, key)), server.UsePrivateKey(key)))
	p := newPair(t, client, server)
	for range 20 {
		w, err := p.client.Connect()
		must(t, err)
		if w == ossl.WantRetryVerify {
			return
		}
		_, err = p.server.Accept()
		must(t, err)
	}
	t.Error("nothing was asked")
}
