package ossl

// #include "shim_evp.h"
import "C"

import (
	"errors"
	"fmt"
	"unsafe"
)

// CipherType is what a symmetric cipher is like.
type CipherType struct {
	Name      string // as it was asked for
	NID       NID
	BlockSize int // in bytes, 1 for a stream
	KeySize   int // in bytes
	IVSize    int // in bytes, 0 for none
}

// CipherByName looks a symmetric cipher up, "aes-256-cbc". ok is false for a
// name that libcrypto does not know; that it knows it does not mean that a
// provider has it.
func CipherByName(name string) (t CipherType, ok bool) {
	_ = with(name, func(cs *C.char) error {
		var nid, block, key, iv C.int
		if ok = C.gossl_cipher_facts(cs, &nid, &block, &key, &iv) != 0; ok {
			t = CipherType{name, NID(nid), int(block), int(key), int(iv)}
		}
		return nil
	})
	return t, ok
}

// CipherCtx is a symmetric cipher at work. Package crypto/cipher has the usual
// ones; this is for ciphers of a provider or an engine, and for a FIPS policy
// to hold. It has one user at a time. The caller closes it.
type CipherCtx struct {
	object
	typ     CipherType
	ivSize  int
	haveKey bool
}

// NewCipherCtx prepares the cipher of that name to encrypt or to decrypt. A key
// comes by SetKey, and an IV by SetIV. e may be nil.
func NewCipherCtx(name string, encrypt bool, e *Engine) (c *CipherCtx, err error) {
	if err := CheckVersion(); err != nil {
		return nil, err
	}
	err = withEngine(e, func(e *C.gossl_engine) error {
		return with(name, func(cs *C.char) error {
			var p *C.EVP_CIPHER_CTX
			if err := failed("EVP_CipherInit_ex", C.gossl_cipher_new(cs, e, cFlag(encrypt), &p)); err != nil {
				return err
			}
			c = new(CipherCtx)
			c.open(unsafe.Pointer(p), kindCipherCtx)
			return nil
		})
	})
	if err == nil {
		c.typ, _ = CipherByName(name)
		c.ivSize = c.typ.IVSize
	}
	return c, err
}

// Type is what the cipher is like.
func (c *CipherCtx) Type() CipherType {
	if c == nil {
		return CipherType{}
	}
	return c.typ
}

// ErrNoCipherKey is what a CipherCtx without a key returns, where libcrypto
// would read what it does not have.
var ErrNoCipherKey = errors.New("ossl: the cipher has no key: SetKey comes first")

// SetKey sets the key, which must have the size of Type.
func (c *CipherCtx) SetKey(key []byte) error {
	if c.c() == nil {
		return ErrClosed
	}
	if len(key) != c.typ.KeySize {
		return fmt.Errorf("ossl: a key of %d bytes for %s, which takes %d", len(key), c.typ.Name, c.typ.KeySize)
	}
	err := onObjects("EVP_CipherInit_ex", func() *C.gossl_err { return C.gossl_cipher_key(c.c(), bytesPtr(key), nil) }, c)
	c.haveKey = c.haveKey || err == nil
	return err
}

// SetIV sets the IV, which must have the size of Type, or of SetIVLen.
func (c *CipherCtx) SetIV(iv []byte) error {
	if c.c() == nil {
		return ErrClosed
	}
	if len(iv) != c.ivSize {
		return fmt.Errorf("ossl: an IV of %d bytes for %s, which takes %d", len(iv), c.typ.Name, c.ivSize)
	}
	return onObjects("EVP_CipherInit_ex", func() *C.gossl_err { return C.gossl_cipher_key(c.c(), nil, bytesPtr(iv)) }, c)
}

// SetIVLen changes the size of an AEAD's IV, in bytes.
func (c *CipherCtx) SetIVLen(n int) error {
	err := onObjects("EVP_CIPHER_CTX_ctrl", func() *C.gossl_err {
		return C.gossl_cipher_ctrl(c.c(), C.EVP_CTRL_AEAD_SET_IVLEN, cInt(n), nil)
	}, c)
	if err == nil {
		c.ivSize = n
	}
	return err
}

// Update encrypts or decrypts p, and returns what is ready of it.
func (c *CipherCtx) Update(p []byte) ([]byte, error) { return c.update(p, 0) }

// UpdateAAD adds what an AEAD authenticates without encrypting it.
func (c *CipherCtx) UpdateAAD(p []byte) error {
	_, err := c.update(p, 1)
	return err
}

func (c *CipherCtx) update(p []byte, aad C.int) ([]byte, error) {
	n, err := cLen(p)
	switch {
	case err != nil:
		return nil, err
	case c.c() == nil:
		return nil, ErrClosed
	case !c.haveKey:
		return nil, ErrNoCipherKey
	case len(p) == 0:
		return nil, nil
	}
	return bytesOf("EVP_CipherUpdate", func(out **C.uchar, len *C.int) *C.gossl_err {
		return C.gossl_cipher_update(c.c(), aad, bytesPtr(p), n, out, len)
	}, c)
}

// Final ends it, and returns the last block. When decrypting by an AEAD an
// error says that the tag does not fit: then nothing that Update returned can
// be trusted.
func (c *CipherCtx) Final() ([]byte, error) {
	if c.c() != nil && !c.haveKey {
		return nil, ErrNoCipherKey
	}
	return bytesOf("EVP_CipherFinal_ex", func(out **C.uchar, n *C.int) *C.gossl_err { return C.gossl_cipher_final(c.c(), out, n) }, c)
}

// Tag is the AEAD's tag of n bytes, after Final.
func (c *CipherCtx) Tag(n int) ([]byte, error) {
	if n <= 0 || n > maxTag {
		return nil, fmt.Errorf("ossl: a tag of %d bytes", n)
	}
	tag := make([]byte, n)
	err := onObjects("EVP_CIPHER_CTX_ctrl", func() *C.gossl_err {
		return C.gossl_cipher_ctrl(c.c(), C.EVP_CTRL_AEAD_GET_TAG, C.int(n), unsafe.Pointer(first(tag)))
	}, c)
	if err != nil {
		return nil, err
	}
	return tag, nil
}

const maxTag = 16

// SetTag is the tag that an AEAD has to find, before Final.
func (c *CipherCtx) SetTag(tag []byte) error {
	if len(tag) == 0 || len(tag) > maxTag {
		return fmt.Errorf("ossl: a tag of %d bytes", len(tag))
	}
	return onObjects("EVP_CIPHER_CTX_ctrl", func() *C.gossl_err {
		return C.gossl_cipher_ctrl(c.c(), C.EVP_CTRL_AEAD_SET_TAG, C.int(len(tag)), unsafe.Pointer(first(tag)))
	}, c)
}

// Close frees it, and wipes the key. A second Close does nothing.
func (c *CipherCtx) Close() {
	if c != nil {
		c.close()
	}
}

func (c *CipherCtx) c() *C.EVP_CIPHER_CTX { return (*C.EVP_CIPHER_CTX)(c.ptr()) }

func (c *CipherCtx) ptr() unsafe.Pointer {
	if c == nil {
		return nil
	}
	return c.p
}
