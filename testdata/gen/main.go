// Command gen makes the certificates and keys in testdata/certs. Run it from the root of the module:
//
//	go run ./testdata/gen
//
// Its output depends on nothing but its source: every key and serial number comes from a fixed seed and every signature
// is deterministic, so that running it again leaves the checkout as it was. It removes what it no longer makes.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	out := flag.String("o", filepath.Join("testdata", "certs"), "folder to write to; files in it that are not made here are removed")
	flag.Parse()
	if err := write(*out, generate()); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

// files maps a slash-separated path below the output folder to its content.
type files map[string][]byte

// generate makes all files in memory.
func generate() files {
	out := files{}
	servers := goodChains(out)
	sniChains(out, servers)
	clients := clientChains(out)
	badChains(out, servers, clients)
	keyForms(out, servers)
	oddInput(out)
	return out
}

// write makes dir hold exactly the given files.
func write(dir string, made files) error {
	if err := prune(dir, made); err != nil {
		return err
	}
	for name, content := range made {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// prune removes the files that are not among made. So that a mistyped -o costs nothing, it refuses a folder that has
// content of which it knows no file.
func prune(dir string, made files) error {
	have, err := list(dir)
	if err != nil || len(have) == 0 {
		return err
	}
	var stale []string
	for _, name := range have {
		if _, ok := made[name]; !ok {
			stale = append(stale, name)
		}
	}
	if len(stale) == len(have) {
		return fmt.Errorf("%s has none of the files made here, so it will not be emptied: give an empty folder with -o", dir)
	}
	for _, name := range stale {
		if err := os.Remove(filepath.Join(dir, filepath.FromSlash(name))); err != nil {
			return err
		}
	}
	return nil
}

// list returns the slash-separated paths of all files below dir, none if dir does not exist.
func list(dir string) ([]string, error) {
	var names []string
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		names = append(names, filepath.ToSlash(name))
		return err
	})
	if os.IsNotExist(err) {
		return nil, nil
	}
	return names, err
}

// must is for steps that can only fail if the generator itself is wrong: it has no input.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
