#include "shim_ocsp.h"

#ifndef OPENSSL_NO_OCSP

// put_single writes one answer. A reason of -1 is none.
static int put_single(BIO *b, OCSP_SINGLERESP *s)
{
	ASN1_GENERALIZEDTIME *revoked = NULL, *from = NULL, *to = NULL;
	int reason = -1, status = OCSP_single_get0_status(s, &reason, &revoked, &from, &to);
	unsigned char *der = NULL;
	int n = i2d_OCSP_CERTID((OCSP_CERTID *)OCSP_SINGLERESP_get0_id(s), &der);
	int ok = n > 0 && gossl_put_bytes(b, der, (size_t)n) && gossl_put_int(b, status) && gossl_put_int(b, reason)
	    && gossl_put_time(b, revoked) && gossl_put_time(b, from) && gossl_put_time(b, to);
	OPENSSL_free(der);
	return ok;
}

static int put_singles(BIO *b, OCSP_BASICRESP *bs)
{
	int ok = 1;
	for (int i = 0; ok && i < OCSP_resp_count(bs); i++)
		ok = put_single(b, OCSP_resp_get0(bs, i));
	return ok;
}

static int put_facts(BIO *b, OCSP_BASICRESP *bs)
{
	const ASN1_OCTET_STRING *key = NULL;
	const X509_NAME *name = NULL;
	unsigned char *der = NULL;
	int n = OCSP_resp_get0_id(bs, &key, &name) && name != NULL ? i2d_X509_NAME(name, &der) : 0;
	int ok = gossl_put_time(b, OCSP_resp_get0_produced_at(bs)) && gossl_put_bytes(b, der, n > 0 ? (size_t)n : 0)
	    && gossl_put_string(b, key);
	OPENSSL_free(der);
	return ok;
}

static X509 *signer_of(OCSP_BASICRESP *bs, X509 **extra, int n)
{
	X509 *x = NULL;
	STACK_OF(X509) *sk = gossl_x509_stack(extra, n);
	int ok = sk != NULL && OCSP_resp_get0_signer(bs, &x, sk) && X509_up_ref(x);
	sk_X509_pop_free(sk, X509_free);
	return ok ? x : NULL;
}

static int verify(OCSP_BASICRESP *bs, X509 **certs, int n, X509_STORE *st, unsigned long flags)
{
	STACK_OF(X509) *sk = gossl_x509_stack(certs, n);
	int ok = sk != NULL && OCSP_basic_verify(bs, sk, st, flags) == 1;
	sk_X509_pop_free(sk, X509_free);
	return ok;
}

static int add(OCSP_BASICRESP *bs, GOSSL_IN, int status, int reason, int64_t revoked, int64_t this_update, int has_next, int64_t next_update)
{
	OCSP_CERTID *id = gossl_ocsp_read_id(p, n);
	ASN1_TIME *at = ASN1_TIME_set(NULL, (time_t)revoked), *from = ASN1_TIME_set(NULL, (time_t)this_update);
	ASN1_TIME *to = has_next ? ASN1_TIME_set(NULL, (time_t)next_update) : NULL;
	int ok = id != NULL && at != NULL && from != NULL && (to != NULL || !has_next)
	    && OCSP_basic_add1_status(bs, id, status, reason, status == V_OCSP_CERTSTATUS_REVOKED ? at : NULL, from, to) != NULL;
	ASN1_TIME_free(at);
	ASN1_TIME_free(from);
	ASN1_TIME_free(to);
	OCSP_CERTID_free(id);
	return ok;
}

static int sign(OCSP_BASICRESP *bs, X509 *signer, EVP_PKEY *k, const char *name, X509 **certs, int n, unsigned long flags)
{
	EVP_MD *md = name != NULL ? gossl_md(name) : NULL;
	STACK_OF(X509) *sk = gossl_x509_stack(certs, n);
	int ok = sk != NULL && (name == NULL || md != NULL) && OCSP_basic_sign(bs, signer, k, md, sk, flags);
	sk_X509_pop_free(sk, X509_free);
	EVP_MD_free(md);
	return ok;
}

#endif

GOSSL_MAKE(gossl_d2i_ocsp_response, (GOSSL_IN, OCSP_RESPONSE **out), d2i_OCSP_RESPONSE(NULL, &p, n))
GOSSL_TRY(gossl_i2d_ocsp_response, (OCSP_RESPONSE *r, GOSSL_OUT), (*len = i2d_OCSP_RESPONSE(r, out)) > 0)
GOSSL_MAKE(gossl_ocsp_response_create, (int status, OCSP_BASICRESP *bs, OCSP_RESPONSE **out), OCSP_response_create(status, bs))
GOSSL_TEXT(gossl_ocsp_response_print, (OCSP_RESPONSE *r, GOSSL_OUT), OCSP_RESPONSE_print(b, r, 0))
GOSSL_MAKE(gossl_ocsp_response_basic, (OCSP_RESPONSE *r, OCSP_BASICRESP **out), OCSP_response_get1_basic(r))
GOSSL_MAKE(gossl_ocsp_basic_new, (OCSP_BASICRESP **out), OCSP_BASICRESP_new())
GOSSL_TRY(gossl_i2d_ocsp_basic, (OCSP_BASICRESP *bs, GOSSL_OUT), (*len = i2d_OCSP_BASICRESP(bs, out)) > 0)
GOSSL_MAKE(gossl_d2i_ocsp_basic, (GOSSL_IN, OCSP_BASICRESP **out), d2i_OCSP_BASICRESP(NULL, &p, n))
GOSSL_TEXT(gossl_ocsp_basic_singles, (OCSP_BASICRESP *bs, GOSSL_OUT), put_singles(b, bs))
GOSSL_TEXT(gossl_ocsp_basic_facts, (OCSP_BASICRESP *bs, GOSSL_OUT), put_facts(b, bs))
GOSSL_TRY(gossl_ocsp_basic_certs, (OCSP_BASICRESP *bs, X509 ***out, int *n), gossl_x509_list(OCSP_resp_get0_certs(bs), out, n))
GOSSL_MAKE(gossl_ocsp_basic_signer, (OCSP_BASICRESP *bs, X509 **extra, int n, X509 **out), signer_of(bs, extra, n))
GOSSL_TRY(gossl_ocsp_basic_verify, (OCSP_BASICRESP *bs, X509 **certs, int n, X509_STORE *st, unsigned long flags), verify(bs, certs, n, st, flags))
GOSSL_VALUE(int, gossl_ocsp_check_nonce, (OCSP_REQUEST *r, OCSP_BASICRESP *bs), OCSP_check_nonce(r, bs))
GOSSL_TRY(gossl_ocsp_basic_add,
    (OCSP_BASICRESP *bs, GOSSL_IN, int status, int reason, int64_t revoked, int64_t this_update, int has_next, int64_t next_update),
    add(bs, p, n, status, reason, revoked, this_update, has_next, next_update))
GOSSL_TRY(gossl_ocsp_basic_add_cert, (OCSP_BASICRESP *bs, X509 *x), OCSP_basic_add1_cert(bs, x))
GOSSL_TRY(gossl_ocsp_copy_nonce, (OCSP_BASICRESP *bs, OCSP_REQUEST *r), OCSP_copy_nonce(bs, r) > 0)
GOSSL_TRY(gossl_ocsp_basic_sign, (OCSP_BASICRESP *bs, X509 *signer, EVP_PKEY *k, const char *md, X509 **certs, int n, unsigned long flags), sign(bs, signer, k, md, certs, n, flags))
