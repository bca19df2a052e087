/*
 * load: sets connections up, prints "ready", waits for a line, measures, prints the result as one line of JSON, and
 * holds what is still open until its standard input ends.
 */
#define _GNU_SOURCE
#include "load.h"
#include "hist.h"

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <openssl/err.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

struct load load = { .conns = 1, .sources = 1, .size = 64 };

static const char *const names[] = { "full", "resume", "echo", "down", "up", "idle", "storm", "http", NULL };
static struct slot *slots;
static double seconds = 1, timeout = 60;
static int active; /* how many of the slots work, the others being idle; 0: all */

uint64_t now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

_Noreturn void die(const char *what)
{
	int e = errno;
	fprintf(stderr, "load: %s%s%s\n", what, e ? ": " : "", e ? strerror(e) : "");
	ERR_print_errors_fp(stderr);
	exit(1);
}

void finished(uint64_t ns)
{
	load.ops++;
	hist_add(ns);
}

bool may_start(void)
{
	return load.phase == RUN && load.errors < MAX_ERRORS && (load.count == 0 || load.started < load.count) && now() < load.deadline;
}

/* wait_until_idle serves events until no slot is busy, opening slots up to conns as it goes when it is setting up. */
static void wait_until_idle(int open, int conns, uint64_t limit)
{
	struct epoll_event evs[EVENTS];
	while (load.busy > 0 || open < conns) {
		while (load.busy < OPENING && open < conns) {
			slot_open(&slots[open], now());
			slot_step(&slots[open++]);
		}
		int n = epoll_wait(load.epfd, evs, EVENTS, 100);
		if (n < 0 && errno != EINTR)
			die("epoll_wait");
		for (int i = 0; i < n; i++)
			slot_step(evs[i].data.ptr);
		errno = 0;
		if (now() > limit)
			die(load.phase == SETUP ? "timed out while setting up" : "timed out");
		if (load.phase == RUN && now() >= load.deadline)
			load.phase = DRAIN;
	}
}

static void check_sessions(void)
{
	for (int i = 0; i < load.conns; i++)
		if (!slots[i].session || !SSL_SESSION_is_resumable(slots[i].session))
			die("the server gave a session that cannot be resumed");
}

/* run starts all slots: in a storm, all are connected before the first takes a step, and their time begins together. */
static void run(uint64_t began, uint64_t limit)
{
	load.phase = RUN;
	load.started = 0;
	load.deadline = began + (uint64_t)(seconds * 1e9);
	for (int i = 0; i < active; i++) {
		if (load.mode == STORM)
			slot_open(&slots[i], began);
		else if (slot_next(&slots[i]))
			slot_step(&slots[i]);
	}
	for (int i = 0; load.mode == STORM && i < active; i++)
		slot_step(&slots[i]);
	wait_until_idle(0, 0, limit);
}

static void print_result(uint64_t ns)
{
	printf("{\"mode\":\"%s\",\"protocol\":\"%s\",\"cipher\":\"%s\",\"group\":\"%s\",\"library\":\"%s\","
	       "\"connections\":%d,\"operations\":%llu,\"seconds\":%.6f,\"bytes\":%llu,\"p50_ns\":%llu,\"p99_ns\":%llu,"
	       "\"max_ns\":%llu,\"errors\":%llu,\"resumed\":%llu}\n",
		names[load.mode], load.protocol, load.cipher, load.group, OpenSSL_version(OPENSSL_VERSION), load.conns,
		(unsigned long long)load.ops, ns / 1e9, (unsigned long long)load.bytes, (unsigned long long)hist_quantile(0.50),
		(unsigned long long)hist_quantile(0.99), (unsigned long long)hist_max, (unsigned long long)load.errors,
		(unsigned long long)load.resumed);
	fflush(stdout);
}

static void make_context(const char *tls, const char *suites, const char *ciphers, const char *groups, const char *sigalgs)
{
	int version = !strcmp(tls, "1.2") ? TLS1_2_VERSION : !strcmp(tls, "1.3") ? TLS1_3_VERSION : -1;
	if (!(load.ctx = SSL_CTX_new(TLS_client_method())) || !SSL_CTX_set_min_proto_version(load.ctx, version) ||
	    !SSL_CTX_set_max_proto_version(load.ctx, version) || !SSL_CTX_set_ciphersuites(load.ctx, suites) ||
	    !SSL_CTX_set_cipher_list(load.ctx, ciphers) || !SSL_CTX_set1_groups_list(load.ctx, groups) ||
	    !SSL_CTX_set1_sigalgs_list(load.ctx, sigalgs))
		die("TLS settings");
	SSL_CTX_set_mode(load.ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
	SSL_CTX_set_read_ahead(load.ctx, 1);
	SSL_CTX_set_session_cache_mode(load.ctx, SSL_SESS_CACHE_OFF);
}

static void usage(void)
{
	fputs("usage: load --mode full|resume|echo|down|up|idle|storm|http --port N [--host A] [--tls 1.2|1.3] [--conns N]\n"
	      "            [--active N] [--sources N] [--size BYTES] [--count N] [--seconds S] [--timeout S]\n"
	      "            [--ciphersuites L] [--ciphers L] [--groups L] [--sigalgs L]\n", stderr);
	exit(2);
}

static void configure(int argc, char **argv)
{
	static const struct option flags[] = { { "mode", 1, 0, 'm' }, { "host", 1, 0, 'h' }, { "port", 1, 0, 'p' },
		{ "tls", 1, 0, 'v' }, { "conns", 1, 0, 'n' }, { "active", 1, 0, 'a' }, { "sources", 1, 0, 'b' },
		{ "size", 1, 0, 'z' }, { "count", 1, 0, 'c' }, { "seconds", 1, 0, 's' }, { "timeout", 1, 0, 't' },
		{ "ciphersuites", 1, 0, 'S' }, { "ciphers", 1, 0, 'l' }, { "groups", 1, 0, 'g' }, { "sigalgs", 1, 0, 'G' }, { 0 } };
	const char *tls = "1.3", *suites = "TLS_AES_128_GCM_SHA256", *groups = NULL, *mode = "", *host = "127.0.0.1";
	const char *ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256";
	const char *sigalgs = "ecdsa_secp256r1_sha256:rsa_pss_rsae_sha256";
	int f, m = 0;
	load.server.sin_family = AF_INET;
	while ((f = getopt_long(argc, argv, "", flags, NULL)) != -1) {
		switch (f) {
		case 'm': mode = optarg; break;
		case 'h': host = optarg; break;
		case 'p': load.server.sin_port = htons(atoi(optarg)); break;
		case 'v': tls = optarg; break;
		case 'n': load.conns = atoi(optarg); break;
		case 'a': active = atoi(optarg); break;
		case 'b': load.sources = atoi(optarg); break;
		case 'z': load.size = strtoull(optarg, NULL, 10); break;
		case 'c': load.count = strtoull(optarg, NULL, 10); break;
		case 's': seconds = atof(optarg); break;
		case 't': timeout = atof(optarg); break;
		case 'S': suites = optarg; break;
		case 'l': ciphers = optarg; break;
		case 'g': groups = optarg; break;
		case 'G': sigalgs = optarg; break;
		default: usage();
		}
	}
	while (names[m] && strcmp(names[m], mode))
		m++;
	if (!names[m] || !load.server.sin_port || inet_pton(AF_INET, host, &load.server.sin_addr) != 1 || load.conns < 1 ||
	    load.sources < 1 || load.size < 1 || (m == ECHO && load.size > MAX_ECHO) ||
	    (m == HTTP && load.size > MAX_ANSWER / 2) || seconds <= 0 || timeout <= 0)
		usage();
	load.mode = m;
	if (active < 1 || active > load.conns)
		active = load.conns;
	if (load.mode == STORM) {
		load.count = load.conns;
		seconds = timeout;
	}
	/* Up to TLS 1.2 the groups also limit the curve of the certificate's key. */
	make_context(tls, suites, ciphers, groups ? groups : strcmp(tls, "1.2") ? "X25519" : "X25519:P-256", sigalgs);
}

/* wait_for_line returns false at the end of the standard input. */
static bool wait_for_line(void)
{
	int c;
	while ((c = getchar()) != EOF && c != '\n')
		;
	return c != EOF;
}

int main(int argc, char **argv)
{
	uint64_t began, ns = 0;
	signal(SIGPIPE, SIG_IGN);
	configure(argc, argv);
	if (!(slots = calloc(load.conns, sizeof *slots)) || (load.epfd = epoll_create1(EPOLL_CLOEXEC)) < 0)
		die("start");
	for (int i = 0; i < load.conns; i++)
		slots[i].index = i;
	slot_pattern();
	errno = 0;
	if (load.mode != STORM)
		wait_until_idle(0, load.conns, now() + (uint64_t)(timeout * 1e9));
	if (load.mode == RESUME)
		check_sessions();
	puts("ready");
	fflush(stdout);
	if (!wait_for_line())
		return 0;
	if (load.mode != IDLE) {
		began = now();
		run(began, began + (uint64_t)((seconds + timeout) * 1e9));
		ns = now() - began;
	}
	print_result(ns);
	while (wait_for_line())
		;
	return load.errors ? 1 : 0;
}
