// What a handshake asks of Go, and what Go has answered: the C side of
// suspension, shared by the files of this package that have callbacks.
//
// A callback that needs Go never calls it. It opens a question on the SSL and
// suspends the handshake; the operation returns with a want; Go answers, and
// calls the operation again, which calls the callback again.
#ifndef GOSSL_SHIM_HOOK_H
#define GOSSL_SHIM_HOOK_H

#include "shim_answer.h"

// How a question stands.
enum { GOSSL_UNASKED, GOSSL_OPEN, GOSSL_GRANTED, GOSSL_REFUSED };

// gossl_hook is the ex_data of an SSL that asks or tells.
typedef struct {
	unsigned char state[GOSSL_ASKS];
	int alert;   // of a refusal
	long verify; // X509_V_* of a refusal

	gossl_view hello; // the last ClientHello, as a handshake message
	gossl_view name;  // that the SSL_CTX was chosen for, once one was; of no bytes for none
	int switched;     // Go has chosen the SSL_CTX
	int late;         // what had no job to wait in

	STACK_OF(X509) *sent, *built;
	long verified; // what libcrypto made of it
	int depth;

	gossl_view question; // of GOSSL_ASK_PSK and GOSSL_ASK_KEY
	gossl_view answer;   // to these
	int detail[4];        // of GOSSL_ASK_KEY, as its provider likes

	// Answers given ahead.
	gossl_view alpn, staple;
	int has_alpn;       // then an empty alpn is none, and has_alpn < 0 a refusal
	SSL_SESSION *found; // with its own id, for the session callback
	gossl_view psk_id;
	SSL_SESSION *psk;
	int psk_found; // the last identity that a client offered is psk_id
	gossl_ext *exts, *got; // custom extensions to send, and those that came
	gossl_view id_prefix;  // of session ids
	gossl_view secret;     // of an EAP-FAST session
	gossl_sec_rule *rules;
	size_t nrules;
	unsigned timer_first, timer_max; // of DTLS, in microseconds

	gossl_event *first, *last;
} gossl_hook;

// gossl_hooks_in_use is 0 until a Ctx asks for suspension or events: who has no
// hooks does not pay for a look at ex_data.
extern int gossl_hooks_in_use;

// gossl_messages_in_use is 0 until a Ctx asks for messages.
extern int gossl_messages_in_use;

int gossl_hook_ready(void);
gossl_hook *gossl_hook_of(SSL *s);   // NULL when there is none
gossl_hook *gossl_hook_make(SSL *s); // NULL when memory is short

int gossl_view_set(gossl_view *b, const void *p, size_t n);
void gossl_view_free(gossl_view *b);
void gossl_exts_free(gossl_ext *e);

// gossl_ask_job opens the question and pauses the asynchronous job that this
// thread runs until it is answered. It returns 1 for granted, and 0 for refused
// and where no job runs, because nothing else can wait here.
int gossl_ask_job(gossl_hook *h, int ask);

// gossl_current is the SSL whose handshake this thread steps, for code that
// libcrypto calls without telling for whom.
extern __thread SSL *gossl_current;

int gossl_tell(SSL *s, int kind, int a, int b, int c, const void *p, size_t n, SSL_SESSION *sess);

// ctx_data is what C callbacks need of a Ctx.
typedef struct gossl_ctx_data gossl_ctx_data;

gossl_ctx_data *gossl_ctx_data_of(const SSL_CTX *c);
unsigned *gossl_ctx_suspend(gossl_ctx_data *d);
unsigned *gossl_ctx_events(gossl_ctx_data *d);

// gossl_switch_ctx copies what SSL_set_SSL_CTX leaves behind.
int gossl_switch_ctx(SSL *s, SSL_CTX *c);

// What the callbacks of shim_ctx.c ask first: 1 to go on, 0 when *ret is the
// callback's answer.
int gossl_hello_asked(SSL *s, const char *name, int *alert, int *ret);
int gossl_alpn_asked(SSL *s, const unsigned char **out, unsigned char *outlen, const unsigned char *in, unsigned inlen, int *ret);

// gossl_name_keep notes for whom the SSL_CTX was chosen. A ClientHello that
// comes later must ask for the same name.
int gossl_name_keep(SSL *s, const char *name);
void gossl_alpn_install(SSL_CTX *c);

void gossl_message_install(SSL_CTX *c);
void gossl_message_event(SSL *s, int write_p, int version, int type, const void *buf, size_t len);

#endif
