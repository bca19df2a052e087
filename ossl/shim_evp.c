#include <errno.h>

#include <openssl/core_names.h>
#include <openssl/params.h>
#include "shim_evp.h"

// A digest or cipher that comes by an engine has no provider, and the other way
// round: EVP_get_digestbyname finds what EVP_DigestInit_ex then takes from
// either, by the default properties.

static EVP_MD_CTX *md_new(const char *name, gossl_engine *e)
{
	const EVP_MD *md = EVP_get_digestbyname(name);
	EVP_MD *own = md == NULL ? EVP_MD_fetch(NULL, name, NULL) : NULL;
	EVP_MD_CTX *c = md != NULL || own != NULL ? EVP_MD_CTX_new() : NULL;
	if (md == NULL && own == NULL)
		ERR_raise_data(ERR_LIB_EVP, EVP_R_UNKNOWN_DIGEST, "%s", name);
	if (c != NULL && EVP_DigestInit_ex(c, md != NULL ? md : own, gossl_engine_raw(e)) != 1) {
		EVP_MD_CTX_free(c);
		c = NULL;
	}
	EVP_MD_free(own);
	return c;
}

static int md_final(EVP_MD_CTX *c, GOSSL_OUT)
{
	unsigned char sum[EVP_MAX_MD_SIZE];
	unsigned n = 0;
	return EVP_DigestFinal_ex(c, sum, &n) == 1 && gossl_copy(sum, n, out, len);
}

GOSSL_MAKE(gossl_md_new, (const char *md, gossl_engine *e, EVP_MD_CTX **out), md_new(md, e))
GOSSL_TRY(gossl_md_reset, (EVP_MD_CTX *c), EVP_DigestInit_ex(c, NULL, NULL) == 1)
GOSSL_TRY(gossl_md_update, (EVP_MD_CTX *c, const unsigned char *p, size_t n), EVP_DigestUpdate(c, p, n) == 1)
GOSSL_TRY(gossl_md_final, (EVP_MD_CTX *c, GOSSL_OUT), md_final(c, out, len))
GOSSL_VALUE(int, gossl_md_known, (const char *md), EVP_get_digestbyname(md) != NULL)

static EVP_MAC_CTX *mac_new(const char *name, const char *md, const char *engine, const unsigned char *key, size_t n)
{
	static const unsigned char none[1];
	OSSL_PARAM params[3], *p = params;
	EVP_MAC *mac = EVP_MAC_fetch(NULL, name, NULL);
	EVP_MAC_CTX *c = mac != NULL ? EVP_MAC_CTX_new(mac) : NULL;
	EVP_MAC_free(mac);
	if (md != NULL)
		*p++ = OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)md, 0);
	if (engine != NULL)
		*p++ = OSSL_PARAM_construct_utf8_string("engine", (char *)engine, 0);
	*p = OSSL_PARAM_construct_end();
	if (c != NULL && EVP_MAC_init(c, n > 0 ? key : none, n, params) != 1) {
		EVP_MAC_CTX_free(c);
		c = NULL;
	}
	return c;
}

static int mac_final(EVP_MAC_CTX *c, GOSSL_OUT)
{
	unsigned char sum[EVP_MAX_MD_SIZE];
	size_t n = 0;
	return EVP_MAC_final(c, sum, &n, sizeof sum) == 1 && gossl_copy(sum, n, out, len);
}

GOSSL_MAKE(gossl_mac_new, (const char *mac, const char *md, const char *engine, const unsigned char *key, size_t n, EVP_MAC_CTX **out),
           mac_new(mac, md, engine, key, n))
GOSSL_TRY(gossl_mac_reset, (EVP_MAC_CTX *c), EVP_MAC_init(c, NULL, 0, NULL) == 1)
GOSSL_TRY(gossl_mac_update, (EVP_MAC_CTX *c, const unsigned char *p, size_t n), EVP_MAC_update(c, p, n) == 1)
GOSSL_TRY(gossl_mac_final, (EVP_MAC_CTX *c, GOSSL_OUT), mac_final(c, out, len))

int gossl_cipher_facts(const char *name, int *nid, int *block, int *key, int *iv)
{
	const EVP_CIPHER *c = EVP_get_cipherbyname(name);
	if (c == NULL)
		return 0;
	*nid = EVP_CIPHER_get_nid(c);
	*block = EVP_CIPHER_get_block_size(c);
	*key = EVP_CIPHER_get_key_length(c);
	*iv = EVP_CIPHER_get_iv_length(c);
	return 1;
}

static EVP_CIPHER_CTX *cipher_new(const char *name, gossl_engine *e, int enc)
{
	const EVP_CIPHER *cipher = EVP_get_cipherbyname(name);
	EVP_CIPHER_CTX *c = cipher != NULL ? EVP_CIPHER_CTX_new() : NULL;
	if (cipher == NULL)
		ERR_raise_data(ERR_LIB_EVP, EVP_R_UNKNOWN_CIPHER, "%s", name);
	if (c == NULL || EVP_CipherInit_ex(c, cipher, gossl_engine_raw(e), NULL, NULL, enc) == 1)
		return c;
	EVP_CIPHER_CTX_free(c);
	return NULL;
}

// A block more than goes in is the most that comes out.
static int cipher_update(EVP_CIPHER_CTX *c, int aad, const unsigned char *p, int n, GOSSL_OUT)
{
	if (aad)
		return EVP_CipherUpdate(c, NULL, len, p, n) == 1 && gossl_copy(p, 0, out, len);
	if (n > INT32_MAX - EVP_MAX_BLOCK_LENGTH || (*out = OPENSSL_malloc((size_t)n + EVP_MAX_BLOCK_LENGTH)) == NULL)
		return 0;
	if (EVP_CipherUpdate(c, *out, len, p, n) == 1)
		return 1;
	OPENSSL_clear_free(*out, (size_t)n + EVP_MAX_BLOCK_LENGTH);
	return 0;
}

static int cipher_final(EVP_CIPHER_CTX *c, GOSSL_OUT)
{
	unsigned char last[EVP_MAX_BLOCK_LENGTH];
	int n = 0;
	int ok = EVP_CipherFinal_ex(c, last, &n) == 1 && gossl_copy(last, (size_t)n, out, len);
	OPENSSL_cleanse(last, sizeof last);
	return ok;
}

GOSSL_MAKE(gossl_cipher_new, (const char *name, gossl_engine *e, int enc, EVP_CIPHER_CTX **out), cipher_new(name, e, enc))
GOSSL_TRY(gossl_cipher_key, (EVP_CIPHER_CTX *c, const unsigned char *key, const unsigned char *iv), EVP_CipherInit_ex(c, NULL, NULL, key, iv, -1) == 1)
GOSSL_TRY(gossl_cipher_update, (EVP_CIPHER_CTX *c, int aad, const unsigned char *p, int n, GOSSL_OUT), cipher_update(c, aad, p, n, out, len))
GOSSL_TRY(gossl_cipher_final, (EVP_CIPHER_CTX *c, GOSSL_OUT), cipher_final(c, out, len))
GOSSL_TRY(gossl_cipher_ctrl, (EVP_CIPHER_CTX *c, int cmd, int n, void *p), EVP_CIPHER_CTX_ctrl(c, cmd, n, p) == 1)
