// Command sslsock shows, serves, connects and checks OpenSSL over sockets that
// a Go program owns. `sslsock --help` lists what it can do.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

func main() { os.Exit(run()) }

// run returns the exit status: 0, or 1 after one line that says what went
// wrong, or another one where a subcommand has its own.
func run() int {
	// The first signal asks for an orderly end, a second one gets its way.
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	defer stop()

	err := newRoot().ExecuteContext(ctx)
	var status *statusError
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errReported):
		return 1
	case errors.As(err, &status):
		fmt.Fprintln(os.Stderr, "sslsock: "+oneLine(err))
		return status.status
	default:
		fmt.Fprintln(os.Stderr, "sslsock: "+oneLine(err))
		return 1
	}
}

// errReported ends the program with status 1 and no further words: what is
// wrong has been printed already.
var errReported = errors.New("already reported")

// statusError ends the program with a status of its own.
type statusError struct {
	status int
	text   string
}

func (e *statusError) Error() string { return e.text }

// oneLine is err without line breaks.
func oneLine(err error) string {
	return strings.Join(strings.FieldsFunc(err.Error(), func(r rune) bool { return r == '\n' || r == '\r' }), " ")
}
