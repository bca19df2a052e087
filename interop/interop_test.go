package interop

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sslsock/sslsock/ossl"
)

// needs skips the test where a program is not installed.
func needs(t *testing.T, program string) {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		t.Skipf("no %s to talk to: %v", program, err)
	}
}

// TestOpenSSL is the plain run, without the rows that differ in the cipher suite
// of TLS 1.2 alone and without the longest transfer.
func TestOpenSSL(t *testing.T) {
	needs(t, "openssl")
	passes(t, run(t, Options{Only: []string{"openssl"}, Skip: []string{"cipher/tls1.2", "transfer/64MiB"}}), 300)
}

// TestCryptoTLS needs nothing but this process.
func TestCryptoTLS(t *testing.T) {
	passes(t, run(t, Options{Only: []string{"crypto/tls"}, Skip: []string{"cipher/tls1.2", "transfer/64MiB"}}), 150)
}

// TestLegacy: the rows for TLS 1.0 and 1.1 run only where they are named.
func TestLegacy(t *testing.T) {
	only := func(patterns ...string) []string {
		o := Options{Only: patterns, Peers: []Peer{cryptoTLS}}
		if err := o.complete(); err != nil {
			t.Fatal(err)
		}
		r := &runner{opts: &o, report: newReport()}
		r.plan()
		return r.report.Rows()
	}
	if rows := only("crypto/tls"); slices.Contains(rows, "version/tls1.0") || !slices.Contains(rows, "version/tls1.2") {
		t.Errorf("a pattern for a peer chose %q", rows)
	}
	if rows := only("version"); !slices.Contains(rows, "version/tls1.0") {
		t.Errorf("a pattern for a row chose %q", rows)
	}
}

// TestPlainRun: with the openssl program alone there are 150 cells at least.
func TestPlainRun(t *testing.T) {
	o := Options{Only: []string{"openssl"}}
	if err := o.complete(); err != nil {
		t.Fatal(err)
	}
	r := &runner{opts: &o, report: newReport()}
	if n := len(r.plan()); n < 150 {
		t.Errorf("%d cells", n)
	}
}

// TestRowsAreUnique: a cell is found by the name of its row.
func TestRowsAreUnique(t *testing.T) {
	rows, err := Rows()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, r := range rows {
		if seen[r.Name] {
			t.Errorf("two rows are called %s", r.Name)
		}
		seen[r.Name] = true
	}
}

// TestRedCells has rows that must fail, each for a reason of its own: a matrix
// that is always green proves nothing.
func TestRedCells(t *testing.T) {
	tls13 := ossl.TLS1_3Version
	for _, tt := range []struct {
		row    Row
		reason string
	}{
		{Row{Name: "other-version", Setup: Setup{Version: tls13, PeerVersion: ossl.TLS1_2Version}}, "protocol version"},
		{Row{Name: "other-cipher", Setup: Setup{Cipher: "ECDHE-ECDSA-AES128-GCM-SHA256"}}, "not ECDHE-ECDSA-AES128-GCM-SHA256"},
		{Row{Name: "other-group", Setup: Setup{}, check: func(_ *cell, st ossl.ConnectionState) error { return checkGroup(st, "P-521") }}, "not P-521"},
		{Row{Name: "untrusted", Setup: Setup{Cert: CertStranger}}, "bad certificate|unknown CA"},
		{refused("nothing-wrong", Setup{}, alertUnknownCA), "which should have failed"},
		{refused("other-alert", Setup{Cert: CertStranger, Trust: TrustCA}, alertNoApplicationProtocol), `not \[no application protocol\]`},
		{Row{Name: "no-session", Setup: Setup{Version: tls13}, play: playNotResumed}, "does not resume"},
	} {
		t.Run(tt.row.Name, func(t *testing.T) {
			r := run(t, Options{Peers: []Peer{cryptoTLS}, Rows: []Row{tt.row}})
			for _, c := range r.Cells {
				if c.Result != Fail || !matches(tt.reason, c.Reason+c.Log+c.PeerLog) {
					t.Errorf("%s: %s: %q says nothing of %q\n%s", c.Name(), c.Result, c.Reason, tt.reason, c.Log)
				}
				if c.Result == Fail && c.Log == "" {
					t.Errorf("%s: no log", c.Name())
				}
			}
		})
	}
}

// playNotResumed claims that its second connection resumes the first, and has
// nothing to resume with.
func playNotResumed(ctx context.Context, c *cell) error {
	for range 2 {
		link, end, err := c.connect(ctx, nil)
		if err != nil {
			return err
		}
		if c.started == 2 && !link.State().Resumed {
			return errors.New("the second connection does not resume the first")
		}
		if err := c.exchange(ctx, link, end); err != nil {
			return err
		}
		c.job.Kept = nil
	}
	return nil
}

// TestTimeout: a cell that takes too long fails, and says which limit it was.
func TestTimeout(t *testing.T) {
	slow := Row{Name: "slow", play: func(ctx context.Context, _ *cell) error { <-ctx.Done(); return ctx.Err() }}
	r := run(t, Options{Peers: []Peer{cryptoTLS}, Rows: []Row{slow}, Timeout: 50 * time.Millisecond})
	for _, c := range r.Cells {
		if c.Result != Fail || !strings.Contains(c.Reason, "not done within 50ms") {
			t.Errorf("%s: %s, %q", c.Name(), c.Result, c.Reason)
		}
	}
}

// TestInterrupted: what has not run by then is skipped.
func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	opts := Options{Only: []string{"crypto/tls"}, Jobs: 1, Progress: func(*Cell, int, int) { cancel() }}
	r, err := Run(ctx, opts)
	if !errors.Is(err, context.Canceled) || r == nil {
		t.Fatalf("%v, %v", r, err)
	}
	if last := r.Cells[len(r.Cells)-1]; last.Result != Skip || last.Reason != "interrupted" {
		t.Errorf("the last cell: %s, %q", last.Result, last.Reason)
	}
}

func TestMatches(t *testing.T) {
	c := &Cell{Peer: "crypto/tls", Driver: "conn", Role: Server, Row: "cipher/tls1.3/TLS_AES_128_GCM_SHA256"}
	for pattern, want := range map[string]bool{
		"crypto/tls": true, "crypto": true, "openssl": false, "conn": true, "loop": false, "server": true,
		"conn-server": true, "conn-client": false, "*-server": true, "cipher": true, "cipher/tls1.3": true, "cipher/tls1.2": false,
		"cipher/*/*AES_128*": true, "cip": false, "crypto/tls,conn,cipher": true, "crypto/tls,loop": false,
		"crypto/tls/conn-server/cipher": true, "cipher/": true,
	} {
		if got := c.Matches(pattern); got != want {
			t.Errorf("%q: %v", pattern, got)
		}
	}
	for _, bad := range []string{"", "a,", "[", "a,[x"} {
		if _, err := Run(t.Context(), Options{Only: []string{bad}}); !errors.As(err, new(*PatternError)) {
			t.Errorf("pattern %q: %v", bad, err)
		}
	}
	for _, o := range []Options{
		{Only: []string{"crypto/tls", "nobody"}},
		{Only: []string{"crypto/tls"}, Skip: []string{"nobody"}},
		{Only: []string{"crypto/tls"}, Skip: []string{"crypto/tls,nobody"}},
	} {
		var nothing *NothingMatchesError
		if _, err := Run(t.Context(), o); !errors.As(err, &nothing) || !strings.HasSuffix(nothing.Pattern, "nobody") {
			t.Errorf("%q without %q: %v", o.Only, o.Skip, err)
		}
	}
	if _, err := Run(t.Context(), Options{Only: []string{"crypto/tls"}, Skip: []string{"crypto/tls"}}); !errors.As(err, new(*NothingMatchesError)) {
		t.Errorf("a pattern for nothing: %v", err)
	}
}

// TestCapture: a failed cell leaves what went over the wire, and its keys.
func TestCapture(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "captures")
	broken := Row{Name: "broken", Setup: Setup{Version: ossl.TLS1_3Version}, check: func(*cell, ossl.ConnectionState) error { return errors.New("broken") }}
	r := run(t, Options{Peers: []Peer{cryptoTLS}, Rows: []Row{broken}, CaptureDir: dir})
	for _, c := range r.Cells {
		if !strings.Contains(c.KeyLog, "SERVER_TRAFFIC_SECRET_0") {
			t.Errorf("%s: no keys: %q", c.Name(), c.KeyLog)
		}
		capture, err := os.ReadFile(c.Capture)
		if err != nil {
			t.Error(err)
			continue
		}
		// A ClientHello begins a record of type 22 and a message of type 1.
		if blocks := checkBlocks(t, capture); blocks < 5 || !strings.Contains(string(capture), "\x16\x03\x01") || !strings.Contains(string(capture), c.KeyLog) {
			t.Errorf("%s: %d blocks in %s", c.Name(), blocks, c.Capture)
		}
		if tcpdump, err := exec.LookPath("tcpdump"); err == nil {
			out, err := exec.CommandContext(t.Context(), tcpdump, "-nr", c.Capture).CombinedOutput()
			if err != nil || !strings.Contains(string(out), "127.0.0.1.50000 > 127.0.0.1.443") {
				t.Errorf("tcpdump: %v\n%s", err, out)
			}
		}
	}
}

// checkBlocks counts the blocks of a capture, each of which gives its length
// twice.
func checkBlocks(t *testing.T, file []byte) (n int) {
	t.Helper()
	for len(file) >= 12 {
		size := int(file[4]) | int(file[5])<<8 | int(file[6])<<16
		if size < 12 || size > len(file) || string(file[4:8]) != string(file[size-4:size]) {
			t.Fatalf("block %d has %d bytes of %d", n, size, len(file))
		}
		file = file[size:]
		n++
	}
	return n
}
