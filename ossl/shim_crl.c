#include <openssl/x509v3.h>

#include "shim_crypto.h"

static X509_CRL *read_crl(GOSSL_IN)
{
	BIO *b = gossl_mem_bio(p, (int)n);
	X509_CRL *c = b != NULL ? PEM_read_bio_X509_CRL(b, NULL, gossl_fixed_pass, NULL) : NULL;
	BIO_free(b);
	return c;
}

static int put_facts(BIO *b, X509_CRL *c)
{
	ASN1_INTEGER *number = X509_CRL_get_ext_d2i(c, NID_crl_number, NULL, NULL);
	ASN1_INTEGER *base = X509_CRL_get_ext_d2i(c, NID_delta_crl, NULL, NULL);
	int ok = gossl_put_int(b, X509_CRL_get_version(c)) && gossl_put_int(b, X509_CRL_get_signature_nid(c))
	    && gossl_put_time(b, X509_CRL_get0_lastUpdate(c)) && gossl_put_time(b, X509_CRL_get0_nextUpdate(c))
	    && gossl_put_integer(b, number) && gossl_put_integer(b, base);
	ASN1_INTEGER_free(number);
	ASN1_INTEGER_free(base);
	return ok;
}

static int put_exts(BIO *b, X509_CRL *c)
{
	int ok = 1;
	for (int i = 0; ok && i < X509_CRL_get_ext_count(c); i++)
		ok = gossl_put_ext(b, X509_CRL_get_ext(c, i));
	return ok;
}

// put_revoked writes one entry; a reason of -1 is none.
static int put_revoked(BIO *b, const X509_REVOKED *r)
{
	int crit = 0;
	ASN1_ENUMERATED *reason = X509_REVOKED_get_ext_d2i(r, NID_crl_reason, &crit, NULL);
	int ok = gossl_put_integer(b, X509_REVOKED_get0_serialNumber(r)) && gossl_put_time(b, X509_REVOKED_get0_revocationDate(r))
	    && gossl_put_int(b, reason != NULL ? ASN1_ENUMERATED_get(reason) : -1);
	ASN1_ENUMERATED_free(reason);
	return ok;
}

static int put_all_revoked(BIO *b, X509_CRL *c)
{
	STACK_OF(X509_REVOKED) *list = X509_CRL_get_REVOKED(c);
	int ok = 1;
	for (int i = 0; ok && i < sk_X509_REVOKED_num(list); i++)
		ok = put_revoked(b, sk_X509_REVOKED_value(list, i));
	return ok;
}

// put_found writes what the lookup said, 0 for nothing and 2 for "no longer
// revoked", and then the entry.
static int put_found(BIO *b, int found, const X509_REVOKED *r)
{
	return gossl_put_int(b, found) && (found == 0 || r == NULL || put_revoked(b, r));
}

static int by_serial(BIO *b, X509_CRL *c, const char *hex)
{
	X509_REVOKED *r = NULL;
	ASN1_INTEGER *serial = gossl_integer(hex);
	int found = serial != NULL ? X509_CRL_get0_by_serial(c, &r, serial) : 0;
	int ok = serial != NULL && put_found(b, found, r);
	ASN1_INTEGER_free(serial);
	return ok;
}

static int by_cert(BIO *b, X509_CRL *c, X509 *x)
{
	X509_REVOKED *r = NULL;
	int found = X509_CRL_get0_by_cert(c, &r, x);
	return put_found(b, found, r);
}

static int digest(X509_CRL *c, const char *name, GOSSL_OUT)
{
	unsigned char sum[EVP_MAX_MD_SIZE];
	unsigned n = 0;
	EVP_MD *md = gossl_md(name);
	int ok = md != NULL && X509_CRL_digest(c, md, sum, &n) && gossl_copy(sum, n, out, len);
	EVP_MD_free(md);
	return ok;
}

GOSSL_MAKE(gossl_pem_read_crl, (GOSSL_IN, X509_CRL **out), read_crl(p, n))
GOSSL_MAKE(gossl_d2i_crl, (GOSSL_IN, X509_CRL **out), d2i_X509_CRL(NULL, &p, n))
GOSSL_TRY(gossl_i2d_crl, (X509_CRL *c, GOSSL_OUT), (*len = i2d_X509_CRL(c, out)) > 0)
GOSSL_TEXT(gossl_pem_write_crl, (X509_CRL *c, GOSSL_OUT), PEM_write_bio_X509_CRL(b, c))
GOSSL_TEXT(gossl_crl_print, (X509_CRL *c, unsigned long nmflags, GOSSL_OUT), X509_CRL_print_ex(b, c, nmflags))
GOSSL_TEXT(gossl_crl_facts, (X509_CRL *c, GOSSL_OUT), put_facts(b, c))
GOSSL_TRY(gossl_crl_issuer, (X509_CRL *c, GOSSL_OUT), (*len = i2d_X509_NAME(X509_CRL_get_issuer(c), out)) > 0)
GOSSL_TEXT(gossl_crl_exts, (X509_CRL *c, GOSSL_OUT), put_exts(b, c))
GOSSL_TEXT(gossl_crl_revoked, (X509_CRL *c, GOSSL_OUT), put_all_revoked(b, c))
GOSSL_TEXT(gossl_crl_by_serial, (X509_CRL *c, const char *hex, GOSSL_OUT), by_serial(b, c, hex))
GOSSL_TEXT(gossl_crl_by_cert, (X509_CRL *c, X509 *x, GOSSL_OUT), by_cert(b, c, x))
GOSSL_TRY(gossl_crl_verify, (X509_CRL *c, EVP_PKEY *k), X509_CRL_verify(c, k) == 1)
GOSSL_TRY(gossl_crl_digest, (X509_CRL *c, const char *md, GOSSL_OUT), digest(c, md, out, len))
GOSSL_VALUE(int, gossl_crl_match, (X509_CRL *a, X509_CRL *b), X509_CRL_match(a, b))
