// An engine whose doings can be seen: its random bytes are what it was seeded
// with, it has a certificate for clients, and a store that has but the name of
// what is searched for.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/engine.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/store.h>
#include <openssl/x509v3.h>

static unsigned char seeds[64];
static size_t nseeds;

static int take(const void *buf, int n)
{
	for (int i = 0; i < n; i++)
		seeds[nseeds++ % sizeof seeds] = ((const unsigned char *)buf)[i];
	return 1;
}

static int take_some(const void *buf, int n, double entropy) { return entropy >= 0 && take(buf, n); }

static int give(unsigned char *buf, int n)
{
	for (int i = 0; i < n; i++)
		buf[i] = nseeds > 0 ? seeds[(size_t)i % (nseeds < sizeof seeds ? nseeds : sizeof seeds)] : 0xee;
	return 1;
}

static int ready(void) { return 1; }

static RAND_METHOD method = {take, give, NULL, take_some, give, ready};

static int client_cert(ENGINE *e, SSL *s, STACK_OF(X509_NAME) *cas, X509 **cert, EVP_PKEY **key, STACK_OF(X509) **others, UI_METHOD *ui, void *data)
{
	(void)e, (void)s, (void)cas, (void)others, (void)ui, (void)data;
	FILE *c = fopen(getenv("TEST_CERT"), "r"), *k = fopen(getenv("TEST_KEY"), "r");
	*cert = c != NULL ? PEM_read_X509(c, NULL, NULL, NULL) : NULL;
	*key = k != NULL ? PEM_read_PrivateKey(k, NULL, NULL, NULL) : NULL;
	return *cert != NULL && *key != NULL;
}

struct ossl_store_loader_ctx_st {
	char text[256];
	int done;
};

static OSSL_STORE_LOADER_CTX *store_open(const OSSL_STORE_LOADER *l, const char *uri, const UI_METHOD *ui, void *data)
{
	(void)l, (void)uri, (void)ui, (void)data;
	return calloc(1, sizeof(OSSL_STORE_LOADER_CTX));
}

// There is no c where it is only asked what can be searched for.
static int store_find(OSSL_STORE_LOADER_CTX *c, const OSSL_STORE_SEARCH *s)
{
	OSSL_STORE_LOADER_CTX none = {0};
	c = c != NULL ? c : &none;
	size_t n = 0;
	const unsigned char *p = NULL;
	char *name = NULL, *serial = NULL;
	switch (OSSL_STORE_SEARCH_get_type(s)) {
	case OSSL_STORE_SEARCH_BY_ALIAS:
		snprintf(c->text, sizeof c->text, "alias %s", c == &none ? "" : OSSL_STORE_SEARCH_get0_string(s));
		return 1;
	case OSSL_STORE_SEARCH_BY_ISSUER_SERIAL:
		if (c == &none)
			return 1;
		name = X509_NAME_oneline(OSSL_STORE_SEARCH_get0_name(s), NULL, 0);
		serial = i2s_ASN1_INTEGER(NULL, OSSL_STORE_SEARCH_get0_serial(s));
		snprintf(c->text, sizeof c->text, "%s of %s", serial, name);
		OPENSSL_free(name);
		OPENSSL_free(serial);
		return 1;
	case OSSL_STORE_SEARCH_BY_KEY_FINGERPRINT:
		if (c == &none)
			return 1;
		p = OSSL_STORE_SEARCH_get0_bytes(s, &n);
		snprintf(c->text, sizeof c->text, "%s, %zu bytes: %02x…%02x", EVP_MD_get0_name(OSSL_STORE_SEARCH_get0_digest(s)), n, p[0], p[n - 1]);
		return 1;
	default:
		return 0;
	}
}

static OSSL_STORE_INFO *store_load(OSSL_STORE_LOADER_CTX *c, const UI_METHOD *ui, void *data)
{
	(void)ui, (void)data;
	c->done = 1;
	return OSSL_STORE_INFO_new_NAME(OPENSSL_strdup(c->text));
}

static int store_eof(OSSL_STORE_LOADER_CTX *c) { return c->done; }
static int store_error(OSSL_STORE_LOADER_CTX *c) { return c == NULL; }

static int store_close(OSSL_STORE_LOADER_CTX *c)
{
	free(c);
	return 1;
}

static int register_store(ENGINE *e)
{
	OSSL_STORE_LOADER *l = OSSL_STORE_LOADER_new(e, "seen");
	return l != NULL && OSSL_STORE_LOADER_set_open(l, store_open) && OSSL_STORE_LOADER_set_find(l, store_find)
	    && OSSL_STORE_LOADER_set_load(l, store_load) && OSSL_STORE_LOADER_set_eof(l, store_eof)
	    && OSSL_STORE_LOADER_set_error(l, store_error) && OSSL_STORE_LOADER_set_close(l, store_close) && OSSL_STORE_register_loader(l);
}

static int bind(ENGINE *e, const char *id)
{
	(void)id;
	return register_store(e) && ENGINE_set_id(e, "visible") && ENGINE_set_name(e, "an engine to be seen") && ENGINE_set_RAND(e, &method)
	    && ENGINE_set_load_ssl_client_cert_function(e, client_cert);
}

IMPLEMENT_DYNAMIC_CHECK_FN()
IMPLEMENT_DYNAMIC_BIND_FN(bind)
