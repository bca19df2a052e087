package bridge

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// TestHookTable is every hook, on both drivers, as a server and as a client, with
// TLS 1.2 and 1.3, in full and resumed handshakes, answering in every way.
func TestHookTable(t *testing.T) {
	for _, hook := range tableHooks {
		for _, driver := range []string{"loop", "conn"} {
			for _, v := range versions {
				for _, resumed := range []bool{false, true} {
					if resumed && hook.shrugs && v.version == ossl.TLS1_2Version {
						continue // crypto/tls does not resume by id: see TestHookSessions
					}
					name := fmt.Sprintf("%s/client %t/%s/%s/resumed %t", hook.name, hook.client, driver, v.name, resumed)
					t.Run(name, func(t *testing.T) {
						t.Parallel()
						for _, how := range tableBehaviours() {
							c := &cell{t: t, hook: hook, driver: driver, version: v.version, resumed: resumed, how: how}
							if how.end != nil && !hook.asked(v.version, resumed) {
								continue // nobody to be disturbed
							}
							if how.end != nil && hook.key {
								continue // a crypto.Signer has no context
							}
							c.run()
						}
					})
				}
			}
		}
	}
}

// behaviour is how a hook answers, and what happens while it is asked.
type behaviour struct {
	name  string
	do    func(ctx context.Context) error
	fails string
	limit time.Duration // of the handshake; 0 is patience
	end   func(c *cell)
	why   error // what the end is
}

func tableBehaviours() (list []behaviour) {
	for _, b := range behaviours {
		list = append(list, behaviour{name: b.name, do: b.do, fails: b.fails})
	}
	untilEnd := func(ctx context.Context) error {
		select {
		case <-ctx.Done():
			return nil // late, and of no use
		case <-time.After(patience):
			return errors.New("the context has not ended")
		}
	}
	return append(list,
		behaviour{name: "peer gone", do: untilEnd, end: func(c *cell) { c.pick(&c.cut)() }, why: io.ErrUnexpectedEOF},
		behaviour{name: "timeout", do: untilEnd, end: func(*cell) {}, limit: 300 * time.Millisecond, why: os.ErrDeadlineExceeded},
		behaviour{name: "closed", do: untilEnd, end: func(c *cell) { c.pick(&c.close)() }, why: net.ErrClosed},
	)
}

// cell is one cell of the table.
type cell struct {
	t       *testing.T
	hook    tableHook
	driver  string
	version int
	resumed bool
	how     behaviour

	armed atomic.Bool // the hook is to do what it is told
	asked atomic.Int32
	mu    sync.Mutex
	cut   func() // has the peer go away
	close func() // closes our side
}

func (c *cell) fail(format string, args ...any) {
	c.t.Helper()
	c.t.Errorf("%s: %s", c.how.name, fmt.Sprintf(format, args...))
}

func (c *cell) set(way *func(), f func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	*way = f
}

func (c *cell) pick(way *func()) func() {
	c.mu.Lock()
	defer c.mu.Unlock()
	return *way
}

// do is the hook's part.
func (c *cell) do(ctx context.Context) error {
	if !c.armed.Load() {
		return nil
	}
	if c.asked.Add(1) == 1 && c.how.end != nil {
		go c.how.end(c)
	}
	return c.how.do(ctx)
}

func (c *cell) run() {
	c.t.Helper()
	var ours, theirs error
	var resumed bool
	if c.hook.client {
		ours, theirs, resumed = c.asClient()
	} else {
		ours, theirs, resumed = c.asServer()
	}
	asks := c.hook.asked(c.version, c.resumed)
	if n := c.asked.Load(); n > 1 || n == 1 && !asks || n == 0 && asks && c.how.limit == 0 {
		c.fail("asked %d times", n)
	}
	var he *HookError
	switch {
	case c.how.end != nil && c.hook.shrugs && ours == nil:
		c.fail("it ended well")
	case c.how.end != nil:
		if ended := errors.Is(ours, c.how.why) || c.how.name == "peer gone" && ours != nil; !ended {
			c.fail("ours ended with %v, want %v", ours, c.how.why)
		}
	case asks && c.how.fails != "" && !c.hook.shrugs:
		if !errors.As(ours, &he) || he.Hook != c.hook.name || theirs == nil {
			c.fail("ours %v, theirs %v", ours, theirs)
		}
		refused(c.t, c.how.name, ours, c.how.fails)
	case ours != nil || theirs != nil:
		c.fail("ours %v, theirs %v", ours, theirs)
	case resumed != (c.resumed && (!asks || c.how.fails == "")):
		c.fail("resumed %t", resumed)
	}
}

func (c *cell) limit() time.Duration {
	if c.how.limit == 0 || !c.armed.Load() {
		return patience
	}
	return c.how.limit
}

// config is ours, of either side.
func (c *cell) config(own, client testdata.Chain) *Config {
	cert := Certificate{CertFile: testdata.Path(own.Cert), KeyFile: testdata.Path(own.Key)}
	if c.hook.key {
		cert = Certificate{CertFile: cert.CertFile, Signer: remote(c.t, own, c.do)}
	}
	cfg := &Config{Certificates: []Certificate{cert}, MinVersion: c.version, MaxVersion: c.version, Hooks: c.hook.hooks(c.t, c.do)}
	if !c.hook.client {
		cfg.ClientAuth, cfg.ClientCAs = RequireClientCert, Trust{File: testdata.Path(client.Roots)}
	}
	return cfg
}

// asServer has a client of crypto/tls come, twice where it is to resume.
func (c *cell) asServer() (ours, theirs error, resumed bool) {
	own := c.config(testdata.ECDSA, testdata.Client.ECDSA)
	ctx, err := own.NewServerCtx()
	must(c.t, err)
	defer ctx.Close()
	h := hooked{t: c.t, version: c.version}
	cfg := h.client(func(cfg *tls.Config) {
		cfg.NextProtos, cfg.ClientSessionCache = []string{"h2"}, tls.NewLRUClientSessionCache(1)
		showClient(c.t, cfg)
	})
	visits := 1
	if c.resumed {
		visits = 2
	}
	for n := range visits {
		c.armed.Store(n == visits-1)
		addr, ended := c.serveOne(ctx)
		nc, err := net.Dial("tcp", c.relay(addr, true))
		must(c.t, err)
		tc := tls.Client(nc, cfg)
		_ = tc.SetDeadline(time.Now().Add(patience))
		theirs = echoByte(tc)
		resumed = tc.ConnectionState().DidResume
		_ = tc.Close()
		ours = soon(c.t, "end of the handshake", ended)
		if n < visits-1 {
			must(c.t, errors.Join(ours, theirs))
			c.stored(own.Hooks)
		}
	}
	return ours, theirs, resumed
}

// stored waits until a store of the hook's has the session.
func (c *cell) stored(h *Hooks) {
	if h == nil || h.Sessions == nil {
		return
	}
	store := h.Sessions.(storeFuncs).SessionStore.(*MemorySessions)
	for end := time.Now().Add(patience); store.Len() == 0; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			c.t.Fatal("nothing is stored")
		}
	}
}

// serveOne serves one connection, and says how its handshake ended.
func (c *cell) serveOne(ctx *ossl.Ctx) (addr string, ended <-chan error) {
	s := &hookServer{t: c.t, seen: make(chan error, 1)}
	if c.driver == "loop" {
		l := startLoop(c.t, &LoopConfig{HandshakeTimeout: c.limit()})
		ln, err := l.Listen("tcp", "127.0.0.1:0", ctx, func(*Stream) Handler { return &hookEcho{server: s} })
		must(c.t, err)
		c.set(&c.close, func() { _ = l.Post(func() { l.each((*Stream).Close) }) })
		return ln.Addr().String(), s.seen
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	must(c.t, err)
	var all sync.WaitGroup
	conns := make(chan *Conn, 1)
	own, err := ctx.UpRef()
	must(c.t, err)
	all.Go(func() {
		defer own.Close()
		nc, err := ln.Accept()
		if err != nil {
			return
		}
		conn, err := Server(nc, own)
		if err != nil {
			s.note(err)
			return
		}
		conns <- conn
		s.echo(conn, c.limit())
	})
	c.set(&c.close, func() { conn := <-conns; _ = conn.Close() })
	c.t.Cleanup(func() { _ = ln.Close(); all.Wait() })
	return ln.Addr().String(), s.seen
}

// asClient goes to a server of crypto/tls, twice where it is to resume.
func (c *cell) asClient() (ours, theirs error, resumed bool) {
	pool := x509.NewCertPool()
	pem, err := os.ReadFile(testdata.Path(testdata.ClientRoots))
	must(c.t, err)
	pool.AppendCertsFromPEM(pem)
	addr, seen := tlsServer(c.t, func(s *tls.Config) {
		s.ClientAuth, s.ClientCAs = tls.RequireAndVerifyClientCert, pool
		s.MinVersion, s.MaxVersion = uint16(c.version), uint16(c.version)
	})
	cfg := c.config(testdata.Client.ECDSA, testdata.Chain{})
	cfg.RootCAs = Trust{File: testdata.Path(testdata.ECDSA.Roots)}
	ctx, err := cfg.NewClientCtx()
	must(c.t, err)
	defer ctx.Close()
	opts := &ClientOptions{ServerName: "localhost"}
	if c.resumed {
		conn := c.dialConn(addr, ctx, opts)
		must(c.t, echoByte(conn))
		opts.Session, err = conn.Session()
		must(c.t, err)
		defer opts.Session.Close()
		must(c.t, conn.Close())
		<-seen
	}
	c.armed.Store(true)
	addr = c.relay(addr, false)
	if c.driver == "loop" {
		ours, resumed = c.dialLoop(addr, ctx, opts)
	} else {
		conn := c.dialConn(addr, ctx, opts)
		c.set(&c.close, func() { _ = conn.Close() })
		must(c.t, conn.SetDeadline(time.Now().Add(c.limit())))
		if ours = conn.Handshake(); ours == nil {
			must(c.t, conn.SetDeadline(time.Now().Add(patience)))
			ours = echoByte(conn)
		}
		resumed = conn.ConnectionState().Resumed
		_ = conn.Close()
	}
	theirs = ours // it has nobody to tell
	if ours == nil && len((<-seen).VerifiedChains) == 0 {
		theirs = errors.New("no certificate of the client's")
	}
	return ours, theirs, resumed
}

func (c *cell) dialConn(addr string, ctx *ossl.Ctx, opts *ClientOptions) *Conn {
	nc, err := net.Dial("tcp", addr)
	must(c.t, err)
	conn, err := Client(nc, ctx, opts)
	must(c.t, err)
	c.t.Cleanup(func() { _ = conn.Close() })
	must(c.t, conn.SetDeadline(time.Now().Add(patience)))
	return conn
}

func (c *cell) dialLoop(addr string, ctx *ossl.Ctx, opts *ClientOptions) (err error, resumed bool) {
	l := startLoop(c.t, &LoopConfig{HandshakeTimeout: c.limit()})
	c.set(&c.close, func() { _ = l.Post(func() { l.each((*Stream).Close) }) })
	h := newHandler(c.t)
	echoed := false
	h.open = func(s *Stream) { resumed = s.ConnectionState().Resumed; _, _ = s.Write([]byte("x")) }
	h.data = func(s *Stream, _ []byte) { echoed = true; s.Close() }
	must(c.t, l.Dial("tcp", addr, ctx, opts, h))
	err = h.wait()
	if echoed {
		err = nil
	}
	return err, resumed
}

// relay is a way to the server for one connection, of which cut resets the part
// that our side has.
func (c *cell) relay(server string, ours bool) (addr string) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	must(c.t, err)
	var all sync.WaitGroup
	ends := make(chan *net.TCPConn, 1)
	all.Go(func() {
		down, err := ln.Accept()
		if err != nil {
			return
		}
		defer down.Close()
		up, err := net.Dial("tcp", server)
		if err != nil {
			return
		}
		defer up.Close()
		end := down
		if ours {
			end = up
		}
		ends <- end.(*net.TCPConn)
		all.Go(func() { _, _ = io.Copy(up, down); _ = up.(*net.TCPConn).CloseWrite() })
		_, _ = io.Copy(down, up)
	})
	c.set(&c.cut, func() {
		end := <-ends
		_ = end.SetLinger(0)
		_ = end.Close()
	})
	c.t.Cleanup(func() { _ = ln.Close(); all.Wait() })
	return ln.Addr().String()
}
