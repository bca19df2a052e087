package proc

import (
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// burn uses CPU for d on each of n threads, which end with it.
func burn(t *testing.T, n int, d time.Duration) {
	var all sync.WaitGroup
	for range n {
		all.Add(1)
		go func() {
			runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
			defer all.Done()
			for begin := threadCPU(t); threadCPU(t)-begin < d && !t.Failed(); {
			}
		}()
	}
	all.Wait()
}

func threadCPU(t *testing.T) time.Duration {
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &ts); err != nil {
		t.Error(err)
	}
	return time.Duration(ts.Nano())
}

func TestCPUCountsThreadsThatHaveEnded(t *testing.T) {
	const threads, each = 4, 50 * time.Millisecond
	pid := os.Getpid()
	before, err := CPU(pid)
	if err != nil {
		t.Fatal(err)
	}
	burn(t, threads, each)
	time.Sleep(50 * time.Millisecond) // for the threads to be gone
	after, err := CPU(pid)
	if err != nil {
		t.Fatal(err)
	}
	if used := after - before; used < threads*each || used > threads*each+time.Second {
		t.Errorf("%d threads with %v each were counted as %v", threads, each, used)
	}
}

func TestCPUOfNoProcess(t *testing.T) {
	cmd := exec.Command("true")
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	if cpu, err := CPU(cmd.Process.Pid); err == nil {
		t.Errorf("a process that has ended has a clock: %v", cpu)
	}
}

func TestStartChoosesTheProcessor(t *testing.T) {
	list, err := Processors()
	if err != nil || len(list) == 0 {
		t.Fatalf("processors %v, error %v", list, err)
	}
	last := list[len(list)-1]
	var out strings.Builder
	cmd := exec.Command("grep", "Cpus_allowed_list", "/proc/self/status")
	cmd.Stdout = &out
	if err := Start(cmd, []int{last}); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	_, got, _ := strings.Cut(out.String(), ":")
	if n, err := ParseProcessors(strings.TrimSpace(got)); err != nil || !slices.Equal(n, []int{last}) {
		t.Errorf("the child may use %q, want %d alone", strings.TrimSpace(got), last)
	}
	if now, err := Processors(); err != nil || !slices.Equal(now, list) {
		t.Errorf("this thread may use %v after the start, and %v before", now, list)
	}
}

func TestReadOfThisProcess(t *testing.T) {
	u, err := Read(os.Getpid())
	if err != nil || u.CPU <= 0 || u.Voluntary <= 0 {
		t.Errorf("usage %+v, error %v", u, err)
	}
	if n, err := Resident(os.Getpid()); err != nil || n < 1<<20 {
		t.Errorf("resident %d bytes, error %v", n, err)
	}
}

func TestParsePerf(t *testing.T) {
	n, err := parsePerf("# started\n\n1234,,raw_syscalls:sys_enter,3003036,100.00,,\n")
	if n != 1234 || err != nil {
		t.Errorf("got %d, error %v", n, err)
	}
	for _, s := range []string{"", "<not counted>,,raw_syscalls:sys_enter,0,100.00,,\n", "event syntax error\n"} {
		if n, err := parsePerf(s); err == nil {
			t.Errorf("%q: got %d and no error", s, n)
		}
	}
}

func TestParseProfile(t *testing.T) {
	p, err := parseProfile(strings.Join([]string{
		"", " 40         |[kernel.kallsyms]|[k] tcp_ack", "10|[nf_tables]|[k] nft_do_chain", " 20|libcrypto.so.3|[.] 0x000000000017e6aa",
		"5|libssl.so.3|[.] SSL_read", "4|libc.so.6|[.] malloc", "1|[vdso]|[.] __vdso_clock_gettime", "12|peer-ours|[.] runtime.lock2",
		"7|peer-ours|[.] main.(*session).Data", "1|[unknown]|[.] 0000000000000000", "", "# a remark"}, "\n"), "peer-ours")
	want := Profile{Samples: 100, Kernel: 0.5, Crypto: 0.2, SSL: 0.05, LibC: 0.05, Own: 0.2, Runtime: 0.12}
	if p != want || err != nil {
		t.Errorf("got %+v, want %+v, error %v", p, want, err)
	}
	if p, err := parseProfile("Error:\nThe profile.data data has no samples!\n", "peer-ours"); err == nil {
		t.Errorf("got %+v and no error", p)
	}
}

func TestRecordSeesTheProgramItself(t *testing.T) {
	if err := CanProfile(t.Context(), t.TempDir()); err != nil {
		t.Skip(err)
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	r, err := Record(t.Context(), t.TempDir(), os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	burn(t, 1, 200*time.Millisecond)
	p, err := r.Stop(t.Context(), program)
	if err != nil || p.Samples < 50 || p.Own+p.Kernel+p.LibC < 0.9 || p.Runtime > p.Own {
		t.Errorf("got %+v, error %v", p, err)
	}
}

func TestRecordOfNoProcess(t *testing.T) {
	if err := CanProfile(t.Context(), t.TempDir()); err != nil {
		t.Skip(err)
	}
	cmd := exec.Command("true")
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	if _, err := Record(t.Context(), t.TempDir(), cmd.Process.Pid); err == nil {
		t.Error("samples of a process that has ended")
	}
}
