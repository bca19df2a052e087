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
	_ "github.com/sslsock/sslsock/ossl/onearena" // as the server in C has it, with its one thread
)

func main() {
	mode := flag.String("mode", "loop", "the driver: `loop` or conn")
	loops := flag.Int("loops", 1, "`number` of loops that share the port")
	hook := flag.String("hook", "", "have each handshake ask a hook that answers at once: `ClientHello`, Certificate or PSK")
	inline := flag.Bool("inline", false, "say of the hook that it never waits")
	own := flag.String("own", "", "what each loop has of its own, instead of one for all: a context (`ctx`), or a library context as well (lib)")
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
	if cfg.Hooks, err = hooks(*hook, *inline); err != nil {
		wire.Exit(err)
	}
	switch *mode {
	case "loop":
		err = serveLoops(f.Addr(), cfg, *loops, *own)
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

// serveLoops runs each loop on a goroutine of its own.
func serveLoops(addr string, cfg *bridge.Config, n int, own string) error {
	// While a processor is idle, the runtime's monitor does not take the loops' away during their long calls into C.
	runtime.GOMAXPROCS(max(n+1, runtime.GOMAXPROCS(0)))
	next, err := contexts(cfg, own)
	if err != nil {
		return err
	}
	ended := make(chan error, n)
	var port int
	for range n {
		ctx, err := next()
		if err != nil {
			return err
		}
		l, err := bridge.NewLoop(&bridge.LoopConfig{OnError: func(err error) { fmt.Fprintln(os.Stderr, err) }})
		if err != nil {
			return err
		}
		ln, err := l.ListenReusePort("tcp", addr, ctx, func(*bridge.Stream) bridge.Handler { return new(session) })
		if err != nil {
			return err
		}
		addr, port = ln.Addr().String(), ln.Addr().(*net.TCPAddr).Port
		go func() { ended <- l.Run() }()
	}
	wire.Ready(port)
	return <-ended
}
