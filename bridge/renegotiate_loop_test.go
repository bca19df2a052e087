package bridge

import (
	"testing"

	"golang.org/x/sys/unix"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// TestStreamRenegotiateWrite has a Write wait for a renegotiation whose last
// messages are taken by a read of the same round: no event comes any more, and
// the Write goes on all the same.
func TestStreamRenegotiateWrite(t *testing.T) {
	server, client, l, fds := renegotiable(t)
	peer, err := server.NewServerSSL(fds[1], 0)
	must(t, err)
	defer peer.Close()
	ssl, err := client.NewSSL()
	must(t, err)
	ssl.SetConnectState()
	must(t, ssl.Set1Host("localhost"))
	must(t, ssl.SetFd(fds[0]))
	h := &writesLater{}
	must(t, l.Add(fds[0], ssl, h))
	for h.stream == nil {
		must(t, l.once())
		_, err := peer.Accept()
		must(t, err)
	}
	buf := make([]byte, 32<<10)
	answer := func() int {
		n, _, err := peer.Read(buf)
		must(t, err)
		return n
	}

	must(t, h.stream.Renegotiate())
	answer() // ServerHello and what follows
	n, err := h.stream.Write(make([]byte, immediateWrite))
	must(t, err)
	if n != immediateWrite || h.stream.out.want != ossl.WantRead {
		t.Fatalf("%d bytes, and the write wants %v", n, h.stream.out.want)
	}
	answer() // Finished
	h.stream.readAgain()
	l.step()
	if got := answer(); got == 0 {
		t.Error("the write does not go on")
	}
}

// TestStreamRenegotiateRead has a large Write, which does not wait for the end of
// the round, read the end of a renegotiation, and with it data that no event
// announces any more.
func TestStreamRenegotiateRead(t *testing.T) {
	server, client, l, fds := renegotiable(t)
	ssl, err := server.NewSSL()
	must(t, err)
	ssl.SetAcceptState()
	must(t, ssl.SetFd(fds[0]))
	peer, err := client.NewSSL()
	must(t, err)
	defer peer.Close()
	peer.SetConnectState()
	must(t, peer.Set1Host("localhost"))
	must(t, peer.SetFd(fds[1]))
	h := &writesLater{}
	must(t, l.Add(fds[0], ssl, h))
	shake := func(until func() bool) {
		for range 100 {
			_, err := peer.DoHandshake()
			must(t, err)
			if until() {
				return
			}
			must(t, l.Post(func() {})) // once does not wait
			must(t, l.once())
		}
		t.Fatal("no end of the handshake")
	}
	shake(func() bool { return h.stream != nil && !peer.InInit() })

	must(t, peer.RenegotiateAbbreviated()) // in which the client's Finished is the last message
	shake(func() bool { return !peer.InInit() && !peer.RenegotiatePending() && h.stream.ssl.InInit() })
	_, _, err = peer.Write([]byte("late"))
	must(t, err)
	n, err := h.stream.Write(make([]byte, immediateWrite))
	must(t, err)
	if n != immediateWrite || !h.stream.ssl.HasPending() {
		t.Fatalf("%d bytes; the write has read ahead: %t", n, h.stream.ssl.HasPending())
	}
	l.step()
	if h.data != "late" {
		t.Errorf("data %q", h.data)
	}
}

// renegotiable is what two sides need that may renegotiate. The loop closes
// fds[0], of what is added to it.
func renegotiable(t *testing.T) (server, client *ossl.Ctx, l *Loop, fds [2]int) {
	t.Helper()
	allow := func(c *ossl.Ctx) {
		must(t, c.SetMaxProtoVersion(ossl.TLS1_2Version))
		c.ClearOptions(ossl.OpNoRenegotiation)
		c.SetOptions(ossl.OpAllowClientRenegotiation)
	}
	l, err := NewLoop(nil)
	must(t, err)
	fds, err = unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	must(t, err)
	t.Cleanup(func() { l.Close(); unix.Close(fds[1]) })
	return serverCtx(t, testdata.ECDSA, allow), clientCtx(t, testdata.ECDSA, allow), l, fds
}

type writesLater struct {
	stream *Stream
	data   string
}

func (h *writesLater) HandshakeDone(s *Stream)  { h.stream = s }
func (h *writesLater) Data(_ *Stream, p []byte) { h.data += string(p) }
func (*writesLater) Writable(*Stream)           {}
func (*writesLater) Closed(*Stream, error)      {}
