// Package proc starts processes on chosen processors and reads what they have used.
package proc

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// Usage is what a process has used since it started.
type Usage struct {
	CPU         time.Duration
	Voluntary   int64 // context switches of the threads alive
	Involuntary int64
}

// Read reads the usage of the process pid.
func Read(pid int) (Usage, error) {
	cpu, err := CPU(pid)
	if err != nil {
		return Usage{}, err
	}
	u := Usage{CPU: cpu}
	files, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/status", pid))
	if err != nil {
		return Usage{}, err
	}
	for _, file := range files {
		if s, err := os.ReadFile(file); err == nil { // else the thread has ended
			u.Voluntary += field(string(s), "voluntary_ctxt_switches:")
			u.Involuntary += field(string(s), "nonvoluntary_ctxt_switches:")
		}
	}
	return u, nil
}

// Sub gives the usage since before.
func (u Usage) Sub(before Usage) Usage {
	return Usage{u.CPU - before.CPU, u.Voluntary - before.Voluntary, u.Involuntary - before.Involuntary}
}

// CPU reads the process's CPU clock (clock_getcpuclockid(3)): what the scheduler has counted for all of its threads, those
// that have ended included, to the nanosecond. The sum of /proc/PID/task/*/schedstat is the same count, but loses a
// thread's share when the thread ends and lags by up to a tick for a thread that is running; utime and stime in
// /proc/PID/stat keep the ended threads, in units of 10 ms.
func CPU(pid int) (time.Duration, error) {
	const cpuclockSched = 2 // include/linux/posix-timers_types.h: the clock of a whole process, in scheduler time
	var t unix.Timespec
	if err := unix.ClockGettime(int32(^pid<<3|cpuclockSched), &t); err != nil {
		return 0, fmt.Errorf("CPU clock of process %d: %w", pid, err)
	}
	return time.Duration(t.Nano()), nil
}

// Settle waits until the process has used no CPU for 3 ms, or for at most limit.
func Settle(pid int, limit time.Duration) error {
	const quiet = 3 * time.Millisecond
	for end := time.Now().Add(limit); time.Now().Before(end); {
		before, err := CPU(pid)
		if err != nil {
			return err
		}
		time.Sleep(quiet)
		after, err := CPU(pid)
		if err != nil {
			return err
		}
		if after == before {
			return nil
		}
	}
	return nil
}

// Resident reads the resident memory of the process in bytes. The kernel's socket buffers are not part of it.
func Resident(pid int) (int64, error) {
	s, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	if err != nil {
		return 0, err
	}
	return field(string(s), "Rss:") << 10, nil
}

// field finds the number after the name at the start of a line, 0 when there is none.
func field(s, name string) int64 {
	for line := range strings.Lines(s) {
		if rest, ok := strings.CutPrefix(line, name); ok {
			if f := strings.Fields(rest); len(f) > 0 {
				n, _ := strconv.ParseInt(f[0], 10, 64)
				return n
			}
		}
	}
	return 0
}
