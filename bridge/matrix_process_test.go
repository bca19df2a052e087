package bridge

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// process is a running `openssl`. It is killed with the test, and what it said
// is shown if the test has failed.
type process struct {
	t   testing.TB
	cmd *exec.Cmd
	in  *os.File // its standard input
	out *os.File // its standard output: what is not read holds it up

	errs   chan string // lines of its standard error
	exited chan struct{}

	mu  sync.Mutex
	log bytes.Buffer
}

// startOpenSSL starts the program, or skips the test where there is none.
func startOpenSSL(t testing.TB, args ...string) *process {
	t.Helper()
	path, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("no openssl program to talk to:", err)
	}
	inR, inW := pipe(t)
	outR, outW := pipe(t)
	errR, errW := pipe(t)
	p := &process{t: t, in: inW, out: outR, errs: make(chan string, 1000), exited: make(chan struct{})}
	p.cmd = exec.Command(path, args...)
	p.cmd.Stdin, p.cmd.Stdout, p.cmd.Stderr = inR, outW, errW
	// Not even a test binary that panics leaves it behind.
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	must(t, p.cmd.Start())
	for _, end := range []*os.File{inR, outW, errW} {
		must(t, end.Close())
	}
	must(t, p.out.SetReadDeadline(time.Now().Add(patience)))
	var readers sync.WaitGroup
	readers.Go(func() { p.listen(errR) })
	readers.Go(func() { _ = p.cmd.Wait(); close(p.exited) })
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill() // fails where it has ended by itself
		readers.Wait()
		if t.Failed() {
			t.Logf("openssl %s\n%s\n%v", strings.Join(args, " "), p.said(), p.cmd.ProcessState)
		}
	})
	return p
}

// pipe is an os.Pipe that is closed with the test.
func pipe(t testing.TB) (r, w *os.File) {
	t.Helper()
	r, w, err := os.Pipe()
	must(t, err)
	t.Cleanup(func() { _, _ = r.Close(), w.Close() })
	return r, w
}

func (p *process) listen(stderr io.Reader) {
	defer close(p.errs)
	lines := bufio.NewScanner(stderr)
	for lines.Scan() {
		p.note(lines.Text())
		select {
		case p.errs <- lines.Text():
		default: // nobody waits for so many
		}
	}
}

func (p *process) note(line string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.log.WriteString(line + "\n")
}

// said is all of its standard error until now.
func (p *process) said() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.log.String()
}

// until waits for the next line of standard error with the words.
func (p *process) until(words string) {
	p.t.Helper()
	timeout := time.After(patience)
	for {
		select {
		case line, ok := <-p.errs:
			if !ok {
				p.t.Fatalf("openssl ended without saying %q", words)
			}
			if strings.Contains(line, words) {
				return
			}
		case <-timeout:
			p.t.Fatalf("openssl has not said %q within %v", words, patience)
		}
	}
}

// tell writes to its standard input.
func (p *process) tell(text string) {
	p.t.Helper()
	if _, err := io.WriteString(p.in, text); err != nil {
		p.t.Fatal(err)
	}
}

// wait returns its exit code and all that it said on standard error.
func (p *process) wait() (int, string) {
	p.t.Helper()
	soon(p.t, "end of the openssl program", p.exited)
	for range p.errs { // closed at the end of the pipe
	}
	return p.cmd.ProcessState.ExitCode(), p.said()
}
