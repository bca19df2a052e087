package ossl

// #include "shim_crypto.h"
import "C"

import "fmt"

// RSAGen makes an RSA key of that many bits: EVP_RSA_gen(3), or
// EVP_PKEY_CTX_set_rsa_keygen_bits(3).
func RSAGen(bits int) (*PKey, error) {
	if bits <= 0 {
		return nil, fmt.Errorf("ossl: an RSA key of %d bits", bits)
	}
	return generatePKey("EVP_RSA_gen", "RSA", bits, "", false)
}

// ECGen makes a key on the curve of that name, "P-256" or "prime256v1":
// EVP_EC_gen(3), or EVP_PKEY_CTX_set_ec_paramgen_curve_nid(3).
func ECGen(curve string) (*PKey, error) { return generatePKey("EVP_EC_gen", "EC", 0, curve, false) }

// PKeyQKeygen makes a key of a type that takes no parameters, by its name:
// "ED25519", "X25519", "ED448", "X448", or what else the library's providers
// have, such as "ML-DSA-65" from OpenSSL 3.5: EVP_PKEY_Q_keygen(3), or
// EVP_PKEY_CTX_new_from_name(3), EVP_PKEY_keygen_init(3), EVP_PKEY_generate(3).
func PKeyQKeygen(name string) (*PKey, error) {
	return generatePKey("EVP_PKEY_Q_keygen", name, 0, "", false)
}

// Keygen makes a key with the parameters of k, on the same curve or in the same
// group: EVP_PKEY_keygen(3). DH_generate_key(3) and EC_KEY_generate_key(3) did
// so.
func (k *PKey) Keygen() (*PKey, error) {
	return k.another("EVP_PKEY_keygen", func(out **C.EVP_PKEY) *C.gossl_err { return C.gossl_pkey_gen_like(k.c(), out) })
}

// NewRawPrivateKey makes a key of the type with that name from its private
// bytes: EVP_PKEY_new_raw_private_key_ex(3), EVP_PKEY_new_raw_private_key(3). X25519, X448, Ed25519 and Ed448
// have such bytes.
func NewRawPrivateKey(name string, key []byte) (*PKey, error) {
	return rawPKey("EVP_PKEY_new_raw_private_key_ex", name, 1, key)
}

// NewRawPublicKey is the same for a public key:
// EVP_PKEY_new_raw_public_key_ex(3), EVP_PKEY_new_raw_public_key(3).
func NewRawPublicKey(name string, key []byte) (*PKey, error) {
	return rawPKey("EVP_PKEY_new_raw_public_key_ex", name, 0, key)
}

// GetRawPrivateKey is the bytes that NewRawPrivateKey takes:
// EVP_PKEY_get_raw_private_key(3).
func (k *PKey) GetRawPrivateKey() ([]byte, error) {
	return bytesOf("EVP_PKEY_get_raw_private_key", func(out **C.uchar, n *C.int) *C.gossl_err { return C.gossl_pkey_raw_get(k.c(), 1, out, n) }, k)
}

// GetRawPublicKey is the bytes that NewRawPublicKey takes:
// EVP_PKEY_get_raw_public_key(3).
func (k *PKey) GetRawPublicKey() ([]byte, error) {
	return bytesOf("EVP_PKEY_get_raw_public_key", func(out **C.uchar, n *C.int) *C.gossl_err { return C.gossl_pkey_raw_get(k.c(), 0, out, n) }, k)
}

// Get1EncodedPublicKey is the public half as TLS sends it in a key share: a
// point of an EC key, the bytes of an X25519 key:
// EVP_PKEY_get1_encoded_public_key(3).
func (k *PKey) Get1EncodedPublicKey() ([]byte, error) {
	return bytesOf("EVP_PKEY_get1_encoded_public_key", func(out **C.uchar, n *C.int) *C.gossl_err {
		return C.gossl_pkey_encoded(k.c(), out, n)
	}, k)
}

func generatePKey(op, name string, bits int, group string, params bool) (k *PKey, err error) {
	if err := CheckVersion(); err != nil {
		return nil, err
	}
	err = with(name, func(name *C.char) error {
		return withOptional(group, func(group *C.char) error {
			var p *C.EVP_PKEY
			if err := failed(op, C.gossl_pkey_gen(name, C.size_t(bits), group, cBool(params), &p)); err != nil {
				return err
			}
			k = newPKey(p)
			return nil
		})
	})
	return k, err
}

func rawPKey(op, name string, private C.int, key []byte) (k *PKey, err error) {
	if err := CheckVersion(); err != nil {
		return nil, err
	}
	err = with(name, func(name *C.char) error {
		var p *C.EVP_PKEY
		if err := failed(op, C.gossl_pkey_raw_new(name, private, bytesPtr(key), C.size_t(len(key)), &p)); err != nil {
			return err
		}
		k = newPKey(p)
		return nil
	})
	return k, err
}
