package bridge

import (
	"context"
	"net"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/sslsock/sslsock/ossl"
)

// readDeadline is the socket's read deadline, which wakes the goroutine that
// waits for a hook when the hook has answered, and is the program's otherwise.
type readDeadline struct {
	mu      sync.Mutex
	wanted  time.Time // the program's
	waiting bool
	woken   bool // a time in the past is set
}

var longAgo = time.Unix(1, 0)

// set is the program's SetReadDeadline.
func (d *readDeadline) set(nc net.Conn, t time.Time) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.wanted = t
	if d.woken {
		return nil
	}
	return nc.SetReadDeadline(t)
}

func (d *readDeadline) begin() time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.waiting = true
	return d.wanted
}

// wake ends a wait that is still on.
func (d *readDeadline) wake(nc net.Conn) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.waiting {
		d.woken = true
		_ = nc.SetReadDeadline(longAgo) // fails on a closed socket, where nobody waits
	}
}

// end puts the program's deadline back.
func (d *readDeadline) end(nc net.Conn) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.woken {
		_ = nc.SetReadDeadline(d.wanted)
	}
	d.waiting, d.woken = false, false
}

// hungUp says whether the connection is broken or, for a task that is early,
// whether the peer has ended its side.
func hungUp(fd uintptr, early bool) bool {
	p := unix.PollFd{Fd: int32(fd)}
	if early {
		p.Events = unix.POLLRDHUP
	}
	var now unix.Timespec
	n, _, errno := unix.RawSyscall6(unix.SYS_PPOLL, uintptr(unsafe.Pointer(&p)), 1, uintptr(unsafe.Pointer(&now)), 0, 0, 0)
	return n > 0 && errno == 0
}

// hook gives the Conn the hooks of ctx, if it has any.
func (c *Conn) hook(ctx *ossl.Ctx, insecure bool) {
	set := hooksOf(ctx)
	if set == nil {
		return
	}
	c.ask = newAsker(set, !c.client, c.LocalAddr(), c.RemoteAddr())
	c.ask.insecure = set.insecure || insecure
}

func isQuestion(w ossl.Want) bool {
	switch w {
	case ossl.WantClientHello, ossl.WantX509Lookup, ossl.WantRetryVerify, ossl.WantAsync:
		return true
	default:
		return false
	}
}

// answer has a hook asked, and takes what it decides to the SSL. What the error
// is for leaves the question open: Handshake may come again.
func (c *Conn) answer(h *half) error {
	c.mu.Lock()
	t, err := c.ask.question(c.ssl, h.want)
	c.mu.Unlock()
	if err != nil {
		return err
	}
	if err := c.consult(t); err != nil {
		return err
	}
	h.want = h.way
	return nil
}

// consult asks t of its hook, and waits for the hook, a deadline, Close, and the
// peer's end at a time: RawConn parks until something happens on the socket.
func (c *Conn) consult(t task) error {
	if c.ask.set.Inline {
		answer, err := c.ask.run(c.asking, t)
		c.mu.Lock()
		defer c.mu.Unlock()
		return c.ask.settle(c.ssl, t, answer, err)
	}
	type outcome struct {
		answer apply
		err    error
	}
	ctx, cancel := context.WithCancel(c.asking)
	defer cancel()
	if at := c.deadline.begin(); !at.IsZero() {
		ctx = deadlineContext{ctx, at}
	}
	done := make(chan outcome, 1)
	var over atomic.Bool
	go func() {
		answer, err := c.ask.run(ctx, t)
		done <- outcome{answer, err}
		over.Store(true)
		c.deadline.wake(c.nc)
	}()
	gone := false
	err := c.raw.Read(func(fd uintptr) bool {
		gone = !over.Load() && hungUp(fd, t.early())
		return gone || over.Load()
	})
	c.deadline.end(c.nc)
	select {
	case o := <-done:
		c.mu.Lock()
		defer c.mu.Unlock()
		return c.ask.settle(c.ssl, t, o.answer, o.err)
	default:
	}
	if err == nil && gone {
		return errGone
	}
	return err
}

// steps takes a step of the handshake, on a worker where it needs one.
func (c *Conn) steps(step func() (ossl.Want, error)) (w ossl.Want, err error) {
	a := c.ask
	if a == nil || !a.jobs {
		return step()
	}
	if c.worker == nil {
		c.worker = chooseWorker()
		c.ssl.SetMode(ossl.ModeAsync)
	}
	c.worker.wait(func() { w, err = step() })
	c.paused = w == ossl.WantAsync
	if w == ossl.WantNothing && err == nil {
		c.ssl.ClearMode(ossl.ModeAsync)
	}
	return w, err
}

// free ends a job that is still paused, and frees the SSL.
func (c *Conn) free() {
	if c.paused {
		c.worker.wait(func() { abandon(c.ssl) })
	}
	c.ssl.Close()
	if c.indirect != nil {
		c.indirect.close()
	}
}
