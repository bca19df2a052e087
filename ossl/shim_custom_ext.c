// Extensions that libssl does not know: what is to be sent was given before,
// what has come is kept on the SSL.
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "shim_answer.h"
#include "shim_hook.h"

static int ext_index = -1;
static pthread_once_t ext_once = PTHREAD_ONCE_INIT;

static void ctx_exts_free(void *parent, void *ptr, CRYPTO_EX_DATA *ad, int idx, long argl, void *argp)
{
	(void)parent, (void)ad, (void)idx, (void)argl, (void)argp;
	gossl_exts_free(ptr);
}

static void ext_index_make(void) { ext_index = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, ctx_exts_free); }

void gossl_exts_free(gossl_ext *e)
{
	while (e != NULL) {
		gossl_ext *next = e->next;
		free(e);
		e = next;
	}
}

static gossl_ext *ext_new(unsigned type, unsigned context, const unsigned char *p, size_t n, int sends)
{
	gossl_ext *e = malloc(sizeof *e + n);
	if (e == NULL)
		return NULL;
	*e = (gossl_ext){.type = type, .context = context, .n = n, .sends = sends};
	if (n > 0)
		memcpy(e->p, p, n);
	return e;
}

// add_ext answers with what the SSL was given, and failing that the Ctx. An
// extension of a certificate goes with the first one only.
static int add_ext(SSL *s, unsigned type, unsigned context, const unsigned char **out, size_t *n, X509 *x, size_t i, int *al, void *arg)
{
	(void)context, (void)x, (void)al;
	const gossl_hook *h = gossl_hook_of(s);
	const gossl_ext *e = h != NULL ? h->exts : NULL;
	while (e != NULL && e->type != type)
		e = e->next;
	if (e == NULL)
		e = arg;
	if (!e->sends || i > 0)
		return 0;
	*out = e->p;
	*n = e->n;
	return 1;
}

static int parse_ext(SSL *s, unsigned type, unsigned context, const unsigned char *p, size_t n, X509 *x, size_t i, int *al, void *arg)
{
	(void)x, (void)arg;
	gossl_hook *h = gossl_hook_make(s);
	gossl_ext *e = h != NULL ? ext_new(type, context, p, n, 0) : NULL;
	if (e == NULL) {
		*al = SSL_AD_INTERNAL_ERROR;
		return 0;
	}
	e->chain_idx = i;
	gossl_ext **end = &h->got;
	while (*end != NULL)
		end = &(*end)->next;
	*end = e;
	return 1;
}

static int add_old(SSL *s, unsigned type, const unsigned char **out, size_t *n, int *al, void *arg)
{
	return add_ext(s, type, 0, out, n, NULL, 0, al, arg);
}

static int parse_old(SSL *s, unsigned type, const unsigned char *p, size_t n, int *al, void *arg)
{
	return parse_ext(s, type, SSL_is_server(s) ? SSL_EXT_CLIENT_HELLO : SSL_EXT_TLS1_2_SERVER_HELLO, p, n, NULL, 0, al, arg);
}

// keep has the SSL_CTX free e with itself.
static int keep(SSL_CTX *c, gossl_ext *e)
{
	pthread_once(&ext_once, ext_index_make);
	if (e == NULL || !gossl_hook_ready())
		return 0;
	e->next = SSL_CTX_get_ex_data(c, ext_index);
	if (!SSL_CTX_set_ex_data(c, ext_index, e)) {
		free(e);
		return 0;
	}
	gossl_hooks_in_use = 1;
	return 1;
}

// added gives a refusal of libssl's the reason that it lacks.
static int added(int ok)
{
	if (!ok && ERR_peek_error() == 0)
		ERR_raise_data(ERR_LIB_SSL, ERR_R_PASSED_INVALID_ARGUMENT,
			"libssl knows this extension itself, it is there already, or its messages do not go together");
	return ok;
}

static int add_custom(SSL_CTX *c, unsigned type, unsigned context, gossl_ext *e)
{
	return keep(c, e) && added(SSL_CTX_add_custom_ext(c, type, context, add_ext, NULL, e, parse_ext, NULL));
}

static int add_client(SSL_CTX *c, unsigned type, gossl_ext *e)
{
	return keep(c, e) && added(SSL_CTX_add_client_custom_ext(c, type, add_old, NULL, e, parse_old, NULL));
}

static int add_server(SSL_CTX *c, unsigned type, gossl_ext *e)
{
	return keep(c, e) && added(SSL_CTX_add_server_custom_ext(c, type, add_old, NULL, e, parse_old, NULL));
}

GOSSL_CALL(gossl_add_custom_ext, (SSL_CTX *c, unsigned type, unsigned context, const unsigned char *p, size_t n, int sends),
	add_custom(c, type, context, ext_new(type, context, p, n, sends)))
GOSSL_CALL(gossl_add_old_ext, (SSL_CTX *c, int server, unsigned type, const unsigned char *p, size_t n, int sends),
	(server ? add_server : add_client)(c, type, ext_new(type, 0, p, n, sends)))

static int set_ext(SSL *s, unsigned type, gossl_ext *e)
{
	gossl_hook *h = e != NULL && gossl_hook_ready() ? gossl_hook_make(s) : NULL;
	if (h == NULL) {
		free(e);
		return 0;
	}
	gossl_hooks_in_use = 1;
	for (gossl_ext **at = &h->exts; *at != NULL; at = &(*at)->next)
		if ((*at)->type == type) {
			gossl_ext *old = *at;
			*at = old->next;
			free(old);
			break;
		}
	e->next = h->exts;
	h->exts = e;
	return 1;
}

GOSSL_CALL(gossl_set_custom_ext, (SSL *s, unsigned type, const unsigned char *p, size_t n, int sends),
	set_ext(s, type, ext_new(type, 0, p, n, sends)))

const gossl_ext *gossl_custom_exts(SSL *s)
{
	const gossl_hook *h = gossl_hook_of(s);
	return h != NULL ? h->got : NULL;
}

const unsigned char *gossl_ext_bytes(const gossl_ext *e) { return e->p; }
