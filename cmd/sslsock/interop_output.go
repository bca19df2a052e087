package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/sslsock/sslsock/cmd/sslsock/internal/term"
	"github.com/sslsock/sslsock/interop"
)

// open opens the report's file, nil is standard output, and tries the folder of
// captures.
func (f *interopFlags) open() (*os.File, error) {
	if f.pcap != "" {
		if err := writable(f.pcap); err != nil {
			return nil, &flagError{"--pcap", f.pcap, err}
		}
	}
	if f.output == "" {
		return nil, nil
	}
	file, err := os.Create(f.output)
	if err != nil {
		return nil, &flagError{"--output", f.output, err}
	}
	return file, nil
}

// writable makes a folder if needed, and tries to write into it.
func writable(folder string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	file, err := os.CreateTemp(folder, ".try-")
	if err != nil {
		return err
	}
	return errors.Join(file.Close(), os.Remove(file.Name()))
}

// write writes the report. A file that a full disk has cut short is an error, and
// so is one that cannot be closed.
func (f *interopFlags) write(file *os.File, stdout io.Writer, report *interop.Report) error {
	if file == nil {
		if f.format.value == "text" {
			palette := term.For(os.Stdout)
			return report.WriteText(stdout, term.Width(os.Stdout), func(r interop.Result) string { return palette.In(styleOf(r), interop.Mark(r)) })
		}
		return report.Write(stdout, f.format.value)
	}
	err := errors.Join(report.Write(file, f.format.value), file.Close())
	if err == nil {
		fmt.Fprintln(stdout, report.Summary())
	}
	return err
}

func styleOf(r interop.Result) term.Style {
	switch r {
	case interop.Pass:
		return term.Green
	case interop.Fail:
		return term.Red
	}
	return term.Dim
}

// cellProgress shows how far a run has come: one line that changes on a terminal,
// and elsewhere the cells that fail.
type cellProgress struct {
	w       io.Writer
	live    bool
	width   int // of the terminal, 0 if unknown
	palette term.Palette
	fails   int
	shown   bool
}

// progressWidth is how much of a line is used on a terminal that does not know its
// width. The last column stays free, or some terminals begin a line.
const progressWidth = 80

func (p *cellProgress) columns() int {
	if p.width > 1 {
		return p.width - 1
	}
	return progressWidth - 1
}

func (p *cellProgress) cell(c *interop.Cell, done, total int) {
	if c.Result == interop.Fail {
		p.fails++
		p.clear()
		fmt.Fprintf(p.w, "%s %s: %s\n", p.palette.In(term.Red, "FAIL"), c.Name(), c.Reason)
	}
	if !p.live {
		return
	}
	line := fmt.Sprintf("%d of %d, %d failed  %s", done, total, p.fails, c.Name())
	p.clear()
	fmt.Fprint(p.w, line[:min(len(line), p.columns())])
	p.shown = true
}

func (p *cellProgress) clear() {
	if p.shown {
		fmt.Fprint(p.w, "\r"+strings.Repeat(" ", p.columns())+"\r")
		p.shown = false
	}
}
