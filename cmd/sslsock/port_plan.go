package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/sslsock/sslsock/internal/porting"
)

// printPortJSON prints all that was found.
func printPortJSON(w io.Writer, r *porting.Report) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	unanswered := make([]string, 0)
	for _, s := range r.Unanswered() {
		unanswered = append(unanswered, s.Symbol)
	}
	return e.Encode(struct {
		*porting.Report
		Totals     porting.Tally `json:"totals"`
		Unanswered []string      `json:"unanswered"`
	}{r, r.Tally(), unanswered})
}

// printPlan prints a plan in Markdown: for each file what wants another shape,
// and each call with what it becomes, to be ticked off.
func printPlan(w io.Writer, r *porting.Report) {
	fmt.Fprint(w, "# Porting plan\n\n")
	t := r.Tally()
	fmt.Fprintf(w, "%s, %s, %s of OpenSSL.\n\n", plural(r.Files, "file"), plural(r.Lines, "line"), plural(len(r.Symbols), "symbol"))
	fmt.Fprint(w, "| answer | symbols |\n|---|--:|\n")
	for _, v := range porting.Verdicts {
		if t[v] > 0 {
			fmt.Fprintf(w, "| %s | %d |\n", v, t[v])
		}
	}
	for _, f := range perFile(r) {
		fmt.Fprintf(w, "\n## %s\n\n", code(f.path))
		for _, x := range f.findings {
			fmt.Fprintf(w, "- [ ] line %d%s: **%s** (%s). %s.\n", x.Line, inFunction(x.Function), x.Title, code(x.Symbol), markdown(x.Advice))
		}
		if len(f.findings) > 0 && len(f.uses) > 0 {
			fmt.Fprintln(w)
		}
		if len(f.uses) == 0 {
			continue
		}
		fmt.Fprint(w, "| | lines | C | Go | to mind |\n|---|---|---|---|---|\n")
		for _, u := range f.uses {
			fmt.Fprintf(w, "| %s | %s | %s | %s | %s |\n", u.answer.Verdict, joinInts(u.lines, 12), code(u.answer.Symbol),
				codes(becomes(u.answer)), markdown(strings.Join(remarks(u.answer), "; ")))
		}
	}
	_, none := splitByAnswer(r.Symbols)
	if len(none) == 0 {
		return
	}
	fmt.Fprint(w, "\n## Without a counterpart\n\n| C | why | where |\n|---|---|---|\n")
	for _, s := range none {
		fmt.Fprintf(w, "| %s | %s | %s |\n", code(s.Symbol), markdown(strings.Join(remarks(s.Answer), "; ")), markdown(places(s.Places, 6)))
	}
}

func inFunction(name string) string {
	if name == "" {
		return ""
	}
	return " in " + code(name)
}

// code is text in code style, within a table.
func code(s string) string {
	fence := "`"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	if len(fence) > 1 {
		s = " " + s + " "
	}
	return fence + strings.ReplaceAll(s, "|", `\|`) + fence
}

func codes(lines []string) string {
	var all []string
	for _, l := range lines {
		all = append(all, code(l))
	}
	return strings.Join(all, "<br>")
}

// markdown is plain text that Markdown leaves as it is.
func markdown(s string) string {
	return strings.NewReplacer("|", `\|`, "*", `\*`, "_", `\_`, "<", "&lt;", "\n", " ").Replace(s)
}
