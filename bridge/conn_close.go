package bridge

import (
	"cmp"
	"fmt"
	"net"
	"syscall"
	"time"

	"github.com/sslsock/sslsock/ossl"
)

// closeTimeout is how long Close may wait for room for close_notify.
const closeTimeout = 5 * time.Second

var errShut = fmt.Errorf("close_notify has been sent: %w", syscall.EPIPE)

// Close closes the connection and frees its SSL; a second Close returns
// net.ErrClosed. Whoever waits in another method wakes up with net.ErrClosed.
//
// The peer is told by a close_notify. Where the socket is full, Close waits for
// room for it, five seconds at most, as crypto/tls does. It is left out when a
// Write is under way or has been given up in the middle, and the peer then sees
// the connection cut. Close does not wait for the peer's answer. Who must know
// that the peer has read all calls CloseWrite, and then reads to io.EOF. Over a
// net.Conn that is no socket (NewConn) it waits a quarter of a second at most.
func (c *Conn) Close() error {
	if c.closed.Swap(true) {
		return opError("close", c.nc, net.ErrClosed)
	}
	if c.takeLeave() && c.indirect != nil {
		c.indirect.leave()
	}
	// It returns when nobody is inside RawConn any more. The lock is for a
	// socket that somebody else has closed.
	err := c.nc.Close()
	c.mu.Lock()
	c.free()
	c.mu.Unlock()
	return err
}

// CloseWrite sends close_notify after all that has been written, and ends the
// writing side; reading goes on. It waits as Write does, and may be repeated
// after a deadline. The socket itself stays open in both directions.
func (c *Conn) CloseWrite() error {
	if err := c.begin("close"); err != nil {
		return err
	}
	h := &c.out
	h.mu.Lock()
	defer h.leave()
	if !c.shut {
		if err := c.settle("close"); err != nil {
			return err
		}
		c.shut = true
		h.final = c.opError("write", errShut)
	}
	h.step = (*Conn).shutdownStep
	err := c.drive(h)
	h.step = (*Conn).writeStep
	if err != nil {
		return c.opError("close", err)
	}
	return nil
}

// takeLeave sends what an earlier Write has left behind, as far as the socket
// takes it at once, and then close_notify. A Write under way is not disturbed: libssl
// may hold a record of it, and nothing else can be sent before that; then it
// returns false.
func (c *Conn) takeLeave() bool {
	h := &c.out
	if !c.established.Load() {
		return true
	}
	if !h.mu.TryLock() {
		return false
	}
	defer h.leave()
	full := false
	_ = c.raw.Control(func(uintptr) {
		c.mu.Lock()
		defer c.mu.Unlock()
		if len(c.owed) > 0 && c.fault == nil && c.lost == nil {
			h.buf, h.n = c.owed, 0
			c.writeStep()
			h.buf = nil
		}
		if !h.held {
			c.takeTickets()
			c.shutdownStep()
			full = h.want == ossl.WantWrite && c.indirect == nil
		}
	})
	if full {
		_ = c.nc.SetReadDeadline(longAgo) // who waits to read need not wait for this
		_ = c.nc.SetWriteDeadline(time.Now().Add(closeTimeout))
		h.step = (*Conn).shutdownStep
		_ = c.drive(h)
	}
	return true
}

// takeTickets reads the tickets that a TLS 1.3 server sends after the handshake,
// if they have come, and at most one byte besides. A socket that is closed with
// unread bytes resets the connection, and drops what it had still to send: a
// client that only writes would lose its last words.
func (c *Conn) takeTickets() {
	if c.client && c.fault == nil && c.lost == nil {
		var p [1]byte
		_, _, err := c.ssl.Read(p[:])
		c.note(err)
	}
}

// shutdownStep never runs while a handshake is under way, nor after a failure:
// SSL_shutdown(3). One call that wants nothing has sent close_notify; another
// would take the peer's, and whatever data is before it.
func (c *Conn) shutdownStep() {
	h := &c.out
	h.want, h.err = ossl.WantNothing, cmp.Or(c.fault, c.lost)
	if h.err != nil || c.said {
		return
	}
	_, h.want, h.err = c.ssl.Shutdown()
	c.note(h.err)
	c.said = h.want == ossl.WantNothing && h.err == nil
	if c.trace != nil {
		c.trace("SSL_shutdown", h.want, h.err)
	}
}
