package porting

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write testdata/tree.golden again")

// TestTree reads a small tree, and compares places and patterns with what they
// should be. Answers are not in it: they change with ossl.
func TestTree(t *testing.T) {
	r := scan(t, "testdata/tree")
	var b strings.Builder
	fmt.Fprintf(&b, "%d files, %d lines\n\n", r.Files, r.Lines)
	for _, s := range r.Symbols {
		fmt.Fprintf(&b, "%s:", s.Symbol)
		for _, p := range s.Places {
			call := ""
			if p.Call {
				call = "()"
			}
			fmt.Fprintf(&b, " %s:%d%s", strings.TrimPrefix(p.File, "testdata/tree/"), p.Line, call)
		}
		b.WriteByte('\n')
	}
	b.WriteByte('\n')
	for _, f := range r.Findings {
		fmt.Fprintf(&b, "%s:%d %s: %s in %s\n", strings.TrimPrefix(f.File, "testdata/tree/"), f.Line, f.Pattern, f.Symbol, f.Function)
	}
	const golden = "testdata/tree.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("not as in %s (-update writes it again):\n%s", golden, b.String())
	}
	if u := r.Unanswered(); len(u) != 1 || u[0].Symbol != "SSL_nobody_knows" {
		t.Errorf("unanswered: %v", u)
	}
}

func scan(t *testing.T, paths ...string) *Report {
	t.Helper()
	r, err := Scan(t.Context(), paths, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestBadInput has a tree with everything that can be wrong with files.
func TestBadInput(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, text []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	call := []byte("int f(void) { return SSL_get_fd(s); }\n")
	write("good.c", call)
	write("binary.c", []byte("SSL_new(c)\x00\x01\x02"))
	write("latin1.c", append([]byte("/* gr\xfc\xdfe */ "), call...))
	write("utf16.c", []byte("\xff\xfeS\x00S\x00L\x00"))
	write("empty.c", nil)
	large, err := os.Create(filepath.Join(dir, "large.c"))
	if err != nil {
		t.Fatal(err)
	}
	if err := large.Truncate(50 << 20); err != nil {
		t.Fatal(err)
	}
	_ = large.Close()
	for name, to := range map[string]string{"loop.c": "loop.c", "dangling.c": "nowhere.c", "again.c": "good.c", "up": "."} {
		if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	unreadable := write("unreadable.c", call)
	if err := os.Chmod(unreadable, 0); err != nil {
		t.Fatal(err)
	}
	locked := filepath.Join(dir, "locked")
	if err := os.Mkdir(locked, 0); err != nil {
		t.Fatal(err)
	}

	r := scan(t, dir, filepath.Join(dir, "missing.c"), filepath.Join(dir, "good.c"), os.DevNull)
	want := map[string]string{
		"binary.c": "binary", "latin1.c": "not UTF-8", "utf16.c": "UTF-16", "large.c": "too large", "loop.c": "too many levels", "dangling.c": "no such file",
		"missing.c": "no such file", "null": "neither a file nor a folder",
	}
	if os.Geteuid() == 0 {
		t.Log("root may read everything: unreadable files are not tried")
	} else {
		want["unreadable.c"], want["locked"] = "permission denied", "permission denied"
	}
	got := make(map[string]string)
	for _, p := range r.Problems {
		got[filepath.Base(p.Path)] += p.Text
	}
	for name, words := range want {
		if !strings.Contains(got[name], words) {
			t.Errorf("%s: %q, want %q", name, got[name], words)
		}
		delete(got, name)
	}
	if len(got) > 0 {
		t.Errorf("also: %v", got)
	}
	calls := 2 // good.c, once though it has two names and is named twice; latin1.c
	if os.Geteuid() == 0 {
		calls++
	}
	if len(r.Symbols) != 1 || r.Symbols[0].Calls != calls {
		t.Errorf("%+v", r.Symbols)
	}
}

// TestScanEnds has a scan stop when nobody wants it any more.
func TestScanEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Scan(ctx, []string{"testdata"}, Options{}); err == nil {
		t.Error("no error")
	}
}

// BenchmarkScan reads 100,000 lines of C in 100 files.
func BenchmarkScan(b *testing.B) {
	text, err := os.ReadFile("testdata/tree/server.c")
	if err != nil {
		b.Fatal(err)
	}
	dir := b.TempDir()
	file := bytes.Repeat(text, 1+1000/bytes.Count(text, []byte("\n")))
	for i := range 100 {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d.c", i)), file, 0o600); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		r, err := Scan(b.Context(), []string{dir}, Options{})
		if err != nil || r.Lines < 100_000 {
			b.Fatal(r.Lines, err)
		}
		b.ReportMetric(float64(r.Lines), "lines")
	}
}
