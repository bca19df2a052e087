package interop

import (
	"encoding/json"
	"encoding/xml"
	"io"
	"os"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// sample has a cell of each result, with text that every format must escape.
func sample() *Report {
	nasty := "a <b> & \"c\" | d </script>\x01\xff`${1}`\nsecond line"
	r := &Report{OpenSSL: "OpenSSL 3", Go: "go1", Started: time.Unix(0, 0).UTC(), Elapsed: time.Second,
		Peers: []PeerInfo{{Name: "one", Version: "1.0"}, {Name: "a-long-name", Absent: "not found"}}}
	for _, p := range r.Peers {
		for _, row := range []string{"short", "a/longer/row"} {
			for _, role := range []Role{Client, Server} {
				r.Cells = append(r.Cells, &Cell{Peer: p.Name, Row: row, Driver: "loop", Role: role, Result: Pass, Log: nasty})
			}
		}
	}
	r.Cells[1].Result, r.Cells[1].Reason, r.Cells[1].PeerLog, r.Cells[1].KeyLog = Fail, nasty, strings.Repeat("line\n", 50), "KEY"
	for _, c := range r.Cells[4:] {
		c.Result, c.Reason = Skip, "not found"
	}
	return r
}

func written(t *testing.T, format string) string {
	t.Helper()
	var b strings.Builder
	if err := sample().Write(&b, format); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestFormatTextNarrow: the matrix goes on below where it is wider than the
// terminal.
func TestFormatTextNarrow(t *testing.T) {
	r := sample()
	r.Peers[1].Absent = ""
	var b strings.Builder
	if err := r.WriteText(&b, 24, Mark); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(b.String(), "\na/longer/row"); n != 2 {
		t.Errorf("%d blocks, not 2:\n%s", n, b.String())
	}
	for line := range strings.Lines(b.String()) {
		if strings.HasPrefix(line, "a/longer") && utf8.RuneCountInString(line) > 25 {
			t.Errorf("too long: %q", line)
		}
	}
}

// TestFormatAbsent: who took no part has no column.
func TestFormatAbsent(t *testing.T) {
	for format, columns := range map[string]string{"text": "one\n", "markdown": "|  | one |\n", "html": `colspan="2">one`} {
		text := written(t, format)
		if !strings.Contains(text, columns) || strings.Contains(text, "one  a-long-name") || strings.Contains(text, `colspan="2">a-long-name`) {
			t.Errorf("%s has a column of its own for a peer that is not there:\n%s", format, text)
		}
	}
}

func TestFormatText(t *testing.T) {
	text := written(t, "text")
	var widths []int
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "short") || strings.HasPrefix(line, "a/longer") {
			widths = append(widths, utf8.RuneCountInString(strings.TrimRight(line, " \n")))
		}
	}
	if len(widths) != 2 || widths[0] != widths[1] {
		t.Errorf("rows are not aligned, %d:\n%s", widths, text)
	}
	for _, want := range []string{"FAIL one/loop-server/short", "   4  not found", "8 cells: 3 passed, 1 failed, 4 skipped"} {
		if !strings.Contains(text, want) {
			t.Errorf("nothing of %q in\n%s", want, text)
		}
	}
	if n := strings.Count(text, "| line"); n != peerLines {
		t.Errorf("%d lines of the peer's log", n)
	}
}

func TestFormatJSON(t *testing.T) {
	var r struct {
		Fail  int
		Cells []struct{ Name, Result, Reason string }
	}
	if err := json.Unmarshal([]byte(written(t, "json")), &r); err != nil {
		t.Fatal(err)
	}
	if r.Fail != 1 || len(r.Cells) != 8 || r.Cells[1].Name != "one/loop-server/short" || r.Cells[1].Result != "fail" {
		t.Errorf("%+v", r)
	}
}

func TestFormatJUnit(t *testing.T) {
	var r junitSuites
	if err := xml.Unmarshal([]byte(written(t, "junit")), &r); err != nil {
		t.Fatal(err)
	}
	if r.Tests != 8 || r.Failures != 1 || r.Skipped != 4 || len(r.Suites) != 2 {
		t.Errorf("%+v", r)
	}
	c := r.Suites[0].Cases[1]
	if c.Class != "one.loop-server" || c.Name != "short" || c.Failure == nil || !strings.Contains(c.Failure.Message, `a <b> & "c"`) {
		t.Errorf("%+v", c)
	}
}

func TestFormatMarkdown(t *testing.T) {
	text := written(t, "markdown")
	for line := range strings.Lines(text) {
		bars := strings.Count(line, "|") - strings.Count(line, `\|`)
		if strings.HasPrefix(line, "| short") && bars != 3 || strings.Contains(line, "a &lt;b>") && bars != 4 {
			t.Errorf("%d bars in %s", bars, line)
		}
	}
	if !strings.Contains(text, "| short | ✓✗ |") {
		t.Error(text)
	}
}

// TestFormatHTML: the page needs nothing from elsewhere, and what a peer said
// cannot end the script that shows it.
func TestFormatHTML(t *testing.T) {
	text := written(t, "html")
	for _, bad := range []string{"http://", "https://", "src=", "href=", "<b> & \"c\""} {
		if strings.Contains(text, bad) {
			t.Errorf("%q in the page", bad)
		}
	}
	for _, r := range []Result{Pass, Fail, Skip} { // the legend
		if !strings.Contains(text, `<span class="`+string(r)+`">`+Mark(r)) {
			t.Errorf("the page does not say what %s is", Mark(r))
		}
	}
	if strings.Count(text, "</script>") != 1 || strings.Count(text, `<button data-cell=`) != 4 {
		t.Error(text)
	}
}

// TestFormatErrors: a full disk is an error, and so is a format that nobody knows.
func TestFormatErrors(t *testing.T) {
	if err := sample().Write(io.Discard, "pdf"); err == nil {
		t.Error("an unknown format is written")
	}
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("no /dev/full:", err)
	}
	defer full.Close()
	for _, f := range Formats {
		if err := sample().Write(full, f); err == nil || !strings.Contains(err.Error(), "no space left") {
			t.Errorf("%s on a full disk: %v", f, err)
		}
	}
}
