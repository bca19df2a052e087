package bridge

import (
	"context"
	"errors"
	"fmt"
	"net"
	"runtime"
	"sync"
	"time"
)

// Loop drives many connections in one goroutine over one epoll descriptor. It
// works in rounds: wait; one crossing into C for all handshake steps and reads
// that are due; hand the data to the handlers; one crossing for all that they
// wrote.
//
// Listen, Dial, Add, Post, Shutdown and Close may be called from any
// goroutine.
type Loop struct {
	cfg  LoopConfig
	poll *poller

	mu     sync.Mutex // guards what follows, up to the blank line
	phase  phase
	posted []func()

	done chan struct{} // closed when everything is freed

	// All below belongs to the loop's goroutine.
	begin     time.Time
	now       int64 // time since begin at the start of the round
	yielded   int64 // when the goroutine last passed through Go's scheduler
	timers    timers
	table     []slot // by descriptor
	streams   int
	listeners map[*LoopListener]struct{}
	dialing   map[*Stream]struct{} // without a descriptor yet
	ready     []*Stream            // to be read from, or to go on shaking hands
	dirty     []*Stream            // to be written to
	doomed    []*Stream            // to be freed, with their Closed
	work      []func()             // the posts of this round
	draining  bool                 // Shutdown: end when the last stream has gone
	stopped   bool                 // Close: end now
	asked     []*Stream            // those whose hooks have been called in this round
	lender
	round round
	early []byte // to read early data into, once there is some
}

// phase is how far a Loop has come. It only ever goes up.
type phase uint8

const (
	phaseNew phase = iota
	phaseRunning
	phaseEnded // no more posts are taken
)

// slot is what a descriptor is registered for. gen is raised when the
// descriptor is taken out, so that a late event does not reach its next user.
type slot struct {
	gen      uint32
	stream   *Stream
	listener *LoopListener
}

// NewLoop makes a Loop; nil is the zero LoopConfig. It holds an epoll
// descriptor and some memory until Close.
func NewLoop(cfg *LoopConfig) (*Loop, error) {
	if cfg == nil {
		cfg = new(LoopConfig)
	}
	c, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	p, err := newPoller(c.RoundSize)
	if err != nil {
		return nil, err
	}
	return &Loop{
		cfg:       c,
		poll:      p,
		done:      make(chan struct{}),
		begin:     time.Now(),
		listeners: make(map[*LoopListener]struct{}),
		dialing:   make(map[*Stream]struct{}),
		round:     newRound(c.RoundSize),
	}, nil
}

// Run drives the connections until Close or Shutdown, and then returns nil; any
// other error is one of epoll itself. It is called once.
//
// The goroutine that calls it runs the loop, with one exception: while it is in a
// hook that turns out to take its time, another goes on with the loop, and keeps
// it. A handler's panic comes out of Run in any case, from there as an error
// that wraps a *PanicError.
func (l *Loop) Run() error {
	l.mu.Lock()
	was := l.phase
	if was == phaseNew {
		l.phase = phaseRunning
	}
	l.mu.Unlock()
	switch was {
	case phaseRunning:
		return errors.New("bridge: Loop.Run called twice")
	case phaseEnded:
		<-l.done
		return nil
	}
	l.own(false)
	<-l.done
	switch {
	case l.broken != nil:
		panic(l.broken)
	case l.err != nil:
		return fmt.Errorf("bridge: loop: %w", l.err)
	}
	return nil
}

// Post has f run on the loop's goroutine, before the next round. The error is
// net.ErrClosed when the loop has ended, and then f never runs.
func (l *Loop) Post(f func()) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.phase == phaseEnded {
		return net.ErrClosed
	}
	l.posted = append(l.posted, f)
	// Under the lock, or the descriptor could be closed in between.
	l.poll.wake()
	return nil
}

// Shutdown stops listening, closes every stream gracefully, and waits until
// all are gone and Run has returned. When ctx ends first, the rest is closed
// at once and the error is ctx's. Like Close it must not be called on the
// loop's own goroutine.
func (l *Loop) Shutdown(ctx context.Context) error {
	if l.end() {
		return nil
	}
	// The error means that the loop has ended by itself meanwhile.
	_ = l.Post(l.drain)
	select {
	case <-l.done:
		return nil
	case <-ctx.Done():
		l.Close()
		return ctx.Err()
	}
}

// Close ends the loop at once: every stream's handler sees Closed with
// net.ErrClosed. It waits until Run has returned, so it must not be called on
// the loop's own goroutine, by a handler or a posted function: see Stop. A
// second Close does nothing.
func (l *Loop) Close() error {
	l.Stop()
	<-l.done
	return nil
}

// Stop is Close without waiting, and may be called from anywhere.
func (l *Loop) Stop() {
	if !l.end() {
		_ = l.Post(func() { l.stopped = true })
	}
}

// end frees a loop that has never run, and says whether it did.
func (l *Loop) end() bool {
	l.mu.Lock()
	never := l.phase == phaseNew
	if never {
		l.phase = phaseRunning // by this goroutine
	}
	l.mu.Unlock()
	if never {
		l.free()
	}
	return never
}

// drain is Shutdown on the loop's side.
func (l *Loop) drain() {
	l.draining = true
	for ln := range l.listeners {
		ln.close()
	}
	l.each((*Stream).Close)
}

// free ends every stream and gives everything back.
func (l *Loop) free() {
	l.mu.Lock()
	l.phase = phaseEnded
	l.mu.Unlock()
	l.runPosted()
	for ln := range l.listeners {
		ln.close()
	}
	l.each(func(s *Stream) { s.fail(net.ErrClosed) })
	l.bury()
	l.round.free()
	l.timer.Close() // no error but for one that was never there
	l.poll.close()
	close(l.done)
}

func (l *Loop) each(f func(*Stream)) {
	for s := range l.dialing {
		f(s)
	}
	for i := range l.table {
		if s := l.table[i].stream; s != nil {
			f(s)
		}
	}
}

// once is one turn: wait, posts, timers, and a round.
func (l *Loop) once() error {
	err := l.wait()
	l.poll.woken.Store(true) // a post is seen before the next wait
	if err != nil {
		return err
	}
	l.now = int64(time.Since(l.begin))
	l.yield()
	l.dispatch()
	l.runPosted()
	l.timers.run(l.now)
	l.bury()
	l.step()
	return nil
}

func (l *Loop) wait() error {
	l.poll.woken.Store(false)
	if len(l.ready)+len(l.dirty) > 0 || l.hasPosts() {
		l.poll.poll()
		return l.poll.err
	}
	var until time.Time
	if next := l.timers.next(); next != 0 {
		until = l.begin.Add(time.Duration(next))
	}
	return l.poll.wait(until)
}

// yieldEvery is below the 10 ms after which the runtime's monitor thread takes
// the processor from a goroutine that has not passed through the scheduler. It
// does so even from one that is out in C, and then looks every 20 µs for some
// time: that costs more than all crossings together.
const yieldEvery = int64(8 * time.Millisecond)

// yield lets other goroutines have the processor now and then.
func (l *Loop) yield() {
	if l.now-l.yielded > yieldEvery {
		l.yielded = l.now
		runtime.Gosched()
	}
}

func (l *Loop) hasPosts() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.posted) > 0
}

// runPosted runs what other goroutines posted. What these post in turn waits
// for the next round, so that a function that posts itself starves nobody.
func (l *Loop) runPosted() {
	l.mu.Lock()
	l.work, l.posted = l.posted, l.work[:0]
	l.mu.Unlock()
	for i, f := range l.work {
		l.work[i] = nil
		f()
	}
}

// dispatch sorts the events into the lists of the coming round.
func (l *Loop) dispatch() {
	for _, ev := range l.poll.ready() {
		if int(ev.Fd) >= len(l.table) {
			continue
		}
		switch at := &l.table[ev.Fd]; {
		case at.gen != uint32(ev.Pad):
		case at.stream != nil:
			at.stream.event(ev.Events)
		case at.listener != nil:
			at.listener.accept()
		}
	}
}

// register puts a descriptor into the table and into epoll.
func (l *Loop) register(fd int, s slot, events uint32) error {
	for len(l.table) <= fd {
		l.table = append(l.table, slot{})
	}
	at := &l.table[fd]
	s.gen = at.gen
	if err := l.poll.add(fd, s.gen, events); err != nil {
		return err
	}
	*at = s
	return nil
}

// unregister takes a descriptor out, before it is closed.
func (l *Loop) unregister(fd int) {
	at := &l.table[fd]
	*at = slot{gen: at.gen + 1}
}

func (l *Loop) report(err error) {
	if l.cfg.OnError != nil {
		l.cfg.OnError(err)
	}
}
