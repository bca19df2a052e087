package interop

import (
	_ "embed" // the page
	"html/template"
	"io"
)

//go:embed report.html
var pageText string

var page = template.Must(template.New("report").Funcs(template.FuncMap{
	"mark": func(c *Cell) string { return Mark(result(c)) },
	"sign": func(r string) string { return Mark(Result(r)) },
}).Parse(pageText))

// pageCell is what the page shows of a cell when it is clicked.
type pageCell struct {
	Name, Reason, Log, PeerLog, KeyLog, Capture string
	Result                                      Result
	Milliseconds                                int64
}

// pageLog bounds the logs of a cell that has not failed.
const pageLog = 4 << 10

type pageLine struct {
	Name  string
	Cells []pageField
}

// pageField is a field of the table: Index finds it in the page's data, and First
// is where the next peer begins.
type pageField struct {
	Cell  *Cell
	Index int
	First bool
}

// writeHTML writes a page without any reference to something outside it.
func (r *Report) writeHTML(w io.Writer) error {
	peers, sides, rows := r.matrix()
	data := []pageCell{}
	var lines []pageLine
	for _, line := range rows {
		l := pageLine{Name: line.name}
		for _, cells := range line.cells {
			for i, c := range cells {
				f := pageField{Cell: c, Index: len(data), First: i == 0}
				if c != nil {
					data = append(data, pageCellOf(c))
				}
				l.Cells = append(l.Cells, f)
			}
		}
		lines = append(lines, l)
	}
	return page.Execute(w, map[string]any{
		"Report": r, "Peers": peers, "Sides": sides, "Lines": lines, "Data": data,
		"Pass": r.Count(Pass), "Fail": r.Count(Fail), "Skip": r.Count(Skip), "Summary": r.Summary(),
		"Started": r.Started.Format("2006-01-02 15:04 MST"),
	})
}

func pageCellOf(c *Cell) pageCell {
	p := pageCell{c.Name(), c.Reason, c.Log, c.PeerLog, c.KeyLog, c.Capture, c.Result, c.Elapsed.Milliseconds()}
	if c.Result != Fail {
		p.Log, p.PeerLog = shorten(p.Log), shorten(p.PeerLog)
	}
	return p
}

func shorten(s string) string {
	if len(s) <= pageLog {
		return s
	}
	return s[:pageLog] + "\n[shortened]"
}

// About is PeerInfo.about for the page.
func (p PeerInfo) About() string { return p.about() }
