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
	mu     sync.Mutex
	wanted time.Time     // the program's
	waits  *consultation // nil for none
	woken  bool          // a time in the past is set
	kicks  bool          // likewise, for another reason
}

var longAgo = time.Unix(1, 0)

// set is the program's SetReadDeadline.
func (d *readDeadline) set(nc net.Conn, t time.Time) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.wanted = t
	if d.woken || d.kicks {
		return nil
	}
	return nc.SetReadDeadline(t)
}

func (d *readDeadline) begin(nc net.Conn, k *consultation) time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.kicks {
		_ = nc.SetReadDeadline(d.wanted)
	}
	d.waits, d.kicks = k, false
	return d.wanted
}

// wake ends the wait for k if that is still on.
func (d *readDeadline) wake(nc net.Conn, k *consultation) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.waits == k {
		d.woken = true
		_ = nc.SetReadDeadline(longAgo) // fails on a closed socket, where nobody waits
	}
}

// kick ends what waits to read, to have it look again.
func (d *readDeadline) kick(nc net.Conn) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.kicks = true
	_ = nc.SetReadDeadline(longAgo)
}

// kicked says whether a kick has ended it, and puts the program's deadline back.
func (d *readDeadline) kicked(nc net.Conn) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	was := d.kicks
	if was {
		_ = nc.SetReadDeadline(d.wanted)
	}
	d.kicks = false
	return was
}

// end puts the program's deadline back.
func (d *readDeadline) end(nc net.Conn) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.woken {
		_ = nc.SetReadDeadline(d.wanted)
	}
	d.waits, d.woken = nil, false
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
	c.ask.dtls = c.ssl.IsDTLS()
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
// is for leaves the question open: Handshake, Read or Write may come again.
func (c *Conn) answer(h *half) error {
	if h != &c.hs {
		return c.answerLater(h)
	}
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

// answerLater is answer for a handshake after the first, which a Read or a Write
// has come upon. Both may, and the hook is asked once: under the handshake's lock,
// and by the reader, because whoever waits for a hook does so in RawConn's Read. A
// writer that finds a reader there has it take a step.
func (c *Conn) answerLater(h *half) error {
	c.hs.mu.Lock()
	c.mu.Lock()
	open := c.ssl.Asked() != ossl.AskNothing
	c.mu.Unlock()
	if open && h == &c.out {
		if !h.other.mu.TryLock() {
			c.deadline.kick(c.nc)
			c.hs.mu.Unlock()
			<-h.wake
			h.want = h.way
			return nil
		}
		defer h.other.leave()
	}
	defer c.hs.mu.Unlock()
	if open {
		c.asking, c.hs.want = context.Background(), h.want
		if err := c.answer(&c.hs); err != nil {
			return err
		}
	}
	h.want = h.way
	return nil
}

// consultation is a hook that is being asked.
type consultation struct {
	over   atomic.Bool
	answer apply
	err    error
}

// wait returns when the hook has answered, and before that at a deadline, on
// Close, and when the peer goes away.
func (c *Conn) wait(k *consultation, early bool) error {
	gone := false
	err := c.raw.Read(func(fd uintptr) bool {
		gone = !k.over.Load() && hungUp(fd, early)
		return gone || k.over.Load()
	})
	c.deadline.end(c.nc)
	switch {
	case k.over.Load():
		return nil
	case err == nil && gone:
		return errGone
	default:
		return err
	}
}

// deadlineContext tells of a deadline that the socket watches.
type deadlineContext struct {
	context.Context
	at time.Time
}

func (c deadlineContext) Deadline() (time.Time, bool) { return c.at, true }

// consult asks t of its hook, and waits for the hook, a deadline, Close, and the
// peer's end at a time: RawConn parks until something happens on the socket. A
// hook that a deadline has left behind is waited for first, though what it
// answers counts no more.
func (c *Conn) consult(t task) error {
	if c.ask.set.Inline {
		answer, err := c.ask.run(c.asking, t)
		c.mu.Lock()
		defer c.mu.Unlock()
		return c.ask.settle(c.ssl, t, answer, err)
	}
	ctx, cancel := context.WithCancel(c.asking)
	defer cancel()
	if c.behind != nil {
		c.deadline.begin(c.nc, c.behind)
		if err := c.wait(c.behind, t.early()); err != nil {
			return err
		}
		c.behind = nil
	}
	k := new(consultation)
	if at := c.deadline.begin(c.nc, k); !at.IsZero() {
		ctx = deadlineContext{ctx, at}
	}
	go func() {
		k.answer, k.err = c.ask.run(ctx, t)
		k.over.Store(true)
		c.deadline.wake(c.nc, k)
	}()
	if err := c.wait(k, t.early()); err != nil {
		c.behind = k
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ask.settle(c.ssl, t, k.answer, k.err)
}

// told notes what a step came to, and hands on to the hooks what libssl has told
// in it. A panic of theirs is the end.
func (c *Conn) told(h *half) {
	c.note(h.err)
	if c.ask != nil {
		if err := c.ask.events(c.ssl); err != nil {
			c.fault = err
			h.want, h.err = ossl.WantNothing, err
			return
		}
		c.ask.forget(c.ssl, h.err)
	}
	if h != &c.hs {
		h.err = because(c.ask, c.ssl, h.err)
	}
}

// stepElsewhere is a step of a handshake that may pause as a job.
func (c *Conn) stepElsewhere() (ossl.Want, error) {
	if c.client {
		return c.steps(c.ssl.Connect)
	}
	return c.steps(c.ssl.Accept)
}

// steps takes a step, on a worker where it may pause as a job.
func (c *Conn) steps(step func() (ossl.Want, error)) (w ossl.Want, err error) {
	if c.ask == nil || !c.ask.jobs {
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

// free ends a job that is still paused, and frees the SSL. The socket is closed by
// now, and its descriptor may be another's: the job must not find it.
func (c *Conn) free() {
	if c.paused && c.ssl.SetFd(-1) == nil {
		c.worker.wait(func() { abandon(c.ssl) })
	}
	c.ssl.Close()
	if c.indirect != nil {
		c.indirect.close()
	}
}
