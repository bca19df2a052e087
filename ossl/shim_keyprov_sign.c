// Signatures: the digest is made here, by the digests that the default context
// fetches, and the rest by Go.
#include <stdlib.h>
#include <string.h>

#include "shim_keyprov.h"

typedef struct {
	const gossl_keydata *key; // the EVP_PKEY_CTX above holds it
	EVP_MD *md;               // NULL for a digest made elsewhere, and for Ed25519
	int padding, salt;
	EVP_MD_CTX *verify;
} sign_ctx;

static void *sign_new(void *provctx, const char *propq)
{
	(void)provctx, (void)propq;
	return calloc(1, sizeof(sign_ctx));
}

static void sign_free(void *ctx)
{
	sign_ctx *c = ctx;
	EVP_MD_free(c->md);
	EVP_MD_CTX_free(c->verify);
	free(c);
}

int gossl_padding_param(const OSSL_PARAM *p, int *mode)
{
	static const struct {
		const char *word;
		int mode;
	} words[] = {{OSSL_PKEY_RSA_PAD_MODE_PKCSV15, RSA_PKCS1_PADDING}, {OSSL_PKEY_RSA_PAD_MODE_PSS, RSA_PKCS1_PSS_PADDING}};
	if (p->data_type != OSSL_PARAM_UTF8_STRING)
		return OSSL_PARAM_get_int(p, mode);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (p->data != NULL && strcmp(p->data, words[i].word) == 0) {
			*mode = words[i].mode;
			return 1;
		}
	return 0;
}

static int salt_param(const OSSL_PARAM *p, int *salt)
{
	if (p->data_type != OSSL_PARAM_UTF8_STRING)
		return OSSL_PARAM_get_int(p, salt);
	if (p->data == NULL)
		return 0;
	if (strcmp(p->data, OSSL_PKEY_RSA_PSS_SALT_LEN_DIGEST) == 0)
		*salt = RSA_PSS_SALTLEN_DIGEST;
	else if (strcmp(p->data, OSSL_PKEY_RSA_PSS_SALT_LEN_MAX) == 0 || strcmp(p->data, OSSL_PKEY_RSA_PSS_SALT_LEN_AUTO) == 0)
		*salt = RSA_PSS_SALTLEN_MAX;
	else
		*salt = atoi(p->data);
	return 1;
}

static int set_md(sign_ctx *c, const char *name)
{
	EVP_MD_free(c->md);
	c->md = NULL;
	if (name == NULL || *name == '\0' || strcmp(name, "UNDEF") == 0)
		return 1;
	if (gossl_key_is(c->key, "ED25519")) {
		GOSSL_KEY_ERROR(PROV_R_INVALID_DIGEST, "Ed25519 has no digest to choose");
		return 0;
	}
	return (c->md = EVP_MD_fetch(NULL, name, NULL)) != NULL;
}

static int sign_set_params(void *ctx, const OSSL_PARAM params[])
{
	sign_ctx *c = ctx;
	const OSSL_PARAM *p;
	if (params == NULL)
		return 1;
	int rsa = gossl_key_is(c->key, "RSA") || gossl_key_is(c->key, "RSA-PSS");
	if ((p = OSSL_PARAM_locate_const(params, OSSL_SIGNATURE_PARAM_DIGEST)) != NULL
	    && (p->data_type != OSSL_PARAM_UTF8_STRING || !set_md(c, p->data)))
		return 0;
	if (rsa && (p = OSSL_PARAM_locate_const(params, OSSL_SIGNATURE_PARAM_PAD_MODE)) != NULL) {
		if (!gossl_padding_param(p, &c->padding) || (c->padding != RSA_PKCS1_PADDING && c->padding != RSA_PKCS1_PSS_PADDING)
		    || (c->padding != RSA_PKCS1_PSS_PADDING && gossl_key_is(c->key, "RSA-PSS"))) {
			GOSSL_KEY_ERROR(PROV_R_ILLEGAL_OR_UNSUPPORTED_PADDING_MODE, "a Go signer has PKCS#1 v1.5 and PSS");
			return 0;
		}
	}
	if (rsa && (p = OSSL_PARAM_locate_const(params, OSSL_SIGNATURE_PARAM_PSS_SALTLEN)) != NULL && !salt_param(p, &c->salt))
		return 0;
	return 1;
}

static const OSSL_PARAM *sign_settable(void *ctx, void *provctx)
{
	static const OSSL_PARAM list[] = {
		OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_DIGEST, NULL, 0),
		OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_PAD_MODE, NULL, 0),
		OSSL_PARAM_int(OSSL_SIGNATURE_PARAM_PSS_SALTLEN, NULL),
		OSSL_PARAM_END,
	};
	(void)ctx, (void)provctx;
	return list;
}

// set_key takes a NULL key for the one that it has.
static int set_key(sign_ctx *c, const gossl_keydata *k)
{
	if (k != NULL)
		c->key = k;
	if (c->key == NULL) {
		GOSSL_KEY_ERROR(PROV_R_NO_KEY_SET, "no key");
		return 0;
	}
	c->padding = gossl_key_is(c->key, "RSA-PSS") ? RSA_PKCS1_PSS_PADDING : RSA_PKCS1_PADDING;
	c->salt = RSA_PSS_SALTLEN_DIGEST;
	return 1;
}

static int sign_init(void *ctx, void *key, const OSSL_PARAM params[])
{
	sign_ctx *c = ctx;
	if (!set_key(c, key))
		return 0;
	if (c->key->number == 0) {
		GOSSL_KEY_ERROR(PROV_R_NOT_A_PRIVATE_KEY, "it has the public half only");
		return 0;
	}
	return sign_set_params(c, params);
}

static int digest_sign_init(void *ctx, const char *md, void *key, const OSSL_PARAM params[])
{
	return sign_init(ctx, key, NULL) && set_md(ctx, md) && sign_set_params(ctx, params);
}

// salt_length is the salt as a number, or below 0 where the key is too short.
static int salt_length(const sign_ctx *c, size_t digest)
{
	int most = (EVP_PKEY_get_bits(c->key->pub) + 6) / 8 - (int)digest - 2;
	switch (c->salt) {
	case RSA_PSS_SALTLEN_DIGEST:
		return (int)digest;
	case RSA_PSS_SALTLEN_MAX:
	case RSA_PSS_SALTLEN_AUTO:
		return most;
	case -4: // RSA_PSS_SALTLEN_AUTO_DIGEST_MAX, which 3.0 lacks
		return most < (int)digest ? most : (int)digest;
	}
	return c->salt;
}

static gossl_hook *ask(const sign_ctx *c, const unsigned char *p, size_t n)
{
	int md = c->md != NULL ? EVP_MD_get_type(c->md) : NID_undef, salt = 0;
	int op = GOSSL_KEY_SIGN;
	if (gossl_key_is(c->key, "RSA-PSS") || (gossl_key_is(c->key, "RSA") && c->padding == RSA_PKCS1_PSS_PADDING)) {
		op = GOSSL_KEY_SIGN_PSS;
		if ((salt = salt_length(c, n)) < 0) {
			GOSSL_KEY_ERROR(PROV_R_KEY_SIZE_TOO_SMALL, "no room for a salt");
			return NULL;
		}
	}
	return gossl_key_ask(c->key, op, md, salt, p, n);
}

// sign has Go sign what is a digest by now, or the message for Ed25519.
static int sign(void *ctx, unsigned char *sig, size_t *len, size_t room, const unsigned char *p, size_t n)
{
	const sign_ctx *c = ctx;
	size_t size = (size_t)EVP_PKEY_get_size(c->key->pub);
	if (sig == NULL) {
		*len = size;
		return 1;
	}
	if (room < size) {
		GOSSL_KEY_ERROR(PROV_R_OUTPUT_BUFFER_TOO_SMALL, "no room for the signature");
		return 0;
	}
	gossl_hook *h = ask(c, p, n);
	if (h == NULL)
		return 0;
	size_t got = h->answer.n;
	int ok = got > 0 && (gossl_key_is(c->key, "EC") ? got <= size : got == size);
	if (ok)
		memcpy(sig, h->answer.p, *len = got);
	else
		GOSSL_KEY_ERROR(PROV_R_INVALID_SIGNATURE_SIZE, "the Go signer's answer is no signature of this key");
	gossl_view_free(&h->answer);
	return ok;
}

static int digest_sign(void *ctx, unsigned char *sig, size_t *len, size_t room, const unsigned char *p, size_t n)
{
	const sign_ctx *c = ctx;
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned size;
	if (sig == NULL || gossl_key_is(c->key, "ED25519"))
		return sign(ctx, sig, len, room, p, n);
	if (c->md == NULL) {
		GOSSL_KEY_ERROR(PROV_R_MISSING_MESSAGE_DIGEST, "no digest");
		return 0;
	}
	return EVP_Digest(p, n, digest, &size, c->md, NULL) && sign(ctx, sig, len, room, digest, size);
}

// A key that has a signer also verifies, as any private key does, by its public
// half.
static int digest_verify_init(void *ctx, const char *md, void *key, const OSSL_PARAM params[])
{
	sign_ctx *c = ctx;
	if (!set_key(c, key))
		return 0;
	EVP_MD_CTX_free(c->verify);
	c->verify = EVP_MD_CTX_new();
	const char *name = md != NULL && *md != '\0' && strcmp(md, "UNDEF") != 0 ? md : NULL;
	return c->verify != NULL && EVP_DigestVerifyInit_ex(c->verify, NULL, name, NULL, NULL, c->key->pub, params) == 1;
}

static int digest_verify(void *ctx, const unsigned char *sig, size_t len, const unsigned char *p, size_t n)
{
	sign_ctx *c = ctx;
	return c->verify != NULL && EVP_DigestVerify(c->verify, sig, len, p, n) == 1;
}

static const OSSL_DISPATCH functions[] = {
	GOSSL_FN(OSSL_FUNC_SIGNATURE_NEWCTX, sign_new),
	GOSSL_FN(OSSL_FUNC_SIGNATURE_FREECTX, sign_free),
	GOSSL_FN(OSSL_FUNC_SIGNATURE_SIGN_INIT, sign_init),
	GOSSL_FN(OSSL_FUNC_SIGNATURE_SIGN, sign),
	GOSSL_FN(OSSL_FUNC_SIGNATURE_DIGEST_SIGN_INIT, digest_sign_init),
	GOSSL_FN(OSSL_FUNC_SIGNATURE_DIGEST_SIGN, digest_sign),
	GOSSL_FN(OSSL_FUNC_SIGNATURE_DIGEST_VERIFY_INIT, digest_verify_init),
	GOSSL_FN(OSSL_FUNC_SIGNATURE_DIGEST_VERIFY, digest_verify),
	GOSSL_FN(OSSL_FUNC_SIGNATURE_SET_CTX_PARAMS, sign_set_params),
	GOSSL_FN(OSSL_FUNC_SIGNATURE_SETTABLE_CTX_PARAMS, sign_settable),
	{0, NULL},
};

const OSSL_ALGORITHM gossl_prov_signatures[] = {
	{"RSA:rsaEncryption:1.2.840.113549.1.1.1", GOSSL_PROVIDER_PROPERTY, functions, "RSA by a Go signer"},
	{"ECDSA", GOSSL_PROVIDER_PROPERTY, functions, "ECDSA by a Go signer"},
	{"ED25519:1.3.101.112", GOSSL_PROVIDER_PROPERTY, functions, "Ed25519 by a Go signer"},
	{NULL, NULL, NULL, NULL},
};
