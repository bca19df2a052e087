package ossl

// #include <openssl/pkcs12.h>
// #include "shim_crypto.h"
import "C"

// PKCS12 is what a PKCS#12 file (.p12, .pfx) holds. The caller closes it, or
// each of its parts; of the file itself nothing is left for PKCS12_free(3).
type PKCS12 struct {
	Key  *PKey   // nil where there is none
	Cert *X509   // the certificate of Key, nil where there is none
	CA   []*X509 // the other certificates
}

// Close closes key and certificates.
func (p *PKCS12) Close() {
	if p != nil {
		p.Key.Close()
		p.Cert.Close()
		CloseX509s(p.CA)
	}
}

// PKCS12Parse reads a PKCS#12 file: d2i_PKCS12_bio(3), PKCS12_parse(3). A wrong
// password is ReasonPKCS12MacVerifyFailure. Files encrypted by RC2 or RC4, as
// programs wrote before 2020, need the provider "legacy" to be loaded.
//
// The file says how often the password is hashed, which may take it arbitrarily
// long: do not read files that anybody may send.
func PKCS12Parse(der []byte, password string) (*PKCS12, error) {
	if _, err := cLen(der); err != nil {
		return nil, err
	}
	if err := CheckVersion(); err != nil {
		return nil, err
	}
	var key *C.EVP_PKEY
	var cert *C.X509
	var ca **C.X509
	var n C.int
	err := with(password, func(pass *C.char) error {
		return failed("PKCS12_parse", C.gossl_pkcs12_parse(bytesPtr(der), C.long(len(der)), pass, &key, &cert, &ca, &n))
	})
	if err != nil {
		return nil, err
	}
	p := &PKCS12{CA: newX509s(ca, n)}
	if key != nil {
		p.Key = newPKey(key)
	}
	if cert != nil {
		p.Cert = newX509(cert)
	}
	return p, nil
}

// PKCS12Options says how a PKCS#12 file is encrypted: PKCS12_create(3). The
// zero value is OpenSSL's default, PBES2 with AES-256 and 2048 rounds.
type PKCS12Options struct {
	KeyPBE, CertPBE NID // the algorithms; PBENone leaves that part in the clear
	Iter, MacIter   int // rounds for encryption and MAC; -1 for MacIter leaves the MAC out
}

// PBENone leaves a part of a PKCS#12 file in the clear.
const PBENone NID = -1

// Create writes a PKCS#12 file in DER form: PKCS12_create(3). Any part may be
// nil; a key must be the certificate's. The friendly name may be "".
func (p *PKCS12) Create(password, friendlyName string, o PKCS12Options) (der []byte, err error) {
	if p == nil {
		return nil, ErrClosed
	}
	ca, err := x509Ptrs(p.CA)
	if err != nil {
		return nil, err
	}
	var parts []pointer // keeps them alive, and finds what is closed
	if p.Key != nil {
		parts = append(parts, p.Key)
	}
	if p.Cert != nil {
		parts = append(parts, p.Cert)
	}
	for _, x := range p.CA {
		parts = append(parts, x)
	}
	err = with(password, func(pass *C.char) error {
		return withOptional(friendlyName, func(name *C.char) (err error) {
			der, err = bytesOf("PKCS12_create", func(out **C.uchar, n *C.int) *C.gossl_err {
				return C.gossl_pkcs12_create(pass, name, p.Key.c(), p.Cert.c(), first(ca), C.int(len(ca)),
					C.int(o.KeyPBE), C.int(o.CertPBE), C.int(o.Iter), C.int(o.MacIter), out, n)
			}, parts...)
			return err
		})
	})
	return der, err
}
