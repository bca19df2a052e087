#include "shim_crypto.h"

static EVP_PKEY *read_pubkey(GOSSL_IN)
{
	BIO *b = gossl_mem_bio(p, (int)n);
	EVP_PKEY *k = b != NULL ? PEM_read_bio_PUBKEY(b, NULL, gossl_fixed_pass, NULL) : NULL;
	BIO_free(b);
	return k;
}

static EVP_PKEY *read_parameters(GOSSL_IN)
{
	BIO *b = gossl_mem_bio(p, (int)n);
	EVP_PKEY *k = b != NULL ? PEM_read_bio_Parameters(b, NULL) : NULL;
	BIO_free(b);
	return k;
}

static EVP_PKEY *read_pkcs8(GOSSL_IN, const char *pass)
{
	BIO *b = gossl_mem_bio(p, (int)n);
	EVP_PKEY *k = b != NULL ? d2i_PKCS8PrivateKey_bio(b, NULL, gossl_fixed_pass, (void *)pass) : NULL;
	BIO_free(b);
	return k;
}

// write_key has no cipher for a key in the clear.
static int write_key(BIO *b, EVP_PKEY *k, int traditional, const char *name, const char *pass)
{
	EVP_CIPHER *cipher = name != NULL ? EVP_CIPHER_fetch(NULL, name, NULL) : NULL;
	int ok = name == NULL || cipher != NULL;
	if (ok && traditional)
		ok = PEM_write_bio_PrivateKey_traditional(b, k, cipher, NULL, 0, gossl_fixed_pass, (void *)pass);
	else if (ok)
		ok = PEM_write_bio_PrivateKey(b, k, cipher, NULL, 0, gossl_fixed_pass, (void *)pass);
	EVP_CIPHER_free(cipher);
	return ok == 1;
}

static int write_pkcs8(BIO *b, EVP_PKEY *k, const char *name, const char *pass)
{
	EVP_CIPHER *cipher = name != NULL ? EVP_CIPHER_fetch(NULL, name, NULL) : NULL;
	int ok = (name == NULL || cipher != NULL)
	    && i2d_PKCS8PrivateKey_bio(b, k, cipher, NULL, 0, gossl_fixed_pass, (void *)pass);
	EVP_CIPHER_free(cipher);
	return ok;
}

static EVP_PKEY *public_half(EVP_PKEY *k)
{
	unsigned char *der = NULL;
	int n = i2d_PUBKEY(k, &der);
	const unsigned char *p = der;
	EVP_PKEY *pub = n > 0 ? d2i_PUBKEY(NULL, &p, n) : NULL;
	OPENSSL_free(der);
	return pub;
}

static int raw_get(EVP_PKEY *k, int priv, GOSSL_OUT)
{
	size_t n = 0;
	if (!(priv ? EVP_PKEY_get_raw_private_key(k, NULL, &n) : EVP_PKEY_get_raw_public_key(k, NULL, &n)))
		return 0;
	if (n > INT32_MAX || (*out = OPENSSL_malloc(n + 1)) == NULL)
		return 0;
	*len = (int)n;
	if (priv ? EVP_PKEY_get_raw_private_key(k, *out, &n) : EVP_PKEY_get_raw_public_key(k, *out, &n))
		return 1;
	OPENSSL_clear_free(*out, (size_t)*len);
	return 0;
}

GOSSL_MAKE(gossl_pem_read_pubkey, (GOSSL_IN, EVP_PKEY **out), read_pubkey(p, n))
GOSSL_MAKE(gossl_pem_read_parameters, (GOSSL_IN, EVP_PKEY **out), read_parameters(p, n))
GOSSL_MAKE(gossl_d2i_pubkey, (GOSSL_IN, EVP_PKEY **out), d2i_PUBKEY(NULL, &p, n))
GOSSL_MAKE(gossl_d2i_pkcs8, (GOSSL_IN, const char *pass, EVP_PKEY **out), read_pkcs8(p, n, pass))
GOSSL_TEXT(gossl_pem_write_pkey, (EVP_PKEY *k, int traditional, const char *cipher, const char *pass, GOSSL_OUT), write_key(b, k, traditional, cipher, pass))
GOSSL_TEXT(gossl_pem_write_pubkey, (EVP_PKEY *k, GOSSL_OUT), PEM_write_bio_PUBKEY(b, k))
GOSSL_TEXT(gossl_pem_write_parameters, (EVP_PKEY *k, GOSSL_OUT), PEM_write_bio_Parameters(b, k))
GOSSL_TEXT(gossl_i2d_pkcs8, (EVP_PKEY *k, const char *cipher, const char *pass, GOSSL_OUT), write_pkcs8(b, k, cipher, pass))
GOSSL_TRY(gossl_i2d_pubkey, (EVP_PKEY *k, GOSSL_OUT), (*len = i2d_PUBKEY(k, out)) > 0)
GOSSL_MAKE(gossl_pkey_public, (EVP_PKEY *k, EVP_PKEY **out), public_half(k))
GOSSL_MAKE(gossl_pkey_dup, (EVP_PKEY *k, EVP_PKEY **out), EVP_PKEY_dup(k))
GOSSL_MAKE(gossl_pkey_raw_new, (const char *type, int priv, const unsigned char *p, size_t n, EVP_PKEY **out),
    priv ? EVP_PKEY_new_raw_private_key_ex(NULL, type, NULL, p, n) : EVP_PKEY_new_raw_public_key_ex(NULL, type, NULL, p, n))
GOSSL_TRY(gossl_pkey_raw_get, (EVP_PKEY *k, int priv, GOSSL_OUT), raw_get(k, priv, out, len))
GOSSL_TRY(gossl_pkey_encoded, (EVP_PKEY *k, GOSSL_OUT), (*len = (int)EVP_PKEY_get1_encoded_public_key(k, out)) > 0)
