package proc

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
	"slices"
	"strconv"
	"strings"
)

// Profile says where a process spends its CPU time: shares of its samples, which add up to 1.
type Profile struct {
	Samples int     `json:"samples"`
	Kernel  float64 `json:"kernel"`
	Crypto  float64 `json:"libcrypto"`
	SSL     float64 `json:"libssl"`
	LibC    float64 `json:"libc"`    // with the dynamic linker and the vdso
	Own     float64 `json:"own"`     // the program itself, and libraries that are none of these
	Runtime float64 `json:"runtime"` // of Own: Go's runtime
}

// Samples are of CPU time, which needs no counter of the processor's and so is there in virtual machines too.
const profileEvent = "cpu-clock"

// Recorder is a perf that takes samples of a process. It is told by its standard input when to begin and when to end.
type Recorder struct {
	cmd     *exec.Cmd
	file    string
	control io.Writer
	acks    *bufio.Reader
	stderr  bytes.Buffer
}

// CanProfile tells why Record would fail here, nil if it would not. It asks for the kernel alone: without the right to see
// that, perf would leave it out of a profile without a word.
func CanProfile(ctx context.Context, dir string) error {
	out, err := exec.CommandContext(ctx, "perf", recordArgs(dir, profileEvent+":k", "--", "true")...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("perf record -e %s: %w: %s", profileEvent, err, bytes.TrimSpace(out))
	}
	return nil
}

func recordArgs(dir, event string, more ...string) []string {
	return append([]string{"record", "-q", "-e", event, "-F", "4000", "-o", profileFile(dir), "--control", "fd:0,1"}, more...)
}

func profileFile(dir string) string { return filepath.Join(dir, "profile.data") }

// Record attaches perf to a process. The samples are in a file in dir, which the next Record overwrites.
func Record(ctx context.Context, dir string, pid int) (*Recorder, error) {
	r := &Recorder{file: profileFile(dir)}
	r.cmd = exec.CommandContext(ctx, "perf", recordArgs(dir, profileEvent, "--delay=-1", "-p", strconv.Itoa(pid))...)
	r.cmd.Stderr = &r.stderr
	out, err := r.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if r.control, err = r.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	r.acks = bufio.NewReader(out)
	if err := r.cmd.Start(); err != nil {
		return nil, err
	}
	if err := r.tell("enable"); err != nil {
		return nil, errors.Join(err, r.end())
	}
	return r, nil
}

// tell gives perf a command and waits until it has obeyed.
func (r *Recorder) tell(command string) error {
	if _, err := io.WriteString(r.control, command+"\n"); err != nil {
		return err
	}
	// Some versions send a NUL behind each answer.
	if answer, err := r.acks.ReadString('\n'); strings.Trim(answer, "\x00\n") != "ack" {
		return errors.Join(fmt.Errorf("perf answered %q to %s", answer, command), err)
	}
	return nil
}

// end interrupts perf and waits for it; its error is what perf wrote to its standard error.
func (r *Recorder) end() error {
	_ = r.cmd.Process.Signal(os.Interrupt) // it may have ended by itself
	_ = r.cmd.Wait()                       // the interrupt counts as a failure
	if said := bytes.TrimSpace(r.stderr.Bytes()); len(said) > 0 {
		return fmt.Errorf("perf record: %s", said)
	}
	return nil
}

// Stop ends the samples and sorts them; program is the one that the process runs.
func (r *Recorder) Stop(ctx context.Context, program string) (Profile, error) {
	if err := errors.Join(r.tell("disable"), r.end()); err != nil {
		return Profile{}, err
	}
	out, err := exec.CommandContext(ctx, "perf", "report", "-i", r.file, "-q", "--stdio", "-t", "|",
		"--sort", "dso,sym", "-F", "sample,dso,sym").Output()
	if err != nil {
		return Profile{}, fmt.Errorf("perf report: %w", err)
	}
	return parseProfile(string(out), filepath.Base(program))
}

// parseProfile adds up lines such as "20         |[kernel.kallsyms]|[k] tcp_ack".
func parseProfile(s, program string) (Profile, error) {
	var p Profile
	for line := range strings.Lines(s) {
		f := strings.SplitN(strings.TrimSpace(line), "|", 3)
		n, err := strconv.Atoi(strings.TrimSpace(f[0]))
		if len(f) < 3 || err != nil {
			continue
		}
		object, symbol := strings.TrimSpace(f[1]), strings.TrimSpace(strings.TrimPrefix(f[2], "[.]"))
		p.Samples += n
		*p.share(object) += float64(n)
		if object == program && inRuntime(symbol) {
			p.Runtime += float64(n)
		}
	}
	if p.Samples == 0 {
		return p, errors.New("perf took no samples")
	}
	for _, share := range []*float64{&p.Kernel, &p.Crypto, &p.SSL, &p.LibC, &p.Own, &p.Runtime} {
		*share /= float64(p.Samples)
	}
	return p, nil
}

// share finds where the samples of a shared object count.
func (p *Profile) share(object string) *float64 {
	is := func(prefixes ...string) bool {
		return slices.ContainsFunc(prefixes, func(s string) bool { return strings.HasPrefix(object, s) })
	}
	switch {
	case is("libcrypto", "fips.so", "legacy.so"):
		return &p.Crypto
	case is("libssl"):
		return &p.SSL
	case is("libc.", "libpthread", "ld-", "[vdso]"):
		return &p.LibC
	case is("[") && object != "[unknown]": // the kernel and its modules
		return &p.Kernel
	}
	return &p.Own
}

// inRuntime tells whether a Go program's symbol is the runtime's.
func inRuntime(symbol string) bool {
	return strings.HasPrefix(symbol, "runtime.") || strings.HasPrefix(symbol, "internal/runtime/") || strings.HasPrefix(symbol, "runtime/")
}
