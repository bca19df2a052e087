package interop

import (
	"fmt"
	"path"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/sslsock/sslsock/ossl"
)

// Report is what a Run came to.
type Report struct {
	OpenSSL string // of the side under test
	Go      string
	Started time.Time
	Elapsed time.Duration
	Peers   []PeerInfo
	Cells   []*Cell // in the order of peers, rows, drivers and roles
}

// PeerInfo is a peer of a Report.
type PeerInfo struct {
	Name    string
	Version string `json:",omitempty"`
	Command string `json:",omitempty"`
	Absent  string `json:",omitempty"` // why it took no part
}

// Cell is one field of the matrix. It is named peer/driver-role/row, such as
// openssl/loop-client/version/tls1.3.
type Cell struct {
	Peer   string
	Row    string
	Driver string
	Role   Role // of the driver

	Result  Result
	Reason  string `json:",omitempty"` // unless it passed
	Elapsed time.Duration

	Log     string `json:",omitempty"` // what the side under test saw
	PeerLog string `json:",omitempty"` // what the peer wrote to its log, the middle left out
	KeyLog  string `json:",omitempty"` // of a cell that failed: lines as in SSLKEYLOGFILE
	Capture string `json:",omitempty"` // the file with the capture
}

// Result is what a cell came to.
type Result string

// Results.
const (
	Pass Result = "pass"
	Fail Result = "fail"
	Skip Result = "skip"
)

// Side is what is under test in the cell: "loop-client".
func (c *Cell) Side() string { return c.Driver + "-" + string(c.Role) }

// Name is the cell's name.
func (c *Cell) Name() string { return c.Peer + "/" + c.Side() + "/" + c.Row }

// Matches says whether a pattern is about this cell: the name of its peer, row,
// driver, role or side (loop-client), the beginning of its row or of its name up
// to a slash, or one of these with the wildcards of path.Match, where * also
// stands for slashes at the end. A comma joins what must match all at once:
// "openssl,conn-server,group/*".
func (c *Cell) Matches(pattern string) bool {
	for _, part := range strings.Split(pattern, ",") {
		if !slices.ContainsFunc(c.labels(), func(l string) bool { return labelMatches(part, l) }) {
			return false
		}
	}
	return true
}

func (c *Cell) labels() []string {
	return []string{c.Peer, c.Row, c.Driver, string(c.Role), c.Side(), c.Name()}
}

// names says whether a pattern speaks of the row, and not of all rows.
func (c *Cell) names(pattern string) bool {
	return slices.ContainsFunc(strings.Split(pattern, ","), func(part string) bool {
		if rest, ok := strings.CutPrefix(part, c.Peer+"/"+c.Side()+"/"); ok {
			part = rest
		}
		return labelMatches(part, c.Row)
	})
}

func labelMatches(pattern, label string) bool {
	// A pattern may stop at any slash: as many words of the label are compared.
	words := strings.Split(label, "/")
	depth := strings.Count(strings.TrimSuffix(pattern, "/"), "/") + 1
	if depth < len(words) {
		label = strings.Join(words[:depth], "/")
	}
	ok, err := path.Match(strings.TrimSuffix(pattern, "/"), label)
	return ok && err == nil
}

// PatternError is a pattern that cannot match anything.
type PatternError struct{ Pattern string }

func (e *PatternError) Error() string {
	return fmt.Sprintf("pattern %q: give names and wildcards, such as openssl, cipher/tls1.3 or *-server", e.Pattern)
}

func checkPattern(p string) error {
	for _, part := range strings.Split(p, ",") {
		if _, err := path.Match(part, ""); err != nil || part == "" {
			return &PatternError{p}
		}
	}
	return nil
}

// Count is how many cells came to that.
func (r *Report) Count(result Result) int {
	n := 0
	for _, c := range r.Cells {
		if c.Result == result {
			n++
		}
	}
	return n
}

// Failed says whether a cell failed.
func (r *Report) Failed() bool { return r.Count(Fail) > 0 }

// Sides are the columns of the matrix below each peer, and Rows its rows, in
// their order.
func (r *Report) Sides() []string { return distinct(r.Cells, (*Cell).Side) }

// Rows are the names of the rows.
func (r *Report) Rows() []string {
	return distinct(r.Cells, func(c *Cell) string { return c.Row })
}

// Summary is one line about all cells.
func (r *Report) Summary() string {
	return fmt.Sprintf("%d cells: %d passed, %d failed, %d skipped, in %v",
		len(r.Cells), r.Count(Pass), r.Count(Fail), r.Count(Skip), r.Elapsed.Round(100*time.Millisecond))
}

func newReport() *Report {
	return &Report{OpenSSL: ossl.OpenSSLVersion(), Go: runtime.Version(), Started: time.Now()}
}

func distinct(cells []*Cell, name func(*Cell) string) []string {
	var list []string
	seen := map[string]bool{}
	for _, c := range cells {
		if n := name(c); !seen[n] {
			seen[n] = true
			list = append(list, n)
		}
	}
	return list
}

// at finds cells by row, peer and side.
func (r *Report) at() map[[3]string]*Cell {
	m := map[[3]string]*Cell{}
	for _, c := range r.Cells {
		m[[3]string{c.Row, c.Peer, c.Side()}] = c
	}
	return m
}
