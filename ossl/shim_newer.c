#define _GNU_SOURCE
#define OPENSSL_SUPPRESS_DEPRECATED // SSL_SESSION_get_time, for releases that have nothing better
#include <dlfcn.h>
#include <errno.h>
#include <string.h>
#include <time.h>

#include "shim_newer.h"

// The functions of releases after 3.0. They are looked up when first needed, so
// that a program built with old headers finds what a new library has, and one
// built with new headers starts on an old library. A static build finds none:
// dlsym knows nothing there.

typedef void (*fn)(void);

static const char *const table[GOSSL_NEWER] = {
	[GOSSL_GROUP_NAME] = "SSL_get0_group_name",
	[GOSSL_BUILTIN_SIGALGS] = "SSL_get1_builtin_sigalgs",
	[GOSSL_SET_CERT_COMP] = "SSL_set1_cert_comp_preference",
	[GOSSL_COMPRESS_CERTS] = "SSL_compress_certs",
	[GOSSL_CTX_SET_CERT_COMP] = "SSL_CTX_set1_cert_comp_preference",
	[GOSSL_CTX_COMPRESS_CERTS] = "SSL_CTX_compress_certs",
	[GOSSL_SET_CLIENT_CERT_TYPE] = "SSL_set1_client_cert_type",
	[GOSSL_SET_SERVER_CERT_TYPE] = "SSL_set1_server_cert_type",
	[GOSSL_CTX_SET_CLIENT_CERT_TYPE] = "SSL_CTX_set1_client_cert_type",
	[GOSSL_CTX_SET_SERVER_CERT_TYPE] = "SSL_CTX_set1_server_cert_type",
	[GOSSL_CLIENT_CERT_TYPE] = "SSL_get_negotiated_client_cert_type",
	[GOSSL_SERVER_CERT_TYPE] = "SSL_get_negotiated_server_cert_type",
	[GOSSL_PEER_RPK] = "SSL_get0_peer_rpk",
	[GOSSL_ADD_RPK] = "SSL_add_expected_rpk",
	[GOSSL_SESSION_GET_TIME] = "SSL_SESSION_get_time_ex",
	[GOSSL_SESSION_SET_TIME] = "SSL_SESSION_set_time_ex",
	[GOSSL_CTX_PADDING_EX] = "SSL_CTX_set_block_padding_ex",
	[GOSSL_PADDING_EX] = "SSL_set_block_padding_ex",
	[GOSSL_HANDSHAKE_RTT] = "SSL_get_handshake_rtt",
};

// Macros of ssl.h over SSL_ctrl cannot be looked up: their commands, and the
// release that has them first.
static int command(int which)
{
	switch (which) {
	case GOSSL_SIGNATURE_NAME:
		return 140; // SSL_CTRL_GET_SIGNATURE_NAME
	case GOSSL_PEER_SIGNATURE_NAME:
		return 141; // SSL_CTRL_GET_PEER_SIGNATURE_NAME
	default:
		return 0;
	}
}

static fn find(int which)
{
	if (table[which] == NULL)
		return NULL;
	void *p = dlsym(RTLD_DEFAULT, table[which]);
	fn f = NULL;
	memcpy(&f, &p, sizeof f); // ISO C has no cast for it
	return f;
}

int gossl_newer_has(int which)
{
	return command(which) != 0 ? OpenSSL_version_num() >= 0x30500000L : find(which) != NULL;
}

const char *gossl_newer_text(SSL *s, int which)
{
	const char *name = NULL;
	fn f = find(which);
	if (command(which) != 0)
		SSL_ctrl(s, command(which), 0, &name);
	else if (f != NULL && SSL_get_session(s) != NULL)
		name = ((const char *(*)(SSL *))f)(s);
	gossl_tidy();
	return name;
}

gossl_bytes gossl_builtin_sigalgs(void)
{
	fn f = find(GOSSL_BUILTIN_SIGALGS);
	gossl_bytes b = {0};
	if (f != NULL)
		b = gossl_copy_text(((char *(*)(OSSL_LIB_CTX *))f)(NULL));
	gossl_tidy();
	return b;
}

static int ints(void *o, fn f, int which, int *list, size_t n)
{
	if (f == NULL)
		return 0;
	if (which == GOSSL_COMPRESS_CERTS || which == GOSSL_CTX_COMPRESS_CERTS)
		return ((int (*)(void *, int))f)(o, n > 0 ? list[0] : 0) > 0;
	return ((int (*)(void *, int *, size_t))f)(o, list, n) == 1;
}

static int bytes(void *o, fn f, const unsigned char *p, size_t n)
{
	return f != NULL && ((int (*)(void *, const unsigned char *, size_t))f)(o, p, n) == 1;
}

static int sizes(void *o, fn f, size_t a, size_t b)
{
	return f != NULL && ((int (*)(void *, size_t, size_t))f)(o, a, b) == 1;
}

static void *either(SSL *s, SSL_CTX *c)
{
	return s != NULL ? (void *)s : (void *)c;
}

GOSSL_CALL(gossl_newer_ints, (SSL *s, SSL_CTX *c, int which, int *list, size_t n), ints(either(s, c), find(which), which, list, n))
GOSSL_CALL(gossl_newer_bytes, (SSL *s, SSL_CTX *c, int which, const unsigned char *p, size_t n), bytes(either(s, c), find(which), p, n))
GOSSL_CALL(gossl_newer_sizes, (SSL *s, SSL_CTX *c, int which, size_t a, size_t b), sizes(either(s, c), find(which), a, b))

static int number(SSL *s, int which, uint64_t *out)
{
	fn f = find(which);
	if (f == NULL)
		return 0;
	if (which == GOSSL_HANDSHAKE_RTT)
		return ((int (*)(const SSL *, uint64_t *))f)(s, out) == 1;
	*out = (uint64_t)((int (*)(const SSL *))f)(s);
	return 1;
}

GOSSL_CALL(gossl_newer_number, (SSL *s, int which, uint64_t *out), number(s, which, out))

static EVP_PKEY *rpk(SSL *s)
{
	fn f = find(GOSSL_PEER_RPK);
	return f != NULL ? ((EVP_PKEY * (*)(const SSL *)) f)(s) : NULL;
}

GOSSL_GET1(gossl_peer_rpk, (SSL *s, EVP_PKEY **out), EVP_PKEY, rpk(s))

static int add_rpk(SSL *s, EVP_PKEY *k)
{
	fn f = find(GOSSL_ADD_RPK);
	return f != NULL && ((int (*)(SSL *, EVP_PKEY *))f)(s, k) == 1;
}

GOSSL_CALL(gossl_add_rpk, (SSL *s, EVP_PKEY *k), add_rpk(s, k))

int64_t gossl_session_time_ex(SSL_SESSION *s, int set, int64_t t)
{
	fn f = find(set ? GOSSL_SESSION_SET_TIME : GOSSL_SESSION_GET_TIME);
	if (f == NULL)
		return set ? SSL_SESSION_set_time(s, (long)t) : SSL_SESSION_get_time(s);
	return set ? ((time_t (*)(SSL_SESSION *, time_t))f)(s, (time_t)t) : ((time_t (*)(const SSL_SESSION *))f)(s);
}
