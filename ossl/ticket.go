package ossl

// #include "shim_ticket.h"
import "C"

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"unsafe"
)

// TicketKey seals session tickets, by AES-256-CBC and HMAC-SHA256. Keep it as
// you would keep a private key: who has it can read all connections of TLS 1.2
// that were resumed, or could be, from its tickets.
type TicketKey struct {
	Name [16]byte // in clear at the beginning of each ticket
	AES  [32]byte
	HMAC [32]byte
}

// NewTicketKey is a key with a name, both random.
func NewTicketKey() TicketKey {
	var k TicketKey
	for _, part := range [][]byte{k.Name[:], k.AES[:], k.HMAC[:]} {
		_, _ = rand.Read(part) // ends the program where it fails
	}
	return k
}

// String is the name alone, so that no log has the key.
func (k TicketKey) String() string { return fmt.Sprintf("ticket key %x", k.Name) }

// GoString is String.
func (k TicketKey) GoString() string { return k.String() }

// ticketOverhead is what a ticket has besides the session, which fills at least
// one block: name, IV, and HMAC.
const ticketOverhead = C.GOSSL_TICKET_NAME + C.GOSSL_TICKET_IV + C.GOSSL_TICKET_MAC

// TicketKeyName is the name of the key that a ticket is sealed with; ok is false
// for what is too short to be a ticket. A ticket comes with a ClientHello, in the
// extension session_ticket under TLS 1.2 and as an identity in pre_shared_key
// under TLS 1.3.
func TicketKeyName(ticket []byte) (name [16]byte, ok bool) {
	if len(ticket) < ticketOverhead+16 {
		return name, false
	}
	return [16]byte(ticket), true
}

// MaxTicketKeys is how many keys SetTicketKeys takes.
const MaxTicketKeys = C.GOSSL_TICKET_KEYS

// What SetTicketKeys refuses.
var (
	ErrNoTicketKeys       = errors.New("ossl: no ticket key: one at least must seal")
	ErrTooManyTicketKeys  = fmt.Errorf("ossl: more than %d ticket keys: leave the oldest out", MaxTicketKeys)
	ErrZeroTicketKey      = errors.New("ossl: a ticket key of zero bytes: fill it with random ones, as NewTicketKey does")
	ErrDuplicateTicketKey = errors.New("ossl: two ticket keys of one name: each needs its own")
)

// SetTicketKeys has servers seal their tickets with the first key, and accept
// those under any: SSL_CTX_set_tlsext_ticket_key_evp_cb(3), answered in C. A
// client that comes with a ticket under another than the first is given a new
// one, and one of TLS 1.3 always is; under a key that is not there the handshake
// is a full one. Each ticket has an IV of its own.
//
// The first call is a setter like any other. After it, unlike other setters, it
// may be called at any time and from any goroutine, while others shake hands:
// each ticket is sealed or opened with the keys from before or with those from
// after. What it replaces is wiped.
//
// Servers that are to resume each other's sessions need one SetSessionIDContext
// beside the same keys.
//
// keys stay the caller's, who may wipe them. On an error the keys from before
// stay in force. SSLs that change to another Ctx (SwitchCtx, SetServerNames,
// SetSSLCtx) keep to the keys of their first.
func (c *Ctx) SetTicketKeys(keys ...TicketKey) error {
	if c == nil || c.p == nil {
		return ErrClosed
	}
	if err := checkTicketKeys(keys); err != nil {
		return err
	}
	return c.call("SSL_CTX_set_tlsext_ticket_key_evp_cb", func(c *C.SSL_CTX) *C.gossl_err {
		crossing()
		return C.gossl_ctx_set_ticket_keys(c, (*C.uchar)(unsafe.Pointer(unsafe.SliceData(keys))), C.size_t(len(keys)))
	})
}

// ClearTicketKeys forgets what SetTicketKeys has set, and libssl's own keys: no
// ticket is sealed any more, and none that comes is taken, until SetTicketKeys.
// Handshakes go on in full. It may be called when SetTicketKeys may be.
func (c *Ctx) ClearTicketKeys() error {
	return c.call("SSL_CTX_set_tlsext_ticket_key_evp_cb", func(c *C.SSL_CTX) *C.gossl_err {
		crossing()
		return C.gossl_ctx_set_ticket_keys(c, nil, 0)
	})
}

func checkTicketKeys(keys []TicketKey) error {
	switch n := len(keys); {
	case n == 0:
		return ErrNoTicketKeys
	case n > MaxTicketKeys:
		return ErrTooManyTicketKeys
	}
	names := make(map[[16]byte]bool, len(keys))
	for i := range keys {
		k := &keys[i]
		if isZero(k.AES[:]) || isZero(k.HMAC[:]) {
			return ErrZeroTicketKey
		}
		if names[k.Name] {
			return fmt.Errorf("%w: %x", ErrDuplicateTicketKey, k.Name)
		}
		names[k.Name] = true
	}
	return nil
}

func isZero(b []byte) bool { return len(bytes.Trim(b, "\x00")) == 0 }

// HasTicketKey says whether SetTicketKeys has set a key of that name. It may be
// called at any time.
func (c *Ctx) HasTicketKey(name [16]byte) bool {
	return ctxValue(c, func(c *C.SSL_CTX) C.int {
		crossing()
		return C.gossl_ctx_has_ticket_key(c, bytesPtr(name[:]))
	}) != 0
}

// SetSessionTicketCb has the tickets of servers made from c carry what
// SetTicketAppData gives: SSL_CTX_set_session_ticket_cb(3), answered in C. It
// cannot be undone.
func (c *Ctx) SetSessionTicketCb() error {
	return c.call("SSL_CTX_set_session_ticket_cb", func(c *C.SSL_CTX) *C.gossl_err {
		crossing()
		return C.gossl_ctx_set_session_ticket_cb(c)
	})
}

// MaxTicketAppData is how much SetTicketAppData takes, in bytes.
const MaxTicketAppData = 16 << 10

// ErrTicketAppData is what SetTicketAppData returns for more than that.
var ErrTicketAppData = fmt.Errorf("ossl: more than %d bytes of application data for a ticket", MaxTicketAppData)

// SetTicketAppData is what the server's tickets carry from now on, sealed with
// all else: SSL_SESSION_set1_ticket_appdata(3) of each session that gets a
// ticket. It must come before the ticket is made, which is in the handshake, or
// before NewSessionTicket. When the client resumes, it is in the session:
// Get1Session and Get0TicketAppdata. New tickets of a resumed session carry on
// what has come with it, unless this is called; b of no bytes ends that.
//
// It is an error unless SetSessionTicketCb has been called on the Ctx that the
// SSL was made from. b stays the caller's.
func (s *SSL) SetTicketAppData(b []byte) error {
	if s == nil || s.p == nil {
		return ErrClosed
	}
	if len(b) > MaxTicketAppData {
		return ErrTicketAppData
	}
	return s.call("SSL_SESSION_set1_ticket_appdata", func(s *C.SSL) *C.gossl_err {
		crossing()
		return C.gossl_set_ticket_appdata(s, bytesPtr(b), C.size_t(len(b)))
	})
}
