package bridge

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"sync/atomic"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/sslsock/sslsock/ossl"
)

// lender calls hooks on the loop's own goroutine without the loop waiting for
// one that takes its time: a timer descriptor is set meanwhile, and when it fires
// another goroutine takes the loop over, while the first stays with the hook. A
// goroutine for each hook has the runtime wake a thread for it, which costs more
// than most hooks.
type lender struct {
	here   []*Stream             // whose hooks are to be called in this round, by the loop's goroutine
	owner  *owner                // who runs the loop
	lent   atomic.Pointer[owner] // the owner while it calls a hook, for another to take the loop from
	timer  *os.File              // nil until first needed
	ticks  int                   // its descriptor
	brief  bool                  // it is set to holdUp
	fires  int64                 // else, loop time when it does; 0 for never
	broken error                 // a handler's panic that Run did not see
	err    error                 // of the owner that ended the loop
}

// owner stands for a goroutine that runs, or has run, the loop.
type owner struct {
	pace *pace // of the hook that it is in
	left bool  // it has ended in a hook, by runtime.Goexit
}

// For how long the hooks of a round may hold up the loop: holdUp, or trustedFor
// where all of them have been quick for long.
const (
	holdUp     = 100 * time.Microsecond
	trustedFor = time.Millisecond
)

// pace is how quick a hook has been. While it is not known to be quick, it has a
// goroutine of its own.
type pace struct{ quick atomic.Int32 }

const (
	quickEnough = 50 * time.Microsecond
	proven      = 16 // quick answers in a row
	trusted     = 256
)

func (p *pace) proved() bool  { return p.quick.Load() >= proven }
func (p *pace) trusted() bool { return p.quick.Load() >= trusted }

func (p *pace) took(d time.Duration) {
	if d > quickEnough {
		p.quick.Store(0)
	} else if !p.trusted() {
		p.quick.Add(1)
	}
}

// timed is run, with its time noted.
func (a *asker) timed(ctx context.Context, t task, p *pace) (apply, error) {
	begun := time.Now()
	answer, err := a.run(ctx, t)
	p.took(time.Since(begun))
	return answer, err
}

// turns runs the loop until it has ended, or until another goroutine has it.
func (l *Loop) turns() (ended bool) {
	for {
		if !l.letAnswer() {
			return false
		}
		if l.stopped || l.draining && l.streams == 0 {
			return true
		}
		if l.err = l.once(); l.err != nil {
			return true
		}
	}
}

// callHere calls the hooks that never wait or have proved to be quick, and says
// whether the loop is still this goroutine's. The handshakes go on at once.
func (l *Loop) callHere() bool {
	for len(l.here) > 0 {
		err := l.watch()
		if err != nil {
			l.report(err)
		}
		for len(l.here) > 0 {
			s := l.here[0]
			l.here = l.here[:copy(l.here, l.here[1:])]
			switch {
			case s.state == stateClosed:
			case s.ask.set.Inline:
				s.callInline()
			case err != nil:
				s.callElsewhere()
			case !l.callOne(s):
				return false
			}
		}
		l.unwatch()
		l.bury()
		l.step()
	}
	return true
}

// watch sets the timer for the hooks of this round. To set and to clear it costs
// more than a short hook, so that with trusted hooks it is left to run, and set
// anew when it has run halfway.
func (l *Loop) watch() error {
	var limit time.Duration
	for _, s := range l.here {
		if s.ask.set.Inline {
			continue
		}
		limit = trustedFor
		if !s.ask.pace.trusted() {
			l.brief = true
			return l.setTimer(holdUp)
		}
	}
	now := int64(time.Since(l.begin))
	if limit == 0 || l.fires-now >= int64(limit/2) {
		return nil
	}
	if err := l.setTimer(limit); err != nil {
		return err
	}
	l.fires = now + int64(limit)
	return nil
}

func (l *Loop) unwatch() {
	if l.brief {
		l.brief, l.fires = false, 0
		_ = l.setTimer(0) // it could be set a moment ago, and at worst fires for nothing
	}
}

func (s *Stream) callInline() {
	a := s.ask
	answer, err := a.run(context.Background(), a.task)
	s.answered(a, a.task, answer, err)
}

// callElsewhere calls the hook on a goroutine of its own.
func (s *Stream) callElsewhere() {
	a, l := s.ask, s.loop
	t, ctx, pace := a.task, a.ctx, a.pace
	l.asked = append(l.asked, s)
	go func() {
		answer, err := apply(nil), error(hookError(t.hook, errHookExited))
		defer func() {
			// The error means that the loop has ended, and the stream with it.
			_ = l.Post(func() { s.answered(a, t, answer, err) })
		}()
		answer, err = a.timed(ctx, t, pace)
	}()
}

var errHookExited = errors.New("the hook called runtime.Goexit")

// callOne calls the hook that s waits for.
func (l *Loop) callOne(s *Stream) (still bool) {
	a, t, me := s.ask, s.ask.task, l.owner
	var answer apply
	var err error
	returned := false
	l.asked = append(l.asked, s) // whoever takes over is to watch the socket
	me.pace = a.pace
	l.lent.Store(me)
	defer func() {
		if !returned {
			err = hookError(t.hook, errHookExited)
		}
		if still = l.lent.CompareAndSwap(me, nil); still {
			l.asked = l.asked[:len(l.asked)-1]
			s.answered(a, t, answer, err)
		} else {
			late, lateErr := answer, err // those of the closure are allocated
			_ = l.Post(func() { s.answered(a, t, late, lateErr) })
		}
		if still && !returned {
			me.left = true
			go l.own(true)
		}
	}()
	answer, err = a.timed(a.ctx, t, a.pace)
	returned = true
	return still
}

// setTimer has the loop taken from a hook after d, which is zero for never.
func (l *Loop) setTimer(d time.Duration) error {
	if l.timer == nil {
		fd, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC)
		if err != nil {
			return &SyscallError{"timerfd_create", err}
		}
		l.timer, l.ticks = os.NewFile(uintptr(fd), "timer"), fd
		go l.stand(l.timer)
	}
	at := unix.ItimerSpec{Value: unix.NsecToTimespec(d.Nanoseconds())}
	// It never waits, so the runtime need not be told of the call.
	if _, _, errno := unix.RawSyscall6(unix.SYS_TIMERFD_SETTIME, uintptr(l.ticks), 0, uintptr(unsafe.Pointer(&at)), 0, 0, 0); errno != 0 {
		return &SyscallError{"timerfd_settime", errno}
	}
	return nil
}

// stand waits, parked, for a hook that takes its time, and runs the loop from
// then on.
func (l *Loop) stand(timer *os.File) {
	var expirations [8]byte
	for {
		if _, err := timer.Read(expirations[:]); err != nil {
			return // closed, as the loop has ended
		}
		if busy := l.lent.Load(); busy != nil && l.lent.CompareAndSwap(busy, nil) {
			busy.pace.quick.Store(0)
			go l.stand(timer)
			l.own(true)
			return
		}
	}
}

// own runs the loop until it has ended, and then frees it, or until it is another
// goroutine's. A panic on a goroutine that is not Run's is for Run to go on with.
func (l *Loop) own(taken bool) {
	me, ended := new(owner), true
	defer func() {
		if taken {
			if r := recover(); r != nil {
				p := &PanicError{r, debug.Stack()}
				l.broken = fmt.Errorf("%w\n\n%s", p, p.Stack)
			}
		}
		if ended && !me.left {
			l.free()
		}
	}()
	l.owner = me
	ended = l.turns()
}

// paceOf is the pace of the hooks that q asks.
func (h *hookSet) paceOf(q ossl.Question) *pace { return &h.paces[q] }
