package interop

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/sslsock/sslsock/ossl"
)

// TestMain fails when the tests leave anything behind: a process, a goroutine, an
// object of libssl, a folder.
func TestMain(m *testing.M) {
	temp, err := os.MkdirTemp("", "interop-test-")
	if err != nil {
		panic(err)
	}
	_ = os.Setenv("TMPDIR", temp)
	status := m.Run()
	for _, complaint := range leftovers(temp) {
		fmt.Fprintln(os.Stderr, "FAIL:", complaint)
		status = 1
	}
	_ = os.RemoveAll(temp)
	os.Exit(status)
}

func leftovers(temp string) (list []string) {
	if left := children(os.Getpid()); len(left) > 0 {
		list = append(list, fmt.Sprintf("left running: %q", left))
	}
	if err := goleak.Find(goleak.IgnoreTopFunction("github.com/sslsock/sslsock/bridge.(*worker).work")); err != nil {
		list = append(list, err.Error())
	}
	if live := ossl.Live(); live != (ossl.Counts{}) {
		list = append(list, fmt.Sprintf("objects still open: %+v", live))
	}
	if files, _ := os.ReadDir(temp); len(files) > 0 {
		list = append(list, fmt.Sprintf("left in the folder for temporary files: %v", files))
	}
	return list
}

// children are the processes below one, with their command lines.
func children(parent int) (list []string) {
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range stats {
		text, err := os.ReadFile(file)
		if err != nil {
			continue // it has ended
		}
		// The name in parentheses may have spaces: proc(5).
		fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
		if len(fields) < 2 || fields[1] != fmt.Sprint(parent) {
			continue
		}
		pid := filepath.Base(filepath.Dir(file))
		command, _ := os.ReadFile("/proc/" + pid + "/cmdline")
		list = append(list, pid+" "+strings.ReplaceAll(string(command), "\x00", " "))
	}
	return list
}

// run is Run that has to work.
func run(t *testing.T, opts Options) *Report {
	t.Helper()
	r, err := Run(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	if left := children(os.Getpid()); len(left) > 0 {
		t.Errorf("left running: %q", left)
	}
	return r
}

// passes checks that no cell of a report failed, and that n passed at least.
func passes(t *testing.T, r *Report, n int) {
	t.Helper()
	for _, c := range r.Cells {
		if c.Result == Fail {
			t.Errorf("%s: %s\n%s\n%s", c.Name(), c.Reason, c.Log, c.PeerLog)
		}
	}
	if got := r.Count(Pass); got < n {
		t.Errorf("%d cells passed, fewer than %d: %s", got, n, r.Summary())
	}
}
