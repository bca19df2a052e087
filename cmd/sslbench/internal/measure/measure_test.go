package measure

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/sslsock/sslsock/cmd/sslbench/internal/certs"
	"github.com/sslsock/sslsock/cmd/sslbench/internal/peers"
	"github.com/sslsock/sslsock/cmd/sslbench/internal/proc"
	"github.com/sslsock/sslsock/cmd/sslbench/internal/rows"
)

const source = "../.." // this module

// bench starts the peers c and gotls with a load that is as short as can be.
func bench(t *testing.T, list []rows.Row, set ...func(*Config)) *Bench {
	t.Helper()
	ctx, dir := t.Context(), t.TempDir()
	load, err := peers.BuildLoad(ctx, source, dir)
	if err != nil {
		t.Fatal(err)
	}
	chosen, err := peers.Choose([]string{"gotls"})
	if err != nil {
		t.Fatal(err)
	}
	built, skipped, err := peers.Build(ctx, source, dir, chosen)
	if err != nil || len(skipped) > 0 {
		t.Fatalf("skipped %v, error %v", skipped, err)
	}
	cpus, err := proc.Processors()
	if err != nil {
		t.Fatal(err)
	}
	cfg := Config{Dir: dir, Load: load, Peers: built, Rows: list, Rounds: 1, Seconds: 0.05, Tickets: 1,
		ServerCPUs: cpus, LoadCPUs: cpus, WorkerCPUs: two(cpus), WorkerLoadCPUs: two(cpus), Progress: func(int, int, string) {}}
	for _, f := range set {
		f(&cfg)
	}
	b, skipped, err := Start(ctx, cfg)
	if err != nil || len(skipped) > 0 {
		t.Fatalf("skipped %v, error %v", skipped, err)
	}
	t.Cleanup(b.Close)
	return b
}

// two gives two processors, which may be the same.
func two(list []int) []int { return []int{list[0], list[len(list)-1]} }

// small gives every row with few connections.
func small() []rows.Row {
	list := rows.All()
	for i := range list {
		list[i].Conns, list[i].Active = min(list[i].Conns, 20), min(list[i].Active, 5)
	}
	return slices.DeleteFunc(list, func(r rows.Row) bool { return strings.HasSuffix(r.Name, "0000") })
}

func TestEveryRowGivesAFigureForEveryPeer(t *testing.T) {
	list := small()
	b := bench(t, list)
	for _, r := range list {
		result, err := b.Measure(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		if len(result.Samples) != 2 {
			t.Errorf("%s: %d samples, want 2", r.Name, len(result.Samples))
		}
		for _, s := range result.Samples {
			// Memory may shrink by what the handshakes before have left free.
			if s.Error != "" || s.Units <= 0 || (s.Figure <= 0 && !r.Memory()) {
				t.Errorf("%s: %+v", r.Name, s)
			}
			if compares := s.One != nil && s.One.Figure > 0 && s.One.Units > 0 && s.One.Busy > 0; compares != (r.Workers > 0) {
				t.Errorf("%s: %d workers, one of them: %+v", r.Name, r.Workers, s.One)
			}
		}
	}
}

func TestProfileShowsWhereTheTimeGoes(t *testing.T) {
	if err := proc.CanProfile(t.Context(), t.TempDir()); err != nil {
		t.Skip(err)
	}
	row := rows.Row{Name: "full", Unit: rows.Handshake, Mode: "full", TLS: "1.3", Cert: certs.ECDSA, Conns: 8}
	b := bench(t, []rows.Row{row}, func(c *Config) { c.Profile, c.Seconds = true, 0.3 })
	result, err := b.Measure(t.Context(), row)
	if err != nil {
		t.Fatal(err)
	}
	if len(result.Samples) != 2 {
		t.Errorf("%d samples: the round of the profiles is none of the costs", len(result.Samples))
	}
	c, gotls := result.Profiles["c"], result.Profiles["gotls"]
	if c.Crypto < c.Own || c.SSL == 0 || c.Kernel == 0 || c.Runtime != 0 {
		t.Errorf("c: %+v", c)
	}
	if gotls.Own < 0.3 || gotls.Crypto != 0 || gotls.Runtime == 0 || gotls.Runtime >= gotls.Own {
		t.Errorf("gotls: %+v", gotls)
	}
}

func TestServerThatDiedIsReplaced(t *testing.T) {
	row := rows.Row{Name: "echo", Unit: rows.Echo, Mode: "echo", TLS: "1.3", Cert: certs.ECDSA, Conns: 2, Size: 64}
	b := bench(t, []rows.Row{row})
	b.servers[key{"gotls", certs.ECDSA, false, 0}].Stop()
	for round, wantError := range []bool{true, false} {
		result, err := b.Measure(t.Context(), row)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range result.Samples {
			if failed := s.Error != ""; failed != (wantError && s.Peer == "gotls") {
				t.Errorf("round %d, %s: error %q", round, s.Peer, s.Error)
			}
		}
	}
}

func TestMeasureEndsWhenItIsInterrupted(t *testing.T) {
	row := rows.Row{Name: "echo", Unit: rows.Echo, Mode: "echo", TLS: "1.3", Cert: certs.ECDSA, Conns: 2, Size: 64}
	b := bench(t, []rows.Row{row})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if result, err := b.Measure(ctx, row); err == nil || len(result.Samples) > 0 {
		t.Errorf("samples %v, error %v", result.Samples, err)
	}
}
