package report

import (
	"fmt"
	"strings"

	"github.com/sslsock/sslsock/cmd/sslbench/internal/measure"
	"github.com/sslsock/sslsock/cmd/sslbench/internal/peers"
	"github.com/sslsock/sslsock/cmd/sslbench/internal/rows"
	"github.com/sslsock/sslsock/cmd/sslbench/internal/stats"
)

// Against compares a peer with another one that is not the baseline.
type Against struct {
	Peer   string        `json:"peer"`
	Ratio  stats.Summary `json:"ratio"`  // of the figure to that peer's of the same round
	Target float64       `json:"target"` // for Ratio
	Base   float64       `json:"base"`   // the baseline's ratio to that peer: above Target, libssl itself is slower
}

// Verdict tells whether the target is met, and if it is not, whether plain C on libssl would meet it.
func (a Against) Verdict() string {
	switch {
	case a.Ratio.Median <= a.Target:
		return "met"
	case a.Base > a.Target:
		return "libssl: c is at " + ratio(a.Base)
	}
	return "MISSED"
}

// against gives the comparisons that the row wants of a peer.
func against(row rows.Row, peer string, samples []measure.Sample) []Against {
	var list []Against
	for _, other := range peers.All() {
		target := row.TargetAgainst(peer, other.Name)
		if target == 0 {
			continue
		}
		a := Against{Peer: other.Name, Target: target, Ratio: ratios(samples, peer, other.Name), Base: ratios(samples, peers.Baseline, other.Name).Median}
		if a.Ratio.N > 0 {
			list = append(list, a)
		}
	}
	return list
}

// ratios compares two peers round by round.
func ratios(samples []measure.Sample, peer, other string) stats.Summary {
	figures := map[int]float64{}
	for _, s := range samples {
		if s.Peer == other && s.Error == "" {
			figures[s.Round] = s.Figure
		}
	}
	var list []float64
	for _, s := range samples {
		if f := figures[s.Round]; s.Peer == peer && s.Error == "" && f > 0 {
			list = append(list, s.Figure/f)
		}
	}
	return stats.Of(list)
}

// writeAgainst writes a table of the comparisons with peers other than the baseline; without any, nothing.
func (r *Report) writeAgainst(b *strings.Builder) {
	lines := [][]string{{"row", "peer", "against", "ratio", "quartiles", "target", "verdict"}}
	for _, row := range r.Rows {
		name := row.Name
		for _, c := range row.Peers {
			peer := c.Peer
			for _, a := range c.Against {
				lines = append(lines, []string{name, peer, a.Peer, ratio(a.Ratio.Median), spread(a.Ratio), ratio(a.Target), a.Verdict()})
				name, peer = "", ""
			}
		}
	}
	if len(lines) == 1 {
		return
	}
	fmt.Fprintf(b, "\nAgainst other libraries, round by round. \"libssl\" says that the same program in C misses the target too: the reason is the library.\n\n")
	align(b, lines)
}
