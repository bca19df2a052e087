// The C side of what lies elsewhere: OSSL_STORE URIs, engines, and
// configuration files. The rules are those of shim.h.
#ifndef GOSSL_SHIM_STORE_URI_H
#define GOSSL_SHIM_STORE_URI_H

#include "shim_crypto.h"

// shim_store_uri.c: OSSL_STORE_CTX with what answers its questions.

typedef struct {
	OSSL_STORE_CTX *ctx;
	UI_METHOD *ui;
	char *pass;
	int expects; // one type of objects only
} gossl_ossl_store;

// gossl_store_info is one object; references go to the receiver.
typedef struct {
	int type; // 0 at the end
	EVP_PKEY *key;
	X509 *cert;
	X509_CRL *crl;
	char *name, *description;
} gossl_store_info;

gossl_err *gossl_ossl_store_open(const char *uri, const char *pass, gossl_ossl_store **out);
void gossl_ossl_store_close(gossl_ossl_store *s);
gossl_err *gossl_ossl_store_expect(gossl_ossl_store *s, int type);
gossl_err *gossl_ossl_store_find_name(gossl_ossl_store *s, GOSSL_IN, const char *serial);
gossl_err *gossl_ossl_store_find_alias(gossl_ossl_store *s, const char *alias);
gossl_err *gossl_ossl_store_find_fingerprint(gossl_ossl_store *s, const char *md, const unsigned char *p, size_t n);
gossl_err *gossl_ossl_store_load(gossl_ossl_store *s, gossl_store_info *out);
int gossl_ossl_store_supports(gossl_ossl_store *s, int search);
int gossl_ossl_store_eof(gossl_ossl_store *s);

UI_METHOD *gossl_ui(void);

// shim_engine.c: ENGINE, where this OpenSSL has it.

typedef struct gossl_engine_st gossl_engine;

int gossl_has_engine(void);
void gossl_engine_load_builtin(void);
gossl_err *gossl_engine_register_all(void);
gossl_err *gossl_engine_list(GOSSL_OUT);
gossl_err *gossl_engine_by_id(const char *id, gossl_engine **out);
void gossl_engine_free(gossl_engine *e);
gossl_err *gossl_engine_init(gossl_engine *e);
gossl_err *gossl_engine_finish(gossl_engine *e);
gossl_err *gossl_engine_cmd_string(gossl_engine *e, const char *cmd, const char *arg, int optional);
gossl_err *gossl_engine_cmd(gossl_engine *e, const char *cmd, long arg, int optional);
gossl_err *gossl_engine_set_default(gossl_engine *e, unsigned flags);
gossl_err *gossl_engine_set_default_string(gossl_engine *e, const char *list);
gossl_err *gossl_engine_load_key(gossl_engine *e, const char *id, const char *pin, int priv, EVP_PKEY **out);
gossl_err *gossl_engine_load_cert(gossl_engine *e, const char *id, X509 **out);
gossl_err *gossl_ctx_set_client_cert_engine(SSL_CTX *c, gossl_engine *e);
const char *gossl_engine_id(gossl_engine *e);
const char *gossl_engine_name(gossl_engine *e);

// shim_nconf.c: CONF.

gossl_err *gossl_nconf_load(const char *file, GOSSL_IN, CONF **out);
gossl_err *gossl_nconf_string(CONF *c, const char *section, const char *name, GOSSL_OUT);
gossl_err *gossl_nconf_number(CONF *c, const char *section, const char *name, long *out);
gossl_err *gossl_nconf_section(CONF *c, const char *section, GOSSL_OUT);
gossl_err *gossl_nconf_names(CONF *c, GOSSL_OUT);
gossl_err *gossl_nconf_dump(CONF *c, GOSSL_OUT);
gossl_err *gossl_nconf_modules_load(CONF *c, const char *app, unsigned long flags);

#endif
