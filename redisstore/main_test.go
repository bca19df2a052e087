package redisstore

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/sslsock/sslsock/ossl"
)

// patience bounds whatever should come soon.
const patience = 30 * time.Second

// silence is go-redis's log: what goes wrong here does so on purpose.
type silence struct{}

func (silence) Printf(context.Context, string, ...any) {}

func TestMain(m *testing.M) {
	if addr := os.Getenv(nodeRedis); addr != "" {
		if err := runNode(addr); err != nil {
			fmt.Println("node:", err)
			os.Exit(1)
		}
		return
	}
	redis.SetLogger(silence{})
	code := m.Run()
	for range 5 {
		runtime.GC() // cleanups of what was forgotten run
	}
	if live := ossl.Live(); live != (ossl.Counts{}) {
		fmt.Printf("FAIL: objects still open: %+v\n", live)
		code = 1
	}
	os.Exit(code)
}

// server is a redis-server of this test alone, on a unix socket, without
// persistence.
type server struct {
	t      *testing.T
	socket string
	cmd    *exec.Cmd
	out    *os.File
}

// startRedis starts one, or skips the test where the program is missing.
func startRedis(t *testing.T) *server {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		t.Skip("no redis-server to test with (Debian, Ubuntu: apt-get install redis-server):", err)
	}
	dir, err := os.MkdirTemp("", "redis") // t.TempDir is too long for a socket's path
	must(t, err)
	s := &server{t: t, socket: filepath.Join(dir, "s")}
	t.Cleanup(func() {
		s.stop()
		_ = os.RemoveAll(dir)
	})
	s.start()
	return s
}

func (s *server) start() {
	s.t.Helper()
	r, w, err := os.Pipe()
	must(s.t, err)
	s.out = r
	s.cmd = exec.Command("redis-server", "--port", "0", "--unixsocket", s.socket, "--save", "", "--appendonly", "no", "--dir", filepath.Dir(s.socket))
	s.cmd.Stdout, s.cmd.Stderr = w, w
	// Not even a test binary that panics leaves it behind.
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	must(s.t, s.cmd.Start())
	must(s.t, w.Close())
	must(s.t, r.SetReadDeadline(time.Now().Add(patience)))
	said := bufio.NewReader(r)
	for {
		line, err := said.ReadString('\n')
		if err != nil {
			s.t.Fatalf("redis-server does not come up: %v", err)
		}
		if strings.Contains(line, "eady to accept connections") {
			break
		}
	}
	must(s.t, r.SetReadDeadline(time.Time{}))
	go func() { _, _ = io.Copy(io.Discard, said) }() // until it ends
}

// stop kills it, with all that it holds.
func (s *server) stop() {
	if s.cmd == nil {
		return
	}
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
	_ = s.out.Close()
	s.cmd = nil
}

// client is a client of the server, closed with the test.
func (s *server) client() *redis.Client {
	s.t.Helper()
	return open(s.t, "unix://"+s.socket)
}

func open(t *testing.T, url string) *redis.Client {
	t.Helper()
	c, err := Open(url)
	must(t, err)
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// proxy is a way to the server that can be blocked: what the server says then
// does not arrive.
type proxy struct {
	addr string
	gate *gate
}

func (s *server) proxied() *proxy {
	s.t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	must(s.t, err)
	p := &proxy{addr: ln.Addr().String(), gate: newGate()}
	var all sync.WaitGroup
	ctx, cancel := context.WithCancel(context.Background())
	all.Go(func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			all.Go(func() { p.carry(ctx, c, s.socket) })
		}
	})
	s.t.Cleanup(func() {
		cancel()
		_ = ln.Close()
		p.gate.open()
		all.Wait()
	})
	return p
}

// url is for clients that would wait for ever if nobody told them.
func (p *proxy) url() string {
	return "redis://" + p.addr + "?read_timeout=1h&write_timeout=1h&pool_timeout=1h"
}

func (p *proxy) carry(ctx context.Context, c net.Conn, socket string) {
	defer c.Close()
	up, err := net.Dial("unix", socket)
	if err != nil {
		return
	}
	defer up.Close()
	defer context.AfterFunc(ctx, func() { _, _ = c.Close(), up.Close() })()
	var both sync.WaitGroup
	both.Go(func() { _, _ = io.Copy(up, c); _ = up.Close() })
	both.Go(func() {
		defer c.Close()
		buf := make([]byte, 4096)
		for {
			n, err := up.Read(buf)
			p.gate.pass()
			if _, werr := c.Write(buf[:n]); err != nil || werr != nil {
				return
			}
		}
	})
	both.Wait()
}

// gate is open or shut.
type gate struct {
	mu sync.Mutex
	ch chan struct{} // closed while the gate is open
}

func newGate() *gate {
	g := &gate{ch: make(chan struct{})}
	close(g.ch)
	return g
}

func (g *gate) pass() {
	g.mu.Lock()
	ch := g.ch
	g.mu.Unlock()
	<-ch
}

func (g *gate) shut() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.ch = make(chan struct{})
}

func (g *gate) open() {
	g.mu.Lock()
	defer g.mu.Unlock()
	select {
	case <-g.ch:
	default:
		close(g.ch)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// is wants an *Error around target.
func is(t testing.TB, what string, err, target error) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) || !errors.Is(err, target) {
		t.Errorf("%s: %v (%T), want %v", what, err, err, target)
		return
	}
	t.Log(err)
}

// within runs f, and fails the test where it does not return.
func within(t testing.TB, what string, f func()) {
	t.Helper()
	done := make(chan struct{})
	go func() { defer close(done); f() }()
	select {
	case <-done:
	case <-time.After(patience):
		t.Fatalf("%s: not within %v", what, patience)
	}
}

// passphrase is a secret that takes no time to stretch, for tests that need many
// of them; TestPassphrase has the real ones.
func passphrase(t testing.TB, text string) *Secret {
	t.Helper()
	path := filepath.Join(t.TempDir(), "key")
	must(t, os.WriteFile(path, []byte(text+strings.Repeat(".", MinKeyFile)), 0o600))
	s, err := KeyFile(path)
	must(t, err)
	return s
}
