package bridge

import (
	"bytes"
	"errors"
	"io"
	"net"
	"testing"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// earlyTalker answers before the handshake is done, with more than the socket
// takes, and goes on by Write.
type earlyTalker struct {
	earlyHandler
	text  string
	early int // bytes that went out before the handshake
	said  chan struct{}
}

func (h *earlyTalker) EarlyData(s *Stream, _ []byte) {
	defer close(h.said)
	n, err := s.WriteEarlyData([]byte(h.text))
	h.early = n
	if !errors.Is(err, ErrQueueFull) {
		s.Abort(errors.New("the socket took everything"))
		return
	}
	if n, err := s.WriteEarlyData([]byte("x")); n != 0 || !errors.Is(err, ErrQueueFull) {
		s.Abort(errors.New("more was taken"))
	}
	if _, err := io.WriteString(s, h.text[n:]); err != nil {
		s.Abort(err)
	}
}

func (h *earlyTalker) HandshakeDone(s *Stream) {
	if _, err := s.WriteEarlyData([]byte("x")); !errors.Is(err, ErrNoEarlyData) {
		s.Abort(errors.New("early data after the handshake"))
	}
}

// TestLoopEarlyAnswer has a server on a loop say more before the handshake is done
// than the socket takes; it comes in order and once.
func TestLoopEarlyAnswer(t *testing.T) {
	server, err := earlyConfig(1 << 14).NewServerCtx()
	must(t, err)
	defer server.Close()
	client, err := (&Config{RootCAs: roots(testdata.ECDSA)}).NewClientCtx()
	must(t, err)
	defer client.Close()
	p := &earlyPair{t: t, serve: serveEarlyLoop, client: dialEarlyConn, ctx: client}
	sess := p.session(serveEarlyLoop(t, server))

	h := &earlyTalker{earlyHandler: earlyHandler{ran: make(chan earlyRun, 1)}, text: numbered(200_000), said: make(chan struct{})}
	ctlLn, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer ctlLn.Close()
	nc, err := net.Dial("tcp", ctlLn.Addr().String())
	must(t, err)
	ns, err := ctlLn.Accept()
	must(t, err)
	narrow(t, nc)
	narrow(t, ns)
	fd, err := dup(ns)
	must(t, err)
	must(t, ns.Close())
	ssl, err := server.NewSSL()
	must(t, err)
	ssl.SetAcceptState()
	must(t, ssl.SetFd(fd))
	must(t, startLoop(t, nil).Add(fd, ssl, h))

	c, err := Client(nc, client, &ClientOptions{ServerName: "localhost", Session: sess})
	must(t, err)
	defer c.Close()
	_, err = c.WriteEarlyData([]byte("question"))
	must(t, err)
	must(t, c.CloseWrite())
	soon(t, "EarlyData", h.said) // or what is read makes room for more
	got, err := io.ReadAll(c)
	run := soon(t, "the server's end", h.ran)
	must(t, run.err)
	must(t, err)
	if h.early == 0 || h.early == len(h.text) || !bytes.Equal(got[:len(h.text)], []byte(h.text)) || string(got[len(h.text):]) != "done" {
		t.Errorf("%d bytes early; %d bytes arrived, or others", h.early, len(got))
	}
	if c.EarlyDataStatus() != ossl.EarlyDataAccepted {
		t.Error(c.EarlyDataStatus())
	}
}
