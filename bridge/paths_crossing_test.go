//go:build osslcount

package bridge

import (
	"flag"
	"fmt"
	"os"
	"testing"

	"github.com/sslsock/sslsock/ossl"
)

var update = flag.Bool("update", false, "write what is measured to testdata/baseline.txt")

const (
	baselineFile = "testdata/baseline.txt"
	baselineHead = "# path, allocations, crossings into C; go test -tags osslcount -run Crossings ./bridge -update\n"
)

// TestCrossings compares each hot path with the committed baseline: its
// allocations and its crossings into C, not its time. A line may only change on
// purpose.
func TestCrossings(t *testing.T) {
	got := []byte(baselineHead)
	for _, p := range paths {
		got = fmt.Appendf(got, "%-48s %4.0f %4d\n", p.name, allocations(t, p.prepare), crossings(t, p.prepare))
	}
	if *update {
		must(t, os.WriteFile(baselineFile, got, 0o600))
	}
	want, err := os.ReadFile(baselineFile)
	must(t, err)
	if string(got) != string(want) {
		t.Errorf("the hot paths have changed; if that is meant, run with -update\ngot:\n%s\nwant:\n%s", got, want)
	}
}

func allocations(t *testing.T, prepare func(testing.TB) func()) float64 {
	return testing.AllocsPerRun(100, prepare(t))
}

// crossings are those of one operation, of many: a read that catches half of
// what comes takes one more now and then.
func crossings(t *testing.T, prepare func(testing.TB) func()) int64 {
	const runs = 100
	op := prepare(t)
	before := ossl.Crossings()
	for range runs {
		op()
	}
	return (ossl.Crossings() - before + runs/2) / runs
}
