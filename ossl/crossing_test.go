//go:build osslcount

package ossl_test

import (
	"testing"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// crossings is the number of calls into C that f makes.
func crossings(f func()) int64 {
	before := ossl.Crossings()
	f()
	return ossl.Crossings() - before
}

// One operation, one crossing: with data, and without any. A round of a batch
// is one, however many operations it has.
func TestCrossings(t *testing.T) {
	client, server := clientCtx(t, testdata.ECDSA), serverCtx(t, testdata.ECDSA)
	p := newPair(t, client, server)
	expect := func(what string, want int64, f func()) {
		t.Helper()
		if got := crossings(f); got != want {
			t.Errorf("%s: %d crossings, want %d", what, got, want)
		}
	}
	expect("handshake step", 1, func() { _, _ = p.client.Connect() })
	p.handshake()
	p.echo()
	buf := make([]byte, 100_000)
	expect("Write", 1, func() { write(t, p.client, buf[:16000]) })
	expect("Read", 1, func() {
		if n, _, err := p.server.Read(buf); n != 16000 || err != nil {
			t.Fatal(n, err)
		}
	})
	expect("Read that waits", 1, func() { _, _, _ = p.server.Read(buf) })
	expect("Peek", 1, func() { _, _, _ = p.server.Peek(buf) })
	expect("Read of nothing", 0, func() { _, _, _ = p.server.Read(nil) })
	expect("ConnectionState", 1, func() { p.client.ConnectionState() })

	var ops []ossl.Op
	for range 50 {
		q := connect(t, client, server)
		q.echo()
		ops = append(ops, ossl.Op{SSL: q.client, Kind: ossl.OpWrite, Buf: buf[:100]}, ossl.Op{SSL: q.server, Kind: ossl.OpRead, Buf: make([]byte, 100)})
	}
	b := ossl.NewBatch(0)
	expect("Batch.Run of 100", 1, func() { b.Run(ops) })
	for _, o := range ops {
		if o.N != 100 || o.Err != nil {
			t.Fatalf("%+v", o)
		}
	}
	expect("Run of nothing", 0, func() { b.Run(nil); b.Run([]ossl.Op{{}, {SSL: p.client, Kind: ossl.OpRead}}) })
	expect("Shutdown", 1, func() { _, _, _ = p.client.Shutdown() })

	var s *ossl.SSL
	expect("NewSSL and SetFd", 2, func() { s = newSSL(t, client, p.cfd) })
	expect("Close", 1, s.Close)
	expect("the second Close", 0, s.Close)
}
