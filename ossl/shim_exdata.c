#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "shim_more.h"

// item is what stands behind an index: a handle of Go's. Copies of an object
// share it. C frees objects where Go cannot be called, so that a handle which
// nobody has any more waits in a list, until Go comes for it.
typedef struct item {
	uintptr_t handle;
	atomic_int refs;
	struct item *next;
} item;

static item *dropped;
static pthread_mutex_t dropped_lock = PTHREAD_MUTEX_INITIALIZER;

int32_t gossl_ex_dropped;

static void drop(item *i)
{
	if (i == NULL || atomic_fetch_sub(&i->refs, 1) != 1)
		return;
	pthread_mutex_lock(&dropped_lock);
	i->next = dropped;
	dropped = i;
	__atomic_store_n(&gossl_ex_dropped, 1, __ATOMIC_RELEASE);
	pthread_mutex_unlock(&dropped_lock);
}

size_t gossl_ex_drain(uintptr_t *out, size_t n)
{
	size_t got = 0;
	pthread_mutex_lock(&dropped_lock);
	while (dropped != NULL && got < n) {
		item *i = dropped;
		dropped = i->next;
		out[got++] = i->handle;
		free(i);
	}
	if (dropped == NULL)
		__atomic_store_n(&gossl_ex_dropped, 0, __ATOMIC_RELEASE);
	pthread_mutex_unlock(&dropped_lock);
	return got;
}

static void ex_free(void *parent, void *ptr, CRYPTO_EX_DATA *ad, int idx, long argl, void *argp)
{
	(void)parent, (void)ad, (void)idx, (void)argl, (void)argp;
	drop(ptr);
}

static int ex_dup(CRYPTO_EX_DATA *to, const CRYPTO_EX_DATA *from, void **from_d, int idx, long argl, void *argp)
{
	(void)to, (void)from, (void)idx, (void)argl, (void)argp;
	item *i = *from_d;
	if (i != NULL)
		atomic_fetch_add(&i->refs, 1);
	return 1;
}

int gossl_ex_index(int class)
{
	static const int classes[] = {CRYPTO_EX_INDEX_SSL_CTX, CRYPTO_EX_INDEX_SSL, CRYPTO_EX_INDEX_SSL_SESSION};
	int idx = CRYPTO_get_ex_new_index(classes[class], 0, NULL, NULL, ex_dup, ex_free);
	gossl_tidy();
	return idx;
}

static void *get(int class, const void *o, int idx)
{
	switch (class) {
	case GOSSL_EX_CTX:
		return SSL_CTX_get_ex_data(o, idx);
	case GOSSL_EX_SSL:
		return SSL_get_ex_data(o, idx);
	default:
		return SSL_SESSION_get_ex_data(o, idx);
	}
}

static int put(int class, void *o, int idx, item *i)
{
	switch (class) {
	case GOSSL_EX_CTX:
		return SSL_CTX_set_ex_data(o, idx, i);
	case GOSSL_EX_SSL:
		return SSL_set_ex_data(o, idx, i);
	default:
		return SSL_SESSION_set_ex_data(o, idx, i);
	}
}

// set has 0 for the handle of nothing.
static int set(int class, void *o, int idx, uintptr_t handle)
{
	item *old = get(class, o, idx), *i = NULL;
	if (handle != 0) {
		if ((i = calloc(1, sizeof *i)) == NULL)
			return 0;
		i->handle = handle;
		atomic_init(&i->refs, 1);
	}
	if (!put(class, o, idx, i)) {
		free(i);
		return 0;
	}
	drop(old);
	return 1;
}

GOSSL_CALL(gossl_ex_set, (int class, void *o, int idx, uintptr_t handle), set(class, o, idx, handle))

uintptr_t gossl_ex_get(int class, const void *o, int idx)
{
	const item *i = get(class, o, idx);
	return i != NULL ? i->handle : 0;
}
