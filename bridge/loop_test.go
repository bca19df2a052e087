package bridge

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io"
	"net"
	"testing"

	"github.com/sslsock/sslsock/testdata"
)

// TestLoopEcho has a client loop send a megabyte through a server loop and
// back, and then both sides close in order.
func TestLoopEcho(t *testing.T) {
	for _, chain := range testdata.Servers() {
		t.Run(chain.Name, func(t *testing.T) {
			addr := echoServer(t, serverCtx(t, chain), nil)
			payload := make([]byte, 1<<20)
			rand.Read(payload)
			var got []byte
			rest := payload
			h := newHandler(t)
			send := func(s *Stream) {
				n, err := s.Write(rest)
				rest = rest[n:]
				if err != nil && !errors.Is(err, ErrQueueFull) {
					t.Error(err)
				}
			}
			h.open, h.writable = send, send
			h.data = func(s *Stream, p []byte) {
				if got = append(got, p...); len(got) == len(payload) {
					s.Close()
				}
			}
			must(t, startLoop(t, nil).Dial("tcp", addr.String(), clientCtx(t, chain), &ClientOptions{ServerName: "localhost"}, h))
			if err := h.wait(); !errors.Is(err, net.ErrClosed) {
				t.Fatal(err)
			}
			if !bytes.Equal(got, payload) {
				t.Fatalf("%d bytes came back, not the %d that were sent", len(got), len(payload))
			}
		})
	}
}

// TestLoopPeerCloses sees the peer's close_notify as io.EOF.
func TestLoopPeerCloses(t *testing.T) {
	l := startLoop(t, nil)
	ln, err := l.Listen("tcp", "127.0.0.1:0", serverCtx(t, testdata.ECDSA), func(*Stream) Handler {
		h := newHandler(t)
		h.open = func(s *Stream) { s.Write([]byte("bye")); s.Close() }
		return h
	})
	must(t, err)
	h := newHandler(t)
	var got []byte
	h.data = func(_ *Stream, p []byte) { got = append(got, p...) }
	must(t, l.Dial("tcp", ln.Addr().String(), clientCtx(t, testdata.ECDSA), &ClientOptions{ServerName: "localhost"}, h))
	if err := h.wait(); err != io.EOF || string(got) != "bye" {
		t.Fatal(err, string(got))
	}
}
