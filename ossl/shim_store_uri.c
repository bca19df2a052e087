#include <string.h>

#include <openssl/ui.h>

#include "shim_store_uri.h"

// gossl_ui answers each question with the passphrase that comes as its data.
UI_METHOD *gossl_ui(void)
{
	return UI_UTIL_wrap_read_pem_callback(gossl_fixed_pass, 0);
}

void gossl_ossl_store_close(gossl_ossl_store *s)
{
	ERR_clear_error();
	OSSL_STORE_close(s->ctx);
	UI_destroy_method(s->ui);
	if (s->pass != NULL)
		OPENSSL_clear_free(s->pass, strlen(s->pass));
	OPENSSL_free(s);
	ERR_clear_error();
}

static gossl_ossl_store *store_open(const char *uri, const char *pass)
{
	gossl_ossl_store *s = OPENSSL_zalloc(sizeof *s);
	if (s == NULL)
		return NULL;
	s->ui = gossl_ui();
	s->pass = pass != NULL ? OPENSSL_strdup(pass) : NULL;
	if (s->ui != NULL && (pass == NULL || s->pass != NULL))
		s->ctx = OSSL_STORE_open(uri, s->ui, s->pass, NULL, NULL);
	if (s->ctx != NULL)
		return s;
	UI_destroy_method(s->ui);
	OPENSSL_free(s->pass);
	OPENSSL_free(s);
	return NULL;
}

static int find(gossl_ossl_store *s, OSSL_STORE_SEARCH *search)
{
	int ok = search != NULL && OSSL_STORE_find(s->ctx, search);
	OSSL_STORE_SEARCH_free(search);
	return ok;
}

static int find_name(gossl_ossl_store *s, GOSSL_IN, const char *hex)
{
	X509_NAME *name = d2i_X509_NAME(NULL, &p, n);
	ASN1_INTEGER *serial = hex != NULL ? gossl_integer(hex) : NULL;
	int ok = name != NULL && (hex == NULL || serial != NULL)
	    && find(s, hex != NULL ? OSSL_STORE_SEARCH_by_issuer_serial(name, serial) : OSSL_STORE_SEARCH_by_name(name));
	ASN1_INTEGER_free(serial);
	X509_NAME_free(name);
	return ok;
}

static int find_fingerprint(gossl_ossl_store *s, const char *name, const unsigned char *p, size_t n)
{
	EVP_MD *md = gossl_md(name);
	int ok = md != NULL && find(s, OSSL_STORE_SEARCH_by_key_fingerprint(md, p, n));
	EVP_MD_free(md);
	return ok;
}

static void take(OSSL_STORE_INFO *info, gossl_store_info *out)
{
	out->type = OSSL_STORE_INFO_get_type(info);
	switch (out->type) {
	case OSSL_STORE_INFO_NAME:
		out->name = OSSL_STORE_INFO_get1_NAME(info);
		out->description = OSSL_STORE_INFO_get1_NAME_description(info);
		break;
	case OSSL_STORE_INFO_PARAMS:
		out->key = OSSL_STORE_INFO_get1_PARAMS(info);
		break;
	case OSSL_STORE_INFO_PUBKEY:
		out->key = OSSL_STORE_INFO_get1_PUBKEY(info);
		break;
	case OSSL_STORE_INFO_PKEY:
		out->key = OSSL_STORE_INFO_get1_PKEY(info);
		break;
	case OSSL_STORE_INFO_CERT:
		out->cert = OSSL_STORE_INFO_get1_CERT(info);
		break;
	case OSSL_STORE_INFO_CRL:
		out->crl = OSSL_STORE_INFO_get1_CRL(info);
		break;
	}
}

// passed_over tells what no decoder wanted, or what is not of the expected
// type, from what went wrong.
static int passed_over(void)
{
	unsigned long e = ERR_peek_last_error();
	int lib = ERR_GET_LIB(e);
	return e == 0 || ((lib == ERR_LIB_OSSL_DECODER || lib == ERR_LIB_OSSL_STORE) && ERR_GET_REASON(e) == ERR_R_UNSUPPORTED);
}

enum { MOST_PASSED_OVER = 100000 };

// load goes to the next object. OSSL_STORE_load returns NULL for all kinds of
// reasons, and OSSL_STORE_error is set at a good end too.
static int load(gossl_ossl_store *s, gossl_store_info *out)
{
	*out = (gossl_store_info){0};
	for (int i = 0; i < MOST_PASSED_OVER && !OSSL_STORE_eof(s->ctx); i++) {
		OSSL_STORE_INFO *info = OSSL_STORE_load(s->ctx);
		if (info != NULL) {
			take(info, out);
			OSSL_STORE_INFO_free(info);
			return 1;
		}
		if (!passed_over())
			return 0;
	}
	return ERR_peek_error() == 0 || (s->expects && passed_over());
}

static int expect(gossl_ossl_store *s, int type)
{
	s->expects = type != 0;
	return OSSL_STORE_expect(s->ctx, type);
}

GOSSL_MAKE(gossl_ossl_store_open, (const char *uri, const char *pass, gossl_ossl_store **out), store_open(uri, pass))
GOSSL_TRY(gossl_ossl_store_expect, (gossl_ossl_store *s, int type), expect(s, type))
GOSSL_TRY(gossl_ossl_store_find_name, (gossl_ossl_store *s, GOSSL_IN, const char *serial), find_name(s, p, n, serial))
GOSSL_TRY(gossl_ossl_store_find_alias, (gossl_ossl_store *s, const char *alias), find(s, OSSL_STORE_SEARCH_by_alias(alias)))
GOSSL_TRY(gossl_ossl_store_find_fingerprint, (gossl_ossl_store *s, const char *md, const unsigned char *p, size_t n), find_fingerprint(s, md, p, n))
GOSSL_TRY(gossl_ossl_store_load, (gossl_ossl_store *s, gossl_store_info *out), load(s, out))
GOSSL_VALUE(int, gossl_ossl_store_supports, (gossl_ossl_store *s, int search), OSSL_STORE_supports_search(s->ctx, search))
GOSSL_VALUE(int, gossl_ossl_store_eof, (gossl_ossl_store *s), OSSL_STORE_eof(s->ctx))
