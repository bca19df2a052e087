package openssl

import "fmt"

// GCM_TAG_MAXLEN is the size of a tag, in bytes.
const GCM_TAG_MAXLEN = 16

// AuthenticatedEncryptionCipherCtx encrypts and authenticates.
type AuthenticatedEncryptionCipherCtx interface {
	EncryptionCipherCtx

	// ExtraData adds what is authenticated and not encrypted, before any
	// EncryptUpdate.
	ExtraData([]byte) error

	// GetTag is the tag, after EncryptFinal.
	GetTag() ([]byte, error)
}

// AuthenticatedDecryptionCipherCtx decrypts what has been authenticated. Nothing
// that DecryptUpdate returns can be trusted before DecryptFinal has succeeded.
type AuthenticatedDecryptionCipherCtx interface {
	DecryptionCipherCtx

	// ExtraData adds what was given to ExtraData when encrypting.
	ExtraData([]byte) error

	// SetTag is the tag to find, before DecryptFinal.
	SetTag([]byte) error
}

type gcmEncryption struct{ encryptionCipherCtx }

func (c gcmEncryption) ExtraData(aad []byte) error { return c.c.UpdateAAD(aad) }
func (c gcmEncryption) GetTag() ([]byte, error)    { return c.c.Tag(GCM_TAG_MAXLEN) }

type gcmDecryption struct{ decryptionCipherCtx }

func (c gcmDecryption) ExtraData(aad []byte) error { return c.c.UpdateAAD(aad) }
func (c gcmDecryption) SetTag(tag []byte) error    { return c.c.SetTag(tag) }

// newGCM takes an IV of any size.
func newGCM(bits int, encrypt bool, e *Engine, key, iv []byte) (*cipherCtx, error) {
	switch bits {
	case 128, 192, 256:
	default:
		return nil, fmt.Errorf("unknown block size %d", bits)
	}
	cipher, err := GetCipherByName(fmt.Sprintf("aes-%d-gcm", bits))
	if err != nil {
		return nil, err
	}
	ctx, err := newCipherCtx(cipher, encrypt, e, key, nil)
	if err != nil || len(iv) == 0 {
		return ctx, err
	}
	if err := ctx.c.SetIVLen(len(iv)); err != nil {
		return nil, fmt.Errorf("could not set IV len to %d: %w", len(iv), err)
	}
	if err := ctx.c.SetIV(iv); err != nil {
		return nil, fmt.Errorf("failed to apply IV: %w", err)
	}
	return ctx, nil
}

// NewGCMEncryptionCipherCtx is AES-GCM with a key of blocksize bits: 128, 192 or
// 256. A key must never meet the same IV twice.
func NewGCMEncryptionCipherCtx(blocksize int, e *Engine, key, iv []byte) (AuthenticatedEncryptionCipherCtx, error) {
	ctx, err := newGCM(blocksize, true, e, key, iv)
	if err != nil {
		return nil, err
	}
	return gcmEncryption{encryptionCipherCtx{ctx}}, nil
}

// NewGCMDecryptionCipherCtx is the same to decrypt.
func NewGCMDecryptionCipherCtx(blocksize int, e *Engine, key, iv []byte) (AuthenticatedDecryptionCipherCtx, error) {
	ctx, err := newGCM(blocksize, false, e, key, iv)
	if err != nil {
		return nil, err
	}
	return gcmDecryption{decryptionCipherCtx{ctx}}, nil
}
