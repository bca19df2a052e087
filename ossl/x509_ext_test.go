package ossl_test

import (
	"bytes"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// richCert has each extension that there is an accessor for.
func richCert(t *testing.T) (*authority, *x509.Certificate) {
	ca := newAuthority(t, "Rich")
	u, err := url.Parse("https://example.org/x")
	must(t, err)
	cert, _ := ca.issue(x509.Certificate{
		Subject:  pkix.Name{CommonName: "rich.example"},
		DNSNames: []string{"rich.example", "*.rich.example"}, EmailAddresses: []string{"me@rich.example"},
		IPAddresses: []net.IP{net.IPv4(192, 0, 2, 7), net.ParseIP("2001:db8::7")}, URIs: []*url.URL{u},
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageKeyAgreement, BasicConstraintsValid: true,
		ExtKeyUsage:        []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		UnknownExtKeyUsage: []asn1.ObjectIdentifier{{1, 2, 3, 4}},
		OCSPServer:         []string{"http://ocsp.example/a", "http://ocsp.example/b"}, IssuingCertificateURL: []string{"http://ca.example/ca.der"},
		CRLDistributionPoints: []string{"http://crl.example/1.crl", "http://crl.example/2.crl"},
		SubjectKeyId:          []byte("0123456789"),
		ExtraExtensions:       []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 2, 3, 4, 5}, Critical: true, Value: []byte{4, 2, 'h', 'i'}}},
	})
	return ca, cert
}

func TestX509Extensions(t *testing.T) {
	ca, cert := richCert(t)
	x := toX509(t, cert)

	exts := x.GetExtensions()
	equal(t, "extensions", len(exts), len(cert.Extensions))
	for i, e := range exts {
		want := cert.Extensions[i]
		if e.OID != want.Id.String() || e.Critical != want.Critical || !bytes.Equal(e.Value, want.Value) {
			t.Errorf("%+v, want %+v", e, want)
		}
	}
	if e, ok := x.GetExtByNID(ossl.NIDSubjectAltName); !ok || !strings.Contains(e.Text, "DNS:*.rich.example") {
		t.Errorf("%+v", e)
	}
	if e, ok := x.GetExtByOID("1.2.3.4.5"); !ok || !e.Critical || e.NID != ossl.NIDUndef || !bytes.Equal(e.Value, []byte{4, 2, 'h', 'i'}) {
		t.Errorf("%+v", e)
	}
	if e, ok := x.GetExtByOID("1.2.3.4.6"); ok {
		t.Errorf("%+v", e)
	}

	names, err := x.GetSubjectAltNames()
	must(t, err)
	var texts []string
	var ips []netip.Addr
	for _, n := range names {
		texts = append(texts, n.Text)
		if ip, ok := netip.AddrFromSlice(n.Data); ok && n.Type == ossl.GenIPAdd {
			ips = append(ips, ip)
		}
	}
	same(t, "names", texts, []string{"DNS:rich.example", "DNS:*.rich.example", "email:me@rich.example", "IP Address:192.0.2.7",
		"IP Address:2001:DB8:0:0:0:0:0:7", "URI:https://example.org/x"})
	same(t, "addresses", ips, []netip.Addr{netip.MustParseAddr("192.0.2.7"), netip.MustParseAddr("2001:db8::7")})
	equal(t, "type", names[5].Type, ossl.GenURI)
	equal(t, "data", string(names[1].Data), "*.rich.example")
	if names, err := x.GetIssuerAltNames(); len(names) != 0 || err != nil {
		t.Error("the issuer has no names:", names, err)
	}

	equal(t, "key usage", x.GetKeyUsage(), ossl.KUDigitalSignature|ossl.KUKeyAgreement)
	equal(t, "extended key usage", x.GetExtendedKeyUsage(), ossl.XKUSSLServer|ossl.XKUSSLClient)
	ekus, err := x.GetExtendedKeyUsages()
	must(t, err)
	same(t, "purposes", ekus, []string{"1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2", "1.2.3.4"})
	same(t, "OCSP", x.Get1OCSP(), cert.OCSPServer)
	same(t, "e-mail", x.Get1Email(), cert.EmailAddresses)
	crls, err := x.GetCRLURLs()
	must(t, err)
	same(t, "CRLs", crls, cert.CRLDistributionPoints)
	issuers, err := x.GetIssuerURLs()
	must(t, err)
	same(t, "issuer", issuers, cert.IssuingCertificateURL)
	same(t, "subject key id", x.Get0SubjectKeyID(), cert.SubjectKeyId)
	same(t, "authority key id", x.Get0AuthorityKeyID(), ca.cert.SubjectKeyId)
	if x.Get0AuthoritySerial() != nil {
		t.Error(x.Get0AuthoritySerial())
	}
	flags := ossl.EXFlagBCons | ossl.EXFlagBConsCritical | ossl.EXFlagKUsage | ossl.EXFlagXKUsage | ossl.EXFlagCritical
	if ossl.OpenSSLVersionNum() >= openssl40 {
		flags &^= ossl.EXFlagBConsCritical
	}
	equal(t, "flags", x.GetExtensionFlags(), flags)
	equal(t, "path length", x.GetPathlen(), -1)

	root := toX509(t, ca.cert)
	equal(t, "flags of the root", root.GetExtensionFlags()&(ossl.EXFlagCA|ossl.EXFlagSI|ossl.EXFlagSS), ossl.EXFlagCA|ossl.EXFlagSI|ossl.EXFlagSS)
	equal(t, "not restricted", root.GetExtendedKeyUsage(), ossl.ExtendedKeyUsageAbsent)
	if !root.CheckCA() || x.CheckCA() {
		t.Error("who is a CA?")
	}
	tiny, _ := ca.issue(x509.Certificate{IsCA: true, BasicConstraintsValid: true, MaxPathLen: 2})
	equal(t, "path length", toX509(t, tiny).GetPathlen(), 2)
	equal(t, "no key usage", toX509(t, tiny).GetKeyUsage(), ossl.KeyUsageAbsent)
}

// An extension that cannot be read is an error, and no empty list.
func TestX509DamagedExtension(t *testing.T) {
	ca := newAuthority(t, "Damaged")
	for _, oid := range []asn1.ObjectIdentifier{{2, 5, 29, 17}, {2, 5, 29, 31}, {2, 5, 29, 37}, {1, 3, 6, 1, 5, 5, 7, 1, 1}} {
		key := pkix.Extension{Id: oid, Value: []byte{0x30, 3, 1, 2}}
		der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{SerialNumber: serial(), ExtraExtensions: []pkix.Extension{key}}, ca.cert, ca.key.Public(), ca.key)
		must(t, err)
		x := opened[*ossl.X509](t)(ossl.D2IX509(der))
		_, san := x.GetSubjectAltNames()
		_, crl := x.GetCRLURLs()
		_, eku := x.GetExtendedKeyUsages()
		_, aia := x.GetIssuerURLs()
		n := 0
		for _, err := range []error{san, crl, eku, aia} {
			if err != nil {
				oneLine(t, err)
				n++
			}
		}
		if n != 1 {
			t.Errorf("%v: %d errors", oid, n)
		}
	}
}

func TestX509Check(t *testing.T) {
	ca, cert := richCert(t)
	x, root := toX509(t, cert), toX509(t, ca.cert)
	for host, want := range map[string]string{
		"rich.example": "rich.example", "RICH.example": "rich.example", "a.rich.example": "*.rich.example", "a.b.rich.example": "",
		"other.example": "", "": "", "rich.example\x00.evil": "",
	} {
		name, ok := x.CheckHost(host, 0)
		if name != want || ok != (want != "") {
			t.Errorf("%q: %q, %v", host, name, ok)
		}
		if want != "" && cert.VerifyHostname(host) != nil {
			t.Error("crypto/x509 thinks otherwise of", host)
		}
	}
	if _, ok := x.CheckHost("a.rich.example", ossl.CheckFlagNoWildcards); ok {
		t.Error("a wildcard counts")
	}
	plain, _ := ca.issue(x509.Certificate{Subject: pkix.Name{CommonName: "cn.example"}})
	if _, ok := toX509(t, plain).CheckHost("cn.example", 0); !ok {
		t.Error("without names the common name counts")
	}
	if _, ok := toX509(t, plain).CheckHost("cn.example", ossl.CheckFlagNeverCheckSubject); ok {
		t.Error("the common name counts")
	}
	same(t, "e-mail", []bool{x.CheckEmail("me@rich.example", 0), x.CheckEmail("you@rich.example", 0), x.CheckEmail("", 0), x.CheckEmail("me@rich.example\x00", 0)}, []bool{true, false, false, false})
	same(t, "address", []bool{
		x.CheckIP(netip.MustParseAddr("192.0.2.7").AsSlice(), 0), x.CheckIP(netip.MustParseAddr("::ffff:192.0.2.7").Unmap().AsSlice(), 0), x.CheckIP(netip.MustParseAddr("192.0.2.8").AsSlice(), 0),
		x.CheckIP(netip.MustParseAddr("2001:db8::7").AsSlice(), 0), x.CheckIP(nil, 0),
		x.CheckIPAsc("2001:db8:0::7", 0), x.CheckIPAsc("192.0.2.7", 0), x.CheckIPAsc("rich.example", 0), x.CheckIPAsc("", 0),
	}, []bool{true, true, false, true, false, true, true, false, false})

	same(t, "purpose", []bool{
		x.CheckPurpose(ossl.PurposeSSLServer, false), x.CheckPurpose(ossl.PurposeSSLClient, false), x.CheckPurpose(ossl.PurposeSMIMESign, false),
		x.CheckPurpose(ossl.PurposeSSLServer, true), root.CheckPurpose(ossl.PurposeSSLServer, true), x.CheckPurpose(ossl.PurposeGetBySname("sslclient"), false),
	}, []bool{true, true, false, false, true, true})
	equal(t, "no such purpose", ossl.PurposeGetBySname("nosuch"), 0)
	equal(t, "purpose", ossl.PurposeGetBySname("sslserver"), ossl.PurposeSSLServer)

	must(t, root.CheckIssued(x))
	must(t, root.CheckIssued(root))
	wantErr(t, x.CheckIssued(root), ossl.VerifyResult(29)) // subject issuer mismatch
	key := opened[*ossl.PKey](t)(root.GetPubkey())
	must(t, x.Verify(key))
	if err := leafOf(t, testdata.ECDSA).Verify(key); err == nil {
		t.Error("the signature is another's")
	} else {
		oneLine(t, err)
	}
	same(t, "self-signed", []bool{root.SelfSigned(true), root.SelfSigned(false), x.SelfSigned(true)}, []bool{true, true, false})
	fake, err := newAuthority(t, "Rich").cert, error(nil)
	must(t, err)
	if err := toX509(t, fake).Verify(key); err == nil {
		t.Error("the same name is enough")
	}
	if err := root.CheckIssued(nil); !errors.Is(err, ossl.ErrClosed) {
		t.Error(err)
	}
}

// Trust settings decide, and travel with the certificate in its own format.
func TestX509Aux(t *testing.T) {
	x := toX509(t, newAuthority(t, "Aux").cert)
	same(t, "none", x.Aux(), ossl.X509Aux{})
	equal(t, "self-signed", x.CheckTrust(ossl.TrustSSLServer), ossl.TrustTrusted)
	must(t, errors.Join(x.AliasSet1("mine"), x.Add1TrustObject("serverAuth"), x.Add1RejectObject("clientAuth")))
	aux := x.Aux()
	same(t, "settings", aux, ossl.X509Aux{Alias: "mine", Trust: []string{"1.3.6.1.5.5.7.3.1"}, Reject: []string{"1.3.6.1.5.5.7.3.2"}})
	same(t, "trust", []ossl.TrustResult{x.CheckTrust(ossl.TrustSSLServer), x.CheckTrust(ossl.TrustSSLClient)}, []ossl.TrustResult{ossl.TrustTrusted, ossl.TrustRejected})

	pem, err := x.PEMWriteAux()
	must(t, err)
	if text := openssl(t, pem, "x509", "-noout", "-text", "-alias"); !strings.Contains(text, "TLS Web Server Authentication") || !strings.Contains(text, "mine") {
		t.Error(text)
	}
	der, err := x.I2DAux()
	must(t, err)
	for _, again := range []*ossl.X509{opened[*ossl.X509](t)(ossl.PEMReadBioX509(pem)), opened[*ossl.X509](t)(ossl.D2IX509Aux(der))} {
		same(t, "settings", again.Aux(), aux)
	}
	if _, err := ossl.D2IX509Aux([]byte("garbage")); err == nil {
		t.Error("garbage reads")
	}
	x.TrustClear()
	x.RejectClear()
	must(t, x.AliasSet1(""))
	same(t, "none again", x.Aux(), ossl.X509Aux{})
	if err := x.Add1TrustObject("no such purpose"); err == nil {
		t.Error("no such purpose")
	}
}

func TestClosedX509(t *testing.T) { closedAndNil(t, leafOf(t, testdata.RSA)) }
