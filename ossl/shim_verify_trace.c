#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "shim_evp.h"
#include "shim_hook.h"

static int trace_index = -1;
static pthread_once_t trace_once = PTHREAD_ONCE_INIT;

typedef struct {
	gossl_verify_step *first, *last;
} trace;

void gossl_trace_free(gossl_verify_step *s)
{
	while (s != NULL) {
		gossl_verify_step *next = s->next;
		X509_free(s->cert);
		free(s);
		s = next;
	}
}

static void trace_free(void *parent, void *ptr, CRYPTO_EX_DATA *ad, int idx, long argl, void *argp)
{
	(void)parent, (void)ad, (void)idx, (void)argl, (void)argp;
	if (ptr != NULL)
		gossl_trace_free(((trace *)ptr)->first);
	free(ptr);
}

static int trace_dup(CRYPTO_EX_DATA *to, const CRYPTO_EX_DATA *from, void **from_d, int idx, long argl, void *argp)
{
	(void)to, (void)from, (void)idx, (void)argl, (void)argp;
	*from_d = NULL;
	return 1;
}

static void trace_index_make(void) { trace_index = SSL_get_ex_new_index(0, NULL, NULL, trace_dup, trace_free); }

static trace *trace_of(SSL *s)
{
	trace *t = SSL_get_ex_data(s, trace_index);
	if (t != NULL || (t = calloc(1, sizeof *t)) == NULL)
		return t;
	if (!SSL_set_ex_data(s, trace_index, t)) {
		free(t);
		return NULL;
	}
	return t;
}

static int verify_step(int ok, X509_STORE_CTX *x)
{
	SSL *s = X509_STORE_CTX_get_ex_data(x, SSL_get_ex_data_X509_STORE_CTX_idx());
	trace *t = s != NULL ? trace_of(s) : NULL;
	gossl_verify_step *step = t != NULL ? calloc(1, sizeof *step) : NULL;
	if (step == NULL) {
		X509_STORE_CTX_set_error(x, X509_V_ERR_OUT_OF_MEM);
		return 0;
	}
	step->ok = ok;
	step->error = X509_STORE_CTX_get_error(x);
	step->depth = X509_STORE_CTX_get_error_depth(x);
	step->cert = X509_STORE_CTX_get_current_cert(x);
	if (step->cert != NULL && !X509_up_ref(step->cert))
		step->cert = NULL;
	if (t->last != NULL)
		t->last->next = step;
	else
		t->first = step;
	t->last = step;
	// Where nobody decides by the steps, a wrong one must stop it after all.
	unsigned asks = *gossl_ctx_suspend(gossl_ctx_data_of(SSL_get_SSL_CTX(s)));
	return ok || (asks >> GOSSL_ASK_VERIFY & 1);
}

static int ready(void)
{
	pthread_once(&trace_once, trace_index_make);
	return trace_index >= 0;
}

static int trace_ctx(SSL_CTX *c)
{
	if (!ready())
		return 0;
	SSL_CTX_set_verify(c, SSL_CTX_get_verify_mode(c), verify_step);
	return 1;
}

static int trace_ssl(SSL *s)
{
	if (!ready())
		return 0;
	SSL_set_verify(s, SSL_get_verify_mode(s), verify_step);
	return 1;
}

GOSSL_CALL(gossl_trace_ctx, (SSL_CTX *c), trace_ctx(c))
GOSSL_CALL(gossl_trace_ssl, (SSL *s), trace_ssl(s))

gossl_verify_step *gossl_trace_take(SSL *s)
{
	trace *t = trace_index >= 0 ? SSL_get_ex_data(s, trace_index) : NULL;
	if (t == NULL)
		return NULL;
	gossl_verify_step *first = t->first;
	*t = (trace){NULL, NULL};
	return first;
}
