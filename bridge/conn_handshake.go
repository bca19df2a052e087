package bridge

import (
	"context"
	"errors"
	"net"
	"os"

	"github.com/sslsock/sslsock/ossl"
)

// Handshake is HandshakeContext without a context.
func (c *Conn) Handshake() error { return c.HandshakeContext(context.Background()) }

// HandshakeContext does the handshake unless it is done, and returns once it
// is, whoever did it. Under TLS 1.3 a client's handshake is over before the
// server has looked at the client's certificate: a refusal comes with the first
// Read.
//
// A failure is for good, and every later call returns it. A deadline that passes
// is no failure: under a later one, the handshake goes on where it was. When ctx
// ends before the handshake does, the Conn is closed, as crypto/tls does, and
// the error is that of ctx. Once the handshake is done ctx means nothing.
func (c *Conn) HandshakeContext(ctx context.Context) (err error) {
	if c.established.Load() && !c.closed.Load() {
		return nil
	}
	if ctx.Done() != nil {
		interrupted := make(chan struct{})
		stop := context.AfterFunc(ctx, func() {
			defer close(interrupted)
			_ = c.Close()
		})
		defer func() {
			if !stop() {
				<-interrupted
				err = opError("handshake", c.nc, ctx.Err())
			}
		}()
	}
	h := &c.hs
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case c.closed.Load():
		return c.opError("handshake", net.ErrClosed)
	case c.established.Load():
		return nil
	case h.final != nil:
		return h.final
	}
	if c.early != nil {
		if err := c.endEarly(ctx); err != nil {
			return err
		}
	}
	err = c.shakeHands(ctx)
	if err == nil {
		c.established.Store(true)
		return nil
	}
	err = c.opError("handshake", err)
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		h.final = err
	}
	return err
}

// shakeHands drives the handshake, and the hooks' part in it.
func (c *Conn) shakeHands(ctx context.Context) error {
	if c.ask == nil {
		return c.drive(&c.hs)
	}
	c.asking = ctx
	if t, ok := c.ask.ahead(); ok && (c.early == nil || !c.early.begun) {
		if err := c.consult(t); err != nil {
			return err
		}
	}
	err := c.ask.because(c.drive(&c.hs))
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	needed, failed := c.ask.finished(c.ssl, err)
	if err == nil {
		err = failed
	}
	if err == nil && !needed {
		c.ask = nil
	}
	return err
}

func (c *Conn) handshakeStep() {
	h := &c.hs
	op := "SSL_accept"
	if c.client {
		op = "SSL_connect"
		h.want, h.err = c.steps(c.ssl.Connect)
	} else {
		h.want, h.err = c.steps(c.ssl.Accept)
	}
	c.told(h)
	if h.want == ossl.WantNothing && h.err == nil {
		c.state = c.ssl.ConnectionState()
	}
	if c.trace != nil {
		c.trace(op, h.want, h.err)
	}
}
