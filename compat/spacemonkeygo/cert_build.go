package openssl

import (
	"errors"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"time"

	"github.com/sslsock/sslsock/ossl"
)

// CertificateInfo is what NewCertificate makes a certificate of.
type CertificateInfo struct {
	Serial       *big.Int
	Issued       time.Duration // from now
	Expires      time.Duration // from now
	Country      string        // two letters
	Organization string
	CommonName   string
}

// NewCertificate makes a certificate for key, which names itself as its issuer
// and is not yet signed.
func NewCertificate(info *CertificateInfo, key PublicKey) (*Certificate, error) {
	if info == nil {
		return nil, errors.New("no certificate info provided")
	}
	x, err := ossl.NewX509Builder()
	if err != nil {
		return nil, err
	}
	c := newCert(x)
	name := &Name{cert: c}
	for _, e := range [][2]string{{"C", info.Country}, {"O", info.Organization}, {"CN", info.CommonName}} {
		if err := name.AddTextEntry(e[0], e[1]); err != nil {
			return nil, err
		}
	}
	for _, set := range []func() error{
		func() error { return c.SetIssuerName(name) },
		func() error { return c.SetSerial(info.Serial) },
		func() error { return c.SetIssueDate(info.Issued) },
		func() error { return c.SetExpireDate(info.Expires) },
		func() error { return c.SetPubKey(key) },
	} {
		if err := set(); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// SetSubjectName sets the subject.
func (c *Certificate) SetSubjectName(name *Name) error {
	if name == nil {
		return errNoName
	}
	return named("failed to set subject name", c.inner().SetSubjectName(name.value()))
}

// SetIssuer makes issuer the one that Issuer refers to, and its subject the name
// of the certificate's issuer. AddExtension takes its part from it.
func (c *Certificate) SetIssuer(issuer *Certificate) error {
	name, err := issuer.GetSubjectName()
	if err != nil {
		return err
	}
	if err := c.SetIssuerName(name); err != nil {
		return err
	}
	c.Issuer = issuer
	return nil
}

// SetIssuerName sets the name of the issuer; see SetIssuer.
func (c *Certificate) SetIssuerName(name *Name) error {
	if name == nil {
		return errNoName
	}
	return named("failed to set issuer name", c.inner().SetIssuerName(name.value()))
}

// SetSerial sets the serial number.
func (c *Certificate) SetSerial(serial *big.Int) error {
	return named("failed to set serial", c.inner().SetSerialNumber(serial))
}

// SetIssueDate sets when the certificate begins to be valid, from now.
func (c *Certificate) SetIssueDate(when time.Duration) error {
	return named("failed to set issue date", c.inner().SetNotBefore(time.Now().Add(when)))
}

// SetExpireDate sets when the certificate ends to be valid, from now.
func (c *Certificate) SetExpireDate(when time.Duration) error {
	return named("failed to set expire date", c.inner().SetNotAfter(time.Now().Add(when)))
}

// SetPubKey sets the public key.
func (c *Certificate) SetPubKey(pubKey PublicKey) error {
	k := pkeyOf(pubKey)
	if k == nil {
		return errNoKey
	}
	return named("failed to set public key", c.inner().SetPubkey(k))
}

// SetVersion sets the version of the format: X509_V3 for one with extensions.
func (c *Certificate) SetVersion(version X509_Version) error {
	return named("failed to set certificate version", c.inner().SetVersion(int(version)))
}

// Sign signs the certificate by EVP_SHA256, EVP_SHA384 or EVP_SHA512. A key of a
// kind that takes no digest, as Ed25519, passes it over.
func (c *Certificate) Sign(privKey PrivateKey, digest EVP_MD) error {
	switch digest {
	case EVP_SHA256, EVP_SHA384, EVP_SHA512:
		return c.insecureSign(privKey, digest)
	default:
		return errors.New("unsupported digest; you're probably looking for 'EVP_SHA256' or 'EVP_SHA512'")
	}
}

// insecureSign takes any digest.
func (c *Certificate) insecureSign(privKey PrivateKey, digest EVP_MD) error {
	k := pkeyOf(privKey)
	if k == nil {
		return errNoKey
	}
	name := digestNames[digest]
	if t := privKey.KeyType(); t == KeyTypeED25519 || t == KeyTypeED448 {
		name = ""
	}
	return named("failed to sign certificate", digestError(name, c.inner().Sign(k, name)))
}

// AddExtension adds an extension in the words of x509v3_config(5), "CA:TRUE".
func (c *Certificate) AddExtension(nid NID, value string) error {
	var issuer *ossl.X509
	if c != nil {
		issuer = c.Issuer.inner()
	}
	return named("failed to create x509v3 extension", c.inner().AddExtConf(ossl.NID(nid), value, issuer))
}

// AddCustomExtension adds an extension with the value as it is, which should be
// DER.
func (c *Certificate) AddCustomExtension(nid NID, value []byte) error {
	return named("unable to add extension", c.inner().AddExt(ossl.Extension{NID: ossl.NID(nid), Value: value}))
}

// AddExtensions is AddExtension for each, in the order of their NIDs, until one
// fails.
func (c *Certificate) AddExtensions(extensions map[NID]string) error {
	for _, nid := range slices.Sorted(maps.Keys(extensions)) {
		if err := c.AddExtension(nid, extensions[nid]); err != nil {
			return err
		}
	}
	return nil
}

func named(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}
