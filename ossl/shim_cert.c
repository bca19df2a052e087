#include <errno.h>
#include <string.h>

#include <openssl/bio.h>
#include <openssl/pem.h>

#include "shim.h"

// fixed_pass answers a request for a passphrase from u, and never asks a
// terminal.
static int fixed_pass(char *buf, int size, int rwflag, void *u)
{
	(void)rwflag;
	size_t n = u != NULL ? strlen(u) : 0;
	if (u == NULL || n > (size_t)size)
		return -1;
	memcpy(buf, u, n);
	return (int)n;
}

// mem_bio reads what Go lends. Go has no address for nothing at all.
static BIO *mem_bio(const void *p, int len)
{
	return BIO_new_mem_buf(p != NULL ? p : "", len);
}

// end_of_pem says whether reading stopped because no further block came. It
// takes that one entry off the queue.
static int end_of_pem(void)
{
	unsigned long last = ERR_peek_last_error();
	if (ERR_GET_LIB(last) != ERR_LIB_PEM || ERR_GET_REASON(last) != PEM_R_NO_START_LINE)
		return 0;
	ERR_clear_error();
	return 1;
}

static int use_chain(SSL_CTX *c, const unsigned char *pem, int len)
{
	BIO *b = mem_bio(pem, len);
	X509 *x = b != NULL ? PEM_read_bio_X509_AUX(b, NULL, fixed_pass, NULL) : NULL;
	int ok = x != NULL && SSL_CTX_use_certificate(c, x) == 1 && SSL_CTX_clear_chain_certs(c);
	X509_free(x);
	while (ok && (x = PEM_read_bio_X509(b, NULL, fixed_pass, NULL)) != NULL)
		if (!(ok = SSL_CTX_add0_chain_cert(c, x) == 1))
			X509_free(x);
	ok = ok && end_of_pem();
	BIO_free(b);
	return ok;
}

static int add_pem(X509_STORE *st, const unsigned char *pem, int len, int *added)
{
	BIO *b = mem_bio(pem, len);
	X509 *x;
	int ok = b != NULL;
	*added = 0;
	while (ok && (x = PEM_read_bio_X509_AUX(b, NULL, fixed_pass, NULL)) != NULL) {
		ok = X509_STORE_add_cert(st, x) == 1;
		X509_free(x);
		*added += ok;
	}
	ok = ok && *added > 0 && end_of_pem();
	BIO_free(b);
	return ok;
}

static X509 *read_x509(const unsigned char *pem, int len)
{
	BIO *b = mem_bio(pem, len);
	X509 *x = b != NULL ? PEM_read_bio_X509_AUX(b, NULL, fixed_pass, NULL) : NULL;
	BIO_free(b);
	return x;
}

static EVP_PKEY *read_pkey(const unsigned char *pem, int len, const char *pass, OSSL_LIB_CTX *l, const char *props)
{
	BIO *b = mem_bio(pem, len);
	EVP_PKEY *k = b != NULL ? PEM_read_bio_PrivateKey_ex(b, NULL, fixed_pass, (void *)pass, l, props) : NULL;
	BIO_free(b);
	return k;
}

static char *name_text(X509 *x, int issuer, long *len)
{
	BIO *b = BIO_new(BIO_s_mem());
	const X509_NAME *name = issuer ? X509_get_issuer_name(x) : X509_get_subject_name(x);
	char *data, *text = NULL;
	if (b != NULL && X509_NAME_print_ex(b, name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) >= 0) {
		*len = BIO_get_mem_data(b, &data);
		text = OPENSSL_memdup(*len > 0 ? data : "", *len > 0 ? (size_t)*len : 1);
	}
	BIO_free(b);
	return text;
}

// read_names is SSL_load_client_CA_file(3) without its habit of asking the
// terminal for the passphrase of an encrypted certificate.
static int read_names(BIO *b, STACK_OF(X509_NAME) *names)
{
	X509 *x;
	while ((x = PEM_read_bio_X509(b, NULL, fixed_pass, NULL)) != NULL) {
		const X509_NAME *name = X509_get_subject_name(x);
		X509_NAME *copy = NULL;
		int ok = sk_X509_NAME_find(names, (X509_NAME *)name) >= 0
		    || ((copy = X509_NAME_dup(name)) != NULL && sk_X509_NAME_push(names, copy) > 0);
		X509_free(x);
		if (!ok) {
			X509_NAME_free(copy);
			return 0;
		}
	}
	return sk_X509_NAME_num(names) > 0 && end_of_pem();
}

static int name_cmp(const X509_NAME *const *a, const X509_NAME *const *b)
{
	return X509_NAME_cmp(*a, *b);
}

static int add_client_cas(SSL_CTX *c, const char *file)
{
	BIO *b = BIO_new_file(file, "r");
	STACK_OF(X509_NAME) *names = sk_X509_NAME_new(name_cmp);
	int ok = b != NULL && names != NULL && read_names(b, names);
	BIO_free(b);
	if (ok)
		SSL_CTX_set_client_CA_list(c, names);
	else
		sk_X509_NAME_pop_free(names, X509_NAME_free);
	return ok;
}

static X509_STORE *store_of(SSL_CTX *c)
{
	X509_STORE *st = SSL_CTX_get_cert_store(c);
	return st != NULL && X509_STORE_up_ref(st) ? st : NULL;
}

static int set_store(SSL_CTX *c, X509_STORE *st)
{
	SSL_CTX_set1_cert_store(c, st);
	return 1;
}

GOSSL_CALL(gossl_ctx_use_certificate_chain_file, (SSL_CTX *c, const char *file), SSL_CTX_use_certificate_chain_file(c, file) == 1)
GOSSL_CALL(gossl_ctx_use_certificate_file, (SSL_CTX *c, const char *file, int type), SSL_CTX_use_certificate_file(c, file, type) == 1)
GOSSL_CALL(gossl_ctx_use_private_key_file, (SSL_CTX *c, const char *file, int type), SSL_CTX_use_PrivateKey_file(c, file, type) == 1)
GOSSL_CALL(gossl_ctx_use_certificate_chain_pem, (SSL_CTX *c, const unsigned char *pem, int len), use_chain(c, pem, len))
GOSSL_CALL(gossl_ctx_use_certificate, (SSL_CTX *c, X509 *x), SSL_CTX_use_certificate(c, x) == 1)
GOSSL_CALL(gossl_ctx_use_private_key, (SSL_CTX *c, EVP_PKEY *k), SSL_CTX_use_PrivateKey(c, k) == 1)
GOSSL_CALL(gossl_ctx_add1_chain_cert, (SSL_CTX *c, X509 *x), SSL_CTX_add1_chain_cert(c, x) == 1)
GOSSL_CALL(gossl_ctx_check_private_key, (SSL_CTX *c), SSL_CTX_check_private_key(c) == 1)
GOSSL_CALL(gossl_ctx_load_verify_file, (SSL_CTX *c, const char *file), SSL_CTX_load_verify_file(c, file) == 1)
GOSSL_CALL(gossl_ctx_load_verify_dir, (SSL_CTX *c, const char *dir), SSL_CTX_load_verify_dir(c, dir) == 1)
GOSSL_CALL(gossl_ctx_set_default_verify_paths, (SSL_CTX *c), SSL_CTX_set_default_verify_paths(c) == 1)
GOSSL_CALL(gossl_ctx_set1_cert_store, (SSL_CTX *c, X509_STORE *st), set_store(c, st))
GOSSL_NEW(gossl_ctx_get1_cert_store, (SSL_CTX *c, X509_STORE **out), store_of(c))
GOSSL_CALL(gossl_ctx_load_client_ca_file, (SSL_CTX *c, const char *file), add_client_cas(c, file))
GOSSL_CALL(gossl_ctx_add_client_ca, (SSL_CTX *c, X509 *x), SSL_CTX_add_client_CA(c, x) == 1)

GOSSL_NEW(gossl_store_new, (X509_STORE **out), X509_STORE_new())
GOSSL_CALL(gossl_store_add_cert, (X509_STORE *st, X509 *x), X509_STORE_add_cert(st, x) == 1)
GOSSL_CALL(gossl_store_add_pem, (X509_STORE *st, const unsigned char *pem, int len, int *added), add_pem(st, pem, len, added))
GOSSL_CALL(gossl_store_load_file, (X509_STORE *st, const char *file), X509_STORE_load_file(st, file) == 1)
GOSSL_CALL(gossl_store_load_path, (X509_STORE *st, const char *dir), X509_STORE_load_path(st, dir) == 1)
GOSSL_CALL(gossl_store_set_default_paths, (X509_STORE *st), X509_STORE_set_default_paths(st) == 1)
GOSSL_CALL(gossl_store_set_flags, (X509_STORE *st, unsigned long flags), X509_STORE_set_flags(st, flags) == 1)

GOSSL_NEW(gossl_pem_read_x509, (const unsigned char *pem, int len, X509 **out), read_x509(pem, len))
GOSSL_NEW(gossl_d2i_x509, (const unsigned char *der, long len, X509 **out), d2i_X509(NULL, &der, len))
GOSSL_CALL(gossl_i2d_x509, (X509 *x, unsigned char **out, int *len), (*len = i2d_X509(x, out)) > 0)
GOSSL_NEW(gossl_x509_name, (X509 *x, int issuer, char **out, long *len), name_text(x, issuer, len))
GOSSL_NEW(gossl_pem_read_pkey,
          (const unsigned char *pem, int len, const char *pass, OSSL_LIB_CTX *l, const char *props, EVP_PKEY **out),
          read_pkey(pem, len, pass, l, props))
GOSSL_NEW(gossl_d2i_pkey, (const unsigned char *der, long len, EVP_PKEY **out), d2i_AutoPrivateKey(NULL, &der, len))
GOSSL_CALL(gossl_i2d_pkey, (EVP_PKEY *k, unsigned char **out, int *len), (*len = i2d_PrivateKey(k, out)) > 0)
GOSSL_CALL(gossl_x509_check_private_key, (X509 *x, EVP_PKEY *k), X509_check_private_key(x, k) == 1)

GOSSL_NEW(gossl_d2i_session, (const unsigned char *der, long len, SSL_SESSION **out), d2i_SSL_SESSION(NULL, &der, len))
GOSSL_CALL(gossl_i2d_session, (SSL_SESSION *s, unsigned char **out, int *len), (*len = i2d_SSL_SESSION(s, out)) > 0)

void gossl_free(void *p)
{
	OPENSSL_free(p);
}
