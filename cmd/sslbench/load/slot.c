/* One connection of the load: a state machine that goes on until the socket makes it wait. */
#define _GNU_SOURCE
#include "load.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static unsigned char in[CHUNK], pattern[CHUNK];
static const unsigned char zero[CHUNK];

static void watch(struct slot *s, uint32_t events)
{
	struct epoll_event ev = { .events = events, .data.ptr = s };
	if (events == s->events)
		return;
	if (epoll_ctl(load.epfd, s->events ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, s->fd, &ev) < 0)
		die("epoll_ctl");
	s->events = events;
}

/* park leaves the slot without anything to do, its connection open. */
static void park(struct slot *s)
{
	watch(s, EPOLLIN);
	s->state = PARKED;
	load.busy--;
}

/* hang_up resets: the server has closed already, or is of no interest, and neither side keeps a TIME_WAIT. */
static void hang_up(struct slot *s)
{
	struct linger reset = { 1, 0 };
	SSL_free(s->ssl);
	s->ssl = NULL;
	free(s->answer);
	s->answer = NULL;
	setsockopt(s->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
	close(s->fd);
	if (s->state != PARKED)
		load.busy--;
	s->state = CLOSED;
}

/*
 * Whatever moves a slot on returns true when there is more to do at once, and false when the slot waits, is parked or
 * closed.
 */
static bool fail(struct slot *s, const char *what)
{
	int e = errno;
	unsigned long code = ERR_peek_error();
	if (load.errors++ == 0) {
		char text[160] = "";
		ERR_error_string_n(code, text, sizeof text);
		fprintf(stderr, "load: connection %d: %s: %s\n", s->index, what, code ? text : e ? strerror(e) : "closed by the server");
	}
	if (load.phase == SETUP)
		die("a connection failed before the measurement");
	hang_up(s);
	return (load.mode == FULL || load.mode == RESUME) && slot_next(s);
}

/* blocked arms what an operation that returned r waits for, and fails the slot for any other reason. */
static bool blocked(struct slot *s, int r, const char *what)
{
	switch (SSL_get_error(s->ssl, r)) {
	case SSL_ERROR_WANT_READ: watch(s, EPOLLIN); return false;
	case SSL_ERROR_WANT_WRITE: watch(s, EPOLLOUT); return false;
	default: return fail(s, what);
	}
}

/* answer goes on with what libssl holds already, and else waits without a read that would find nothing. */
static bool answer(struct slot *s)
{
	if (SSL_has_pending(s->ssl))
		return true;
	watch(s, EPOLLIN);
	return false;
}

static void connect_socket(struct slot *s)
{
	struct sockaddr_in from = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK + s->index % load.sources) };
	int on = 1;
	if ((s->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) < 0)
		die("socket");
	setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	if (load.sources > 1) {
		setsockopt(s->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
		if (bind(s->fd, (void *)&from, sizeof from) < 0)
			die("bind");
	}
	if (connect(s->fd, (void *)&load.server, sizeof load.server) < 0 && errno != EINPROGRESS)
		die("connect");
	s->events = 0;
}

void slot_open(struct slot *s, uint64_t began)
{
	load.busy++;
	load.started++;
	s->began = began;
	connect_socket(s);
	if (!(s->ssl = SSL_new(load.ctx)) || !SSL_set_fd(s->ssl, s->fd) || !SSL_set_app_data(s->ssl, s))
		die("SSL_new");
	if (s->session && !SSL_set_session(s->ssl, s->session))
		die("SSL_set_session");
	s->state = SHAKE;
}

static void request(struct slot *s, uint64_t size)
{
	s->began = now();
	s->sent = s->got = 0;
	s->size = size;
	s->state = load.mode == UP ? STREAM : SEND;
}

bool slot_next(struct slot *s)
{
	if (!may_start())
		return false;
	if (s->state == CLOSED) {
		slot_open(s, now());
	} else {
		load.busy++;
		load.started++;
		request(s, load.size);
	}
	return true;
}

static bool shake(struct slot *s)
{
	int r = SSL_connect(s->ssl);
	if (r != 1)
		return blocked(s, r, "handshake");
	s->shaken = now();
	s->resumed = SSL_session_reused(s->ssl);
	if (!*load.protocol) {
		int group = SSL_get_negotiated_group(s->ssl);
		snprintf(load.protocol, sizeof load.protocol, "%s", SSL_get_version(s->ssl));
		snprintf(load.cipher, sizeof load.cipher, "%s", SSL_get_cipher_name(s->ssl));
		snprintf(load.group, sizeof load.group, "%s", group ? SSL_group_to_name(s->ssl, group) : "none");
	}
	switch (load.mode) {
	case IDLE: park(s); return false;
	case HTTP:
	case ECHO: request(s, load.size); return true;
	case DOWN: request(s, WARMUP); return true;
	case UP: request(s, 0); return true;
	default: s->state = BYE; return true;
	}
}

static bool ask(struct slot *s)
{
	unsigned char get[32];
	size_t at = s->sent % CHUNK, n = s->size - s->sent;
	const unsigned char *p = pattern + at;
	if (load.mode == DOWN) {
		n = (size_t)snprintf((char *)get, sizeof get, "G%llu", (unsigned long long)s->size) + 1;
		p = get;
	} else if (load.mode == HTTP) {
		p = (const unsigned char *)http_request() + s->sent;
		n = strlen((const char *)p);
	} else if (n > CHUNK - at) {
		n = CHUNK - at;
	}
	int r = SSL_write(s->ssl, p, (int)n);
	if (r <= 0)
		return blocked(s, r, "write");
	s->sent += r;
	if (load.mode == HTTP ? (size_t)r < n : load.mode != DOWN && s->sent < s->size)
		return true;
	s->state = RECEIVE;
	return answer(s);
}

/* done ends an operation and begins the next. */
static bool done(struct slot *s)
{
	if (load.phase != SETUP) {
		load.bytes += s->got;
		finished(now() - s->began);
	}
	park(s);
	return slot_next(s);
}

/* receive_http leaves room for an answer that is longer than it should be, and for NUL. */
static bool receive_http(struct slot *s)
{
	if (!s->answer && !(s->answer = malloc(MAX_ANSWER + 1)))
		die("memory");
	int r = SSL_read(s->ssl, s->answer + s->got, (int)(MAX_ANSWER - s->got));
	if (r <= 0)
		return blocked(s, r, "read");
	s->got += r;
	s->answer[s->got] = 0;
	long length = http_length(s->answer);
	if (length < 0 || (length > 0 && s->got > (uint64_t)length) || s->got == MAX_ANSWER) {
		errno = EBADMSG;
		return fail(s, "answer is not the one that was asked for");
	}
	return length > 0 && s->got == (uint64_t)length ? done(s) : answer(s);
}

/* receive takes no more than the operation lacks, and compares it with what was asked for. */
static bool receive(struct slot *s)
{
	size_t at = s->got % CHUNK, n = s->size - s->got;
	int r = SSL_read(s->ssl, in, (int)(n < CHUNK - at ? n : CHUNK - at));
	if (r <= 0)
		return blocked(s, r, "read");
	if (memcmp(in, (load.mode == DOWN ? zero : pattern) + at, r)) {
		errno = EBADMSG;
		return fail(s, "answer differs from what was asked for");
	}
	s->got += r;
	return s->got < s->size ? answer(s) : done(s);
}

/* stream sends without end; once the time is up it says goodbye, and the server's answer to that ends the operation. */
static bool stream(struct slot *s)
{
	int r;
	if (load.phase == SETUP) {
		if ((r = SSL_write(s->ssl, "S", 1)) <= 0)
			return blocked(s, r, "write");
		park(s);
		return false;
	}
	for (int i = 0; i < 16; i++) {
		if (load.phase == DRAIN || now() >= load.deadline) {
			s->state = BYE;
			return true;
		}
		if ((r = SSL_write(s->ssl, zero, CHUNK)) <= 0)
			return blocked(s, r, "write");
		load.bytes += r;
	}
	watch(s, EPOLLOUT);
	return false;
}

/* bye ends the connection in order; the server's end of it shows that it has taken everything that was sent. */
static bool bye(struct slot *s)
{
	int r = SSL_get_shutdown(s->ssl) & SSL_SENT_SHUTDOWN ? 1 : SSL_shutdown(s->ssl);
	if (r < 0)
		return blocked(s, r, "shutdown");
	do
		r = SSL_read(s->ssl, in, CHUNK);
	while (r > 0);
	r = SSL_get_error(s->ssl, r);
	if (r == SSL_ERROR_WANT_READ) {
		watch(s, EPOLLIN);
		return false;
	}
	/* Not every server answers with close_notify. */
	if (r != SSL_ERROR_ZERO_RETURN && ERR_GET_REASON(ERR_peek_error()) != SSL_R_UNEXPECTED_EOF_WHILE_READING)
		return fail(s, "close");
	if (load.mode == RESUME) {
		SSL_SESSION_free(s->session);
		s->session = SSL_get1_session(s->ssl); /* with the latest ticket: all that the server had to say has been read */
	}
	s->state = GONE;
	return true;
}

static bool gone(struct slot *s)
{
	ssize_t n = recv(s->fd, in, CHUNK, 0);
	if (n < 0 && errno == EAGAIN) {
		watch(s, EPOLLIN);
		return false;
	}
	if (n != 0)
		return fail(s, n < 0 ? "end of the connection" : "bytes after the end");
	if (load.phase != SETUP) {
		load.resumed += s->resumed;
		finished(load.mode == UP ? now() - s->began : s->shaken - s->began);
	}
	hang_up(s);
	return load.mode != UP && slot_next(s);
}

/* unasked takes what comes without a request: session tickets, but no data. */
static bool unasked(struct slot *s)
{
	int r = SSL_read(s->ssl, in, CHUNK);
	return r > 0 ? fail(s, "data without a request") : blocked(s, r, "waiting");
}

void slot_step(struct slot *s)
{
	bool more = true;
	while (more) {
		ERR_clear_error();
		errno = 0;
		switch (s->state) {
		case CLOSED: return;
		case SHAKE: more = shake(s); break;
		case SEND: more = ask(s); break;
		case RECEIVE: more = load.mode == HTTP ? receive_http(s) : receive(s); break;
		case STREAM: more = stream(s); break;
		case PARKED: more = unasked(s); break;
		case BYE: more = bye(s); break;
		case GONE: more = gone(s); break;
		}
	}
}

void slot_pattern(void)
{
	for (int i = 0; i < CHUNK; i++)
		pattern[i] = (unsigned char)(i * 7 + i / 251);
	pattern[0] = 'E';
}
