package ossl

// #include "shim_more.h"
import "C"

// NewSession makes an empty session, to be filled by its setters, for TLS 1.3's
// external pre-shared keys or a foreign cache: SSL_SESSION_new(3). The caller
// closes it.
func NewSession() (*Session, error) {
	if err := CheckVersion(); err != nil {
		return nil, err
	}
	var p *C.SSL_SESSION
	crossing()
	if err := failed("SSL_SESSION_new", C.gossl_session_new(&p)); err != nil {
		return nil, err
	}
	return newSession(p), nil
}

// Dup is a copy of the session: SSL_SESSION_dup(3). The caller closes it.
func (s *Session) Dup() (*Session, error) {
	var p *C.SSL_SESSION
	err := s.call("SSL_SESSION_dup", func(s *C.SSL_SESSION) *C.gossl_err { crossing(); return C.gossl_session_dup(s, &p) })
	if err != nil {
		return nil, err
	}
	return newSession(p), nil
}

// UpRef is a second Session for the same SSL_SESSION, to be closed by itself:
// SSL_SESSION_up_ref(3).
func (s *Session) UpRef() (*Session, error) {
	var d *Session
	err := s.call("SSL_SESSION_up_ref", func(s *C.SSL_SESSION) *C.gossl_err {
		crossing()
		C.gossl_session_up_ref(s)
		d = newSession(s)
		return nil
	})
	return d, err
}

// GetMasterKey is the master secret, or under TLS 1.3 the resumption secret:
// SSL_SESSION_get_master_key(3). Wipe it after use.
func (s *Session) GetMasterKey() []byte { return s.bytes(C.GOSSL_MASTER_KEY) }

// Get0IDContext is the session id context: SSL_SESSION_get0_id_context(3).
// Unlike in C it is a copy, as with those below.
func (s *Session) Get0IDContext() []byte { return s.bytes(C.GOSSL_ID_CONTEXT) }

// Get0Ticket is the ticket that the server gave: SSL_SESSION_get0_ticket(3).
func (s *Session) Get0Ticket() []byte { return s.bytes(C.GOSSL_TICKET) }

// Get0AlpnSelected is the protocol that ALPN chose:
// SSL_SESSION_get0_alpn_selected(3).
func (s *Session) Get0AlpnSelected() string { return string(s.bytes(C.GOSSL_SESSION_ALPN)) }

// Get0TicketAppdata is what Set1TicketAppdata put into the ticket:
// SSL_SESSION_get0_ticket_appdata(3).
func (s *Session) Get0TicketAppdata() []byte { return s.bytes(C.GOSSL_TICKET_APPDATA) }

func (s *Session) bytes(which C.int) []byte {
	return sessionValue(s, func(s *C.SSL_SESSION) []byte { crossing(); return takeBytes(C.gossl_session_bytes(s, which)) })
}

// Print is the session in words, with its secrets: SSL_SESSION_print(3) and
// SSL_SESSION_print_fp.
func (s *Session) Print() string { return s.print(0) }

// PrintKeylog is the session's secret as a line of a key log, as Wireshark
// reads it: SSL_SESSION_print_keylog(3). It is for TLS 1.2 and below.
func (s *Session) PrintKeylog() string { return s.print(1) }

func (s *Session) print(keylog C.int) string {
	return string(sessionValue(s, func(s *C.SSL_SESSION) []byte { crossing(); return takeBytes(C.gossl_session_print(s, keylog)) }))
}

// PEMWriteBio is the session as PEM text, with its secrets:
// PEM_write_bio_SSL_SESSION(3) and PEM_write_SSL_SESSION.
func (s *Session) PEMWriteBio() []byte {
	return sessionValue(s, func(s *C.SSL_SESSION) []byte { crossing(); return takeBytes(C.gossl_session_pem(s)) })
}

// PEMReadBioSession reads the first session of a PEM text:
// PEM_read_bio_SSL_SESSION(3) and PEM_read_SSL_SESSION. The caller closes it.
func PEMReadBioSession(pem []byte) (*Session, error) {
	n, err := cLen(pem)
	if err != nil {
		return nil, err
	}
	if err := CheckVersion(); err != nil {
		return nil, err
	}
	var p *C.SSL_SESSION
	crossing()
	if err := failed("PEM_read_bio_SSL_SESSION", C.gossl_pem_session(bytesPtr(pem), n, &p)); err != nil {
		return nil, err
	}
	return newSession(p), nil
}
