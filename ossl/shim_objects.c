#include <openssl/rand.h>

#include "shim_crypto.h"

static int put_oid(BIO *b, const ASN1_OBJECT *o, int no_name)
{
	int n = o != NULL ? OBJ_obj2txt(NULL, 0, o, no_name) : -1;
	char *text = n >= 0 ? OPENSSL_malloc((size_t)n + 1) : NULL;
	int ok = text != NULL && OBJ_obj2txt(text, n + 1, o, no_name) == n && BIO_write(b, text, n) == n;
	OPENSSL_free(text);
	return ok;
}

static int txt2obj(BIO *b, const char *s, int no_name)
{
	ASN1_OBJECT *o = OBJ_txt2obj(s, no_name);
	int ok = o != NULL && put_oid(b, o, 1);
	ASN1_OBJECT_free(o);
	return ok;
}

GOSSL_VALUE(int, gossl_obj_txt2nid, (const char *s), OBJ_txt2nid(s))
GOSSL_TEXT(gossl_obj_txt2obj, (const char *s, int no_name, GOSSL_OUT), txt2obj(b, s, no_name))
GOSSL_VALUE(const char *, gossl_obj_nid2sn, (int nid), OBJ_nid2sn(nid))
GOSSL_VALUE(const char *, gossl_obj_nid2ln, (int nid), OBJ_nid2ln(nid))
GOSSL_TEXT(gossl_obj_nid2txt, (int nid, GOSSL_OUT), put_oid(b, OBJ_nid2obj(nid), 1))
GOSSL_VALUE(int, gossl_obj_find_sigid, (int sig, int *md, int *pkey), OBJ_find_sigid_algs(sig, md, pkey))
GOSSL_TRY(gossl_rand, (unsigned char *p, int n, int priv), (priv ? RAND_priv_bytes(p, n) : RAND_bytes(p, n)) == 1)
GOSSL_TRY(gossl_rand_poll, (void), RAND_poll() == 1)

void gossl_rand_add(const unsigned char *p, int n, double entropy)
{
	ERR_clear_error();
	RAND_add(p, n, entropy);
	ERR_clear_error();
}
