#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/async.h>

#include "shim_hook.h"

int gossl_hooks_in_use, gossl_messages_in_use;
__thread SSL *gossl_current;

static int hook_index = -1;
static pthread_once_t hook_once = PTHREAD_ONCE_INIT;

int gossl_view_set(gossl_view *b, const void *p, size_t n)
{
	unsigned char *copy = malloc(n + 1); // never of no bytes, so never NULL for them
	if (copy == NULL)
		return 0;
	if (n > 0)
		memcpy(copy, p, n);
	gossl_view_free(b);
	*b = (gossl_view){copy, n};
	return 1;
}

void gossl_view_free(gossl_view *b)
{
	if (b->p != NULL)
		OPENSSL_cleanse(b->p, b->n);
	free(b->p);
	*b = (gossl_view){NULL, 0};
}

static void hook_free(void *parent, void *ptr, CRYPTO_EX_DATA *ad, int idx, long argl, void *argp)
{
	(void)parent, (void)ad, (void)idx, (void)argl, (void)argp;
	gossl_hook *h = ptr;
	if (h == NULL)
		return;
	gossl_view *all[] = {&h->hello, &h->name, &h->question, &h->answer, &h->alpn, &h->staple, &h->psk_id, &h->id_prefix, &h->secret};
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		gossl_view_free(all[i]);
	sk_X509_pop_free(h->sent, X509_free);
	sk_X509_pop_free(h->built, X509_free);
	SSL_SESSION_free(h->found);
	SSL_SESSION_free(h->psk);
	gossl_exts_free(h->exts);
	gossl_exts_free(h->got);
	free(h->rules);
	while (h->first != NULL) {
		gossl_event *e = h->first;
		h->first = e->next;
		SSL_SESSION_free(e->sess);
		free(e);
	}
	free(h);
}

// hook_dup is for SSL_dup(3): a copy has asked nothing yet, and two that share
// would free twice.
static int hook_dup(CRYPTO_EX_DATA *to, const CRYPTO_EX_DATA *from, void **from_d, int idx, long argl, void *argp)
{
	(void)to, (void)from, (void)idx, (void)argl, (void)argp;
	*from_d = NULL;
	return 1;
}

static void hook_index_make(void) { hook_index = SSL_get_ex_new_index(0, NULL, NULL, hook_dup, hook_free); }

int gossl_hook_ready(void)
{
	pthread_once(&hook_once, hook_index_make);
	return hook_index >= 0;
}

gossl_hook *gossl_hook_of(SSL *s) { return gossl_hooks_in_use ? SSL_get_ex_data(s, hook_index) : NULL; }

gossl_hook *gossl_hook_make(SSL *s)
{
	gossl_hook *h = SSL_get_ex_data(s, hook_index);
	if (h != NULL || (h = calloc(1, sizeof *h)) == NULL)
		return h;
	if (!SSL_set_ex_data(s, hook_index, h)) {
		free(h);
		return NULL;
	}
	return h;
}

int gossl_ask_job(gossl_hook *h, int ask)
{
	// A job of a read or a write holds on to Go's buffer, which may be gone by the
	// time it goes on: only a step of the handshake may pause.
	if (ASYNC_get_current_job() == NULL || gossl_current == NULL) {
		h->late = ask;
		ERR_raise_data(ERR_LIB_SSL, ERR_R_SHOULD_NOT_HAVE_BEEN_CALLED, "a question that only a handshake in an asynchronous job can wait for");
		return 0;
	}
	h->state[ask] = GOSSL_OPEN;
	while (h->state[ask] == GOSSL_OPEN)
		if (!ASYNC_pause_job())
			return 0;
	return h->state[ask] == GOSSL_GRANTED;
}

// message_cb keeps the ClientHello: SSL_client_hello_get0_ext tells of the
// extensions only that libssl knows.
static void message_cb(int write_p, int version, int type, const void *buf, size_t len, SSL *s, void *arg)
{
	(void)arg;
	const unsigned char *p = buf;
	if (gossl_messages_in_use && *gossl_ctx_events(gossl_ctx_data_of(SSL_get_SSL_CTX(s))) & 1u << GOSSL_EVENT_MESSAGE)
		gossl_message_event(s, write_p, version, type, buf, len);
	if (write_p || type != SSL3_RT_HANDSHAKE || len < 4 || p[0] != SSL3_MT_CLIENT_HELLO)
		return;
	gossl_hook *h = gossl_hook_make(s);
	if (h != NULL)
		gossl_view_set(&h->hello, buf, len);
}

void gossl_message_install(SSL_CTX *c) { SSL_CTX_set_msg_callback(c, message_cb); }

int gossl_name_keep(SSL *s, const char *name)
{
	gossl_hook *h = gossl_hook_make(s);
	return h != NULL && (h->name.p != NULL || gossl_view_set(&h->name, name, strlen(name)));
}

// other_name says whether a ClientHello that is not the first, but comes after a
// HelloRetryRequest or to renegotiate, asks for another name. Nothing is decided
// anew then: a client could be let in as one name asks, and served as another.
static int other_name(const gossl_hook *h, const char *name)
{
	return h != NULL && h->name.p != NULL && (h->name.n != strlen(name) || memcmp(h->name.p, name, h->name.n) != 0);
}

int gossl_hello_asked(SSL *s, const char *name, int *alert, int *ret)
{
	gossl_hook *h = gossl_hook_of(s);
	*ret = SSL_CLIENT_HELLO_ERROR;
	if (other_name(h, name)) {
		*alert = SSL_AD_ILLEGAL_PARAMETER; // RFC 8446, section 4.1.2
		ERR_raise_data(ERR_LIB_SSL, SSL_R_BAD_EXTENSION, "the client has changed the server name that it asks for");
		return 0;
	}
	int asks = *gossl_ctx_suspend(gossl_ctx_data_of(SSL_get_SSL_CTX(s))) >> GOSSL_ASK_HELLO & 1;
	if (!asks && (h == NULL || h->state[GOSSL_ASK_HELLO] == GOSSL_UNASKED))
		return 1;
	*alert = SSL_AD_INTERNAL_ERROR;
	if (h == NULL || h->hello.p == NULL) // memory was short, or it is in the format of SSL 2
		return 0;
	switch (h->state[GOSSL_ASK_HELLO]) {
	case GOSSL_GRANTED:
		*ret = SSL_CLIENT_HELLO_SUCCESS;
		return !h->switched;
	case GOSSL_REFUSED:
		*alert = h->alert;
		return 0;
	default:
		if (!gossl_name_keep(s, name))
			return 0;
		h->state[GOSSL_ASK_HELLO] = GOSSL_OPEN;
		*ret = SSL_CLIENT_HELLO_RETRY;
		return 0;
	}
}

static int offered(const gossl_view *proto, const unsigned char *in, unsigned inlen)
{
	for (unsigned i = 0; i < inlen; i += 1u + in[i])
		if (in[i] == proto->n && i + 1 + proto->n <= inlen && memcmp(in + i + 1, proto->p, proto->n) == 0)
			return 1;
	return 0;
}

// gossl_alpn_asked looks whether the choice is still offered: the list may be
// that of another ClientHello than Go has seen.
int gossl_alpn_asked(SSL *s, const unsigned char **out, unsigned char *outlen, const unsigned char *in, unsigned inlen, int *ret)
{
	const gossl_hook *h = gossl_hook_of(s);
	if (h == NULL || h->has_alpn == 0)
		return 1;
	*out = h->alpn.p;
	*outlen = (unsigned char)h->alpn.n;
	*ret = SSL_TLSEXT_ERR_ALERT_FATAL;
	if (h->has_alpn > 0 && h->alpn.n == 0)
		*ret = SSL_TLSEXT_ERR_NOACK;
	else if (h->has_alpn > 0 && offered(&h->alpn, in, inlen))
		*ret = SSL_TLSEXT_ERR_OK;
	return 0;
}

static int cert_cb(SSL *s, void *arg)
{
	(void)arg;
	gossl_hook *h = gossl_hook_make(s);
	if (h == NULL)
		return 0;
	switch (h->state[GOSSL_ASK_CERT]) {
	case GOSSL_GRANTED:
		return 1;
	case GOSSL_REFUSED:
		return 0;
	default:
		h->state[GOSSL_ASK_CERT] = GOSSL_OPEN;
		return -1;
	}
}

// verify_cb has libcrypto verify first. A client can suspend then. On a server
// SSL_set_retry_verify is undefined, so there it takes a job.
static int verify_cb(X509_STORE_CTX *x, void *arg)
{
	(void)arg;
	SSL *s = X509_STORE_CTX_get_ex_data(x, SSL_get_ex_data_X509_STORE_CTX_idx());
	gossl_hook *h = gossl_hook_make(s);
	if (h == NULL) {
		X509_STORE_CTX_set_error(x, X509_V_ERR_OUT_OF_MEM);
		return 0;
	}
	// What it leaves in the queue would turn a retry into a failure.
	ERR_set_mark();
	if (X509_verify_cert(x) <= 0 && X509_STORE_CTX_get_error(x) == X509_V_OK)
		X509_STORE_CTX_set_error(x, X509_V_ERR_UNSPECIFIED);
	ERR_pop_to_mark();
	if (h->state[GOSSL_ASK_VERIFY] != GOSSL_GRANTED && h->state[GOSSL_ASK_VERIFY] != GOSSL_REFUSED) {
		sk_X509_pop_free(h->sent, X509_free);
		sk_X509_pop_free(h->built, X509_free);
		STACK_OF(X509) *sent = X509_STORE_CTX_get0_untrusted(x);
		h->sent = sent != NULL ? X509_chain_up_ref(sent) : NULL;
		h->built = X509_STORE_CTX_get1_chain(x);
		h->verified = X509_STORE_CTX_get_error(x);
		h->depth = X509_STORE_CTX_get_error_depth(x);
		if (!SSL_is_server(s)) {
			h->state[GOSSL_ASK_VERIFY] = GOSSL_OPEN;
			SSL_set_retry_verify(s);
			return 1;
		}
		gossl_ask_job(h, GOSSL_ASK_VERIFY);
	}
	int granted = h->state[GOSSL_ASK_VERIFY] == GOSSL_GRANTED;
	h->state[GOSSL_ASK_VERIFY] = GOSSL_UNASKED; // for a certificate that comes later
	long refusal = h->verify != X509_V_OK ? h->verify : X509_V_ERR_APPLICATION_VERIFICATION;
	X509_STORE_CTX_set_error(x, granted ? X509_V_OK : refusal);
	return granted;
}

// psk_server_cb is asked by TLS 1.3 too, for whatever psk_find_session_cb
// (shim_ahead.c) does not know, tickets included, and cut off at a zero byte.
static unsigned psk_server_cb(SSL *s, const char *identity, unsigned char *psk, unsigned max)
{
	gossl_hook *h = SSL_version(s) != TLS1_3_VERSION ? gossl_hook_make(s) : NULL;
	if (h == NULL || identity == NULL || !gossl_view_set(&h->question, identity, strlen(identity)))
		return 0;
	int granted = gossl_ask_job(h, GOSSL_ASK_PSK);
	h->state[GOSSL_ASK_PSK] = GOSSL_UNASKED;
	unsigned n = 0;
	if (granted && h->answer.n <= max) {
		n = (unsigned)h->answer.n;
		memcpy(psk, h->answer.p, n);
	}
	gossl_view_free(&h->answer);
	return n;
}

static int set_suspend(SSL_CTX *c, unsigned bits)
{
	if (!gossl_hook_ready())
		return 0;
	unsigned jobs = 1u << GOSSL_ASK_VERIFY | 1u << GOSSL_ASK_PSK | 1u << GOSSL_ASK_KEY;
	if (bits & jobs && !ASYNC_is_capable()) {
		ERR_raise_data(ERR_LIB_SSL, ERR_R_UNSUPPORTED, "this build of OpenSSL has no asynchronous jobs");
		return 0;
	}
	gossl_hooks_in_use = 1;
	*gossl_ctx_suspend(gossl_ctx_data_of(c)) |= bits;
	if (bits != 0)
		gossl_message_install(c); // whoever asks may want to know the ClientHello
	if (bits & 1u << GOSSL_ASK_HELLO)
		gossl_alpn_install(c);
	if (bits & 1u << GOSSL_ASK_CERT)
		SSL_CTX_set_cert_cb(c, cert_cb, NULL);
	if (bits & 1u << GOSSL_ASK_VERIFY)
		SSL_CTX_set_cert_verify_callback(c, verify_cb, NULL);
	if (bits & 1u << GOSSL_ASK_PSK)
		SSL_CTX_set_psk_server_callback(c, psk_server_cb);
	return 1;
}

GOSSL_CALL(gossl_ctx_set_suspend, (SSL_CTX *c, unsigned bits), set_suspend(c, bits))

static int switch_ctx(SSL *s, SSL_CTX *c)
{
	gossl_hook *h = gossl_hook_ready() ? gossl_hook_make(s) : NULL;
	return h != NULL && (h->switched = gossl_switch_ctx(s, c));
}

GOSSL_CALL(gossl_switch, (SSL *s, SSL_CTX *c), switch_ctx(s, c))

int gossl_asked(SSL *s)
{
	const gossl_hook *h = gossl_hook_of(s);
	for (int ask = 1; h != NULL && ask < GOSSL_ASKS; ask++)
		if (h->state[ask] == GOSSL_OPEN)
			return ask;
	return GOSSL_ASK_NOTHING;
}

int gossl_asked_late(SSL *s)
{
	const gossl_hook *h = gossl_hook_of(s);
	return h != NULL ? h->late : GOSSL_ASK_NOTHING;
}

// gossl_refuse refuses what a job has asked, answered or not: the job may not
// have gone on with the answer yet.
void gossl_refuse(SSL *s)
{
	gossl_hook *h = gossl_hook_of(s);
	for (int ask = GOSSL_ASK_VERIFY; h != NULL && ask < GOSSL_ASKS; ask++)
		if (h->state[ask] != GOSSL_UNASKED)
			h->state[ask] = GOSSL_REFUSED;
}

static int answer(SSL *s, int ask, int granted, int alert, long verify, const unsigned char *p, size_t n)
{
	gossl_hook *h = gossl_hook_of(s);
	if (h == NULL || ask <= 0 || ask >= GOSSL_ASKS || h->state[ask] != GOSSL_OPEN) {
		ERR_raise_data(ERR_LIB_SSL, ERR_R_PASSED_INVALID_ARGUMENT, "nothing has been asked that this answers");
		return 0;
	}
	if ((ask == GOSSL_ASK_PSK || ask == GOSSL_ASK_KEY) && !gossl_view_set(&h->answer, p, n))
		return 0;
	h->alert = alert;
	h->verify = verify;
	h->state[ask] = granted ? GOSSL_GRANTED : GOSSL_REFUSED;
	return 1;
}

GOSSL_CALL(gossl_answer,
           (SSL *s, int ask, int granted, int alert, long verify, const unsigned char *p, size_t n),
           answer(s, ask, granted, alert, verify, p, n))

gossl_view gossl_hook_hello(SSL *s)
{
	const gossl_hook *h = gossl_hook_of(s);
	return h != NULL ? h->hello : (gossl_view){NULL, 0};
}

gossl_view gossl_hook_question(SSL *s)
{
	const gossl_hook *h = gossl_hook_of(s);
	return h != NULL ? h->question : (gossl_view){NULL, 0};
}

gossl_verify_question gossl_hook_verify(SSL *s)
{
	const gossl_hook *h = gossl_hook_of(s);
	gossl_verify_question q = {.result = X509_V_ERR_UNSPECIFIED};
	if (h == NULL)
		return q;
	q.result = h->verified;
	q.depth = h->depth;
	q.sent = h->sent;
	q.built = h->built;
	q.staple_len = SSL_get_tlsext_status_ocsp_resp(s, &q.staple);
	return q;
}

int gossl_sk_x509_num(const STACK_OF(X509) *sk) { return sk != NULL ? sk_X509_num(sk) : 0; }

int gossl_sk_x509_der(const STACK_OF(X509) *sk, int i, unsigned char **out)
{
	*out = NULL;
	return i2d_X509(sk_X509_value(sk, i), out);
}

static int set_alpn(SSL *s, const unsigned char *p, size_t n, int how)
{
	gossl_hook *h = gossl_hook_make(s);
	if (h == NULL || !gossl_view_set(&h->alpn, p, n))
		return 0;
	h->has_alpn = how;
	return 1;
}

GOSSL_CALL(gossl_hook_set_alpn, (SSL *s, const unsigned char *p, size_t n, int how), set_alpn(s, p, n, how))
