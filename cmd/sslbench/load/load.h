/*
 * The load generator: a TLS client of many connections in one thread, the same for every server.
 *
 *	main.c  flags, the three phases (set up, run, drain), the result
 *	slot.c  one connection: its handshake, its requests, its end
 *	http.c  requests over HTTP
 *	hist.h  latencies
 */
#ifndef LOAD_H
#define LOAD_H

#include <netinet/in.h>
#include <openssl/ssl.h>
#include <stdbool.h>
#include <stdint.h>

enum mode { FULL, RESUME, ECHO, DOWN, UP, IDLE, STORM, HTTP };

/* PARKED slots hold an open connection and have nothing to do; CLOSED ones hold none. */
enum state { CLOSED, SHAKE, SEND, RECEIVE, STREAM, PARKED, BYE, GONE };

enum { CHUNK = 16384, EVENTS = 256, OPENING = 128, WARMUP = 4 * CHUNK, MAX_ERRORS = 100 };

/* An echo is sent whole before its answer is read: one that the sockets cannot hold would never end. */
enum { MAX_ECHO = 1 << 20 };

/* An answer over HTTP, head and body, is kept whole. */
enum { MAX_ANSWER = 2048 };

struct slot {
	SSL *ssl;
	SSL_SESSION *session; /* RESUME: what the next handshake offers */
	uint64_t began, shaken; /* ns: when the operation, or the connection, began; when the handshake was done */
	uint64_t sent, got, size; /* bytes of the current operation; size is what it must get */
	char *answer; /* HTTP: what has come of it, and NUL */
	uint32_t events; /* what epoll watches for */
	int fd, index;
	enum state state;
	bool resumed;
};

struct load {
	enum mode mode;
	enum { SETUP, RUN, DRAIN } phase;
	SSL_CTX *ctx;
	struct sockaddr_in server;
	int epfd, conns, sources;
	uint64_t size, count, deadline; /* count 0: bounded by the deadline alone */
	int busy; /* slots that are neither PARKED nor CLOSED */
	uint64_t started, ops, bytes, errors, resumed;
	char protocol[16], cipher[48], group[24]; /* of the first connection */
};

extern struct load load;

uint64_t now(void); /* ns, monotonic */
_Noreturn void die(const char *what);

/*
 * slot_open connects, without a step of the handshake. slot_next starts the next operation unless it is not to start any
 * more, and tells which. slot_step moves a slot on until it has to wait. slot_pattern prepares what is to be echoed.
 */
void slot_open(struct slot *s, uint64_t began);
bool slot_next(struct slot *s);
void slot_step(struct slot *s);
void slot_pattern(void);

/*
 * http_request gives the text that asks for a body of load.size bytes.
 * http_length gives the length of the answer, head and body, once the head is there: 0 before, and -1 if it is not the one
 * that was asked for.
 */
const char *http_request(void);
long http_length(const char *answer);

/* finished counts an operation that took ns; may_start tells whether the bounds allow one more. Both are main.c's. */
void finished(uint64_t ns);
bool may_start(void);

#endif
