package openssl

import (
	"context"
	"errors"

	"github.com/sslsock/sslsock/bridge"
)

// hookSet says which of a Ctx's callbacks the handshake has to ask.
type hookSet uint8

const (
	hookHello  hookSet = 1 << iota // SNI callback, ticket store
	hookVerify                     // verify callback
)

// The hooks must not refer to a Ctx: OpenSSL's object refers to them, and would
// never be collected. They learn the connection from the context of the
// handshake.
type connKey struct{}

func connOf(ctx context.Context) *Conn {
	c, _ := ctx.Value(connKey{}).(*Conn)
	return c
}

// install has the handshakes of c ask. What is installed stays; who does not
// need it any more answers as OpenSSL would.
func (c *Ctx) install(wanted hookSet) error {
	if c == nil {
		return errNoCtx
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.hooks&wanted == wanted {
		return nil
	}
	// Inline: as before, a callback runs on the goroutine that shakes hands.
	h := &bridge.Hooks{Inline: true}
	if wanted |= c.hooks; wanted&hookHello != 0 {
		h.ClientHello = helloHook
	}
	if wanted&hookVerify != 0 {
		h.VerifyPeer = verifyHook
	}
	if err := h.Install(c.ctx); err != nil {
		return err
	}
	c.hooks = wanted
	return nil
}

// plain is err without what only tells of this package's inside.
func plain(err error) error {
	var h *bridge.HookError
	if !errors.As(err, &h) {
		return err
	}
	return &callbackError{h}
}

// callbackError is a callback that has ended a handshake.
type callbackError struct{ hook *bridge.HookError }

func (e *callbackError) Error() string {
	what := "servername callback"
	if e.hook.Hook == "VerifyPeer" {
		what = "certificate verify failed"
	}
	return "openssl: " + what + ": " + e.hook.Err.Error()
}

// Unwrap is the hook's error.
func (e *callbackError) Unwrap() error { return e.hook }
