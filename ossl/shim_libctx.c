#include <stdatomic.h>
#include <stdlib.h>

#include <openssl/crypto.h>
#include <openssl/provider.h>

#include "shim_more.h"

// kept are the library contexts that nobody uses any more. They are not freed: every thread that has drawn random bytes in one
// has a handler that looks into it when the thread ends, and only that thread can take its handler back
// (OPENSSL_thread_stop_ex(3)). Which threads those are is up to Go, which also ends some. The list is what a leak checker
// finds them by.
static struct kept {
	OSSL_LIB_CTX *p;
	struct kept *next;
} *_Atomic kept;

void gossl_lib_keep(OSSL_LIB_CTX *p)
{
	struct kept *k = malloc(sizeof *k);
	if (k == NULL)
		return;
	k->p = p;
	k->next = atomic_load(&kept);
	while (!atomic_compare_exchange_weak(&kept, &k->next, k))
		;
}

GOSSL_NEW(gossl_lib_new, (OSSL_LIB_CTX **out), OSSL_LIB_CTX_new())
GOSSL_CALL(gossl_lib_load_config, (OSSL_LIB_CTX *l, const char *file), OSSL_LIB_CTX_load_config(l, file) == 1)
GOSSL_CALL(gossl_lib_set_properties, (OSSL_LIB_CTX *l, const char *props), EVP_set_default_properties(l, props) == 1)
GOSSL_GET(int, gossl_lib_fips, (OSSL_LIB_CTX *l), EVP_default_properties_is_fips_enabled(l))

GOSSL_NEW(gossl_prov_load, (OSSL_LIB_CTX *l, const char *name, int retain, OSSL_PROVIDER **out), OSSL_PROVIDER_try_load(l, name, retain))
GOSSL_GET(int, gossl_prov_available, (OSSL_LIB_CTX *l, const char *name), OSSL_PROVIDER_available(l, name))
GOSSL_GET(const char *, gossl_prov_name, (OSSL_PROVIDER *p), OSSL_PROVIDER_get0_name(p))
GOSSL_GET(int, gossl_prov_self_test, (OSSL_PROVIDER *p), OSSL_PROVIDER_self_test(p))

void gossl_prov_free(OSSL_PROVIDER *p)
{
	OSSL_PROVIDER_unload(p);
	gossl_tidy();
}

GOSSL_NEW(gossl_ctx_new_ex, (OSSL_LIB_CTX *l, const char *props, const SSL_METHOD *m, SSL_CTX **out), gossl_ctx_make(l, props, m))
