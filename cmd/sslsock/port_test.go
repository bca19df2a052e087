package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// portTree is the small tree that the scanner's own tests read.
const portTree = "../../internal/porting/testdata/tree"

func TestPortTable(t *testing.T) {
	r := sslsock(t, "", "port", portTree)
	if r.status != 0 || r.stderr != "" || strings.Contains(r.stdout, "\x1b") {
		t.Errorf("status %d, or colour in a file\n%s", r.status, r.stderr)
	}
	for _, words := range []string{
		"What wants another shape", "bridge.Loop", "server.c:80  epoll_wait  in main", "What has no counterpart",
		"-> ossl.NewCtx(m Method) (*Ctx, error)", "owner: the caller closes what it returns", "client.cpp:42", "2 calls",
		"crypto/sha256: h = sha256.New()", "mutexes", "no header of OpenSSL's declares it", "1 unanswered", "in 5 files",
	} {
		if !strings.Contains(r.stdout, words) {
			t.Errorf("nothing about %q", words)
		}
	}
	if strings.Index(r.stdout, "SSL_nobody_knows") < strings.Index(r.stdout, "What has no counterpart") {
		t.Error("what has no counterpart stands above its heading")
	}
	if t.Failed() {
		t.Log(r.stdout)
	}
}

func TestPortByFile(t *testing.T) {
	r := sslsock(t, "", "port", "--by", "file", portTree)
	read, free := strings.Index(r.stdout, "49  SSL_read "), strings.Index(r.stdout, "67  SSL_free ")
	if r.status != 0 || read < 0 || free < read || strings.Contains(r.stdout, "plain.c") {
		t.Errorf("status %d, or not in the order of lines\n%s%s", r.status, r.stdout, r.stderr)
	}
}

func TestPortJSON(t *testing.T) {
	r := sslsock(t, "", "port", "--json", portTree)
	var report struct {
		Files, Lines int
		Totals       map[string]int
		Unanswered   []string
		Symbols      []struct {
			Symbol, Verdict, Ownership string
			Calls, Mentions            int
			Go                         []struct{ Symbol, Signature string }
			Places                     []struct {
				File string
				Line int
				Call bool
			}
		}
		Patterns []struct {
			Pattern, File, Function, Advice string
			Line                            int
		}
		Problems []any
	}
	if err := json.Unmarshal([]byte(r.stdout), &report); err != nil || r.status != 0 {
		t.Fatalf("status %d, %v\n%s%s", r.status, err, r.stdout, r.stderr)
	}
	if report.Files != 5 || len(report.Unanswered) != 1 || report.Totals["unanswered"] != 1 || len(report.Patterns) < 10 || report.Problems == nil {
		t.Errorf("%+v", report)
	}
	found := false
	for _, s := range report.Symbols {
		if s.Symbol == "SSL_set_fd" {
			found = s.Verdict == "bound" && s.Calls == 1 && len(s.Go) > 0 && s.Go[0].Symbol == "ossl.SSL.SetFd" && s.Go[0].Signature == "(fd int) error" &&
				len(s.Places) == 1 && s.Places[0].Line == 29 && s.Places[0].Call
		}
	}
	if !found {
		t.Errorf("SSL_set_fd is not as it should be\n%s", r.stdout)
	}
	if j := sslsock(t, "", "port", "--format", "json", portTree); j.stdout != r.stdout {
		t.Error("--json and --format json differ")
	}
}

func TestPortPlan(t *testing.T) {
	r := sslsock(t, "", "port", "--format", "markdown", portTree)
	for _, words := range []string{
		"# Porting plan\n", "## `" + portTree + "/server.c`\n", "- [ ] line 80 in `main`: **an event loop around SSL_get_error** (`epoll_wait`)",
		"| bound | 29 | `SSL_set_fd` | `(*ossl.SSL).SetFd(fd int) error` |", "## Without a counterpart",
	} {
		if !strings.Contains(r.stdout, words) {
			t.Errorf("no %q", words)
		}
	}
	// Every row of a table has as many cells as its heading.
	for line := range strings.Lines(r.stdout) {
		if cells := strings.Count(strings.ReplaceAll(line, `\|`, ""), "|"); strings.HasPrefix(line, "|") && cells != 6 && cells != 4 && cells != 3 {
			t.Errorf("%d bars: %s", cells, line)
		}
	}
	if r.status != 0 || t.Failed() {
		t.Errorf("status %d\n%s%s", r.status, r.stdout, r.stderr)
	}
}

func TestPortStats(t *testing.T) {
	r := sslsock(t, "", "port", "--stats", portTree)
	if r.status != 0 || !strings.Contains(r.stdout, "lines                            192\n") || strings.Contains(r.stdout, "SSL_set_fd") {
		t.Errorf("status %d\n%s%s", r.status, r.stdout, r.stderr)
	}
}

func TestPortCoverage(t *testing.T) {
	r := sslsock(t, "", "port", "--coverage")
	for _, words := range []string{"libssl: 379 of 379 answered", "all:    1478 of 1478 answered", "\n  ssl.h "} {
		if r.status != 0 || !strings.Contains(r.stdout, words) {
			t.Errorf("status %d, no %q\n%s%s", r.status, words, r.stdout, r.stderr)
		}
	}
	var report struct{ Total, Libssl map[string]int }
	j := sslsock(t, "", "port", "--coverage", "--json")
	if err := json.Unmarshal([]byte(j.stdout), &report); err != nil || report.Total["unanswered"] != 0 || report.Libssl["bound"] == 0 {
		t.Errorf("%v\n%s%s", err, j.stdout, j.stderr)
	}
	if own := sslsock(t, "", "port", "--coverage", portTree); own.status != 0 || !strings.Contains(own.stdout, "(none)") {
		t.Errorf("status %d\n%s%s", own.status, own.stdout, own.stderr)
	}
}

func TestPortStrict(t *testing.T) {
	r := sslsock(t, "", "port", "--strict", portTree)
	if r.status != 3 || !strings.HasPrefix(r.stderr, "sslsock: 1 symbol without an answer") || !strings.Contains(r.stderr, "SSL_nobody_knows") {
		t.Errorf("status %d\n%s", r.status, r.stderr)
	}
	if r := sslsock(t, "", "port", "--strict", filepath.Join(portTree, "server.c")); r.status != 0 || r.stderr != "" {
		t.Errorf("status %d\n%s", r.status, r.stderr)
	}
}

// A plan that the disk has no room for is not a plan.
func TestPortCannotWrite(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip(err)
	}
	defer full.Close()
	for _, format := range []string{"table", "json", "markdown"} {
		cmd := exec.CommandContext(t.Context(), program, "port", "--format", format, portTree)
		cmd.Stdout = full
		if err := cmd.Run(); cmd.ProcessState == nil || cmd.ProcessState.ExitCode() != 1 {
			t.Errorf("%s: %v, want status 1", format, err)
		}
	}
}

func TestPortBadInput(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"binary.c": "SSL_new(c)\x00", "latin1.c": "/* gr\xfc\xdfe */ int f(void) { return SSL_get_fd(s); }\n", "large.c": strings.Repeat("x = 1;\n", 400_000),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r := sslsock(t, "", "port", "--max-size", "1", dir, filepath.Join(dir, "missing.c"))
	for _, words := range []string{"binary.c: a binary file", "latin1.c: not UTF-8", "large.c: too large", "--max-size", "missing.c: no such file"} {
		if !strings.Contains(r.stderr, words) {
			t.Errorf("no %q", words)
		}
	}
	if n := strings.Count(r.stderr, "\n"); r.status != 0 || n != 4 || !strings.Contains(r.stdout, "latin1.c:1") {
		t.Errorf("status %d, %d lines of problems\n%s%s", r.status, n, r.stdout, r.stderr)
	}
	refuses(t, []string{"missing.c", "no such file"}, "port", filepath.Join(dir, "missing.c"))
	refuses(t, []string{"binary"}, "port", filepath.Join(dir, "binary.c"))
	refuses(t, []string{"no C or C++ sources"}, "port", t.TempDir())
}

func TestPortCommandLine(t *testing.T) {
	refuses(t, []string{"sslsock port --help"}, "port")
	refuses(t, []string{"--by", `"line"`, "symbol or file"}, "port", "--by", "line", portTree)
	refuses(t, []string{"--format", `"xml"`, "table, json or markdown"}, "port", "--format", "xml", portTree)
	refuses(t, []string{"--json", "--format markdown"}, "port", "--json", "--format", "markdown", portTree)
	refuses(t, []string{"--max-size", "above 0"}, "port", "--max-size", "0", portTree)
	if r := sslsock(t, "", "port", "--help"); r.status != 0 || !strings.Contains(r.stdout, "Examples:") || !strings.Contains(r.stdout, "--strict") {
		t.Errorf("status %d\n%s%s", r.status, r.stdout, r.stderr)
	}
	if r := sslsock(t, "", "__complete", "port", "--format", ""); !strings.Contains(r.stdout, "table\njson\nmarkdown\n") {
		t.Errorf("the values of --format are not completed:\n%s", r.stdout)
	}
}
