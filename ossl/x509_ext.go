package ossl

// #include <openssl/x509v3.h>
// #include "shim_crypto.h"
import "C"

import "math/big"

// Extension is an extension of a certificate or a CRL: X509_EXTENSION.
type Extension struct {
	NID      NID    // NIDUndef for one that OpenSSL does not know
	OID      string // "2.5.29.17"
	Critical bool
	Value    []byte // in DER form, as crypto/x509/pkix.Extension has it
	Text     string // as openssl-x509(1) prints it: X509V3_EXT_print(3)
}

// GetExtensions lists the extensions in their order: X509_get_ext(3),
// X509_EXTENSION_get_object(3), X509_EXTENSION_get_critical(3),
// X509_EXTENSION_get_data(3).
func (x *X509) GetExtensions() []Extension {
	return extensions(pack(textOf("X509_get_ext", func(out **C.uchar, n *C.int) *C.gossl_err {
		return C.gossl_x509_exts(x.c(), out, n)
	}, x)))
}

// GetExtByNID is the first extension of that kind: X509_get_ext_by_NID(3).
func (x *X509) GetExtByNID(nid NID) (Extension, bool) {
	return findExtension(x.GetExtensions(), func(e Extension) bool { return e.NID == nid })
}

// GetExtByOID is the first extension with that dotted identifier:
// X509_get_ext_by_OBJ(3).
func (x *X509) GetExtByOID(oid string) (Extension, bool) {
	return findExtension(x.GetExtensions(), func(e Extension) bool { return e.OID == oid })
}

func extensions(p pack) (list []Extension) {
	for p.more() {
		var e Extension
		e.NID, e.OID = p.object()
		e.Critical, e.Value, e.Text = p.bool(), p.bytes(), p.text()
		list = append(list, e)
	}
	return list
}

func findExtension(list []Extension, is func(Extension) bool) (Extension, bool) {
	for _, e := range list {
		if is(e) {
			return e, true
		}
	}
	return Extension{}, false
}

// GeneralNameType says what a GeneralName is: GEN_*.
type GeneralNameType int

// The types of general names.
const (
	GenOthername GeneralNameType = C.GEN_OTHERNAME
	GenEmail     GeneralNameType = C.GEN_EMAIL
	GenDNS       GeneralNameType = C.GEN_DNS
	GenX400      GeneralNameType = C.GEN_X400
	GenDirname   GeneralNameType = C.GEN_DIRNAME
	GenEDIParty  GeneralNameType = C.GEN_EDIPARTY
	GenURI       GeneralNameType = C.GEN_URI
	GenIPAdd     GeneralNameType = C.GEN_IPADD
	GenRID       GeneralNameType = C.GEN_RID
)

// GeneralName is one name of a SAN: GENERAL_NAME. It is a Go value, and
// GENERAL_NAME_free(3), GENERAL_NAMES_free(3) nothing.
type GeneralName struct {
	Type GeneralNameType
	// Data is the name itself for e-mail, DNS and URI, 4 or 16 bytes for an
	// address (see netip.AddrFromSlice), and the GENERAL_NAME in DER form for any other type. It may hold
	// zero bytes, where a careless reader would stop.
	Data []byte
	Text string // as openssl-x509(1) prints it, "DNS:localhost": GENERAL_NAME_print(3)
}

// GetSubjectAltNames lists the names of the certificate's SAN extension, none
// where there is no such extension: X509_get_ext_d2i(3) with
// NID_subject_alt_name. An extension that cannot be read is an error.
func (x *X509) GetSubjectAltNames() ([]GeneralName, error) { return x.generalNames(NIDSubjectAltName) }

// GetIssuerAltNames is the same for the issuer: X509_get_ext_d2i(3) with
// NID_issuer_alt_name.
func (x *X509) GetIssuerAltNames() ([]GeneralName, error) { return x.generalNames(NIDIssuerAltName) }

func (x *X509) generalNames(nid NID) ([]GeneralName, error) {
	b, err := bytesOf("X509_get_ext_d2i", func(out **C.uchar, n *C.int) *C.gossl_err {
		return C.gossl_x509_general_names(x.c(), C.int(nid), out, n)
	}, x)
	var list []GeneralName
	for p := pack(b); p.more(); {
		list = append(list, GeneralName{Type: GeneralNameType(p.int()), Data: p.bytes(), Text: p.text()})
	}
	return list, err
}

// Get1OCSP lists the URLs of OCSP responders: X509_get1_ocsp(3). Package net/url
// does what OCSP_parse_url(3) does.
func (x *X509) Get1OCSP() []string { list, _ := x.strings("X509_get1_ocsp", 0); return list }

// Get1Email lists the e-mail addresses of subject and SAN: X509_get1_email(3).
func (x *X509) Get1Email() []string { list, _ := x.strings("X509_get1_email", 1); return list }

// GetCRLURLs lists the URLs of the CRL distribution points:
// X509_get_ext_d2i(3) with NID_crl_distribution_points.
func (x *X509) GetCRLURLs() ([]string, error) { return x.strings("X509_get_ext_d2i", 2) }

// GetIssuerURLs lists where the issuer's certificate can be had:
// X509_get_ext_d2i(3) with NID_info_access, of method caIssuers.
func (x *X509) GetIssuerURLs() ([]string, error) { return x.strings("X509_get_ext_d2i", 3) }

func (x *X509) strings(op string, kind C.int) (list []string, err error) {
	b, err := bytesOf(op, func(out **C.uchar, n *C.int) *C.gossl_err { return C.gossl_x509_strings(x.c(), kind, out, n) }, x)
	for p := pack(b); p.more(); {
		list = append(list, p.text())
	}
	return list, err
}

// Get0SubjectKeyID is the subject key identifier, nil where there is none:
// X509_get0_subject_key_id(3).
func (x *X509) Get0SubjectKeyID() []byte { id, _, _ := x.keyIDs(); return id }

// Get0AuthorityKeyID is the key identifier of the issuer:
// X509_get0_authority_key_id(3).
func (x *X509) Get0AuthorityKeyID() []byte { _, id, _ := x.keyIDs(); return id }

// Get0AuthoritySerial is the serial number of the issuer's certificate, nil
// where it is not said: X509_get0_authority_serial(3).
func (x *X509) Get0AuthoritySerial() *big.Int { _, _, n := x.keyIDs(); return n }

func (x *X509) keyIDs() (subject, authority []byte, serial *big.Int) {
	p := pack(textOf("X509_get0_subject_key_id", func(out **C.uchar, n *C.int) *C.gossl_err {
		return C.gossl_x509_key_ids(x.c(), out, n)
	}, x))
	return p.bytes(), p.bytes(), p.number()
}
