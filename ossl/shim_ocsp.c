#include "shim_ocsp.h"

#ifndef OPENSSL_NO_OCSP

// gossl_ocsp_read_id refuses what follows the identifier.
OCSP_CERTID *gossl_ocsp_read_id(GOSSL_IN)
{
	const unsigned char *end = p + n;
	OCSP_CERTID *id = d2i_OCSP_CERTID(NULL, &p, n);
	if (id != NULL && p != end) {
		ERR_raise(ERR_LIB_ASN1, ASN1_R_HEADER_TOO_LONG);
		OCSP_CERTID_free(id);
		return NULL;
	}
	return id;
}

static int write_id(OCSP_CERTID *id, GOSSL_OUT)
{
	int ok = id != NULL && (*len = i2d_OCSP_CERTID(id, out)) > 0;
	OCSP_CERTID_free(id);
	return ok;
}

static int cert_to_id(const char *name, X509 *subject, X509 *issuer, GOSSL_OUT)
{
	EVP_MD *md = gossl_md(name);
	int ok = md != NULL && write_id(OCSP_cert_to_id(md, subject, issuer), out, len);
	EVP_MD_free(md);
	return ok;
}

static int id_new(const char *name, X509 *issuer, const char *hex, GOSSL_OUT)
{
	EVP_MD *md = gossl_md(name);
	ASN1_INTEGER *serial = md != NULL ? gossl_integer(hex) : NULL;
	int ok = serial != NULL
	    && write_id(OCSP_cert_id_new(md, X509_get_subject_name(issuer), X509_get0_pubkey_bitstr(issuer), serial), out, len);
	ASN1_INTEGER_free(serial);
	EVP_MD_free(md);
	return ok;
}

static int id_info(BIO *b, GOSSL_IN)
{
	OCSP_CERTID *id = gossl_ocsp_read_id(p, n);
	ASN1_OCTET_STRING *name = NULL, *key = NULL;
	ASN1_OBJECT *md = NULL;
	ASN1_INTEGER *serial = NULL;
	int ok = id != NULL && OCSP_id_get0_info(&name, &md, &key, &serial, id) && gossl_put_object(b, md)
	    && gossl_put_string(b, name) && gossl_put_string(b, key) && gossl_put_integer(b, serial);
	OCSP_CERTID_free(id);
	return ok;
}

static int id_cmp(GOSSL_IN, const unsigned char *q, long m, int issuer)
{
	OCSP_CERTID *a = gossl_ocsp_read_id(p, n), *b = gossl_ocsp_read_id(q, m);
	int c = -1;
	if (a != NULL && b != NULL)
		c = issuer ? OCSP_id_issuer_cmp(a, b) : OCSP_id_cmp(a, b);
	OCSP_CERTID_free(a);
	OCSP_CERTID_free(b);
	return c;
}

static int check_validity(int64_t this_update, int has_next, int64_t next_update, long skew, long max_age)
{
	ASN1_GENERALIZEDTIME *from = ASN1_GENERALIZEDTIME_set(NULL, (time_t)this_update);
	ASN1_GENERALIZEDTIME *to = has_next ? ASN1_GENERALIZEDTIME_set(NULL, (time_t)next_update) : NULL;
	int ok = from != NULL && (to != NULL || !has_next) && OCSP_check_validity(from, to, skew, max_age);
	ASN1_GENERALIZEDTIME_free(from);
	ASN1_GENERALIZEDTIME_free(to);
	return ok;
}

static int request_add(OCSP_REQUEST *r, GOSSL_IN)
{
	OCSP_CERTID *id = gossl_ocsp_read_id(p, n);
	if (id != NULL && OCSP_request_add0_id(r, id) != NULL)
		return 1;
	OCSP_CERTID_free(id);
	return 0;
}

static int request_ids(BIO *b, OCSP_REQUEST *r)
{
	int ok = 1;
	for (int i = 0; ok && i < OCSP_request_onereq_count(r); i++) {
		unsigned char *der = NULL;
		int n = i2d_OCSP_CERTID(OCSP_onereq_get0_id(OCSP_request_onereq_get0(r, i)), &der);
		ok = n > 0 && gossl_put_bytes(b, der, (size_t)n);
		OPENSSL_free(der);
	}
	return ok;
}

// request_sign refuses a second signature: OpenSSL 3.0 would leak the first.
static int request_sign(OCSP_REQUEST *r, X509 *signer, EVP_PKEY *k, const char *name, X509 **certs, int n, unsigned long flags)
{
	if (OCSP_request_is_signed(r)) {
		ERR_raise(ERR_LIB_OCSP, ERR_R_SHOULD_NOT_HAVE_BEEN_CALLED);
		return 0;
	}
	EVP_MD *md = name != NULL ? gossl_md(name) : NULL;
	STACK_OF(X509) *sk = gossl_x509_stack(certs, n);
	int ok = sk != NULL && (name == NULL || md != NULL) && OCSP_request_sign(r, signer, k, md, sk, flags);
	sk_X509_pop_free(sk, X509_free);
	EVP_MD_free(md);
	return ok;
}

static int request_verify(OCSP_REQUEST *r, X509 **certs, int n, X509_STORE *st, unsigned long flags)
{
	STACK_OF(X509) *sk = gossl_x509_stack(certs, n);
	int ok = sk != NULL && OCSP_request_verify(r, sk, st, flags) == 1;
	sk_X509_pop_free(sk, X509_free);
	return ok;
}

#endif

GOSSL_TRY(gossl_ocsp_cert_to_id, (const char *md, X509 *subject, X509 *issuer, GOSSL_OUT), cert_to_id(md, subject, issuer, out, len))
GOSSL_TRY(gossl_ocsp_id_new, (const char *md, X509 *issuer, const char *serial, GOSSL_OUT), id_new(md, issuer, serial, out, len))
GOSSL_TRY(gossl_ocsp_id_check, (GOSSL_IN, GOSSL_OUT), write_id(gossl_ocsp_read_id(p, n), out, len))
GOSSL_TEXT(gossl_ocsp_id_info, (GOSSL_IN, GOSSL_OUT), id_info(b, p, n))
GOSSL_VALUE(int, gossl_ocsp_id_cmp, (GOSSL_IN, const unsigned char *q, long m, int issuer), id_cmp(p, n, q, m, issuer))
GOSSL_TRY(gossl_ocsp_check_validity, (int64_t this_update, int has_next, int64_t next_update, long skew, long max_age), check_validity(this_update, has_next, next_update, skew, max_age))
GOSSL_MAKE(gossl_ocsp_request_new, (OCSP_REQUEST **out), OCSP_REQUEST_new())
GOSSL_MAKE(gossl_d2i_ocsp_request, (GOSSL_IN, OCSP_REQUEST **out), d2i_OCSP_REQUEST(NULL, &p, n))
GOSSL_TRY(gossl_i2d_ocsp_request, (OCSP_REQUEST *r, GOSSL_OUT), (*len = i2d_OCSP_REQUEST(r, out)) > 0)
GOSSL_TRY(gossl_ocsp_request_add, (OCSP_REQUEST *r, GOSSL_IN), request_add(r, p, n))
GOSSL_TRY(gossl_ocsp_request_nonce, (OCSP_REQUEST *r, const unsigned char *p, int n), OCSP_request_add1_nonce(r, (unsigned char *)p, n))
GOSSL_TEXT(gossl_ocsp_request_ids, (OCSP_REQUEST *r, GOSSL_OUT), request_ids(b, r))
GOSSL_TEXT(gossl_ocsp_request_print, (OCSP_REQUEST *r, GOSSL_OUT), OCSP_REQUEST_print(b, r, 0))
GOSSL_TRY(gossl_ocsp_request_sign, (OCSP_REQUEST *r, X509 *signer, EVP_PKEY *k, const char *md, X509 **certs, int n, unsigned long flags), request_sign(r, signer, k, md, certs, n, flags))
GOSSL_TRY(gossl_ocsp_request_verify, (OCSP_REQUEST *r, X509 **certs, int n, X509_STORE *st, unsigned long flags), request_verify(r, certs, n, st, flags))
GOSSL_VALUE(int, gossl_ocsp_request_is_signed, (OCSP_REQUEST *r), OCSP_request_is_signed(r))
