package ossl

// #include "shim_more.h"
import "C"

// Get0Param is how peers are verified: SSL_CTX_get0_param(3). Unlike in C it is
// a copy, which the caller closes: what is changed in it counts after
// Set1Param.
func (c *Ctx) Get0Param() (*VerifyParam, error) {
	var p *C.X509_VERIFY_PARAM
	err := c.call("SSL_CTX_get0_param", func(c *C.SSL_CTX) *C.gossl_err { crossing(); return C.gossl_ctx_get_param(c, &p) })
	if err != nil {
		return nil, err
	}
	return newVerifyParam(p), nil
}

// Set1Param changes how peers are verified, in what p has set:
// SSL_CTX_set1_param(3). p remains the caller's.
func (c *Ctx) Set1Param(p *VerifyParam) error {
	return withObject(c, "SSL_CTX_set1_param", p, func(c *C.SSL_CTX) *C.gossl_err { crossing(); return C.gossl_ctx_set1_param(c, p.c()) })
}

// Get0Param is Ctx.Get0Param for one connection: SSL_get0_param(3).
func (s *SSL) Get0Param() (*VerifyParam, error) {
	var p *C.X509_VERIFY_PARAM
	err := s.call("SSL_get0_param", func(s *C.SSL) *C.gossl_err { crossing(); return C.gossl_get_param(s, &p) })
	if err != nil {
		return nil, err
	}
	return newVerifyParam(p), nil
}

// Set1Param is Ctx.Set1Param for one connection: SSL_set1_param(3).
func (s *SSL) Set1Param(p *VerifyParam) error {
	return lend(p, func() error {
		return s.call("SSL_set1_param", func(s *C.SSL) *C.gossl_err { crossing(); return C.gossl_set1_param(s, p.c()) })
	})
}
