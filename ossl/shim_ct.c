#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/ct.h>

#include "shim_answer.h"

#ifndef OPENSSL_NO_CT

static void put_sct(gossl_sct *out, const SCT *sct)
{
	unsigned char *raw = NULL, *id = NULL;
	int n = i2o_SCT(sct, &raw);
	gossl_bytes b = gossl_copy_bytes(raw, n > 0 ? (size_t)n : 0);
	size_t m = SCT_get0_log_id(sct, &id);
	gossl_bytes log = gossl_copy_bytes(id, m);
	OPENSSL_free(raw);
	*out = (gossl_sct){
		.raw = b.p, .raw_len = b.n, .log_id = log.p, .log_id_len = log.n,
		.timestamp = SCT_get_timestamp(sct), .version = SCT_get_version(sct),
		.source = SCT_get_source(sct), .status = SCT_get_validation_status(sct),
	};
}

static gossl_bytes scts(SSL *s)
{
	gossl_bytes b = {0};
	const STACK_OF(SCT) *sk = SSL_get0_peer_scts(s);
	int n = sk_SCT_num(sk);
	if (n <= 0 || (b.p = calloc((size_t)n, sizeof(gossl_sct))) == NULL)
		return b;
	for (int i = 0; i < n; i++)
		put_sct((gossl_sct *)(void *)b.p + i, sk_SCT_value(sk, i));
	b.n = (size_t)n * sizeof(gossl_sct);
	return b;
}

GOSSL_GET(gossl_bytes, gossl_scts, (SSL *s), scts(s))
// The macros SSL_disable_ct and SSL_CTX_disable_ct name functions that do not
// exist.
GOSSL_CALL(gossl_disable_ct, (SSL *s), SSL_set_ct_validation_callback(s, NULL, NULL) == 1)
GOSSL_CALL(gossl_ctx_disable_ct, (SSL_CTX *c), SSL_CTX_set_ct_validation_callback(c, NULL, NULL) == 1)

static int same_log(const SCT *a, const SCT *b)
{
	unsigned char *p = NULL, *q = NULL;
	size_t n = SCT_get0_log_id(a, &p), m = SCT_get0_log_id(b, &q);
	return n == m && (n == 0 || memcmp(p, q, n) == 0);
}

static int valid(const SCT *t) { return SCT_get_validation_status(t) == SCT_VALIDATION_STATUS_VALID; }

// quorum counts the logs that have issued a valid timestamp.
static int quorum(const CT_POLICY_EVAL_CTX *ctx, const STACK_OF(SCT) *sk, void *arg)
{
	(void)ctx;
	uintptr_t logs = 0;
	for (int i = 0; i < sk_SCT_num(sk); i++) {
		int again = !valid(sk_SCT_value(sk, i));
		for (int j = 0; j < i && !again; j++)
			again = valid(sk_SCT_value(sk, j)) && same_log(sk_SCT_value(sk, i), sk_SCT_value(sk, j));
		logs += !again;
	}
	return logs >= (uintptr_t)arg;
}

static int set_quorum(SSL_CTX *c, SSL *s, uintptr_t logs)
{
	if (s != NULL)
		return SSL_set_ct_validation_callback(s, quorum, (void *)logs);
	return SSL_CTX_set_ct_validation_callback(c, quorum, (void *)logs);
}

GOSSL_CALL(gossl_set_ct_quorum, (SSL_CTX *c, SSL *s, unsigned logs), set_quorum(c, s, logs) == 1)

#else

// What nobody can turn on is off already.
GOSSL_GET(gossl_bytes, gossl_scts, (SSL *s), ((void)s, (gossl_bytes){0}))
GOSSL_CALL(gossl_disable_ct, (SSL *s), s != NULL)
GOSSL_CALL(gossl_ctx_disable_ct, (SSL_CTX *c), c != NULL)
GOSSL_CALL(gossl_set_ct_quorum, (SSL_CTX *c, SSL *s, unsigned logs), ((void)c, (void)s, (void)logs, gossl_missing("CT")))

#endif

static int dane_mtype_set(SSL_CTX *c, const char *name, unsigned mtype, unsigned ord)
{
	EVP_MD *md = name != NULL ? EVP_MD_fetch(NULL, name, NULL) : NULL;
	if (name != NULL && md == NULL)
		return 0;
	// libssl keeps no reference, so only built-in digests, which live for ever,
	// may be given.
	const EVP_MD *builtin = md != NULL ? EVP_get_digestbynid(EVP_MD_get_type(md)) : NULL;
	EVP_MD_free(md);
	if (name != NULL && builtin == NULL)
		return 0;
	return SSL_CTX_dane_mtype_set(c, builtin, (uint8_t)mtype, (uint8_t)ord) > 0;
}

GOSSL_CALL(gossl_dane_mtype_set, (SSL_CTX *c, const char *md, unsigned mtype, unsigned ord), dane_mtype_set(c, md, mtype, ord))
GOSSL_CALL(gossl_dane_tlsa_add, (SSL *s, unsigned usage, unsigned selector, unsigned mtype, const unsigned char *p, size_t n),
	SSL_dane_tlsa_add(s, (uint8_t)usage, (uint8_t)selector, (uint8_t)mtype, p, n) > 0)

int gossl_dane_authority(SSL *s, X509 **cert, EVP_PKEY **key)
{
	int depth = SSL_get0_dane_authority(s, cert, key);
	gossl_tidy();
	if (*cert != NULL)
		X509_up_ref(*cert);
	if (*key != NULL)
		EVP_PKEY_up_ref(*key);
	return depth;
}

int gossl_dane_tlsa(SSL *s, uint8_t *usage, uint8_t *selector, uint8_t *mtype, gossl_bytes *data)
{
	const unsigned char *p = NULL;
	size_t n = 0;
	int depth = SSL_get0_dane_tlsa(s, usage, selector, mtype, &p, &n);
	gossl_tidy();
	*data = gossl_copy_bytes(depth >= 0 ? p : NULL, n);
	return depth;
}
