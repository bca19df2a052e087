// The C side of digests, MACs and ciphers by name, and of making keys,
// certificates and object identifiers. The rules are those of shim.h.
#ifndef GOSSL_SHIM_EVP_H
#define GOSSL_SHIM_EVP_H

#include "shim_crypto.h"
#include "shim_store_uri.h"

ENGINE *gossl_engine_raw(gossl_engine *e); // shim_engine.c; NULL for NULL

// shim_evp.c: digests, MACs and ciphers.

gossl_err *gossl_md_new(const char *md, gossl_engine *e, EVP_MD_CTX **out);
gossl_err *gossl_md_reset(EVP_MD_CTX *c);
gossl_err *gossl_md_update(EVP_MD_CTX *c, const unsigned char *p, size_t n);
gossl_err *gossl_md_final(EVP_MD_CTX *c, GOSSL_OUT);
int gossl_md_known(const char *md);

gossl_err *gossl_mac_new(const char *mac, const char *md, const char *engine, const unsigned char *key, size_t n, EVP_MAC_CTX **out);
gossl_err *gossl_mac_reset(EVP_MAC_CTX *c);
gossl_err *gossl_mac_update(EVP_MAC_CTX *c, const unsigned char *p, size_t n);
gossl_err *gossl_mac_final(EVP_MAC_CTX *c, GOSSL_OUT);

int gossl_cipher_facts(const char *name, int *nid, int *block, int *key, int *iv);
gossl_err *gossl_cipher_new(const char *name, gossl_engine *e, int enc, EVP_CIPHER_CTX **out);
gossl_err *gossl_cipher_key(EVP_CIPHER_CTX *c, const unsigned char *key, const unsigned char *iv);
gossl_err *gossl_cipher_update(EVP_CIPHER_CTX *c, int aad, const unsigned char *p, int n, GOSSL_OUT);
gossl_err *gossl_cipher_final(EVP_CIPHER_CTX *c, GOSSL_OUT);
gossl_err *gossl_cipher_ctrl(EVP_CIPHER_CTX *c, int cmd, int n, void *p);

// shim_x509_build.c: keys, identifiers, and certificates in the making.

gossl_err *gossl_rsa_gen(int bits, const unsigned char *e, int n, EVP_PKEY **out);
gossl_err *gossl_pkey_derive(EVP_PKEY *k, EVP_PKEY *peer, GOSSL_OUT);
gossl_err *gossl_fips_enable(int on);
gossl_err *gossl_obj_create(const char *oid, const char *sn, const char *ln, int *nid);
gossl_err *gossl_x509_new(X509 **out);
gossl_err *gossl_x509_set_version(X509 *x, long v);
gossl_err *gossl_x509_set_serial(X509 *x, const char *hex);
gossl_err *gossl_x509_set_name(X509 *x, int issuer, GOSSL_IN);
gossl_err *gossl_x509_set_time(X509 *x, int after, int64_t t);
gossl_err *gossl_x509_set_pubkey(X509 *x, EVP_PKEY *k);
gossl_err *gossl_x509_add_conf(X509 *x, X509 *issuer, int nid, const char *value);
gossl_err *gossl_x509_add_ext(X509 *x, int nid, int critical, const unsigned char *p, int n);
gossl_err *gossl_x509_sign(X509 *x, EVP_PKEY *k, const char *md);

// shim_verify_trace.c: every step of a verification, none of which stops it.

typedef struct gossl_verify_step {
	int ok, error, depth;
	X509 *cert; // with a reference; may be NULL
	struct gossl_verify_step *next;
} gossl_verify_step;

gossl_err *gossl_trace_ctx(SSL_CTX *c);
gossl_err *gossl_trace_ssl(SSL *s);
gossl_verify_step *gossl_trace_take(SSL *s);
void gossl_trace_free(gossl_verify_step *first);

#endif
