package bridge

import (
	"bytes"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// rawDial is a plain TCP connection that the test closes.
func rawDial(t testing.TB, addr net.Addr) *net.TCPConn {
	t.Helper()
	c, err := net.Dial(addr.Network(), addr.String())
	must(t, err)
	t.Cleanup(func() { c.Close() })
	must(t, c.SetDeadline(time.Now().Add(20*time.Second)))
	return c.(*net.TCPConn)
}

// stdClient shakes hands by crypto/tls on a plain connection.
func stdClient(t testing.TB, c net.Conn) *tls.Conn {
	t.Helper()
	tc := tls.Client(c, &tls.Config{RootCAs: stdRoots(), ServerName: "localhost"})
	must(t, tc.Handshake())
	return tc
}

// stdRoots is read once, because some tests have no descriptor left.
var stdRoots = sync.OnceValue(func() *x509.CertPool {
	roots := x509.NewCertPool()
	if pem, err := os.ReadFile(testdata.Path(testdata.ECDSA.Roots)); err == nil {
		roots.AppendCertsFromPEM(pem)
	}
	return roots
})

// checkEcho says whether the server still serves.
func checkEcho(t testing.TB, addr net.Addr) {
	t.Helper()
	tc := stdClient(t, rawDial(t, addr))
	defer tc.Close()
	if _, err := tc.Write([]byte("still there?")); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, 12)
	if _, err := io.ReadFull(tc, got); err != nil || string(got) != "still there?" {
		t.Fatalf("%q, %v", got, err)
	}
}

// observedServer listens with handlers that the test sees.
func observedServer(t testing.TB, cfg *LoopConfig) (net.Addr, <-chan *handler) {
	t.Helper()
	handlers := make(chan *handler, 64)
	ln, err := startLoop(t, cfg).Listen("tcp", "127.0.0.1:0", serverCtx(t, testdata.ECDSA), func(*Stream) Handler {
		h := newHandler(t)
		h.data = func(s *Stream, p []byte) { s.Write(p) }
		handlers <- h
		return h
	})
	must(t, err)
	return ln.Addr(), handlers
}

// TestLoopBadPeers has peers misbehave one after the other: each ends its own
// stream with a reason that says what is wrong, and the loop goes on.
func TestLoopBadPeers(t *testing.T) {
	addr, handlers := observedServer(t, nil)
	hello := clientHello(t)
	reset := func(c *net.TCPConn) { c.SetLinger(0); c.Close() }
	for _, tt := range []struct {
		name string
		do   func(c *net.TCPConn)
		is   error  // what the reason is
		says string // and part of its text
	}{
		{"plain HTTP", func(c *net.TCPConn) { io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n") }, ossl.ReasonHTTPRequest, "https://"},
		{"garbage", func(c *net.TCPConn) { c.Write(bytes.Repeat([]byte{0x55}, 100)) }, ossl.ReasonWrongVersionNumber, "does not speak TLS"},
		{"nothing", func(c *net.TCPConn) { c.Close() }, io.ErrUnexpectedEOF, "unexpected eof"},
		{"half a hello", func(c *net.TCPConn) { c.Write(hello[:len(hello)/2]); c.Close() }, io.ErrUnexpectedEOF, "unexpected eof"},
		{"reset", func(c *net.TCPConn) { c.Write(hello[:10]); reset(c) }, syscall.ECONNRESET, "reset"},
		{"too old", func(c *net.TCPConn) { c.Write(oldHello(hello)) }, ossl.ReasonUnsupportedProtocol, "SetMinProtoVersion"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.do(rawDial(t, addr))
			err := (<-handlers).wait()
			var op *net.OpError
			if !errors.As(err, &op) || op.Op != "handshake" || !errors.Is(err, tt.is) || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("closed with %v, not with %v and %q", err, tt.is, tt.says)
			}
			checkEcho(t, addr)
			if err := (<-handlers).wait(); err != io.EOF {
				t.Error(err)
			}
		})
	}
}

// clientHello is the first flight of a client of ours.
func clientHello(t testing.TB) []byte {
	t.Helper()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_NONBLOCK, 0)
	must(t, err)
	defer unix.Close(fds[0])
	defer unix.Close(fds[1])
	s, err := clientCtx(t, testdata.ECDSA).NewSSL()
	must(t, err)
	defer s.Close()
	must(t, s.SetFd(fds[0]))
	if w, err := s.Connect(); w != ossl.WantRead {
		t.Fatal(w, err)
	}
	buf := make([]byte, 4096)
	n, err := unix.Read(fds[1], buf)
	must(t, err)
	return buf[:n]
}

// oldHello offers TLS 1.0 alone: the versions of TLS 1.3 go, because the type
// of their extension is changed, and the legacy version becomes 1.0.
func oldHello(hello []byte) []byte {
	old := bytes.Clone(hello)
	old[9], old[10] = 3, 1
	if i := bytes.Index(old, []byte{0, 43, 0}); i > 0 {
		old[i], old[i+1] = 0xfa, 0xfa
	}
	return old
}

// TestLoopCutHandshake cuts the connection after every byte of the client's
// handshake.
func TestLoopCutHandshake(t *testing.T) {
	addr, handlers := observedServer(t, nil)
	hello := clientHello(t)
	for n := range hello {
		c, err := net.Dial("tcp", addr.String())
		must(t, err)
		_, err = c.Write(hello[:n])
		must(t, err)
		c.Close()
		if err := (<-handlers).wait(); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Fatalf("after %d bytes: %v", n, err)
		}
	}
	checkEcho(t, addr)
}

// TestLoopTruncation tells a connection that is cut from one that is closed.
func TestLoopTruncation(t *testing.T) {
	addr, handlers := observedServer(t, nil)
	raw := rawDial(t, addr)
	stdClient(t, raw)
	must(t, raw.CloseWrite()) // Close would reset, with a ticket still unread
	if err := (<-handlers).wait(); !errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		t.Error(err)
	}
}

// TestLoopReset writes to a peer that resets: an error on that stream, and no
// fatal SIGPIPE.
func TestLoopReset(t *testing.T) {
	h := newHandler(t)
	ready := make(chan struct{})
	zeros := make([]byte, 64<<10)
	fill := func(s *Stream) {
		for {
			if _, err := s.Write(zeros); err != nil {
				return
			}
		}
	}
	h.open = func(s *Stream) { close(ready); fill(s) }
	h.writable = fill
	ln, err := startLoop(t, nil).Listen("tcp", "127.0.0.1:0", serverCtx(t, testdata.ECDSA), func(*Stream) Handler { return h })
	must(t, err)
	raw := rawDial(t, ln.Addr())
	stdClient(t, raw)
	<-ready
	must(t, raw.SetLinger(0))
	raw.Close()
	if err := h.wait(); !errors.Is(err, syscall.EPIPE) && !errors.Is(err, syscall.ECONNRESET) {
		t.Error(err)
	}
}

// relay passes bytes on both ways between a new connection to target and the
// one that comes in, one byte at a time.
func relay(t testing.TB, target net.Addr) net.Addr {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { ln.Close() })
	pass := func(dst, src *net.TCPConn) {
		buf := make([]byte, 1)
		for {
			n, err := src.Read(buf)
			if n > 0 {
				dst.Write(buf)
			}
			if err != nil {
				dst.CloseWrite()
				return
			}
		}
	}
	go func() {
		for {
			in, err := ln.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("tcp", target.String())
			if err != nil {
				in.Close()
				continue
			}
			go func() {
				defer in.Close()
				defer out.Close()
				back := make(chan struct{})
				go func() { pass(in.(*net.TCPConn), out.(*net.TCPConn)); close(back) }()
				pass(out.(*net.TCPConn), in.(*net.TCPConn))
				<-back
			}()
		}
	}()
	return ln.Addr()
}

// TestLoopByteByByte passes every byte of both directions one at a time, so
// that every step wants to read at every place.
func TestLoopByteByByte(t *testing.T) {
	for _, version := range []int{ossl.TLS1_2Version, ossl.TLS1_3Version} {
		addr := relay(t, echoServer(t, serverCtx(t, testdata.RSA), nil))
		ctx := clientCtx(t, testdata.RSA, func(c *ossl.Ctx) { must(t, c.SetMaxProtoVersion(version)) })
		exchange(t, addr, ctx, 5000, nil)
	}
}

// exchange sends n bytes through an echo server and closes. tune may change
// the client's stream first.
func exchange(t testing.TB, addr net.Addr, ctx *ossl.Ctx, n int, tune func(*Stream)) {
	t.Helper()
	payload := make([]byte, n)
	rand.Read(payload)
	rest := payload
	var got []byte
	h := newHandler(t)
	h.writable = func(s *Stream) {
		m, err := s.Write(rest)
		rest = rest[m:]
		if err != nil && !errors.Is(err, ErrQueueFull) {
			t.Error(err)
		}
	}
	h.open = func(s *Stream) {
		if tune != nil {
			tune(s)
		}
		h.writable(s)
	}
	h.data = func(s *Stream, p []byte) {
		if got = append(got, p...); len(got) >= n {
			s.Close()
		}
	}
	must(t, startLoop(t, nil).Dial(addr.Network(), addr.String(), ctx, &ClientOptions{ServerName: "localhost"}, h))
	if err := h.wait(); !errors.Is(err, net.ErrClosed) {
		t.Fatal(err)
	}
	if !bytes.Equal(got, payload) {
		t.Fatalf("%d bytes came back, not the %d that were sent", len(got), n)
	}
}

// TestLoopWithoutPartialWrites has a Ctx that nobody prepared for a loop.
func TestLoopWithoutPartialWrites(t *testing.T) {
	bare := func(c *ossl.Ctx) { c.ClearMode(ossl.ModeEnablePartialWrite) }
	address := filepath.Join(t.TempDir(), "echo")
	ln, err := startLoop(t, nil).Listen("unix", address, serverCtx(t, testdata.ECDSA, bare), func(*Stream) Handler { return new(echo) })
	must(t, err)
	exchange(t, ln.Addr(), clientCtx(t, testdata.ECDSA, bare), 8<<20, nil)
}

// TestLoopSmallBuffers has sockets that hold next to nothing, and the smallest
// queue: writes are partial all the time, in both directions at once. Over TCP
// the smallest windows take 40 ms for every few KB, so less goes that way.
func TestLoopSmallBuffers(t *testing.T) {
	small := func(s *Stream) {
		must(t, unix.SetsockoptInt(s.Fd(), unix.SOL_SOCKET, unix.SO_SNDBUF, 1))
		must(t, unix.SetsockoptInt(s.Fd(), unix.SOL_SOCKET, unix.SO_RCVBUF, 1))
	}
	cfg := &LoopConfig{WriteQueue: minWriteQueue}
	for network, tt := range map[string]struct {
		address string
		bytes   int
	}{
		"tcp":  {"127.0.0.1:0", 32 << 10},
		"unix": {filepath.Join(t.TempDir(), "echo"), 1 << 20},
	} {
		t.Run(network, func(t *testing.T) {
			ln, err := startLoop(t, cfg).Listen(network, tt.address, serverCtx(t, testdata.ECDSA), func(s *Stream) Handler {
				small(s)
				return new(echo)
			})
			must(t, err)
			exchange(t, ln.Addr(), clientCtx(t, testdata.ECDSA), tt.bytes, small)
		})
	}
}
