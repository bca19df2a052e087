#include "shim_crypto.h"

// read_name refuses what follows the name.
static X509_NAME *read_name(const unsigned char *p, long n)
{
	const unsigned char *end = p + n;
	X509_NAME *name = d2i_X509_NAME(NULL, &p, n);
	if (name != NULL && p != end) {
		ERR_raise(ERR_LIB_ASN1, ASN1_R_HEADER_TOO_LONG);
		X509_NAME_free(name);
		return NULL;
	}
	return name;
}

static int write_name(X509_NAME *name, GOSSL_OUT)
{
	return (*len = i2d_X509_NAME(name, out)) > 0;
}

static int name_new(GOSSL_OUT)
{
	X509_NAME *name = X509_NAME_new();
	int ok = name != NULL && write_name(name, out, len);
	X509_NAME_free(name);
	return ok;
}

static int name_check(GOSSL_IN, GOSSL_OUT)
{
	X509_NAME *name = read_name(p, n);
	int ok = name != NULL && write_name(name, out, len);
	X509_NAME_free(name);
	return ok;
}

static int name_print(BIO *b, GOSSL_IN, unsigned long flags)
{
	X509_NAME *name = read_name(p, n);
	int ok = name != NULL && X509_NAME_print_ex(b, name, 0, flags) >= 0;
	X509_NAME_free(name);
	return ok;
}

static int name_oneline(BIO *b, GOSSL_IN)
{
	X509_NAME *name = read_name(p, n);
	char *text = name != NULL ? X509_NAME_oneline(name, NULL, 0) : NULL;
	int ok = text != NULL && BIO_puts(b, text) >= 0;
	OPENSSL_free(text);
	X509_NAME_free(name);
	return ok;
}

static int put_entry(BIO *b, const X509_NAME_ENTRY *e)
{
	const ASN1_STRING *s = X509_NAME_ENTRY_get_data(e);
	unsigned char *utf8 = NULL;
	int n = ASN1_STRING_to_UTF8(&utf8, s);
	int ok = gossl_put_object(b, X509_NAME_ENTRY_get_object(e)) && gossl_put_int(b, X509_NAME_ENTRY_set(e))
	    && gossl_put_int(b, ASN1_STRING_type(s)) && gossl_put_string(b, s)
	    && gossl_put_bytes(b, utf8, n > 0 ? (size_t)n : 0);
	OPENSSL_free(utf8);
	return ok;
}

static int name_entries(BIO *b, GOSSL_IN)
{
	X509_NAME *name = read_name(p, n);
	int ok = name != NULL;
	for (int i = 0; ok && i < X509_NAME_entry_count(name); i++)
		ok = put_entry(b, X509_NAME_get_entry(name, i));
	X509_NAME_free(name);
	return ok;
}

static int name_digest(GOSSL_IN, const char *mdname, GOSSL_OUT)
{
	unsigned char sum[EVP_MAX_MD_SIZE];
	unsigned size = 0;
	EVP_MD *md = gossl_md(mdname);
	X509_NAME *name = md != NULL ? read_name(p, n) : NULL;
	int ok = name != NULL && X509_NAME_digest(name, md, sum, &size) && gossl_copy(sum, size, out, len);
	X509_NAME_free(name);
	EVP_MD_free(md);
	return ok;
}

static int name_add(GOSSL_IN, const char *field, const unsigned char *value, int vlen, GOSSL_OUT)
{
	X509_NAME *name = read_name(p, n);
	int ok = name != NULL && X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, value, vlen, -1, 0)
	    && write_name(name, out, len);
	X509_NAME_free(name);
	return ok;
}

static int name_cmp(GOSSL_IN, const unsigned char *q, long m)
{
	X509_NAME *x = read_name(p, n), *y = read_name(q, m);
	int c = x != NULL && y != NULL ? X509_NAME_cmp(x, y) : -2;
	X509_NAME_free(x);
	X509_NAME_free(y);
	return c;
}

static unsigned long name_hash(GOSSL_IN)
{
	X509_NAME *name = read_name(p, n);
	unsigned long h = name != NULL ? X509_NAME_hash_ex(name, NULL, NULL, NULL) : 0;
	X509_NAME_free(name);
	return h;
}

GOSSL_TRY(gossl_name_new, (GOSSL_OUT), name_new(out, len))
GOSSL_TRY(gossl_name_check, (GOSSL_IN, GOSSL_OUT), name_check(p, n, out, len))
GOSSL_TEXT(gossl_name_print, (GOSSL_IN, unsigned long flags, GOSSL_OUT), name_print(b, p, n, flags))
GOSSL_TEXT(gossl_name_oneline, (GOSSL_IN, GOSSL_OUT), name_oneline(b, p, n))
GOSSL_TEXT(gossl_name_entries, (GOSSL_IN, GOSSL_OUT), name_entries(b, p, n))
GOSSL_TRY(gossl_name_digest, (GOSSL_IN, const char *md, GOSSL_OUT), name_digest(p, n, md, out, len))
GOSSL_TRY(gossl_name_add, (GOSSL_IN, const char *field, const unsigned char *value, int vlen, GOSSL_OUT), name_add(p, n, field, value, vlen, out, len))
GOSSL_VALUE(int, gossl_name_cmp, (GOSSL_IN, const unsigned char *q, long m), name_cmp(p, n, q, m))
GOSSL_VALUE(unsigned long, gossl_name_hash, (GOSSL_IN), name_hash(p, n))
