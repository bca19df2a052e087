package interop

import (
	"slices"
	"testing"
	"time"

	"github.com/sslsock/sslsock/ossl"
)

// TestTalk: programs that say one thing of their own, and what goes wrong there.
func TestTalk(t *testing.T) {
	needs(t, "openssl")
	talker := func(line Line) Peer {
		p := openssl
		p.Server = func(j *Job) (*Launch, error) {
			l, err := opensslServer(j)
			l.Args = append(slices.DeleteFunc(l.Args, func(a string) bool { return a == "-brief" }), "-www")
			l.Data, l.Talk = Talk, []Line{{Send: "GET / HTTP/1.0\r\n\r\n", Expect: line.Expect}}
			return l, err
		}
		p.Client = func(j *Job) (*Launch, error) {
			l, err := opensslClient(j)
			l.Data, l.Talk = Talk, []Line{line}
			return l, err
		}
		p.ServerSays = nil
		return p
	}
	rows := []Row{{Name: "row", Setup: Setup{Version: ossl.TLS1_3Version}}, {Name: "big", Setup: Setup{Bytes: 1}}}
	for _, c := range run(t, Options{Peers: []Peer{talker(Line{Send: "hello from ours\n", Expect: ""})}, Rows: rows}).Cells {
		want := map[string]Result{"row": Pass, "big": Skip}[c.Row]
		if c.Result != want {
			t.Errorf("%s: %s, %q\n%s", c.Name(), c.Result, c.Reason, c.PeerLog)
		}
	}
	for _, c := range run(t, Options{Peers: []Peer{talker(Line{Send: "bye\n", Expect: "no such word"})}, Rows: rows[:1], Only: []string{"client"}}).Cells {
		if c.Result != Fail || !matches(`instead of "no such word"`, c.Reason) {
			t.Errorf("%s: %s, %q", c.Name(), c.Result, c.Reason)
		}
	}
}

// TestStartTLSServers: real servers, behind the protocol that they begin with.
func TestStartTLSServers(t *testing.T) {
	r := run(t, Options{Only: []string{"exim,version", "dovecot,version", "postgres,version/tls1.3"}, Peers: []Peer{exim, dovecot, postgres}, Skip: []string{"server", "version/tls1.0", "version/tls1.1"}})
	passed := map[string]bool{}
	for _, c := range r.Cells {
		switch c.Result {
		case Fail:
			t.Errorf("%s: %s\n%s\n%s", c.Name(), c.Reason, c.Log, c.PeerLog)
		case Skip:
			t.Logf("%s is skipped: %s", c.Name(), c.Reason)
		case Pass:
			passed[c.Peer] = true
		}
	}
	if len(passed) == 0 {
		t.Skip("none of these servers can be run here")
	}
}

// TestNotReady: a server that listens is not ready before its log says so.
func TestNotReady(t *testing.T) {
	p := cryptoTLS
	p.Server = func(j *Job) (*Launch, error) {
		l, err := stdServer(j)
		l.Ready = "no such line"
		return l, err
	}
	r := run(t, Options{Peers: []Peer{p}, Rows: []Row{{Name: "row"}}, Only: []string{"loop-client"}, Timeout: 200 * time.Millisecond})
	if c := r.Cells[0]; c.Result != Fail || !matches("not done within", c.Reason) {
		t.Errorf("%s, %q", c.Result, c.Reason)
	}
}
