package interop

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
)

// Pipes are what a peer inside this process has for standard input and output.
type Pipes struct {
	In  io.Reader
	Out io.Writer
	Log io.Writer
}

// running is a peer that has been launched: a process or a goroutine.
type running struct {
	launch *Launch
	in     io.WriteCloser // what the peer reads
	out    io.Reader      // what it writes
	log    *tail
	wait   func(context.Context) error
	gone   func() error
	stop   func()
}

func (j *Job) start(ctx context.Context, l *Launch) (*running, error) {
	if l.Run != nil {
		return startInside(ctx, l), nil
	}
	command := j.Peer.command
	if l.Program != nil {
		command = l.Program
	}
	p, err := startProcess(append(slices.Clone(command), l.Args...), l.Env)
	if err != nil {
		return nil, err
	}
	free := context.AfterFunc(ctx, p.stop)
	return &running{launch: l, in: p.stdin, out: p.stdout, log: p.log, wait: p.wait, gone: p.gone,
		stop: func() { free(); p.stop() }}, nil
}

func startInside(ctx context.Context, l *Launch) *running {
	ctx, cancel := context.WithCancel(ctx)
	theirIn, in := io.Pipe()
	out, theirOut := io.Pipe()
	r := &running{launch: l, in: in, out: out, log: newTail()}
	ended := make(chan struct{})
	var err error
	go func() {
		defer close(ended)
		if err = l.Run(ctx, &Pipes{In: theirIn, Out: theirOut, Log: r.log}); err != nil {
			r.log.note("error: %v\n", err)
		}
		_ = theirOut.Close()
	}()
	free := context.AfterFunc(ctx, func() {
		_ = theirIn.CloseWithError(context.Canceled)
		_ = out.CloseWithError(context.Canceled)
	})
	r.wait = func(ctx context.Context) error {
		select {
		case <-ended:
			return err
		case <-ctx.Done():
			return fmt.Errorf("still running: %w", context.Cause(ctx))
		}
	}
	r.gone = func() error {
		select {
		case <-ended:
			return errors.Join(errors.New("the peer ended"), err)
		default:
			return nil
		}
	}
	r.stop = func() {
		cancel()
		free()
		_ = theirIn.CloseWithError(context.Canceled)
		_ = out.CloseWithError(context.Canceled)
		<-ended
	}
	return r
}

// queue is a pipe without a bound: a program that is made to echo by having its
// output for input must never wait for itself.
type queue struct {
	mu   sync.Mutex
	more sync.Cond
	data []byte
	err  error
}

func newQueue() *queue {
	q := new(queue)
	q.more.L = &q.mu
	return q
}

func (q *queue) Write(p []byte) (int, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.err != nil {
		return 0, q.err
	}
	q.data = append(q.data, p...)
	q.more.Broadcast()
	return len(p), nil
}

func (q *queue) Read(p []byte) (int, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.data) == 0 {
		if q.err != nil {
			return 0, q.err
		}
		q.more.Wait()
	}
	n := copy(p, q.data)
	q.data = q.data[n:]
	return n, nil
}

// end has Read return err once all has been read.
func (q *queue) end(err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.err == nil {
		q.err = err
	}
	q.more.Broadcast()
}

// echo copies r to w with all the buffer that it takes, until r ends.
func echo(w io.Writer, r io.Reader) error {
	q := newQueue()
	copied := make(chan error, 1)
	go func() {
		_, err := io.Copy(w, q)
		q.end(err) // no more is taken
		copied <- err
	}()
	_, err := io.Copy(q, r)
	q.end(io.EOF)
	return errors.Join(err, <-copied)
}
