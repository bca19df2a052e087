#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <sys/socket.h>
#include <sys/time.h>
#include <netinet/in.h>

#include <openssl/bio.h>
#include <openssl/hmac.h>

#include "shim_more.h"

int gossl_dtls_timeout(SSL *s, int64_t *us)
{
	struct timeval tv = {0};
	int set = DTLSv1_get_timeout(s, &tv) == 1;
	*us = (int64_t)tv.tv_sec * 1000000 + tv.tv_usec;
	gossl_tidy();
	return set;
}

static gossl_result verdict(SSL *s, int ok, int ret, size_t n)
{
	gossl_result r = {.n = n};
	if (ok)
		return r;
	r.sys = errno;
	r.code = SSL_get_error(s, ret);
	if (r.code == SSL_ERROR_SSL || r.code == SSL_ERROR_SYSCALL)
		r.err = gossl_take(s, r.code, r.sys);
	return r;
}

// gossl_dtls_handle_timeout has n 1 where something was sent again.
gossl_result gossl_dtls_handle_timeout(SSL *s)
{
	gossl_tidy();
	errno = 0;
	long ret = DTLSv1_handle_timeout(s);
	return verdict(s, ret >= 0, (int)ret, ret > 0);
}

static int put_addr(gossl_addr *out, const BIO_ADDR *a)
{
	size_t n = sizeof out->ip;
	int family = BIO_ADDR_family(a);
	memset(out, 0, sizeof *out);
	if ((family != AF_INET && family != AF_INET6) || !BIO_ADDR_rawaddress(a, out->ip, &n))
		return 0;
	out->n = n;
	out->port = ntohs(BIO_ADDR_rawport(a));
	return 1;
}

static BIO_ADDR *make_addr(const unsigned char *ip, size_t n, unsigned port)
{
	BIO_ADDR *a = BIO_ADDR_new();
	int family = n == 4 ? AF_INET : AF_INET6;
	if (a != NULL && (n == 4 || n == 16) && BIO_ADDR_rawmake(a, family, ip, n, htons((uint16_t)port)))
		return a;
	BIO_ADDR_free(a);
	return NULL;
}

// gossl_dtls_listen has n 1 where a ClientHello with a good cookie came, and
// neither that, nor a code, where none did.
gossl_result gossl_dtls_listen(SSL *s, gossl_addr *peer)
{
	BIO_ADDR *a = BIO_ADDR_new();
	gossl_tidy();
	errno = 0;
	int ret = a != NULL ? DTLSv1_listen(s, a) : -1;
	gossl_result r = {.n = ret > 0};
	if (ret < 0) {
		r.sys = errno;
		r.code = SSL_ERROR_SSL;
		r.err = gossl_take(NULL, r.code, r.sys);
	} else if (ret > 0) {
		put_addr(peer, a);
	}
	gossl_tidy();
	BIO_ADDR_free(a);
	return r;
}

static int set_peer(BIO *b, const unsigned char *ip, size_t n, unsigned port, int connected)
{
	BIO_ADDR *a = make_addr(ip, n, port);
	int ok = a != NULL && (connected ? BIO_ctrl_set_connected(b, a) : BIO_dgram_set_peer(b, a)) > 0;
	BIO_ADDR_free(a);
	return ok;
}

GOSSL_CALL(gossl_dgram_set_peer, (BIO *b, const unsigned char *ip, size_t n, unsigned port, int connected),
	set_peer(b, ip, n, port, connected))

int gossl_dgram_get_peer(BIO *b, gossl_addr *peer)
{
	BIO_ADDR *a = BIO_ADDR_new();
	int ok = a != NULL && BIO_dgram_get_peer(b, a) > 0 && put_addr(peer, a);
	gossl_tidy();
	BIO_ADDR_free(a);
	return ok;
}

GOSSL_GET(long, gossl_dgram_mtu, (BIO *b, int query), BIO_ctrl(b, query ? BIO_CTRL_DGRAM_QUERY_MTU : BIO_CTRL_DGRAM_GET_MTU, 0, NULL))

// Cookies are an HMAC over the address of the client, under a secret of the
// SSL_CTX: nothing is kept for a client that has not shown that it is there.

typedef struct {
	size_t n;
	unsigned char p[];
} secret;

static int secret_index = -1;
static pthread_once_t secret_once = PTHREAD_ONCE_INIT;

static void secret_free(void *parent, void *ptr, CRYPTO_EX_DATA *ad, int idx, long argl, void *argp)
{
	(void)parent, (void)ad, (void)idx, (void)argl, (void)argp;
	secret *k = ptr;
	if (k != NULL)
		OPENSSL_cleanse(k->p, k->n);
	free(k);
}

static void secret_index_make(void)
{
	secret_index = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, secret_free);
}

// client_address is empty where the transport has none to tell, as a pipe: the
// cookie proves less then, and still that the client can read.
static size_t client_address(SSL *s, unsigned char *buf)
{
	gossl_addr a = {0};
	BIO_ADDR *peer = BIO_ADDR_new();
	struct sockaddr_storage ss = {0};
	socklen_t len = sizeof ss;
	if (peer != NULL && BIO_dgram_get_peer(SSL_get_rbio(s), peer) > 0)
		put_addr(&a, peer);
	BIO_ADDR_free(peer);
	if (a.n == 0 && SSL_get_fd(s) >= 0 && getpeername(SSL_get_fd(s), (struct sockaddr *)&ss, &len) == 0) {
		const struct sockaddr_in *v4 = (const struct sockaddr_in *)&ss;
		const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)&ss;
		a.n = ss.ss_family == AF_INET ? 4 : ss.ss_family == AF_INET6 ? 16 : 0;
		a.port = ss.ss_family == AF_INET ? ntohs(v4->sin_port) : ntohs(v6->sin6_port);
		memcpy(a.ip, ss.ss_family == AF_INET ? (const void *)&v4->sin_addr : (const void *)&v6->sin6_addr, a.n);
	}
	memcpy(buf, a.ip, a.n);
	buf[a.n] = (unsigned char)(a.port >> 8);
	buf[a.n + 1] = (unsigned char)a.port;
	return a.n > 0 ? a.n + 2 : 0;
}

static int make_cookie(SSL *s, unsigned char *out, unsigned *n)
{
	unsigned char addr[18];
	const secret *k = SSL_CTX_get_ex_data(SSL_get_SSL_CTX(s), secret_index);
	return k != NULL && HMAC(EVP_sha256(), k->p, (int)k->n, addr, client_address(s, addr), out, n) != NULL;
}

static int check_cookie(SSL *s, const unsigned char *p, unsigned n)
{
	unsigned char want[EVP_MAX_MD_SIZE];
	unsigned m = 0;
	return make_cookie(s, want, &m) && n == m && CRYPTO_memcmp(p, want, m) == 0;
}

static int make_stateless(SSL *s, unsigned char *out, size_t *n)
{
	unsigned m = 0;
	int ok = make_cookie(s, out, &m);
	*n = m;
	return ok;
}

static int check_stateless(SSL *s, const unsigned char *p, size_t n)
{
	return check_cookie(s, p, (unsigned)n);
}

static int set_cookie_secret(SSL_CTX *c, const unsigned char *p, size_t n)
{
	pthread_once(&secret_once, secret_index_make);
	secret *k = malloc(sizeof *k + n);
	if (k == NULL)
		return 0;
	k->n = n;
	if (n > 0)
		memcpy(k->p, p, n);
	secret *old = SSL_CTX_get_ex_data(c, secret_index);
	if (!SSL_CTX_set_ex_data(c, secret_index, k)) {
		free(k);
		return 0;
	}
	secret_free(NULL, old, NULL, 0, 0, NULL);
	SSL_CTX_set_cookie_generate_cb(c, make_cookie);
	SSL_CTX_set_cookie_verify_cb(c, check_cookie);
	SSL_CTX_set_stateless_cookie_generate_cb(c, make_stateless);
	SSL_CTX_set_stateless_cookie_verify_cb(c, check_stateless);
	return 1;
}

GOSSL_CALL(gossl_set_cookie_secret, (SSL_CTX *c, const unsigned char *p, size_t n), set_cookie_secret(c, p, n))
