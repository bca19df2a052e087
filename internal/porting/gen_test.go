package porting

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestGenerated makes the table again and compares.
func TestGenerated(t *testing.T) {
	out := filepath.Join(t.TempDir(), "zz_bound.go")
	cmd := exec.CommandContext(t.Context(), "go", "run", "./gen", "-root", "../..", "-o", out)
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	fresh, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	committed, err := os.ReadFile("zz_bound.go")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(fresh, committed) {
		t.Error("zz_bound.go is not what ossl's doc comments say now: run make gen")
	}
}
