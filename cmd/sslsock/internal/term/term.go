// Package term makes output readable: colour where somebody sees it, and the
// marks of a checklist.
package term

import (
	"os"

	"golang.org/x/sys/unix"
)

// Style is a way to write words.
type Style string

// The styles in use.
const (
	Bold   Style = "1"
	Dim    Style = "2"
	Red    Style = "31"
	Green  Style = "32"
	Yellow Style = "33"
	Blue   Style = "34"
	Cyan   Style = "36"
)

// Palette writes words in a style, or plainly.
type Palette struct{ on bool }

// For is the palette for what goes to f: plain unless f is a terminal that
// knows colour and NO_COLOR is not set.
func For(f *os.File) Palette {
	return Palette{on: os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && IsTerminal(f)}
}

// IsTerminal says whether somebody may be looking at f.
func IsTerminal(f *os.File) bool {
	raw, err := f.SyscallConn()
	if err != nil {
		return false
	}
	is := false
	err = raw.Control(func(fd uintptr) {
		_, err := unix.IoctlGetTermios(int(fd), unix.TCGETS)
		is = err == nil
	})
	return err == nil && is
}

// Width is how many columns a terminal has; 0 where f is none, or does not know.
func Width(f *os.File) int {
	raw, err := f.SyscallConn()
	if err != nil {
		return 0
	}
	columns := 0
	err = raw.Control(func(fd uintptr) {
		if size, err := unix.IoctlGetWinsize(int(fd), unix.TIOCGWINSZ); err == nil {
			columns = int(size.Col)
		}
	})
	if err != nil {
		return 0
	}
	return columns
}

// In is text in style s.
func (p Palette) In(s Style, text string) string {
	if !p.on || text == "" {
		return text
	}
	return "\x1b[" + string(s) + "m" + text + "\x1b[0m"
}
