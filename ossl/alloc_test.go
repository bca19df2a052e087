package ossl_test

import (
	"testing"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// noAllocs fails when f allocates. Under the race detector and the address
// sanitizer cgo itself does, so the bound is for plain builds.
func noAllocs(t *testing.T, what string, f func()) {
	t.Helper()
	if n := testing.AllocsPerRun(200, f); n != 0 && !sanitized() {
		t.Errorf("%s: %v allocations", what, n)
	}
}

// Data moves, and waits, without an allocation.
func TestIOAllocs(t *testing.T) {
	eachVersion(t, func(t *testing.T, v int) {
		p := connect(t, clientCtx(t, testdata.ECDSA, only(v)), serverCtx(t, testdata.ECDSA))
		p.echo()
		buf := make([]byte, 1000)
		noAllocs(t, "Write and Read", func() {
			if n, _, err := p.client.Write(buf); n != len(buf) || err != nil {
				t.Fatal(n, err)
			}
			if n, _, err := p.server.Read(buf); n != len(buf) || err != nil {
				t.Fatal(n, err)
			}
		})
		noAllocs(t, "Read that waits", func() {
			if _, w, err := p.server.Read(buf); w != ossl.WantRead || err != nil {
				t.Fatal(w, err)
			}
		})
		noAllocs(t, "Pending", func() { _, _ = p.server.Pending(), p.server.HasPending() })
	})
}

// A round of a Batch costs no allocation with buffers in its arena, and few,
// for the list of pins, with others.
func TestBatchAllocs(t *testing.T) {
	client, server := clientCtx(t, testdata.ECDSA), serverCtx(t, testdata.ECDSA)
	b := ossl.NewBatch(1 << 16)
	defer b.Close()
	var ops []ossl.Op
	for i := range 8 {
		p := connect(t, client, server)
		p.echo()
		at := b.Arena()[i*200:]
		ops = append(ops, ossl.Op{SSL: p.client, Kind: ossl.OpWrite, Buf: at[:100]}, ossl.Op{SSL: p.server, Kind: ossl.OpRead, Buf: at[100:200]},
			ossl.Op{SSL: p.server, Kind: ossl.OpRead, Buf: at[100:200]}) // and one that waits
	}
	round := func() {
		b.Run(ops)
		for i, o := range ops {
			if o.Err != nil || o.N == 0 && i%3 != 2 || i%3 == 2 && o.Want != ossl.WantRead {
				t.Fatalf("op %d: %+v", i, o)
			}
		}
	}
	noAllocs(t, "round in the arena", round)
	for i := range ops {
		ops[i].Buf = make([]byte, 100)
	}
	if n := testing.AllocsPerRun(200, round); n > 4 && !sanitized() {
		t.Errorf("round with %d pinned buffers: %v allocations", len(ops), n)
	}
}

// A failure costs a bounded number of allocations, and a long queue no more
// than its entries.
func TestErrorAllocs(t *testing.T) {
	c := newCtx(t)
	for what, tt := range map[string]struct {
		bound float64
		f     func() error
	}{
		"one entry":    {12, func() error { return c.SetCipherList("NONSENSE") }},
		"no entry":     {8, func() error { return c.Set1SigalgsList("NONSENSE") }},
		"missing file": {20, func() error { return c.LoadVerifyFile("/no/such/file") }},
	} {
		n := testing.AllocsPerRun(100, func() {
			if tt.f() == nil {
				t.Fatal("no error")
			}
		})
		t.Logf("%s: %v allocations", what, n)
		if n > tt.bound && !sanitized() {
			t.Errorf("%s: %v allocations, more than %v", what, n, tt.bound)
		}
	}
}

// ConnectionState copies strings and certificates, and little else.
func TestConnectionStateAllocs(t *testing.T) {
	p := connect(t, clientCtx(t, testdata.ECDSA), serverCtx(t, testdata.ECDSA))
	n := testing.AllocsPerRun(100, func() { p.client.ConnectionState() })
	t.Logf("%v allocations", n)
	if n > 16 && !sanitized() {
		t.Errorf("%v allocations", n)
	}
}
