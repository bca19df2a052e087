package ossl

// #include "shim_more.h"
import "C"

import (
	"io"
	"runtime"
	"unsafe"
)

// BIO is what an SSL reads from and writes to: bio(7). A socket under the SSL
// needs none; memory BIOs and pairs are for transports that are no descriptors.
// It has one user at a time, and counts as used while an SSL over it is. The
// caller closes it; an SSL that it was given to has a reference of its own.
//
// C programs use BIOs for much more, which Go has better: bytes.Buffer, os.File
// and bufio.
type BIO struct{ object }

// NewBIOMem makes an empty memory BIO, which grows without bound: BIO_new(3) of
// BIO_s_mem. A Read of an empty one wants more.
func NewBIOMem() (*BIO, error) { return newMem(nil, 0) }

// NewBIOMemBuf makes a memory BIO that holds a copy of b and ends behind it:
// BIO_new_mem_buf(3).
func NewBIOMemBuf(b []byte) (*BIO, error) { return newMem(b, 1) }

func newMem(b []byte, fixed C.int) (*BIO, error) {
	return makeBIO("BIO_new", func(out **C.BIO) *C.gossl_err {
		return C.gossl_bio_mem(bytesPtr(b), C.size_t(len(b)), fixed, out)
	})
}

// NewBIOPair makes two BIOs of which each reads what is written to the other,
// with buffers of so many bytes; 0 is 17 KiB, enough for one record:
// BIO_new_bio_pair(3).
func NewBIOPair(n, m int) (a, b *BIO, err error) {
	if err := CheckVersion(); err != nil {
		return nil, nil, err
	}
	var p, q *C.BIO
	crossing()
	if err := failed("BIO_new_bio_pair", C.gossl_bio_pair(cSize(n), cSize(m), &p, &q)); err != nil {
		return nil, nil, err
	}
	return newBIO(p), newBIO(q), nil
}

// NewBIOSocket makes a BIO over a connected stream socket, which stays the
// caller's: BIO_new_socket(3) with BIO_NOCLOSE. SSL.SetFd does it by itself.
func NewBIOSocket(fd int) (*BIO, error) {
	return makeBIO("BIO_new_socket", func(out **C.BIO) *C.gossl_err { return C.gossl_bio_fd(cInt(fd), 0, out) })
}

func makeBIO(op string, f func(**C.BIO) *C.gossl_err) (*BIO, error) {
	if err := CheckVersion(); err != nil {
		return nil, err
	}
	var p *C.BIO
	crossing()
	if err := failed(op, f(&p)); err != nil {
		return nil, err
	}
	return newBIO(p), nil
}

func newBIO(p *C.BIO) *BIO {
	b := new(BIO)
	b.open(unsafe.Pointer(p), kindBIO)
	return b
}

// Read reads what is there: BIO_read_ex(3). Where nothing is, it wants
// something, or the BIO has ended, which is io.EOF.
func (b *BIO) Read(p []byte) (n int, w Want, err error) {
	if b.c() == nil {
		return 0, WantNothing, ErrClosed
	}
	if len(p) == 0 {
		return 0, WantNothing, nil
	}
	crossing()
	return b.end("BIO_read", C.gossl_bio_read(b.c(), bytesPtr(p), C.size_t(len(p))))
}

// Write writes what the BIO takes: BIO_write_ex(3).
func (b *BIO) Write(p []byte) (n int, w Want, err error) {
	if b.c() == nil {
		return 0, WantNothing, ErrClosed
	}
	if len(p) == 0 {
		return 0, WantNothing, nil
	}
	crossing()
	return b.end("BIO_write", C.gossl_bio_write(b.c(), bytesPtr(p), C.size_t(len(p))))
}

// Flush writes out what a filter has gathered: BIO_flush(3).
func (b *BIO) Flush() (Want, error) {
	if b.c() == nil {
		return WantNothing, ErrClosed
	}
	crossing()
	_, w, err := b.end("BIO_flush", C.gossl_bio_flush(b.c()))
	return w, err
}

func (b *BIO) end(op string, r C.gossl_bio_result) (int, Want, error) {
	runtime.KeepAlive(b)
	if r.err != nil {
		return int(r.n), WantNothing, takeError(op, r.err)
	}
	if r.eof != 0 {
		return int(r.n), WantNothing, io.EOF
	}
	return int(r.n), wantOf(r.want), nil
}

// Pending is how many bytes can be read: BIO_pending(3) and BIO_ctrl_pending.
func (b *BIO) Pending() int { return b.count(C.GOSSL_BIO_PENDING) }

// Wpending is how many bytes are written and not yet taken: BIO_wpending(3) and
// BIO_ctrl_wpending.
func (b *BIO) Wpending() int { return b.count(C.GOSSL_BIO_WPENDING) }

// GetWriteGuarantee is how many bytes one end of a pair takes for certain:
// BIO_get_write_guarantee(3) and BIO_ctrl_get_write_guarantee.
func (b *BIO) GetWriteGuarantee() int { return b.count(C.GOSSL_BIO_GUARANTEE) }

// GetReadRequest is how many bytes the other end of a pair has asked for in
// vain: BIO_get_read_request(3) and BIO_ctrl_get_read_request.
func (b *BIO) GetReadRequest() int { return b.count(C.GOSSL_BIO_REQUEST) }

// EOF says whether the BIO has ended: BIO_eof(3).
func (b *BIO) EOF() bool { return b.count(C.GOSSL_BIO_EOF) != 0 }

// Reset empties the BIO: BIO_reset(3).
func (b *BIO) Reset() error {
	return b.call("BIO_reset", func(b *C.BIO) *C.gossl_err { return C.gossl_bio_reset(b) })
}

// ShutdownWr ends what one end of a pair writes, which the other reads as an
// end: BIO_shutdown_wr(3).
func (b *BIO) ShutdownWr() { b.do(func(b *C.BIO) { C.gossl_bio_shutdown_wr(b) }) }

// SetMemEOFReturn says what a Read of an empty memory BIO is, an end or a want:
// BIO_set_mem_eof_return(3).
func (b *BIO) SetMemEOFReturn(end bool) {
	v := C.int(-1)
	if end {
		v = 0
	}
	b.do(func(b *C.BIO) { C.gossl_bio_set_mem_eof_return(b, v) })
}

// GetMemData is a copy of what a memory BIO holds: BIO_get_mem_data(3).
func (b *BIO) GetMemData() (data []byte) {
	b.do(func(b *C.BIO) { data = takeBytes(C.gossl_bio_mem_data(b)) })
	return data
}

// Close drops this reference, and where it is the last one the BIO and those
// behind it: BIO_free_all(3). A second Close does nothing. Nothing else may use
// b at the same time.
func (b *BIO) Close() {
	if b != nil {
		b.close()
	}
}

func (b *BIO) c() *C.BIO { return (*C.BIO)(b.ptr()) }

func (b *BIO) ptr() unsafe.Pointer {
	if b == nil {
		return nil
	}
	return b.p
}

func (b *BIO) call(op string, f func(*C.BIO) *C.gossl_err) error {
	return lend(b, func() error { crossing(); return failed(op, f(b.c())) })
}

func (b *BIO) do(f func(*C.BIO)) {
	if b.c() != nil {
		crossing()
		f(b.c())
		runtime.KeepAlive(b)
	}
}

func (b *BIO) count(which C.int) (n int) {
	b.do(func(b *C.BIO) { n = int(C.gossl_bio_count(b, which)) })
	return n
}
