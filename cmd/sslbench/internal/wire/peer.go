package wire

import (
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime"
	"syscall"
)

// Flags are those that the benchmark passes to every peer.
type Flags struct {
	Port      int    // 0: any that is free
	Cert, Key string // PEM files
	Tickets   int    // session tickets after a TLS 1.3 handshake; 0: no tickets at all
	HTTP      bool   // Main serves HTTP instead of the benchmark's own protocol
}

// Parse reads the command line. A peer with flags of its own defines them first.
func Parse() Flags {
	var f Flags
	flag.IntVar(&f.Port, "port", 0, "port on 127.0.0.1, 0 for any")
	flag.StringVar(&f.Cert, "cert", "", "certificate chain, PEM `file`")
	flag.StringVar(&f.Key, "key", "", "private key, PEM `file`")
	flag.IntVar(&f.Tickets, "tickets", 1, "session tickets after a TLS 1.3 handshake, 0 for none in any version")
	flag.BoolVar(&f.HTTP, "http", false, "serve HTTP/1.1")
	flag.Parse()
	overHTTP = f.HTTP
	return f
}

// Addr is the address to listen on.
func (f Flags) Addr() string { return fmt.Sprintf("127.0.0.1:%d", f.Port) }

// Ready tells the benchmark the port, and from then on answers SIGUSR1 with the number of cgo calls made so far.
func Ready(port int) {
	fmt.Println("listening", port)
	ask := make(chan os.Signal, 1)
	signal.Notify(ask, syscall.SIGUSR1)
	go func() {
		for range ask {
			fmt.Println("crossings", runtime.NumCgoCall())
		}
	}()
}

// overHTTP is what Parse has read for Main.
var overHTTP bool

// Main accepts connections from l, which gives TLS connections, and serves each in a goroutine of its own: over HTTP, by
// net/http, if Parse has read that flag. It does not return but by an error of the listener.
func Main(l net.Listener) error {
	Ready(l.Addr().(*net.TCPAddr).Port)
	if overHTTP {
		return http.Serve(l, http.HandlerFunc(Answer))
	}
	for {
		c, err := l.Accept()
		if err != nil {
			return err
		}
		go func() {
			if err := Serve(c); err != nil && os.Getenv("SSLBENCH_DEBUG") != "" {
				fmt.Fprintln(os.Stderr, c.RemoteAddr(), err)
			}
		}()
	}
}

// Exit ends the peer, saying why.
func Exit(err error) {
	fmt.Fprintln(os.Stderr, os.Args[0]+":", err)
	os.Exit(1)
}
