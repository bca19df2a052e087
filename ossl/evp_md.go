package ossl

// #include "shim_evp.h"
import "C"

import "unsafe"

// The functions of C are not named here, so that sslsock port goes on to send
// the digests, MACs and ciphers of a C program to Go's own packages.

// MDCtx is a digest at work. Package crypto has the usual ones; this is for
// digests of a provider or an engine, and for a FIPS policy to hold. It has one
// user at a time. The caller closes it.
type MDCtx struct{ object }

// NewMDCtx begins a digest; md is "SHA256" or another name of openssl-dgst(1).
// e may be nil.
func NewMDCtx(md string, e *Engine) (c *MDCtx, err error) {
	if err := CheckVersion(); err != nil {
		return nil, err
	}
	err = withEngine(e, func(e *C.gossl_engine) error {
		return with(md, func(md *C.char) error {
			var p *C.EVP_MD_CTX
			if err := failed("EVP_DigestInit_ex", C.gossl_md_new(md, e, &p)); err != nil {
				return err
			}
			c = new(MDCtx)
			c.open(unsafe.Pointer(p), kindMDCtx)
			return nil
		})
	})
	return c, err
}

// HasDigest says whether libcrypto knows the name of a digest, which does not
// mean that a provider has it.
func HasDigest(md string) bool {
	known := false
	_ = with(md, func(md *C.char) error { known = C.gossl_md_known(md) != 0; return nil })
	return known
}

// DigestUpdate adds to what is digested.
func (c *MDCtx) DigestUpdate(p []byte) error {
	return onObjects("EVP_DigestUpdate", func() *C.gossl_err { return C.gossl_md_update(c.c(), bytesPtr(p), C.size_t(len(p))) }, c)
}

// DigestFinal is the digest; only DigestReset may follow.
func (c *MDCtx) DigestFinal() ([]byte, error) {
	return bytesOf("EVP_DigestFinal_ex", func(out **C.uchar, n *C.int) *C.gossl_err { return C.gossl_md_final(c.c(), out, n) }, c)
}

// DigestReset begins again.
func (c *MDCtx) DigestReset() error {
	return onObjects("EVP_DigestInit_ex", func() *C.gossl_err { return C.gossl_md_reset(c.c()) }, c)
}

// Close frees it. A second Close does nothing.
func (c *MDCtx) Close() {
	if c != nil {
		c.close()
	}
}

func (c *MDCtx) c() *C.EVP_MD_CTX { return (*C.EVP_MD_CTX)(c.ptr()) }

func (c *MDCtx) ptr() unsafe.Pointer {
	if c == nil {
		return nil
	}
	return c.p
}

// withEngine lends NULL for nil.
func withEngine(e *Engine, f func(*C.gossl_engine) error) error {
	if e == nil {
		return f(nil)
	}
	return lend(e, func() error { return f(e.c()) })
}
