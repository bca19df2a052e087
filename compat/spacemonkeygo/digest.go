package openssl

import (
	"fmt"

	"github.com/sslsock/sslsock/ossl"
)

// Digest is a message digest of OpenSSL.
type Digest struct{ name string }

// GetDigestByName is the digest of that name, "sha256".
func GetDigestByName(name string) (*Digest, error) {
	if !ossl.HasDigest(name) {
		return nil, fmt.Errorf("Digest %v not found", name)
	}
	return &Digest{name}, nil
}

// GetDigestByNid is the digest with that NID.
func GetDigestByNid(nid NID) (*Digest, error) {
	name, err := Nid2ShortName(nid)
	if err != nil {
		return nil, err
	}
	return GetDigestByName(name)
}

// EVP_MD names a digest.
type EVP_MD int

// The digests. Of these only SHA-256, SHA-384 and SHA-512 should be used.
const (
	EVP_NULL      EVP_MD = iota // none
	EVP_MD5       EVP_MD = iota
	EVP_MD4       EVP_MD = iota // of provider "legacy"
	EVP_SHA       EVP_MD = iota // SHA-1: OpenSSL has no SHA-0 any more
	EVP_SHA1      EVP_MD = iota
	EVP_DSS       EVP_MD = iota // SHA-1
	EVP_DSS1      EVP_MD = iota // SHA-1
	EVP_MDC2      EVP_MD = iota // of provider "legacy"
	EVP_RIPEMD160 EVP_MD = iota
	EVP_SHA224    EVP_MD = iota
	EVP_SHA256    EVP_MD = iota
	EVP_SHA384    EVP_MD = iota
	EVP_SHA512    EVP_MD = iota
)

var digestNames = map[EVP_MD]string{
	EVP_MD5: "MD5", EVP_MD4: "MD4", EVP_SHA: "SHA1", EVP_SHA1: "SHA1", EVP_DSS: "SHA1", EVP_DSS1: "SHA1", EVP_MDC2: "MDC2",
	EVP_RIPEMD160: "RIPEMD160", EVP_SHA224: "SHA224", EVP_SHA256: "SHA256", EVP_SHA384: "SHA384", EVP_SHA512: "SHA512",
}

// Method is the digest of a signature. Nil is for keys that take none, as
// Ed25519.
type Method *method

type method struct{ name string }

// The digests of signatures.
var (
	SHA1_Method   Method = &method{"SHA1"}
	SHA256_Method Method = &method{"SHA256"}
	SHA512_Method Method = &method{"SHA512"}
)
