#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/ocsp.h>

#include "shim_more.h"

#ifndef OPENSSL_NO_OCSP

gossl_bytes gossl_status_ids(SSL *s)
{
	gossl_bytes b = {0};
	STACK_OF(OCSP_RESPID) *sk = NULL;
	SSL_get_tlsext_status_ids(s, &sk);
	for (int i = 0; i < sk_OCSP_RESPID_num(sk); i++) {
		unsigned char *der = NULL;
		int n = i2d_OCSP_RESPID(sk_OCSP_RESPID_value(sk, i), &der);
		unsigned char *grown = n > 0 ? realloc(b.p, b.n + (size_t)n) : NULL;
		if (grown != NULL) {
			b.p = grown;
			memcpy(b.p + b.n, der, (size_t)n);
			b.n += (size_t)n;
		}
		OPENSSL_free(der);
	}
	gossl_tidy();
	return b;
}

// The list is handed over, and the one before freed.
static int set_status_ids(SSL *s, const unsigned char *p, size_t n)
{
	const unsigned char *end = p + n;
	STACK_OF(OCSP_RESPID) *old = NULL, *sk = sk_OCSP_RESPID_new_null();
	while (sk != NULL && p < end) {
		OCSP_RESPID *id = d2i_OCSP_RESPID(NULL, &p, end - p);
		if (id == NULL || !sk_OCSP_RESPID_push(sk, id)) {
			OCSP_RESPID_free(id);
			sk_OCSP_RESPID_pop_free(sk, OCSP_RESPID_free);
			return 0;
		}
	}
	SSL_get_tlsext_status_ids(s, &old);
	sk_OCSP_RESPID_pop_free(old, OCSP_RESPID_free);
	return sk != NULL && SSL_set_tlsext_status_ids(s, sk) == 1;
}

GOSSL_CALL(gossl_set_status_ids, (SSL *s, const unsigned char *p, size_t n), set_status_ids(s, p, n))

#else

GOSSL_GET(gossl_bytes, gossl_status_ids, (SSL *s), ((void)s, (gossl_bytes){0}))
GOSSL_CALL(gossl_set_status_ids, (SSL *s, const unsigned char *p, size_t n), ((void)s, (void)p, (void)n, gossl_missing("OCSP")))

#endif

gossl_bytes gossl_status_exts(SSL *s)
{
	X509_EXTENSIONS *exts = NULL;
	unsigned char *der = NULL;
	SSL_get_tlsext_status_exts(s, &exts);
	int n = exts != NULL ? i2d_X509_EXTENSIONS(exts, &der) : 0;
	gossl_bytes b = gossl_copy_bytes(der, n > 0 ? (size_t)n : 0);
	OPENSSL_free(der);
	gossl_tidy();
	return b;
}

static int set_status_exts(SSL *s, const unsigned char *p, size_t n)
{
	X509_EXTENSIONS *old = NULL, *exts = n > 0 ? d2i_X509_EXTENSIONS(NULL, &p, (long)n) : NULL;
	if (n > 0 && exts == NULL)
		return 0;
	SSL_get_tlsext_status_exts(s, &old);
	sk_X509_EXTENSION_pop_free(old, X509_EXTENSION_free);
	return SSL_set_tlsext_status_exts(s, exts) == 1;
}

GOSSL_CALL(gossl_set_status_exts, (SSL *s, const unsigned char *p, size_t n), set_status_exts(s, p, n))
