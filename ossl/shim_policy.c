// Policies in place of libssl's synchronous callbacks: what it asks while it
// cannot wait is decided in C by what Go has said before.
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/rand.h>

#include "shim_answer.h"
#include "shim_hook.h"

// policy is what the callbacks need of an SSL_CTX.
typedef struct {
	gossl_view id_prefix;
	gossl_sec_rule *rules;
	size_t nrules;
} policy;

static int policy_index = -1;
static pthread_once_t policy_once = PTHREAD_ONCE_INIT;

static void policy_free(void *parent, void *ptr, CRYPTO_EX_DATA *ad, int idx, long argl, void *argp)
{
	(void)parent, (void)ad, (void)idx, (void)argl, (void)argp;
	policy *p = ptr;
	if (p == NULL)
		return;
	gossl_view_free(&p->id_prefix);
	free(p->rules);
	free(p);
}

static void policy_index_make(void) { policy_index = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, policy_free); }

static policy *policy_of(SSL_CTX *c)
{
	return policy_index >= 0 ? SSL_CTX_get_ex_data(c, policy_index) : NULL;
}

static policy *policy_make(SSL_CTX *c)
{
	pthread_once(&policy_once, policy_index_make);
	policy *p = SSL_CTX_get_ex_data(c, policy_index);
	if (p != NULL || (p = calloc(1, sizeof *p)) == NULL)
		return p;
	if (!SSL_CTX_set_ex_data(c, policy_index, p)) {
		free(p);
		return NULL;
	}
	return p;
}

static gossl_hook *hook_make(SSL *s)
{
	if (!gossl_hook_ready())
		return NULL;
	gossl_hooks_in_use = 1;
	return gossl_hook_make(s);
}

// The first rule that is about the question decides it; where none is, libssl's
// own callback, which knows the security level.

typedef int security_cb(const SSL *s, const SSL_CTX *c, int op, int bits, int nid, void *other, void *ex);

static security_cb *own_security_cb;

static int decide(const gossl_sec_rule *rules, size_t n, int op, int bits, int nid, int *allowed)
{
	for (size_t i = 0; i < n; i++) {
		const gossl_sec_rule *r = rules + i;
		if ((r->op != 0 && r->op != op) || (r->nid != 0 && r->nid != nid))
			continue;
		*allowed = r->allow && bits >= r->min_bits;
		return 1;
	}
	return 0;
}

static int check_security(const SSL *s, const SSL_CTX *c, int op, int bits, int nid, void *other, void *ex)
{
	int allowed = 0;
	const gossl_hook *h = s != NULL ? gossl_hook_of((SSL *)s) : NULL;
	if (h != NULL && decide(h->rules, h->nrules, op, bits, nid, &allowed))
		return allowed;
	const policy *p = policy_of(c != NULL ? (SSL_CTX *)c : SSL_get_SSL_CTX(s));
	if (p != NULL && decide(p->rules, p->nrules, op, bits, nid, &allowed))
		return allowed;
	return own_security_cb(s, c, op, bits, nid, other, ex);
}

static pthread_once_t security_once = PTHREAD_ONCE_INIT;

// security_cb_find asks a new SSL_CTX for the callback that libssl gives it.
static void security_cb_find(void)
{
	SSL_CTX *c = SSL_CTX_new(TLS_method());
	if (c != NULL)
		own_security_cb = SSL_CTX_get_security_callback(c);
	SSL_CTX_free(c);
}

static int set_rules(gossl_sec_rule **at, size_t *count, const gossl_sec_rule *rules, size_t n)
{
	gossl_sec_rule *copy = calloc(n + 1, sizeof *copy);
	if (copy == NULL)
		return 0;
	if (n > 0)
		memcpy(copy, rules, n * sizeof *copy);
	free(*at);
	*at = copy;
	*count = n;
	return 1;
}

static int set_security_policy(SSL_CTX *c, SSL *s, const gossl_sec_rule *rules, size_t n)
{
	pthread_once(&security_once, security_cb_find);
	if (own_security_cb == NULL)
		return 0;
	if (s != NULL) {
		gossl_hook *h = hook_make(s);
		SSL_set_security_callback(s, check_security);
		return h != NULL && set_rules(&h->rules, &h->nrules, rules, n);
	}
	policy *p = policy_make(c);
	SSL_CTX_set_security_callback(c, check_security);
	return p != NULL && set_rules(&p->rules, &p->nrules, rules, n);
}

GOSSL_CALL(gossl_set_security_policy, (SSL_CTX *c, SSL *s, const gossl_sec_rule *rules, size_t n), set_security_policy(c, s, rules, n))

// The two numbers of a padding travel in the callback's argument.
static size_t pad(SSL *s, int type, size_t len, void *arg)
{
	(void)s, (void)type;
	size_t block = (uintptr_t)arg >> 16, most = (uintptr_t)arg & 0xffff, n = 0;
	uint16_t r;
	if (most > 0 && RAND_bytes((unsigned char *)&r, sizeof r) == 1)
		n = r % (most + 1);
	if (block > 1 && (len + n) % block != 0)
		n += block - (len + n) % block;
	return n;
}

static int set_record_padding(SSL_CTX *c, SSL *s, unsigned block, unsigned random)
{
	void *arg = (void *)((uintptr_t)block << 16 | random);
	int none = block <= 1 && random == 0;
	if (s != NULL) {
		// Once there, it stays: from 3.2 on the record layer that knows of a callback calls it without a look.
		if (none && SSL_get_record_padding_callback_arg(s) == NULL)
			return 1;
		SSL_set_record_padding_callback_arg(s, arg);
		return SSL_set_record_padding_callback(s, pad) == 1 || none;
	}
	SSL_CTX_set_record_padding_callback_arg(c, arg);
	SSL_CTX_set_record_padding_callback(c, none ? NULL : pad);
	return 1;
}

GOSSL_CALL(gossl_set_record_padding, (SSL_CTX *c, SSL *s, unsigned block, unsigned random), set_record_padding(c, s, block, random))

static int never_resumable(SSL *s, int forward_secure)
{
	(void)s, (void)forward_secure;
	return 1;
}

static int resumable_if_forward_secure(SSL *s, int forward_secure)
{
	(void)s;
	return !forward_secure;
}

static int set_not_resumable(SSL_CTX *c, SSL *s, int when)
{
	int (*cb)(SSL *, int) = when == GOSSL_NOT_RESUMABLE ? never_resumable
	                      : when == GOSSL_RESUMABLE_IF_FORWARD_SECURE ? resumable_if_forward_secure : NULL;
	if (s != NULL)
		SSL_set_not_resumable_session_callback(s, cb);
	else
		SSL_CTX_set_not_resumable_session_callback(c, cb);
	return 1;
}

GOSSL_CALL(gossl_set_not_resumable, (SSL_CTX *c, SSL *s, int when), set_not_resumable(c, s, when))

static int no_early_data(SSL *s, void *arg)
{
	(void)s, (void)arg;
	return 0;
}

static int set_early_data_allowed(SSL_CTX *c, SSL *s, int allowed)
{
	if (s != NULL)
		SSL_set_allow_early_data_cb(s, allowed ? NULL : no_early_data, NULL);
	else
		SSL_CTX_set_allow_early_data_cb(c, allowed ? NULL : no_early_data, NULL);
	return 1;
}

GOSSL_CALL(gossl_set_early_data_allowed, (SSL_CTX *c, SSL *s, int allowed), set_early_data_allowed(c, s, allowed))

// session_id is the prefix, and random bytes after it. libssl asks again, up to
// ten times, for an id that is in its cache already.
static int session_id(SSL *s, unsigned char *id, unsigned *len)
{
	const gossl_hook *h = gossl_hook_of(s);
	const policy *p = policy_of(SSL_get_SSL_CTX(s));
	const gossl_view *prefix = h != NULL && h->id_prefix.n > 0 ? &h->id_prefix : p != NULL ? &p->id_prefix : NULL;
	if (RAND_bytes(id, (int)*len) != 1)
		return 0;
	if (prefix != NULL && prefix->n > 0 && prefix->n <= *len)
		memcpy(id, prefix->p, prefix->n);
	return 1;
}

static int set_session_id_prefix(SSL_CTX *c, SSL *s, const unsigned char *p, size_t n)
{
	if (s != NULL) {
		gossl_hook *h = hook_make(s);
		return h != NULL && gossl_view_set(&h->id_prefix, p, n) && SSL_set_generate_session_id(s, session_id);
	}
	policy *pol = policy_make(c);
	return pol != NULL && gossl_view_set(&pol->id_prefix, p, n) && SSL_CTX_set_generate_session_id(c, session_id);
}

GOSSL_CALL(gossl_set_session_id_prefix, (SSL_CTX *c, SSL *s, const unsigned char *p, size_t n), set_session_id_prefix(c, s, p, n))

// shared_cipher is the first suite of the peer's that this side has too. libssl
// would look for one that fits the certificate, of which it knows nothing yet.
static const SSL_CIPHER *shared_cipher(SSL *s, STACK_OF(SSL_CIPHER) *peer)
{
	STACK_OF(SSL_CIPHER) *own = SSL_get1_supported_ciphers(s);
	const SSL_CIPHER *found = NULL;
	for (int i = 0; i < sk_SSL_CIPHER_num(peer) && found == NULL; i++) {
		const SSL_CIPHER *c = sk_SSL_CIPHER_value(peer, i);
		const char *since = SSL_CIPHER_get_version(c);
		int fits = strcmp(since, "TLSv1.3") != 0 && (strcmp(since, "TLSv1.2") != 0 || SSL_version(s) == TLS1_2_VERSION);
		if (fits && sk_SSL_CIPHER_find(own, (SSL_CIPHER *)c) >= 0)
			found = c;
	}
	sk_SSL_CIPHER_free(own);
	return found;
}

// eap_secret gives the secret of a session that was agreed on by other means:
// RFC 4851.
static int eap_secret(SSL *s, void *secret, int *len, STACK_OF(SSL_CIPHER) *peer, const SSL_CIPHER **cipher, void *arg)
{
	(void)arg;
	const gossl_hook *h = gossl_hook_of(s);
	if (h == NULL || h->secret.n == 0 || h->secret.n > (size_t)*len)
		return 0;
	if (SSL_is_server(s) && (*cipher = shared_cipher(s, peer)) == NULL)
		return 0;
	memcpy(secret, h->secret.p, h->secret.n);
	*len = (int)h->secret.n;
	return 1;
}

static int set_session_secret(SSL *s, const unsigned char *p, size_t n)
{
	gossl_hook *h = hook_make(s);
	return h != NULL && gossl_view_set(&h->secret, p, n) && SSL_set_session_secret_cb(s, eap_secret, NULL);
}

GOSSL_CALL(gossl_set_session_secret, (SSL *s, const unsigned char *p, size_t n), set_session_secret(s, p, n))

// dtls_timer is asked for the first timeout with 0, and then with the one
// before.
static unsigned dtls_timer(SSL *s, unsigned us)
{
	const gossl_hook *h = gossl_hook_of(s);
	if (h == NULL)
		return us == 0 ? 1000000 : us * 2;
	if (us == 0)
		return h->timer_first;
	return us < h->timer_max / 2 ? us * 2 : h->timer_max;
}

static int set_dtls_timer(SSL *s, unsigned first, unsigned max)
{
	gossl_hook *h = hook_make(s);
	if (h == NULL)
		return 0;
	h->timer_first = first;
	h->timer_max = max;
	DTLS_set_timer_cb(s, dtls_timer);
	return 1;
}

GOSSL_CALL(gossl_set_dtls_timer, (SSL *s, unsigned first_us, unsigned max_us), set_dtls_timer(s, first_us, max_us))
