#include <errno.h>
#include <time.h>

#include <openssl/rsa.h>
#include <openssl/core_names.h>

#include "shim_evp.h"

static EVP_PKEY *rsa_gen(int bits, const unsigned char *e, int n)
{
	EVP_PKEY *k = NULL;
	BIGNUM *exponent = BN_bin2bn(e, n, NULL);
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	if (exponent == NULL || c == NULL || EVP_PKEY_keygen_init(c) != 1 || EVP_PKEY_CTX_set_rsa_keygen_bits(c, bits) != 1
	    || EVP_PKEY_CTX_set1_rsa_keygen_pubexp(c, exponent) != 1 || EVP_PKEY_generate(c, &k) != 1)
		k = NULL;
	EVP_PKEY_CTX_free(c);
	BN_free(exponent);
	return k;
}

static int derive(EVP_PKEY *k, EVP_PKEY *peer, GOSSL_OUT)
{
	size_t n = 0;
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_pkey(NULL, k, NULL);
	int ok = c != NULL && EVP_PKEY_derive_init(c) == 1 && EVP_PKEY_derive_set_peer(c, peer) == 1
	      && EVP_PKEY_derive(c, NULL, &n) == 1 && n <= INT32_MAX && (*out = OPENSSL_malloc(n + 1)) != NULL;
	size_t size = n;
	if (ok && EVP_PKEY_derive(c, *out, &n) != 1) {
		OPENSSL_clear_free(*out, size);
		ok = 0;
	}
	*len = (int)n;
	EVP_PKEY_CTX_free(c);
	return ok;
}

static int set_serial(X509 *x, const char *hex)
{
	ASN1_INTEGER *i = gossl_integer(hex);
	int ok = i != NULL && X509_set_serialNumber(x, i);
	ASN1_INTEGER_free(i);
	return ok;
}

static int set_name(X509 *x, int issuer, GOSSL_IN)
{
	X509_NAME *name = d2i_X509_NAME(NULL, &p, n);
	int ok = name != NULL && (issuer ? X509_set_issuer_name(x, name) : X509_set_subject_name(x, name));
	X509_NAME_free(name);
	return ok;
}

static int set_time(X509 *x, int after, int64_t t)
{
	ASN1_TIME *at = ASN1_TIME_set(NULL, (time_t)t);
	int ok = at != NULL && (after ? X509_set1_notAfter(x, at) : X509_set1_notBefore(x, at));
	ASN1_TIME_free(at);
	return ok;
}

// add_conf takes the text as a value only: without a database nothing in it can
// name a section, nor a file.
static int add_conf(X509 *x, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509V3_set_ctx_nodb(&ctx);
	X509V3_set_ctx(&ctx, issuer, x, NULL, NULL, 0);
	X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, &ctx, nid, (char *)value);
	int ok = e != NULL && X509_add_ext(x, e, -1);
	X509_EXTENSION_free(e);
	return ok;
}

static int add_ext(X509 *x, int nid, int critical, const unsigned char *p, int n)
{
	ASN1_OCTET_STRING *s = ASN1_OCTET_STRING_new();
	X509_EXTENSION *e = s != NULL && ASN1_OCTET_STRING_set(s, p, n) ? X509_EXTENSION_create_by_NID(NULL, nid, critical, s) : NULL;
	int ok = e != NULL && X509_add_ext(x, e, -1);
	X509_EXTENSION_free(e);
	ASN1_OCTET_STRING_free(s);
	return ok;
}

static int sign(X509 *x, EVP_PKEY *k, const char *name)
{
	EVP_MD *md = name != NULL ? gossl_md(name) : NULL;
	int ok = (name == NULL || md != NULL) && X509_sign(x, k, md) > 0;
	EVP_MD_free(md);
	return ok;
}

GOSSL_MAKE(gossl_rsa_gen, (int bits, const unsigned char *e, int n, EVP_PKEY **out), rsa_gen(bits, e, n))
GOSSL_TRY(gossl_pkey_derive, (EVP_PKEY *k, EVP_PKEY *peer, GOSSL_OUT), derive(k, peer, out, len))
GOSSL_TRY(gossl_fips_enable, (int on), EVP_default_properties_enable_fips(NULL, on) == 1)
GOSSL_TRY(gossl_obj_create, (const char *oid, const char *sn, const char *ln, int *nid), (*nid = OBJ_create(oid, sn, ln)) != NID_undef)
GOSSL_MAKE(gossl_x509_new, (X509 **out), X509_new())
GOSSL_TRY(gossl_x509_set_version, (X509 *x, long v), X509_set_version(x, v) == 1)
GOSSL_TRY(gossl_x509_set_serial, (X509 *x, const char *hex), set_serial(x, hex))
GOSSL_TRY(gossl_x509_set_name, (X509 *x, int issuer, GOSSL_IN), set_name(x, issuer, p, n))
GOSSL_TRY(gossl_x509_set_time, (X509 *x, int after, int64_t t), set_time(x, after, t))
GOSSL_TRY(gossl_x509_set_pubkey, (X509 *x, EVP_PKEY *k), X509_set_pubkey(x, k) == 1)
GOSSL_TRY(gossl_x509_add_conf, (X509 *x, X509 *issuer, int nid, const char *value), add_conf(x, issuer, nid, value))
GOSSL_TRY(gossl_x509_add_ext, (X509 *x, int nid, int critical, const unsigned char *p, int n), add_ext(x, nid, critical, p, n))
GOSSL_TRY(gossl_x509_sign, (X509 *x, EVP_PKEY *k, const char *md), sign(x, k, md))
