package ossl

// #include <openssl/rsa.h>
import "C"

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"strings"
)

// NewPublicPKey copies a public key of Go's standard library, of any type that
// crypto/x509.MarshalPKIXPublicKey takes; NewPKey does so for private keys. A
// key from its numbers, EVP_PKEY_fromdata(3), begins as one of Go's types.
func NewPublicPKey(key crypto.PublicKey) (*PKey, error) {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return nil, err
	}
	return D2IPUBKEY(der)
}

// PublicKey is the public half as Go's standard library has it:
// *rsa.PublicKey, *ecdsa.PublicKey, ed25519.PublicKey or *ecdh.PublicKey. It
// stands for EVP_PKEY_get0_RSA(3), EVP_PKEY_get0_EC_KEY(3) and their like.
func (k *PKey) PublicKey() (crypto.PublicKey, error) {
	der, err := k.I2DPUBKEY()
	if err != nil {
		return nil, err
	}
	return x509.ParsePKIXPublicKey(der)
}

// PrivateKey is the key as Go's standard library has it: *rsa.PrivateKey,
// *ecdsa.PrivateKey, ed25519.PrivateKey or *ecdh.PrivateKey. A key in hardware
// does not leave it; see Signer.
func (k *PKey) PrivateKey() (crypto.PrivateKey, error) {
	der, err := k.I2DPKCS8PrivateKey("", "")
	if err != nil {
		return nil, err
	}
	defer clear(der)
	return x509.ParsePKCS8PrivateKey(der)
}

// Signer lets Go's standard library sign with the key, wherever it is: as the
// PrivateKey of a crypto/tls.Certificate, or for crypto/x509.CreateCertificate.
// It works until k is closed.
func (k *PKey) Signer() (crypto.Signer, error) {
	pub, err := k.PublicKey()
	if err != nil {
		return nil, err
	}
	return &signer{k, pub}, nil
}

type signer struct {
	key *PKey
	pub crypto.PublicKey
}

func (s *signer) Public() crypto.PublicKey { return s.pub }

// Sign takes its randomness from OpenSSL's generator, never from the reader.
func (s *signer) Sign(_ io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	var hash crypto.Hash
	if opts != nil {
		hash = opts.HashFunc()
	}
	if _, ed := s.pub.(ed25519.PublicKey); ed {
		if o, ok := opts.(*ed25519.Options); hash != 0 || ok && o.Context != "" {
			return nil, errors.New("ossl: of Ed25519 only the plain form: no hash before it, no context")
		}
		return s.key.DigestSign("", digest)
	}
	md, err := digestName(hash)
	if err != nil {
		return nil, err
	}
	pss, ok := opts.(*rsa.PSSOptions)
	if !ok {
		return s.key.Sign(md, digest)
	}
	salt := C.int(pss.SaltLength)
	switch pss.SaltLength {
	case rsa.PSSSaltLengthAuto:
		salt = C.RSA_PSS_SALTLEN_MAX
	case rsa.PSSSaltLengthEqualsHash:
		salt = C.RSA_PSS_SALTLEN_DIGEST
	}
	return s.key.sign(md, 1, salt, digest)
}

// digestName is a hash by OpenSSL's name; "" is none.
func digestName(h crypto.Hash) (string, error) {
	if h == 0 {
		return "", nil
	}
	name := h.String() // "SHA-256", "SHA-512/256", "SHA3-256"
	switch h {
	case crypto.MD5SHA1:
		return "MD5-SHA1", nil
	case crypto.SHA512_224, crypto.SHA512_256:
		return strings.ReplaceAll(name, "SHA-512/", "SHA2-512/"), nil
	case crypto.MD5, crypto.SHA1, crypto.SHA224, crypto.SHA256, crypto.SHA384, crypto.SHA512,
		crypto.SHA3_224, crypto.SHA3_256, crypto.SHA3_384, crypto.SHA3_512:
		return strings.Replace(name, "SHA-", "SHA", 1), nil
	}
	return "", fmt.Errorf("ossl: a signature over a digest of %v", name)
}
