package ossl

// #include <openssl/x509.h>
// #include "shim_crypto.h"
import "C"

import (
	"bytes"
	"strings"
)

// X509Name is a distinguished name: X509_NAME. It is a Go value, which makes
// X509_NAME_dup(3) an assignment and X509_NAME_free(3) nothing; the zero value
// is a name without entries.
type X509Name struct{ der string }

// X509NameEntry is one entry of a name: X509_NAME_ENTRY.
type X509NameEntry struct {
	NID   NID    // NIDUndef for a field that OpenSSL has no name for
	OID   string // "2.5.4.3"
	Value string // as UTF-8, whatever the encoding: ASN1_STRING_to_UTF8(3)
	Data  []byte // as it is encoded: ASN1_STRING_get0_data(3)
	Type  int    // V_ASN1_UTF8STRING and its like: ASN1_STRING_type(3)
	Set   int    // entries of a multi-valued RDN have the same number
}

// NameFlags says how a name is printed: X509_NAME_print_ex(3).
type NameFlags uint64

// The ways to print a name.
const (
	XNFlagCompat       NameFlags = C.XN_FLAG_COMPAT
	XNFlagRFC2253      NameFlags = C.XN_FLAG_RFC2253       // "CN=x,O=y", the last entry first
	XNFlagOneline      NameFlags = C.XN_FLAG_ONELINE       // "O = y, CN = x"
	XNFlagMultiline    NameFlags = C.XN_FLAG_MULTILINE     // an entry a line
	XNFlagSPCEq        NameFlags = C.XN_FLAG_SPC_EQ        // spaces around "="
	XNFlagDNRev        NameFlags = C.XN_FLAG_DN_REV        // the last entry first
	XNFlagFnLn         NameFlags = C.XN_FLAG_FN_LN         // "commonName" for "CN"
	XNFlagSepCPlusSpc  NameFlags = C.XN_FLAG_SEP_CPLUS_SPC // ", " between entries
	XNFlagSepMultiline NameFlags = C.XN_FLAG_SEP_MULTILINE

	// StrFlagsEscMSB writes what is not ASCII as \XX. Without it, and with
	// StrFlagsUTF8Convert, the text is UTF-8.
	StrFlagsEscMSB      NameFlags = C.ASN1_STRFLGS_ESC_MSB
	StrFlagsEscCtrl     NameFlags = C.ASN1_STRFLGS_ESC_CTRL
	StrFlagsUTF8Convert NameFlags = C.ASN1_STRFLGS_UTF8_CONVERT
)

// NewX509Name is a name without entries, to be filled by AddEntryByTxt:
// X509_NAME_new(3).
func NewX509Name() X509Name { return X509Name{} }

// D2IX509Name reads a name in DER form, as crypto/x509 has it in RawSubject:
// d2i_X509_NAME(3).
func D2IX509Name(der []byte) (X509Name, error) {
	b, err := bytesOf("d2i_X509_NAME", func(out **C.uchar, n *C.int) *C.gossl_err {
		return C.gossl_name_check(bytesPtr(der), C.long(len(der)), out, n)
	})
	return X509Name{string(b)}, err
}

// GetSubjectX509Name is the subject as a value to look into:
// X509_get_subject_name(3). GetSubjectName is its text.
func (x *X509) GetSubjectX509Name() X509Name { return x.nameValue(0) }

// GetIssuerX509Name is the issuer likewise: X509_get_issuer_name(3).
func (x *X509) GetIssuerX509Name() X509Name { return x.nameValue(1) }

// I2D is the name in DER form: i2d_X509_NAME(3).
func (n X509Name) I2D() []byte {
	if n.der == "" {
		return []byte{0x30, 0}
	}
	return []byte(n.der)
}

// PrintEx is the name as text: X509_NAME_print_ex(3).
func (n X509Name) PrintEx(flags NameFlags) string {
	return n.bring("X509_NAME_print_ex", func(p *C.uchar, len C.long, out **C.uchar, n *C.int) *C.gossl_err {
		return C.gossl_name_print(p, len, C.ulong(flags), out, n)
	})
}

// Oneline is the name in OpenSSL's oldest form, "/O=y/CN=x":
// X509_NAME_oneline(3). It is ambiguous, since values may hold a slash: compare
// names by Cmp, and take entries from Entries.
func (n X509Name) Oneline() string {
	return n.bring("X509_NAME_oneline", func(p *C.uchar, len C.long, out **C.uchar, n *C.int) *C.gossl_err {
		return C.gossl_name_oneline(p, len, out, n)
	})
}

// String is the name in the form of RFC 2253, in UTF-8.
func (n X509Name) String() string { return n.PrintEx(XNFlagRFC2253 &^ StrFlagsEscMSB) }

// Entries lists the entries in their order, which is also how to find one by
// its OID, as X509_NAME_get_index_by_OBJ(3) does: X509_NAME_get_entry(3),
// X509_NAME_ENTRY_get_object(3), X509_NAME_ENTRY_get_data(3).
func (n X509Name) Entries() (list []X509NameEntry) {
	p := pack(n.bring("X509_NAME_get_entry", func(p *C.uchar, len C.long, out **C.uchar, n *C.int) *C.gossl_err {
		return C.gossl_name_entries(p, len, out, n)
	}))
	for p.more() {
		var e X509NameEntry
		e.NID, e.OID = p.object()
		e.Set, e.Type = int(p.int()), int(p.int())
		e.Data, e.Value = p.bytes(), p.text()
		list = append(list, e)
	}
	return list
}

// EntryCount is the number of entries: X509_NAME_entry_count(3).
func (n X509Name) EntryCount() int { return len(n.Entries()) }

// GetIndexByNID is the position of the next entry of that kind after last, or
// -1; begin with -1: X509_NAME_get_index_by_NID(3).
func (n X509Name) GetIndexByNID(nid NID, last int) int {
	entries := n.Entries()
	for i := max(last+1, 0); i < len(entries); i++ {
		if entries[i].NID == nid {
			return i
		}
	}
	return -1
}

// GetTextByNID is the first entry of that kind as UTF-8:
// X509_NAME_get_text_by_NID(3), whose result is not cut here. ok is false where
// there is none, and for a value with a zero byte in it: who made such a
// certificate hoped that the reader stops there.
func (n X509Name) GetTextByNID(nid NID) (text string, ok bool) {
	i := n.GetIndexByNID(nid, -1)
	if i < 0 {
		return "", false
	}
	text = n.Entries()[i].Value
	if strings.IndexByte(text, 0) >= 0 {
		return "", false
	}
	return text, true
}

// AddEntryByTxt is the name with one entry more, at its end. field is a short
// or long name or a dotted identifier; value is UTF-8:
// X509_NAME_add_entry_by_txt(3). n itself does not change.
func (n X509Name) AddEntryByTxt(field, value string) (X509Name, error) {
	var der []byte
	err := with(field, func(field *C.char) (err error) {
		in, v := n.I2D(), []byte(value)
		vlen, err := cLen(v)
		if err != nil {
			return err
		}
		der, err = bytesOf("X509_NAME_add_entry_by_txt", func(out **C.uchar, n *C.int) *C.gossl_err {
			return C.gossl_name_add(bytesPtr(in), C.long(len(in)), field, bytesPtr(v), vlen, out, n)
		})
		return err
	})
	return X509Name{string(der)}, err
}

// Cmp orders names, and is 0 for those that are the same to RFC 5280, which
// looks neither at letter case nor at repeated spaces: X509_NAME_cmp(3).
func (n X509Name) Cmp(other X509Name) int {
	a, b := n.I2D(), other.I2D()
	if bytes.Equal(a, b) {
		return 0
	}
	return int(C.gossl_name_cmp(bytesPtr(a), C.long(len(a)), bytesPtr(b), C.long(len(b))))
}

// Digest is the digest of the name in DER form; md is "SHA256" or another name
// of openssl-dgst(1): X509_NAME_digest(3).
func (n X509Name) Digest(md string) ([]byte, error) {
	var sum []byte
	err := with(md, func(md *C.char) (err error) {
		in := n.I2D()
		sum, err = bytesOf("X509_NAME_digest", func(out **C.uchar, n *C.int) *C.gossl_err {
			return C.gossl_name_digest(bytesPtr(in), C.long(len(in)), md, out, n)
		})
		return err
	})
	return sum, err
}

// Hash is the number under which a folder of certificates has the name:
// X509_NAME_hash(3), openssl-rehash(1).
func (n X509Name) Hash() uint32 {
	in := n.I2D()
	return uint32(C.gossl_name_hash(bytesPtr(in), C.long(len(in))))
}

func (n X509Name) bring(op string, f func(*C.uchar, C.long, **C.uchar, *C.int) *C.gossl_err) string {
	in := n.I2D()
	return textOf(op, func(out **C.uchar, n *C.int) *C.gossl_err { return f(bytesPtr(in), C.long(len(in)), out, n) })
}

func (x *X509) nameValue(issuer C.int) X509Name {
	return X509Name{textOf("X509_get_subject_name", func(out **C.uchar, n *C.int) *C.gossl_err {
		return C.gossl_x509_name_der(x.c(), issuer, out, n)
	}, x)}
}
