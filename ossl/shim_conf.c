#include <errno.h>

#include <openssl/conf.h>

#include "shim_more.h"

GOSSL_NEW(gossl_conf_new, (SSL_CONF_CTX **out), SSL_CONF_CTX_new())

// gossl_conf_cmd has in *used how many of command and value were taken, or what
// the library says beside: -2 unknown, -3 value missing, 0 refused.
gossl_err *gossl_conf_cmd(SSL_CONF_CTX *c, const char *cmd, const char *value, int *used)
{
	ERR_clear_error();
	errno = 0;
	*used = SSL_CONF_cmd(c, cmd, value);
	if (*used > 0) {
		gossl_tidy();
		return NULL;
	}
	return gossl_take(NULL, 0, errno);
}

gossl_err *gossl_conf_argv(SSL_CONF_CTX *c, char **argv, int argc, int *used)
{
	ERR_clear_error();
	errno = 0;
	*used = SSL_CONF_cmd_argv(c, &argc, &argv);
	if (*used >= 0) {
		gossl_tidy();
		return NULL;
	}
	return gossl_take(NULL, 0, errno);
}

GOSSL_CALL(gossl_conf_prefix, (SSL_CONF_CTX *c, const char *prefix), SSL_CONF_CTX_set1_prefix(c, prefix) == 1)
GOSSL_CALL(gossl_conf_finish, (SSL_CONF_CTX *c), SSL_CONF_CTX_finish(c) == 1)
GOSSL_CALL(gossl_conf_load, (const char *file, const char *app, unsigned long flags), CONF_modules_load_file(file, app, flags) > 0)

void gossl_add_ssl_module(void)
{
	SSL_add_ssl_module();
	gossl_tidy();
}
