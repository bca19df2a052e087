package interop

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"time"
)

// freeAddr is an address of 127.0.0.1 on which nothing listens. Somebody else
// may take it before a program does: see errPortTaken.
func freeAddr() (string, error) {
	ln, err := listenTCP()
	if err != nil {
		return "", err
	}
	return ln.Addr().String(), ln.Close()
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
	for {
		// The order matters: a program that has ended may have listened before.
		ended := gone()
		if ended != nil {
			return ended
		}
		if listens(port) {
			return nil
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
