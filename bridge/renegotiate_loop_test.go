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
	allow := func(c *ossl.Ctx) {
		must(t, c.SetMaxProtoVersion(ossl.TLS1_2Version))
		c.ClearOptions(ossl.OpNoRenegotiation)
		c.SetOptions(ossl.OpAllowClientRenegotiation)
	}
	server, client := serverCtx(t, testdata.ECDSA, allow), clientCtx(t, testdata.ECDSA, allow)
	l, err := NewLoop(nil)
	must(t, err)
	defer l.Close()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	must(t, err)
	defer unix.Close(fds[1])
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

type writesLater struct{ stream *Stream }

func (h *writesLater) HandshakeDone(s *Stream) { h.stream = s }
func (*writesLater) Data(*Stream, []byte)      {}
func (*writesLater) Writable(*Stream)          {}
func (*writesLater) Closed(*Stream, error)     {}
