package openssl

import (
	"errors"
	"fmt"
	"os"
	"sync"

	"github.com/sslsock/sslsock/ossl"
)

// Ctx is what many connections have in common. Configure it first, then share
// it: its setters must not run at the same time as anything else on it.
type Ctx struct {
	ctx *ossl.Ctx

	mu       sync.Mutex
	verifyCb VerifyCallback
	sniCb    TLSExtServernameCallback
	tickets  *ticketKeys
	hooks    hookSet // that are installed
}

// SSLVersion is a protocol version, or all of them.
type SSLVersion int

// The versions. TLSv1 and TLSv1_1 need SECLEVEL=0 as well (SetCipherList); SSLv3
// is in hardly any build of OpenSSL.
const (
	SSLv3      SSLVersion = 0x02
	TLSv1      SSLVersion = 0x03
	TLSv1_1    SSLVersion = 0x04
	TLSv1_2    SSLVersion = 0x05
	AnyVersion SSLVersion = 0x06
)

var errVersion = errors.New("unknown ssl/tls version")

// NewCtx makes a Ctx for any version of TLS that OpenSSL's configuration allows.
func NewCtx() (*Ctx, error) {
	c, err := NewCtxWithVersion(AnyVersion)
	if err == nil {
		c.SetOptions(NoSSLv2 | NoSSLv3)
	}
	return c, err
}

// NewCtxWithVersion makes a Ctx for one version.
func NewCtxWithVersion(version SSLVersion) (*Ctx, error) {
	methods := map[SSLVersion]func() ossl.Method{
		TLSv1: ossl.TLSv1Method, TLSv1_1: ossl.TLSv1_1Method, TLSv1_2: ossl.TLSv1_2Method, AnyVersion: ossl.TLSMethod,
	}
	method := methods[version]
	if method == nil {
		return nil, errVersion
	}
	ctx, err := ossl.NewCtx(method())
	if err != nil {
		return nil, err
	}
	ossl.LeaveToGC(ctx)
	// A header and its body in one read, as the original's own buffer did. One
	// ticket for a handshake of TLS 1.3, not two: each costs a server CPU.
	ctx.SetReadAhead(true)
	if err := ctx.SetNumTickets(1); err != nil {
		return nil, err
	}
	return &Ctx{ctx: ctx}, nil
}

// NewCtxFromFiles is NewCtx with a certificate, the rest of its chain behind it
// in the same file, and its key.
func NewCtxFromFiles(cert_file string, key_file string) (*Ctx, error) {
	ctx, err := NewCtx()
	if err != nil {
		return nil, err
	}
	if err := ctx.useFiles(cert_file, key_file); err != nil {
		ctx.Close()
		return nil, err
	}
	return ctx, nil
}

func (c *Ctx) useFiles(certFile, keyFile string) error {
	text, err := os.ReadFile(certFile)
	if err != nil {
		return err
	}
	blocks := SplitPEM(text)
	if len(blocks) == 0 {
		return fmt.Errorf("no PEM certificate found in '%s'", certFile)
	}
	for i, block := range blocks {
		cert, err := LoadCertificateFromPEM(block)
		if err != nil {
			return fmt.Errorf("%s: %w", certFile, err)
		}
		use := c.AddChainCertificate
		if i == 0 {
			use = c.UseCertificate
		}
		if err := use(cert); err != nil {
			return fmt.Errorf("%s: %w", certFile, err)
		}
	}
	text, err = os.ReadFile(keyFile)
	if err != nil {
		return err
	}
	key, err := LoadPrivateKeyFromPEM(text)
	if err != nil {
		return fmt.Errorf("%s: %w", keyFile, err)
	}
	if err := c.UsePrivateKey(key); err != nil {
		return fmt.Errorf("%s: %w", keyFile, err)
	}
	// One of another kind has found a place of its own.
	if err := c.ctx.CheckPrivateKey(); err != nil {
		return fmt.Errorf("%s does not belong to %s: %w", keyFile, certFile, err)
	}
	return nil
}

// Close frees the Ctx before the garbage collector would; connections whose
// handshake has begun keep what they need. Every other use after it is an error. The original has
// no such method.
func (c *Ctx) Close() {
	if c != nil {
		c.ctx.Close()
	}
}

// inner is nil for no Ctx.
func (c *Ctx) inner() *ossl.Ctx {
	if c == nil {
		return nil
	}
	return c.ctx
}

// UseCertificate sets the certificate to show. Set its key after it.
func (c *Ctx) UseCertificate(cert *Certificate) error {
	if cert == nil {
		return errNoCert
	}
	return c.inner().UseCertificate(cert.x)
}

// AddChainCertificate adds to what is sent behind the certificate.
func (c *Ctx) AddChainCertificate(cert *Certificate) error {
	if cert == nil {
		return errNoCert
	}
	return c.inner().AddExtraChainCert(cert.x)
}

// UsePrivateKey sets the key of the certificate. One that does not belong to it
// is an error.
func (c *Ctx) UsePrivateKey(key PrivateKey) error {
	k := pkeyOf(key)
	if k == nil {
		return errNoKey
	}
	return c.inner().UsePrivateKey(k)
}

// SetEllipticCurve sets the only group for key exchange.
func (c *Ctx) SetEllipticCurve(curve EllipticCurve) error {
	name, err := curve.name()
	if err != nil {
		return err
	}
	return c.inner().Set1GroupsList(name)
}

// SetCipherList sets the suites of TLS 1.2 and below, as openssl-ciphers(1) has
// them.
func (c *Ctx) SetCipherList(list string) error { return c.inner().SetCipherList(list) }

// SetNextProtos sets the protocols for ALPN, the best first: what a client
// offers, and what a server chooses from. A server that has none in common with
// the client goes on without. No protocols change nothing.
func (c *Ctx) SetNextProtos(protos []string) error {
	if len(protos) == 0 {
		return nil
	}
	if err := c.inner().SetAlpnProtos(protos...); err != nil {
		return fmt.Errorf("error while setting protos to ctx: %w", err)
	}
	return c.inner().SetAlpnSelect(protos...)
}
