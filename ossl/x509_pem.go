package ossl

// #include "shim_crypto.h"
import "C"

import (
	"crypto/x509"
	"errors"
	"unsafe"
)

// PEMReadX509s reads every certificate of a PEM text, in its order. A text
// without any, or with a damaged one, is an error: PEM_read_bio_X509_AUX(3)
// until there is none left. A Go slice is what a STACK_OF(X509) is in C:
// sk_X509_num(3) is len, sk_X509_push(3) append, sk_X509_value(3) an index. The caller closes each; see CloseX509s.
func PEMReadX509s(pem []byte) ([]*X509, error) {
	if _, err := cLen(pem); err != nil {
		return nil, err
	}
	if err := CheckVersion(); err != nil {
		return nil, err
	}
	var p **C.X509
	var n C.int
	if err := failed("PEM_read_bio_X509", C.gossl_pem_read_x509s(bytesPtr(pem), C.long(len(pem)), &p, &n)); err != nil {
		return nil, err
	}
	return newX509s(p, n), nil
}

// X509Info is what belongs together in a PEM text: X509_INFO. Any of the three
// may be nil. Close is X509_INFO_free(3).
type X509Info struct {
	X509 *X509
	CRL  *CRL
	PKey *PKey
}

// Close closes all three.
func (i X509Info) Close() {
	i.X509.Close()
	i.CRL.Close()
	i.PKey.Close()
}

// PEMX509InfoReadBio reads all certificates, CRLs and keys of a PEM text:
// PEM_X509_INFO_read_bio(3). A key joins the certificate before it. An
// encrypted key is left out. The caller closes each X509Info.
func PEMX509InfoReadBio(pem []byte) ([]X509Info, error) {
	if _, err := cLen(pem); err != nil {
		return nil, err
	}
	if err := CheckVersion(); err != nil {
		return nil, err
	}
	var xs **C.X509
	var crls **C.X509_CRL
	var keys **C.EVP_PKEY
	var n C.int
	err := failed("PEM_X509_INFO_read_bio", C.gossl_pem_read_infos(bytesPtr(pem), C.long(len(pem)), nil, &xs, &crls, &keys, &n))
	if err != nil {
		return nil, err
	}
	defer C.gossl_free(unsafe.Pointer(xs))
	defer C.gossl_free(unsafe.Pointer(crls))
	defer C.gossl_free(unsafe.Pointer(keys))
	list := make([]X509Info, n)
	for i := range list {
		if x := unsafe.Slice(xs, n)[i]; x != nil {
			list[i].X509 = newX509(x)
		}
		if c := unsafe.Slice(crls, n)[i]; c != nil {
			list[i].CRL = newCRL(c)
		}
		if k := unsafe.Slice(keys, n)[i]; k != nil {
			list[i].PKey = newPKey(k)
		}
	}
	return list, nil
}

// NewX509 copies a certificate of Go's standard library. [X509.Certificate]
// goes the other way.
//
// Package crypto/x509 is also where certificates and requests are made:
// CreateCertificate, with a key from [PKey.Signer], stands for X509_new(3),
// X509_set_pubkey(3), X509_add_ext(3), X509_sign(3) and their like, and
// CreateCertificateRequest for X509_REQ_new(3) and X509_REQ_sign(3).
func NewX509(cert *x509.Certificate) (*X509, error) {
	if cert == nil || len(cert.Raw) == 0 {
		return nil, errors.New("ossl: a certificate that was not parsed: crypto/x509 leaves Raw empty")
	}
	return D2IX509(cert.Raw)
}

// NewX509s copies a chain of Go's standard library. The caller closes each; see
// CloseX509s.
func NewX509s(certs []*x509.Certificate) ([]*X509, error) {
	var list []*X509
	for _, cert := range certs {
		x, err := NewX509(cert)
		if err != nil {
			CloseX509s(list)
			return nil, err
		}
		list = append(list, x)
	}
	return list, nil
}

// D2IX509Aux is D2IX509 for a certificate that its trust settings may follow:
// d2i_X509_AUX(3).
func D2IX509Aux(der []byte) (*X509, error) {
	if err := CheckVersion(); err != nil {
		return nil, err
	}
	var p *C.X509
	if err := failed("d2i_X509_AUX", C.gossl_d2i_x509_aux(bytesPtr(der), C.long(len(der)), &p)); err != nil {
		return nil, err
	}
	return newX509(p), nil
}

// I2DAux is I2D with the trust settings behind the certificate:
// i2d_X509_AUX(3).
func (x *X509) I2DAux() ([]byte, error) {
	return bytesOf("i2d_X509_AUX", func(out **C.uchar, n *C.int) *C.gossl_err { return C.gossl_i2d_x509_aux(x.c(), out, n) }, x)
}

// PEMWrite is the certificate in PEM form: PEM_write_bio_X509(3).
func (x *X509) PEMWrite() ([]byte, error) {
	return bytesOf("PEM_write_bio_X509", func(out **C.uchar, n *C.int) *C.gossl_err { return C.gossl_pem_write_x509(x.c(), out, n) }, x)
}

// PEMWriteAux is PEMWrite with the trust settings, "TRUSTED CERTIFICATE":
// PEM_write_bio_X509_AUX(3).
func (x *X509) PEMWriteAux() ([]byte, error) {
	return bytesOf("PEM_write_bio_X509_AUX", func(out **C.uchar, n *C.int) *C.gossl_err {
		return C.gossl_pem_write_x509_aux(x.c(), out, n)
	}, x)
}

// UpRef is a second X509 for the same certificate, to be closed by itself:
// X509_up_ref(3).
func (x *X509) UpRef() (*X509, error) {
	if x.c() == nil {
		return nil, ErrClosed
	}
	C.X509_up_ref(x.c())
	return newX509(x.c()), nil
}

// Dup is a copy of the certificate that shares nothing with it: X509_dup(3).
// A change of trust settings is seen in one of them only.
func (x *X509) Dup() (*X509, error) {
	var p *C.X509
	if err := onObjects("X509_dup", func() *C.gossl_err { return C.gossl_x509_dup(x.c(), &p) }, x); err != nil {
		return nil, err
	}
	return newX509(p), nil
}

// ChainUpRef is a second X509 for each of a chain: X509_chain_up_ref(3).
func ChainUpRef(chain []*X509) ([]*X509, error) {
	list := make([]*X509, 0, len(chain))
	for _, x := range chain {
		y, err := x.UpRef()
		if err != nil {
			CloseX509s(list)
			return nil, err
		}
		list = append(list, y)
	}
	return list, nil
}
