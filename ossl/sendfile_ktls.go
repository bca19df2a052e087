package ossl

// #include <openssl/bio.h>
// #include "shim_more.h"
import "C"

import "runtime"

// Sendfile sends size bytes of a file from offset on, which the kernel encrypts
// on their way: SSL_sendfile(3). n is how much is done. It works only while
// BIOGetKTLSSend; flags are those of the system's sendfile, and 0 on Linux.
//
// n of 0 without a want or an error means that the file ends before offset: it
// was cut meanwhile.
func (s *SSL) Sendfile(fd int, offset int64, size, flags int) (n int, w Want, err error) {
	if s == nil || s.p == nil {
		return 0, WantNothing, ErrClosed
	}
	crossing()
	r := C.gossl_sendfile(s.c(), cInt(fd), C.int64_t(offset), cSize(size), cInt(flags))
	runtime.KeepAlive(s)
	w, err = verdict("SSL_sendfile", r.code, r.sys, r.err)
	return int(r.n), w, err
}

// BIOGetKTLSSend says whether the kernel encrypts what is sent:
// BIO_get_ktls_send(3) of the BIO of SSL_get_wbio. OpEnableKTLS asks for it; it
// is known after the handshake.
func (s *SSL) BIOGetKTLSSend() bool { return s.ktls(0) }

// BIOGetKTLSRecv says whether the kernel decrypts what is received:
// BIO_get_ktls_recv(3) of the BIO of SSL_get_rbio.
func (s *SSL) BIOGetKTLSRecv() bool { return s.ktls(1) }

func (s *SSL) ktls(receive C.int) bool {
	return sslValue(s, func(s *C.SSL) C.int { crossing(); return C.gossl_ktls(s, receive) }) != 0
}
