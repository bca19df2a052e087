package ossl_test

import (
	"testing"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// holder is a buffer as programs have them: inside a struct with pointers, as
// net/http's background read has its one byte.
type holder struct {
	next *holder
	buf  [8]byte
	name *string
}

// TestBufferInsideStruct hands over buffers that are a part of an object with
// Go pointers, which cgo must not take for handing over those.
func TestBufferInsideStruct(t *testing.T) {
	p := connect(t, clientCtx(t, testdata.ECDSA), serverCtx(t, testdata.ECDSA))
	name := "x"
	h := &holder{next: new(holder), name: &name}
	copy(h.buf[:], "in there")
	if n, w, err := p.client.Write(h.buf[:]); n != 8 {
		t.Fatal(n, w, err)
	}
	got := &holder{next: h}
	if n, w, err := p.server.Peek(got.buf[:1]); n != 1 {
		t.Fatal(n, w, err)
	}
	if n, w, err := p.server.Read(got.buf[:]); n != 8 || got.buf != h.buf {
		t.Fatal(n, w, err)
	}
	ops := []ossl.Op{
		{SSL: p.server, Kind: ossl.OpWrite, Buf: h.buf[2:5]},
		{SSL: p.client, Kind: ossl.OpRead, Buf: got.next.next.buf[:]},
	}
	ossl.Run(ops)
	if ops[1].N != 3 || string(ops[1].Buf[:3]) != string(h.buf[2:5]) {
		t.Fatalf("%+v", ops)
	}
}
