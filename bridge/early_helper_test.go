package bridge

import (
	"errors"
	"io"
	"net"
	"testing"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// earlyRun is one connection as one side saw it.
type earlyRun struct {
	early  string // a server's
	data   string
	status ossl.EarlyDataStatus
	state  ossl.ConnectionState
	err    error
}

// earlyServer is a server that takes early data and answers each part of it at
// once, and all of it with the rest at the end.
type earlyServer struct {
	addr string
	ran  chan earlyRun
}

func (s *earlyServer) outcome(t testing.TB) earlyRun {
	t.Helper()
	return soon(t, "the server's end", s.ran)
}

// earlyDrivers are the two, as servers and as clients.
var earlyDrivers = []struct {
	name  string
	serve func(t testing.TB, ctx *ossl.Ctx) *earlyServer
	dial  func(t testing.TB, addr string, ctx *ossl.Ctx, opts *ClientOptions) (earlyRun, *ossl.Session)
}{{"conn", serveEarlyConn, dialEarlyConn}, {"loop", serveEarlyLoop, dialEarlyLoop}}

// eachEarly runs f with both drivers as the server and as the client.
func eachEarly(t *testing.T, f func(t *testing.T, p *earlyPair)) {
	for _, server := range earlyDrivers {
		for _, client := range earlyDrivers {
			t.Run(client.name+"-to-"+server.name, func(t *testing.T) {
				t.Parallel()
				f(t, &earlyPair{t: t, serve: server.serve, client: client.dial})
			})
		}
	}
}

type earlyPair struct {
	t      *testing.T
	serve  func(t testing.TB, ctx *ossl.Ctx) *earlyServer
	client func(t testing.TB, addr string, ctx *ossl.Ctx, opts *ClientOptions) (earlyRun, *ossl.Session)
	ctx    *ossl.Ctx // the client's
}

func earlyConfig(max uint32) *Config {
	return &Config{Certificates: []Certificate{identity(testdata.ECDSA)}, MaxEarlyData: max}
}

// start is a server that is configured so.
func (p *earlyPair) start(cfg *Config) *earlyServer {
	p.t.Helper()
	ctx, err := cfg.NewServerCtx()
	must(p.t, err)
	p.t.Cleanup(ctx.Close)
	return p.serve(p.t, ctx)
}

// dial sends early, if it is anything, and then "late".
func (p *earlyPair) dial(s *earlyServer, sess *ossl.Session, early string) (earlyRun, *ossl.Session) {
	p.t.Helper()
	if p.ctx == nil {
		p.clientConfig(nil)
	}
	run, next := p.client(p.t, s.addr, p.ctx, &ClientOptions{ServerName: "localhost", Session: sess, EarlyData: []byte(early)})
	if next != nil {
		p.t.Cleanup(next.Close)
	}
	return run, next
}

func (p *earlyPair) clientConfig(set func(*Config)) {
	p.t.Helper()
	cfg := &Config{RootCAs: roots(testdata.ECDSA)}
	if set != nil {
		set(cfg)
	}
	var err error
	p.ctx, err = cfg.NewClientCtx()
	must(p.t, err)
	p.t.Cleanup(p.ctx.Close)
}

// session is that of a first connection.
func (p *earlyPair) session(s *earlyServer) *ossl.Session {
	p.t.Helper()
	run, sess := p.dial(s, nil, "")
	must(p.t, run.err)
	must(p.t, s.outcome(p.t).err)
	if sess == nil {
		p.t.Fatal("no session")
	}
	return sess
}

// expect compares what both sides saw with what was to be.
func (p *earlyPair) expect(s *earlyServer, run earlyRun, early, data, answer string, status ossl.EarlyDataStatus) {
	p.t.Helper()
	got := s.outcome(p.t)
	if run.err != nil || got.err != nil {
		p.t.Fatalf("client: %v; server: %v", run.err, got.err)
	}
	if got.early != early || got.data != data || run.data != answer {
		p.t.Errorf("the server had %.60q early and %.60q, the client %.60q", got.early, got.data, run.data)
	}
	if run.status != status || run.state.EarlyData != (status == ossl.EarlyDataAccepted) {
		p.t.Errorf("status %v, state %v", run.status, run.state.EarlyData)
	}
}

func serveEarlyConn(t testing.TB, ctx *ossl.Ctx) *earlyServer {
	t.Helper()
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	ln := NewListener(inner, ctx)
	s := &earlyServer{addr: ln.Addr().String(), ran: make(chan earlyRun, 4)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			nc, err := ln.Accept()
			if err != nil {
				return
			}
			c := nc.(*Conn)
			var run earlyRun
			run.err = run.conn(c)
			run.status, run.state = c.EarlyDataStatus(), c.ConnectionState()
			_ = c.Close()
			s.ran <- run
		}
	}()
	t.Cleanup(func() { _ = ln.Close(); soon(t, "the listener's end", done) })
	return s
}

// conn is a server's side of a connection.
func (r *earlyRun) conn(c *Conn) error {
	buf := make([]byte, 1<<14)
	for {
		n, err := c.ReadEarlyData(buf)
		r.early += string(buf[:n])
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		if _, err := c.WriteEarlyData([]byte("half:" + string(buf[:min(n, 5)]) + " ")); err != nil {
			return err
		}
	}
	data, err := io.ReadAll(c)
	if r.data = string(data); err != nil {
		return err
	}
	if _, err = io.WriteString(c, "done"); err != nil {
		return err
	}
	return c.CloseWrite()
}

func dialEarlyConn(t testing.TB, addr string, ctx *ossl.Ctx, opts *ClientOptions) (run earlyRun, sess *ossl.Session) {
	t.Helper()
	nc, err := net.Dial("tcp", addr)
	must(t, err)
	c, err := Client(nc, ctx, opts)
	if err != nil {
		_ = nc.Close()
		return earlyRun{err: err}, nil
	}
	defer c.Close()
	if run.err = c.Handshake(); run.err != nil {
		return run, nil
	}
	run.status, run.state = c.EarlyDataStatus(), c.ConnectionState()
	if run.status == ossl.EarlyDataRejected {
		_, run.err = c.Write(opts.EarlyData)
	}
	if run.err == nil {
		_, run.err = io.WriteString(c, "late")
	}
	if run.err == nil {
		run.err = c.CloseWrite()
	}
	if run.err != nil {
		return run, nil
	}
	data, err := io.ReadAll(c)
	run.data, run.err = string(data), err
	if err == nil {
		sess, run.err = c.Session()
	}
	return run, sess
}

// earlyHandler is the server's side on a loop, and the client's.
type earlyHandler struct {
	earlyRun
	resend []byte // a client's early data
	client bool
	sess   *ossl.Session
	ran    chan earlyRun
}

func (h *earlyHandler) HandshakeDone(s *Stream) {
	h.status, h.state = s.EarlyDataStatus(), s.ConnectionState()
	if !h.client {
		return
	}
	if h.status == ossl.EarlyDataRejected {
		_, h.err = s.Write(h.resend)
	}
	_, err := io.WriteString(s, "late")
	h.err = errors.Join(h.err, err)
	s.CloseWrite()
}

func (h *earlyHandler) Data(_ *Stream, p []byte) { h.data += string(p) }
func (h *earlyHandler) Writable(*Stream)         {}

func (h *earlyHandler) EOF(s *Stream) {
	var err error
	if h.client {
		h.sess, err = s.SSL().Get1Session()
	} else {
		_, err = io.WriteString(s, "done")
	}
	h.err = errors.Join(h.err, err)
	s.Close()
}

func (h *earlyHandler) Closed(_ *Stream, err error) {
	if h.err == nil && !errors.Is(err, net.ErrClosed) {
		h.err = err
	}
	h.ran <- h.earlyRun
}

// earlyTaker is an earlyHandler that takes early data.
type earlyTaker struct{ earlyHandler }

func (h *earlyTaker) EarlyData(s *Stream, p []byte) {
	h.early += string(p)
	if _, err := s.WriteEarlyData([]byte("half:" + string(p[:min(len(p), 5)]) + " ")); err != nil {
		s.Abort(err)
	}
}

func serveEarlyLoop(t testing.TB, ctx *ossl.Ctx) *earlyServer {
	t.Helper()
	s := &earlyServer{ran: make(chan earlyRun, 4)}
	ln, err := startLoop(t, smallLoop).Listen("tcp", "127.0.0.1:0", ctx, func(*Stream) Handler {
		return &earlyTaker{earlyHandler{ran: s.ran}}
	})
	must(t, err)
	s.addr = ln.Addr().String()
	return s
}

func dialEarlyLoop(t testing.TB, addr string, ctx *ossl.Ctx, opts *ClientOptions) (earlyRun, *ossl.Session) {
	t.Helper()
	h := &earlyHandler{client: true, resend: opts.EarlyData, ran: make(chan earlyRun, 1)}
	must(t, startLoop(t, smallLoop).Dial("tcp", addr, ctx, opts, h))
	run := soon(t, "the client's end", h.ran)
	return run, h.sess
}
