package ossl

// #include "shim_answer.h"
import "C"

import "fmt"

// Resumption says which of a server's sessions may be resumed.
type Resumption int

// The policies.
const (
	Resumable                Resumption = C.GOSSL_RESUMABLE
	NotResumable             Resumption = C.GOSSL_NOT_RESUMABLE
	ResumableIfForwardSecure Resumption = C.GOSSL_RESUMABLE_IF_FORWARD_SECURE // by an ephemeral key exchange
)

// SetNotResumable says which sessions of TLS 1.2 and below a server lets its
// clients resume: the policy stands for the callback of
// SSL_CTX_set_not_resumable_session_callback(3). TLS 1.3 does not ask: there,
// SetNumTickets of 0.
func (c *Ctx) SetNotResumable(r Resumption) error {
	return c.call("SSL_CTX_set_not_resumable_session_callback", func(c *C.SSL_CTX) *C.gossl_err {
		crossing()
		return C.gossl_set_not_resumable(c, nil, C.int(r))
	})
}

// SetNotResumable is the same for one connection, before its handshake or while
// AskClientHello is open: SSL_set_not_resumable_session_callback(3).
func (s *SSL) SetNotResumable(r Resumption) error {
	return s.call("SSL_set_not_resumable_session_callback", func(s *C.SSL) *C.gossl_err {
		crossing()
		return C.gossl_set_not_resumable(nil, s, C.int(r))
	})
}

// SetAllowEarlyData says whether a server takes early data that it could take;
// that is the rule: SSL_CTX_set_allow_early_data_cb(3).
func (c *Ctx) SetAllowEarlyData(allow bool) error {
	return c.call("SSL_CTX_set_allow_early_data_cb", func(c *C.SSL_CTX) *C.gossl_err {
		crossing()
		return C.gossl_set_early_data_allowed(c, nil, cFlag(allow))
	})
}

// SetAllowEarlyData decides for one connection, before its handshake or while
// AskClientHello is open, by a record of tickets that have been used, say. A
// client whose early data is refused sends it again after the handshake:
// SSL_set_allow_early_data_cb(3).
func (s *SSL) SetAllowEarlyData(allow bool) error {
	return s.call("SSL_set_allow_early_data_cb", func(s *C.SSL) *C.gossl_err {
		crossing()
		return C.gossl_set_early_data_allowed(nil, s, cFlag(allow))
	})
}

// maxIDPrefix leaves as many random bytes as an id needs.
const maxIDPrefix = 16

func checkIDPrefix(prefix []byte) error {
	if len(prefix) > maxIDPrefix {
		return fmt.Errorf("ossl: prefix of %d bytes for session ids: must have at most %d, the rest is random", len(prefix), maxIDPrefix)
	}
	return nil
}

// SetSessionIDPrefix has the ids of a server's sessions begin with prefix, of at
// most 16 bytes, by which a load balancer finds the server again; the rest is
// random. It stands for the callback of SSL_CTX_set_generate_session_id(3).
// Sessions in tickets have no such id. Call it before SSLs are made of c.
func (c *Ctx) SetSessionIDPrefix(prefix []byte) error {
	if err := checkIDPrefix(prefix); err != nil {
		return err
	}
	return c.call("SSL_CTX_set_generate_session_id", func(c *C.SSL_CTX) *C.gossl_err {
		crossing()
		return C.gossl_set_session_id_prefix(c, nil, bytesPtr(prefix), C.size_t(len(prefix)))
	})
}

// SetSessionIDPrefix is the same for one connection:
// SSL_set_generate_session_id(3).
func (s *SSL) SetSessionIDPrefix(prefix []byte) error {
	if err := checkIDPrefix(prefix); err != nil {
		return err
	}
	return s.call("SSL_set_generate_session_id", func(s *C.SSL) *C.gossl_err {
		crossing()
		return C.gossl_set_session_id_prefix(nil, s, bytesPtr(prefix), C.size_t(len(prefix)))
	})
}

// maxSecret is the size of a master secret.
const maxSecret = 48

// SetSessionSecret is the master secret of a session of TLS 1.2 or below that
// was agreed on elsewhere, as EAP-FAST does (RFC 4851): both sides must have
// it, and then shake hands as if they resumed. A client sends with it what
// SetSessionTicketExt is given, by which a server can tell, while AskClientHello
// is open, which secret to set. It stands for the callback of
// SSL_set_session_secret_cb(3).
func (s *SSL) SetSessionSecret(secret []byte) error {
	if len(secret) == 0 || len(secret) > maxSecret {
		return fmt.Errorf("ossl: session secret of %d bytes: must have 1 to %d", len(secret), maxSecret)
	}
	return s.call("SSL_set_session_secret_cb", func(s *C.SSL) *C.gossl_err {
		crossing()
		return C.gossl_set_session_secret(s, bytesPtr(secret), C.size_t(len(secret)))
	})
}
