package interop

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// WriteText is Write for text, with other signs than Mark's: coloured ones, for
// example.
func (r *Report) WriteText(w io.Writer, mark func(Result) string) error { return r.writeText(w, mark) }

func (r *Report) writeText(w io.Writer, mark func(Result) string) error {
	var b strings.Builder
	sides, rows := r.matrix()
	fmt.Fprintf(&b, "%s and %s against\n\n", r.OpenSSL, r.Go)
	for _, p := range r.Peers {
		fmt.Fprintf(&b, "  %-12s %s\n", p.Name, p.about())
	}
	fmt.Fprintf(&b, "\nEach peer's signs are, from left to right: %s.\n", strings.Join(sides, ", "))
	fmt.Fprintf(&b, "%s passed, %s failed, %s skipped\n\n", mark(Pass), mark(Fail), mark(Skip))
	width := 0
	for _, line := range rows {
		width = max(width, len(line.name))
	}
	b.WriteString(strings.Repeat(" ", width))
	for _, p := range r.Peers {
		fmt.Fprintf(&b, "  %-*s", columns(p.Name, sides), p.Name)
	}
	b.WriteByte('\n')
	for _, line := range rows {
		fmt.Fprintf(&b, "%-*s", width, line.name)
		for i, cells := range line.cells {
			b.WriteString("  ")
			for _, c := range cells {
				b.WriteString(mark(result(c)))
			}
			if i < len(line.cells)-1 {
				b.WriteString(strings.Repeat(" ", columns(r.Peers[i].Name, sides)-len(cells)))
			}
		}
		b.WriteByte('\n')
	}
	r.textReasons(&b)
	fmt.Fprintf(&b, "\n%s\n", r.Summary())
	_, err := io.WriteString(w, b.String())
	return err
}

// columns is how wide a peer is in the matrix.
func columns(name string, sides []string) int { return max(utf8.RuneCountInString(name), len(sides)) }

// peerLines is how much of a peer's log is shown to people.
const peerLines = 6

func (r *Report) textReasons(b *strings.Builder) {
	for _, c := range r.Cells {
		if c.Result != Fail {
			continue
		}
		fmt.Fprintf(b, "\nFAIL %s\n  %s\n", c.Name(), c.Reason)
		for _, line := range lastLines(c.PeerLog, peerLines) {
			fmt.Fprintf(b, "  | %s\n", line)
		}
		if c.Capture != "" {
			fmt.Fprintf(b, "  capture: %s\n", c.Capture)
		}
	}
	list, cells := r.reasons(Skip)
	if len(list) > 0 {
		b.WriteString("\nSkipped:\n")
	}
	for _, reason := range list {
		fmt.Fprintf(b, "  %4d  %s\n", len(cells[reason]), reason)
	}
}

func lastLines(text string, n int) []string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	if lines[0] == "" && len(lines) == 1 {
		return nil
	}
	return lines[max(0, len(lines)-n):]
}

// about is a peer's version, or why it is not there.
func (p PeerInfo) about() string {
	switch {
	case p.Absent != "":
		return "not there: " + p.Absent
	case p.Version != "":
		return p.Version
	case p.Command != "":
		return "tells no version"
	}
	return "part of this program"
}
