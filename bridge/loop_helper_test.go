package bridge

import (
	"errors"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// serverCtx is a server's Ctx with the chain given.
func serverCtx(t testing.TB, chain testdata.Chain, set ...func(*ossl.Ctx)) *ossl.Ctx {
	t.Helper()
	return newCtx(t, ossl.TLSServerMethod(), append([]func(*ossl.Ctx){func(c *ossl.Ctx) {
		must(t, c.UseCertificateChainFile(testdata.Path(chain.Cert)))
		must(t, c.UsePrivateKeyFile(testdata.Path(chain.Key), ossl.FiletypePEM))
	}}, set...))
}

// clientCtx is a client's Ctx that trusts and verifies the chain given.
func clientCtx(t testing.TB, chain testdata.Chain, set ...func(*ossl.Ctx)) *ossl.Ctx {
	t.Helper()
	return newCtx(t, ossl.TLSClientMethod(), append([]func(*ossl.Ctx){func(c *ossl.Ctx) {
		must(t, c.LoadVerifyFile(testdata.Path(chain.Roots)))
		c.SetVerify(ossl.VerifyPeer)
	}}, set...))
}

func newCtx(t testing.TB, m ossl.Method, set []func(*ossl.Ctx)) *ossl.Ctx {
	t.Helper()
	c, err := ossl.NewCtx(m)
	must(t, err)
	t.Cleanup(c.Close)
	must(t, c.SetMinProtoVersion(ossl.TLS1_2Version))
	c.SetOptions(ossl.OpNoRenegotiation)
	c.SetMode(ossl.ModeReleaseBuffers | ossl.ModeEnablePartialWrite)
	c.SetReadAhead(true)
	c.SetSessionCacheMode(ossl.SessCacheOff)
	for _, f := range set {
		f(c)
	}
	return c
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// startLoop runs a loop until the test ends.
func startLoop(t testing.TB, cfg *LoopConfig) *Loop {
	t.Helper()
	l, err := NewLoop(cfg)
	must(t, err)
	done := make(chan error, 1)
	go func() { done <- l.Run() }()
	t.Cleanup(func() {
		must(t, l.Close())
		must(t, <-done)
	})
	return l
}

// handler is a Handler of functions; those left out do nothing. It checks the
// order of the calls, and closed gets the reason.
type handler struct {
	t        testing.TB
	open     func(*Stream)
	data     func(*Stream, []byte)
	writable func(*Stream)
	closed   chan error

	mu    sync.Mutex
	state string
}

func newHandler(t testing.TB) *handler { return &handler{t: t, closed: make(chan error, 1)} }

func (h *handler) to(from, to string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.state != from && from != "any" || h.state == "closed" {
		h.t.Errorf("handler called for %q in state %q", to, h.state)
	}
	if to != "" {
		h.state = to
	}
}

func (h *handler) HandshakeDone(s *Stream) {
	h.to("", "open")
	if h.open != nil {
		h.open(s)
	}
}

func (h *handler) Data(s *Stream, p []byte) {
	h.to("open", "")
	if len(p) == 0 {
		h.t.Error("Data without bytes")
	}
	if h.data != nil {
		h.data(s, p)
	}
}

func (h *handler) Writable(s *Stream) {
	h.to("open", "")
	if h.writable != nil {
		h.writable(s)
	}
}

func (h *handler) Closed(_ *Stream, err error) {
	h.to("any", "closed")
	if err == nil {
		h.t.Error("Closed without a reason")
	}
	h.closed <- err
}

// wait is the reason that the stream was closed with.
func (h *handler) wait() error {
	h.t.Helper()
	select {
	case err := <-h.closed:
		return err
	case <-time.After(20 * time.Second):
		h.t.Fatal("the stream was not closed within 20 s")
		return nil
	}
}

// echo writes back what it gets, with the back-pressure that this takes.
type echo struct {
	rest []byte
	done chan error
}

func (*echo) HandshakeDone(*Stream) {}

func (e *echo) Data(s *Stream, p []byte) {
	n, err := s.Write(p)
	if errors.Is(err, ErrQueueFull) {
		e.rest = append(e.rest, p[n:]...)
		s.PauseReading()
	}
}

func (e *echo) Writable(s *Stream) {
	n, err := s.Write(e.rest)
	e.rest = e.rest[n:]
	if err == nil {
		e.rest = nil
		s.ResumeReading()
	}
}

func (e *echo) Closed(_ *Stream, err error) {
	if e.done != nil {
		e.done <- err
	}
}

// echoServer listens on a loop of its own and returns the address.
func echoServer(t testing.TB, ctx *ossl.Ctx, cfg *LoopConfig) net.Addr {
	t.Helper()
	l := startLoop(t, cfg)
	ln, err := l.Listen("tcp", "127.0.0.1:0", ctx, func(*Stream) Handler { return new(echo) })
	must(t, err)
	return ln.Addr()
}
