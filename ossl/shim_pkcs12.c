#include <openssl/pkcs12.h>

#include "shim_crypto.h"

static int parse(GOSSL_IN, const char *pass, EVP_PKEY **key, X509 **cert, X509 ***ca, int *count)
{
	PKCS12 *f = d2i_PKCS12(NULL, &p, n);
	STACK_OF(X509) *sk = NULL;
	int ok = f != NULL && PKCS12_parse(f, pass, key, cert, &sk);
	if (ok && !(ok = gossl_x509_list(sk, ca, count))) {
		EVP_PKEY_free(*key);
		X509_free(*cert);
	}
	sk_X509_pop_free(sk, X509_free);
	PKCS12_free(f);
	return ok;
}

static int create(const char *pass, const char *name, EVP_PKEY *key, X509 *cert, X509 **ca, int count, int key_nid, int cert_nid, int iter, int mac_iter, GOSSL_OUT)
{
	STACK_OF(X509) *sk = gossl_x509_stack(ca, count);
	PKCS12 *f = sk != NULL ? PKCS12_create(pass, name, key, cert, sk, key_nid, cert_nid, iter, mac_iter, 0) : NULL;
	int ok = f != NULL && (*len = i2d_PKCS12(f, out)) > 0;
	PKCS12_free(f);
	sk_X509_pop_free(sk, X509_free);
	return ok;
}

GOSSL_TRY(gossl_pkcs12_parse, (GOSSL_IN, const char *pass, EVP_PKEY **key, X509 **cert, X509 ***ca, int *count), parse(p, n, pass, key, cert, ca, count))
GOSSL_TRY(gossl_pkcs12_create,
    (const char *pass, const char *name, EVP_PKEY *key, X509 *cert, X509 **ca, int count, int key_nid, int cert_nid, int iter, int mac_iter, GOSSL_OUT),
    create(pass, name, key, cert, ca, count, key_nid, cert_nid, iter, mac_iter, out, len))
