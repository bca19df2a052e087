package report

import (
	"fmt"
	"strings"

	"github.com/sslsock/sslsock/cmd/sslbench/internal/measure"
	"github.com/sslsock/sslsock/cmd/sslbench/internal/stats"
)

// Scaling compares several workers with one: medians over the rounds.
type Scaling struct {
	Cost    stats.Summary `json:"cost"`     // CPU time for each unit, as a ratio
	Rate    stats.Summary `json:"rate"`     // units per second, as a ratio
	Busy    float64       `json:"busy"`     // processors used by the server; where it is fewer than there are, Rate tells of the load
	BusyOne float64       `json:"busy_one"` // the same of one worker
}

// scaling is nil for rows that do not compare.
func scaling(samples []measure.Sample) *Scaling {
	var cost, rate, busy, busyOne []float64
	for _, s := range samples {
		if s.One == nil || s.One.Figure == 0 || s.One.Units == 0 || s.Seconds == 0 {
			continue
		}
		cost = append(cost, s.Figure/s.One.Figure)
		rate = append(rate, (s.Units/s.Seconds)/(s.One.Units/s.One.Seconds))
		busy = append(busy, s.Busy)
		busyOne = append(busyOne, s.One.Busy)
	}
	if len(cost) == 0 {
		return nil
	}
	return &Scaling{Cost: stats.Of(cost), Rate: stats.Of(rate), Busy: stats.Of(busy).Median, BusyOne: stats.Of(busyOne).Median}
}

// writeScaling writes a table of its own for the rows that compare several workers with one; without them, nothing.
func (r *Report) writeScaling(b *strings.Builder) {
	lines := [][]string{{"row", "peer", "cost", "quartiles", "rate", "quartiles", "busy", "of one"}}
	for _, row := range r.Rows {
		name := row.Name
		for _, c := range row.Peers {
			if s := c.Scaling; s != nil {
				lines = append(lines, []string{name, c.Peer, ratio(s.Cost.Median), spread(s.Cost), ratio(s.Rate.Median), spread(s.Rate), ratio(s.Busy), ratio(s.BusyOne)})
				name = ""
			}
		}
	}
	if len(lines) == 1 {
		return
	}
	fmt.Fprintf(b, "\nTwo workers on processors %v as a ratio to one on the first of them, the load on %v in both cases: cost is CPU time per"+
		"\noperation, rate is operations per second, busy the processors that the server used. Where it did not use all it had, the load"+
		"\nwas too slow, and the rate is not the server's.\n\n", r.Machine.WorkerCPUs, r.Machine.WorkerLoadCPUs)
	align(b, lines)
}
