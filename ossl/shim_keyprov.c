#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/async.h>
#include <openssl/provider.h>

#include "shim_keyprov.h"

uint32_t gossl_signers_dead;

// The library context lasts as long as the process: keys may be anywhere. The
// default provider in it writes public halves down, for i2d_PUBKEY and its like.
static OSSL_LIB_CTX *libctx;
static OSSL_PROVIDER *provider, *encoders;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static gossl_keydata *dead; // whose signers Go may forget
static pthread_mutex_t dead_lock = PTHREAD_MUTEX_INITIALIZER;

static const OSSL_ALGORITHM *query(void *provctx, int op, int *no_cache)
{
	(void)provctx;
	*no_cache = 0;
	switch (op) {
	case OSSL_OP_KEYMGMT:
		return gossl_prov_keymgmts;
	case OSSL_OP_SIGNATURE:
		return gossl_prov_signatures;
	case OSSL_OP_ASYM_CIPHER:
		return gossl_prov_ciphers;
	}
	return NULL;
}

static const OSSL_DISPATCH functions[] = {
	GOSSL_FN(OSSL_FUNC_PROVIDER_QUERY_OPERATION, query),
	{0, NULL},
};

static int init(const OSSL_CORE_HANDLE *handle, const OSSL_DISPATCH *in, const OSSL_DISPATCH **out, void **provctx)
{
	(void)in;
	*out = functions;
	*provctx = (void *)handle;
	return 1;
}

static void load(void)
{
	if (!gossl_hook_ready())
		return;
	OSSL_LIB_CTX *c = OSSL_LIB_CTX_new();
	if (c == NULL || !OSSL_PROVIDER_add_builtin(c, GOSSL_PROVIDER_NAME, init)
	    || (provider = OSSL_PROVIDER_load(c, GOSSL_PROVIDER_NAME)) == NULL
	    || (encoders = OSSL_PROVIDER_load(c, "default")) == NULL) {
		OSSL_LIB_CTX_free(c);
		return;
	}
	libctx = c;
	gossl_hooks_in_use = 1;
}

static EVP_PKEY *signer_key(const char *type, const unsigned char *spki, size_t n, uint64_t number)
{
	pthread_once(&once, load);
	if (libctx == NULL) {
		GOSSL_KEY_ERROR(ERR_R_INIT_FAIL, "the provider for keys of Go signers could not be loaded");
		return NULL;
	}
	if (!ASYNC_is_capable()) {
		GOSSL_KEY_ERROR(ERR_R_UNSUPPORTED, "this build of OpenSSL has no asynchronous jobs");
		return NULL;
	}
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_octet_string("sslsock-public", (void *)spki, n),
		OSSL_PARAM_construct_uint64("sslsock-number", &number),
		OSSL_PARAM_construct_end(),
	};
	EVP_PKEY *k = NULL;
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_name(libctx, type, GOSSL_PROVIDER_PROPERTY);
	if (c == NULL || EVP_PKEY_fromdata_init(c) != 1 || EVP_PKEY_fromdata(c, &k, EVP_PKEY_KEYPAIR, params) != 1)
		k = NULL;
	EVP_PKEY_CTX_free(c);
	return k;
}

GOSSL_NEW(gossl_signer_key, (const char *type, const unsigned char *spki, size_t n, uint64_t number, EVP_PKEY **out),
          signer_key(type, spki, n, number))

int gossl_key_is(const gossl_keydata *k, const char *type) { return k != NULL && strcmp(k->type, type) == 0; }

void gossl_keydata_free(void *key)
{
	gossl_keydata *k = key;
	if (k == NULL)
		return;
	EVP_PKEY_free(k->pub);
	k->pub = NULL;
	if (k->number == 0) {
		free(k);
		return;
	}
	pthread_mutex_lock(&dead_lock);
	k->next = dead;
	dead = k;
	__atomic_add_fetch(&gossl_signers_dead, 1, __ATOMIC_RELEASE);
	pthread_mutex_unlock(&dead_lock);
}

uint64_t gossl_take_dead_signer(void)
{
	pthread_mutex_lock(&dead_lock);
	gossl_keydata *k = dead;
	uint64_t number = 0;
	if (k != NULL) {
		dead = k->next;
		number = k->number;
		__atomic_sub_fetch(&gossl_signers_dead, 1, __ATOMIC_RELEASE);
	}
	pthread_mutex_unlock(&dead_lock);
	free(k);
	return number;
}

gossl_hook *gossl_key_ask(const gossl_keydata *k, int op, int md, int salt, const void *p, size_t n)
{
	SSL *s = gossl_current;
	gossl_hook *h;
	if (ASYNC_get_current_job() == NULL || s == NULL) {
		GOSSL_KEY_ERROR(PROV_R_INVALID_STATE,
		                "the key is a Go signer, for which only Connect, Accept and DoHandshake of an SSL with ModeAsync can wait: "
		                "set it, or use package bridge, which does");
		return NULL;
	}
	if ((h = gossl_hook_make(s)) == NULL || !gossl_view_set(&h->question, p, n)) {
		GOSSL_KEY_ERROR(ERR_R_MALLOC_FAILURE, "no memory for a question");
		return NULL;
	}
	h->detail[GOSSL_KEY_OP] = op | md << 8;
	h->detail[GOSSL_KEY_SALT] = salt;
	h->detail[GOSSL_KEY_HIGH] = (int)(k->number >> 32);
	h->detail[GOSSL_KEY_LOW] = (int)(uint32_t)k->number;
	int granted = gossl_ask_job(h, GOSSL_ASK_KEY);
	h->state[GOSSL_ASK_KEY] = GOSSL_UNASKED;
	gossl_view_free(&h->question);
	if (granted)
		return h;
	gossl_view_free(&h->answer);
	GOSSL_KEY_ERROR(op == GOSSL_KEY_DECRYPT ? PROV_R_FAILED_TO_DECRYPT : PROV_R_FAILED_TO_SIGN, "the Go signer failed or was refused");
	return NULL;
}

gossl_key_question gossl_hook_key(SSL *s)
{
	const gossl_hook *h = gossl_hook_of(s);
	gossl_key_question q = {.op = GOSSL_KEY_NOTHING};
	if (h == NULL || h->state[GOSSL_ASK_KEY] != GOSSL_OPEN)
		return q;
	q.op = h->detail[GOSSL_KEY_OP] & 0xff;
	q.md = h->detail[GOSSL_KEY_OP] >> 8;
	q.salt = h->detail[GOSSL_KEY_SALT];
	q.number = (uint64_t)(uint32_t)h->detail[GOSSL_KEY_HIGH] << 32 | (uint32_t)h->detail[GOSSL_KEY_LOW];
	q.input = h->question;
	return q;
}
