package suite

import (
	"context"
	"errors"

	"github.com/sslsock/sslsock/bridge"
	"github.com/sslsock/sslsock/ossl"
)

// What OpenSSL's own runner does in callbacks is done by hooks here.

const (
	unrecognizedName = 112 // RFC 6066, section 3
	// X509_V_ERR_APPLICATION_VERIFICATION
	verifyApplication ossl.VerifyResult = 50
	tls13                               = ossl.TLS1_3Version
)

// Stapled responses are as short as DER has them, a status alone, which 3.6 wants to
// be able to read: what is looked at is how they travel.
const (
	goodStaple = "\x30\x03\x0a\x01\x06"
	badStaple  = "\x30\x03\x0a\x01\x01"
)

var (
	errName   = errors.New("no server has this name")
	errStaple = errors.New("the stapled response is not the good one")
)

func (l *link) serverHooks() *bridge.Hooks {
	h := l.hooks(l.server)
	o := l.test.opts.server
	if o.nameCallback != "" && !l.resumes {
		h.ClientHello = l.chooseServer
	}
	if o.alpn != nil && len(o.alpn) == 0 {
		h.ALPN = func(context.Context, *bridge.Handshake, []string) (string, error) { return "", bridge.ErrNoALPN }
	}
	if o.staple != "" {
		h.OCSP = func(context.Context, *bridge.Handshake, *bridge.KeyPair) ([]byte, error) {
			if o.staple == "GoodResponse" {
				return []byte(goodStaple), nil
			}
			return []byte(badStaple), nil
		}
	}
	return h
}

func (l *link) clientHooks() *bridge.Hooks {
	h := l.hooks(l.client)
	switch verify := l.clientOptions().verify; {
	case verify != "":
		h.VerifyPeer = func(_ context.Context, _ *bridge.Handshake, p *bridge.PeerCertificate) error {
			l.verified.Add(1)
			if verify == "RejectAll" {
				return verifyApplication
			}
			p.Accept()
			return nil
		}
	case l.test.opts.server.staple != "":
		h.VerifyPeer = func(_ context.Context, h *bridge.Handshake, p *bridge.PeerCertificate) error {
			if h.State.Version == tls13 && string(p.Staple) != goodStaple {
				return errStaple
			}
			return nil
		}
	}
	return h
}

// hooks are those that tell of one side.
func (l *link) hooks(s *side) *bridge.Hooks {
	return &bridge.Hooks{
		Event:  func(_ *bridge.Handshake, ev ossl.Event) { s.event(ev) },
		Events: []ossl.EventKind{ossl.EventAlert, ossl.EventInfo},
	}
}

// chooseServer is the server's answer to a name. OpenSSL's callbacks of the
// kind ClientHello do not take a ClientHello without any.
func (l *link) chooseServer(_ context.Context, h *bridge.Handshake) (*bridge.HelloAnswer, error) {
	var onHello, reject bool
	switch l.test.opts.server.nameCallback {
	case "RejectMismatch":
		reject = true
	case "ClientHelloIgnoreMismatch":
		onHello = true
	case "ClientHelloRejectMismatch", "ClientHelloNoV12":
		onHello, reject = true, true
	}
	name := h.ClientHello.ServerName
	switch {
	case name == "server2":
		l.chosen.Store(2)
		return &bridge.HelloAnswer{Ctx: l.ctx.server2}, nil
	case name == "" && onHello, name != "" && name != "server1" && reject:
		return nil, bridge.AlertError(unrecognizedName, errName)
	}
	l.chosen.Store(1)
	return &bridge.HelloAnswer{Ctx: l.ctx.narrow}, nil
}

// stapleOf is what a client of TLS 1.2 or DTLS looks at once the handshake is
// done: there the response comes after the chain that VerifyPeer is about.
func (l *link) stapleOf(s *ossl.SSL) error {
	if l.test.opts.server.staple != "" && s.Version() != tls13 && string(s.GetTlsextStatusOCSPResp()) != goodStaple {
		return errStaple
	}
	return nil
}
