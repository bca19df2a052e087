package main

import (
	"crypto/sha256"
	"encoding/binary"
	"math/big"
)

// seed is the root of all randomness here. Changing it changes every file.
const seed = "sslsock testdata, version 1"

// stream is an endless, repeatable sequence of bytes: SHA-256 over seed, label and a counter. Streams with different
// labels are unrelated, so a new certificate does not change the others. It implements io.Reader and never fails.
//
// crypto/rand and the Reader arguments of crypto's GenerateKey functions are no help: the latter are ignored since Go 1.26.
type stream struct {
	label string
	block uint64
	rest  []byte
}

func newStream(label string) *stream { return &stream{label: label} }

func (s *stream) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		if len(s.rest) == 0 {
			s.refill()
		}
		k := copy(p[n:], s.rest)
		s.rest = s.rest[k:]
		n += k
	}
	return n, nil
}

func (s *stream) refill() {
	h := sha256.New()
	h.Write([]byte(seed + "\x00" + s.label + "\x00"))
	h.Write(binary.BigEndian.AppendUint64(nil, s.block))
	s.block++
	s.rest = h.Sum(nil)
}

// bytes returns the next n bytes.
func (s *stream) bytes(n int) []byte {
	p := make([]byte, n)
	_, _ = s.Read(p)
	return p
}

// below returns a number in [1, limit). 16 surplus bytes make the bias of the reduction too small to matter.
func (s *stream) below(limit *big.Int) *big.Int {
	n := new(big.Int).SetBytes(s.bytes((limit.BitLen()+7)/8 + 16))
	one := big.NewInt(1)
	n.Mod(n, new(big.Int).Sub(limit, one))
	return n.Add(n, one)
}

// prime returns a prime of exactly the given bits whose two top bits are set, so that the product of two such primes has
// exactly twice as many bits. bits must be a multiple of 8.
func (s *stream) prime(bits int) *big.Int {
	for {
		p := s.bytes(bits / 8)
		p[0] |= 0xc0
		p[len(p)-1] |= 1
		if n := new(big.Int).SetBytes(p); n.ProbablyPrime(20) {
			return n
		}
	}
}

// serial returns a positive serial number of at most 16 octets (RFC 5280, section 4.1.2.2 allows 20).
func serial(label string) *big.Int {
	p := newStream("serial " + label).bytes(16)
	p[0] = p[0]&0x7f | 0x40
	return new(big.Int).SetBytes(p)
}
