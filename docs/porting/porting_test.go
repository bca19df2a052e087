// Package porting tests the two services of this folder: each in C and in Go,
// each against the other.
package porting

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sslsock/sslsock/testdata"
)

// patience is how long a test waits for what has to come.
const patience = 60 * time.Second

// build makes the four programs, and returns the path of each by
// "client.c", "client.go", and so on.
func build(t *testing.T) map[string]string {
	t.Helper()
	dir := t.TempDir()
	flags, err := exec.Command("pkg-config", "--cflags", "--libs", "openssl").Output()
	if err != nil {
		t.Fatalf("pkg-config openssl: %v; install libssl-dev and pkg-config", err)
	}
	programs := make(map[string]string)
	for _, name := range []string{"client", "echoserver"} {
		c, goProgram := filepath.Join(dir, name+"-c"), filepath.Join(dir, name+"-go")
		cc := append([]string{"-std=gnu11", "-Wall", "-Wextra", "-Wshadow", "-Werror", "-O1", "-o", c, filepath.Join(name, "c", name+".c")}, strings.Fields(string(flags))...)
		run(t, "cc", append(cc, "-lpthread")...)
		run(t, "go", "build", "-buildvcs=false", "-o", goProgram, "./"+name)
		programs[name+".c"], programs[name+".go"] = c, goProgram
	}
	return programs
}

func run(t *testing.T, name string, args ...string) {
	t.Helper()
	if out, err := exec.CommandContext(t.Context(), name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
}

// server is an echo server that runs.
type server struct {
	cmd  *exec.Cmd
	port string
	out  *bytes.Buffer // all that it prints, to be looked at when it has ended
	done chan struct{}
}

func startServer(t *testing.T, program string) *server {
	t.Helper()
	path := testdata.Path
	cmd := exec.Command(program, "0", path(testdata.ECDSA.Cert), path(testdata.ECDSA.Key), path(testdata.ClientRoots),
		"a.example", path(testdata.SNI.A.Cert), path(testdata.SNI.A.Key), "b.example", path(testdata.SNI.B.Cert), path(testdata.SNI.B.Key))
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	s := &server{cmd: cmd, out: new(bytes.Buffer), done: make(chan struct{})}
	stderr := new(bytes.Buffer)
	cmd.Stderr = stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	stuck := time.AfterFunc(patience, func() { _ = cmd.Process.Kill() })
	t.Cleanup(func() { stuck.Stop() })
	lines := bufio.NewReader(stdout)
	first, err := lines.ReadString('\n')
	_, port, ok := strings.Cut(strings.TrimSpace(first), "127.0.0.1:")
	if err != nil || !ok {
		_ = cmd.Wait()
		t.Fatalf("%s: %q %v\n%s", program, first, err, stderr)
	}
	s.port = port
	go func() {
		defer close(s.done)
		_, _ = io.Copy(s.out, lines)
	}()
	return s
}

// end asks the server to end, and returns what it printed.
func (s *server) end(t *testing.T) string {
	t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	<-s.done
	if err := s.cmd.Wait(); err != nil {
		t.Errorf("the server ends with %v\n%s", err, s.out)
	}
	return s.out.String()
}

// client runs a client to its end.
func client(t *testing.T, program, port, name string, identity testdata.Chain, count, lines int) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	out, err := exec.CommandContext(ctx, program, port, name, testdata.Path(testdata.ECDSA.Roots), testdata.Path(identity.Cert), testdata.Path(identity.Key),
		fmt.Sprint(count), fmt.Sprint(lines)).CombinedOutput()
	if ctx.Err() != nil {
		t.Fatalf("the client does not end\n%s", out)
	}
	return string(out), err
}

// TestServices runs every client against every server.
func TestServices(t *testing.T) {
	programs := build(t)
	const count, lines = 8, 50
	for _, serverIn := range []string{"c", "go"} {
		for _, clientIn := range []string{"c", "go"} {
			t.Run(fmt.Sprintf("server in %s, client in %s", serverIn, clientIn), func(t *testing.T) {
				s := startServer(t, programs["echoserver."+serverIn])
				// localhost is the certificate without a name of its own; the others
				// verify only if SNI chose theirs.
				for _, name := range []string{"localhost", "a.example", "b.example"} {
					out, err := client(t, programs["client."+clientIn], s.port, name, testdata.Client.ECDSA, count, lines)
					if err != nil || strings.Count(out, "50 lines, new\n") != count || strings.Count(out, "50 lines, resumed\n") != count {
						t.Errorf("%s: %v\n%s", name, err, out)
					}
				}
				refused(t, s, programs["client."+clientIn])
				seen := s.end(t)
				for _, name := range []string{"localhost", "a.example", "b.example"} {
					for _, how := range []string{"new", "resumed"} {
						line := fmt.Sprintf("handshake: TLSv1.3, name %s, client %s, %s\n", name, commonName(t, seen), how)
						if n := strings.Count(seen, line); n != count {
							t.Errorf("%d times %q\n%s", n, line, seen)
						}
					}
				}
				if !strings.Contains(seen, "refused: ") || !strings.Contains(seen, "certificate verify failed") {
					t.Errorf("nobody was refused\n%s", seen)
				}
			})
		}
	}
}

// commonName is the client's, as the server's first line has it.
func commonName(t *testing.T, seen string) string {
	t.Helper()
	_, rest, _ := strings.Cut(seen, ", client ")
	name, _, _ := strings.Cut(rest, ",")
	if name == "" {
		t.Errorf("the server has seen no client certificate\n%s", seen)
	}
	return name
}

// refused has a client whose certificate nobody trusts, and one that asks for
// a name that the server does not have.
func refused(t *testing.T, s *server, program string) {
	t.Helper()
	for _, tt := range []struct {
		name     string
		identity testdata.Chain
		words    string // what the client says, where it cannot be cut off before it knows
	}{
		{"localhost", testdata.Client.WrongCA, ""},
		{"other.example", testdata.Client.ECDSA, "hostname mismatch"},
	} {
		out, err := client(t, program, s.port, tt.name, tt.identity, 1, 1)
		if ee := new(exec.ExitError); !errors.As(err, &ee) || ee.ExitCode() != 1 || !strings.Contains(strings.ToLower(out), tt.words) {
			t.Errorf("%s, %s: %v, want %q\n%s", tt.name, tt.identity.Name, err, tt.words, out)
		}
	}
}
