package main

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/pbkdf2"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
)

var (
	oidPBES2      = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 13}
	oidPBKDF2     = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 12}
	oidHMACSHA256 = asn1.ObjectIdentifier{1, 2, 840, 113549, 2, 9}
	oidAES256CBC  = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 42}
)

// iterations is what `openssl pkcs8` uses; a test key deserves no more.
const iterations = 2048

// algorithm is an AlgorithmIdentifier whose parameters are a known Go type.
type algorithm[T any] struct {
	Algorithm  asn1.ObjectIdentifier
	Parameters T
}

// Types of RFC 8018, appendix A, and EncryptedPrivateKeyInfo of RFC 5958, section 3.
type (
	pbkdf2Params struct {
		Salt           []byte
		IterationCount int
		PRF            algorithm[asn1.RawValue]
	}
	pbes2Params struct {
		KeyDerivation algorithm[pbkdf2Params]
		Encryption    algorithm[[]byte]
	}
	encryptedPrivateKeyInfo struct {
		Algorithm     algorithm[pbes2Params]
		EncryptedData []byte
	}
)

// encryptPKCS8 wraps a PKCS#8 key in PBES2: PBKDF2 with HMAC-SHA256, and AES-256-CBC.
func encryptPKCS8(der []byte, passphrase string) []byte {
	s := newStream("pbes2")
	salt, iv := s.bytes(16), s.bytes(aes.BlockSize)
	secret := must(pbkdf2.Key(sha256.New, passphrase, salt, iterations, 32))

	padding := aes.BlockSize - len(der)%aes.BlockSize
	data := append([]byte(nil), der...)
	for range padding {
		data = append(data, byte(padding))
	}
	cipher.NewCBCEncrypter(must(aes.NewCipher(secret)), iv).CryptBlocks(data, data)

	params := pbes2Params{
		KeyDerivation: algorithm[pbkdf2Params]{oidPBKDF2, pbkdf2Params{
			Salt:           salt,
			IterationCount: iterations,
			PRF:            algorithm[asn1.RawValue]{oidHMACSHA256, asn1.NullRawValue},
		}},
		Encryption: algorithm[[]byte]{oidAES256CBC, iv},
	}
	return pemOf("ENCRYPTED PRIVATE KEY", must(asn1.Marshal(encryptedPrivateKeyInfo{
		Algorithm:     algorithm[pbes2Params]{oidPBES2, params},
		EncryptedData: data,
	})))
}

// encryptLegacy is the PEM encryption of RFC 1423 with its DEK-Info header, as `openssl rsa -aes256 -traditional` writes
// it. It is weak (one round of MD5) and deprecated, and many servers still hold such keys.
func encryptLegacy(label string, der []byte, passphrase string) []byte {
	//nolint:staticcheck // Deprecated for its weakness; reading what it makes is what the tests are about.
	block := must(x509.EncryptPEMBlock(newStream("dek-info"), label, der, []byte(passphrase), x509.PEMCipherAES256))
	return pem.EncodeToMemory(block)
}

// publicKeyInfo is SubjectPublicKeyInfo of RFC 5280, section 4.1.
type publicKeyInfo struct {
	Algorithm pkix.AlgorithmIdentifier
	PublicKey asn1.BitString
}

// parse decodes DER that crypto/x509 has just made.
func parse[T any](der []byte) T {
	var v T
	rest := must(asn1.Unmarshal(der, &v))
	if len(rest) != 0 {
		panic("trailing data after DER")
	}
	return v
}
