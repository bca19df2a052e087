package ossl_test

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// A whole life in batches: every kind of operation, two SSLs in each round.
func TestRunEveryKind(t *testing.T) {
	eachVersion(t, func(t *testing.T, v int) {
		p := newPair(t, clientCtx(t, testdata.ECDSA, only(v)), serverCtx(t, testdata.ECDSA))
		b := ossl.NewBatch(200)
		defer b.Close()
		c, s := ossl.Op{SSL: p.client}, ossl.Op{SSL: p.server}
		round := func(kc, ks ossl.OpKind, bc, bs []byte) (ossl.Op, ossl.Op) {
			t.Helper()
			c.Kind, c.Buf, s.Kind, s.Buf = kc, bc, ks, bs
			ops := []ossl.Op{c, s}
			b.Run(ops)
			if err := errors.Join(ops[0].Err, ops[1].Err); err != nil {
				t.Fatal(err)
			}
			return ops[0], ops[1]
		}
		for range 5 {
			oc, os := round(ossl.OpConnect, ossl.OpAccept, nil, nil)
			if oc.Want == ossl.WantNothing && os.Want == ossl.WantNothing {
				break
			}
		}
		round(ossl.OpDoHandshake, ossl.OpDoHandshake, nil, nil)
		if !p.client.IsInitFinished() || !p.server.IsInitFinished() {
			t.Fatal("no handshake")
		}
		arena := b.Arena()
		if oc, os := round(ossl.OpWrite, ossl.OpPeek, append(arena[:0], "hello"...), arena[100:103]); oc.N != 5 || string(os.Buf[:os.N]) != "hel" || !os.Pending {
			t.Errorf("%+v %+v", oc, os)
		}
		if oc, os := round(ossl.OpRead, ossl.OpRead, arena[:100], make([]byte, 2)); oc.Want != ossl.WantRead || oc.Pending || string(os.Buf[:os.N]) != "he" || !os.Pending {
			t.Errorf("%+v %+v", oc, os)
		}
		if _, os := round(ossl.OpRead, ossl.OpRead, arena[:100], arena[100:]); string(os.Buf[:os.N]) != "llo" || os.Pending || string(arena[100:103]) != "llo" {
			t.Errorf("%+v", os)
		}
		if oc, os := round(ossl.OpShutdown, ossl.OpWrite, nil, []byte("x")); oc.N != 0 || oc.Want != ossl.WantNothing || os.N != 1 {
			t.Errorf("%+v %+v", oc, os)
		}
	})
}

// The end of a stream, and a shutdown, say in a batch what they say alone.
func TestRunShutdown(t *testing.T) {
	p := connect(t, clientCtx(t, testdata.ECDSA), serverCtx(t, testdata.ECDSA))
	p.echo()
	run := func(o ossl.Op) ossl.Op { ops := []ossl.Op{o}; ossl.Run(ops); return ops[0] }
	if o := run(ossl.Op{SSL: p.client, Kind: ossl.OpShutdown}); o.N != 0 || o.Want != ossl.WantNothing || o.Err != nil {
		t.Errorf("sent: %+v", o)
	}
	if o := run(ossl.Op{SSL: p.client, Kind: ossl.OpShutdown}); o.N != 0 || o.Want != ossl.WantRead || o.Err != nil {
		t.Errorf("waiting: %+v", o)
	}
	if o := run(ossl.Op{SSL: p.server, Kind: ossl.OpRead, Buf: make([]byte, 1)}); o.Err != io.EOF {
		t.Errorf("read: %+v", o)
	}
	if o := run(ossl.Op{SSL: p.server, Kind: ossl.OpShutdown}); o.N != 1 || o.Err != nil {
		t.Errorf("answered: %+v", o)
	}
	if o := run(ossl.Op{SSL: p.client, Kind: ossl.OpShutdown}); o.N != 1 || o.Err != nil {
		t.Errorf("done: %+v", o)
	}
	q := newPair(t, clientCtx(t, testdata.ECDSA), serverCtx(t, testdata.ECDSA))
	must(t, q.client.SetFd(q.cfd))
	if o := run(ossl.Op{SSL: newUnused(t), Kind: ossl.OpShutdown}); o.N != 0 || !errors.Is(o.Err, ossl.ReasonUninitialized) {
		t.Errorf("unused: %+v", o)
	}
}

// Errors in the middle are their own op's; the others run, each once and in
// order, whatever the list holds.
func TestRunMixed(t *testing.T) {
	good := connect(t, clientCtx(t, testdata.ECDSA), serverCtx(t, testdata.ECDSA))
	good.echo()
	broken := connect(t, clientCtx(t, testdata.ECDSA), serverCtx(t, testdata.ECDSA))
	hangUp(broken.sfd)
	stranger := newPair(t, clientCtx(t, testdata.RSA), serverCtx(t, testdata.ECDSA))
	closed := newSSL(t, newCtx(t), -1)
	closed.Close()
	b := ossl.NewBatch(64)
	defer b.Close()
	in, out := b.Arena()[:3], bytes.Repeat([]byte("."), 10)
	for range 3 {
		ops := []ossl.Op{
			{SSL: good.client, Kind: ossl.OpWrite, Buf: []byte("one")},
			{SSL: nil, Kind: ossl.OpRead, Buf: out},
			{SSL: closed, Kind: ossl.OpDoHandshake},
			{SSL: good.client, Kind: ossl.OpWrite, Buf: []byte("two")},
			{SSL: broken.client, Kind: ossl.OpRead, Buf: make([]byte, 5)},
			{SSL: good.server, Kind: ossl.OpRead, Buf: in},
			{SSL: good.client, Kind: ossl.OpKind(99), Buf: out},
			{SSL: good.server, Kind: ossl.OpWrite},
			{SSL: good.server, Kind: ossl.OpRead, Buf: []byte{}},
			{SSL: stranger.client, Kind: ossl.OpConnect},
			{SSL: good.server, Kind: ossl.OpRead, Buf: out[:3], N: 77, Want: ossl.WantAsync, Err: io.EOF, Pending: true},
			{SSL: good.server, Kind: ossl.OpRead, Buf: out[3:]},
		}
		b.Run(ops)
		for i, want := range []struct {
			n   int
			w   ossl.Want
			err error
		}{
			{3, 0, nil}, {0, 0, ossl.ErrClosed}, {0, 0, ossl.ErrClosed}, {3, 0, nil}, {0, 0, io.ErrUnexpectedEOF}, {3, 0, nil},
			{0, 0, ossl.ErrUnknownOp}, {0, 0, nil}, {0, 0, nil}, {0, ossl.WantRead, nil}, {3, 0, nil}, {0, ossl.WantRead, nil},
		} {
			if o := ops[i]; o.N != want.n || o.Want != want.w || !errors.Is(o.Err, want.err) || o.Pending {
				if i == 4 && o.Err != nil {
					continue // failed before, in the second round
				}
				t.Errorf("op %d: %d, %v, %v, %v; want %+v", i, o.N, o.Want, o.Err, o.Pending, want)
			}
		}
		if string(in) != "one" || string(out) != "two......." {
			t.Errorf("read %q and %q", in, out)
		}
	}
	ossl.Run(nil)
	ossl.Run([]ossl.Op{})
	b.Run([]ossl.Op{{}, {SSL: closed, Kind: ossl.OpRead}})
}

// The same data through buffers in the arena, beside it, across the end of it,
// on the stack, and in memory that is not Go's.
func TestRunBuffers(t *testing.T) {
	p := connect(t, clientCtx(t, testdata.ECDSA), serverCtx(t, testdata.ECDSA))
	p.echo()
	foreign, err := unix.Mmap(-1, 0, 4096, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	must(t, err)
	defer func() { must(t, unix.Munmap(foreign)) }()
	b := ossl.NewBatch(100)
	var stack [100]byte
	check := func(b *ossl.Batch, out, in []byte) {
		t.Helper()
		text := []byte("some text")
		copy(out, text)
		clear(in)
		copy(in[:0], text)
		ops := []ossl.Op{{SSL: p.client, Kind: ossl.OpWrite, Buf: out[:len(text)]}, {SSL: p.server, Kind: ossl.OpRead, Buf: in}}
		runtime.GC()
		b.Run(ops)
		if ops[0].N != len(text) || ops[1].N != len(text) || !bytes.Equal(in[:len(text)], text) {
			t.Errorf("%+v %+v", ops[0], ops[1])
		}
	}
	arena := b.Arena()
	check(b, arena[:50], arena[50:])
	check(b, arena[91:], make([]byte, 20))
	check(b, make([]byte, 20), arena[:20])
	check(b, stack[:50], stack[50:])
	check(b, foreign[:50], foreign[100:200])
	check(new(ossl.Batch), arena[:50], stack[:50])
	check(ossl.NewBatch(0), arena[:50], stack[:50])
	b.Close()
	if b.Arena() != nil {
		t.Error("an arena after Close")
	}
	check(b, arena[:50], arena[50:])
	b.Close()

	var none *ossl.Batch
	none.Close()
	if none.Arena() != nil {
		t.Error("an arena of nothing")
	}
	check(none, stack[:50], stack[50:])
}

// A batch that nobody closed gives its arena back to the collector, without
// the runtime's complaint about pins that leak.
func TestForgottenBatch(t *testing.T) {
	p := connect(t, clientCtx(t, testdata.ECDSA), serverCtx(t, testdata.ECDSA))
	for range 20 {
		b := ossl.NewBatch(1 << 20)
		b.Run([]ossl.Op{{SSL: p.client, Kind: ossl.OpRead, Buf: b.Arena()[:10]}})
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range 5 {
		runtime.GC()
		runtime.Gosched()
	}
	runtime.ReadMemStats(&after)
	if after.HeapAlloc > before.HeapAlloc-10<<20 && before.HeapAlloc > 20<<20 {
		t.Errorf("%d bytes before, %d after collection", before.HeapAlloc, after.HeapAlloc)
	}
}

// A batch of many SSLs, each with data of its own, mixes none of them up.
func TestRunMany(t *testing.T) {
	const n = 100
	client, server := clientCtx(t, testdata.ECDSA), serverCtx(t, testdata.ECDSA)
	var pairs []*pair
	for range n {
		pairs = append(pairs, connect(t, client, server))
	}
	b := ossl.NewBatch(2 * n * 64)
	defer b.Close()
	slot := func(i int) []byte { return b.Arena()[i*64 : (i+1)*64] }
	for round := range 10 {
		var ops []ossl.Op
		for i, p := range pairs {
			out := slot(i)
			for j := range out {
				out[j] = byte(i + j + round)
			}
			ops = append(ops, ossl.Op{SSL: p.client, Kind: ossl.OpWrite, Buf: out})
		}
		for i, p := range pairs {
			ops = append(ops, ossl.Op{SSL: p.server, Kind: ossl.OpRead, Buf: slot(n + i)})
		}
		b.Run(ops)
		for i := range pairs {
			if o := ops[n+i]; o.N != 64 || o.Err != nil || !bytes.Equal(o.Buf, ops[i].Buf) {
				t.Fatalf("round %d, pair %d: %d, %v", round, i, o.N, o.Err)
			}
		}
	}
}
