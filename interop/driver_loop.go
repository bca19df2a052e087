package interop

import (
	"context"
	"fmt"
	"net"
	"syscall"

	"github.com/sslsock/sslsock/bridge"
	"github.com/sslsock/sslsock/ossl"
)

// DriverLoop is bridge.Loop, on epoll. Each end of a cell has a loop to itself.
var DriverLoop Driver = loopDriver{}

type loopDriver struct{}

// smallLoop saves memory: many cells run at once, with one connection each.
var smallLoop = &bridge.LoopConfig{RoundSize: 4}

func (loopDriver) Name() string { return "loop" }

func (loopDriver) Listen(e *End) (Listener, error) {
	l := &loopListener{end: e, accepted: make(chan *loopLink, 1), gone: make(chan struct{})}
	var err error
	if l.loop, err = startLoop(); err != nil {
		return nil, err
	}
	if e.BeforeTLS != nil {
		l.plain, err = listenTCP()
	} else {
		l.ln, err = l.loop.Listen("tcp", "127.0.0.1:0", e.Ctx, l.accept)
	}
	if err != nil {
		_ = l.loop.Close()
		return nil, err
	}
	return l, nil
}

func (loopDriver) Dial(ctx context.Context, addr string, e *End, session *ossl.Session) (Link, error) {
	loop, err := startLoop()
	if err != nil {
		return nil, err
	}
	l := newLoopLink(loop, true)
	if e.BeforeTLS != nil {
		err = l.upgradeClient(ctx, addr, e, session)
	} else {
		err = loop.Dial("tcp", addr, e.Ctx, e.clientOptions(session), l)
	}
	if err == nil {
		err = l.shaken(ctx)
	}
	if err != nil {
		_ = l.Close()
		return nil, err
	}
	return l, nil
}

func startLoop() (*bridge.Loop, error) {
	loop, err := bridge.NewLoop(smallLoop)
	if err != nil {
		return nil, err
	}
	// An error of epoll itself ends the streams, whose handlers are told.
	go func() { _ = loop.Run() }()
	return loop, nil
}

type loopListener struct {
	end      *End
	loop     *bridge.Loop
	ln       *bridge.LoopListener
	plain    net.Listener // instead of ln, where another protocol comes first
	accepted chan *loopLink
	gone     chan struct{}
}

func (l *loopListener) accept(*bridge.Stream) bridge.Handler {
	link := newLoopLink(l.loop, false)
	select {
	case l.accepted <- link:
		if l.end.EarlyData {
			return earlyLoopLink{link}
		}
		return link
	default:
		return nil // a cell has one connection at a time
	}
}

func (l *loopListener) Addr() string {
	if l.plain != nil {
		return l.plain.Addr().String()
	}
	return l.ln.Addr().String()
}

func (l *loopListener) Accept(ctx context.Context) (Link, error) {
	var link *loopLink
	var err error
	if l.plain != nil {
		if link, err = l.upgrade(ctx); err != nil {
			return nil, err
		}
	} else {
		select {
		case link = <-l.accepted:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
	if err := link.shaken(ctx); err != nil {
		_ = link.Close()
		return nil, err
	}
	return link, nil
}

func (l *loopListener) Close() error {
	if l.plain != nil {
		_ = l.plain.Close()
	}
	return l.loop.Close()
}

// upgrade accepts a connection and puts it on the loop after the plain talk.
func (l *loopListener) upgrade(ctx context.Context) (*loopLink, error) {
	nc, err := acceptTCP(ctx, l.plain)
	if err != nil {
		return nil, err
	}
	defer nc.Close()
	if err := l.end.startTLS(ctx, nc); err != nil {
		return nil, err
	}
	link := newLoopLink(l.loop, false)
	ssl, err := l.end.Ctx.NewSSL()
	if err != nil {
		return nil, err
	}
	ssl.SetAcceptState()
	return link, link.add(nc, ssl)
}

func (l *loopLink) upgradeClient(ctx context.Context, addr string, e *End, session *ossl.Session) error {
	nc, err := dialTCP(ctx, addr)
	if err != nil {
		return err
	}
	defer nc.Close()
	if err := e.startTLS(ctx, nc); err != nil {
		return err
	}
	ssl, err := e.Ctx.NewSSL()
	if err != nil {
		return err
	}
	ssl.SetConnectState()
	err = ssl.SetTlsextHostName(e.serverName())
	if err == nil {
		err = ssl.Set1Host(e.serverName())
	}
	if err == nil && session != nil {
		err = ssl.SetSession(session)
	}
	if err != nil {
		ssl.Close()
		return err
	}
	return l.add(nc, ssl)
}

// add puts the socket of nc on the loop, by a descriptor of its own: nc is
// closed afterwards. Both belong to one open file, so it is non-blocking.
func (l *loopLink) add(nc net.Conn, ssl *ossl.SSL) error {
	fd := -1
	raw, err := nc.(*net.TCPConn).SyscallConn()
	if err == nil {
		var dupErr error
		err = raw.Control(func(old uintptr) { fd, dupErr = syscall.Dup(int(old)) })
		if err == nil {
			err = dupErr
		}
	}
	if err != nil {
		ssl.Close()
		return fmt.Errorf("dup: %w", err)
	}
	syscall.CloseOnExec(fd)
	if err := ssl.SetFd(fd); err != nil {
		ssl.Close()
		_ = syscall.Close(fd)
		return err
	}
	return l.loop.Add(fd, ssl, l)
}
