// What TLS 1.3 has left behind: NPN and SRP.
#ifndef GOSSL_SHIM_BYGONE_H
#define GOSSL_SHIM_BYGONE_H

#include "shim.h"

int gossl_has_npn(void);
int gossl_has_srp(void);
int gossl_has_sctp(void);

gossl_err *gossl_ctx_set_npn(SSL_CTX *c, const unsigned char *p, unsigned n, int server);
gossl_err *gossl_ctx_set_srp_user(SSL_CTX *c, const char *user, const char *password);
gossl_err *gossl_ctx_set_srp_server(SSL_CTX *c, const char *user, const char *password);

#endif
