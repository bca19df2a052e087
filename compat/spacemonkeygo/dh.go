package openssl

import (
	"errors"
	"fmt"

	"github.com/sslsock/sslsock/ossl"
)

// DH is a group for Diffie-Hellman.
type DH struct{ k *ossl.PKey }

// LoadDHParametersFromPEM reads a group as openssl-dhparam(1) writes it.
func LoadDHParametersFromPEM(pem_block []byte) (*DH, error) {
	if len(pem_block) == 0 {
		return nil, errEmptyPEM
	}
	k, err := ossl.PEMReadBioDHparams(pem_block)
	if err != nil {
		return nil, fmt.Errorf("failed reading dh parameters: %w", err)
	}
	ossl.LeaveToGC(k)
	return &DH{k}, nil
}

// SetDHParameters sets the group of a server for suites of TLS 1.2 with DHE.
func (c *Ctx) SetDHParameters(dh *DH) error {
	if dh == nil {
		return errors.New("no dh parameters provided")
	}
	return c.inner().Set0TmpDHPkey(dh.k)
}

// DeriveSharedSecret is what the two sides of a key agreement have in common;
// the kinds of the keys must be the same, and of those that agree: EC, X25519,
// DH.
func DeriveSharedSecret(private PrivateKey, public PublicKey) ([]byte, error) {
	k, peer := pkeyOf(private), pkeyOf(public)
	if k == nil || peer == nil {
		return nil, errNoKey
	}
	secret, err := k.Derive(peer)
	if err != nil {
		return nil, fmt.Errorf("failed deriving the shared secret: %w", err)
	}
	return secret, nil
}
