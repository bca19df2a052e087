package openssl

import "github.com/sslsock/sslsock/ossl"

const cannotReadKey = "failed reading private key"

// LoadPrivateKeyFromPEM reads the first private key of a PEM text. One that is
// encrypted is an error.
func LoadPrivateKeyFromPEM(pem_block []byte) (PrivateKey, error) {
	return LoadPrivateKeyFromPEMWithPassword(pem_block, "")
}

// LoadPrivateKeyFromPEMWithPassword is LoadPrivateKeyFromPEM for a key that may
// be encrypted.
func LoadPrivateKeyFromPEMWithPassword(pem_block []byte, password string) (PrivateKey, error) {
	if len(pem_block) == 0 {
		return nil, errEmptyPEM
	}
	k, err := ossl.PEMReadBioPrivateKey(pem_block, password)
	return newPrivateKey(cannotReadKey, k, err)
}

// LoadPrivateKeyFromPEMWidthPassword is LoadPrivateKeyFromPEMWithPassword, under
// the name that it had first.
func LoadPrivateKeyFromPEMWidthPassword(pem_block []byte, password string) (PrivateKey, error) {
	return LoadPrivateKeyFromPEMWithPassword(pem_block, password)
}

// LoadPrivateKeyFromDER reads a private key of whichever kind and form.
func LoadPrivateKeyFromDER(der_block []byte) (PrivateKey, error) {
	if len(der_block) == 0 {
		return nil, errEmptyDER
	}
	k, err := ossl.D2IAutoPrivateKey(der_block)
	return newPrivateKey(cannotReadKey+" der", k, err)
}

// LoadPublicKeyFromPEM reads the first public key of a PEM text.
func LoadPublicKeyFromPEM(pem_block []byte) (PublicKey, error) {
	if len(pem_block) == 0 {
		return nil, errEmptyPEM
	}
	k, err := ossl.PEMReadBioPUBKEY(pem_block)
	return newPublicKey("failed reading public key", k, err)
}

// LoadPublicKeyFromDER reads a public key in the form of RFC 5280.
func LoadPublicKeyFromDER(der_block []byte) (PublicKey, error) {
	if len(der_block) == 0 {
		return nil, errEmptyDER
	}
	k, err := ossl.D2IPUBKEY(der_block)
	return newPublicKey("failed reading public key der", k, err)
}
