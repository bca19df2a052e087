package ossl_test

import (
	"errors"
	"fmt"
	"maps"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// relay is a pair whose two sides meet in the middle: whatever one sends
// arrives when, and as many bytes at a time as, the test moves it.
type relay struct {
	pair
	clientEnd, serverEnd int // the far ends of the client's and the server's sockets
}

func newRelay(t testing.TB, client, server *ossl.Ctx) *relay {
	t.Helper()
	cfd, cend := socketpair(t)
	sfd, send := socketpair(t)
	l := &relay{
		pair:      pair{t: t, cfd: cfd, sfd: sfd, client: newSSL(t, client, cfd), server: newSSL(t, server, sfd)},
		clientEnd: cend, serverEnd: send,
	}
	l.client.SetConnectState()
	l.server.SetAcceptState()
	return l
}

// move takes up to n bytes from one end to the other and says how many.
func (l *relay) move(from, to, n int) int {
	l.t.Helper()
	buf := make([]byte, n)
	n, _, err := unix.Recvfrom(from, buf, unix.MSG_PEEK)
	if err != nil || n == 0 {
		return 0
	}
	n, err = unix.Write(to, buf[:n])
	if err != nil {
		return 0 // no room: later
	}
	if m, err := unix.Read(from, buf[:n]); m != n || err != nil {
		l.t.Fatalf("relay: %d of %d bytes, %v", m, n, err)
	}
	return n
}

// all moves everything, both ways.
func (l *relay) all() {
	for l.move(l.clientEnd, l.serverEnd, 4096)+l.move(l.serverEnd, l.clientEnd, 4096) > 0 {
	}
}

// both runs one step of each side, and in between moves n bytes each way.
func (l *relay) both(n int, steps ...step) {
	l.t.Helper()
	open := len(steps)
	watch := func(f step) step {
		return func() (ossl.Want, error) {
			w, err := f()
			if w == ossl.WantNothing {
				open--
			}
			return w, err
		}
	}
	for i := range steps {
		steps[i] = watch(steps[i])
	}
	steps = append(steps, func() (ossl.Want, error) {
		l.move(l.clientEnd, l.serverEnd, n)
		l.move(l.serverEnd, l.clientEnd, n)
		if open > 0 {
			return ossl.WantRead, nil
		}
		return ossl.WantNothing, nil
	})
	if err := errors.Join(lockstep(l.t, steps...)...); err != nil {
		l.t.Fatal(err)
	}
}

func (l *relay) handshake() {
	l.t.Helper()
	l.both(4096, l.client.DoHandshake, l.server.DoHandshake)
}

func (l *relay) transfer(from, to *ossl.SSL, data []byte) {
	l.t.Helper()
	var got []byte
	l.both(4096, writer(from, data), reader(to, &got, len(data)))
	if string(got) != string(data) {
		l.t.Fatalf("%d bytes arrived changed", len(data))
	}
}

// One byte at a time: every operation stops with a want at every byte of every
// record, and goes on from there.
func TestByteAtATime(t *testing.T) {
	eachVersion(t, func(t *testing.T, v int) {
		for _, ahead := range []bool{false, true} {
			t.Run(fmt.Sprintf("readahead=%v", ahead), func(t *testing.T) {
				client, server := clientCtx(t, testdata.ECDSA, only(v)), serverCtx(t, testdata.ECDSA, demand)
				must(t, identity(testdata.Client.ECDSA)(client))
				client.SetReadAhead(ahead)
				server.SetReadAhead(ahead)
				l := newRelay(t, client, server)
				wants := map[ossl.Want]int{}
				count := func(f step) step {
					return func() (ossl.Want, error) {
						w, err := f()
						wants[w]++
						touch(l.client)
						touch(l.server)
						return w, err
					}
				}
				l.both(1, count(l.client.DoHandshake), count(l.server.DoHandshake))
				var got, back []byte
				l.both(1, count(writer(l.client, pattern(500))), count(reader(l.server, &got, 500)))
				l.both(1, count(writer(l.server, pattern(500))), count(reader(l.client, &back, 500)))
				if string(got) != string(pattern(500)) || string(back) != string(pattern(500)) {
					t.Error("data arrived changed")
				}
				l.both(1, count(shutdown(l.client)), count(shutdown(l.server)))
				if wants[ossl.WantRead] < 2000 {
					t.Errorf("wants: %v", maps.Collect(maps.All(wants)))
				}
			})
		}
	})
}

// touch asks for all that can be asked at any time.
func touch(s *ossl.SSL) {
	s.ConnectionState()
	s.GetCurrentCipher().GetName()
	s.Pending()
	s.HasPending()
	s.GetVersion()
	s.GetVerifyResult()
	s.SessionReused()
	s.StateStringLong()
	if x, err := s.Get1PeerCertificate(); err == nil {
		x.Close()
	}
	if sess, err := s.Get1Session(); err == nil {
		sess.IsResumable()
		_, _ = sess.I2D()
		sess.Close()
	}
}

// shutdown goes on until both close_notify have passed.
func shutdown(s *ossl.SSL) step {
	return func() (ossl.Want, error) {
		done, w, err := s.Shutdown()
		if err != nil || done {
			return ossl.WantNothing, err
		}
		if w == ossl.WantNothing {
			w = ossl.WantRead // ours is sent
		}
		return w, nil
	}
}

// clog fills the socket behind fd with n bytes of nothing, so that libssl's
// next byte finds no room. unclog takes them out at the other end.
func clog(t testing.TB, fd int) (n int) {
	t.Helper()
	for size := 4096; size > 0; size /= 2 {
		for {
			m, err := unix.Write(fd, make([]byte, size))
			if err != nil || m <= 0 {
				break
			}
			n += m
		}
	}
	return n
}

func unclog(t testing.TB, end, n int) {
	t.Helper()
	for n > 0 {
		m, err := unix.Read(end, make([]byte, n))
		must(t, err)
		n -= m
	}
}

// A full socket stops the handshake, Write, Read (of a request to renegotiate,
// which has to be answered) and Shutdown with WantWrite; each goes on when
// there is room.
func TestWantWriteEverywhere(t *testing.T) {
	eachVersion(t, func(t *testing.T, v int) {
		l := newRelay(t, clientCtx(t, testdata.RSA, only(v)), serverCtx(t, testdata.RSA))
		stopped := func(what string, f step, fd, end int) {
			t.Helper()
			n := clog(t, fd)
			for i := range 2 {
				if w, err := f(); w != ossl.WantWrite || err != nil {
					t.Fatalf("%s on a full socket, try %d: %v, %v", what, i, w, err)
				}
			}
			unclog(t, end, n)
		}
		// The server's flights are stopped before every flight, the client's too.
		for range 10 {
			stopOnce := func(s *ossl.SSL, fd, end int) {
				n := clog(t, fd)
				_, err := s.DoHandshake()
				must(t, err)
				unclog(t, end, n)
				_, err = s.DoHandshake()
				must(t, err)
			}
			if l.client.InInit() {
				stopOnce(l.client, l.cfd, l.clientEnd)
				l.all()
			}
			if l.server.InInit() {
				stopOnce(l.server, l.sfd, l.serverEnd)
				l.all()
			}
		}
		l.handshake()
		l.transfer(l.server, l.client, []byte("tickets"))

		data := []byte("some data")
		stopped("Write", func() (ossl.Want, error) { _, w, err := l.client.Write(data); return w, err }, l.cfd, l.clientEnd)
		var got []byte
		l.both(100, writer(l.client, data), reader(l.server, &got, len(data)))

		read := func() (ossl.Want, error) { _, w, err := l.client.Read(make([]byte, 10)); return w, err }
		if v == ossl.TLS1_3Version {
			// libssl owes an answer to the KeyUpdate and sends it with the next Write.
			must(t, l.server.KeyUpdate(ossl.KeyUpdateRequested))
			l.transfer(l.server, l.client, data)
			stopped("Write after KeyUpdate", func() (ossl.Want, error) { _, w, err := l.client.Write(data); return w, err }, l.cfd, l.clientEnd)
			got = nil
			l.both(100, writer(l.client, data), reader(l.server, &got, len(data)))
		} else {
			must(t, l.server.Renegotiate())
			_, err := l.server.DoHandshake()
			must(t, err)
			l.all()
			stopped("Read of a HelloRequest", read, l.cfd, l.clientEnd)
		}
		l.transfer(l.client, l.server, data)
		l.transfer(l.server, l.client, data)

		stopped("Shutdown", func() (ossl.Want, error) { _, w, err := l.client.Shutdown(); return w, err }, l.cfd, l.clientEnd)
		l.both(100, shutdown(l.client), shutdown(l.server))
	})
}

// While the peer is asked to renegotiate, a Write wants to read.
func TestWriteWantsRead(t *testing.T) {
	server := serverCtx(t, testdata.ECDSA)
	p := connect(t, clientCtx(t, testdata.ECDSA, only(ossl.TLS1_2Version)), server)
	must(t, p.server.Renegotiate())
	if w, err := p.server.DoHandshake(); w != ossl.WantNothing || err != nil { // sends the request
		t.Fatal(w, err)
	}
	if _, w, err := p.client.Read(make([]byte, 1)); w != ossl.WantRead || err != nil { // takes it, answers it
		t.Fatal(w, err)
	}
	if _, w, err := p.server.Read(make([]byte, 1)); w != ossl.WantRead || err != nil { // takes the ClientHello
		t.Fatal(w, err)
	}
	if _, w, err := p.server.Write([]byte("x")); w != ossl.WantRead || err != nil {
		t.Fatalf("Write during renegotiation: %v, %v", w, err)
	}
	var got []byte
	errs := lockstep(t, writer(p.server, []byte("x")), reader(p.client, &got, 1))
	must(t, errors.Join(errs...))
}
