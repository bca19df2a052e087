package porting

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestOwnNames has a program with names of its own that look like OpenSSL's:
// they are none of OpenSSL's business, unless its headers declare them too.
func TestOwnNames(t *testing.T) {
	file := filepath.Join(t.TempDir(), "own.cc")
	src := `#include <openssl/ssl.h>
typedef struct bio_st BIO;
#define CBS_SIZE 65536
struct CRYPTO_dynlock_value { int lock; };
#define SSL_get1_peer_certificate SSL_get_peer_certificate
typedef std::unique_ptr<STACK_OF(X509_NAME), free_names> X509_NAME_Pointer;
using SSL_Pointer = std::unique_ptr<SSL, free_ssl>;
static int SSL_do_things(SSL *s) { return SSL_pending(s); }
static void BIO_old_style(s, n)
	SSL *s;
	int n;
{
	char b[CBS_SIZE];
	X509 *x = SSL_get1_peer_certificate(s);
	X509_NAME_Pointer p(g(x));
	SSL_Pointer q = SSL_Pointer(s);
	sycSSL_free(s, SSL_do_things(s));
	BIO_old_style(X509_NAME_Pointer(0), SSL_nobody_knows(x));
}
`
	if err := os.WriteFile(file, []byte(src), 0o600); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range scan(t, file).Symbols {
		got = append(got, s.Symbol)
		if own := strings.Contains(s.Note, "own.cc:5"); own != (s.Symbol == "SSL_get1_peer_certificate") {
			t.Errorf("%s: %s", s.Symbol, s.Note)
		}
	}
	const want = "BIO CRYPTO_dynlock_value SSL SSL_get1_peer_certificate SSL_get_peer_certificate SSL_nobody_knows SSL_pending STACK_OF X509 X509_NAME bio_st"
	if strings.Join(got, " ") != want {
		t.Errorf("%v, want %s", got, want)
	}
}
