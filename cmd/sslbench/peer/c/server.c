/*
 * The benchmark's yardstick: one thread, level-triggered epoll and libssl on the sockets themselves. With --threads as many
 * share the port, and a context unless --own says otherwise: "ctx" is one for each, "lib" a library context for each as well.
 * It speaks the protocol described in ../../README.md; every figure of another peer is a ratio to this one.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { BUFFER = 16384, EVENTS = 128, BUDGET = 16, DIGITS = 19, MAX_THREADS = 64 };

enum state { HANDSHAKE, REQUEST, COUNT, ECHO, SINK, HTTP };

struct conn {
	SSL *ssl;
	struct conn *next; /* on the list of those that have more to do and no event to come */
	unsigned char *out; /* what the socket would not take; held only while it is not empty */
	size_t off, len;
	uint64_t zeros, count; /* zero bytes still to send; the number being read */
	unsigned answers; /* HTTP: still to send */
	uint32_t events; /* what epoll watches for */
	int fd;
	unsigned char state, digits;
	bool queued;
};

struct worker {
	SSL_CTX *ctx;
	int listener;
};

/* Each thread serves its own connections. */
static _Thread_local SSL_CTX *ctx;
static _Thread_local int epfd;
static _Thread_local struct conn *again;
static _Thread_local unsigned char in[BUFFER];

static const unsigned char zero[BUFFER];
static int first = REQUEST; /* the state after the handshake: HTTP with --http */
static int port, threads = 1;
static bool own_ctx, own_lib;

/* Whatever is asked for over HTTP, and in whatever way, the answer is this: what it costs is TLS and sockets alone. */
static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 64\r\n\r\n"
	"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

static _Noreturn void die(const char *what)
{
	int e = errno;
	fprintf(stderr, "server: %s: %s\n", what, e ? strerror(e) : "refused");
	ERR_print_errors_fp(stderr);
	exit(1);
}

static bool watch(struct conn *c, uint32_t events)
{
	struct epoll_event ev = { .events = events, .data.ptr = c };
	if (events == c->events)
		return true;
	c->events = events;
	return epoll_ctl(epfd, EPOLL_CTL_MOD, c->fd, &ev) == 0;
}

/* blocked tells why an operation returned r: true to wait for the event that it armed, false to close. */
static bool blocked(struct conn *c, int r)
{
	switch (SSL_get_error(c->ssl, r)) {
	case SSL_ERROR_WANT_READ: return watch(c, EPOLLIN);
	case SSL_ERROR_WANT_WRITE: return watch(c, EPOLLOUT);
	case SSL_ERROR_ZERO_RETURN: SSL_shutdown(c->ssl); return false;
	default: return false;
	}
}

static bool keep(struct conn *c, const unsigned char *p, size_t n)
{
	if (!(c->out = malloc(n)))
		return false;
	memcpy(c->out, p, n);
	c->off = 0;
	c->len = n;
	return true;
}

/* heads counts the ends of requests; digits holds how much of one has been seen. */
static void heads(struct conn *c, const unsigned char *p, size_t n)
{
	static const char end[] = "\r\n\r\n";
	for (; n > 0; p++, n--) {
		c->digits = *p == end[c->digits] ? c->digits + 1 : *p == '\r';
		if (c->digits == 4) {
			c->digits = 0;
			c->answers++;
		}
	}
}

/* request takes the n bytes that were read, and returns false for what is not in the protocol. */
static bool request(struct conn *c, const unsigned char *p, size_t n)
{
	if (c->state == HTTP)
		heads(c, p, n);
	for (; n > 0 && c->state != SINK && c->state != HTTP; p++, n--) {
		if (c->state == REQUEST) {
			c->state = *p == 'G' ? COUNT : *p == 'S' ? SINK : ECHO;
			c->count = c->digits = 0;
		} else if (c->state == COUNT && *p == 0) {
			c->zeros += c->count;
			c->state = REQUEST;
		} else if (c->state == COUNT) {
			if (*p < '0' || *p > '9' || ++c->digits > DIGITS)
				return false;
			c->count = c->count * 10 + (*p - '0');
		}
		if (c->state == ECHO) {
			int w = SSL_write(c->ssl, p, (int)n);
			if (w <= 0)
				return blocked(c, w) && keep(c, p, n);
			return (size_t)w == n || keep(c, p + w, n - w);
		}
	}
	return true;
}

/* step moves the connection by one operation: 1 when it did, 0 when it waits, -1 when it is over. */
static int step(struct conn *c)
{
	int r;
	ERR_clear_error();
	if (c->state == HANDSHAKE) {
		if ((r = SSL_accept(c->ssl)) == 1)
			c->state = first;
	} else if (c->len > 0) {
		if ((r = SSL_write(c->ssl, c->out + c->off, (int)(c->len - c->off))) > 0) {
			c->off += r;
			if (c->off == c->len) {
				free(c->out);
				c->out = NULL;
				c->len = 0;
			}
		}
	} else if (c->zeros > 0) {
		if ((r = SSL_write(c->ssl, zero, c->zeros < BUFFER ? (int)c->zeros : BUFFER)) > 0)
			c->zeros -= r;
	} else if (c->answers > 0) {
		if ((r = SSL_write(c->ssl, answer, sizeof answer - 1)) > 0)
			c->answers--; /* one record: it is written whole or not at all */
	} else if ((r = SSL_read(c->ssl, in, BUFFER)) > 0 && !request(c, in, r)) {
		return -1;
	}
	if (r <= 0)
		return blocked(c, r) ? 0 : -1;
	if (c->len > 0 || c->zeros > 0 || c->answers > 0 || SSL_has_pending(c->ssl))
		return 1;
	return watch(c, EPOLLIN) ? 0 : -1;
}

static void serve(struct conn *c)
{
	int r = 1;
	for (int i = 0; i < BUDGET && r == 1; i++)
		r = step(c);
	if (r == 1) {
		c->next = again;
		c->queued = true;
		again = c;
	} else if (r < 0) {
		SSL_free(c->ssl);
		close(c->fd);
		free(c->out);
		free(c);
	}
}

static void take(int listener)
{
	int fd, on = 1;
	while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
		struct conn *c = calloc(1, sizeof *c);
		struct epoll_event ev = { .events = EPOLLIN, .data.ptr = c };
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
		if (!c || !(c->ssl = SSL_new(ctx)) || !SSL_set_fd(c->ssl, fd))
			die("new connection");
		SSL_set_accept_state(c->ssl);
		c->fd = fd;
		c->events = EPOLLIN;
		if (epoll_ctl(epfd, EPOLL_CTL_ADD, fd, &ev) < 0)
			die("epoll_ctl");
	}
	if (errno != EAGAIN && errno != ECONNABORTED && errno != EINTR)
		die("accept");
}

/* listen_on gives a listener on the port, which it chooses when it is 0. */
static int listen_on(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof a;
	int on = 1, l = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (l < 0 || setsockopt(l, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0 ||
	    (threads > 1 && setsockopt(l, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) < 0) || bind(l, (void *)&a, sizeof a) < 0 ||
	    listen(l, 4096) < 0 || getsockname(l, (void *)&a, &n) < 0)
		die("listen");
	port = ntohs(a.sin_port);
	return l;
}

static int version(const char *s)
{
	return !strcmp(s, "1.2") ? TLS1_2_VERSION : !strcmp(s, "1.3") ? TLS1_3_VERSION : -1;
}

/* configure reads the flags, which name the files, and makes a context in a library context, NULL being the common one. */
static SSL_CTX *configure(int argc, char **argv, OSSL_LIB_CTX *lib)
{
	static const struct option flags[] = { { "port", 1, 0, 'p' }, { "cert", 1, 0, 'c' }, { "key", 1, 0, 'k' },
		{ "min", 1, 0, 'm' }, { "max", 1, 0, 'M' }, { "groups", 1, 0, 'g' }, { "ciphersuites", 1, 0, 's' },
		{ "ciphers", 1, 0, 'l' }, { "tickets", 1, 0, 't' }, { "http", 0, 0, 'h' },
		{ "threads", 1, 0, 'n' }, { "own", 1, 0, 'o' }, { 0 } };
	int f, ok = 1;
	SSL_CTX *made = SSL_CTX_new_ex(lib, NULL, TLS_server_method());
	if (!made)
		die("SSL_CTX_new");
	optind = 1;
	SSL_CTX_set_mode(made, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
	SSL_CTX_set_read_ahead(made, 1);
	SSL_CTX_set_session_cache_mode(made, SSL_SESS_CACHE_OFF);
	while (ok && (f = getopt_long(argc, argv, "", flags, NULL)) != -1) {
		switch (f) {
		case 'p': port = port ? port : atoi(optarg); break;
		case 'c': ok = SSL_CTX_use_certificate_chain_file(made, optarg); break;
		case 'k': ok = SSL_CTX_use_PrivateKey_file(made, optarg, SSL_FILETYPE_PEM); break;
		case 'm': ok = SSL_CTX_set_min_proto_version(made, version(optarg)); break;
		case 'M': ok = SSL_CTX_set_max_proto_version(made, version(optarg)); break;
		case 'g': ok = SSL_CTX_set1_groups_list(made, optarg); break;
		case 's': ok = SSL_CTX_set_ciphersuites(made, optarg); break;
		case 'l': ok = SSL_CTX_set_cipher_list(made, optarg); break;
		case 'h': first = HTTP; break;
		case 'n': threads = atoi(optarg); ok = threads > 0 && threads <= MAX_THREADS; break;
		case 'o':
			own_lib = !strcmp(optarg, "lib");
			own_ctx = own_lib || !strcmp(optarg, "ctx");
			ok = own_ctx;
			break;
		case 't':
			ok = SSL_CTX_set_num_tickets(made, strtoul(optarg, NULL, 10));
			if (atoi(optarg) == 0)
				SSL_CTX_set_options(made, SSL_OP_NO_TICKET);
			break;
		default: exit(2);
		}
	}
	if (!ok || !SSL_CTX_check_private_key(made))
		die("flags (--cert FILE --key FILE [--port N] [--min V] [--max V] [--groups L] [--ciphersuites L] [--ciphers L] [--tickets N] [--http]\n"
		    "[--threads N] [--own ctx|lib])");
	return made;
}

/* share_ticket_keys has the one context take the tickets of the other. */
static void share_ticket_keys(SSL_CTX *from, SSL_CTX *to)
{
	unsigned char keys[80]; /* the length that SSL_CTX_get_tlsext_ticket_keys(NULL, NULL, 0) gives */
	if (!SSL_CTX_get_tlsext_ticket_keys(from, keys, sizeof keys) || !SSL_CTX_set_tlsext_ticket_keys(to, keys, sizeof keys))
		die("ticket keys");
}

static void *run(void *arg)
{
	struct worker *w = arg;
	struct epoll_event evs[EVENTS], ev = { .events = EPOLLIN, .data.ptr = NULL };
	int n;
	ctx = w->ctx;
	if ((epfd = epoll_create1(EPOLL_CLOEXEC)) < 0 || epoll_ctl(epfd, EPOLL_CTL_ADD, w->listener, &ev) < 0)
		die("epoll");
	for (;;) {
		struct conn *c, *todo = again;
		again = NULL;
		if ((n = epoll_wait(epfd, evs, EVENTS, todo ? 0 : -1)) < 0 && errno != EINTR)
			die("epoll_wait");
		/* Those on the list are served from the list alone: an event of theirs could outlive them. */
		for (int i = 0; i < n; i++) {
			c = evs[i].data.ptr;
			if (!c)
				take(w->listener);
			else if (!c->queued)
				serve(c);
		}
		while ((c = todo)) {
			todo = c->next;
			c->queued = false;
			serve(c);
		}
	}
}

int main(int argc, char **argv)
{
	static struct worker workers[MAX_THREADS];
	SSL_CTX *shared = configure(argc, argv, NULL);
	pthread_t t;
	signal(SIGPIPE, SIG_IGN);
	for (int i = 0; i < threads; i++) {
		workers[i].ctx = shared;
		if (own_ctx && i > 0) {
			workers[i].ctx = configure(argc, argv, own_lib ? OSSL_LIB_CTX_new() : NULL);
			share_ticket_keys(shared, workers[i].ctx);
		}
		workers[i].listener = listen_on();
	}
	printf("listening %d\n", port);
	fflush(stdout);
	for (int i = 1; i < threads; i++)
		if ((errno = pthread_create(&t, NULL, run, &workers[i])))
			die("thread");
	run(&workers[0]);
}
