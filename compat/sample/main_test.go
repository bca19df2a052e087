package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// output is what the program prints on the fork of the original:
// TestAgainstFork holds it to that.
func output(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "output.txt"))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestOutput(t *testing.T) {
	var out bytes.Buffer
	if err := run(&out); err != nil {
		t.Fatal(err)
	}
	if got, want := out.String(), output(t); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

const (
	original = "github.com/spacemonkeygo/openssl"
	fork     = "github.com/libp2p/go-openssl"
)

// The same files, against the fork, in a process of their own: two bindings in
// one would share one libssl.
func TestAgainstFork(t *testing.T) {
	dir := t.TempDir()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, f), strings.ReplaceAll(string(b), `"`+original+`"`, `"`+fork+`"`))
	}
	write(t, filepath.Join(dir, "go.mod"), "module sample\n\ngo 1.26.0\n\nrequire "+fork+" v0.1.0\n")
	if out, err := command(t, dir, "go", "mod", "tidy").CombinedOutput(); err != nil {
		t.Skipf("the fork cannot be had here: %v\n%s", err, out)
	}
	if out, err := command(t, dir, "go", "build", "-o", "sample", ".").CombinedOutput(); err != nil {
		t.Fatalf("the sample does not compile against the fork: %v\n%s", err, out)
	}
	// The fork's DialSession breaks the rules of cgo, and panics where they are
	// looked at.
	cmd := command(t, dir, filepath.Join(dir, "sample"))
	cmd.Env = append(cmd.Env, "GODEBUG=cgocheck=0")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if got, want := string(out), output(t); got != want {
		t.Errorf("the fork prints\n%s\nand here it is\n%s", got, want)
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// command is bounded in time.
func command(t *testing.T, dir, name string, args ...string) *exec.Cmd {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off")
	return cmd
}
