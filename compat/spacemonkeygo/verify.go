package openssl

import (
	"context"
	"fmt"

	"github.com/sslsock/sslsock/bridge"
	"github.com/sslsock/sslsock/ossl"
)

// VerifyOptions says what is asked of the peer's certificate.
type VerifyOptions int

// The modes of verification. VerifyNone is the default, for clients too.
const (
	VerifyNone             VerifyOptions = VerifyOptions(ossl.VerifyNone)
	VerifyPeer             VerifyOptions = VerifyOptions(ossl.VerifyPeer)
	VerifyFailIfNoPeerCert VerifyOptions = VerifyOptions(ossl.VerifyFailIfNoPeerCert)
	VerifyClientOnce       VerifyOptions = VerifyOptions(ossl.VerifyClientOnce)
)

// VerifyCallback has the last word on each step of the verification of a chain:
// ok is what OpenSSL found, and what it returns is what counts. It is called on
// the goroutine that shakes hands. A panic fails the connection.
//
// It sees the steps when OpenSSL has made all of them. In order and arguments
// that is no difference, up to the first that it refuses, which is the last that
// it sees.
type VerifyCallback func(ok bool, store *CertificateStoreCtx) bool

// CertificateStoreCtx is one step of a verification.
type CertificateStoreCtx struct{ step ossl.VerifyStep }

// VerifyResult is what is wrong, or was in an earlier step; Ok for nothing.
func (s *CertificateStoreCtx) VerifyResult() VerifyResult {
	if s == nil {
		return Ok
	}
	return VerifyResult(s.step.Result)
}

// Err is VerifyResult as an error, nil for Ok.
func (s *CertificateStoreCtx) Err() error {
	if s.VerifyResult() == Ok {
		return nil
	}
	return fmt.Errorf("openssl: %w", s.step.Result)
}

// Depth is where in the chain it is, 0 for the peer's own certificate.
func (s *CertificateStoreCtx) Depth() int {
	if s == nil {
		return 0
	}
	return s.step.Depth
}

// GetCurrentCert is the certificate that the step is about; nil where there is
// none, and after the callback has returned.
func (s *CertificateStoreCtx) GetCurrentCert() *Certificate {
	if s == nil {
		return nil
	}
	x, err := s.step.Cert.UpRef()
	if err != nil {
		return nil
	}
	return newCert(x)
}

// SetVerify sets what is asked of the peer's certificate, and who has the last
// word; nil for OpenSSL itself.
func (c *Ctx) SetVerify(options VerifyOptions, verify_cb VerifyCallback) {
	if c == nil {
		return
	}
	c.mu.Lock()
	c.verifyCb = verify_cb
	c.mu.Unlock()
	c.ctx.SetVerify(ossl.VerifyMode(options))
	if verify_cb != nil {
		// Both fail on a closed Ctx only, which makes no connections.
		_ = c.install(hookVerify)
		_ = c.ctx.SetVerifyTrace()
	}
}

// SetVerifyMode sets what is asked of the peer's certificate.
func (c *Ctx) SetVerifyMode(options VerifyOptions) { c.SetVerify(options, c.GetVerifyCallback()) }

// SetVerifyCallback sets who has the last word.
func (c *Ctx) SetVerifyCallback(verify_cb VerifyCallback) { c.SetVerify(c.VerifyMode(), verify_cb) }

// GetVerifyCallback is who has the last word, nil for OpenSSL itself.
func (c *Ctx) GetVerifyCallback() VerifyCallback {
	if c == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.verifyCb
}

// VerifyMode is what is asked of the peer's certificate.
func (c *Ctx) VerifyMode() VerifyOptions { return VerifyOptions(c.inner().GetVerifyMode()) }

// SetVerifyDepth sets how many certificates may stand between the peer's and the
// root.
func (c *Ctx) SetVerifyDepth(depth int) { c.inner().SetVerifyDepth(depth) }

// GetVerifyDepth is what SetVerifyDepth set, -1 for OpenSSL's default.
func (c *Ctx) GetVerifyDepth() int { return c.inner().GetVerifyDepth() }

// verifyHook calls the callback for each step that OpenSSL has made.
func verifyHook(ctx context.Context, _ *bridge.Handshake, p *bridge.PeerCertificate) error {
	conn := connOf(ctx)
	if conn == nil {
		return errConnClosed
	}
	var steps []ossl.VerifyStep
	conn.use(func(s *ossl.SSL) { steps = s.TakeVerifySteps() })
	defer func() {
		for _, step := range steps {
			step.Cert.Close()
		}
	}()
	if len(steps) == 0 { // nothing to decide: what OpenSSL says stands
		return nil
	}
	callback := conn.effectiveVerify()
	last := ossl.VerifyOK
	for _, step := range steps {
		ok := step.OK
		if callback != nil {
			ok = callback(ok, &CertificateStoreCtx{step})
		}
		if !ok {
			if step.Result == ossl.VerifyOK {
				step.Result = verifyUnspecified
			}
			conn.verified(step.Result)
			return step.Result
		}
		last = step.Result
	}
	conn.verified(last)
	p.Accept()
	return nil
}

// verifyUnspecified is X509_V_ERR_UNSPECIFIED.
const verifyUnspecified ossl.VerifyResult = 1
