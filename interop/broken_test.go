package interop

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sslsock/sslsock/ossl"
)

// TestBrokenPeers has peers that do what programs do on bad days. The cell says
// what happened, the run goes on, and nothing is left of the program.
func TestBrokenPeers(t *testing.T) {
	// A child that is not the program itself, and that can be found.
	marker := fmt.Sprintf("%d.%d", 4000+os.Getpid()%1000, os.Getpid())
	const patient = time.Minute // these end by themselves, on a busy machine too
	for _, tt := range []struct {
		limit        time.Duration
		name, script string
		result       Result
		reason       string
		inside       func(ctx context.Context, addr string) error
	}{
		{limit: patient, name: "crashes", script: "echo out of luck >&2; exit 3", result: Fail, reason: "exit status 3"},
		{limit: patient, name: "killed", script: "kill -SEGV $$", result: Fail, reason: "signal: segmentation fault"},
		{limit: 6 * time.Second, name: "hangs", script: "sleep " + marker, result: Fail, reason: "not done within"},
		{limit: patient, name: "leaves a child", script: "sleep " + marker + " & exit 1", result: Fail, reason: "exit status 1"},
		{limit: patient, name: "prints megabytes", script: "head -c 30000000 /dev/zero | tr '\\0' x >&2; exit 1", result: Fail, reason: "exit status 1"},
		{limit: patient, name: "speaks plain text", inside: plainText, result: Fail, reason: "wrong version number|http request|packet length|not TLS|unexpected EOF"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := run(t, Options{Peers: []Peer{broken(t, tt.script, tt.inside)}, Rows: []Row{{Name: "row"}}, Timeout: tt.limit})
			for _, c := range r.Cells {
				if c.Result != tt.result || !matches(tt.reason, c.Reason) {
					t.Errorf("%s: %s, %q says nothing of %q\n%s", c.Name(), c.Result, c.Reason, tt.reason, c.Log)
				}
				if len(c.PeerLog) > 100_000 {
					t.Errorf("%s: a log of %d bytes", c.Name(), len(c.PeerLog))
				}
			}
			checkGone(t, marker)
		})
	}
}

// TestNumberUsedAgain: the number of a program that has ended may be that of
// another one by the time it is stopped.
func TestNumberUsedAgain(t *testing.T) {
	start := func(script string) *process {
		p, err := startProcess([]string{"/bin/sh", "-c", script}, nil)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(p.stop)
		return p
	}
	marker := fmt.Sprintf("%d.%d", 4000+os.Getpid()%1000, os.Getpid())
	first := start("sleep " + marker + " & exit 1")
	<-first.exited
	checkGone(t, marker) // what it left in its group, before anybody stops it
	number := first.cmd.Process.Pid
	for range 300 { // others on this machine start programs too
		if err := os.WriteFile("/proc/sys/kernel/ns_last_pid", []byte(strconv.Itoa(number-1)), 0); err != nil {
			t.Skip("the next number cannot be chosen:", err)
		}
		second := start("read line")
		if second.cmd.Process.Pid != number {
			second.stop()
			continue
		}
		first.stop()
		second.closeInput()
		<-second.exited
		if status := second.cmd.ProcessState.String(); status != "exit status 1" {
			t.Errorf("stopping one program ended another: %s", status)
		}
		return
	}
	t.Skip("another program had the number each time")
}

// TestPortTaken: programs that find their port taken are started anew on another
// one, servers as well as clients that listen for plain connections.
func TestPortTaken(t *testing.T) {
	peer := broken(t, "echo bind: Address already in use >&2; exit 1", nil)
	peer.Client = func(*Job) (*Launch, error) { return &Launch{Args: []string{"run"}, Data: Forward}, nil }
	for _, c := range run(t, Options{Peers: []Peer{peer}, Rows: []Row{{Name: "row"}}}).Cells {
		if c.Result != Fail || strings.Count(c.PeerLog, "$ ") != maxPortTries {
			t.Errorf("%s: %s after %d tries, not %d:\n%s", c.Name(), c.Result, strings.Count(c.PeerLog, "$ "), maxPortTries, c.PeerLog)
		}
	}
}

// TestClaimedPorts: what one run has chosen, another one on the same machine does
// not choose, and may once it is given back.
func TestClaimedPorts(t *testing.T) {
	addr, mine, err := freeAddr()
	if err != nil {
		t.Fatal(err)
	}
	_, text, _ := net.SplitHostPort(addr)
	port, _ := strconv.Atoi(text)
	if again, err := claimPort(port); err == nil {
		_ = again.Close()
		t.Errorf("port %d is claimed twice", port)
	}
	_ = mine.Close()
	again, err := claimPort(port)
	if err != nil {
		t.Fatalf("port %d is claimed for ever: %v", port, err)
	}
	_ = again.Close()
}

// broken is a peer that runs a script in both roles, or a function as a server.
func broken(t *testing.T, script string, inside func(context.Context, string) error) Peer {
	t.Helper()
	if inside != nil {
		return Peer{Name: "broken", Server: func(j *Job) (*Launch, error) {
			addr := j.Addr
			return &Launch{Data: Echo, Run: func(ctx context.Context, _ *Pipes) error { return inside(ctx, addr) }}, nil
		}, Client: func(j *Job) (*Launch, error) {
			addr := j.Addr
			return &Launch{Run: func(ctx context.Context, _ *Pipes) error { return plainClient(ctx, addr) }}, nil
		}}
	}
	file := filepath.Join(t.TempDir(), "peer")
	text := "#!/bin/sh\n[ \"$1\" = version ] && { echo peer 1.0; exit; }\n" + script + "\n"
	if err := os.WriteFile(file, []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
	start := func(*Job) (*Launch, error) { return &Launch{Args: []string{"run"}}, nil }
	return Peer{Name: "broken", Programs: []string{file}, VersionArgs: []string{"version"}, Server: start, Client: start}
}

// plainClient asks for a page without TLS.
func plainClient(ctx context.Context, addr string) error {
	nc, err := new(net.Dialer).DialContext(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	defer nc.Close()
	context.AfterFunc(ctx, func() { _ = nc.Close() })
	_, _ = nc.Write([]byte("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"))
	_, err = io.Copy(io.Discard, nc)
	return err
}

func plainText(ctx context.Context, addr string) error {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	context.AfterFunc(ctx, func() { _ = ln.Close() })
	for {
		nc, err := ln.Accept()
		if err != nil {
			return nil // closed
		}
		_, _ = nc.Write([]byte("HTTP/1.1 400 Bad Request\r\n\r\n"))
		_ = nc.Close()
	}
}

// checkGone looks for processes with a word among their arguments. One that has
// been killed may take a moment to be gone.
func checkGone(t *testing.T, word string) {
	t.Helper()
	var left []string
	for start := time.Now(); time.Since(start) < 10*time.Second; time.Sleep(20 * time.Millisecond) {
		left = nil
		files, _ := filepath.Glob("/proc/[0-9]*/cmdline")
		for _, f := range files {
			if text, err := os.ReadFile(f); err == nil && strings.Contains(string(text), word) {
				left = append(left, filepath.Dir(f)+" "+strings.ReplaceAll(string(text), "\x00", " "))
			}
		}
		if left == nil {
			return
		}
	}
	t.Errorf("left running: %q", left)
}

// TestMissingPeer: a program that is not there, or does not tell its version, is
// a reason to skip.
func TestMissingPeer(t *testing.T) {
	mute := broken(t, "", nil)
	mute.VersionArgs = []string{"complain"}
	mute.Programs = []string{broken(t, "exit 4", nil).Programs[0]}
	for name, opts := range map[string]Options{
		"not found":         {Peers: []Peer{{Name: "ghost", Programs: []string{"no-such-program"}}}},
		"no such file":      {Peers: []Peer{broken(t, "", nil)}, Command: map[string][]string{"broken": {"/no/such/program"}}},
		"permission denied": {Peers: []Peer{broken(t, "", nil)}, Command: map[string][]string{"broken": {"/etc/passwd"}}},
		"tell its version":  {Peers: []Peer{mute}},
	} {
		opts.Rows = []Row{{Name: "row"}}
		r := run(t, opts)
		for _, c := range r.Cells {
			if c.Result != Skip || !strings.Contains(c.Reason, name) {
				t.Errorf("%s: %s, %q", name, c.Result, c.Reason)
			}
		}
		if len(r.Peers) != 1 || !strings.Contains(r.Peers[0].Absent, name) {
			t.Errorf("%s: peers %+v", name, r.Peers)
		}
	}
}

// TestOwnDriver: the side under test may be anything that is a Driver, and what
// it cannot do is skipped.
func TestOwnDriver(t *testing.T) {
	r := run(t, Options{Peers: []Peer{cryptoTLS}, Rows: []Row{{Name: "row"}, {Name: "old", Setup: Setup{Version: ossl.TLS1_2Version}}}, Drivers: []Driver{service{DriverConn}}})
	for _, c := range r.Cells {
		want := Pass
		if c.Row == "old" && c.Role == Client {
			want = Skip
		}
		if c.Driver != "service" || c.Result != want {
			t.Errorf("%s: %s, %q\n%s", c.Name(), c.Result, c.Reason, c.Log)
		}
	}
}

// service is a driver that is no client of TLS 1.2.
type service struct{ Driver }

func (service) Name() string { return "service" }

func (s service) Dial(ctx context.Context, addr string, e *End, session *ossl.Session) (Link, error) {
	if e.Version == ossl.TLS1_2Version {
		return nil, fmt.Errorf("no TLS 1.2: %w", ErrUnsupported)
	}
	return s.Driver.Dial(ctx, addr, e, session)
}

// TestCaptureFails: where a capture cannot be saved, the cell's log says so, and
// the run goes on.
func TestCaptureFails(t *testing.T) {
	dir := t.TempDir()
	wrong := Row{Name: "broken", check: func(*cell, ossl.ConnectionState) error { return errors.New("broken") }}
	if err := os.Mkdir(filepath.Join(dir, "crypto_tls_conn-client_broken.pcapng"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, c := range run(t, Options{Peers: []Peer{cryptoTLS}, Rows: []Row{wrong}, CaptureDir: dir, Only: []string{"client"}}).Cells {
		if lost := c.Driver == "conn"; c.Result != Fail || lost != strings.Contains(c.Log, "no capture: ") || lost != (c.Capture == "") {
			t.Errorf("%s: %s, capture %q\n%s", c.Name(), c.Result, c.Capture, c.Log)
		}
	}
}
