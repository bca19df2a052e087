package ossl

// #include "shim_evp.h"
import "C"

// VerifyStep is one call of a verify callback: SSL_CTX_set_verify(3).
type VerifyStep struct {
	OK     bool         // nothing was wrong with Cert in this step
	Result VerifyResult // X509_STORE_CTX_get_error(3): while OK what was wrong before, if anything was
	Depth  int          // X509_STORE_CTX_get_error_depth(3)
	Cert   *X509        // X509_STORE_CTX_get_current_cert(3); the caller closes it; nil where there is none
}

// SetVerifyTrace has the SSLs made from c go on with the verification of a chain
// whatever is wrong with it, and remember each step: a verify callback that
// lets all pass where a Ctx asks for AskVerify too (SetSuspend), whose answer then
// decides. Without that a wrong step ends the verification as ever.
// A callback's calls can be made up for that way, in the same order and with the
// same arguments, until the first that refuses. SetVerify ends it.
func (c *Ctx) SetVerifyTrace() error {
	return c.call("SSL_CTX_set_verify", func(c *C.SSL_CTX) *C.gossl_err { return C.gossl_trace_ctx(c) })
}

// SetVerifyTrace is the same for one connection. SetVerify ends it.
func (s *SSL) SetVerifyTrace() error {
	return s.call("SSL_set_verify", func(s *C.SSL) *C.gossl_err { return C.gossl_trace_ssl(s) })
}

// TakeVerifySteps are the steps since it was called last. The caller closes
// their certificates.
func (s *SSL) TakeVerifySteps() (steps []VerifyStep) {
	return sslValue(s, func(s *C.SSL) []VerifyStep {
		first := C.gossl_trace_take(s)
		for step := first; step != nil; step = step.next {
			v := VerifyStep{OK: step.ok != 0, Result: VerifyResult(step.error), Depth: int(step.depth)}
			if step.cert != nil {
				v.Cert = newX509(step.cert)
				step.cert = nil // the reference is the X509's now
			}
			steps = append(steps, v)
		}
		C.gossl_trace_free(first)
		return steps
	})
}
