package main

import (
	"context"
	"errors"
	"io"
	"net"
	"runtime"

	"github.com/sslsock/sslsock/bridge"
	"github.com/sslsock/sslsock/ossl"
)

// runLoops serves from as many loops as were asked for, until ctx ends.
func (srv *server) runLoops(ctx context.Context, stdout io.Writer) error {
	tls, err := srv.cfg.NewServerCtx()
	if err != nil {
		return err
	}
	defer tls.Close()
	// While a processor is idle, the runtime does not take a loop's away during
	// its long calls into C.
	runtime.GOMAXPROCS(max(srv.flags.loops+1, runtime.GOMAXPROCS(0)))
	loops := make([]*bridge.Loop, 0, srv.flags.loops)
	defer func() {
		for _, l := range loops {
			l.Close()
		}
	}()
	addr := srv.flags.addr
	for range srv.flags.loops {
		l, err := bridge.NewLoop(srv.loopConfig())
		if err != nil {
			return err
		}
		loops = append(loops, l)
		ln, err := srv.listen(l, addr, tls)
		if err != nil {
			return listenError(srv.flags.addr, err)
		}
		// With port 0 the first loop finds the port that the others share.
		addr = ln.Addr().String()
		if len(loops) == srv.flags.loops {
			srv.ready(stdout, ln.Addr())
		}
	}
	return srv.runAll(ctx, loops)
}

func (srv *server) loopConfig() *bridge.LoopConfig {
	f := srv.flags
	return &bridge.LoopConfig{
		HandshakeTimeout: noneIsNegative(f.handshake),
		IdleTimeout:      f.idle,
		WriteTimeout:     f.write,
		CloseTimeout:     f.graceful,
		OnError:          func(err error) { srv.log.Warn("loop", "error", oneLine(err)) },
	}
}

func (srv *server) listen(l *bridge.Loop, addr string, tls *ossl.Ctx) (*bridge.LoopListener, error) {
	if srv.flags.loops > 1 {
		return l.ListenReusePort("tcp", addr, tls, srv.handler)
	}
	return l.Listen("tcp", addr, tls, srv.handler)
}

// runAll runs the loops until ctx ends, or one of them fails.
func (srv *server) runAll(ctx context.Context, loops []*bridge.Loop) error {
	ended := make(chan error, len(loops))
	for _, l := range loops {
		go func() { ended <- l.Run() }()
	}
	var first error
	running := len(loops)
	select {
	case <-ctx.Done():
	case first = <-ended:
		running--
	}
	limit, cancel := context.WithTimeout(context.Background(), srv.flags.graceful)
	defer cancel()
	for _, l := range loops {
		// What is left after the limit is closed at once, which is no error.
		go func() { _ = l.Shutdown(limit) }()
	}
	for ; running > 0; running-- {
		first = errors.Join(first, <-ended)
	}
	return first
}

// handler makes the handler of a connection.
func (srv *server) handler(*bridge.Stream) bridge.Handler {
	base := loopConn{srv: srv}
	switch srv.do {
	case doSink:
		return &base
	case doSource:
		return &sourceConn{loopConn: base}
	case doWWW:
		return newWWWConn(base)
	default:
		return &echoConn{loopConn: base}
	}
}

// loopConn is what all connections have in common, and drops what it is sent:
// it is the sink.
type loopConn struct {
	srv  *server
	out  outbox
	open bool
}

func (c *loopConn) HandshakeDone(s *bridge.Stream) {
	c.open = true
	st := s.ConnectionState()
	c.srv.opened(s.RemoteAddr(), st.VersionName, st.CipherName, st.ALPN, st.Resumed)
}

func (c *loopConn) Data(*bridge.Stream, []byte) {}

func (c *loopConn) Writable(s *bridge.Stream) { c.out.flush(s) }

func (c *loopConn) Closed(s *bridge.Stream, err error) {
	c.open = false
	if errors.Is(err, io.EOF) || errors.Is(err, net.ErrClosed) {
		err = nil
	}
	c.srv.ended(s.RemoteAddr(), err)
}

// echoConn sends back what it gets, to the last byte: the peer's close_notify
// ends its own side only.
type echoConn struct{ loopConn }

func (c *echoConn) Data(s *bridge.Stream, p []byte) { c.out.send(s, p) }
func (c *echoConn) EOF(s *bridge.Stream)            { c.out.finish(s) }

// outbox sends in order. While the stream's queue is full it keeps the rest,
// and has the stream stop reading: what the peer sends then waits at the peer.
type outbox struct {
	rest []byte
	last bool // close when all is out
}

func (o *outbox) send(s *bridge.Stream, p []byte) {
	if len(o.rest) > 0 {
		o.rest = append(o.rest, p...)
		return
	}
	n, err := s.Write(p)
	if errors.Is(err, bridge.ErrQueueFull) {
		o.rest = append(o.rest, p[n:]...)
		s.PauseReading()
	}
	// Any other error is the stream's end, and comes to Closed as well.
}

// flush is for Writable.
func (o *outbox) flush(s *bridge.Stream) {
	if len(o.rest) > 0 {
		n, err := s.Write(o.rest)
		o.rest = o.rest[n:]
		if err != nil {
			return
		}
		o.rest = nil
		s.ResumeReading()
	}
	if o.last {
		s.Close()
	}
}

// finish closes the stream after what has been sent.
func (o *outbox) finish(s *bridge.Stream) {
	o.last = true
	if len(o.rest) == 0 {
		s.Close()
	}
}

// sourceConn writes zeros until the peer closes.
type sourceConn struct{ loopConn }

var zeros [64 << 10]byte

// sourceBurst is what a source writes in one turn, so that a fast peer does
// not keep the loop from the others.
const sourceBurst = 8

func (c *sourceConn) HandshakeDone(s *bridge.Stream) {
	c.loopConn.HandshakeDone(s)
	c.pump(s)
}

func (c *sourceConn) Writable(s *bridge.Stream) { c.pump(s) }

func (c *sourceConn) pump(s *bridge.Stream) {
	for range sourceBurst {
		if _, err := s.Write(zeros[:]); err != nil {
			return // Writable or Closed comes
		}
	}
	// The error means that the loop has ended, and the stream with it.
	_ = s.Loop().Post(func() {
		if c.open {
			c.pump(s)
		}
	})
}
