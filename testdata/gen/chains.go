package main

import (
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"net"
	"time"

	"github.com/sslsock/sslsock/testdata"
)

var (
	begin  = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	end    = time.Date(2120, 1, 1, 0, 0, 0, 0, time.UTC)
	past   = time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC) // end of what has expired
	future = time.Date(2110, 1, 1, 0, 0, 0, 0, time.UTC) // begin of what is not yet valid
)

// goodHosts are the names that every good server leaf has.
var goodHosts = []string{"server.example", "localhost", "127.0.0.1", "::1"}

// authority is a CA: a root or an intermediate.
type authority struct {
	key
	subject *x509.Certificate // its name and key identifier, all that CreateCertificate asks of a parent
	der     []byte
}

// server is all that belongs to one good server chain.
type server struct {
	root, intermediate authority
	leaf               key
	leafDER            []byte
}

// serverSet holds the good server chains by Chain.Name.
type serverSet map[string]server

// leaf says what a leaf is to be. Zero times mean the usual ones.
type leaf struct {
	label         string // of key and serial number
	kind          kind
	name          string   // common name
	hosts         []string // DNS names and IP addresses; none in client certificates
	begin, end    time.Time
	authoritative bool // a CA as well, as self-signed certificates usually are
}

// newRoot makes a self-signed CA.
func newRoot(k kind, label, name string) authority {
	a := authority{key: newKey(k, label)}
	a.subject = caTemplate(label, name, a.key)
	a.der = sign(a.subject, a.subject, a.key, a.key)
	return a
}

// newIntermediate makes a CA below a root, with a key of the root's kind, that may issue leaves only.
func (a authority) newIntermediate(label, name string) authority {
	sub := authority{key: newKey(a.kind, label)}
	sub.subject = caTemplate(label, name, sub.key)
	sub.subject.MaxPathLenZero = true
	sub.der = sign(sub.subject, a.subject, sub.key, a.key)
	return sub
}

// issue makes a leaf below an authority.
func (a authority) issue(l leaf) (key, []byte) {
	k := newKey(l.kind, l.label)
	return k, sign(l.template(k), a.subject, k, a.key)
}

// selfSigned makes a leaf that is its own issuer.
func selfSigned(l leaf) (key, []byte) {
	k := newKey(l.kind, l.label)
	t := l.template(k)
	return k, sign(t, t, k, k)
}

// sign makes the DER of a certificate. Every signature is repeatable: without a source of randomness crypto/ecdsa
// follows RFC 6979, and PKCS #1 v1.5 and Ed25519 need none.
func sign(template, parent *x509.Certificate, subject, issuer key) []byte {
	der := must(x509.CreateCertificate(nil, template, parent, subject.Public(), issuer.Signer))
	if issuer.kind == pssKey {
		der = pssCertificate(der, issuer.Signer.(*rsa.PrivateKey))
	}
	return der
}

func caTemplate(label, name string, k key) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber:          serial(label),
		Subject:               distinguished(name),
		NotBefore:             begin,
		NotAfter:              end,
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		BasicConstraintsValid: true,
		IsCA:                  true,
		SubjectKeyId:          k.id(),
	}
}

func (l leaf) template(k key) *x509.Certificate {
	t := &x509.Certificate{
		SerialNumber:          serial(l.label),
		Subject:               distinguished(l.name),
		NotBefore:             begin,
		NotAfter:              end,
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
		BasicConstraintsValid: true,
		SubjectKeyId:          k.id(),
	}
	if !l.begin.IsZero() {
		t.NotBefore = l.begin
	}
	if !l.end.IsZero() {
		t.NotAfter = l.end
	}
	if len(l.hosts) > 0 {
		t.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	}
	if l.kind == rsaKey {
		t.KeyUsage |= x509.KeyUsageKeyEncipherment // TLS 1.2 without (EC)DHE
	}
	if l.authoritative {
		t.IsCA = true
		t.KeyUsage |= x509.KeyUsageCertSign
	}
	for _, host := range l.hosts {
		if ip := net.ParseIP(host); ip != nil {
			t.IPAddresses = append(t.IPAddresses, ip)
		} else {
			t.DNSNames = append(t.DNSNames, host)
		}
	}
	return t
}

func distinguished(name string) pkix.Name {
	return pkix.Name{Organization: []string{"sslsock test data, do not trust"}, CommonName: name}
}

// goodChains writes the server chains, their roots, and the RSA chain as DER.
func goodChains(out files) serverSet {
	set := serverSet{}
	for _, c := range []struct {
		testdata.Chain
		kind kind
		name string
	}{
		{testdata.RSA, rsaKey, "RSA"},
		{testdata.RSAPSS, pssKey, "RSA-PSS"},
		{testdata.ECDSA, p256Key, "P-256"},
		{testdata.P384, p384Key, "P-384"},
		{testdata.Ed25519, ed25519Key, "Ed25519"},
	} {
		var s server
		s.root = newRoot(c.kind, c.Name+" root", c.name+" root")
		s.intermediate = s.root.newIntermediate(c.Name+" intermediate", c.name+" intermediate")
		s.leaf, s.leafDER = s.intermediate.issue(leaf{label: c.Name, kind: c.kind, name: goodHosts[0], hosts: goodHosts})
		set[c.Name] = s

		writeChain(out, c.Chain, s.leaf, s.leafDER, s.intermediate.der)
		out[c.Roots] = certPEM(s.root.der)
		out[testdata.AllRoots] = append(out[testdata.AllRoots], certPEM(s.root.der)...)
		out[testdata.RootsDir+"/"+hashedName(s.root.der)] = certPEM(s.root.der)
	}
	asDER := set[testdata.RSA.Name]
	out[testdata.DER.Cert] = asDER.leafDER
	out[testdata.DER.Intermediate] = asDER.intermediate.der
	out[testdata.DER.Root] = asDER.root.der
	return set
}

// sniChains writes one chain per name.
func sniChains(out files, servers serverSet) {
	ca := servers[testdata.ECDSA.Name].intermediate
	for _, c := range []struct {
		testdata.Chain
		host string
	}{
		{testdata.SNI.A, "a.example"},
		{testdata.SNI.B, "b.example"},
		{testdata.SNI.Wild, "*.wild.example"},
	} {
		k, der := ca.issue(leaf{label: c.Name, kind: p256Key, name: c.host, hosts: []string{c.host}})
		writeChain(out, c.Chain, k, der, ca.der)
	}
}

// clientChains writes the client CA and the good client chains, and returns the CA's intermediate.
func clientChains(out files) authority {
	root := newRoot(p256Key, "client root", "client root")
	ca := root.newIntermediate("client intermediate", "client intermediate")
	out[testdata.ClientRoots] = certPEM(root.der)
	for _, c := range []struct {
		testdata.Chain
		kind kind
	}{
		{testdata.Client.RSA, rsaKey},
		{testdata.Client.ECDSA, p256Key},
		{testdata.Client.Ed25519, ed25519Key},
	} {
		k, der := ca.issue(leaf{label: c.Name, kind: c.kind, name: c.Name})
		writeChain(out, c.Chain, k, der, ca.der)
	}
	return ca
}

// writeChain writes a key and its certificates, leaf first.
func writeChain(out files, c testdata.Chain, k key, ders ...[]byte) {
	out[c.Key] = keyPEM(k)
	out[c.Cert] = nil
	for _, der := range ders {
		out[c.Cert] = append(out[c.Cert], certPEM(der)...)
	}
}

func certPEM(der []byte) []byte { return pemOf("CERTIFICATE", der) }
