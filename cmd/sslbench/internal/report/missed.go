package report

import (
	"fmt"
	"strings"

	"github.com/sslsock/sslsock/cmd/sslbench/internal/peers"
	"github.com/sslsock/sslsock/cmd/sslbench/internal/rows"
)

// writeMissed says of each target that was missed by how much, and what the profiles tell about it.
func (r *Report) writeMissed(b *strings.Builder) {
	var lines []string
	for _, row := range r.Rows {
		var base Cell
		for _, c := range row.Peers {
			if c.Peer == peers.Baseline {
				base = c
			}
			if c.Figure.N == 0 {
				continue
			}
			if !c.MeetsTarget() {
				lines = append(lines, fmt.Sprintf("%s, %s: %s", row.Name, c.Peer, missed(row, c, base, c.Ratio.Median, c.Target)))
			}
			for _, a := range c.Against {
				if a.Verdict() == "MISSED" {
					lines = append(lines, fmt.Sprintf("%s, %s: %s", row.Name, c.Peer, missed(row, c, row.cell(a.Peer), a.Ratio.Median, a.Target)))
				}
			}
			if c.TargetP50 > 0 && c.RatioP50 > c.TargetP50 {
				lines = append(lines, fmt.Sprintf("%s, %s: p50 is %.2f of c's, %.2f more than the target of %.2f", row.Name, c.Peer,
					c.RatioP50, c.RatioP50-c.TargetP50, c.TargetP50))
			}
		}
	}
	if len(lines) > 0 {
		fmt.Fprintf(b, "\nTargets that were missed:\n%s\n", strings.Join(lines, "\n"))
	}
}

// cell is what the row says of a peer.
func (r Row) cell(peer string) Cell {
	for _, c := range r.Peers {
		if c.Peer == peer {
			return c
		}
	}
	return Cell{Peer: peer}
}

// missed says what each part of the cost is, beside what it is in another peer: what is not its own code's, c has too.
func missed(row Row, c, other Cell, got, target float64) string {
	more := got - target
	s := fmt.Sprintf("%.2f of %s, %.2f more than the target of %.2f", got, other.Peer, more, target)
	if more < 0.005 {
		s = fmt.Sprintf("%.3f of %s, %.3f more than the target of %.2f", got, other.Peer, more, target)
	}
	switch {
	case row.Unit == string(rows.Connection):
		return fmt.Sprintf("%s; %s for each connection, %s in %s", s, size(c.Figure.Median), size(other.Figure.Median), other.Peer)
	case c.Profile == nil || other.Profile == nil:
		return s + "; there is no profile"
	}
	p, q := c.Profile, other.Profile
	part := func(name string, ours, theirs float64) string {
		return fmt.Sprintf("%s %s (%s)", name, duration(ours*c.Figure.Median), duration(theirs*other.Figure.Median))
	}
	s += fmt.Sprintf("; %s, beside %s's: %s, %s, %s, %s", duration(c.Figure.Median), other.Peer, part("kernel", p.Kernel, q.Kernel),
		part("libssl and libcrypto", p.SSL+p.Crypto, q.SSL+q.Crypto), part("libc", p.LibC, q.LibC), part("own code", p.Own, q.Own))
	if p.Runtime > 0 {
		s += fmt.Sprintf(" of which Go's runtime %s", duration(p.Runtime*c.Figure.Median))
	}
	if other.Peer != peers.Baseline {
		return s
	}
	return s + fmt.Sprintf("; %.0f %% are not its own code's, and without that it would be at %.2f", 100*(1-p.Own), got*(1-p.Own))
}
