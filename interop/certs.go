package interop

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/sslsock/sslsock/ossl"
)

// Certificates of a run, by name. All but CertStranger and CertClientStranger
// are issued by one CA, whose own key is ECDSA P-256.
const (
	CertRSA            = "rsa"
	CertRSAPSS         = "rsa-pss"
	CertECDSA          = "ecdsa-p256"
	CertP384           = "ecdsa-p384"
	CertEd25519        = "ed25519"
	CertEd448          = "ed448"
	CertSecond         = "second"          // for NameSecond
	CertExpired        = "expired"         // ended yesterday
	CertOtherName      = "other-name"      // for a name that nobody asks for
	CertStranger       = "stranger"        // for localhost, of a CA that nobody trusts
	CertClient         = "client"          // for clients
	CertClientExpired  = "client-expired"  // ended yesterday
	CertClientStranger = "client-stranger" // of a CA that nobody trusts
)

// Names of the CAs.
const (
	TrustCA       = "ca"
	TrustStranger = "stranger-ca"
)

// KeyKinds are the certificates that differ in the kind of key alone.
var KeyKinds = []string{CertRSA, CertRSAPSS, CertECDSA, CertP384, CertEd25519, CertEd448}

// leaves says what each certificate is like.
var leaves = []struct {
	name, key, ca, host string
	expired             bool
}{
	{name: CertRSA, key: "RSA", ca: TrustCA, host: NameLocalhost},
	{name: CertRSAPSS, key: "RSA-PSS", ca: TrustCA, host: NameLocalhost},
	{name: CertECDSA, key: "P-256", ca: TrustCA, host: NameLocalhost},
	{name: CertP384, key: "P-384", ca: TrustCA, host: NameLocalhost},
	{name: CertEd25519, key: "ED25519", ca: TrustCA, host: NameLocalhost},
	{name: CertEd448, key: "ED448", ca: TrustCA, host: NameLocalhost},
	{name: CertSecond, key: "P-256", ca: TrustCA, host: NameSecond},
	{name: CertExpired, key: "P-256", ca: TrustCA, host: NameLocalhost, expired: true},
	{name: CertOtherName, key: "P-256", ca: TrustCA, host: "other.example"},
	{name: CertStranger, key: "P-256", ca: TrustStranger, host: NameLocalhost},
	{name: CertClient, key: "P-256", ca: TrustCA},
	{name: CertClientExpired, key: "P-256", ca: TrustCA, expired: true},
	{name: CertClientStranger, key: "P-256", ca: TrustStranger},
}

// backdate is for peers whose clocks are behind.
const backdate = time.Hour

// Certs is a folder of certificates that were made for one run.
type Certs struct{ dir string }

// Cert is the file of a certificate, in PEM.
func (c *Certs) Cert(name string) string { return filepath.Join(c.dir, name+".pem") }

// Key is the file of a certificate's private key: PKCS#8, in PEM.
func (c *Certs) Key(name string) string { return filepath.Join(c.dir, name+".key") }

// CA is the file of a CA's certificate, in PEM: TrustCA or TrustStranger.
func (c *Certs) CA(name string) string { return filepath.Join(c.dir, name+".pem") }

// Staple is the file of an OCSP response, in DER, that calls a certificate of
// TrustCA good.
func (c *Certs) Staple(name string) string { return filepath.Join(c.dir, name+".ocsp") }

// newCerts makes all certificates in dir, which exists.
func newCerts(dir string) (*Certs, error) {
	c := &Certs{dir: dir}
	cas := map[string]*authority{}
	for _, name := range []string{TrustCA, TrustStranger} {
		ca, err := newAuthority("interop " + name)
		if err != nil {
			return nil, fmt.Errorf("CA: %w", err)
		}
		cas[name] = ca
		if err := writePEM(c.CA(name), "CERTIFICATE", ca.cert.Raw); err != nil {
			return nil, err
		}
	}
	for _, l := range leaves {
		if err := c.addLeaf(cas[l.ca], l.name, l.key, l.host, l.expired); err != nil {
			return nil, fmt.Errorf("certificate %s: %w", l.name, err)
		}
	}
	for _, name := range KeyKinds {
		if err := c.addStaple(cas[TrustCA], name); err != nil {
			return nil, fmt.Errorf("OCSP response for %s: %w", name, err)
		}
	}
	return c, nil
}

func (c *Certs) addLeaf(ca *authority, name, key, host string, expired bool) error {
	spki, private, err := newKey(key)
	if err != nil {
		return err
	}
	t, err := certTemplate("interop " + name)
	if err != nil {
		return err
	}
	t.KeyUsage, t.BasicConstraintsValid = x509.KeyUsageDigitalSignature, true
	t.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	if key == "RSA" {
		t.KeyUsage |= x509.KeyUsageKeyEncipherment // TLS 1.2 without (EC)DHE
	}
	if host != "" {
		t.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
		t.DNSNames = []string{host}
	}
	if host == NameLocalhost {
		t.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1)}
	}
	if expired {
		t.NotBefore, t.NotAfter = t.NotBefore.AddDate(0, 0, -2), t.NotBefore.AddDate(0, 0, -1)
	}
	der, err := ca.issue(t, spki)
	if err != nil {
		return err
	}
	if err := os.WriteFile(c.Key(name), private, 0o600); err != nil {
		return err
	}
	return writePEM(c.Cert(name), "CERTIFICATE", der)
}

// newKey makes a key pair: the public key in DER, the private one in PEM.
// libcrypto makes it, because Go knows neither Ed448 nor keys that are for
// RSA-PSS alone.
func newKey(kind string) (spki, private []byte, err error) {
	var k *ossl.PKey
	switch kind {
	case "RSA", "RSA-PSS":
		k, err = ossl.RSAGen(2048)
	case "P-256", "P-384":
		k, err = ossl.ECGen(kind)
	default:
		k, err = ossl.PKeyQKeygen(kind)
	}
	if err != nil {
		return nil, nil, err
	}
	defer k.Close()
	if spki, err = k.I2DPUBKEY(); err != nil {
		return nil, nil, err
	}
	if kind != "RSA-PSS" {
		private, err = k.PEMWritePrivateKey("", "")
		return spki, private, err
	}
	pkcs8, err := k.I2DPKCS8PrivateKey("", "")
	if err != nil {
		return nil, nil, err
	}
	return pssKey(spki, pkcs8)
}

func certTemplate(name string) (*x509.Certificate, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, err
	}
	now := time.Now()
	return &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{CommonName: name, Organization: []string{"sslsock"}},
		NotBefore:    now.Add(-backdate),
		NotAfter:     now.AddDate(0, 0, 7),
	}, nil
}

func newAuthority(name string) (*authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	t, err := certTemplate(name)
	if err != nil {
		return nil, err
	}
	t.IsCA, t.BasicConstraintsValid, t.KeyUsage = true, true, x509.KeyUsageCertSign|x509.KeyUsageDigitalSignature
	der, err := x509.CreateCertificate(rand.Reader, t, t, key.Public(), key)
	if err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(der)
	return &authority{cert: cert, key: key}, err
}

func writePEM(file, kind string, der []byte) error {
	return os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o644)
}
