package bridge

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/sslsock/sslsock/ossl"
)

// half is one direction of a Conn, or its handshake: an operation of the state
// machine, and what it waits for.
type half struct {
	mu sync.Mutex // held for the whole of a Read, a Write or a handshake

	// Guarded by mu.
	step  func(*Conn) // one crossing; sets the fields below, with Conn.mu held
	buf   []byte
	n     int       // bytes of buf that are done
	want  ossl.Want // what the last step came to
	err   error
	held  bool  // libssl may hold a record from buf[n:] on
	idle  bool  // the socket is likely to have nothing to read: see silent
	final error // what every further operation returns

	// drained is the guess whether it has after a read that filled buf: as it was
	// after the last one.
	drained bool

	// onRead and onWrite are what RawConn calls: it parks while they return
	// false. They are made once, or each Read would allocate.
	onRead, onWrite func(fd uintptr) bool

	way      ossl.Want     // the event that this direction has to itself
	other    *half         // the opposite direction; nil for the handshake
	crossing atomic.Bool   // waits for the other direction's event
	wake     chan struct{} // the other direction has moved
}

func (h *half) init(c *Conn, other *half, way ossl.Want, step func(*Conn)) {
	h.step, h.other, h.way = step, other, way
	h.onRead = func(fd uintptr) bool {
		if h.idle {
			h.idle = false
			if c.nothingToRead(fd) {
				return false
			}
			h.drained = false
		}
		c.attempt(h)
		return h.want != ossl.WantRead
	}
	h.onWrite = func(uintptr) bool { c.attempt(h); return h.want != ossl.WantWrite }
	if other != nil {
		h.wake = make(chan struct{}, 1)
	}
}

// drive takes h's operation to its end. RawConn calls the step first and parks
// second, so no readiness is lost in between. What it returns is the failure of
// waiting (a deadline, or Close) or of the operation itself.
func (c *Conn) drive(h *half) error {
	h.n, h.want, h.err = 0, h.way, nil
	for {
		var err error
		switch h.want {
		case ossl.WantNothing:
			return h.err
		case ossl.WantRead, ossl.WantWrite:
			if h.other == nil || h.want == h.way {
				err = c.park(h)
			} else {
				err = c.cross(h)
			}
		default:
			err = c.suspended(h)
		}
		if err != nil {
			h.crossing.Store(false)
			return err
		}
	}
}

func (c *Conn) suspended(h *half) error {
	if c.ask != nil && isQuestion(h.want) {
		return c.answer(h)
	}
	return fmt.Errorf("suspended for %v, which nothing here answers: %w", h.want, errors.ErrUnsupported)
}

// attempt is one step, and a sign to the other direction if it waits for one.
func (c *Conn) attempt(h *half) {
	c.mu.Lock()
	h.step(c)
	crosses := h.other != nil && h.want != ossl.WantNothing && h.want != h.way
	if h.crossing.Load() != crosses {
		h.crossing.Store(crosses)
	}
	c.mu.Unlock()
	h.signalOther()
}

func (c *Conn) park(h *half) error {
	if h.want != ossl.WantRead {
		return c.raw.Write(h.onWrite)
	}
	for {
		err := c.raw.Read(h.onRead)
		if err == nil || !c.deadline.kicked(c.nc) {
			return err
		}
		h.idle = false // it is to take a step, whether there is something to read or not
	}
}

// cross waits for the event that belongs to the other direction: a read that
// must write first, or the reverse. RawConn has one place to park for each
// event. Where it is free, h takes it. Where a goroutine sits there already,
// that one is woken by the event, or by a deadline, or by Close; and each of
// its steps, and its leaving, wakes h.
//
// No sign is lost: crossing is set in the critical section of the step that
// found the want, and both directions look at it after theirs. Two halves that
// cross each other do not wait for ever: whoever stepped last has signalled.
func (c *Conn) cross(h *half) error {
	if h.other.mu.TryLock() {
		defer h.other.leave()
		return c.park(h)
	}
	<-h.wake
	c.attempt(h)
	return nil
}

// leave gives the direction free.
func (h *half) leave() {
	h.mu.Unlock()
	h.signalOther()
}

func (h *half) signalOther() {
	if h.other == nil || !h.other.crossing.Load() {
		return
	}
	select {
	case h.other.wake <- struct{}{}:
	default:
	}
}
