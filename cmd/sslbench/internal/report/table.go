package report

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/sslsock/sslsock/cmd/sslbench/internal/rows"
	"github.com/sslsock/sslsock/cmd/sslbench/internal/stats"
)

var header = []string{"row", "peer", "cost", "ratio", "quartiles", "target", "rate", "p50", "p99", "p50 ratio", "resident",
	"vol", "invol", "syscalls", "cgo", "kernel/crypto/ssl/libc/own"}

// WriteTable writes a line for each row and peer, what it ran on, and how to read it.
func (r *Report) WriteTable(w io.Writer) error {
	lines := [][]string{header}
	for _, row := range r.Rows {
		lines = append(lines, nil)
		for i, c := range row.Peers {
			name := ""
			if i == 0 {
				name = row.Name
			}
			lines = append(lines, append([]string{name}, cells(row, c)...))
		}
	}
	var b strings.Builder
	align(&b, lines)
	for _, row := range r.Rows {
		for _, c := range row.Peers {
			if c.Failed > 0 {
				fmt.Fprintf(&b, "\n%s, %s: %d of %d rounds failed, the last because: %s", row.Name, c.Peer, c.Failed, len(c.Samples), c.Error)
			}
		}
	}
	for _, s := range r.Skipped {
		fmt.Fprintf(&b, "\n%s", s)
	}
	fmt.Fprintf(&b, "\n\n%s\n%d rounds of %gs, %d ticket(s) per TLS 1.3 handshake. cost: the server's CPU time (idle: memory) for each handshake,"+
		" echo, MiB, request (connection);\nratio: median of the rounds' ratios to c, with quartiles; vol, invol: context switches, syscalls"+
		" and cgo calls for each;\nkernel/…: where perf found the CPU time, in per cent; own is the server's program, Go's runtime with it.\n",
		r.Machine, r.Rounds, r.Seconds, r.Tickets)
	r.writeScaling(&b)
	r.writeAgainst(&b)
	r.writeMissed(&b)
	_, err := io.WriteString(w, b.String())
	return err
}

func cells(row Row, c Cell) []string {
	if c.Figure.N == 0 {
		return []string{c.Peer, "failed"}
	}
	if row.Unit == string(rows.Connection) {
		return []string{c.Peer, size(c.Figure.Median), ratio(c.Ratio.Median), spread(c.Ratio), target(c), "", "", "", "", size(c.Resident)}
	}
	p50, p99, p50Ratio := duration(c.P50), duration(c.P99), ratio(c.RatioP50)
	if c.P50 == 0 {
		p50, p99, p50Ratio = "", "", ""
	}
	return []string{c.Peer, duration(c.Figure.Median), ratio(c.Ratio.Median), spread(c.Ratio), target(c), rate(c.PerSecond) + "/s",
		p50, p99, p50Ratio, size(c.Resident),
		count(c.VoluntaryPerUnit), count(c.InvoluntaryPerUnit), count(c.SyscallsPerUnit), count(c.CrossingsPerUnit), profile(c)}
}

// align writes lines with the first two columns to the left and numbers to the right.
func align(b *strings.Builder, lines [][]string) {
	widths := make([]int, len(lines[0]))
	for _, line := range lines {
		for i, s := range line {
			widths[i] = max(widths[i], utf8.RuneCountInString(s))
		}
	}
	for _, line := range lines {
		out := ""
		for i, s := range line {
			pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(s))
			if i < 2 {
				s += pad
			} else {
				s = pad + s
			}
			out += s + "  "
		}
		b.WriteString(strings.TrimRight(out, " ") + "\n")
	}
}

func ratio(f float64) string {
	if f == 0 {
		return "-"
	}
	return fmt.Sprintf("%.2f", f)
}

func spread(s stats.Summary) string {
	if s.N < 2 {
		return "-"
	}
	return fmt.Sprintf("%.2f..%.2f", s.Q1, s.Q3)
}

func profile(c Cell) string {
	if c.Profile == nil {
		return ""
	}
	p := c.Profile
	return fmt.Sprintf("%.0f/%.0f/%.0f/%.0f/%.0f", 100*p.Kernel, 100*p.Crypto, 100*p.SSL, 100*p.LibC, 100*p.Own)
}

func target(c Cell) string {
	switch {
	case c.Target == 0:
		return ""
	case c.MeetsTarget():
		return fmt.Sprintf("%.2f met", c.Target)
	}
	return fmt.Sprintf("%.2f MISSED", c.Target)
}

func duration(ns float64) string {
	switch {
	case ns < 1e3:
		return fmt.Sprintf("%.0f ns", ns)
	case ns < 1e6:
		return fmt.Sprintf("%.1f µs", ns/1e3)
	}
	return fmt.Sprintf("%.1f ms", ns/1e6)
}

func size(bytes float64) string {
	if bytes < 1<<20 {
		return fmt.Sprintf("%.1f KB", bytes/1000)
	}
	return fmt.Sprintf("%.1f MB", bytes/1e6)
}

func rate(f float64) string {
	if f < 1e4 {
		return fmt.Sprintf("%.0f", f)
	}
	return fmt.Sprintf("%.1fk", f/1e3)
}

func count(f float64) string {
	if f == 0 {
		return "-"
	}
	return fmt.Sprintf("%.3g", f)
}
