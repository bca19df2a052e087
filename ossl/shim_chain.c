#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "shim_crypto.h"
#include "shim_more.h"

static const STACK_OF(X509) *chain(SSL *s, int which)
{
	STACK_OF(X509) *sk = NULL;
	switch (which) {
	case GOSSL_PEER_CHAIN:
		return SSL_get_peer_cert_chain(s);
	case GOSSL_VERIFIED_CHAIN:
		return SSL_get0_verified_chain(s);
	default:
		SSL_get0_chain_certs(s, &sk);
		return sk;
	}
}

static const STACK_OF(X509) *ctx_chain(SSL_CTX *c, int extra)
{
	STACK_OF(X509) *sk = NULL;
	if (extra == 0)
		SSL_CTX_get0_chain_certs(c, &sk);
	else if (extra == 1)
		SSL_CTX_get_extra_chain_certs(c, &sk);
	else
		SSL_CTX_get_extra_chain_certs_only(c, &sk);
	return sk;
}

GOSSL_GET(int, gossl_chain, (SSL *s, int which, X509 ***out, int *n), gossl_x509_list(chain(s, which), out, n))
GOSSL_GET(int, gossl_ctx_chain, (SSL_CTX *c, int extra, X509 ***out, int *n), gossl_x509_list(ctx_chain(c, extra), out, n))

// stack has NULL for no certificates: an empty chain would be one that is set.
static int stack(X509 **list, int n, STACK_OF(X509) **out)
{
	*out = n > 0 ? gossl_x509_stack(list, n) : NULL;
	return n == 0 || *out != NULL;
}

static int set1_chain(SSL *s, SSL_CTX *c, X509 **list, int n)
{
	STACK_OF(X509) *sk;
	int ok = stack(list, n, &sk) && (s != NULL ? SSL_set1_chain(s, sk) : SSL_CTX_set1_chain(c, sk)) == 1;
	sk_X509_pop_free(sk, X509_free);
	return ok;
}

static int check_chain(SSL *s, X509 *x, EVP_PKEY *k, X509 **list, int n)
{
	STACK_OF(X509) *sk;
	int flags = stack(list, n, &sk) ? SSL_check_chain(s, x, k, sk) : 0;
	sk_X509_pop_free(sk, X509_free);
	return flags;
}

static int use_cert_and_key(SSL *s, SSL_CTX *c, X509 *x, EVP_PKEY *k, X509 **list, int n, int over)
{
	STACK_OF(X509) *sk;
	int ok = stack(list, n, &sk)
	    && (s != NULL ? SSL_use_cert_and_key(s, x, k, sk, over) : SSL_CTX_use_cert_and_key(c, x, k, sk, over)) == 1;
	sk_X509_pop_free(sk, X509_free);
	return ok;
}

GOSSL_CALL(gossl_set1_chain, (SSL *s, X509 **list, int n), set1_chain(s, NULL, list, n))
GOSSL_CALL(gossl_ctx_set1_chain, (SSL_CTX *c, X509 **list, int n), set1_chain(NULL, c, list, n))
GOSSL_GET(int, gossl_check_chain, (SSL *s, X509 *x, EVP_PKEY *k, X509 **list, int n), check_chain(s, x, k, list, n))
GOSSL_CALL(gossl_use_cert_and_key, (SSL *s, X509 *x, EVP_PKEY *k, X509 **list, int n, int override),
	use_cert_and_key(s, NULL, x, k, list, n, override))
GOSSL_CALL(gossl_ctx_use_cert_and_key, (SSL_CTX *c, X509 *x, EVP_PKEY *k, X509 **list, int n, int override),
	use_cert_and_key(NULL, c, x, k, list, n, override))
GOSSL_CALL(gossl_use_certificate_asn1, (SSL *s, const unsigned char *p, int n), SSL_use_certificate_ASN1(s, p, n) == 1)
GOSSL_CALL(gossl_ctx_use_certificate_asn1, (SSL_CTX *c, const unsigned char *p, int n), SSL_CTX_use_certificate_ASN1(c, n, p) == 1)
GOSSL_CALL(gossl_use_private_key_asn1, (SSL *s, int type, const unsigned char *p, long n), SSL_use_PrivateKey_ASN1(type, s, p, n) == 1)
GOSSL_CALL(gossl_ctx_use_private_key_asn1, (SSL_CTX *c, int type, const unsigned char *p, long n), SSL_CTX_use_PrivateKey_ASN1(type, c, p, n) == 1)
GOSSL_CALL(gossl_use_certificate_file, (SSL *s, const char *file, int type), SSL_use_certificate_file(s, file, type) == 1)
GOSSL_CALL(gossl_use_private_key_file, (SSL *s, const char *file, int type), SSL_use_PrivateKey_file(s, file, type) == 1)
GOSSL_CALL(gossl_ctx_use_serverinfo_ex, (SSL_CTX *c, unsigned version, const unsigned char *p, size_t n),
	SSL_CTX_use_serverinfo_ex(c, version, p, n) == 1)

static X509_STORE *store_of(SSL *s, int chain_store)
{
	X509_STORE *st = NULL;
	if (chain_store)
		SSL_get0_chain_cert_store(s, &st);
	else
		SSL_get0_verify_cert_store(s, &st);
	return st;
}

static X509_STORE *ctx_store_of(SSL_CTX *c, int chain_store)
{
	X509_STORE *st = NULL;
	if (chain_store)
		SSL_CTX_get0_chain_cert_store(c, &st);
	else
		SSL_CTX_get0_verify_cert_store(c, &st);
	return st;
}

GOSSL_GET1(gossl_get_store, (SSL *s, int chain, X509_STORE **out), X509_STORE, store_of(s, chain))
GOSSL_GET1(gossl_ctx_get_store, (SSL_CTX *c, int chain, X509_STORE **out), X509_STORE, ctx_store_of(c, chain))
// Without a session 3.0 looks for the key behind a null pointer.
GOSSL_CALL(gossl_get_tmp_key, (SSL *s, int peer, EVP_PKEY **out),
	SSL_get_session(s) != NULL && (peer ? SSL_get_peer_tmp_key(s, out) : SSL_get_tmp_key(s, out)) == 1)

// der_names is a stack of names as bytes.
static gossl_bytes der_names(const STACK_OF(X509_NAME) *sk)
{
	gossl_bytes b = {0};
	for (int i = 0; i < sk_X509_NAME_num(sk); i++) {
		unsigned char *der = NULL;
		int n = i2d_X509_NAME(sk_X509_NAME_value(sk, i), &der);
		unsigned char *grown = n > 0 ? realloc(b.p, b.n + (size_t)n) : NULL;
		if (grown != NULL) {
			b.p = grown;
			memcpy(b.p + b.n, der, (size_t)n);
			b.n += (size_t)n;
		}
		OPENSSL_free(der);
	}
	return b;
}

// name_stack is der_names the other way.
static STACK_OF(X509_NAME) *name_stack(const unsigned char *p, size_t n)
{
	STACK_OF(X509_NAME) *sk = sk_X509_NAME_new_null();
	const unsigned char *end = p + n;
	while (sk != NULL && p < end) {
		X509_NAME *name = d2i_X509_NAME(NULL, &p, end - p);
		if (name == NULL || !sk_X509_NAME_push(sk, name)) {
			X509_NAME_free(name);
			sk_X509_NAME_pop_free(sk, X509_NAME_free);
			return NULL;
		}
	}
	return sk;
}

static const STACK_OF(X509_NAME) *names(SSL *s, int which)
{
	if (which == GOSSL_CLIENT_CA_LIST)
		return SSL_get_client_CA_list(s);
	return which == GOSSL_PEER_CA_LIST ? SSL_get0_peer_CA_list(s) : SSL_get0_CA_list(s);
}

GOSSL_GET(gossl_bytes, gossl_names, (SSL *s, int which), der_names(names(s, which)))
GOSSL_GET(gossl_bytes, gossl_ctx_names, (SSL_CTX *c, int which),
	der_names(which == GOSSL_CLIENT_CA_LIST ? SSL_CTX_get_client_CA_list(c) : SSL_CTX_get0_CA_list(c)))

static int set_names(SSL *s, SSL_CTX *c, int which, const unsigned char *p, size_t n)
{
	STACK_OF(X509_NAME) *sk = name_stack(p, n);
	if (sk == NULL)
		return 0;
	if (s != NULL)
		(which == GOSSL_CLIENT_CA_LIST ? SSL_set_client_CA_list : SSL_set0_CA_list)(s, sk);
	else
		(which == GOSSL_CLIENT_CA_LIST ? SSL_CTX_set_client_CA_list : SSL_CTX_set0_CA_list)(c, sk);
	return 1;
}

GOSSL_CALL(gossl_set_names, (SSL *s, int which, const unsigned char *p, size_t n), set_names(s, NULL, which, p, n))
GOSSL_CALL(gossl_ctx_set_names, (SSL_CTX *c, int which, const unsigned char *p, size_t n), set_names(NULL, c, which, p, n))
GOSSL_CALL(gossl_add_name, (SSL *s, int which, X509 *x),
	(which == GOSSL_CLIENT_CA_LIST ? SSL_add_client_CA(s, x) : SSL_add1_to_CA_list(s, x)) == 1)
GOSSL_CALL(gossl_ctx_add_name, (SSL_CTX *c, X509 *x), SSL_CTX_add1_to_CA_list(c, x) == 1)

static int subjects(int from, const char *where, const unsigned char *p, size_t n, gossl_bytes *out)
{
	STACK_OF(X509_NAME) *sk = name_stack(p, n);
	int ok = 0;
	if (sk == NULL)
		return 0;
	if (from == GOSSL_SUBJECTS_FILE)
		ok = SSL_add_file_cert_subjects_to_stack(sk, where);
	else if (from == GOSSL_SUBJECTS_DIR)
		ok = SSL_add_dir_cert_subjects_to_stack(sk, where);
	else
		ok = SSL_add_store_cert_subjects_to_stack(sk, where);
	if (ok)
		*out = der_names(sk);
	sk_X509_NAME_pop_free(sk, X509_NAME_free);
	return ok;
}

GOSSL_TRY(gossl_subjects, (int from, const char *where, const unsigned char *p, size_t n, gossl_bytes *out),
	subjects(from, where, p, n, out))
