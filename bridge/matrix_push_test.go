package bridge

import (
	"errors"
	"io"
	"net"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/sslsock/sslsock/ossl"
)

// push is a transfer from a server of ours to one client, over a unix socket:
// data, and then close_notify. Such a socket holds little, and takes more only
// when the other side reads: a write that waits stays where it is.
type push struct {
	path  string
	heard chan heard // what the client says meanwhile
	ended chan error // the server's reason
}

type heard struct {
	text    string
	writing bool // when it came, a record was half sent
}

var pushers = []struct {
	name string
	push func(t testing.TB, p params, data []byte) *push
}{{"loop", pushLoop}, {"conn", pushConn}}

const smallSendBuffer = 16 << 10

func newPush(t testing.TB) *push {
	t.Helper()
	return &push{path: filepath.Join(t.TempDir(), "socket"), heard: make(chan heard, 1000), ended: make(chan error, 1)}
}

// next is what the client says next.
func (to *push) next(t testing.TB) heard {
	t.Helper()
	select {
	case h := <-to.heard:
		return h
	case err := <-to.ended:
		t.Fatalf("server: ended early with %v", err)
	case <-time.After(patience):
		t.Fatalf("server: heard nothing within %v", patience)
	}
	return heard{}
}

func pushLoop(t testing.TB, p params, data []byte) *push {
	t.Helper()
	ctx, err := p.server().NewServerCtx()
	must(t, err)
	defer ctx.Close()
	to := newPush(t)
	h := newHandler(t)
	to.ended = h.closed
	h.writable = func(s *Stream) {
		n, err := s.Write(data)
		data = data[n:]
		switch {
		case err == nil:
			s.CloseWrite()
		case !errors.Is(err, ErrQueueFull):
			t.Logf("write: %v", err) // Closed gets it too
		}
	}
	h.open = func(s *Stream) {
		if err := unix.SetsockoptInt(s.Fd(), unix.SOL_SOCKET, unix.SO_SNDBUF, smallSendBuffer); err != nil {
			t.Error(err)
		}
		h.writable(s)
	}
	h.data = func(s *Stream, b []byte) { to.heard <- heard{string(b), s.out.want == ossl.WantWrite} }
	_, err = startLoop(t, smallLoop).Listen("unix", to.path, ctx, func(*Stream) Handler { return h })
	must(t, err)
	return to
}

func pushConn(t testing.TB, p params, data []byte) *push {
	t.Helper()
	to := newPush(t)
	ln, err := Listen("unix", to.path, p.server())
	must(t, err)
	t.Cleanup(func() { _ = ln.Close() })
	go func() { to.ended <- to.accept(ln, data) }()
	return to
}

// accept writes on one goroutine and reads on another.
func (to *push) accept(ln net.Listener, data []byte) error {
	nc, err := ln.Accept()
	if err != nil {
		return err
	}
	c := nc.(*Conn)
	defer c.Close()
	if err := errors.Join(
		c.SetDeadline(time.Now().Add(patience)),
		c.NetConn().(*net.UnixConn).SetWriteBuffer(smallSendBuffer),
		c.Handshake(),
	); err != nil {
		return err
	}
	sent := result(func() error {
		if _, err := c.Write(data); err != nil {
			return err
		}
		return c.CloseWrite()
	})
	buf := make([]byte, maxRecord)
	for {
		n, err := c.Read(buf)
		if n > 0 {
			c.mu.Lock()
			writing := c.out.held
			c.mu.Unlock()
			to.heard <- heard{string(buf[:n]), writing}
		}
		switch {
		case errors.Is(err, io.EOF):
			if err := <-sent; err != nil {
				return err
			}
			return io.EOF
		case err != nil:
			_ = c.Close()
			<-sent
			return err
		}
	}
}
