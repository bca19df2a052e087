// Decryption: of the premaster secret of TLS 1.2's RSA key exchange, and of
// nothing else, because only a handshake can wait for Go.
//
// Whoever learns whether a padding was right can decrypt a recorded connection
// (Bleichenbacher). So from here on all that is wrong with the secret gives a
// random one in its place, without a branch, and the handshake fails later.
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include "shim_keyprov.h"

typedef struct {
	const gossl_keydata *key;
	int padding;
	unsigned version, alt_version; // that the secret begins with
} decrypt_ctx;

static void *decrypt_new(void *provctx)
{
	(void)provctx;
	return calloc(1, sizeof(decrypt_ctx));
}

static void decrypt_free(void *ctx) { free(ctx); }

static int set_params(void *ctx, const OSSL_PARAM params[])
{
	decrypt_ctx *c = ctx;
	const OSSL_PARAM *p;
	if (params == NULL)
		return 1;
	if ((p = OSSL_PARAM_locate_const(params, OSSL_ASYM_CIPHER_PARAM_PAD_MODE)) != NULL && !gossl_padding_param(p, &c->padding))
		return 0;
	if ((p = OSSL_PARAM_locate_const(params, OSSL_ASYM_CIPHER_PARAM_TLS_CLIENT_VERSION)) != NULL
	    && !OSSL_PARAM_get_uint(p, &c->version))
		return 0;
	if ((p = OSSL_PARAM_locate_const(params, OSSL_ASYM_CIPHER_PARAM_TLS_NEGOTIATED_VERSION)) != NULL
	    && !OSSL_PARAM_get_uint(p, &c->alt_version))
		return 0;
	return 1;
}

static const OSSL_PARAM *settable(void *ctx, void *provctx)
{
	static const OSSL_PARAM list[] = {
		OSSL_PARAM_utf8_string(OSSL_ASYM_CIPHER_PARAM_PAD_MODE, NULL, 0),
		OSSL_PARAM_uint(OSSL_ASYM_CIPHER_PARAM_TLS_CLIENT_VERSION, NULL),
		OSSL_PARAM_uint(OSSL_ASYM_CIPHER_PARAM_TLS_NEGOTIATED_VERSION, NULL),
		OSSL_PARAM_END,
	};
	(void)ctx, (void)provctx;
	return list;
}

static int decrypt_init(void *ctx, void *key, const OSSL_PARAM params[])
{
	decrypt_ctx *c = ctx;
	*c = (decrypt_ctx){.key = key, .padding = RSA_PKCS1_PADDING};
	if (key == NULL || c->key->number == 0) {
		GOSSL_KEY_ERROR(PROV_R_NOT_A_PRIVATE_KEY, "it has the public half only");
		return 0;
	}
	return set_params(c, params);
}

// zero is all ones where v is 0, and 0 elsewhere.
static unsigned char zero(unsigned v) { return (unsigned char)((v | (0u - v)) >> (8 * sizeof v - 1)) - 1u; }

static unsigned char begins_with(const unsigned char *p, unsigned version)
{
	return zero((p[0] ^ (version >> 8 & 0xff)) | (p[1] ^ (version & 0xff)));
}

static int decrypt(void *ctx, unsigned char *out, size_t *len, size_t room, const unsigned char *in, size_t n)
{
	const decrypt_ctx *c = ctx;
	unsigned char random[SSL_MAX_MASTER_KEY_LENGTH];
	if (c->padding != RSA_PKCS1_WITH_TLS_PADDING) {
		GOSSL_KEY_ERROR(PROV_R_ILLEGAL_OR_UNSUPPORTED_PADDING_MODE, "a Go signer decrypts for the RSA key exchange of TLS 1.2 only");
		return 0;
	}
	*len = sizeof random;
	if (out == NULL)
		return 1;
	if (room < sizeof random || c->version == 0 || RAND_priv_bytes(random, sizeof random) != 1) {
		GOSSL_KEY_ERROR(PROV_R_FAILED_TO_DECRYPT, "no room, no version or no random numbers");
		return 0;
	}
	gossl_hook *h = gossl_key_ask(c->key, GOSSL_KEY_DECRYPT, NID_undef, 0, in, n);
	if (h == NULL) {
		OPENSSL_cleanse(random, sizeof random);
		return 0;
	}
	unsigned char good = 0;
	memset(out, 0, sizeof random);
	if (h->answer.n == sizeof random) {
		memcpy(out, h->answer.p, sizeof random);
		good = begins_with(out, c->version);
		if (c->alt_version > 0)
			good |= begins_with(out, c->alt_version);
	}
	gossl_view_free(&h->answer);
	for (size_t i = 0; i < sizeof random; i++)
		out[i] = (out[i] & good) | (random[i] & (unsigned char)~good);
	OPENSSL_cleanse(random, sizeof random);
	return 1;
}

static const OSSL_DISPATCH functions[] = {
	GOSSL_FN(OSSL_FUNC_ASYM_CIPHER_NEWCTX, decrypt_new),
	GOSSL_FN(OSSL_FUNC_ASYM_CIPHER_FREECTX, decrypt_free),
	GOSSL_FN(OSSL_FUNC_ASYM_CIPHER_DECRYPT_INIT, decrypt_init),
	GOSSL_FN(OSSL_FUNC_ASYM_CIPHER_DECRYPT, decrypt),
	GOSSL_FN(OSSL_FUNC_ASYM_CIPHER_SET_CTX_PARAMS, set_params),
	GOSSL_FN(OSSL_FUNC_ASYM_CIPHER_SETTABLE_CTX_PARAMS, settable),
	{0, NULL},
};

const OSSL_ALGORITHM gossl_prov_ciphers[] = {
	{"RSA:rsaEncryption:1.2.840.113549.1.1.1", GOSSL_PROVIDER_PROPERTY, functions, "RSA by a Go signer"},
	{NULL, NULL, NULL, NULL},
};
