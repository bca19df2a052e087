package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/sslsock/sslsock/testdata"
)

// program is the binary under test: what users run, not its functions.
var program string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "sslsock-test-")
	if err != nil {
		panic(err)
	}
	program = filepath.Join(dir, "sslsock")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "go build: %v\n%s", err, out)
		os.Exit(1)
	}
	status := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(status)
}

// patience is how long a test waits for what has to come.
const patience = 30 * time.Second

// result is what a command left behind.
type result struct {
	stdout, stderr string
	status         int
}

// sslsock runs the program to its end.
func sslsock(t *testing.T, stdin string, args ...string) result {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, args...)
	var out, err bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &out, &err
	runErr := cmd.Run()
	if ee := new(exec.ExitError); runErr != nil && !errors.As(runErr, &ee) {
		t.Fatal(runErr)
	}
	if ctx.Err() != nil {
		t.Fatalf("sslsock %v does not end\n%s%s", args, &out, &err)
	}
	return result{out.String(), err.String(), cmd.ProcessState.ExitCode()}
}

// refuses checks that the program fails with one line that has all the words.
func refuses(t *testing.T, words []string, args ...string) {
	t.Helper()
	r := sslsock(t, "", args...)
	if r.status != 1 {
		t.Errorf("sslsock %v: status %d, want 1\n%s%s", args, r.status, r.stdout, r.stderr)
	}
	last := r.stderr[strings.LastIndex(strings.TrimSuffix(r.stderr, "\n"), "\n")+1:]
	if !strings.HasPrefix(last, "sslsock: ") || strings.Contains(r.stderr+r.stdout, "Usage:") {
		t.Errorf("sslsock %v: not one line:\n%s%s", args, r.stdout, r.stderr)
	}
	for _, w := range words {
		if !strings.Contains(last, w) {
			t.Errorf("sslsock %v: %q says nothing of %q", args, last, w)
		}
	}
}

// process is a command that goes on running.
type process struct {
	t      *testing.T
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	stdout *lines
	stderr *lines
}

// start starts a command, in a process group of its own, and ends it with the
// test.
func start(t *testing.T, name string, args ...string) *process {
	t.Helper()
	p := &process{t: t, cmd: exec.Command(name, args...)}
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	var err error
	if p.stdin, err = p.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	// Pipes of our own: cmd.Wait must not close them under the readers.
	outR, outW := pipe(t)
	errR, errW := pipe(t)
	p.cmd.Stdout, p.cmd.Stderr = outW, errW
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_, _ = outW.Close(), errW.Close()
	p.stdout, p.stderr = readLines(outR), readLines(errR)
	t.Cleanup(func() {
		if p.cmd.ProcessState == nil {
			_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
			_ = p.cmd.Wait()
		}
	})
	return p
}

func pipe(t *testing.T) (r, w *os.File) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = r.Close(), w.Close() })
	return r, w
}

// lines collects what a process prints.
type lines struct {
	mu    sync.Mutex
	grown *sync.Cond
	all   []string
	ended bool
}

func readLines(r io.Reader) *lines {
	l := new(lines)
	l.grown = sync.NewCond(&l.mu)
	go func() {
		s := bufio.NewScanner(r)
		for s.Scan() {
			l.mu.Lock()
			l.all = append(l.all, s.Text())
			l.mu.Unlock()
			l.grown.Broadcast()
		}
		_, _ = io.Copy(io.Discard, r) // what is no text
		l.mu.Lock()
		l.ended = true
		l.mu.Unlock()
		l.grown.Broadcast()
	}()
	return l
}

// await waits for a line with the word in it, and returns the line.
func (l *lines) await(t *testing.T, word string) string {
	t.Helper()
	line, ok := "", false
	l.until(t, word, func() bool {
		for _, s := range l.all {
			if strings.Contains(s, word) {
				line, ok = s, true
			}
		}
		return ok || l.ended
	})
	if !ok {
		t.Fatalf("ended without a line with %q:\n%s", word, l)
	}
	return line
}

// end waits for the end of the output.
func (l *lines) end(t *testing.T) {
	t.Helper()
	l.until(t, "the end", func() bool { return l.ended })
}

func (l *lines) until(t *testing.T, what string, done func() bool) {
	t.Helper()
	late := false
	timer := time.AfterFunc(patience, func() {
		l.mu.Lock()
		late = true
		l.mu.Unlock()
		l.grown.Broadcast()
	})
	defer timer.Stop()
	l.mu.Lock()
	for !done() && !late {
		l.grown.Wait()
	}
	l.mu.Unlock()
	if late {
		t.Fatalf("%s does not come; so far:\n%s", what, l)
	}
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.all, "\n")
}

// signal sends sig and waits for the end of the process and all it started.
func (p *process) signal(sig syscall.Signal) int {
	p.t.Helper()
	if err := p.cmd.Process.Signal(sig); err != nil {
		p.t.Fatal(err)
	}
	return p.wait()
}

// wait waits for the end, also of children: they hold standard error.
func (p *process) wait() int {
	p.t.Helper()
	p.stderr.end(p.t)
	_ = p.cmd.Wait()
	status := p.cmd.ProcessState.ExitCode()
	if status < 0 {
		return status // killed: orphans that have ended are init's to bury
	}
	if err := syscall.Kill(-p.cmd.Process.Pid, 0); !errors.Is(err, syscall.ESRCH) {
		p.t.Errorf("processes are left behind (%v)", err)
	}
	return status
}

// serve starts a server on a free port, and returns its address.
func serve(t *testing.T, args ...string) (*process, string) {
	t.Helper()
	p := start(t, program, append([]string{"serve", "--addr", "127.0.0.1:0"}, args...)...)
	return p, strings.TrimPrefix(p.stdout.await(t, "listening on "), "listening on ")
}

// certFlags are --cert and --key of a chain.
func certFlags(c testdata.Chain) []string {
	return []string{"--cert", testdata.Path(c.Cert), "--key", testdata.Path(c.Key)}
}

// sslServer starts `openssl s_server`, which echoes lines reversed, and
// returns its address.
func sslServer(t *testing.T, c testdata.Chain, args ...string) string {
	t.Helper()
	p := start(t, "openssl", append([]string{
		"s_server", "-accept", "127.0.0.1:0", "-cert", testdata.Path(c.Cert), "-cert_chain", testdata.Path(c.Cert),
		"-key", testdata.Path(c.Key), "-rev",
	}, args...)...)
	return strings.Fields(p.stdout.await(t, "ACCEPT "))[1]
}
