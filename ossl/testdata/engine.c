// An engine whose doings can be seen: its random bytes are what it was seeded
// with, and it has a certificate for clients.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/engine.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>

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

static int bind(ENGINE *e, const char *id)
{
	(void)id;
	return ENGINE_set_id(e, "visible") && ENGINE_set_name(e, "an engine to be seen") && ENGINE_set_RAND(e, &method)
	    && ENGINE_set_load_ssl_client_cert_function(e, client_cert);
}

IMPLEMENT_DYNAMIC_CHECK_FN()
IMPLEMENT_DYNAMIC_BIND_FN(bind)
