#include <errno.h>

#include "shim_more.h"

static BIO *mem(const unsigned char *p, size_t n, int fixed)
{
	BIO *b = BIO_new(BIO_s_mem());
	size_t put = 0;
	if (b != NULL && n > 0 && (!BIO_write_ex(b, p, n, &put) || put != n)) {
		BIO_free(b);
		return NULL;
	}
	if (b != NULL && fixed)
		BIO_set_mem_eof_return(b, 0);
	return b;
}

GOSSL_NEW(gossl_bio_mem, (const unsigned char *p, size_t n, int fixed, BIO **out), mem(p, n, fixed))
GOSSL_CALL(gossl_bio_pair, (size_t n, size_t m, BIO **a, BIO **b), BIO_new_bio_pair(a, n, b, m) == 1)
GOSSL_NEW(gossl_bio_fd, (int fd, int dgram, BIO **out), dgram ? BIO_new_dgram(fd, BIO_NOCLOSE) : BIO_new_socket(fd, BIO_NOCLOSE))
GOSSL_NEW(gossl_bio_ssl, (SSL_CTX *c, int client, BIO **out), BIO_new_ssl(c, client))
GOSSL_NEW(gossl_bio_ssl_connect, (SSL_CTX *c, int buffer, BIO **out), buffer ? BIO_new_buffer_ssl_connect(c) : BIO_new_ssl_connect(c))

static BIO *over(SSL *s)
{
	BIO *b = BIO_new(BIO_f_ssl());
	if (b != NULL && SSL_up_ref(s))
		BIO_set_ssl(b, s, BIO_CLOSE);
	return b;
}

GOSSL_NEW(gossl_bio_f_ssl, (SSL *s, BIO **out), over(s))

static SSL *ssl_of(BIO *b)
{
	SSL *s = NULL;
	return BIO_get_ssl(b, &s) > 0 ? s : NULL;
}

GOSSL_GET1(gossl_bio_get_ssl, (BIO *b, SSL **out), SSL, ssl_of(b))
GOSSL_CALL(gossl_bio_copy_session_id, (BIO *to, BIO *from), BIO_ssl_copy_session_id(to, from) == 1)
GOSSL_DO(gossl_bio_set_nbio, (BIO *b, int on), BIO_set_nbio(b, on))
GOSSL_CALL(gossl_bio_set_conn_hostname, (BIO *b, const char *name), BIO_set_conn_hostname(b, name) == 1)

void gossl_bio_ssl_shutdown(BIO *b)
{
	BIO_ssl_shutdown(b);
	gossl_tidy();
}

// end is the verdict on an operation of b. A filter that wants to connect or
// accept waits as for writing or reading.
static gossl_bio_result end(BIO *b, int ok, size_t n, int reading)
{
	gossl_bio_result r = {.n = n};
	int sys = errno;
	if (ok) {
		gossl_tidy();
		return r;
	}
	if (BIO_should_retry(b)) {
		int accept = BIO_should_io_special(b) && BIO_get_retry_reason(b) == BIO_RR_ACCEPT;
		r.want = BIO_should_read(b) || accept ? SSL_ERROR_WANT_READ : SSL_ERROR_WANT_WRITE;
		gossl_tidy();
	} else if (ERR_peek_error() == 0 && (reading || BIO_eof(b))) {
		r.eof = 1;
	} else {
		r.err = gossl_take(NULL, 0, sys);
	}
	return r;
}

static void begin(void)
{
	gossl_tidy();
	errno = 0;
}

gossl_bio_result gossl_bio_do_handshake(BIO *b)
{
	begin();
	long ok = BIO_do_handshake(b);
	return end(b, ok > 0, 0, 0);
}

gossl_bio_result gossl_bio_read(BIO *b, unsigned char *p, size_t n)
{
	size_t got = 0;
	begin();
	int ok = BIO_read_ex(b, p, n, &got);
	return end(b, ok, got, 1);
}

gossl_bio_result gossl_bio_write(BIO *b, const unsigned char *p, size_t n)
{
	size_t put = 0;
	begin();
	int ok = BIO_write_ex(b, p, n, &put);
	return end(b, ok, put, 0);
}

gossl_bio_result gossl_bio_flush(BIO *b)
{
	begin();
	int ok = BIO_flush(b) > 0;
	return end(b, ok, 0, 0);
}

static size_t count(BIO *b, int which)
{
	switch (which) {
	case GOSSL_BIO_PENDING:
		return BIO_ctrl_pending(b);
	case GOSSL_BIO_WPENDING:
		return BIO_ctrl_wpending(b);
	case GOSSL_BIO_GUARANTEE:
		return BIO_ctrl_get_write_guarantee(b);
	case GOSSL_BIO_REQUEST:
		return BIO_ctrl_get_read_request(b);
	default:
		return BIO_eof(b) > 0;
	}
}

GOSSL_GET(size_t, gossl_bio_count, (BIO *b, int which), count(b, which))
GOSSL_CALL(gossl_bio_reset, (BIO *b), BIO_reset(b) > 0)
GOSSL_DO(gossl_bio_shutdown_wr, (BIO *b), BIO_shutdown_wr(b))
GOSSL_DO(gossl_bio_set_mem_eof_return, (BIO *b, int v), BIO_set_mem_eof_return(b, v))

gossl_bytes gossl_bio_mem_data(BIO *b)
{
	char *p = NULL;
	long n = BIO_method_type(b) == BIO_TYPE_MEM ? BIO_get_mem_data(b, &p) : 0;
	gossl_tidy();
	return gossl_copy_bytes(p, n > 0 ? (size_t)n : 0);
}

// set_bios gives s references of its own. which is 1 for reading, 2 for
// writing, 3 for both.
static int set_bios(SSL *s, BIO *r, BIO *w, int which)
{
	if ((which & 1) && r != NULL && !BIO_up_ref(r))
		return 0;
	if ((which & 2) && w != NULL && !BIO_up_ref(w)) {
		if (which & 1)
			BIO_free(r);
		return 0;
	}
	if (which & 1)
		SSL_set0_rbio(s, r);
	if (which & 2)
		SSL_set0_wbio(s, w);
	return 1;
}

GOSSL_CALL(gossl_set_bios, (SSL *s, BIO *r, BIO *w, int which), set_bios(s, r, w, which))
GOSSL_GET1(gossl_get_bio, (SSL *s, int w, BIO **out), BIO, w ? SSL_get_wbio(s) : SSL_get_rbio(s))

void gossl_bio_free(BIO *b)
{
	BIO_free_all(b);
	gossl_tidy();
}
