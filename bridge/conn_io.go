package bridge

import (
	"context"
	"errors"
	"io"
	"net"

	"github.com/sslsock/sslsock/ossl"
)

// maxRecord is what a TLS record holds at most: RFC 8446, section 5.1.
const maxRecord = 16 << 10

// Read reads decrypted bytes, and waits until there is at least one. It fills p
// from as many records as have come. The peer's close_notify is io.EOF; a
// connection cut without one is io.ErrUnexpectedEOF.
func (c *Conn) Read(p []byte) (int, error) {
	if err := c.begin("read"); err != nil || len(p) == 0 {
		return 0, err
	}
	return c.read(p)
}

func (c *Conn) read(p []byte) (int, error) {
	h := &c.in
	h.mu.Lock()
	defer h.leave()
	if h.final != nil {
		return 0, h.final
	}
	h.buf = p
	err := c.drive(h)
	h.buf = nil
	if h.err == nil && h.n > 0 {
		return h.n, nil
	}
	return c.endRead(err)
}

// endRead is what comes of a read that did not only bring bytes.
func (c *Conn) endRead(err error) (int, error) {
	h := &c.in
	if h.err != nil {
		h.final = c.readError(h.err)
	}
	switch {
	case h.n > 0:
		return h.n, nil
	case h.final != nil:
		return 0, h.final
	case err != nil:
		return 0, c.opError("read", err)
	default:
		return 0, nil
	}
}

func (c *Conn) readError(err error) error {
	switch {
	case c.closed.Load():
		return c.opError("read", net.ErrClosed)
	case err == io.EOF: //nolint:errorlint // io.Reader wants it unwrapped
		return err
	case err == io.ErrUnexpectedEOF: //nolint:errorlint // comes unwrapped
		err = errCut
	}
	return c.opError("read", err)
}

// readStep lets no want or error stand before bytes that have come with it.
func (c *Conn) readStep() {
	h := &c.in
	if c.fault != nil {
		h.want, h.err = ossl.WantNothing, c.fault
		return
	}
	h.n, h.want, h.err = c.ssl.Read(h.buf)
	c.told(h)
	if h.n == 0 && h.want == ossl.WantRead {
		h.drained = true
	}
	h.idle = h.n > 0 && (h.n < len(h.buf) || h.drained) && c.indirect == nil
	if h.n > 0 {
		h.want = ossl.WantNothing
	}
}

// Write encrypts p and sends it, and waits until the socket has taken all.
//
// When it ends early, at a deadline, n counts the record too that is then
// half sent: it is encrypted and cannot be taken back, so the Conn keeps it,
// and the next Write, CloseWrite or Close sends it first. A caller who goes on
// with p[n:] under a later deadline loses nothing and repeats nothing.
func (c *Conn) Write(p []byte) (int, error) {
	if err := c.begin("write"); err != nil || len(p) == 0 {
		return 0, err
	}
	return c.write(p)
}

func (c *Conn) write(p []byte) (int, error) {
	c.out.mu.Lock()
	defer c.out.leave()
	if err := c.settle("write"); err != nil {
		return 0, err
	}
	if c.indirect == nil {
		return c.send("write", p)
	}
	n := 0
	for {
		m, err := c.send("write", p[n:min(len(p), n+indirectChunk)])
		if n += m; err != nil || n == len(p) {
			return n, err
		}
	}
}

// settle sends what an earlier Write had to leave behind.
func (c *Conn) settle(op string) error {
	if c.out.final != nil {
		return c.out.final
	}
	if len(c.owed) == 0 {
		return nil
	}
	owed := c.owed
	c.owed = nil
	_, err := c.send(op, owed)
	return err
}

// send writes p, and keeps a copy of what libssl holds of it when it has to
// stop in the middle.
func (c *Conn) send(op string, p []byte) (int, error) {
	h := &c.out
	h.buf = p
	err := c.drive(h)
	h.buf = nil
	if err == nil {
		return h.n, nil
	}
	err = c.opError(op, err)
	if h.err != nil {
		h.final, h.held = err, false
		return h.n, err
	}
	if h.held {
		c.owed = append([]byte(nil), window(p[h.n:])...)
	}
	return h.n + len(c.owed), err
}

// writeStep writes as much as the socket takes. While libssl holds a record it
// offers one window of bytes only, until that is done: given more, libssl
// finishes the record, begins with the next, and when the socket is full again
// tells of neither, so that nobody would know how many bytes a Write that stops
// there leaves behind.
func (c *Conn) writeStep() {
	h := &c.out
	if c.fault != nil {
		h.want, h.err = ossl.WantNothing, c.fault
		return
	}
	for {
		q := h.buf[h.n:]
		if h.held {
			q = window(q)
		}
		n, w, err := c.ssl.Write(q)
		h.n += n
		h.want, h.err, h.held = w, err, w != ossl.WantNothing
		if h.held || err != nil || h.n == len(h.buf) {
			c.told(h)
			return
		}
	}
}

func window(p []byte) []byte { return p[:min(len(p), maxRecord)] }

// begin is what comes before reading and writing.
func (c *Conn) begin(op string) error {
	switch {
	case c.closed.Load():
		return c.opError(op, net.ErrClosed)
	case c.established.Load():
		return nil
	default:
		return c.handshake(context.Background())
	}
}

// note remembers what an error forbids: SSL_get_error(3). After a failure of
// the protocol nothing may follow. After one of the socket, which a reset peer
// causes, nothing is written any more, but what the peer said before stays to
// be read: often that is an alert, and the reason.
func (c *Conn) note(err error) {
	if err == nil {
		return
	}
	if err == io.ErrUnexpectedEOF { //nolint:errorlint // comes unwrapped
		c.fault = errCut
		return
	}
	var e *ossl.Error
	if !errors.As(err, &e) || e.Code == ossl.ErrorZeroReturn {
		return
	}
	if e.Code == ossl.ErrorSyscall {
		c.lost = err
	} else {
		c.fault = err
	}
}
