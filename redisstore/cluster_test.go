package redisstore

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/sslsock/sslsock/bridge"
	"github.com/sslsock/sslsock/ossl"
)

// clusterNode is one redis-server of a cluster.
type clusterNode struct {
	addr string
	cmd  *exec.Cmd
}

func (n *clusterNode) kill() {
	if n.cmd.Process != nil {
		_, _ = n.cmd.Process.Kill(), n.cmd.Wait()
	}
}

// startCluster starts as many masters, and as many replicas of each, and waits
// until all slots are served. It skips the test where a program is missing.
func startCluster(t *testing.T, masters, replicas int) []*clusterNode {
	t.Helper()
	for _, program := range []string{"redis-server", "redis-cli"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skip("no", program, "to test with (Debian, Ubuntu: apt-get install redis-server):", err)
		}
	}
	var list []*clusterNode
	args := []string{"--cluster", "create"}
	for range masters * (1 + replicas) {
		n := startClusterNode(t)
		list, args = append(list, n), append(args, n.addr)
	}
	for _, n := range list {
		must(t, n.cmd.Start())
		c := redis.NewClient(&redis.Options{Addr: n.addr})
		within(t, "redis-server at "+n.addr, func() {
			for c.Ping(context.Background()).Err() != nil {
				time.Sleep(20 * time.Millisecond)
			}
		})
		_ = c.Close()
	}
	args = append(args, "--cluster-replicas", fmt.Sprint(replicas), "--cluster-yes")
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if out, err := exec.CommandContext(ctx, "redis-cli", args...).CombinedOutput(); err != nil {
		t.Fatalf("redis-cli: %v\n%s", err, out)
	}
	for _, n := range list {
		c := redis.NewClient(&redis.Options{Addr: n.addr})
		within(t, "cluster at "+n.addr, func() {
			for {
				info := c.ClusterInfo(context.Background()).Val()
				if strings.Contains(info, "cluster_state:ok") && strings.Contains(info, fmt.Sprintf("cluster_known_nodes:%d", len(list))) {
					return
				}
				time.Sleep(20 * time.Millisecond)
			}
		})
		_ = c.Close()
	}
	return list
}

// startClusterNode takes a port that is free, with the one of the cluster's own
// bus, which is not derived from it as it would be by default.
func startClusterNode(t *testing.T) *clusterNode {
	t.Helper()
	dir, err := os.MkdirTemp("", "redis")
	must(t, err)
	ports := make([]string, 2)
	for i := range ports {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		must(t, err)
		_, ports[i], _ = net.SplitHostPort(ln.Addr().String())
		defer ln.Close()
	}
	n := &clusterNode{addr: "127.0.0.1:" + ports[0]}
	n.cmd = exec.Command("redis-server", "--port", ports[0], "--cluster-port", ports[1], "--bind", "127.0.0.1", "--dir", dir,
		"--cluster-enabled", "yes", "--cluster-config-file", filepath.Join(dir, "nodes.conf"), "--cluster-node-timeout", "1000",
		"--cluster-require-full-coverage", "no", "--save", "", "--appendonly", "no", "--repl-diskless-sync-delay", "0", "--daemonize", "no")
	n.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	t.Cleanup(func() {
		n.kill()
		_ = os.RemoveAll(dir)
	})
	return n
}

func clusterClient(t *testing.T, nodes []*clusterNode) *redis.ClusterClient {
	t.Helper()
	var addrs []string
	for _, n := range nodes {
		addrs = append(addrs, n.addr)
	}
	c := redis.NewClusterClient(&redis.ClusterOptions{Addrs: addrs, ContextTimeoutEnabled: true, DialerRetries: 1})
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// TestCluster has sessions and ticket keys on the three nodes of a cluster.
func TestCluster(t *testing.T) {
	nodes := startCluster(t, 3, 0)
	a, b := clusterClient(t, nodes), clusterClient(t, nodes)
	store, err := NewSessions(a, SessionOptions{Secret: passphrase(t, "x"), Timeout: patience})
	must(t, err)
	other, err := NewSessions(b, SessionOptions{Secret: passphrase(t, "x"), Timeout: patience})
	must(t, err)
	for i := range 60 {
		id := fmt.Appendf(nil, "%032d", i)
		must(t, store.Put(t.Context(), id, id, time.Hour))
		got, err := other.Get(t.Context(), id)
		if must(t, err); string(got) != string(id) {
			t.Errorf("%s has %q", id, got)
		}
		if i%2 == 0 {
			must(t, other.Remove(t.Context(), id))
			if _, err := store.Get(t.Context(), id); !errors.Is(err, bridge.ErrNoSession) {
				t.Errorf("removed: %v", err)
			}
		}
	}
	for _, n := range nodes {
		c := redis.NewClient(&redis.Options{Addr: n.addr})
		if size := c.DBSize(t.Context()).Val(); size == 0 {
			t.Errorf("nothing on %s", n.addr)
		}
		_ = c.Close()
	}
	first := sharedKeys(t, a)
	for range 5 {
		if got := sharedKeys(t, b); len(got) != 2 || got[0] != first[0] || got[1] != first[1] {
			t.Errorf("%v on one node, %v on another", first, got)
		}
	}
}

func sharedKeys(t *testing.T, c redis.UniversalClient) []ossl.TicketKey {
	t.Helper()
	k, err := NewTicketKeys(c, passphrase(t, "x"), TicketKeyOptions{Timeout: patience})
	must(t, err)
	keys, _, err := k.Keys(t.Context())
	must(t, err)
	return keys
}

// TestClusterFailover kills a master under load: what its replica has is there
// again once that takes over, and no handshake fails.
func TestClusterFailover(t *testing.T) {
	const sessionsHeld = 30
	nodes := startCluster(t, 3, 1)
	c := clusterClient(t, nodes)
	store, err := NewSessions(c, SessionOptions{Secret: passphrase(t, "x"), Timeout: 300 * time.Millisecond})
	must(t, err)
	var told atomic.Int32
	ln, _, err := newNode(ossl.TLS1_3Version, store, nil, func(err error) {
		if !errors.Is(err, ErrUnavailable) {
			t.Errorf("reported: %v", err)
		}
		told.Add(1)
	})
	must(t, err)
	var serving sync.WaitGroup
	serving.Go(func() { serve(ln) })
	defer func() { _ = ln.Close(); serving.Wait() }()
	visitor := newClient(t, ossl.TLS1_3Version)
	for i := range sessionsHeld {
		id := fmt.Appendf(nil, "%032d", i)
		must(t, store.Put(t.Context(), id, id, time.Hour))
	}
	// Each master has the replica's word that it has all of it.
	for _, n := range nodes[:3] {
		m := redis.NewClient(&redis.Options{Addr: n.addr})
		within(t, "replica", func() { _ = m.Wait(context.Background(), 1, patience).Err() })
		_ = m.Close()
	}
	victim := nodes[0]
	victim.kill()
	visits := 0
	has := func() (n int) {
		for i := range sessionsHeld {
			if visits++; visits%10 == 0 {
				visitor.visit(ln.Addr().String())
			}
			if _, err := store.Get(t.Context(), fmt.Appendf(nil, "%032d", i)); err == nil {
				n++
			}
		}
		return n
	}
	lost := has()
	until := time.Now().Add(4 * patience)
	for n := lost; n < sessionsHeld; n = has() {
		if time.Now().After(until) {
			t.Fatalf("%d of %d sessions after the failover", n, sessionsHeld)
		}
	}
	visitor.keep = false
	within(t, "resumption", func() {
		for !visitor.visit(ln.Addr().String()) {
		}
	})
	t.Logf("%d sessions at once, all %d in the end; %d handshakes, none failed; %d reports", lost, sessionsHeld, visits/10, told.Load())
	if lost == sessionsHeld {
		t.Error("the master that was killed had nothing")
	}
}
