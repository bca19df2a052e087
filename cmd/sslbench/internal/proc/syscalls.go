package proc

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

const syscallEvent = "raw_syscalls:sys_enter"

// CanCountSyscalls tells why CountSyscalls would fail here, nil if it would not.
func CanCountSyscalls(ctx context.Context) error {
	out, err := exec.CommandContext(ctx, "perf", "stat", "-x,", "-e", syscallEvent, "--", "true").CombinedOutput()
	if err != nil {
		return fmt.Errorf("perf stat -e %s: %w: %s", syscallEvent, err, bytes.TrimSpace(out))
	}
	_, err = parsePerf(string(out))
	return err
}

// CountSyscalls counts the system calls of a process, by perf, until the function that it returns is called.
func CountSyscalls(ctx context.Context, pid int) (func() (int64, error), error) {
	var out bytes.Buffer
	cmd := exec.CommandContext(ctx, "perf", "stat", "-x,", "-e", syscallEvent, "-p", strconv.Itoa(pid))
	cmd.Stderr = &out
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	time.Sleep(200 * time.Millisecond) // perf does not tell when it has attached
	return func() (int64, error) {
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			return 0, err
		}
		_ = cmd.Wait() // it reports the interrupt as a failure; what counts is what it printed
		return parsePerf(out.String())
	}, nil
}

// parsePerf reads a line such as "29,,raw_syscalls:sys_enter,3003036,100.00,,".
func parsePerf(s string) (int64, error) {
	for line := range strings.Lines(s) {
		if f := strings.Split(line, ","); len(f) > 2 && f[2] == syscallEvent {
			n, err := strconv.ParseInt(f[0], 10, 64)
			if err != nil {
				return 0, fmt.Errorf("perf counted %q", f[0])
			}
			return n, nil
		}
	}
	return 0, errors.New("perf gave no count: " + strings.TrimSpace(s))
}
