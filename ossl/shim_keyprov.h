// A provider for keys whose private half is a Go crypto.Signer: the C side that
// the shim_keyprov_*.c share. It lives in a library context of its own, so what
// everybody else fetches does not change.
//
// A key here is the public half, as a key of the default context, and a number
// by which Go finds the signer.
#ifndef GOSSL_SHIM_KEYPROV_H
#define GOSSL_SHIM_KEYPROV_H

#include <openssl/core.h>
#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/params.h>
#include <openssl/proverr.h>
#include <openssl/rsa.h>

#include "shim_hook.h"

#define GOSSL_PROVIDER_NAME "sslsock"
#define GOSSL_PROVIDER_PROPERTY "provider=" GOSSL_PROVIDER_NAME

typedef struct gossl_keydata {
	struct gossl_keydata *next; // of those that nobody uses any more
	const char *type;           // as EVP_PKEY_get0_type_name has it
	uint64_t number;            // of the signer; 0 for a public half alone
	EVP_PKEY *pub;              // NULL until imported
} gossl_keydata;

// What Go sees.

enum { GOSSL_KEY_NOTHING, GOSSL_KEY_SIGN, GOSSL_KEY_SIGN_PSS, GOSSL_KEY_DECRYPT };

typedef struct {
	uint64_t number;
	int op, md, salt;
	gossl_view input; // stays the SSL's
} gossl_key_question;

gossl_err *gossl_signer_key(const char *type, const unsigned char *spki, size_t n, uint64_t number, EVP_PKEY **out);
gossl_key_question gossl_hook_key(SSL *s);

// gossl_signers_dead counts what gossl_take_dead_signer returns, one by one: the
// numbers of keys that nobody holds any more. 0 is none.
extern uint32_t gossl_signers_dead;
uint64_t gossl_take_dead_signer(void);

// What hook->detail holds.
enum { GOSSL_KEY_OP, GOSSL_KEY_SALT, GOSSL_KEY_HIGH, GOSSL_KEY_LOW };

extern const OSSL_ALGORITHM gossl_prov_keymgmts[], gossl_prov_signatures[], gossl_prov_ciphers[];

void gossl_keydata_free(void *key);
int gossl_key_is(const gossl_keydata *k, const char *type);

// gossl_key_ask has Go work on the input and waits in the asynchronous job of
// this thread for it. It returns the hook with the answer, which the caller
// takes away, or NULL with the reason on the queue.
gossl_hook *gossl_key_ask(const gossl_keydata *k, int op, int md, int salt, const void *p, size_t n);

// gossl_padding_param reads an RSA padding mode, which is a number or a word.
int gossl_padding_param(const OSSL_PARAM *p, int *mode);

#define GOSSL_FN(id, f) {id, (void (*)(void))(f)}
#define GOSSL_KEY_ERROR(reason, text) ERR_raise_data(ERR_LIB_PROV, reason, text)

#endif
