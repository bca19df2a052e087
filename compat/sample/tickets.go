package main

import (
	"crypto/rand"

	"github.com/spacemonkeygo/openssl"
)

// ticketKeys is one key for as long as the program runs.
type ticketKeys struct{ key openssl.TicketKey }

func ticketStore() *openssl.TicketStore {
	cipher, err := openssl.GetCipherByName("aes-256-cbc")
	if err != nil {
		return nil
	}
	digest, err := openssl.GetDigestByName("sha256")
	if err != nil {
		return nil
	}
	return &openssl.TicketStore{
		CipherCtx: openssl.TicketCipherCtx{Cipher: cipher},
		DigestCtx: openssl.TicketDigestCtx{Digest: digest},
		Keys:      new(ticketKeys),
	}
}

func (t *ticketKeys) New() *openssl.TicketKey {
	t.key = openssl.TicketKey{CipherKey: make([]byte, 32), HMACKey: make([]byte, 32), IV: make([]byte, 16)}
	for _, b := range [][]byte{t.key.Name[:], t.key.CipherKey, t.key.HMACKey, t.key.IV} {
		_, _ = rand.Read(b)
	}
	return &t.key
}

func (t *ticketKeys) Current() *openssl.TicketKey {
	if t.key.CipherKey == nil {
		return nil
	}
	return &t.key
}

func (t *ticketKeys) Lookup(name openssl.TicketName) *openssl.TicketKey {
	if name != t.key.Name {
		return nil
	}
	return &t.key
}

func (t *ticketKeys) Expired(openssl.TicketName) bool     { return false }
func (t *ticketKeys) ShouldRenew(openssl.TicketName) bool { return false }
