// Package measure runs the rounds: every peer in turn, again and again, so that what disturbs the machine disturbs all.
package measure

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/sslsock/sslsock/cmd/sslbench/internal/certs"
	"github.com/sslsock/sslsock/cmd/sslbench/internal/peers"
	"github.com/sslsock/sslsock/cmd/sslbench/internal/proc"
	"github.com/sslsock/sslsock/cmd/sslbench/internal/rows"
)

// Config says what to measure, and how.
type Config struct {
	Dir        string // for temporary files
	Load       string // the load generator's program
	Peers      []peers.Peer
	Rows       []rows.Row
	Rounds     int
	Seconds    float64 // of load in a round
	Tickets    int     // that the servers send after a TLS 1.3 handshake
	ServerCPUs []int
	LoadCPUs   []int
	// For rows with workers: a server has the first so many of the one, and each process of the load one of the other.
	WorkerCPUs     []int
	WorkerLoadCPUs []int
	Syscalls       bool // count them, in a round of its own
	Profile        bool // take one, in a round of its own
	// Progress is called before each measurement with how many have been done, of how many, and which comes.
	Progress func(done, total int, what string)
}

// Sample is one measurement of one peer in one round.
type Sample struct {
	Peer        string  `json:"peer"`
	Round       int     `json:"round"`
	Figure      float64 `json:"figure"` // in the row's unit
	Units       float64 `json:"units"`  // handshakes, echoes, MiB, requests or connections
	Seconds     float64 `json:"seconds,omitempty"`
	P50         int64   `json:"p50_ns,omitempty"`
	P99         int64   `json:"p99_ns,omitempty"`
	Max         int64   `json:"max_ns,omitempty"`
	Voluntary   int64   `json:"voluntary_switches"`
	Involuntary int64   `json:"involuntary_switches"`
	Resident    int64   `json:"resident_bytes"`
	Crossings   int64   `json:"crossings"`
	Busy        float64 `json:"busy"` // how many processors the server used on average
	One         *One    `json:"one_worker,omitempty"`
	Protocol    string  `json:"protocol,omitempty"`
	Cipher      string  `json:"cipher,omitempty"`
	Group       string  `json:"group,omitempty"`
	Error       string  `json:"error,omitempty"` // why there is no figure
}

// One is what was measured right before a sample of several workers: one worker, under the same load.
type One struct {
	Figure  float64 `json:"figure"`
	Units   float64 `json:"units"`
	Seconds float64 `json:"seconds"`
	Busy    float64 `json:"busy"`
}

// Result is what was measured for a row. Syscalls holds the system calls for each unit, and Profiles what the CPU time was
// spent in, both by peer.
type Result struct {
	Row      rows.Row
	Samples  []Sample
	Syscalls map[string]float64
	Profiles map[string]proc.Profile
}

// Bench is a set of running servers.
type Bench struct {
	cfg         Config
	pairs       map[certs.Kind]certs.Pair
	servers     map[key]*peers.Server
	done, total int
}

type key struct {
	peer    string
	cert    certs.Kind
	http    bool
	workers int
}

// Start makes the certificates and starts all servers. Servers that do not start are skipped, but not the baseline.
func Start(ctx context.Context, cfg Config) (*Bench, []peers.Skipped, error) {
	b := &Bench{cfg: cfg, pairs: map[certs.Kind]certs.Pair{}, servers: map[key]*peers.Server{}}
	for _, r := range cfg.Rows {
		if _, ok := b.pairs[r.Cert]; ok {
			continue
		}
		pair, err := certs.Make(cfg.Dir, r.Cert)
		if err != nil {
			return nil, nil, err
		}
		b.pairs[r.Cert] = pair
	}
	var skipped []peers.Skipped
	b.cfg.Peers = nil
	for _, p := range cfg.Peers {
		if err := b.startAll(ctx, p); err != nil {
			if p.Name == peers.Baseline {
				b.Close()
				return nil, nil, err
			}
			skipped = append(skipped, peers.Skipped{What: p.Name, Reason: err.Error()})
			continue
		}
		b.cfg.Peers = append(b.cfg.Peers, p)
	}
	for _, r := range cfg.Rows {
		b.total += len(b.rounds(r)) * len(b.taking(r))
	}
	return b, skipped, nil
}

// startAll starts all servers of the peer: one for each kind of certificate, protocol and number of workers that its rows need.
func (b *Bench) startAll(ctx context.Context, p peers.Peer) error {
	for _, r := range b.cfg.Rows {
		if !p.TakesPart(r) {
			continue
		}
		for _, r := range compared(r) {
			if _, err := b.server(ctx, p, r); err != nil {
				return err
			}
		}
	}
	return nil
}

// compared gives the row, and before a row with workers the same with one of them.
func compared(r rows.Row) []rows.Row {
	if r.Workers == 0 {
		return []rows.Row{r}
	}
	one := r
	one.Workers = 1
	return []rows.Row{one, r}
}

// server gives the peer's server for the row, which is started if there is none.
func (b *Bench) server(ctx context.Context, p peers.Peer, r rows.Row) (*peers.Server, error) {
	k := key{p.Name, r.Cert, r.HTTP, r.Workers}
	if s := b.servers[k]; s != nil {
		return s, nil
	}
	s, err := p.Start(ctx, b.serverOptions(r))
	if err == nil {
		b.servers[k] = s
	}
	return s, err
}

// replace stops the peer's server for the row, and starts another. The error says what the old one had to say.
func (b *Bench) replace(ctx context.Context, p peers.Peer, r rows.Row, err error) error {
	k := key{p.Name, r.Cert, r.HTTP, r.Workers}
	if s := b.servers[k]; s != nil {
		delete(b.servers, k)
		if said := s.Stop(); said != "" {
			err = fmt.Errorf("%w (the server said: %s)", err, said)
		}
	}
	_, startErr := b.server(ctx, p, r)
	return errors.Join(err, startErr)
}

func (b *Bench) serverOptions(r rows.Row) peers.Options {
	o := peers.Options{Pair: b.pairs[r.Cert], Tickets: b.cfg.Tickets, HTTP: r.HTTP, Processors: b.cfg.ServerCPUs, Workers: r.Workers}
	if r.Workers > 0 {
		o.Processors = b.cfg.WorkerCPUs[:r.Workers]
	}
	return o
}

// taking gives the peers that take part in a row.
func (b *Bench) taking(r rows.Row) []peers.Peer {
	return slices.DeleteFunc(slices.Clone(b.cfg.Peers), func(p peers.Peer) bool { return !p.TakesPart(r) })
}

// Peers are those that take part.
func (b *Bench) Peers() []peers.Peer { return b.cfg.Peers }

// Close stops the servers.
func (b *Bench) Close() {
	for _, s := range b.servers {
		s.Stop()
	}
}
