// Package measure runs the rounds: every peer in turn, again and again, so that what disturbs the machine disturbs all.
package measure

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/sslsock/sslsock/cmd/sslbench/internal/certs"
	"github.com/sslsock/sslsock/cmd/sslbench/internal/peers"
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
	Syscalls   bool // count them, in a round of its own
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
	Protocol    string  `json:"protocol,omitempty"`
	Cipher      string  `json:"cipher,omitempty"`
	Group       string  `json:"group,omitempty"`
	Error       string  `json:"error,omitempty"` // why there is no figure
}

// Result is what was measured for a row. Syscalls holds the system calls for each unit, by peer.
type Result struct {
	Row      rows.Row
	Samples  []Sample
	Syscalls map[string]float64
}

// Bench is a set of running servers.
type Bench struct {
	cfg         Config
	pairs       map[certs.Kind]certs.Pair
	servers     map[key]*peers.Server
	done, total int
}

type key struct {
	peer string
	cert certs.Kind
	http bool
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
		b.total += b.rounds(r) * len(b.taking(r))
	}
	return b, skipped, nil
}

// startAll starts a server of the peer for each kind of certificate and each protocol that its rows need.
func (b *Bench) startAll(ctx context.Context, p peers.Peer) error {
	for _, r := range b.cfg.Rows {
		k := key{p.Name, r.Cert, r.HTTP}
		if b.servers[k] != nil || !p.TakesPart(r) {
			continue
		}
		s, err := p.Start(ctx, b.serverOptions(r))
		if err != nil {
			return err
		}
		b.servers[k] = s
	}
	return nil
}

func (b *Bench) serverOptions(r rows.Row) peers.Options {
	return peers.Options{Pair: b.pairs[r.Cert], Tickets: b.cfg.Tickets, HTTP: r.HTTP, Processors: b.cfg.ServerCPUs}
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

func (b *Bench) rounds(r rows.Row) int {
	n := b.cfg.Rounds
	if r.Rounds > 0 {
		n = min(n, r.Rounds)
	}
	if b.cfg.Syscalls && !r.Memory() {
		n++
	}
	return n
}

// Measure makes all rounds of a row; when ctx is cancelled, the result holds those before. Each round begins with another
// peer, so that none is always after the same one.
func (b *Bench) Measure(ctx context.Context, r rows.Row) (Result, error) {
	result := Result{Row: r, Syscalls: map[string]float64{}}
	list := b.taking(r)
	for round := range b.rounds(r) {
		count := b.cfg.Syscalls && !r.Memory() && round == b.rounds(r)-1
		for i := range list {
			p := list[(round+i)%len(list)]
			b.cfg.Progress(b.done, b.total, fmt.Sprintf("%s  round %d/%d  %s", r.Name, round+1, b.rounds(r), p.Name))
			sample, err := b.sample(ctx, r, p, count)
			if ctx.Err() != nil {
				return result, ctx.Err()
			}
			b.done++
			switch {
			case count && err == nil:
				result.Syscalls[p.Name] = sample.Figure
				continue
			case count:
				continue
			case err != nil:
				sample = Sample{Error: err.Error()}
			}
			sample.Peer, sample.Round = p.Name, round
			result.Samples = append(result.Samples, sample)
		}
	}
	return result, nil
}

// sample makes one measurement. After one that failed, the peer gets a new server.
func (b *Bench) sample(ctx context.Context, r rows.Row, p peers.Peer, syscalls bool) (Sample, error) {
	if r.Memory() {
		return b.memory(ctx, r, p)
	}
	k := key{p.Name, r.Cert, r.HTTP}
	s := b.servers[k]
	var sample Sample
	var err error
	if syscalls {
		sample, err = b.syscalls(ctx, r, s)
	} else {
		sample, err = b.cpu(ctx, r, s)
	}
	if err == nil || ctx.Err() != nil {
		return sample, err
	}
	if said := s.Stop(); said != "" {
		err = fmt.Errorf("%w (the server said: %s)", err, said)
	}
	fresh, startErr := p.Start(ctx, b.serverOptions(r))
	if startErr == nil {
		b.servers[k] = fresh
	}
	return sample, errors.Join(err, startErr)
}

// timeout bounds the set-up of a row's connections, and the end of its load.
func timeout(r rows.Row) time.Duration {
	return 20*time.Second + time.Duration(r.Conns)*5*time.Millisecond
}
