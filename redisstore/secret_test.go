package redisstore

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestPassphrase opens what another process with the same passphrase has
// sealed, and shares its salt from then on.
func TestPassphrase(t *testing.T) {
	a, err := Passphrase("correct horse battery staple")
	must(t, err)
	b, err := Passphrase("correct horse battery staple")
	must(t, err)
	value, err := a.seal("place", []byte("secret"))
	must(t, err)
	if bytes.Contains(value, []byte("secret")) {
		t.Error("not sealed")
	}
	plain, err := b.open("place", value)
	must(t, err)
	if string(plain) != "secret" {
		t.Errorf("%q", plain)
	}
	answer, err := b.seal("place", nil)
	must(t, err)
	if !bytes.Equal(answer[:1+saltLen], value[:1+saltLen]) {
		t.Error("the salt is not shared")
	}
	if len(b.known) != 1 {
		t.Errorf("stretched %d times", len(b.known))
	}
	other, err := Passphrase("correct horse battery stable")
	must(t, err)
	if _, err := other.open("place", value); !errors.Is(err, ErrWrongSecret) {
		t.Errorf("another passphrase: %v", err)
	}
	if _, err := Passphrase(""); err == nil {
		t.Error("an empty passphrase")
	}
}

// TestSealedValue is refused wherever a byte is changed, cut off or added, and in
// another place. The same text is never sealed the same way.
func TestSealedValue(t *testing.T) {
	s := passphrase(t, "x")
	value, err := s.seal("place", []byte("text"))
	must(t, err)
	again, err := s.seal("place", []byte("text"))
	must(t, err)
	if bytes.Equal(value, again) {
		t.Error("sealed the same way twice")
	}
	for i := range value {
		bad := bytes.Clone(value)
		bad[i] ^= 1
		want := ErrMalformed
		if i >= 1 && i < 1+saltLen+checkLen {
			want = ErrWrongSecret
		}
		if _, err := s.open("place", bad); !errors.Is(err, want) {
			t.Errorf("byte %d changed: %v, want %v", i, err, want)
		}
		if _, err := s.open("place", value[:i]); !errors.Is(err, ErrMalformed) {
			t.Errorf("%d bytes of %d: %v", i, len(value), err)
		}
	}
	if _, err := s.open("place", append(value, 0)); !errors.Is(err, ErrMalformed) {
		t.Errorf("a byte more: %v", err)
	}
	if _, err := s.open("elsewhere", value); !errors.Is(err, ErrMalformed) {
		t.Errorf("in another place: %v", err)
	}
	// Salts that nobody uses are not remembered for ever.
	for range 2 * maxSalts {
		stranger := passphrase(t, "x")
		value, err := stranger.seal("place", nil)
		must(t, err)
		_, err = s.open("place", value)
		must(t, err)
	}
	if len(s.known) > maxSalts {
		t.Errorf("%d salts are remembered", len(s.known))
	}
}

// TestKeyFile takes all of a file but the end of its line.
func TestKeyFile(t *testing.T) {
	write := func(text string) string {
		path := filepath.Join(t.TempDir(), "key")
		must(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	hex := strings.Repeat("0123456789abcdef", 4)
	var list []*Secret
	for _, text := range []string{hex, hex + "\n", hex + "\r\n", hex[1:]} {
		s, err := KeyFile(write(text))
		must(t, err)
		list = append(list, s)
	}
	value, err := list[0].seal("place", nil)
	must(t, err)
	for i, s := range list {
		if _, err := s.open("place", value); (err == nil) != (i < 3) || i == 3 && !errors.Is(err, ErrWrongSecret) {
			t.Errorf("file %d: %v", i, err)
		}
	}
	if _, err := KeyFile(write(strings.Repeat("\n", MinKeyFile))); err != nil {
		t.Errorf("bytes that look like the end of a line: %v", err)
	}
	for _, path := range []string{write(hex[:MinKeyFile-1]), write(""), write(hex[:MinKeyFile-1] + "\n\n"), filepath.Join(t.TempDir(), "none"), t.TempDir()} {
		var bad *fs.PathError
		if _, err := KeyFile(path); !errors.As(err, &bad) {
			t.Errorf("%s: %v", path, err)
		}
	}
}
