// Package peers knows the servers that are compared: how each is built, started and asked.
package peers

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sslsock/sslsock/cmd/sslbench/internal/rows"
)

// Baseline is the peer that all ratios are to.
const Baseline = "c"

// Peer is a server: one that can be built from this module, or a web server that is installed.
type Peer struct {
	Name      string
	Dir       string   // its folder, in the module's folder; none for a web server
	Args      []string // its own flags, beside those that all get
	Own, HTTP bool     // whether it speaks the benchmark's own protocol, and HTTP
	Crossings bool     // it calls C from Go, and tells how often
	Scales    bool     // it can use several processors
	Workers   string   // the flag that sets how many; none for those that use all that they may run on
	OnRequest bool     // it takes part only when it is named
	web       *web     // nil for those that are built
	program   string
	out       string // the folder for its files
}

// TakesPart tells whether the peer can be measured for a row.
func (p Peer) TakesPart(r rows.Row) bool {
	switch {
	case r.HTTP:
		return p.HTTP
	case r.Workers > 0:
		return p.Scales
	}
	return p.Own
}

// Program is what the peer's processes run.
func (p Peer) Program() string { return p.program }

// All gives the peers in the order in which tables show them.
func All() []Peer {
	const own = "--own"
	return []Peer{
		{Name: Baseline, Dir: "peer/c", Own: true, HTTP: true, Scales: true, Workers: "--threads"},
		{Name: "loop", Dir: "peer/ours", Args: []string{"--mode", "loop"}, Own: true, Crossings: true, Scales: true, Workers: "--loops"},
		{Name: "conn", Dir: "peer/ours", Args: []string{"--mode", "conn"}, Own: true, HTTP: true, Crossings: true, Scales: true},
		{Name: "gotls", Dir: "peer/gotls", Own: true, HTTP: true, Scales: true},
		{Name: "fork", Dir: "peer/fork", Own: true, HTTP: true, Crossings: true},
		{Name: "compat", Dir: "peer/compat", Own: true, HTTP: true, Crossings: true},
		{Name: "nginx", HTTP: true, web: nginx},
		{Name: "haproxy", HTTP: true, web: haproxy},
		{Name: "noise", Dir: "peer/c", Own: true, HTTP: true, OnRequest: true}, // the baseline again: how far its ratios are from 1 is chance
		// What a hook costs: the difference to loop.
		{Name: "hook", Dir: "peer/ours", Args: []string{"--mode", "loop", "--hook", "ClientHello"}, Own: true, Crossings: true, OnRequest: true},
		{Name: "hook-in", Dir: "peer/ours", Args: []string{"--mode", "loop", "--hook", "ClientHello", "--inline"}, Own: true, Crossings: true, OnRequest: true},
		{Name: "hook-crt", Dir: "peer/ours", Args: []string{"--mode", "loop", "--hook", "Certificate"}, Own: true, Crossings: true, OnRequest: true},
		{Name: "hook-job", Dir: "peer/ours", Args: []string{"--mode", "loop", "--hook", "PSK"}, Own: true, Crossings: true, OnRequest: true},
		// For rows with workers: each with a context of its own, or with a library context as well.
		{Name: "c-ctx", Dir: "peer/c", Args: []string{own, "ctx"}, Scales: true, Workers: "--threads", OnRequest: true},
		{Name: "c-lib", Dir: "peer/c", Args: []string{own, "lib"}, Scales: true, Workers: "--threads", OnRequest: true},
		{Name: "loop-ctx", Dir: "peer/ours", Args: []string{"--mode", "loop", own, "ctx"}, Crossings: true, Scales: true, Workers: "--loops", OnRequest: true},
		{Name: "loop-lib", Dir: "peer/ours", Args: []string{"--mode", "loop", own, "lib"}, Crossings: true, Scales: true, Workers: "--loops", OnRequest: true},
	}
}

// Choose gives the named peers, and the baseline in any case. Without names it gives all but those on request.
func Choose(names []string) ([]Peer, error) {
	all := All()
	if len(names) == 0 {
		return slices.DeleteFunc(all, func(p Peer) bool { return p.OnRequest }), nil
	}
	for _, n := range names {
		if !slices.ContainsFunc(all, func(p Peer) bool { return p.Name == n }) {
			return nil, fmt.Errorf("no such peer: %q", n)
		}
	}
	return slices.DeleteFunc(all, func(p Peer) bool { return p.Name != Baseline && !slices.Contains(names, p.Name) }), nil
}

// Skipped is a peer or a row that takes no part, and why.
type Skipped struct {
	What   string `json:"what"`
	Reason string `json:"reason"`
}

func (s Skipped) String() string { return s.What + " takes no part: " + s.Reason }

// Build builds the peers of the module in the folder src to out, and finds the web servers. Those that do not build, or are not
// installed, are skipped, but not the baseline.
func Build(ctx context.Context, src, out string, list []Peer) ([]Peer, []Skipped, error) {
	var built []Peer
	var skipped []Skipped
	results := map[string]error{}
	for _, p := range list {
		p.out, p.program = out, filepath.Join(out, strings.ReplaceAll(p.Dir, "/", "-"))
		err, done := results[p.Dir]
		switch {
		case p.web != nil:
			p.program, err = p.web.find()
		case !done:
			err = build(ctx, src, p.Dir, p.program)
			results[p.Dir] = err
		}
		switch {
		case err == nil:
			built = append(built, p)
		case p.Name == Baseline || ctx.Err() != nil:
			return nil, nil, fmt.Errorf("building %s: %w", p.Name, err)
		default:
			skipped = append(skipped, Skipped{p.Name, err.Error()})
		}
	}
	return built, skipped, nil
}

// BuildLoad builds the load generator of the module in src and returns its path.
func BuildLoad(ctx context.Context, src, out string) (string, error) {
	program := filepath.Join(out, "load")
	return program, build(ctx, src, "load", program)
}

// build builds the program in the folder dir: in C if there are C files in it, else in Go.
func build(ctx context.Context, src, dir, program string) error {
	src, err := filepath.Abs(src) // the compiler runs in there
	if err != nil {
		return err
	}
	sources, err := filepath.Glob(filepath.Join(src, dir, "*.c"))
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(src, dir)); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no folder %s", dir)
	}
	if len(sources) == 0 {
		return command(ctx, src, "go", "build", "-o", program, "./"+dir)
	}
	args := append([]string{"-O2", "-Wall", "-Wextra", "-pthread", "-o", program}, sources...)
	return command(ctx, src, compiler(), append(args, libraries(ctx)...)...)
}

func compiler() string {
	if cc := os.Getenv("CC"); cc != "" {
		return cc
	}
	return "cc"
}

// libraries asks pkg-config for libssl, as cgo does, so that the C programs use the same one.
func libraries(ctx context.Context) []string {
	out, err := exec.CommandContext(ctx, "pkg-config", "--cflags", "--libs", "libssl", "libcrypto").Output()
	if err != nil {
		return []string{"-lssl", "-lcrypto"}
	}
	return strings.Fields(string(out))
}

// command runs a program; its error holds the first lines of what it printed.
func command(ctx context.Context, dir, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err == nil {
		return nil
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return fmt.Errorf("%w: %s", err, strings.Join(lines[:min(4, len(lines))], "; "))
}
