package ossl

// #include "shim_keyprov.h"
import "C"

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"sync"
	"sync/atomic"
)

// Why a handshake with a key of NewSignerKey failed on this side.
const (
	// ReasonSignerOutsideHandshake: nothing can wait for the signer there.
	ReasonSignerOutsideHandshake = Reason(C.ERR_LIB_PROV<<23 | C.PROV_R_INVALID_STATE)
	// ReasonSignerFailed: the answer to AskKey was to refuse a signature.
	ReasonSignerFailed = Reason(C.ERR_LIB_PROV<<23 | C.PROV_R_FAILED_TO_SIGN)
	// ReasonSignerAnswer: the answer to AskKey was no signature of the key.
	ReasonSignerAnswer = Reason(C.ERR_LIB_PROV<<23 | C.PROV_R_INVALID_SIGNATURE_SIZE)
)

// UnsupportedKeyError says that a signer's public key is of a kind that
// NewSignerKey does not take.
type UnsupportedKeyError struct{ Key crypto.PublicKey }

func (e *UnsupportedKeyError) Error() string {
	kind := fmt.Sprintf("%T", e.Key)
	if k, ok := e.Key.(*ecdsa.PublicKey); ok && k != nil && k.Curve != nil {
		kind += " on " + k.Curve.Params().Name
	}
	return "ossl: a signer with a public key of type " + kind + ": RSA, ECDSA on P-256, P-384 and P-521, and Ed25519 will do"
}

// NewSignerKey makes a key whose private half is signer's: in a token, at a
// service, wherever it is. What it takes is *rsa.PublicKey, *ecdsa.PublicKey and
// ed25519.PublicKey as signer's Public; a *UnsupportedKeyError says that it is
// none of them. For the RSA key exchange of TLS 1.2 the signer must be a
// crypto.Decrypter too, which is called with *rsa.PKCS1v15DecryptOptions and a
// SessionKeyLen; one that does not take that needs a wrapper that leaves it out.
//
// The key serves as any other: Ctx.UsePrivateKey, Ctx.CheckPrivateKey,
// X509.CheckPrivateKey, and all that needs the public half alone. It can sign
// only in a handshake: libssl runs that of an SSL with ModeAsync as an
// asynchronous job, where a small provider of ours, in a library context of its
// own, opens the question AskKey and pauses the job. The handshake returns with
// WantAsync. [SSL.AskedKey] says what is to be signed, [KeyRequest.Do] has the
// signer do it, on a goroutine and for as long as it likes, [SSL.Answer] takes
// the result, and the handshake is called again, on the same OS thread. No Go
// code runs inside C, and no thread waits. Elsewhere the key fails with
// ReasonSignerOutsideHandshake.
//
// The price, without the signature itself, is some 10 µs of a server's CPU for
// each handshake, or 4 % of one with ECDSA on P-256. With that signature by Go's
// crypto/ecdsa, which takes three times as long as OpenSSL's, a handshake takes
// 1.2 times what it does with an ordinary key (BenchmarkSignerHandshake).
//
// The signer is held until nobody, no Ctx and no SSL, has the key any more. It
// may be called by many goroutines at once.
func NewSignerKey(signer crypto.Signer) (*PKey, error) {
	if signer == nil {
		return nil, &UnsupportedKeyError{}
	}
	public := signer.Public()
	kind := signerKind(public)
	if kind == "" {
		return nil, &UnsupportedKeyError{public}
	}
	spki, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		return nil, err
	}
	return newSignerKey(kind, spki, signer)
}

// NewSignerKeyFor is NewSignerKey for the key of a certificate, and an error
// where they do not belong together. It makes a difference for an RSA key that
// its certificate binds to PSS (id-RSASSA-PSS), of which Go's types say nothing.
func NewSignerKeyFor(x *X509, signer crypto.Signer) (*PKey, error) {
	cert, err := x.Certificate()
	if err != nil {
		return nil, err
	}
	var spki struct {
		Algorithm pkix.AlgorithmIdentifier
		PublicKey asn1.BitString
	}
	if _, err := asn1.Unmarshal(cert.RawSubjectPublicKeyInfo, &spki); err != nil {
		return nil, err
	}
	if signer != nil && spki.Algorithm.Algorithm.Equal(oidPSS) && signerKind(signer.Public()) == "RSA" {
		if n, err := x509.ParsePKCS1PublicKey(spki.PublicKey.Bytes); err != nil || !n.Equal(signer.Public()) {
			return nil, &Error{Op: "X509_check_private_key", Queue: []Entry{{Reason: ReasonKeyValuesMismatch}}}
		}
		return newSignerKey("RSA-PSS", cert.RawSubjectPublicKeyInfo, signer)
	}
	k, err := NewSignerKey(signer)
	if err != nil {
		return nil, err
	}
	if err := x.CheckPrivateKey(k); err != nil {
		k.Close()
		return nil, err
	}
	return k, nil
}

var oidPSS = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 10}

func newSignerKey(kind string, spki []byte, signer crypto.Signer) (*PKey, error) {
	if err := CheckVersion(); err != nil {
		return nil, err
	}
	dropSigners()
	n := signers.add(signer)
	var p *C.EVP_PKEY
	err := withCString(kind, func(kind *C.char) error {
		return failed("EVP_PKEY_fromdata", C.gossl_signer_key(kind, bytesPtr(spki), C.size_t(len(spki)), C.uint64_t(n), &p))
	})
	if err != nil {
		signers.drop(n)
		dropSigners()
		return nil, err
	}
	return newPKey(p), nil
}

// signerKind is OpenSSL's name for the type of a public key, "" for those that
// NewSignerKey does not take.
func signerKind(public crypto.PublicKey) string {
	switch k := public.(type) {
	case *rsa.PublicKey:
		if k != nil && k.N != nil {
			return "RSA"
		}
	case *ecdsa.PublicKey:
		if k != nil && (k.Curve == elliptic.P256() || k.Curve == elliptic.P384() || k.Curve == elliptic.P521()) {
			return "EC"
		}
	case ed25519.PublicKey:
		if len(k) == ed25519.PublicKeySize {
			return "ED25519"
		}
	}
	return ""
}

// signers are those of keys that somebody holds, by the numbers that C knows
// them by.
var signers signerTable

type signerTable struct {
	held atomic.Int64
	mu   sync.Mutex
	last uint64
	by   map[uint64]crypto.Signer
}

func (t *signerTable) add(s crypto.Signer) uint64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.by == nil {
		t.by = make(map[uint64]crypto.Signer)
	}
	t.last++
	t.by[t.last] = s
	t.held.Add(1)
	return t.last
}

func (t *signerTable) get(n uint64) crypto.Signer {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.by[n]
}

// drop may be called twice for one number.
func (t *signerTable) drop(n uint64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, ok := t.by[n]; ok {
		delete(t.by, n)
		t.held.Add(-1)
	}
}

// dropSigners forgets the signers of keys that C has freed, which happens with
// whatever held the last reference. It costs no crossing where there are none.
func dropSigners() {
	for atomic.LoadUint32((*uint32)(&C.gossl_signers_dead)) > 0 {
		n := C.gossl_take_dead_signer()
		if n == 0 {
			return
		}
		signers.drop(uint64(n))
	}
}
