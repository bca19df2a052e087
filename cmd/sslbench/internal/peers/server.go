package peers

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/sslsock/sslsock/cmd/sslbench/internal/certs"
	"github.com/sslsock/sslsock/cmd/sslbench/internal/proc"
)

// answerTime bounds the wait for a server's word: that it listens, or how many crossings it has made.
const answerTime = 10 * time.Second

// Server is a running peer.
type Server struct {
	Peer   Peer
	Port   int
	cmd    *exec.Cmd
	lines  chan string // of its standard output; closed at its end
	stderr bytes.Buffer
}

// Options are what a server is started with.
type Options struct {
	Pair       certs.Pair
	Tickets    int // after a TLS 1.3 handshake
	HTTP       bool
	Workers    int   // threads or loops; 0: one
	Processors []int // where it may run
}

// Start starts a peer and returns when it listens. Cancelling ctx kills it.
func (p Peer) Start(ctx context.Context, o Options) (*Server, error) {
	if p.web != nil {
		return p.startWeb(ctx, o)
	}
	args := append([]string{"--port", "0", "--cert", o.Pair.Cert, "--key", o.Pair.Key, "--tickets", strconv.Itoa(o.Tickets)}, p.Args...)
	if o.HTTP {
		args = append(args, "--http")
	}
	if o.Workers > 1 && p.Workers != "" {
		args = append(args, p.Workers, strconv.Itoa(o.Workers))
	}
	s := &Server{Peer: p, cmd: exec.CommandContext(ctx, p.program, args...), lines: make(chan string, 1)}
	s.cmd.Stderr = &s.stderr
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.start(out, o.Processors); err != nil {
		return nil, err
	}
	port, err := s.answer("listening")
	if err != nil {
		s.Stop()
		return nil, fmt.Errorf("%s: %w: %s", p.Name, err, strings.TrimSpace(s.stderr.String()))
	}
	s.Port = int(port)
	return s, nil
}

// start starts the process, and a goroutine that reads its standard output until its end.
func (s *Server) start(out io.Reader, processors []int) error {
	if err := proc.Start(s.cmd, processors); err != nil {
		return err
	}
	go func() {
		defer close(s.lines)
		for in := bufio.NewScanner(out); in.Scan(); {
			s.lines <- in.Text()
		}
	}()
	return nil
}

// PID is the server's process id.
func (s *Server) PID() int { return s.cmd.Process.Pid }

// Crossings asks how many calls from Go to C the server has made so far. It is 0 for those that do not tell.
func (s *Server) Crossings() (int64, error) {
	if !s.Peer.Crossings {
		return 0, nil
	}
	if err := s.cmd.Process.Signal(syscall.SIGUSR1); err != nil {
		return 0, err
	}
	return s.answer("crossings")
}

// answer waits for a line that is the word and a number.
func (s *Server) answer(word string) (int64, error) {
	select {
	case line, ok := <-s.lines:
		rest, found := strings.CutPrefix(line, word+" ")
		if !ok {
			return 0, errors.New("the server ended")
		}
		if !found {
			return 0, fmt.Errorf("the server said %q instead of %s", line, word)
		}
		return strconv.ParseInt(rest, 10, 64)
	case <-time.After(answerTime):
		return 0, fmt.Errorf("the server did not say %q within %v", word, answerTime)
	}
}

// Stop kills the server and returns what it wrote to its standard error.
func (s *Server) Stop() string {
	_ = s.cmd.Process.Kill() // it may have ended by itself
	for range s.lines {
	}
	_ = s.cmd.Wait() // killed, as wanted
	return strings.TrimSpace(s.stderr.String())
}
