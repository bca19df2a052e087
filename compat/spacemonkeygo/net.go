package openssl

import (
	"errors"
	"net"
	"time"
)

type listener struct {
	net.Listener
	ctx *Ctx
}

// Accept waits for a connection. The handshake comes with its first use, on the
// goroutine that uses it.
func (l *listener) Accept() (net.Conn, error) {
	nc, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	c, err := Server(nc, l.ctx)
	if err != nil {
		_ = nc.Close()
		return nil, err
	}
	return c, nil
}

// NewListener serves TLS on the connections of inner. Those of Accept are
// *Conn.
func NewListener(inner net.Listener, ctx *Ctx) net.Listener {
	return &listener{Listener: inner, ctx: ctx}
}

// Listen is net.Listen with NewListener.
func Listen(network, laddr string, ctx *Ctx) (net.Listener, error) {
	if ctx == nil {
		return nil, errNoCtx
	}
	l, err := net.Listen(network, laddr)
	if err != nil {
		return nil, err
	}
	return NewListener(l, ctx), nil
}

// DialFlags says what Dial leaves out.
type DialFlags int

// What Dial leaves out.
const (
	// InsecureSkipHostVerification takes a certificate of any name.
	InsecureSkipHostVerification DialFlags = 1 << iota
	// DisableSNI does not tell the server which host is meant.
	DisableSNI
)

// Dial connects to addr, shakes hands, and compares the names of the server's
// certificate with the host of addr. Whether the certificate is to be trusted is
// the Ctx's business: SetVerifyMode(VerifyPeer) and LoadVerifyLocations, without
// which every certificate will do. A nil ctx is a new one, which trusts nobody and
// verifies nothing.
func Dial(network, addr string, ctx *Ctx, flags DialFlags) (*Conn, error) {
	return DialSession(network, addr, ctx, flags, nil)
}

// DialTimeout is Dial with a time for the connection to come about; the handshake
// is not part of it.
func DialTimeout(network, addr string, timeout time.Duration, ctx *Ctx, flags DialFlags) (*Conn, error) {
	return dial(net.Dialer{Timeout: timeout}, network, addr, ctx, flags, nil)
}

// DialSession is Dial with a session from Conn.GetSession to resume; nil is
// none. Where the server does not take it, the handshake is a full one.
func DialSession(network, addr string, ctx *Ctx, flags DialFlags, session []byte) (*Conn, error) {
	return dial(net.Dialer{}, network, addr, ctx, flags, session)
}

func dial(d net.Dialer, network, addr string, ctx *Ctx, flags DialFlags, session []byte) (*Conn, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	if ctx == nil {
		if ctx, err = NewCtx(); err != nil {
			return nil, err
		}
		defer ctx.Close()
	}
	nc, err := d.Dial(network, addr)
	if err != nil {
		return nil, err
	}
	c, err := Client(nc, ctx)
	if err != nil {
		return nil, errors.Join(err, nc.Close())
	}
	if err := c.greet(host, flags, session); err != nil {
		_ = c.Close() // the reason is what counts
		return nil, err
	}
	return c, nil
}

// greet is what Dial does on a connection that has come about.
func (c *Conn) greet(host string, flags DialFlags, session []byte) error {
	if session != nil {
		if err := c.setSession(session); err != nil {
			return err
		}
	}
	// RFC 6066, section 3: an address is no host name.
	if flags&DisableSNI == 0 && host != "" && ipOf(host) == nil {
		if err := c.SetTlsExtHostName(host); err != nil {
			return err
		}
	}
	if err := c.Handshake(); err != nil {
		return err
	}
	if flags&InsecureSkipHostVerification != 0 {
		return nil
	}
	return c.VerifyHostname(host)
}
