package main

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/sslsock/sslsock/cmd/sslsock/internal/term"
	"github.com/sslsock/sslsock/internal/porting"
)

// printBySymbol lists the symbols with all that is known of them.
func printBySymbol(w io.Writer, p term.Palette, r *porting.Report) {
	printFindings(w, p, r.Findings)
	counterpart, none := splitByAnswer(r.Symbols)
	if len(counterpart) > 0 {
		fmt.Fprintf(w, "%s\n\n", p.In(term.Bold, "What it becomes"))
	}
	for _, s := range counterpart {
		printSymbol(w, p, s)
	}
	if len(none) > 0 {
		fmt.Fprintf(w, "%s\n\n", p.In(term.Bold, "What has no counterpart"))
	}
	for _, s := range none {
		printSymbol(w, p, s)
	}
	printTotals(w, p, r)
}

// splitByAnswer parts what has a counterpart in Go from what has none.
func splitByAnswer(symbols []porting.Symbol) (counterpart, none []porting.Symbol) {
	for _, s := range symbols {
		if s.Verdict == porting.Unavailable || s.Verdict == porting.Unknown {
			none = append(none, s)
		} else {
			counterpart = append(counterpart, s)
		}
	}
	return counterpart, none
}

func printSymbol(w io.Writer, p term.Palette, s porting.Symbol) {
	fmt.Fprintf(w, "  %s %s  %s\n", p.In(term.Bold, fmt.Sprintf("%-44s", s.Symbol)),
		p.In(verdictStyle(s.Verdict), string(s.Verdict)), p.In(term.Dim, howOften(s)))
	for _, l := range becomes(s.Answer) {
		fmt.Fprintf(w, "      -> %s\n", l)
	}
	if len(s.Go) == 1 && s.Go[0].Doc != "" {
		fmt.Fprintf(w, "         %s\n", s.Go[0].Doc)
	}
	for _, l := range remarks(s.Answer) {
		fmt.Fprintf(w, "         %s\n", l)
	}
	fmt.Fprintf(w, "      at %s\n\n", p.In(term.Dim, places(s.Places, 8)))
}

// becomes is what an answer names, one to a line.
func becomes(a porting.Answer) []string {
	var lines []string
	const enough = 5
	for i, r := range a.Go {
		if i == enough {
			lines = append(lines, fmt.Sprintf("… and %d more", len(a.Go)-i))
			break
		}
		lines = append(lines, r.String())
	}
	switch {
	case a.Verdict == porting.Bound && a.Package != "":
		lines = append(lines, "or "+a.Package+": "+a.Example)
	case a.Example != "" && a.Package != "":
		lines = append(lines, a.Package+": "+a.Example)
	case a.Example != "":
		lines = append(lines, a.Example)
	case a.Package != "":
		lines = append(lines, a.Package)
	case a.Verdict == porting.Delete:
		lines = append(lines, "(nothing)")
	}
	return lines
}

// remarks is what else there is to an answer.
func remarks(a porting.Answer) []string {
	var lines []string
	if a.Ownership != "" {
		lines = append(lines, "owner: "+a.Ownership)
	}
	if a.Note != "" {
		lines = append(lines, "note: "+a.Note)
	}
	if a.Deprecated != "" {
		lines = append(lines, "deprecated in C since OpenSSL "+a.Deprecated)
	}
	if a.Verdict == porting.Unknown {
		lines = append(lines, "no header of OpenSSL's declares it")
	}
	return lines
}

func howOften(s porting.Symbol) string {
	var parts []string
	if s.Calls > 0 {
		parts = append(parts, plural(s.Calls, "call"))
	}
	if s.Mentions > 0 {
		parts = append(parts, plural(s.Mentions, "mention"))
	}
	return strings.Join(parts, ", ")
}

// places is "a.c:10,20 b.c:3", cut after so many.
func places(all []porting.Place, limit int) string {
	var b strings.Builder
	file := ""
	for i, at := range all {
		if i == limit {
			fmt.Fprintf(&b, " (and %d more)", len(all)-limit)
			break
		}
		switch {
		case at.File == file:
			fmt.Fprintf(&b, ",%d", at.Line)
		case file == "":
			fmt.Fprintf(&b, "%s:%d", at.File, at.Line)
		default:
			fmt.Fprintf(&b, " %s:%d", at.File, at.Line)
		}
		file = at.File
	}
	return b.String()
}

// printByFile lists what each file uses, in the order of its lines.
func printByFile(w io.Writer, p term.Palette, r *porting.Report) {
	for _, f := range perFile(r) {
		fmt.Fprintf(w, "%s\n", p.In(term.Bold, f.path))
		for _, x := range f.findings {
			fmt.Fprintf(w, "  %6d  %s\n          %s\n", x.Line, p.In(term.Yellow, x.Title+" ("+x.Symbol+")"), x.Advice)
		}
		width := 0
		for _, u := range f.uses {
			width = max(width, len(u.answer.Symbol))
		}
		for _, u := range f.uses {
			fmt.Fprintf(w, "  %6d  %-*s  %s  %s", u.lines[0], width, u.answer.Symbol,
				p.In(verdictStyle(u.answer.Verdict), fmt.Sprintf("%-13s", u.answer.Verdict)), inOneLine(u.answer))
			if len(u.lines) > 1 {
				fmt.Fprintf(w, "  %s", p.In(term.Dim, "also "+joinInts(u.lines[1:], 6)))
			}
			if more := remarks(u.answer); len(more) > 0 {
				fmt.Fprintf(w, "  %s", p.In(term.Dim, strings.Join(more, "; ")))
			}
			fmt.Fprintln(w)
		}
		fmt.Fprintln(w)
	}
	printTotals(w, p, r)
}

// inOneLine is an answer as short as it goes.
func inOneLine(a porting.Answer) string {
	lines := becomes(a)
	if a.Verdict == porting.Bound && len(lines) > 0 && len(a.Go) > 0 {
		return lines[0]
	}
	return strings.Join(lines, ", ")
}

// fileUse is what one file uses of one symbol.
type fileUse struct {
	answer porting.Answer
	lines  []int
	calls  int
}

// filePlan is what one file uses and what wants another shape in it.
type filePlan struct {
	path     string
	uses     []fileUse
	findings []porting.Finding
}

// perFile turns a report around, by file and line.
func perFile(r *porting.Report) []filePlan {
	index := make(map[string]int)
	var plans []filePlan
	at := func(path string) *filePlan {
		if _, ok := index[path]; !ok {
			index[path] = len(plans)
			plans = append(plans, filePlan{path: path})
		}
		return &plans[index[path]]
	}
	for _, s := range r.Symbols {
		for i, place := range s.Places {
			f := at(place.File)
			if i == 0 || s.Places[i-1].File != place.File {
				f.uses = append(f.uses, fileUse{answer: s.Answer})
			}
			u := &f.uses[len(f.uses)-1]
			u.lines = append(u.lines, place.Line)
			if place.Call {
				u.calls++
			}
		}
	}
	for _, x := range r.Findings {
		f := at(x.File)
		f.findings = append(f.findings, x)
	}
	for _, f := range plans {
		slices.SortStableFunc(f.uses, func(a, b fileUse) int { return a.lines[0] - b.lines[0] })
	}
	slices.SortFunc(plans, func(a, b filePlan) int { return strings.Compare(a.path, b.path) })
	return plans
}

func joinInts(all []int, limit int) string {
	var parts []string
	for i, n := range all {
		if i == limit {
			parts = append(parts, "…")
			break
		}
		parts = append(parts, strconv.Itoa(n))
	}
	return strings.Join(parts, ", ")
}
