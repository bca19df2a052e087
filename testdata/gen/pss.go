package main

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/binary"
	"math/big"
)

// crypto/x509 signs with RSASSA-PSS but knows only one OID for RSA keys, rsaEncryption. Keys that are for PSS alone
// have their own (RFC 4055, section 1.2), and TLS tells them apart (rsa_pss_pss_* and rsa_pss_rsae_*, RFC 8446, section
// 4.2.3). So certificates with such keys are made by crypto/x509 first, and then rewritten and signed again here.

var (
	oidRSASSAPSS = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 10}
	oidMGF1      = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 8}
	oidSHA256    = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}
)

// pssSaltLength is in octets: that of the hash, as TLS demands.
const pssSaltLength = sha256.Size

// pssParams is RSASSA-PSS-params of RFC 4055, section 3.1, with the default trailer left out.
type pssParams struct {
	Hash       pkix.AlgorithmIdentifier            `asn1:"explicit,tag:0"`
	MGF        algorithm[pkix.AlgorithmIdentifier] `asn1:"explicit,tag:1"`
	SaltLength int                                 `asn1:"explicit,tag:2"`
}

// certificate and tbsCertificate are those of RFC 5280, section 4.1, as far as they have to be opened.
type (
	certificate struct {
		TBS                tbsCertificate
		SignatureAlgorithm pkix.AlgorithmIdentifier
		Signature          asn1.BitString
	}
	tbsCertificate struct {
		Version            int `asn1:"explicit,tag:0"`
		SerialNumber       *big.Int
		SignatureAlgorithm pkix.AlgorithmIdentifier
		Issuer             asn1.RawValue
		Validity           asn1.RawValue
		Subject            asn1.RawValue
		PublicKey          publicKeyInfo
		Extensions         asn1.RawValue `asn1:"explicit,tag:3"`
	}
)

// pssCertificate turns a certificate of crypto/x509 with an RSA key into one with a PSS key of the same numbers, signed
// by issuer with RSASSA-PSS and SHA-256. The key carries no parameters, so it is not bound to one hash.
func pssCertificate(der []byte, issuer *rsa.PrivateKey) []byte {
	signature := pssSignatureAlgorithm()
	cert := parse[certificate](der)
	cert.TBS.PublicKey.Algorithm = pkix.AlgorithmIdentifier{Algorithm: oidRSASSAPSS}
	cert.TBS.SignatureAlgorithm = signature
	cert.SignatureAlgorithm = signature

	value := signPSS(issuer, must(asn1.Marshal(cert.TBS)))
	cert.Signature = asn1.BitString{Bytes: value, BitLength: 8 * len(value)}
	return must(asn1.Marshal(cert))
}

// pssPrivateKey gives a PKCS#8 RSA key the OID of PSS keys.
func pssPrivateKey(der []byte) []byte {
	info := parse[struct {
		Version   int
		Algorithm pkix.AlgorithmIdentifier
		Key       []byte
	}](der)
	info.Algorithm = pkix.AlgorithmIdentifier{Algorithm: oidRSASSAPSS}
	return must(asn1.Marshal(info))
}

func pssSignatureAlgorithm() pkix.AlgorithmIdentifier {
	hash := pkix.AlgorithmIdentifier{Algorithm: oidSHA256, Parameters: asn1.NullRawValue}
	params := must(asn1.Marshal(pssParams{
		Hash:       hash,
		MGF:        algorithm[pkix.AlgorithmIdentifier]{oidMGF1, hash},
		SaltLength: pssSaltLength,
	}))
	return pkix.AlgorithmIdentifier{Algorithm: oidRSASSAPSS, Parameters: asn1.RawValue{FullBytes: params}}
}

// signPSS is RSASSA-PSS-SIGN of RFC 8017, section 8.1.1, with a salt that depends on the message alone. rsa.SignPSS takes
// a Reader for the salt but promises nothing about how it uses it.
func signPSS(k *rsa.PrivateKey, message []byte) []byte {
	digest := sha256.Sum256(message)
	salt := newStream("pss salt " + string(digest[:])).bytes(pssSaltLength)
	encoded := new(big.Int).SetBytes(encodePSS(digest[:], salt, k.N.BitLen()-1))
	signature := encoded.Exp(encoded, k.D, k.N).FillBytes(make([]byte, k.Size()))

	if err := rsa.VerifyPSS(&k.PublicKey, crypto.SHA256, digest[:], signature, nil); err != nil {
		panic(err)
	}
	return signature
}

// encodePSS is EMSA-PSS-ENCODE of RFC 8017, section 9.1.1.
func encodePSS(digest, salt []byte, bits int) []byte {
	hash := sha256.Sum256(bytes.Join([][]byte{make([]byte, 8), digest, salt}, nil))

	masked := make([]byte, (bits+7)/8-len(hash)-1)
	copy(masked[len(masked)-len(salt):], salt)
	masked[len(masked)-len(salt)-1] = 1
	for i, m := range mgf1(hash[:], len(masked)) {
		masked[i] ^= m
	}
	masked[0] &= 0xff >> (8*((bits+7)/8) - bits)
	return bytes.Join([][]byte{masked, hash[:], {0xbc}}, nil)
}

// mgf1 is the mask generation function of RFC 8017, appendix B.2.1.
func mgf1(seed []byte, n int) []byte {
	var mask []byte
	for counter := uint32(0); len(mask) < n; counter++ {
		block := sha256.Sum256(binary.BigEndian.AppendUint32(bytes.Clone(seed), counter))
		mask = append(mask, block[:]...)
	}
	return mask[:n]
}
