// Sessions that libssl has removed: their ids wait on the SSL_CTX until Go
// comes for them, because the callback may run at any time, and under a lock of
// libssl's.
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "shim_ticket.h"

// removed is the ex_data of an SSL_CTX: a ring.
typedef struct {
	pthread_mutex_t lock;
	size_t limit, first, n;
	unsigned char (*ids)[GOSSL_REMOVED_SIZE];
} removed;

static int removed_index = -1;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void removed_free(removed *r)
{
	if (r == NULL)
		return;
	pthread_mutex_destroy(&r->lock);
	free(r->ids);
	free(r);
}

static void ctx_free(void *parent, void *ptr, CRYPTO_EX_DATA *ad, int idx, long argl, void *argp)
{
	(void)parent, (void)ad, (void)idx, (void)argl, (void)argp;
	removed_free(ptr);
}

static void make_index(void) { removed_index = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, ctx_free); }

static void remove_cb(SSL_CTX *c, SSL_SESSION *sess)
{
	removed *r = SSL_CTX_get_ex_data(c, removed_index);
	unsigned len;
	const unsigned char *id = SSL_SESSION_get_id(sess, &len);
	if (r == NULL || len == 0 || len > SSL_MAX_SSL_SESSION_ID_LENGTH)
		return;
	pthread_mutex_lock(&r->lock);
	unsigned char *slot = r->ids[(r->first + r->n) % r->limit];
	slot[0] = (unsigned char)len;
	memcpy(slot + 1, id, len);
	if (r->n < r->limit)
		r->n++;
	else
		r->first = (r->first + 1) % r->limit;
	pthread_mutex_unlock(&r->lock);
}

static int set_remove_cb(SSL_CTX *c, size_t limit)
{
	pthread_once(&once, make_index);
	if (removed_index < 0 || limit == 0)
		return 0;
	removed *old = SSL_CTX_get_ex_data(c, removed_index), *r = calloc(1, sizeof *r);
	if (r == NULL)
		return 0;
	pthread_mutex_init(&r->lock, NULL);
	r->limit = limit;
	if ((r->ids = calloc(limit, sizeof *r->ids)) == NULL || !SSL_CTX_set_ex_data(c, removed_index, r)) {
		removed_free(r);
		return 0;
	}
	removed_free(old);
	SSL_CTX_sess_set_remove_cb(c, remove_cb);
	return 1;
}

GOSSL_CALL(gossl_ctx_set_remove_cb, (SSL_CTX *c, size_t limit), set_remove_cb(c, limit))

gossl_removed gossl_take_removed(SSL_CTX *c)
{
	gossl_removed out = {NULL, 0};
	removed *r = removed_index >= 0 ? SSL_CTX_get_ex_data(c, removed_index) : NULL;
	if (r == NULL)
		return out;
	pthread_mutex_lock(&r->lock);
	if (r->n > 0 && (out.p = malloc(r->n * sizeof *r->ids)) != NULL) {
		for (size_t i = 0; i < r->n; i++)
			memcpy(out.p + i * sizeof *r->ids, r->ids[(r->first + i) % r->limit], sizeof *r->ids);
		out.n = r->n;
		r->first = r->n = 0;
	}
	pthread_mutex_unlock(&r->lock);
	return out;
}
