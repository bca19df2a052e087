#include <errno.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/params.h>
#include <openssl/provider.h>

#include "shim.h"

static void put_text(char *dst, size_t size, const char *src)
{
	size_t n = src != NULL ? strlen(src) : 0;
	if (n >= size)
		n = size - 1;
	if (n > 0)
		memcpy(dst, src, n);
	dst[n] = '\0';
}

static int put_provider(OSSL_PROVIDER *p, void *arg)
{
	gossl_providers *list = arg;
	char *full = NULL, *version = NULL;
	int status = 0;
	OSSL_PARAM params[] = {
		OSSL_PARAM_utf8_ptr(OSSL_PROV_PARAM_NAME, &full, 0),
		OSSL_PARAM_utf8_ptr(OSSL_PROV_PARAM_VERSION, &version, 0),
		OSSL_PARAM_int(OSSL_PROV_PARAM_STATUS, &status),
		OSSL_PARAM_END,
	};
	if (list->n == GOSSL_PROVIDERS)
		return 1;
	if (!OSSL_PROVIDER_get_params(p, params))
		status = 0;
	gossl_provider *out = &list->list[list->n++];
	put_text(out->name, sizeof out->name, OSSL_PROVIDER_get0_name(p));
	put_text(out->full, sizeof out->full, full);
	put_text(out->version, sizeof out->version, version);
	out->status = status;
	return 1;
}

// Providers come on first use: without it a fresh process would list none.
void gossl_get_providers(gossl_providers *out)
{
	ERR_clear_error();
	memset(out, 0, sizeof *out);
	EVP_MD_free(EVP_MD_fetch(NULL, "SHA2-256", NULL));
	OSSL_PROVIDER_do_all(NULL, put_provider, out);
	ERR_clear_error();
}

static int try_provider(const char *name)
{
	OSSL_LIB_CTX *lib = OSSL_LIB_CTX_new();
	OSSL_PROVIDER *p = lib != NULL ? OSSL_PROVIDER_load(lib, name) : NULL;
	int ok = p != NULL;
	if (ok)
		OSSL_PROVIDER_unload(p);
	OSSL_LIB_CTX_free(lib);
	return ok;
}

GOSSL_CALL(gossl_try_provider, (const char *name), try_provider(name))

int gossl_has_ktls(void)
{
#ifdef OPENSSL_NO_KTLS
	return 0;
#else
	return 1;
#endif
}
