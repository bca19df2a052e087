package bridge

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"sync"
	"time"

	"github.com/sslsock/sslsock/ossl"
)

// TicketKeySource has the keys of session tickets, for all nodes that share it.
type TicketKeySource interface {
	// Keys are the keys in force, and when to ask again: the first seals, all
	// open. Those that other nodes may seal with before next belong to them.
	// A zero next is never.
	//
	// Any number of goroutines may call it. It returns soon after ctx has ended.
	// keys are the caller's, who may wipe them. On an error the caller keeps
	// those from the last time.
	Keys(ctx context.Context) (keys []ossl.TicketKey, next time.Time, err error)
}

// How TicketKeyRotator asks its source.
const (
	rotatorTimeout = 10 * time.Second       // for each answer
	rotatorPause   = 100 * time.Millisecond // between two that succeed
	rotatorRetry   = time.Second            // after the first that fails
	rotatorSlowest = 10 * time.Second       // after many
)

// TicketKeyRotator keeps the ticket keys of a Ctx as its source has them, on one
// goroutine that sleeps until the source's next change. While the source fails,
// the keys from before stay in force, and it is asked again after a second, two,
// four, and at last every ten seconds or so.
type TicketKeyRotator struct {
	ctx    *ossl.Ctx // a reference of our own
	source TicketKeySource
	report func(error)

	asked chan struct{} // Refresh was called
	quit  context.CancelFunc
	done  chan struct{}
	stop  sync.Once
}

// TicketKeyError is an answer of a TicketKeySource that could not be used. The
// keys from before are in force.
type TicketKeyError struct {
	Err   error
	Retry time.Duration // until the source is asked again
}

func (e *TicketKeyError) Error() string {
	return fmt.Sprintf("bridge: ticket keys (next try in %v): %v", e.Retry, e.Err)
}

// Unwrap is the reason.
func (e *TicketKeyError) Unwrap() error { return e.Err }

// RotateTicketKeys gives c the keys of the source and has them follow it until
// Stop. Call it before c is in use, as with any setter; the source is asked
// once before it returns, for as long as ctx lasts and for 10 s at most. c may
// be closed before Stop.
//
// A source that does not answer is no error, so that a server can start without
// it: the first key is a random one then, of no use to other nodes, until the
// source answers. Who wants to know first asks the source for its Keys. Errors
// are *TicketKeyError and go to report, which may be nil and is called on one
// goroutine at a time; what it returns late holds the rotation up.
func RotateTicketKeys(ctx context.Context, c *ossl.Ctx, source TicketKeySource, report func(error)) (*TicketKeyRotator, error) {
	own, err := c.UpRef()
	if err != nil {
		return nil, err
	}
	if report == nil {
		report = func(error) {}
	}
	life, quit := context.WithCancel(context.WithoutCancel(ctx))
	r := &TicketKeyRotator{
		ctx: own, source: source, report: report,
		asked: make(chan struct{}, 1), quit: quit, done: make(chan struct{}),
	}
	next, failed := r.fetch(ctx)
	if failed != nil {
		if err := own.SetTicketKeys(ossl.NewTicketKey()); err != nil {
			quit()
			own.Close()
			return nil, err
		}
	}
	go r.run(life, r.judge(next, failed, 0))
	return r, nil
}

// Refresh has the source asked now, as when other nodes have had to change
// their keys at once. It does not wait. Do not call it for each ClientHello with
// an unknown key: clients can make up as many as they like.
func (r *TicketKeyRotator) Refresh() {
	select {
	case r.asked <- struct{}{}:
	default: // it will be
	}
}

// Stop ends the rotation, and what it asks of the source, and waits for that.
// The keys stay in force. It may be called from any goroutine but that of
// report, and more than once.
func (r *TicketKeyRotator) Stop() {
	r.quit()
	<-r.done
	r.stop.Do(r.ctx.Close)
}

// pause is when to ask again: in a while after so many failures in a row, or
// never.
type pause struct {
	wait     time.Duration
	never    bool
	failures int
}

func (r *TicketKeyRotator) run(ctx context.Context, p pause) {
	defer close(r.done)
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		timer.Stop()
		if !p.never {
			timer.Reset(p.wait)
		}
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		case <-r.asked:
		}
		next, err := r.fetch(ctx)
		if ctx.Err() != nil {
			return // Stop has cut it short
		}
		p = r.judge(next, err, p.failures)
	}
}

// judge says how to go on after so many failures.
func (r *TicketKeyRotator) judge(next time.Time, err error, failures int) pause {
	switch {
	case err != nil:
		wait := min(rotatorRetry<<min(failures, 10), rotatorSlowest)
		wait += rand.N(wait / 4) // nodes that failed together come back one by one
		r.report(&TicketKeyError{Err: err, Retry: wait})
		return pause{wait: wait, failures: failures + 1}
	case next.IsZero():
		return pause{never: true}
	default:
		return pause{wait: max(time.Until(next), rotatorPause)}
	}
}

// fetch gives the Ctx what the source has. A panic of the source is a
// *PanicError: servers go on without it.
func (r *TicketKeyRotator) fetch(ctx context.Context) (next time.Time, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &PanicError{v, debug.Stack()}
		}
	}()
	ctx, cancel := context.WithTimeout(ctx, rotatorTimeout)
	defer cancel()
	keys, next, err := r.source.Keys(ctx)
	defer clear(keys)
	if err != nil {
		return next, err
	}
	return next, r.ctx.SetTicketKeys(keys...)
}
