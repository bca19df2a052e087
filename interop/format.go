package interop

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// Formats are what Report.Write knows.
var Formats = []string{"text", "json", "junit", "markdown", "html"}

// Write writes the report: text is a matrix for people, html one page that needs
// nothing else. The error is w's, or that of an unknown format.
func (r *Report) Write(w io.Writer, format string) error {
	switch format {
	case "text":
		return r.WriteText(w, 0, Mark)
	case "json":
		return r.writeJSON(w)
	case "junit":
		return r.writeJUnit(w)
	case "markdown":
		return r.writeMarkdown(w)
	case "html":
		return r.writeHTML(w)
	}
	return fmt.Errorf("format %q is none of %s", format, strings.Join(Formats, ", "))
}

// Mark is the sign for a result in a matrix; "" stands for a cell that was not
// chosen.
func Mark(r Result) string {
	switch r {
	case Pass:
		return "✓"
	case Fail:
		return "✗"
	case Skip:
		return "·"
	}
	return " "
}

func (r *Report) writeJSON(w io.Writer) error {
	type cell struct {
		Name    string  `json:"name"`
		Peer    string  `json:"peer"`
		Driver  string  `json:"driver"`
		Role    Role    `json:"role"`
		Row     string  `json:"row"`
		Result  Result  `json:"result"`
		Reason  string  `json:"reason,omitempty"`
		Seconds float64 `json:"seconds"`
		Log     string  `json:"log,omitempty"`
		PeerLog string  `json:"peerLog,omitempty"`
		KeyLog  string  `json:"keyLog,omitempty"`
		Capture string  `json:"capture,omitempty"`
	}
	out := struct {
		OpenSSL string     `json:"openssl"`
		Go      string     `json:"go"`
		Started string     `json:"started"`
		Seconds float64    `json:"seconds"`
		Pass    int        `json:"pass"`
		Fail    int        `json:"fail"`
		Skip    int        `json:"skip"`
		Peers   []PeerInfo `json:"peers"`
		Cells   []cell     `json:"cells"`
	}{r.OpenSSL, r.Go, r.Started.Format("2006-01-02T15:04:05Z07:00"), r.Elapsed.Seconds(), r.Count(Pass), r.Count(Fail), r.Count(Skip), r.Peers, nil}
	for _, c := range r.Cells {
		out.Cells = append(out.Cells, cell{c.Name(), c.Peer, c.Driver, c.Role, c.Row, c.Result, c.Reason, c.Elapsed.Seconds(), c.Log, c.PeerLog, c.KeyLog, c.Capture})
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(out)
}

// row is one line of a matrix: the results of each peer, side by side.
type row struct {
	name  string
	cells [][]*Cell // by peer, by side; nil where there is no such cell
}

func (r *Report) matrix() (peers []PeerInfo, sides []string, rows []row) {
	peers = r.present()
	sides = r.Sides()
	at := r.at()
	for _, name := range r.Rows() {
		line := row{name: name}
		for _, p := range peers {
			var cells []*Cell
			for _, side := range sides {
				cells = append(cells, at[[3]string{name, p.Name, side}])
			}
			line.cells = append(line.cells, cells)
		}
		rows = append(rows, line)
	}
	return peers, sides, rows
}

// present are the peers that took part, and all where none did: the others are
// listed with the reason, and have no column.
func (r *Report) present() (list []PeerInfo) {
	for _, p := range r.Peers {
		if p.Absent == "" {
			list = append(list, p)
		}
	}
	if list == nil {
		return r.Peers
	}
	return list
}

func result(c *Cell) Result {
	if c == nil {
		return ""
	}
	return c.Result
}

// reasons groups the cells of a result by their reason, in order.
func (r *Report) reasons(of Result) (list []string, cells map[string][]*Cell) {
	cells = map[string][]*Cell{}
	for _, c := range r.Cells {
		if c.Result != of {
			continue
		}
		if cells[c.Reason] == nil {
			list = append(list, c.Reason)
		}
		cells[c.Reason] = append(cells[c.Reason], c)
	}
	return list, cells
}
