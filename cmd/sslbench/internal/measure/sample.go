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

func (b *Bench) options(r rows.Row, port int) loadgen.Options {
	return loadgen.Options{
		Mode: r.Mode, Port: port, TLS: r.TLS, Conns: r.Conns, Active: r.Active, Sources: r.Conns/10_000 + 1, Size: r.Size,
		Seconds: b.cfg.Seconds, Timeout: timeout(r),
	}
}

// cpu measures the server's CPU time from when the load's connections are set up until its last operation is done and the
// server is quiet again.
func (b *Bench) cpu(ctx context.Context, r rows.Row, s *peers.Server) (Sample, error) {
	var before, after proc.Usage
	var crossed, crossings, resident int64
	result, err := b.load(ctx, r, s, func() (err error) {
		if crossed, err = s.Crossings(); err != nil {
			return err
		}
		before, err = proc.Read(s.PID())
		return err
	}, func() (err error) {
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
		Figure: float64(used.CPU.Nanoseconds()) / n, Units: n, Seconds: result.Seconds,
		P50: result.P50, P99: result.P99, Max: result.Max,
		Voluntary: used.Voluntary, Involuntary: used.Involuntary, Resident: resident, Crossings: crossings - crossed,
		Protocol: result.Protocol, Cipher: result.Cipher, Group: result.Group,
	}, nil
}

// syscalls counts the server's system calls; the sample's figure is their number for each unit.
func (b *Bench) syscalls(ctx context.Context, r rows.Row, s *peers.Server) (Sample, error) {
	var stop func() (int64, error)
	var count int64
	result, err := b.load(ctx, r, s, func() (err error) {
		stop, err = proc.CountSyscalls(ctx, s.PID())
		return err
	}, func() (err error) {
		count, err = stop()
		return err
	})
	if err != nil {
		return Sample{}, err
	}
	return Sample{Figure: float64(count) / units(r, result)}, nil
}

// load sets the row's load up, calls before, lets it run, waits for the server to be quiet, calls after, and ends the load.
func (b *Bench) load(ctx context.Context, r rows.Row, s *peers.Server, before, after func() error) (loadgen.Result, error) {
	var none loadgen.Result
	l, err := loadgen.Start(ctx, b.cfg.Load, b.options(r, s.Port), b.cfg.LoadCPUs)
	if err != nil {
		return none, err
	}
	if err := errors.Join(proc.Settle(s.PID(), quiet), before()); err != nil {
		return none, errors.Join(err, l.Close())
	}
	result, err := l.Run()
	if err != nil {
		return none, err
	}
	err = errors.Join(proc.Settle(s.PID(), quiet), after())
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
