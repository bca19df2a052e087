// NPN and SRP, answered from a table on the SSL_CTX.
#define OPENSSL_SUPPRESS_DEPRECATED // all of SRP is

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "shim_bygone.h"

typedef struct {
	unsigned char *p; // wire format, in order of preference
	unsigned n;
} protos;

// bygone is the ex_data of an SSL_CTX.
typedef struct {
	protos npn[2]; // of a client, of a server
	char *user, *password;
} bygone;

static int ctx_index = -1;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void srp_free(bygone *b)
{
	if (b->password != NULL)
		OPENSSL_cleanse(b->password, strlen(b->password));
	free(b->user);
	free(b->password);
	b->user = b->password = NULL;
}

static void bygone_free(void *parent, void *ptr, CRYPTO_EX_DATA *ad, int idx, long argl, void *argp)
{
	(void)parent, (void)ad, (void)idx, (void)argl, (void)argp;
	bygone *b = ptr;
	if (b == NULL)
		return;
	free(b->npn[0].p);
	free(b->npn[1].p);
	srp_free(b);
	free(b);
}

static void make_index(void) { ctx_index = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, bygone_free); }

__attribute__((unused)) static bygone *bygone_of(SSL_CTX *c)
{
	pthread_once(&once, make_index);
	bygone *b = SSL_CTX_get_ex_data(c, ctx_index);
	if (ctx_index < 0 || b != NULL || (b = calloc(1, sizeof *b)) == NULL)
		return b;
	if (!SSL_CTX_set_ex_data(c, ctx_index, b)) {
		free(b);
		return NULL;
	}
	return b;
}

#ifndef OPENSSL_NO_NEXTPROTONEG
int gossl_has_npn(void) { return 1; }

static int advertise_cb(SSL *s, const unsigned char **out, unsigned *n, void *arg)
{
	(void)s;
	const protos *l = arg;
	*out = l->p;
	*n = l->n;
	return SSL_TLSEXT_ERR_OK;
}

// select_cb takes the client's first protocol where the two share none, as the
// draft has it.
static int select_cb(SSL *s, unsigned char **out, unsigned char *outlen, const unsigned char *in, unsigned inlen, void *arg)
{
	(void)s;
	const protos *l = arg;
	SSL_select_next_proto(out, outlen, in, inlen, l->p, l->n);
	return SSL_TLSEXT_ERR_OK;
}

static int set_npn(SSL_CTX *c, const unsigned char *p, unsigned n, int server)
{
	bygone *b = bygone_of(c);
	unsigned char *copy = malloc(n + 1); // never of no bytes
	if (b == NULL || copy == NULL) {
		free(copy);
		return 0;
	}
	if (n > 0)
		memcpy(copy, p, n);
	protos *l = &b->npn[server];
	free(l->p);
	*l = (protos){copy, n};
	if (server)
		SSL_CTX_set_next_protos_advertised_cb(c, advertise_cb, l);
	else
		SSL_CTX_set_next_proto_select_cb(c, select_cb, l);
	return 1;
}
#else
int gossl_has_npn(void) { return 0; }

static int set_npn(SSL_CTX *c, const unsigned char *p, unsigned n, int server)
{
	(void)c, (void)p, (void)n, (void)server;
	return gossl_missing("NPN");
}
#endif

#if !defined(OPENSSL_NO_SRP) && !defined(OPENSSL_NO_DEPRECATED_3_0)
int gossl_has_srp(void) { return 1; }

static int srp_user_cb(SSL *s, int *alert, void *arg)
{
	const bygone *b = arg;
	const char *user = SSL_get_srp_username(s);
	if (user == NULL || strcmp(user, b->user) != 0) {
		*alert = SSL_AD_UNKNOWN_PSK_IDENTITY; // RFC 5054, section 2.5.1.3
		return SSL3_AL_FATAL;
	}
	if (SSL_set_srp_server_param_pw(s, b->user, b->password, "2048") < 0) {
		*alert = SSL_AD_INTERNAL_ERROR;
		return SSL3_AL_FATAL;
	}
	return SSL_ERROR_NONE;
}

static int set_srp_server(SSL_CTX *c, const char *user, const char *password)
{
	bygone *b = bygone_of(c);
	if (b == NULL)
		return 0;
	srp_free(b);
	b->user = strdup(user);
	b->password = strdup(password);
	return b->user != NULL && b->password != NULL && SSL_CTX_set_srp_cb_arg(c, b) && SSL_CTX_set_srp_username_callback(c, srp_user_cb);
}

static int set_srp_user(SSL_CTX *c, const char *user, const char *password)
{
	return SSL_CTX_set_srp_username(c, (char *)user) && SSL_CTX_set_srp_password(c, (char *)password);
}
#else
int gossl_has_srp(void) { return 0; }

static int set_srp_server(SSL_CTX *c, const char *user, const char *password)
{
	(void)c, (void)user, (void)password;
	return gossl_missing("SRP");
}

static int set_srp_user(SSL_CTX *c, const char *user, const char *password) { return set_srp_server(c, user, password); }
#endif

int gossl_has_sctp(void)
{
#ifdef OPENSSL_NO_SCTP
	return 0;
#else
	return 1;
#endif
}

GOSSL_CALL(gossl_ctx_set_npn, (SSL_CTX *c, const unsigned char *p, unsigned n, int server), set_npn(c, p, n, server))
GOSSL_CALL(gossl_ctx_set_srp_user, (SSL_CTX *c, const char *user, const char *password), set_srp_user(c, user, password))
GOSSL_CALL(gossl_ctx_set_srp_server, (SSL_CTX *c, const char *user, const char *password), set_srp_server(c, user, password))
