#include <errno.h>

#include <openssl/bio.h>
#include <openssl/pem.h>

#include "shim_crypto.h"
#include "shim_more.h"

GOSSL_NEW(gossl_session_new, (SSL_SESSION **out), SSL_SESSION_new())
GOSSL_NEW(gossl_session_dup, (SSL_SESSION *s, SSL_SESSION **out), SSL_SESSION_dup(s))

int gossl_session_up_ref(SSL_SESSION *s)
{
	return SSL_SESSION_up_ref(s);
}

// written is what is in a memory BIO, which it frees.
static gossl_bytes written(BIO *b, int ok)
{
	char *p = NULL;
	long n = ok ? BIO_get_mem_data(b, &p) : 0;
	gossl_bytes out = gossl_copy_bytes(p, n > 0 ? (size_t)n : 0);
	BIO_free(b);
	gossl_tidy();
	return out;
}

gossl_bytes gossl_session_print(SSL_SESSION *s, int keylog)
{
	BIO *b = BIO_new(BIO_s_secmem());
	return written(b, b != NULL && (keylog ? SSL_SESSION_print_keylog(b, s) : SSL_SESSION_print(b, s)) == 1);
}

gossl_bytes gossl_session_pem(SSL_SESSION *s)
{
	BIO *b = BIO_new(BIO_s_mem());
	return written(b, b != NULL && PEM_write_bio_SSL_SESSION(b, s) == 1);
}

static SSL_SESSION *pem_session(const unsigned char *p, int n)
{
	BIO *b = gossl_mem_bio(p, n);
	SSL_SESSION *s = b != NULL ? PEM_read_bio_SSL_SESSION(b, NULL, gossl_fixed_pass, NULL) : NULL;
	BIO_free(b);
	return s;
}

GOSSL_NEW(gossl_pem_session, (const unsigned char *p, int n, SSL_SESSION **out), pem_session(p, n))
