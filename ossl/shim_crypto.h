// The C side of libcrypto's objects: certificates, keys, CRLs, OCSP, stores.
// The rules are those of shim.h.
#ifndef GOSSL_SHIM_CRYPTO_H
#define GOSSL_SHIM_CRYPTO_H

#include <errno.h>

#include <openssl/bio.h>
#include <openssl/conf.h>
#include <openssl/ocsp.h>
#include <openssl/pem.h>
#include <openssl/store.h>
#include <openssl/x509_vfy.h>

#include "shim.h"

// GOSSL_TRY is GOSSL_CALL for what may leave complaints in the queue although
// it went well, as libcrypto does where it tries one thing after the other.
#define GOSSL_TRY(name, params, expr) \
	gossl_err *name params \
	{ \
		ERR_clear_error(); \
		errno = 0; \
		if (!(expr)) \
			return gossl_take(NULL, 0, errno); \
		ERR_clear_error(); \
		return NULL; \
	}

// GOSSL_MAKE is GOSSL_TRY for what makes an object.
#define GOSSL_MAKE(name, params, expr) GOSSL_TRY(name, params, (*out = (expr)) != NULL)

// GOSSL_TEXT defines a function that brings out what expr writes to the BIO b.
// It has the parameters out and len.
#define GOSSL_TEXT(name, params, expr) \
	gossl_err *name params \
	{ \
		ERR_clear_error(); \
		errno = 0; \
		BIO *b = BIO_new(BIO_s_mem()); \
		if (!gossl_bio_take(b, b != NULL && (expr), out, len)) \
			return gossl_take(NULL, 0, errno); \
		ERR_clear_error(); \
		return NULL; \
	}

// GOSSL_VALUE defines a function that returns expr and leaves no complaint.
#define GOSSL_VALUE(type, name, params, expr) \
	type name params \
	{ \
		ERR_clear_error(); \
		type value = (expr); \
		ERR_clear_error(); \
		return value; \
	}

#define GOSSL_OUT unsigned char **out, int *len
#define GOSSL_IN const unsigned char *p, long n

// shim_mem.c: what crosses between Go's memory and libcrypto's. Values of many
// parts go to Go in one piece, written by gossl_put_* and read in pack.go.

BIO *gossl_mem_bio(const void *p, int len);
int gossl_fixed_pass(char *buf, int size, int rwflag, void *u);
int gossl_end_of_pem(void);
int gossl_bio_take(BIO *b, int ok, GOSSL_OUT);
int gossl_copy(const void *p, size_t n, GOSSL_OUT);
void gossl_clear_free(void *p, size_t n);
int gossl_put_int(BIO *b, int64_t v);
int gossl_put_bytes(BIO *b, const void *p, size_t n);
int gossl_put_text(BIO *b, const char *s);
int gossl_put_object(BIO *b, const ASN1_OBJECT *o);
int gossl_put_time(BIO *b, const ASN1_TIME *t);
int gossl_put_integer(BIO *b, const ASN1_INTEGER *i);
int gossl_put_string(BIO *b, const ASN1_STRING *s);
ASN1_INTEGER *gossl_integer(const char *hex);
STACK_OF(X509) *gossl_x509_stack(X509 **list, int n);
int gossl_x509_list(const STACK_OF(X509) *sk, X509 ***out, int *n);
EVP_MD *gossl_md(const char *name);

// shim_x509.c: certificates.

gossl_err *gossl_pem_read_x509s(GOSSL_IN, X509 ***out, int *count);
gossl_err *gossl_pem_read_infos(GOSSL_IN, const char *pass, X509 ***xs, X509_CRL ***crls, EVP_PKEY ***keys, int *count);
gossl_err *gossl_pem_write_x509(X509 *x, GOSSL_OUT);
gossl_err *gossl_pem_write_x509_aux(X509 *x, GOSSL_OUT);
gossl_err *gossl_d2i_x509_aux(GOSSL_IN, X509 **out);
gossl_err *gossl_i2d_x509_aux(X509 *x, GOSSL_OUT);
gossl_err *gossl_x509_dup(X509 *x, X509 **out);
gossl_err *gossl_x509_print(X509 *x, unsigned long nmflags, unsigned long cflags, GOSSL_OUT);
gossl_err *gossl_x509_name_der(X509 *x, int issuer, GOSSL_OUT);
gossl_err *gossl_x509_facts(X509 *x, GOSSL_OUT);
gossl_err *gossl_x509_signature(X509 *x, GOSSL_OUT);
gossl_err *gossl_x509_digest(X509 *x, int pubkey, const char *md, GOSSL_OUT);
gossl_err *gossl_x509_get_pubkey(X509 *x, EVP_PKEY **out);
gossl_err *gossl_x509_pubkey_der(X509 *x, GOSSL_OUT);
gossl_err *gossl_x509_verify(X509 *x, EVP_PKEY *k);
int gossl_x509_cmp(X509 *x, X509 *y);
int gossl_x509_self_signed(X509 *x, int verify);
unsigned long gossl_x509_subject_hash(X509 *x);
unsigned long gossl_x509_issuer_hash(X509 *x);

// shim_x509_ext.c: what the extensions say, and checks by them.

gossl_err *gossl_x509_exts(X509 *x, GOSSL_OUT);
gossl_err *gossl_x509_general_names(X509 *x, int nid, GOSSL_OUT);
gossl_err *gossl_x509_strings(X509 *x, int kind, GOSSL_OUT);
gossl_err *gossl_x509_eku(X509 *x, GOSSL_OUT);
int gossl_x509_usage(X509 *x, uint32_t *flags, uint32_t *ku, uint32_t *xku, long *pathlen);
gossl_err *gossl_x509_key_ids(X509 *x, GOSSL_OUT);
gossl_err *gossl_x509_aux(X509 *x, GOSSL_OUT);
gossl_err *gossl_x509_alias_set1(X509 *x, const char *alias, int n);
gossl_err *gossl_x509_add1_trust(X509 *x, int reject, const char *oid);
void gossl_x509_trust_clear(X509 *x, int reject);
int gossl_x509_check_host(X509 *x, const char *host, size_t n, unsigned flags, char **peername);
int gossl_x509_check_email(X509 *x, const char *mail, size_t n, unsigned flags);
int gossl_x509_check_ip(X509 *x, const unsigned char *ip, size_t n, unsigned flags);
int gossl_x509_check_ip_asc(X509 *x, const char *ip, unsigned flags);
int gossl_x509_check_purpose(X509 *x, int id, int ca);
int gossl_x509_check_trust(X509 *x, int id, int flags);
int gossl_x509_check_issued(X509 *issuer, X509 *subject);
int gossl_x509_check_ca(X509 *x);
int gossl_purpose_by_sname(const char *name);

// shim_name.c: distinguished names, which Go holds in DER form.

gossl_err *gossl_name_new(GOSSL_OUT);
gossl_err *gossl_name_check(GOSSL_IN, GOSSL_OUT);
gossl_err *gossl_name_print(GOSSL_IN, unsigned long flags, GOSSL_OUT);
gossl_err *gossl_name_oneline(GOSSL_IN, GOSSL_OUT);
gossl_err *gossl_name_entries(GOSSL_IN, GOSSL_OUT);
gossl_err *gossl_name_digest(GOSSL_IN, const char *md, GOSSL_OUT);
gossl_err *gossl_name_add(GOSSL_IN, const char *field, const unsigned char *value, int vlen, GOSSL_OUT);
int gossl_name_cmp(GOSSL_IN, const unsigned char *q, long m);
unsigned long gossl_name_hash(GOSSL_IN);

// shim_objects.c: object identifiers, error texts, random bytes.

int gossl_obj_txt2nid(const char *s);
gossl_err *gossl_obj_txt2obj(const char *s, int no_name, GOSSL_OUT);
const char *gossl_obj_nid2sn(int nid);
const char *gossl_obj_nid2ln(int nid);
gossl_err *gossl_obj_nid2txt(int nid, GOSSL_OUT);
int gossl_obj_find_sigid(int sig, int *md, int *pkey);
gossl_err *gossl_rand(unsigned char *p, int n, int priv);
void gossl_rand_add(const unsigned char *p, int n, double entropy);
gossl_err *gossl_rand_poll(void);

// shim_pkey.c: keys in and out.

gossl_err *gossl_pem_read_pubkey(GOSSL_IN, EVP_PKEY **out);
gossl_err *gossl_pem_read_parameters(GOSSL_IN, EVP_PKEY **out);
gossl_err *gossl_d2i_pubkey(GOSSL_IN, EVP_PKEY **out);
gossl_err *gossl_d2i_pkcs8(GOSSL_IN, const char *pass, EVP_PKEY **out);
gossl_err *gossl_pem_write_pkey(EVP_PKEY *k, int traditional, const char *cipher, const char *pass, GOSSL_OUT);
gossl_err *gossl_pem_write_pubkey(EVP_PKEY *k, GOSSL_OUT);
gossl_err *gossl_pem_write_parameters(EVP_PKEY *k, GOSSL_OUT);
gossl_err *gossl_i2d_pkcs8(EVP_PKEY *k, const char *cipher, const char *pass, GOSSL_OUT);
gossl_err *gossl_i2d_pubkey(EVP_PKEY *k, GOSSL_OUT);
gossl_err *gossl_pkey_public(EVP_PKEY *k, EVP_PKEY **out);
gossl_err *gossl_pkey_dup(EVP_PKEY *k, EVP_PKEY **out);
gossl_err *gossl_pkey_raw_new(const char *type, int priv, const unsigned char *p, size_t n, EVP_PKEY **out);
gossl_err *gossl_pkey_raw_get(EVP_PKEY *k, int priv, GOSSL_OUT);
gossl_err *gossl_pkey_encoded(EVP_PKEY *k, GOSSL_OUT);

// shim_pkey_use.c: what keys are and do.

gossl_err *gossl_pkey_group_name(EVP_PKEY *k, GOSSL_OUT);
gossl_err *gossl_pkey_default_digest(EVP_PKEY *k, GOSSL_OUT);
gossl_err *gossl_pkey_bn_param(EVP_PKEY *k, const char *name, GOSSL_OUT);
gossl_err *gossl_pkey_octets_param(EVP_PKEY *k, const char *name, GOSSL_OUT);
gossl_err *gossl_pkey_utf8_param(EVP_PKEY *k, const char *name, GOSSL_OUT);
gossl_err *gossl_pkey_int_param(EVP_PKEY *k, const char *name, int *out);
gossl_err *gossl_pkey_print(EVP_PKEY *k, int what, GOSSL_OUT);
gossl_err *gossl_pkey_check(EVP_PKEY *k, int what);
gossl_err *gossl_pkey_gen(const char *type, size_t bits, const char *group, int params, EVP_PKEY **out);
gossl_err *gossl_pkey_gen_like(EVP_PKEY *k, EVP_PKEY **out);
gossl_err *gossl_digest_sign(EVP_PKEY *k, const char *md, int pss, const unsigned char *p, size_t n, GOSSL_OUT);
gossl_err *gossl_digest_verify(EVP_PKEY *k, const char *md, int pss, const unsigned char *sig, size_t siglen, const unsigned char *p, size_t n);
gossl_err *gossl_pkey_sign(EVP_PKEY *k, const char *md, int pss, int saltlen, const unsigned char *p, size_t n, GOSSL_OUT);
int gossl_pkey_eq(EVP_PKEY *a, EVP_PKEY *b, int params);
int gossl_pkey_is_a(EVP_PKEY *k, const char *name);

// shim_pkcs12.c: PKCS#12 files.

gossl_err *gossl_pkcs12_parse(GOSSL_IN, const char *pass, EVP_PKEY **key, X509 **cert, X509 ***ca, int *count);
gossl_err *gossl_pkcs12_create(const char *pass, const char *name, EVP_PKEY *key, X509 *cert, X509 **ca, int count, int key_nid, int cert_nid, int iter, int mac_iter, GOSSL_OUT);

// shim_crl.c: lists of revoked certificates.

gossl_err *gossl_pem_read_crl(GOSSL_IN, X509_CRL **out);
gossl_err *gossl_d2i_crl(GOSSL_IN, X509_CRL **out);
gossl_err *gossl_i2d_crl(X509_CRL *c, GOSSL_OUT);
gossl_err *gossl_pem_write_crl(X509_CRL *c, GOSSL_OUT);
gossl_err *gossl_crl_print(X509_CRL *c, unsigned long nmflags, GOSSL_OUT);
gossl_err *gossl_crl_facts(X509_CRL *c, GOSSL_OUT);
gossl_err *gossl_crl_issuer(X509_CRL *c, GOSSL_OUT);
gossl_err *gossl_crl_exts(X509_CRL *c, GOSSL_OUT);
gossl_err *gossl_crl_revoked(X509_CRL *c, GOSSL_OUT);
gossl_err *gossl_crl_by_serial(X509_CRL *c, const char *hex, GOSSL_OUT);
gossl_err *gossl_crl_by_cert(X509_CRL *c, X509 *x, GOSSL_OUT);
gossl_err *gossl_crl_verify(X509_CRL *c, EVP_PKEY *k);
gossl_err *gossl_crl_digest(X509_CRL *c, const char *md, GOSSL_OUT);
int gossl_crl_match(X509_CRL *a, X509_CRL *b);
int gossl_put_ext(BIO *b, const X509_EXTENSION *ext);

// shim_store.c: X509_STORE beyond certificates.

gossl_err *gossl_store_add_crl(X509_STORE *st, X509_CRL *c);
gossl_err *gossl_store_load_crls(X509_STORE *st, const char *file, int type, int *count);
gossl_err *gossl_store_load_certs(X509_STORE *st, const char *file, int type, int *count);
gossl_err *gossl_store_load_both(X509_STORE *st, const char *file, int type, int *count);
gossl_err *gossl_store_add_dir(X509_STORE *st, const char *dir, int type);
gossl_err *gossl_store_load_uri(X509_STORE *st, const char *uri);
gossl_err *gossl_store_set_purpose(X509_STORE *st, int purpose);
gossl_err *gossl_store_set_trust(X509_STORE *st, int trust);
gossl_err *gossl_store_set_depth(X509_STORE *st, int depth);
gossl_err *gossl_store_set1_param(X509_STORE *st, X509_VERIFY_PARAM *p);
gossl_err *gossl_store_get1_param(X509_STORE *st, X509_VERIFY_PARAM **out);
gossl_err *gossl_store_objects(X509_STORE *st, X509 ***xs, X509_CRL ***crls, int *count);

// shim_verify.c: X509_STORE_CTX with references to all that it works on.

typedef struct {
	X509_STORE_CTX *ctx;
	X509_STORE *store;
	X509 *cert;
	STACK_OF(X509) *untrusted, *trusted;
	STACK_OF(X509_CRL) *crls;
} gossl_store_ctx;

gossl_err *gossl_store_ctx_new(gossl_store_ctx **out);
void gossl_store_ctx_free(gossl_store_ctx *c);
gossl_err *gossl_store_ctx_init(gossl_store_ctx *c, X509_STORE *st, X509 *x, X509 **untrusted, int n);
gossl_err *gossl_store_ctx_set_trusted(gossl_store_ctx *c, X509 **list, int n);
gossl_err *gossl_store_ctx_set_crls(gossl_store_ctx *c, X509_CRL **list, int n);
gossl_err *gossl_store_ctx_set1_param(gossl_store_ctx *c, X509_VERIFY_PARAM *p);
gossl_err *gossl_store_ctx_set_default(gossl_store_ctx *c, const char *name);
gossl_err *gossl_store_ctx_set_purpose(gossl_store_ctx *c, int purpose);
gossl_err *gossl_store_ctx_set_trust(gossl_store_ctx *c, int trust);
void gossl_store_ctx_set_flags(gossl_store_ctx *c, unsigned long flags);
void gossl_store_ctx_set_time(gossl_store_ctx *c, int64_t t);
void gossl_store_ctx_set_depth(gossl_store_ctx *c, int depth);
gossl_err *gossl_store_ctx_verify(gossl_store_ctx *c);
int gossl_store_ctx_error(gossl_store_ctx *c);
void gossl_store_ctx_set_error(gossl_store_ctx *c, int e);
int gossl_store_ctx_depth(gossl_store_ctx *c);
int gossl_store_ctx_untrusted(gossl_store_ctx *c);
gossl_err *gossl_store_ctx_current(gossl_store_ctx *c, int which, X509 **out);
gossl_err *gossl_store_ctx_issuer(gossl_store_ctx *c, X509 *x, X509 **out);
gossl_err *gossl_store_ctx_chain(gossl_store_ctx *c, X509 ***out, int *n);
gossl_err *gossl_store_ctx_certs(gossl_store_ctx *c, GOSSL_IN, X509 ***out, int *count);
gossl_err *gossl_store_ctx_peername(gossl_store_ctx *c, GOSSL_OUT);

// shim_verify_param.c: what one parameter is about.

enum {
	GOSSL_PARAM_SET_FLAGS, GOSSL_PARAM_CLEAR_FLAGS, GOSSL_PARAM_PURPOSE, GOSSL_PARAM_TRUST, GOSSL_PARAM_DEPTH,
	GOSSL_PARAM_AUTH_LEVEL, GOSSL_PARAM_TIME, GOSSL_PARAM_HOSTFLAGS, GOSSL_PARAM_INH_FLAGS,
	GOSSL_PARAM_HOST, GOSSL_PARAM_ADD_HOST, GOSSL_PARAM_EMAIL, GOSSL_PARAM_IP, GOSSL_PARAM_NAME, GOSSL_PARAM_POLICY,
	GOSSL_PARAM_PEERNAME,
};

gossl_err *gossl_param_new(const char *name, X509_VERIFY_PARAM **out);
void gossl_param_free(X509_VERIFY_PARAM *p);
gossl_err *gossl_param_call(X509_VERIFY_PARAM *p, int what, long arg);
gossl_err *gossl_param_string(X509_VERIFY_PARAM *p, int what, const char *s);
gossl_err *gossl_param_text(X509_VERIFY_PARAM *p, int what, int n, GOSSL_OUT);
gossl_err *gossl_param_ip(X509_VERIFY_PARAM *p, const unsigned char *ip, size_t n);
gossl_err *gossl_param_join(X509_VERIFY_PARAM *to, X509_VERIFY_PARAM *from, int set1);
long gossl_param_get(X509_VERIFY_PARAM *p, int what);

#endif
