package peers

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sslsock/sslsock/cmd/sslbench/internal/rows"
)

func TestLocksMeasuresEveryWayToShare(t *testing.T) {
	program := filepath.Join(t.TempDir(), "locks")
	if err := build(t.Context(), "../..", "locks", program); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), program, "resumed", "5").CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(lines) < 3 || !strings.Contains(lines[0], "resumed") || len(strings.Fields(lines[2])) != 5 || strings.Contains(lines[2], " 0.0") {
		t.Errorf("it printed\n%s", out)
	}
}

func TestOnlyPeersThatScaleTakePartInRowsWithWorkers(t *testing.T) {
	for _, p := range All() {
		if p.Workers != "" && !p.Scales {
			t.Errorf("%s has a flag for workers and takes no part in their rows", p.Name)
		}
		if got := p.TakesPart(rows.Row{Workers: 2}); got != p.Scales {
			t.Errorf("%s takes part: %v", p.Name, got)
		}
		if p.OnRequest && !p.Own && p.TakesPart(rows.Row{}) {
			t.Errorf("%s takes part in ordinary rows", p.Name)
		}
	}
}

// The two peers are one program: what differs is the package beneath.
func TestCompatIsTheForksProgram(t *testing.T) {
	program := func(dir, pkg string) string {
		b, err := os.ReadFile(filepath.Join("../../peer", dir, "main.go"))
		if err != nil {
			t.Fatal(err)
		}
		_, code, ok := strings.Cut(string(b), "package main\n")
		if !ok || !strings.Contains(code, `"`+pkg+`"`) {
			t.Fatalf("%s does not import %s", dir, pkg)
		}
		return strings.ReplaceAll(code, pkg, "")
	}
	if program("fork", "github.com/libp2p/go-openssl") != program("compat", "github.com/spacemonkeygo/openssl") {
		t.Error("they differ")
	}
}
