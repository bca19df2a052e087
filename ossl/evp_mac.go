package ossl

// #include "shim_evp.h"
import "C"

import "unsafe"

// MACCtx is a message authentication code at work. It has one user at a time.
// The caller closes it.
type MACCtx struct{ object }

// NewHMAC begins an HMAC with the digest of that name. The key may be of any
// length; it stays the caller's. e may be nil, and otherwise is where the
// digest comes from.
func NewHMAC(md string, key []byte, e *Engine) (c *MACCtx, err error) {
	if err := CheckVersion(); err != nil {
		return nil, err
	}
	id := ""
	if e != nil {
		if id = e.GetID(); id == "" {
			return nil, ErrClosed
		}
	}
	err = with(md, func(md *C.char) error {
		return withOptional(id, func(id *C.char) error {
			return with("HMAC", func(mac *C.char) error {
				var p *C.EVP_MAC_CTX
				if err := failed("EVP_MAC_init", C.gossl_mac_new(mac, md, id, bytesPtr(key), C.size_t(len(key)), &p)); err != nil {
					return err
				}
				c = new(MACCtx)
				c.open(unsafe.Pointer(p), kindMACCtx)
				return nil
			})
		})
	})
	return c, err
}

// Update adds to what is authenticated.
func (c *MACCtx) Update(p []byte) error {
	return onObjects("EVP_MAC_update", func() *C.gossl_err { return C.gossl_mac_update(c.c(), bytesPtr(p), C.size_t(len(p))) }, c)
}

// Final is the code; only Reset may follow.
func (c *MACCtx) Final() ([]byte, error) {
	return bytesOf("EVP_MAC_final", func(out **C.uchar, n *C.int) *C.gossl_err { return C.gossl_mac_final(c.c(), out, n) }, c)
}

// Reset begins again with the same key.
func (c *MACCtx) Reset() error {
	return onObjects("EVP_MAC_init", func() *C.gossl_err { return C.gossl_mac_reset(c.c()) }, c)
}

// Close frees it, and wipes the key. A second Close does nothing.
func (c *MACCtx) Close() {
	if c != nil {
		c.close()
	}
}

func (c *MACCtx) c() *C.EVP_MAC_CTX { return (*C.EVP_MAC_CTX)(c.ptr()) }

func (c *MACCtx) ptr() unsafe.Pointer {
	if c == nil {
		return nil
	}
	return c.p
}
