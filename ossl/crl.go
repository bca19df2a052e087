package ossl

// #include "shim_crypto.h"
import "C"

import (
	"crypto/x509"
	"errors"
	"math/big"
	"time"
	"unsafe"
)

// CRL is a list of revoked certificates: X509_CRL. It may be shared by any
// number of goroutines. The caller closes it.
type CRL struct{ object }

// PEMReadBioX509CRL reads the first CRL of a PEM text:
// PEM_read_bio_X509_CRL(3). PEMX509InfoReadBio reads them all.
func PEMReadBioX509CRL(pem []byte) (*CRL, error) {
	return makeCRL("PEM_read_bio_X509_CRL", pem, func(p *C.uchar, n C.long, out **C.X509_CRL) *C.gossl_err {
		return C.gossl_pem_read_crl(p, n, out)
	})
}

// D2IX509CRL reads a CRL in DER form: d2i_X509_CRL(3).
func D2IX509CRL(der []byte) (*CRL, error) {
	return makeCRL("d2i_X509_CRL", der, func(p *C.uchar, n C.long, out **C.X509_CRL) *C.gossl_err {
		return C.gossl_d2i_crl(p, n, out)
	})
}

// NewCRL copies a CRL of Go's standard library.
func NewCRL(list *x509.RevocationList) (*CRL, error) {
	if list == nil || len(list.Raw) == 0 {
		return nil, errors.New("ossl: a CRL that was not parsed: crypto/x509 leaves Raw empty")
	}
	return D2IX509CRL(list.Raw)
}

func newCRL(p *C.X509_CRL) *CRL {
	c := new(CRL)
	c.open(unsafe.Pointer(p), kindCRL)
	return c
}

// I2D is the CRL in DER form: i2d_X509_CRL(3).
func (c *CRL) I2D() ([]byte, error) {
	return bytesOf("i2d_X509_CRL", func(out **C.uchar, n *C.int) *C.gossl_err { return C.gossl_i2d_crl(c.c(), out, n) }, c)
}

// PEMWrite is the CRL in PEM form: PEM_write_bio_X509_CRL(3).
func (c *CRL) PEMWrite() ([]byte, error) {
	return bytesOf("PEM_write_bio_X509_CRL", func(out **C.uchar, n *C.int) *C.gossl_err { return C.gossl_pem_write_crl(c.c(), out, n) }, c)
}

// RevocationList is the CRL as package crypto/x509 reads it.
func (c *CRL) RevocationList() (*x509.RevocationList, error) {
	der, err := c.I2D()
	if err != nil {
		return nil, err
	}
	return x509.ParseRevocationList(der)
}

// Print is the CRL as text, as openssl-crl(1) prints it with -text:
// X509_CRL_print_ex(3).
func (c *CRL) Print(names NameFlags) (string, error) {
	b, err := bytesOf("X509_CRL_print_ex", func(out **C.uchar, n *C.int) *C.gossl_err {
		return C.gossl_crl_print(c.c(), C.ulong(names), out, n)
	}, c)
	return string(b), err
}

// CRLFacts is what nearly every program asks of a CRL, in one crossing.
type CRLFacts struct {
	Version                int       // counted from 0: 1 is "v2". X509_CRL_get_version(3)
	SignatureNID           NID       // X509_CRL_get_signature_nid(3)
	LastUpdate, NextUpdate time.Time // X509_CRL_get0_lastUpdate(3), X509_CRL_get0_nextUpdate(3)
	Number                 *big.Int  // nil where it has none: X509_CRL_get_ext_d2i(3)
	DeltaBase              *big.Int  // the CRL that a delta CRL adds to, nil for a complete one
}

// Facts reads them; all is zero for a closed CRL.
func (c *CRL) Facts() (f CRLFacts) {
	p := pack(textOf("X509_CRL_get_ext_d2i", func(out **C.uchar, n *C.int) *C.gossl_err { return C.gossl_crl_facts(c.c(), out, n) }, c))
	if !p.more() {
		return f
	}
	f.Version, f.SignatureNID = int(p.int()), p.nid()
	f.LastUpdate, f.NextUpdate = p.time(), p.time()
	f.Number, f.DeltaBase = p.number(), p.number()
	return f
}

// Get0LastUpdate is when the CRL was issued: X509_CRL_get0_lastUpdate(3),
// X509_CRL_get_lastUpdate(3).
func (c *CRL) Get0LastUpdate() time.Time { return c.Facts().LastUpdate }

// Get0NextUpdate is until when it counts, the zero time where that is not said:
// X509_CRL_get0_nextUpdate(3), X509_CRL_get_nextUpdate(3).
func (c *CRL) Get0NextUpdate() time.Time { return c.Facts().NextUpdate }

// GetIssuer is who issued it: X509_CRL_get_issuer(3).
func (c *CRL) GetIssuer() X509Name {
	return X509Name{textOf("X509_CRL_get_issuer", func(out **C.uchar, n *C.int) *C.gossl_err { return C.gossl_crl_issuer(c.c(), out, n) }, c)}
}

// GetExtensions lists the extensions in their order: X509_CRL_get_ext(3).
func (c *CRL) GetExtensions() []Extension {
	return extensions(pack(textOf("X509_CRL_get_ext", func(out **C.uchar, n *C.int) *C.gossl_err { return C.gossl_crl_exts(c.c(), out, n) }, c)))
}

// Verify says by an error when the signature of c was not made by k:
// X509_CRL_verify(3).
func (c *CRL) Verify(k *PKey) error {
	return onObjects("X509_CRL_verify", func() *C.gossl_err { return C.gossl_crl_verify(c.c(), k.c()) }, c, k)
}

// Digest is the fingerprint of the CRL; md is "SHA256" or another name of
// openssl-dgst(1): X509_CRL_digest(3).
func (c *CRL) Digest(md string) (sum []byte, err error) {
	if c.c() == nil {
		return nil, ErrClosed
	}
	err = with(md, func(md *C.char) (err error) {
		sum, err = bytesOf("X509_CRL_digest", func(out **C.uchar, n *C.int) *C.gossl_err {
			return C.gossl_crl_digest(c.c(), md, out, n)
		}, c)
		return err
	})
	return sum, err
}

// Match says whether both are the same CRL: X509_CRL_match(3).
func (c *CRL) Match(other *CRL) bool {
	return !anyClosed([]pointer{c, other}) && valueOf(func() C.int { return C.gossl_crl_match(c.c(), other.c()) }, c, other) == 0
}

// UpRef is a second CRL for the same list, to be closed by itself:
// X509_CRL_up_ref(3).
func (c *CRL) UpRef() (*CRL, error) {
	if c.c() == nil {
		return nil, ErrClosed
	}
	C.X509_CRL_up_ref(c.c())
	return newCRL(c.c()), nil
}

// Close drops this reference: X509_CRL_free(3). A second Close does nothing.
// Nothing else may use c at the same time.
func (c *CRL) Close() {
	if c != nil {
		c.close()
	}
}

func (c *CRL) c() *C.X509_CRL { return (*C.X509_CRL)(c.ptr()) }

func (c *CRL) ptr() unsafe.Pointer {
	if c == nil {
		return nil
	}
	return c.p
}

func makeCRL(op string, data []byte, f func(*C.uchar, C.long, **C.X509_CRL) *C.gossl_err) (*CRL, error) {
	if _, err := cLen(data); err != nil {
		return nil, err
	}
	if err := CheckVersion(); err != nil {
		return nil, err
	}
	var p *C.X509_CRL
	if err := failed(op, f(bytesPtr(data), C.long(len(data)), &p)); err != nil {
		return nil, err
	}
	return newCRL(p), nil
}
