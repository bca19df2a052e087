package bridge

import (
	"fmt"
	"net"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/sslsock/sslsock/ossl"
)

// leakedOnPurpose counts objects that tests leave to the garbage collector.
var leakedOnPurpose int64

// TestMain fails the package if anything outlives its tests: goroutines, objects
// of OpenSSL, descriptors.
func TestMain(m *testing.M) {
	startNetpoll()
	before := openFiles()
	code := m.Run()
	for _, complaint := range leftovers(before) {
		fmt.Println("FAIL:", complaint)
		code = 1
	}
	os.Exit(code)
}

// startNetpoll has the runtime open the descriptors that it keeps.
func startNetpoll() {
	if ln, err := net.Listen("tcp", "127.0.0.1:0"); err == nil {
		_ = ln.Close()
	}
}

func leftovers(before []string) (list []string) {
	if err := goleak.Find(goleak.IgnoreTopFunction("github.com/sslsock/sslsock/bridge.(*worker).work")); err != nil {
		list = append(list, err.Error())
	}
	for range 5 {
		runtime.GC() // cleanups of what was forgotten run
		time.Sleep(10 * time.Millisecond)
	}
	live := ossl.Live()
	if live.Leaked != leakedOnPurpose {
		list = append(list, fmt.Sprintf("%d objects were never closed", live.Leaked-leakedOnPurpose))
	}
	live.Leaked = 0
	if live != (ossl.Counts{}) {
		list = append(list, fmt.Sprintf("objects still open: %+v", live))
	}
	if after := openFiles(); len(after) != len(before) {
		list = append(list, fmt.Sprintf("descriptors before the tests: %v; after: %v", before, after))
	}
	return list
}

// openFiles lists this process's descriptors by what they are open on.
func openFiles() (list []string) {
	entries, _ := os.ReadDir("/proc/self/fd")
	for _, e := range entries {
		target, err := os.Readlink("/proc/self/fd/" + e.Name())
		if err == nil && !strings.HasSuffix(target, "/fd") {
			list = append(list, e.Name()+" "+target)
		}
	}
	return list
}
