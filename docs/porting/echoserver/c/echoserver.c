/*
 * A TLS echo server on one epoll loop: client certificates, a certificate by
 * name (SNI), session tickets. Its port to Go is ../main.go.
 *
 *   echoserver PORT CERT KEY CLIENT-CA [NAME CERT KEY]...
 *
 * It prints a line for each handshake, and ends with SIGTERM.
 */
#define _GNU_SOURCE /* accept4 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

enum { MAX_NAMES = 16, MAX_EVENTS = 64, BUFFER = 16384 };

struct conn {
	int fd;
	SSL *ssl;
	int shaken;
	uint32_t events;
	unsigned char buf[BUFFER];
	int len, off; /* what has been read, and how much of it is written */
};

static struct {
	const char *name;
	SSL_CTX *ctx;
} names[MAX_NAMES];
static int name_count;

static volatile sig_atomic_t ended;

static void end(int sig)
{
	(void)sig;
	ended = 1;
}

static void die(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	ERR_print_errors_fp(stderr);
	exit(1);
}

/* by_name answers with another context for the names that have one. */
static int by_name(SSL *ssl, int *alert, void *arg)
{
	const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
	int i;

	(void)alert;
	(void)arg;
	for (i = 0; name != NULL && i < name_count; i++)
		if (strcmp(names[i].name, name) == 0) {
			SSL_set_SSL_CTX(ssl, names[i].ctx);
			return SSL_TLSEXT_ERR_OK;
		}
	return SSL_TLSEXT_ERR_NOACK;
}

static SSL_CTX *new_ctx(const char *cert, const char *key, const char *client_ca)
{
	static const unsigned char id[] = "echoserver";
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());

	if (ctx == NULL || SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) != 1)
		die("SSL_CTX_new");
	SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION);
	SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
	if (SSL_CTX_use_certificate_chain_file(ctx, cert) != 1)
		die(cert);
	if (SSL_CTX_use_PrivateKey_file(ctx, key, SSL_FILETYPE_PEM) != 1 || SSL_CTX_check_private_key(ctx) != 1)
		die(key);
	if (SSL_CTX_load_verify_file(ctx, client_ca) != 1)
		die(client_ca);
	SSL_CTX_set_client_CA_list(ctx, SSL_load_client_CA_file(client_ca));
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	SSL_CTX_set_session_id_context(ctx, id, sizeof id - 1);
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF); /* tickets are enough */
	SSL_CTX_set_num_tickets(ctx, 1);
	return ctx;
}

static int listen_on(int port)
{
	struct sockaddr_in addr = { .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof addr;
	int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		die("socket");
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (bind(fd, (struct sockaddr *)&addr, sizeof addr) != 0 || listen(fd, SOMAXCONN) != 0)
		die("listen");
	getsockname(fd, (struct sockaddr *)&addr, &len);
	printf("listening on 127.0.0.1:%d\n", ntohs(addr.sin_port));
	return fd;
}

static void report(SSL *ssl)
{
	const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
	X509 *peer = SSL_get1_peer_certificate(ssl);
	char client[256] = "";

	if (peer != NULL)
		X509_NAME_get_text_by_NID(X509_get_subject_name(peer), NID_commonName, client, sizeof client);
	printf("handshake: %s, name %s, client %s, %s\n", SSL_get_version(ssl), name ? name : "-", client, SSL_session_reused(ssl) ? "resumed" : "new");
	X509_free(peer);
}

static void drop(int ep, struct conn *c)
{
	epoll_ctl(ep, EPOLL_CTL_DEL, c->fd, NULL);
	SSL_free(c->ssl);
	close(c->fd);
	free(c);
}

/* wait_for arms what an operation wants; -1 ends the connection. */
static int wait_for(int ep, struct conn *c, int result)
{
	struct epoll_event ev = { .data.ptr = c };

	switch (SSL_get_error(c->ssl, result)) {
	case SSL_ERROR_WANT_READ:
		ev.events = EPOLLIN;
		break;
	case SSL_ERROR_WANT_WRITE:
		ev.events = EPOLLOUT;
		break;
	case SSL_ERROR_ZERO_RETURN:
		SSL_shutdown(c->ssl); /* the peer's has come, so once is enough */
		return -1;
	default:
		if (!c->shaken) {
			printf("refused: %s\n", ERR_reason_error_string(ERR_peek_error()));
			ERR_clear_error();
		}
		return -1;
	}
	if (ev.events != c->events && epoll_ctl(ep, EPOLL_CTL_MOD, c->fd, &ev) != 0)
		return -1;
	c->events = ev.events;
	return 0;
}

/* drive takes a connection as far as it goes. */
static int drive(int ep, struct conn *c)
{
	int n;

	for (;;) {
		ERR_clear_error();
		if (!c->shaken) {
			if ((n = SSL_accept(c->ssl)) != 1)
				return wait_for(ep, c, n);
			c->shaken = 1;
			report(c->ssl);
		} else if (c->off < c->len) {
			if ((n = SSL_write(c->ssl, c->buf + c->off, c->len - c->off)) <= 0)
				return wait_for(ep, c, n);
			c->off += n;
		} else {
			if ((n = SSL_read(c->ssl, c->buf, sizeof c->buf)) <= 0)
				return wait_for(ep, c, n);
			c->len = n;
			c->off = 0;
		}
	}
}

static void accept_all(int ep, int ln, SSL_CTX *ctx)
{
	int fd;

	while ((fd = accept4(ln, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
		struct conn *c = calloc(1, sizeof *c);
		struct epoll_event ev = { .events = EPOLLIN, .data.ptr = c };

		if (c == NULL || (c->ssl = SSL_new(ctx)) == NULL || SSL_set_fd(c->ssl, fd) != 1)
			die("SSL_new");
		SSL_set_accept_state(c->ssl);
		c->fd = fd;
		c->events = EPOLLIN;
		if (epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev) != 0)
			die("epoll_ctl");
	}
}

int main(int argc, char **argv)
{
	struct epoll_event events[MAX_EVENTS] = { { .events = EPOLLIN } };
	struct sigaction sa = { .sa_handler = end };
	SSL_CTX *ctx;
	int ep, ln, i, n;

	if (argc < 5 || (argc - 5) % 3 != 0 || (argc - 5) / 3 > MAX_NAMES) {
		fprintf(stderr, "usage: echoserver PORT CERT KEY CLIENT-CA [NAME CERT KEY]...\n");
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	signal(SIGPIPE, SIG_IGN);
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGINT, &sa, NULL);

	ctx = new_ctx(argv[2], argv[3], argv[4]);
	for (i = 5; i < argc; i += 3) {
		names[name_count].name = argv[i];
		names[name_count++].ctx = new_ctx(argv[i + 1], argv[i + 2], argv[4]);
	}
	SSL_CTX_set_tlsext_servername_callback(ctx, by_name);

	ln = listen_on(atoi(argv[1]));
	if ((ep = epoll_create1(EPOLL_CLOEXEC)) < 0 || epoll_ctl(ep, EPOLL_CTL_ADD, ln, &events[0]) != 0)
		die("epoll");
	while (!ended) {
		n = epoll_wait(ep, events, MAX_EVENTS, -1);
		for (i = 0; i < n; i++) {
			if (events[i].data.ptr == NULL)
				accept_all(ep, ln, ctx);
			else if (drive(ep, events[i].data.ptr) != 0)
				drop(ep, events[i].data.ptr);
		}
	}
	close(ln);
	close(ep);
	for (i = 0; i < name_count; i++)
		SSL_CTX_free(names[i].ctx);
	SSL_CTX_free(ctx);
	return 0;
}
