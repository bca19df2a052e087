#include <errno.h>

#include "shim_hook.h"

// verdict must be called with errno still as the operation left it.
static gossl_result verdict(SSL *s, int ret, size_t n)
{
	gossl_result r = {.n = n, .sys = errno};
	gossl_current = NULL; // a job paused in a read or write would keep a Go pointer
	const gossl_hook *h = gossl_hook_of(s);
	r.told = h != NULL && h->first != NULL;
	if (ret > 0) {
		r.sys = 0;
		return r;
	}
	r.code = SSL_get_error(s, ret);
	if (r.code == SSL_ERROR_SSL || r.code == SSL_ERROR_SYSCALL)
		r.err = gossl_take(s, r.code, r.sys);
	return r;
}

// begin empties the queue first: SSL_get_error(3) reads it, and a stale entry
// turns a want into a fatal error.
static inline void begin(void)
{
	gossl_tidy();
	errno = 0;
}

gossl_result gossl_step(uintptr_t ssl, int kind)
{
	SSL *s = (SSL *)ssl;
	int ret;
	begin();
	gossl_current = s;
	switch (kind) {
	case GOSSL_CONNECT:
		ret = SSL_connect(s);
		return verdict(s, ret, 0);
	case GOSSL_ACCEPT:
		ret = SSL_accept(s);
		return verdict(s, ret, 0);
	case GOSSL_SHUTDOWN:
		// 0 is no failure: ours is sent, the peer's has not come yet.
		ret = SSL_shutdown(s);
		return verdict(s, ret == 0 ? 1 : ret, ret > 0);
	default:
		ret = SSL_do_handshake(s);
		return verdict(s, ret, 0);
	}
}

// keep_sent puts back that our close_notify was sent: libssl forgets it where SSL_OP_IGNORE_UNEXPECTED_EOF takes a bare end
// for the peer's, and SSL_free would spoil the session, as that of a connection without a goodbye.
static inline void keep_sent(SSL *s, int before)
{
	if (before & SSL_SENT_SHUTDOWN)
		SSL_set_shutdown(s, SSL_get_shutdown(s) | SSL_SENT_SHUTDOWN);
}

// gossl_read goes on while libssl holds more, so that a large buffer is filled
// from several records in one crossing without a recv(2) bound to fail. Under
// DTLS a record is a message, and comes alone.
gossl_result gossl_read(uintptr_t ssl, unsigned char *p, size_t len)
{
	SSL *s = (SSL *)ssl;
	size_t done = 0, n = 0;
	for (;;) {
		begin();
		int shutdown = SSL_get_shutdown(s);
		int ret = SSL_read_ex(s, p + done, len - done, &n);
		if (ret <= 0) {
			keep_sent(s, shutdown);
			return verdict(s, ret, done);
		}
		done += n;
		if (done == len || !SSL_has_pending(s) || SSL_is_dtls(s))
			return verdict(s, 1, done);
	}
}

gossl_result gossl_peek(uintptr_t ssl, unsigned char *p, size_t len)
{
	SSL *s = (SSL *)ssl;
	size_t n = 0;
	begin();
	int shutdown = SSL_get_shutdown(s);
	int ret = SSL_peek_ex(s, p, len, &n);
	if (ret <= 0)
		keep_sent(s, shutdown);
	return verdict(s, ret, n);
}

// gossl_write goes on after a partial write (SSL_MODE_ENABLE_PARTIAL_WRITE)
// until all is written or the socket is full.
gossl_result gossl_write(uintptr_t ssl, const unsigned char *p, size_t len)
{
	SSL *s = (SSL *)ssl;
	size_t done = 0, n = 0;
	for (;;) {
		begin();
		int ret = SSL_write_ex(s, p + done, len - done, &n);
		if (ret <= 0)
			return verdict(s, ret, done);
		done += n;
		if (done == len)
			return verdict(s, 1, done);
	}
}

void gossl_run(gossl_op *ops, size_t n)
{
	for (gossl_op *o = ops; o < ops + n; o++) {
		gossl_result r;
		SSL *s = (SSL *)o->ssl;
		// A write reads only where it takes a handshake along.
		int reads = o->kind != GOSSL_WRITE || SSL_in_init(s) || SSL_renegotiate_pending(s);
		switch (o->kind) {
		case GOSSL_READ:
			r = gossl_read(o->ssl, (unsigned char *)o->buf, o->len);
			break;
		case GOSSL_PEEK:
			r = gossl_peek(o->ssl, (unsigned char *)o->buf, o->len);
			break;
		case GOSSL_WRITE:
			r = gossl_write(o->ssl, (const unsigned char *)o->buf, o->len);
			break;
		default:
			r = gossl_step(o->ssl, o->kind);
		}
		o->n = r.n;
		o->code = r.code;
		o->sys = r.sys;
		o->err = (uintptr_t)r.err;
		o->pending = reads && SSL_has_pending(s);
		o->told = r.told;
	}
}
