// What libssl only tells: kept on the SSL until the operation is over.
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "shim_hook.h"

int gossl_tell(SSL *s, int kind, int a, int b, int c, const void *p, size_t n, SSL_SESSION *sess)
{
	gossl_hook *h = gossl_hook_make(s);
	gossl_event *e = h != NULL ? malloc(sizeof *e + n) : NULL;
	if (e == NULL)
		return 0;
	*e = (gossl_event){.kind = kind, .a = a, .b = b, .c = c, .sess = sess, .n = n};
	if (n > 0)
		memcpy(e->p, p, n);
	if (h->last != NULL)
		h->last->next = e;
	else
		h->first = e;
	h->last = e;
	return 1;
}

static void keylog_cb(const SSL *s, const char *line)
{
	gossl_tell((SSL *)s, GOSSL_EVENT_KEYLOG, 0, 0, 0, line, strlen(line), NULL);
}

static void info_cb(const SSL *s, int where, int ret)
{
	const char *state = SSL_state_string_long(s);
	int kind = where & SSL_CB_ALERT ? GOSSL_EVENT_ALERT : GOSSL_EVENT_INFO;
	gossl_tell((SSL *)s, kind, where, ret, 0, state, strlen(state), NULL);
}

// gossl_message_event is for the one message callback there is: shim_hook.c.
void gossl_message_event(SSL *s, int write_p, int version, int type, const void *buf, size_t len)
{
	gossl_tell(s, GOSSL_EVENT_MESSAGE, write_p, version, type, buf, len, NULL);
}

// new_session_cb keeps the reference that it is given.
static int new_session_cb(SSL *s, SSL_SESSION *sess)
{
	return gossl_tell(s, GOSSL_EVENT_SESSION, 0, 0, 0, NULL, 0, sess);
}

static void extension_cb(SSL *s, int sent_by_server, int type, const unsigned char *p, int n, void *arg)
{
	(void)arg;
	gossl_tell(s, GOSSL_EVENT_EXTENSION, sent_by_server == SSL_is_server(s), SSL_version(s), type, p, (size_t)n, NULL);
}

static int set_tlsext_debug(SSL *s, int on)
{
	gossl_hooks_in_use = 1;
	if (on)
		SSL_set_tlsext_debug_callback(s, extension_cb);
	else
		SSL_set_tlsext_debug_callback(s, NULL);
	return 1;
}

GOSSL_CALL(gossl_set_tlsext_debug, (SSL *s, int on), gossl_hook_ready() && set_tlsext_debug(s, on))

static int set_events(SSL_CTX *c, unsigned bits)
{
	gossl_hooks_in_use = 1;
	*gossl_ctx_events(gossl_ctx_data_of(c)) |= bits;
	if (bits & 1u << GOSSL_EVENT_KEYLOG)
		SSL_CTX_set_keylog_callback(c, keylog_cb);
	if (bits & (1u << GOSSL_EVENT_INFO | 1u << GOSSL_EVENT_ALERT))
		SSL_CTX_set_info_callback(c, info_cb);
	if (bits & 1u << GOSSL_EVENT_MESSAGE) {
		gossl_messages_in_use = 1;
		gossl_message_install(c);
	}
	if (bits & 1u << GOSSL_EVENT_SESSION)
		SSL_CTX_sess_set_new_cb(c, new_session_cb);
	return 1;
}

GOSSL_CALL(gossl_ctx_set_events, (SSL_CTX *c, unsigned bits), gossl_hook_ready() && set_events(c, bits))

gossl_event *gossl_take_events(SSL *s)
{
	gossl_hook *h = gossl_hook_of(s);
	if (h == NULL)
		return NULL;
	gossl_event *e = h->first;
	h->first = h->last = NULL;
	return e;
}

// gossl_event_free gives up one event, without its session, and returns the next.
gossl_event *gossl_event_free(gossl_event *e)
{
	gossl_event *next = e->next;
	OPENSSL_cleanse(e->p, e->n);
	free(e);
	return next;
}

unsigned char *gossl_event_bytes(gossl_event *e) { return e->p; }
