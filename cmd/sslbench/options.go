package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sslsock/sslsock/cmd/sslbench/internal/measure"
	"github.com/sslsock/sslsock/cmd/sslbench/internal/peers"
	"github.com/sslsock/sslsock/cmd/sslbench/internal/proc"
	"github.com/sslsock/sslsock/cmd/sslbench/internal/rows"
)

type options struct {
	config     measure.Config
	src        string // this module's folder
	json, svg  string // files to write, empty for none
	from       string // the JSON file to show again instead of measuring, empty for none
	processors []int  // that this process may use
}

// parse reads the command line. The short form has fewer rows and rounds; flags say otherwise for either form.
func parse(args []string) (options, error) {
	o := options{}
	set := flag.NewFlagSet("sslbench", flag.ContinueOnError)
	short := set.Bool("short", false, "the rows that tell most, in 5 rounds of 0.25 s: a few minutes")
	list := set.Bool("list", false, "list the rows and peers, and end")
	pattern := set.String("rows", "", "only rows whose name matches the regular `expression`; with --short too, of all rows")
	names := set.String("peers", "", "only these peers, as in loop,gotls; c is always there")
	serverCPUs := set.String("server-cpus", "", "processors for the servers, as in 2 or 2,3 (default: the last but one)")
	loadCPUs := set.String("load-cpus", "", "processors for the load (default: the last)")
	set.IntVar(&o.config.Rounds, "rounds", 9, "rounds; some rows that take long have fewer")
	set.Float64Var(&o.config.Seconds, "seconds", 0.5, "seconds of load in a round")
	set.IntVar(&o.config.Tickets, "tickets", 1, "session tickets after a TLS 1.3 handshake; crypto/tls can have 1 or none")
	set.BoolVar(&o.config.Syscalls, "syscalls", true, "count system calls by perf, in one more round")
	set.BoolVar(&o.config.Profile, "profile", true, "find out by perf what the CPU time is spent in, in one more round")
	set.StringVar(&o.json, "json", "", "write everything that was measured to this `file`")
	set.StringVar(&o.svg, "svg", "", "draw the ratios to this `file`")
	set.StringVar(&o.from, "from", "", "measure nothing: show what --json has written to this `file` before")
	set.StringVar(&o.src, "src", ".", "`folder` of sslbench's source")
	if err := set.Parse(args); err != nil {
		return o, err
	}
	if set.NArg() > 0 {
		return o, fmt.Errorf("what is %q? All arguments are flags: see --help", set.Arg(0))
	}
	if o.from != "" {
		return o, nil
	}
	if err := o.choose(*pattern, *names, *short); err != nil {
		return o, err
	}
	if *list {
		o.list()
		return o, flag.ErrHelp
	}
	given := map[string]bool{}
	set.Visit(func(f *flag.Flag) { given[f.Name] = true })
	if *short && !given["rounds"] {
		o.config.Rounds = 5
	}
	if *short && !given["seconds"] {
		o.config.Seconds = 0.25
	}
	if o.config.Rounds < 1 || o.config.Seconds <= 0 || o.config.Tickets < 0 {
		return o, errors.New("rounds and seconds must be positive, and tickets not negative")
	}
	if _, err := os.Stat(filepath.Join(o.src, "peer", "c", "server.c")); err != nil {
		return o, fmt.Errorf("the peers' source is not here: run sslbench in its folder or name that with --src (%w)", err)
	}
	if err := o.place(*serverCPUs, *loadCPUs); err != nil {
		return o, err
	}
	o.placeWorkers()
	return o, nil
}

// choose picks rows and peers.
func (o *options) choose(pattern, names string, short bool) error {
	all := rows.All()
	if short && pattern == "" {
		all = rows.Short(all)
	}
	var err error
	if o.config.Rows, err = rows.Match(all, pattern); err != nil {
		return err
	}
	var wanted []string
	if names != "" {
		wanted = strings.Split(names, ",")
	}
	if o.config.Peers, err = peers.Choose(wanted); err != nil {
		return err
	}
	o.config.Peers = slices.DeleteFunc(o.config.Peers, func(p peers.Peer) bool {
		return !slices.ContainsFunc(o.config.Rows, p.TakesPart)
	})
	return nil
}

// place picks the processors. By default the last two are used: the first one often has the machine's interrupts.
func (o *options) place(serverCPUs, loadCPUs string) error {
	var err error
	if o.processors, err = proc.Processors(); err != nil {
		return err
	}
	n := len(o.processors)
	o.config.ServerCPUs, o.config.LoadCPUs = o.processors[max(0, n-2):max(1, n-1)], o.processors[n-1:]
	if serverCPUs != "" {
		if o.config.ServerCPUs, err = proc.ParseProcessors(serverCPUs); err != nil {
			return err
		}
	}
	if loadCPUs != "" {
		o.config.LoadCPUs, err = proc.ParseProcessors(loadCPUs)
	}
	return err
}

// placeWorkers picks the processors for rows with workers: the last four, two for the servers and two for the load. Where there
// are fewer, the load shares those of the servers.
func (o *options) placeWorkers() {
	const workers = 2
	n := len(o.processors)
	o.config.WorkerCPUs, o.config.WorkerLoadCPUs = o.processors[max(0, n-workers):], o.processors[max(0, n-workers):]
	if n >= 2*workers {
		o.config.WorkerCPUs = o.processors[n-2*workers : n-workers]
	}
}

func (o *options) list() {
	for _, r := range o.config.Rows {
		fmt.Println("row ", r.Name)
	}
	for _, p := range o.config.Peers {
		fmt.Println("peer", p.Name)
	}
}
