#include <string.h>

#include <openssl/x509v3.h>

#include "shim_crypto.h"

// param_new copies the parameters of that name ("ssl_server"), or has none.
static X509_VERIFY_PARAM *param_new(const char *name)
{
	const X509_VERIFY_PARAM *known = name != NULL ? X509_VERIFY_PARAM_lookup(name) : NULL;
	X509_VERIFY_PARAM *p = name == NULL || known != NULL ? X509_VERIFY_PARAM_new() : NULL;
	if (known != NULL && p != NULL && !X509_VERIFY_PARAM_inherit(p, known)) {
		X509_VERIFY_PARAM_free(p);
		return NULL;
	}
	return p;
}

static int call(X509_VERIFY_PARAM *p, int what, long arg)
{
	switch (what) {
	case GOSSL_PARAM_SET_FLAGS:
		return X509_VERIFY_PARAM_set_flags(p, (unsigned long)arg);
	case GOSSL_PARAM_CLEAR_FLAGS:
		return X509_VERIFY_PARAM_clear_flags(p, (unsigned long)arg);
	case GOSSL_PARAM_PURPOSE:
		return X509_VERIFY_PARAM_set_purpose(p, (int)arg);
	case GOSSL_PARAM_TRUST:
		return X509_VERIFY_PARAM_set_trust(p, (int)arg);
	case GOSSL_PARAM_DEPTH:
		X509_VERIFY_PARAM_set_depth(p, (int)arg);
		return 1;
	case GOSSL_PARAM_AUTH_LEVEL:
		X509_VERIFY_PARAM_set_auth_level(p, (int)arg);
		return 1;
	case GOSSL_PARAM_TIME:
		X509_VERIFY_PARAM_set_time(p, (time_t)arg);
		return 1;
	case GOSSL_PARAM_HOSTFLAGS:
		X509_VERIFY_PARAM_set_hostflags(p, (unsigned)arg);
		return 1;
	default:
		return X509_VERIFY_PARAM_set_inh_flags(p, (uint32_t)arg);
	}
}

static int add0_policy(X509_VERIFY_PARAM *p, const char *oid)
{
	ASN1_OBJECT *o = OBJ_txt2obj(oid, 0);
	if (o != NULL && X509_VERIFY_PARAM_add0_policy(p, o))
		return 1;
	ASN1_OBJECT_free(o);
	return 0;
}

static int string(X509_VERIFY_PARAM *p, int what, const char *s)
{
	switch (what) {
	case GOSSL_PARAM_HOST:
		return X509_VERIFY_PARAM_set1_host(p, s, s != NULL ? strlen(s) : 0);
	case GOSSL_PARAM_ADD_HOST:
		return X509_VERIFY_PARAM_add1_host(p, s, s != NULL ? strlen(s) : 0);
	case GOSSL_PARAM_EMAIL:
		return X509_VERIFY_PARAM_set1_email(p, s, s != NULL ? strlen(s) : 0);
	case GOSSL_PARAM_IP:
		return X509_VERIFY_PARAM_set1_ip_asc(p, s);
	case GOSSL_PARAM_NAME:
		return X509_VERIFY_PARAM_set1_name(p, s);
	default:
		return add0_policy(p, s);
	}
}

static int put(BIO *b, const char *s)
{
	return s == NULL || BIO_puts(b, s) >= 0;
}

static int text(BIO *b, X509_VERIFY_PARAM *p, int what, int n)
{
	char *ip;
	int ok;
	switch (what) {
	case GOSSL_PARAM_HOST:
		return put(b, X509_VERIFY_PARAM_get0_host(p, n));
	case GOSSL_PARAM_EMAIL:
		return put(b, X509_VERIFY_PARAM_get0_email(p));
	case GOSSL_PARAM_PEERNAME:
		return put(b, X509_VERIFY_PARAM_get0_peername(p));
	case GOSSL_PARAM_NAME:
		return put(b, X509_VERIFY_PARAM_get0_name(p));
	default:
		ip = X509_VERIFY_PARAM_get1_ip_asc(p);
		ok = put(b, ip);
		OPENSSL_free(ip);
		return ok;
	}
}

static long get(X509_VERIFY_PARAM *p, int what)
{
	switch (what) {
	case GOSSL_PARAM_SET_FLAGS:
		return (long)X509_VERIFY_PARAM_get_flags(p);
	case GOSSL_PARAM_DEPTH:
		return X509_VERIFY_PARAM_get_depth(p);
	case GOSSL_PARAM_AUTH_LEVEL:
		return X509_VERIFY_PARAM_get_auth_level(p);
	case GOSSL_PARAM_TIME:
		return (long)X509_VERIFY_PARAM_get_time(p);
	case GOSSL_PARAM_HOSTFLAGS:
		return (long)X509_VERIFY_PARAM_get_hostflags(p);
	default:
		return (long)X509_VERIFY_PARAM_get_inh_flags(p);
	}
}

// OpenSSL 3.0 forgets the name.
void gossl_param_free(X509_VERIFY_PARAM *p)
{
	X509_VERIFY_PARAM_set1_name(p, NULL);
	X509_VERIFY_PARAM_free(p);
}

GOSSL_MAKE(gossl_param_new, (const char *name, X509_VERIFY_PARAM **out), param_new(name))
GOSSL_TRY(gossl_param_call, (X509_VERIFY_PARAM *p, int what, long arg), call(p, what, arg))
GOSSL_TRY(gossl_param_string, (X509_VERIFY_PARAM *p, int what, const char *s), string(p, what, s))
GOSSL_TEXT(gossl_param_text, (X509_VERIFY_PARAM *p, int what, int n, GOSSL_OUT), text(b, p, what, n))
GOSSL_TRY(gossl_param_ip, (X509_VERIFY_PARAM *p, const unsigned char *ip, size_t n), X509_VERIFY_PARAM_set1_ip(p, ip, n))
GOSSL_TRY(gossl_param_join, (X509_VERIFY_PARAM *to, X509_VERIFY_PARAM *from, int set1), set1 ? X509_VERIFY_PARAM_set1(to, from) : X509_VERIFY_PARAM_inherit(to, from))
GOSSL_VALUE(long, gossl_param_get, (X509_VERIFY_PARAM *p, int what), get(p, what))
