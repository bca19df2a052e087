// Package certs makes the certificates of a benchmark run.
package certs

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// Kind is the kind of a server's key.
type Kind string

// The kinds of keys.
const (
	ECDSA Kind = "ecdsa" // P-256
	RSA   Kind = "rsa"   // 2048 bits
)

// Pair names the PEM files of a certificate and its key.
type Pair struct{ Cert, Key string }

// Make writes a self-signed certificate for localhost, valid for a day, and its key to dir.
func Make(dir string, kind Kind) (Pair, error) {
	key, err := generate(kind)
	if err != nil {
		return Pair{}, err
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()),
		Subject:      pkix.Name{CommonName: "localhost"},
		NotBefore:    now.Add(-time.Hour),
		NotAfter:     now.Add(24 * time.Hour),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames:     []string{"localhost"},
		IPAddresses:  []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return Pair{}, err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return Pair{}, err
	}
	p := Pair{filepath.Join(dir, string(kind)+".pem"), filepath.Join(dir, string(kind)+".key")}
	if err := write(p.Cert, "CERTIFICATE", cert); err != nil {
		return Pair{}, err
	}
	return p, write(p.Key, "PRIVATE KEY", secret)
}

func generate(kind Kind) (crypto.Signer, error) {
	switch kind {
	case ECDSA:
		return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case RSA:
		return rsa.GenerateKey(rand.Reader, 2048)
	}
	return nil, fmt.Errorf("no such kind of key: %q", kind)
}

func write(file, kind string, der []byte) error {
	return os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600)
}
