// Command opensslsuite runs OpenSSL's own handshake tests through this module:
// see package suite. Its last line is the totals; the exit status is 0 when no
// test failed, 1 when one did, and 2 when they cannot be run.
package main

import (
	"flag"
	"fmt"
	"os"
	"regexp"

	"github.com/sslsock/sslsock/internal/suite"
)

func main() { os.Exit(run(os.Args[1:])) }

func run(args []string) int {
	flags := flag.NewFlagSet("opensslsuite", flag.ContinueOnError)
	flags.Usage = func() {
		fmt.Fprintln(flags.Output(), "usage: opensslsuite [-run REGEXP] [-v] DIR\n\n"+
			"DIR is an OpenSSL source tree, its folder test, or a folder with *.cnf and certs/.")
		flags.PrintDefaults()
	}
	only := flags.String("run", "", "run the tests whose file and name, as in 01-simple.cnf/0-default, match `REGEXP`")
	verbose := flags.Bool("v", false, "print the tests that pass too")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	if flags.NArg() != 1 {
		flags.Usage()
		return 2
	}
	cfg := suite.Config{Dir: flags.Arg(0), Verbose: *verbose, Out: os.Stdout}
	if *only != "" {
		var err error
		if cfg.Only, err = regexp.Compile(*only); err != nil {
			fmt.Fprintln(os.Stderr, "opensslsuite: -run:", err)
			return 2
		}
	}
	// The machine's openssl.cnf may narrow what the tests expect.
	if err := os.Setenv("OPENSSL_CONF", os.DevNull); err != nil {
		fmt.Fprintln(os.Stderr, "opensslsuite:", err)
		return 2
	}
	total, err := suite.Run(cfg)
	if err != nil {
		fmt.Fprintln(os.Stderr, "opensslsuite:", err)
		return 2
	}
	if total.Failed > 0 {
		return 1
	}
	return 0
}
