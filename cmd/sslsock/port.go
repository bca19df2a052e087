package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"github.com/sslsock/sslsock/cmd/sslsock/internal/term"
	"github.com/sslsock/sslsock/internal/porting"
)

const portName = "port"

// portFlags is the command line of port.
type portFlags struct {
	by, format choice
	json       bool
	stats      bool
	coverage   bool
	strict     bool
	maxSize    int64
}

func newPort() *cobra.Command {
	f := &portFlags{
		by:     choice{value: "symbol", of: []string{"symbol", "file"}},
		format: choice{value: "table", of: []string{"table", "json", "markdown"}},
	}
	cmd := &cobra.Command{
		Use:   portName + " FILE|DIR...",
		Short: "Say what the OpenSSL calls of C or C++ sources become in Go",
		Long: `port reads C or C++ sources, files or whole trees, and lists each symbol of
OpenSSL's in them: where it stands, how often, what it becomes in Go with its
signature, who owns what, and what to mind; then what has no counterpart.
It needs no compiler and no build of the sources: comments and strings are left
out, and all branches of #if are read.

It begins with the places that want another shape, and says which: an epoll loop
around SSL_get_error is a bridge.Loop, a blocking thread for each connection is
a goroutine with a bridge.Conn, locking callbacks go.

  bound          package ossl or bridge has it
  standard       Go's standard library, or a module, is the better answer
  delete         nothing takes its place
  not available  there is none, and the note says why
  unanswered     OpenSSL's headers do not declare it

What cannot be read is told on standard error, and the rest goes on.`,
		Example: `  sslsock port src/                               what does this tree need?
  sslsock port --by file src/tls.c                in the order of the file
  sslsock port --format markdown src/ > PLAN.md   a plan to tick off, file by file
  sslsock port --stats src/                       how much is it?
  sslsock port --strict src/ && echo complete     exit status 3 if something has no answer
  sslsock port --json src/ | jq -r '.symbols[] | select(.verdict == "not available").symbol'
  sslsock port --coverage                         what is bound of what 16 services call`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 && !f.coverage {
				return fmt.Errorf("name C or C++ sources, or a folder of them; see %s --help", cmd.CommandPath())
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return port(cmd, f, args) },
	}
	varFlag(cmd, &f.by, "by", "sort by symbol or by file", f.by.of)
	varFlag(cmd, &f.format, "format", "table for people, json for programs, markdown for a plan", f.format.of)
	cmd.Flags().BoolVar(&f.json, "json", false, "the same as --format json")
	cmd.Flags().BoolVar(&f.stats, "stats", false, "print the totals only")
	cmd.Flags().BoolVar(&f.coverage, "coverage", false, "print by header how the table answers what 16 services call, or FILE|DIR if given")
	cmd.Flags().BoolVar(&f.strict, "strict", false, "exit with status 3 if a symbol has no answer")
	cmd.Flags().Int64Var(&f.maxSize, "max-size", 32, "pass over files larger than this many MB")
	return cmd
}

func port(cmd *cobra.Command, f *portFlags, args []string) error {
	if f.maxSize < 1 {
		return errors.New("--max-size must be above 0")
	}
	if f.json {
		if cmd.Flags().Changed("format") && f.format.value != "json" {
			return fmt.Errorf("--json and --format %s exclude each other", f.format.value)
		}
		f.format.value = "json"
	}
	out, p := bufio.NewWriter(cmd.OutOrStdout()), term.For(os.Stdout)
	if f.coverage && len(args) == 0 {
		return errors.Join(printCoverage(out, p, f.format.value, porting.Coverage()), out.Flush())
	}
	r, err := scan(cmd.Context(), cmd.ErrOrStderr(), f, args)
	if err != nil {
		return err
	}
	switch {
	case f.coverage:
		err = printCoverage(out, p, f.format.value, coverageOf(r))
	case f.format.value == "json":
		err = printPortJSON(out, r)
	case f.stats:
		printStats(out, p, r)
	case f.format.value == "markdown":
		printPlan(out, r)
	case f.by.value == "file":
		printByFile(out, p, r)
	default:
		printBySymbol(out, p, r)
	}
	if err = errors.Join(err, out.Flush()); err != nil { // half a plan must not pass for one
		return err
	}
	if n := len(r.Unanswered()); f.strict && n > 0 {
		return &statusError{3, fmt.Sprintf("%s without an answer (--strict): %s", plural(n, "symbol"), someNames(r.Unanswered()))}
	}
	return nil
}

// scan reads the sources, and tells what it cannot read.
func scan(ctx context.Context, errOut io.Writer, f *portFlags, args []string) (*porting.Report, error) {
	o := porting.Options{MaxSize: f.maxSize << 20}
	stop := progress(&o)
	r, err := porting.Scan(ctx, args, o)
	stop()
	if err != nil {
		return nil, errors.New("interrupted")
	}
	if r.Files == 0 && len(r.Problems) > 0 {
		return nil, errors.New(r.Problems[0].String() + more(len(r.Problems)-1, "problem"))
	}
	if r.Files == 0 {
		return nil, fmt.Errorf("no C or C++ sources in %s", strings.Join(args, ", "))
	}
	for _, p := range r.Problems {
		fmt.Fprintln(errOut, "sslsock: "+p.String())
	}
	return r, nil
}

// progress shows on a terminal how far a long scan is.
func progress(o *porting.Options) (stop func()) {
	if !term.IsTerminal(os.Stderr) {
		return func() {}
	}
	begin := time.Now()
	var shown atomic.Int64
	o.Progress = func(files int) {
		now := int64(time.Since(begin) / (200 * time.Millisecond))
		if was := shown.Load(); now > 2 && now > was && shown.CompareAndSwap(was, now) {
			fmt.Fprintf(os.Stderr, "\r%d files read ", files)
		}
	}
	return func() {
		if shown.Load() > 0 {
			fmt.Fprint(os.Stderr, "\r\x1b[K")
		}
	}
}

func more(n int, noun string) string {
	if n <= 0 {
		return ""
	}
	return fmt.Sprintf(" (and %s more)", plural(n, noun))
}

func someNames(symbols []porting.Symbol) string {
	const few = 5
	var names []string
	for i, s := range symbols {
		if i == few {
			names = append(names, "…")
			break
		}
		names = append(names, s.Symbol)
	}
	return strings.Join(names, ", ")
}
