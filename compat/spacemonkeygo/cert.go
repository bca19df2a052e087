package openssl

import (
	"fmt"
	"strings"

	"github.com/sslsock/sslsock/ossl"
)

// Certificate is an X.509 certificate. It may be used by any number of
// goroutines once nobody changes it any more.
type Certificate struct {
	// Issuer is what SetIssuer has set, nil for a certificate that was read.
	Issuer *Certificate

	x *ossl.X509
}

// newCert wraps x, which is nobody else's.
func newCert(x *ossl.X509) *Certificate {
	ossl.LeaveToGC(x)
	return &Certificate{x: x}
}

// inner is nil for no certificate.
func (c *Certificate) inner() *ossl.X509 {
	if c == nil {
		return nil
	}
	return c.x
}

// LoadCertificateFromPEM reads the first certificate of a PEM text.
func LoadCertificateFromPEM(pem_block []byte) (*Certificate, error) {
	if len(pem_block) == 0 {
		return nil, errEmptyPEM
	}
	x, err := ossl.PEMReadBioX509(pem_block)
	if err != nil {
		return nil, err
	}
	return newCert(x), nil
}

// MarshalPEM is the certificate as PEM.
func (c *Certificate) MarshalPEM() (pem_block []byte, err error) { return c.inner().PEMWrite() }

// PublicKey is the certificate's public key.
func (c *Certificate) PublicKey() (PublicKey, error) {
	if c.inner() == nil {
		return nil, errNoCert
	}
	k, err := c.x.GetPubkey()
	return newPublicKey("no public key found", k, err)
}

// GetSubjectName is the subject; what is added to it is added to the
// certificate.
func (c *Certificate) GetSubjectName() (*Name, error) { return c.name(false) }

// GetIssuerName is the issuer likewise.
func (c *Certificate) GetIssuerName() (*Name, error) { return c.name(true) }

func (c *Certificate) name(issuer bool) (*Name, error) {
	if c.inner() == nil {
		return nil, errNoCert
	}
	return &Name{cert: c, issuer: issuer}, nil
}

// GetSerialNumberHex is the serial number in hexadecimal digits, two for a byte.
func (c *Certificate) GetSerialNumberHex() (serial string) {
	n := c.inner().GetSerialNumber()
	if n == nil || n.Sign() == 0 {
		return "0"
	}
	sign := ""
	if n.Sign() < 0 {
		sign = "-"
	}
	return sign + strings.ToUpper(fmt.Sprintf("%x", n.Bytes()))
}

// X509_Version is the version of a certificate's format, counted from 0 as it is
// written.
type X509_Version int

// The versions of certificates.
const (
	X509_V1 X509_Version = 0
	X509_V3 X509_Version = 2
)

// GetVersion is the version of the certificate's format.
func (c *Certificate) GetVersion() X509_Version { return X509_Version(c.inner().GetVersion()) }

// GetExtensionValue is the value of the first extension of that kind, as DER; nil
// where there is none.
func (c *Certificate) GetExtensionValue(nid NID) []byte {
	e, ok := c.inner().GetExtByNID(ossl.NID(nid))
	if !ok {
		return nil
	}
	return e.Value
}
