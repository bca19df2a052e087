// Ticket keys, answered from a table on the SSL_CTX that may change at any time.
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include "shim_ticket.h"

// tickets is the ex_data of an SSL_CTX. SSLs that have left it for another
// SSL_CTX hold it too.
typedef struct {
	atomic_int refs;
	EVP_CIPHER *aes;
	int appdata;          // SSL_CTX_set_session_ticket_cb was called
	int installed;        // ticket_cb is
	pthread_mutex_t lock; // of what follows; held for a copy, never for a cipher
	size_t n;
	gossl_ticket_key keys[GOSSL_TICKET_KEYS];
} tickets;

// ssl_tickets is the ex_data of an SSL.
typedef struct {
	tickets *first; // of the SSL_CTX that it was made from, if it has left that
	unsigned char *data; // for its tickets, NULL for none
	size_t n;
} ssl_tickets;

static int ctx_index = -1, ssl_index = -1;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static atomic_int in_use; // 0: no SSL_CTX has tickets of ours

static void drop(tickets *t)
{
	if (t == NULL || atomic_fetch_sub(&t->refs, 1) != 1)
		return;
	OPENSSL_cleanse(t->keys, sizeof t->keys);
	EVP_CIPHER_free(t->aes);
	pthread_mutex_destroy(&t->lock);
	free(t);
}

static void ctx_free(void *parent, void *ptr, CRYPTO_EX_DATA *ad, int idx, long argl, void *argp)
{
	(void)parent, (void)ad, (void)idx, (void)argl, (void)argp;
	drop(ptr);
}

static void data_free(ssl_tickets *l)
{
	OPENSSL_cleanse(l->data, l->n);
	free(l->data);
	l->data = NULL;
}

static void ssl_free(void *parent, void *ptr, CRYPTO_EX_DATA *ad, int idx, long argl, void *argp)
{
	(void)parent, (void)ad, (void)idx, (void)argl, (void)argp;
	ssl_tickets *l = ptr;
	if (l == NULL)
		return;
	drop(l->first);
	data_free(l);
	free(l);
}

static int data_set(ssl_tickets *l, const unsigned char *p, size_t n)
{
	unsigned char *copy = malloc(n + 1); // never of no bytes
	if (copy == NULL)
		return 0;
	if (n > 0)
		memcpy(copy, p, n);
	data_free(l);
	l->data = copy;
	l->n = n;
	return 1;
}

// ssl_dup is for SSL_dup(3): what is not copied would be freed twice.
static int ssl_dup(CRYPTO_EX_DATA *to, const CRYPTO_EX_DATA *from, void **from_d, int idx, long argl, void *argp)
{
	(void)to, (void)from, (void)idx, (void)argl, (void)argp;
	const ssl_tickets *old = *from_d;
	if (old == NULL)
		return 1;
	ssl_tickets *l = calloc(1, sizeof *l);
	if (l == NULL)
		return 0;
	if (old->data != NULL && !data_set(l, old->data, old->n)) {
		free(l);
		return 0;
	}
	if (old->first != NULL)
		atomic_fetch_add(&old->first->refs, 1);
	l->first = old->first;
	*from_d = l;
	return 1;
}

static void make_indexes(void)
{
	ctx_index = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, ctx_free);
	ssl_index = SSL_get_ex_new_index(0, NULL, NULL, ssl_dup, ssl_free);
}

static int ready(void)
{
	pthread_once(&once, make_indexes);
	return ctx_index >= 0 && ssl_index >= 0;
}

static ssl_tickets *ssl_tickets_make(SSL *s)
{
	ssl_tickets *l = SSL_get_ex_data(s, ssl_index);
	if (l != NULL || (l = calloc(1, sizeof *l)) == NULL)
		return l;
	if (!SSL_set_ex_data(s, ssl_index, l)) {
		free(l);
		return NULL;
	}
	return l;
}

void gossl_ticket_remember(SSL *s)
{
	if (!atomic_load_explicit(&in_use, memory_order_acquire))
		return;
	tickets *t = SSL_CTX_get_ex_data(SSL_get_SSL_CTX(s), ctx_index);
	const ssl_tickets *old = SSL_get_ex_data(s, ssl_index);
	ssl_tickets *l;
	if (t == NULL || (old != NULL && old->first != NULL) || (l = ssl_tickets_make(s)) == NULL)
		return;
	atomic_fetch_add(&t->refs, 1);
	l->first = t;
}

static tickets *tickets_of(SSL *s)
{
	const ssl_tickets *l = SSL_get_ex_data(s, ssl_index);
	return l != NULL && l->first != NULL ? l->first : SSL_CTX_get_ex_data(SSL_get_SSL_CTX(s), ctx_index);
}

// find copies the key of that name, or the first, and returns its place, or -1.
static int find(tickets *t, const unsigned char *name, gossl_ticket_key *key)
{
	int at = -1;
	pthread_mutex_lock(&t->lock);
	for (size_t i = 0; at < 0 && i < t->n; i++)
		if (name == NULL || memcmp(t->keys[i].name, name, GOSSL_TICKET_NAME) == 0) {
			if (key != NULL)
				*key = t->keys[i];
			at = (int)i;
		}
	pthread_mutex_unlock(&t->lock);
	return at;
}

static int prepare(const tickets *t, gossl_ticket_key *key, const unsigned char *iv, EVP_CIPHER_CTX *cipher, EVP_MAC_CTX *mac, int enc)
{
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, key->hmac, sizeof key->hmac),
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, "SHA256", 0),
		OSSL_PARAM_construct_end(),
	};
	return EVP_CipherInit_ex(cipher, t->aes, NULL, key->aes, iv, enc) && EVP_MAC_CTX_set_params(mac, params);
}

// ticket_cb answers as SSL_CTX_set_tlsext_ticket_key_evp_cb(3) has it: 0 for a
// ticket under a key that is not there, 1 to use it, 2 to use and replace it.
// Clients of TLS 1.3 want a new one each time (RFC 8446, appendix C.4), which
// libssl's own keys give them as well.
static int ticket_cb(SSL *s, unsigned char *name, unsigned char *iv, EVP_CIPHER_CTX *cipher, EVP_MAC_CTX *mac, int enc)
{
	tickets *t = tickets_of(s);
	gossl_ticket_key key;
	int at = t != NULL ? find(t, enc ? NULL : name, &key) : -1;
	if (at < 0)
		return 0;
	int ok = 1;
	if (enc) {
		memcpy(name, key.name, sizeof key.name);
		ok = RAND_bytes(iv, GOSSL_TICKET_IV) == 1;
	}
	ok = ok && prepare(t, &key, iv, cipher, mac, enc);
	OPENSSL_cleanse(&key, sizeof key);
	return !ok ? -1 : at > 0 || SSL_version(s) == TLS1_3_VERSION ? 2 : 1;
}

static tickets *tickets_make(SSL_CTX *c)
{
	tickets *t = SSL_CTX_get_ex_data(c, ctx_index);
	if (t != NULL || (t = calloc(1, sizeof *t)) == NULL)
		return t;
	atomic_init(&t->refs, 1);
	pthread_mutex_init(&t->lock, NULL);
	if ((t->aes = EVP_CIPHER_fetch(NULL, "AES-256-CBC", NULL)) == NULL || !SSL_CTX_set_ex_data(c, ctx_index, t)) {
		drop(t);
		return NULL;
	}
	atomic_store_explicit(&in_use, 1, memory_order_release);
	return t;
}

// set_keys installs the callback the first time only: libssl reads its address
// without a lock.
static int set_keys(SSL_CTX *c, const unsigned char *keys, size_t n)
{
	tickets *t = ready() && n <= GOSSL_TICKET_KEYS ? tickets_make(c) : NULL;
	if (t == NULL)
		return 0;
	pthread_mutex_lock(&t->lock);
	int first = !t->installed;
	t->installed = 1;
	OPENSSL_cleanse(t->keys, t->n * sizeof *t->keys);
	if (n > 0)
		memcpy(t->keys, keys, n * sizeof *t->keys);
	t->n = n;
	pthread_mutex_unlock(&t->lock);
	return !first || SSL_CTX_set_tlsext_ticket_key_evp_cb(c, ticket_cb) == 1;
}

GOSSL_CALL(gossl_ctx_set_ticket_keys, (SSL_CTX *c, const unsigned char *keys, size_t n), set_keys(c, keys, n))

int gossl_ctx_has_ticket_key(SSL_CTX *c, const unsigned char *name)
{
	tickets *t = ready() ? SSL_CTX_get_ex_data(c, ctx_index) : NULL;
	return t != NULL && find(t, name, NULL) >= 0;
}

// appdata_cb leaves alone what a resumed session has brought.
static int appdata_cb(SSL *s, void *arg)
{
	(void)arg;
	const ssl_tickets *l = SSL_get_ex_data(s, ssl_index);
	return l == NULL || l->data == NULL || SSL_SESSION_set1_ticket_appdata(SSL_get_session(s), l->data, l->n) == 1;
}

static int set_session_ticket_cb(SSL_CTX *c)
{
	tickets *t = ready() ? tickets_make(c) : NULL;
	return t != NULL && (t->appdata = SSL_CTX_set_session_ticket_cb(c, appdata_cb, NULL, NULL));
}

GOSSL_CALL(gossl_ctx_set_session_ticket_cb, (SSL_CTX *c), set_session_ticket_cb(c))

static int set_appdata(SSL *s, const unsigned char *p, size_t n)
{
	const tickets *t = ready() ? tickets_of(s) : NULL;
	if (t == NULL || !t->appdata) {
		ERR_raise_data(ERR_LIB_SSL, ERR_R_SHOULD_NOT_HAVE_BEEN_CALLED, "the tickets of this SSL_CTX carry no application data: SetSessionTicketCb");
		return 0;
	}
	ssl_tickets *l = ssl_tickets_make(s);
	return l != NULL && data_set(l, p, n);
}

GOSSL_CALL(gossl_set_ticket_appdata, (SSL *s, const unsigned char *p, size_t n), set_appdata(s, p, n))
