package openssl

import (
	"errors"
	"fmt"

	"github.com/sslsock/sslsock/ossl"
)

// CipherCtx is a symmetric cipher at work. It has one user at a time.
type CipherCtx interface {
	Cipher() *Cipher
	BlockSize() int
	KeySize() int
	IVSize() int
}

// EncryptionCipherCtx encrypts.
type EncryptionCipherCtx interface {
	CipherCtx

	// EncryptUpdate takes plaintext, and returns the ciphertext that is ready.
	EncryptUpdate(input []byte) ([]byte, error)

	// EncryptFinal ends it, and returns the rest, with padding.
	EncryptFinal() ([]byte, error)
}

// DecryptionCipherCtx decrypts.
type DecryptionCipherCtx interface {
	CipherCtx

	// DecryptUpdate takes ciphertext, and returns the plaintext that is ready.
	DecryptUpdate(input []byte) ([]byte, error)

	// DecryptFinal ends it, and returns the rest.
	DecryptFinal() ([]byte, error)
}

// Cipher is a symmetric cipher of OpenSSL.
type Cipher struct{ t ossl.CipherType }

// GetCipherByName is the cipher of that name, "aes-256-cbc".
func GetCipherByName(name string) (*Cipher, error) {
	t, ok := ossl.CipherByName(name)
	if !ok {
		return nil, fmt.Errorf("Cipher %v not found", name)
	}
	return &Cipher{t}, nil
}

// GetCipherByNid is the cipher with that NID.
func GetCipherByNid(nid NID) (*Cipher, error) {
	name, err := Nid2ShortName(nid)
	if err != nil {
		return nil, err
	}
	return GetCipherByName(name)
}

// Nid is the cipher's NID.
func (c *Cipher) Nid() NID { return NID(c.facts().NID) }

// ShortName is OpenSSL's short name of it.
func (c *Cipher) ShortName() (string, error) { return Nid2ShortName(c.Nid()) }

// BlockSize is in bytes, 1 for a stream.
func (c *Cipher) BlockSize() int { return c.facts().BlockSize }

// KeySize is in bytes.
func (c *Cipher) KeySize() int { return c.facts().KeySize }

// IVSize is in bytes, 0 for none.
func (c *Cipher) IVSize() int { return c.facts().IVSize }

func (c *Cipher) facts() ossl.CipherType {
	if c == nil {
		return ossl.CipherType{}
	}
	return c.t
}

type cipherCtx struct{ c *ossl.CipherCtx }

// newCipherCtx has a key and an IV only where they are not nil.
func newCipherCtx(c *Cipher, encrypt bool, e *Engine, key, iv []byte) (*cipherCtx, error) {
	if c == nil {
		return nil, errors.New("null cipher not allowed")
	}
	ctx, err := ossl.NewCipherCtx(c.t.Name, encrypt, e.inner())
	if err != nil {
		return nil, fmt.Errorf("failed to initialize cipher context: %w", err)
	}
	switch {
	case key != nil && len(key) != c.KeySize():
		err = fmt.Errorf("bad key size (%d bytes instead of %d)", len(key), c.KeySize())
	case iv != nil && len(iv) != c.IVSize():
		err = fmt.Errorf("bad IV size (%d bytes instead of %d)", len(iv), c.IVSize())
	case key != nil:
		err = ctx.SetKey(key)
	}
	if err == nil && iv != nil {
		err = ctx.SetIV(iv)
	}
	if err != nil {
		ctx.Close()
		return nil, err
	}
	ossl.LeaveToGC(ctx)
	return &cipherCtx{ctx}, nil
}

func (c *cipherCtx) Cipher() *Cipher { return &Cipher{c.c.Type()} }
func (c *cipherCtx) BlockSize() int  { return c.c.Type().BlockSize }
func (c *cipherCtx) KeySize() int    { return c.c.Type().KeySize }
func (c *cipherCtx) IVSize() int     { return c.c.Type().IVSize }

func (c *cipherCtx) final(what string) ([]byte, error) {
	out, err := c.c.Final()
	if err != nil {
		return nil, fmt.Errorf("%s failed: %w", what, err)
	}
	return out, nil
}

type encryptionCipherCtx struct{ *cipherCtx }

func (c encryptionCipherCtx) EncryptUpdate(input []byte) ([]byte, error) { return c.c.Update(input) }
func (c encryptionCipherCtx) EncryptFinal() ([]byte, error)              { return c.final("encryption") }

type decryptionCipherCtx struct{ *cipherCtx }

func (c decryptionCipherCtx) DecryptUpdate(input []byte) ([]byte, error) { return c.c.Update(input) }
func (c decryptionCipherCtx) DecryptFinal() ([]byte, error)              { return c.final("decryption") }

// NewEncryptionCipherCtx prepares a cipher to encrypt. e may be nil; key and iv
// must have the sizes of the cipher.
func NewEncryptionCipherCtx(c *Cipher, e *Engine, key, iv []byte) (EncryptionCipherCtx, error) {
	ctx, err := newCipherCtx(c, true, e, key, iv)
	if err != nil {
		return nil, err
	}
	return encryptionCipherCtx{ctx}, nil
}

// NewDecryptionCipherCtx prepares a cipher to decrypt.
func NewDecryptionCipherCtx(c *Cipher, e *Engine, key, iv []byte) (DecryptionCipherCtx, error) {
	ctx, err := newCipherCtx(c, false, e, key, iv)
	if err != nil {
		return nil, err
	}
	return decryptionCipherCtx{ctx}, nil
}
