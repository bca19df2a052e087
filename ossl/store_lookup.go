package ossl

// #include "shim_crypto.h"
import "C"

import "unsafe"

// AddCRL adds a CRL, which counts once FlagCRLCheck is set:
// X509_STORE_add_crl(3). c remains the caller's.
func (st *Store) AddCRL(c *CRL) error {
	return onObjects("X509_STORE_add_crl", func() *C.gossl_err { return C.gossl_store_add_crl(st.c(), c.c()) }, st, c)
}

// LoadCRLFile adds the CRLs of a file and says how many there are:
// X509_load_crl_file(3). A file without any is an error.
func (st *Store) LoadCRLFile(file string, t Filetype) (int, error) {
	return st.loadFile("X509_load_crl_file", file, func(st *C.X509_STORE, s *C.char, n *C.int) *C.gossl_err {
		return C.gossl_store_load_crls(st, s, C.int(t), n)
	})
}

// LoadCertFile trusts the certificates of a file and says how many there are:
// X509_load_cert_file(3).
func (st *Store) LoadCertFile(file string, t Filetype) (int, error) {
	return st.loadFile("X509_load_cert_file", file, func(st *C.X509_STORE, s *C.char, n *C.int) *C.gossl_err {
		return C.gossl_store_load_certs(st, s, C.int(t), n)
	})
}

// LoadCertCRLFile does both for a file that holds both:
// X509_load_cert_crl_file(3), and X509_LOOKUP_file(3).
func (st *Store) LoadCertCRLFile(file string, t Filetype) (int, error) {
	return st.loadFile("X509_load_cert_crl_file", file, func(st *C.X509_STORE, s *C.char, n *C.int) *C.gossl_err {
		return C.gossl_store_load_both(st, s, C.int(t), n)
	})
}

// AddLookupDir looks certificates and CRLs up in a folder made by
// openssl-rehash(1), while chains are verified: X509_STORE_add_lookup(3),
// X509_LOOKUP_hash_dir(3), X509_LOOKUP_add_dir(3). Several folders are separated by colons.
func (st *Store) AddLookupDir(dir string, t Filetype) error {
	return onFile(dir, st.callString("X509_LOOKUP_add_dir", dir, func(st *C.X509_STORE, s *C.char) *C.gossl_err {
		return C.gossl_store_add_dir(st, s, C.int(t))
	}))
}

// LoadStore trusts the certificates, and takes the CRLs, that an OSSL_STORE URI
// names, "file:/etc/ssl/certs/ca.pem": X509_STORE_load_store(3). A URI that
// leads nowhere is no error before a chain is verified.
func (st *Store) LoadStore(uri string) error {
	return st.callString("X509_STORE_load_store", uri, func(st *C.X509_STORE, s *C.char) *C.gossl_err {
		return C.gossl_store_load_uri(st, s)
	})
}

// LoadLocations is LoadFile and LoadPath in one; either may be "":
// X509_STORE_load_locations(3).
func (st *Store) LoadLocations(file, dir string) error {
	if st.c() == nil {
		return ErrClosed
	}
	if file != "" {
		if err := st.LoadFile(file); err != nil {
			return err
		}
	}
	if dir != "" {
		return st.LoadPath(dir)
	}
	return nil
}

// SetPurpose says what verified certificates are for: X509_STORE_set_purpose(3).
func (st *Store) SetPurpose(p Purpose) error {
	return st.call("X509_STORE_set_purpose", func(st *C.X509_STORE) *C.gossl_err { return C.gossl_store_set_purpose(st, C.int(p)) })
}

// SetTrust says which trust setting of the root counts: X509_STORE_set_trust(3).
func (st *Store) SetTrust(t Trust) error {
	return st.call("X509_STORE_set_trust", func(st *C.X509_STORE) *C.gossl_err { return C.gossl_store_set_trust(st, C.int(t)) })
}

// SetDepth bounds the number of intermediate certificates:
// X509_STORE_set_depth(3).
func (st *Store) SetDepth(depth int) error {
	return st.call("X509_STORE_set_depth", func(st *C.X509_STORE) *C.gossl_err { return C.gossl_store_set_depth(st, C.int(depth)) })
}

// Set1Param takes over what p has set: X509_STORE_set1_param(3).
func (st *Store) Set1Param(p *VerifyParam) error {
	return onObjects("X509_STORE_set1_param", func() *C.gossl_err { return C.gossl_store_set1_param(st.c(), p.c()) }, st, p)
}

// GetParam is a copy of the rules of st: X509_STORE_get0_param(3). A change goes
// back by Set1Param. The caller closes it.
func (st *Store) GetParam() (*VerifyParam, error) {
	var p *C.X509_VERIFY_PARAM
	if err := st.call("X509_STORE_get0_param", func(st *C.X509_STORE) *C.gossl_err { return C.gossl_store_get1_param(st, &p) }); err != nil {
		return nil, err
	}
	return newVerifyParam(p), nil
}

// Get1Objects lists what st holds, without what it would look up: the
// certificates and the CRLs: X509_STORE_get0_objects(3),
// X509_OBJECT_get0_X509(3), X509_OBJECT_get0_X509_CRL(3),
// X509_STORE_get1_all_certs(3). The caller closes each.
func (st *Store) Get1Objects() (certs []*X509, crls []*CRL, err error) {
	var xs **C.X509
	var cs **C.X509_CRL
	var n C.int
	err = st.call("X509_STORE_get0_objects", func(st *C.X509_STORE) *C.gossl_err { return C.gossl_store_objects(st, &xs, &cs, &n) })
	if err != nil {
		return nil, nil, err
	}
	defer C.gossl_free(unsafe.Pointer(xs))
	defer C.gossl_free(unsafe.Pointer(cs))
	for i := range int(n) {
		if x := unsafe.Slice(xs, n)[i]; x != nil {
			certs = append(certs, newX509(x))
		}
		if c := unsafe.Slice(cs, n)[i]; c != nil {
			crls = append(crls, newCRL(c))
		}
	}
	return certs, crls, nil
}

// UpRef is a second Store for the same X509_STORE, to be closed by itself:
// X509_STORE_up_ref(3).
func (st *Store) UpRef() (*Store, error) {
	if st.c() == nil {
		return nil, ErrClosed
	}
	C.X509_STORE_up_ref(st.c())
	return newStore(st.c()), nil
}

func (st *Store) loadFile(op, file string, f func(*C.X509_STORE, *C.char, *C.int) *C.gossl_err) (int, error) {
	var n C.int
	err := st.callString(op, file, func(st *C.X509_STORE, s *C.char) *C.gossl_err { return f(st, s, &n) })
	return max(int(n), 0), onFile(file, err)
}
