// Answers that Go has given ahead, to what libssl asks with no way to wait.
#include <string.h>

#include "shim_hook.h"

static SSL_SESSION *get_session_cb(SSL *s, const unsigned char *id, int len, int *copy)
{
	gossl_hook *h = gossl_hook_of(s);
	unsigned n;
	if (h == NULL || h->found == NULL)
		return NULL;
	const unsigned char *own = SSL_SESSION_get_id(h->found, &n);
	if (n != (unsigned)len || memcmp(own, id, n) != 0)
		return NULL;
	*copy = 1; // libssl takes a reference of its own
	return h->found;
}

static int psk_find_session_cb(SSL *s, const unsigned char *identity, size_t len, SSL_SESSION **sess)
{
	gossl_hook *h = gossl_hook_of(s);
	*sess = NULL;
	if (h == NULL)
		return 1;
	// libssl asks until it has one that it can use, so the last one counts.
	h->psk_found = h->psk != NULL && h->psk_id.n == len && memcmp(h->psk_id.p, identity, len) == 0;
	if (!h->psk_found)
		return 1;
	SSL_SESSION_up_ref(h->psk);
	*sess = h->psk;
	return 1;
}

static int psk_use_session_cb(SSL *s, const EVP_MD *md, const unsigned char **id, size_t *len, SSL_SESSION **sess)
{
	const gossl_hook *h = gossl_hook_of(s);
	*sess = NULL;
	if (h == NULL || h->psk == NULL)
		return 1;
	// After a HelloRetryRequest only a PSK of the suite's hash can be used.
	const SSL_CIPHER *c = SSL_SESSION_get0_cipher(h->psk);
	if (md != NULL && (c == NULL || SSL_CIPHER_get_handshake_digest(c) != md))
		return 1;
	SSL_SESSION_up_ref(h->psk);
	*sess = h->psk;
	*id = h->psk_id.p;
	*len = h->psk_id.n;
	return 1;
}

static unsigned psk_client_cb(SSL *s, const char *hint, char *identity, unsigned max_id, unsigned char *psk, unsigned max_psk)
{
	(void)hint;
	const gossl_hook *h = gossl_hook_of(s);
	// TLS 1.3 asks here too, once psk_use_session_cb has nothing that fits, and
	// would take the key for one of SHA-256. TLS 1.2 sends no zero bytes.
	if (h == NULL || h->psk == NULL || h->psk_id.n >= max_id || SSL_get_state(s) == TLS_ST_CW_CLNT_HELLO
	    || memchr(h->psk_id.p, '\0', h->psk_id.n) != NULL)
		return 0;
	size_t n = SSL_SESSION_get_master_key(h->psk, NULL, 0);
	if (n > max_psk)
		return 0;
	memcpy(identity, h->psk_id.p, h->psk_id.n);
	identity[h->psk_id.n] = '\0';
	return (unsigned)SSL_SESSION_get_master_key(h->psk, psk, n);
}

static int status_cb(SSL *s, void *arg)
{
	(void)arg;
	const gossl_hook *h = gossl_hook_of(s);
	if (h == NULL || h->staple.n == 0)
		return SSL_TLSEXT_ERR_NOACK;
	unsigned char *copy = OPENSSL_memdup(h->staple.p, h->staple.n);
	if (copy == NULL)
		return SSL_TLSEXT_ERR_NOACK;
	SSL_set_tlsext_status_ocsp_resp(s, copy, (long)h->staple.n);
	return SSL_TLSEXT_ERR_OK;
}

// set_ahead has the Ctx look at what its SSLs have been given.
static int set_ahead(SSL_CTX *c, unsigned bits)
{
	gossl_hooks_in_use = 1;
	if (bits & 1u << GOSSL_AHEAD_SESSION)
		SSL_CTX_sess_set_get_cb(c, get_session_cb);
	if (bits & 1u << GOSSL_AHEAD_PSK_SERVER)
		SSL_CTX_set_psk_find_session_callback(c, psk_find_session_cb);
	if (bits & 1u << GOSSL_AHEAD_PSK_CLIENT) {
		SSL_CTX_set_psk_use_session_callback(c, psk_use_session_cb);
		SSL_CTX_set_psk_client_callback(c, psk_client_cb);
	}
	return !(bits & 1u << GOSSL_AHEAD_STAPLE) || SSL_CTX_set_tlsext_status_cb(c, status_cb) == 1;
}

GOSSL_CALL(gossl_ctx_set_ahead, (SSL_CTX *c, unsigned bits), gossl_hook_ready() && set_ahead(c, bits))

static int set_session(SSL *s, SSL_SESSION *sess)
{
	gossl_hook *h = gossl_hook_make(s);
	if (h == NULL || !SSL_SESSION_up_ref(sess))
		return 0;
	SSL_SESSION_free(h->found);
	h->found = sess;
	return 1;
}

static int set_staple(SSL *s, const unsigned char *p, size_t n)
{
	gossl_hook *h = gossl_hook_make(s);
	return h != NULL && gossl_view_set(&h->staple, p, n);
}

// set_psk makes the key the secret of a session, which is how TLS 1.3 has it:
// SSL_CTX_set_psk_find_session_callback(3).
static int set_psk(SSL *s, const unsigned char *id, size_t id_len, const unsigned char *key, size_t key_len, const unsigned char suite[2])
{
	gossl_hook *h = gossl_hook_make(s);
	const SSL_CIPHER *c = SSL_CIPHER_find(s, suite);
	SSL_SESSION *sess;
	if (h == NULL || c == NULL || (sess = SSL_SESSION_new()) == NULL)
		return 0;
	if (!SSL_SESSION_set1_master_key(sess, key, key_len) || !SSL_SESSION_set_cipher(sess, c)
	    || !SSL_SESSION_set_protocol_version(sess, TLS1_3_VERSION) || !gossl_view_set(&h->psk_id, id, id_len)) {
		SSL_SESSION_free(sess);
		return 0;
	}
	SSL_SESSION_free(h->psk);
	h->psk = sess;
	return 1;
}

GOSSL_CALL(gossl_hook_set_session, (SSL *s, SSL_SESSION *sess), set_session(s, sess))
GOSSL_CALL(gossl_hook_set_staple, (SSL *s, const unsigned char *p, size_t n), set_staple(s, p, n))
GOSSL_CALL(gossl_hook_set_psk,
           (SSL *s, const unsigned char *id, size_t id_len, const unsigned char *key, size_t key_len, const unsigned char *suite),
           set_psk(s, id, id_len, key, key_len, suite))
