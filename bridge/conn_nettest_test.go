package bridge

import (
	"net"
	"testing"

	"golang.org/x/net/nettest"
)

// TestConn runs the whole conformance suite for a net.Conn, with ours at the
// end that the suite works hardest: it sets deadlines on c1 only, and then
// expects to write on.
//
// The other end only echoes, reads or fills. With crypto/tls as c1 the suite
// cannot pass, whatever the peer: its connections cannot write any more after a
// write has timed out, as its SetWriteDeadline says, and so PastTimeout,
// FutureTimeout and ConcurrentMethods fail. Handshakes are done first: until
// then a write needs to read, and ReadTimeout and WriteTimeout expect that the
// two directions know nothing of each other.
func TestConn(t *testing.T) {
	eachPairing(t, func(t *testing.T, client, server impl, set settings) {
		nettest.TestConn(t, makePipe(t, "tcp", client, server, set))
	})
}

// TestConnUnix is TestConn over unix sockets.
func TestConnUnix(t *testing.T) {
	for _, v := range versions {
		t.Run(v.name, func(t *testing.T) {
			nettest.TestConn(t, makePipe(t, "unix", ours, ours, settings{version: v.version}))
		})
	}
}

func makePipe(t *testing.T, network string, client, server impl, set settings) nettest.MakePipe {
	return func() (c1, c2 net.Conn, stop func(), err error) {
		nc, ns := sockets(t, network)
		c1, c2 = client.client(t, nc, set), server.server(t, ns, set)
		shake(t, c1, c2)
		stop = func() { _, _ = c1.Close(), c2.Close() }
		if client.name != ours.name {
			c1, c2 = c2, c1
		}
		return c1, c2, stop, nil
	}
}
