package ossl

// #include "shim_more.h"
import "C"

import "encoding/asn1"

// GetClientCAList is the CA names that a server sends when it asks for a
// client certificate: SSL_CTX_get_client_CA_list(3).
func (c *Ctx) GetClientCAList() []X509Name { return c.names(C.GOSSL_CLIENT_CA_LIST) }

// Get0CAList is the CA names that go with a request for a certificate and,
// under TLS 1.3, with a ClientHello: SSL_CTX_get0_CA_list(3).
func (c *Ctx) Get0CAList() []X509Name { return c.names(C.GOSSL_CA_LIST) }

// SetClientCAList sets the CA names that a server sends when it asks for a
// client certificate: SSL_CTX_set_client_CA_list(3). They are hints for the
// client and trust nothing.
func (c *Ctx) SetClientCAList(names []X509Name) error {
	return c.setNames("SSL_CTX_set_client_CA_list", C.GOSSL_CLIENT_CA_LIST, names)
}

// Set0CAList sets the CA names that either side sends: SSL_CTX_set0_CA_list(3).
func (c *Ctx) Set0CAList(names []X509Name) error {
	return c.setNames("SSL_CTX_set0_CA_list", C.GOSSL_CA_LIST, names)
}

// Add1ToCAList adds the subject of x: SSL_CTX_add1_to_CA_list(3).
func (c *Ctx) Add1ToCAList(x *X509) error {
	return withObject(c, "SSL_CTX_add1_to_CA_list", x, func(c *C.SSL_CTX) *C.gossl_err {
		crossing()
		return C.gossl_ctx_add_name(c, x.c())
	})
}

// GetClientCAList is on a server the CA names that it sends, and on a client
// those that the server sent: SSL_get_client_CA_list(3).
func (s *SSL) GetClientCAList() []X509Name { return s.names(C.GOSSL_CLIENT_CA_LIST) }

// Get0CAList is Ctx.Get0CAList for one connection: SSL_get0_CA_list(3).
func (s *SSL) Get0CAList() []X509Name { return s.names(C.GOSSL_CA_LIST) }

// Get0PeerCAList is the CA names that the peer sent: SSL_get0_peer_CA_list(3).
func (s *SSL) Get0PeerCAList() []X509Name { return s.names(C.GOSSL_PEER_CA_LIST) }

// SetClientCAList is Ctx.SetClientCAList for one connection:
// SSL_set_client_CA_list(3).
func (s *SSL) SetClientCAList(names []X509Name) error {
	return s.setNames("SSL_set_client_CA_list", C.GOSSL_CLIENT_CA_LIST, names)
}

// Set0CAList is Ctx.Set0CAList for one connection: SSL_set0_CA_list(3).
func (s *SSL) Set0CAList(names []X509Name) error {
	return s.setNames("SSL_set0_CA_list", C.GOSSL_CA_LIST, names)
}

// AddClientCA is Ctx.AddClientCA for one connection: SSL_add_client_CA(3).
func (s *SSL) AddClientCA(x *X509) error {
	return s.addName("SSL_add_client_CA", C.GOSSL_CLIENT_CA_LIST, x)
}

// Add1ToCAList adds the subject of x: SSL_add1_to_CA_list(3).
func (s *SSL) Add1ToCAList(x *X509) error {
	return s.addName("SSL_add1_to_CA_list", C.GOSSL_CA_LIST, x)
}

func (s *SSL) addName(op string, which C.int, x *X509) error {
	return lend(x, func() error {
		return s.call(op, func(s *C.SSL) *C.gossl_err { crossing(); return C.gossl_add_name(s, which, x.c()) })
	})
}

// LoadClientCAFile lists the subjects of the certificates in a PEM file:
// SSL_load_client_CA_file(3) and SSL_load_client_CA_file_ex.
func LoadClientCAFile(file string) ([]X509Name, error) { return AddFileCertSubjectsToStack(nil, file) }

// AddFileCertSubjectsToStack adds to a list the subjects of the certificates in
// a PEM file that it does not have: SSL_add_file_cert_subjects_to_stack(3).
func AddFileCertSubjectsToStack(list []X509Name, file string) ([]X509Name, error) {
	return subjects("SSL_add_file_cert_subjects_to_stack", C.GOSSL_SUBJECTS_FILE, list, file)
}

// AddDirCertSubjectsToStack is the same for every file of a folder, all of
// which must be certificates: SSL_add_dir_cert_subjects_to_stack(3).
func AddDirCertSubjectsToStack(list []X509Name, dir string) ([]X509Name, error) {
	return subjects("SSL_add_dir_cert_subjects_to_stack", C.GOSSL_SUBJECTS_DIR, list, dir)
}

// AddStoreCertSubjectsToStack is the same for a URI of OSSL_STORE:
// SSL_add_store_cert_subjects_to_stack(3).
func AddStoreCertSubjectsToStack(list []X509Name, uri string) ([]X509Name, error) {
	return subjects("SSL_add_store_cert_subjects_to_stack", C.GOSSL_SUBJECTS_STORE, list, uri)
}

// DupCAList is a list of the same names: SSL_dup_CA_list(3).
func DupCAList(list []X509Name) []X509Name { return append([]X509Name(nil), list...) }

func subjects(op string, from C.int, list []X509Name, where string) ([]X509Name, error) {
	if err := checkString(where); err != nil {
		return nil, err
	}
	if err := CheckVersion(); err != nil {
		return nil, err
	}
	der := joinNames(list)
	var out C.gossl_bytes
	err := failed(op, withCString(where, func(w *C.char) *C.gossl_err {
		crossing()
		return C.gossl_subjects(from, w, bytesPtr(der), C.size_t(len(der)), &out)
	}))
	if err != nil {
		return nil, onFile(where, err)
	}
	return splitNames(takeBytes(out)), nil
}

func (c *Ctx) names(which C.int) []X509Name {
	return splitNames(ctxValue(c, func(c *C.SSL_CTX) []byte { crossing(); return takeBytes(C.gossl_ctx_names(c, which)) }))
}

func (s *SSL) names(which C.int) []X509Name {
	return splitNames(sslValue(s, func(s *C.SSL) []byte { crossing(); return takeBytes(C.gossl_names(s, which)) }))
}

func (c *Ctx) setNames(op string, which C.int, names []X509Name) error {
	der := joinNames(names)
	return c.call(op, func(c *C.SSL_CTX) *C.gossl_err {
		crossing()
		return C.gossl_ctx_set_names(c, which, bytesPtr(der), C.size_t(len(der)))
	})
}

func (s *SSL) setNames(op string, which C.int, names []X509Name) error {
	der := joinNames(names)
	return s.call(op, func(s *C.SSL) *C.gossl_err {
		crossing()
		return C.gossl_set_names(s, which, bytesPtr(der), C.size_t(len(der)))
	})
}

// joinNames puts names one behind the other. The zero name is an empty
// sequence.
func joinNames(names []X509Name) []byte {
	var der []byte
	for _, n := range names {
		if n.der == "" {
			n.der = "\x30\x00"
		}
		der = append(der, n.der...)
	}
	return der
}

// splitNames is joinNames the other way.
func splitNames(der []byte) []X509Name {
	var list []X509Name
	for len(der) > 0 {
		var raw asn1.RawValue
		rest, err := asn1.Unmarshal(der, &raw)
		if err != nil {
			return list
		}
		list = append(list, X509Name{string(raw.FullBytes)})
		der = rest
	}
	return list
}
