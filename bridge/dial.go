package bridge

import (
	"context"
	"net"
	"sync"
	"time"

	"github.com/sslsock/sslsock/ossl"
)

// Dialer makes client connections. Its fields must not be changed once it is
// used; its methods may be called from any goroutine. The zero Dialer verifies
// servers against the system's trust.
type Dialer struct {
	// NetDialer connects: where a name has many addresses, as it does (RFC 8305,
	// "happy eyeballs"). Its Timeout and Deadline bound the handshake too. nil
	// is the zero net.Dialer.
	NetDialer *net.Dialer

	// Config says how to be a client. A Ctx is made from it once, at the first
	// dial, and freed by Close.
	Config *Config

	// Ctx is used instead of one made from Config; of Config then only
	// ServerName and InsecureSkipVerify count. It remains the caller's.
	Ctx *ossl.Ctx

	// Session, if it is not nil, is offered to every server dialled. It remains
	// the caller's.
	Session *ossl.Session

	mu     sync.RWMutex // held for reading while a connection is made
	made   *ossl.Ctx
	closed bool
}

// DialContext connects to a "tcp", "tcp4", "tcp6" or "unix" address and does the
// handshake, both before ctx ends. What it returns is a *Conn. Errors are a
// *ConfigError or a *net.OpError.
//
// The server must have a certificate for Config.ServerName or, where that is
// "", for the host of address. A unix address has none, so there ServerName
// must be set.
func (d *Dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	c, err := d.dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return c, nil
}

// Dial is DialContext without a context.
func (d *Dialer) Dial(network, address string) (net.Conn, error) {
	return d.DialContext(context.Background(), network, address)
}

// Close frees the Ctx that was made from Config. Connections go on; further
// dials return net.ErrClosed.
func (d *Dialer) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.made != nil {
		d.made.Close()
	}
	d.made, d.closed = nil, true
	return nil
}

// Dial connects to address and does the handshake, as a Dialer with cfg does.
// It makes a Ctx for this one connection: to make more, use a Dialer.
func Dial(network, address string, cfg *Config) (*Conn, error) {
	d := Dialer{Config: cfg}
	defer d.Close()
	return d.dial(context.Background(), network, address)
}

func (d *Dialer) dial(ctx context.Context, network, address string) (*Conn, error) {
	if err := checkNetwork("dial", network); err != nil {
		return nil, err
	}
	// A Config that cannot work shall not disturb a server first.
	if err := d.prepare(); err != nil {
		return nil, err
	}
	netDialer := d.NetDialer
	if netDialer == nil {
		netDialer = new(net.Dialer)
	}
	if until := deadlineOf(netDialer); !until.IsZero() {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, until)
		defer cancel()
	}
	nc, err := netDialer.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	c, err := d.wrap(nc, network, address)
	if err != nil {
		_ = nc.Close()
		return nil, err
	}
	if err := c.HandshakeContext(ctx); err != nil {
		_ = c.Close()
		return nil, err
	}
	return c, nil
}

func (d *Dialer) prepare() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.closed:
		return &net.OpError{Op: "dial", Err: net.ErrClosed}
	case d.Ctx != nil || d.made != nil:
		return nil
	}
	var err error
	d.made, err = d.Config.NewClientCtx()
	return err
}

func (d *Dialer) wrap(nc net.Conn, network, address string) (*Conn, error) {
	opts := ClientOptions{ServerName: serverNameOf(network, address), Session: d.Session}
	if d.Config != nil {
		opts.InsecureSkipVerify = d.Config.InsecureSkipVerify
		if d.Config.ServerName != "" {
			opts.ServerName = d.Config.ServerName
		}
	}
	d.mu.RLock()
	defer d.mu.RUnlock()
	if d.closed {
		return nil, opError("dial", nc, net.ErrClosed)
	}
	ctx := d.Ctx
	if ctx == nil {
		ctx = d.made
	}
	c, err := Client(nc, ctx, &opts)
	if err == nil {
		return c, nil
	}
	if bad, ok := err.(*ConfigError); ok { //nolint:errorlint // made here, unwrapped
		return nil, bad
	}
	return nil, opError("dial", nc, err)
}

// deadlineOf is when a dial and its handshake must be over; zero is never.
func deadlineOf(d *net.Dialer) time.Time {
	until := d.Deadline
	if d.Timeout > 0 {
		if t := time.Now().Add(d.Timeout); until.IsZero() || t.Before(until) {
			until = t
		}
	}
	return until
}
