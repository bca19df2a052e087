package ossl

// #include "shim_crypto.h"
import "C"

import (
	"errors"
	"math/big"
)

// errHalfEncrypted keeps a key from being written in the clear by mistake.
var errHalfEncrypted = errors.New("ossl: a cipher without a passphrase, or the reverse: give both to encrypt, or neither")

// UpRef is a second PKey for the same key, to be closed by itself:
// EVP_PKEY_up_ref(3).
func (k *PKey) UpRef() (*PKey, error) {
	if k.c() == nil {
		return nil, ErrClosed
	}
	C.EVP_PKEY_up_ref(k.c())
	return newPKey(k.c()), nil
}

// Dup is a copy that shares nothing with the key: EVP_PKEY_dup(3). Keys that
// live in hardware cannot be copied.
func (k *PKey) Dup() (*PKey, error) {
	return k.another("EVP_PKEY_dup", func(out **C.EVP_PKEY) *C.gossl_err { return C.gossl_pkey_dup(k.c(), out) })
}

// PublicHalf is a key with the public half alone, through its DER form:
// i2d_PUBKEY(3), d2i_PUBKEY(3). The caller closes it.
func (k *PKey) PublicHalf() (*PKey, error) {
	return k.another("i2d_PUBKEY", func(out **C.EVP_PKEY) *C.gossl_err { return C.gossl_pkey_public(k.c(), out) })
}

// GetID is the type of the key as a number, such as NIDRSAEncryption or
// NIDED25519; NIDUndef is a closed key, and -1 one that only a provider knows:
// EVP_PKEY_get_id(3), EVP_PKEY_id(3), EVP_PKEY_base_id(3).
func (k *PKey) GetID() NID { return NID(valueOf(func() C.int { return C.EVP_PKEY_get_id(k.c()) }, k)) }

// IsA says whether the key is of the type with that name: EVP_PKEY_is_a(3).
func (k *PKey) IsA(name string) bool {
	if checkString(name) != nil {
		return false
	}
	return withCString(name, func(s *C.char) bool { return valueOf(func() C.int { return C.gossl_pkey_is_a(k.c(), s) }, k) == 1 })
}

// GetSecurityBits is the strength of the key in bits: EVP_PKEY_get_security_bits(3).
func (k *PKey) GetSecurityBits() int {
	return int(valueOf(func() C.int { return C.EVP_PKEY_get_security_bits(k.c()) }, k))
}

// GetSize is the length of the longest signature, or of what it encrypts:
// EVP_PKEY_get_size(3).
func (k *PKey) GetSize() int {
	return int(valueOf(func() C.int { return C.EVP_PKEY_get_size(k.c()) }, k))
}

// GetGroupName is the curve of an EC key, "prime256v1", or the group of a DH
// key, "ffdhe2048"; "" where it has none by name: EVP_PKEY_get_group_name(3).
func (k *PKey) GetGroupName() string {
	return textOf("EVP_PKEY_get_group_name", func(out **C.uchar, n *C.int) *C.gossl_err { return C.gossl_pkey_group_name(k.c(), out, n) }, k)
}

// GetDefaultDigestName is the digest that the key is signed with unless another
// is named; "" or "UNDEF" where it takes none, as Ed25519:
// EVP_PKEY_get_default_digest_name(3).
func (k *PKey) GetDefaultDigestName() string {
	return textOf("EVP_PKEY_get_default_digest_name", func(out **C.uchar, n *C.int) *C.gossl_err {
		return C.gossl_pkey_default_digest(k.c(), out, n)
	}, k)
}

// Eq says whether both have the same public key: EVP_PKEY_eq(3).
func (k *PKey) Eq(other *PKey) bool {
	return valueOf(func() C.int { return C.gossl_pkey_eq(k.c(), other.c(), 0) }, k, other) == 1
}

// ParametersEq says whether both have the same parameters:
// EVP_PKEY_parameters_eq(3).
func (k *PKey) ParametersEq(other *PKey) bool {
	return valueOf(func() C.int { return C.gossl_pkey_eq(k.c(), other.c(), 1) }, k, other) == 1
}

// GetBNParam is a number of the key by its name in EVP_PKEY-RSA(7), EVP_PKEY-EC(7)
// or EVP_PKEY-DH(7), such as "n", "e", "p" or "qx": EVP_PKEY_get_bn_param(3).
// Private ones are there as well.
func (k *PKey) GetBNParam(name string) (*big.Int, error) {
	b, err := k.param("EVP_PKEY_get_bn_param", name, func(s *C.char, out **C.uchar, n *C.int) *C.gossl_err {
		return C.gossl_pkey_bn_param(k.c(), s, out, n)
	})
	if err != nil {
		return nil, err
	}
	n, _ := new(big.Int).SetString(string(b), 16)
	return n, nil
}

// GetOctetStringParam is a parameter of bytes, such as "pub":
// EVP_PKEY_get_octet_string_param(3).
func (k *PKey) GetOctetStringParam(name string) ([]byte, error) {
	return k.param("EVP_PKEY_get_octet_string_param", name, func(s *C.char, out **C.uchar, n *C.int) *C.gossl_err {
		return C.gossl_pkey_octets_param(k.c(), s, out, n)
	})
}

// GetUTF8StringParam is a parameter of text, such as "group":
// EVP_PKEY_get_utf8_string_param(3).
func (k *PKey) GetUTF8StringParam(name string) (string, error) {
	b, err := k.param("EVP_PKEY_get_utf8_string_param", name, func(s *C.char, out **C.uchar, n *C.int) *C.gossl_err {
		return C.gossl_pkey_utf8_param(k.c(), s, out, n)
	})
	return string(b), err
}

// GetIntParam is a parameter that is a small number, such as "bits":
// EVP_PKEY_get_int_param(3).
func (k *PKey) GetIntParam(name string) (int, error) {
	if k.c() == nil {
		return 0, ErrClosed
	}
	var v C.int
	err := with(name, func(s *C.char) error {
		return onObjects("EVP_PKEY_get_int_param", func() *C.gossl_err { return C.gossl_pkey_int_param(k.c(), s, &v) }, k)
	})
	return int(v), err
}

// Print is the private key as text, all of it: EVP_PKEY_print_private(3).
func (k *PKey) Print() (string, error) { return k.print("EVP_PKEY_print_private", 1) }

// PrintPublic is the public half as text: EVP_PKEY_print_public(3).
func (k *PKey) PrintPublic() (string, error) { return k.print("EVP_PKEY_print_public", 0) }

// PrintParams is the parameters as text: EVP_PKEY_print_params(3).
func (k *PKey) PrintParams() (string, error) { return k.print("EVP_PKEY_print_params", 2) }

// Check says by an error when the key is no good: EVP_PKEY_check(3). It may
// take a second for a long RSA key.
func (k *PKey) Check() error { return k.check("EVP_PKEY_check", 0) }

// PublicCheck is Check of the public half: EVP_PKEY_public_check(3).
func (k *PKey) PublicCheck() error { return k.check("EVP_PKEY_public_check", 1) }

// ParamCheck is Check of the parameters, and the answer to DH_check:
// EVP_PKEY_param_check(3).
func (k *PKey) ParamCheck() error { return k.check("EVP_PKEY_param_check", 2) }

// PairwiseCheck says by an error when private and public half do not belong
// together: EVP_PKEY_pairwise_check(3).
func (k *PKey) PairwiseCheck() error { return k.check("EVP_PKEY_pairwise_check", 3) }

func (k *PKey) print(op string, what C.int) (string, error) {
	b, err := bytesOf(op, func(out **C.uchar, n *C.int) *C.gossl_err { return C.gossl_pkey_print(k.c(), what, out, n) }, k)
	return string(b), err
}

func (k *PKey) check(op string, what C.int) error {
	return onObjects(op, func() *C.gossl_err { return C.gossl_pkey_check(k.c(), what) }, k)
}

func (k *PKey) param(op, name string, f func(s *C.char, out **C.uchar, n *C.int) *C.gossl_err) (b []byte, err error) {
	if k.c() == nil {
		return nil, ErrClosed
	}
	err = with(name, func(s *C.char) (err error) {
		b, err = bytesOf(op, func(out **C.uchar, n *C.int) *C.gossl_err { return f(s, out, n) }, k)
		return err
	})
	return b, err
}

func (k *PKey) another(op string, f func(**C.EVP_PKEY) *C.gossl_err) (*PKey, error) {
	var p *C.EVP_PKEY
	if err := onObjects(op, func() *C.gossl_err { return f(&p) }, k); err != nil {
		return nil, err
	}
	return newPKey(p), nil
}
