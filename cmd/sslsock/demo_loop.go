package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/sslsock/sslsock/bridge"
	"github.com/sslsock/sslsock/ossl"
)

func (a *actor) newLoop() (*bridge.Loop, error) {
	return bridge.NewLoop(&bridge.LoopConfig{HandshakeTimeout: demoPatience, IdleTimeout: demoPatience, WriteTimeout: demoPatience})
}

func (a *actor) loopServer() error {
	ctx, err := a.serverConfig().NewServerCtx()
	if err != nil {
		return err
	}
	defer ctx.Close()
	l, err := a.newLoop()
	if err != nil {
		return err
	}
	defer l.Close()
	h := &loopActor{actor: a, loop: l}
	ln, err := l.Listen("tcp", a.plan.Addr, ctx, h.accept)
	if err != nil {
		return listenError(a.plan.Addr, err)
	}
	a.step("bind")
	a.step("listen")
	a.event(event{Kind: eventReady, Text: ln.Addr().String()})
	return errors.Join(l.Run(), h.err)
}

func (a *actor) loopClient() error {
	ctx, err := a.clientCtx()
	if err != nil {
		return err
	}
	defer ctx.Close()
	l, err := a.newLoop()
	if err != nil {
		return err
	}
	defer l.Close()
	h := &loopActor{actor: a, loop: l}
	opts := &bridge.ClientOptions{ServerName: a.plan.ServerName}
	if err := l.Dial("tcp", a.plan.Addr, ctx, opts, h); err != nil {
		return err
	}
	return errors.Join(l.Run(), h.err)
}

// loopActor is the handler of either side. What one of them has to do next
// follows from what has happened, never from waiting.
type loopActor struct {
	*actor
	loop  *bridge.Loop
	begun bool
	ended bool
	err   error

	line  []byte // the peer's greeting or answer, as far as it has come
	heard bool   // all of it
	out   *outbound
	rest  []byte // of out, for which the queue had no room
	in    *inbound
	told  bool // account
}

// accept takes the one connection that the demo is about.
func (h *loopActor) accept(s *bridge.Stream) bridge.Handler {
	if h.begun {
		return nil
	}
	h.step("accept")
	h.begin(s)
	h.await() // on the loop's goroutine, which has nothing else to do
	return h
}

// begin reports what has been done to a stream before its first step.
func (h *loopActor) begin(s *bridge.Stream) {
	h.begun = true
	if s.SSL().GetFd() == s.Fd() {
		h.say("SSL_set_fd")
	}
}

// Trace comes after each step. The loop connects by itself, so on the client
// the first step is the first that is heard of the stream.
func (h *loopActor) Trace(s *bridge.Stream, op string, w ossl.Want, err error) {
	first := !h.begun
	if first {
		h.step("connect")
		h.begin(s)
		if x, err := s.SSL().Get1PeerCertificate(); err != nil {
			h.say("no cert")
		} else {
			x.Close()
		}
	}
	h.trace(op, w, err)
	if first && err == nil {
		h.await()
	}
}

// HandshakeDone has the server speak first.
func (h *loopActor) HandshakeDone(s *bridge.Stream) {
	st := s.ConnectionState()
	h.introduce(&st)
	if h.role == roleServer {
		h.speak(s, greeting)
	}
}

// speak sends one line, which the queue has room for, and then the payload.
func (h *loopActor) speak(s *bridge.Stream, text string) {
	h.say("sends %q", text)
	if _, err := io.WriteString(s, text+"\n"); err != nil {
		h.abort(s, err)
		return
	}
	if h.plan.Payload == "" {
		return
	}
	out, err := h.openPayload()
	if err != nil {
		h.abort(s, err)
		return
	}
	h.out, h.in = out, newInbound()
	h.pump(s)
}

// Data takes the peer's line, and then its payload.
func (h *loopActor) Data(s *bridge.Stream, p []byte) {
	if !h.heard {
		if p = h.listen(s, p); !h.heard {
			return
		}
	}
	if h.in == nil && len(p) > 0 {
		h.abort(s, fmt.Errorf("%d bytes that nobody announced", len(p)))
		return
	}
	if h.in != nil {
		if err := h.in.take(p); err != nil {
			h.abort(s, err)
			return
		}
	}
	h.proceed(s)
}

// listen takes the peer's line off the front of p.
func (h *loopActor) listen(s *bridge.Stream, p []byte) []byte {
	line, rest, found := bytes.Cut(p, []byte{'\n'})
	h.line = append(h.line, line...)
	if !found {
		return nil
	}
	h.heard = true
	h.say("received %q", h.line)
	if h.role == roleClient {
		h.speak(s, answer)
	}
	return rest
}

// pumpBurst bounds what one turn sends, because a fast peer never fills the
// queue and reading has to have its turn.
const pumpBurst = 8

// pump sends the payload until the queue is full.
func (h *loopActor) pump(s *bridge.Stream) {
	buf := make([]byte, 64<<10)
	for range pumpBurst {
		if len(h.rest) == 0 {
			n, err := h.out.Read(buf)
			if err == io.EOF { //nolint:errorlint // as io.Reader returns it
				_ = h.out.file.Close()
				h.out.file = nil
				h.proceed(s)
				return
			}
			if err != nil {
				h.abort(s, err)
				return
			}
			h.rest = buf[:n]
		}
		n, err := s.Write(h.rest)
		h.rest = h.rest[n:]
		if err != nil {
			h.rest = bytes.Clone(h.rest)
			return // Writable or Closed comes
		}
	}
	// The error means that the loop has ended, and the stream with it.
	_ = h.loop.Post(func() {
		if !h.ended {
			h.pump(s)
		}
	})
}

// Writable goes on with the payload.
func (h *loopActor) Writable(s *bridge.Stream) { h.pump(s) }

// proceed has the client close when all has passed both ways.
func (h *loopActor) proceed(s *bridge.Stream) {
	if !h.finished() {
		return
	}
	if h.out != nil && !h.told {
		h.told = true
		h.account(h.out, h.in)
	}
	if h.role == roleClient {
		s.Close()
	}
}

func (h *loopActor) finished() bool {
	return h.heard && (h.out == nil || h.out.file == nil && h.in.complete())
}

// EOF is the client's close_notify, or an early one of the server's.
func (h *loopActor) EOF(s *bridge.Stream) {
	if !h.finished() {
		h.abort(s, errors.New("the peer closed before all had passed"))
		return
	}
	s.Close()
}

func (h *loopActor) abort(s *bridge.Stream, err error) {
	h.err = errors.Join(h.err, err)
	s.Abort(err)
}

// Closed ends the loop, and with it the process.
func (h *loopActor) Closed(s *bridge.Stream, err error) {
	h.ended = true
	if h.err == nil && !errors.Is(err, net.ErrClosed) {
		h.err = &connError{err}
	}
	if h.err == nil {
		h.err = h.goodbye(s.SSL().GetShutdown())
	}
	h.loop.Stop()
}
