package bridge

import (
	"net"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/sslsock/sslsock/testdata"
)

// TestAcceptedSocket looks at what an accepted stream's socket is, and at the
// addresses that it tells.
func TestAcceptedSocket(t *testing.T) {
	for _, c := range []struct{ network, address string }{
		{"tcp4", "127.0.0.1:0"}, {"tcp6", "[::1]:0"}, {"tcp", ":0"},
	} {
		t.Run(c.network+" "+c.address, func(t *testing.T) {
			l := startLoop(t, nil)
			type seen struct {
				noDelay       int
				err           error
				local, remote net.Addr
			}
			got := make(chan seen, 1)
			ln, err := l.Listen(c.network, c.address, serverCtx(t, testdata.ECDSA), func(s *Stream) Handler {
				var a seen
				a.noDelay, a.err = unix.GetsockoptInt(s.Fd(), unix.IPPROTO_TCP, unix.TCP_NODELAY)
				a.local, a.remote = s.LocalAddr(), s.RemoteAddr()
				got <- a
				return nil
			})
			if c.network == "tcp6" && err != nil {
				t.Skipf("no IPv6 here: %v", err)
			}
			must(t, err)
			to := ln.Addr().String()
			if c.address == ":0" {
				_, port, err := net.SplitHostPort(to)
				must(t, err)
				to = net.JoinHostPort("127.0.0.1", port)
			}
			client, err := net.Dial(ln.Addr().Network(), to)
			must(t, err)
			defer client.Close()
			a := <-got
			must(t, a.err)
			if a.noDelay == 0 {
				t.Error("TCP_NODELAY is off")
			}
			if a.remote.String() != client.LocalAddr().String() || a.local.String() != to {
				t.Errorf("stream %v from %v, client %v to %v", a.local, a.remote, client.LocalAddr(), to)
			}
		})
	}
}

// TestAcceptedUnixPeer has a client with a name of its own.
func TestAcceptedUnixPeer(t *testing.T) {
	dir := t.TempDir()
	l := startLoop(t, nil)
	got := make(chan net.Addr, 1)
	ln, err := l.Listen("unix", filepath.Join(dir, "s"), serverCtx(t, testdata.ECDSA), func(s *Stream) Handler {
		got <- s.RemoteAddr()
		return nil
	})
	must(t, err)
	name := filepath.Join(dir, "c")
	client, err := net.DialUnix("unix", &net.UnixAddr{Name: name, Net: "unix"}, ln.Addr().(*net.UnixAddr))
	must(t, err)
	defer client.Close()
	if a := <-got; a == nil || a.String() != name {
		t.Errorf("peer %v, want %s", a, name)
	}
}
