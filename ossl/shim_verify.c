#include <string.h>

#include <openssl/x509v3.h>

#include "shim_crypto.h"

static gossl_store_ctx *ctx_new(void)
{
	gossl_store_ctx *c = OPENSSL_zalloc(sizeof *c);
	if (c != NULL && (c->ctx = X509_STORE_CTX_new()) == NULL) {
		OPENSSL_free(c);
		return NULL;
	}
	return c;
}

// drop gives back what the last init was about. X509_STORE_CTX itself holds no
// references.
static void drop(gossl_store_ctx *c)
{
	X509_STORE_CTX_cleanup(c->ctx);
	X509_STORE_free(c->store);
	X509_free(c->cert);
	sk_X509_pop_free(c->untrusted, X509_free);
	sk_X509_pop_free(c->trusted, X509_free);
	sk_X509_CRL_pop_free(c->crls, X509_CRL_free);
	*c = (gossl_store_ctx){.ctx = c->ctx};
}

void gossl_store_ctx_free(gossl_store_ctx *c)
{
	drop(c);
	X509_STORE_CTX_free(c->ctx);
	OPENSSL_free(c);
}

static int ctx_init(gossl_store_ctx *c, X509_STORE *st, X509 *x, X509 **untrusted, int n)
{
	drop(c);
	if (!X509_STORE_up_ref(st))
		return 0;
	c->store = st;
	if (x != NULL && X509_up_ref(x))
		c->cert = x;
	c->untrusted = gossl_x509_stack(untrusted, n);
	if (c->untrusted != NULL && X509_STORE_CTX_init(c->ctx, st, c->cert, c->untrusted))
		return 1;
	drop(c);
	return 0;
}

static int set_trusted(gossl_store_ctx *c, X509 **list, int n)
{
	STACK_OF(X509) *sk = gossl_x509_stack(list, n);
	if (sk == NULL)
		return 0;
	sk_X509_pop_free(c->trusted, X509_free);
	c->trusted = sk;
	X509_STORE_CTX_set0_trusted_stack(c->ctx, sk);
	return 1;
}

static int set_crls(gossl_store_ctx *c, X509_CRL **list, int n)
{
	STACK_OF(X509_CRL) *sk = sk_X509_CRL_new_null();
	int ok = sk != NULL;
	for (int i = 0; ok && i < n; i++)
		if (X509_CRL_up_ref(list[i]) && !(ok = sk_X509_CRL_push(sk, list[i]) > 0))
			X509_CRL_free(list[i]);
	if (!ok) {
		sk_X509_CRL_pop_free(sk, X509_CRL_free);
		return 0;
	}
	sk_X509_CRL_pop_free(c->crls, X509_CRL_free);
	c->crls = sk;
	X509_STORE_CTX_set0_crls(c->ctx, sk);
	return 1;
}

// set1_param merges into the parameters that init inherited, as
// SSL_set1_param does.
static int set1_param(gossl_store_ctx *c, X509_VERIFY_PARAM *p)
{
	X509_VERIFY_PARAM *own = X509_STORE_CTX_get0_param(c->ctx);
	return own != NULL && X509_VERIFY_PARAM_set1(own, p);
}

// ready refuses what X509_STORE_CTX would do without init: crash.
static int ready(gossl_store_ctx *c)
{
	if (c->store == NULL)
		ERR_raise(ERR_LIB_X509, ERR_R_SHOULD_NOT_HAVE_BEEN_CALLED);
	return c->store != NULL;
}

gossl_err *gossl_store_ctx_verify(gossl_store_ctx *c)
{
	ERR_clear_error();
	errno = 0;
	if (ready(c) && X509_verify_cert(c->ctx) == 1) {
		ERR_clear_error();
		return NULL;
	}
	gossl_err *e = gossl_take(NULL, 0, errno);
	if (c->store != NULL)
		e->verify = X509_STORE_CTX_get_error(c->ctx);
	return e;
}

static X509 *current(gossl_store_ctx *c, int which)
{
	X509 *x;
	if (which == 0)
		x = X509_STORE_CTX_get_current_cert(c->ctx);
	else if (which == 1)
		x = X509_STORE_CTX_get0_cert(c->ctx);
	else
		x = X509_STORE_CTX_get0_current_issuer(c->ctx);
	return x != NULL && X509_up_ref(x) ? x : NULL;
}

static X509 *issuer(gossl_store_ctx *c, X509 *x)
{
	X509 *found = NULL;
	return ready(c) && X509_STORE_CTX_get1_issuer(&found, c->ctx, x) == 1 ? found : NULL;
}

static int certs(gossl_store_ctx *c, GOSSL_IN, X509 ***out, int *count)
{
	X509_NAME *name = ready(c) ? d2i_X509_NAME(NULL, &p, n) : NULL;
	STACK_OF(X509) *sk = name != NULL ? X509_STORE_CTX_get1_certs(c->ctx, name) : NULL;
	int ok = name != NULL && gossl_x509_list(sk, out, count);
	sk_X509_pop_free(sk, X509_free);
	X509_NAME_free(name);
	return ok;
}

static int peername(BIO *b, gossl_store_ctx *c)
{
	X509_VERIFY_PARAM *p = X509_STORE_CTX_get0_param(c->ctx);
	const char *name = p != NULL ? X509_VERIFY_PARAM_get0_peername(p) : NULL;
	return name == NULL || BIO_puts(b, name) >= 0;
}

GOSSL_MAKE(gossl_store_ctx_new, (gossl_store_ctx **out), ctx_new())
GOSSL_TRY(gossl_store_ctx_init, (gossl_store_ctx *c, X509_STORE *st, X509 *x, X509 **untrusted, int n), ctx_init(c, st, x, untrusted, n))
GOSSL_TRY(gossl_store_ctx_set_trusted, (gossl_store_ctx *c, X509 **list, int n), ready(c) && set_trusted(c, list, n))
GOSSL_TRY(gossl_store_ctx_set_crls, (gossl_store_ctx *c, X509_CRL **list, int n), ready(c) && set_crls(c, list, n))
GOSSL_TRY(gossl_store_ctx_set1_param, (gossl_store_ctx *c, X509_VERIFY_PARAM *p), ready(c) && set1_param(c, p))
GOSSL_TRY(gossl_store_ctx_set_default, (gossl_store_ctx *c, const char *name), ready(c) && X509_STORE_CTX_set_default(c->ctx, name) == 1)
GOSSL_TRY(gossl_store_ctx_set_purpose, (gossl_store_ctx *c, int purpose), ready(c) && X509_STORE_CTX_set_purpose(c->ctx, purpose) == 1)
GOSSL_TRY(gossl_store_ctx_set_trust, (gossl_store_ctx *c, int trust), ready(c) && X509_STORE_CTX_set_trust(c->ctx, trust) == 1)
GOSSL_MAKE(gossl_store_ctx_current, (gossl_store_ctx *c, int which, X509 **out), current(c, which))
GOSSL_MAKE(gossl_store_ctx_issuer, (gossl_store_ctx *c, X509 *x, X509 **out), issuer(c, x))
GOSSL_TRY(gossl_store_ctx_chain, (gossl_store_ctx *c, X509 ***out, int *n), gossl_x509_list(X509_STORE_CTX_get0_chain(c->ctx), out, n))
GOSSL_TRY(gossl_store_ctx_certs, (gossl_store_ctx *c, GOSSL_IN, X509 ***out, int *count), certs(c, p, n, out, count))
GOSSL_TEXT(gossl_store_ctx_peername, (gossl_store_ctx *c, GOSSL_OUT), peername(b, c))

void gossl_store_ctx_set_flags(gossl_store_ctx *c, unsigned long flags)
{
	if (c->store != NULL)
		X509_STORE_CTX_set_flags(c->ctx, flags);
}

void gossl_store_ctx_set_time(gossl_store_ctx *c, int64_t t)
{
	if (c->store != NULL)
		X509_STORE_CTX_set_time(c->ctx, 0, (time_t)t);
}

void gossl_store_ctx_set_depth(gossl_store_ctx *c, int depth)
{
	if (c->store != NULL)
		X509_STORE_CTX_set_depth(c->ctx, depth);
}

int gossl_store_ctx_error(gossl_store_ctx *c)
{
	return X509_STORE_CTX_get_error(c->ctx);
}

void gossl_store_ctx_set_error(gossl_store_ctx *c, int e)
{
	X509_STORE_CTX_set_error(c->ctx, e);
}

int gossl_store_ctx_depth(gossl_store_ctx *c)
{
	return X509_STORE_CTX_get_error_depth(c->ctx);
}

int gossl_store_ctx_untrusted(gossl_store_ctx *c)
{
	return X509_STORE_CTX_get_num_untrusted(c->ctx);
}
