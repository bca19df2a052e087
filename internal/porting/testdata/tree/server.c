/* An event loop of the old kind, for the scanner to read. SSL_accept() is not called here. */
#include <errno.h>
#include <signal.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

struct peer {
	SSL *ssl;
	int fd;
	enum { HANDSHAKE, DATA } state;
};

static SSL_CTX *ctx;

static int name_of(SSL *ssl, int *alert, void *arg)
{
	const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);

	(void)alert;
	(void)arg;
	return name ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK; // not SSL_TLSEXT_ERR_ALERT_FATAL
}

static void setup(void)
{
	SSL_library_init();
	SSL_load_error_strings();
	signal(SIGPIPE, SIG_IGN);
	ctx = SSL_CTX_new(SSLv23_server_method());
#if OPENSSL_VERSION_NUMBER < 0x10100000L
	SSL_CTX_set_ecdh_auto(ctx, 1);
#else
	SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
#endif
	SSL_CTX_set_options(ctx, SSL_OP_NO_SSLv2 | \
		SSL_OP_NO_TICKET);
	SSL_CTX_set_tlsext_servername_callback(ctx, name_of);
	SSL_CTX_set_verify(ctx, SSL_VERIFY_NONE, NULL);
	if (SSL_CTX_use_certificate_chain_file(ctx, "cert.pem") != 1)
		ERR_print_errors_fp(stderr);
}

static int step(struct peer *p)
{
	char buf[4096];
	int n = p->state == HANDSHAKE ? SSL_accept(p->ssl) : SSL_read(p->ssl, buf, sizeof buf);

	if (n > 0)
		return n;
	switch (SSL_get_error(p->ssl, n)) {
	case SSL_ERROR_WANT_READ:
		return EPOLLIN;
	case SSL_ERROR_WANT_WRITE:
		usleep(1000);
		return EPOLLOUT;
	default:
		return -1;
	}
}

static void drop(struct peer *p)
{
	SSL_shutdown(p->ssl);
	SSL_free(p->ssl);
	close(p->fd);
}

int main(void)
{
	struct epoll_event ev[64];
	int ep = epoll_create1(0);

	setup();
	if (fork() == 0)
		return 0;
	for (;;) {
		int n = epoll_wait(ep, ev, 64, -1);
		for (int i = 0; i < n; i++)
			if (step(ev[i].data.ptr) < 0)
				drop(ev[i].data.ptr);
	}
}
