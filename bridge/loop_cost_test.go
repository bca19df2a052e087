package bridge

import (
	"bytes"
	"crypto/tls"
	"io"
	"net"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// steppedPair is an open echo stream on a loop that the test turns by hand,
// and the client's SSL at the other end of a socket pair.
func steppedPair(t testing.TB) (*Loop, *ossl.SSL) {
	t.Helper()
	p := newStepped(t)
	client := p.handshake(t)
	t.Cleanup(client.Close)
	return p.loop, client
}

// stepped is a loop that the test turns by hand, and what it takes to give it
// streams.
type stepped struct {
	loop           *Loop
	client, server *ossl.Ctx
	fds            []int // the clients' ends
}

func newStepped(t testing.TB) *stepped {
	t.Helper()
	l, err := NewLoop(nil)
	must(t, err)
	l.owner = new(owner)
	// With a timer already there, no goroutine stands by to take the loop over.
	l.ticks, err = unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC)
	must(t, err)
	l.timer = os.NewFile(uintptr(l.ticks), "timer")
	p := &stepped{loop: l, client: clientCtx(t, testdata.ECDSA)}
	p.server = serverCtx(t, testdata.ECDSA, func(c *ossl.Ctx) { must(t, c.SetNumTickets(0)) })
	t.Cleanup(func() {
		l.Close()
		for _, fd := range p.fds {
			unix.Close(fd)
		}
	})
	return p
}

// steppedEcho is the handler of those streams.
type steppedEcho struct{ open, closed bool }

func (h *steppedEcho) HandshakeDone(*Stream)     { h.open = true }
func (h *steppedEcho) Data(s *Stream, p []byte)  { s.Write(p) }
func (h *steppedEcho) Writable(*Stream)          {}
func (h *steppedEcho) Closed(_ *Stream, _ error) { h.closed = true }

// handshake is one more stream, and the client's SSL, which the caller closes.
func (p *stepped) handshake(t testing.TB) *ossl.SSL {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	must(t, err)
	p.fds = append(p.fds, fds[1])
	client, err := p.client.NewSSL()
	must(t, err)
	must(t, client.SetFd(fds[1]))
	must(t, client.Set1Host("localhost"))
	server, err := p.server.NewServerSSL(fds[0], streamMode)
	must(t, err)
	h := new(steppedEcho)
	must(t, p.loop.Add(fds[0], server, h))
	for !h.open {
		if _, err := client.Connect(); err != nil {
			t.Fatal(err)
		}
		p.turn(t)
	}
	return client
}

// turn is a turn of the loop, and the hooks that it asks.
func (p *stepped) turn(t testing.TB) {
	must(t, p.loop.once())
	if !p.loop.letAnswer() {
		t.Fatal("a hook that answers at once has had the loop taken from this goroutine")
	}
}

// TestLoopRoundAllocs has an echo round allocate nothing.
func TestLoopRoundAllocs(t *testing.T) {
	if sanitized {
		t.Skip("sanitizers allocate")
	}
	l, client := steppedPair(t)
	buf := make([]byte, 64)
	round := func() { echoRound(t, l, client, buf) }
	round()
	if n := testing.AllocsPerRun(200, round); n != 0 {
		t.Errorf("%v allocations in a round", n)
	}
}

func echoRound(t testing.TB, l *Loop, client *ossl.SSL, buf []byte) {
	if n, w, err := client.Write(buf); n != len(buf) {
		t.Fatal(n, w, err)
	}
	must(t, l.once())
	if n, w, err := client.Read(buf); n != len(buf) {
		t.Fatal(n, w, err)
	}
}

// TestLoopResidentSize shakes hands, exchanges bytes and closes 10,000 times to
// let the allocators settle, and 10,000 times more: the resident size stays
// flat.
func TestLoopResidentSize(t *testing.T) {
	if testing.Short() || sanitized {
		t.Skip("20,000 handshakes say nothing under a sanitizer, and take too long with -short")
	}
	// What other tests leave to the allocators would blur the figures.
	const alone = "BRIDGE_TEST_ALONE"
	if os.Getenv(alone) == "" {
		t.Log(runAgain(t, alone+"=1"))
		return
	}
	addr := echoServer(t, serverCtx(t, testdata.ECDSA), nil)
	const settled, window, each, workers = 10, 10, 1000, 16
	// The session is resumed, so that most of the time is not spent on keys.
	cfg := &tls.Config{InsecureSkipVerify: true, ClientSessionCache: tls.NewLRUClientSessionCache(1)}
	var sizes []int
	// A leak goes on, and what the allocators do on a busy machine ends.
	for attempt, slope := 1, 0.0; attempt <= 3; attempt++ {
		for len(sizes) < settled+attempt*window {
			var wg sync.WaitGroup
			for range workers {
				wg.Go(func() {
					for range each / workers {
						if err := oneEcho(addr, cfg); err != nil {
							t.Error(err)
							return
						}
					}
				})
			}
			wg.Wait()
			debug.FreeOSMemory()
			sizes = append(sizes, residentKB(t))
		}
		slope = slopeOf(sizes[len(sizes)-window:])
		t.Logf("resident KB after each 1,000 connections: %v; slope at the end %.1f KB per 1,000", sizes, slope)
		if slope <= 200 {
			return
		}
	}
	t.Error("the resident size grows with each connection")
}

func oneEcho(addr net.Addr, cfg *tls.Config) error {
	c, err := tls.Dial("tcp", addr.String(), cfg)
	if err != nil {
		return err
	}
	defer c.Close()
	if _, err := c.Write([]byte("hello")); err != nil {
		return err
	}
	_, err = io.ReadFull(c, make([]byte, 5))
	return err
}

func residentKB(t testing.TB) int {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	must(t, err)
	for line := range bytes.Lines(status) {
		if rest, ok := strings.CutPrefix(string(line), "VmRSS:"); ok {
			n, err := strconv.Atoi(strings.Fields(rest)[0])
			must(t, err)
			return n
		}
	}
	t.Fatal("no VmRSS in /proc/self/status")
	return 0
}

// slopeOf is the slope of the line nearest to ys by least squares.
func slopeOf(ys []int) float64 {
	var sx, sy, sxx, sxy float64
	for i, y := range ys {
		x := float64(i)
		sx, sy, sxx, sxy = sx+x, sy+float64(y), sxx+x*x, sxy+x*float64(y)
	}
	n := float64(len(ys))
	return (n*sxy - sx*sy) / (n*sxx - sx*sx)
}

// TestLoopReusePort has two loops share a port, and both get connections.
func TestLoopReusePort(t *testing.T) {
	ctx := serverCtx(t, testdata.ECDSA)
	var counts [2]int
	var mu sync.Mutex
	address := "127.0.0.1:0"
	for i := range counts {
		ln, err := startLoop(t, nil).ListenReusePort("tcp", address, ctx, func(*Stream) Handler {
			mu.Lock()
			defer mu.Unlock()
			counts[i]++
			return new(echo)
		})
		must(t, err)
		address = ln.Addr().String()
	}
	cfg := &tls.Config{InsecureSkipVerify: true}
	addr, err := net.ResolveTCPAddr("tcp", address)
	must(t, err)
	for range 64 {
		must(t, oneEcho(addr, cfg))
	}
	mu.Lock()
	defer mu.Unlock()
	if counts[0] == 0 || counts[1] == 0 {
		t.Errorf("64 connections went %v", counts)
	}
}

// TestLoopHolds holds many connections at once, up to what the limit on open
// files allows, and says what one costs.
func TestLoopHolds(t *testing.T) {
	if testing.Short() || sanitized {
		t.Skip("10,000 connections say nothing under a sanitizer, and take too long with -short")
	}
	var lim unix.Rlimit
	must(t, unix.Getrlimit(unix.RLIMIT_NOFILE, &lim))
	n := min(10_000, (int(lim.Cur)-200)/2)
	if n < 10_000 {
		t.Logf("only %d connections: the limit on open files is %d", n, lim.Cur)
	}
	server := startLoop(t, nil)
	ln, err := server.Listen("tcp", "127.0.0.1:0", serverCtx(t, testdata.ECDSA), func(*Stream) Handler { return new(echo) })
	must(t, err)
	client := startLoop(t, nil)
	ctx := clientCtx(t, testdata.ECDSA)
	before := residentKB(t)
	opened := make(chan *Stream, n)
	for range n {
		h := newHandler(t)
		h.open = func(s *Stream) { opened <- s }
		must(t, client.Dial("tcp", ln.Addr().String(), ctx, &ClientOptions{ServerName: "localhost"}, h))
	}
	for range n {
		<-opened
	}
	t.Logf("%d connections with both ends in this process: %d bytes resident for each pair", n, (residentKB(t)-before)*1024/n)
	must(t, oneEcho(ln.Addr(), &tls.Config{InsecureSkipVerify: true}))
}
