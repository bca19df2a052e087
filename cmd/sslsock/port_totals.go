package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/sslsock/sslsock/cmd/sslsock/internal/term"
	"github.com/sslsock/sslsock/internal/porting"
)

// printFindings lists what wants another shape.
func printFindings(w io.Writer, p term.Palette, all []porting.Finding) {
	if len(all) == 0 {
		return
	}
	fmt.Fprintf(w, "%s\n\n", p.In(term.Bold, "What wants another shape"))
	for _, group := range groupFindings(all) {
		fmt.Fprintf(w, "  %s\n", p.In(term.Yellow, group[0].Title))
		fmt.Fprintf(w, "      -> %s\n", group[0].Advice)
		for i, f := range group {
			if i == 10 {
				fmt.Fprintf(w, "         (and %d more)\n", len(group)-i)
				break
			}
			fmt.Fprintf(w, "      at %s:%d  %s%s\n", f.File, f.Line, f.Symbol, p.In(term.Dim, within(f.Function)))
		}
		fmt.Fprintln(w)
	}
}

// groupFindings puts those together that have the same advice.
func groupFindings(all []porting.Finding) [][]porting.Finding {
	index := make(map[string]int)
	var groups [][]porting.Finding
	for _, f := range all {
		key := f.Pattern + f.Advice
		if _, ok := index[key]; !ok {
			index[key] = len(groups)
			groups = append(groups, nil)
		}
		groups[index[key]] = append(groups[index[key]], f)
	}
	return groups
}

func within(function string) string {
	if function == "" {
		return ""
	}
	return "  in " + function
}

func printTotals(w io.Writer, p term.Palette, r *porting.Report) {
	t := r.Tally()
	calls := 0
	for _, s := range r.Symbols {
		calls += s.Calls
	}
	fmt.Fprintf(w, "%s of OpenSSL in %s, %s: ", plural(len(r.Symbols), "symbol"), plural(r.Files, "file"), plural(calls, "call"))
	var parts []string
	for _, v := range porting.Verdicts {
		if t[v] > 0 {
			parts = append(parts, p.In(verdictStyle(v), fmt.Sprintf("%d %s", t[v], v)))
		}
	}
	if len(parts) == 0 {
		parts = []string{"nothing to port"}
	}
	fmt.Fprintln(w, strings.Join(parts, ", "))
}

// printStats is the totals alone.
func printStats(w io.Writer, p term.Palette, r *porting.Report) {
	calls, mentions := 0, 0
	for _, s := range r.Symbols {
		calls += s.Calls
		mentions += s.Mentions
	}
	for _, row := range []struct {
		name  string
		value any
	}{
		{"files", r.Files},
		{"lines", r.Lines},
		{"time", r.Elapsed.Round(time.Millisecond)},
		{"symbols", len(r.Symbols)},
		{"calls", calls},
		{"mentions", mentions},
		{"places that want another shape", len(r.Findings)},
		{"problems", len(r.Problems)},
	} {
		fmt.Fprintf(w, "  %-32s %v\n", row.name, row.value)
	}
	fmt.Fprintln(w)
	printTallies(w, p, coverageOf(r))
}

// coverageOf counts the symbols of a report by header.
func coverageOf(r *porting.Report) map[string]porting.Tally {
	by := make(map[string]porting.Tally)
	for _, s := range r.Symbols {
		h := s.Header
		if h == "" {
			h = "(none)"
		}
		if by[h] == nil {
			by[h] = make(porting.Tally)
		}
		by[h][s.Verdict]++
	}
	return by
}

// printCoverage prints tallies by header.
func printCoverage(w io.Writer, p term.Palette, format string, by map[string]porting.Tally) error {
	if format != "json" {
		printTallies(w, p, by)
		return nil
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(struct {
		Headers map[string]porting.Tally `json:"headers"`
		Libssl  porting.Tally            `json:"libssl"`
		Total   porting.Tally            `json:"total"`
	}{by, sum(by, libsslHeaders...), sum(by, slices.Collect(maps.Keys(by))...)})
}

// libsslHeaders declare what libssl has; the rest is libcrypto's.
var libsslHeaders = []string{"ssl.h", "tls1.h", "dtls1.h", "srtp.h", "ssl3.h", "ssl2.h", "prov_ssl.h", "sslerr.h"}

func sum(by map[string]porting.Tally, headers ...string) porting.Tally {
	total := make(porting.Tally)
	for _, h := range headers {
		for v, n := range by[h] {
			total[v] += n
		}
	}
	return total
}

func printTallies(w io.Writer, p term.Palette, by map[string]porting.Tally) {
	headers := slices.SortedFunc(maps.Keys(by), func(a, b string) int {
		if d := by[b].Total() - by[a].Total(); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	heading := fmt.Sprintf("%-20s %6s", "header", "total")
	for _, v := range porting.Verdicts {
		heading += fmt.Sprintf(" %*s", len(v)+2, v)
	}
	fmt.Fprintf(w, "  %s\n", p.In(term.Bold, heading))
	row := func(name string, t porting.Tally) {
		fmt.Fprintf(w, "  %-20s %6d", name, t.Total())
		for _, v := range porting.Verdicts {
			fmt.Fprintf(w, " %*d", len(v)+2, t[v])
		}
		fmt.Fprintln(w)
	}
	for _, h := range headers {
		row(h, by[h])
	}
	fmt.Fprintln(w)
	libssl, all := sum(by, libsslHeaders...), sum(by, headers...)
	row("libssl", libssl)
	rest := make(porting.Tally)
	for _, v := range porting.Verdicts {
		rest[v] = all[v] - libssl[v]
	}
	row("libcrypto", rest)
	row("all", all)
	fmt.Fprintf(w, "\n  libssl: %d of %d answered, %d bound\n  all:    %d of %d answered\n",
		libssl.Total()-libssl[porting.Unknown], libssl.Total(), libssl[porting.Bound], all.Total()-all[porting.Unknown], all.Total())
}

func verdictStyle(v porting.Verdict) term.Style {
	switch v {
	case porting.Bound:
		return term.Green
	case porting.Standard:
		return term.Cyan
	case porting.Delete:
		return term.Dim
	case porting.Unavailable:
		return term.Yellow
	default:
		return term.Red
	}
}
