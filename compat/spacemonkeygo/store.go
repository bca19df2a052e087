package openssl

import (
	"errors"

	"github.com/sslsock/sslsock/ossl"
)

// CertificateStore is a set of trusted certificates.
type CertificateStore struct{ st *ossl.Store }

// NewCertificateStore makes an empty one.
func NewCertificateStore() (*CertificateStore, error) { return wrapStore(ossl.NewStore()) }

func wrapStore(st *ossl.Store, err error) (*CertificateStore, error) {
	if err != nil {
		return nil, err
	}
	ossl.LeaveToGC(st)
	return &CertificateStore{st}, nil
}

func (s *CertificateStore) inner() *ossl.Store {
	if s == nil {
		return nil
	}
	return s.st
}

var errNoPEM = errors.New("no PEM certificate found")

// LoadCertificatesFromPEM trusts each certificate of a PEM text. A text without
// any is an error.
func (s *CertificateStore) LoadCertificatesFromPEM(data []byte) error {
	blocks := SplitPEM(data)
	if len(blocks) == 0 {
		return errNoPEM
	}
	for _, block := range blocks {
		cert, err := LoadCertificateFromPEM(block)
		if err != nil {
			return err
		}
		if err := s.AddCertificate(cert); err != nil {
			return err
		}
	}
	return nil
}

// AddCertificate trusts a certificate.
func (s *CertificateStore) AddCertificate(cert *Certificate) error {
	if cert == nil {
		return errNoCert
	}
	return s.inner().AddCert(cert.x)
}

// GetCertificateStore is the store that peers are verified by. Nil on a Ctx that
// is closed.
func (c *Ctx) GetCertificateStore() *CertificateStore {
	s, err := wrapStore(c.inner().GetCertStore())
	if err != nil {
		return nil
	}
	return s
}

// LoadVerifyLocations trusts the certificates of a PEM file, and those of a
// folder made by openssl-rehash(1); "" is none.
func (c *Ctx) LoadVerifyLocations(ca_file string, ca_path string) error {
	if ca_file == "" && ca_path == "" {
		return errors.New("neither a file nor a folder of trusted certificates")
	}
	return c.inner().LoadVerifyLocations(ca_file, ca_path)
}
