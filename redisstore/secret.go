package redisstore

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"sync"

	"golang.org/x/crypto/scrypt"
)

// MinKeyFile is how many bytes a key file must have.
const MinKeyFile = 32

var (
	errNoPassphrase = errors.New("redisstore: an empty passphrase")
	errShortKeyFile = fmt.Errorf("fewer than %d bytes: make one with `openssl rand -hex 32`", MinKeyFile)
)

// Secret seals what goes to Redis, by AES-256-GCM. It may be shared by any
// number of goroutines.
//
// A sealed value is a byte for the format, the salt that the secret was
// stretched with, a check that it was this secret, random bytes that make a key
// for this value alone, and the ciphertext, which is bound to the value's place
// in Redis. A process adopts the salt of what it reads, so that all come to
// share one, and have to stretch once.
type Secret struct {
	stretch func(salt []byte) ([]byte, error)

	mu    sync.Mutex
	salt  [saltLen]byte // to seal with; zero: none yet
	known map[[saltLen]byte]stretched
}

// stretched is a secret with a salt.
type stretched struct{ key, check []byte }

const (
	format    = 1
	saltLen   = 16
	keyLen    = 32
	checkLen  = 8
	randomLen = 24
	headLen   = 1 + saltLen + checkLen + randomLen

	maxSalts = 64 // that are remembered
)

// Passphrase is a secret that people can type. It is stretched by scrypt, which
// takes 32 MiB and something like 100 ms, once for each salt that is met. Take a
// long one all the same.
func Passphrase(text string) (*Secret, error) {
	if text == "" {
		return nil, errNoPassphrase
	}
	return newSecret(func(salt []byte) ([]byte, error) {
		return scrypt.Key([]byte(text), salt, 1<<15, 8, 1, keyLen+checkLen)
	}), nil
}

// KeyFile is a secret of random bytes, in any notation: all of the file counts,
// but for line ends at its end. It must have MinKeyFile bytes. An error is an
// *fs.PathError.
func KeyFile(path string) (*Secret, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if len(raw) > MinKeyFile {
		raw = bytes.TrimRight(raw, "\r\n")
	}
	if len(raw) < MinKeyFile {
		return nil, &os.PathError{Op: "read", Path: path, Err: errShortKeyFile}
	}
	return newSecret(func(salt []byte) ([]byte, error) {
		return hkdf.Key(sha256.New, raw, salt, "sslsock redisstore", keyLen+checkLen)
	}), nil
}

func newSecret(stretch func([]byte) ([]byte, error)) *Secret {
	return &Secret{stretch: stretch, known: make(map[[saltLen]byte]stretched)}
}

// with is the secret stretched with a salt. The lock is held meanwhile, so that
// many who wait for the same do the work once.
func (s *Secret) with(salt [saltLen]byte) (stretched, error) {
	if k, ok := s.known[salt]; ok {
		return k, nil
	}
	b, err := s.stretch(salt[:])
	if err != nil {
		return stretched{}, err
	}
	for old := range s.known {
		if len(s.known) >= maxSalts && old != s.salt {
			delete(s.known, old)
		}
	}
	k := stretched{b[:keyLen], b[keyLen:]}
	s.known[salt] = k
	return k, nil
}

// aead makes the key of one value.
func (k stretched) aead(random []byte) (cipher.AEAD, error) {
	h := hmac.New(sha256.New, k.key)
	h.Write(random)
	block, err := aes.NewCipher(h.Sum(nil))
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// once is the nonce of a key that is used once.
var once [12]byte

// seal is plain as it may lie in Redis, in this place.
func (s *Secret) seal(place string, plain []byte) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.salt == [saltLen]byte{} {
		_, _ = rand.Read(s.salt[:]) // ends the program where it fails
	}
	k, err := s.with(s.salt)
	if err != nil {
		return nil, err
	}
	random := make([]byte, randomLen)
	_, _ = rand.Read(random)
	aead, err := k.aead(random)
	if err != nil {
		return nil, err
	}
	value := append([]byte{format}, s.salt[:]...)
	value = append(append(value, k.check...), random...)
	return aead.Seal(value, once[:], plain, append([]byte(place), value...)), nil
}

// open is what seal sealed. Its errors are ErrMalformed and ErrWrongSecret.
func (s *Secret) open(place string, value []byte) ([]byte, error) {
	if len(value) < headLen || value[0] != format {
		return nil, ErrMalformed
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	salt := [saltLen]byte(value[1:])
	k, err := s.with(salt)
	if err != nil {
		return nil, err
	}
	if !hmac.Equal(k.check, value[1+saltLen:][:checkLen]) {
		return nil, ErrWrongSecret
	}
	aead, err := k.aead(value[headLen-randomLen : headLen])
	if err != nil {
		return nil, err
	}
	plain, err := aead.Open(nil, once[:], value[headLen:], append([]byte(place), value[:headLen]...))
	if err != nil {
		return nil, ErrMalformed
	}
	s.salt = salt
	return plain, nil
}
