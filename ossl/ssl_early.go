package ossl

// #include "shim_more.h"
import "C"

import "runtime"

// EarlyDataStatus says what became of early data: SSL_get_early_data_status(3).
type EarlyDataStatus int

// What can become of it.
const (
	EarlyDataNotSent  EarlyDataStatus = C.SSL_EARLY_DATA_NOT_SENT
	EarlyDataRejected EarlyDataStatus = C.SSL_EARLY_DATA_REJECTED // the client must send it again
	EarlyDataAccepted EarlyDataStatus = C.SSL_EARLY_DATA_ACCEPTED
)

// WriteEarlyData sends p as early data of TLS 1.3, before the handshake and
// instead of Connect or Accept: SSL_write_early_data(3). On a client the first
// call sends the ClientHello; it needs a session whose GetMaxEarlyData is not 0.
// After it comes DoHandshake. A server may send so as well, before the client
// has finished.
//
// Whoever records early data can play it to the server again: send nothing that
// must not happen twice. Where GetEarlyDataStatus is EarlyDataRejected
// afterwards, nothing of it has arrived.
//
// A client's n is all of p or 0. After a Want the same bytes must come again,
// from any address. On a server WantWrite can come together with all of p: libssl
// has the bytes in its own buffer still, and a call without any sends them, which
// must be done before DoHandshake.
func (s *SSL) WriteEarlyData(p []byte) (n int, w Want, err error) {
	if s == nil || s.p == nil {
		return 0, WantNothing, ErrClosed
	}
	crossing()
	r := C.gossl_write_early(s.c(), bytesPtr(p), C.size_t(len(p)))
	runtime.KeepAlive(s)
	s.note(C.int32_t(r.told))
	w, err = verdict("SSL_write_early_data", r.code, r.sys, r.err)
	return int(r.n), w, err
}

// ReadEarlyData reads early data on a server, instead of Accept, until it
// returns finished, and after that comes DoHandshake:
// SSL_read_early_data(3). finished comes too where the client sends none. The
// server must have SetMaxEarlyData, and keeps clients from playing it again by
// a single use of each ticket: tickets hold an id only, and the session cache must
// be on, or nothing is resumed. OpNoAntiReplay leaves that to the program.
func (s *SSL) ReadEarlyData(p []byte) (n int, finished bool, w Want, err error) {
	if s == nil || s.p == nil {
		return 0, false, WantNothing, ErrClosed
	}
	crossing()
	e := C.gossl_read_early(s.c(), bytesPtr(p), C.size_t(len(p)))
	runtime.KeepAlive(s)
	s.note(C.int32_t(e.r.told))
	w, err = verdict("SSL_read_early_data", e.r.code, e.r.sys, e.r.err)
	return int(e.r.n), e.status == C.SSL_READ_EARLY_DATA_FINISH && err == nil, w, err
}
