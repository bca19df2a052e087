package ossl

// #include "shim_crypto.h"
import "C"

import "math"

// RandBytes fills p with random bytes of OpenSSL's generator: RAND_bytes(3).
// Package crypto/rand is the better answer, which cannot fail, unless the
// generator of this libcrypto is demanded, as in a FIPS provider. See also
// RandStatus.
func RandBytes(p []byte) error { return fillRandom("RAND_bytes", p, 0) }

// RandPrivBytes is RandBytes from the generator for what must remain secret:
// RAND_priv_bytes(3).
func RandPrivBytes(p []byte) error { return fillRandom("RAND_priv_bytes", p, 1) }

// RandAdd mixes p into the generator's state. entropy says how many bytes of
// randomness it is worth, at most len(p): RAND_add(3). The generator seeds
// itself from the system, so nothing needs this, and nothing needs seed files
// either: RAND_load_file(3), RAND_write_file(3).
func RandAdd(p []byte, entropy float64) {
	p = p[:min(len(p), math.MaxInt32)]
	C.gossl_rand_add(bytesPtr(p), C.int(len(p)), C.double(entropy))
}

// RandSeed is RandAdd with bytes that are all random: RAND_seed(3).
func RandSeed(p []byte) { RandAdd(p, float64(len(p))) }

// RandPoll seeds the generator afresh from the system: RAND_poll(3).
func RandPoll() error { return failed("RAND_poll", C.gossl_rand_poll()) }

func fillRandom(op string, p []byte, private C.int) error {
	for len(p) > 0 {
		n := min(len(p), math.MaxInt32)
		if err := failed(op, C.gossl_rand(bytesPtr(p), C.int(n), private)); err != nil {
			return err
		}
		p = p[n:]
	}
	return nil
}
