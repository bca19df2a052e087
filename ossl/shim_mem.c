#include <string.h>
#include <time.h>

#include "shim_crypto.h"

// gossl_mem_bio reads what Go lends. Go has no address for nothing at all.
BIO *gossl_mem_bio(const void *p, int len)
{
	return BIO_new_mem_buf(p != NULL ? p : "", len);
}

// gossl_fixed_pass answers a request for a passphrase from u, and never asks a
// terminal.
int gossl_fixed_pass(char *buf, int size, int rwflag, void *u)
{
	(void)rwflag;
	size_t n = u != NULL ? strlen(u) : 0;
	if (u == NULL || n > (size_t)size)
		return -1;
	memcpy(buf, u, n);
	return (int)n;
}

// gossl_end_of_pem says whether reading stopped because no further block came.
int gossl_end_of_pem(void)
{
	unsigned long last = ERR_peek_last_error();
	return ERR_GET_LIB(last) == ERR_LIB_PEM && ERR_GET_REASON(last) == PEM_R_NO_START_LINE;
}

int gossl_copy(const void *p, size_t n, GOSSL_OUT)
{
	if (n > INT32_MAX || (*out = OPENSSL_malloc(n + 1)) == NULL)
		return 0;
	if (n > 0)
		memcpy(*out, p, n);
	(*out)[n] = 0;
	*len = (int)n;
	return 1;
}

// gossl_bio_take brings out what was written to b, and frees b in any case.
int gossl_bio_take(BIO *b, int ok, GOSSL_OUT)
{
	char *data = NULL;
	long n = ok ? BIO_get_mem_data(b, &data) : 0;
	ok = ok && n >= 0 && gossl_copy(data, (size_t)n, out, len);
	BIO_free(b);
	return ok;
}

void gossl_clear_free(void *p, size_t n)
{
	OPENSSL_clear_free(p, n);
}

int gossl_put_int(BIO *b, int64_t v)
{
	return BIO_write(b, &v, sizeof v) == (int)sizeof v;
}

int gossl_put_bytes(BIO *b, const void *p, size_t n)
{
	return n <= INT32_MAX && gossl_put_int(b, (int64_t)n) && (n == 0 || BIO_write(b, p, (int)n) == (int)n);
}

int gossl_put_text(BIO *b, const char *s)
{
	return gossl_put_bytes(b, s, s != NULL ? strlen(s) : 0);
}

// gossl_put_object writes the NID, and the dotted form of any length.
int gossl_put_object(BIO *b, const ASN1_OBJECT *o)
{
	int n = o != NULL ? OBJ_obj2txt(NULL, 0, o, 1) : -1;
	char *text = n >= 0 ? OPENSSL_malloc((size_t)n + 1) : NULL;
	int ok = text != NULL && OBJ_obj2txt(text, n + 1, o, 1) == n
	    && gossl_put_int(b, OBJ_obj2nid(o)) && gossl_put_text(b, text);
	OPENSSL_free(text);
	return ok;
}

// gossl_put_time writes whether there is a time that can be read, and the
// seconds since 1970.
int gossl_put_time(BIO *b, const ASN1_TIME *t)
{
	struct tm tm;
	int ok = t != NULL && ASN1_TIME_to_tm(t, &tm);
	return gossl_put_int(b, ok) && gossl_put_int(b, ok ? (int64_t)timegm(&tm) : 0);
}

// gossl_put_integer writes a number of any length in hexadecimal digits.
int gossl_put_integer(BIO *b, const ASN1_INTEGER *i)
{
	BIGNUM *n = i != NULL ? ASN1_INTEGER_to_BN(i, NULL) : NULL;
	char *hex = n != NULL ? BN_bn2hex(n) : NULL;
	int ok = i == NULL ? gossl_put_text(b, "") : hex != NULL && gossl_put_text(b, hex);
	OPENSSL_free(hex);
	BN_free(n);
	return ok;
}

int gossl_put_string(BIO *b, const ASN1_STRING *s)
{
	return s == NULL ? gossl_put_bytes(b, NULL, 0)
			 : gossl_put_bytes(b, ASN1_STRING_get0_data(s), (size_t)ASN1_STRING_length(s));
}

ASN1_INTEGER *gossl_integer(const char *hex)
{
	BIGNUM *n = NULL;
	ASN1_INTEGER *i = BN_hex2bn(&n, hex) > 0 ? BN_to_ASN1_INTEGER(n, NULL) : NULL;
	BN_free(n);
	return i;
}

// gossl_x509_stack has references of its own.
STACK_OF(X509) *gossl_x509_stack(X509 **list, int n)
{
	STACK_OF(X509) *sk = sk_X509_new_null();
	for (int i = 0; sk != NULL && i < n; i++) {
		if (!X509_up_ref(list[i]) || sk_X509_push(sk, list[i]) <= 0) {
			sk_X509_pop_free(sk, X509_free);
			return NULL;
		}
	}
	return sk;
}

// gossl_x509_list brings out new references to the certificates of sk.
int gossl_x509_list(const STACK_OF(X509) *sk, X509 ***out, int *n)
{
	int count = sk != NULL ? sk_X509_num(sk) : 0;
	if ((*out = OPENSSL_malloc(((size_t)count + 1) * sizeof **out)) == NULL)
		return 0;
	for (int i = 0; i < count; i++) {
		(*out)[i] = sk_X509_value(sk, i);
		X509_up_ref((*out)[i]);
	}
	*n = count;
	return 1;
}

EVP_MD *gossl_md(const char *name)
{
	return EVP_MD_fetch(NULL, name, NULL);
}
