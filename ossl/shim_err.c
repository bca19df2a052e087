#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "shim.h"

static char *copy(const char *s)
{
	return s != NULL && *s != '\0' ? strdup(s) : NULL;
}

// gossl_know_errors makes libssl's own texts known, which libssl itself does
// with its first SSL_CTX.
void gossl_know_errors(void)
{
	OPENSSL_init_ssl(OPENSSL_INIT_LOAD_SSL_STRINGS, NULL);
}

static int drain_one(gossl_err *e)
{
	const char *func = NULL, *data = NULL;
	int flags = 0;
	unsigned long code = ERR_get_error_all(NULL, NULL, &func, &data, &flags);
	if (code == 0)
		return 0;
	gossl_entry *grown = realloc(e->entry, (e->n + 1) * sizeof *grown);
	if (grown == NULL)
		return 0;
	e->entry = grown;
	e->entry[e->n++] = (gossl_entry){
		.code = code,
		.lib = ERR_lib_error_string(code),
		.reason = ERR_reason_error_string(code),
		.func_name = copy(func),
		.data = flags & ERR_TXT_STRING ? copy(data) : NULL,
	};
	return 1;
}

// no_memory stands in where there is none for an error: NULL would be success.
static gossl_err no_memory = {.code = SSL_ERROR_SYSCALL, .sys = ENOMEM};

gossl_err *gossl_take(SSL *s, int code, int sys)
{
	gossl_err *e = calloc(1, sizeof *e);
	if (e == NULL) {
		ERR_clear_error();
		return &no_memory;
	}
	e->code = code;
	e->sys = sys;
	while (drain_one(e))
		;
	for (int i = 0; s != NULL && i < e->n; i++)
		if (ERR_GET_LIB(e->entry[i].code) == ERR_LIB_SSL
		    && ERR_GET_REASON(e->entry[i].code) == SSL_R_CERTIFICATE_VERIFY_FAILED)
			e->verify = SSL_get_verify_result(s);
	return e;
}

void gossl_err_free(gossl_err *e)
{
	if (e == NULL || e == &no_memory)
		return;
	for (int i = 0; i < e->n; i++) {
		free(e->entry[i].func_name);
		free(e->entry[i].data);
	}
	free(e->entry);
	free(e);
}

unsigned long gossl_peek_queue(void)
{
	return ERR_peek_error();
}

unsigned long gossl_push_stale_error(void)
{
	ERR_raise(ERR_LIB_SSL, SSL_R_WRONG_VERSION_NUMBER);
	return ERR_peek_error();
}
