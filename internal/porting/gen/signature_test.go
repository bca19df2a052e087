package main

import (
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestSignatures compares what the bound functions take and return in the
// installed headers (or those in the folder OPENSSL_INCLUDE) with what was
// written down of 3.0, and of 4.0, which made much const. What a release does
// not declare, ossl finds at run time or does without.
func TestSignatures(t *testing.T) {
	dir := os.Getenv("OPENSSL_INCLUDE")
	if dir == "" {
		out, err := exec.CommandContext(t.Context(), "pkg-config", "--variable=includedir", "libssl").Output()
		if err != nil {
			t.Fatalf("pkg-config: %v; it says where OpenSSL's headers are", err)
		}
		dir = strings.TrimSpace(string(out))
	}
	installed, err := signatures(dir)
	if err != nil {
		t.Fatal(err)
	}
	symbols, err := readSymbols("../../..")
	if err != nil {
		t.Fatal(err)
	}
	old, err := readSignatures("signatures.txt")
	if err != nil {
		t.Fatal(err)
	}
	newer, err := readSignatures("signatures-4.0.txt")
	if err != nil {
		t.Fatal(err)
	}
	major := majorOf(t, dir)
	compared := 0
	for _, name := range boundNames(symbols) {
		want, ok := old[name]
		if later, has := newer[name]; has && (major >= 4 || !ok) {
			want = later
		}
		got := installed[name]
		switch {
		case got == "":
		case want == "":
			t.Errorf("%s is bound, and nobody wrote down that it is %s: run go run ./internal/porting/gen -signatures with the headers of 3.0", name, got)
		case !sameSignature(got, want):
			t.Errorf("%s is %s in %s, and was %s when it was bound: look at the C that calls it", name, got, dir, want)
		default:
			compared++
		}
	}
	t.Logf("%d signatures in %s", compared, dir)
	if compared < 1000 {
		t.Errorf("only %d signatures are declared in %s", compared, dir)
	}
}

func majorOf(t *testing.T, dir string) int {
	t.Helper()
	text, err := os.ReadFile(dir + "/openssl/opensslv.h")
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`define\s+OPENSSL_VERSION_MAJOR\s+(\d+)`).FindSubmatch(text)
	if m == nil {
		t.Fatalf("%s/openssl/opensslv.h names no version", dir)
	}
	n, err := strconv.Atoi(string(m[1]))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestPrototype(t *testing.T) {
	for _, tt := range []struct{ stmt, name, sig string }{
		{"int SSL_set_fd(SSL *s, int fd)", "SSL_set_fd", "int(SSL*,int)"},
		{"int SSL_set_fd(SSL *, int)", "SSL_set_fd", "int(SSL*,int)"},
		{"unsigned long f(void)", "f", "unsigned long(void)"},
		{"const char *f(const SSL *const s, unsigned int)", "f", "const char*(const SSL*const,unsigned int)"},
		{"void f(unsigned char id[32], char *names[])", "f", "void(unsigned char*,char**)"},
		{"void f(SSL *s, int (*cb)(SSL *ssl, int x), void *arg)", "f", "void(SSL*,int(*)(SSL*,int),void*)"},
		{"int (*SSL_get_verify_callback(const SSL *s))(int, X509_STORE_CTX *x)", "SSL_get_verify_callback", "int(*(const SSL*))(int,X509_STORE_CTX*)"},
		{"__attribute__((deprecated(\"Since OpenSSL \" \"4.0\"))) int f(struct tm *t)", "f", "int(struct tm*)"},
		{"static inline int f(int a) { return a; }", "f", "int(int)"},
		{"typedef int f(int)", "", ""},
		{"extern int x", "", ""},
	} {
		name, sig, _ := prototype(tt.stmt)
		if name != tt.name || sig != tt.sig {
			t.Errorf("%s: %s %s, want %s %s", tt.stmt, name, sig, tt.name, tt.sig)
		}
	}
}
