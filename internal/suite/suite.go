// Package suite runs OpenSSL's own handshake tests through packages ossl and
// bridge: real sockets, real loops. The tests are data, files of the syntax of
// config(5) that come with OpenSSL's source.
package suite

import (
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"runtime"
	"sync"
	"time"

	"github.com/sslsock/sslsock/bridge"
)

// Config says what to run.
type Config struct {
	Dir     string         // see Find
	Only    *regexp.Regexp // tests whose "file/name" matches; nil is all
	Verbose bool           // a line for each test that passes too
	Out     io.Writer      // progress, and as the last line the totals
}

// Totals counts tests.
type Totals struct{ Passed, Failed, Skipped int }

func (t Totals) String() string {
	return fmt.Sprintf("%d passed, %d failed, %d skipped", t.Passed, t.Failed, t.Skipped)
}

const (
	// patience bounds each step of a test. What takes that long has failed.
	patience = 30 * time.Second
	// perLoop is how many tests a loop runs at a time: some wait for the timer of
	// DTLS.
	perLoop = 16
)

// Run runs the tests and prints how they went. The error is for what cannot be
// read or begun; tests that fail are counted.
func Run(cfg Config) (Totals, error) {
	var total Totals
	folder, err := Find(cfg.Dir)
	if err != nil {
		return total, err
	}
	loops, stop, err := startLoops(runtime.GOMAXPROCS(0))
	if err != nil {
		return total, err
	}
	defer stop()
	for _, file := range folder.Files {
		tests, err := folder.Read(file)
		if err != nil {
			return total, err
		}
		tests = cfg.choose(tests)
		results := runAll(loops, tests)
		cfg.report(filepath.Base(file), tests, results, &total)
	}
	_, err = fmt.Fprintln(cfg.Out, total)
	return total, err
}

// startLoops starts loops, which stop ends.
func startLoops(n int) (loops []*bridge.Loop, stop func(), err error) {
	var ended sync.WaitGroup
	stop = func() {
		for _, l := range loops {
			_ = l.Close() // it has no error to return
		}
		ended.Wait()
	}
	for range n {
		l, err := bridge.NewLoop(&bridge.LoopConfig{HandshakeTimeout: patience, IdleTimeout: patience, CloseTimeout: patience})
		if err != nil {
			stop()
			return nil, nil, err
		}
		loops = append(loops, l)
		ended.Go(func() {
			// A loop that ends early closes its streams, and their tests fail.
			_ = l.Run()
		})
	}
	return loops, stop, nil
}

// result is how a test went.
type result struct {
	skipped    string // why, "" for a test that has run
	complaints []string
}

// runAll runs tests on all loops, several on each.
func runAll(loops []*bridge.Loop, tests []*Test) []result {
	results := make([]result, len(tests))
	next := make(chan int)
	var workers sync.WaitGroup
	for i := range min(len(tests), len(loops)*perLoop) {
		loop := loops[i%len(loops)]
		workers.Go(func() {
			for n := range next {
				if why := tests[n].lacks(); why != "" {
					results[n].skipped = why
				} else {
					results[n].complaints = tests[n].Run(loop)
				}
			}
		})
	}
	for n := range tests {
		next <- n
	}
	close(next)
	workers.Wait()
	return results
}
