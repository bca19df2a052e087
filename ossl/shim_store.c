#include "shim_crypto.h"

// load_file brings the kinds of objects that load reads: X509_LOOKUP_file has
// a method for each.
static int load_file(X509_STORE *st, int (*load)(X509_LOOKUP *, const char *, int), const char *file, int type, int *count)
{
	X509_LOOKUP *l = X509_STORE_add_lookup(st, X509_LOOKUP_file());
	*count = l != NULL ? load(l, file, type) : 0;
	return *count > 0;
}

static int add_dir(X509_STORE *st, const char *dir, int type)
{
	X509_LOOKUP *l = X509_STORE_add_lookup(st, X509_LOOKUP_hash_dir());
	return l != NULL && X509_LOOKUP_add_dir(l, dir, type) > 0;
}

static X509_VERIFY_PARAM *copy_param(const X509_VERIFY_PARAM *from)
{
	X509_VERIFY_PARAM *p = X509_VERIFY_PARAM_new();
	if (p != NULL && !X509_VERIFY_PARAM_set1(p, from)) {
		X509_VERIFY_PARAM_free(p);
		return NULL;
	}
	return p;
}

// objects brings out what st holds, either a certificate or a CRL in each
// place. The lock keeps a lookup from adding to it meanwhile.
static int objects(X509_STORE *st, X509 ***xs, X509_CRL ***crls, int *count)
{
	if (!X509_STORE_lock(st))
		return 0;
	STACK_OF(X509_OBJECT) *list = X509_STORE_get0_objects(st);
	int n = sk_X509_OBJECT_num(list);
	*xs = OPENSSL_zalloc(((size_t)n + 1) * sizeof **xs);
	*crls = OPENSSL_zalloc(((size_t)n + 1) * sizeof **crls);
	int ok = *xs != NULL && *crls != NULL;
	for (int i = 0; ok && i < n; i++) {
		X509_OBJECT *o = sk_X509_OBJECT_value(list, i);
		if (((*xs)[i] = X509_OBJECT_get0_X509(o)) != NULL)
			X509_up_ref((*xs)[i]);
		if (((*crls)[i] = X509_OBJECT_get0_X509_CRL(o)) != NULL)
			X509_CRL_up_ref((*crls)[i]);
	}
	X509_STORE_unlock(st);
	*count = n;
	if (!ok) {
		OPENSSL_free(*xs);
		OPENSSL_free(*crls);
	}
	return ok;
}

GOSSL_TRY(gossl_store_add_crl, (X509_STORE *st, X509_CRL *c), X509_STORE_add_crl(st, c) == 1)
GOSSL_TRY(gossl_store_load_crls, (X509_STORE *st, const char *file, int type, int *count), load_file(st, X509_load_crl_file, file, type, count))
GOSSL_TRY(gossl_store_load_certs, (X509_STORE *st, const char *file, int type, int *count), load_file(st, X509_load_cert_file, file, type, count))
GOSSL_TRY(gossl_store_load_both, (X509_STORE *st, const char *file, int type, int *count), load_file(st, X509_load_cert_crl_file, file, type, count))
GOSSL_TRY(gossl_store_add_dir, (X509_STORE *st, const char *dir, int type), add_dir(st, dir, type))
GOSSL_TRY(gossl_store_load_uri, (X509_STORE *st, const char *uri), X509_STORE_load_store(st, uri) == 1)
GOSSL_TRY(gossl_store_set_purpose, (X509_STORE *st, int purpose), X509_STORE_set_purpose(st, purpose) == 1)
GOSSL_TRY(gossl_store_set_trust, (X509_STORE *st, int trust), X509_STORE_set_trust(st, trust) == 1)
GOSSL_TRY(gossl_store_set_depth, (X509_STORE *st, int depth), X509_STORE_set_depth(st, depth) == 1)
GOSSL_TRY(gossl_store_set1_param, (X509_STORE *st, X509_VERIFY_PARAM *p), X509_STORE_set1_param(st, p) == 1)
GOSSL_MAKE(gossl_store_get1_param, (X509_STORE *st, X509_VERIFY_PARAM **out), copy_param(X509_STORE_get0_param(st)))
GOSSL_TRY(gossl_store_objects, (X509_STORE *st, X509 ***xs, X509_CRL ***crls, int *count), objects(st, xs, crls, count))
