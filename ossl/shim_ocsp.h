// The C side of OCSP. The rules are those of shim.h.
#ifndef GOSSL_SHIM_OCSP_H
#define GOSSL_SHIM_OCSP_H

#include "shim_crypto.h"

// Where OpenSSL has no OCSP, each function is one that says so.
#ifdef OPENSSL_NO_OCSP
#pragma GCC diagnostic ignored "-Wunused-parameter"
#undef GOSSL_TRY
#undef GOSSL_MAKE
#undef GOSSL_TEXT
#undef GOSSL_VALUE
#define GOSSL_TRY(name, params, expr) GOSSL_CALL(name, params, gossl_missing("OCSP"))
#define GOSSL_MAKE GOSSL_TRY
#define GOSSL_TEXT GOSSL_TRY
#define GOSSL_VALUE(type, name, params, expr) \
	type name params { return (type)-1; }
#endif

// shim_ocsp.c: identifiers, which Go holds in DER form, and requests.

OCSP_CERTID *gossl_ocsp_read_id(GOSSL_IN);
gossl_err *gossl_ocsp_cert_to_id(const char *md, X509 *subject, X509 *issuer, GOSSL_OUT);
gossl_err *gossl_ocsp_id_new(const char *md, X509 *issuer, const char *serial, GOSSL_OUT);
gossl_err *gossl_ocsp_id_check(GOSSL_IN, GOSSL_OUT);
gossl_err *gossl_ocsp_id_info(GOSSL_IN, GOSSL_OUT);
int gossl_ocsp_id_cmp(GOSSL_IN, const unsigned char *q, long m, int issuer);
gossl_err *gossl_ocsp_check_validity(int64_t this_update, int has_next, int64_t next_update, long skew, long max_age);
gossl_err *gossl_ocsp_request_new(OCSP_REQUEST **out);
gossl_err *gossl_d2i_ocsp_request(GOSSL_IN, OCSP_REQUEST **out);
gossl_err *gossl_i2d_ocsp_request(OCSP_REQUEST *r, GOSSL_OUT);
gossl_err *gossl_ocsp_request_add(OCSP_REQUEST *r, GOSSL_IN);
gossl_err *gossl_ocsp_request_nonce(OCSP_REQUEST *r, const unsigned char *p, int n);
gossl_err *gossl_ocsp_request_ids(OCSP_REQUEST *r, GOSSL_OUT);
gossl_err *gossl_ocsp_request_print(OCSP_REQUEST *r, GOSSL_OUT);
gossl_err *gossl_ocsp_request_sign(OCSP_REQUEST *r, X509 *signer, EVP_PKEY *k, const char *md, X509 **certs, int n, unsigned long flags);
gossl_err *gossl_ocsp_request_verify(OCSP_REQUEST *r, X509 **certs, int n, X509_STORE *st, unsigned long flags);
int gossl_ocsp_request_is_signed(OCSP_REQUEST *r);

// shim_ocsp_response.c: responses, read and made.

gossl_err *gossl_d2i_ocsp_response(GOSSL_IN, OCSP_RESPONSE **out);
gossl_err *gossl_i2d_ocsp_response(OCSP_RESPONSE *r, GOSSL_OUT);
gossl_err *gossl_ocsp_response_create(int status, OCSP_BASICRESP *bs, OCSP_RESPONSE **out);
gossl_err *gossl_ocsp_response_print(OCSP_RESPONSE *r, GOSSL_OUT);
gossl_err *gossl_ocsp_response_basic(OCSP_RESPONSE *r, OCSP_BASICRESP **out);
gossl_err *gossl_ocsp_basic_new(OCSP_BASICRESP **out);
gossl_err *gossl_i2d_ocsp_basic(OCSP_BASICRESP *bs, GOSSL_OUT);
gossl_err *gossl_d2i_ocsp_basic(GOSSL_IN, OCSP_BASICRESP **out);
gossl_err *gossl_ocsp_basic_singles(OCSP_BASICRESP *bs, GOSSL_OUT);
gossl_err *gossl_ocsp_basic_facts(OCSP_BASICRESP *bs, GOSSL_OUT);
gossl_err *gossl_ocsp_basic_certs(OCSP_BASICRESP *bs, X509 ***out, int *n);
gossl_err *gossl_ocsp_basic_signer(OCSP_BASICRESP *bs, X509 **extra, int n, X509 **out);
gossl_err *gossl_ocsp_basic_verify(OCSP_BASICRESP *bs, X509 **certs, int n, X509_STORE *st, unsigned long flags);
int gossl_ocsp_check_nonce(OCSP_REQUEST *r, OCSP_BASICRESP *bs);
gossl_err *gossl_ocsp_basic_add(OCSP_BASICRESP *bs, GOSSL_IN, int status, int reason, int64_t revoked, int64_t this_update, int has_next, int64_t next_update);
gossl_err *gossl_ocsp_basic_add_cert(OCSP_BASICRESP *bs, X509 *x);
gossl_err *gossl_ocsp_copy_nonce(OCSP_BASICRESP *bs, OCSP_REQUEST *r);
gossl_err *gossl_ocsp_basic_sign(OCSP_BASICRESP *bs, X509 *signer, EVP_PKEY *k, const char *md, X509 **certs, int n, unsigned long flags);

#endif
