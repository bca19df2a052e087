#include <errno.h>
#include <stdlib.h>

#include <openssl/async.h>

#include "shim_more.h"

// cipher_array is a stack as an array of pointers. Suites are libssl's own and
// live for ever.
static gossl_bytes cipher_array(const STACK_OF(SSL_CIPHER) *sk)
{
	gossl_bytes b = {0};
	int n = sk_SSL_CIPHER_num(sk);
	if (n <= 0 || (b.p = malloc((size_t)n * sizeof(SSL_CIPHER *))) == NULL)
		return b;
	const SSL_CIPHER **list = (const SSL_CIPHER **)(void *)b.p;
	for (int i = 0; i < n; i++)
		list[i] = sk_SSL_CIPHER_value(sk, i);
	b.n = (size_t)n * sizeof *list;
	return b;
}

static gossl_bytes ciphers(SSL *s, int which)
{
	if (which == GOSSL_CIPHERS)
		return cipher_array(SSL_get_ciphers(s));
	if (which == GOSSL_CLIENT_CIPHERS)
		return cipher_array(SSL_get_client_ciphers(s));
	STACK_OF(SSL_CIPHER) *sk = SSL_get1_supported_ciphers(s);
	gossl_bytes b = cipher_array(sk);
	sk_SSL_CIPHER_free(sk);
	return b;
}

GOSSL_GET(gossl_bytes, gossl_ciphers, (SSL *s, int which), ciphers(s, which))
GOSSL_GET(gossl_bytes, gossl_ctx_ciphers, (SSL_CTX *c), cipher_array(SSL_CTX_get_ciphers(c)))

static int parse_ciphers(SSL *s, const unsigned char *p, size_t n, int v2, gossl_bytes *list, gossl_bytes *scsvs)
{
	STACK_OF(SSL_CIPHER) *sk = NULL, *sv = NULL;
	if (!SSL_bytes_to_cipher_list(s, p, n, v2, &sk, &sv))
		return 0;
	*list = cipher_array(sk);
	*scsvs = cipher_array(sv);
	sk_SSL_CIPHER_free(sk);
	sk_SSL_CIPHER_free(sv);
	return 1;
}

GOSSL_CALL(gossl_parse_ciphers, (SSL *s, const unsigned char *p, size_t n, int v2, gossl_bytes *list, gossl_bytes *scsvs),
	parse_ciphers(s, p, n, v2, list, scsvs))
GOSSL_GET(const char *, gossl_cipher_list_item, (SSL *s, int n), SSL_get_cipher_list(s, n))

gossl_bytes gossl_shared_ciphers(SSL *s)
{
	char buf[16 << 10];
	buf[0] = '\0';
	const char *p = SSL_get_shared_ciphers(s, buf, sizeof buf);
	gossl_tidy();
	size_t n = 0;
	while (p != NULL && p[n] != '\0')
		n++;
	return gossl_copy_bytes(p, n);
}

static const SSL_CIPHER *cipher_find(SSL *s, unsigned id)
{
	unsigned char wire[2] = {(unsigned char)(id >> 8), (unsigned char)id};
	return SSL_CIPHER_find(s, wire);
}

GOSSL_GET(const SSL_CIPHER *, gossl_cipher_find, (SSL *s, unsigned id), cipher_find(s, id))
GOSSL_GET(gossl_bytes, gossl_cipher_description, (const SSL_CIPHER *c), gossl_copy_text(SSL_CIPHER_description(c, NULL, 0)))

static const char *cipher_digest(const SSL_CIPHER *c)
{
	const EVP_MD *md = SSL_CIPHER_get_handshake_digest(c);
	return md != NULL ? EVP_MD_get0_name(md) : NULL;
}

static int alg_bits(const SSL_CIPHER *c)
{
	int bits = 0;
	(void)!SSL_CIPHER_get_bits(c, &bits);
	return bits;
}

GOSSL_GET(const char *, gossl_cipher_digest, (const SSL_CIPHER *c), cipher_digest(c))
GOSSL_GET(int, gossl_cipher_alg_bits, (const SSL_CIPHER *c), alg_bits(c))
GOSSL_CALL(gossl_session_set_cipher, (SSL_SESSION *s, const SSL_CIPHER *c), SSL_SESSION_set_cipher(s, c) == 1)

static gossl_bytes groups(SSL *s)
{
	gossl_bytes b = {0};
	long n = SSL_get_session(s) != NULL ? SSL_get1_groups(s, NULL) : 0;
	if (n <= 0 || (b.p = malloc((size_t)n * sizeof(int))) == NULL)
		return b;
	b.n = (size_t)SSL_get1_groups(s, (int *)(void *)b.p) * sizeof(int);
	return b;
}

GOSSL_GET(gossl_bytes, gossl_groups, (SSL *s), groups(s))
GOSSL_GET(int, gossl_shared_group, (SSL *s, int n), SSL_get_shared_group(s, n))
GOSSL_GET(const char *, gossl_group_name, (SSL *s, int id), SSL_group_to_name(s, id))
GOSSL_CALL(gossl_set1_groups, (SSL *s, int *list, size_t n), SSL_set1_groups(s, list, (long)n) == 1)
GOSSL_CALL(gossl_set1_sigalgs, (SSL *s, int *list, size_t n), SSL_set1_sigalgs(s, list, (long)n) == 1)
GOSSL_CALL(gossl_set1_client_sigalgs, (SSL *s, int *list, size_t n), SSL_set1_client_sigalgs(s, list, (long)n) == 1)
GOSSL_CALL(gossl_ctx_set1_groups, (SSL_CTX *c, int *list, size_t n), SSL_CTX_set1_groups(c, list, (long)n) == 1)
GOSSL_CALL(gossl_ctx_set1_sigalgs, (SSL_CTX *c, int *list, size_t n), SSL_CTX_set1_sigalgs(c, list, (long)n) == 1)
GOSSL_CALL(gossl_ctx_set1_client_sigalgs, (SSL_CTX *c, int *list, size_t n), SSL_CTX_set1_client_sigalgs(c, list, (long)n) == 1)

typedef int (*sigalg_fn)(SSL *, int, int *, int *, int *, unsigned char *, unsigned char *);

static gossl_bytes sigalgs(SSL *s, sigalg_fn f)
{
	gossl_bytes b = {0};
	int n = f(s, 0, NULL, NULL, NULL, NULL, NULL); // -1 asks one of the two only
	if (n <= 0 || (b.p = calloc((size_t)n, sizeof(gossl_sigalg))) == NULL)
		return b;
	gossl_sigalg *list = (gossl_sigalg *)(void *)b.p;
	for (int i = 0; i < n; i++)
		f(s, i, &list[i].sign, &list[i].hash, &list[i].both, &list[i].raw_sign, &list[i].raw_hash);
	b.n = (size_t)n * sizeof *list;
	return b;
}

GOSSL_GET(gossl_bytes, gossl_sigalgs, (SSL *s, int shared), sigalgs(s, shared ? SSL_get_shared_sigalgs : SSL_get_sigalgs))

static gossl_bytes srtp_profiles(SSL *s)
{
	gossl_bytes b = {0};
	const STACK_OF(SRTP_PROTECTION_PROFILE) *sk = SSL_get_srtp_profiles(s);
	int n = sk_SRTP_PROTECTION_PROFILE_num(sk);
	if (n <= 0 || (b.p = calloc((size_t)n, sizeof(gossl_srtp))) == NULL)
		return b;
	gossl_srtp *list = (gossl_srtp *)(void *)b.p;
	for (int i = 0; i < n; i++) {
		const SRTP_PROTECTION_PROFILE *p = sk_SRTP_PROTECTION_PROFILE_value(sk, i);
		list[i] = (gossl_srtp){p->name, p->id};
	}
	b.n = (size_t)n * sizeof *list;
	return b;
}

GOSSL_GET(gossl_bytes, gossl_srtp_profiles, (SSL *s), srtp_profiles(s))

gossl_srtp gossl_srtp_selected(SSL *s)
{
	const SRTP_PROTECTION_PROFILE *p = SSL_get_selected_srtp_profile(s);
	gossl_tidy();
	return p != NULL ? (gossl_srtp){p->name, p->id} : (gossl_srtp){0};
}

static gossl_bytes async_fds(SSL *s)
{
	gossl_bytes b = {0};
	size_t n = 0;
	if (!SSL_get_all_async_fds(s, NULL, &n) || n == 0 || (b.p = malloc(n * sizeof(OSSL_ASYNC_FD))) == NULL)
		return b;
	if (SSL_get_all_async_fds(s, (OSSL_ASYNC_FD *)(void *)b.p, &n))
		b.n = n * sizeof(OSSL_ASYNC_FD);
	return b;
}

GOSSL_GET(gossl_bytes, gossl_async_fds, (SSL *s), async_fds(s))

int gossl_changed_async_fds(SSL *s, gossl_bytes *added, gossl_bytes *removed)
{
	size_t na = 0, nr = 0;
	int ok = SSL_get_changed_async_fds(s, NULL, &na, NULL, &nr);
	if (ok && na + nr > 0) {
		added->p = calloc(na + 1, sizeof(OSSL_ASYNC_FD));
		removed->p = calloc(nr + 1, sizeof(OSSL_ASYNC_FD));
		ok = added->p != NULL && removed->p != NULL
		    && SSL_get_changed_async_fds(s, (OSSL_ASYNC_FD *)(void *)added->p, &na, (OSSL_ASYNC_FD *)(void *)removed->p, &nr);
		added->n = ok ? na * sizeof(OSSL_ASYNC_FD) : 0;
		removed->n = ok ? nr * sizeof(OSSL_ASYNC_FD) : 0;
	}
	gossl_tidy();
	return ok;
}

static int async_status(SSL *s)
{
	int status = 0;
	return SSL_get_async_status(s, &status) == 1 ? status : 0;
}

GOSSL_GET(int, gossl_async_status, (SSL *s), async_status(s))
