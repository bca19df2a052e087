package openssl

import (
	"errors"
	"net"
	"time"

	"github.com/sslsock/sslsock/bridge"
)

const (
	// leaveTime is how long Close may take to write close_notify.
	leaveTime = time.Second
	// lingerTime is how long a socket stays open after Close for the peer's
	// close_notify, and lingerMost how much of what comes before that is dropped.
	lingerTime = 500 * time.Millisecond
	lingerMost = 1 << 20
)

// Close sends close_notify and closes the connection. It does not wait for the
// peer's close_notify, but a socket is held open for half a second to take it:
// one that is closed with unread bytes in it takes back what it has still to
// send. Whoever waits in Read or Write wakes up. A second Close does nothing.
func (c *Conn) Close() error {
	if c.empty() {
		return errNoConn
	}
	if c.closed.Swap(true) {
		return nil
	}
	conn := c.end()
	if conn == nil {
		return c.conn.Close()
	}
	if !c.done.Load() || c.writing.Load() > 0 || !c.isSocket() {
		return conn.Close()
	}
	if !c.peerEnd.Load() {
		_ = c.conn.SetReadDeadline(time.Unix(1, 0)) // wakes who reads
	}
	_ = c.conn.SetWriteDeadline(time.Now().Add(leaveTime))
	err := conn.CloseWrite()
	if err != nil || c.peerEnd.Load() {
		return errors.Join(refused(err, c), conn.Close())
	}
	go linger(c.conn, conn)
	return nil
}

// end is the driver; without one the SSL is freed here.
func (c *Conn) end() *bridge.Conn {
	s := c.SSL
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shut = true
	if s.conn == nil && s.ssl != nil {
		s.ssl.Close()
		s.ssl = nil
	}
	return s.conn
}

// refused is nil where a peer that is gone did not take the answer to its own
// farewell.
func refused(err error, c *Conn) error {
	if c.peerEnd.Load() {
		return nil
	}
	return err
}

func (c *Conn) isSocket() bool {
	switch c.conn.(type) {
	case *net.TCPConn, *net.UnixConn:
		return true
	default:
		return false
	}
}

// linger takes what the peer has still to say.
func linger(nc net.Conn, conn *bridge.Conn) {
	defer conn.Close() //nolint:errcheck // nobody is left to tell
	_ = nc.SetReadDeadline(time.Now().Add(lingerTime))
	buf := make([]byte, 4<<10)
	for n := 0; n < lingerMost; {
		m, err := conn.Read(buf)
		if err != nil {
			return
		}
		n += m
	}
}
