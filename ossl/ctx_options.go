package ossl

// #include "shim.h"
import "C"

import "fmt"

// Options is a set of SSL_OP_* flags: SSL_CTX_set_options(3).
type Options uint64

// The options in common use.
const (
	OpAll                                Options = C.SSL_OP_ALL
	OpAllowUnsafeLegacyRenegotiation     Options = C.SSL_OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION
	OpCipherServerPreference             Options = C.SSL_OP_CIPHER_SERVER_PREFERENCE
	OpEnableKTLS                         Options = C.SSL_OP_ENABLE_KTLS
	OpEnableMiddleboxCompat              Options = C.SSL_OP_ENABLE_MIDDLEBOX_COMPAT
	OpIgnoreUnexpectedEOF                Options = C.SSL_OP_IGNORE_UNEXPECTED_EOF
	OpLegacyServerConnect                Options = C.SSL_OP_LEGACY_SERVER_CONNECT
	OpNoCompression                      Options = C.SSL_OP_NO_COMPRESSION
	OpNoEncryptThenMac                   Options = C.SSL_OP_NO_ENCRYPT_THEN_MAC
	OpNoExtendedMasterSecret             Options = C.SSL_OP_NO_EXTENDED_MASTER_SECRET
	OpNoRenegotiation                    Options = C.SSL_OP_NO_RENEGOTIATION
	OpAllowClientRenegotiation           Options = C.SSL_OP_ALLOW_CLIENT_RENEGOTIATION
	OpNoSessionResumptionOnRenegotiation Options = C.SSL_OP_NO_SESSION_RESUMPTION_ON_RENEGOTIATION
	OpNoTicket                           Options = C.SSL_OP_NO_TICKET
	OpNoAntiReplay                       Options = C.SSL_OP_NO_ANTI_REPLAY
	OpPrioritizeChaCha                   Options = C.SSL_OP_PRIORITIZE_CHACHA
)

// Mode is a set of SSL_MODE_* flags: SSL_CTX_set_mode(3).
type Mode uint32

// The modes in common use.
const (
	ModeAcceptMovingWriteBuffer Mode = C.SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER
	ModeAsync                   Mode = C.SSL_MODE_ASYNC
	ModeAutoRetry               Mode = C.SSL_MODE_AUTO_RETRY
	ModeEnablePartialWrite      Mode = C.SSL_MODE_ENABLE_PARTIAL_WRITE
	ModeReleaseBuffers          Mode = C.SSL_MODE_RELEASE_BUFFERS
	ModeSendFallbackSCSV        Mode = C.SSL_MODE_SEND_FALLBACK_SCSV
)

// SessCacheMode is a set of SSL_SESS_CACHE_* flags:
// SSL_CTX_set_session_cache_mode(3).
type SessCacheMode int

// The session cache modes.
const (
	SessCacheOff              SessCacheMode = C.SSL_SESS_CACHE_OFF
	SessCacheClient           SessCacheMode = C.SSL_SESS_CACHE_CLIENT
	SessCacheServer           SessCacheMode = C.SSL_SESS_CACHE_SERVER
	SessCacheBoth             SessCacheMode = C.SSL_SESS_CACHE_BOTH
	SessCacheNoAutoClear      SessCacheMode = C.SSL_SESS_CACHE_NO_AUTO_CLEAR
	SessCacheNoInternalLookup SessCacheMode = C.SSL_SESS_CACHE_NO_INTERNAL_LOOKUP
	SessCacheNoInternalStore  SessCacheMode = C.SSL_SESS_CACHE_NO_INTERNAL_STORE
	SessCacheNoInternal       SessCacheMode = C.SSL_SESS_CACHE_NO_INTERNAL
)

// SetOptions adds options and returns the set then in force:
// SSL_CTX_set_options(3). SSLs that exist already keep theirs.
func (c *Ctx) SetOptions(o Options) Options {
	return Options(ctxValue(c, func(c *C.SSL_CTX) C.uint64_t { return C.SSL_CTX_set_options(c, C.uint64_t(o)) }))
}

// ClearOptions takes options away and returns the set then in force:
// SSL_CTX_clear_options(3).
func (c *Ctx) ClearOptions(o Options) Options {
	return Options(ctxValue(c, func(c *C.SSL_CTX) C.uint64_t { return C.SSL_CTX_clear_options(c, C.uint64_t(o)) }))
}

// GetOptions is the set in force: SSL_CTX_get_options(3).
func (c *Ctx) GetOptions() Options {
	return Options(ctxValue(c, func(c *C.SSL_CTX) C.uint64_t { return C.SSL_CTX_get_options(c) }))
}

// SetMode adds modes and returns the set then in force: SSL_CTX_set_mode(3).
func (c *Ctx) SetMode(m Mode) Mode {
	return Mode(ctxValue(c, func(c *C.SSL_CTX) C.uint32_t { return C.gossl_ctx_set_mode(c, C.uint32_t(m)) }))
}

// ClearMode takes modes away and returns the set then in force:
// SSL_CTX_clear_mode(3).
func (c *Ctx) ClearMode(m Mode) Mode {
	return Mode(ctxValue(c, func(c *C.SSL_CTX) C.uint32_t { return C.gossl_ctx_clear_mode(c, C.uint32_t(m)) }))
}

// SetReadAhead lets libssl read as much as its buffer holds at a time, instead
// of a header and then a body: SSL_CTX_set_read_ahead(3).
func (c *Ctx) SetReadAhead(on bool) {
	var v C.int
	if on {
		v = 1
	}
	ctxValue(c, func(c *C.SSL_CTX) struct{} { C.gossl_ctx_set_read_ahead(c, v); return struct{}{} })
}

// SetDefaultReadBufferLen sets the size in bytes of the buffer that read-ahead
// fills; below one record it has no effect:
// SSL_CTX_set_default_read_buffer_len(3).
func (c *Ctx) SetDefaultReadBufferLen(n int) {
	ctxValue(c, func(c *C.SSL_CTX) struct{} {
		C.SSL_CTX_set_default_read_buffer_len(c, C.size_t(max(n, 0)))
		return struct{}{}
	})
}

// SetSessionCacheMode sets what the internal session cache does, and returns
// what it did before: SSL_CTX_set_session_cache_mode(3).
func (c *Ctx) SetSessionCacheMode(m SessCacheMode) SessCacheMode {
	return SessCacheMode(ctxValue(c, func(c *C.SSL_CTX) C.long { return C.gossl_ctx_set_session_cache_mode(c, C.long(m)) }))
}

// SessSetCacheSize bounds the internal session cache, in sessions; 0 is no
// bound. It returns the bound before: SSL_CTX_sess_set_cache_size(3).
func (c *Ctx) SessSetCacheSize(n int) int {
	return int(ctxValue(c, func(c *C.SSL_CTX) C.long { return C.gossl_ctx_sess_set_cache_size(c, C.long(n)) }))
}

// SetNumTickets sets how many TLS 1.3 tickets a server sends after a full
// handshake; OpenSSL's default is 2, and each costs the server CPU:
// SSL_CTX_set_num_tickets(3).
func (c *Ctx) SetNumTickets(n int) error {
	if n < 0 {
		return fmt.Errorf("ossl: %d session tickets: must not be negative", n)
	}
	return c.call("SSL_CTX_set_num_tickets", func(c *C.SSL_CTX) *C.gossl_err {
		return C.gossl_ctx_set_num_tickets(c, C.size_t(n))
	})
}

// SetSessionIDContext names the application within which sessions of this Ctx
// may be resumed, in at most 32 bytes: SSL_CTX_set_session_id_context(3). A
// server that asks for client certificates must have one, and each Ctx its own
// if their policies differ.
func (c *Ctx) SetSessionIDContext(id []byte) error {
	return c.call("SSL_CTX_set_session_id_context", func(c *C.SSL_CTX) *C.gossl_err {
		return C.gossl_ctx_set_session_id_context(c, bytesPtr(id), C.uint(len(id)))
	})
}
