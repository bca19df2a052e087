package interop

import (
	"context"
	"errors"
	"io"
	"net"

	"github.com/sslsock/sslsock/bridge"
	"github.com/sslsock/sslsock/ossl"
)

// DriverConn is bridge.Conn, on Go's netpoller.
var DriverConn Driver = connDriver{}

type connDriver struct{}

func (connDriver) Name() string { return "conn" }

func (connDriver) Listen(e *End) (Listener, error) {
	ln, err := listenTCP()
	if err != nil {
		return nil, err
	}
	return &connListener{Listener: ln, end: e}, nil
}

func (connDriver) Dial(ctx context.Context, addr string, e *End, session *ossl.Session) (Link, error) {
	nc, err := dialTCP(ctx, addr)
	if err != nil {
		return nil, err
	}
	if err := e.startTLS(ctx, nc); err != nil {
		_ = nc.Close()
		return nil, err
	}
	c, err := bridge.Client(nc, e.Ctx, e.clientOptions(session))
	return shaken(ctx, nc, c, err)
}

type connListener struct {
	net.Listener
	end *End
}

func (l *connListener) Addr() string { return l.Listener.Addr().String() }

func (l *connListener) Accept(ctx context.Context) (Link, error) {
	nc, err := acceptTCP(ctx, l.Listener)
	if err != nil {
		return nil, err
	}
	if err := l.end.startTLS(ctx, nc); err != nil {
		_ = nc.Close()
		return nil, err
	}
	c, err := bridge.Server(nc, l.end.Ctx)
	if err == nil && l.end.EarlyData {
		return shakenEarly(ctx, c)
	}
	return shaken(ctx, nc, c, err)
}

// acceptTCP is Accept that ends with ctx; the listener is of no use after that.
func acceptTCP(ctx context.Context, ln net.Listener) (net.Conn, error) {
	stop := context.AfterFunc(ctx, func() { _ = ln.Close() })
	defer stop()
	nc, err := ln.Accept()
	if err != nil && ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return nc, err
}

// shaken is a Conn after its handshake. err is that of making it on nc.
func shaken(ctx context.Context, nc net.Conn, c *bridge.Conn, err error) (Link, error) {
	if err != nil {
		_ = nc.Close()
		return nil, err
	}
	if err := c.HandshakeContext(ctx); err != nil {
		_ = c.Close()
		return nil, err
	}
	return connLink{c}, nil
}

type connLink struct{ *bridge.Conn }

func (l connLink) State() ossl.ConnectionState { return l.ConnectionState() }

// Cut leaves Close nothing to send close_notify on.
func (l connLink) Cut() error {
	err := l.NetConn().Close()
	_ = l.Close() // complains of the socket that is gone
	return err
}

// shakenEarly is a server's Conn after early data and its handshake.
func shakenEarly(ctx context.Context, c *bridge.Conn) (Link, error) {
	stop := context.AfterFunc(ctx, func() { _ = c.Close() })
	early, buf := []byte(nil), make([]byte, 4<<10)
	var err error
	for n := 0; err == nil; early = append(early, buf[:n]...) {
		n, err = c.ReadEarlyData(buf)
	}
	stop()
	if errors.Is(err, io.EOF) {
		err = c.HandshakeContext(ctx)
	}
	if err != nil {
		_ = c.Close()
		return nil, err
	}
	return &earlyConnLink{connLink{c}, early, early}, nil
}

// EarlyData is part of EarlyLink: a client is sent none.
func (l connLink) EarlyData() []byte { return nil }

type earlyConnLink struct {
	connLink
	early, unread []byte
}

func (l *earlyConnLink) EarlyData() []byte { return l.early }

func (l *earlyConnLink) Read(p []byte) (int, error) {
	if len(l.unread) == 0 {
		return l.connLink.Read(p)
	}
	n := copy(p, l.unread)
	l.unread = l.unread[n:]
	return n, nil
}

func (l connLink) SSL(f func(*ossl.SSL) error) error { return l.WithSSL(f) }
