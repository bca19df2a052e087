#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include <openssl/crypto.h>
#include <openssl/provider.h>

#include "shim_more.h"

// gossl_lib is an OSSL_LIB_CTX that lives as long as anything made with it:
// OpenSSL itself leaves that to its user.
struct gossl_lib {
	OSSL_LIB_CTX *p;
	atomic_int refs;
	gossl_lib *next;
};

struct gossl_prov {
	OSSL_PROVIDER *p;
	gossl_lib *lib; // NULL for the default one
};

// dying are those whose last SSL_CTX is being freed by this thread: they go
// when that has returned, because its end still uses them.
static _Thread_local gossl_lib *dying;

static int lib_index = -1;
static pthread_once_t lib_once = PTHREAD_ONCE_INIT;

static gossl_lib *lib_ref(gossl_lib *l)
{
	if (l != NULL)
		atomic_fetch_add(&l->refs, 1);
	return l;
}

static void lib_end(gossl_lib *l)
{
	OSSL_LIB_CTX_free(l->p);
	free(l);
}

static void ctx_gone(void *parent, void *ptr, CRYPTO_EX_DATA *ad, int idx, long argl, void *argp)
{
	(void)parent, (void)ad, (void)idx, (void)argl, (void)argp;
	gossl_lib *l = ptr;
	if (l == NULL || atomic_fetch_sub(&l->refs, 1) != 1)
		return;
	l->next = dying;
	dying = l;
}

static void bury(void)
{
	while (dying != NULL) {
		gossl_lib *l = dying;
		dying = l->next;
		lib_end(l);
	}
}

void gossl_ctx_free(SSL_CTX *c)
{
	SSL_CTX_free(c);
	bury();
}

void gossl_ssl_free(SSL *s)
{
	SSL_free(s);
	bury();
}

static void lib_index_make(void)
{
	lib_index = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, ctx_gone);
}

static gossl_lib *lib_new(void)
{
	pthread_once(&lib_once, lib_index_make);
	gossl_lib *l = calloc(1, sizeof *l);
	if (l == NULL || (l->p = OSSL_LIB_CTX_new()) == NULL) {
		free(l);
		return NULL;
	}
	atomic_init(&l->refs, 1);
	return l;
}

void gossl_lib_free(gossl_lib *l)
{
	if (l != NULL && atomic_fetch_sub(&l->refs, 1) == 1)
		lib_end(l);
	gossl_tidy();
}

static OSSL_LIB_CTX *lib_ptr(gossl_lib *l) { return l != NULL ? l->p : NULL; }

GOSSL_NEW(gossl_lib_new, (gossl_lib **out), lib_new())
GOSSL_CALL(gossl_lib_load_config, (gossl_lib *l, const char *file), OSSL_LIB_CTX_load_config(l->p, file) == 1)
GOSSL_CALL(gossl_lib_set_properties, (gossl_lib *l, const char *props), EVP_set_default_properties(lib_ptr(l), props) == 1)
GOSSL_GET(int, gossl_lib_fips, (gossl_lib *l), EVP_default_properties_is_fips_enabled(lib_ptr(l)))

static gossl_prov *prov_load(gossl_lib *l, const char *name, int retain)
{
	gossl_prov *p = calloc(1, sizeof *p);
	if (p == NULL || (p->p = OSSL_PROVIDER_try_load(lib_ptr(l), name, retain)) == NULL) {
		free(p);
		return NULL;
	}
	p->lib = lib_ref(l);
	return p;
}

GOSSL_NEW(gossl_prov_load, (gossl_lib *l, const char *name, int retain, gossl_prov **out), prov_load(l, name, retain))
GOSSL_GET(int, gossl_prov_available, (gossl_lib *l, const char *name), OSSL_PROVIDER_available(lib_ptr(l), name))
GOSSL_GET(const char *, gossl_prov_name, (gossl_prov *p), OSSL_PROVIDER_get0_name(p->p))
GOSSL_GET(int, gossl_prov_self_test, (gossl_prov *p), OSSL_PROVIDER_self_test(p->p))

void gossl_prov_free(gossl_prov *p)
{
	OSSL_PROVIDER_unload(p->p);
	gossl_lib_free(p->lib);
	free(p);
}

static SSL_CTX *ctx_new_ex(gossl_lib *l, const char *props, const SSL_METHOD *m)
{
	SSL_CTX *c = gossl_ctx_make(lib_ptr(l), props, m);
	if (c != NULL && l != NULL && !SSL_CTX_set_ex_data(c, lib_index, l)) {
		SSL_CTX_free(c);
		return NULL;
	}
	if (c != NULL)
		lib_ref(l);
	return c;
}

GOSSL_NEW(gossl_ctx_new_ex, (gossl_lib *l, const char *props, const SSL_METHOD *m, SSL_CTX **out), ctx_new_ex(l, props, m))
