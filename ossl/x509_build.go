package ossl

// #include "shim_evp.h"
import "C"

import (
	"errors"
	"math/big"
	"time"
)

// NewX509Builder makes an empty certificate, to be filled and signed:
// X509_new(3). Package crypto/x509 makes the usual ones; this is for keys,
// extensions and text forms that only OpenSSL knows. Until it is signed it has
// one user at a time, unlike other certificates. The caller closes it.
func NewX509Builder() (*X509, error) {
	if err := CheckVersion(); err != nil {
		return nil, err
	}
	var p *C.X509
	if err := failed("X509_new", C.gossl_x509_new(&p)); err != nil {
		return nil, err
	}
	return newX509(p), nil
}

// SetVersion sets the version, counted from 0 as on the wire: 2 is "v3".
// X509_set_version(3).
func (x *X509) SetVersion(v int) error {
	return onObjects("X509_set_version", func() *C.gossl_err { return C.gossl_x509_set_version(x.c(), C.long(v)) }, x)
}

// SetSerialNumber sets the serial number: X509_set_serialNumber(3).
func (x *X509) SetSerialNumber(n *big.Int) error {
	if x.c() == nil {
		return ErrClosed
	}
	if n == nil {
		return errors.New("ossl: no serial number")
	}
	return with(n.Text(16), func(hex *C.char) error {
		return onObjects("X509_set_serialNumber", func() *C.gossl_err { return C.gossl_x509_set_serial(x.c(), hex) }, x)
	})
}

// SetSubjectName sets the subject: X509_set_subject_name(3).
func (x *X509) SetSubjectName(n X509Name) error { return x.setName("X509_set_subject_name", 0, n) }

// SetIssuerName sets the issuer: X509_set_issuer_name(3).
func (x *X509) SetIssuerName(n X509Name) error { return x.setName("X509_set_issuer_name", 1, n) }

func (x *X509) setName(op string, issuer C.int, n X509Name) error {
	der := n.I2D()
	return onObjects(op, func() *C.gossl_err { return C.gossl_x509_set_name(x.c(), issuer, bytesPtr(der), C.long(len(der))) }, x)
}

// SetNotBefore sets the first second of validity: X509_set1_notBefore(3).
func (x *X509) SetNotBefore(t time.Time) error { return x.setTime("X509_set1_notBefore", 0, t) }

// SetNotAfter sets the last second of validity: X509_set1_notAfter(3).
func (x *X509) SetNotAfter(t time.Time) error { return x.setTime("X509_set1_notAfter", 1, t) }

func (x *X509) setTime(op string, after C.int, t time.Time) error {
	return onObjects(op, func() *C.gossl_err { return C.gossl_x509_set_time(x.c(), after, C.int64_t(t.Unix())) }, x)
}

// SetPubkey sets the public key, which stays the caller's: X509_set_pubkey(3).
func (x *X509) SetPubkey(k *PKey) error {
	return onObjects("X509_set_pubkey", func() *C.gossl_err { return C.gossl_x509_set_pubkey(x.c(), k.c()) }, x, k)
}

// AddExtConf adds an extension from its text, as in x509v3_config(5) but without
// sections: "critical,CA:TRUE". What "hash" and "keyid" mean is taken from x and
// issuer, which is x itself for nil: X509V3_EXT_conf_nid(3), X509_add_ext(3).
func (x *X509) AddExtConf(nid NID, value string, issuer *X509) error {
	if issuer == nil {
		issuer = x
	}
	return with(value, func(value *C.char) error {
		return onObjects("X509V3_EXT_conf_nid", func() *C.gossl_err {
			return C.gossl_x509_add_conf(x.c(), issuer.c(), cInt(int(nid)), value)
		}, x, issuer)
	})
}

// AddExt adds an extension by its NID, with Value as it is; OID and Text do not
// count: X509_EXTENSION_create_by_NID(3), X509_add_ext(3).
func (x *X509) AddExt(e Extension) error {
	n, err := cLen(e.Value)
	if err != nil {
		return err
	}
	return onObjects("X509_add_ext", func() *C.gossl_err {
		return C.gossl_x509_add_ext(x.c(), cInt(int(e.NID)), cFlag(e.Critical), bytesPtr(e.Value), n)
	}, x)
}

// Sign signs the certificate; md is "SHA256" or another name of openssl-dgst(1),
// "" for keys that take none, as Ed25519: X509_sign(3).
func (x *X509) Sign(k *PKey, md string) error {
	return withOptional(md, func(md *C.char) error {
		return onObjects("X509_sign", func() *C.gossl_err { return C.gossl_x509_sign(x.c(), k.c(), md) }, x, k)
	})
}
