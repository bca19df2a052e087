package ossl

// #include "shim_more.h"
import "C"

import "runtime"

// SetBio has the SSL read from r and write to w, which may be the same, or nil
// for none: SSL_set_bio(3). Unlike in C both remain the caller's.
func (s *SSL) SetBio(r, w *BIO) error { return s.setBIOs("SSL_set_bio", r, w, 3) }

// Set0Rbio has the SSL read from b: SSL_set0_rbio(3). Unlike in C it remains
// the caller's.
func (s *SSL) Set0Rbio(b *BIO) error { return s.setBIOs("SSL_set0_rbio", b, nil, 1) }

// Set0Wbio has the SSL write to b: SSL_set0_wbio(3). Unlike in C it remains the
// caller's.
func (s *SSL) Set0Wbio(b *BIO) error { return s.setBIOs("SSL_set0_wbio", nil, b, 2) }

func (s *SSL) setBIOs(op string, r, w *BIO, which C.int) error {
	if r != nil && r.p == nil || w != nil && w.p == nil {
		return ErrClosed
	}
	err := s.call(op, func(s *C.SSL) *C.gossl_err { crossing(); return C.gossl_set_bios(s, r.c(), w.c(), which) })
	runtime.KeepAlive(r)
	runtime.KeepAlive(w)
	return err
}

// GetRbio is what the SSL reads from: SSL_get_rbio(3). Unlike in C it comes
// with a reference of its own, and the caller closes it. The error has no
// reasons where there is none.
func (s *SSL) GetRbio() (*BIO, error) { return s.bio("SSL_get_rbio", 0) }

// GetWbio is what the SSL writes to: SSL_get_wbio(3), likewise.
func (s *SSL) GetWbio() (*BIO, error) { return s.bio("SSL_get_wbio", 1) }

func (s *SSL) bio(op string, w C.int) (*BIO, error) {
	var p *C.BIO
	err := s.call(op, func(s *C.SSL) *C.gossl_err { crossing(); return C.gossl_get_bio(s, w, &p) })
	if err != nil {
		return nil, err
	}
	return newBIO(p), nil
}

// GetRfd is the descriptor that the SSL reads from, or -1: SSL_get_rfd(3).
func (s *SSL) GetRfd() int { return s.fd(func(s *C.SSL) C.int { return C.SSL_get_rfd(s) }) }

// GetWfd is the descriptor that the SSL writes to, or -1: SSL_get_wfd(3).
func (s *SSL) GetWfd() int { return s.fd(func(s *C.SSL) C.int { return C.SSL_get_wfd(s) }) }

func (s *SSL) fd(f func(*C.SSL) C.int) int {
	if s == nil || s.p == nil {
		return -1
	}
	crossing()
	return int(sslValue(s, f))
}
