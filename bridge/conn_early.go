package bridge

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"

	"github.com/sslsock/sslsock/ossl"
)

// earlyData is what a Conn has besides, once early data comes or goes. It is
// guarded by hs.mu.
type earlyData struct {
	begun bool // a step has been taken
	open  bool // servers: the client's first message has been answered
	ended bool // servers: ReadEarlyData has come to io.EOF

	allowed, left int // clients: by the session; left is 0 and allowed -1 once all is sent

	// owed is to be sent before anything else. What libssl has seen already it must
	// see again as it was: a piece by itself, of no bytes where it has them all in
	// its buffer.
	owed [][]byte
}

// ReadEarlyData reads what a client sends before the handshake is done, on a
// server whose Ctx has a Config.MaxEarlyData: SSL_read_early_data(3). Its end is
// io.EOF, which comes first where the client sends none, or libssl takes none;
// then Read and Write, or Handshake, do the rest of the handshake. Begin with it
// before any of those, or early data is refused, and the client sends it later.
//
// Early data may be somebody's who has recorded it: see Config.MaxEarlyData. The
// read deadline counts. The other methods for early data, and Handshake, wait for
// it as it waits for them.
func (c *Conn) ReadEarlyData(p []byte) (int, error) {
	h := &c.hs
	h.mu.Lock()
	defer h.mu.Unlock()
	switch err := c.mayEarly("read"); {
	case err != nil:
		return 0, err
	case c.client:
		return 0, c.opError("read", ErrNoEarlyData)
	case c.established.Load() || c.early != nil && c.early.ended:
		return 0, io.EOF
	}
	if c.early == nil {
		if !c.before() {
			return 0, c.opError("read", ErrNoEarlyData)
		}
		c.early = new(earlyData)
	}
	if err := c.sendOwed(context.Background()); err != nil || len(p) == 0 {
		return 0, err
	}
	h.buf = p
	if err := c.driveEarly(context.Background(), "read", ossl.WantRead, (*Conn).readEarlyStep); err != nil {
		return 0, err
	}
	c.early.open = true
	if c.early.ended {
		return 0, io.EOF
	}
	return h.n, nil
}

// WriteEarlyData sends p before the handshake is done: SSL_write_early_data(3).
// It waits as Write does, and its n means the same.
//
// On a client it is the first call of all, and may be repeated, until the
// handshake, Read or Write. It needs a ClientOptions.Session that allows early
// data, or it sends nothing and the error is ErrNoEarlyData; beyond what that
// allows it is ErrEarlyDataLimit. Whoever records it can send it again: send
// nothing that must not happen twice. Where EarlyDataStatus is EarlyDataRejected
// after the handshake, nothing of it has arrived, and the program has to Write it
// again.
//
// On a server it answers a client that has not finished its handshake yet, and
// so has not proved that it is not a replay, nor shown a certificate. It may be
// called between the first return of ReadEarlyData and the handshake.
func (c *Conn) WriteEarlyData(p []byte) (int, error) {
	h := &c.hs
	h.mu.Lock()
	defer h.mu.Unlock()
	if err := c.mayEarly("write"); err != nil {
		return 0, err
	}
	if c.early == nil && c.client && c.before() {
		allowed, err := c.startEarly()
		if err != nil {
			return 0, c.opError("write", err)
		}
		c.early = &earlyData{allowed: allowed, left: allowed}
	}
	if e := c.early; e == nil || c.established.Load() || c.client && e.allowed < 0 || !c.client && !e.open {
		return 0, c.opError("write", ErrNoEarlyData)
	}
	if err := c.sendOwed(context.Background()); err != nil {
		return 0, err
	}
	allowed := p
	if c.client {
		allowed = p[:min(len(p), c.early.left)]
		c.early.left -= len(allowed)
	}
	n, err := 0, error(nil)
	if len(allowed) > 0 {
		n, err = c.sendEarly(context.Background(), allowed)
	}
	if c.client {
		c.early.left += len(allowed) - n
	}
	if err == nil && n < len(p) {
		err = c.opError("write", ErrEarlyDataLimit)
	}
	return n, err
}

// EarlyDataStatus says what has become of early data: on a client
// EarlyDataRejected is what to send again. It is of interest after the handshake,
// and before Close.
func (c *Conn) EarlyDataStatus() ossl.EarlyDataStatus {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ssl.GetEarlyDataStatus()
}

func (c *Conn) mayEarly(op string) error {
	if c.closed.Load() {
		return c.opError(op, net.ErrClosed)
	}
	return c.hs.final
}

func (c *Conn) before() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ssl.InBefore()
}

func (c *Conn) startEarly() (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return startEarly(c.ssl, 0)
}

// endEarly is what has to happen before the handshake goes on.
func (c *Conn) endEarly(ctx context.Context) error {
	e := c.early
	if !c.client && e.begun && !e.ended {
		return c.opError("handshake", ErrEarlyDataUnread)
	}
	if err := c.sendOwed(ctx); err != nil || !c.client || e.allowed < 0 {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := restoreEarly(c.ssl, e.allowed); err != nil {
		return c.opError("handshake", err)
	}
	e.allowed, e.left = -1, 0
	return nil
}

// sendOwed sends what a deadline has held up, or ClientOptions.EarlyData.
func (c *Conn) sendOwed(ctx context.Context) error {
	e := c.early
	owed := e.owed
	e.owed = nil
	for i, p := range owed {
		n, err := c.sendEarly(ctx, p)
		if err == nil {
			continue
		}
		if n < len(p) {
			e.owed = append(e.owed, p[n:])
		}
		e.owed = append(e.owed, owed[i+1:]...)
		return err
	}
	return nil
}

// sendEarly sends p, a record at a time. What a deadline interrupts it keeps, and
// counts: libssl may hold a record of it, and wants the same bytes again.
func (c *Conn) sendEarly(ctx context.Context, p []byte) (n int, err error) {
	h := &c.hs
	for again := true; again; again = n < len(p) {
		h.buf = window(p[n:])
		size := len(h.buf)
		err = c.driveEarly(ctx, "write", ossl.WantWrite, (*Conn).writeEarlyStep)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			c.early.owed = [][]byte{bytes.Clone(p[n+h.n : n+size])}
			return n + size, err
		}
		if err != nil {
			return n, err
		}
		n += size
	}
	return n, nil
}

// driveEarly takes one operation on early data to its end, with the hooks' part
// in the handshake that it begins.
func (c *Conn) driveEarly(ctx context.Context, op string, way ossl.Want, step func(*Conn)) error {
	h := &c.hs
	usual, first := h.way, h.step
	h.way, h.step = way, step
	err := c.askedEarly(ctx)
	if err == nil {
		err = c.ask.because(c.drive(h))
	} else {
		h.n = 0
	}
	h.way, h.step, h.buf = usual, first, nil
	if err == nil {
		return nil
	}
	late := errors.Is(err, os.ErrDeadlineExceeded)
	if c.ask != nil && !late {
		c.mu.Lock()
		_, _ = c.ask.finished(c.ssl, err) // there is a better reason already
		c.mu.Unlock()
	}
	err = c.opError(op, err)
	if !late {
		h.final = err
	}
	return err
}

// askedEarly is what hooks are asked before the first step.
func (c *Conn) askedEarly(ctx context.Context) error {
	if c.ask == nil {
		c.early.begun = true
		return nil
	}
	c.asking = ctx
	if t, ok := c.ask.ahead(); ok && !c.early.begun {
		if err := c.consult(t); err != nil {
			return err
		}
	}
	c.early.begun = true
	return nil
}

func (c *Conn) readEarlyStep() {
	h := &c.hs
	h.want, h.err = c.earlySteps(func() (w ossl.Want, err error) {
		h.n, c.early.ended, w, err = c.ssl.ReadEarlyData(h.buf)
		return w, err
	})
	c.steppedEarly("SSL_read_early_data")
}

// writeEarlyStep calls once more without bytes where a server's are stuck.
func (c *Conn) writeEarlyStep() {
	h := &c.hs
	h.want, h.err = c.earlySteps(func() (w ossl.Want, err error) {
		for {
			var n int
			n, w, err = c.ssl.WriteEarlyData(h.buf[h.n:])
			if h.n += n; w != ossl.WantNothing || err != nil || h.n == len(h.buf) {
				return w, err
			}
		}
	})
	c.steppedEarly("SSL_write_early_data")
}

// earlySteps is steps, which takes a success for the end of the handshake.
func (c *Conn) earlySteps(step func() (ossl.Want, error)) (ossl.Want, error) {
	w, err := c.steps(step)
	if c.worker != nil {
		c.ssl.SetMode(ossl.ModeAsync)
	}
	return w, err
}

func (c *Conn) steppedEarly(op string) {
	h := &c.hs
	c.told(h)
	if c.trace != nil {
		c.trace(op, h.want, h.err)
	}
}
