package ossl_test

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/sslsock/sslsock/ossl"
)

// child names the function of [children] that a process started by [runChild]
// runs instead of the tests.
const child = "OSSL_TEST_CHILD"

// forgotten counts the objects that tests left to the collector on purpose.
var forgotten int64

func TestMain(m *testing.M) {
	if f := children[os.Getenv(child)]; f != nil {
		if err := f(); err != nil {
			fmt.Println("child:", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	before := countFDs()
	code := m.Run()
	if fuzzing() {
		os.Exit(code) // the fuzzer's own pipes and workers are still there
	}
	for _, end := range examplesOpen {
		end()
	}
	for _, complaint := range leftovers(before) {
		fmt.Println("FAIL:", complaint)
		code = 1
	}
	os.Exit(code)
}

// leftovers says what outlived the tests.
func leftovers(fds int) []string {
	for range 5 {
		runtime.GC() // cleanups of objects that were forgotten run
	}
	var list []string
	live := ossl.Live()
	if live.Leaked != forgotten {
		list = append(list, fmt.Sprintf("%d objects were never closed", live.Leaked-forgotten))
	}
	live.Leaked = 0
	if live != (ossl.Counts{}) {
		list = append(list, fmt.Sprintf("objects still open: %+v", live))
	}
	if n := countFDs(); n != fds {
		list = append(list, fmt.Sprintf("%d descriptors before the tests, %d after: %v", fds, n, openFDs()))
	}
	return append(list, dirtyQueues(64)...)
}

// dirtyQueues looks at the error queues of n threads. Each goroutine keeps its
// thread until all have one, so no thread is looked at twice, and the threads
// that exist are used before new ones are made.
func dirtyQueues(n int) (list []string) {
	var mu sync.Mutex
	var held, done sync.WaitGroup
	held.Add(n)
	for range n {
		done.Go(func() {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			r := ossl.PeekQueue()
			held.Done()
			held.Wait()
			if r != 0 {
				mu.Lock()
				list = append(list, fmt.Sprintf("a thread's error queue holds %q (%#x)", r.Error(), uint32(r)))
				mu.Unlock()
			}
		})
	}
	done.Wait()
	return list
}

func fuzzing() bool {
	f := flag.Lookup("test.fuzz")
	return f != nil && f.Value.String() != ""
}

func countFDs() int { return len(openFDs()) }

// openFDs lists descriptors by what they are open on. The runtime's own, made
// on first use of its netpoller, do not count.
func openFDs() (list []string) {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return nil
	}
	for _, e := range entries {
		target, err := os.Readlink("/proc/self/fd/" + e.Name())
		if err == nil && !strings.Contains(target, "[event") && !strings.Contains(target, "/fd") {
			list = append(list, e.Name()+" "+target)
		}
	}
	return list
}
