package bridge

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// TestLoopTimeouts lets each deadline pass: the reason names it, and a busy
// stream beside it lives on.
func TestLoopTimeouts(t *testing.T) {
	for _, tt := range []struct {
		name string
		cfg  LoopConfig
		peer func(t *testing.T, raw *net.TCPConn)
		open func(s *Stream)
		want error
	}{
		{
			"handshake", LoopConfig{HandshakeTimeout: 50 * time.Millisecond},
			func(_ *testing.T, raw *net.TCPConn) { raw.Write([]byte{22, 3, 1}) }, nil, ErrHandshakeTimeout,
		},
		{
			"idle", LoopConfig{IdleTimeout: 50 * time.Millisecond},
			func(t *testing.T, raw *net.TCPConn) { stdClient(t, raw) }, nil, ErrIdleTimeout,
		},
		{
			"write", LoopConfig{WriteTimeout: 50 * time.Millisecond},
			func(t *testing.T, raw *net.TCPConn) { stdClient(t, raw) },
			func(s *Stream) {
				unix.SetsockoptInt(s.Fd(), unix.SOL_SOCKET, unix.SO_SNDBUF, 1)
				for err := error(nil); err == nil; _, err = s.Write(make([]byte, 64<<10)) {
				}
			}, ErrWriteTimeout,
		},
		{
			"close", LoopConfig{CloseTimeout: 50 * time.Millisecond},
			func(t *testing.T, raw *net.TCPConn) { stdClient(t, raw) }, (*Stream).Close, net.ErrClosed,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := newHandler(t)
			h.open = tt.open
			ln, err := startLoop(t, &tt.cfg).Listen("tcp", "127.0.0.1:0", serverCtx(t, testdata.ECDSA), func(*Stream) Handler { return h })
			must(t, err)
			began := time.Now()
			tt.peer(t, rawDial(t, ln.Addr()))
			err = h.wait()
			if !errors.Is(err, tt.want) {
				t.Errorf("closed with %v, not %v", err, tt.want)
			}
			var ne net.Error
			if tt.want != net.ErrClosed && (!errors.As(err, &ne) || !ne.Timeout() || !errors.Is(err, os.ErrDeadlineExceeded)) {
				t.Errorf("%v is no timeout", err)
			}
			if d := time.Since(began); d < 50*time.Millisecond {
				t.Errorf("after %v already", d)
			}
		})
	}
}

// TestLoopIdleTimeoutMoves keeps a stream alive past its idle timeout by
// traffic.
func TestLoopIdleTimeoutMoves(t *testing.T) {
	addr, handlers := observedServer(t, &LoopConfig{IdleTimeout: 300 * time.Millisecond})
	tc := stdClient(t, rawDial(t, addr))
	tick := time.NewTicker(60 * time.Millisecond)
	defer tick.Stop()
	buf := make([]byte, 1)
	for range 10 {
		<-tick.C
		if _, err := tc.Write(buf); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(tc, buf); err != nil {
			t.Fatal(err)
		}
	}
	if err := (<-handlers).wait(); !errors.Is(err, ErrIdleTimeout) {
		t.Error(err)
	}
}

// TestLoopOutOfDescriptors takes every descriptor away: accept reports it with
// a hint, the streams that are there go on, and when one ends the connection
// that waited is served.
func TestLoopOutOfDescriptors(t *testing.T) {
	errs := make(chan error, 64)
	addr, handlers := observedServer(t, &LoopConfig{OnError: func(err error) {
		select {
		case errs <- err:
		default:
		}
	}})
	first := stdClient(t, rawDial(t, addr))
	waiting := rawDialLater(t, addr)

	free := takeDescriptors(t)
	raw := waiting()
	err := <-errs
	if !errors.Is(err, syscall.EMFILE) || !strings.Contains(err.Error(), "ulimit -n") {
		t.Errorf("accept failed with %v", err)
	}
	if _, err := first.Write([]byte("x")); err != nil {
		t.Error(err)
	}
	if _, err := io.ReadFull(first, make([]byte, 1)); err != nil {
		t.Error("a stream that was there does not go on: ", err)
	}
	first.Close()
	if err := (<-handlers).wait(); err != io.EOF {
		t.Error(err)
	}
	tc := stdClient(t, raw)
	free()
	tc.Close()
	if err := (<-handlers).wait(); err != io.EOF {
		t.Error(err)
	}
	checkEcho(t, addr)
}

// rawDialLater makes the socket now and connects it when called.
func rawDialLater(t *testing.T, addr net.Addr) func() *net.TCPConn {
	t.Helper()
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	must(t, err)
	return func() *net.TCPConn {
		to := addr.(*net.TCPAddr).AddrPort()
		sa := &unix.SockaddrInet4{Port: int(to.Port()), Addr: to.Addr().As4()}
		must(t, unix.Connect(fd, sa))
		f := os.NewFile(uintptr(fd), "later")
		// FileConn duplicates the descriptor, for which one place is made.
		must(t, unix.Setrlimit(unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: uint64(limitNow(t)) + 1, Max: hardLimit(t)}))
		c, err := net.FileConn(f)
		must(t, err)
		f.Close()
		// The place of the first descriptor is taken again.
		must(t, unix.Setrlimit(unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: uint64(fd), Max: hardLimit(t)}))
		t.Cleanup(func() { c.Close() })
		must(t, c.SetDeadline(time.Now().Add(20*time.Second)))
		return c.(*net.TCPConn)
	}
}

func limitNow(t *testing.T) int {
	var lim unix.Rlimit
	must(t, unix.Getrlimit(unix.RLIMIT_NOFILE, &lim))
	return int(lim.Cur)
}

func hardLimit(t *testing.T) uint64 {
	var lim unix.Rlimit
	must(t, unix.Getrlimit(unix.RLIMIT_NOFILE, &lim))
	return lim.Max
}

// takeDescriptors lowers the limit on open files to those that are open, until
// the function that it returns is called.
func takeDescriptors(t *testing.T) func() {
	t.Helper()
	var old unix.Rlimit
	must(t, unix.Getrlimit(unix.RLIMIT_NOFILE, &old))
	var taken []int
	fill := func() {
		for {
			fd, err := unix.FcntlInt(0, unix.F_DUPFD_CLOEXEC, 0)
			if err != nil {
				return
			}
			taken = append(taken, fd)
		}
	}
	fd, err := unix.FcntlInt(0, unix.F_DUPFD_CLOEXEC, 0)
	must(t, err)
	unix.Close(fd)
	must(t, unix.Setrlimit(unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: uint64(fd), Max: old.Max}))
	fill()
	free := func() {
		for _, fd := range taken {
			unix.Close(fd)
		}
		taken = nil
		unix.Setrlimit(unix.RLIMIT_NOFILE, &old)
	}
	t.Cleanup(free)
	return free
}

// TestLoopBackPressure fills a stream's queue: Write takes no more than its
// bound, says so, and Writable comes when half is gone.
func TestLoopBackPressure(t *testing.T) {
	const limit = 64 << 10
	h := newHandler(t)
	filled, roomy := make(chan int, 1), make(chan int, 1)
	h.open = func(s *Stream) {
		unix.SetsockoptInt(s.Fd(), unix.SOL_SOCKET, unix.SO_SNDBUF, 1)
		for {
			if n, err := s.Write(make([]byte, 1000)); errors.Is(err, ErrQueueFull) {
				if n == 1000 {
					t.Error("ErrQueueFull although everything was taken")
				}
				break
			} else if err != nil {
				t.Error(err)
				break
			}
		}
		if n, err := s.Write([]byte("more")); n != 0 || !errors.Is(err, ErrQueueFull) {
			t.Errorf("a full queue took %d bytes, %v", n, err)
		}
		filled <- s.Queued()
	}
	h.writable = func(s *Stream) { roomy <- s.Queued(); s.Abort(nil) }
	ln, err := startLoop(t, &LoopConfig{WriteQueue: limit}).Listen("tcp", "127.0.0.1:0", serverCtx(t, testdata.ECDSA), func(*Stream) Handler { return h })
	must(t, err)
	tc := stdClient(t, rawDial(t, ln.Addr()))
	if n := <-filled; n != limit {
		t.Errorf("%d bytes are queued, the bound is %d", n, limit)
	}
	io.Copy(io.Discard, tc)
	if n := <-roomy; n > limit/2 {
		t.Errorf("Writable with %d bytes still queued", n)
	}
	if err := h.wait(); !errors.Is(err, net.ErrClosed) {
		t.Error(err)
	}
}

// halfCloser goes on writing after the peer's close_notify.
type halfCloser struct{ *handler }

func (h halfCloser) EOF(s *Stream) {
	s.Write([]byte("what you sent is complete"))
	s.Close()
}

// TestLoopHalfClose has one side finish writing and read on.
func TestLoopHalfClose(t *testing.T) {
	server := halfCloser{newHandler(t)}
	l := startLoop(t, nil)
	ln, err := l.Listen("tcp", "127.0.0.1:0", serverCtx(t, testdata.ECDSA), func(*Stream) Handler { return server })
	must(t, err)
	client := newHandler(t)
	var got []byte
	client.open = func(s *Stream) {
		s.Write([]byte("all I have"))
		s.CloseWrite()
		if _, err := s.Write([]byte("more")); !errors.Is(err, net.ErrClosed) {
			t.Error("Write after CloseWrite: ", err)
		}
	}
	client.data = func(_ *Stream, p []byte) { got = append(got, p...) }
	must(t, l.Dial("tcp", ln.Addr().String(), clientCtx(t, testdata.ECDSA), &ClientOptions{ServerName: "localhost"}, client))
	if err := client.wait(); err != io.EOF || string(got) != "what you sent is complete" {
		t.Errorf("%q, %v", got, err)
	}
	if err := server.wait(); !errors.Is(err, net.ErrClosed) {
		t.Error(err)
	}
}

// TestLoopFair has one stream that always has data: another's small echoes
// keep coming.
func TestLoopFair(t *testing.T) {
	ln, err := startLoop(t, nil).Listen("tcp", "127.0.0.1:0", serverCtx(t, testdata.ECDSA), func(*Stream) Handler {
		h := newHandler(t)
		h.data = func(s *Stream, p []byte) {
			if len(p) == 1 { // the flood is discarded
				s.Write(p)
			}
		}
		return h
	})
	must(t, err)
	greedy := stdClient(t, rawDial(t, ln.Addr()))
	stop := make(chan struct{})
	go func() {
		zeros := make([]byte, 64<<10)
		for {
			select {
			case <-stop:
				return
			default:
				if _, err := greedy.Write(zeros); err != nil {
					return
				}
			}
		}
	}()
	tc := stdClient(t, rawDial(t, ln.Addr()))
	buf := make([]byte, 1)
	began := time.Now()
	for range 200 {
		if _, err := tc.Write(buf); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(tc, buf); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("200 echoes beside a flood in %v", time.Since(began))
	close(stop)
}

// TestLoopShutdown closes every stream gracefully and refuses what comes
// after.
func TestLoopShutdown(t *testing.T) {
	l, err := NewLoop(nil)
	must(t, err)
	done := make(chan error, 1)
	go func() { done <- l.Run() }()
	h := newHandler(t)
	open := make(chan struct{})
	h.open = func(*Stream) { close(open) }
	ln, err := l.Listen("tcp", "127.0.0.1:0", serverCtx(t, testdata.ECDSA), func(*Stream) Handler { return h })
	must(t, err)
	tc := stdClient(t, rawDial(t, ln.Addr()))
	<-open
	go func() {
		if _, err := io.ReadAll(tc); err != nil {
			t.Error("not an orderly end: ", err)
		}
		tc.Close()
	}()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	must(t, l.Shutdown(ctx))
	must(t, <-done)
	if err := h.wait(); !errors.Is(err, net.ErrClosed) {
		t.Error(err)
	}
	if err := l.Post(func() { t.Error("ran after the end") }); !errors.Is(err, net.ErrClosed) {
		t.Error(err)
	}
	if c, err := net.Dial("tcp", ln.Addr().String()); err == nil {
		c.Close()
		t.Error("the port is still open")
	}
	must(t, l.Close())
}

// TestLoopShutdownDeadline ends at once what does not end by itself.
func TestLoopShutdownDeadline(t *testing.T) {
	l := startLoop(t, nil)
	h := newHandler(t)
	open := make(chan struct{})
	h.open = func(*Stream) { close(open) }
	ln, err := l.Listen("tcp", "127.0.0.1:0", serverCtx(t, testdata.ECDSA), func(*Stream) Handler { return h })
	must(t, err)
	stdClient(t, rawDial(t, ln.Addr())) // which never answers again
	<-open
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := l.Shutdown(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	if err := h.wait(); !errors.Is(err, net.ErrClosed) {
		t.Error(err)
	}
}

// TestLoopUnused closes loops that never ran.
func TestLoopUnused(t *testing.T) {
	l, err := NewLoop(nil)
	must(t, err)
	ln, err := l.Listen("tcp", "127.0.0.1:0", serverCtx(t, testdata.ECDSA), func(*Stream) Handler { return new(echo) })
	must(t, err)
	h := newHandler(t)
	must(t, l.Dial("tcp", ln.Addr().String(), clientCtx(t, testdata.ECDSA), nil, h))
	must(t, l.Close())
	if err := h.wait(); !errors.Is(err, net.ErrClosed) {
		t.Error(err)
	}
	must(t, l.Run())
	must(t, l.Shutdown(t.Context()))
}

// TestLoopPost runs posts in order, on the loop, from many goroutines.
func TestLoopPost(t *testing.T) {
	l := startLoop(t, nil)
	const each, posters = 1000, 8
	var last [posters]int
	sum := make(chan int)
	total := 0
	for p := range posters {
		go func() {
			for i := 1; i <= each; i++ {
				if err := l.Post(func() {
					if last[p] != i-1 {
						t.Errorf("post %d of %d came after %d", i, p, last[p])
					}
					last[p] = i
					if total++; total == each*posters {
						sum <- total
					}
				}); err != nil {
					t.Error(err)
				}
			}
		}()
	}
	select {
	case <-sum:
	case <-time.After(20 * time.Second):
		t.Fatal("posts were lost")
	}
}

// TestLoopDialErrors has dialling fail in every way: the reason arrives by
// Closed, or at once where the address itself is wrong.
func TestLoopDialErrors(t *testing.T) {
	l := startLoop(t, &LoopConfig{HandshakeTimeout: 5 * time.Second})
	ctx := clientCtx(t, testdata.ECDSA)
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	closed.Close()
	plain, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer plain.Close()
	go func() {
		for {
			c, err := plain.Accept()
			if err != nil {
				return
			}
			io.WriteString(c, "220 mail.example ESMTP\r\n")
			defer c.Close()
		}
	}()
	for _, tt := range []struct {
		network, address string
		is               error
		says             string
	}{
		{"tcp", closed.Addr().String(), syscall.ECONNREFUSED, "nothing listens"},
		{"tcp", plain.Addr().String(), ossl.ReasonWrongVersionNumber, "STARTTLS"},
		{"tcp", "host.invalid:443", nil, "host.invalid"},
		{"unix", "/nonexistent/socket", syscall.ENOENT, "no such file"},
	} {
		h := newHandler(t)
		must(t, l.Dial(tt.network, tt.address, ctx, &ClientOptions{ServerName: "localhost"}, h))
		err := h.wait()
		if tt.is != nil && !errors.Is(err, tt.is) || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("dialling %s ended with %v", tt.address, err)
		}
	}
	busy, err := l.Listen("tcp", "127.0.0.1:0", serverCtx(t, testdata.ECDSA), func(*Stream) Handler { return new(echo) })
	must(t, err)
	if _, err := l.Listen("tcp", busy.Addr().String(), ctx, func(*Stream) Handler { return nil }); !errors.Is(err, syscall.EADDRINUSE) {
		t.Error("listening twice: ", err)
	}
	if _, err := l.Listen("tcp", "127.0.0.1:0", ctx, nil); !errors.Is(err, errNoHandler) {
		t.Error("listening for nobody: ", err)
	}
	if err := l.Dial("tcp", busy.Addr().String(), ctx, nil, nil); !errors.Is(err, errNoHandler) {
		t.Error("dialling for nobody: ", err)
	}
	for _, tt := range []struct{ network, address string }{{"tcp", "nothing"}, {"udp", "127.0.0.1:1"}, {"tcp6", "127.0.0.1:1"}, {"tcp", "127.0.0.1:http-of-no-kind"}} {
		if err := l.Dial(tt.network, tt.address, ctx, nil, newHandler(t)); err == nil {
			t.Errorf("%s %s is an address", tt.network, tt.address)
		}
	}
}
