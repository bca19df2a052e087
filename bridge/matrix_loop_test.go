package bridge

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"testing"

	"github.com/sslsock/sslsock/ossl"
)

// loopEndpoint is Loop, a new one for each side and connection. They are small:
// many run at once.
type loopEndpoint struct{}

var smallLoop = &LoopConfig{RoundSize: 4}

func (loopEndpoint) serve(t testing.TB, p params) (string, func() []outcome) {
	t.Helper()
	ctx, err := p.server().NewServerCtx()
	must(t, err)
	defer ctx.Close()
	handlers := make(chan *lineServer, p.connections)
	accepted := 0
	ln, err := startLoop(t, smallLoop).Listen("tcp", "127.0.0.1:0", ctx, func(*Stream) Handler {
		h := newLineServer(t)
		handlers <- h
		if accepted++; accepted%2 == 0 {
			return h
		}
		return h.handler // has no EOF: the stream closes itself
	})
	must(t, err)
	return ln.Addr().String(), func() (list []outcome) {
		t.Helper()
		for n := range p.connections {
			h := soon(t, "connection", handlers)
			want := []error{io.EOF, net.ErrClosed}[n%2]
			is(t, fmt.Sprintf("end of the server's connection %d", n+1), h.wait(), want)
			if len(h.part) > 0 {
				t.Errorf("server, connection %d: %d bytes of a line", n+1, len(h.part))
			}
			list = append(list, h.outcome)
		}
		return list
	}
}

// lineServer answers lines as long as they come, and closes the stream when
// the client has said that it is done.
type lineServer struct {
	*handler
	outcome outcome
	part    []byte // of a line
}

func newLineServer(t testing.TB) *lineServer {
	h := &lineServer{handler: newHandler(t)}
	h.open = func(s *Stream) { h.outcome = outcomeOf(s.ConnectionState()) }
	h.data = func(s *Stream, p []byte) {
		h.part = append(h.part, p...)
		n := bytes.LastIndexByte(h.part, '\n') + 1
		if m, err := s.Write(reversed(h.part[:n])); m != n || err != nil {
			t.Errorf("server: wrote %d of %d bytes: %v", m, n, err)
		}
		h.part = append([]byte(nil), h.part[n:]...)
	}
	return h
}

func (h *lineServer) EOF(s *Stream) {
	h.to("open", "")
	s.Close()
}

func (loopEndpoint) connect(t testing.TB, addr string, p params, session any) (o outcome) {
	t.Helper()
	ctx, err := p.client().NewClientCtx()
	must(t, err)
	defer ctx.Close()
	var answer []byte
	h := newHandler(t)
	h.open = func(s *Stream) {
		if n, err := s.Write(p.payload); n != len(p.payload) || err != nil {
			t.Errorf("client: wrote %d of %d bytes: %v", n, len(p.payload), err)
		}
	}
	h.data = func(s *Stream, b []byte) {
		if answer = append(answer, b...); len(answer) != len(p.payload) {
			return
		}
		o = clientOutcome(t, s.ConnectionState())
		sess, err := s.SSL().Get1Session()
		o.session = keep(t, sess, err)
		s.CloseWrite()
	}
	opts := &ClientOptions{ServerName: "localhost"}
	opts.Session, _ = session.(*ossl.Session)
	must(t, startLoop(t, smallLoop).Dial("tcp", addr, ctx, opts, h))
	if err := h.wait(); !errors.Is(err, io.EOF) {
		t.Fatalf("client: closed with %v after %d bytes", err, len(answer))
	}
	o.answer = answer
	return o
}
