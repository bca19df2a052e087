package openssl

import (
	"errors"
	"fmt"

	"github.com/sslsock/sslsock/ossl"
)

// The kinds of keys, by the NIDs that openssl/evp.h has for them.
const (
	KeyTypeNone    = NID_undef
	KeyTypeRSA     = NID_rsaEncryption
	KeyTypeRSA2    = NID_rsa
	KeyTypeDSA     = NID_dsa
	KeyTypeDSA1    = NID_dsa_2
	KeyTypeDSA2    = NID_dsaWithSHA
	KeyTypeDSA3    = NID_dsaWithSHA1
	KeyTypeDSA4    = NID_dsaWithSHA1_2
	KeyTypeDH      = NID_dhKeyAgreement
	KeyTypeDHX     = NID_dhpublicnumber
	KeyTypeEC      = NID_X9_62_id_ecPublicKey
	KeyTypeHMAC    = NID_hmac
	KeyTypeCMAC    = NID_cmac
	KeyTypeTLS1PRF = NID_tls1_prf
	KeyTypeHKDF    = NID_hkdf
	KeyTypeX25519  = NID_X25519
	KeyTypeX448    = NID_X448
	KeyTypeED25519 = NID_ED25519
	KeyTypeED448   = NID_ED448
)

// PublicKey is a key, of which only the public half need be there. It may be
// used by any number of goroutines.
type PublicKey interface {
	// VerifyPKCS1v15 says by an error when sig is not a signature of data: by
	// PKCS#1 v1.5 for RSA, and by what the kind of key has otherwise. Ed25519 takes
	// a nil method.
	VerifyPKCS1v15(method Method, data, sig []byte) error

	// MarshalPKIXPublicKeyPEM is the public key as PEM, in the form of RFC 5280.
	MarshalPKIXPublicKeyPEM() (pem_block []byte, err error)

	// MarshalPKIXPublicKeyDER is the public key as DER, in the form of RFC 5280.
	MarshalPKIXPublicKeyDER() (der_block []byte, err error)

	// KeyType says what kind of key it is.
	KeyType() NID

	// BaseType is KeyType, with one value for those that differ in the form only:
	// KeyTypeRSA for KeyTypeRSA2.
	BaseType() NID

	// Equal says whether the public halves are the same.
	Equal(key PublicKey) bool

	// Size is how long a signature can be, in bytes.
	Size() int

	pkey() *ossl.PKey
}

// PrivateKey is a key with its private half.
type PrivateKey interface {
	PublicKey

	// SignPKCS1v15 signs data: by PKCS#1 v1.5 for RSA, and by what the kind of key
	// has otherwise. Ed25519 takes a nil method.
	SignPKCS1v15(Method, []byte) ([]byte, error)

	// MarshalPKCS1PrivateKeyPEM is the private key as PEM, in the clear: in the form
	// that its kind had before PKCS#8 where there is one, else in PKCS#8.
	MarshalPKCS1PrivateKeyPEM() (pem_block []byte, err error)

	// MarshalPKCS1PrivateKeyDER is the same as DER.
	MarshalPKCS1PrivateKeyDER() (der_block []byte, err error)
}

type pKey struct{ k *ossl.PKey }

// newPKey wraps what a function of ossl has returned.
func newPKey(k *ossl.PKey, err error) (*pKey, error) {
	if err != nil {
		return nil, err
	}
	ossl.LeaveToGC(k)
	return &pKey{k}, nil
}

// newPrivateKey spares the caller a non-nil interface with nothing in it.
func newPrivateKey(what string, k *ossl.PKey, err error) (PrivateKey, error) {
	key, err := newPKey(k, err)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	return key, nil
}

func newPublicKey(what string, k *ossl.PKey, err error) (PublicKey, error) {
	key, err := newPKey(k, err)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	return key, nil
}

// pkeyOf is nil for a key that is none.
func pkeyOf(key PublicKey) *ossl.PKey {
	if k, ok := key.(*pKey); ok && k != nil {
		return k.k
	}
	return nil
}

func (k *pKey) pkey() *ossl.PKey { return k.k }

func (k *pKey) KeyType() NID { return NID(k.k.GetID()) }

func (k *pKey) BaseType() NID {
	switch t := k.KeyType(); t {
	case KeyTypeRSA2:
		return KeyTypeRSA
	case KeyTypeDSA1, KeyTypeDSA2, KeyTypeDSA3, KeyTypeDSA4:
		return KeyTypeDSA
	default:
		return t
	}
}

func (k *pKey) Equal(other PublicKey) bool {
	o := pkeyOf(other)
	return o != nil && k.k.Eq(o)
}

func (k *pKey) Size() int { return k.k.GetSize() }

// digestOf is the digest to sign with; a key that takes none must be given none.
func (k *pKey) digestOf(op string, m Method, data []byte) (string, error) {
	if k.KeyType() == KeyTypeED25519 {
		if m != nil || len(data) == 0 {
			return "", errors.New(op + ": 0-length data or non-null digest")
		}
		return "", nil
	}
	if m == nil {
		return "", errors.New(op + ": no digest")
	}
	return m.name, nil
}

func (k *pKey) SignPKCS1v15(m Method, data []byte) ([]byte, error) {
	md, err := k.digestOf("signpkcs1v15", m, data)
	if err != nil {
		return nil, err
	}
	sig, err := k.k.DigestSign(md, data)
	if err != nil {
		return nil, fmt.Errorf("signpkcs1v15: %w", err)
	}
	return sig, nil
}

func (k *pKey) VerifyPKCS1v15(m Method, data, sig []byte) error {
	if len(sig) == 0 {
		return errors.New("verifypkcs1v15: 0-length sig")
	}
	md, err := k.digestOf("verifypkcs1v15", m, data)
	if err != nil {
		return err
	}
	if err := k.k.DigestVerify(md, data, sig); err != nil {
		return fmt.Errorf("verifypkcs1v15: %w", err)
	}
	return nil
}

func (k *pKey) MarshalPKCS1PrivateKeyPEM() (pem_block []byte, err error) {
	if pem_block, err = k.k.PEMWritePrivateKeyTraditional("", ""); err == nil {
		return pem_block, nil
	}
	return k.k.PEMWritePrivateKey("", "") // Ed25519 has no other form
}

func (k *pKey) MarshalPKCS1PrivateKeyDER() (der_block []byte, err error) { return k.k.I2D() }

func (k *pKey) MarshalPKIXPublicKeyPEM() (pem_block []byte, err error) { return k.k.PEMWritePUBKEY() }

func (k *pKey) MarshalPKIXPublicKeyDER() (der_block []byte, err error) { return k.k.I2DPUBKEY() }
