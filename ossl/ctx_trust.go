package ossl

// #include "shim.h"
import "C"

import (
	"maps"
	"runtime"
	"slices"
	"unsafe"
)

// VerifyMode says what is asked of the peer's certificate: SSL_CTX_set_verify(3).
type VerifyMode int

// The verify modes. VerifyNone is OpenSSL's default, for clients too.
const (
	VerifyNone              VerifyMode = C.SSL_VERIFY_NONE
	VerifyPeer              VerifyMode = C.SSL_VERIFY_PEER
	VerifyFailIfNoPeerCert  VerifyMode = C.SSL_VERIFY_FAIL_IF_NO_PEER_CERT
	VerifyClientOnce        VerifyMode = C.SSL_VERIFY_CLIENT_ONCE
	VerifyPostHandshakeAuth VerifyMode = C.SSL_VERIFY_POST_HANDSHAKE
)

// SetVerify sets what is asked of the peer's certificate:
// SSL_CTX_set_verify(3), without a callback.
func (c *Ctx) SetVerify(m VerifyMode) {
	ctxValue(c, func(c *C.SSL_CTX) struct{} { C.SSL_CTX_set_verify(c, C.int(m), nil); return struct{}{} })
}

// GetVerifyMode is what SetVerify set: SSL_CTX_get_verify_mode(3).
func (c *Ctx) GetVerifyMode() VerifyMode {
	return VerifyMode(ctxValue(c, func(c *C.SSL_CTX) C.int { return C.SSL_CTX_get_verify_mode(c) }))
}

// SetVerifyDepth bounds the number of intermediate certificates:
// SSL_CTX_set_verify_depth(3).
func (c *Ctx) SetVerifyDepth(depth int) {
	ctxValue(c, func(c *C.SSL_CTX) struct{} { C.SSL_CTX_set_verify_depth(c, C.int(depth)); return struct{}{} })
}

// LoadVerifyFile trusts the certificates of a PEM file:
// SSL_CTX_load_verify_file(3).
func (c *Ctx) LoadVerifyFile(file string) error {
	return onFile(file, c.callString("SSL_CTX_load_verify_file", file, func(c *C.SSL_CTX, s *C.char) *C.gossl_err {
		return C.gossl_ctx_load_verify_file(c, s)
	}))
}

// LoadVerifyDir trusts the certificates of a folder made by
// openssl-rehash(1): SSL_CTX_load_verify_dir(3). Files are looked up while a
// chain is verified, so a folder that does not exist is no error here.
func (c *Ctx) LoadVerifyDir(dir string) error {
	return onFile(dir, c.callString("SSL_CTX_load_verify_dir", dir, func(c *C.SSL_CTX, s *C.char) *C.gossl_err {
		return C.gossl_ctx_load_verify_dir(c, s)
	}))
}

// LoadVerifyLocations is LoadVerifyFile and LoadVerifyDir in one; either may
// be "": SSL_CTX_load_verify_locations(3).
func (c *Ctx) LoadVerifyLocations(file, dir string) error {
	if file != "" {
		if err := c.LoadVerifyFile(file); err != nil {
			return err
		}
	}
	if dir != "" {
		return c.LoadVerifyDir(dir)
	}
	return nil
}

// SetDefaultVerifyPaths trusts what the system trusts, as OpenSSL was built or
// SSL_CERT_FILE and SSL_CERT_DIR say: SSL_CTX_set_default_verify_paths(3).
func (c *Ctx) SetDefaultVerifyPaths() error {
	return c.call("SSL_CTX_set_default_verify_paths", func(c *C.SSL_CTX) *C.gossl_err {
		return C.gossl_ctx_set_default_verify_paths(c)
	})
}

// Set1CertStore makes st the trust of this Ctx: SSL_CTX_set1_cert_store(3).
// The Ctx takes a reference of its own; st remains the caller's.
func (c *Ctx) Set1CertStore(st *Store) error {
	return withObject(c, "SSL_CTX_set1_cert_store", st, func(c *C.SSL_CTX) *C.gossl_err {
		return C.gossl_ctx_set1_cert_store(c, st.c())
	})
}

// GetCertStore is the trust of this Ctx: SSL_CTX_get_cert_store(3). Unlike in
// C it comes with a reference of its own, and the caller closes it.
func (c *Ctx) GetCertStore() (*Store, error) {
	var p *C.X509_STORE
	err := c.call("SSL_CTX_get_cert_store", func(c *C.SSL_CTX) *C.gossl_err {
		return C.gossl_ctx_get1_cert_store(c, &p)
	})
	if err != nil {
		return nil, err
	}
	return newStore(p), nil
}

// LoadClientCAFile sets the CA names that a server sends when it asks for a
// client certificate, from the subjects of a PEM file:
// SSL_load_client_CA_file(3). It does not trust them: see LoadVerifyFile.
func (c *Ctx) LoadClientCAFile(file string) error {
	return onFile(file, c.callString("SSL_load_client_CA_file", file, func(c *C.SSL_CTX, s *C.char) *C.gossl_err {
		return C.gossl_ctx_load_client_ca_file(c, s)
	}))
}

// AddClientCA adds the subject of x to the CA names that a server sends:
// SSL_CTX_add_client_CA(3). x remains the caller's.
func (c *Ctx) AddClientCA(x *X509) error {
	return withObject(c, "SSL_CTX_add_client_CA", x, func(c *C.SSL_CTX) *C.gossl_err {
		return C.gossl_ctx_add_client_ca(c, x.c())
	})
}

// SetServerNames lets a server answer with another Ctx for the names that
// clients ask for (SNI): an exact name, or "*.example.com" for one label in
// front. Any other name, and none, is answered with c. nil takes the names
// away.
//
// The choice is made in C while the ClientHello is read
// (SSL_CTX_set_client_hello_cb(3)), before a session can be resumed. It brings
// the other Ctx's certificates and also what SSL_set_SSL_CTX(3) leaves behind:
// verify mode and depth, options and version range. Groups, modes, read-ahead
// and the number of tickets remain those of c. If policies differ, give
// each Ctx a session id context of its own, or a session of one name resumes
// under another. The Ctxs remain the caller's; c takes references of its own,
// so two Ctxs that name each other are never freed.
func (c *Ctx) SetServerNames(names map[string]*Ctx) error {
	keys := slices.Sorted(maps.Keys(names))
	ctxs := make([]*C.SSL_CTX, len(keys))
	cnames := make([]*C.char, len(keys))
	defer func() {
		for _, p := range cnames {
			C.free(unsafe.Pointer(p))
		}
	}()
	for i, k := range keys {
		other := names[k]
		if other == nil || other.p == nil {
			return ErrClosed
		}
		if err := checkString(k); err != nil {
			return err
		}
		cnames[i], ctxs[i] = C.CString(k), other.c()
	}
	err := c.call("SSL_CTX_set_client_hello_cb", func(c *C.SSL_CTX) *C.gossl_err {
		return C.gossl_ctx_set_server_names(c, unsafe.SliceData(cnames), unsafe.SliceData(ctxs), C.size_t(len(keys)))
	})
	runtime.KeepAlive(names)
	return err
}
