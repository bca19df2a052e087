package ossl

// #include <openssl/x509.h>
// #include "shim_crypto.h"
import "C"

import (
	"math/big"
	"time"
)

// X509Facts is what nearly every program asks of a certificate, in one
// crossing.
type X509Facts struct {
	SerialNumber        *big.Int  // X509_get_serialNumber(3)
	NotBefore, NotAfter time.Time // X509_get0_notBefore(3), X509_get0_notAfter(3)
	SignatureNID        NID       // X509_get_signature_nid(3)
	// Of X509_get_signature_info(3):
	DigestNID    NID // NIDUndef where the algorithm has its own, as Ed25519 has
	PKeyNID      NID
	SecurityBits int  // strength of the signature
	ForTLS       bool // the algorithm is one that TLS may use
}

// Facts reads them; all is zero for a closed X509.
func (x *X509) Facts() (f X509Facts) {
	p := pack(textOf("X509_get_signature_info", func(out **C.uchar, n *C.int) *C.gossl_err {
		return C.gossl_x509_facts(x.c(), out, n)
	}, x))
	if !p.more() {
		return f
	}
	f.SerialNumber = p.number()
	f.NotBefore, f.NotAfter = p.time(), p.time()
	f.SignatureNID, f.DigestNID, f.PKeyNID = p.nid(), p.nid(), p.nid()
	f.SecurityBits = int(p.int())
	f.ForTLS = p.int()&C.X509_SIG_INFO_TLS != 0
	return f
}

// GetSerialNumber is the serial number, nil for a closed X509:
// X509_get_serialNumber(3), X509_get0_serialNumber(3), ASN1_INTEGER_to_BN(3).
func (x *X509) GetSerialNumber() *big.Int { return x.Facts().SerialNumber }

// GetNotBefore is when the certificate begins to be valid:
// X509_get0_notBefore(3), X509_get_notBefore(3), ASN1_TIME_to_tm(3). A time that cannot be read is the
// zero time.
func (x *X509) GetNotBefore() time.Time { return x.Facts().NotBefore }

// GetNotAfter is the last second in which it is valid: X509_get0_notAfter(3),
// X509_get_notAfter(3). What X509_cmp_time(3) and ASN1_TIME_diff(3) do, methods
// of time.Time do.
func (x *X509) GetNotAfter() time.Time { return x.Facts().NotAfter }

// GetSignatureNID is the algorithm that it is signed with:
// X509_get_signature_nid(3).
func (x *X509) GetSignatureNID() NID { return x.Facts().SignatureNID }

// GetSignature is the algorithm of the signature, as a dotted identifier, and
// the signature: X509_get0_signature(3), X509_ALGOR_get0(3).
func (x *X509) GetSignature() (oid string, sig []byte) {
	p := pack(textOf("X509_get0_signature", func(out **C.uchar, n *C.int) *C.gossl_err {
		return C.gossl_x509_signature(x.c(), out, n)
	}, x))
	_, oid = p.object()
	return oid, p.bytes()
}

// PrintFlags says what Print leaves out: X509_FLAG_* of X509_print_ex(3).
type PrintFlags uint64

// The parts that Print can leave out.
const (
	X509FlagNoHeader     PrintFlags = C.X509_FLAG_NO_HEADER
	X509FlagNoVersion    PrintFlags = C.X509_FLAG_NO_VERSION
	X509FlagNoSerial     PrintFlags = C.X509_FLAG_NO_SERIAL
	X509FlagNoSigname    PrintFlags = C.X509_FLAG_NO_SIGNAME
	X509FlagNoIssuer     PrintFlags = C.X509_FLAG_NO_ISSUER
	X509FlagNoValidity   PrintFlags = C.X509_FLAG_NO_VALIDITY
	X509FlagNoSubject    PrintFlags = C.X509_FLAG_NO_SUBJECT
	X509FlagNoPubkey     PrintFlags = C.X509_FLAG_NO_PUBKEY
	X509FlagNoExtensions PrintFlags = C.X509_FLAG_NO_EXTENSIONS
	X509FlagNoSigdump    PrintFlags = C.X509_FLAG_NO_SIGDUMP
	X509FlagNoAux        PrintFlags = C.X509_FLAG_NO_AUX
	X509FlagNoAttributes PrintFlags = C.X509_FLAG_NO_ATTRIBUTES
)

// Print is the certificate as text, as openssl-x509(1) prints it with -text:
// X509_print_ex(3). names says how names are printed.
func (x *X509) Print(names NameFlags, leaveOut PrintFlags) (string, error) {
	b, err := bytesOf("X509_print_ex", func(out **C.uchar, n *C.int) *C.gossl_err {
		return C.gossl_x509_print(x.c(), C.ulong(names), C.ulong(leaveOut), out, n)
	}, x)
	return string(b), err
}

// Digest is the fingerprint of the certificate; md is "SHA256" or another name
// of openssl-dgst(1): X509_digest(3).
func (x *X509) Digest(md string) ([]byte, error) { return x.digest("X509_digest", md, 0) }

// PubkeyDigest is the digest of the bits of the public key, which key
// identifiers are made of: X509_pubkey_digest(3). For the digest that pins
// (RFC 7469) are made of, hash PubkeyDER.
func (x *X509) PubkeyDigest(md string) ([]byte, error) {
	return x.digest("X509_pubkey_digest", md, 1)
}

// GetPubkey is the public key: X509_get_pubkey(3). The caller closes it.
// X509_get0_pubkey(3), which only lends it, has no counterpart.
func (x *X509) GetPubkey() (*PKey, error) {
	var p *C.EVP_PKEY
	if err := onObjects("X509_get_pubkey", func() *C.gossl_err { return C.gossl_x509_get_pubkey(x.c(), &p) }, x); err != nil {
		return nil, err
	}
	return newPKey(p), nil
}

// PubkeyDER is the public key as SubjectPublicKeyInfo in DER form:
// X509_get_X509_PUBKEY(3), i2d_X509_PUBKEY(3).
func (x *X509) PubkeyDER() ([]byte, error) {
	return bytesOf("i2d_X509_PUBKEY", func(out **C.uchar, n *C.int) *C.gossl_err { return C.gossl_x509_pubkey_der(x.c(), out, n) }, x)
}

// SubjectNameHash is the number under which a folder of certificates has it:
// X509_subject_name_hash(3).
func (x *X509) SubjectNameHash() uint32 {
	return uint32(valueOf(func() C.ulong { return C.gossl_x509_subject_hash(x.c()) }, x))
}

// IssuerNameHash is the same of its issuer: X509_issuer_name_hash(3).
func (x *X509) IssuerNameHash() uint32 {
	return uint32(valueOf(func() C.ulong { return C.gossl_x509_issuer_hash(x.c()) }, x))
}

func (x *X509) digest(op, md string, pubkey C.int) (sum []byte, err error) {
	if x.c() == nil {
		return nil, ErrClosed
	}
	err = with(md, func(md *C.char) (err error) {
		sum, err = bytesOf(op, func(out **C.uchar, n *C.int) *C.gossl_err {
			return C.gossl_x509_digest(x.c(), pubkey, md, out, n)
		}, x)
		return err
	})
	return sum, err
}
