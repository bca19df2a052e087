package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"math/big"

	"github.com/sslsock/sslsock/testdata"
)

// kind is a kind of key.
type kind int

const (
	rsaKey kind = iota
	pssKey      // an RSA key that says id-RSASSA-PSS of itself
	p256Key
	p384Key
	ed25519Key
)

// key is a private key that knows its kind: for Go, an rsaKey and a pssKey are the same type.
type key struct {
	kind kind
	crypto.Signer
}

// newKey returns the key that belongs to the label, always the same.
func newKey(k kind, label string) key {
	s := newStream("key " + label)
	switch k {
	case rsaKey, pssKey:
		return key{k, newRSA(s)}
	case p256Key:
		return key{k, newECDSA(s, elliptic.P256())}
	case p384Key:
		return key{k, newECDSA(s, elliptic.P384())}
	default:
		return key{k, ed25519.NewKeyFromSeed(s.bytes(ed25519.SeedSize))}
	}
}

// newRSA makes an RSA key of 2048 bits (FIPS 186-5, appendix A.1, without its bounds on how the primes are found).
func newRSA(s *stream) *rsa.PrivateKey {
	const exponent = 65537
	one, e := big.NewInt(1), big.NewInt(exponent)
	for {
		p, q := s.prime(1024), s.prime(1024)
		p1, q1 := new(big.Int).Sub(p, one), new(big.Int).Sub(q, one)
		lcm := new(big.Int).Mul(p1, q1)
		lcm.Div(lcm, new(big.Int).GCD(nil, nil, p1, q1))
		d := new(big.Int).ModInverse(e, lcm)
		if d == nil || p.Cmp(q) == 0 {
			continue
		}
		k := &rsa.PrivateKey{
			PublicKey: rsa.PublicKey{N: new(big.Int).Mul(p, q), E: exponent},
			D:         d,
			Primes:    []*big.Int{p, q},
		}
		k.Precompute()
		if err := k.Validate(); err != nil {
			panic(err)
		}
		return k
	}
}

func newECDSA(s *stream, curve elliptic.Curve) *ecdsa.PrivateKey {
	order := curve.Params().N
	scalar := make([]byte, (order.BitLen()+7)/8)
	return must(ecdsa.ParseRawPrivateKey(curve, s.below(order).FillBytes(scalar)))
}

// id is the key's identifier: the first 160 bits of SHA-256 over the public key (RFC 7093, section 2, method 1).
// crypto/x509 would choose one too, but by a rule that a GODEBUG setting changes.
func (k key) id() []byte {
	spki := parse[publicKeyInfo](must(x509.MarshalPKIXPublicKey(k.Public())))
	sum := sha256.Sum256(spki.PublicKey.Bytes)
	return sum[:20]
}

// pkcs8 returns the key as unencrypted PKCS#8 DER (RFC 5958).
func (k key) pkcs8() []byte {
	der := must(x509.MarshalPKCS8PrivateKey(k.Signer))
	if k.kind == pssKey {
		der = pssPrivateKey(der)
	}
	return der
}

func pemOf(label string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: label, Bytes: der})
}

func keyPEM(k key) []byte { return pemOf("PRIVATE KEY", k.pkcs8()) }

// keyForms writes the keys of the RSA and the ECDSA chain in every other encoding that programs meet.
func keyForms(out files, servers serverSet) {
	rsaLeaf, ecLeaf := servers[testdata.RSA.Name].leaf, servers[testdata.ECDSA.Name].leaf
	pkcs1 := x509.MarshalPKCS1PrivateKey(rsaLeaf.Signer.(*rsa.PrivateKey))
	sec1 := must(x509.MarshalECPrivateKey(ecLeaf.Signer.(*ecdsa.PrivateKey)))

	out[testdata.Keys.PKCS1] = pemOf("RSA PRIVATE KEY", pkcs1)
	out[testdata.Keys.SEC1] = pemOf("EC PRIVATE KEY", sec1)
	out[testdata.Keys.EncryptedPKCS8] = encryptPKCS8(rsaLeaf.pkcs8(), testdata.Passphrase)
	out[testdata.Keys.EncryptedLegacy] = encryptLegacy("RSA PRIVATE KEY", pkcs1, testdata.Passphrase)
	out[testdata.DER.Key] = rsaLeaf.pkcs8()
}
