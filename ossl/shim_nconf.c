#include "shim_store_uri.h"

// load reads a file, or the text at p.
static CONF *load(const char *file, GOSSL_IN)
{
	CONF *c = NCONF_new(NULL);
	BIO *b = file == NULL ? gossl_mem_bio(p, (int)n) : NULL;
	long line = 0;
	int ok = c != NULL && (file != NULL ? NCONF_load(c, file, &line) : b != NULL && NCONF_load_bio(c, b, &line)) > 0;
	BIO_free(b);
	if (ok)
		return c;
	NCONF_free(c);
	return NULL;
}

static int string(BIO *b, CONF *c, const char *section, const char *name)
{
	const char *s = NCONF_get_string(c, section, name);
	return s != NULL && BIO_puts(b, s) >= 0;
}

static int section_values(BIO *b, CONF *c, const char *section)
{
	STACK_OF(CONF_VALUE) *list = NCONF_get_section(c, section);
	int ok = list != NULL;
	for (int i = 0; ok && i < sk_CONF_VALUE_num(list); i++) {
		CONF_VALUE *v = sk_CONF_VALUE_value(list, i);
		ok = gossl_put_text(b, v->name) && gossl_put_text(b, v->value);
	}
	return ok;
}

static int names(BIO *b, CONF *c)
{
	STACK_OF(OPENSSL_CSTRING) *list = NCONF_get_section_names(c);
	int ok = list != NULL;
	for (int i = 0; ok && i < sk_OPENSSL_CSTRING_num(list); i++)
		ok = gossl_put_text(b, sk_OPENSSL_CSTRING_value(list, i));
	sk_OPENSSL_CSTRING_free(list);
	return ok;
}

// modules_load knows the built-in modules, which libcrypto otherwise learns of
// when it reads its default file.
static int modules_load(CONF *c, const char *app, unsigned long flags)
{
	OPENSSL_load_builtin_modules();
	return CONF_modules_load(c, app, flags) > 0;
}

GOSSL_MAKE(gossl_nconf_load, (const char *file, GOSSL_IN, CONF **out), load(file, p, n))
GOSSL_TEXT(gossl_nconf_string, (CONF *c, const char *section, const char *name, GOSSL_OUT), string(b, c, section, name))
GOSSL_TRY(gossl_nconf_number, (CONF *c, const char *section, const char *name, long *out), NCONF_get_number_e(c, section, name, out))
GOSSL_TEXT(gossl_nconf_section, (CONF *c, const char *section, GOSSL_OUT), section_values(b, c, section))
GOSSL_TEXT(gossl_nconf_names, (CONF *c, GOSSL_OUT), names(b, c))
GOSSL_TEXT(gossl_nconf_dump, (CONF *c, GOSSL_OUT), NCONF_dump_bio(c, b))
GOSSL_TRY(gossl_nconf_modules_load, (CONF *c, const char *app, unsigned long flags), modules_load(c, app, flags))
