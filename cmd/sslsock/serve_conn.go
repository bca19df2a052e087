package main

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/sslsock/sslsock/bridge"
	"github.com/sslsock/sslsock/cmd/sslsock/internal/http1"
)

// runConn serves with a goroutine for each connection, until ctx ends.
func (srv *server) runConn(ctx context.Context, stdout io.Writer) error {
	inner, err := bridge.Listen("tcp", srv.flags.addr, srv.cfg)
	if err != nil {
		if ce := new(bridge.ConfigError); errors.As(err, &ce) {
			return err
		}
		return listenError(srv.flags.addr, err)
	}
	ln := &connListener{Listener: inner, srv: srv}
	defer ln.Close()
	srv.ready(stdout, ln.Addr())
	if srv.do == doWWW {
		return srv.runHTTP(ctx, ln)
	}
	return srv.runPlain(ctx, ln)
}

// runHTTP has net/http do what it does on any listener.
func (srv *server) runHTTP(ctx context.Context, ln net.Listener) error {
	hs := &http.Server{
		Handler:           http.HandlerFunc(srv.serveHTTP),
		ConnContext:       func(ctx context.Context, c net.Conn) context.Context { return context.WithValue(ctx, connKey{}, c) },
		MaxHeaderBytes:    http1.MaxHead,
		ReadHeaderTimeout: srv.flags.idle,
		IdleTimeout:       srv.flags.idle,
	}
	served := make(chan error, 1)
	go func() { served <- hs.Serve(ln) }()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	limit, cancel := context.WithTimeout(context.Background(), srv.flags.graceful)
	defer cancel()
	if hs.Shutdown(limit) != nil {
		return hs.Close()
	}
	return nil
}

type connKey struct{}

func (srv *server) serveHTTP(w http.ResponseWriter, r *http.Request) {
	c := r.Context().Value(connKey{}).(*servedConn)
	st := c.ConnectionState()
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	// The error is the connection's end, which net/http finds by itself.
	_, _ = w.Write(srv.page(c.RemoteAddr(), r.Method+" "+r.RequestURI+" "+r.Proto, connectionLines(&st)))
}

// runPlain accepts until ctx ends, and then ends what it has accepted.
func (srv *server) runPlain(ctx context.Context, ln *connListener) error {
	var wg sync.WaitGroup
	defer wg.Wait()
	live := newConns()
	context.AfterFunc(ctx, func() {
		_ = ln.Close()
		live.closeAll()
	})
	for {
		nc, err := ln.Accept()
		if err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return err
		}
		wg.Go(func() {
			if live.add(nc) {
				srv.converse(nc.(*servedConn))
				live.remove(nc)
			}
			_ = nc.Close()
		})
	}
}

// converse does what the server is for.
func (srv *server) converse(c *servedConn) {
	switch srv.do {
	case doSink:
		_, _ = io.Copy(io.Discard, c)
	case doSource:
		// The peer's end shows as a failed write.
		for {
			if _, err := c.Write(zeros[:]); err != nil {
				return
			}
		}
	default:
		_, _ = io.CopyBuffer(struct{ io.Writer }{c}, struct{ io.Reader }{c}, make([]byte, 32<<10))
	}
}

// connListener hands out connections that shake hands on their first read or
// write, and log what becomes of them.
type connListener struct {
	net.Listener
	srv *server
}

// Accept waits out what only concerns one connection, or ends by itself.
func (ln *connListener) Accept() (net.Conn, error) {
	nc, err := ln.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &servedConn{Conn: nc.(*bridge.Conn), srv: ln.srv}, nil
}

// servedConn is a connection with the server's timeouts and log.
type servedConn struct {
	*bridge.Conn
	srv *server

	begin sync.Once
	fail  error // of the handshake

	mu    sync.Mutex
	err   error // the first thing that went wrong
	ended bool
}

func (c *servedConn) handshake() error {
	c.begin.Do(func() {
		ctx := context.Background()
		if d := c.srv.flags.handshake; d > 0 {
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeout(ctx, d)
			defer cancel()
		}
		if c.fail = c.HandshakeContext(ctx); c.fail != nil {
			c.note(c.fail)
			return
		}
		st := c.ConnectionState()
		c.srv.opened(c.RemoteAddr(), st.VersionName, st.CipherName, st.ALPN, st.Resumed)
	})
	return c.fail
}

// Read reads within the idle timeout. net/http has deadlines of its own.
func (c *servedConn) Read(p []byte) (int, error) {
	if err := c.handshake(); err != nil {
		return 0, err
	}
	if d := c.srv.flags.idle; d > 0 && c.srv.do != doWWW {
		_ = c.SetReadDeadline(time.Now().Add(d))
	}
	n, err := c.Conn.Read(p)
	c.note(err)
	return n, err
}

// Write writes within the write timeout.
func (c *servedConn) Write(p []byte) (int, error) {
	if err := c.handshake(); err != nil {
		return 0, err
	}
	if d := c.srv.flags.write; d > 0 {
		_ = c.SetWriteDeadline(time.Now().Add(d))
	}
	n, err := c.Conn.Write(p)
	c.note(err)
	return n, err
}

// Close sends close_notify, and logs the end.
func (c *servedConn) Close() error {
	err := c.Conn.Close()
	c.mu.Lock()
	first := !c.ended
	c.ended = true
	why := c.err
	c.mu.Unlock()
	if first {
		c.srv.ended(c.RemoteAddr(), why)
	}
	return err
}

// note keeps the reason for a bad end. The peer's close_notify and our own
// Close are good ones; so are deadlines of net/http's, which it sets to wake
// its readers.
func (c *servedConn) note(err error) {
	if err == nil || errors.Is(err, io.EOF) || errors.Is(err, net.ErrClosed) ||
		c.srv.do == doWWW && errors.Is(err, os.ErrDeadlineExceeded) && c.srv.flags.idle == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err == nil {
		c.err = err
	}
}

// conns is a set of connections that can all be closed at once.
type conns struct {
	mu     sync.Mutex
	set    map[net.Conn]struct{}
	closed bool
}

func newConns() *conns { return &conns{set: make(map[net.Conn]struct{})} }

// add says whether the set takes c; once closed it takes none.
func (s *conns) add(c net.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.set[c] = struct{}{}
	}
	return !s.closed
}

func (s *conns) remove(c net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.set, c)
}

func (s *conns) closeAll() {
	s.mu.Lock()
	s.closed = true
	list := s.set
	s.set = make(map[net.Conn]struct{})
	s.mu.Unlock()
	for c := range list {
		_ = c.Close()
	}
}
