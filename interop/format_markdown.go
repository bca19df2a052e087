package interop

import (
	"fmt"
	"io"
	"strings"
)

func (r *Report) writeMarkdown(w io.Writer) error {
	var b strings.Builder
	peers, sides, rows := r.matrix()
	fmt.Fprintf(&b, "%s and %s; %s.\n\n| peer | version |\n|---|---|\n", r.OpenSSL, r.Go, r.Summary())
	for _, p := range r.Peers {
		fmt.Fprintf(&b, "| %s | %s |\n", p.Name, escapeCell(p.about()))
	}
	fmt.Fprintf(&b, "\nEach peer's signs are, from left to right: %s. %s passed, %s failed, %s skipped.\n\n|  |",
		strings.Join(sides, ", "), Mark(Pass), Mark(Fail), Mark(Skip))
	for _, p := range peers {
		fmt.Fprintf(&b, " %s |", p.Name)
	}
	b.WriteString("\n|---|" + strings.Repeat("---|", len(peers)) + "\n")
	for _, line := range rows {
		fmt.Fprintf(&b, "| %s |", line.name)
		for _, cells := range line.cells {
			b.WriteByte(' ')
			for _, c := range cells {
				b.WriteString(Mark(result(c)))
			}
			b.WriteString(" |")
		}
		b.WriteByte('\n')
	}
	for _, part := range []struct {
		title string
		of    Result
	}{{"Failed", Fail}, {"Skipped", Skip}} {
		list, cells := r.reasons(part.of)
		if len(list) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n%s:\n\n| cells | reason | rows |\n|---|---|---|\n", part.title)
		for _, reason := range list {
			fmt.Fprintf(&b, "| %d | %s | %s |\n", len(cells[reason]), escapeCell(reason), escapeCell(rowsOf(cells[reason])))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// namedRows is how many rows a line of reasons names.
const namedRows = 4

func rowsOf(cells []*Cell) string {
	names := distinct(cells, func(c *Cell) string { return c.Row })
	if len(names) > namedRows {
		return strings.Join(names[:namedRows], ", ") + fmt.Sprintf(" and %d more", len(names)-namedRows)
	}
	return strings.Join(names, ", ")
}

var cellEscaper = strings.NewReplacer("|", "\\|", "\n", " ", "\r", "", "<", "&lt;")

func escapeCell(s string) string { return cellEscaper.Replace(s) }
