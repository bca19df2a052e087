package ossl

// #include "shim_evp.h"
import "C"

import (
	"errors"
	"math/big"
)

// RSAGenEx is RSAGen with a public exponent, which is odd and at least 3:
// EVP_PKEY_CTX_set1_rsa_keygen_pubexp(3).
func RSAGenEx(bits int, e *big.Int) (*PKey, error) {
	if err := CheckVersion(); err != nil {
		return nil, err
	}
	if e == nil || e.Sign() <= 0 {
		return nil, errors.New("ossl: an RSA key without an exponent")
	}
	b := e.Bytes()
	n, err := cLen(b)
	if err != nil {
		return nil, err
	}
	var p *C.EVP_PKEY
	if err := failed("EVP_PKEY_generate", C.gossl_rsa_gen(cInt(bits), bytesPtr(b), n, &p)); err != nil {
		return nil, err
	}
	return newPKey(p), nil
}

// Derive is the secret that k and the peer's public key share, by Diffie and
// Hellman or what their type has for it: EVP_PKEY_derive(3).
func (k *PKey) Derive(peer *PKey) ([]byte, error) {
	return bytesOf("EVP_PKEY_derive", func(out **C.uchar, n *C.int) *C.gossl_err {
		return C.gossl_pkey_derive(k.c(), peer.c(), out, n)
	}, k, peer)
}
