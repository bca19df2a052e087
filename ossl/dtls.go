package ossl

// #include "shim_answer.h"
import "C"

import (
	"fmt"
	"runtime"
	"time"
	"unsafe"
)

// The options that are about DTLS.
const (
	OpNoQueryMTU     Options = C.SSL_OP_NO_QUERY_MTU
	OpCookieExchange Options = C.SSL_OP_COOKIE_EXCHANGE
	OpNoDTLSv1       Options = C.SSL_OP_NO_DTLSv1
	OpNoDTLSv1_2     Options = C.SSL_OP_NO_DTLSv1_2
)

// DTLSv1GetTimeout is how long to wait for the peer before
// DTLSv1HandleTimeout; running is false where nothing is on its way that might
// have to be sent again: DTLSv1_get_timeout(3).
func (s *SSL) DTLSv1GetTimeout() (left time.Duration, running bool) {
	var us C.int64_t
	set := sslValue(s, func(s *C.SSL) C.int { crossing(); return C.gossl_dtls_timeout(s, &us) })
	return time.Duration(us) * time.Microsecond, set != 0
}

// DTLSv1HandleTimeout sends again what the peer has not answered, when the time
// is over; sent is false when it is not: DTLSv1_handle_timeout(3). After a dozen
// times it is an error.
func (s *SSL) DTLSv1HandleTimeout() (sent bool, err error) {
	if s == nil || s.p == nil {
		return false, ErrClosed
	}
	crossing()
	r := C.gossl_dtls_handle_timeout(s.c())
	runtime.KeepAlive(s)
	_, err = verdict("DTLSv1_handle_timeout", r.code, r.sys, r.err)
	return r.n > 0, err
}

// SetDTLSTimer sets how long to wait for the peer before the first repetition,
// and how long at most: each wait is twice the one before. It stands for the
// callback of DTLS_set_timer_cb(3); libssl's own begins with a second and ends
// with a minute.
func (s *SSL) SetDTLSTimer(first, longest time.Duration) error {
	if s == nil || s.p == nil {
		return ErrClosed
	}
	if first < time.Millisecond || longest < first || longest > time.Hour {
		return fmt.Errorf("ossl: DTLS timer of %v to %v: must be 1ms to 1h, the shorter one first", first, longest)
	}
	return s.call("DTLS_set_timer_cb", func(s *C.SSL) *C.gossl_err {
		crossing()
		return C.gossl_set_dtls_timer(s, C.uint(first.Microseconds()), C.uint(longest.Microseconds()))
	})
}

// DTLSv1Listen answers ClientHellos without a good cookie by a request for one,
// and keeps nothing of them, until one with a good cookie comes: ok, and the
// client's address. DTLSv1_listen(3). Without ok it has to be called again when
// the socket is readable. Then the SSL goes on with Accept, on a socket
// connected to the client. It is in accept state by then: SetAcceptState would
// make it forget the ClientHello, and wait for ever.
//
// The Ctx needs SetCookieSecret, or hooks for cookies.
func (s *SSL) DTLSv1Listen() (peer Addr, ok bool, err error) {
	if s == nil || s.p == nil {
		return Addr{}, false, ErrClosed
	}
	crossing()
	var a C.gossl_addr
	r := C.gossl_dtls_listen(s.c(), &a)
	runtime.KeepAlive(s)
	if _, err := verdict("DTLSv1_listen", r.code, r.sys, r.err); err != nil {
		return Addr{}, false, err
	}
	return addrOf(a), r.n > 0, nil
}

// Stateless is DTLSv1Listen for TLS 1.3, whose HelloRetryRequest carries a
// cookie: SSL_stateless(3). Where neither ok nor a Want comes, the request has
// been sent, or there was nothing to answer yet: what the client sends next goes
// to Stateless of a new SSL, or of this one. After ok comes Accept.
func (s *SSL) Stateless() (ok bool, w Want, err error) {
	if s == nil || s.p == nil {
		return false, WantNothing, ErrClosed
	}
	crossing()
	r := C.gossl_stateless(s.c())
	runtime.KeepAlive(s)
	w, err = verdict("SSL_stateless", r.code, r.sys, r.err)
	return r.n > 0, w, err
}

// SetCookieSecret has cookies made and checked in C: an HMAC with SHA-256 over
// the client's address, under secret. It stands for
// SSL_CTX_set_cookie_generate_cb(3), SSL_CTX_set_cookie_verify_cb(3), and for
// SSL_stateless SSL_CTX_set_stateless_cookie_generate_cb(3) and
// SSL_CTX_set_stateless_cookie_verify_cb(3). Servers that share the secret take
// each other's cookies; change it from time to time.
func (c *Ctx) SetCookieSecret(secret []byte) error {
	return c.call("SSL_CTX_set_cookie_generate_cb", func(c *C.SSL_CTX) *C.gossl_err {
		crossing()
		return C.gossl_set_cookie_secret(c, bytesPtr(secret), C.size_t(len(secret)))
	})
}

// Addr is the address of a datagram: BIO_ADDR.
type Addr struct {
	IP   []byte // 4 or 16 bytes, nil where it is none of IP
	Port uint16
}

func addrOf(a C.gossl_addr) Addr {
	return Addr{C.GoBytes(unsafe.Pointer(&a.ip), C.int(a.n)), uint16(a.port)}
}

// NewBIODgram makes a BIO over a datagram socket, which stays the caller's:
// BIO_new_dgram(3) with BIO_NOCLOSE.
func NewBIODgram(fd int) (*BIO, error) {
	return makeBIO("BIO_new_dgram", func(out **C.BIO) *C.gossl_err { return C.gossl_bio_fd(cInt(fd), 1, out) })
}

// CtrlSetConnected says that the socket is connected to an address:
// BIO_ctrl_set_connected(3).
func (b *BIO) CtrlSetConnected(peer Addr) error { return b.setPeer("BIO_ctrl_set_connected", peer, 1) }

// DgramSetPeer sets where datagrams go on a socket that is not connected:
// BIO_dgram_set_peer(3).
func (b *BIO) DgramSetPeer(peer Addr) error { return b.setPeer("BIO_dgram_set_peer", peer, 0) }

func (b *BIO) setPeer(op string, peer Addr, connected C.int) error {
	return b.call(op, func(b *C.BIO) *C.gossl_err {
		return C.gossl_dgram_set_peer(b, bytesPtr(peer.IP), C.size_t(len(peer.IP)), C.uint(peer.Port), connected)
	})
}

// DgramGetPeer is where the last datagram came from, or where they go:
// BIO_dgram_get_peer(3).
func (b *BIO) DgramGetPeer() (peer Addr, ok bool) {
	b.do(func(b *C.BIO) {
		var a C.gossl_addr
		if C.gossl_dgram_get_peer(b, &a) != 0 {
			peer, ok = addrOf(a), true
		}
	})
	return peer, ok
}

// DgramGetMTU is the size of the largest datagram that the BIO knows of, 0 for
// none: BIO_CTRL_DGRAM_GET_MTU of BIO_ctrl(3).
func (b *BIO) DgramGetMTU() int { return b.mtu(0) }

// DgramQueryMTU asks the system for it, on a connected socket:
// BIO_CTRL_DGRAM_QUERY_MTU.
func (b *BIO) DgramQueryMTU() int { return b.mtu(1) }

func (b *BIO) mtu(query C.int) (n int) {
	b.do(func(b *C.BIO) { n = int(C.gossl_dgram_mtu(b, query)) })
	return n
}
