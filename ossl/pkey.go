package ossl

// #include "shim.h"
import "C"

import (
	"crypto"
	"crypto/x509"
	"errors"
	"runtime"
	"unsafe"
)

// PKey is a key: EVP_PKEY. It may be shared by any number of goroutines. The
// caller closes it.
type PKey struct{ object }

// PEMReadBioPrivateKey reads the first private key of a PEM text, of any kind:
// PEM_read_bio_PrivateKey(3). An encrypted key needs its passphrase; without
// one the error is ReasonPEMBadPasswordRead, and nothing asks a terminal.
func PEMReadBioPrivateKey(pem []byte, passphrase string) (*PKey, error) {
	return PEMReadBioPrivateKeyEx(pem, passphrase, nil, "")
}

// PEMReadBioPrivateKeyEx is PEMReadBioPrivateKey for a key that lib works with,
// by a property query such as "fips=yes", or "": PEM_read_bio_PrivateKey_ex(3).
func PEMReadBioPrivateKeyEx(pem []byte, passphrase string, lib *LibCtx, query string) (*PKey, error) {
	n, err := cLen(pem)
	if err != nil {
		return nil, err
	}
	if err := CheckVersion(); err != nil {
		return nil, err
	}
	if err := errors.Join(checkString(passphrase), checkString(query)); err != nil {
		return nil, err
	}
	var p *C.EVP_PKEY
	err = lib.or(func(l *C.OSSL_LIB_CTX) error {
		return withOptional(passphrase, func(pass *C.char) error {
			return withOptional(query, func(q *C.char) error {
				crossing()
				return failed("PEM_read_bio_PrivateKey", C.gossl_pem_read_pkey(bytesPtr(pem), n, pass, l, q, &p))
			})
		})
	})
	if err != nil {
		return nil, err
	}
	return newPKey(p), nil
}

// D2IAutoPrivateKey reads a private key in DER form, of whichever type it is:
// PKCS#8, PKCS#1 or SEC 1. d2i_AutoPrivateKey(3).
func D2IAutoPrivateKey(der []byte) (*PKey, error) {
	if err := CheckVersion(); err != nil {
		return nil, err
	}
	var p *C.EVP_PKEY
	if err := failed("d2i_AutoPrivateKey", C.gossl_d2i_pkey(bytesPtr(der), C.long(len(der)), &p)); err != nil {
		return nil, err
	}
	return newPKey(p), nil
}

// NewPKey copies a private key of Go's standard library: *rsa.PrivateKey,
// *ecdsa.PrivateKey or ed25519.PrivateKey.
func NewPKey(key crypto.PrivateKey) (*PKey, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	defer clear(der)
	return D2IAutoPrivateKey(der)
}

func newPKey(p *C.EVP_PKEY) *PKey {
	k := new(PKey)
	k.open(unsafe.Pointer(p), kindPKey)
	return k
}

// I2D is the private key in DER form, in the clear: i2d_PrivateKey(3).
func (k *PKey) I2D() ([]byte, error) {
	return i2d("i2d_PrivateKey", k, func(out **C.uchar, n *C.int) *C.gossl_err { return C.gossl_i2d_pkey(k.c(), out, n) })
}

// GetTypeName is the type of the key, "RSA", "EC", "ED25519", …:
// EVP_PKEY_get0_type_name(3).
func (k *PKey) GetTypeName() string {
	if k.c() == nil {
		return ""
	}
	name := C.GoString(C.EVP_PKEY_get0_type_name(k.c()))
	runtime.KeepAlive(k)
	return name
}

// GetBits is the length of the key in bits: EVP_PKEY_get_bits(3).
func (k *PKey) GetBits() int {
	if k.c() == nil {
		return 0
	}
	bits := int(C.EVP_PKEY_get_bits(k.c()))
	runtime.KeepAlive(k)
	return bits
}

// Close drops this reference: EVP_PKEY_free(3), which wipes the key with the
// last one. A second Close does nothing. Nothing else may use k at the same
// time.
func (k *PKey) Close() {
	if k != nil {
		k.close()
	}
}

func (k *PKey) c() *C.EVP_PKEY { return (*C.EVP_PKEY)(k.ptr()) }

func (k *PKey) ptr() unsafe.Pointer {
	if k == nil {
		return nil
	}
	return k.p
}
