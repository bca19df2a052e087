#include <errno.h>

#include "shim_more.h"

// copy has the value of every field that from has set.
static X509_VERIFY_PARAM *copy(X509_VERIFY_PARAM *from)
{
	X509_VERIFY_PARAM *p = X509_VERIFY_PARAM_new();
	if (p != NULL && X509_VERIFY_PARAM_set1(p, from) == 1)
		return p;
	X509_VERIFY_PARAM_free(p);
	return NULL;
}

GOSSL_NEW(gossl_get_param, (SSL *s, X509_VERIFY_PARAM **out), copy(SSL_get0_param(s)))
GOSSL_NEW(gossl_ctx_get_param, (SSL_CTX *c, X509_VERIFY_PARAM **out), copy(SSL_CTX_get0_param(c)))
GOSSL_CALL(gossl_set1_param, (SSL *s, X509_VERIFY_PARAM *p), SSL_set1_param(s, p) == 1)
GOSSL_CALL(gossl_ctx_set1_param, (SSL_CTX *c, X509_VERIFY_PARAM *p), SSL_CTX_set1_param(c, p) == 1)
