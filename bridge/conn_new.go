package bridge

import (
	"net"
	"syscall"

	"github.com/sslsock/sslsock/ossl"
)

// NewConn makes a Conn of an SSL that the caller has made from ctx and given its
// role (SetConnectState, SetAcceptState) and its settings, for what Server and
// Client have no option for. The Conn owns nc and ssl from then on; on an error
// both stay the caller's.
//
// Unlike those two it takes any nc. libssl reads and writes the descriptor of
// one that is a *net.TCPConn or a *net.UnixConn itself; every other is used by
// its Read and Write, with the bytes passing through memory. A Write returns
// when nc has taken everything. What libssl has to say by itself, in answer to
// what was read, is written by a goroutine while there is any, and the next
// Write, CloseWrite or Close returns the error of it.
func NewConn(nc net.Conn, ctx *ossl.Ctx, ssl *ossl.SSL) (*Conn, error) {
	var raw syscall.RawConn
	var through *indirect
	switch nc.(type) {
	case *net.TCPConn, *net.UnixConn:
		r, fd, err := socketOf(nc)
		if err != nil {
			return nil, err
		}
		if err := ssl.SetFd(fd); err != nil {
			return nil, err
		}
		raw = r
	default:
		p, err := newIndirect(nc, ssl)
		if err != nil {
			return nil, err
		}
		raw, through = p, p
	}
	ssl.SetMode(connMode)
	c := newConn(nc, raw, ssl, !ssl.IsServer())
	if through != nil {
		through.c, c.indirect = c, through
	}
	c.hook(ctx, false)
	return c, nil
}
