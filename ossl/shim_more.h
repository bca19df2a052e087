// What the rest of libssl needs beside shim.h: macros for the generated
// functions of zz_shim.c, and the functions of the shim_*.c that came later.
#ifndef GOSSL_SHIM_MORE_H
#define GOSSL_SHIM_MORE_H

#include "shim.h"

// GOSSL_GET defines a function that returns the value of expr.
#define GOSSL_GET(type, name, params, expr) \
	type name params \
	{ \
		type v_ = (type)(expr); \
		gossl_tidy(); \
		return v_; \
	}

// GOSSL_DO defines a function that evaluates expr for its effect.
#define GOSSL_DO(name, params, expr) \
	void name params \
	{ \
		(void)(expr); \
		gossl_tidy(); \
	}

// GOSSL_NID defines a function that returns the int expr puts into v, or 0
// where expr is not 1.
#define GOSSL_NID(name, params, expr) \
	int name params \
	{ \
		int v = 0; \
		int ok_ = (int)(expr); \
		gossl_tidy(); \
		return ok_ == 1 ? v : 0; \
	}

// GOSSL_GIVE defines a function for one of OpenSSL's that takes v over: it
// gets a reference of its own.
#define GOSSL_GIVE(name, params, type, expr) \
	gossl_err *name params \
	{ \
		ERR_clear_error(); \
		errno = 0; \
		if (type##_up_ref(v)) { \
			if (expr) \
				return NULL; \
			type##_free(v); \
		} \
		return gossl_take(NULL, 0, errno); \
	}

// GOSSL_GET1 defines a function that returns expr's object with a reference of
// its own, or an error where there is none.
#define GOSSL_GET1(name, params, type, expr) \
	gossl_err *name params \
	{ \
		ERR_clear_error(); \
		errno = 0; \
		type *o_ = (type *)(expr); \
		if (o_ == NULL || !type##_up_ref(o_)) \
			return gossl_take(NULL, 0, errno); \
		*out = o_; \
		return NULL; \
	}

// A time before 1970 would be taken for a time to come.
#define gossl_flush_sessions(c, t) SSL_CTX_flush_sessions(c, (t) < 0 ? 0 : (t))
// These take pointers that are not const and change nothing behind them.
#define gossl_set_ticket_ext(s, p, n) SSL_set_session_ticket_ext(s, (void *)(p), (int)(n))
#define gossl_set_ticket_keys(c, p, n) SSL_CTX_set_tlsext_ticket_keys(c, (void *)(p), n)
// libssl takes any key for DH parameters, and fails in the handshake.
#define gossl_is_dh(k) (EVP_PKEY_is_a(k, "DH") || EVP_PKEY_is_a(k, "DHX"))
#define gossl_set_tmp_dh(s, k) (gossl_is_dh(k) ? SSL_set0_tmp_dh_pkey(s, k) : 0)
#define gossl_ctx_set_tmp_dh(c, k) (gossl_is_dh(k) ? SSL_CTX_set0_tmp_dh_pkey(c, k) : 0)
#define gossl_give_cert_store(c, st) (SSL_CTX_set_cert_store(c, st), 1)

// gossl_bytes is a copy of something in libssl, made with malloc. p is NULL
// where there is nothing.
typedef struct {
	unsigned char *p;
	size_t n;
} gossl_bytes;

gossl_bytes gossl_copy_bytes(const void *p, size_t n);
gossl_bytes gossl_copy_text(char *s); // takes s, of OPENSSL_malloc, over

// shim_bytes.c: bytes that libssl holds.

enum {
	GOSSL_CLIENT_RANDOM,
	GOSSL_SERVER_RANDOM,
	GOSSL_FINISHED,
	GOSSL_PEER_FINISHED,
	GOSSL_ALPN,
	GOSSL_NEXT_PROTO,
	GOSSL_EC_POINT_FORMATS,
	GOSSL_CERTIFICATE_TYPES,
	GOSSL_RAW_CIPHERLIST,
	GOSSL_OCSP_RESP,
	GOSSL_HELLO_RANDOM,
	GOSSL_HELLO_SESSION_ID,
	GOSSL_HELLO_CIPHERS,
	GOSSL_HELLO_COMPRESSION
};
enum { GOSSL_MASTER_KEY, GOSSL_ID_CONTEXT, GOSSL_TICKET, GOSSL_SESSION_ALPN, GOSSL_TICKET_APPDATA };

gossl_bytes gossl_get_bytes(SSL *s, int which);
gossl_bytes gossl_session_bytes(SSL_SESSION *s, int which);
gossl_bytes gossl_ticket_keys(SSL_CTX *c);
int gossl_hello_isv2(SSL *s);
unsigned gossl_hello_version(SSL *s);
gossl_bytes gossl_hello_ext(SSL *s, unsigned type, int *found);
gossl_bytes gossl_hello_exts(SSL *s);
gossl_err *gossl_set_ocsp_resp(SSL *s, const unsigned char *p, size_t n);
gossl_err *gossl_export(SSL *s, unsigned char *out, size_t n, const char *label, size_t llen,
                        const unsigned char *ctx, size_t clen, int use);
gossl_err *gossl_export_early(SSL *s, unsigned char *out, size_t n, const char *label, size_t llen,
                              const unsigned char *ctx, size_t clen);
int gossl_has_session_id(SSL *s, const unsigned char *p, unsigned n);

// shim_lists.c: stacks and arrays.

enum { GOSSL_CIPHERS, GOSSL_SUPPORTED_CIPHERS, GOSSL_CLIENT_CIPHERS };

typedef struct {
	int sign, hash, both;
	unsigned char raw_sign, raw_hash;
} gossl_sigalg;

typedef struct {
	const char *name; // libssl's own
	unsigned long id;
} gossl_srtp;

gossl_bytes gossl_ciphers(SSL *s, int which); // an array of pointers
gossl_bytes gossl_ctx_ciphers(SSL_CTX *c);
gossl_err *gossl_parse_ciphers(SSL *s, const unsigned char *p, size_t n, int v2, gossl_bytes *ciphers, gossl_bytes *scsvs);
const char *gossl_cipher_list_item(SSL *s, int n);
gossl_bytes gossl_shared_ciphers(SSL *s);
const SSL_CIPHER *gossl_cipher_find(SSL *s, unsigned id);
gossl_bytes gossl_cipher_description(const SSL_CIPHER *c);
const char *gossl_cipher_digest(const SSL_CIPHER *c);
int gossl_cipher_alg_bits(const SSL_CIPHER *c);
gossl_err *gossl_session_set_cipher(SSL_SESSION *s, const SSL_CIPHER *c);
gossl_bytes gossl_groups(SSL *s);
int gossl_shared_group(SSL *s, int n);
const char *gossl_group_name(SSL *s, int id);
gossl_err *gossl_set1_groups(SSL *s, int *list, size_t n);
gossl_err *gossl_set1_sigalgs(SSL *s, int *list, size_t n);
gossl_err *gossl_set1_client_sigalgs(SSL *s, int *list, size_t n);
gossl_err *gossl_ctx_set1_groups(SSL_CTX *c, int *list, size_t n);
gossl_err *gossl_ctx_set1_sigalgs(SSL_CTX *c, int *list, size_t n);
gossl_err *gossl_ctx_set1_client_sigalgs(SSL_CTX *c, int *list, size_t n);
gossl_bytes gossl_sigalgs(SSL *s, int shared);
gossl_bytes gossl_srtp_profiles(SSL *s);
gossl_srtp gossl_srtp_selected(SSL *s);
gossl_bytes gossl_async_fds(SSL *s);
int gossl_changed_async_fds(SSL *s, gossl_bytes *added, gossl_bytes *removed);
int gossl_async_status(SSL *s);

// shim_chain.c: certificates of our own and of the peer, and CA names. Names
// travel in DER form, one behind the other.

enum { GOSSL_CHAIN, GOSSL_PEER_CHAIN, GOSSL_VERIFIED_CHAIN };
enum { GOSSL_CA_LIST, GOSSL_CLIENT_CA_LIST, GOSSL_PEER_CA_LIST };
enum { GOSSL_SUBJECTS_FILE, GOSSL_SUBJECTS_DIR, GOSSL_SUBJECTS_STORE };

int gossl_chain(SSL *s, int which, X509 ***out, int *n);
int gossl_ctx_chain(SSL_CTX *c, int extra, X509 ***out, int *n);
gossl_err *gossl_set1_chain(SSL *s, X509 **list, int n);
gossl_err *gossl_ctx_set1_chain(SSL_CTX *c, X509 **list, int n);
int gossl_check_chain(SSL *s, X509 *x, EVP_PKEY *k, X509 **list, int n);
gossl_err *gossl_use_cert_and_key(SSL *s, X509 *x, EVP_PKEY *k, X509 **list, int n, int override);
gossl_err *gossl_ctx_use_cert_and_key(SSL_CTX *c, X509 *x, EVP_PKEY *k, X509 **list, int n, int override);
gossl_err *gossl_use_certificate_asn1(SSL *s, const unsigned char *p, int n);
gossl_err *gossl_ctx_use_certificate_asn1(SSL_CTX *c, const unsigned char *p, int n);
gossl_err *gossl_use_private_key_asn1(SSL *s, int type, const unsigned char *p, long n);
gossl_err *gossl_ctx_use_private_key_asn1(SSL_CTX *c, int type, const unsigned char *p, long n);
gossl_err *gossl_use_certificate_file(SSL *s, const char *file, int type);
gossl_err *gossl_use_private_key_file(SSL *s, const char *file, int type);
gossl_err *gossl_ctx_use_serverinfo_ex(SSL_CTX *c, unsigned version, const unsigned char *p, size_t n);
gossl_err *gossl_get_store(SSL *s, int chain, X509_STORE **out);
gossl_err *gossl_ctx_get_store(SSL_CTX *c, int chain, X509_STORE **out);
gossl_err *gossl_get_tmp_key(SSL *s, int peer, EVP_PKEY **out);
gossl_bytes gossl_names(SSL *s, int which);
gossl_bytes gossl_ctx_names(SSL_CTX *c, int which);
gossl_err *gossl_set_names(SSL *s, int which, const unsigned char *p, size_t n);
gossl_err *gossl_ctx_set_names(SSL_CTX *c, int which, const unsigned char *p, size_t n);
gossl_err *gossl_add_name(SSL *s, int which, X509 *x);
gossl_err *gossl_ctx_add_name(SSL_CTX *c, X509 *x);
gossl_err *gossl_subjects(int from, const char *where, const unsigned char *p, size_t n, gossl_bytes *out);

// shim_early.c: operations of the state machine beside those of shim_io.c.

typedef struct {
	gossl_result r;
	int status; // SSL_READ_EARLY_DATA_*
} gossl_early;

gossl_early gossl_read_early(SSL *s, unsigned char *p, size_t len);
gossl_result gossl_write_early(SSL *s, const unsigned char *p, size_t len);
gossl_result gossl_sendfile(SSL *s, int fd, int64_t offset, size_t size, int flags);
gossl_result gossl_stateless(SSL *s);
int gossl_ktls(SSL *s, int receive);

// shim_ct.c: certificate transparency and DANE.

typedef struct {
	unsigned char *raw, *log_id; // malloc
	size_t raw_len, log_id_len;
	uint64_t timestamp; // milliseconds
	int version, source, status;
} gossl_sct;

gossl_bytes gossl_scts(SSL *s);
gossl_err *gossl_disable_ct(SSL *s);
gossl_err *gossl_ctx_disable_ct(SSL_CTX *c);
gossl_err *gossl_dane_mtype_set(SSL_CTX *c, const char *md, unsigned mtype, unsigned ord);
gossl_err *gossl_dane_tlsa_add(SSL *s, unsigned usage, unsigned selector, unsigned mtype, const unsigned char *p, size_t n);
int gossl_dane_authority(SSL *s, X509 **cert, EVP_PKEY **key);
int gossl_dane_tlsa(SSL *s, uint8_t *usage, uint8_t *selector, uint8_t *mtype, gossl_bytes *data);

// shim_staple.c: what goes with a request for a stapled response.

gossl_bytes gossl_status_ids(SSL *s);
gossl_err *gossl_set_status_ids(SSL *s, const unsigned char *p, size_t n);
gossl_bytes gossl_status_exts(SSL *s);
gossl_err *gossl_set_status_exts(SSL *s, const unsigned char *p, size_t n);

// shim_session.c: sessions as such.

gossl_err *gossl_session_new(SSL_SESSION **out);
gossl_err *gossl_session_dup(SSL_SESSION *s, SSL_SESSION **out);
int gossl_session_up_ref(SSL_SESSION *s);
gossl_bytes gossl_session_print(SSL_SESSION *s, int keylog);
gossl_bytes gossl_session_pem(SSL_SESSION *s);
gossl_err *gossl_pem_session(const unsigned char *p, int n, SSL_SESSION **out);

// shim_misc.c: what is about no connection, and the lives of SSL and SSL_CTX.

gossl_err *gossl_init_ssl(uint64_t opts);
gossl_err *gossl_dup(SSL *s, SSL **out);
int gossl_up_ref(SSL *s);
const SSL_METHOD *gossl_ctx_method(SSL_CTX *c);
const SSL_METHOD *gossl_ssl_method(SSL *s);
gossl_err *gossl_ctx_set_ssl_version(SSL_CTX *c, const SSL_METHOD *m);
gossl_err *gossl_set_ssl_method(SSL *s, const SSL_METHOD *m);
const char *gossl_servername(SSL *s, int type);
int gossl_select_next_proto(const unsigned char *in, unsigned n, const unsigned char *client, unsigned m,
                            const unsigned char **out, unsigned char *len);
gossl_bytes gossl_trace(SSL *s, int write_p, int version, int type, const unsigned char *p, size_t n, int *known);
int gossl_comp_id(int i);
const char *gossl_comp_name(int i);
const char *gossl_current_comp(SSL *s, int expansion);
int gossl_comp_add(int id);
void gossl_comp_clear(void);

// shim_bio.c: BIOs, and those of an SSL. The caller of a function that takes
// one keeps its own reference.

typedef struct {
	size_t n;
	int want; // SSL_ERROR_WANT_* or 0
	int eof;
	gossl_err *err;
} gossl_bio_result;

enum { GOSSL_BIO_PENDING, GOSSL_BIO_WPENDING, GOSSL_BIO_GUARANTEE, GOSSL_BIO_REQUEST, GOSSL_BIO_EOF };

gossl_err *gossl_bio_mem(const unsigned char *p, size_t n, int fixed, BIO **out);
gossl_err *gossl_bio_pair(size_t n, size_t m, BIO **a, BIO **b);
gossl_err *gossl_bio_fd(int fd, int dgram, BIO **out);
gossl_err *gossl_bio_ssl(SSL_CTX *c, int client, BIO **out);
gossl_err *gossl_bio_ssl_connect(SSL_CTX *c, int buffer, BIO **out);
gossl_err *gossl_bio_f_ssl(SSL *s, BIO **out);
gossl_err *gossl_bio_get_ssl(BIO *b, SSL **out);
gossl_err *gossl_bio_copy_session_id(BIO *to, BIO *from);
void gossl_bio_ssl_shutdown(BIO *b);
gossl_err *gossl_bio_set_conn_hostname(BIO *b, const char *name);
void gossl_bio_set_nbio(BIO *b, int on);
gossl_bio_result gossl_bio_do_handshake(BIO *b);
gossl_bio_result gossl_bio_read(BIO *b, unsigned char *p, size_t n);
gossl_bio_result gossl_bio_write(BIO *b, const unsigned char *p, size_t n);
gossl_bio_result gossl_bio_flush(BIO *b);
size_t gossl_bio_count(BIO *b, int which);
gossl_err *gossl_bio_reset(BIO *b);
void gossl_bio_shutdown_wr(BIO *b);
void gossl_bio_set_mem_eof_return(BIO *b, int v);
gossl_bytes gossl_bio_mem_data(BIO *b);
gossl_err *gossl_set_bios(SSL *s, BIO *r, BIO *w, int which);
gossl_err *gossl_get_bio(SSL *s, int w, BIO **out);
void gossl_bio_free(BIO *b);

// shim_dtls.c: DTLS, and cookies that are made and checked in C.

typedef struct {
	unsigned char ip[16];
	size_t n; // 4, 16, or 0 where the address is not one of IP
	unsigned port;
} gossl_addr;

int gossl_dtls_timeout(SSL *s, int64_t *us);
gossl_result gossl_dtls_handle_timeout(SSL *s);
gossl_result gossl_dtls_listen(SSL *s, gossl_addr *peer);
gossl_err *gossl_set_cookie_secret(SSL_CTX *c, const unsigned char *p, size_t n);
gossl_err *gossl_dgram_set_peer(BIO *b, const unsigned char *ip, size_t n, unsigned port, int connected);
int gossl_dgram_get_peer(BIO *b, gossl_addr *peer);
long gossl_dgram_mtu(BIO *b, int query);

// shim_conf.c: SSL_CONF and the configuration file.

gossl_err *gossl_conf_new(SSL_CONF_CTX **out);
gossl_err *gossl_conf_cmd(SSL_CONF_CTX *c, const char *cmd, const char *value, int *used);
gossl_err *gossl_conf_argv(SSL_CONF_CTX *c, char **argv, int argc, int *used);
gossl_err *gossl_conf_prefix(SSL_CONF_CTX *c, const char *prefix);
gossl_err *gossl_conf_finish(SSL_CONF_CTX *c);
gossl_err *gossl_conf_load(const char *file, const char *app, unsigned long flags);
void gossl_add_ssl_module(void);

// shim_exdata.c: Go values on objects of C.

enum { GOSSL_EX_CTX, GOSSL_EX_SSL, GOSSL_EX_SESSION };

int gossl_ex_index(int class);
gossl_err *gossl_ex_set(int class, void *o, int idx, uintptr_t handle);
uintptr_t gossl_ex_get(int class, const void *o, int idx);
size_t gossl_ex_drain(uintptr_t *out, size_t n);
extern int32_t gossl_ex_dropped; // whether there is something to drain, for Go to look at without a crossing

// shim_libctx.c: OSSL_LIB_CTX and providers.

gossl_err *gossl_lib_new(OSSL_LIB_CTX **out);
gossl_err *gossl_lib_load_config(OSSL_LIB_CTX *l, const char *file);
gossl_err *gossl_lib_set_properties(OSSL_LIB_CTX *l, const char *props);
int gossl_lib_fips(OSSL_LIB_CTX *l);
void gossl_lib_keep(OSSL_LIB_CTX *l);
gossl_err *gossl_prov_load(OSSL_LIB_CTX *l, const char *name, int retain, OSSL_PROVIDER **out);
int gossl_prov_available(OSSL_LIB_CTX *l, const char *name);
const char *gossl_prov_name(OSSL_PROVIDER *p);
int gossl_prov_self_test(OSSL_PROVIDER *p);
void gossl_prov_free(OSSL_PROVIDER *p);
gossl_err *gossl_ctx_new_ex(OSSL_LIB_CTX *l, const char *props, const SSL_METHOD *m, SSL_CTX **out);
SSL_CTX *gossl_ctx_make(OSSL_LIB_CTX *l, const char *props, const SSL_METHOD *m); // shim_ctx.c

// shim_param.c: verify parameters of SSL and SSL_CTX.

gossl_err *gossl_get_param(SSL *s, X509_VERIFY_PARAM **out);
gossl_err *gossl_ctx_get_param(SSL_CTX *c, X509_VERIFY_PARAM **out);
gossl_err *gossl_set1_param(SSL *s, X509_VERIFY_PARAM *p);
gossl_err *gossl_ctx_set1_param(SSL_CTX *c, X509_VERIFY_PARAM *p);

#endif
