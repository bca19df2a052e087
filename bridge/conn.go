package bridge

import (
	"bytes"
	"context"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/sslsock/sslsock/ossl"
)

// Conn is a TLS connection over a socket: a net.Conn. Goroutines that must
// wait are parked by Go's runtime; the socket's descriptor is only used while
// the runtime guards it against close and reuse.
//
// All methods may be called from any goroutine at any time: one may read,
// another write and a third close. Reads are serialized among themselves, and
// so are writes. Read and Write do the handshake first if nobody has.
//
// The Conn owns its SSL and its socket; Close frees both. A Conn that is
// dropped without Close leaks until the garbage collector comes by, and counts
// as a leak in ossl.Live.
type Conn struct {
	nc     net.Conn
	raw    syscall.RawConn
	client bool

	established atomic.Bool // state is set, and does not change any more
	closed      atomic.Bool
	state       ossl.ConnectionState

	// Locks are taken in this order: in.mu and out.mu (the second of the two
	// only by TryLock); then hs.mu; then the descriptor, by raw; then mu.
	hs, in, out half

	ask      *asker          // nil without hooks
	asking   context.Context // of the handshake that is under way; guarded by hs.mu
	behind   *consultation   // a hook that still runs, though nobody waits; likewise
	deadline readDeadline

	// Guarded by out.mu.
	owed []byte // what libssl holds of a Write that timed out, until it is sent
	shut bool   // CloseWrite has begun

	// mu guards the SSL, for one crossing at a time and never while parked.
	mu    sync.Mutex
	ssl   *ossl.SSL
	trace func(op string, w ossl.Want, err error)
	fault error // fatal to both directions: no operation may follow
	lost  error // the socket has failed: no close_notify may follow
	said  bool  // close_notify is sent

	early    *earlyData // nil unless there is some; guarded by hs.mu
	indirect *indirect  // in the place of raw, where there is no descriptor; else nil

	worker *worker // of a handshake that needs one
	paused bool    // a job is, there
}

// Server makes a Conn that is the server's side of TLS on nc, which must be a
// stream socket (else ErrNotSocket), and which the Conn owns from then on;
// where Server returns an error nc stays the caller's. Nothing is sent or
// awaited yet.
func Server(nc net.Conn, ctx *ossl.Ctx) (*Conn, error) {
	raw, fd, err := socketOf(nc)
	if err != nil {
		return nil, err
	}
	ssl, err := ctx.NewServerSSL(fd, connMode)
	if err != nil {
		return nil, err
	}
	c := newConn(nc, raw, ssl, false)
	c.hook(ctx, false)
	return c, nil
}

// Client is Server for the client's side. A nil opts is the zero
// ClientOptions, which only suits a Ctx that verifies nothing.
func Client(nc net.Conn, ctx *ossl.Ctx, opts *ClientOptions) (*Conn, error) {
	raw, fd, err := socketOf(nc)
	if err != nil {
		return nil, err
	}
	ssl, err := clientSSL(ctx, opts)
	if err != nil {
		return nil, err
	}
	if err := ssl.SetFd(fd); err != nil {
		ssl.Close()
		return nil, err
	}
	ssl.SetMode(connMode)
	c := newConn(nc, raw, ssl, true)
	c.hook(ctx, opts != nil && opts.InsecureSkipVerify)
	if opts != nil && len(opts.EarlyData) > 0 {
		allowed := opts.givenEarly()
		c.early = &earlyData{allowed: allowed, left: allowed - len(opts.EarlyData), owed: [][]byte{bytes.Clone(opts.EarlyData)}}
	}
	return c, nil
}

// connMode is what the bookkeeping of unfinished writes relies on: see writeStep.
const connMode = ossl.ModeEnablePartialWrite

func newConn(nc net.Conn, raw syscall.RawConn, ssl *ossl.SSL, client bool) *Conn {
	c := &Conn{nc: nc, raw: raw, client: client, ssl: ssl}
	c.in.init(c, &c.out, ossl.WantRead, (*Conn).readStep)
	c.out.init(c, &c.in, ossl.WantWrite, (*Conn).writeStep)
	first := ossl.WantRead
	if client {
		first = ossl.WantWrite
	}
	c.hs.init(c, nil, first, (*Conn).handshakeStep)
	return c
}

// socketOf is the descriptor of nc, for libssl to remember; it is used only
// within calls of the RawConn.
func socketOf(nc net.Conn) (syscall.RawConn, int, error) {
	sc, ok := nc.(syscall.Conn)
	if !ok {
		return nil, -1, ErrNotSocket
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return nil, -1, err
	}
	_, stream := nc.(*net.TCPConn)
	socket := -1
	if err := raw.Control(func(fd uintptr) {
		socket = int(fd)
		stream = stream || isStream(socket)
	}); err != nil {
		return nil, -1, err
	}
	if !stream {
		return nil, -1, ErrNotSocket
	}
	return raw, socket, nil
}

func isStream(fd int) bool {
	kind, err := syscall.GetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_TYPE)
	return err == nil && kind == syscall.SOCK_STREAM
}

// NetConn is the connection beneath. Reading or writing it breaks TLS, and
// closing it leaves Close to be called all the same.
func (c *Conn) NetConn() net.Conn { return c.nc }

// LocalAddr is the socket's own address.
func (c *Conn) LocalAddr() net.Addr { return c.nc.LocalAddr() }

// RemoteAddr is the peer's address.
func (c *Conn) RemoteAddr() net.Addr { return c.nc.RemoteAddr() }

// SetDeadline sets both deadlines; the zero time is none.
func (c *Conn) SetDeadline(t time.Time) error {
	return errors.Join(c.SetReadDeadline(t), c.SetWriteDeadline(t))
}

// SetReadDeadline ends whatever waits to read at t, with
// os.ErrDeadlineExceeded. Reading may go on when a later one is set.
func (c *Conn) SetReadDeadline(t time.Time) error { return c.deadline.set(c.nc, t) }

// SetWriteDeadline ends whatever waits to write at t, with
// os.ErrDeadlineExceeded. Writing may go on when a later one is set: see Write.
func (c *Conn) SetWriteDeadline(t time.Time) error { return c.nc.SetWriteDeadline(t) }

// ConnectionState is what the handshake negotiated, as it stood at its end; it
// is zero before. It does not enter C, and works after Close too. The slices in
// it are shared: do not change them.
func (c *Conn) ConnectionState() ossl.ConnectionState {
	if !c.established.Load() {
		return ossl.ConnectionState{}
	}
	return c.state
}

// Session is the session to offer to the same server next time
// (ClientOptions.Session); the caller closes it. Under TLS 1.3 the server's
// ticket comes after the handshake: ask after the first Read that brought data,
// and see ossl.Session.IsResumable.
func (c *Conn) Session() (*ossl.Session, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s, err := c.ssl.Get1Session()
	if err != nil {
		return nil, c.opError("session", err)
	}
	return s, nil
}

// CustomExts are the extensions of ossl.Ctx.AddCustomExt's that the peer has
// sent so far.
func (c *Conn) CustomExts() []ossl.CustomExt {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ssl.CustomExts()
}

// SetTrace has f called after each step of the handshake and of the shutdown,
// with the C function ("SSL_connect", "SSL_accept", "SSL_shutdown") and what it
// came to. f runs in the middle of things, and must neither wait nor call
// methods of c. Set it before the handshake.
func (c *Conn) SetTrace(f func(op string, w ossl.Want, err error)) {
	c.mu.Lock()
	c.trace = f
	c.mu.Unlock()
}

// opError wraps err for the caller. Close has the last word over what an
// operation came to that it interrupted.
func (c *Conn) opError(op string, err error) error {
	if c.closed.Load() || err == ossl.ErrClosed { //nolint:errorlint // comes unwrapped
		err = net.ErrClosed
	}
	return opError(op, c.nc, err)
}
