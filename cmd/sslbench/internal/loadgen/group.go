package loadgen

import (
	"context"
	"errors"
	"sync"
)

// Group is loads that run at the same time against one server.
type Group []*Load

// StartGroup starts a load on each of the sets of processors.
func StartGroup(ctx context.Context, program string, o Options, processors ...[]int) (Group, error) {
	var g Group
	for _, list := range processors {
		l, err := Start(ctx, program, o, list)
		if err != nil {
			return nil, errors.Join(err, g.Close())
		}
		g = append(g, l)
	}
	return g, nil
}

// Run lets all loads begin and adds their results up. Latencies are those of the load that saw the longest. After an error all
// are closed.
func (g Group) Run() (Result, error) {
	results, errs := make([]Result, len(g)), make([]error, len(g))
	var all sync.WaitGroup
	for i, l := range g {
		all.Go(func() { results[i], errs[i] = l.Run() })
	}
	all.Wait()
	err := errors.Join(errs...)
	for i, l := range g {
		if err != nil && errs[i] == nil { // those that failed have closed
			err = errors.Join(err, l.Close())
		}
	}
	return sum(results), err
}

func sum(results []Result) Result {
	total := results[0]
	for _, r := range results[1:] {
		total.Operations += r.Operations
		total.Bytes += r.Bytes
		total.Errors += r.Errors
		total.Resumed += r.Resumed
		total.Seconds = max(total.Seconds, r.Seconds)
		total.P50, total.P99, total.Max = max(total.P50, r.P50), max(total.P99, r.P99), max(total.Max, r.Max)
	}
	return total
}

// Close ends all loads.
func (g Group) Close() error {
	var errs []error
	for _, l := range g {
		errs = append(errs, l.Close())
	}
	return errors.Join(errs...)
}
