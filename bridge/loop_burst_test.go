package bridge

import (
	"bytes"
	"encoding/binary"
	"io"
	"sync/atomic"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/sslsock/sslsock/testdata"
)

// places are n bytes that say where each of them belongs.
func places(from, n int) []byte {
	b := make([]byte, 0, n)
	for i := from; i < from+n; i += 4 {
		b = binary.BigEndian.AppendUint32(b, uint32(i))
	}
	return b
}

// roomy gives a socket room for all that these tests write.
func roomy(t *testing.T, s *Stream) {
	t.Helper()
	must(t, unix.SetsockoptInt(s.Fd(), unix.SOL_SOCKET, unix.SO_SNDBUF, 256<<10))
}

// TestLoopBurst writes more than the queue holds in one call of a handler. The
// socket has room for it, so that no Write may say that the queue is full.
func TestLoopBurst(t *testing.T) {
	const queue, total = 32 << 10, 128 << 10
	for _, piece := range []int{1000, 8 << 10, 20 << 10} {
		h := newHandler(t)
		h.open = func(s *Stream) {
			roomy(t, s)
			for p := places(0, total); len(p) > 0; p = p[min(piece, len(p)):] {
				if n, err := s.Write(p[:min(piece, len(p))]); err != nil {
					t.Errorf("pieces of %d: after %d bytes a Write took %d, %v", piece, total-len(p), n, err)
					break
				}
			}
			s.Close()
		}
		ln, err := startLoop(t, &LoopConfig{WriteQueue: queue}).Listen("tcp", "127.0.0.1:0", serverCtx(t, testdata.ECDSA), func(*Stream) Handler { return h })
		must(t, err)
		got, err := io.ReadAll(stdClient(t, rawDial(t, ln.Addr())))
		must(t, err)
		if !bytes.Equal(got, places(0, total)) {
			t.Errorf("pieces of %d: %d bytes have arrived, not the %d that were written", piece, len(got), total)
		}
	}
}

// TestLoopBurstBetweenOutcomes has one stream's Writable write to another whose
// own bytes have crossed in the same batch: they must not go out twice.
func TestLoopBurstBetweenOutcomes(t *testing.T) {
	const queue, first, second = 32 << 10, 2000, 64 << 10
	var other *Stream
	var wrote atomic.Int64
	quiet, loud := newHandler(t), newHandler(t)
	ready := make(chan struct{})
	quiet.open = func(s *Stream) { roomy(t, s); other = s; close(ready) }
	loud.open = func(s *Stream) {
		roomy(t, s)
		s.Write([]byte("!")) // finds no room, and has this stream written first
		n, err := other.Write(places(0, first))
		must(t, err)
		wrote.Add(int64(n))
	}
	loud.writable = func(*Stream) {
		for at := first; at < first+second; at += 1000 {
			n, err := other.Write(places(at, 1000))
			wrote.Add(int64(n))
			if err != nil {
				break // no room until the outcome is seen, in order
			}
		}
		other.Close()
	}
	l := startLoop(t, &LoopConfig{WriteQueue: queue})
	ctx := serverCtx(t, testdata.ECDSA)
	ln, err := l.Listen("tcp", "127.0.0.1:0", ctx, func(*Stream) Handler { return quiet })
	must(t, err)
	listener := stdClient(t, rawDial(t, ln.Addr()))
	<-ready
	ln, err = l.Listen("tcp", "127.0.0.1:0", ctx, func(s *Stream) Handler {
		s.Write(make([]byte, queue+1)) // before the handshake there is no socket to ask
		return loud
	})
	must(t, err)
	go io.Copy(io.Discard, stdClient(t, rawDial(t, ln.Addr())))
	got, err := io.ReadAll(listener)
	must(t, err)
	if n := int(wrote.Load()); !bytes.Equal(got, places(0, n)) || n <= first {
		t.Errorf("%d bytes have arrived, not the %d that were written", len(got), n)
	}
}
