#define OPENSSL_SUPPRESS_DEPRECATED

#include <errno.h>

#include <openssl/bio.h>
#include <openssl/comp.h>

#include "shim_more.h"

GOSSL_CALL(gossl_init_ssl, (uint64_t opts), OPENSSL_init_ssl(opts, NULL) == 1)
GOSSL_NEW(gossl_dup, (SSL *s, SSL **out), SSL_dup(s))

int gossl_up_ref(SSL *s)
{
	return SSL_up_ref(s);
}

GOSSL_GET(const SSL_METHOD *, gossl_ctx_method, (SSL_CTX *c), SSL_CTX_get_ssl_method(c))
#ifndef OPENSSL_NO_DEPRECATED_3_0
GOSSL_CALL(gossl_ctx_set_ssl_version, (SSL_CTX *c, const SSL_METHOD *m), m != NULL && SSL_CTX_set_ssl_version(c, m) == 1)
#else
GOSSL_CALL(gossl_ctx_set_ssl_version, (SSL_CTX *c, const SSL_METHOD *m), m != NULL && SSL_CTX_get_ssl_method(c) == m)
#endif
GOSSL_GET(const SSL_METHOD *, gossl_ssl_method, (SSL *s), SSL_get_ssl_method(s))
GOSSL_CALL(gossl_set_ssl_method, (SSL *s, const SSL_METHOD *m), m != NULL && SSL_set_ssl_method(s, m) == 1)
GOSSL_GET(const char *, gossl_servername, (SSL *s, int type), SSL_get_servername(s, type))

int gossl_select_next_proto(const unsigned char *in, unsigned n, const unsigned char *client, unsigned m,
                            const unsigned char **out, unsigned char *len)
{
	unsigned char *chosen = NULL;
	int r = SSL_select_next_proto(&chosen, len, in, n, client, m);
	*out = chosen;
	return r;
}

gossl_bytes gossl_trace(SSL *s, int write_p, int version, int type, const unsigned char *p, size_t n, int *known)
{
#ifdef OPENSSL_NO_SSL_TRACE
	(void)s, (void)write_p, (void)version, (void)type, (void)p, (void)n;
	*known = 0;
	return (gossl_bytes){0};
#else
	BIO *b = BIO_new(BIO_s_mem());
	char *text = NULL;
	*known = 1;
	if (b == NULL)
		return (gossl_bytes){0};
	SSL_trace(write_p, version, type, p, n, s, b);
	long len = BIO_get_mem_data(b, &text);
	gossl_bytes out = gossl_copy_bytes(text, len > 0 ? (size_t)len : 0);
	BIO_free(b);
	gossl_tidy();
	return out;
#endif
}

static const SSL_COMP *comp(int i)
{
	STACK_OF(SSL_COMP) *sk = SSL_COMP_get_compression_methods();
	return i < sk_SSL_COMP_num(sk) ? sk_SSL_COMP_value(sk, i) : NULL;
}

int gossl_comp_id(int i)
{
	const SSL_COMP *c = comp(i);
	return c != NULL ? SSL_COMP_get_id(c) : -1;
}

// SSL_COMP_add_compression_method(3) leaves the name of what it adds as malloc
// gave it, so those are remembered: ids are one byte.
static unsigned char added[256];

const char *gossl_comp_name(int i)
{
	const SSL_COMP *c = comp(i);
	if (c != NULL && added[SSL_COMP_get_id(c) & 0xff])
		return SSL_COMP_get_name(COMP_zlib());
	return c != NULL ? SSL_COMP_get0_name(c) : NULL;
}

const char *gossl_current_comp(SSL *s, int expansion)
{
	const COMP_METHOD *m = expansion ? SSL_get_current_expansion(s) : SSL_get_current_compression(s);
	gossl_tidy();
	return m != NULL ? SSL_COMP_get_name(m) : NULL;
}

int gossl_comp_add(int id)
{
	// 0 is success here.
	int ok = COMP_zlib() != NULL && COMP_get_type(COMP_zlib()) != NID_undef && SSL_COMP_add_compression_method(id, COMP_zlib()) == 0;
	if (ok)
		added[id & 0xff] = 1;
	gossl_tidy();
	return ok;
}

void gossl_comp_clear(void)
{
	STACK_OF(SSL_COMP) *sk = SSL_COMP_get_compression_methods();
	if (sk != NULL)
		sk_SSL_COMP_zero(sk);
}
