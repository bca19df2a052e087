package bridge

import (
	"context"
	"errors"
	"fmt"
	"net"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// quickThen is a server on a loop of its own whose ClientHello hook answers at
// once until it is told otherwise.
type quickThen struct {
	t      *testing.T
	loop   *Loop
	addr   string
	ctx    *ossl.Ctx
	client *ossl.Ctx
	ended  chan any // what Run has panicked with, or its error
	then   atomic.Pointer[func(context.Context) error]
	calls  atomic.Int32
}

func newQuickThen(t *testing.T, handler func() Handler) *quickThen {
	q := &quickThen{t: t, ended: make(chan any, 1)}
	cfg := &Config{
		Certificates: []Certificate{{CertFile: testdata.Path(testdata.ECDSA.Cert), KeyFile: testdata.Path(testdata.ECDSA.Key)}},
		Hooks: &Hooks{ClientHello: func(ctx context.Context, _ *Handshake) (*HelloAnswer, error) {
			q.calls.Add(1)
			if f := q.then.Load(); f != nil {
				return nil, (*f)(ctx)
			}
			return nil, nil
		}},
	}
	var err error
	q.ctx, err = cfg.NewServerCtx()
	must(t, err)
	t.Cleanup(q.ctx.Close)
	q.client = clientCtx(t, testdata.ECDSA)
	q.loop, err = NewLoop(&LoopConfig{OnError: func(err error) { t.Errorf("loop: %v", err) }})
	must(t, err)
	ln, err := q.loop.Listen("tcp", "127.0.0.1:0", q.ctx, func(*Stream) Handler { return handler() })
	must(t, err)
	q.addr = ln.Addr().String()
	go func() {
		var end any = errHookExited // unless Run comes back
		defer func() {
			if r := recover(); r != nil {
				end = r
			}
			q.ended <- end
		}()
		end = q.loop.Run()
	}()
	t.Cleanup(func() { q.loop.Close() })
	return q
}

// shake makes a handshake, and an echo over it.
func (q *quickThen) shake() error {
	nc, err := net.Dial("tcp", q.addr)
	must(q.t, err)
	defer nc.Close()
	c, err := Client(nc, q.client, &ClientOptions{ServerName: "localhost"})
	must(q.t, err)
	defer c.Close()
	must(q.t, c.SetDeadline(time.Now().Add(patience)))
	if _, err := c.Write([]byte("hello")); err != nil {
		return err
	}
	var b [5]byte
	_, err = c.Read(b[:])
	return err
}

// prove has the hook answer at once until it is called in place.
func (q *quickThen) prove() {
	q.t.Helper()
	set := hooksOf(q.ctx)
	for range 100 * proven { // not all are quick on a busy machine
		must(q.t, q.shake())
		if set.paceOf(ossl.AskClientHello).proved() {
			return
		}
	}
	q.t.Fatalf("after %d calls the hook is not called in place", q.calls.Load())
}

// switchTo has the hook do something else from now on.
func (q *quickThen) switchTo(f func(context.Context) error) { q.then.Store(&f) }

func (q *quickThen) end() any {
	q.t.Helper()
	select {
	case end := <-q.ended:
		return end
	case <-time.After(patience):
		q.t.Fatal("Run has not returned")
		return nil
	}
}

// firstWaits is a hook whose first call waits for release.
func firstWaits(asked, release chan struct{}) func(context.Context) error {
	var later atomic.Bool
	return func(context.Context) error {
		if !later.Swap(true) {
			close(asked)
			<-release
		}
		return nil
	}
}

func newEcho() Handler { return new(echo) }

// TestLoopTakenOver has a hook block that the loop has learnt to call in place:
// the loop goes on without it, again and again, and its connection too.
func TestLoopTakenOver(t *testing.T) {
	q := newQuickThen(t, newEcho)
	for range 3 {
		q.prove()
		asked, release := make(chan struct{}), make(chan struct{})
		q.switchTo(firstWaits(asked, release))
		slow := make(chan error, 1)
		go func() { slow <- q.shake() }()
		<-asked
		for range 3 {
			must(t, q.shake())
		}
		select {
		case err := <-slow:
			t.Fatalf("the handshake went on without its hook: %v", err)
		default:
		}
		close(release)
		must(t, <-slow)
		q.then.Store(nil)
	}
	must(t, q.loop.Close())
	if end := q.end(); end != nil {
		t.Errorf("Run: %v", end)
	}
}

// TestLoopTakenOverClosed closes the loop while the hook is called in place,
// from elsewhere and from the hook itself. Run returns when the hook does.
func TestLoopTakenOverClosed(t *testing.T) {
	for _, inside := range []bool{false, true} {
		t.Run(fmt.Sprintf("inside=%v", inside), func(t *testing.T) {
			q := newQuickThen(t, newEcho)
			q.prove()
			asked := make(chan struct{})
			var ended error
			q.switchTo(func(ctx context.Context) error {
				close(asked)
				if inside {
					q.loop.Close()
				}
				<-ctx.Done()
				ended = ctx.Err()
				return nil
			})
			slow := make(chan error, 1)
			go func() { slow <- q.shake() }()
			<-asked
			must(t, q.loop.Close())
			if end := q.end(); end != nil {
				t.Errorf("Run: %v", end)
			}
			if !errors.Is(ended, context.Canceled) {
				t.Errorf("the hook's context ended with %v", ended)
			}
			if err := <-slow; err == nil {
				t.Error("a handshake without the loop")
			}
		})
	}
}

// TestLoopHookExits ends the goroutine that the hook is called on: the loop and
// other connections go on, that one handshake fails.
func TestLoopHookExits(t *testing.T) {
	for _, proved := range []bool{false, true} {
		t.Run(fmt.Sprintf("proved=%v", proved), func(t *testing.T) {
			q := newQuickThen(t, newEcho)
			if proved {
				q.prove()
			}
			q.switchTo(func(context.Context) error { runtime.Goexit(); return nil })
			if err := q.shake(); err == nil || !strings.Contains(err.Error(), "internal error") {
				t.Errorf("a handshake whose hook has exited: %v", err)
			}
			q.then.Store(nil)
			for range 3 {
				must(t, q.shake())
			}
		})
	}
}

// bomb panics at the first data.
type bomb struct{ echo }

var errBomb = errors.New("boom")

func (*bomb) Data(*Stream, []byte) { panic(errBomb) }

// TestLoopTakenOverPanic has a handler panic after a hook has taken Run's
// goroutine: Run panics all the same.
func TestLoopTakenOverPanic(t *testing.T) {
	var armed atomic.Bool
	q := newQuickThen(t, func() Handler {
		if armed.Load() {
			return new(bomb)
		}
		return new(echo)
	})
	q.prove()
	asked, release := make(chan struct{}), make(chan struct{})
	q.switchTo(firstWaits(asked, release))
	slow := make(chan error, 1)
	go func() { slow <- q.shake() }()
	<-asked
	armed.Store(true)
	if err := q.shake(); err == nil {
		t.Error("an echo from a handler that panics")
	}
	close(release)
	if err := <-slow; err == nil {
		t.Error("a handshake without the loop")
	}
	err, _ := q.end().(error)
	var p *PanicError
	if !errors.As(err, &p) || p.Value != any(errBomb) {
		t.Fatalf("Run ended with %v", err)
	}
	if !strings.Contains(err.Error(), "(*bomb).Data") {
		t.Errorf("the error does not say where it was: %v", err)
	}
}

// TestLoopTakenOverFromTrusted has a hook block that has been quick for so long
// that the loop leaves its timer running: the loop goes on without it all the same.
func TestLoopTakenOverFromTrusted(t *testing.T) {
	q := newQuickThen(t, newEcho)
	pace := hooksOf(q.ctx).paceOf(ossl.AskClientHello)
	for range 3 {
		q.prove()
		pace.quick.Store(trusted)
		must(t, q.shake()) // the timer is set by now, for long
		pace.quick.Store(trusted)
		asked, release := make(chan struct{}), make(chan struct{})
		q.switchTo(firstWaits(asked, release))
		slow := make(chan error, 1)
		go func() { slow <- q.shake() }()
		<-asked
		for range 3 {
			must(t, q.shake())
		}
		close(release)
		must(t, <-slow)
		if pace.trusted() {
			t.Error("a hook that has blocked is trusted as before")
		}
		q.switchTo(func(context.Context) error { return nil })
	}
}
