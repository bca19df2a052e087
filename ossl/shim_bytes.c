#define OPENSSL_SUPPRESS_DEPRECATED // SSL_client_hello_isv2, from 4.0 on

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "shim_more.h"

gossl_bytes gossl_copy_bytes(const void *p, size_t n)
{
	gossl_bytes b = {0};
	if (p == NULL || n == 0 || (b.p = malloc(n)) == NULL)
		return b;
	memcpy(b.p, p, n);
	b.n = n;
	return b;
}

gossl_bytes gossl_copy_text(char *s)
{
	gossl_bytes b = gossl_copy_bytes(s, s != NULL ? strlen(s) : 0);
	OPENSSL_free(s);
	return b;
}

typedef size_t (*secret_fn)(const SSL *, unsigned char *, size_t);

// copied is what one of the functions that copy has, asked twice.
static gossl_bytes copied(SSL *s, secret_fn f)
{
	gossl_bytes b = {.n = f(s, NULL, 0)};
	if (b.n > 0 && (b.p = malloc(b.n)) != NULL)
		f(s, b.p, b.n);
	return b;
}

typedef size_t (*finished_fn)(const SSL *, void *, size_t);

// finished is empty before there is a Finished: 3.0 has no length for it then.
static gossl_bytes finished(SSL *s, finished_fn f)
{
	unsigned char buf[EVP_MAX_MD_SIZE];
	size_t n = f(s, buf, sizeof buf);
	return gossl_copy_bytes(buf, n < sizeof buf ? n : sizeof buf);
}

typedef size_t (*hello_fn)(SSL *, const unsigned char **);

static gossl_bytes hello(SSL *s, hello_fn f)
{
	const unsigned char *p = NULL;
	size_t n = f(s, &p);
	return gossl_copy_bytes(p, n);
}

static gossl_bytes get_bytes(SSL *s, int which)
{
	const unsigned char *p = NULL;
	unsigned char *q = NULL;
	unsigned u = 0;
	long n = 0;
	switch (which) {
	case GOSSL_CLIENT_RANDOM:
		return copied(s, SSL_get_client_random);
	case GOSSL_SERVER_RANDOM:
		return copied(s, SSL_get_server_random);
	case GOSSL_FINISHED:
		return finished(s, SSL_get_finished);
	case GOSSL_PEER_FINISHED:
		return finished(s, SSL_get_peer_finished);
	case GOSSL_HELLO_RANDOM:
		return hello(s, SSL_client_hello_get0_random);
	case GOSSL_HELLO_SESSION_ID:
		return hello(s, SSL_client_hello_get0_session_id);
	case GOSSL_HELLO_CIPHERS:
		return hello(s, SSL_client_hello_get0_ciphers);
	case GOSSL_HELLO_COMPRESSION:
		return hello(s, SSL_client_hello_get0_compression_methods);
	case GOSSL_ALPN:
		SSL_get0_alpn_selected(s, &p, &u);
		return gossl_copy_bytes(p, u);
#ifndef OPENSSL_NO_NEXTPROTONEG
	case GOSSL_NEXT_PROTO:
		SSL_get0_next_proto_negotiated(s, &p, &u);
		return gossl_copy_bytes(p, u);
#endif
	case GOSSL_EC_POINT_FORMATS:
		n = SSL_get0_ec_point_formats(s, &q);
		break;
	case GOSSL_CERTIFICATE_TYPES:
		n = SSL_get0_certificate_types(s, &q);
		break;
	case GOSSL_RAW_CIPHERLIST:
		n = SSL_get0_raw_cipherlist(s, &q);
		break;
	case GOSSL_OCSP_RESP:
		n = SSL_get_tlsext_status_ocsp_resp(s, &q);
		break;
	}
	return gossl_copy_bytes(q, n > 0 ? (size_t)n : 0);
}

GOSSL_GET(gossl_bytes, gossl_get_bytes, (SSL *s, int which), get_bytes(s, which))

static gossl_bytes session_bytes(SSL_SESSION *s, int which)
{
	gossl_bytes b = {0};
	const unsigned char *p = NULL;
	void *data = NULL;
	unsigned u = 0;
	size_t n = 0;
	switch (which) {
	case GOSSL_MASTER_KEY:
		n = SSL_SESSION_get_master_key(s, NULL, 0);
		if (n > 0 && (b.p = malloc(n)) != NULL)
			b.n = SSL_SESSION_get_master_key(s, b.p, n);
		return b;
	case GOSSL_ID_CONTEXT:
		p = SSL_SESSION_get0_id_context(s, &u);
		return gossl_copy_bytes(p, u);
	case GOSSL_TICKET:
		SSL_SESSION_get0_ticket(s, &p, &n);
		return gossl_copy_bytes(p, n);
	case GOSSL_SESSION_ALPN:
		SSL_SESSION_get0_alpn_selected(s, &p, &n);
		return gossl_copy_bytes(p, n);
	case GOSSL_TICKET_APPDATA:
		SSL_SESSION_get0_ticket_appdata(s, &data, &n);
		return gossl_copy_bytes(data, n);
	}
	return b;
}

GOSSL_GET(gossl_bytes, gossl_session_bytes, (SSL_SESSION *s, int which), session_bytes(s, which))

static gossl_bytes ticket_keys(SSL_CTX *c)
{
	gossl_bytes b = {0};
	long n = SSL_CTX_get_tlsext_ticket_keys(c, NULL, 0);
	if (n <= 0 || (b.p = malloc((size_t)n)) == NULL)
		return b;
	if (SSL_CTX_get_tlsext_ticket_keys(c, b.p, n) == 1)
		b.n = (size_t)n;
	return b;
}

GOSSL_GET(gossl_bytes, gossl_ticket_keys, (SSL_CTX *c), ticket_keys(c))
GOSSL_GET(int, gossl_hello_isv2, (SSL *s), SSL_client_hello_isv2(s))
GOSSL_GET(unsigned, gossl_hello_version, (SSL *s), SSL_client_hello_get0_legacy_version(s))

gossl_bytes gossl_hello_ext(SSL *s, unsigned type, int *found)
{
	const unsigned char *p = NULL;
	size_t n = 0;
	*found = SSL_client_hello_get0_ext(s, type, &p, &n);
	gossl_tidy();
	return gossl_copy_bytes(p, *found ? n : 0);
}

gossl_bytes gossl_hello_exts(SSL *s)
{
	int *list = NULL;
	size_t n = 0;
	if (!SSL_client_hello_get1_extensions_present(s, &list, &n))
		n = 0;
	gossl_bytes b = gossl_copy_bytes(list, n * sizeof *list);
	OPENSSL_free(list);
	gossl_tidy();
	return b;
}

// The response is handed over, in memory of libcrypto's.
static int set_ocsp_resp(SSL *s, const unsigned char *p, size_t n)
{
	unsigned char *copy = n > 0 ? OPENSSL_memdup(p, n) : NULL;
	if (n > 0 && copy == NULL)
		return 0;
	return SSL_set_tlsext_status_ocsp_resp(s, copy, (long)n) == 1;
}

GOSSL_CALL(gossl_set_ocsp_resp, (SSL *s, const unsigned char *p, size_t n), set_ocsp_resp(s, p, n))
GOSSL_CALL(gossl_export, (SSL *s, unsigned char *out, size_t n, const char *label, size_t llen, const unsigned char *ctx, size_t clen, int use),
	SSL_export_keying_material(s, out, n, label, llen, ctx, clen, use) == 1)
GOSSL_CALL(gossl_export_early, (SSL *s, unsigned char *out, size_t n, const char *label, size_t llen, const unsigned char *ctx, size_t clen),
	SSL_export_keying_material_early(s, out, n, label, llen, ctx, clen) == 1)
GOSSL_GET(int, gossl_has_session_id, (SSL *s, const unsigned char *p, unsigned n), SSL_has_matching_session_id(s, p, n))
