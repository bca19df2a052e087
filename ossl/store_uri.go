package ossl

// #include "shim_store_uri.h"
import "C"

import (
	"errors"
	"io"
	"math/big"
	"unsafe"
)

// OSSLStore reads keys, certificates and CRLs from a URI, one after the other:
// OSSL_STORE_CTX. It has one user at a time. The caller closes it.
//
// libcrypto itself knows "file:", a file or folder, which also goes without the
// scheme; providers and engines add others, such as "pkcs11:". A [Store] is
// another thing: X509_STORE.
type OSSLStore struct{ object }

// OSSLStoreInfoType says what an object is: OSSL_STORE_INFO_get_type(3).
type OSSLStoreInfoType int

// The types of objects.
const (
	StoreInfoName   OSSLStoreInfoType = C.OSSL_STORE_INFO_NAME
	StoreInfoParams OSSLStoreInfoType = C.OSSL_STORE_INFO_PARAMS
	StoreInfoPubkey OSSLStoreInfoType = C.OSSL_STORE_INFO_PUBKEY
	StoreInfoPKey   OSSLStoreInfoType = C.OSSL_STORE_INFO_PKEY
	StoreInfoCert   OSSLStoreInfoType = C.OSSL_STORE_INFO_CERT
	StoreInfoCRL    OSSLStoreInfoType = C.OSSL_STORE_INFO_CRL
)

// String is OpenSSL's word for the type: OSSL_STORE_INFO_type_string(3).
func (t OSSLStoreInfoType) String() string {
	return C.GoString(C.OSSL_STORE_INFO_type_string(C.int(t)))
}

// OSSLStoreInfo is one object: OSSL_STORE_INFO. The caller closes it, or what
// is in it: OSSL_STORE_INFO_get1_PKEY(3), OSSL_STORE_INFO_get1_CERT(3),
// OSSL_STORE_INFO_get1_PARAMS(3), OSSL_STORE_INFO_free(3).
type OSSLStoreInfo struct {
	Type              OSSLStoreInfoType
	PKey              *PKey  // of StoreInfoPKey, StoreInfoPubkey and StoreInfoParams
	X509              *X509  // of StoreInfoCert
	CRL               *CRL   // of StoreInfoCRL
	Name, Description string // of StoreInfoName: another URI, as in a folder
}

// Close closes what is in it.
func (i OSSLStoreInfo) Close() {
	i.PKey.Close()
	i.X509.Close()
	i.CRL.Close()
}

// OSSLStoreOpen opens a URI: OSSL_STORE_open(3), OSSL_STORE_open_ex(3). The passphrase, or PIN,
// answers whatever is asked for; where it is "" a question is an error, and
// nothing asks a terminal.
func OSSLStoreOpen(uri, passphrase string) (s *OSSLStore, err error) {
	if err := CheckVersion(); err != nil {
		return nil, err
	}
	err = with(uri, func(uri *C.char) error {
		return withOptional(passphrase, func(pass *C.char) error {
			var p *C.gossl_ossl_store
			if err := failed("OSSL_STORE_open", C.gossl_ossl_store_open(uri, pass, &p)); err != nil {
				return err
			}
			s = new(OSSLStore)
			s.open(unsafe.Pointer(p), kindOSSLStore)
			return nil
		})
	})
	return s, err
}

// OSSLStoreLoadPKey opens a URI, returns its first private key, and closes it
// again.
func OSSLStoreLoadPKey(uri, passphrase string) (*PKey, error) {
	info, err := loadFirst(uri, passphrase, StoreInfoPKey)
	return info.PKey, err
}

// OSSLStoreLoadCert opens a URI, returns its first certificate, and closes it
// again.
func OSSLStoreLoadCert(uri, passphrase string) (*X509, error) {
	info, err := loadFirst(uri, passphrase, StoreInfoCert)
	return info.X509, err
}

// ErrNotInStore says that a URI leads somewhere where there is no object of the
// type.
var ErrNotInStore = errors.New("ossl: no such object at the URI")

func loadFirst(uri, passphrase string, t OSSLStoreInfoType) (OSSLStoreInfo, error) {
	s, err := OSSLStoreOpen(uri, passphrase)
	if err != nil {
		return OSSLStoreInfo{}, err
	}
	defer s.Close()
	if err := s.Expect(t); err != nil {
		return OSSLStoreInfo{}, err
	}
	for {
		info, err := s.Load()
		if err == io.EOF { //nolint:errorlint // it comes as it is
			return OSSLStoreInfo{}, ErrNotInStore
		}
		if err != nil || info.Type == t {
			return info, err
		}
		info.Close()
	}
}

// Expect passes over objects of other types; it comes before Load:
// OSSL_STORE_expect(3).
func (s *OSSLStore) Expect(t OSSLStoreInfoType) error {
	return s.call("OSSL_STORE_expect", func(s *C.gossl_ossl_store) *C.gossl_err { return C.gossl_ossl_store_expect(s, C.int(t)) })
}

// OSSLStoreSearch is a way to search: OSSL_STORE_SEARCH_BY_*.
type OSSLStoreSearch int

// The ways to search.
const (
	SearchByName           OSSLStoreSearch = C.OSSL_STORE_SEARCH_BY_NAME
	SearchByIssuerSerial   OSSLStoreSearch = C.OSSL_STORE_SEARCH_BY_ISSUER_SERIAL
	SearchByKeyFingerprint OSSLStoreSearch = C.OSSL_STORE_SEARCH_BY_KEY_FINGERPRINT
	SearchByAlias          OSSLStoreSearch = C.OSSL_STORE_SEARCH_BY_ALIAS
)

// SupportsSearch says whether the URI can be searched in that way: "file:" can
// by name, in folders made by openssl-rehash(1). OSSL_STORE_supports_search(3).
func (s *OSSLStore) SupportsSearch(by OSSLStoreSearch) bool {
	return valueOf(func() C.int { return C.gossl_ossl_store_supports(s.c(), C.int(by)) }, s) == 1
}

// FindByName leaves the certificates of a subject and the CRLs of an issuer; it
// comes before Load: OSSL_STORE_SEARCH_by_name(3), OSSL_STORE_find(3).
func (s *OSSLStore) FindByName(n X509Name) error {
	der := n.I2D()
	return s.call("OSSL_STORE_find", func(s *C.gossl_ossl_store) *C.gossl_err {
		return C.gossl_ossl_store_find_name(s, bytesPtr(der), C.long(len(der)), nil)
	})
}

// FindByIssuerSerial leaves one certificate:
// OSSL_STORE_SEARCH_by_issuer_serial(3).
func (s *OSSLStore) FindByIssuerSerial(issuer X509Name, serial *big.Int) error {
	if s.c() == nil {
		return ErrClosed
	}
	if serial == nil {
		return errors.New("ossl: no serial number")
	}
	der := issuer.I2D()
	return with(serial.Text(16), func(hex *C.char) error {
		return s.call("OSSL_STORE_find", func(s *C.gossl_ossl_store) *C.gossl_err {
			return C.gossl_ossl_store_find_name(s, bytesPtr(der), C.long(len(der)), hex)
		})
	})
}

// FindByKeyFingerprint leaves what has a public key of that digest:
// OSSL_STORE_SEARCH_by_key_fingerprint(3).
func (s *OSSLStore) FindByKeyFingerprint(md string, digest []byte) error {
	return s.callString("OSSL_STORE_find", md, func(s *C.gossl_ossl_store, md *C.char) *C.gossl_err {
		return C.gossl_ossl_store_find_fingerprint(s, md, bytesPtr(digest), C.size_t(len(digest)))
	})
}

// FindByAlias leaves what has that name: OSSL_STORE_SEARCH_by_alias(3).
func (s *OSSLStore) FindByAlias(alias string) error {
	return s.callString("OSSL_STORE_find", alias, func(s *C.gossl_ossl_store, alias *C.char) *C.gossl_err {
		return C.gossl_ossl_store_find_alias(s, alias)
	})
}

// Load is the next object, and io.EOF after the last: OSSL_STORE_load(3),
// OSSL_STORE_eof(3), OSSL_STORE_error(3). Where nothing at all could be read,
// that is an *Error. The caller closes what it gets.
func (s *OSSLStore) Load() (OSSLStoreInfo, error) {
	var c C.gossl_store_info
	err := s.call("OSSL_STORE_load", func(s *C.gossl_ossl_store) *C.gossl_err { return C.gossl_ossl_store_load(s, &c) })
	if err != nil {
		return OSSLStoreInfo{}, err
	}
	if c._type == 0 {
		return OSSLStoreInfo{}, io.EOF
	}
	defer C.gossl_free(unsafe.Pointer(c.name))
	defer C.gossl_free(unsafe.Pointer(c.description))
	info := OSSLStoreInfo{Type: OSSLStoreInfoType(c._type), Name: C.GoString(c.name), Description: C.GoString(c.description)}
	if c.key != nil {
		info.PKey = newPKey(c.key)
	}
	if c.cert != nil {
		info.X509 = newX509(c.cert)
	}
	if c.crl != nil {
		info.CRL = newCRL(c.crl)
	}
	return info, nil
}

// EOF says whether there is no further object: OSSL_STORE_eof(3).
func (s *OSSLStore) EOF() bool {
	return valueOf(func() C.int { return C.gossl_ossl_store_eof(s.c()) }, s) == 1
}

// Close closes it: OSSL_STORE_close(3). A second Close does nothing. Nothing
// else may use s at the same time.
func (s *OSSLStore) Close() {
	if s != nil {
		s.close()
	}
}

func (s *OSSLStore) c() *C.gossl_ossl_store { return (*C.gossl_ossl_store)(s.ptr()) }

func (s *OSSLStore) ptr() unsafe.Pointer {
	if s == nil {
		return nil
	}
	return s.p
}

func (s *OSSLStore) call(op string, f func(*C.gossl_ossl_store) *C.gossl_err) error {
	return onObjects(op, func() *C.gossl_err { return f(s.c()) }, s)
}

func (s *OSSLStore) callString(op, arg string, f func(*C.gossl_ossl_store, *C.char) *C.gossl_err) error {
	if s.c() == nil {
		return ErrClosed
	}
	return with(arg, func(arg *C.char) error {
		return s.call(op, func(s *C.gossl_ossl_store) *C.gossl_err { return f(s, arg) })
	})
}
