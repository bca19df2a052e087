// SSL_set1_host and SSL_add1_host are deprecated from 4.0 on, for functions that 3.0 lacks.
#define OPENSSL_SUPPRESS_DEPRECATED

#include <errno.h>

#include "shim_ticket.h"

GOSSL_CALL(gossl_set_fd, (SSL *s, int fd), SSL_set_fd(s, fd) == 1)
GOSSL_CALL(gossl_set_tlsext_host_name, (SSL *s, const char *name), SSL_set_tlsext_host_name(s, name) == 1)
GOSSL_CALL(gossl_set1_host, (SSL *s, const char *name), SSL_set1_host(s, name) == 1)
GOSSL_CALL(gossl_add1_host, (SSL *s, const char *name), SSL_add1_host(s, name) == 1)
GOSSL_CALL(gossl_set1_ip_asc, (SSL *s, const char *ip), X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(s), ip) == 1)
GOSSL_CALL(gossl_set_alpn_protos, (SSL *s, const unsigned char *p, unsigned n), SSL_set_alpn_protos(s, p, n) == 0)
GOSSL_CALL(gossl_set_cipher_list, (SSL *s, const char *list), SSL_set_cipher_list(s, list) == 1)
GOSSL_CALL(gossl_set_ciphersuites, (SSL *s, const char *list), SSL_set_ciphersuites(s, list) == 1)
GOSSL_CALL(gossl_set1_groups_list, (SSL *s, const char *list), SSL_set1_groups_list(s, list) == 1)
GOSSL_CALL(gossl_set_min_proto_version, (SSL *s, int v), SSL_set_min_proto_version(s, v) == 1)
GOSSL_CALL(gossl_set_max_proto_version, (SSL *s, int v), SSL_set_max_proto_version(s, v) == 1)
GOSSL_CALL(gossl_set_session, (SSL *s, SSL_SESSION *sess), SSL_set_session(s, sess) == 1)
GOSSL_CALL(gossl_set_session_id_context, (SSL *s, const unsigned char *p, unsigned n), SSL_set_session_id_context(s, p, n) == 1)
GOSSL_CALL(gossl_key_update, (SSL *s, int type), SSL_key_update(s, type) == 1)
GOSSL_CALL(gossl_renegotiate, (SSL *s), SSL_renegotiate(s) == 1)
GOSSL_CALL(gossl_set_ssl_ctx, (SSL *s, SSL_CTX *c), (gossl_ticket_remember(s), SSL_set_SSL_CTX(s, c)) != NULL)
GOSSL_NEW(gossl_get1_peer_certificate, (SSL *s, X509 **out), SSL_get1_peer_certificate(s))
GOSSL_NEW(gossl_get1_session, (SSL *s, SSL_SESSION **out), SSL_get1_session(s))

uint32_t gossl_set_mode(SSL *s, uint32_t mode)
{
	return (uint32_t)SSL_set_mode(s, mode);
}
