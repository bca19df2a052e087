package measure

import (
	"context"
	"errors"
	"time"

	"github.com/sslsock/sslsock/cmd/sslbench/internal/peers"
	"github.com/sslsock/sslsock/cmd/sslbench/internal/proc"
	"github.com/sslsock/sslsock/cmd/sslbench/internal/rows"
)

// memory measures how much a new server grows by when the row's connections have shaken hands and do nothing. The server
// has made some handshakes before, so that what it needs once is not counted.
func (b *Bench) memory(ctx context.Context, r rows.Row, p peers.Peer) (Sample, error) {
	s, err := p.Start(ctx, b.serverOptions(r))
	if err != nil {
		return Sample{}, err
	}
	defer s.Stop()
	warm := r
	warm.Mode, warm.Conns = "full", 8
	nothing := func(*peers.Server) error { return nil }
	if _, err := b.run(ctx, warm, s, nothing, nothing); err != nil {
		return Sample{}, err
	}
	before, err := proc.Resident(s.PID())
	if err != nil {
		return Sample{}, err
	}
	l, err := b.start(ctx, r, s.Port)
	if err != nil {
		return Sample{}, err
	}
	err = proc.Settle(s.PID(), 2*time.Second)
	after, errAfter := proc.Resident(s.PID())
	if err := errors.Join(err, errAfter, l.Close()); err != nil {
		return Sample{}, err
	}
	n := float64(r.Conns)
	return Sample{Figure: float64(after-before) / n, Units: n, Resident: after}, nil
}
