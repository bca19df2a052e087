package bridge

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
)

// TestReadmePrograms builds every program that the README shows.
func TestReadmePrograms(t *testing.T) {
	text, err := os.ReadFile("../README.md")
	must(t, err)
	programs := regexp.MustCompile("(?s)```go\n(package main\n.*?)```").FindAllSubmatch(text, -1)
	if len(programs) < 2 {
		t.Fatalf("the README shows %d programs", len(programs))
	}
	for _, p := range programs {
		dir := t.TempDir()
		file := filepath.Join(dir, "main.go")
		must(t, os.WriteFile(file, p[1], 0o600))
		cmd := exec.CommandContext(t.Context(), "go", "build", "-o", filepath.Join(dir, "program"), file)
		cmd.Dir = ".."
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s\n%s", err, out, p[1])
		}
	}
}
