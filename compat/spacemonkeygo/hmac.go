package openssl

import (
	"fmt"

	"github.com/sslsock/sslsock/ossl"
)

// HMAC is a message authentication code at work. It has one user at a time.
type HMAC struct{ c *ossl.MACCtx }

// NewHMAC begins one with that key, which may be empty.
func NewHMAC(key []byte, digestAlgorithm EVP_MD) (*HMAC, error) {
	return NewHMACWithEngine(key, digestAlgorithm, nil)
}

// NewHMACWithEngine is NewHMAC with a digest of an engine; nil is none.
func NewHMACWithEngine(key []byte, digestAlgorithm EVP_MD, e *Engine) (*HMAC, error) {
	name, ok := digestNames[digestAlgorithm]
	if !ok {
		return nil, fmt.Errorf("openssl: hmac: no digest %d", digestAlgorithm)
	}
	c, err := ossl.NewHMAC(name, key, e.inner())
	if err != nil {
		return nil, digestError(name, err)
	}
	ossl.LeaveToGC(c)
	return &HMAC{c}, nil
}

// Close frees it, and wipes the key. Every method after it is an error.
func (h *HMAC) Close() {
	if h != nil {
		h.c.Close()
	}
}

func (h *HMAC) inner() *ossl.MACCtx {
	if h == nil {
		return nil
	}
	return h.c
}

// Write adds to what is authenticated.
func (h *HMAC) Write(data []byte) (n int, err error) {
	if err := h.inner().Update(data); err != nil {
		return 0, err
	}
	return len(data), nil
}

// Reset begins again with the same key.
func (h *HMAC) Reset() error { return h.inner().Reset() }

// Final is the code, and begins again.
func (h *HMAC) Final() (result []byte, err error) {
	if result, err = h.inner().Final(); err != nil {
		return nil, err
	}
	return result, h.Reset()
}
