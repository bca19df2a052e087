package interop

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"
)

// Options say what Run does. The zero Options are all peers that are found, all
// rows but the legacy ones, and both drivers of this project.
type Options struct {
	Peers   []Peer              // nil is Peers()
	Command map[string][]string // a peer's command by its name, instead of what PATH has
	Drivers []Driver            // nil is DriverLoop and DriverConn
	Rows    []Row               // nil is Rows()

	// Only and Skip choose cells: see Matches. Only keeps those that match one of
	// its patterns, Skip leaves those out that match one of its own. A pattern that
	// no cell of these Peers, Drivers and Rows matches is a NothingMatchesError.
	Only, Skip []string

	Jobs    int           // cells at a time; 0 is twice the number of processors
	Timeout time.Duration // of a cell; 0 is DefaultTimeout

	// CaptureDir, unless it is empty, gets a capture of each cell that fails, with
	// its keys (pcapng). It is made if needed.
	CaptureDir string

	// Progress, unless it is nil, is told of each cell that is over, and how many
	// there are in all. It is called by one goroutine at a time.
	Progress func(cell *Cell, done, total int)
}

// DefaultTimeout is how long a cell may take.
const DefaultTimeout = 30 * time.Second

// NothingMatchesError is the result of a pattern that no cell matches, which may be
// a misspelt one, and of patterns that together leave no cell: then Pattern is "".
type NothingMatchesError struct {
	Pattern    string
	Only, Skip []string
}

func (e *NothingMatchesError) Error() string {
	if e.Pattern != "" {
		return fmt.Sprintf("pattern %q matches no cell: no peer, side and row have such names", e.Pattern)
	}
	return fmt.Sprintf("no cell matches %q without %q", e.Only, e.Skip)
}

// Run works through all cells that the Options choose. Its error is about the run
// as a whole: what a cell comes to is in the report. When ctx ends, the cells that
// are left are skipped, and the error is ctx's; the report holds what was done.
func Run(ctx context.Context, opts Options) (*Report, error) {
	if err := opts.complete(); err != nil {
		return nil, err
	}
	r := &runner{opts: &opts, report: newReport()}
	var cancel context.CancelFunc
	r.ctx, cancel = context.WithCancel(ctx)
	defer cancel()
	plan := r.plan()
	if p := r.unmatched(); p != "" || len(plan) == 0 {
		return nil, &NothingMatchesError{p, opts.Only, opts.Skip}
	}
	if err := r.prepare(); err != nil {
		return nil, err
	}
	defer os.RemoveAll(r.dir)
	r.findPeers(plan)
	r.work(plan)
	r.report.Elapsed = time.Since(r.report.Started)
	return r.report, ctx.Err()
}

func (o *Options) complete() (err error) {
	if o.Peers == nil {
		o.Peers = Peers()
	}
	if o.Drivers == nil {
		o.Drivers = []Driver{DriverLoop, DriverConn}
	}
	if o.Rows == nil {
		if o.Rows, err = Rows(); err != nil {
			return err
		}
	}
	if o.Jobs <= 0 {
		o.Jobs = 2 * runtime.NumCPU()
	}
	if o.Timeout <= 0 {
		o.Timeout = DefaultTimeout
	}
	for _, p := range slices.Concat(o.Only, o.Skip) {
		if err := checkPattern(p); err != nil {
			return err
		}
	}
	return nil
}

// runner is one Run.
type runner struct {
	ctx    context.Context
	opts   *Options
	report *Report
	dir    string
	certs  *Certs
	found  map[string]*Peer
	absent map[string]error
	useful map[string]bool // patterns that match a cell
	silent sync.Map        // what peers never say of a connection
}

// planned is a cell that is to run.
type planned struct {
	cell   *Cell
	row    *Row
	driver Driver
}

func (r *runner) plan() []planned {
	var list []planned
	r.useful = map[string]bool{}
	for _, peer := range r.opts.Peers {
		for i := range r.opts.Rows {
			row := &r.opts.Rows[i]
			for _, d := range r.opts.Drivers {
				for _, role := range []Role{Client, Server} {
					if row.Only != "" && row.Only != role {
						continue
					}
					c := &Cell{Peer: peer.Name, Row: row.Name, Driver: d.Name(), Role: role}
					r.tryPatterns(c)
					if r.chosen(c, row) {
						list = append(list, planned{c, row, d})
						r.report.Cells = append(r.report.Cells, c)
					}
				}
			}
		}
	}
	return list
}

func (r *runner) tryPatterns(c *Cell) {
	for _, p := range slices.Concat(r.opts.Only, r.opts.Skip) {
		if !r.useful[p] && c.Matches(p) {
			r.useful[p] = true
		}
	}
}

// unmatched is the first pattern that has matched no cell, chosen or not.
func (r *runner) unmatched() string {
	for _, p := range slices.Concat(r.opts.Only, r.opts.Skip) {
		if !r.useful[p] {
			return p
		}
	}
	return ""
}

func (r *runner) chosen(c *Cell, row *Row) bool {
	if slices.ContainsFunc(r.opts.Skip, func(p string) bool { return c.Matches(p) }) {
		return false
	}
	if row.Legacy {
		return slices.ContainsFunc(r.opts.Only, func(p string) bool { return c.names(p) && c.Matches(p) })
	}
	return len(r.opts.Only) == 0 || slices.ContainsFunc(r.opts.Only, func(p string) bool { return c.Matches(p) })
}

func (r *runner) prepare() (err error) {
	if r.opts.CaptureDir != "" {
		if err := os.MkdirAll(r.opts.CaptureDir, 0o755); err != nil {
			return err
		}
	}
	if r.dir, err = os.MkdirTemp("", "interop-"); err != nil {
		return err
	}
	if r.certs, err = newCerts(r.dir); err != nil {
		_ = os.RemoveAll(r.dir)
		return err
	}
	return nil
}

func (r *runner) findPeers(plan []planned) {
	r.found, r.absent = map[string]*Peer{}, map[string]error{}
	for _, p := range r.opts.Peers {
		if !slices.ContainsFunc(plan, func(w planned) bool { return w.cell.Peer == p.Name }) {
			continue
		}
		peer, err := p.find(r.ctx, r.opts.Command[p.Name])
		info := PeerInfo{Name: p.Name}
		if err != nil {
			r.absent[p.Name], info.Absent = err, err.Error()
		} else {
			r.found[p.Name], info.Version, info.Command = peer, peer.version, strings.Join(peer.command, " ")
		}
		r.report.Peers = append(r.report.Peers, info)
	}
}

func (r *runner) work(plan []planned) {
	todo := make(chan planned)
	var workers sync.WaitGroup
	var mu sync.Mutex
	done := 0
	for range min(r.opts.Jobs, len(plan)) {
		workers.Go(func() {
			for w := range todo {
				r.one(w)
				mu.Lock()
				done++
				if r.opts.Progress != nil {
					r.opts.Progress(w.cell, done, len(plan))
				}
				mu.Unlock()
			}
		})
	}
	for _, w := range plan {
		todo <- w
	}
	close(todo)
	workers.Wait()
}

// one runs a cell and writes down what it came to.
func (r *runner) one(w planned) {
	out := w.cell
	if err := r.absent[out.Peer]; err != nil {
		out.Result, out.Reason = Skip, err.Error()
		return
	}
	if r.ctx.Err() != nil {
		out.Result, out.Reason = Skip, "interrupted"
		return
	}
	start := time.Now()
	limit := fmt.Errorf("not done within %v: %w", r.opts.Timeout, context.DeadlineExceeded)
	ctx, cancel := context.WithTimeoutCause(r.ctx, r.opts.Timeout, limit)
	c := &cell{row: w.row, peer: r.found[out.Peer], driver: w.driver, server: out.Role == Server, run: r, rec: newRecorder()}
	err := c.open(ctx)
	if err == nil {
		play := w.row.play
		if play == nil {
			play = playOnce
		}
		err = play(ctx, c)
	}
	if err != nil {
		c.notePeers()
	}
	if err != nil && ctx.Err() != nil {
		err = fmt.Errorf("%w (%w)", context.Cause(ctx), err)
	}
	cancel()
	c.close()
	out.Elapsed = time.Since(start)
	r.judge(out, c, err)
}

func (r *runner) judge(out *Cell, c *cell, err error) {
	var skipped *skipError
	switch {
	case err == nil:
		out.Result = Pass
	case errors.As(err, &skipped):
		out.Result, out.Reason = Skip, skipped.reason
		return
	case r.ctx.Err() != nil:
		out.Result, out.Reason = Skip, "interrupted"
		return
	default:
		out.Result, out.Reason = Fail, err.Error()
		out.KeyLog = c.rec.keyLog()
		if c.wire != nil {
			r.capture(out, c)
		}
	}
	out.Log, out.PeerLog = c.rec.log(), c.peerLog()
}

// capture saves what went over the wire. That it could not be saved is part of
// the cell's log; the run goes on.
func (r *runner) capture(out *Cell, c *cell) {
	file := filepath.Join(r.opts.CaptureDir, strings.ReplaceAll(out.Name(), "/", "_")+".pcapng")
	if err := os.WriteFile(file, c.wire.pcapng(out.KeyLog), 0o600); err != nil {
		c.rec.note("no capture: %v", err)
		return
	}
	out.Capture = file
}
