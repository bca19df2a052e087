package openssl

import (
	"context"
	"errors"

	"github.com/sslsock/sslsock/bridge"
	"github.com/sslsock/sslsock/ossl"
)

// SSLTLSExtErr is what a TLSExtServernameCallback returns.
type SSLTLSExtErr int

// The answers to a server name. All but the alert go on.
const (
	SSLTLSExtErrOK           SSLTLSExtErr = 0
	SSLTLSExtErrAlertWarning SSLTLSExtErr = 1
	SSLTLSEXTErrAlertFatal   SSLTLSExtErr = 2
	SSLTLSEXTErrNoAck        SSLTLSExtErr = 3
)

// TLSExtServernameCallback chooses what a server does for the name that a client
// asks for, which GetServername tells; "" for none. It is called on the
// goroutine that shakes hands, before anything is decided, and may change the
// Ctx (SetSSLCtx), the options and what is asked of the client's certificate. A
// panic fails the connection.
type TLSExtServernameCallback func(ssl *SSL) SSLTLSExtErr

// SetTLSExtServernameCallback sets it, for servers; nil for none.
func (c *Ctx) SetTLSExtServernameCallback(sni_cb TLSExtServernameCallback) {
	if c == nil {
		return
	}
	c.mu.Lock()
	c.sniCb = sni_cb
	c.mu.Unlock()
	if sni_cb != nil {
		_ = c.install(hookHello) // fails on a closed Ctx only, which makes no connections
	}
}

func (c *Ctx) callbacks() (TLSExtServernameCallback, *ticketKeys) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.sniCb, c.tickets
}

const alertUnrecognizedName = 112

var errNameRefused = errors.New("the callback refuses the server name")

// helloHook asks all that has to be asked while nothing is decided yet.
func helloHook(ctx context.Context, h *bridge.Handshake) (*bridge.HelloAnswer, error) {
	conn := connOf(ctx)
	if conn == nil {
		return nil, errConnClosed
	}
	callback, tickets := conn.ctx.callbacks()
	answer := new(bridge.HelloAnswer)
	if tickets != nil {
		none, err := tickets.prepare(conn.ctx.inner(), h.ClientHello)
		if err != nil {
			return nil, err
		}
		if none {
			answer.Apply = func(s *ossl.SSL) error { s.SetOptions(ossl.OpNoTicket); return nil }
		}
	}
	if callback == nil {
		return answer, nil
	}
	conn.beginSNI(h.ClientHello.ServerName)
	code := callback(conn.SSL)
	next, again := conn.endSNI()
	if code == SSLTLSEXTErrAlertFatal {
		return nil, bridge.AlertError(alertUnrecognizedName, errNameRefused)
	}
	if next == nil {
		return answer, nil
	}
	if next.inner().GetSSLMethod() == (ossl.Method{}) {
		return nil, ossl.ErrClosed
	}
	before := answer.Apply
	answer.Ctx = next.inner()
	answer.Apply = func(s *ossl.SSL) error {
		if before != nil {
			_ = before(s)
		}
		for _, f := range again { // what the callback has set outlives the change of Ctx
			f(s)
		}
		return nil
	}
	return answer, nil
}
