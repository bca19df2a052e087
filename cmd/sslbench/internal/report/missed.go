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
				lines = append(lines, fmt.Sprintf("%s, %s: %s", row.Name, c.Peer, missed(row, c, base)))
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

// missed says what each part of the cost is, beside what it is in c: what is not its own code's, c has too.
func missed(row Row, c, base Cell) string {
	more := c.Ratio.Median - c.Target
	s := fmt.Sprintf("%.2f of c, %.2f more than the target of %.2f", c.Ratio.Median, more, c.Target)
	if more < 0.005 {
		s = fmt.Sprintf("%.3f of c, %.3f more than the target of %.2f", c.Ratio.Median, more, c.Target)
	}
	switch {
	case row.Unit == string(rows.Connection):
		return fmt.Sprintf("%s; %s for each connection, %s in c", s, size(c.Figure.Median), size(base.Figure.Median))
	case c.Profile == nil || base.Profile == nil:
		return s + "; there is no profile"
	}
	p, q := c.Profile, base.Profile
	part := func(name string, ours, theirs float64) string {
		return fmt.Sprintf("%s %s (%s)", name, duration(ours*c.Figure.Median), duration(theirs*base.Figure.Median))
	}
	s += fmt.Sprintf("; %s, beside c's: %s, %s, %s, %s", duration(c.Figure.Median), part("kernel", p.Kernel, q.Kernel),
		part("libssl and libcrypto", p.SSL+p.Crypto, q.SSL+q.Crypto), part("libc", p.LibC, q.LibC), part("own code", p.Own, q.Own))
	if p.Runtime > 0 {
		s += fmt.Sprintf(" of which Go's runtime %s", duration(p.Runtime*c.Figure.Median))
	}
	return s + fmt.Sprintf("; %.0f %% are not its own code's, and without that it would be at %.2f", 100*(1-p.Own), c.Ratio.Median*(1-p.Own))
}
