// Package selfcert makes certificates that live in memory only, for servers
// that have none.
package selfcert

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"time"
)

// Pair is a certificate, its key, and what a peer has to trust to believe it.
// All are PEM.
type Pair struct{ Cert, Key, CA []byte }

// lifetime is how long the certificates are good for: nobody should come to
// depend on one.
const lifetime = 7 * 24 * time.Hour

// backdate is for peers whose clocks are behind.
const backdate = time.Hour

// SelfSigned makes a certificate that is its own issuer, for the given host
// names and IP addresses.
func SelfSigned(hosts ...string) (Pair, error) {
	key, err := newKey()
	if err != nil {
		return Pair{}, err
	}
	t, err := leaf(hosts)
	if err != nil {
		return Pair{}, err
	}
	cert, err := sign(t, t, key.Public(), key)
	if err != nil {
		return Pair{}, err
	}
	return pair(cert, cert, key)
}

// Issued makes a CA, and a certificate of it for the given host names and IP
// addresses. The key of the CA is thrown away.
func Issued(hosts ...string) (Pair, error) {
	caKey, err := newKey()
	if err != nil {
		return Pair{}, err
	}
	ca, err := template("sslsock demo CA")
	if err != nil {
		return Pair{}, err
	}
	ca.IsCA, ca.BasicConstraintsValid, ca.KeyUsage = true, true, x509.KeyUsageCertSign
	caDER, err := sign(ca, ca, caKey.Public(), caKey)
	if err != nil {
		return Pair{}, err
	}
	key, err := newKey()
	if err != nil {
		return Pair{}, err
	}
	t, err := leaf(hosts)
	if err != nil {
		return Pair{}, err
	}
	cert, err := sign(t, ca, key.Public(), caKey)
	if err != nil {
		return Pair{}, err
	}
	return pair(cert, caDER, key)
}

func newKey() (*ecdsa.PrivateKey, error) { return ecdsa.GenerateKey(elliptic.P256(), rand.Reader) }

func sign(t, parent *x509.Certificate, pub crypto.PublicKey, key *ecdsa.PrivateKey) ([]byte, error) {
	return x509.CreateCertificate(rand.Reader, t, parent, pub, key)
}

func template(name string) (*x509.Certificate, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, err
	}
	now := time.Now()
	return &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{CommonName: name, Organization: []string{"sslsock"}},
		NotBefore:    now.Add(-backdate),
		NotAfter:     now.Add(lifetime),
	}, nil
}

func leaf(hosts []string) (*x509.Certificate, error) {
	t, err := template(hosts[0])
	if err != nil {
		return nil, err
	}
	t.KeyUsage = x509.KeyUsageDigitalSignature
	t.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	t.BasicConstraintsValid = true
	for _, h := range hosts {
		if ip := net.ParseIP(h); ip != nil {
			t.IPAddresses = append(t.IPAddresses, ip)
		} else {
			t.DNSNames = append(t.DNSNames, h)
		}
	}
	return t, nil
}

func pair(cert, ca []byte, key *ecdsa.PrivateKey) (Pair, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return Pair{}, err
	}
	return Pair{Cert: block("CERTIFICATE", cert), Key: block("PRIVATE KEY", der), CA: block("CERTIFICATE", ca)}, nil
}

func block(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}
