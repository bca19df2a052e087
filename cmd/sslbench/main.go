// Command sslbench compares what servers on several TLS libraries cost, in CPU time and memory, on the machine that it runs
// on. The README tells how, and the protocol that the servers speak.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"github.com/sslsock/sslsock/cmd/sslbench/internal/measure"
	"github.com/sslsock/sslsock/cmd/sslbench/internal/peers"
	"github.com/sslsock/sslsock/cmd/sslbench/internal/proc"
	"github.com/sslsock/sslsock/cmd/sslbench/internal/report"
	"github.com/sslsock/sslsock/cmd/sslbench/internal/rows"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	o, err := parse(os.Args[1:])
	switch {
	case err == nil && o.from != "":
		err = again(o)
	case err == nil:
		err = run(ctx, o)
	}
	stop()
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "sslbench:", err)
		os.Exit(1)
	}
}

// run builds and starts everything, measures row after row, and reports. What was measured before an interrupt is reported.
func run(ctx context.Context, o options) error {
	dir, err := os.MkdirTemp("", "sslbench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	p := newProgress(os.Stderr)
	o.config.Dir, o.config.Progress = dir, p.step
	r := &report.Report{Time: time.Now(), Rounds: o.config.Rounds, Seconds: o.config.Seconds, Tickets: o.config.Tickets,
		Machine: report.ThisMachine(o.processors, o.config.ServerCPUs, o.config.LoadCPUs)}
	r.Machine.WorkerCPUs, r.Machine.WorkerLoadCPUs = o.config.WorkerCPUs, o.config.WorkerLoadCPUs
	if o.config.Rows, r.Skipped, err = possible(o.config.Rows, len(o.processors)); err != nil {
		return err
	}
	b, err := start(ctx, o, r, p)
	if err != nil {
		return err
	}
	defer b.Close()
	for _, row := range o.config.Rows {
		var result measure.Result
		result, err = b.Measure(ctx, row)
		if len(result.Samples) > 0 {
			r.Add(result, b.Peers())
		}
		if err != nil {
			break
		}
	}
	p.clear()
	if ctx.Err() != nil {
		err = errors.New("interrupted: the figures are of what was measured until then")
	}
	return errors.Join(err, publish(r, o))
}

// again shows a report that was written before.
func again(o options) error {
	f, err := os.Open(o.from)
	if err != nil {
		return err
	}
	defer f.Close()
	r, err := report.Read(f)
	if err != nil {
		return fmt.Errorf("%s: %w", o.from, err)
	}
	return publish(r, o)
}

// publish prints the table and writes the files that are wanted. Without a row there is nothing to publish.
func publish(r *report.Report, o options) error {
	if len(r.Rows) == 0 {
		return nil
	}
	return errors.Join(r.WriteTable(os.Stdout), save(o.json, r.WriteJSON), save(o.svg, r.WriteSVG))
}

// start builds the peers and the load, and starts the servers.
func start(ctx context.Context, o options, r *report.Report, p *progress) (*measure.Bench, error) {
	var err error
	if o.config.Load, err = peers.BuildLoad(ctx, o.src, o.config.Dir); err != nil {
		return nil, fmt.Errorf("building the load: %w", err)
	}
	built, skipped, err := peers.Build(ctx, o.src, o.config.Dir, o.config.Peers)
	if err != nil {
		return nil, err
	}
	if o.config.Syscalls {
		if err := proc.CanCountSyscalls(ctx); err != nil {
			p.note("system calls are not counted: %v", err)
			o.config.Syscalls = false
		}
	}
	if o.config.Profile {
		if err := proc.CanProfile(ctx, o.config.Dir); err != nil {
			p.note("there are no profiles: %v", err)
			o.config.Profile = false
		}
	}
	o.config.Peers = built
	b, failed, err := measure.Start(ctx, o.config)
	r.Skipped = slices.Concat(r.Skipped, skipped, failed)
	for _, s := range r.Skipped {
		p.note("%s", s)
	}
	return b, err
}

// possible gives the rows that can be measured on so many processors and whose connections may be opened, and why the others
// cannot.
func possible(list []rows.Row, processors int) ([]rows.Row, []peers.Skipped, error) {
	var most uint64
	for _, r := range list {
		most = max(most, r.Files())
	}
	allowed, err := proc.AllowFiles(most)
	var out []rows.Row
	var skipped []peers.Skipped
	for _, r := range list {
		switch {
		case r.Files() > allowed:
			skipped = append(skipped, peers.Skipped{What: r.Name, Reason: fmt.Sprintf(
				"it needs %d open files and this system allows %d (raise it with ulimit -Hn, or LimitNOFILE= of systemd)", r.Files(), allowed)})
		case r.Workers > processors:
			skipped = append(skipped, peers.Skipped{What: r.Name, Reason: fmt.Sprintf("it needs %d processors", r.Workers)})
		default:
			out = append(out, r)
		}
	}
	if len(out) == 0 && err == nil {
		err = fmt.Errorf("%s", skipped[0])
	}
	return out, skipped, err
}

// save writes a file, in a folder that it makes if need be, and says where.
func save(file string, write func(io.Writer) error) error {
	if file == "" {
		return nil
	}
	var content bytes.Buffer
	if err := errors.Join(write(&content), os.MkdirAll(filepath.Dir(file), 0o755)); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	if err := os.WriteFile(file, content.Bytes(), 0o644); err != nil {
		return err
	}
	if full, err := filepath.Abs(file); err == nil {
		file = full
	}
	fmt.Println("written:", file)
	return nil
}
