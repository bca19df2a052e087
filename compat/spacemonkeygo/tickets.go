package openssl

// KeyNameSize is the size of a ticket key's name, in bytes.
const KeyNameSize = 16

// TicketCipherCtx is the cipher of tickets. Engine may be nil.
type TicketCipherCtx struct {
	Cipher *Cipher
	Engine *Engine
}

// TicketDigestCtx is the digest that authenticates tickets. Engine may be nil.
type TicketDigestCtx struct {
	Digest *Digest
	Engine *Engine
}

// TicketName names a key, in clear at the beginning of each ticket.
type TicketName [KeyNameSize]byte

// TicketKey seals tickets. Who has it can read the connections that were resumed
// from them. CipherKey and HMACKey may be of any size but 0; IV does not count:
// each ticket has one of its own.
//
// With aes-256-cbc, SHA-256 and 32 bytes each, tickets are those of any server on
// OpenSSL with the same keys. With all else they are sealed by these too, under
// keys derived from the given ones.
type TicketKey struct {
	Name      TicketName
	CipherKey []byte
	HMACKey   []byte
	IV        []byte
}

// TicketKeyManager has the keys. Its calls are serialized, and made on the
// goroutines that shake hands, once for each handshake of a server. A panic fails
// the connection.
type TicketKeyManager interface {
	// New makes a key with a new name.
	New() *TicketKey

	// Current is the key to seal with. Where it is nil New is called, and where that
	// is nil the handshake goes without tickets.
	Current() *TicketKey

	// Lookup is the key of that name, nil for none.
	Lookup(name TicketName) *TicketKey

	// Expired says that a key must not be used any more.
	Expired(name TicketName) bool

	// ShouldRenew says that a client with such a ticket should get another. It gets
	// one whenever the key is not the current one.
	ShouldRenew(name TicketName) bool
}

// TicketStore is how tickets are sealed.
type TicketStore struct {
	CipherCtx TicketCipherCtx
	DigestCtx TicketDigestCtx
	Keys      TicketKeyManager
}

// SetTicketStore has servers seal their tickets with the store's keys; nil is
// random keys of OpenSSL's own.
func (c *Ctx) SetTicketStore(store *TicketStore) {
	if c.inner() == nil {
		return
	}
	keys := newTicketKeys(store)
	// What fails here fails on a closed Ctx only, which makes no connections.
	if keys.install(c.ctx) != nil {
		return
	}
	c.mu.Lock()
	c.tickets = keys
	if store == nil {
		c.tickets = nil
	}
	c.mu.Unlock()
	if store != nil {
		_ = c.install(hookHello)
	}
}
