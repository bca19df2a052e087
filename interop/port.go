package interop

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

// givenPorts are those that freeAddr has named, so that no two cells of this
// process ever get the same.
var givenPorts sync.Map

// portTries bounds the search for a free port.
const portTries = 100

// claim keeps a port from other runs on this machine, until it is closed.
type claim interface{ Close() error }

// freeAddr is an address of 127.0.0.1 on which nothing listens, below the ports
// that the kernel gives to connections by itself (ip(7), ip_local_port_range), and
// the claim on it. A run at the same time would else find the port free too, until
// the program listens, and one of the two would talk to the other's program.
// Strangers may still take it: see portTaken.
func freeAddr() (string, claim, error) {
	const reach, lowest = 20_000, 10_000
	top := 32_768
	if text, err := os.ReadFile("/proc/sys/net/ipv4/ip_local_port_range"); err == nil {
		if _, err := fmt.Sscan(string(text), &top); err != nil {
			return "", nil, err
		}
	}
	first := max(top-reach, lowest)
	if top-first < portTries {
		return anyAddr() // the kernel's range begins too low
	}
	for range portTries {
		port := first + rand.IntN(top-first)
		if _, given := givenPorts.LoadOrStore(port, true); given {
			continue
		}
		mine, err := claimPort(port)
		if err != nil {
			continue
		}
		addr := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
		if ln, err := new(net.ListenConfig).Listen(context.Background(), "tcp", addr); err == nil {
			return addr, mine, ln.Close()
		}
		_ = mine.Close()
	}
	return anyAddr()
}

// claimPort takes an abstract socket (unix(7)) named after the port. The kernel
// knows such names per network, as it does ports, and drops them with the process.
func claimPort(port int) (claim, error) {
	return new(net.ListenConfig).Listen(context.Background(), "unix", "@sslsock-interop-"+strconv.Itoa(port))
}

// anyAddr leaves the choice to the kernel, which gives a port in turn.
func anyAddr() (string, claim, error) {
	ln, err := listenTCP()
	if err != nil {
		return "", nil, err
	}
	mine, err := claimPort(ln.Addr().(*net.TCPAddr).Port)
	if err != nil {
		_ = ln.Close()
		return "", nil, err
	}
	return ln.Addr().String(), mine, ln.Close()
}

// readyStep is how often the kernel's list is looked at.
const readyStep = 10 * time.Millisecond

// ready waits until something listens on addr. It looks into the kernel's list
// instead of connecting: to many programs a connection that says nothing is one
// that failed, and to some the only one that they serve. gone ends the wait.
func ready(ctx context.Context, addr string, gone func() error) error {
	_, text, err := net.SplitHostPort(addr)
	if err != nil {
		return err
	}
	port, err := strconv.Atoi(text)
	if err != nil {
		return err
	}
	tick := time.NewTicker(readyStep)
	defer tick.Stop()
	for seen := 0; ; {
		// The order matters: a program that has ended may have listened before.
		if ended := gone(); ended != nil {
			return ended
		}
		// Whoever looks for a free port listens on it for a moment.
		if listens(port) {
			if seen++; seen == 2 {
				return nil
			}
		} else {
			seen = 0
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("does not listen on %s: %w", addr, context.Cause(ctx))
		}
	}
}

func listens(port int) bool {
	return listensIn("/proc/net/tcp", port) || listensIn("/proc/net/tcp6", port)
}

// listensIn looks for a socket in state LISTEN (0A, proc(5)).
func listensIn(file string, port int) bool {
	f, err := os.Open(file)
	if err != nil {
		return false
	}
	defer f.Close()
	suffix := fmt.Sprintf(":%04X", port)
	for lines := bufio.NewScanner(f); lines.Scan(); {
		words := strings.Fields(lines.Text())
		if len(words) > 3 && words[3] == "0A" && strings.HasSuffix(words[1], suffix) {
			return true
		}
	}
	return false
}
