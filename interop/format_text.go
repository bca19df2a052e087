package interop

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// WriteText is Write for text, with other signs than Mark's, coloured ones for
// example, and no wider than width columns; 0 is as wide as it gets.
func (r *Report) WriteText(w io.Writer, width int, mark func(Result) string) error {
	var b strings.Builder
	peers, sides, rows := r.matrix()
	fmt.Fprintf(&b, "%s and %s against\n\n", r.OpenSSL, r.Go)
	for _, p := range r.Peers {
		fmt.Fprintf(&b, "%s\n", cropped(fmt.Sprintf("  %-12s %s", p.Name, p.about()), width))
	}
	fmt.Fprintf(&b, "\nEach peer's signs are, from left to right:\n%s.\n", strings.Join(sides, ", "))
	fmt.Fprintf(&b, "%s passed, %s failed, %s skipped\n", mark(Pass), mark(Fail), mark(Skip))
	names := 0
	for _, line := range rows {
		names = max(names, len(line.name))
	}
	for from := 0; from < len(peers); {
		to, used := from+1, names+2+columns(peers[from].Name, sides)
		for to < len(peers) && (width <= 0 || used+2+columns(peers[to].Name, sides) <= width) {
			used += 2 + columns(peers[to].Name, sides)
			to++
		}
		textBlock(&b, peers, rows, from, to, names, len(sides), mark)
		from = to
	}
	r.textReasons(&b)
	fmt.Fprintf(&b, "\n%s\n", r.Summary())
	_, err := io.WriteString(w, b.String())
	return err
}

// textBlock is the part of the matrix that some of the peers are in.
func textBlock(b *strings.Builder, peers []PeerInfo, rows []row, from, to, names, sides int, mark func(Result) string) {
	head := strings.Repeat(" ", names)
	for _, p := range peers[from:to] {
		head += fmt.Sprintf("  %-*s", sides, p.Name)
	}
	fmt.Fprintf(b, "\n%s\n", strings.TrimRight(head, " "))
	for _, line := range rows {
		fmt.Fprintf(b, "%-*s", names, line.name)
		for i, cells := range line.cells[from:to] {
			b.WriteString("  ")
			for _, c := range cells {
				b.WriteString(mark(result(c)))
			}
			if from+i < to-1 {
				b.WriteString(strings.Repeat(" ", max(utf8.RuneCountInString(peers[from+i].Name)-len(cells), 0)))
			}
		}
		b.WriteByte('\n')
	}
}

// cropped is the beginning of a line, where it is too long.
func cropped(line string, width int) string {
	if width <= 0 || utf8.RuneCountInString(line) <= width {
		return line
	}
	return string([]rune(line)[:width-1]) + "…"
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
