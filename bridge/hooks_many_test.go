package bridge

import (
	"context"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// threads is how many this process has.
func threads(t testing.TB) int {
	t.Helper()
	list, err := os.ReadDir("/proc/self/task")
	must(t, err)
	return len(list)
}

// TestHooksManySlow has a thousand handshakes wait for slow hooks at the same
// time, on one Loop for the servers and another for the clients. What it takes
// beyond the CPU of the handshakes must not depend on their number, and neither
// must the threads.
func TestHooksManySlow(t *testing.T) {
	const n, slow = 1000, 200 * time.Millisecond
	run := func(wait time.Duration) (time.Duration, int) {
		var out, most atomic.Int32
		cfg := &Config{
			Certificates: []Certificate{{CertFile: testdata.Path(testdata.ECDSA.Cert), KeyFile: testdata.Path(testdata.ECDSA.Key)}},
			Hooks: &Hooks{ClientHello: func(ctx context.Context, _ *Handshake) (*HelloAnswer, error) {
				now := out.Add(1)
				defer out.Add(-1)
				for old := most.Load(); now > old && !most.CompareAndSwap(old, now); old = most.Load() {
				}
				if wait == 0 {
					return nil, nil
				}
				select {
				case <-time.After(wait):
				case <-ctx.Done():
				}
				return nil, ctx.Err()
			}},
		}
		server, err := cfg.NewServerCtx()
		must(t, err)
		defer server.Close()
		sl, cl := startLoop(t, nil), startLoop(t, nil)
		ln, err := sl.Listen("tcp", "127.0.0.1:0", server, func(*Stream) Handler { return new(echo) })
		must(t, err)
		client := clientCtx(t, testdata.ECDSA)
		var all sync.WaitGroup
		all.Add(n)
		begun, peak := time.Now(), 0
		for range n {
			h := &countdown{t: t, done: &all}
			must(t, cl.Dial("tcp", ln.Addr().String(), client, &ClientOptions{ServerName: "localhost"}, h))
		}
		finished := make(chan struct{})
		go func() { all.Wait(); close(finished) }()
		for open := true; open; {
			select {
			case <-finished:
				open = false
			case <-time.After(10 * time.Millisecond):
				peak = max(peak, threads(t))
			}
		}
		took := time.Since(begun)
		if wait > 0 && most.Load() < n/10 {
			t.Errorf("at most %d hooks at the same time", most.Load())
		}
		return took, peak
	}
	// A machine that is busy with other things may take its time once.
	for attempt := 1; ; attempt++ {
		fast, before := run(0)
		slowly, after := run(slow)
		beyond := slowly - fast
		t.Logf("%d handshakes: %v with hooks that answer at once, %v with hooks that take %v; threads %d and %d", n, fast, slowly, slow, before, after)
		if (sanitized || beyond <= slow+time.Second) && after <= before+8 {
			return
		}
		if attempt == 3 {
			t.Fatalf("slow hooks cost %v beyond the handshakes, and threads went from %d to %d", beyond, before, after)
		}
	}
}

// countdown is a client that ends once its handshake is done.
type countdown struct {
	t    testing.TB
	done *sync.WaitGroup
	open bool
}

func (c *countdown) HandshakeDone(s *Stream) { c.open = true; s.Close() }
func (c *countdown) Data(*Stream, []byte)    {}
func (c *countdown) Writable(*Stream)        {}
func (c *countdown) Closed(_ *Stream, err error) {
	if !c.open {
		c.t.Errorf("client: %v", err)
	}
	c.done.Done()
}

// TestHookLoopClosed closes the loop while hooks run on it, those of a job
// included.
func TestHookLoopClosed(t *testing.T) {
	for _, kind := range hookKinds {
		t.Run(kind.name, func(t *testing.T) {
			asked, release := make(chan struct{}, 1), make(chan struct{})
			hooks := kind.hooks(func(context.Context) error {
				asked <- struct{}{}
				<-release // longer than the loop lives
				return nil
			})
			cfg := &Config{
				Certificates: []Certificate{{CertFile: testdata.Path(testdata.ECDSA.Cert), KeyFile: testdata.Path(testdata.ECDSA.Key)}},
				Hooks:        hooks,
			}
			if kind.config != nil {
				kind.config(cfg)
			}
			ctx, err := cfg.NewServerCtx()
			must(t, err)
			defer ctx.Close()
			l, err := NewLoop(nil)
			must(t, err)
			ended := make(chan error, 1)
			go func() { ended <- l.Run() }()
			s := &hookServer{t: t, seen: make(chan error, 1)}
			ln, err := l.Listen("tcp", "127.0.0.1:0", ctx, func(*Stream) Handler { return &hookEcho{server: s} })
			must(t, err)
			s.addr = ln.Addr().String()
			h := hooked{t: t, version: ossl.TLS1_3Version}
			c := h.client()
			if kind.client != nil {
				kind.client(t, c)
			}
			dialled := make(chan error, 1)
			go func() { _, err := s.dial(c); dialled <- err }()
			<-asked
			must(t, l.Close())
			must(t, <-ended)
			if err := s.outcome(); err == nil || !strings.Contains(err.Error(), "closed") {
				t.Errorf("the stream ended with %v", err)
			}
			close(release)
			if err := <-dialled; err == nil {
				t.Error("the client was served")
			}
		})
	}
}

// TestHookConnClosed closes a Conn from elsewhere while its hook runs.
func TestHookConnClosed(t *testing.T) {
	for _, kind := range hookKinds {
		t.Run(kind.name, func(t *testing.T) {
			asked := make(chan context.Context, 1)
			hooks := kind.hooks(func(ctx context.Context) error {
				asked <- ctx
				<-ctx.Done()
				return nil
			})
			cfg := &Config{
				Certificates: []Certificate{{CertFile: testdata.Path(testdata.ECDSA.Cert), KeyFile: testdata.Path(testdata.ECDSA.Key)}},
				Hooks:        hooks,
			}
			if kind.config != nil {
				kind.config(cfg)
			}
			ln, err := Listen("tcp", "127.0.0.1:0", cfg)
			must(t, err)
			defer ln.Close()
			s := &hookServer{t: t, addr: ln.Addr().String()}
			c := hooked{t: t, version: ossl.TLS1_2Version}.client()
			if kind.client != nil {
				kind.client(t, c)
			}
			dialled := make(chan error, 1)
			go func() { _, err := s.dial(c); dialled <- err }()
			nc, err := ln.Accept()
			must(t, err)
			shaken := make(chan error, 1)
			go func() { shaken <- nc.(*Conn).Handshake() }()
			ctx := <-asked
			must(t, nc.Close())
			<-ctx.Done()
			if err := <-shaken; err == nil {
				t.Error("the handshake ended well")
			}
			if err := <-dialled; err == nil {
				t.Error("the client was served")
			}
		})
	}
}
