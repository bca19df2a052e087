package interop

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"
)

// process is a running peer. Its standard error is read always, up to a bound;
// its standard output belongs to whoever started it.
type process struct {
	cmd    *exec.Cmd
	stdin  *os.File
	stdout *os.File
	log    *tail
	exited chan struct{}
	heard  chan struct{} // standard error is at its end
	once   sync.Once

	mu   sync.Mutex
	over bool // the number may be somebody else's
}

// drainPatience is how long the output of a program that is gone is waited for:
// a child of its that has left the process group might hold it open.
const drainPatience = 2 * time.Second

// startProcess starts a command in a process group of its own, which the kernel
// also ends should this program die.
func startProcess(command, env []string) (*process, error) {
	p := &process{log: newTail(), exited: make(chan struct{}), heard: make(chan struct{})}
	var theirs [3]*os.File
	var stderr *os.File
	var err error
	files := []*os.File{}
	pipe := func() (r, w *os.File) {
		if err != nil {
			return nil, nil
		}
		if r, w, err = os.Pipe(); err == nil {
			files = append(files, r, w)
		}
		return r, w
	}
	theirs[0], p.stdin = pipe()
	p.stdout, theirs[1] = pipe()
	stderr, theirs[2] = pipe()
	if err == nil {
		p.cmd = exec.Command(command[0], command[1:]...)
		p.cmd.Stdin, p.cmd.Stdout, p.cmd.Stderr = theirs[0], theirs[1], theirs[2]
		p.cmd.Env = append(os.Environ(), env...)
		p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
		err = p.cmd.Start()
	}
	if err != nil {
		for _, f := range files {
			_ = f.Close()
		}
		return nil, fmt.Errorf("start %s: %w", command[0], err)
	}
	for _, f := range theirs {
		_ = f.Close()
	}
	p.log.note("$ %s\n", strings.Join(command, " "))
	go func() {
		defer close(p.heard)
		_, _ = p.log.ReadFrom(stderr)
		_ = stderr.Close()
	}()
	go func() {
		p.awaitEnd()
		_ = p.cmd.Wait() // ProcessState tells
		close(p.exited)
	}()
	return p, nil
}

// awaitEnd waits until the program has ended, and ends what it leaves in its group.
// Once it has been waited for in earnest its number may go to another program:
// with the kernel's 32,768 numbers a run of all peers uses each of them often.
func (p *process) awaitEnd() {
	const byPID = 1 // P_PID of waitid(2), which package syscall does not have
	for {
		_, _, errno := syscall.Syscall6(syscall.SYS_WAITID, byPID, uintptr(p.cmd.Process.Pid), 0, syscall.WEXITED|syscall.WNOWAIT, 0, 0)
		if errno != syscall.EINTR {
			break
		}
	}
	p.kill()
	p.mu.Lock()
	p.over = true
	p.mu.Unlock()
}

// kill ends the whole process group, unless its leader is gone.
func (p *process) kill() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.over {
		_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
	}
}

func (p *process) closeInput() { _ = p.stdin.Close() }

// wait waits for the end. The error is the exit status, unless it is 0.
func (p *process) wait(ctx context.Context) error {
	select {
	case <-p.exited:
	case <-ctx.Done():
		return fmt.Errorf("still running: %w", context.Cause(ctx))
	}
	if !p.cmd.ProcessState.Success() {
		return errors.New(p.cmd.ProcessState.String())
	}
	return nil
}

// gone says whether it has ended by itself, and how.
func (p *process) gone() error {
	select {
	case <-p.exited:
		return fmt.Errorf("the program ended: %s", p.cmd.ProcessState)
	default:
		return nil
	}
}

// stop kills the whole process group, and returns when the program is gone and
// what it said has been read.
func (p *process) stop() {
	p.once.Do(func() {
		p.kill()
		<-p.exited
		_ = p.stdin.Close()
		timer := time.NewTimer(drainPatience)
		defer timer.Stop()
		select {
		case <-p.heard:
		case <-timer.C:
		}
		_ = p.stdout.Close()
	})
}

// tail is the beginning and the end of a text: a peer may say much.
type tail struct {
	mu      sync.Mutex
	head    []byte
	last    []byte
	skipped int
}

// Bounds of a tail, in bytes.
const (
	headLimit = 8 << 10
	lastLimit = 24 << 10
)

func newTail() *tail { return new(tail) }

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := min(len(p), headLimit-len(t.head))
	t.head = append(t.head, p[:n]...)
	t.last = append(t.last, p[n:]...)
	if over := len(t.last) - lastLimit; over > lastLimit {
		t.skipped += over
		t.last = append([]byte(nil), t.last[over:]...)
	}
	return len(p), nil
}

// size is how much has been written.
func (t *tail) size() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.head) + t.skipped + len(t.last)
}

// since is what has been written after a size, as far as it is kept.
func (t *tail) since(size int) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if size <= len(t.head) {
		return string(t.head[size:]) + string(t.last)
	}
	return string(t.last[min(max(size-len(t.head)-t.skipped, 0), len(t.last)):])
}

// ReadFrom reads all of r, however much it is.
func (t *tail) ReadFrom(r io.Reader) (int64, error) {
	buf := make([]byte, 4096)
	var total int64
	for {
		n, err := r.Read(buf)
		_, _ = t.Write(buf[:n]) // never fails
		total += int64(n)
		if err == io.EOF {
			return total, nil
		}
		if err != nil {
			return total, err
		}
	}
}

func (t *tail) note(format string, args ...any) { _, _ = fmt.Fprintf(t, format, args...) }

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	middle, last := "", t.last
	if over := len(last) - lastLimit; over > 0 || t.skipped > 0 {
		over = max(over, 0)
		middle = fmt.Sprintf("\n[%d bytes left out]\n", t.skipped+over)
		last = last[over:]
	}
	return strings.ToValidUTF8(string(t.head)+middle+string(last), "\ufffd")
}
