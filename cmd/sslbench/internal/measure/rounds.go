package measure

import (
	"context"
	"fmt"

	"github.com/sslsock/sslsock/cmd/sslbench/internal/peers"
	"github.com/sslsock/sslsock/cmd/sslbench/internal/proc"
	"github.com/sslsock/sslsock/cmd/sslbench/internal/rows"
)

// round is what is looked at in a round. What perf does for the others would be part of the costs.
type round int

const (
	costs round = iota
	systemCalls
	profiles
)

// rounds gives the rounds of a row in order, the costs first.
func (b *Bench) rounds(r rows.Row) []round {
	n := b.cfg.Rounds
	if r.Rounds > 0 {
		n = min(n, r.Rounds)
	}
	list := make([]round, n)
	if b.cfg.Syscalls && !r.Memory() {
		list = append(list, systemCalls)
	}
	if b.cfg.Profile && !r.Memory() {
		list = append(list, profiles)
	}
	return list
}

// Measure makes all rounds of a row; when ctx is cancelled, the result holds those before. Each round begins with another
// peer, so that none is always after the same one.
func (b *Bench) Measure(ctx context.Context, r rows.Row) (Result, error) {
	result := Result{Row: r, Syscalls: map[string]float64{}, Profiles: map[string]proc.Profile{}}
	list, rounds := b.taking(r), b.rounds(r)
	for n, what := range rounds {
		for i := range list {
			p := list[(n+i)%len(list)]
			b.cfg.Progress(b.done, b.total, fmt.Sprintf("%s  round %d/%d  %s", r.Name, n+1, len(rounds), p.Name))
			sample, err := b.one(ctx, r, p, what, &result)
			if ctx.Err() != nil {
				return result, ctx.Err()
			}
			b.done++
			if what != costs { // the rest of the row does not need it
				continue
			}
			if err != nil {
				sample = Sample{Error: err.Error()}
			}
			sample.Peer, sample.Round = p.Name, n
			result.Samples = append(result.Samples, sample)
		}
	}
	return result, nil
}

// one makes one measurement. After one that failed, the peer gets a new server.
func (b *Bench) one(ctx context.Context, r rows.Row, p peers.Peer, what round, result *Result) (Sample, error) {
	if r.Memory() {
		return b.memory(ctx, r, p)
	}
	var sample Sample
	var err error
	switch what {
	case costs:
		sample, err = b.cost(ctx, r, p)
	case systemCalls:
		err = b.syscalls(ctx, r, p, result.Syscalls)
	case profiles:
		err = b.profile(ctx, r, p, result.Profiles)
	}
	return sample, err
}
