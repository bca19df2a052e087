package ossl

// #include "shim.h"
import "C"

import "runtime"

// SetFd gives the SSL its socket: SSL_set_fd(3). fd should be non-blocking.
// It stays the caller's, who closes it after the SSL is closed or no longer
// used.
func (s *SSL) SetFd(fd int) error {
	return s.call("SSL_set_fd", func(s *C.SSL) *C.gossl_err {
		crossing()
		return C.gossl_set_fd(s, C.int(fd))
	})
}

// GetFd is the descriptor that SetFd set, or -1: SSL_get_fd(3).
func (s *SSL) GetFd() int {
	if s == nil || s.p == nil {
		return -1
	}
	return int(sslValue(s, func(s *C.SSL) C.int { return C.SSL_get_fd(s) }))
}

// SetConnectState makes the SSL a client: SSL_set_connect_state(3).
func (s *SSL) SetConnectState() {
	s.do(func(s *C.SSL) { C.SSL_set_connect_state(s) })
}

// SetAcceptState makes the SSL a server: SSL_set_accept_state(3).
func (s *SSL) SetAcceptState() {
	s.do(func(s *C.SSL) { C.SSL_set_accept_state(s) })
}

// IsServer says which role it has: SSL_is_server(3).
func (s *SSL) IsServer() bool {
	return sslValue(s, func(s *C.SSL) C.int { return C.SSL_is_server(s) }) != 0
}

// SetTlsextHostName sets the name a client asks for (SNI):
// SSL_set_tlsext_host_name(3). RFC 6066 allows host names only, no addresses.
// It does not make the client verify the name: see Set1Host.
func (s *SSL) SetTlsextHostName(name string) error {
	return s.callString("SSL_set_tlsext_host_name", name, func(s *C.SSL, cs *C.char) *C.gossl_err {
		return C.gossl_set_tlsext_host_name(s, cs)
	})
}

// Set1Host sets the one name, or IP address, that the peer's certificate must
// have: SSL_set1_host(3). It counts only under VerifyPeer.
func (s *SSL) Set1Host(name string) error {
	return s.callString("SSL_set1_host", name, func(s *C.SSL, cs *C.char) *C.gossl_err {
		return C.gossl_set1_host(s, cs)
	})
}

// Add1Host adds another name that the peer's certificate may have instead:
// SSL_add1_host(3).
func (s *SSL) Add1Host(name string) error {
	return s.callString("SSL_add1_host", name, func(s *C.SSL, cs *C.char) *C.gossl_err {
		return C.gossl_add1_host(s, cs)
	})
}

// Set1IPAsc sets the IP address that the peer's certificate must have, in text
// form: X509_VERIFY_PARAM_set1_ip_asc(3).
func (s *SSL) Set1IPAsc(ip string) error {
	return s.callString("X509_VERIFY_PARAM_set1_ip_asc", ip, func(s *C.SSL, cs *C.char) *C.gossl_err {
		return C.gossl_set1_ip_asc(s, cs)
	})
}

// SetVerify sets what is asked of the peer's certificate on this connection:
// SSL_set_verify(3), without a callback.
func (s *SSL) SetVerify(m VerifyMode) {
	s.do(func(s *C.SSL) { C.SSL_set_verify(s, C.int(m), nil) })
}

// SetVerifyDepth bounds the number of intermediate certificates:
// SSL_set_verify_depth(3).
func (s *SSL) SetVerifyDepth(depth int) {
	s.do(func(s *C.SSL) { C.SSL_set_verify_depth(s, C.int(depth)) })
}

// SetAlpnProtos sets the protocols that this client offers: SSL_set_alpn_protos(3).
// See [Ctx.SetAlpnProtos].
func (s *SSL) SetAlpnProtos(protos ...string) error {
	wire, err := alpnWire(protos)
	if err != nil {
		return err
	}
	return s.call("SSL_set_alpn_protos", func(s *C.SSL) *C.gossl_err {
		return C.gossl_set_alpn_protos(s, bytesPtr(wire), C.uint(len(wire)))
	})
}

// SetMinProtoVersion is Ctx.SetMinProtoVersion for one connection:
// SSL_set_min_proto_version(3).
func (s *SSL) SetMinProtoVersion(version int) error {
	return s.call("SSL_set_min_proto_version", func(s *C.SSL) *C.gossl_err {
		return C.gossl_set_min_proto_version(s, C.int(version))
	})
}

// SetMaxProtoVersion is Ctx.SetMaxProtoVersion for one connection:
// SSL_set_max_proto_version(3).
func (s *SSL) SetMaxProtoVersion(version int) error {
	return s.call("SSL_set_max_proto_version", func(s *C.SSL) *C.gossl_err {
		return C.gossl_set_max_proto_version(s, C.int(version))
	})
}

// SetCipherList is Ctx.SetCipherList for one connection: SSL_set_cipher_list(3).
func (s *SSL) SetCipherList(list string) error {
	return s.callString("SSL_set_cipher_list", list, func(s *C.SSL, cs *C.char) *C.gossl_err {
		return C.gossl_set_cipher_list(s, cs)
	})
}

// SetCiphersuites is Ctx.SetCiphersuites for one connection:
// SSL_set_ciphersuites(3).
func (s *SSL) SetCiphersuites(list string) error {
	return s.callString("SSL_set_ciphersuites", list, func(s *C.SSL, cs *C.char) *C.gossl_err {
		return C.gossl_set_ciphersuites(s, cs)
	})
}

// Set1GroupsList is Ctx.Set1GroupsList for one connection:
// SSL_set1_groups_list(3).
func (s *SSL) Set1GroupsList(list string) error {
	return s.callString("SSL_set1_groups_list", list, func(s *C.SSL, cs *C.char) *C.gossl_err {
		return C.gossl_set1_groups_list(s, cs)
	})
}

// SetOptions adds options and returns the set then in force: SSL_set_options(3).
func (s *SSL) SetOptions(o Options) Options {
	return Options(sslValue(s, func(s *C.SSL) C.uint64_t { return C.SSL_set_options(s, C.uint64_t(o)) }))
}

// ClearOptions takes options away and returns the set then in force:
// SSL_clear_options(3).
func (s *SSL) ClearOptions(o Options) Options {
	return Options(sslValue(s, func(s *C.SSL) C.uint64_t { return C.SSL_clear_options(s, C.uint64_t(o)) }))
}

// SetMode adds modes and returns the set then in force: SSL_set_mode(3).
func (s *SSL) SetMode(m Mode) Mode {
	return Mode(sslValue(s, func(s *C.SSL) C.uint32_t { return C.gossl_set_mode(s, C.uint32_t(m)) }))
}

// SetSession offers a session for resumption, before the handshake:
// SSL_set_session(3). The SSL takes a reference of its own; sess remains the
// caller's.
func (s *SSL) SetSession(sess *Session) error {
	if sess.c() == nil {
		return ErrClosed
	}
	err := s.call("SSL_set_session", func(s *C.SSL) *C.gossl_err { return C.gossl_set_session(s, sess.c()) })
	runtime.KeepAlive(sess)
	return err
}

// SetSSLCtx gives the SSL another Ctx, which changes its certificates and
// little else: SSL_set_SSL_CTX(3), and [Ctx.SetServerNames] for the rest.
func (s *SSL) SetSSLCtx(c *Ctx) error {
	if c == nil || c.p == nil {
		return ErrClosed
	}
	err := s.call("SSL_set_SSL_CTX", func(s *C.SSL) *C.gossl_err { return C.gossl_set_ssl_ctx(s, c.c()) })
	runtime.KeepAlive(c)
	return err
}

// SetSessionIDContext is Ctx.SetSessionIDContext for one connection:
// SSL_set_session_id_context(3).
func (s *SSL) SetSessionIDContext(id []byte) error {
	return s.call("SSL_set_session_id_context", func(s *C.SSL) *C.gossl_err {
		return C.gossl_set_session_id_context(s, bytesPtr(id), C.uint(len(id)))
	})
}

// call runs f on the C object unless it is closed.
func (s *SSL) call(op string, f func(*C.SSL) *C.gossl_err) error {
	if s == nil || s.p == nil {
		return ErrClosed
	}
	err := failed(op, f(s.c()))
	runtime.KeepAlive(s)
	return err
}

// callString is call for functions that take one string.
func (s *SSL) callString(op, arg string, f func(*C.SSL, *C.char) *C.gossl_err) error {
	if err := checkString(arg); err != nil {
		return err
	}
	return s.call(op, func(s *C.SSL) *C.gossl_err {
		return withCString(arg, func(cs *C.char) *C.gossl_err { return f(s, cs) })
	})
}

// do runs f on the C object unless it is closed.
func (s *SSL) do(f func(*C.SSL)) {
	if s != nil && s.p != nil {
		f(s.c())
		runtime.KeepAlive(s)
	}
}
