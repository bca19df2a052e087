package redisstore

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/sslsock/sslsock/bridge"
	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// What a node is told by its environment: where Redis is, the version, and what
// to share.
const (
	nodeRedis   = "REDISSTORE_TEST_REDIS"
	nodeVersion = "REDISSTORE_TEST_VERSION"
	nodeShares  = "REDISSTORE_TEST_SHARES"
)

// runNode is a server in a process of its own: it prints its address, and serves
// until it is killed.
func runNode(redisURL string) error {
	version, err := strconv.Atoi(os.Getenv(nodeVersion))
	if err != nil {
		return err
	}
	secret, err := Passphrase("the passphrase of the nodes")
	if err != nil {
		return err
	}
	client, err := Open(redisURL)
	if err != nil {
		return err
	}
	report := func(err error) { fmt.Println(err) }
	var ln net.Listener
	if os.Getenv(nodeShares) == "sessions" {
		store, err := NewSessions(client, SessionOptions{Secret: secret, Timeout: patience})
		if err != nil {
			return err
		}
		ln, _, err = newNode(version, store, nil, report)
		if err != nil {
			return err
		}
	} else {
		keys, err := NewTicketKeys(client, secret, TicketKeyOptions{Timeout: patience})
		if err != nil {
			return err
		}
		ln, _, err = newNode(version, nil, keys, report)
		if err != nil {
			return err
		}
	}
	fmt.Println(ln.Addr())
	serve(ln)
	return nil
}

// newNode listens with a session store or with the keys of a source.
func newNode(version int, store bridge.SessionStore, source bridge.TicketKeySource, report func(error)) (net.Listener, *bridge.TicketKeyRotator, error) {
	cfg := &bridge.Config{
		Certificates: []bridge.Certificate{{CertFile: testdata.Path(testdata.ECDSA.Cert), KeyFile: testdata.Path(testdata.ECDSA.Key)}},
		MinVersion:   version, MaxVersion: version,
	}
	if store != nil {
		cfg.Hooks = &bridge.Hooks{Sessions: store, OnError: report}
	}
	ctx, err := cfg.NewServerCtx()
	if err != nil {
		return nil, nil, err
	}
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		ctx.Close()
		return nil, nil, err
	}
	ln := node{bridge.NewListener(inner, ctx), ctx}
	if source == nil {
		return ln, nil, nil
	}
	rotator, err := bridge.RotateTicketKeys(context.Background(), ctx, source, report)
	if err != nil {
		_ = ln.Close()
		return nil, nil, err
	}
	return ln, rotator, nil
}

// node closes the Ctx too.
type node struct {
	net.Listener
	ctx *ossl.Ctx
}

func (n node) Close() error {
	defer n.ctx.Close()
	return n.Listener.Close()
}

// serve answers each connection's first byte.
func serve(ln net.Listener) {
	var all sync.WaitGroup
	defer all.Wait()
	for {
		nc, err := ln.Accept()
		if err != nil {
			return
		}
		all.Go(func() {
			defer nc.Close()
			_ = nc.SetDeadline(time.Now().Add(patience))
			b := make([]byte, 1)
			if _, err := nc.Read(b); err == nil {
				_, _ = nc.Write(b)
				_, _ = nc.Read(b) // the client's end
			}
		})
	}
}

// client goes from node to node.
type client struct {
	t    *testing.T
	d    bridge.Dialer
	keep bool // the session that there is
}

func newClient(t *testing.T, version int) *client {
	c := &client{t: t, d: bridge.Dialer{Config: &bridge.Config{
		RootCAs: bridge.Trust{File: testdata.Path(testdata.ECDSA.Roots)}, ServerName: "localhost",
		MinVersion: version, MaxVersion: version,
	}}}
	t.Cleanup(func() { c.d.Session.Close(); _ = c.d.Close() })
	return c
}

// visit says whether the server has resumed what the client had from the last
// visit.
func (c *client) visit(addr string) (resumed bool) {
	c.t.Helper()
	nc, err := c.d.Dial("tcp", addr)
	must(c.t, err)
	defer nc.Close()
	must(c.t, nc.SetDeadline(time.Now().Add(patience)))
	_, err = nc.Write([]byte("x"))
	must(c.t, err)
	_, err = nc.Read(make([]byte, 1))
	must(c.t, err)
	conn := nc.(*bridge.Conn)
	next, err := conn.Session()
	must(c.t, err)
	if c.keep {
		next.Close()
	} else {
		c.d.Session.Close()
		c.d.Session = next
	}
	return conn.ConnectionState().Resumed
}

// startNode starts this program as a node, and returns its address and how to
// kill it.
func startNode(t *testing.T, redisURL string, version int, shares string) (addr string, kill func()) {
	t.Helper()
	r, w, err := os.Pipe()
	must(t, err)
	defer r.Close()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), nodeRedis+"="+redisURL, nodeVersion+"="+strconv.Itoa(version), nodeShares+"="+shares)
	cmd.Stdout = w
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	must(t, cmd.Start())
	must(t, w.Close())
	kill = sync.OnceFunc(func() { _, _ = cmd.Process.Kill(), cmd.Wait() })
	t.Cleanup(kill)
	must(t, r.SetReadDeadline(time.Now().Add(patience)))
	line, err := bufio.NewReader(r).ReadString('\n')
	must(t, err)
	if _, err := net.ResolveTCPAddr("tcp", line[:len(line)-1]); err != nil {
		t.Fatalf("the node says %q", line)
	}
	return line[:len(line)-1], kill
}

func eachVersion(t *testing.T, f func(t *testing.T, version int)) {
	t.Run("TLSv1.2", func(t *testing.T) { f(t, ossl.TLS1_2Version) })
	t.Run("TLSv1.3", func(t *testing.T) { f(t, ossl.TLS1_3Version) })
}

// TestNodes shakes hands with one process, resumes on another after the first was
// killed, and on a third that has started since: by tickets, and by sessions
// that are in Redis.
func TestNodes(t *testing.T) {
	for _, shares := range []string{"tickets", "sessions"} {
		t.Run(shares, func(t *testing.T) {
			eachVersion(t, func(t *testing.T, version int) {
				server := startRedis(t)
				url := "unix://" + server.socket
				a, kill := startNode(t, url, version, shares)
				b, _ := startNode(t, url, version, shares)
				c := newClient(t, version)
				if c.visit(a) {
					t.Error("the first visit is resumed")
				}
				if shares == "sessions" {
					untilStored(t, server)
				}
				kill()
				if !c.visit(b) {
					t.Error("not resumed on the second node")
				}
				late, _ := startNode(t, url, version, shares)
				c.keep = true // the ticket of the last visit may still be on its way to Redis
				if !c.visit(late) {
					t.Error("not resumed on a node that has started later")
				}
			})
		})
	}
}

// untilStored waits until Redis has a session: it goes there beside the
// connection.
func untilStored(t *testing.T, server *server) {
	t.Helper()
	raw := server.client()
	within(t, "session in Redis", func() {
		for raw.DBSize(context.Background()).Val() == 0 {
			runtime.Gosched()
		}
	})
}

// TestSessionsInHandshakes has Redis slow, down and back again: handshakes
// finish all the same, in full, and are resumed when it answers.
func TestSessionsInHandshakes(t *testing.T) {
	eachVersion(t, func(t *testing.T, version int) {
		t.Parallel()
		server := startRedis(t)
		way := server.proxied()
		store := sessions(t, open(t, way.url()), SessionOptions{Secret: passphrase(t, "x"), Timeout: 2 * time.Second})
		told := make(chan error, 100)
		ln, _, err := newNode(version, store, nil, func(err error) { told <- err })
		must(t, err)
		var serving sync.WaitGroup
		serving.Go(func() { serve(ln) })
		defer func() { _ = ln.Close(); serving.Wait() }()
		c := newClient(t, version)
		visit := func(what string, want bool) {
			t.Helper()
			if resumed := c.visit(ln.Addr().String()); resumed != want {
				t.Errorf("%s: resumed %v", what, resumed)
			}
		}
		complaint := func(what string) {
			t.Helper()
			select {
			case err := <-told:
				if !errors.Is(err, ErrUnavailable) {
					t.Errorf("%s: %v", what, err)
				}
			case <-time.After(patience):
				t.Fatalf("%s: nobody is told", what)
			}
		}
		visit("first", false)
		untilStored(t, server)
		c.keep = true
		visit("second", true)
		way.gate.shut()
		visit("slow", false)
		complaint("slow")
		way.gate.open()
		visit("fast again", true)
		server.stop()
		visit("down", false)
		complaint("down")
		server.start()
		c.keep = false
		// It takes the first that is stored until the next is resumed.
		within(t, "resumption", func() {
			for !c.visit(ln.Addr().String()) {
			}
		})
	})
}

// TestNodesEverySecond rotates every second, with handshakes all the time on two
// nodes in turn. Redis goes away in between and comes back empty. No handshake
// fails, and most are resumed.
func TestNodesEverySecond(t *testing.T) {
	eachVersion(t, func(t *testing.T, version int) {
		t.Parallel()
		server := startRedis(t)
		var addrs []string
		var reports sync.Map
		for range 2 {
			keys, err := NewTicketKeys(server.client(), passphrase(t, "x"), TicketKeyOptions{Period: time.Second, Kept: 3, Timeout: patience})
			must(t, err)
			ln, rotator, err := newNode(version, nil, keys, func(err error) { reports.Store(err.Error(), true) })
			must(t, err)
			var serving sync.WaitGroup
			serving.Go(func() { serve(ln) })
			t.Cleanup(func() { _ = ln.Close(); serving.Wait(); rotator.Stop() })
			addrs = append(addrs, ln.Addr().String())
		}
		c := newClient(t, version)
		visits, resumed := 0, 0
		names := make(map[[16]byte]bool)
		visit := func() {
			t.Helper()
			if visits++; c.visit(addrs[visits%2]) {
				resumed++
			}
			name, _ := ossl.TicketKeyName(c.d.Session.Get0Ticket())
			names[name] = true
		}
		until := func(rotations int) {
			t.Helper()
			for have, began := len(names), time.Now(); len(names) < have+rotations; {
				if visit(); time.Since(began) > patience {
					t.Fatalf("%d rotations in %v", len(names)-have, patience)
				}
			}
		}
		visit()
		until(2)
		server.stop()
		told := func() (n int) { reports.Range(func(_, _ any) bool { n++; return true }); return n }
		for began := time.Now(); told() == 0; { // both nodes have missed a rotation, or will
			if visit(); time.Since(began) > patience {
				t.Fatal("nobody misses Redis")
			}
		}
		for range 20 {
			visit()
		}
		server.start()
		until(2)
		t.Logf("%d of %d resumed, under %d keys", resumed, visits, len(names))
		if resumed*2 < visits {
			t.Errorf("%d of %d resumed", resumed, visits)
		}
	})
}
