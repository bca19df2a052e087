package ossl

// #include "shim_crypto.h"
import "C"

// DigestSign signs data with the private key; md is "SHA256" or another name of
// openssl-dgst(1), "" for keys that take none, as Ed25519:
// EVP_DigestSignInit_ex(3), EVP_DigestSign(3). An RSA key signs by PKCS#1 v1.5;
// see DigestSignPSS.
func (k *PKey) DigestSign(md string, data []byte) ([]byte, error) { return k.digestSign(md, 0, data) }

// DigestSignPSS is DigestSign with RSA-PSS, and a salt as long as the digest,
// as TLS has it: EVP_PKEY_CTX_set_rsa_padding(3).
func (k *PKey) DigestSignPSS(md string, data []byte) ([]byte, error) {
	return k.digestSign(md, 1, data)
}

// DigestVerify says by an error when sig is not what DigestSign makes of data:
// EVP_DigestVerifyInit_ex(3), EVP_DigestVerify(3).
func (k *PKey) DigestVerify(md string, data, sig []byte) error {
	return k.digestVerify(md, 0, data, sig)
}

// DigestVerifyPSS is DigestVerify for DigestSignPSS; a salt of any length will
// do.
func (k *PKey) DigestVerifyPSS(md string, data, sig []byte) error {
	return k.digestVerify(md, 1, data, sig)
}

// Sign signs a digest, or bytes as they are where md is "":
// EVP_PKEY_sign(3) with EVP_PKEY_CTX_set_signature_md(3).
func (k *PKey) Sign(md string, digest []byte) ([]byte, error) { return k.sign(md, 0, 0, digest) }

func (k *PKey) digestSign(md string, pss C.int, data []byte) (sig []byte, err error) {
	if k.c() == nil {
		return nil, ErrClosed
	}
	err = withOptional(md, func(md *C.char) (err error) {
		sig, err = bytesOf("EVP_DigestSign", func(out **C.uchar, n *C.int) *C.gossl_err {
			return C.gossl_digest_sign(k.c(), md, pss, bytesPtr(data), C.size_t(len(data)), out, n)
		}, k)
		return err
	})
	return sig, err
}

func (k *PKey) digestVerify(md string, pss C.int, data, sig []byte) error {
	if k.c() == nil {
		return ErrClosed
	}
	return withOptional(md, func(md *C.char) error {
		return onObjects("EVP_DigestVerify", func() *C.gossl_err {
			return C.gossl_digest_verify(k.c(), md, pss, bytesPtr(sig), C.size_t(len(sig)), bytesPtr(data), C.size_t(len(data)))
		}, k)
	})
}

func (k *PKey) sign(md string, pss, saltLen C.int, digest []byte) (sig []byte, err error) {
	if k.c() == nil {
		return nil, ErrClosed
	}
	err = withOptional(md, func(md *C.char) (err error) {
		sig, err = bytesOf("EVP_PKEY_sign", func(out **C.uchar, n *C.int) *C.gossl_err {
			return C.gossl_pkey_sign(k.c(), md, pss, saltLen, bytesPtr(digest), C.size_t(len(digest)), out, n)
		}, k)
		return err
	})
	return sig, err
}
