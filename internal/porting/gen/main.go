// Command gen writes what package porting takes from elsewhere:
//
//	go run ./internal/porting/gen                          which C functions ossl binds, from its doc comments
//	go run ./internal/porting/gen -headers /usr/include    what OpenSSL 3.0's headers declare
//	go run ./internal/porting/gen -signatures /usr/include what those functions take and return that ossl binds
//
// The last two want the headers of OpenSSL 3.0. With -o signatures-4.0.txt it
// writes what a later release has changed or added.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	headers := flag.String("headers", "", "list what the headers in this folder declare, instead")
	sigs := flag.String("signatures", "", "keep the signatures that the headers in this folder have, instead")
	root := flag.String("root", ".", "the root of the module")
	out := flag.String("o", "", "the file to write, if not the one in the module")
	flag.Parse()
	if err := run(*root, *headers, *sigs, *out); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1) //nolint:forbidigo // a program, not a library
	}
}

func run(root, headers, sigs, out string) error {
	porting := filepath.Join(root, "internal", "porting")
	if headers != "" {
		if out == "" {
			out = filepath.Join(porting, "capi", "api.txt")
		}
		return writeHeaders(headers, out)
	}
	if sigs != "" {
		symbols, err := readSymbols(root)
		if err != nil {
			return err
		}
		base := filepath.Join(porting, "gen", "signatures.txt")
		if out == "" {
			out, base = base, ""
		}
		return writeSignatures(sigs, out, base, boundNames(symbols))
	}
	if out == "" {
		out = filepath.Join(porting, "zz_bound.go")
	}
	return writeBound(root, out)
}
