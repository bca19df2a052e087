package proc

import (
	"fmt"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// Processors gives the processors that this process may use, in order.
func Processors() ([]int, error) {
	var set unix.CPUSet
	if err := unix.SchedGetaffinity(0, &set); err != nil {
		return nil, err
	}
	var list []int
	for i := range len(set) * 64 {
		if set.IsSet(i) {
			list = append(list, i)
		}
	}
	return list, nil
}

// ParseProcessors reads a list such as "2" or "2,3".
func ParseProcessors(s string) ([]int, error) {
	var list []int
	for f := range strings.SplitSeq(s, ",") {
		n, err := strconv.Atoi(f)
		if err != nil || n < 0 {
			return nil, fmt.Errorf("%q is not a list of processors such as 2 or 2,3", s)
		}
		list = append(list, n)
	}
	return list, nil
}

// launcher runs functions on one thread that lives as long as this process. A child starts on the processors of the thread
// that starts it, and is killed when that thread ends: so all children end with this process, however it ends.
var launcher = sync.OnceValue(func() chan<- func() {
	jobs := make(chan func())
	go func() {
		runtime.LockOSThread()
		for f := range jobs {
			f()
		}
	}()
	return jobs
})

// Start starts cmd on the given processors.
func Start(cmd *exec.Cmd, processors []int) error {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
	done := make(chan error)
	launcher() <- func() {
		var set unix.CPUSet
		for _, n := range processors {
			set.Set(n)
		}
		if err := unix.SchedSetaffinity(0, &set); err != nil {
			done <- fmt.Errorf("processors %v: %w", processors, err)
			return
		}
		done <- cmd.Start()
	}
	return <-done
}

// AllowFiles lets this process, and those that it starts, have n files open, or where that is forbidden as many as they may
// have. It returns how many.
func AllowFiles(n uint64) (uint64, error) {
	var files syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &files); err != nil {
		return 0, err
	}
	wanted := syscall.Rlimit{Cur: n, Max: max(n, files.Max)}
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &wanted); err == nil {
		return n, nil
	}
	files.Cur = files.Max
	return files.Cur, syscall.Setrlimit(syscall.RLIMIT_NOFILE, &files)
}
