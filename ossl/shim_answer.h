// What C answers for Go while libssl waits: custom extensions, and policies
// that take the place of callbacks.
#ifndef GOSSL_SHIM_ANSWER_H
#define GOSSL_SHIM_ANSWER_H

#include "shim_more.h"

// shim_custom_ext.c: extensions that libssl does not know.

// gossl_ext is one of them, to be sent or as it came.
typedef struct gossl_ext {
	struct gossl_ext *next;
	unsigned type, context;
	int sends; // else it is only understood
	size_t chain_idx, n;
	unsigned char p[];
} gossl_ext;

gossl_err *gossl_add_custom_ext(SSL_CTX *c, unsigned type, unsigned context, const unsigned char *p, size_t n, int sends);
gossl_err *gossl_add_old_ext(SSL_CTX *c, int server, unsigned type, const unsigned char *p, size_t n, int sends);
gossl_err *gossl_set_custom_ext(SSL *s, unsigned type, const unsigned char *p, size_t n, int sends);
const gossl_ext *gossl_custom_exts(SSL *s);
const unsigned char *gossl_ext_bytes(const gossl_ext *e);

// shim_policy.c: policies. An SSL and an SSL_CTX have the same ones; the
// function takes the one that is not NULL.

typedef struct {
	int op, nid, min_bits, allow;
} gossl_sec_rule;

gossl_err *gossl_set_security_policy(SSL_CTX *c, SSL *s, const gossl_sec_rule *rules, size_t n);
gossl_err *gossl_set_record_padding(SSL_CTX *c, SSL *s, unsigned block, unsigned random);
gossl_err *gossl_set_not_resumable(SSL_CTX *c, SSL *s, int when);
gossl_err *gossl_set_early_data_allowed(SSL_CTX *c, SSL *s, int allowed);
gossl_err *gossl_set_session_id_prefix(SSL_CTX *c, SSL *s, const unsigned char *p, size_t n);
gossl_err *gossl_set_session_secret(SSL *s, const unsigned char *p, size_t n);
gossl_err *gossl_set_dtls_timer(SSL *s, unsigned first_us, unsigned max_us);

// shim_ct.c, shim_event.c, shim_engine.c.

gossl_err *gossl_set_ct_quorum(SSL_CTX *c, SSL *s, unsigned logs);
gossl_err *gossl_set_tlsext_debug(SSL *s, int on);

enum { GOSSL_RESUMABLE, GOSSL_NOT_RESUMABLE, GOSSL_RESUMABLE_IF_FORWARD_SECURE };

#endif
