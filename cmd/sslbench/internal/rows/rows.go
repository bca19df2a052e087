// Package rows is the table of what is measured.
package rows

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"

	"github.com/sslsock/sslsock/cmd/sslbench/internal/certs"
)

// Unit is what a row's figure is for, and in.
type Unit string

// A figure is nanoseconds of the server's CPU for each handshake, echo, MiB or request, or bytes of memory for each connection.
const (
	Handshake  Unit = "handshake"
	Echo       Unit = "echo"
	MiB        Unit = "MiB"
	Request    Unit = "request"
	Connection Unit = "connection"
)

// Row is one measurement, made for every peer.
type Row struct {
	Name    string
	Label   string // what charts call it
	Unit    Unit
	Mode    string // of the load
	HTTP    bool   // the servers speak HTTP instead of the benchmark's own protocol
	TLS     string
	Cert    certs.Kind
	Conns   int
	Active  int                // how many of the connections work, the others being idle; 0: all
	Workers int                // threads or loops of a server, each with a processor: the row compares them with one; 0: one, no comparison
	Rounds  int                // at most so many, because each takes long; 0: no limit
	Size    int                // bytes of an echo, or of a download
	Short   bool               // part of the short form
	Latency bool               // the target is for the ratio of p50 as well
	Targets map[string]float64 // by peer: the highest ratio to the baseline that is wanted
}

// Target is the highest ratio that is wanted of the peer where the baseline's figure is base, 0 when none is.
func (r Row) Target(peer string, base float64) float64 {
	if !r.Memory() || base <= 0 {
		return r.Targets[peer]
	}
	switch peer { // in bytes, not as ratios
	case "loop":
		return (base + 1000) / base
	case "conn":
		return 20_000 / base
	}
	return 0
}

// TargetAgainst is the highest ratio of a peer to another one that is wanted, 0 when none is. Where the baseline itself is above
// it, the reason is libssl.
func (r Row) TargetAgainst(peer, other string) float64 {
	memory, mine := map[string]float64{"loop": 0.40, "conn": 0.55}[peer]
	switch {
	case !mine:
		return 0
	case other == "fork":
		return 0.70
	case other != "gotls":
		return 0
	case r.Memory():
		return memory
	case r.Cert == certs.RSA && r.Mode == "full":
		return 0.55
	}
	return 1.00
}

// Memory tells that the row is about memory, and so needs servers that have done nothing yet.
func (r Row) Memory() bool { return r.Unit == Connection }

// Files is how many open files a server needs for the row, with room to spare.
func (r Row) Files() uint64 { return uint64(r.Conns) + 200 }

// Match gives the rows whose name matches the pattern, an empty one matching all.
func Match(list []Row, pattern string) ([]Row, error) {
	re, err := regexp.Compile(pattern)
	if err != nil {
		return nil, err
	}
	var out []Row
	for _, r := range list {
		if re.MatchString(r.Name) {
			out = append(out, r)
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("no row matches %q", pattern)
	}
	return out, nil
}

// Short gives the rows of the short form.
func Short(list []Row) []Row {
	return slices.DeleteFunc(list, func(r Row) bool { return !r.Short })
}

// Words of the labels.
var (
	keyNames   = map[certs.Kind]string{certs.ECDSA: "ECDSA P-256", certs.RSA: "RSA-2048"}
	directions = map[string]string{"down": "Download", "up": "Upload"}
)

func connections(n int) string {
	if n == 1 {
		return "1 connection"
	}
	return thousands(n) + " connections"
}

func thousands(n int) string {
	if n < 1000 {
		return strconv.Itoa(n)
	}
	return fmt.Sprintf("%d,%03d", n/1000, n%1000)
}

// All gives every row.
func All() []Row {
	var list []Row
	for _, tls := range []string{"1.3", "1.2"} {
		for _, cert := range []certs.Kind{certs.ECDSA, certs.RSA} {
			list = append(list, Row{Name: fmt.Sprintf("full/%s/tls%s", cert, tls),
				Label: fmt.Sprintf("Handshake %s, TLS %s", keyNames[cert], tls), Unit: Handshake, Mode: "full", TLS: tls, Cert: cert,
				Conns: 16, Short: tls == "1.3", Targets: ours(0.95, 1.05)})
		}
	}
	for _, tls := range []string{"1.3", "1.2"} {
		list = append(list, Row{Name: "resumed/tls" + tls, Label: "Resumed handshake, TLS " + tls, Unit: Handshake, Mode: "resume", TLS: tls, Cert: certs.ECDSA,
			Conns: 16, Short: tls == "1.3", Targets: ours(0.95, 1.05)})
	}
	list = append(list, echoes()...)
	list = append(list, bulk()...)
	list = append(list, https()...)
	list = append(list, Row{Name: "storm/1000", Label: "1,000 handshakes at once", Unit: Handshake, Mode: "storm", TLS: "1.3", Cert: certs.ECDSA, Conns: 1000, Short: true})
	list = append(list, scale()...)
	return append(list, workers()...)
}

// workers gives the rows that compare two threads or loops on two processors with one on one.
func workers() []Row {
	return []Row{
		{Name: "two/full/ecdsa/tls1.3", Label: "Handshake ECDSA P-256, TLS 1.3, two workers", Unit: Handshake, Mode: "full", TLS: "1.3", Cert: certs.ECDSA,
			Conns: 32, Workers: 2},
		{Name: "two/resumed/tls1.3", Label: "Resumed handshake, TLS 1.3, two workers", Unit: Handshake, Mode: "resume", TLS: "1.3", Cert: certs.ECDSA,
			Conns: 32, Workers: 2},
		{Name: "two/echo/64B/64", Label: "Echo 64 B, 64 connections, two workers", Unit: Echo, Mode: "echo", TLS: "1.3", Cert: certs.ECDSA,
			Conns: 64, Workers: 2, Size: 64},
	}
}

// scale gives the rows with many connections that do nothing: alone, and beside one in a hundred that works.
func scale() []Row {
	var list []Row
	for _, n := range []int{1000, 10_000, 50_000} {
		list = append(list, Row{Name: fmt.Sprintf("idle/%d", n), Label: "Memory, " + thousands(n) + " idle connections", Unit: Connection, Mode: "idle", TLS: "1.3", Cert: certs.ECDSA,
			Conns: n, Rounds: max(1, min(3, 20_000/n)), Short: n == 1000})
	}
	for _, n := range []int{1000, 10_000, 50_000} {
		list = append(list, Row{Name: fmt.Sprintf("active1%%/%d", n),
			Label: "Echo 64 B, 1% of " + thousands(n) + " active", Unit: Echo, Mode: "echo", TLS: "1.3", Cert: certs.ECDSA,
			Conns: n, Active: n / 100, Rounds: max(3, 10_000/n), Size: 64})
	}
	return list
}

func echoes() []Row {
	targets := map[string]map[string]float64{
		"64B/1": ours(1.05, 1.15), "64B/64": ours(0.95, 1.10), "1KiB/64": ours(0.95, 1.10), "16KiB/64": ours(0.95, 1.05),
	}
	sizes := []struct {
		name, label string
		bytes       int
	}{{"64B", "64 B", 64}, {"1KiB", "1 KiB", 1 << 10}, {"16KiB", "16 KiB", 16 << 10}}
	var list []Row
	for _, size := range sizes {
		for _, conns := range []int{1, 64, 1000} {
			name := fmt.Sprintf("%s/%d", size.name, conns)
			short := conns == 64 || name == "64B/1"
			list = append(list, Row{Name: "echo/" + name,
				Label: fmt.Sprintf("Echo %s, %s", size.label, connections(conns)), Unit: Echo, Mode: "echo", TLS: "1.3", Cert: certs.ECDSA, Conns: conns,
				Size: size.bytes, Short: short, Latency: name == "64B/1", Targets: targets[name]})
		}
	}
	return list
}

func bulk() []Row {
	var list []Row
	for _, mode := range []string{"down", "up"} {
		for _, conns := range []int{1, 16} {
			list = append(list, Row{Name: fmt.Sprintf("%s/%d", mode, conns),
				Label: directions[mode] + ", " + connections(conns), Unit: MiB, Mode: mode, TLS: "1.3", Cert: certs.ECDSA,
				Conns: conns, Size: 4 << 20, Short: conns == 1, Targets: ours(0.95, 1.00)})
		}
	}
	return list
}

func https() []Row {
	var list []Row
	for _, conns := range []int{1, 64} {
		list = append(list, Row{Name: fmt.Sprintf("https/64B/%d", conns), Label: "HTTPS request, " + connections(conns), Unit: Request,
			Mode: "http", HTTP: true, TLS: "1.3", Cert: certs.ECDSA, Conns: conns, Size: 64, Short: conns == 64})
	}
	return list
}

func ours(loop, conn float64) map[string]float64 {
	return map[string]float64{"loop": loop, "conn": conn}
}
