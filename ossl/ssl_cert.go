package ossl

// #include "shim_more.h"
import "C"

// UseCertAndKey sets certificate, key and chain at once, which must belong
// together: SSL_CTX_use_cert_and_key(3). Without override it is an error where
// there is a certificate of that type already. All remain the caller's.
func (c *Ctx) UseCertAndKey(x *X509, k *PKey, chain []*X509, override bool) error {
	return lendIdentity(x, k, chain, func(list **C.X509, n C.int) error {
		return c.call("SSL_CTX_use_cert_and_key", func(c *C.SSL_CTX) *C.gossl_err {
			crossing()
			return C.gossl_ctx_use_cert_and_key(c, x.c(), k.c(), list, n, cFlag(override))
		})
	})
}

// UseCertAndKey is Ctx.UseCertAndKey for one connection:
// SSL_use_cert_and_key(3).
func (s *SSL) UseCertAndKey(x *X509, k *PKey, chain []*X509, override bool) error {
	return lendIdentity(x, k, chain, func(list **C.X509, n C.int) error {
		return s.call("SSL_use_cert_and_key", func(s *C.SSL) *C.gossl_err {
			crossing()
			return C.gossl_use_cert_and_key(s, x.c(), k.c(), list, n, cFlag(override))
		})
	})
}

func lendIdentity(x *X509, k *PKey, chain []*X509, f func(**C.X509, C.int) error) error {
	return lend(x, func() error {
		return lend(k, func() error { return lendChain(chain, f) })
	})
}

// UseCertificateASN1 sets the certificate in DER form:
// SSL_CTX_use_certificate_ASN1(3).
func (c *Ctx) UseCertificateASN1(der []byte) error {
	n, err := cLen(der)
	if err != nil {
		return err
	}
	return c.call("SSL_CTX_use_certificate_ASN1", func(c *C.SSL_CTX) *C.gossl_err {
		crossing()
		return C.gossl_ctx_use_certificate_asn1(c, bytesPtr(der), n)
	})
}

// UseCertificateASN1 sets the certificate in DER form:
// SSL_use_certificate_ASN1(3).
func (s *SSL) UseCertificateASN1(der []byte) error {
	n, err := cLen(der)
	if err != nil {
		return err
	}
	return s.call("SSL_use_certificate_ASN1", func(s *C.SSL) *C.gossl_err {
		crossing()
		return C.gossl_use_certificate_asn1(s, bytesPtr(der), n)
	})
}

// UsePrivateKeyASN1 sets the key in DER form, of a type such as
// NIDRSAEncryption: SSL_CTX_use_PrivateKey_ASN1(3).
func (c *Ctx) UsePrivateKeyASN1(keyType NID, der []byte) error {
	return c.call("SSL_CTX_use_PrivateKey_ASN1", func(c *C.SSL_CTX) *C.gossl_err {
		crossing()
		return C.gossl_ctx_use_private_key_asn1(c, cInt(int(keyType)), bytesPtr(der), C.long(len(der)))
	})
}

// UsePrivateKeyASN1 sets the key in DER form, of a type such as
// NIDRSAEncryption: SSL_use_PrivateKey_ASN1(3).
func (s *SSL) UsePrivateKeyASN1(keyType NID, der []byte) error {
	return s.call("SSL_use_PrivateKey_ASN1", func(s *C.SSL) *C.gossl_err {
		crossing()
		return C.gossl_use_private_key_asn1(s, cInt(int(keyType)), bytesPtr(der), C.long(len(der)))
	})
}

// UseCertificateFile is Ctx.UseCertificateFile for one connection:
// SSL_use_certificate_file(3).
func (s *SSL) UseCertificateFile(file string, t Filetype) error {
	return onFile(file, s.callString("SSL_use_certificate_file", file, func(s *C.SSL, f *C.char) *C.gossl_err {
		crossing()
		return C.gossl_use_certificate_file(s, f, C.int(t))
	}))
}

// UsePrivateKeyFile is Ctx.UsePrivateKeyFile for one connection:
// SSL_use_PrivateKey_file(3).
func (s *SSL) UsePrivateKeyFile(file string, t Filetype) error {
	return onFile(file, s.callString("SSL_use_PrivateKey_file", file, func(s *C.SSL, f *C.char) *C.gossl_err {
		crossing()
		return C.gossl_use_private_key_file(s, f, C.int(t))
	}))
}

// ServerinfoVersion is the form of the data of UseServerinfoEx.
type ServerinfoVersion uint32

// The forms: V2 has the four bytes of SSL_EXT_* flags before each extension,
// which say where it goes.
const (
	ServerinfoV1 ServerinfoVersion = C.SSL_SERVERINFOV1
	ServerinfoV2 ServerinfoVersion = C.SSL_SERVERINFOV2
)

// UseServerinfoEx loads TLS extensions for the certificate set last:
// SSL_CTX_use_serverinfo_ex(3).
func (c *Ctx) UseServerinfoEx(version ServerinfoVersion, data []byte) error {
	return c.call("SSL_CTX_use_serverinfo_ex", func(c *C.SSL_CTX) *C.gossl_err {
		crossing()
		return C.gossl_ctx_use_serverinfo_ex(c, C.uint(version), bytesPtr(data), C.size_t(len(data)))
	})
}

// Get0VerifyCertStore is what Set1VerifyCertStore set:
// SSL_CTX_get0_verify_cert_store(3). Unlike in C it comes with a reference of
// its own, and the caller closes it. The error has no reasons where none is
// set.
func (c *Ctx) Get0VerifyCertStore() (*Store, error) {
	return c.store("SSL_CTX_get0_verify_cert_store", 0)
}

// Get0ChainCertStore is what Set1ChainCertStore set:
// SSL_CTX_get0_chain_cert_store(3), likewise.
func (c *Ctx) Get0ChainCertStore() (*Store, error) {
	return c.store("SSL_CTX_get0_chain_cert_store", 1)
}

func (c *Ctx) store(op string, chain C.int) (*Store, error) {
	var p *C.X509_STORE
	err := c.call(op, func(c *C.SSL_CTX) *C.gossl_err { crossing(); return C.gossl_ctx_get_store(c, chain, &p) })
	if err != nil {
		return nil, err
	}
	return newStore(p), nil
}

// Get0VerifyCertStore is what Set1VerifyCertStore set:
// SSL_get0_verify_cert_store(3). Unlike in C it comes with a reference of its
// own, and the caller closes it. The error has no reasons where none is set.
func (s *SSL) Get0VerifyCertStore() (*Store, error) {
	return s.store("SSL_get0_verify_cert_store", 0)
}

// Get0ChainCertStore is what Set1ChainCertStore set:
// SSL_get0_chain_cert_store(3), likewise.
func (s *SSL) Get0ChainCertStore() (*Store, error) {
	return s.store("SSL_get0_chain_cert_store", 1)
}

func (s *SSL) store(op string, chain C.int) (*Store, error) {
	var p *C.X509_STORE
	err := s.call(op, func(s *C.SSL) *C.gossl_err { crossing(); return C.gossl_get_store(s, chain, &p) })
	if err != nil {
		return nil, err
	}
	return newStore(p), nil
}

// GetPeerTmpKey is the peer's public key of the key exchange:
// SSL_get_peer_tmp_key(3) and SSL_get_server_tmp_key. The caller closes it.
// The error has no reasons where there is none, as on a client after
// X25519MLKEM768, whose server sends no key.
func (s *SSL) GetPeerTmpKey() (*PKey, error) { return s.tmpKey("SSL_get_peer_tmp_key", 1) }

// GetTmpKey is our own key of the key exchange: SSL_get_tmp_key(3). The caller
// closes it. The error has no reasons where there is none, as on a server after
// X25519MLKEM768, which needs none.
func (s *SSL) GetTmpKey() (*PKey, error) { return s.tmpKey("SSL_get_tmp_key", 0) }

func (s *SSL) tmpKey(op string, peer C.int) (*PKey, error) {
	var p *C.EVP_PKEY
	err := s.call(op, func(s *C.SSL) *C.gossl_err { crossing(); return C.gossl_get_tmp_key(s, peer, &p) })
	if err != nil {
		return nil, err
	}
	return newPKey(p), nil
}
