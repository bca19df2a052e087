package ossl

// #include "shim.h"
import "C"

import (
	"crypto/x509"
	"runtime"
	"unsafe"
)

// X509 is a certificate. It may be shared by any number of goroutines. The
// caller closes it.
type X509 struct{ object }

// PEMReadBioX509 reads the first certificate of a PEM text:
// PEM_read_bio_X509_AUX(3).
func PEMReadBioX509(pem []byte) (*X509, error) {
	n, err := cLen(pem)
	if err != nil {
		return nil, err
	}
	if err := CheckVersion(); err != nil {
		return nil, err
	}
	var p *C.X509
	if err := failed("PEM_read_bio_X509", C.gossl_pem_read_x509(bytesPtr(pem), n, &p)); err != nil {
		return nil, err
	}
	return newX509(p), nil
}

// D2IX509 reads a certificate in DER form: d2i_X509(3).
func D2IX509(der []byte) (*X509, error) {
	if err := CheckVersion(); err != nil {
		return nil, err
	}
	var p *C.X509
	if err := failed("d2i_X509", C.gossl_d2i_x509(bytesPtr(der), C.long(len(der)), &p)); err != nil {
		return nil, err
	}
	return newX509(p), nil
}

func newX509(p *C.X509) *X509 {
	x := new(X509)
	x.open(unsafe.Pointer(p), kindX509)
	return x
}

// I2D is the certificate in DER form: i2d_X509(3).
func (x *X509) I2D() ([]byte, error) {
	return i2d("i2d_X509", x, func(out **C.uchar, n *C.int) *C.gossl_err { return C.gossl_i2d_x509(x.c(), out, n) })
}

// Certificate is the certificate as package crypto/x509 reads it, which is
// where to look for all that is in it.
func (x *X509) Certificate() (*x509.Certificate, error) {
	der, err := x.I2D()
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}

// GetSubjectName is the subject in the form of RFC 2253, "CN=localhost":
// X509_get_subject_name(3), X509_NAME_print_ex(3).
func (x *X509) GetSubjectName() string { return x.name(0) }

// GetIssuerName is the issuer likewise: X509_get_issuer_name(3).
func (x *X509) GetIssuerName() string { return x.name(1) }

// GetVersion is the version of the certificate's format, counted from 0 as on
// the wire: 2 is "v3". X509_get_version(3).
func (x *X509) GetVersion() int {
	if x.c() == nil {
		return 0
	}
	v := int(C.X509_get_version(x.c()))
	runtime.KeepAlive(x)
	return v
}

// CheckPrivateKey says by an error when k is not the key of x:
// X509_check_private_key(3).
func (x *X509) CheckPrivateKey(k *PKey) error {
	if x.c() == nil || k.c() == nil {
		return ErrClosed
	}
	err := failed("X509_check_private_key", C.gossl_x509_check_private_key(x.c(), k.c()))
	runtime.KeepAlive(x)
	runtime.KeepAlive(k)
	return err
}

// Close drops this reference: X509_free(3). A second Close does nothing.
// Nothing else may use x at the same time.
func (x *X509) Close() {
	if x != nil {
		x.close()
	}
}

func (x *X509) name(issuer C.int) string {
	if x.c() == nil {
		return ""
	}
	var p *C.char
	var n C.long
	err := failed("X509_NAME_print_ex", C.gossl_x509_name(x.c(), issuer, &p, &n))
	runtime.KeepAlive(x)
	if err != nil {
		return ""
	}
	defer C.gossl_free(unsafe.Pointer(p))
	return C.GoStringN(p, C.int(n))
}

func (x *X509) c() *C.X509 { return (*C.X509)(x.ptr()) }

func (x *X509) ptr() unsafe.Pointer {
	if x == nil {
		return nil
	}
	return x.p
}
