package bridge

import (
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"time"

	"github.com/sslsock/sslsock/ossl"
)

// indirect is a net.Conn without a descriptor for libssl, in the place that a
// syscall.RawConn has: it calls the step first, and waits second. libssl reads
// and writes memory; waiting is nc's Read.
type indirect struct {
	nc net.Conn
	c  *Conn

	in, out *ossl.BIO // guarded by c.mu, as the SSL over them is

	rmu   sync.Mutex // held in nc.Read
	rbuf  []byte
	ended error // what nc.Read came to, once it has ended

	wmu  sync.Mutex // held in nc.Write
	wbuf []byte
	rest []byte // of wbuf, not yet written
	lost error  // what nc.Write came to, unless a deadline

	behind sync.Mutex // guards busy, again
	busy   bool       // a goroutine flushes
	again  bool       // there is more for it
}

// noFd is what steps get for a descriptor: poll(2) passes it by.
const noFd = ^uintptr(0)

// indirectChunk is how much of a Write is encrypted before it goes out.
const indirectChunk = 4 * maxRecord

// indirectLeave is how long Close may wait for a peer that does not read.
const indirectLeave = 250 * time.Millisecond

func newIndirect(nc net.Conn, ssl *ossl.SSL) (*indirect, error) {
	in, err := ossl.NewBIOMem()
	if err != nil {
		return nil, err
	}
	out, err := ossl.NewBIOMem()
	if err == nil {
		err = ssl.SetBio(in, out)
	}
	if err != nil {
		in.Close()
		out.Close()
		return nil, err
	}
	return &indirect{nc: nc, in: in, out: out}, nil
}

// Control implements syscall.RawConn.
func (p *indirect) Control(f func(fd uintptr)) error {
	f(noFd)
	return nil
}

// Read implements syscall.RawConn: it waits for bytes until f is done.
func (p *indirect) Read(f func(fd uintptr) bool) error {
	for {
		done := f(noFd)
		if err := p.sayings(done); err != nil {
			return err
		}
		if done {
			return nil
		}
		if err := p.fill(); err != nil {
			return err
		}
	}
}

// Write implements syscall.RawConn. Memory always has room, so that f is done at
// once unless it wants something else.
func (p *indirect) Write(f func(fd uintptr) bool) error {
	f(noFd)
	return p.flush()
}

// sayings sends what libssl has to say beside the program's own data. Before a
// handshake waits for the answer it has to be out. Later the peer may be about
// to write itself, and not read meanwhile: nobody may wait for it then.
func (p *indirect) sayings(done bool) error {
	p.c.mu.Lock()
	any := p.out.Pending() > 0
	p.c.mu.Unlock()
	if !any {
		return nil
	}
	// A client that sends early data does not read either.
	if !done && !p.c.established.Load() && (p.c.client || p.c.early == nil) {
		return p.flush()
	}
	p.flushBehind()
	return nil
}

// fill waits for bytes and hands them to libssl. An end is handed on once; who
// then still wants more has not understood it as the end.
func (p *indirect) fill() error {
	p.rmu.Lock()
	defer p.rmu.Unlock()
	if p.ended != nil {
		return p.ended
	}
	if p.rbuf == nil {
		p.rbuf = make([]byte, maxRecord+512)
	}
	n, err := p.nc.Read(p.rbuf)
	p.c.mu.Lock()
	defer p.c.mu.Unlock()
	if n > 0 {
		if _, _, werr := p.in.Write(p.rbuf[:n]); werr != nil {
			return werr
		}
	}
	switch {
	case err == nil || n > 0 && isTimeout(err):
		return nil
	case errors.Is(err, io.EOF):
		p.ended = errCut
		p.in.SetMemEOFReturn(true)
		return nil
	default:
		return err
	}
}

// flush writes all that libssl has for the peer. After a deadline the next flush
// goes on where it was.
func (p *indirect) flush() error {
	p.wmu.Lock()
	defer p.wmu.Unlock()
	if p.wbuf == nil {
		p.wbuf = make([]byte, maxRecord+512)
	}
	for p.lost == nil {
		if len(p.rest) == 0 {
			p.c.mu.Lock()
			n, _, _ := p.out.Read(p.wbuf)
			p.c.mu.Unlock()
			if n == 0 {
				return nil
			}
			p.rest = p.wbuf[:n]
		}
		n, err := p.nc.Write(p.rest)
		p.rest = p.rest[min(max(n, 0), len(p.rest)):]
		if isTimeout(err) {
			return err
		}
		p.lost = err
	}
	return p.lost
}

// flushBehind flushes on a goroutine, of which there is at most one.
func (p *indirect) flushBehind() {
	p.behind.Lock()
	defer p.behind.Unlock()
	p.again = true
	if p.busy {
		return
	}
	p.busy = true
	go func() {
		for p.more() {
			_ = p.flush() // kept in lost
		}
	}()
}

func (p *indirect) more() bool {
	p.behind.Lock()
	defer p.behind.Unlock()
	p.busy = p.again
	p.again = false
	return p.busy
}

// leave sends close_notify, or the alert of a handshake that has failed, to a
// peer that reads, for a bounded time.
func (p *indirect) leave() {
	_ = p.nc.SetWriteDeadline(time.Now().Add(indirectLeave))
	_ = p.flush()
}

func (p *indirect) close() {
	p.in.Close()
	p.out.Close()
}

func isTimeout(err error) bool {
	var t net.Error
	return errors.Is(err, os.ErrDeadlineExceeded) || errors.As(err, &t) && t.Timeout()
}
