// shim_newer.c: what releases of OpenSSL after 3.0 have, looked up at run time.
// These return 0 where the library that runs lacks the function.
#ifndef GOSSL_SHIM_NEWER_H
#define GOSSL_SHIM_NEWER_H

#include "shim_more.h"

enum {
	GOSSL_GROUP_NAME,
	GOSSL_PEER_SIGNATURE_NAME,
	GOSSL_SIGNATURE_NAME,
	GOSSL_BUILTIN_SIGALGS,
	GOSSL_SET_CERT_COMP,
	GOSSL_COMPRESS_CERTS,
	GOSSL_CTX_SET_CERT_COMP,
	GOSSL_CTX_COMPRESS_CERTS,
	GOSSL_SET_CLIENT_CERT_TYPE,
	GOSSL_SET_SERVER_CERT_TYPE,
	GOSSL_CTX_SET_CLIENT_CERT_TYPE,
	GOSSL_CTX_SET_SERVER_CERT_TYPE,
	GOSSL_CLIENT_CERT_TYPE,
	GOSSL_SERVER_CERT_TYPE,
	GOSSL_PEER_RPK,
	GOSSL_ADD_RPK,
	GOSSL_SESSION_GET_TIME,
	GOSSL_SESSION_SET_TIME,
	GOSSL_CTX_PADDING_EX,
	GOSSL_PADDING_EX,
	GOSSL_HANDSHAKE_RTT,
	GOSSL_NEWER
};

int gossl_newer_has(int which);
const char *gossl_newer_text(SSL *s, int which);
gossl_bytes gossl_builtin_sigalgs(void);
gossl_err *gossl_newer_ints(SSL *s, SSL_CTX *c, int which, int *list, size_t n);
gossl_err *gossl_newer_bytes(SSL *s, SSL_CTX *c, int which, const unsigned char *p, size_t n);
gossl_err *gossl_newer_sizes(SSL *s, SSL_CTX *c, int which, size_t a, size_t b);
gossl_err *gossl_newer_number(SSL *s, int which, uint64_t *out);
gossl_err *gossl_peer_rpk(SSL *s, EVP_PKEY **out);
gossl_err *gossl_add_rpk(SSL *s, EVP_PKEY *k);
int64_t gossl_session_time_ex(SSL_SESSION *s, int set, int64_t t);

#endif
