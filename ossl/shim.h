// The C side of package ossl as Go sees it. Names start with gossl_, because
// ossl_ is OpenSSL's own and a static link would collide.
//
// Every function here that can fail clears the thread's error queue, runs one
// OpenSSL operation, and takes the verdict and the queue along before it
// returns: two cgo calls may run on two threads, and the queue is per thread.
#ifndef GOSSL_SHIM_H
#define GOSSL_SHIM_H

#include <stddef.h>
#include <stdint.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "shim_without.h"
#include "shim_without_ocsp.h"

#if OPENSSL_VERSION_NUMBER < 0x30000000L
#error "sslsock needs OpenSSL 3.0 or later: install libssl-dev of a supported release"
#endif

// shim_err.c: one error queue, taken out of its thread.

typedef struct {
	unsigned long code;
	const char *lib, *reason; // static strings of libcrypto, may be NULL
	char *func_name, *data;   // copies, may be NULL
} gossl_entry;

typedef struct {
	int code;    // SSL_get_error's, 0 where there is no SSL
	int sys;     // errno right after the operation
	long verify; // X509_V_*, set when a certificate was refused
	int n;
	gossl_entry *entry;
} gossl_err;

void gossl_know_errors(void);
gossl_err *gossl_take(SSL *s, int code, int sys); // never NULL
void gossl_err_free(gossl_err *e);
unsigned long gossl_peek_queue(void);
unsigned long gossl_push_stale_error(void);

// gossl_tidy empties the thread's queue. ERR_clear_error goes through all 16 slots even
// when there is nothing, which a look at the first one saves.
static inline void gossl_tidy(void)
{
	if (ERR_peek_error() != 0)
		ERR_clear_error();
}

// GOSSL_CALL defines a function that returns NULL when expr is true and the
// thread's error queue otherwise.
#define GOSSL_CALL(name, params, expr) \
	gossl_err *name params \
	{ \
		gossl_tidy(); \
		errno = 0; \
		return (expr) ? NULL : gossl_take(NULL, 0, errno); \
	}

// GOSSL_NEW defines a function that puts expr's object into *out, or returns
// the thread's error queue where expr is NULL.
#define GOSSL_NEW(name, params, expr) GOSSL_CALL(name, params, (*out = (expr)) != NULL)

// shim_io.c: the state machine. One function, one operation, one verdict.

enum { GOSSL_CONNECT, GOSSL_ACCEPT, GOSSL_DO_HANDSHAKE, GOSSL_READ, GOSSL_PEEK, GOSSL_WRITE, GOSSL_SHUTDOWN };

typedef struct {
	size_t n;       // bytes moved; for a shutdown SSL_shutdown's own 0 or 1
	int code;       // SSL_get_error
	int sys;        // errno
	int told;       // there are events to take
	gossl_err *err; // only with SSL_ERROR_SSL and SSL_ERROR_SYSCALL; the caller frees
} gossl_result;

// gossl_op is one operation of a batch. Pointers travel as integers: the
// memory behind buf is pinned by the caller.
typedef struct {
	uintptr_t ssl, buf;
	size_t len, n;
	uintptr_t err;
	int32_t kind, code, sys, pending, told;
} gossl_op;

// An SSL travels as an integer here, because cgo looks up what a pointer points
// to.
gossl_result gossl_step(uintptr_t ssl, int kind);
gossl_result gossl_read(uintptr_t ssl, unsigned char *p, size_t len);
gossl_result gossl_peek(uintptr_t ssl, unsigned char *p, size_t len);
gossl_result gossl_write(uintptr_t ssl, const unsigned char *p, size_t len);
void gossl_run(gossl_op *ops, size_t n);

// shim_ssl.c: what is set on one SSL.

gossl_err *gossl_set_fd(SSL *s, int fd);
gossl_err *gossl_set_tlsext_host_name(SSL *s, const char *name);
gossl_err *gossl_set1_host(SSL *s, const char *name);
gossl_err *gossl_add1_host(SSL *s, const char *name);
gossl_err *gossl_set1_ip_asc(SSL *s, const char *ip);
gossl_err *gossl_set_alpn_protos(SSL *s, const unsigned char *p, unsigned n);
gossl_err *gossl_set_cipher_list(SSL *s, const char *list);
gossl_err *gossl_set_ciphersuites(SSL *s, const char *list);
gossl_err *gossl_set1_groups_list(SSL *s, const char *list);
gossl_err *gossl_set_min_proto_version(SSL *s, int v);
gossl_err *gossl_set_max_proto_version(SSL *s, int v);
gossl_err *gossl_set_session(SSL *s, SSL_SESSION *sess);
gossl_err *gossl_set_session_id_context(SSL *s, const unsigned char *p, unsigned n);
gossl_err *gossl_key_update(SSL *s, int type);
gossl_err *gossl_renegotiate(SSL *s);
gossl_err *gossl_set_ssl_ctx(SSL *s, SSL_CTX *c);
gossl_err *gossl_get1_peer_certificate(SSL *s, X509 **out);
gossl_err *gossl_get1_session(SSL *s, SSL_SESSION **out);
uint32_t gossl_set_mode(SSL *s, uint32_t mode);

// shim_ctx.c: SSL_CTX and what is set on it.

// gossl_made is an SSL, or why there is none.
typedef struct {
	SSL *ssl;
	gossl_err *err;
} gossl_made;

gossl_err *gossl_ctx_new(const SSL_METHOD *m, SSL_CTX **out);
gossl_err *gossl_new(SSL_CTX *c, SSL **out);
gossl_made gossl_new_server(SSL_CTX *c, int fd, uint32_t mode);
gossl_err *gossl_ctx_set_passphrase(SSL_CTX *c, const char *pass);
gossl_err *gossl_ctx_set_min_proto_version(SSL_CTX *c, int v);
gossl_err *gossl_ctx_set_max_proto_version(SSL_CTX *c, int v);
gossl_err *gossl_ctx_set_cipher_list(SSL_CTX *c, const char *list);
gossl_err *gossl_ctx_set_ciphersuites(SSL_CTX *c, const char *list);
gossl_err *gossl_ctx_set1_groups_list(SSL_CTX *c, const char *list);
gossl_err *gossl_ctx_set1_sigalgs_list(SSL_CTX *c, const char *list);
gossl_err *gossl_ctx_set1_client_sigalgs_list(SSL_CTX *c, const char *list);
gossl_err *gossl_ctx_set_session_id_context(SSL_CTX *c, const unsigned char *p, unsigned n);
gossl_err *gossl_ctx_set_num_tickets(SSL_CTX *c, size_t n);
gossl_err *gossl_ctx_set_alpn_protos(SSL_CTX *c, const unsigned char *p, unsigned n);
gossl_err *gossl_ctx_set_alpn_select(SSL_CTX *c, const unsigned char *p, unsigned n);
gossl_err *gossl_ctx_set_server_names(SSL_CTX *c, char **names, SSL_CTX **ctxs, size_t n);
int gossl_ctx_get_min_proto_version(SSL_CTX *c);
int gossl_ctx_get_max_proto_version(SSL_CTX *c);
uint32_t gossl_ctx_set_mode(SSL_CTX *c, uint32_t mode);
uint32_t gossl_ctx_clear_mode(SSL_CTX *c, uint32_t mode);
long gossl_ctx_set_session_cache_mode(SSL_CTX *c, long mode);
long gossl_ctx_sess_set_cache_size(SSL_CTX *c, long n);
void gossl_ctx_set_read_ahead(SSL_CTX *c, int on);
int gossl_ctx_up_ref(SSL_CTX *c);

// shim_hook.c: what a handshake asks. See shim_hook.h for how.

// What may be asked, and may be a bit 1 << of gossl_ctx_set_suspend.
enum { GOSSL_ASK_NOTHING, GOSSL_ASK_HELLO, GOSSL_ASK_CERT, GOSSL_ASK_VERIFY, GOSSL_ASK_PSK, GOSSL_ASK_KEY, GOSSL_ASKS };

// gossl_view are bytes that stay the SSL's.
typedef struct {
	unsigned char *p;
	size_t n;
} gossl_view;

typedef struct {
	STACK_OF(X509) *sent, *built; // stay the SSL's
	long result;
	int depth;
	unsigned char *staple; // stays the SSL's
	long staple_len;       // -1 for none
} gossl_verify_question;

gossl_err *gossl_ctx_set_suspend(SSL_CTX *c, unsigned bits);
gossl_err *gossl_switch(SSL *s, SSL_CTX *c);
int gossl_asked(SSL *s);
gossl_err *gossl_answer(SSL *s, int ask, int granted, int alert, long verify, const unsigned char *p, size_t n);
int gossl_asked_late(SSL *s);
void gossl_refuse(SSL *s);
gossl_view gossl_hook_hello(SSL *s);
gossl_view gossl_hook_question(SSL *s);
gossl_verify_question gossl_hook_verify(SSL *s);
int gossl_sk_x509_num(const STACK_OF(X509) *sk);
int gossl_sk_x509_der(const STACK_OF(X509) *sk, int i, unsigned char **out);

// shim_ahead.c: what is answered before it is asked.

enum { GOSSL_AHEAD_SESSION, GOSSL_AHEAD_PSK_SERVER, GOSSL_AHEAD_PSK_CLIENT, GOSSL_AHEAD_STAPLE };

gossl_err *gossl_ctx_set_ahead(SSL_CTX *c, unsigned bits);
gossl_err *gossl_hook_set_alpn(SSL *s, const unsigned char *p, size_t n, int how);
gossl_err *gossl_hook_set_session(SSL *s, SSL_SESSION *sess);
gossl_err *gossl_hook_set_staple(SSL *s, const unsigned char *p, size_t n);
gossl_err *gossl_hook_set_psk(SSL *s, const unsigned char *id, size_t id_len, const unsigned char *key, size_t key_len, const unsigned char *suite);

// shim_event.c: what is only told.

enum { GOSSL_EVENT_KEYLOG, GOSSL_EVENT_INFO, GOSSL_EVENT_ALERT, GOSSL_EVENT_MESSAGE, GOSSL_EVENT_SESSION, GOSSL_EVENT_EXTENSION };

typedef struct gossl_event {
	struct gossl_event *next;
	int kind, a, b, c;
	SSL_SESSION *sess; // with a reference
	size_t n;
	unsigned char p[];
} gossl_event;

gossl_err *gossl_ctx_set_events(SSL_CTX *c, unsigned bits);
gossl_event *gossl_take_events(SSL *s);
gossl_event *gossl_event_free(gossl_event *e);
unsigned char *gossl_event_bytes(gossl_event *e);

// shim_cert.c: certificates, keys and trust, from files and from memory.

gossl_err *gossl_ctx_use_certificate_chain_file(SSL_CTX *c, const char *file);
gossl_err *gossl_ctx_use_certificate_file(SSL_CTX *c, const char *file, int type);
gossl_err *gossl_ctx_use_private_key_file(SSL_CTX *c, const char *file, int type);
gossl_err *gossl_ctx_use_certificate_chain_pem(SSL_CTX *c, const unsigned char *pem, int len);
gossl_err *gossl_ctx_use_certificate(SSL_CTX *c, X509 *x);
gossl_err *gossl_ctx_use_private_key(SSL_CTX *c, EVP_PKEY *k);
gossl_err *gossl_ctx_add1_chain_cert(SSL_CTX *c, X509 *x);
gossl_err *gossl_ctx_check_private_key(SSL_CTX *c);
gossl_err *gossl_ctx_load_verify_file(SSL_CTX *c, const char *file);
gossl_err *gossl_ctx_load_verify_dir(SSL_CTX *c, const char *dir);
gossl_err *gossl_ctx_set_default_verify_paths(SSL_CTX *c);
gossl_err *gossl_ctx_set1_cert_store(SSL_CTX *c, X509_STORE *st);
gossl_err *gossl_ctx_get1_cert_store(SSL_CTX *c, X509_STORE **out);
gossl_err *gossl_ctx_load_client_ca_file(SSL_CTX *c, const char *file);
gossl_err *gossl_ctx_add_client_ca(SSL_CTX *c, X509 *x);

gossl_err *gossl_store_new(X509_STORE **out);
gossl_err *gossl_store_add_cert(X509_STORE *st, X509 *x);
gossl_err *gossl_store_add_pem(X509_STORE *st, const unsigned char *pem, int len, int *added);
gossl_err *gossl_store_load_file(X509_STORE *st, const char *file);
gossl_err *gossl_store_load_path(X509_STORE *st, const char *dir);
gossl_err *gossl_store_set_default_paths(X509_STORE *st);
gossl_err *gossl_store_set_flags(X509_STORE *st, unsigned long flags);

gossl_err *gossl_pem_read_x509(const unsigned char *pem, int len, X509 **out);
gossl_err *gossl_d2i_x509(const unsigned char *der, long len, X509 **out);
gossl_err *gossl_i2d_x509(X509 *x, unsigned char **out, int *len);
gossl_err *gossl_x509_name(X509 *x, int issuer, char **out, long *len);
gossl_err *gossl_pem_read_pkey(const unsigned char *pem, int len, const char *pass, OSSL_LIB_CTX *l, const char *props, EVP_PKEY **out);
gossl_err *gossl_d2i_pkey(const unsigned char *der, long len, EVP_PKEY **out);
gossl_err *gossl_i2d_pkey(EVP_PKEY *k, unsigned char **out, int *len);
gossl_err *gossl_x509_check_private_key(X509 *x, EVP_PKEY *k);

gossl_err *gossl_d2i_session(const unsigned char *der, long len, SSL_SESSION **out);
gossl_err *gossl_i2d_session(SSL_SESSION *s, unsigned char **out, int *len);
void gossl_free(void *p);

// shim_state.c: what was negotiated, in one crossing.

typedef struct {
	int version, resumed, finished, early_data;
	long verify;
	const SSL_CIPHER *cipher;
	const char *version_name, *cipher_name, *cipher_standard, *group, *server_name;
	int cipher_bits;
	uint32_t cipher_id;
	int sig_hash, sig_type; // NIDs of the peer's signature, 0 when it made none
	int pss_key;            // the peer's key is for RSA-PSS alone
	const unsigned char *alpn;
	unsigned alpn_len;
	const void *psk; // the identity of the key shared before, NULL when there is none
	size_t psk_len;
	int certs;       // certificates of the peer, its own first
	size_t need;     // bytes of buf needed
} gossl_state;

void gossl_connection_state(SSL *s, gossl_state *st, unsigned char *buf, size_t cap);

// shim_doctor.c: what this libcrypto is made of.

enum { GOSSL_PROVIDERS = 16 };

typedef struct {
	char name[64], full[128], version[64];
	int status;
} gossl_provider;

typedef struct {
	int n;
	gossl_provider list[GOSSL_PROVIDERS];
} gossl_providers;

void gossl_get_providers(gossl_providers *out);
gossl_err *gossl_try_provider(const char *name);
int gossl_has_ktls(void);

#endif
