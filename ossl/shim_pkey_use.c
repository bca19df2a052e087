#include <string.h>

#include <openssl/core_names.h>
#include <openssl/params.h>
#include <openssl/rsa.h>

#include "shim_crypto.h"

static int group_name(BIO *b, EVP_PKEY *k)
{
	char name[128];
	size_t n = 0;
	return EVP_PKEY_get_group_name(k, name, sizeof name, &n) && BIO_puts(b, name) >= 0;
}

static int default_digest(BIO *b, EVP_PKEY *k)
{
	char name[128];
	return EVP_PKEY_get_default_digest_name(k, name, sizeof name) > 0 && BIO_puts(b, name) >= 0;
}

static int bn_param(BIO *b, EVP_PKEY *k, const char *name)
{
	BIGNUM *n = NULL;
	int ok = EVP_PKEY_get_bn_param(k, name, &n);
	char *hex = ok ? BN_bn2hex(n) : NULL;
	ok = hex != NULL && BIO_puts(b, hex) > 0;
	if (hex != NULL)
		OPENSSL_clear_free(hex, strlen(hex));
	BN_clear_free(n);
	return ok;
}

static int octets_param(EVP_PKEY *k, const char *name, GOSSL_OUT)
{
	size_t n = 0;
	if (!EVP_PKEY_get_octet_string_param(k, name, NULL, 0, &n) || n > INT32_MAX)
		return 0;
	if ((*out = OPENSSL_malloc(n + 1)) == NULL)
		return 0;
	if (EVP_PKEY_get_octet_string_param(k, name, *out, n, &n)) {
		*len = (int)n;
		return 1;
	}
	OPENSSL_clear_free(*out, n);
	return 0;
}

static int utf8_param(BIO *b, EVP_PKEY *k, const char *name)
{
	char text[512];
	size_t n = 0;
	return EVP_PKEY_get_utf8_string_param(k, name, text, sizeof text, &n) && BIO_puts(b, text) >= 0;
}

// print: 0 the public half, 1 the private key too, 2 the parameters.
static int print(BIO *b, EVP_PKEY *k, int what)
{
	switch (what) {
	case 0:
		return EVP_PKEY_print_public(b, k, 0, NULL) > 0;
	case 1:
		return EVP_PKEY_print_private(b, k, 0, NULL) > 0;
	default:
		return EVP_PKEY_print_params(b, k, 0, NULL) > 0;
	}
}

// check: 0 all, 1 the public half, 2 the parameters, 3 whether the halves
// belong together.
static int check(EVP_PKEY *k, int what)
{
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_pkey(NULL, k, NULL);
	int ok = 0;
	if (c != NULL) {
		switch (what) {
		case 0:
			ok = EVP_PKEY_check(c);
			break;
		case 1:
			ok = EVP_PKEY_public_check(c);
			break;
		case 2:
			ok = EVP_PKEY_param_check(c);
			break;
		default:
			ok = EVP_PKEY_pairwise_check(c);
		}
	}
	EVP_PKEY_CTX_free(c);
	return ok == 1;
}

static EVP_PKEY *generate(const char *type, size_t bits, const char *group, int params)
{
	EVP_PKEY *k = NULL;
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
	OSSL_PARAM list[3], *p = list;
	if (bits != 0)
		*p++ = OSSL_PARAM_construct_size_t(OSSL_PKEY_PARAM_RSA_BITS, &bits);
	if (group != NULL)
		*p++ = OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, (char *)group, 0);
	*p = OSSL_PARAM_construct_end();
	int ok = c != NULL && (params ? EVP_PKEY_paramgen_init(c) : EVP_PKEY_keygen_init(c)) > 0
	    && (p == list || EVP_PKEY_CTX_set_params(c, list) > 0) && EVP_PKEY_generate(c, &k) > 0;
	EVP_PKEY_CTX_free(c);
	return ok ? k : NULL;
}

static EVP_PKEY *generate_like(EVP_PKEY *params)
{
	EVP_PKEY *k = NULL;
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_pkey(NULL, params, NULL);
	int ok = c != NULL && EVP_PKEY_keygen_init(c) > 0 && EVP_PKEY_generate(c, &k) > 0;
	EVP_PKEY_CTX_free(c);
	return ok ? k : NULL;
}

static int set_pss(EVP_PKEY_CTX *c, int pss, int saltlen)
{
	return !pss
	    || (EVP_PKEY_CTX_set_rsa_padding(c, RSA_PKCS1_PSS_PADDING) > 0 && EVP_PKEY_CTX_set_rsa_pss_saltlen(c, saltlen) > 0);
}

static int sign_message(EVP_PKEY *k, const char *md, int pss, const unsigned char *p, size_t n, GOSSL_OUT)
{
	EVP_MD_CTX *m = EVP_MD_CTX_new();
	EVP_PKEY_CTX *c = NULL;
	size_t size = 0;
	int ok = m != NULL && EVP_DigestSignInit_ex(m, &c, md, NULL, NULL, k, NULL) > 0
	    && set_pss(c, pss, RSA_PSS_SALTLEN_DIGEST) && EVP_DigestSign(m, NULL, &size, p, n) > 0
	    && (*out = OPENSSL_malloc(size + 1)) != NULL;
	if (ok && !(ok = EVP_DigestSign(m, *out, &size, p, n) > 0))
		OPENSSL_free(*out);
	*len = (int)size;
	EVP_MD_CTX_free(m);
	return ok;
}

static int verify_message(EVP_PKEY *k, const char *md, int pss, const unsigned char *sig, size_t siglen, const unsigned char *p, size_t n)
{
	EVP_MD_CTX *m = EVP_MD_CTX_new();
	EVP_PKEY_CTX *c = NULL;
	int ok = m != NULL && EVP_DigestVerifyInit_ex(m, &c, md, NULL, NULL, k, NULL) > 0
	    && set_pss(c, pss, RSA_PSS_SALTLEN_AUTO) && EVP_DigestVerify(m, sig, siglen, p, n) == 1;
	EVP_MD_CTX_free(m);
	return ok;
}

static int set_md(EVP_PKEY_CTX *c, const char *name)
{
	EVP_MD *md = name != NULL ? gossl_md(name) : NULL;
	int ok = name == NULL || (md != NULL && EVP_PKEY_CTX_set_signature_md(c, md) > 0);
	EVP_MD_free(md);
	return ok;
}

static int sign_digest(EVP_PKEY *k, const char *md, int pss, int saltlen, const unsigned char *p, size_t n, GOSSL_OUT)
{
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_pkey(NULL, k, NULL);
	size_t size = 0;
	int ok = c != NULL && EVP_PKEY_sign_init(c) > 0 && set_pss(c, pss, saltlen) && set_md(c, md)
	    && EVP_PKEY_sign(c, NULL, &size, p, n) > 0 && (*out = OPENSSL_malloc(size + 1)) != NULL;
	if (ok && !(ok = EVP_PKEY_sign(c, *out, &size, p, n) > 0))
		OPENSSL_free(*out);
	*len = (int)size;
	EVP_PKEY_CTX_free(c);
	return ok;
}

GOSSL_TEXT(gossl_pkey_group_name, (EVP_PKEY *k, GOSSL_OUT), group_name(b, k))
GOSSL_TEXT(gossl_pkey_default_digest, (EVP_PKEY *k, GOSSL_OUT), default_digest(b, k))
GOSSL_TEXT(gossl_pkey_bn_param, (EVP_PKEY *k, const char *name, GOSSL_OUT), bn_param(b, k, name))
GOSSL_TRY(gossl_pkey_octets_param, (EVP_PKEY *k, const char *name, GOSSL_OUT), octets_param(k, name, out, len))
GOSSL_TEXT(gossl_pkey_utf8_param, (EVP_PKEY *k, const char *name, GOSSL_OUT), utf8_param(b, k, name))
GOSSL_TRY(gossl_pkey_int_param, (EVP_PKEY *k, const char *name, int *out), EVP_PKEY_get_int_param(k, name, out))
GOSSL_TEXT(gossl_pkey_print, (EVP_PKEY *k, int what, GOSSL_OUT), print(b, k, what))
GOSSL_TRY(gossl_pkey_check, (EVP_PKEY *k, int what), check(k, what))
GOSSL_MAKE(gossl_pkey_gen, (const char *type, size_t bits, const char *group, int params, EVP_PKEY **out), generate(type, bits, group, params))
GOSSL_MAKE(gossl_pkey_gen_like, (EVP_PKEY *k, EVP_PKEY **out), generate_like(k))
GOSSL_TRY(gossl_digest_sign, (EVP_PKEY *k, const char *md, int pss, const unsigned char *p, size_t n, GOSSL_OUT), sign_message(k, md, pss, p, n, out, len))
GOSSL_TRY(gossl_digest_verify, (EVP_PKEY *k, const char *md, int pss, const unsigned char *sig, size_t siglen, const unsigned char *p, size_t n),
    verify_message(k, md, pss, sig, siglen, p, n))
GOSSL_TRY(gossl_pkey_sign, (EVP_PKEY *k, const char *md, int pss, int saltlen, const unsigned char *p, size_t n, GOSSL_OUT),
    sign_digest(k, md, pss, saltlen, p, n, out, len))
GOSSL_VALUE(int, gossl_pkey_eq, (EVP_PKEY *a, EVP_PKEY *b, int params), params ? EVP_PKEY_parameters_eq(a, b) : EVP_PKEY_eq(a, b))
GOSSL_VALUE(int, gossl_pkey_is_a, (EVP_PKEY *k, const char *name), EVP_PKEY_is_a(k, name))
