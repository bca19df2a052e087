package interop

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"

	"github.com/sslsock/sslsock/ossl"
)

// cell is one cell while it runs.
type cell struct {
	row    *Row
	peer   *Peer
	driver Driver
	server bool // the driver is the server
	run    *runner

	dir  string
	rec  *recorder
	job  *Job
	end  *End
	ln   Listener     // of the driver
	echo net.Listener // behind a server that forwards
	wire *wire        // the recorder of packets in between, unless it is nil

	claims []claim // on ports

	peers   []*running // all that were launched, the last one at work
	links   []Link
	started int // connections
}

// skipError is why a cell cannot run.
type skipError struct{ reason string }

func (e *skipError) Error() string { return e.reason }

// skip ends a cell without a verdict.
func skip(format string, args ...any) error { return &skipError{fmt.Sprintf(format, args...)} }

// maxPortTries bounds how often a server is started anew because somebody else
// has taken its port.
const maxPortTries = 3

// open makes both configurations and starts the server, whoever it is.
func (c *cell) open(ctx context.Context) (err error) {
	s := c.row.Setup
	if c.dir, err = os.MkdirTemp(c.run.dir, "cell-"); err != nil {
		return err
	}
	if first := c.peer.StartTLS; first != "" {
		if s.StartTLS != "" && s.StartTLS != first {
			return skip("%s speaks %s alone before TLS", c.peer.Name, first)
		}
		s.StartTLS = first
	}
	c.job = &Job{Setup: s.forPeer(), Certs: c.run.certs, Peer: c.peer, Server: !c.server, Dir: c.dir}
	if err := c.able(); err != nil {
		return err
	}
	if c.end, err = newEnd(&s, c.run.certs, c.server, c.peer.NoCloseNotify, c.rec); errors.Is(err, ErrUnsupported) {
		return skip("%v", strings.TrimSuffix(err.Error(), ": "+ErrUnsupported.Error()))
	} else if err != nil {
		return fmt.Errorf("configuration: %w", err)
	}
	c.end.BeforeTLS = beforeTLS(s.StartTLS, c.server)
	if c.server {
		return c.listen()
	}
	return c.onFreePort(&c.job.Addr, func() error { return c.startServer(ctx) })
}

// onFreePort starts a program that listens on addr, which it chooses, and anew
// where somebody else has taken that.
func (c *cell) onFreePort(addr *string, start func() error) error {
	for try := 1; ; try++ {
		var mine claim
		var err error
		if *addr, mine, err = freeAddr(); err != nil {
			return err
		}
		c.claims = append(c.claims, mine)
		err = start()
		if err == nil || try == maxPortTries || !portTaken(err.Error()+c.peerLog()) {
			return err
		}
		c.rec.note("somebody else has taken %s: %v", *addr, err)
	}
}

// able skips what the peer cannot do.
func (c *cell) able() error {
	can := c.peer.ServerCan
	switch {
	case c.server && c.peer.Client == nil:
		return skip("%s is no client", c.peer.Name)
	case !c.server && c.peer.Server == nil:
		return skip("%s is no server", c.peer.Name)
	case c.server:
		can = c.peer.ClientCan
	}
	for _, f := range c.job.needs(!c.server) {
		if !has(can, f) {
			return skip("%s cannot %s", c.peer.Name, f)
		}
	}
	if c.peer.Refuses != nil {
		if why := c.peer.Refuses(c.job); why != "" {
			return skip("%s %s", c.peer.Name, why)
		}
	}
	return nil
}

func (c *cell) listen() (err error) {
	if c.ln, err = c.driver.Listen(c.end); err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	return c.through(c.ln.Addr())
}

func (c *cell) startServer(ctx context.Context) error {
	launch, err := c.launch()
	if err != nil {
		return err
	}
	p := c.peers[len(c.peers)-1]
	if err := ready(ctx, c.job.Addr, p.gone); err != nil {
		return err
	}
	if err := c.serves(ctx, p, launch.Ready); err != nil {
		return err
	}
	c.rec.note("%s listens on %s", c.peer.Name, c.job.Addr)
	switch {
	case launch.Data == Stdio && !c.job.Interactive:
		go func() { _ = echo(p.in, p.out) }() // ends with the program
	case launch.Data == Forward:
		go serveForwarded(c.echo)
	case launch.Data == Echo, launch.Data == Talk:
		go func() { _, _ = p.log.ReadFrom(p.out) }() // ends with the program
	}
	return c.through(c.job.Addr)
}

// serves waits for what a server logs when it is ready to serve.
func (c *cell) serves(ctx context.Context, p *running, pattern string) error {
	if pattern == "" {
		return nil
	}
	var ended error
	err := until(ctx, func() bool {
		if ended = p.gone(); ended != nil {
			return true
		}
		return matches(pattern, p.log.String())
	})
	return errors.Join(err, ended)
}

// serveForwarded is the plain service behind a server that forwards, until the
// listener is closed. A connection of its ends with the program.
func serveForwarded(ln net.Listener) {
	for {
		conn, err := ln.Accept()
		if err != nil {
			return
		}
		go func() {
			defer conn.Close()
			_ = echo(conn, conn)
		}()
	}
}

// through puts the recorder of packets in front of the server, where asked for.
func (c *cell) through(addr string) (err error) {
	c.job.Addr = addr
	if c.run.opts.CaptureDir == "" {
		return nil
	}
	if c.wire, err = newWire(addr); err == nil {
		c.job.Addr = c.wire.Addr()
	}
	return err
}

// launch runs the peer for its next connection.
func (c *cell) launch() (l *Launch, err error) {
	if c.server {
		l, err = c.peer.Client(c.job)
	} else {
		if c.echo, err = listenTCP(); err != nil {
			return nil, err
		}
		c.job.Plain = c.echo.Addr().String()
		if err := os.WriteFile(filepath.Join(c.dir, "data"), pattern(c.job.bytes()), 0o600); err != nil {
			return nil, err
		}
		l, err = c.peer.Server(c.job)
	}
	if err != nil {
		return nil, err
	}
	p, err := c.job.start(c.run.ctx, l)
	if err != nil {
		return nil, err
	}
	c.peers = append(c.peers, p)
	return l, nil
}

// close ends all that is left. The order matters little: nothing is at work.
func (c *cell) close() {
	for _, l := range c.links {
		_ = l.Close()
	}
	if c.wire != nil {
		c.wire.close()
	}
	for _, p := range c.peers {
		p.stop()
	}
	if c.ln != nil {
		_ = c.ln.Close()
	}
	if c.echo != nil {
		_ = c.echo.Close()
	}
	for _, mine := range c.claims {
		_ = mine.Close()
	}
	if c.end != nil {
		c.end.Ctx.Close()
	}
	if c.dir != "" {
		_ = os.RemoveAll(c.dir)
	}
}

// notePeers says of each program that has ended how it did.
func (c *cell) notePeers() {
	for _, p := range c.peers {
		if err := p.gone(); err != nil {
			c.rec.note("%s: %v", c.peer.Name, err)
		}
	}
}

// peerLog is what the peer has said so far.
func (c *cell) peerLog() string {
	var b strings.Builder
	for _, p := range c.peers {
		b.WriteString(p.log.String())
	}
	return b.String()
}

func portTaken(log string) bool {
	log = strings.ToLower(log)
	return strings.Contains(log, "address already in use") || strings.Contains(log, "eaddrinuse") || strings.Contains(log, "in use")
}

func describe(st ossl.ConnectionState) string {
	words := []string{st.VersionName, st.CipherName}
	for _, w := range []struct{ name, value string }{{"group", st.Group}, {"ALPN", st.ALPN}, {"SNI", st.ServerName}} {
		if w.value != "" {
			words = append(words, w.name+" "+w.value)
		}
	}
	if st.Resumed {
		words = append(words, "resumed")
	}
	return strings.Join(words, ", ")
}
