package bridge

import (
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/sslsock/sslsock/ossl"
)

var (
	errNoCertificate = errors.New("a server needs at least one certificate")
	errClientCAs     = errors.New("ClientAuth asks for client certificates, and nothing says which to trust: set ClientCAs (System: true for the system's trust)")
	errClientAuth    = errors.New("ClientCAs is set but ClientAuth asks for no certificate: set RequestClientCert or RequireClientCert")
)

// NewServerCtx makes a Ctx for servers, which the caller closes; it may be
// closed while connections that were made from it go on. What cannot work is a
// *ConfigError.
func (c *Config) NewServerCtx() (*ossl.Ctx, error) {
	if c == nil {
		c = new(Config)
	}
	names, err := c.serverNames()
	if err != nil {
		return nil, err
	}
	ctx, err := c.newCtx(ossl.TLSServerMethod(), (*Config).setServer)
	if err != nil || len(names) == 0 {
		return ctx, err
	}
	if err := c.setServerNames(ctx, names); err != nil {
		ctx.Close()
		return nil, err
	}
	return ctx, nil
}

// NewClientCtx makes a Ctx for clients, which the caller closes; it may be
// closed while connections that were made from it go on. What cannot work is a
// *ConfigError. A nil Config is the zero Config.
//
// ServerName is no part of a Ctx: it is for who dials.
func (c *Config) NewClientCtx() (*ossl.Ctx, error) {
	if c == nil {
		c = new(Config)
	}
	return c.newCtx(ossl.TLSClientMethod(), (*Config).setClient)
}

func (c *Config) newCtx(m ossl.Method, role func(*Config, *ossl.Ctx) error) (*ossl.Ctx, error) {
	ctx, err := ossl.NewCtxEx(c.LibCtx, c.Properties, m)
	switch {
	case err == nil:
	case c.Properties != "" && !errors.Is(err, ossl.ErrClosed):
		return nil, &ConfigError{Field: "Properties", Value: c.Properties, Err: err}
	case c.LibCtx != nil:
		return nil, &ConfigError{Field: "LibCtx", Err: err}
	default:
		return nil, err
	}
	for _, set := range []func(*Config, *ossl.Ctx) error{
		(*Config).setVersions, (*Config).setAlgorithms, (*Config).setCertificates, role, (*Config).setOptions, (*Config).setHooks,
	} {
		if err := set(c, ctx); err != nil {
			ctx.Close()
			return nil, err
		}
	}
	return ctx, nil
}

// setVersions leaves a range alone that openssl.cnf has made narrower.
func (c *Config) setVersions(ctx *ossl.Ctx) error {
	lowest := c.MinVersion
	if lowest == 0 {
		lowest = max(ossl.TLS1_2Version, ctx.GetMinProtoVersion())
	}
	if err := ctx.SetMinProtoVersion(lowest); err != nil {
		return &ConfigError{Field: "MinVersion", Value: versionText(lowest), Err: err}
	}
	if c.MaxVersion != 0 {
		if err := ctx.SetMaxProtoVersion(c.MaxVersion); err != nil {
			return &ConfigError{Field: "MaxVersion", Value: versionText(c.MaxVersion), Err: err}
		}
	}
	lowest = ctx.GetMinProtoVersion()
	if highest := ctx.GetMaxProtoVersion(); highest != 0 && lowest > highest {
		field := "MaxVersion"
		if c.MaxVersion == 0 {
			field = "MinVersion"
		}
		return &ConfigError{Field: field, Err: fmt.Errorf("no version is left: the oldest allowed is %s, the newest %s", versionText(lowest), versionText(highest))}
	}
	return nil
}

func versionText(v int) string {
	switch v {
	case ossl.SSL3Version:
		return "SSL 3.0"
	case ossl.TLS1Version:
		return "TLS 1.0"
	case ossl.TLS1_1Version:
		return "TLS 1.1"
	case ossl.TLS1_2Version:
		return "TLS 1.2"
	case ossl.TLS1_3Version:
		return "TLS 1.3"
	default:
		return fmt.Sprintf("%#x", v)
	}
}

func (c *Config) setAlgorithms(ctx *ossl.Ctx) error {
	for _, l := range []struct {
		field, value string
		set          func(string) error
	}{
		{"CipherList", c.CipherList, ctx.SetCipherList},
		{"Ciphersuites", c.Ciphersuites, ctx.SetCiphersuites},
		{"Groups", c.Groups, ctx.Set1GroupsList},
		{"SigAlgs", c.SigAlgs, ctx.Set1SigalgsList},
	} {
		if l.value == "" {
			continue
		}
		if err := l.set(l.value); err != nil {
			return &ConfigError{Field: l.field, Value: l.value, Err: err}
		}
	}
	return nil
}

func (c *Config) setClient(ctx *ossl.Ctx) error {
	if len(c.ALPN) > 0 {
		if err := ctx.SetAlpnProtos(c.ALPN...); err != nil {
			return c.alpnError(err)
		}
	}
	if c.InsecureSkipVerify {
		ctx.SetVerify(ossl.VerifyNone)
		return nil
	}
	ctx.SetVerify(ossl.VerifyPeer)
	if c.VerifyDepth != 0 {
		ctx.SetVerifyDepth(c.VerifyDepth)
	}
	roots := c.RootCAs
	if roots.isZero() {
		roots.System = true
	}
	return roots.install(ctx, "RootCAs")
}

func (c *Config) setServer(ctx *ossl.Ctx) error {
	if len(c.Certificates) == 0 && (c.Hooks == nil || c.Hooks.Certificate == nil && c.Hooks.PSK == nil) {
		return &ConfigError{Field: "Certificates", Err: errNoCertificate}
	}
	if len(c.ALPN) > 0 {
		if err := ctx.SetAlpnSelect(c.ALPN...); err != nil {
			return c.alpnError(err)
		}
	}
	if err := c.setClientAuth(ctx); err != nil {
		return err
	}
	if c.SessionTicketsDisabled {
		ctx.SetOptions(ossl.OpNoTicket)
	}
	if err := ctx.SetNumTickets(c.tickets()); err != nil {
		return &ConfigError{Field: "NumTickets", Err: err}
	}
	if c.DHAuto {
		if err := ctx.SetDHAuto(1); err != nil {
			return &ConfigError{Field: "DHAuto", Err: err}
		}
	}
	if err := c.setEarlyData(ctx); err != nil {
		return err
	}
	id := c.SessionIDContext
	if len(id) == 0 {
		id = c.derivedID()
		if h := c.Hooks; h != nil && (h.VerifyPeer != nil || h.PSK != nil) {
			_, _ = rand.Read(id) // who is let in cannot be told from the Config
		}
	}
	if err := ctx.SetSessionIDContext(id); err != nil {
		return &ConfigError{Field: "SessionIDContext", Value: string(id), Err: err}
	}
	return nil
}

// tickets is 0 with tickets disabled, or libssl would send TLS 1.3 tickets
// that point into a cache that is off.
func (c *Config) tickets() int {
	switch {
	case c.SessionTicketsDisabled || c.NumTickets < 0:
		return 0
	case c.NumTickets == 0:
		return 1
	default:
		return c.NumTickets
	}
}

func (c *Config) setClientAuth(ctx *ossl.Ctx) error {
	switch {
	case c.ClientAuth < NoClientCert || c.ClientAuth > RequireClientCert:
		return &ConfigError{Field: "ClientAuth", Err: fmt.Errorf("%d is none of its values", c.ClientAuth)}
	case c.ClientAuth == NoClientCert && !c.ClientCAs.isZero():
		return &ConfigError{Field: "ClientAuth", Err: errClientAuth}
	case c.ClientAuth == NoClientCert:
		return nil
	case c.ClientCAs.isZero():
		return &ConfigError{Field: "ClientCAs", Err: errClientCAs}
	}
	ctx.SetVerify(c.ClientAuth.verifyMode())
	if c.VerifyDepth != 0 {
		ctx.SetVerifyDepth(c.VerifyDepth)
	}
	if err := c.ClientCAs.install(ctx, "ClientCAs"); err != nil {
		return err
	}
	return c.ClientCAs.sendNames(ctx, "ClientCAs")
}

func (c *Config) setOptions(ctx *ossl.Ctx) error {
	ctx.SetMode(ossl.ModeReleaseBuffers | ossl.ModeEnablePartialWrite)
	ctx.SetReadAhead(true)
	ctx.SetSessionCacheMode(c.sessionCache())
	ctx.SetOptions(ossl.OpNoCompression)
	if c.AllowRenegotiation {
		ctx.ClearOptions(ossl.OpNoRenegotiation)
		ctx.SetOptions(ossl.OpAllowClientRenegotiation)
	} else {
		ctx.SetOptions(ossl.OpNoRenegotiation)
	}
	ctx.SetOptions(c.Options)
	ctx.ClearOptions(c.ClearOptions)
	return nil
}

// setHooks is last, because a session store decides about tickets and cache.
func (c *Config) setHooks(ctx *ossl.Ctx) error {
	set := &hookSet{Hooks: c.Hooks}
	set.signers = c.hasSigner()
	for _, named := range c.ServerNames {
		set.signers = set.signers || named != nil && named.hasSigner()
	}
	if c.Hooks == nil && !set.signers {
		return nil
	}
	if c.Hooks == nil {
		set.Hooks = new(Hooks)
	}
	set.insecure = c.InsecureSkipVerify && set.VerifyPeer != nil
	if set.insecure {
		ctx.SetVerify(ossl.VerifyPeer) // or what the hook says would not count
	}
	if err := set.install(ctx); err != nil {
		return &ConfigError{Field: "Hooks", Err: err}
	}
	return nil
}

func (c *Config) hasSigner() bool {
	return slices.ContainsFunc(c.Certificates, func(cert Certificate) bool { return cert.Signer != nil })
}

func (c *Config) alpnError(err error) error {
	return &ConfigError{Field: "ALPN", Value: strings.Join(c.ALPN, ","), Err: err}
}

// derivedID tells servers apart whose sessions must not be resumed on one
// another. Restarts and copies of a server have the same, so that sessions
// last as long as the ticket keys do. The Ctx is made by now, so the files are
// there.
func (c *Config) derivedID() []byte {
	h := sha256.New()
	for _, cert := range c.Certificates {
		chain, _ := readPEM(cert.CertFile, cert.CertPEM)
		fmt.Fprintf(h, "%q", chain)
	}
	cas, _ := readPEM(c.ClientCAs.File, c.ClientCAs.PEM)
	fmt.Fprintf(h, "%d %q %q %q %t %d ", c.ClientAuth, cas, c.ClientCAs.PEM, c.ClientCAs.Dir, c.ClientCAs.System, c.VerifyDepth)
	fmt.Fprintf(h, "%d %d %q %q %q %q %q", c.MinVersion, c.MaxVersion, c.CipherList, c.Ciphersuites, c.Groups, c.SigAlgs, c.ALPN)
	return h.Sum(nil)
}
