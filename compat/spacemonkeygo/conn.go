package openssl

import (
	"context"
	"errors"
	"io"
	"net"
	"sync/atomic"

	"github.com/sslsock/sslsock/bridge"
	"github.com/sslsock/sslsock/ossl"
)

// SSLRecordSize is what a TLS record holds at most, in bytes.
const SSLRecordSize = 16 * 1024

// Conn is a TLS connection: a net.Conn. All methods may be called from any
// goroutine at any time.
type Conn struct {
	*SSL

	conn net.Conn
	ctx  *Ctx // that it was made from

	closed  atomic.Bool
	peerEnd atomic.Bool // the peer has said close_notify, or is gone
	writing atomic.Int32
	shake   context.Context
	started atomic.Pointer[bridge.Conn]
	done    atomic.Bool // the handshake
}

// Client makes conn the client's side of TLS, without a word yet. Who uses it
// instead of Dial sets the server's name (SetTlsExtHostName), and calls
// VerifyHostname after the handshake. A Ctx verifies nothing until SetVerifyMode
// says so, and trusts nobody until it is told whom.
//
// A *net.TCPConn and a *net.UnixConn are read and written by OpenSSL itself;
// every other conn by its Read and Write. It is the Conn's from then on.
func Client(conn net.Conn, ctx *Ctx) (*Conn, error) {
	return newConn(conn, ctx, (*ossl.SSL).SetConnectState)
}

// Server makes conn the server's side of TLS, likewise.
func Server(conn net.Conn, ctx *Ctx) (*Conn, error) {
	return newConn(conn, ctx, (*ossl.SSL).SetAcceptState)
}

func newConn(conn net.Conn, ctx *Ctx, role func(*ossl.SSL)) (*Conn, error) {
	switch {
	case ctx == nil:
		return nil, errNoCtx
	case conn == nil:
		return nil, errNoConn
	}
	ssl, err := ctx.inner().NewSSL()
	if err != nil {
		return nil, err
	}
	role(ssl)
	ossl.LeaveToGC(ssl)
	ctx.mu.Lock()
	traced := ctx.hooks&hookVerify != 0
	ctx.mu.Unlock()
	c := &Conn{SSL: &SSL{ssl: ssl, ctx: ctx, traced: traced}, conn: conn, ctx: ctx}
	c.shake = context.WithValue(context.Background(), connKey{}, c)
	return c, nil
}

// start hands the SSL to the driver, after which only the driver uses it.
func (c *Conn) start() (*bridge.Conn, error) {
	if b := c.started.Load(); b != nil {
		return b, nil
	}
	s := c.SSL
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.conn != nil:
		return s.conn, nil
	case s.ssl == nil:
		return nil, errConnClosed
	}
	b, err := bridge.NewConn(c.conn, s.ctx.inner(), s.ssl)
	if err != nil {
		return nil, err
	}
	s.conn, s.ssl = b, nil
	c.started.Store(b)
	return b, nil
}

// Handshake does the handshake, unless it is done. Read and Write do it by
// themselves. After Close it is io.ErrUnexpectedEOF.
func (c *Conn) Handshake() error {
	if c.empty() {
		return errNoConn
	}
	if c.closed.Load() {
		return io.ErrUnexpectedEOF
	}
	_, err := c.ready()
	if err != nil && c.closed.Load() {
		return io.ErrUnexpectedEOF
	}
	return err
}

// ready is the driver with the handshake done.
func (c *Conn) ready() (*bridge.Conn, error) {
	if c.done.Load() {
		return c.started.Load(), nil
	}
	b, err := c.start()
	if err != nil {
		return nil, err
	}
	if err := b.HandshakeContext(c.shake); err != nil {
		return nil, plain(err)
	}
	c.done.Store(true)
	return b, nil
}

// Read reads what has come, and waits until something has. When the peer has
// ended the connection, well or badly, it is closed here as well, and the error
// is io.EOF. After Close it is io.EOF.
func (c *Conn) Read(b []byte) (n int, err error) {
	if c.empty() {
		return 0, errNoConn
	}
	if len(b) == 0 {
		return 0, nil
	}
	if c.closed.Load() {
		return 0, io.EOF
	}
	conn, err := c.ready()
	if err == nil {
		n, err = conn.Read(b)
	}
	switch {
	case err == nil:
		return n, nil
	case c.closed.Load():
		return n, io.EOF
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		c.peerEnd.Store(true)
		_ = c.Close() // the caller learns of the end, not of its farewell
		return n, io.EOF
	default:
		return n, err
	}
}

// Write encrypts b and sends it, and waits until the connection has taken all of
// it.
func (c *Conn) Write(b []byte) (written int, err error) {
	if c.empty() {
		return 0, errNoConn
	}
	if len(b) == 0 {
		return 0, nil
	}
	c.writing.Add(1)
	defer c.writing.Add(-1)
	if c.closed.Load() {
		return 0, errConnClosed
	}
	conn, err := c.ready()
	if err != nil {
		return 0, err
	}
	written, err = conn.Write(b)
	if err != nil && c.closed.Load() {
		err = errConnClosed
	}
	return written, err
}
