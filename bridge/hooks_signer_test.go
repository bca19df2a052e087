package bridge

import (
	"context"
	"crypto"
	"crypto/tls"
	"errors"
	"io"
	"sync/atomic"
	"testing"

	"github.com/sslsock/sslsock/testdata"
)

// remoteSigner is a key that is elsewhere: do is what the way there is like.
type remoteSigner struct {
	crypto.Signer
	do   func(context.Context) error
	used atomic.Int32
}

func (s *remoteSigner) Sign(r io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	s.used.Add(1)
	if err := s.do(context.Background()); err != nil {
		return nil, err
	}
	return s.Signer.Sign(r, digest, opts)
}

func remote(t testing.TB, c testdata.Chain, do func(context.Context) error) *remoteSigner {
	t.Helper()
	pair, err := tls.LoadX509KeyPair(testdata.Path(c.Cert), testdata.Path(c.Key))
	must(t, err)
	return &remoteSigner{Signer: pair.PrivateKey.(crypto.Signer), do: do}
}

// TestSigner has the private key be elsewhere, as the Config's and as a hook's.
func TestSigner(t *testing.T) {
	for _, chain := range []testdata.Chain{testdata.RSA, testdata.ECDSA, testdata.P384, testdata.Ed25519} {
		for _, b := range behaviours {
			for _, hook := range []bool{false, true} {
				name := chain.Name + " " + b.name
				if hook {
					name += ", chosen by a hook"
				}
				t.Run(name, func(t *testing.T) {
					eachHooked(t, func(t *testing.T, h hooked) {
						signer := remote(t, chain, b.do)
						cert := Certificate{CertFile: testdata.Path(chain.Cert), Signer: signer}
						var hooks *Hooks
						certs := []Certificate{cert}
						if hook {
							pair, err := LoadKeyPair(cert)
							must(t, err)
							t.Cleanup(pair.Close)
							certs = nil
							hooks = &Hooks{Certificate: func(context.Context, *Handshake) (*KeyPair, error) { return pair, nil }}
						}
						s := h.serve(hooks, func(c *Config) { c.Certificates = certs })
						_, cerr := s.dial(h.client(func(c *tls.Config) { c.InsecureSkipVerify = true }))
						serr := s.outcome()
						if n := signer.used.Load(); n != 1 {
							t.Errorf("the signer was asked %d times", n)
						}
						if b.fails == "" {
							must(t, cerr)
							must(t, serr)
						} else {
							checkRefusal(t, "Signer", b.fails, cerr, serr)
						}
					})
				})
			}
		}
	}
}

// TestSignerConfig is about what cannot be.
func TestSignerConfig(t *testing.T) {
	for name, cert := range map[string]Certificate{
		"a key as well":       {CertFile: testdata.Path(testdata.ECDSA.Cert), KeyFile: testdata.Path(testdata.ECDSA.Key), Signer: remote(t, testdata.ECDSA, nil)},
		"of another chain":    {CertFile: testdata.Path(testdata.RSA.Cert), Signer: remote(t, testdata.ECDSA, nil)},
		"an unsupported kind": {CertFile: testdata.Path(testdata.RSA.Cert), Signer: oddSigner{}},
	} {
		_, err := (&Config{Certificates: []Certificate{cert}}).NewServerCtx()
		var ce *ConfigError
		if !errors.As(err, &ce) || ce.Field != "Certificates[0].Signer" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

type oddSigner struct{ crypto.Signer }

func (oddSigner) Public() crypto.PublicKey { return "a string" }
