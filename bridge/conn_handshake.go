package bridge

import (
	"context"
	"errors"
	"net"
	"os"
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
func (c *Conn) HandshakeContext(ctx context.Context) error {
	switch {
	case c.established.Load() && !c.closed.Load():
		return nil
	case ctx.Done() != nil:
		return c.handshakeUntil(ctx)
	default:
		return c.handshake(ctx)
	}
}

// handshakeUntil is handshake, which ends with ctx.
func (c *Conn) handshakeUntil(ctx context.Context) (err error) {
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
	return c.handshake(ctx)
}

// handshake and what it calls until it parks have small frames: a goroutine
// starts with 2 KiB of stack, and keeps twice that for good once it has needed
// it. What needs more room has functions of its own, which are not on the stack
// while the goroutine waits or libssl works.
func (c *Conn) handshake(ctx context.Context) error {
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
	var err error
	if c.ask == nil {
		err = c.drive(h)
	} else {
		err = c.shakeHands(ctx)
	}
	if err == nil {
		err = c.establish()
	}
	if err != nil {
		err = c.handshakeFailed(err)
	}
	return err
}

func (c *Conn) handshakeFailed(err error) error {
	err = c.opError("handshake", err)
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		c.hs.final = err
	}
	return err
}

// establish keeps what has been negotiated, unless Close has freed that.
func (c *Conn) establish() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ssl.ReadConnectionState(&c.state)
	if !c.state.HandshakeComplete {
		return net.ErrClosed
	}
	c.established.Store(true)
	return nil
}

// shakeHands drives the handshake, and the hooks' part in it.
func (c *Conn) shakeHands(ctx context.Context) error {
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
	switch {
	case c.ask != nil && c.ask.jobs:
		h.want, h.err = c.stepElsewhere()
	case c.client:
		h.want, h.err = c.ssl.Connect()
	default:
		h.want, h.err = c.ssl.Accept()
	}
	c.told(h)
	if c.trace == nil {
		return
	}
	op := "SSL_accept"
	if c.client {
		op = "SSL_connect"
	}
	c.trace(op, h.want, h.err)
}
