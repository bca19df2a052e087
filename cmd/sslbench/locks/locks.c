/*
 * What do threads lose to the locks and counters that libssl and libcrypto share between them? Each thread shakes hands with
 * itself, in memory, so that neither sockets nor a load are in the figures: the server's CPU time for one handshake.
 *
 *	cc -O2 -o locks locks.c -lssl -lcrypto -lpthread
 *	./locks [full|resumed [handshakes]]
 */
#define _GNU_SOURCE
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MAX_THREADS = 64, STEPS = 8, ROUNDS = 5, WARMUP = 50 };

/* What the threads do not share; each has a library context for its client, whose locks are not of interest. */
enum own { NOTHING, CONTEXT, LIBRARY, PROCESS, OWNS };
static const char *const titles[] = { "one SSL_CTX", "one each", "with OSSL_LIB_CTX", "process each" };

struct thread {
	SSL_CTX *server, *client;
	SSL_SESSION *session;
	double ns; /* for a handshake */
};

static struct thread *threads; /* shared with processes too */
static atomic_int *waiting;
static enum own own;
static bool resumed;
static int handshakes = 1000;

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "locks: %s\n", what);
	ERR_print_errors_fp(stderr);
	exit(1);
}

static double cpu(void)
{
	struct timespec t;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return t.tv_sec * 1e9 + t.tv_nsec;
}

static SSL_CTX *context(OSSL_LIB_CTX *lib, const SSL_METHOD *method)
{
	SSL_CTX *c = SSL_CTX_new_ex(lib, NULL, method);
	if (!c || !SSL_CTX_set_min_proto_version(c, TLS1_3_VERSION) || !SSL_CTX_set1_groups_list(c, "X25519") ||
	    !SSL_CTX_set_ciphersuites(c, "TLS_AES_128_GCM_SHA256") || !SSL_CTX_set_num_tickets(c, 1))
		die("context");
	SSL_CTX_set_session_cache_mode(c, SSL_SESS_CACHE_OFF);
	return c;
}

/* server makes a context with a key and a certificate of its own. */
static SSL_CTX *server(OSSL_LIB_CTX *lib)
{
	SSL_CTX *c = context(lib, TLS_server_method());
	EVP_PKEY *key = EVP_PKEY_Q_keygen(lib, NULL, "EC", "P-256");
	X509 *cert = X509_new_ex(lib, NULL);
	if (!key || !cert || !X509_gmtime_adj(X509_getm_notBefore(cert), 0) || !X509_gmtime_adj(X509_getm_notAfter(cert), 3600) ||
	    !X509_set_pubkey(cert, key) || !X509_sign(cert, key, EVP_sha256()) || !SSL_CTX_use_certificate(c, cert) ||
	    !SSL_CTX_use_PrivateKey(c, key))
		die("certificate");
	X509_free(cert);
	EVP_PKEY_free(key);
	return c;
}

/* shake makes one handshake and returns the CPU time that the server took for it, from SSL_new to SSL_free. */
static double shake(struct thread *t)
{
	unsigned char byte;
	BIO *near, *far;
	SSL *client = SSL_new(t->client), *s;
	double began = cpu(), ns;
	s = SSL_new(t->server);
	ns = cpu() - began;
	if (!client || !s || !BIO_new_bio_pair(&near, 0, &far, 0) || (t->session && !SSL_set_session(client, t->session)))
		die("connection");
	SSL_set_bio(client, near, near);
	SSL_set_bio(s, far, far);
	SSL_set_connect_state(client);
	SSL_set_accept_state(s);
	for (int i = 0; i < STEPS && (SSL_in_init(client) || SSL_in_init(s)); i++) {
		SSL_do_handshake(client);
		began = cpu();
		SSL_do_handshake(s);
		ns += cpu() - began;
	}
	if (!SSL_is_init_finished(s) || (t->session && !SSL_session_reused(s)))
		die("handshake");
	SSL_read(client, &byte, 1); /* brings the ticket */
	if (resumed) {
		SSL_SESSION_free(t->session);
		t->session = SSL_get1_session(client);
	}
	SSL_shutdown(client);
	SSL_shutdown(s);
	SSL_free(client);
	began = cpu();
	SSL_free(s);
	ERR_clear_error();
	return ns + cpu() - began;
}

static void *work(void *arg)
{
	struct thread *t = arg;
	double ns = 0;
	t->session = NULL;
	t->client = context(OSSL_LIB_CTX_new(), TLS_client_method());
	if (own != NOTHING)
		t->server = server(own == LIBRARY ? OSSL_LIB_CTX_new() : NULL);
	for (int i = 0; i < WARMUP; i++)
		shake(t);
	atomic_fetch_sub(waiting, 1);
	while (atomic_load(waiting) > 0)
		sched_yield();
	for (int i = 0; i < handshakes; i++)
		ns += shake(t);
	t->ns = ns / handshakes;
	return NULL;
}

/* measure gives the mean of n threads or processes. It is called in a process of its own, which frees what is left. */
static double measure(int n)
{
	SSL_CTX *shared = own == NOTHING ? server(NULL) : NULL;
	pthread_t ids[MAX_THREADS];
	double sum = 0;
	atomic_store(waiting, n);
	for (int i = 0; i < n; i++) {
		threads[i].server = shared;
		if (own == PROCESS && fork() == 0) {
			work(&threads[i]);
			_exit(0);
		}
		if (own != PROCESS && pthread_create(&ids[i], NULL, work, &threads[i]))
			die("thread");
	}
	for (int i = 0; i < n && own != PROCESS; i++)
		pthread_join(ids[i], NULL);
	while (wait(NULL) > 0)
		;
	for (int i = 0; i < n; i++)
		sum += threads[i].ns;
	return sum / n;
}

static int ascending(const void *a, const void *b)
{
	return *(const double *)a < *(const double *)b ? -1 : 1;
}

int main(int argc, char **argv)
{
	int most = (int)sysconf(_SC_NPROCESSORS_ONLN);
	double (*found)[OWNS][ROUNDS]; /* by number of threads */
	size_t size = sizeof *found * (MAX_THREADS + 1);
	resumed = argc > 1 && !strcmp(argv[1], "resumed");
	handshakes = argc > 2 ? atoi(argv[2]) : handshakes;
	threads = mmap(NULL, MAX_THREADS * sizeof *threads, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	waiting = mmap(NULL, sizeof *waiting, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	found = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (threads == MAP_FAILED || waiting == MAP_FAILED || found == MAP_FAILED || handshakes < 1)
		die("start");
	most = most < MAX_THREADS ? most : MAX_THREADS;
	for (int round = 0; round < ROUNDS; round++)
		for (int n = 1; n <= most; n *= 2)
			for (own = NOTHING; own < OWNS; own++) {
				int status;
				if (fork() == 0) {
					found[n][own][round] = measure(n);
					_exit(0);
				}
				if (wait(&status) < 0 || status)
					die("a measurement failed");
			}
	printf("%s, us of the server's CPU for a %s handshake, median of %d\nthreads", OpenSSL_version(OPENSSL_VERSION),
		resumed ? "resumed" : "full", ROUNDS);
	for (own = NOTHING; own < OWNS; own++)
		printf("%20s", titles[own]);
	for (int n = 1; n <= most; n *= 2) {
		printf("\n%7d", n);
		for (own = NOTHING; own < OWNS; own++) {
			qsort(found[n][own], ROUNDS, sizeof(double), ascending);
			printf("%20.1f", found[n][own][ROUNDS / 2] / 1e3);
		}
	}
	putchar('\n');
}
