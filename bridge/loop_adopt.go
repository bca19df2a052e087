package bridge

import (
	"net"

	"golang.org/x/sys/unix"

	"github.com/sslsock/sslsock/ossl"
)

// AddServer moves a connection of package net onto the loop, as the server's
// side of TLS: one on which another protocol came first (STARTTLS), or that was
// accepted elsewhere. It must be a stream socket, else the error is ErrNotSocket.
//
// The loop owns nc from then on, and closes it: it goes on with a second
// descriptor of the same socket, on which the deadlines of nc mean nothing. On
// an error nc stays the caller's. Nobody may be reading nc meanwhile, and what a
// bufio.Reader has read ahead of the handshake is lost to libssl.
func (l *Loop) AddServer(nc net.Conn, ctx *ossl.Ctx, h Handler) error {
	ssl, err := ctx.NewSSL()
	if err != nil {
		return err
	}
	ssl.SetAcceptState()
	return l.move(nc, ssl, h, false)
}

// AddClient is AddServer for the client's side. The server must have a
// certificate for opts.ServerName, as for Client.
func (l *Loop) AddClient(nc net.Conn, ctx *ossl.Ctx, opts *ClientOptions, h Handler) error {
	ssl, err := clientSSL(ctx, opts)
	if err != nil {
		return err
	}
	return l.move(nc, ssl, h, opts != nil && opts.InsecureSkipVerify)
}

// AddListener is Listen on a socket of package net's: a *net.TCPListener or a
// *net.UnixListener of a net.ListenConfig, or one that was inherited
// (net.FileListener), as from systemd. The loop accepts by a descriptor of its
// own. inner stays the caller's, who must not accept from it, and may close it
// at once; but closing a *net.UnixListener removes its path, unless
// SetUnlinkOnClose says otherwise.
func (l *Loop) AddListener(inner net.Listener, ctx *ossl.Ctx, accept func(*Stream) Handler) (*LoopListener, error) {
	return l.accepting(inner.Addr().Network(), ctx, accept, func(ln *LoopListener) error { return ln.adopt(inner) })
}

// move puts the socket of nc on the loop, and frees ssl where it cannot.
func (l *Loop) move(nc net.Conn, ssl *ossl.SSL, h Handler, insecure bool) error {
	_, _, err := socketOf(nc)
	fd := -1
	if err == nil {
		fd, err = dup(nc)
	}
	if err == nil {
		err = ssl.SetFd(fd)
	}
	if err != nil {
		ssl.Close()
		if fd >= 0 {
			unix.Close(fd)
		}
		return err
	}
	if err := l.add(fd, ssl, h, insecure); err != nil {
		return err
	}
	_ = nc.Close() // the loop's descriptor keeps the socket open
	return nil
}
