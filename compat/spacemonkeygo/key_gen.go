package openssl

import (
	"errors"
	"fmt"
	"math/big"

	"github.com/sslsock/sslsock/ossl"
)

// EllipticCurve is the NID of a curve.
type EllipticCurve int

// The curves that have a name here; any other of openssl-ecparam(1) will do too.
const (
	Prime256v1 EllipticCurve = 415 // P-256
	Secp384r1  EllipticCurve = 715 // P-384
	Secp521r1  EllipticCurve = 716 // P-521
)

func (c EllipticCurve) name() (string, error) {
	name := ossl.OBJNid2sn(ossl.NID(c))
	if c <= 0 || name == "" {
		return "", errors.New("unknown curve")
	}
	return name, nil
}

// GenerateRSAKey makes an RSA key of that many bits with the exponent 3.
func GenerateRSAKey(bits int) (PrivateKey, error) { return GenerateRSAKeyWithExponent(bits, 3) }

// GenerateRSAKeyWithExponent makes an RSA key. The exponent is odd, and 65537
// unless there is a reason.
func GenerateRSAKeyWithExponent(bits int, exponent int) (PrivateKey, error) {
	k, err := ossl.RSAGenEx(bits, big.NewInt(int64(exponent)))
	return newPrivateKey("failed to generate RSA key", k, err)
}

// GenerateECKey makes a key on a curve.
func GenerateECKey(curve EllipticCurve) (PrivateKey, error) {
	name, err := curve.name()
	if err != nil {
		return nil, fmt.Errorf("failed generating EC private key: %w", err)
	}
	k, err := ossl.ECGen(name)
	return newPrivateKey("failed generating EC private key", k, err)
}

// GenerateED25519Key makes an Ed25519 key.
func GenerateED25519Key() (PrivateKey, error) {
	k, err := ossl.PKeyQKeygen("ED25519")
	return newPrivateKey("failed generating ED25519 private key", k, err)
}
