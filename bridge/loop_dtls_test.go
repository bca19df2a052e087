package bridge

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// udpPair is two datagram sockets on the loopback interface, each connected to
// the other.
func udpPair(t testing.TB) (fds [2]int, addrs [2]ossl.Addr) {
	t.Helper()
	var names [2]unix.Sockaddr
	for i := range fds {
		fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
		must(t, err)
		must(t, unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}))
		names[i], err = unix.Getsockname(fd)
		must(t, err)
		fds[i] = fd
		addrs[i] = ossl.Addr{IP: []byte{127, 0, 0, 1}, Port: uint16(names[i].(*unix.SockaddrInet4).Port)}
	}
	must(t, unix.Connect(fds[0], names[1]))
	must(t, unix.Connect(fds[1], names[0]))
	return fds, addrs
}

// dtlsSSL is an SSL over a datagram socket; the test has the socket until Add.
func dtlsSSL(t testing.TB, c *ossl.Ctx, fd int, peer ossl.Addr) *ossl.SSL {
	t.Helper()
	b, err := ossl.NewBIODgram(fd)
	must(t, err)
	defer b.Close()
	must(t, b.CtrlSetConnected(peer))
	s, err := c.NewSSL()
	must(t, err)
	must(t, s.SetBio(b, b))
	return s
}

// messenger notes what comes as what it came in. The server answers each
// message by the same.
type messenger struct {
	t      testing.TB
	echo   bool
	open   chan *Stream
	got    chan []byte
	closed chan error
}

func newMessenger(t testing.TB, echo bool) *messenger {
	return &messenger{t, echo, make(chan *Stream, 1), make(chan []byte, 100), make(chan error, 1)}
}

func (m *messenger) HandshakeDone(s *Stream) { m.open <- s }
func (m *messenger) Writable(*Stream)        {}
func (m *messenger) Closed(_ *Stream, err error) {
	m.closed <- err
}

func (m *messenger) Data(s *Stream, p []byte) {
	m.got <- bytes.Clone(p)
	if m.echo {
		if _, err := s.Write(p); err != nil {
			m.t.Errorf("echo: %v", err)
		}
	}
}

func dtlsContexts(t testing.TB, set ...func(*ossl.Ctx)) (client, server *ossl.Ctx) {
	t.Helper()
	client = newCtx(t, ossl.DTLSClientMethod(), append(set, func(c *ossl.Ctx) {
		must(t, c.SetMinProtoVersion(ossl.DTLS1_2Version))
		must(t, c.LoadVerifyFile(testdata.Path(testdata.ECDSA.Roots)))
		c.SetVerify(ossl.VerifyPeer)
	}))
	server = newCtx(t, ossl.DTLSServerMethod(), append(set, func(c *ossl.Ctx) {
		must(t, c.SetMinProtoVersion(ossl.DTLS1_2Version))
		must(t, c.UseCertificateChainFile(testdata.Path(testdata.ECDSA.Cert)))
		must(t, c.UsePrivateKeyFile(testdata.Path(testdata.ECDSA.Key), ossl.FiletypePEM))
	}))
	return client, server
}

// TestLoopDTLS loses the client's first flight on the way, which only the
// loop's timer can make up for, and then sends messages, which must arrive as
// they were.
func TestLoopDTLS(t *testing.T) {
	cctx, sctx := dtlsContexts(t)
	fds, addrs := udpPair(t)
	loop := startLoop(t, nil)
	client, server := newMessenger(t, false), newMessenger(t, true)
	cs := dtlsSSL(t, cctx, fds[0], addrs[1])
	cs.SetConnectState()
	must(t, loop.Add(fds[0], cs, client))
	lose(t, fds[1])
	ss := dtlsSSL(t, sctx, fds[1], addrs[0])
	ss.SetAcceptState()
	must(t, loop.Add(fds[1], ss, server))

	s := soon(t, "handshake", client.open)
	sizes := []int{1, 100, 1000, record, 1}
	onLoop(t, loop, func() {
		if s.RemoteAddr().Network() != "udp" || s.LocalAddr().(*net.UDPAddr).Port != int(addrs[0].Port) {
			t.Errorf("addresses %v and %v", s.LocalAddr(), s.RemoteAddr())
		}
		if _, err := s.Write(make([]byte, record+1)); !errors.Is(err, ErrMessageTooLong) {
			t.Errorf("a message that is too long: %v", err)
		}
		for i, n := range sizes {
			if n, err := s.Write(bytes.Repeat([]byte{byte(i)}, n)); err != nil {
				t.Errorf("message %d: %d, %v", i, n, err)
			}
		}
	})
	for _, side := range []*messenger{server, client} {
		for i, n := range sizes {
			if got := soon(t, "message", side.got); !bytes.Equal(got, bytes.Repeat([]byte{byte(i)}, n)) {
				t.Errorf("message %d has %d bytes, not %d", i, len(got), n)
			}
		}
	}
	onLoop(t, loop, s.Close)
	is(t, "client's end", soon(t, "end of the client", client.closed), net.ErrClosed)
	is(t, "server's end", soon(t, "end of the server", server.closed), io.EOF)
}

// onLoop runs f on the loop's goroutine.
func onLoop(t testing.TB, l *Loop, f func()) {
	t.Helper()
	done := make(chan struct{})
	must(t, l.Post(func() { defer close(done); f() }))
	soon(t, "post", done)
}

// lose takes a datagram off a socket once one has come.
func lose(t testing.TB, fd int) {
	t.Helper()
	poll := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
	if n, err := unix.Poll(poll, int(patience.Milliseconds())); n != 1 || err != nil {
		t.Fatalf("no datagram: %d, %v", n, err)
	}
	if _, err := unix.Read(fd, make([]byte, 1<<16)); err != nil {
		t.Fatal(err)
	}
}

// TestLoopDTLSHooks has a server's hook see a ClientHello of DTLS.
func TestLoopDTLSHooks(t *testing.T) {
	names := make(chan []string, 1)
	hooks := &Hooks{ALPN: func(_ context.Context, _ *Handshake, offered []string) (string, error) {
		names <- offered
		return offered[1], nil
	}}
	cctx, sctx := dtlsContexts(t)
	must(t, cctx.SetAlpnProtos("a", "b"))
	must(t, hooks.Install(sctx))
	fds, addrs := udpPair(t)
	loop := startLoop(t, nil)
	client, server := newMessenger(t, false), newMessenger(t, true)
	cs, ss := dtlsSSL(t, cctx, fds[0], addrs[1]), dtlsSSL(t, sctx, fds[1], addrs[0])
	cs.SetConnectState()
	ss.SetAcceptState()
	must(t, loop.Add(fds[1], ss, server))
	must(t, loop.Add(fds[0], cs, client))
	s := soon(t, "handshake", client.open)
	if got := soon(t, "ALPN", names); len(got) != 2 {
		t.Errorf("the hook saw %q", got)
	}
	onLoop(t, loop, func() {
		if got := s.ConnectionState().ALPN; got != "b" {
			t.Errorf("negotiated %q", got)
		}
	})
}

// TestStreamDoHandshake asks for what the peer notices without any data.
func TestStreamDoHandshake(t *testing.T) {
	events := make(chan ossl.Event, 100)
	hooks := &Hooks{
		Event:  func(_ *Handshake, ev ossl.Event) { events <- ev },
		Events: []ossl.EventKind{ossl.EventMessage, ossl.EventAlert},
	}
	cctx := clientCtx(t, testdata.ECDSA)
	must(t, hooks.Install(cctx))
	loop := startLoop(t, nil)
	server, client := newMessenger(t, true), newMessenger(t, false)
	ln, err := loop.Listen("tcp", "127.0.0.1:0", serverCtx(t, testdata.ECDSA), func(*Stream) Handler { return server })
	must(t, err)
	must(t, loop.Dial("tcp", ln.Addr().String(), cctx, &ClientOptions{ServerName: "localhost"}, client))
	soon(t, "handshake", client.open)
	s := soon(t, "handshake", server.open)
	onLoop(t, loop, func() {
		if err := errors.Join(s.SSL().KeyUpdate(ossl.KeyUpdateNotRequested), s.DoHandshake()); err != nil {
			t.Error(err)
		}
	})
	const keyUpdate = 24 // RFC 8446, appendix B.3
	for ev := (ossl.Event{}); ev.Sent || len(ev.Message) == 0 || ev.Type != 22 || ev.Message[0] != keyUpdate; {
		ev = soon(t, "KeyUpdate", events)
	}
	onLoop(t, loop, s.Close)
	soon(t, "end of the server", server.closed)
	soon(t, "end of the client", client.closed)
	for ev := (ossl.Event{}); !ev.Sent || ev.Kind != ossl.EventAlert; {
		ev = soon(t, "the client's close_notify", events)
	}
	onLoop(t, loop, func() {
		if err := s.DoHandshake(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("after the end: %v", err)
		}
	})
}
