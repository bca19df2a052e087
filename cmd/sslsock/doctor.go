package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sslsock/sslsock/cmd/sslsock/internal/term"
)

const doctorName = "doctor"

func newDoctor() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   doctorName,
		Short: "Check that everything is here that OpenSSL and the event loop need",
		Long: `doctor looks at what sslsock stands on: headers and library of OpenSSL, providers,
FIPS, configuration, trust, entropy, kernel TLS, limits, and a handshake of the
library with itself. Where something is missing it says what to install.

  ok     as it should be
  info   optional, and not here
  warn   works, but something you may need is missing
  fail   sslsock cannot work like this; the exit status is 1`,
		Example: `  sslsock doctor
  sslsock doctor --json | jq '.checks[] | select(.status != "ok")'`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			checks := examine()
			out := cmd.OutOrStdout()
			if asJSON {
				if err := printChecksJSON(out, checks); err != nil {
					return err
				}
			} else {
				printChecks(out, term.For(os.Stdout), checks)
			}
			if count(checks, statusFail) > 0 {
				return errReported
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the checks as JSON")
	return cmd
}

// status is the outcome of a check.
type status string

const (
	statusOK   status = "ok"
	statusInfo status = "info" // optional and absent, which is no fault
	statusWarn status = "warn"
	statusFail status = "fail"
)

// check is one line of the doctor's list.
type check struct {
	ID     string `json:"id"`     // for programs: "fips"
	Name   string `json:"name"`   // for people: "FIPS"
	Status status `json:"status"` // ok, info, warn, fail
	Value  string `json:"value"`
	Hint   string `json:"hint,omitempty"` // what to do or to install
	Data   any    `json:"data,omitempty"` // the facts behind Value
}

func count(checks []check, s status) int {
	n := 0
	for _, c := range checks {
		if c.Status == s {
			n++
		}
	}
	return n
}

func printChecksJSON(w io.Writer, checks []check) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(struct {
		OK     bool    `json:"ok"`
		Warned int     `json:"warnings"`
		Failed int     `json:"failures"`
		Checks []check `json:"checks"`
	}{count(checks, statusFail) == 0, count(checks, statusWarn), count(checks, statusFail), checks})
}

func printChecks(w io.Writer, p term.Palette, checks []check) {
	width := 0
	for _, c := range checks {
		width = max(width, len(c.Name))
	}
	for _, c := range checks {
		fmt.Fprintf(w, "  %s  %-*s  %s\n", p.In(markStyle(c.Status), fmt.Sprintf("%-4s", c.Status)), width, c.Name, c.Value)
		if c.Hint != "" {
			fmt.Fprintf(w, "  %s  %s\n", strings.Repeat(" ", len("warn")+2+width), p.In(term.Dim, "-> "+c.Hint))
		}
	}
	fmt.Fprintf(w, "\n  %s\n", summary(p, checks))
}

func summary(p term.Palette, checks []check) string {
	warned, failed := count(checks, statusWarn), count(checks, statusFail)
	switch {
	case failed > 0:
		return p.In(term.Red, fmt.Sprintf("%d of %d checks failed: sslsock cannot work like this", failed, len(checks)))
	case warned > 0:
		return p.In(term.Yellow, fmt.Sprintf("works; %s, see above", plural(warned, "warning")))
	default:
		return p.In(term.Green, "all is well")
	}
}

func markStyle(s status) term.Style {
	switch s {
	case statusFail:
		return term.Red
	case statusWarn:
		return term.Yellow
	case statusInfo:
		return term.Dim
	default:
		return term.Green
	}
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
