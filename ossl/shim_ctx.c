#include <ctype.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "shim_hook.h"
#include "shim_more.h"
#include "shim_ticket.h"

// site is one name of a virtual host and the SSL_CTX that answers for it.
typedef struct {
	char *name;
	SSL_CTX *ctx; // with a reference, unless it is the owner itself
} site;

// ctx_data is what C callbacks need of a Ctx, so that none of them calls Go.
typedef struct gossl_ctx_data {
	char *passphrase;
	unsigned char *alpn; // wire format, in order of preference
	unsigned alpn_len;
	site *sites; // sorted by name
	size_t nsites;
	unsigned suspend; // 1 << GOSSL_ASK_*
	unsigned events;  // 1 << GOSSL_EVENT_*
} ctx_data;

static int ctx_index = -1;
static pthread_once_t ctx_once = PTHREAD_ONCE_INIT;

static void sites_free(SSL_CTX *owner, site *sites, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		free(sites[i].name);
		if (sites[i].ctx != owner)
			SSL_CTX_free(sites[i].ctx);
	}
	free(sites);
}

static void passphrase_free(char *pass)
{
	if (pass != NULL) {
		OPENSSL_cleanse(pass, strlen(pass));
		free(pass);
	}
}

static void ctx_data_free(void *parent, void *ptr, CRYPTO_EX_DATA *ad, int idx, long argl, void *argp)
{
	(void)ad, (void)idx, (void)argl, (void)argp;
	ctx_data *d = ptr;
	if (d == NULL)
		return;
	passphrase_free(d->passphrase);
	free(d->alpn);
	sites_free(parent, d->sites, d->nsites);
	free(d);
}

static void ctx_index_make(void)
{
	ctx_index = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, ctx_data_free);
}

gossl_ctx_data *gossl_ctx_data_of(const SSL_CTX *c) { return SSL_CTX_get_ex_data(c, ctx_index); }
unsigned *gossl_ctx_suspend(gossl_ctx_data *d) { return &d->suspend; }
unsigned *gossl_ctx_events(gossl_ctx_data *d) { return &d->events; }

// passphrase_cb stands in for libcrypto's own, which would ask the terminal:
// a server must fail with an error instead.
static int passphrase_cb(char *buf, int size, int rwflag, void *u)
{
	(void)rwflag;
	const ctx_data *d = u;
	if (d == NULL || d->passphrase == NULL)
		return -1;
	size_t n = strlen(d->passphrase);
	if (n > (size_t)size)
		return -1;
	memcpy(buf, d->passphrase, n);
	return (int)n;
}

static int hello_cb(SSL *s, int *alert, void *arg);

// gossl_ctx_make installs hello_cb on each SSL_CTX: what it keeps an eye on lasts
// when an SSL has changed to another.
SSL_CTX *gossl_ctx_make(OSSL_LIB_CTX *l, const char *props, const SSL_METHOD *m)
{
	pthread_once(&ctx_once, ctx_index_make);
	SSL_CTX *c = SSL_CTX_new_ex(l, props, m);
	ctx_data *d = calloc(1, sizeof *d);
	if (c == NULL || d == NULL || !SSL_CTX_set_ex_data(c, ctx_index, d)) {
		free(d);
		SSL_CTX_free(c);
		return NULL;
	}
	SSL_CTX_set_default_passwd_cb(c, passphrase_cb);
	SSL_CTX_set_default_passwd_cb_userdata(c, d);
	SSL_CTX_set_client_hello_cb(c, hello_cb, d);
	// Go may bring the bytes of a retried write from another place.
	SSL_CTX_set_mode(c, SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	return c;
}

static int set_passphrase(SSL_CTX *c, const char *pass)
{
	ctx_data *d = SSL_CTX_get_ex_data(c, ctx_index);
	char *copy = pass != NULL ? strdup(pass) : NULL;
	if (pass != NULL && copy == NULL)
		return 0;
	passphrase_free(d->passphrase);
	d->passphrase = copy;
	return 1;
}

static int alpn_select(SSL *s, const unsigned char **out, unsigned char *outlen,
                       const unsigned char *in, unsigned inlen, void *arg)
{
	const ctx_data *d = arg;
	unsigned char *chosen;
	int ret;
	if (!gossl_alpn_asked(s, out, outlen, in, inlen, &ret))
		return ret;
	if (d->alpn_len == 0)
		return SSL_TLSEXT_ERR_NOACK;
	if (SSL_select_next_proto(&chosen, outlen, d->alpn, d->alpn_len, in, inlen) != OPENSSL_NPN_NEGOTIATED)
		return SSL_TLSEXT_ERR_ALERT_FATAL; // RFC 7301, section 3.2
	*out = chosen;
	return SSL_TLSEXT_ERR_OK;
}

static int set_alpn_select(SSL_CTX *c, const unsigned char *p, unsigned n)
{
	ctx_data *d = SSL_CTX_get_ex_data(c, ctx_index);
	unsigned char *copy = n > 0 ? malloc(n) : NULL;
	if (n > 0 && copy == NULL)
		return 0;
	if (n > 0)
		memcpy(copy, p, n);
	free(d->alpn);
	d->alpn = copy;
	d->alpn_len = n;
	SSL_CTX_set_alpn_select_cb(c, n > 0 || d->suspend != 0 ? alpn_select : NULL, d);
	return 1;
}

void gossl_alpn_install(SSL_CTX *c) { SSL_CTX_set_alpn_select_cb(c, alpn_select, gossl_ctx_data_of(c)); }

static int site_cmp(const void *a, const void *b)
{
	return strcmp(((const site *)a)->name, ((const site *)b)->name);
}

static SSL_CTX *site_find(const ctx_data *d, const char *name)
{
	if (d->nsites == 0)
		return NULL;
	site key = {.name = (char *)name};
	site *hit = bsearch(&key, d->sites, d->nsites, sizeof *d->sites, site_cmp);
	const char *dot = strchr(name, '.');
	if (hit == NULL && dot != NULL && dot > name) {
		char wild[260];
		wild[0] = '*';
		strcpy(wild + 1, dot); // name is at most 255 bytes
		key.name = wild;
		hit = bsearch(&key, d->sites, d->nsites, sizeof *d->sites, site_cmp);
	}
	return hit != NULL ? hit->ctx : NULL;
}

// hello_name reads the host name out of the server_name extension: RFC 6066,
// section 3. It returns 0 when there is none that could be a name.
static int hello_name(SSL *s, char *name, size_t cap)
{
	const unsigned char *p;
	size_t n;
	if (!SSL_client_hello_get0_ext(s, TLSEXT_TYPE_server_name, &p, &n) || n < 5)
		return 0;
	size_t list = (size_t)p[0] << 8 | p[1], len = (size_t)p[3] << 8 | p[4];
	if (list + 2 != n || p[2] != TLSEXT_NAMETYPE_host_name || len + 5 > n || len == 0 || len >= cap)
		return 0;
	for (size_t i = 0; i < len; i++) {
		if (p[5 + i] == '\0')
			return 0;
		name[i] = (char)tolower(p[5 + i]);
	}
	name[len] = '\0';
	return 1;
}

// SSL_set_SSL_CTX changes certificates only.
int gossl_switch_ctx(SSL *s, SSL_CTX *c)
{
	gossl_ticket_remember(s);
	if (SSL_set_SSL_CTX(s, c) == NULL)
		return 0;
	SSL_set_verify(s, SSL_CTX_get_verify_mode(c), SSL_CTX_get_verify_callback(c));
	SSL_set_verify_depth(s, SSL_CTX_get_verify_depth(c));
	SSL_clear_options(s, SSL_get_options(s) & ~SSL_CTX_get_options(c));
	SSL_set_options(s, SSL_CTX_get_options(c));
	return SSL_set_min_proto_version(s, SSL_CTX_get_min_proto_version(c))
	    && SSL_set_max_proto_version(s, SSL_CTX_get_max_proto_version(c));
}

// hello_cb chooses by name while the ClientHello is read: before a session is
// looked up, so that resuming cannot bypass what the name's Ctx asks for.
static int hello_cb(SSL *s, int *alert, void *arg)
{
	char name[256];
	SSL_CTX *c;
	int ret;
	if (!hello_name(s, name, sizeof name))
		name[0] = '\0';
	if (!gossl_hello_asked(s, name, alert, &ret))
		return ret;
	if ((c = site_find(arg, name)) != NULL && c != SSL_get_SSL_CTX(s)
	    && !(gossl_name_keep(s, name) && gossl_switch_ctx(s, c))) {
		*alert = SSL_AD_INTERNAL_ERROR;
		return SSL_CLIENT_HELLO_ERROR;
	}
	return SSL_CLIENT_HELLO_SUCCESS;
}

static int set_server_names(SSL_CTX *c, char **names, SSL_CTX **ctxs, size_t n)
{
	ctx_data *d = SSL_CTX_get_ex_data(c, ctx_index);
	site *sites = gossl_hook_ready() ? calloc(n + 1, sizeof *sites) : NULL;
	size_t i = 0;
	for (; sites != NULL && i < n; i++) {
		if ((sites[i].name = strdup(names[i])) == NULL)
			break;
		for (char *p = sites[i].name; *p; p++)
			*p = (char)tolower((unsigned char)*p);
		sites[i].ctx = ctxs[i];
		if (ctxs[i] != c)
			SSL_CTX_up_ref(ctxs[i]);
	}
	if (i < n || sites == NULL) {
		sites_free(c, sites, i);
		return 0;
	}
	qsort(sites, n, sizeof *sites, site_cmp);
	gossl_hooks_in_use = 1; // see gossl_name_keep
	sites_free(c, d->sites, d->nsites);
	d->sites = sites;
	d->nsites = n;
	return 1;
}

GOSSL_NEW(gossl_ctx_new, (const SSL_METHOD *m, SSL_CTX **out), gossl_ctx_make(NULL, NULL, m))
GOSSL_NEW(gossl_new, (SSL_CTX *c, SSL **out), SSL_new(c))

gossl_made gossl_new_server(SSL_CTX *c, int fd, uint32_t mode)
{
	gossl_made r = {.ssl = NULL};
	if (ERR_peek_error() != 0)
		ERR_clear_error();
	errno = 0;
	if ((r.ssl = SSL_new(c)) == NULL || SSL_set_fd(r.ssl, fd) != 1) {
		r.err = gossl_take(NULL, 0, errno);
		SSL_free(r.ssl);
		return r;
	}
	SSL_set_accept_state(r.ssl);
	SSL_set_mode(r.ssl, mode);
	return r;
}
GOSSL_CALL(gossl_ctx_set_passphrase, (SSL_CTX *c, const char *pass), set_passphrase(c, pass))
GOSSL_CALL(gossl_ctx_set_min_proto_version, (SSL_CTX *c, int v), SSL_CTX_set_min_proto_version(c, v) == 1)
GOSSL_CALL(gossl_ctx_set_max_proto_version, (SSL_CTX *c, int v), SSL_CTX_set_max_proto_version(c, v) == 1)
GOSSL_CALL(gossl_ctx_set_cipher_list, (SSL_CTX *c, const char *list), SSL_CTX_set_cipher_list(c, list) == 1)
GOSSL_CALL(gossl_ctx_set_ciphersuites, (SSL_CTX *c, const char *list), SSL_CTX_set_ciphersuites(c, list) == 1)
GOSSL_CALL(gossl_ctx_set1_groups_list, (SSL_CTX *c, const char *list), SSL_CTX_set1_groups_list(c, list) == 1)
GOSSL_CALL(gossl_ctx_set1_sigalgs_list, (SSL_CTX *c, const char *list), SSL_CTX_set1_sigalgs_list(c, list) == 1)
GOSSL_CALL(gossl_ctx_set1_client_sigalgs_list, (SSL_CTX *c, const char *list), SSL_CTX_set1_client_sigalgs_list(c, list) == 1)
GOSSL_CALL(gossl_ctx_set_session_id_context, (SSL_CTX *c, const unsigned char *p, unsigned n), SSL_CTX_set_session_id_context(c, p, n) == 1)
GOSSL_CALL(gossl_ctx_set_num_tickets, (SSL_CTX *c, size_t n), SSL_CTX_set_num_tickets(c, n) == 1)
GOSSL_CALL(gossl_ctx_set_alpn_protos, (SSL_CTX *c, const unsigned char *p, unsigned n), SSL_CTX_set_alpn_protos(c, p, n) == 0)
GOSSL_CALL(gossl_ctx_set_alpn_select, (SSL_CTX *c, const unsigned char *p, unsigned n), set_alpn_select(c, p, n))
GOSSL_CALL(gossl_ctx_set_server_names, (SSL_CTX *c, char **names, SSL_CTX **ctxs, size_t n), set_server_names(c, names, ctxs, n))

int gossl_ctx_get_min_proto_version(SSL_CTX *c) { return (int)SSL_CTX_get_min_proto_version(c); }
int gossl_ctx_get_max_proto_version(SSL_CTX *c) { return (int)SSL_CTX_get_max_proto_version(c); }
uint32_t gossl_ctx_set_mode(SSL_CTX *c, uint32_t mode) { return (uint32_t)SSL_CTX_set_mode(c, mode); }
uint32_t gossl_ctx_clear_mode(SSL_CTX *c, uint32_t mode) { return (uint32_t)SSL_CTX_clear_mode(c, mode); }
long gossl_ctx_set_session_cache_mode(SSL_CTX *c, long mode) { return SSL_CTX_set_session_cache_mode(c, mode); }
long gossl_ctx_sess_set_cache_size(SSL_CTX *c, long n) { return SSL_CTX_sess_set_cache_size(c, n); }
void gossl_ctx_set_read_ahead(SSL_CTX *c, int on) { SSL_CTX_set_read_ahead(c, on); }
int gossl_ctx_up_ref(SSL_CTX *c) { return SSL_CTX_up_ref(c); }
