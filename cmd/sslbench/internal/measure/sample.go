package measure

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/sslsock/sslsock/cmd/sslbench/internal/loadgen"
	"github.com/sslsock/sslsock/cmd/sslbench/internal/peers"
	"github.com/sslsock/sslsock/cmd/sslbench/internal/proc"
	"github.com/sslsock/sslsock/cmd/sslbench/internal/rows"
)

// quiet bounds the wait for a server to finish what is behind an operation.
const quiet = 200 * time.Millisecond

// start sets the row's load up: one process, or for a row with workers as many as the row compares, on a processor each.
func (b *Bench) start(ctx context.Context, r rows.Row, port int) (loadgen.Group, error) {
	o := loadgen.Options{
		Mode: r.Mode, Port: port, TLS: r.TLS, Conns: r.Conns, Active: r.Active, Sources: r.Conns/10_000 + 1, Size: r.Size,
		Seconds: b.cfg.Seconds, Timeout: timeout(r),
	}
	if r.Workers == 0 {
		return loadgen.StartGroup(ctx, b.cfg.Load, o, b.cfg.LoadCPUs)
	}
	list := b.cfg.WorkerLoadCPUs
	o.Conns /= len(list)
	groups := make([][]int, len(list))
	for i, n := range list {
		groups[i] = []int{n}
	}
	return loadgen.StartGroup(ctx, b.cfg.Load, o, groups...)
}

// timeout bounds the set-up of a row's connections, and the end of its load.
func timeout(r rows.Row) time.Duration {
	return 20*time.Second + time.Duration(r.Conns)*5*time.Millisecond
}

// cost measures one sample: of a row with workers, first with one of them.
func (b *Bench) cost(ctx context.Context, r rows.Row, p peers.Peer) (Sample, error) {
	var samples []Sample
	for _, r := range compared(r) {
		s, err := b.cpu(ctx, r, p)
		if err != nil {
			return s, err
		}
		samples = append(samples, s)
	}
	sample := samples[len(samples)-1]
	if r.Workers > 0 {
		one := samples[0]
		sample.One = &One{Figure: one.Figure, Units: one.Units, Seconds: one.Seconds, Busy: one.Busy}
	}
	return sample, nil
}

// cpu measures the server's CPU time from when the load's connections are set up until its last operation is done and the
// server is quiet again.
func (b *Bench) cpu(ctx context.Context, r rows.Row, p peers.Peer) (Sample, error) {
	var before, after proc.Usage
	var crossed, crossings, resident int64
	result, err := b.load(ctx, r, p, func(s *peers.Server) (err error) {
		if crossed, err = s.Crossings(); err != nil {
			return err
		}
		before, err = proc.Read(s.PID())
		return err
	}, func(s *peers.Server) (err error) {
		if after, err = proc.Read(s.PID()); err != nil {
			return err
		}
		if crossings, err = s.Crossings(); err != nil {
			return err
		}
		resident, err = proc.Resident(s.PID())
		return err
	})
	if err != nil {
		return Sample{}, err
	}
	if r.Mode == "up" { // an upload ends with the time, not when it is done: it has no latency
		result.P50, result.P99, result.Max = 0, 0, 0
	}
	used, n := after.Sub(before), units(r, result)
	return Sample{
		Figure: float64(used.CPU.Nanoseconds()) / n, Units: n, Seconds: result.Seconds, Busy: used.CPU.Seconds() / result.Seconds,
		P50: result.P50, P99: result.P99, Max: result.Max,
		Voluntary: used.Voluntary, Involuntary: used.Involuntary, Resident: resident, Crossings: crossings - crossed,
		Protocol: result.Protocol, Cipher: result.Cipher, Group: result.Group,
	}, nil
}

// syscalls counts the server's system calls for each unit.
func (b *Bench) syscalls(ctx context.Context, r rows.Row, p peers.Peer, out map[string]float64) error {
	var stop func() (int64, error)
	var count int64
	result, err := b.load(ctx, r, p, func(s *peers.Server) (err error) {
		stop, err = proc.CountSyscalls(ctx, s.PID())
		return err
	}, func(*peers.Server) (err error) {
		count, err = stop()
		return err
	})
	if err == nil {
		out[p.Name] = float64(count) / units(r, result)
	}
	return err
}

// profile finds out what the server's CPU time is spent in.
func (b *Bench) profile(ctx context.Context, r rows.Row, p peers.Peer, out map[string]proc.Profile) error {
	var recorder *proc.Recorder
	var profile proc.Profile
	_, err := b.load(ctx, r, p, func(s *peers.Server) (err error) {
		recorder, err = proc.Record(ctx, b.cfg.Dir, s.PID())
		return err
	}, func(*peers.Server) (err error) {
		profile, err = recorder.Stop(ctx, p.Program())
		return err
	})
	if err == nil {
		out[p.Name] = profile
	}
	return err
}

// load gives the peer's server the row's load. When that fails, the peer gets a new server.
func (b *Bench) load(ctx context.Context, r rows.Row, p peers.Peer, before, after func(*peers.Server) error) (loadgen.Result, error) {
	s, err := b.server(ctx, p, r)
	if err != nil {
		return loadgen.Result{}, err
	}
	result, err := b.run(ctx, r, s, before, after)
	if err != nil && ctx.Err() == nil {
		err = b.replace(ctx, p, r, err)
	}
	return result, err
}

// run sets the row's load up, calls before, lets it run, waits for the server to be quiet, calls after, and ends the load.
func (b *Bench) run(ctx context.Context, r rows.Row, s *peers.Server, before, after func(*peers.Server) error) (loadgen.Result, error) {
	var none loadgen.Result
	l, err := b.start(ctx, r, s.Port)
	if err != nil {
		return none, err
	}
	if err := errors.Join(proc.Settle(s.PID(), quiet), before(s)); err != nil {
		return none, errors.Join(err, l.Close())
	}
	result, err := l.Run()
	if err != nil {
		return none, err
	}
	err = errors.Join(proc.Settle(s.PID(), quiet), after(s))
	// The connections end before the next peer's turn: all servers share a processor.
	err = errors.Join(err, l.Close(), proc.Settle(s.PID(), time.Second))
	return result, errors.Join(err, check(r, result))
}

// check refuses a result that is not of the work that the row is about.
func check(r rows.Row, result loadgen.Result) error {
	switch {
	case result.Errors > 0:
		return fmt.Errorf("%d operations failed", result.Errors)
	case result.Operations == 0:
		return errors.New("no operation was completed")
	case r.Mode == "resume" && result.Resumed != result.Operations:
		return fmt.Errorf("%d of %d handshakes were resumed", result.Resumed, result.Operations)
	case r.Mode == "full" && result.Resumed > 0:
		return fmt.Errorf("%d handshakes were resumed", result.Resumed)
	case result.Protocol != "TLSv"+r.TLS || result.Group != "x25519":
		return fmt.Errorf("%s with group %s was negotiated", result.Protocol, result.Group)
	}
	return nil
}

func units(r rows.Row, result loadgen.Result) float64 {
	if r.Unit == rows.MiB {
		return float64(result.Bytes) / (1 << 20)
	}
	return float64(result.Operations)
}
