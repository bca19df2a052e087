package ossl_test

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// A CRL is what crypto/x509 and openssl-crl(1) read in it.
func TestCRL(t *testing.T) {
	ca := newAuthority(t, "Revoker")
	when := time.Now().Add(-30 * time.Minute).Truncate(time.Second).UTC()
	der := ca.crl(
		x509.RevocationListEntry{SerialNumber: big.NewInt(100), RevocationTime: when, ReasonCode: 1},
		x509.RevocationListEntry{SerialNumber: big.NewInt(0x7fff_ffff_ffff), RevocationTime: when.Add(time.Minute)},
	)
	c := opened[*ossl.CRL](t)(ossl.D2IX509CRL(der))
	list, err := c.RevocationList()
	must(t, err)
	f := c.Facts()
	same(t, "version, number", []any{f.Version, f.Number, f.DeltaBase}, []any{1, big.NewInt(7), (*big.Int)(nil)})
	if !c.Get0LastUpdate().Equal(list.ThisUpdate) || !c.Get0NextUpdate().Equal(list.NextUpdate) {
		t.Errorf("%+v", f)
	}
	equal(t, "signature", ossl.OBJNid2ln(f.SignatureNID), "ecdsa-with-SHA256")
	if !bytes.Equal(c.GetIssuer().I2D(), ca.cert.RawSubject) {
		t.Error(c.GetIssuer())
	}
	same(t, "entries", c.GetREVOKED(), []ossl.Revoked{
		{SerialNumber: big.NewInt(100), Date: when, Reason: ossl.RevokedKeyCompromise},
		{SerialNumber: big.NewInt(0x7fff_ffff_ffff), Date: when.Add(time.Minute), Reason: ossl.RevokedNoStatus},
	})
	if r, ok := c.Get0BySerial(big.NewInt(100)); !ok || r.Reason.String() != "keyCompromise" || !r.Date.Equal(when) {
		t.Error(r, ok)
	}
	for _, n := range []*big.Int{big.NewInt(101), big.NewInt(-100), nil} {
		if r, ok := c.Get0BySerial(n); ok {
			t.Error(n, "is revoked:", r)
		}
	}
	bad, _ := ca.issue(x509.Certificate{SerialNumber: big.NewInt(100)})
	good, _ := ca.issue(x509.Certificate{SerialNumber: big.NewInt(101)})
	stranger, _ := newAuthority(t, "Stranger").issue(x509.Certificate{SerialNumber: big.NewInt(100)})
	for cert, want := range map[*x509.Certificate]bool{bad: true, good: false, stranger: false} {
		if r, ok := c.Get0ByCert(toX509(t, cert)); ok != want || ok && !r.Date.Equal(when) {
			t.Error(cert.SerialNumber, cert.Issuer, r, ok)
		}
	}

	key := opened[*ossl.PKey](t)(toX509(t, ca.cert).GetPubkey())
	must(t, c.Verify(key))
	if err := c.Verify(keyOf(t, testdata.ECDSA)); err == nil {
		t.Error("another's signature")
	} else {
		oneLine(t, err)
	}
	want := sha256.Sum256(der)
	sum, err := c.Digest("SHA256")
	must(t, err)
	same(t, "digest", sum, want[:])
	pem, err := c.PEMWrite()
	must(t, err)
	equal(t, "PEM", string(pem), openssl(t, der, "crl", "-inform", "DER"))
	text, err := c.Print(ossl.XNFlagOneline)
	must(t, err)
	equal(t, "text", text, openssl(t, pem, "crl", "-noout", "-text", "-nameopt", "oneline"))
	again := opened[*ossl.CRL](t)(ossl.PEMReadBioX509CRL(pem))
	fromGo := opened[*ossl.CRL](t)(ossl.NewCRL(list))
	other := opened[*ossl.CRL](t)(ossl.D2IX509CRL(ca.crl()))
	same(t, "match", []bool{c.Match(again), c.Match(fromGo), c.Match(other), c.Match(nil)}, []bool{true, true, false, false})
	if !bytes.Equal(derOf(t, again), der) {
		t.Error("another CRL comes back")
	}
	exts := c.GetExtensions()
	if len(exts) != len(list.Extensions) || exts[1].NID != ossl.NIDCRLNumber {
		t.Errorf("%+v", exts)
	}
	ref, err := c.UpRef()
	must(t, err)
	c.Close()
	equal(t, "entries", len(ref.GetREVOKED()), 2)
	closedAndNil(t, ref)
	for _, data := range [][]byte{nil, []byte("garbage"), der[:50], readFile(t, testdata.RSA.Cert)} {
		_, err1 := ossl.D2IX509CRL(data)
		_, err2 := ossl.PEMReadBioX509CRL(data)
		for _, err := range []error{err1, err2} {
			if err == nil {
				t.Errorf("%.20q reads", data)
				continue
			}
			oneLine(t, err)
		}
	}
	if _, err := ossl.NewCRL(new(x509.RevocationList)); err == nil {
		t.Error("a CRL that nobody signed")
	}
}

func TestRevocationReasons(t *testing.T) {
	for r := ossl.RevokedNoStatus; r <= ossl.RevokedAACompromise+1; r++ {
		if s := r.String(); s == "" || strings.Contains(s, "UNKNOWN") {
			t.Error(int(r), s)
		}
	}
	equal(t, "reason", ossl.RevokedSuperseded.String(), "superseded")
}

// A Store with CRLs refuses what they revoke, and, if told so, whoever has none.
func TestStoreCRL(t *testing.T) {
	ca := newAuthority(t, "Root")
	good, _ := ca.issue(x509.Certificate{})
	bad, _ := ca.issue(x509.Certificate{})
	crl := opened[*ossl.CRL](t)(ossl.D2IX509CRL(ca.crl(x509.RevocationListEntry{SerialNumber: bad.SerialNumber, RevocationTime: time.Now()})))
	crlPEM, err := crl.PEMWrite()
	must(t, err)
	file := tempFile(t, "crl.pem", crlPEM)
	both := tempFile(t, "both.pem", append(pemOf("CERTIFICATE", ca.cert.Raw), crlPEM...))
	root := toX509(t, ca.cert)
	count := func(n int, err error) error {
		if err == nil && n != 1 {
			t.Error(n, "objects")
		}
		return err
	}
	hashed := hashDir(t, map[string][]byte{".0": pemOf("CERTIFICATE", ca.cert.Raw), ".r0": crlPEM}, root)
	for name, fill := range map[string]func(st *ossl.Store) error{
		"AddCRL": func(st *ossl.Store) error { return errors.Join(st.AddCert(root), st.AddCRL(crl)) },
		"LoadCRLFile": func(st *ossl.Store) error {
			return errors.Join(st.AddCert(root), count(st.LoadCRLFile(file, ossl.FiletypePEM)))
		},
		"DER": func(st *ossl.Store) error {
			return errors.Join(count(st.LoadCertFile(tempFile(t, "ca.der", ca.cert.Raw), ossl.FiletypeASN1)), count(st.LoadCRLFile(tempFile(t, "crl.der", derOf(t, crl)), ossl.FiletypeASN1)))
		},
		"LoadCertCRLFile": func(st *ossl.Store) error {
			n, err := st.LoadCertCRLFile(both, ossl.FiletypePEM)
			equal(t, "objects", n, 2)
			return err
		},
		"AddLookupDir": func(st *ossl.Store) error { return st.AddLookupDir(hashed, ossl.FiletypePEM) },
		"LoadStore":    func(st *ossl.Store) error { return st.LoadStore("file:" + both) },
		"LoadLocations": func(st *ossl.Store) error {
			return errors.Join(st.LoadLocations(both, ""), st.LoadLocations("", hashed))
		},
	} {
		t.Run(name, func(t *testing.T) {
			st := storeOf(t)
			must(t, fill(st))
			must(t, verify(t, st, toX509(t, bad))) // CRLs are not asked for
			must(t, st.SetFlags(ossl.FlagCRLCheck))
			must(t, verify(t, st, toX509(t, good)))
			wantErr(t, verify(t, st, toX509(t, bad)), ossl.VerifyCertRevoked)
		})
	}
	st := storeOf(t, root)
	must(t, st.SetFlags(ossl.FlagCRLCheck))
	wantErr(t, verify(t, st, toX509(t, good)), ossl.VerifyResult(3)) // unable to get CRL
	for _, err := range []error{
		count(st.LoadCRLFile("/no/such/file", ossl.FiletypePEM)), count(st.LoadCRLFile(testdata.Path(testdata.Odd.Garbage), ossl.FiletypePEM)),
		count(st.LoadCertFile(testdata.Path(testdata.Odd.Empty), ossl.FiletypePEM)), count(st.LoadCertCRLFile("", ossl.FiletypePEM)), st.AddLookupDir("", ossl.FiletypePEM),
	} {
		if err == nil {
			t.Error("nothing was loaded, and nobody says so")
		} else {
			oneLine(t, err)
		}
	}

	// A handshake looks at the CRL as well.
	server := serverCtx(t, testdata.ECDSA)
	client := clientCtx(t, testdata.ECDSA)
	own := opened[*ossl.Store](t)(client.GetCertStore())
	must(t, own.SetFlags(ossl.FlagCRLCheck))
	cerr, _ := newPair(t, client, server).try()
	wantErr(t, cerr, ossl.VerifyResult(3))
}

// A delta CRL says which one it is for.
func TestDeltaCRL(t *testing.T) {
	ca := newAuthority(t, "Delta")
	base, err := asn1.Marshal(big.NewInt(7))
	must(t, err)
	der, err := x509.CreateRevocationList(rand.Reader, &x509.RevocationList{
		Number: big.NewInt(8), ThisUpdate: time.Now(), NextUpdate: time.Now().Add(time.Hour),
		ExtraExtensions: []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 27}, Critical: true, Value: base}},
	}, ca.cert, ca.key)
	must(t, err)
	f := opened[*ossl.CRL](t)(ossl.D2IX509CRL(der)).Facts()
	same(t, "numbers", []*big.Int{f.Number, f.DeltaBase}, []*big.Int{big.NewInt(8), big.NewInt(7)})
}
