package openssl

import (
	"crypto/hkdf"
	"crypto/sha256"
	"slices"
	"strings"
	"sync"

	"github.com/sslsock/sslsock/bridge"
	"github.com/sslsock/sslsock/ossl"
)

// ticketKeys keeps the keys of a Ctx in step with a TicketKeyManager. OpenSSL
// asks for a key in the middle of a handshake, where nothing can wait; so the
// manager is asked when the ClientHello has come, which names the tickets, and C
// finds the keys where they are put by then.
type ticketKeys struct {
	store *TicketStore

	mu   sync.Mutex // serializes the manager's calls
	keys []ossl.TicketKey
}

func newTicketKeys(store *TicketStore) *ticketKeys {
	return &ticketKeys{store: store, keys: []ossl.TicketKey{ossl.NewTicketKey()}}
}

func (t *ticketKeys) install(ctx *ossl.Ctx) error { return ctx.SetTicketKeys(t.keys...) }

// usable is false for a store that cannot seal anything.
func (t *ticketKeys) usable() bool {
	return t.store.Keys != nil && t.store.CipherCtx.Cipher != nil && t.store.DigestCtx.Digest != nil
}

// prepare asks the manager for what the handshake of hello needs. none says that
// it goes without tickets.
func (t *ticketKeys) prepare(ctx *ossl.Ctx, hello *bridge.ClientHelloInfo) (none bool, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.usable() {
		return true, nil
	}
	current := t.store.Keys.Current()
	if current == nil {
		current = t.store.Keys.New()
	}
	sealing, ok, err := t.convert(current)
	if err != nil || !ok {
		return true, err
	}
	keys, err := t.known(hello)
	if err != nil {
		return false, err
	}
	keys = slices.DeleteFunc(keys, func(k ossl.TicketKey) bool { return k.Name == sealing.Name })
	keys = slices.Insert(keys, 0, sealing)
	keys = keys[:min(len(keys), ossl.MaxTicketKeys)]
	if slices.Equal(keys, t.keys) {
		return false, nil
	}
	if err := ctx.SetTicketKeys(keys...); err != nil {
		return false, err
	}
	t.keys = keys
	return false, nil
}

// known is the keys from before, with those that the client's tickets name, the
// latest first, and without those that the manager has given up.
func (t *ticketKeys) known(hello *bridge.ClientHelloInfo) ([]ossl.TicketKey, error) {
	keys := slices.Clone(t.keys)
	for _, name := range ticketNames(hello) {
		key := t.store.Keys.Lookup(name)
		if key != nil && (t.store.Keys.Expired(name) || key.Name != name) {
			key = nil
		}
		k, ok, err := t.convert(key)
		if err != nil {
			return nil, err
		}
		if i := slices.IndexFunc(keys, func(k ossl.TicketKey) bool { return k.Name == name }); i >= 0 {
			keys = slices.Delete(keys, i, i+1)
		}
		if ok {
			t.store.Keys.ShouldRenew(name)
			keys = slices.Insert(keys, 0, k)
		}
	}
	return keys, nil
}

func ticketNames(hello *bridge.ClientHelloInfo) []TicketName {
	tickets := [][]byte{hello.Ticket}
	for _, psk := range hello.PSKIdentities {
		tickets = append(tickets, psk.Identity)
	}
	var names []TicketName
	for _, ticket := range tickets {
		if name, ok := ossl.TicketKeyName(ticket); ok && len(names) < ossl.MaxTicketKeys/2 {
			names = append(names, name)
		}
	}
	return names
}

// convert is false for no key.
func (t *ticketKeys) convert(key *TicketKey) (k ossl.TicketKey, ok bool, err error) {
	if key == nil || len(key.CipherKey) == 0 || len(key.HMACKey) == 0 {
		return k, false, nil
	}
	k.Name = key.Name
	cipher, digest := t.store.CipherCtx.Cipher.t.Name, t.store.DigestCtx.Digest.name
	usual := strings.EqualFold(cipher, "aes-256-cbc") && strings.EqualFold(digest, "sha256")
	if usual && len(key.CipherKey) == len(k.AES) && len(key.HMACKey) == len(k.HMAC) {
		k.AES, k.HMAC = [32]byte(key.CipherKey), [32]byte(key.HMACKey)
		return k, true, nil
	}
	secret := slices.Concat(key.CipherKey, key.HMACKey)
	defer clear(secret)
	derived, err := hkdf.Key(sha256.New, secret, key.Name[:], "ticket "+cipher+" "+digest, 64)
	if err != nil {
		return k, false, err
	}
	k.AES, k.HMAC = [32]byte(derived[:32]), [32]byte(derived[32:])
	return k, true, nil
}
