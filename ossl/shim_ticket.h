// Session tickets, and what becomes of sessions: shim_ticket.c, shim_removed.c.
#ifndef GOSSL_SHIM_TICKET_H
#define GOSSL_SHIM_TICKET_H

#include "shim.h"

enum { GOSSL_TICKET_NAME = 16, GOSSL_TICKET_IV = 16, GOSSL_TICKET_MAC = 32, GOSSL_TICKET_KEYS = 64 };

// gossl_ticket_key is ossl.TicketKey.
typedef struct {
	unsigned char name[GOSSL_TICKET_NAME], aes[32], hmac[32];
} gossl_ticket_key;

gossl_err *gossl_ctx_set_ticket_keys(SSL_CTX *c, const unsigned char *keys, size_t n);
int gossl_ctx_has_ticket_key(SSL_CTX *c, const unsigned char *name);
gossl_err *gossl_ctx_set_session_ticket_cb(SSL_CTX *c);
gossl_err *gossl_set_ticket_appdata(SSL *s, const unsigned char *p, size_t n);

// gossl_ticket_remember is for who is about to give s another SSL_CTX: libssl
// goes on asking the first one's callbacks, and has no function that names it.
void gossl_ticket_remember(SSL *s);

// gossl_removed are ids of sessions: each a byte for its length and 32 bytes.
// p is NULL where there are none; the caller frees.
typedef struct {
	unsigned char *p;
	size_t n;
} gossl_removed;

enum { GOSSL_REMOVED_SIZE = 1 + SSL_MAX_SSL_SESSION_ID_LENGTH };

gossl_err *gossl_ctx_set_remove_cb(SSL_CTX *c, size_t limit);
gossl_removed gossl_take_removed(SSL_CTX *c);

#endif
