#include <errno.h>

#include <string.h>

#include <openssl/bio.h>

#include "shim_hook.h"
#include "shim_more.h"

// verdict must be called with errno still as the operation left it.
static gossl_result verdict(SSL *s, int ok, int ret, size_t n)
{
	gossl_result r = {.n = n};
	if (ok)
		return r;
	r.sys = errno;
	r.code = SSL_get_error(s, ret);
	if (r.code == SSL_ERROR_SSL || r.code == SSL_ERROR_SYSCALL)
		r.err = gossl_take(s, r.code, r.sys);
	return r;
}

static void begin(void)
{
	gossl_tidy();
	errno = 0;
}

// told says whether there are events to take, as shim_io.c does.
static gossl_result told(SSL *s, gossl_result r)
{
	gossl_current = NULL;
	const gossl_hook *h = gossl_hook_of(s);
	r.told = h != NULL && h->first != NULL;
	return r;
}

// handshakes says whether early data is still to be decided on: only then the
// call steps the handshake, and may pause a job. One that reads or writes holds
// on to Go's buffer.
static SSL *handshakes(SSL *s)
{
	return SSL_get_early_data_status(s) == SSL_EARLY_DATA_ACCEPTED ? NULL : s;
}

// in_error says whether the connection has failed. libssl says that early data
// has finished also where the message after it is a bad one.
static int in_error(const SSL *s) { return strcmp(SSL_state_string(s), "SSLERR") == 0; }

gossl_early gossl_read_early(SSL *s, unsigned char *p, size_t len)
{
	size_t n = 0;
	begin();
	gossl_current = handshakes(s);
	int status = SSL_read_early_data(s, p, len, &n);
	int ok = status == SSL_READ_EARLY_DATA_SUCCESS || (status == SSL_READ_EARLY_DATA_FINISH && !in_error(s));
	return (gossl_early){told(s, verdict(s, ok, 0, n)), status};
}

// gossl_write_early says where bytes of a server's are left in libssl's own
// buffer, which SSL_write_early_data does not: they are lost if nothing is
// flushed before the handshake ends.
gossl_result gossl_write_early(SSL *s, const unsigned char *p, size_t len)
{
	size_t n = 0;
	begin();
	gossl_current = handshakes(s);
	int ok = SSL_write_early_data(s, p, len, &n);
	gossl_result r = verdict(s, ok == 1, ok, n);
	if (ok == 1 && SSL_is_server(s) && BIO_should_write(SSL_get_wbio(s)))
		r.code = SSL_ERROR_WANT_WRITE;
	return told(s, r);
}

// gossl_sendfile knows what nginx learned: a fatal error that is not one of
// the protocol's is one of the socket, with errno set.
gossl_result gossl_sendfile(SSL *s, int fd, int64_t offset, size_t size, int flags)
{
	begin();
	ossl_ssize_t n = SSL_sendfile(s, fd, (off_t)offset, size, flags);
	gossl_result r = verdict(s, n >= 0, (int)n, n > 0 ? (size_t)n : 0);
	if (r.err != NULL && r.sys != 0 && r.err->n == 1
	    && ERR_GET_REASON(r.err->entry[0].code) == SSL_R_UNINITIALIZED) {
		r.code = SSL_ERROR_SYSCALL;
		r.err->code = r.code;
	}
	return r;
}

// gossl_stateless has n 1 where the cookie was good, and 0 where a
// HelloRetryRequest was sent.
gossl_result gossl_stateless(SSL *s)
{
	begin();
	int ret = SSL_stateless(s);
	gossl_result r = verdict(s, ret >= 0, ret, ret > 0);
	// Between the two ClientHellos comes a ChangeCipherSpec of TLS 1.3's
	// compatibility mode, which ends the call without a reason.
	if (r.err != NULL && r.err->n == 0 && r.sys == 0) {
		gossl_err_free(r.err);
		r = (gossl_result){0};
	}
	gossl_tidy();
	return r;
}

int gossl_ktls(SSL *s, int receive)
{
	BIO *b = receive ? SSL_get_rbio(s) : SSL_get_wbio(s);
	int on = b != NULL && (receive ? BIO_get_ktls_recv(b) : BIO_get_ktls_send(b)) > 0;
	gossl_tidy();
	return on;
}
