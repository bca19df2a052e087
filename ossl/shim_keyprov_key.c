// Key management: all of it is the public half's, which a key of the default
// context does.
#include <stdlib.h>

#include "shim_keyprov.h"

static void *key_new(const char *type)
{
	gossl_keydata *k = calloc(1, sizeof *k);
	if (k != NULL)
		k->type = type;
	return k;
}

// import takes what signer_key gives, or the key of another provider, of which
// it leaves the private half: X509_check_private_key compares by it.
static int import(void *key, int selection, const OSSL_PARAM params[])
{
	gossl_keydata *k = key;
	const OSSL_PARAM *spki = OSSL_PARAM_locate_const(params, "sslsock-public");
	const OSSL_PARAM *number = OSSL_PARAM_locate_const(params, "sslsock-number");
	(void)selection;
	if (k->pub != NULL)
		return 0;
	if (spki != NULL) {
		const unsigned char *p = spki->data;
		return number != NULL && (k->pub = d2i_PUBKEY(NULL, &p, (long)spki->data_size)) != NULL
		    && EVP_PKEY_is_a(k->pub, k->type) && OSSL_PARAM_get_uint64(number, &k->number);
	}
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_name(NULL, k->type, NULL);
	int ok = c != NULL && EVP_PKEY_fromdata_init(c) == 1
	    && EVP_PKEY_fromdata(c, &k->pub, EVP_PKEY_PUBLIC_KEY, (OSSL_PARAM *)params) == 1;
	EVP_PKEY_CTX_free(c);
	return ok;
}

// export must not succeed with the private half: libcrypto first tries to sign
// with the default provider, and takes this one where the key cannot go there.
static int export(void *key, int selection, OSSL_CALLBACK *callback, void *arg)
{
	const gossl_keydata *k = key;
	if (k->pub == NULL || selection & OSSL_KEYMGMT_SELECT_PRIVATE_KEY)
		return 0;
	return EVP_PKEY_export(k->pub, selection, callback, arg);
}

static int has(const void *key, int selection)
{
	const gossl_keydata *k = key;
	return k != NULL && k->pub != NULL && (!(selection & OSSL_KEYMGMT_SELECT_PRIVATE_KEY) || k->number != 0);
}

static int match(const void *a, const void *b, int selection)
{
	const gossl_keydata *k = a, *l = b;
	if (k->pub == NULL || l->pub == NULL)
		return 0;
	if (selection & OSSL_KEYMGMT_SELECT_KEYPAIR)
		return EVP_PKEY_eq(k->pub, l->pub) == 1;
	return EVP_PKEY_parameters_eq(k->pub, l->pub) == 1;
}

static int validate(const void *key, int selection, int checktype)
{
	const gossl_keydata *k = key;
	(void)checktype;
	if (k->pub == NULL || selection & OSSL_KEYMGMT_SELECT_PRIVATE_KEY) {
		GOSSL_KEY_ERROR(PROV_R_NOT_SUPPORTED, "the private half is a Go signer's, and only its signatures can be checked");
		return 0;
	}
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_pkey(NULL, k->pub, NULL);
	int ok = c != NULL && (selection & OSSL_KEYMGMT_SELECT_PUBLIC_KEY ? EVP_PKEY_public_check(c) : EVP_PKEY_param_check(c)) == 1;
	EVP_PKEY_CTX_free(c);
	return ok;
}

static int get_params(void *key, OSSL_PARAM params[])
{
	const gossl_keydata *k = key;
	return k->pub != NULL && EVP_PKEY_get_params(k->pub, params);
}

static const OSSL_PARAM none[] = {OSSL_PARAM_END};

static const OSSL_PARAM gettable[] = {
	OSSL_PARAM_int(OSSL_PKEY_PARAM_BITS, NULL),
	OSSL_PARAM_int(OSSL_PKEY_PARAM_SECURITY_BITS, NULL),
	OSSL_PARAM_int(OSSL_PKEY_PARAM_MAX_SIZE, NULL),
	OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_DEFAULT_DIGEST, NULL, 0),
	OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_MANDATORY_DIGEST, NULL, 0),
	OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, NULL, 0),
	OSSL_PARAM_octet_string(OSSL_PKEY_PARAM_PUB_KEY, NULL, 0),
	OSSL_PARAM_octet_string(OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY, NULL, 0),
	OSSL_PARAM_BN(OSSL_PKEY_PARAM_RSA_N, NULL, 0),
	OSSL_PARAM_BN(OSSL_PKEY_PARAM_RSA_E, NULL, 0),
	OSSL_PARAM_BN(OSSL_PKEY_PARAM_EC_PUB_X, NULL, 0),
	OSSL_PARAM_BN(OSSL_PKEY_PARAM_EC_PUB_Y, NULL, 0),
	OSSL_PARAM_END,
};

static const OSSL_PARAM *get_gettable(void *provctx)
{
	(void)provctx;
	return gettable;
}

static const OSSL_PARAM *types(int selection)
{
	(void)selection;
	return none;
}

static const char *ec_operation(int op) { return op == OSSL_OP_SIGNATURE ? "ECDSA" : NULL; }
static const char *rsa_operation(int op) { return op == OSSL_OP_SIGNATURE ? "RSA" : NULL; }

#define KEYMGMT(var, type, ...) \
	static void *var##_new(void *provctx) { return (void)provctx, key_new(type); } \
	static const OSSL_DISPATCH var[] = { \
		GOSSL_FN(OSSL_FUNC_KEYMGMT_NEW, var##_new), \
		GOSSL_FN(OSSL_FUNC_KEYMGMT_FREE, gossl_keydata_free), \
		GOSSL_FN(OSSL_FUNC_KEYMGMT_HAS, has), \
		GOSSL_FN(OSSL_FUNC_KEYMGMT_MATCH, match), \
		GOSSL_FN(OSSL_FUNC_KEYMGMT_VALIDATE, validate), \
		GOSSL_FN(OSSL_FUNC_KEYMGMT_IMPORT, import), \
		GOSSL_FN(OSSL_FUNC_KEYMGMT_IMPORT_TYPES, types), \
		GOSSL_FN(OSSL_FUNC_KEYMGMT_EXPORT, export), \
		GOSSL_FN(OSSL_FUNC_KEYMGMT_EXPORT_TYPES, types), \
		GOSSL_FN(OSSL_FUNC_KEYMGMT_GET_PARAMS, get_params), \
		GOSSL_FN(OSSL_FUNC_KEYMGMT_GETTABLE_PARAMS, get_gettable), \
		__VA_ARGS__{0, NULL}, \
	};

KEYMGMT(rsa, "RSA", )
KEYMGMT(rsa_pss, "RSA-PSS", GOSSL_FN(OSSL_FUNC_KEYMGMT_QUERY_OPERATION_NAME, rsa_operation), )
KEYMGMT(ec, "EC", GOSSL_FN(OSSL_FUNC_KEYMGMT_QUERY_OPERATION_NAME, ec_operation), )
KEYMGMT(ed25519, "ED25519", )

const OSSL_ALGORITHM gossl_prov_keymgmts[] = {
	{"RSA:rsaEncryption:1.2.840.113549.1.1.1", GOSSL_PROVIDER_PROPERTY, rsa, "RSA by a Go signer"},
	{"RSA-PSS:RSASSA-PSS:1.2.840.113549.1.1.10", GOSSL_PROVIDER_PROPERTY, rsa_pss, "RSA-PSS by a Go signer"},
	{"EC:id-ecPublicKey:1.2.840.10045.2.1", GOSSL_PROVIDER_PROPERTY, ec, "EC by a Go signer"},
	{"ED25519:1.3.101.112", GOSSL_PROVIDER_PROPERTY, ed25519, "Ed25519 by a Go signer"},
	{NULL, NULL, NULL, NULL},
};
