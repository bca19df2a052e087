package ossl_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/sslsock/sslsock/ossl"
)

// tooManyRounds says whether a number in der is so large that, as a number of
// rounds, it would keep a fuzzer busy. It looks for INTEGERs of three to eight
// bytes wherever they may begin, with lengths in the short and the long form.
func tooManyRounds(der []byte) bool {
	for i := 0; i+2 < len(der); i++ {
		if der[i] != 2 {
			continue
		}
		n, at := uint64(der[i+1]), i+2
		if n > 0x80 && n <= 0x88 {
			end := min(at+int(n&0x7f), len(der))
			for n = 0; at < end; at++ {
				n = n<<8 | uint64(der[at])
			}
		}
		if n >= 3 && n <= 8 && at < len(der) && der[at] < 0x80 {
			return true
		}
	}
	return false
}

// FuzzPKCS12 reads bytes as a PKCS#12 file. What it holds goes out again and
// comes back.
func FuzzPKCS12(f *testing.F) {
	pub, priv, err := ed25519.GenerateKey(rand.Reader)
	must(f, err)
	// A short number and a long name: tooManyRounds takes some lengths for numbers.
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: strings.Repeat("x", 60), Organization: []string{strings.Repeat("y", 60)}}}
	cert, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, pub, priv)
	must(f, err)
	key, x := toPKey(f, priv), opened[*ossl.X509](f)(ossl.D2IX509(cert))
	for _, pass := range []string{"", "pass"} {
		for _, o := range []ossl.PKCS12Options{{Iter: 1, MacIter: 1}, {KeyPBE: ossl.PBENone, CertPBE: ossl.PBENone, MacIter: -1}} {
			der, err := (&ossl.PKCS12{Key: key, Cert: x, CA: []*ossl.X509{x}}).Create(pass, "name", o)
			must(f, err)
			f.Add(der, pass)
		}
	}
	f.Add([]byte("garbage"), "")
	f.Fuzz(func(t *testing.T, der []byte, pass string) {
		if tooManyRounds(der) {
			t.Skip("the rounds are the file's to choose, and may be billions")
		}
		unleaked(t, func() {
			p, err := ossl.PKCS12Parse(der, pass)
			legible(t, err)
			if err != nil {
				return
			}
			defer p.Close()
			again, err := p.Create(pass, "", ossl.PKCS12Options{Iter: 1, MacIter: 1})
			legible(t, err)
			if err != nil {
				return
			}
			q, err := ossl.PKCS12Parse(again, pass)
			must(t, err)
			defer q.Close()
			if (q.Key == nil) != (p.Key == nil) || p.Key != nil && !q.Key.Eq(p.Key) {
				t.Fatal("another key comes back")
			}
		})
	})
}

// FuzzOCSPResponse reads bytes as a response: whatever it says, it is no proof.
func FuzzOCSPResponse(f *testing.F) {
	ca := newOCSPCA(f)
	for _, s := range []ossl.OCSPCertStatus{ossl.OCSPGood, ossl.OCSPRevoked, ossl.OCSPUnknown} {
		f.Add(ca.answer(ca.now(ca.good, s), ca.responder, ca.rkey, nil))
	}
	f.Add(derOf(f, opened[*ossl.OCSPResponse](f)(ossl.OCSPResponseCreate(ossl.OCSPTryLater, nil))))
	stranger := storeOf(f, toX509(f, newAuthority(f, "Nobody").cert))
	f.Fuzz(func(t *testing.T, der []byte) {
		unleaked(t, func() {
			r, err := ossl.D2IOCSPResponse(der)
			legible(t, err)
			_, stapleErr := ossl.VerifyStaple(der, []*ossl.X509{ca.good, ca.root}, stranger, time.Minute)
			if stapleErr == nil {
				t.Fatal("a proof that nobody trusts")
			}
			oneLine(t, stapleErr)
			if err != nil {
				return
			}
			defer r.Close()
			_ = r.Status().String()
			_, err = r.Print()
			legible(t, err)
			again, err := r.I2D()
			legible(t, err)
			b, err := r.Get1Basic()
			legible(t, err)
			if err != nil {
				return
			}
			defer b.Close()
			for _, s := range b.Responses() {
				_, _, _ = s.ID.Info(), s.Status.String(), s.Reason.String()
				legible(t, s.CheckValidity(time.Minute, time.Hour))
			}
			certs, err := b.Get1Certs()
			legible(t, err)
			ossl.CloseX509s(certs)
			b.ProducedAt()
			b.ResponderID()
			if len(again) == 0 {
				t.Fatal("nothing comes back")
			}
		})
	})
}

// FuzzCRL reads bytes as a CRL, and verifies with it.
func FuzzCRL(f *testing.F) {
	ca := newOCSPCA(f)
	f.Add(ca.crl())
	f.Add([]byte(openssl(f, ca.crl(), "crl", "-inform", "DER")))
	f.Add([]byte("garbage"))
	f.Fuzz(func(t *testing.T, data []byte) {
		unleaked(t, func() {
			c, err := ossl.D2IX509CRL(data)
			if err != nil {
				legible(t, err)
				c, err = ossl.PEMReadBioX509CRL(data)
			}
			legible(t, err)
			if err != nil {
				return
			}
			defer c.Close()
			c.Facts()
			_ = c.GetIssuer().String()
			for _, r := range c.GetREVOKED() {
				_ = r.Reason.String()
				if _, ok := c.Get0BySerial(r.SerialNumber); !ok && r.Reason != ossl.RevokedRemoveFromCRL && r.SerialNumber != nil {
					t.Log("an entry that is not found:", r)
				}
			}
			c.GetExtensions()
			c.Get0ByCert(ca.good)
			_, err = c.Print(0)
			legible(t, err, c.Verify(ca.key))
			der, err := c.I2D()
			legible(t, err)
			if err == nil {
				d, err := ossl.D2IX509CRL(der)
				if err == nil {
					d.Close()
				} else if bytes.Equal(der, data) {
					t.Fatal("read, and then not:", err)
				}
			}
			st, err := ossl.NewStore()
			must(t, err)
			defer st.Close()
			legible(t, st.AddCert(ca.root), st.AddCRL(c), st.SetFlags(ossl.FlagCRLCheck))
			s, err := ossl.NewStoreCtx()
			must(t, err)
			defer s.Close()
			must(t, s.Init(st, ca.good, nil))
			legible(t, s.VerifyCert())
		})
	})
}
