package ossl_test

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"strings"
	"testing"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// A name as OpenSSL, its program and crypto/x509 see it.
func TestX509Name(t *testing.T) {
	ca := newAuthority(t, "Names")
	subject := pkix.Name{CommonName: "Grün, von", Organization: []string{"A/B=C"}, Country: []string{"DE"}, OrganizationalUnit: []string{"one", "two"}}
	cert, _ := ca.issue(x509.Certificate{Subject: subject})
	x := toX509(t, cert)
	n := x.GetSubjectX509Name()

	if !bytes.Equal(n.I2D(), cert.RawSubject) || !bytes.Equal(x.GetIssuerX509Name().I2D(), ca.cert.RawSubject) {
		t.Error("another name comes out")
	}
	again, err := ossl.D2IX509Name(cert.RawSubject)
	must(t, err)
	equal(t, "D2IX509Name", again, n)
	equal(t, "String", n.String(), x.GetSubjectName())
	pem := pemOf("CERTIFICATE", cert.Raw)
	program := func(opt string) string {
		line, _, _ := strings.Cut(openssl(t, pem, "x509", "-noout", "-subject", "-nameopt", opt), "\n")
		return strings.TrimPrefix(line, "subject=")
	}
	equal(t, "RFC 2253", n.PrintEx(ossl.XNFlagRFC2253), program("RFC2253"))
	equal(t, "one line", n.PrintEx(ossl.XNFlagOneline), program("oneline"))
	equal(t, "UTF-8", n.PrintEx(ossl.XNFlagOneline&^ossl.StrFlagsEscMSB|ossl.StrFlagsUTF8Convert), program("oneline,-esc_msb,utf8"))
	equal(t, "oldest form", n.Oneline(), program("compat"))
	equal(t, "entries", n.EntryCount(), 5)

	var values []string
	for _, e := range n.Entries() {
		values = append(values, ossl.OBJNid2sn(e.NID)+"="+e.Value+" "+e.OID)
	}
	same(t, "entries", values, []string{"C=DE 2.5.4.6", "O=A/B=C 2.5.4.10", "OU=one 2.5.4.11", "OU=two 2.5.4.11", "CN=Grün, von 2.5.4.3"})
	e := n.Entries()
	if e[2].Set != e[3].Set || e[1].Set == e[2].Set {
		t.Error("the two units are one RDN, and nothing else is", e)
	}
	equal(t, "type of DE", e[0].Type, asn1.TagPrintableString)
	first := n.GetIndexByNID(ossl.NIDOrganizationalUnit, -1)
	second := n.GetIndexByNID(ossl.NIDOrganizationalUnit, first)
	same(t, "positions", []int{first, second, n.GetIndexByNID(ossl.NIDOrganizationalUnit, second), n.GetIndexByNID(ossl.NIDEmailAddress, -1)}, []int{2, 3, -1, -1})
	if cn, ok := n.GetTextByNID(ossl.NIDCommonName); !ok || cn != subject.CommonName {
		t.Error(cn, ok)
	}
	if _, ok := n.GetTextByNID(ossl.NIDLocalityName); ok {
		t.Error("there is no locality")
	}

	sum, err := n.Digest("SHA256")
	must(t, err)
	want := sha256.Sum256(cert.RawSubject)
	if !bytes.Equal(sum, want[:]) {
		t.Error("another digest")
	}
	if _, err := n.Digest("NOSUCH"); err == nil {
		t.Error("a digest that nobody knows")
	}
	hash := strings.TrimSpace(openssl(t, pem, "x509", "-noout", "-subject_hash"))
	equal(t, "hash", fmt.Sprintf("%08x", n.Hash()), hash)
	equal(t, "hash of the certificate", fmt.Sprintf("%08x", x.SubjectNameHash()), hash)
	equal(t, "issuer's hash", fmt.Sprintf("%08x", x.IssuerNameHash()), strings.TrimSpace(openssl(t, pem, "x509", "-noout", "-issuer_hash")))
}

// A name is made entry by entry, and compared as RFC 5280 wants it.
func TestX509NameMade(t *testing.T) {
	empty := ossl.NewX509Name()
	same(t, "empty", []any{empty.EntryCount(), empty.String(), empty.Oneline(), empty.I2D()}, []any{0, "", "", []byte{0x30, 0}})
	make := func(field, value string) ossl.X509Name {
		n, err := empty.AddEntryByTxt(field, value)
		must(t, err)
		return n
	}
	a := make("CN", "Some  Name")
	equal(t, "other case and spaces", a.Cmp(make("commonName", "some name")), 0)
	equal(t, "by its identifier", a.Cmp(make("2.5.4.3", "SOME NAME ")), 0)
	if a.Cmp(make("CN", "other")) == 0 || a.Cmp(empty) == 0 || a.Cmp(make("O", "Some Name")) == 0 {
		t.Error("different names are the same")
	}
	two, err := a.AddEntryByTxt("O", "Ö")
	must(t, err)
	equal(t, "two entries", two.String(), "O=Ö,CN=Some  Name")
	equal(t, "unchanged", a.EntryCount(), 1)
	var parsed pkix.RDNSequence
	if _, err := asn1.Unmarshal(two.I2D(), &parsed); err != nil || len(parsed) != 2 {
		t.Error(err, parsed)
	}
	for _, field := range []string{"nosuchfield", "CN\x00", ""} {
		if _, err := a.AddEntryByTxt(field, "x"); err == nil {
			t.Errorf("%q is a field", field)
		}
	}
	if _, err := a.AddEntryByTxt("C", "too long for a country"); err == nil {
		t.Error("a country of many letters")
	}
	for _, der := range [][]byte{nil, []byte("garbage"), append(a.I2D(), 0), a.I2D()[:5]} {
		if _, err := ossl.D2IX509Name(der); err == nil {
			t.Errorf("%q is a name", der)
		} else {
			oneLine(t, err)
		}
	}
}

// A name whose value holds a zero byte is not taken for what stands before it.
func TestX509NameZeroByte(t *testing.T) {
	evil, err := ossl.NewX509Name().AddEntryByTxt("CN", "localhost\x00.evil.example")
	must(t, err)
	if text, ok := evil.GetTextByNID(ossl.NIDCommonName); ok {
		t.Errorf("%q", text)
	}
	equal(t, "value", evil.Entries()[0].Value, "localhost\x00.evil.example")
}

func TestClosedX509Name(t *testing.T) {
	x := leafOf(t, testdata.RSA)
	x.Close()
	equal(t, "closed", x.GetSubjectX509Name(), ossl.X509Name{})
}
