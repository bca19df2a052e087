package ossl

// #include "shim.h"
import "C"

import (
	"fmt"
	"math"
	"runtime"
)

// Filetype says how a file is encoded: SSL_CTX_use_certificate_file(3).
type Filetype int

// The file types.
const (
	FiletypePEM  Filetype = C.SSL_FILETYPE_PEM
	FiletypeASN1 Filetype = C.SSL_FILETYPE_ASN1
)

// SetDefaultPasswd sets the passphrase for encrypted keys that are loaded
// after it; "" takes it away. It stands for SSL_CTX_set_default_passwd_cb(3).
// The copy in C is wiped when it is replaced or the Ctx freed.
func (c *Ctx) SetDefaultPasswd(passphrase string) error {
	if passphrase == "" {
		return c.call("SSL_CTX_set_default_passwd_cb", func(c *C.SSL_CTX) *C.gossl_err {
			return C.gossl_ctx_set_passphrase(c, nil)
		})
	}
	return c.callString("SSL_CTX_set_default_passwd_cb", passphrase, func(c *C.SSL_CTX, s *C.char) *C.gossl_err {
		return C.gossl_ctx_set_passphrase(c, s)
	})
}

// UseCertificateChainFile loads a PEM file with the certificate first and
// then its chain, without the root: SSL_CTX_use_certificate_chain_file(3). A
// Ctx can hold one certificate of each key type; call it again to add more.
func (c *Ctx) UseCertificateChainFile(file string) error {
	return onFile(file, c.callString("SSL_CTX_use_certificate_chain_file", file, func(c *C.SSL_CTX, s *C.char) *C.gossl_err {
		return C.gossl_ctx_use_certificate_chain_file(c, s)
	}))
}

// UseCertificateFile loads one certificate: SSL_CTX_use_certificate_file(3).
func (c *Ctx) UseCertificateFile(file string, t Filetype) error {
	return onFile(file, c.callString("SSL_CTX_use_certificate_file", file, func(c *C.SSL_CTX, s *C.char) *C.gossl_err {
		return C.gossl_ctx_use_certificate_file(c, s, C.int(t))
	}))
}

// UsePrivateKeyFile loads the key that belongs to the certificate loaded last:
// SSL_CTX_use_PrivateKey_file(3).
func (c *Ctx) UsePrivateKeyFile(file string, t Filetype) error {
	return onFile(file, c.callString("SSL_CTX_use_PrivateKey_file", file, func(c *C.SSL_CTX, s *C.char) *C.gossl_err {
		return C.gossl_ctx_use_private_key_file(c, s, C.int(t))
	}))
}

// UseCertificateChainPEM is UseCertificateChainFile from memory.
func (c *Ctx) UseCertificateChainPEM(pem []byte) error {
	n, err := cLen(pem)
	if err != nil {
		return err
	}
	return c.call("SSL_CTX_use_certificate", func(c *C.SSL_CTX) *C.gossl_err {
		return C.gossl_ctx_use_certificate_chain_pem(c, bytesPtr(pem), n)
	})
}

// UseCertificate sets the certificate: SSL_CTX_use_certificate(3). The Ctx
// takes a reference of its own; x remains the caller's.
func (c *Ctx) UseCertificate(x *X509) error {
	return withObject(c, "SSL_CTX_use_certificate", x, func(c *C.SSL_CTX) *C.gossl_err {
		return C.gossl_ctx_use_certificate(c, x.c())
	})
}

// UsePrivateKey sets the key: SSL_CTX_use_PrivateKey(3), which SSL_CTX_use_RSAPrivateKey
// is for RSA. The Ctx takes a reference of its own; k remains the caller's.
func (c *Ctx) UsePrivateKey(k *PKey) error {
	return withObject(c, "SSL_CTX_use_PrivateKey", k, func(c *C.SSL_CTX) *C.gossl_err {
		return C.gossl_ctx_use_private_key(c, k.c())
	})
}

// Add1ChainCert adds a certificate to the chain of the certificate set last:
// SSL_CTX_add1_chain_cert(3). x remains the caller's.
func (c *Ctx) Add1ChainCert(x *X509) error {
	return withObject(c, "SSL_CTX_add1_chain_cert", x, func(c *C.SSL_CTX) *C.gossl_err {
		return C.gossl_ctx_add1_chain_cert(c, x.c())
	})
}

// CheckPrivateKey says by an error when the certificate and the key set last
// do not belong together, or one is missing: SSL_CTX_check_private_key(3).
func (c *Ctx) CheckPrivateKey() error {
	return c.call("SSL_CTX_check_private_key", func(c *C.SSL_CTX) *C.gossl_err {
		return C.gossl_ctx_check_private_key(c)
	})
}

// FileError is an error about a file that had to be loaded.
type FileError struct {
	File string
	Err  error // an *Error
}

func (e *FileError) Error() string { return e.File + ": " + e.Err.Error() }

// Unwrap is the error without the file's name.
func (e *FileError) Unwrap() error { return e.Err }

func onFile(file string, err error) error {
	if e, ok := err.(*Error); ok { //nolint:errorlint // what call returns is not wrapped
		return &FileError{File: file, Err: e}
	}
	return err
}

// withObject is call for functions that take an object beside the Ctx.
func withObject(c *Ctx, op string, o pointer, f func(*C.SSL_CTX) *C.gossl_err) error {
	if o.ptr() == nil {
		return ErrClosed
	}
	err := c.call(op, f)
	runtime.KeepAlive(o)
	return err
}

// cLen is len(b) for functions that take an int.
func cLen(b []byte) (C.int, error) {
	if len(b) > math.MaxInt32 {
		return 0, fmt.Errorf("ossl: %d bytes are more than OpenSSL takes at once", len(b))
	}
	return C.int(len(b)), nil
}
