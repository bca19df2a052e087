// Package report turns samples into figures, and figures into a table, JSON and a chart.
package report

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/sslsock/sslsock/cmd/sslbench/internal/measure"
	"github.com/sslsock/sslsock/cmd/sslbench/internal/peers"
	"github.com/sslsock/sslsock/cmd/sslbench/internal/proc"
	"github.com/sslsock/sslsock/cmd/sslbench/internal/stats"
)

// Report is everything about a run.
type Report struct {
	Time    time.Time       `json:"time"`
	Machine Machine         `json:"machine"`
	Rounds  int             `json:"rounds"`
	Seconds float64         `json:"seconds_per_round"`
	Tickets int             `json:"tickets"`
	Skipped []peers.Skipped `json:"skipped,omitempty"`
	Rows    []Row           `json:"rows"`
}

// Row is a row of the table.
type Row struct {
	Name  string `json:"name"`
	Label string `json:"label"`
	Unit  string `json:"unit"`
	Peers []Cell `json:"peers"`
}

// title is what charts call the row.
func (r Row) title() string { return cmp.Or(r.Label, r.Name) }

// Cell is what a row says of a peer. All but Ratio are medians over the rounds; those that end in PerUnit are for each
// handshake, echo, MiB or request.
type Cell struct {
	Peer               string           `json:"peer"`
	Figure             stats.Summary    `json:"figure"`               // ns of CPU, or bytes of memory, per unit
	Ratio              stats.Summary    `json:"ratio"`                // of the figure to the baseline's of the same round
	Target             float64          `json:"target,omitempty"`     // for Ratio
	TargetP50          float64          `json:"target_p50,omitempty"` // for RatioP50
	PerSecond          float64          `json:"units_per_second,omitempty"`
	P50                float64          `json:"p50_ns,omitempty"`
	P99                float64          `json:"p99_ns,omitempty"`
	RatioP50           float64          `json:"ratio_p50,omitempty"`
	Resident           float64          `json:"resident_bytes"`
	VoluntaryPerUnit   float64          `json:"voluntary_switches_per_unit"`
	InvoluntaryPerUnit float64          `json:"involuntary_switches_per_unit"`
	CrossingsPerUnit   float64          `json:"crossings_per_unit,omitempty"`
	SyscallsPerUnit    float64          `json:"syscalls_per_unit,omitempty"`
	Profile            *proc.Profile    `json:"profile,omitempty"`
	Scaling            *Scaling         `json:"scaling,omitempty"`
	Against            []Against        `json:"against,omitempty"`
	Error              string           `json:"error,omitempty"` // of the last round that failed
	Failed             int              `json:"failed_rounds,omitempty"`
	Samples            []measure.Sample `json:"samples"`
}

// MeetsTarget tells whether the ratio is within the target, which is met by default when there is none.
func (c Cell) MeetsTarget() bool {
	return c.Target == 0 || (c.Ratio.N > 0 && c.Ratio.Median <= c.Target)
}

// Add appends what was measured for a row, of the peers that take part in it.
func (r *Report) Add(result measure.Result, list []peers.Peer) {
	base := map[int]measure.Sample{}
	for _, s := range result.Samples {
		if s.Peer == peers.Baseline && s.Error == "" {
			base[s.Round] = s
		}
	}
	row := Row{Name: result.Row.Name, Label: result.Row.Label, Unit: string(result.Row.Unit)}
	for _, p := range list {
		if slices.ContainsFunc(result.Samples, func(s measure.Sample) bool { return s.Peer == p.Name }) {
			row.Peers = append(row.Peers, cell(result, p.Name, base))
		}
	}
	r.Rows = append(r.Rows, row)
}

func cell(result measure.Result, peer string, base map[int]measure.Sample) Cell {
	c := Cell{Peer: peer, SyscallsPerUnit: result.Syscalls[peer]}
	if p, ok := result.Profiles[peer]; ok {
		c.Profile = &p
	}
	var good []measure.Sample
	var ratios, latencies []float64
	for _, s := range result.Samples {
		if s.Peer != peer {
			continue
		}
		c.Samples = append(c.Samples, s)
		if s.Error != "" {
			c.Error = s.Error
			c.Failed++
			continue
		}
		good = append(good, s)
		if b, ok := base[s.Round]; ok && b.Figure > 0 {
			ratios = append(ratios, s.Figure/b.Figure)
			if b.P50 > 0 {
				latencies = append(latencies, float64(s.P50)/float64(b.P50))
			}
		}
	}
	c.Scaling = scaling(good)
	c.Against = against(result.Row, peer, result.Samples)
	median := func(f func(measure.Sample) float64) float64 { return summary(good, f).Median }
	c.Figure = summary(good, func(s measure.Sample) float64 { return s.Figure })
	c.Ratio = stats.Of(ratios)
	c.RatioP50 = stats.Of(latencies).Median
	if c.Ratio.N > 0 {
		c.Target = result.Row.Target(peer, c.Figure.Median/c.Ratio.Median)
	}
	if result.Row.Latency {
		c.TargetP50 = c.Target
	}
	c.P50 = median(func(s measure.Sample) float64 { return float64(s.P50) })
	c.P99 = median(func(s measure.Sample) float64 { return float64(s.P99) })
	c.Resident = median(func(s measure.Sample) float64 { return float64(s.Resident) })
	c.VoluntaryPerUnit = median(func(s measure.Sample) float64 { return float64(s.Voluntary) / s.Units })
	c.InvoluntaryPerUnit = median(func(s measure.Sample) float64 { return float64(s.Involuntary) / s.Units })
	c.CrossingsPerUnit = median(func(s measure.Sample) float64 { return float64(s.Crossings) / s.Units })
	c.PerSecond = median(func(s measure.Sample) float64 {
		if s.Seconds == 0 {
			return 0
		}
		return s.Units / s.Seconds
	})
	return c
}

func summary(samples []measure.Sample, f func(measure.Sample) float64) stats.Summary {
	var values []float64
	for _, s := range samples {
		values = append(values, f(s))
	}
	return stats.Of(values)
}

// WriteJSON writes the report, with every sample.
func (r *Report) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", " ")
	return e.Encode(r)
}

// Read reads what WriteJSON has written.
func Read(r io.Reader) (*Report, error) {
	out := &Report{}
	if err := json.NewDecoder(r).Decode(out); err != nil {
		return nil, fmt.Errorf("not a report: %w", err)
	}
	if len(out.Rows) == 0 {
		return nil, errors.New("the report has no rows")
	}
	return out, nil
}
