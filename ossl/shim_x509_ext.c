#include <string.h>

#include <openssl/x509v3.h>

#include "shim_crypto.h"

// gossl_put_ext writes one extension: what it is, its DER form, and its text as
// openssl-x509(1) prints it. OpenSSL hands it out as const from 4.0 on, and
// takes it as const from then on only.
int gossl_put_ext(BIO *b, const X509_EXTENSION *ext)
{
	X509_EXTENSION *e = (X509_EXTENSION *)ext;
	unsigned char *text = NULL;
	int n = 0;
	BIO *t = BIO_new(BIO_s_mem());
	int ok = gossl_bio_take(t, t != NULL && X509V3_EXT_print(t, e, X509V3_EXT_DUMP_UNKNOWN, 0) >= 0, &text, &n);
	ok = gossl_put_object(b, X509_EXTENSION_get_object(e)) && gossl_put_int(b, X509_EXTENSION_get_critical(e))
	    && gossl_put_string(b, X509_EXTENSION_get_data(e)) && gossl_put_bytes(b, text, ok ? (size_t)n : 0);
	OPENSSL_free(text);
	return ok;
}

static int put_exts(BIO *b, X509 *x)
{
	int ok = 1;
	for (int i = 0; ok && i < X509_get_ext_count(x); i++)
		ok = gossl_put_ext(b, X509_get_ext(x, i));
	return ok;
}

// put_general_name writes the type, the bytes, and a text.
static int put_general_name(BIO *b, GENERAL_NAME *g)
{
	int type = 0, n = 0;
	void *v = GENERAL_NAME_get0_value(g, &type);
	unsigned char *text = NULL, *der = NULL;
	BIO *t = BIO_new(BIO_s_mem());
	int printed = gossl_bio_take(t, t != NULL && GENERAL_NAME_print(t, g) == 1, &text, &n);
	int ok = gossl_put_int(b, type);
	if (type == GEN_DNS || type == GEN_EMAIL || type == GEN_URI || type == GEN_IPADD) {
		ok = ok && gossl_put_string(b, v);
	} else {
		int m = i2d_GENERAL_NAME(g, &der);
		ok = ok && gossl_put_bytes(b, der, m > 0 ? (size_t)m : 0);
	}
	ok = ok && gossl_put_bytes(b, text, printed ? (size_t)n : 0);
	OPENSSL_free(der);
	OPENSSL_free(text);
	return ok;
}

// put_general_names tells an extension that is not there (-1, which is no
// error) from one that is damaged or there twice.
static int put_general_names(BIO *b, X509 *x, int nid)
{
	int crit = 0, ok = 1;
	GENERAL_NAMES *list = X509_get_ext_d2i(x, nid, &crit, NULL);
	if (list == NULL)
		return crit == -1;
	for (int i = 0; ok && i < sk_GENERAL_NAME_num(list); i++)
		ok = put_general_name(b, sk_GENERAL_NAME_value(list, i));
	GENERAL_NAMES_free(list);
	return ok;
}

static int put_uris(BIO *b, X509 *x)
{
	int crit = 0, ok = 1;
	CRL_DIST_POINTS *points = X509_get_ext_d2i(x, NID_crl_distribution_points, &crit, NULL);
	if (points == NULL)
		return crit == -1;
	for (int i = 0; ok && i < sk_DIST_POINT_num(points); i++) {
		DIST_POINT_NAME *name = sk_DIST_POINT_value(points, i)->distpoint;
		GENERAL_NAMES *full = name != NULL && name->type == 0 ? name->name.fullname : NULL;
		for (int j = 0; ok && j < sk_GENERAL_NAME_num(full); j++) {
			GENERAL_NAME *g = sk_GENERAL_NAME_value(full, j);
			if (g->type == GEN_URI)
				ok = gossl_put_string(b, g->d.uniformResourceIdentifier);
		}
	}
	CRL_DIST_POINTS_free(points);
	return ok;
}

static int put_issuer_uris(BIO *b, X509 *x)
{
	int crit = 0, ok = 1;
	AUTHORITY_INFO_ACCESS *info = X509_get_ext_d2i(x, NID_info_access, &crit, NULL);
	if (info == NULL)
		return crit == -1;
	for (int i = 0; ok && i < sk_ACCESS_DESCRIPTION_num(info); i++) {
		ACCESS_DESCRIPTION *a = sk_ACCESS_DESCRIPTION_value(info, i);
		if (OBJ_obj2nid(a->method) == NID_ad_ca_issuers && a->location->type == GEN_URI)
			ok = gossl_put_string(b, a->location->d.uniformResourceIdentifier);
	}
	AUTHORITY_INFO_ACCESS_free(info);
	return ok;
}

static int put_stack(BIO *b, STACK_OF(OPENSSL_STRING) *list)
{
	int ok = 1;
	for (int i = 0; ok && i < sk_OPENSSL_STRING_num(list); i++)
		ok = gossl_put_text(b, sk_OPENSSL_STRING_value(list, i));
	X509_email_free(list);
	return ok;
}

// put_strings: 0 OCSP responders, 1 e-mail addresses, 2 CRL URLs, 3 issuer URLs.
static int put_strings(BIO *b, X509 *x, int kind)
{
	switch (kind) {
	case 0:
		return put_stack(b, X509_get1_ocsp(x));
	case 1:
		return put_stack(b, X509_get1_email(x));
	case 2:
		return put_uris(b, x);
	default:
		return put_issuer_uris(b, x);
	}
}

static int put_eku(BIO *b, X509 *x)
{
	int crit = 0, ok = 1;
	EXTENDED_KEY_USAGE *list = X509_get_ext_d2i(x, NID_ext_key_usage, &crit, NULL);
	if (list == NULL)
		return crit == -1;
	for (int i = 0; ok && i < sk_ASN1_OBJECT_num(list); i++)
		ok = gossl_put_object(b, sk_ASN1_OBJECT_value(list, i));
	EXTENDED_KEY_USAGE_free(list);
	return ok;
}

int gossl_x509_usage(X509 *x, uint32_t *flags, uint32_t *ku, uint32_t *xku, long *pathlen)
{
	ERR_clear_error();
	*flags = X509_get_extension_flags(x);
	*ku = X509_get_key_usage(x);
	*xku = X509_get_extended_key_usage(x);
	*pathlen = X509_get_pathlen(x);
	ERR_clear_error();
	return 1;
}

static int put_key_ids(BIO *b, X509 *x)
{
	return gossl_put_string(b, X509_get0_subject_key_id(x)) && gossl_put_string(b, X509_get0_authority_key_id(x))
	    && gossl_put_integer(b, X509_get0_authority_serial(x));
}

static int put_objects(BIO *b, const STACK_OF(ASN1_OBJECT) *list)
{
	int n = list != NULL ? sk_ASN1_OBJECT_num(list) : 0, ok = gossl_put_int(b, n);
	for (int i = 0; ok && i < n; i++)
		ok = gossl_put_object(b, sk_ASN1_OBJECT_value(list, i));
	return ok;
}

static int put_aux(BIO *b, X509 *x)
{
	int n = 0, m = 0;
	const unsigned char *alias = X509_alias_get0(x, &n), *id = X509_keyid_get0(x, &m);
	return gossl_put_bytes(b, alias, alias != NULL ? (size_t)n : 0) && gossl_put_bytes(b, id, id != NULL ? (size_t)m : 0)
	    && put_objects(b, X509_get0_trust_objects(x)) && put_objects(b, X509_get0_reject_objects(x));
}

static int add1_trust(X509 *x, int reject, const char *oid)
{
	ASN1_OBJECT *o = OBJ_txt2obj(oid, 0);
	int ok = o != NULL && (reject ? X509_add1_reject_object(x, o) : X509_add1_trust_object(x, o));
	ASN1_OBJECT_free(o);
	return ok;
}

void gossl_x509_trust_clear(X509 *x, int reject)
{
	reject ? X509_reject_clear(x) : X509_trust_clear(x);
}

GOSSL_TEXT(gossl_x509_exts, (X509 *x, GOSSL_OUT), put_exts(b, x))
GOSSL_TEXT(gossl_x509_general_names, (X509 *x, int nid, GOSSL_OUT), put_general_names(b, x, nid))
GOSSL_TEXT(gossl_x509_strings, (X509 *x, int kind, GOSSL_OUT), put_strings(b, x, kind))
GOSSL_TEXT(gossl_x509_eku, (X509 *x, GOSSL_OUT), put_eku(b, x))
GOSSL_TEXT(gossl_x509_key_ids, (X509 *x, GOSSL_OUT), put_key_ids(b, x))
GOSSL_TEXT(gossl_x509_aux, (X509 *x, GOSSL_OUT), put_aux(b, x))
GOSSL_TRY(gossl_x509_alias_set1, (X509 *x, const char *alias, int n), X509_alias_set1(x, (const unsigned char *)alias, n))
GOSSL_TRY(gossl_x509_add1_trust, (X509 *x, int reject, const char *oid), add1_trust(x, reject, oid))
GOSSL_VALUE(int, gossl_x509_check_host, (X509 *x, const char *host, size_t n, unsigned flags, char **peername), X509_check_host(x, host, n, flags, peername))
GOSSL_VALUE(int, gossl_x509_check_email, (X509 *x, const char *mail, size_t n, unsigned flags), X509_check_email(x, mail, n, flags))
GOSSL_VALUE(int, gossl_x509_check_ip, (X509 *x, const unsigned char *ip, size_t n, unsigned flags), X509_check_ip(x, ip, n, flags))
GOSSL_VALUE(int, gossl_x509_check_ip_asc, (X509 *x, const char *ip, unsigned flags), X509_check_ip_asc(x, ip, flags))
GOSSL_VALUE(int, gossl_x509_check_purpose, (X509 *x, int id, int ca), X509_check_purpose(x, id, ca))
GOSSL_VALUE(int, gossl_x509_check_trust, (X509 *x, int id, int flags), X509_check_trust(x, id, flags))
GOSSL_VALUE(int, gossl_x509_check_issued, (X509 *issuer, X509 *subject), X509_check_issued(issuer, subject))
GOSSL_VALUE(int, gossl_x509_check_ca, (X509 *x), X509_check_ca(x))

int gossl_purpose_by_sname(const char *name)
{
	int i = X509_PURPOSE_get_by_sname(name);
	return i < 0 ? 0 : X509_PURPOSE_get_id(X509_PURPOSE_get0(i));
}
