package report

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sslsock/sslsock/cmd/sslbench/internal/measure"
	"github.com/sslsock/sslsock/cmd/sslbench/internal/peers"
	"github.com/sslsock/sslsock/cmd/sslbench/internal/proc"
	"github.com/sslsock/sslsock/cmd/sslbench/internal/rows"
)

// sample gives a report of a row over the benchmark's own protocol, one over HTTP and one with two workers, with every peer that
// takes part. The n-th peer costs n+1 times what the baseline does, and two workers each 1.5 times what one does.
func sample(t *testing.T) *Report {
	t.Helper()
	r := &Report{Time: time.Date(2030, 1, 2, 0, 0, 0, 0, time.UTC), Rounds: 3, Seconds: 1,
		Machine: Machine{OpenSSL: "OpenSSL 3.9", Go: "go1.99", CPU: "Fast & <Cheap>", Kernel: "Linux 9.9"}}
	for _, name := range []string{"echo/64B/64", "https/64B/64", "two/echo/64B/64"} {
		list, err := rows.Match(rows.All(), "^"+name+"$")
		if err != nil {
			t.Fatal(err)
		}
		result := measure.Result{Row: list[0], Profiles: map[string]proc.Profile{}}
		for i, p := range peers.All() {
			for round := range 3 {
				if !p.TakesPart(list[0]) {
					continue
				}
				s := measure.Sample{Peer: p.Name, Round: round, Figure: float64(100 * (i + 1)), Units: 30, Seconds: 1, Busy: 1.8}
				if list[0].Workers > 0 {
					s.One = &measure.One{Figure: s.Figure / 1.5, Units: 40, Seconds: 2, Busy: 1}
				}
				result.Samples = append(result.Samples, s)
				result.Profiles[p.Name] = proc.Profile{Samples: 100, Kernel: 0.5, Crypto: 0.1, SSL: 0.05, LibC: 0.05, Own: 0.3, Runtime: 0.2}
			}
		}
		r.Add(result, peers.All())
	}
	return r
}

// texts parses the chart and gives its texts.
func texts(t *testing.T, svg []byte) []string {
	t.Helper()
	var list []string
	d := xml.NewDecoder(bytes.NewReader(svg))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return list
		}
		if err != nil {
			t.Fatal(err)
		}
		if text, ok := token.(xml.CharData); ok && len(bytes.TrimSpace(text)) > 0 {
			list = append(list, string(text))
		}
	}
}

func TestChartNamesPeersRowsAndMachine(t *testing.T) {
	var svg bytes.Buffer
	if err := sample(t).WriteSVG(&svg); err != nil {
		t.Fatal(err)
	}
	list := texts(t, svg.Bytes())
	all := strings.Join(list, "\n")
	for _, p := range peers.All() {
		if !slices.ContainsFunc(list, func(s string) bool { return s == p.Name || strings.HasPrefix(s, p.Name+" ") }) {
			t.Errorf("%s is not in the legend", p.Name)
		}
	}
	for _, want := range []string{"Echo 64 B, 64 connections", "HTTPS request, 64 connections", "OpenSSL 3.9", "go1.99", "Fast & <Cheap>",
		"Linux 9.9", "2.00", "» 4.00"} {
		if !strings.Contains(all, want) {
			t.Errorf("%q is not in the chart", want)
		}
	}
	if n := svg.Len(); n > 100_000 {
		t.Errorf("%d bytes", n)
	}
}

func TestEveryPeerHasAColorOfItsOwn(t *testing.T) {
	seen := map[any]string{}
	for _, p := range peers.All() {
		if p.Name == peers.Baseline {
			continue
		}
		c := peerColor(p.Name)
		if other := seen[c]; other != "" {
			t.Errorf("%s and %s have the same color", p.Name, other)
		}
		seen[c] = p.Name
	}
}

func TestLongerBarForHigherRatio(t *testing.T) {
	b := sample(t).bars()
	if len(b.labels) != 3 || b.limit != chartLimit || len(b.list) == 0 {
		t.Fatalf("%d rows, limit %v, %d bars", len(b.labels), b.limit, len(b.list))
	}
	// From the top: the row's bars, a gap, and the next row's.
	for i := 1; i < len(b.list); i++ {
		if step := b.list[i-1].y - b.list[i].y; math.Abs(step-1) > 1e-9 && math.Abs(step-2) > 1e-9 {
			t.Errorf("bar %d is %v below the one before", i, step)
		}
	}
	if first, last := b.list[0].y, b.list[len(b.list)-1].y; first > b.top || last < 0 {
		t.Errorf("bars from %v to %v, outside of 0 to %v", first, last, b.top)
	}
}

func TestChartWithoutRatiosIsRefused(t *testing.T) {
	r := sample(t)
	for i := range r.Rows {
		r.Rows[i].Peers = r.Rows[i].Peers[:1]
	}
	if err := r.WriteSVG(io.Discard); err == nil {
		t.Error("a chart of the baseline alone was drawn")
	}
}

func TestReadGivesWhatWriteJSONWrote(t *testing.T) {
	want := sample(t)
	var file bytes.Buffer
	if err := want.WriteJSON(&file); err != nil {
		t.Fatal(err)
	}
	got, err := Read(&file)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, error %v\nwant %+v", got, err, want)
	}
}

func TestReadRefusesWhatIsNoReport(t *testing.T) {
	for _, s := range []string{"", "no", "[]", "{}", `{"rows":[]}`, `{"rows":1}`} {
		if r, err := Read(strings.NewReader(s)); err == nil {
			t.Errorf("%q: got %+v and no error", s, r)
		}
	}
}

func TestOnlyPeersThatTakePartAreInARow(t *testing.T) {
	for _, row := range sample(t).Rows {
		for _, c := range row.Peers {
			web := c.Peer == "nginx" || c.Peer == "haproxy"
			if http := strings.HasPrefix(row.Name, "https"); (web && !http) || (c.Peer == "loop" && http) {
				t.Errorf("%s in %s", c.Peer, row.Name)
			}
		}
	}
}
