#include "shim_crypto.h"

static int read_x509s(const unsigned char *p, long n, X509 ***out, int *count)
{
	BIO *b = gossl_mem_bio(p, (int)n);
	STACK_OF(X509) *sk = sk_X509_new_null();
	X509 *x;
	int ok = b != NULL && sk != NULL;
	while (ok && (x = PEM_read_bio_X509_AUX(b, NULL, gossl_fixed_pass, NULL)) != NULL)
		if (!(ok = sk_X509_push(sk, x) > 0))
			X509_free(x);
	ok = ok && gossl_end_of_pem() && sk_X509_num(sk) > 0 && gossl_x509_list(sk, out, count);
	sk_X509_pop_free(sk, X509_free);
	BIO_free(b);
	return ok;
}

static int split_infos(STACK_OF(X509_INFO) *infos, X509 ***xs, X509_CRL ***crls, EVP_PKEY ***keys, int *count)
{
	size_t n = (size_t)sk_X509_INFO_num(infos);
	*xs = OPENSSL_zalloc((n + 1) * sizeof **xs);
	*crls = OPENSSL_zalloc((n + 1) * sizeof **crls);
	*keys = OPENSSL_zalloc((n + 1) * sizeof **keys);
	if (*xs == NULL || *crls == NULL || *keys == NULL) {
		OPENSSL_free(*xs);
		OPENSSL_free(*crls);
		OPENSSL_free(*keys);
		return 0;
	}
	for (size_t i = 0; i < n; i++) {
		X509_INFO *info = sk_X509_INFO_value(infos, (int)i);
		(*xs)[i] = info->x509;
		(*crls)[i] = info->crl;
		(*keys)[i] = info->x_pkey != NULL ? info->x_pkey->dec_pkey : NULL;
		info->x509 = NULL;
		info->crl = NULL;
		if (info->x_pkey != NULL)
			info->x_pkey->dec_pkey = NULL;
	}
	*count = (int)n;
	return 1;
}

static int read_infos(const unsigned char *p, long n, const char *pass, X509 ***xs, X509_CRL ***crls, EVP_PKEY ***keys, int *count)
{
	BIO *b = gossl_mem_bio(p, (int)n);
	STACK_OF(X509_INFO) *infos = b != NULL ? PEM_X509_INFO_read_bio(b, NULL, gossl_fixed_pass, (void *)pass) : NULL;
	int ok = infos != NULL && split_infos(infos, xs, crls, keys, count);
	sk_X509_INFO_pop_free(infos, X509_INFO_free);
	BIO_free(b);
	return ok;
}

// put_facts writes what nearly every program asks of a certificate.
static int put_facts(BIO *b, X509 *x)
{
	int md = NID_undef, pkey = NID_undef, bits = 0;
	uint32_t flags = 0;
	X509_get_signature_info(x, &md, &pkey, &bits, &flags);
	return gossl_put_integer(b, X509_get0_serialNumber(x))
	    && gossl_put_time(b, X509_get0_notBefore(x)) && gossl_put_time(b, X509_get0_notAfter(x))
	    && gossl_put_int(b, X509_get_signature_nid(x)) && gossl_put_int(b, md) && gossl_put_int(b, pkey)
	    && gossl_put_int(b, bits) && gossl_put_int(b, flags);
}

static int put_signature(BIO *b, X509 *x)
{
	const ASN1_BIT_STRING *sig = NULL;
	const X509_ALGOR *alg = NULL;
	const ASN1_OBJECT *o = NULL;
	X509_get0_signature(&sig, &alg, x);
	X509_ALGOR_get0(&o, NULL, NULL, alg);
	return gossl_put_object(b, o) && gossl_put_string(b, sig);
}

static int digest(X509 *x, int pubkey, const char *name, GOSSL_OUT)
{
	unsigned char sum[EVP_MAX_MD_SIZE];
	unsigned n = 0;
	EVP_MD *md = gossl_md(name);
	int ok = md != NULL && (pubkey ? X509_pubkey_digest(x, md, sum, &n) : X509_digest(x, md, sum, &n));
	EVP_MD_free(md);
	return ok && gossl_copy(sum, n, out, len);
}

static int name_der(X509 *x, int issuer, GOSSL_OUT)
{
	return (*len = i2d_X509_NAME(issuer ? X509_get_issuer_name(x) : X509_get_subject_name(x), out)) > 0;
}

GOSSL_TRY(gossl_pem_read_x509s, (GOSSL_IN, X509 ***out, int *count), read_x509s(p, n, out, count))
GOSSL_TRY(gossl_pem_read_infos, (GOSSL_IN, const char *pass, X509 ***xs, X509_CRL ***crls, EVP_PKEY ***keys, int *count), read_infos(p, n, pass, xs, crls, keys, count))
GOSSL_TEXT(gossl_pem_write_x509, (X509 *x, GOSSL_OUT), PEM_write_bio_X509(b, x))
GOSSL_TEXT(gossl_pem_write_x509_aux, (X509 *x, GOSSL_OUT), PEM_write_bio_X509_AUX(b, x))
GOSSL_MAKE(gossl_d2i_x509_aux, (GOSSL_IN, X509 **out), d2i_X509_AUX(NULL, &p, n))
GOSSL_TRY(gossl_i2d_x509_aux, (X509 *x, GOSSL_OUT), (*len = i2d_X509_AUX(x, out)) > 0)
GOSSL_MAKE(gossl_x509_dup, (X509 *x, X509 **out), X509_dup(x))
GOSSL_TEXT(gossl_x509_print, (X509 *x, unsigned long nmflags, unsigned long cflags, GOSSL_OUT), X509_print_ex(b, x, nmflags, cflags))
GOSSL_TRY(gossl_x509_name_der, (X509 *x, int issuer, GOSSL_OUT), name_der(x, issuer, out, len))
GOSSL_TEXT(gossl_x509_facts, (X509 *x, GOSSL_OUT), put_facts(b, x))
GOSSL_TEXT(gossl_x509_signature, (X509 *x, GOSSL_OUT), put_signature(b, x))
GOSSL_TRY(gossl_x509_digest, (X509 *x, int pubkey, const char *md, GOSSL_OUT), digest(x, pubkey, md, out, len))
GOSSL_MAKE(gossl_x509_get_pubkey, (X509 *x, EVP_PKEY **out), X509_get_pubkey(x))
GOSSL_TRY(gossl_x509_pubkey_der, (X509 *x, GOSSL_OUT), (*len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x), out)) > 0)
GOSSL_TRY(gossl_x509_verify, (X509 *x, EVP_PKEY *k), X509_verify(x, k) == 1)
GOSSL_VALUE(int, gossl_x509_cmp, (X509 *x, X509 *y), X509_cmp(x, y))
GOSSL_VALUE(int, gossl_x509_self_signed, (X509 *x, int verify), X509_self_signed(x, verify))
GOSSL_VALUE(unsigned long, gossl_x509_subject_hash, (X509 *x), X509_subject_name_hash(x))
GOSSL_VALUE(unsigned long, gossl_x509_issuer_hash, (X509 *x), X509_issuer_name_hash(x))
