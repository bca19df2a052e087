/*
 * A TLS client with a blocking thread for each connection: it verifies the
 * server, shows a certificate of its own, sends lines and checks their echo,
 * then connects again and resumes. Its port to Go is ../main.go.
 *
 *   client PORT NAME CA CERT KEY THREADS LINES
 *
 * It prints a line for each connection; the exit status is 1 if one failed.
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

static SSL_CTX *ctx;
static const char *name;
static int port, lines;

static int dial(void)
{
	struct sockaddr_in addr = { .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct timeval timeout = { .tv_sec = 20 };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout);
	if (connect(fd, (struct sockaddr *)&addr, sizeof addr) != 0) {
		close(fd);
		return -1;
	}
	return fd;
}

/* read_all reads as many bytes as it is asked for. */
static int read_all(SSL *ssl, char *p, int len)
{
	int n;

	for (; len > 0; p += n, len -= n)
		if ((n = SSL_read(ssl, p, len)) <= 0)
			return -1;
	return 0;
}

/* talk sends the lines and checks their echo. */
static int talk(SSL *ssl, int id)
{
	char line[64], echo[64];
	int i, len;

	for (i = 0; i < lines; i++) {
		len = snprintf(line, sizeof line, "connection %d, line %d\n", id, i);
		if (SSL_write(ssl, line, len) != len || read_all(ssl, echo, len) != 0 || memcmp(line, echo, len) != 0)
			return -1;
	}
	return 0;
}

/* run makes one connection, with a session to resume if there is one, and
 * keeps the session for the next. */
static int run(int id, SSL_SESSION **session)
{
	SSL *ssl = SSL_new(ctx);
	int fd = dial(), failed = 1;

	if (ssl == NULL || fd < 0)
		goto end;
	SSL_set_fd(ssl, fd);
	SSL_set_tlsext_host_name(ssl, name);
	SSL_set1_host(ssl, name);
	if (*session != NULL)
		SSL_set_session(ssl, *session);
	if (SSL_connect(ssl) != 1 || talk(ssl, id) != 0) {
		fprintf(stderr, "connection %d: %s\n", id, X509_verify_cert_error_string(SSL_get_verify_result(ssl)));
		ERR_print_errors_fp(stderr);
		goto end;
	}
	printf("connection %d: %s, %d lines, %s\n", id, SSL_get_version(ssl), lines, SSL_session_reused(ssl) ? "resumed" : "new");
	SSL_SESSION_free(*session);
	*session = SSL_get1_session(ssl); /* the ticket came with the first line */
	if (SSL_shutdown(ssl) == 0)
		SSL_shutdown(ssl); /* waits for the server's close_notify */
	failed = 0;
end:
	SSL_free(ssl);
	if (fd >= 0)
		close(fd);
	return failed;
}

static void *worker(void *arg)
{
	int id = (int)(long)arg;
	SSL_SESSION *session = NULL;
	int failed = run(id, &session) || run(id, &session);

	SSL_SESSION_free(session);
	return (void *)(long)failed;
}

int main(int argc, char **argv)
{
	pthread_t threads[64];
	int i, count, failed = 0;
	void *result;

	if (argc != 8 || (count = atoi(argv[6])) < 1 || count > 64) {
		fprintf(stderr, "usage: client PORT NAME CA CERT KEY THREADS LINES\n");
		return 2;
	}
	port = atoi(argv[1]);
	name = argv[2];
	lines = atoi(argv[7]);
	signal(SIGPIPE, SIG_IGN);

	ctx = SSL_CTX_new(TLS_client_method());
	SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
	if (SSL_CTX_load_verify_file(ctx, argv[3]) != 1 || SSL_CTX_use_certificate_chain_file(ctx, argv[4]) != 1 ||
	    SSL_CTX_use_PrivateKey_file(ctx, argv[5], SSL_FILETYPE_PEM) != 1) {
		ERR_print_errors_fp(stderr);
		return 1;
	}
	for (i = 0; i < count; i++)
		if (pthread_create(&threads[i], NULL, worker, (void *)(long)i) != 0)
			return 1;
	for (i = 0; i < count; i++) {
		pthread_join(threads[i], &result);
		failed |= result != NULL;
	}
	SSL_CTX_free(ctx);
	return failed;
}
