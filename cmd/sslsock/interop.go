package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/sslsock/sslsock/cmd/sslsock/internal/term"
	"github.com/sslsock/sslsock/interop"
)

// usageStatus is the exit status of interop for a command line that cannot work:
// 1 says that a cell has failed.
const usageStatus = 2

// interopFlags is what the command line of interop says.
type interopFlags struct {
	peers, only, skip []string
	format            *choice
	output, pcap      string
	jobs              int
	timeout           time.Duration
	list, quiet       bool
}

func newInterop() *cobra.Command {
	f := &interopFlags{format: &choice{value: "text", of: interop.Formats}}
	cmd := &cobra.Command{
		Use:   "interop",
		Short: "Talk to other TLS implementations, in every way, and report",
		Long: `interop has OpenSSL in this program, driven by the epoll loop and by net.Conn, talk to
other TLS implementations on this machine: as client and as server, for each protocol
version, cipher suite, group, kind of certificate, way to resume, to end and to refuse.

Peers are the programs that are found on PATH, and Go's crypto/tls. What is not there,
or cannot do what a row asks for, is skipped with the reason.

A PATTERN is the name of a peer (openssl), of a driver (loop, conn), a role (client,
server), a side (loop-client), the beginning of a row up to a slash (cipher/tls1.3), a
cell (openssl/conn-server/staple), or any of these with * and ?. A comma joins what
must match at once. Rows for TLS 1.0 and 1.1 run only where one names them.

The exit status is 1 when a cell has failed, or the report could not be written, and 2
for a command line that cannot work.`,
		Example: `  sslsock interop --only openssl
  sslsock interop --only gnutls,group,conn-server
  sslsock interop --peer openssl-1.1.1=/opt/openssl-1.1.1/bin/openssl --only openssl-1.1.1
  sslsock interop --skip transfer/64MiB --format html --output report.html
  sslsock interop --format junit --output interop.xml --pcap captures`,
		Args: func(cmd *cobra.Command, args []string) error { return usage(noArgs(cmd, args)) },
		RunE: func(cmd *cobra.Command, _ []string) error {
			return f.run(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	cmd.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usage(fmt.Errorf("%w; see %s --help", err, cmd.CommandPath()))
	})
	fl := cmd.Flags()
	fl.StringArrayVar(&f.peers, "peer", nil, "`NAME=COMMAND` of a peer; NAME-WORD=COMMAND adds one of the same kind (may be repeated)")
	fl.StringArrayVar(&f.only, "only", nil, "run only cells that match `PATTERN` (may be repeated)")
	fl.StringArrayVar(&f.skip, "skip", nil, "leave out cells that match `PATTERN` (may be repeated)")
	varFlag(cmd, f.format, "format", "what the report looks like", f.format.of)
	fl.StringVar(&f.output, "output", "", "write the report to `FILE` (default: standard output)")
	fl.StringVar(&f.pcap, "pcap", "", "save a capture of each failed cell, with its keys, in `FOLDER`")
	fl.IntVar(&f.jobs, "jobs", 0, "cells at a time (default: twice the number of processors)")
	fl.DurationVar(&f.timeout, "timeout", interop.DefaultTimeout, "how long a cell may take")
	fl.BoolVar(&f.list, "list", false, "print the names of peers and rows, and exit")
	fl.BoolVarP(&f.quiet, "quiet", "q", false, "print no progress")
	return cmd
}

// usage gives an error the exit status of a wrong command line.
func usage(err error) error {
	if err == nil {
		return nil
	}
	return &statusError{usageStatus, err.Error()}
}

func (f *interopFlags) run(ctx context.Context, stdout, stderr io.Writer) error {
	opts, err := f.options()
	if err != nil {
		return usage(err)
	}
	if f.list {
		return listInterop(stdout, opts)
	}
	// Better now than after two minutes.
	out, err := f.open()
	if err != nil {
		return usage(err)
	}
	progress := &cellProgress{w: stderr, live: term.IsTerminal(os.Stderr), width: term.Width(os.Stderr), palette: term.For(os.Stderr)}
	if !f.quiet {
		opts.Progress = progress.cell
	}
	report, err := interop.Run(ctx, *opts)
	progress.clear()
	if report == nil {
		if pattern, nothing := new(interop.PatternError), new(interop.NothingMatchesError); errors.As(err, &pattern) || errors.As(err, &nothing) {
			return usage(err)
		}
		return err
	}
	if writeErr := f.write(out, stdout, report); writeErr != nil {
		return fmt.Errorf("the report could not be written: %w", writeErr)
	}
	switch {
	case err != nil:
		return fmt.Errorf("interrupted: %s", report.Summary())
	case report.Failed():
		return &statusError{1, fmt.Sprintf("%d of %d cells failed", report.Count(interop.Fail), len(report.Cells))}
	}
	return nil
}

func (f *interopFlags) options() (*interop.Options, error) {
	if f.timeout <= 0 {
		return nil, fmt.Errorf("--timeout %v: must be above 0", f.timeout)
	}
	if f.jobs < 0 {
		return nil, fmt.Errorf("--jobs %d: must be above 0, or 0 for the default", f.jobs)
	}
	opts := &interop.Options{
		Peers: interop.Peers(), Command: map[string][]string{},
		Only: f.only, Skip: f.skip, Jobs: f.jobs, Timeout: f.timeout, CaptureDir: f.pcap,
	}
	for _, given := range f.peers {
		name, command, ok := strings.Cut(given, "=")
		words := strings.Fields(command)
		if !ok || len(words) == 0 {
			return nil, fmt.Errorf("--peer %s: give it as NAME=COMMAND, such as openssl=/opt/openssl/bin/openssl", given)
		}
		peer, ok := interop.PeerNamed(name)
		if !ok {
			return nil, fmt.Errorf("--peer %s: no peer has that name; there are %s, each also with a hyphen and a word", name, peerNames(opts.Peers))
		}
		if len(peer.Programs) == 0 {
			return nil, fmt.Errorf("--peer %s: this peer is no program", name)
		}
		if _, err := exec.LookPath(words[0]); err != nil {
			return nil, &flagError{"--peer", given, err}
		}
		if !slices.ContainsFunc(opts.Peers, func(p interop.Peer) bool { return p.Name == name }) {
			opts.Peers = append(opts.Peers, peer)
		}
		opts.Command[name] = words
	}
	return opts, nil
}

func peerNames(peers []interop.Peer) string {
	var names []string
	for _, p := range peers {
		names = append(names, p.Name)
	}
	return strings.Join(names, ", ")
}

func listInterop(w io.Writer, opts *interop.Options) error {
	rows, err := interop.Rows()
	if err != nil {
		return err
	}
	fmt.Fprintln(w, "peers, and the programs that they are looked for by:")
	for _, p := range opts.Peers {
		programs := strings.Join(p.Programs, ", ")
		switch {
		case opts.Command[p.Name] != nil:
			programs = strings.Join(opts.Command[p.Name], " ")
		case programs == "":
			programs = "(in this program)"
		}
		fmt.Fprintf(w, "  %-12s %s\n", p.Name, programs)
	}
	fmt.Fprintln(w, "sides: loop-client, loop-server, conn-client, conn-server")
	fmt.Fprintln(w, "rows:")
	for _, r := range rows {
		note := ""
		if r.Legacy {
			note = "  (only where a pattern names it)"
		}
		fmt.Fprintf(w, "  %s%s\n", r.Name, note)
	}
	return nil
}
