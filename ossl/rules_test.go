package ossl_test

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"slices"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// An entry that somebody else left in this thread's queue does not turn a want
// into an error, in no operation.
func TestStaleQueueEntry(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	soil := func() {
		if r := ossl.PushStaleError(); r != ossl.ReasonWrongVersionNumber || ossl.PeekQueue() != r {
			t.Fatalf("the queue holds %v", ossl.PeekQueue())
		}
	}
	p := newPair(t, clientCtx(t, testdata.RSA), serverCtx(t, testdata.RSA))
	wantsRead := func(what string, w ossl.Want, err error) {
		t.Helper()
		if w != ossl.WantRead || err != nil {
			t.Errorf("%s: %v, %v", what, w, err)
		}
	}

	soil()
	w, err := p.server.Accept()
	wantsRead("Accept", w, err)
	soil()
	w, err = p.client.Connect()
	wantsRead("Connect", w, err)
	soil()
	w, err = p.client.DoHandshake()
	wantsRead("DoHandshake", w, err)
	p.handshake()
	p.echo()

	buf := make([]byte, 10)
	soil()
	_, w, err = p.client.Read(buf)
	wantsRead("Read", w, err)
	soil()
	_, w, err = p.client.Peek(buf)
	wantsRead("Peek", w, err)
	soil()
	ops := []ossl.Op{{SSL: p.client, Kind: ossl.OpRead, Buf: buf}, {SSL: p.server, Kind: ossl.OpRead, Buf: buf}}
	ossl.Run(ops)
	wantsRead("Run", ops[0].Want, ops[0].Err)
	wantsRead("Run", ops[1].Want, ops[1].Err)
	soil()
	if _, w, err := p.client.Write([]byte("x")); w != ossl.WantNothing || err != nil {
		t.Errorf("Write: %v, %v", w, err)
	}
	soil()
	if _, w, err := p.server.Shutdown(); w != ossl.WantNothing || err != nil {
		t.Errorf("Shutdown: %v, %v", w, err)
	}
	soil()
	if err := p.client.SetFd(p.cfd); err != nil {
		t.Error(err)
	}
	if r := ossl.PeekQueue(); r != 0 {
		t.Errorf("the queue holds %v afterwards", r)
	}
}

// Shutdown during the handshake is an error that leaves the handshake alone;
// after a failure it is one that sends nothing.
func TestShutdownInHandshake(t *testing.T) {
	p := newPair(t, clientCtx(t, testdata.RSA), serverCtx(t, testdata.RSA))
	_, _, err := newUnused(t).Shutdown()
	wantErr(t, err, ossl.ReasonUninitialized)
	if w, err := p.client.Connect(); w != ossl.WantRead || err != nil {
		t.Fatal(w, err)
	}
	_, w, err := p.client.Shutdown()
	wantErr(t, err, ossl.ReasonShutdownWhileInInit)
	if w != ossl.WantNothing {
		t.Error("a want beside the error:", w)
	}
	p.handshake()
	p.echo()
}

func newUnused(t *testing.T) *ossl.SSL {
	fd, _ := socketpair(t)
	return newSSL(t, newCtx(t), fd)
}

func TestShutdownAfterFailure(t *testing.T) {
	p := newPair(t, clientCtx(t, testdata.ECDSA), serverCtx(t, testdata.RSA)) // the client does not trust it
	cerr, serr := p.try()
	wantErr(t, cerr, ossl.ReasonCertificateVerifyFailed)
	wantErr(t, serr, ossl.ReasonTLSv1AlertUnknownCA)
	drainFD(t, p.sfd)
	for range 2 {
		done, w, err := p.client.Shutdown()
		if done || w != ossl.WantNothing || err == nil {
			t.Fatal(done, w, err)
		}
		if n := drainFD(t, p.sfd); n != 0 {
			t.Errorf("%d bytes went out after a fatal error", n)
		}
	}
}

// Shutdown says in turn: sent, waiting, done.
func TestTwoWayShutdown(t *testing.T) {
	eachVersion(t, func(t *testing.T, v int) {
		p := connect(t, clientCtx(t, testdata.ECDSA, only(v)), serverCtx(t, testdata.ECDSA))
		p.echo()
		shutdown := func(s *ossl.SSL, wantDone bool, want ossl.Want) {
			t.Helper()
			if done, w, err := s.Shutdown(); done != wantDone || w != want || err != nil {
				t.Fatal(done, w, err)
			}
		}
		shutdown(p.client, false, ossl.WantNothing)
		if p.client.GetShutdown() != ossl.SentShutdown {
			t.Error(p.client.GetShutdown())
		}
		shutdown(p.client, false, ossl.WantRead)
		wantEOF(t, p.server, io.EOF)
		wantEOF(t, p.server, io.EOF)
		if p.server.GetShutdown() != ossl.ReceivedShutdown {
			t.Error(p.server.GetShutdown())
		}
		shutdown(p.server, true, ossl.WantNothing)
		shutdown(p.client, true, ossl.WantNothing)
		if _, _, err := p.client.Write([]byte("late")); err == nil {
			t.Error("Write after close_notify succeeds")
		} else {
			wantErr(t, err, ossl.ReasonProtocolIsShutdown)
		}
	})
}

// A connection cut without close_notify is told from an orderly end, by every
// operation.
func TestMissingCloseNotify(t *testing.T) {
	eachVersion(t, func(t *testing.T, v int) {
		client, server := clientCtx(t, testdata.ECDSA, only(v)), serverCtx(t, testdata.ECDSA)
		p := connect(t, client, server)
		p.echo()
		hangUp(p.sfd)
		wantEOF(t, p.client, io.ErrUnexpectedEOF)
		_, _, err := p.client.Peek(make([]byte, 1))
		if err == nil {
			t.Error("Peek after it succeeds")
		}

		p = newPair(t, client, server)
		hangUp(p.sfd)
		_, err = p.client.Connect()
		if !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, unix.EPIPE) {
			t.Error(err)
		}
		p = newPair(t, client, server)
		if _, err := p.client.Connect(); err != nil {
			t.Fatal(err)
		}
		hangUp(p.sfd)
		_, err = p.client.Connect()
		if !errors.Is(err, unix.ECONNRESET) { // a socketpair resets what it had not delivered
			wantErr(t, err, io.ErrUnexpectedEOF)
		}

		p = connect(t, client, server)
		p.echo()
		p.client.SetOptions(ossl.OpIgnoreUnexpectedEOF)
		hangUp(p.sfd)
		wantEOF(t, p.client, io.EOF)
	})
}

// A client that has said goodbye to a server which leaves without keeps its
// session, where a bare end counts as an orderly one.
func TestSessionAfterBareEnd(t *testing.T) {
	eachVersion(t, func(t *testing.T, v int) {
		for _, peek := range []bool{false, true} {
			client := clientCtx(t, testdata.ECDSA, only(v))
			client.SetOptions(ossl.OpIgnoreUnexpectedEOF)
			p := connect(t, client, serverCtx(t, testdata.ECDSA))
			p.echo()
			sess, err := p.client.Get1Session()
			must(t, err)
			defer sess.Close()
			if _, _, err := p.client.Shutdown(); err != nil {
				t.Fatal(err)
			}
			wantEOF(t, p.server, io.EOF)
			hangUp(p.sfd)
			if peek {
				if _, _, err := p.client.Peek(make([]byte, 1)); err != io.EOF {
					t.Fatal(err)
				}
			} else {
				wantEOF(t, p.client, io.EOF)
			}
			if got := p.client.GetShutdown(); got != ossl.SentShutdown|ossl.ReceivedShutdown {
				t.Errorf("peek %v: shutdown state %d", peek, got)
			}
			p.client.Close()
			if !sess.IsResumable() {
				t.Errorf("peek %v: the session is lost", peek)
			}
		}
	})
}

// What libssl holds makes no event: Pending and HasPending say that it is
// there.
func TestPendingMakesNoEvent(t *testing.T) {
	p := connect(t, clientCtx(t, testdata.ECDSA), serverCtx(t, testdata.ECDSA))
	p.transfer(p.server, p.client, []byte("tickets come first"))
	write(t, p.server, make([]byte, 100))
	if n, _, err := p.client.Read(make([]byte, 10)); n != 10 || err != nil {
		t.Fatal(n, err)
	}
	if readable(t, p.cfd) {
		t.Fatal("the socket has more: the test shows nothing")
	}
	if n := p.client.Pending(); n != 90 || !p.client.HasPending() {
		t.Errorf("Pending %d, HasPending %v", n, p.client.HasPending())
	}
	if n, _, err := p.client.Read(make([]byte, 1000)); n != 90 || err != nil {
		t.Fatal(n, err)
	}
	if n := p.client.Pending(); n != 0 || p.client.HasPending() {
		t.Errorf("Pending %d, HasPending %v when all is read", n, p.client.HasPending())
	}
}

// Under read-ahead HasPending is true for a part of a record too; Read says to
// wait for the socket all the same.
func TestPendingPartOfRecord(t *testing.T) {
	client := clientCtx(t, testdata.ECDSA)
	client.SetReadAhead(true)
	l := newRelay(t, client, serverCtx(t, testdata.ECDSA))
	l.handshake()
	l.transfer(l.server, l.client, []byte("tickets come first"))
	write(t, l.server, make([]byte, 100))
	l.move(l.serverEnd, l.clientEnd, 50)
	n, w, err := l.client.Read(make([]byte, 1000))
	if n != 0 || w != ossl.WantRead || err != nil {
		t.Fatal(n, w, err)
	}
	if l.client.Pending() != 0 || !l.client.HasPending() {
		t.Errorf("Pending %d, HasPending %v", l.client.Pending(), l.client.HasPending())
	}
	l.move(l.serverEnd, l.clientEnd, 1000)
	if n, _, err := l.client.Read(make([]byte, 1000)); n != 100 || err != nil {
		t.Fatal(n, err)
	}
}

// A Write of nothing sends nothing, and a Read of nothing takes nothing, even
// on an SSL that cannot do either.
func TestZeroLength(t *testing.T) {
	p := connect(t, clientCtx(t, testdata.ECDSA), serverCtx(t, testdata.ECDSA))
	p.echo()
	for _, b := range [][]byte{nil, {}} {
		for name, op := range map[string]func([]byte) (int, ossl.Want, error){
			"Write": p.client.Write, "Read": p.client.Read, "Peek": p.client.Peek, "unused Write": newUnused(t).Write,
		} {
			if n, w, err := op(b); n != 0 || w != ossl.WantNothing || err != nil {
				t.Errorf("%s: %d, %v, %v", name, n, w, err)
			}
		}
	}
	if n := drainFD(t, p.sfd); n != 0 {
		t.Errorf("%d bytes on the wire", n)
	}
}

// The bytes of a retried write may come from another address, by the mode that
// every Ctx has from the start.
func TestMovingWriteBuffer(t *testing.T) {
	client := clientCtx(t, testdata.ECDSA)
	p := connect(t, client, serverCtx(t, testdata.ECDSA))
	p.echo()
	data := pattern(200_000)
	var got []byte
	sent := 0
	errs := lockstep(t, func() (ossl.Want, error) {
		n, w, err := p.client.Write(slices.Clone(data[sent:])) // another address each time
		sent += n
		return w, err
	}, reader(p.server, &got, len(data)))
	if err := errors.Join(errs...); err != nil || !bytes.Equal(got, data) {
		t.Fatal(err, len(got))
	}

	client.ClearMode(ossl.ModeAcceptMovingWriteBuffer)
	p = connect(t, client, serverCtx(t, testdata.ECDSA))
	fill(t, p.client, data)
	_, _, err := p.client.Write(slices.Clone(data))
	wantErr(t, err, ossl.ReasonBadWriteRetry)
}

// A write that the socket took half of owns its record: other bytes of the
// same length do not replace it, fewer are an error.
func TestHalfSentWriteOwnsItsRecord(t *testing.T) {
	p := connect(t, clientCtx(t, testdata.ECDSA), serverCtx(t, testdata.ECDSA))
	p.echo()
	first := bytes.Repeat([]byte("a"), 10_000)
	sent := 0
	for {
		n, w, err := p.client.Write(first)
		must(t, err)
		if w == ossl.WantWrite {
			break
		}
		sent += n
	}
	second := bytes.Repeat([]byte("b"), len(first))
	var got []byte
	errs := lockstep(t, writer(p.client, second), reader(p.server, &got, sent+len(first)))
	must(t, errors.Join(errs...))
	if !bytes.Equal(got[sent:], first) {
		t.Errorf("the record of the first try was replaced: %q…", got[sent:sent+10])
	}

	fill(t, p.client, first)
	_, _, err := p.client.Write(first[:len(first)/2])
	wantErr(t, err, ossl.ReasonBadLength)
}

// write is one Write that must be taken whole.
func write(t testing.TB, s *ossl.SSL, p []byte) {
	t.Helper()
	if n, w, err := s.Write(p); n != len(p) || w != ossl.WantNothing || err != nil {
		t.Fatal(n, w, err)
	}
}

// fill writes p until the socket takes no more: libssl then holds a record of
// it.
func fill(t testing.TB, s *ossl.SSL, p []byte) {
	t.Helper()
	for {
		_, w, err := s.Write(p)
		must(t, err)
		if w == ossl.WantWrite {
			return
		}
	}
}

// readable asks poll(2) without waiting.
func readable(t testing.TB, fd int) bool {
	t.Helper()
	for {
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 0)
		if err == unix.EINTR { // the runtime's signals reach this thread
			continue
		}
		must(t, err)
		return n == 1
	}
}

// drainFD throws away what has arrived and says how much it was.
func drainFD(t testing.TB, fd int) (total int) {
	t.Helper()
	for buf := make([]byte, 65536); ; {
		n, err := unix.Read(fd, buf)
		if n <= 0 || err != nil {
			return total
		}
		total += n
	}
}

// pattern is n bytes of which no two records are the same.
func pattern(n int) []byte {
	p := make([]byte, n)
	for i := range p {
		p[i] = byte(i ^ i>>8 ^ i>>16*31)
	}
	return p
}
