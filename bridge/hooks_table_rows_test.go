package bridge

import (
	"context"
	"testing"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// tableHook is a row of TestHookTable. asked says whether it is asked at all; do
// is what it does before it answers.
type tableHook struct {
	name   string
	client bool
	hooks  func(t *testing.T, do func(context.Context) error) *Hooks
	asked  func(version int, resumed bool) bool
	key    bool // do is a private key's
	shrugs bool // its errors fail no handshake
}

func always(int, bool) bool               { return true }
func ifFull(_ int, resumed bool) bool     { return !resumed }
func byTicket13(v int, resumed bool) bool { return resumed && v == ossl.TLS1_3Version }

// byID is for a client of crypto/tls: it makes an id up for TLS 1.2.
func byID(v int, resumed bool) bool { return resumed || v == ossl.TLS1_2Version }

var tableHooks = []tableHook{
	{name: "ClientHello", asked: always, hooks: func(_ *testing.T, do func(context.Context) error) *Hooks {
		return &Hooks{ClientHello: func(ctx context.Context, _ *Handshake) (*HelloAnswer, error) { return nil, do(ctx) }}
	}},
	{name: "ALPN", asked: always, hooks: func(_ *testing.T, do func(context.Context) error) *Hooks {
		return &Hooks{ALPN: func(ctx context.Context, _ *Handshake, offered []string) (string, error) { return offered[0], do(ctx) }}
	}},
	{name: "Certificate", asked: ifFull, hooks: func(_ *testing.T, do func(context.Context) error) *Hooks {
		return &Hooks{Certificate: func(ctx context.Context, _ *Handshake) (*KeyPair, error) { return nil, do(ctx) }}
	}},
	{name: "OCSP", asked: ifFull, hooks: func(_ *testing.T, do func(context.Context) error) *Hooks {
		return &Hooks{OCSP: func(ctx context.Context, _ *Handshake, _ *KeyPair) ([]byte, error) { return nil, do(ctx) }}
	}},
	{name: "VerifyPeer", asked: ifFull, hooks: func(_ *testing.T, do func(context.Context) error) *Hooks {
		return &Hooks{VerifyPeer: func(ctx context.Context, _ *Handshake, _ *PeerCertificate) error { return do(ctx) }}
	}},
	{name: "PSK", asked: byTicket13, hooks: func(_ *testing.T, do func(context.Context) error) *Hooks {
		return &Hooks{PSK: func(ctx context.Context, _ *Handshake, _ []byte) (*PSK, error) { return nil, do(ctx) }}
	}},
	{name: "Sessions", asked: byID, shrugs: true, hooks: func(_ *testing.T, do func(context.Context) error) *Hooks {
		memory := NewMemorySessions(0)
		return &Hooks{Sessions: storeFuncs{memory, func(ctx context.Context, id []byte) ([]byte, error) {
			if err := do(ctx); err != nil {
				return nil, err
			}
			return memory.Get(ctx, id)
		}}}
	}},
	{name: "Signer", asked: ifFull, key: true, hooks: func(*testing.T, func(context.Context) error) *Hooks { return nil }},
	{name: "Certificate", client: true, asked: ifFull, hooks: func(t *testing.T, do func(context.Context) error) *Hooks {
		pair := keyPair(t, testdata.Client.ECDSA)
		return &Hooks{Certificate: func(ctx context.Context, _ *Handshake) (*KeyPair, error) { return pair, do(ctx) }}
	}},
	{name: "VerifyPeer", client: true, asked: ifFull, hooks: func(_ *testing.T, do func(context.Context) error) *Hooks {
		return &Hooks{VerifyPeer: func(ctx context.Context, _ *Handshake, _ *PeerCertificate) error { return do(ctx) }}
	}},
	{name: "PSK", client: true, asked: always, hooks: func(_ *testing.T, do func(context.Context) error) *Hooks {
		return &Hooks{PSK: func(ctx context.Context, _ *Handshake, _ []byte) (*PSK, error) { return nil, do(ctx) }}
	}},
	{name: "Signer", client: true, asked: ifFull, key: true, hooks: func(*testing.T, func(context.Context) error) *Hooks { return nil }},
}
