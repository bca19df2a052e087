package report

import (
	"strings"
	"testing"

	"github.com/sslsock/sslsock/cmd/sslbench/internal/proc"
	"github.com/sslsock/sslsock/cmd/sslbench/internal/stats"
)

func table(t *testing.T, r *Report) string {
	t.Helper()
	var b strings.Builder
	if err := r.WriteTable(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// lineOf gives the line that has all words.
func lineOf(t *testing.T, s string, words ...string) string {
	t.Helper()
next:
	for line := range strings.Lines(s) {
		for _, w := range words {
			if !strings.Contains(line, w) {
				continue next
			}
		}
		return line
	}
	t.Fatalf("no line has %q in\n%s", words, s)
	return ""
}

func one(f float64) stats.Summary { return stats.Of([]float64{f}) }

func TestMissedTargetIsExplainedByTheProfiles(t *testing.T) {
	s := table(t, sample(t))
	lineOf(t, s, "echo/64B/64", "50/10/5/5/30")
	// loop costs 200 ns, c 100 ns; 30 % of each are its own code's.
	lineOf(t, s, "echo/64B/64, loop: 2.00 of c, 1.05 more than the target of 0.95; 200 ns, beside c's: kernel 100 ns (50 ns),",
		"libssl and libcrypto 30 ns (15 ns), libc 10 ns (5 ns), own code 60 ns (30 ns) of which Go's runtime 40 ns;",
		"70 % are not its own code's, and without that it would be at 1.40")
	if strings.Contains(s, "gotls: ") {
		t.Errorf("a peer without a target has missed it:\n%s", s)
	}
}

func TestMissedTargetWithoutProfiles(t *testing.T) {
	r := sample(t)
	for i := range r.Rows {
		for j := range r.Rows[i].Peers {
			r.Rows[i].Peers[j].Profile = nil
		}
	}
	s := table(t, r)
	lineOf(t, s, "echo/64B/64, conn: 3.00 of c, 1.90 more than the target of 1.10; there is no profile")
	if strings.Contains(s, "50/10/5/5/30") {
		t.Errorf("a profile from nowhere:\n%s", s)
	}
}

func TestMetTargetNeedsNoExplanation(t *testing.T) {
	r := sample(t)
	for i := range r.Rows {
		r.Rows[i].Peers = r.Rows[i].Peers[:1]
	}
	if s := table(t, r); strings.Contains(s, "missed") {
		t.Errorf("nothing was missed:\n%s", s)
	}
}

func TestMissedLatency(t *testing.T) {
	r := &Report{Rows: []Row{{Name: "echo", Unit: "echo", Peers: []Cell{
		{Peer: "c", Figure: one(100), Ratio: one(1)}, {Peer: "loop", Figure: one(100), Ratio: one(1), Target: 1.05, TargetP50: 1.05, RatioP50: 1.25}}}}}
	lineOf(t, table(t, r), "echo, loop: p50 is 1.25 of c's, 0.20 more than the target of 1.05")
}

func TestMissedMemoryHasNoProfile(t *testing.T) {
	r := &Report{Rows: []Row{{Name: "idle", Unit: "connection", Peers: []Cell{{Peer: "c", Figure: one(10_000), Ratio: one(1)},
		{Peer: "loop", Figure: one(20_000), Ratio: one(2), Target: 1.1, Profile: &proc.Profile{Own: 1}}}}}}
	lineOf(t, table(t, r), "idle, loop: 2.00 of c", "20.0 KB for each connection, 10.0 KB in c")
}

func TestWorkersAreComparedWithOne(t *testing.T) {
	s := table(t, sample(t))
	_, s, found := strings.Cut(s, "Two workers on processors")
	if !found {
		t.Fatal("there is no such table")
	}
	s, _, _ = strings.Cut(s, "Against other libraries")
	// 30 units in 1 s against 40 in 2 s, and 1.5 times the CPU time for each.
	for _, peer := range []string{"c", "loop", "conn", "gotls"} {
		if f := strings.Fields(lineOf(t, s, " "+peer+" ")); strings.Join(f[len(f)-6:], " ") != "1.50 1.50..1.50 1.50 1.50..1.50 1.80 1.00" {
			t.Errorf("%s: %q", peer, f)
		}
	}
	if strings.Contains(s, "fork") {
		t.Error("a peer that cannot use two processors is compared")
	}
	r := sample(t)
	r.Rows = r.Rows[:1]
	if s := table(t, r); strings.Contains(s, "Two workers") {
		t.Error("a table without a row")
	}
}

func TestComparedWithOtherLibraries(t *testing.T) {
	_, s, found := strings.Cut(table(t, sample(t)), "Against other libraries")
	if !found {
		t.Fatal("there is no such table")
	}
	// c costs 100 ns, loop 200, conn 300, gotls 400, fork 500.
	lineOf(t, s, "echo/64B/64", "loop", "gotls", "0.50", "1.00", "met")
	lineOf(t, s, "https/64B/64", "conn", "gotls", "0.75", "1.00", "met")
	if n := strings.Count(s, "fork   0.60"); n != 2 {
		t.Errorf("conn is compared with fork %d times, not in two rows:\n%s", n, s)
	}
	r := sample(t)
	for i := range r.Rows {
		for j := range r.Rows[i].Peers {
			r.Rows[i].Peers[j].Against = nil
		}
	}
	if s := table(t, r); strings.Contains(s, "Against") {
		t.Error("a table without a row")
	}
}

func TestMissedAgainstAnotherLibrary(t *testing.T) {
	r := sample(t)
	for i := range r.Rows[0].Peers {
		if c := &r.Rows[0].Peers[i]; c.Peer == "conn" {
			c.Against = []Against{{Peer: "gotls", Ratio: one(1.25), Target: 1, Base: 0.9}}
		}
	}
	lineOf(t, table(t, r), "echo/64B/64, conn: 1.25 of gotls, 0.25 more than the target of 1.00; 300 ns, beside gotls's: kernel 150 ns (200 ns)")
}

func TestVerdict(t *testing.T) {
	for _, c := range []struct {
		ratio, base float64
		want        string
	}{{0.99, 1.2, "met"}, {1.01, 0.9, "MISSED"}, {1.3, 1.2, "libssl: c is at 1.20"}} {
		if got := (Against{Ratio: one(c.ratio), Target: 1, Base: c.base}).Verdict(); got != c.want {
			t.Errorf("%v: %q", c, got)
		}
	}
}
