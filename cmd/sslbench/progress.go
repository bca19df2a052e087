package main

import (
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// progress shows one line that changes, on a terminal, and nothing elsewhere.
type progress struct {
	file  *os.File
	live  bool
	began time.Time
}

func newProgress(file *os.File) *progress {
	_, err := unix.IoctlGetTermios(int(file.Fd()), unix.TCGETS)
	return &progress{file: file, live: err == nil, began: time.Now()}
}

func (p *progress) step(done, total int, what string) {
	if !p.live {
		return
	}
	left := "?"
	if done > 0 {
		spent := time.Since(p.began)
		left = (spent * time.Duration(total-done) / time.Duration(done)).Round(time.Second).String()
	}
	fmt.Fprintf(p.file, "\r\033[K%3d%%  %s  %s left", done*100/max(1, total), what, left)
}

// clear removes the line, so that something else can be written.
func (p *progress) clear() {
	if p.live {
		fmt.Fprint(p.file, "\r\033[K")
	}
}

// note writes a line that stays.
func (p *progress) note(format string, args ...any) {
	p.clear()
	fmt.Fprintf(p.file, format+"\n", args...)
}
