package ossl

// #include "shim.h"
import "C"

import (
	"errors"
	"runtime"
	"unsafe"
)

var errUnknownOp = errors.New("ossl: unknown kind of operation")

// OpKind is an operation of a batch.
type OpKind uint8

// The operations, each as the method of the same name.
const (
	OpConnect OpKind = iota
	OpAccept
	OpDoHandshake
	OpRead
	OpPeek
	OpWrite
	OpShutdown
)

// kinds and names are C's numbers, and what errors call the operation.
var (
	opKinds = [...]C.int32_t{
		OpConnect: C.GOSSL_CONNECT, OpAccept: C.GOSSL_ACCEPT, OpDoHandshake: C.GOSSL_DO_HANDSHAKE,
		OpRead: C.GOSSL_READ, OpPeek: C.GOSSL_PEEK, OpWrite: C.GOSSL_WRITE, OpShutdown: C.GOSSL_SHUTDOWN,
	}
	opNames = [...]string{
		OpConnect: "SSL_connect", OpAccept: "SSL_accept", OpDoHandshake: "SSL_do_handshake",
		OpRead: "SSL_read", OpPeek: "SSL_peek", OpWrite: "SSL_write", OpShutdown: "SSL_shutdown",
	}
)

// Op is one operation of a batch: set SSL, Kind and for reads and writes Buf;
// the batch sets the rest.
type Op struct {
	SSL  *SSL
	Kind OpKind
	Buf  []byte

	N       int   // bytes read or written; for OpShutdown 1 when both sides are done
	Want    Want  // as of the method
	Err     error // as of the method
	Pending bool  // SSL_has_pending(3) afterwards: bytes that no event will announce
}

// Run runs every operation of the list in one crossing into C, in order, and
// sets each one's own verdict. The same SSL may occur more than once. No other
// goroutine may use one of these SSLs meanwhile.
//
// For many rounds use a [Batch], which keeps its memory.
func Run(ops []Op) {
	var b Batch
	b.Run(ops)
}

// Batch runs operations many at a time and keeps the memory that this takes.
// One cgo call for all connections that are ready costs less than one each:
// the runtime's monitor takes the processor away from goroutines that are out
// in C again and again. It has one user at a time. The zero Batch is ready.
type Batch struct {
	arena []byte
	pin   *runtime.Pinner
	c     []C.gossl_op
}

// NewBatch makes a Batch with an arena of n bytes for buffers. Buffers within
// it cost nothing to hand over; others are pinned one by one, for the call.
// The caller closes it.
func NewBatch(n int) *Batch {
	b := &Batch{arena: make([]byte, n), pin: new(runtime.Pinner)}
	if n > 0 {
		b.pin.Pin(unsafe.SliceData(b.arena))
	}
	runtime.AddCleanup(b, func(p *runtime.Pinner) { p.Unpin() }, b.pin)
	return b
}

// Arena is the memory for buffers. It stays pinned until Close.
func (b *Batch) Arena() []byte {
	if b == nil {
		return nil
	}
	return b.arena
}

// Close unpins the arena. Slices of it stay valid, but cost as others do.
func (b *Batch) Close() {
	if b == nil {
		return
	}
	if b.pin != nil {
		b.pin.Unpin()
	}
	b.arena = nil
}

// Run is the function [Run] with the memory of b.
func (b *Batch) Run(ops []Op) {
	if b == nil {
		b = new(Batch)
	}
	if cap(b.c) < len(ops) {
		b.c = make([]C.gossl_op, len(ops))
	}
	var pin runtime.Pinner
	n := 0
	for i := range ops {
		if ops[i].begin() {
			b.gather(&b.c[:cap(b.c)][n], &ops[i], &pin)
			n++
		}
	}
	if n == 0 {
		return
	}
	crossing()
	C.gossl_run(unsafe.SliceData(b.c), C.size_t(n))
	pin.Unpin()
	n = 0
	for i := range ops {
		if ops[i].begun() {
			ops[i].finish(&b.c[:cap(b.c)][n])
			n++
		}
	}
	runtime.KeepAlive(ops)
}

func (b *Batch) gather(c *C.gossl_op, o *Op, pin *runtime.Pinner) {
	p := unsafe.Pointer(unsafe.SliceData(o.Buf))
	if len(o.Buf) > 0 && !b.holds(uintptr(p)) {
		pin.Pin(p)
	}
	*c = C.gossl_op{
		ssl: C.uintptr_t(uintptr(o.SSL.p)), kind: opKinds[o.Kind],
		buf: C.uintptr_t(uintptr(p)), len: C.size_t(len(o.Buf)),
	}
}

func (b *Batch) holds(p uintptr) bool {
	return len(b.arena) > 0 && p-uintptr(unsafe.Pointer(unsafe.SliceData(b.arena))) < uintptr(len(b.arena))
}

// begin clears the results and says whether there is anything to do in C.
func (o *Op) begin() bool {
	o.N, o.Want, o.Err, o.Pending = 0, WantNothing, nil, false
	if o.SSL == nil || o.SSL.p == nil {
		o.Err = ErrClosed
	} else if int(o.Kind) >= len(opKinds) {
		o.Err = errUnknownOp
	}
	return o.begun()
}

// begun says whether the operation went to C: zero-length reads and writes do
// nothing, as everywhere in Go.
func (o *Op) begun() bool {
	moves := o.Kind == OpRead || o.Kind == OpPeek || o.Kind == OpWrite
	return o.Err == nil && (!moves || len(o.Buf) > 0)
}

func (o *Op) finish(c *C.gossl_op) {
	o.N = int(c.n)
	o.Pending = c.pending != 0
	o.SSL.note(c.told)
	if c.code == C.SSL_ERROR_NONE {
		return
	}
	// The queue is in C's memory; only the type of the field hides that, so
	// that cgo does not search every op for Go pointers.
	e := *(**C.gossl_err)(unsafe.Pointer(&c.err))
	o.Want, o.Err = verdict(opNames[o.Kind], C.int(c.code), C.int(c.sys), e)
	if o.Kind == OpRead || o.Kind == OpPeek {
		o.Err = plainEOF(o.Err)
	}
}
