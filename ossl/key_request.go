package ossl

// #include "shim_keyprov.h"
import "C"

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/subtle"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"
	"math/big"
	"runtime"
)

// KeyOp is what AskKey asks for.
type KeyOp uint8

// The operations.
const (
	KeySign    KeyOp = iota + 1 // crypto.Signer
	KeyDecrypt                  // crypto.Decrypter, for the RSA key exchange of TLS 1.2
)

// String is "sign" or "decrypt".
func (op KeyOp) String() string {
	switch op {
	case KeySign:
		return "sign"
	case KeyDecrypt:
		return "decrypt"
	}
	return fmt.Sprintf("KeyOp(%d)", uint8(op))
}

// What a signer may be reproached with, inside a [SignerError].
var (
	ErrNotSignature = errors.New("the answer is no signature of this kind of key")
	ErrNotDecrypter = errors.New("it is no crypto.Decrypter, which the RSA key exchange of TLS 1.2 needs: leave that out of the cipher list (!kRSA)")
)

// ErrNotAsked is what AskedKey returns while AskKey is not open.
var ErrNotAsked = errors.New("ossl: the handshake waits for no key: AskedKey is for when Asked is AskKey")

// SignerError is a signer that has failed.
type SignerError struct {
	Op  KeyOp
	Err error // the signer's own, ErrNotSignature or ErrNotDecrypter
}

func (e *SignerError) Error() string {
	return "ossl: the key's signer, to " + e.Op.String() + ": " + e.Err.Error()
}

// Unwrap is the signer's own error.
func (e *SignerError) Unwrap() error { return e.Err }

// KeyRequest is what AskKey is about.
type KeyRequest struct {
	Signer crypto.Signer
	Op     KeyOp
	// Hash is what Input is a digest by; 0 when Input is the message, as for
	// Ed25519, or a ciphertext.
	Hash crypto.Hash
	// PSS asks of an RSA key for PSS with SaltLength bytes of salt instead of
	// PKCS#1 v1.5.
	PSS        bool
	SaltLength int
	Input      []byte
	// DecryptErr is why a decryption failed, of which Do says nothing. Look at it
	// after Answer, so that the peer cannot tell by the time that takes.
	DecryptErr error
}

// AskedKey is what AskKey is about. What it returns is the caller's.
func (s *SSL) AskedKey() (KeyRequest, error) {
	if s == nil || s.p == nil {
		return KeyRequest{}, ErrClosed
	}
	crossing()
	q := C.gossl_hook_key(s.c())
	r := KeyRequest{Op: KeySign, Input: viewed(q.input)}
	runtime.KeepAlive(s)
	switch q.op {
	case C.GOSSL_KEY_NOTHING:
		return KeyRequest{}, ErrNotAsked
	case C.GOSSL_KEY_SIGN_PSS:
		r.PSS, r.SaltLength = true, int(q.salt)
	case C.GOSSL_KEY_DECRYPT:
		r.Op = KeyDecrypt
	}
	r.Signer = signers.get(uint64(q.number))
	hash, ok := hashes[q.md]
	if r.Signer == nil || !ok {
		return KeyRequest{}, fmt.Errorf("ossl: a signature over a digest that package crypto has no name for (NID %d)", q.md)
	}
	r.Hash = hash
	return r, nil
}

var hashes = map[C.int]crypto.Hash{
	C.NID_undef: 0, C.NID_md5: crypto.MD5, C.NID_md5_sha1: crypto.MD5SHA1, C.NID_sha1: crypto.SHA1,
	C.NID_sha224: crypto.SHA224, C.NID_sha256: crypto.SHA256, C.NID_sha384: crypto.SHA384, C.NID_sha512: crypto.SHA512,
	C.NID_sha512_224: crypto.SHA512_224, C.NID_sha512_256: crypto.SHA512_256,
	C.NID_sha3_224: crypto.SHA3_224, C.NID_sha3_256: crypto.SHA3_256, C.NID_sha3_384: crypto.SHA3_384, C.NID_sha3_512: crypto.SHA3_512,
}

// Do has the signer do what was asked, and returns what to answer with. It may
// run on any goroutine, and takes as long as the signer does. random is for the
// signer; nil is crypto/rand.Reader.
//
// An error of Do, a *SignerError, is a reason to refuse. A decryption that fails
// is none: to a peer that has sent a damaged secret on purpose, a refusal says
// something about the key (Bleichenbacher's attack). Do then returns a random
// secret, with which the handshake fails a moment later, and leaves the reason in
// DecryptErr.
func (r *KeyRequest) Do(random io.Reader) ([]byte, error) {
	if random == nil {
		random = rand.Reader
	}
	if r.Op == KeyDecrypt {
		return r.decrypt(random)
	}
	sig, err := r.Signer.Sign(random, r.Input, r.options())
	if err == nil && !r.plausible(sig) {
		err = ErrNotSignature
	}
	if err != nil {
		return nil, &SignerError{KeySign, err}
	}
	return sig, nil
}

func (r *KeyRequest) options() crypto.SignerOpts {
	if r.PSS {
		return &rsa.PSSOptions{SaltLength: r.SaltLength, Hash: r.Hash}
	}
	return r.Hash
}

// plausible says whether sig has the form of a signature. Whether it is right is
// the peer's to say.
func (r *KeyRequest) plausible(sig []byte) bool {
	switch k := r.Signer.Public().(type) {
	case *rsa.PublicKey:
		return len(sig) == k.Size()
	case *ecdsa.PublicKey:
		var v struct{ R, S *big.Int }
		rest, err := asn1.Unmarshal(sig, &v)
		n := k.Params().N
		return err == nil && len(rest) == 0 && v.R.Sign() > 0 && v.S.Sign() > 0 && v.R.Cmp(n) < 0 && v.S.Cmp(n) < 0
	case ed25519.PublicKey:
		return len(sig) == ed25519.SignatureSize
	}
	return false
}

// premaster is the length of the secret of TLS's RSA key exchange: RFC 5246,
// section 8.1.1.
const premaster = 48

func (r *KeyRequest) decrypt(random io.Reader) ([]byte, error) {
	d, ok := r.Signer.(crypto.Decrypter)
	if !ok {
		return nil, &SignerError{KeyDecrypt, ErrNotDecrypter}
	}
	// Made before it is known whether it will be needed.
	secret := make([]byte, premaster)
	_, _ = rand.Read(secret)
	plain, err := d.Decrypt(random, r.Input, &rsa.PKCS1v15DecryptOptions{SessionKeyLen: premaster}) //nolint:staticcheck // what TLS 1.2's RSA key exchange is
	if err == nil && len(plain) != premaster {
		err = fmt.Errorf("the secret has %d bytes, not %d", len(plain), premaster)
	}
	good := 0
	if err == nil {
		good = 1
	}
	padded := make([]byte, premaster)
	copy(padded, plain)
	clear(plain)
	subtle.ConstantTimeCopy(good, secret, padded)
	clear(padded)
	r.DecryptErr = &SignerError{KeyDecrypt, err}
	if good == 1 {
		r.DecryptErr = nil
	}
	return secret, nil
}
