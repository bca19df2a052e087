package interop

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"

	"github.com/sslsock/sslsock/bridge"
	"github.com/sslsock/sslsock/ossl"
)

// readAhead is how much a loopLink keeps for a reader before it pauses the
// stream.
const readAhead = 256 << 10

// loopLink makes a Stream, which is called back, into a Link, which waits. All
// of the stream happens on the loop's goroutine; the rest is guarded by mu.
type loopLink struct {
	loop   *bridge.Loop
	owns   bool // a client's loop ends with its connection
	opened chan struct{}
	ended  chan struct{} // Closed was called

	mu       sync.Mutex
	changed  sync.Cond // of what follows
	stream   *bridge.Stream
	in       []byte
	paused   bool
	eof      bool
	writable bool
	over     bool  // Closed was called, with err
	err      error // nil in good order
	state    ossl.ConnectionState
	early    []byte
	status   ossl.EarlyDataStatus
}

// earlyLoopLink makes it a bridge.EarlyHandler.
type earlyLoopLink struct{ *loopLink }

// EarlyData is part of bridge.EarlyHandler.
func (l earlyLoopLink) EarlyData(_ *bridge.Stream, p []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.early = append(l.early, p...)
	l.in = append(l.in, p...)
	l.changed.Broadcast()
}

func newLoopLink(loop *bridge.Loop, owns bool) *loopLink {
	l := &loopLink{loop: loop, owns: owns, opened: make(chan struct{}), ended: make(chan struct{})}
	l.changed.L = &l.mu
	return l
}

// HandshakeDone is part of bridge.Handler.
func (l *loopLink) HandshakeDone(s *bridge.Stream) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.stream, l.writable = s, true
	l.state, l.status = s.ConnectionState(), s.EarlyDataStatus()
	close(l.opened)
}

// Data is part of bridge.Handler.
func (l *loopLink) Data(s *bridge.Stream, p []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.in = append(l.in, p...)
	if len(l.in) > readAhead {
		l.paused = true
		s.PauseReading()
	}
	l.changed.Broadcast()
}

// Writable is part of bridge.Handler.
func (l *loopLink) Writable(*bridge.Stream) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.writable = true
	l.changed.Broadcast()
}

// EOF makes it a bridge.EOFHandler, which goes on writing.
func (l *loopLink) EOF(*bridge.Stream) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.eof = true
	l.changed.Broadcast()
}

// Closed is part of bridge.Handler.
func (l *loopLink) Closed(_ *bridge.Stream, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.over, l.stream, l.err = true, nil, err
	if errors.Is(err, io.EOF) {
		l.eof = true
	}
	close(l.ended)
	l.changed.Broadcast()
}

// shaken waits for the end of the handshake.
func (l *loopLink) shaken(ctx context.Context) error {
	select {
	case <-l.opened:
		return nil
	case <-l.ended:
		return l.err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (l *loopLink) Read(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for len(l.in) == 0 {
		switch {
		case l.eof:
			return 0, io.EOF
		case l.over:
			return 0, l.err
		}
		l.changed.Wait()
	}
	n := copy(p, l.in)
	if l.in = l.in[n:]; l.paused && len(l.in) < readAhead/2 {
		l.paused = false
		l.post(func(s *bridge.Stream) error { s.ResumeReading(); return nil })
	}
	return n, nil
}

func (l *loopLink) Write(p []byte) (int, error) {
	done := 0
	for done < len(p) {
		n, err := 0, error(nil)
		if callErr := l.call(func(s *bridge.Stream) error {
			n, err = s.Write(p[done:])
			l.mu.Lock()
			defer l.mu.Unlock()
			l.writable = !errors.Is(err, bridge.ErrQueueFull)
			return nil
		}); callErr != nil {
			return done, callErr
		}
		done += n
		if err != nil && !errors.Is(err, bridge.ErrQueueFull) {
			return done, err
		}
		l.mu.Lock()
		for !l.writable && !l.over {
			l.changed.Wait()
		}
		l.mu.Unlock()
	}
	return done, nil
}

func (l *loopLink) CloseWrite() error {
	return l.call(func(s *bridge.Stream) error { s.CloseWrite(); return nil })
}

func (l *loopLink) Cut() error {
	return l.call(func(s *bridge.Stream) error { s.Abort(nil); return nil })
}

// Close lets go of what is not closed by then, gracefully where both sides have
// said goodbye.
func (l *loopLink) Close() error {
	if l.owns {
		return l.loop.Close()
	}
	err := l.call(func(s *bridge.Stream) error { s.Close(); return nil })
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

func (l *loopLink) State() ossl.ConnectionState {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.state
}

// EarlyDataStatus is part of EarlyLink.
func (l *loopLink) EarlyDataStatus() ossl.EarlyDataStatus {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.status
}

// EarlyData is part of EarlyLink.
func (l *loopLink) EarlyData() []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.early
}

// Renegotiate begins another handshake.
func (l *loopLink) Renegotiate() error {
	return l.call(func(s *bridge.Stream) error { return s.Renegotiate() })
}

func (l *loopLink) Session() (sess *ossl.Session, err error) {
	err = l.SSL(func(s *ossl.SSL) error {
		sess, err = s.Get1Session()
		return err
	})
	return sess, err
}

func (l *loopLink) SSL(f func(*ossl.SSL) error) error {
	return l.call(func(s *bridge.Stream) error { return f(s.SSL()) })
}

// call runs f on the loop's goroutine and waits for it. Where the stream is
// gone, the error is why.
func (l *loopLink) call(f func(*bridge.Stream) error) error {
	done := make(chan error, 1)
	if err := l.loop.Post(func() {
		l.mu.Lock()
		s, err := l.stream, l.err
		l.mu.Unlock()
		if s == nil {
			if err == nil || errors.Is(err, io.EOF) {
				err = net.ErrClosed
			}
			done <- err
			return
		}
		done <- f(s)
	}); err != nil {
		return err
	}
	return <-done
}

// post is call that does not wait.
func (l *loopLink) post(f func(*bridge.Stream) error) {
	// It fails when the loop is over, and then there is nothing left to do.
	_ = l.loop.Post(func() {
		l.mu.Lock()
		s := l.stream
		l.mu.Unlock()
		if s != nil {
			_ = f(s)
		}
	})
}
