// Command ours is the benchmark's peer on this project: in mode loop one bridge.Loop for all connections, in mode conn a
// goroutine with a bridge.Conn for each.
package main

import (
	"flag"
	"fmt"
	"net"
	"os"
	"runtime"

	"github.com/sslsock/sslsock/bridge"
	"github.com/sslsock/sslsock/cmd/sslbench/internal/wire"
)

func main() {
	mode := flag.String("mode", "loop", "the driver: `loop` or conn")
	loops := flag.Int("loops", 1, "`number` of loops that share the port")
	f := wire.Parse()
	cfg := &bridge.Config{
		Certificates: []bridge.Certificate{{CertFile: f.Cert, KeyFile: f.Key}},
		NumTickets:   f.Tickets,
	}
	if f.Tickets == 0 {
		cfg.NumTickets = -1
		cfg.SessionTicketsDisabled = true
	}
	var err error
	switch *mode {
	case "loop":
		err = serveLoops(f.Addr(), cfg, *loops)
	case "conn":
		err = serveConn(f.Addr(), cfg)
	default:
		err = fmt.Errorf("--mode %q: must be loop or conn", *mode)
	}
	wire.Exit(err)
}

func serveConn(addr string, cfg *bridge.Config) error {
	l, err := bridge.Listen("tcp", addr, cfg)
	if err != nil {
		return err
	}
	return wire.Main(l)
}

// serveLoops runs the first loop here, and the others on goroutines of their own.
func serveLoops(addr string, cfg *bridge.Config, n int) error {
	// While a processor is idle, the runtime's monitor does not take the loops' away during their long calls into C.
	runtime.GOMAXPROCS(max(n+1, runtime.GOMAXPROCS(0)))
	ctx, err := cfg.NewServerCtx()
	if err != nil {
		return err
	}
	ended := make(chan error, n)
	for i := range n {
		l, err := bridge.NewLoop(&bridge.LoopConfig{OnError: func(err error) { fmt.Fprintln(os.Stderr, err) }})
		if err != nil {
			return err
		}
		ln, err := l.ListenReusePort("tcp", addr, ctx, func(*bridge.Stream) bridge.Handler { return new(session) })
		if err != nil {
			return err
		}
		addr = ln.Addr().String()
		if i == 0 {
			wire.Ready(ln.Addr().(*net.TCPAddr).Port)
		}
		go func() { ended <- l.Run() }()
	}
	return <-ended
}
