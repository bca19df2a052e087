package ossl_test

import (
	"bytes"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// What a certificate says about itself is what crypto/x509 reads in it, for
// every kind of key.
func TestX509Fields(t *testing.T) {
	for _, chain := range testdata.Servers() {
		t.Run(chain.Name, func(t *testing.T) {
			x := leafOf(t, chain)
			cert, err := x.Certificate()
			must(t, err)
			f := x.Facts()
			same(t, "serial number", f.SerialNumber, cert.SerialNumber)
			same(t, "serial number", x.GetSerialNumber(), cert.SerialNumber)
			if !x.GetNotBefore().Equal(cert.NotBefore) || !x.GetNotAfter().Equal(cert.NotAfter) {
				t.Error(x.GetNotBefore(), x.GetNotAfter(), "want", cert.NotBefore, cert.NotAfter)
			}
			equal(t, "signature", x.GetSignatureNID(), f.SignatureNID)
			oid, sig := x.GetSignature()
			if oid != ossl.OBJNid2txt(f.SignatureNID) || !bytes.Equal(sig, cert.Signature) {
				t.Errorf("signed by %s: %x", oid, sig)
			}
			if text := openssl(t, pemOf("CERTIFICATE", cert.Raw), "x509", "-noout", "-text"); !strings.Contains(text, "Signature Algorithm: "+ossl.OBJNid2ln(f.SignatureNID)+"\n") {
				t.Error(ossl.OBJNid2ln(f.SignatureNID))
			}
			if f.SecurityBits < 112 || !f.ForTLS {
				t.Errorf("%+v", f)
			}
			for name, sum := range map[string]func([]byte) []byte{
				"SHA1":   func(b []byte) []byte { s := sha1.Sum(b); return s[:] },
				"SHA256": func(b []byte) []byte { s := sha256.Sum256(b); return s[:] },
			} {
				got, err := x.Digest(name)
				if err != nil || !bytes.Equal(got, sum(cert.Raw)) {
					t.Error(name, hex.EncodeToString(got), err)
				}
			}
			pub, err := x.PubkeyDER()
			if err != nil || !bytes.Equal(pub, cert.RawSubjectPublicKeyInfo) {
				t.Error("another public key", err)
			}
			k := opened[*ossl.PKey](t)(x.GetPubkey())
			if !k.Eq(keyOf(t, chain)) {
				t.Error("the public key is not that of the private key")
			}
		})
	}
	x := leafOf(t, testdata.ECDSA)
	f := x.Facts()
	same(t, "algorithm", []ossl.NID{f.DigestNID, f.PKeyNID}, []ossl.NID{ossl.NIDSHA256, ossl.NIDECPublicKey})
	if _, err := x.Digest("NOSUCH"); err == nil {
		t.Error("a digest that nobody knows")
	}
	cert, err := x.Certificate()
	must(t, err)
	var spki struct {
		Algorithm pkix.AlgorithmIdentifier
		Key       asn1.BitString
	}
	_, err = asn1.Unmarshal(cert.RawSubjectPublicKeyInfo, &spki)
	must(t, err)
	want := sha1.Sum(spki.Key.Bytes)
	if sum, err := x.PubkeyDigest("SHA1"); err != nil || !bytes.Equal(sum, want[:]) {
		t.Errorf("%x, %x, %v", sum, want, err)
	}
}

// Serial numbers of any size and dates of both encodings.
func TestX509Extremes(t *testing.T) {
	ca := newAuthority(t, "Extremes")
	big20, _ := new(big.Int).SetString("7fffffffffffffffffffffffffffffffffffffff", 16)
	for _, at := range []time.Time{time.Date(1950, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2049, 12, 31, 23, 59, 59, 0, time.UTC), time.Date(2050, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)} {
		cert, _ := ca.issue(x509.Certificate{SerialNumber: big20, NotBefore: at, NotAfter: at})
		x := toX509(t, cert)
		if !x.GetNotAfter().Equal(at) || x.GetSerialNumber().Cmp(big20) != 0 {
			t.Error(x.GetNotAfter(), at, x.GetSerialNumber())
		}
	}
}

func TestX509Print(t *testing.T) {
	x := leafOf(t, testdata.ECDSA)
	pem, err := x.PEMWrite()
	must(t, err)
	if !bytes.HasPrefix(readFile(t, testdata.ECDSA.Cert), pem) {
		t.Error("another PEM text")
	}
	for opt, flags := range map[string]ossl.PrintFlags{
		"":                         0,
		"no_pubkey,no_sigdump":     ossl.X509FlagNoPubkey | ossl.X509FlagNoSigdump,
		"no_extensions,no_subject": ossl.X509FlagNoExtensions | ossl.X509FlagNoSubject,
		"no_issuer,no_validity,no_serial,no_version,no_header,no_signame": ossl.X509FlagNoIssuer | ossl.X509FlagNoValidity | ossl.X509FlagNoSerial | ossl.X509FlagNoVersion | ossl.X509FlagNoHeader | ossl.X509FlagNoSigname,
	} {
		args := []string{"x509", "-noout", "-text", "-nameopt", "oneline"}
		if opt != "" {
			args = append(args, "-certopt", opt)
		}
		got, err := x.Print(ossl.XNFlagOneline, flags)
		if want := openssl(t, pem, args...); err != nil || got != want {
			t.Errorf("%s: %v\n%s\nwant\n%s", opt, err, got, want)
		}
	}
}

// Many certificates of one text, and copies of each kind.
func TestPEMReadX509s(t *testing.T) {
	chain := chainOf(t, testdata.RSA.Cert)
	equal(t, "certificates", len(chain), 2)
	must(t, chain[1].CheckIssued(chain[0]))
	noisy := chainOf(t, testdata.Odd.Noise)
	equal(t, "with prose between", len(noisy), len(chain))
	for i := range chain {
		if c, err := chain[i].Cmp(noisy[i]); c != 0 || err != nil {
			t.Error(c, err)
		}
	}
	if c, err := chain[0].Cmp(chain[1]); c == 0 || err != nil {
		t.Error("two certificates are one", err)
	}
	for _, name := range []string{testdata.Odd.Empty, testdata.Odd.Garbage, testdata.Odd.Truncated, testdata.Odd.BadBase64, testdata.RSA.Key} {
		if _, err := ossl.PEMReadX509s(readFile(t, name)); err == nil {
			t.Error(name, "reads as certificates")
		} else {
			oneLine(t, err)
		}
	}
	if _, err := ossl.PEMReadX509s(append(readFile(t, testdata.RSA.Cert), readFile(t, testdata.Odd.Truncated)...)); err == nil {
		t.Error("the third is cut off, and nobody says so")
	}

	var parsed []*x509.Certificate
	for _, x := range chain {
		cert, err := x.Certificate()
		must(t, err)
		parsed = append(parsed, cert)
	}
	back, err := ossl.NewX509s(parsed)
	must(t, err)
	refs, err := ossl.ChainUpRef(back)
	must(t, err)
	dup := opened[*ossl.X509](t)(back[0].Dup())
	ref := opened[*ossl.X509](t)(back[0].UpRef())
	ossl.CloseX509s(back)
	for i, x := range []*ossl.X509{refs[0], refs[1], dup, ref} {
		if c, err := x.Cmp(chain[i%2*(1-i/2)]); c != 0 || err != nil {
			t.Error(i, c, err)
		}
	}
	ossl.CloseX509s(refs)
	if _, err := ossl.NewX509(&x509.Certificate{}); err == nil {
		t.Error("a certificate that was never signed")
	}
	if _, err := ossl.NewX509s([]*x509.Certificate{parsed[0], nil}); err == nil {
		t.Error("no certificate is one")
	}
	if _, err := ossl.ChainUpRef([]*ossl.X509{chain[0], nil}); err != ossl.ErrClosed {
		t.Error(err)
	}
}

// A file with certificate, key and CRL comes apart into what belongs together.
func TestPEMX509Info(t *testing.T) {
	ca := newAuthority(t, "Info")
	cert, key := ca.issue(x509.Certificate{})
	der, err := x509.MarshalPKCS8PrivateKey(key)
	must(t, err)
	text := bytes.Join([][]byte{
		pemOf("CERTIFICATE", cert.Raw), pemOf("PRIVATE KEY", der), pemOf("CERTIFICATE", ca.cert.Raw), pemOf("X509 CRL", ca.crl()),
	}, nil)
	infos, err := ossl.PEMX509InfoReadBio(text)
	must(t, err)
	for _, i := range infos {
		defer i.Close()
	}
	var leaf, root, crls int
	for _, i := range infos {
		switch {
		case i.X509 != nil && i.PKey != nil:
			leaf++
			must(t, i.X509.CheckPrivateKey(i.PKey))
		case i.X509 != nil:
			root++
			equal(t, "root", i.X509.GetSubjectName(), ca.cert.Subject.String())
		}
		if i.CRL != nil {
			crls++
			equal(t, "issuer of the CRL", i.CRL.GetIssuer().String(), ca.cert.Subject.String())
		}
	}
	same(t, "parts", []int{leaf, root, crls}, []int{1, 1, 1})
	if _, err := ossl.PEMX509InfoReadBio(readFile(t, testdata.Odd.Garbage)); err == nil {
		t.Error("garbage reads")
	}
}
