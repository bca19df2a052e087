package interop

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/sslsock/sslsock/bridge"
	"github.com/sslsock/sslsock/ossl"
)

// The pre-shared key of the rows that have one, as programs want it: its
// identity, and the key in hexadecimal.
const (
	PSKIdentity = "interop"
	PSKHex      = "6a4f5f3fb1c02e98d7716c2ba29a41cf0c11a1c5b3f4d2e19988776655443322"
)

// newEnd makes the configuration of the side under test; a lenient one takes the
// end of a connection for an orderly one, without close_notify. An error that is
// ErrUnsupported means that this OpenSSL does not have what the Setup wants.
func newEnd(s *Setup, certs *Certs, server, lenient bool, rec *recorder) (*End, error) {
	cfg := &bridge.Config{
		MinVersion: s.Version, MaxVersion: s.Version,
		Groups:             strings.Join(s.Groups, ":"),
		AllowRenegotiation: s.Renegotiation,
		Hooks:              &bridge.Hooks{Inline: true},
	}
	if lenient {
		cfg.Options = ossl.OpIgnoreUnexpectedEOF
	}
	setCipher(cfg, s)
	rec.watch(cfg.Hooks)
	if s.PSK {
		psk, err := preShared()
		if err != nil {
			return nil, err
		}
		cfg.Hooks.PSK = psk
	}
	newCtx := cfg.NewClientCtx
	var err error
	if server {
		newCtx, err = cfg.NewServerCtx, serverConfig(cfg, s, certs)
	} else {
		clientConfig(cfg, s, certs)
	}
	if err != nil {
		return nil, err
	}
	e := &End{Setup: s, Certs: certs, Config: cfg}
	if e.Ctx, err = newCtx(); err != nil {
		return nil, unknown(err)
	}
	if err := e.tune(server); err != nil {
		e.Ctx.Close()
		return nil, err
	}
	return e, nil
}

// unknown tells names that this OpenSSL does not know from what is wrong.
func unknown(err error) error {
	var ce *bridge.ConfigError
	if errors.As(err, &ce) && (ce.Field == "Groups" || ce.Field == "Ciphersuites" || ce.Field == "CipherList") {
		return fmt.Errorf("%s does not have %s: %w", ossl.OpenSSLVersion(), ce.Value, ErrUnsupported)
	}
	return err
}

func setCipher(cfg *bridge.Config, s *Setup) {
	cfg.CipherList = s.CipherList()
	if s.Version == ossl.TLS1_3Version {
		cfg.Ciphersuites = s.Cipher
	}
}

func serverConfig(cfg *bridge.Config, s *Setup, certs *Certs) error {
	pair := func(name string) bridge.Certificate {
		return bridge.Certificate{CertFile: certs.Cert(name), KeyFile: certs.Key(name)}
	}
	cfg.Groups = strings.Join(s.serverGroups(), ":")
	cfg.Certificates = []bridge.Certificate{pair(s.cert())}
	if s.SecondOf != "" {
		cfg.Certificates = append(cfg.Certificates, pair(s.SecondOf))
	}
	cfg.ALPN = s.ServerALPN
	switch s.ClientAuth {
	case ClientAuthWanted:
		cfg.ClientAuth = bridge.RequestClientCert
	case ClientAuthRequired:
		cfg.ClientAuth = bridge.RequireClientCert
	}
	if s.ClientAuth != "" {
		cfg.ClientCAs = bridge.Trust{File: certs.CA(TrustCA)}
	}
	if s.SecondName {
		second := *cfg
		second.Certificates = []bridge.Certificate{pair(CertSecond)}
		second.Groups, second.Ciphersuites = "", ""
		cfg.ServerNames = map[string]*bridge.Config{NameSecond: &second}
	}
	if s.EarlyData {
		cfg.MaxEarlyData = 16 << 10
	}
	if s.SessionIDs {
		cfg.Hooks.Sessions = bridge.NewMemorySessions(0)
		cfg.Options |= ossl.OpNoTicket
	}
	if !s.Staple {
		return nil
	}
	staple, err := os.ReadFile(certs.Staple(s.cert()))
	cfg.Hooks.OCSP = func(context.Context, *bridge.Handshake, *bridge.KeyPair) ([]byte, error) { return staple, nil }
	return err
}

func clientConfig(cfg *bridge.Config, s *Setup, certs *Certs) {
	trust := s.Trust
	if trust == "" {
		trust = TrustCA
	}
	cfg.RootCAs = bridge.Trust{File: certs.CA(trust)}
	cfg.ServerName = s.serverName()
	cfg.ALPN = s.ClientALPN
	if s.ClientCert != "" {
		cfg.Certificates = []bridge.Certificate{{CertFile: certs.Cert(s.ClientCert), KeyFile: certs.Key(s.ClientCert)}}
	}
}

// tune sets on the Ctx what bridge.Config has no field for.
func (e *End) tune(server bool) error {
	if e.RecordSize > 0 {
		if err := e.Ctx.SetMaxSendFragment(e.RecordSize); err != nil {
			return err
		}
	}
	if server {
		// libssl has no finite-field parameters of its own accord.
		if strings.HasPrefix(e.Cipher, "DHE-") {
			if err := e.Ctx.SetDHAuto(1); err != nil {
				return err
			}
		}
		if e.PostHandshake {
			e.Ctx.SetVerify(ossl.VerifyPeer | ossl.VerifyFailIfNoPeerCert | ossl.VerifyPostHandshakeAuth)
		}
		return nil
	}
	if e.Staple {
		if err := e.Ctx.SetTlsextStatusType(ossl.StatusTypeOCSP); err != nil {
			return err
		}
	}
	if e.PostHandshake {
		e.Ctx.SetPostHandshakeAuth(true)
	}
	return nil
}

// preShared is a PSK hook for both roles.
func preShared() (func(context.Context, *bridge.Handshake, []byte) (*bridge.PSK, error), error) {
	key, err := hex.DecodeString(PSKHex)
	if err != nil {
		return nil, err
	}
	return func(_ context.Context, _ *bridge.Handshake, identity []byte) (*bridge.PSK, error) {
		if len(identity) > 0 && string(identity) != PSKIdentity {
			return nil, nil
		}
		return &bridge.PSK{Identity: []byte(PSKIdentity), Key: key}, nil
	}, nil
}

// pattern is the data of a connection: lines of text that no program takes for a
// command, not the same from one record to the next.
func pattern(n int) []byte {
	text := make([]byte, 0, n+patternLine)
	for i := uint32(0); len(text) < n; i++ {
		sum := sha256.Sum256([]byte{byte(i >> 24), byte(i >> 16), byte(i >> 8), byte(i)})
		text = fmt.Appendf(text, "%x\n", sum[:patternLine/2])
	}
	text = text[:n]
	if n > 0 {
		text[n-1] = '\n'
	}
	return text
}

// patternLine is the length of a line, in hexadecimal digits.
const patternLine = 62
