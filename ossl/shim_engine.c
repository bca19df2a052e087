// ENGINE is deprecated since 3.0 and gone from 4.0. This file is all of it.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "shim_evp.h"

#if defined(OPENSSL_NO_ENGINE) || defined(OPENSSL_NO_DEPRECATED)
#define NO_ENGINE
#endif

#ifdef NO_ENGINE

// Go does not call what is not there; see gossl_has_engine.
#pragma GCC diagnostic ignored "-Wunused-parameter"
#define IF_ENGINE(expr) 0
#define ENGINE_HERE 0

#else

#include <openssl/engine.h>

#define IF_ENGINE(expr) (expr)
#define ENGINE_HERE 1

// gossl_engine counts the functional references, so that freeing gives them
// all back.
struct gossl_engine_st {
	ENGINE *e;
	int inits;
};

static gossl_engine *by_id(const char *id)
{
	gossl_engine *e = OPENSSL_zalloc(sizeof *e);
	if (e != NULL && (e->e = ENGINE_by_id(id)) == NULL) {
		OPENSSL_free(e);
		return NULL;
	}
	return e;
}

static int init(gossl_engine *e)
{
	int ok = ENGINE_init(e->e);
	e->inits += ok;
	return ok;
}

static int finish(gossl_engine *e)
{
	if (e->inits == 0) {
		ERR_raise(ERR_LIB_ENGINE, ENGINE_R_NOT_INITIALISED);
		return 0;
	}
	e->inits--;
	return ENGINE_finish(e->e);
}

static int list(BIO *b)
{
	int ok = 1;
	for (ENGINE *e = ENGINE_get_first(); e != NULL; e = ENGINE_get_next(e))
		ok = ok && gossl_put_text(b, ENGINE_get_id(e));
	return ok;
}

static EVP_PKEY *load_key(gossl_engine *e, const char *id, const char *pin, int priv)
{
	UI_METHOD *ui = gossl_ui();
	EVP_PKEY *k = NULL;
	if (ui != NULL && priv)
		k = ENGINE_load_private_key(e->e, id, ui, (void *)pin);
	else if (ui != NULL)
		k = ENGINE_load_public_key(e->e, id, ui, (void *)pin);
	UI_destroy_method(ui);
	return k;
}

// load_cert speaks to engine pkcs11, which takes the certificate's name and
// returns the certificate in one struct.
static X509 *load_cert(gossl_engine *e, const char *id)
{
	struct {
		const char *id;
		X509 *cert;
	} params = {id, NULL};
	return ENGINE_ctrl_cmd(e->e, "LOAD_CERT_CTRL", 0, &params, NULL, 0) ? params.cert : NULL;
}

static int register_all(void)
{
	return ENGINE_register_all_complete();
}

#endif

int gossl_has_engine(void)
{
	return ENGINE_HERE;
}

void gossl_engine_load_builtin(void)
{
	ERR_clear_error();
#ifndef NO_ENGINE
	ENGINE_load_builtin_engines();
#endif
	ERR_clear_error();
}

void gossl_engine_free(gossl_engine *e)
{
	ERR_clear_error();
#ifndef NO_ENGINE
	for (; e->inits > 0; e->inits--)
		ENGINE_finish(e->e);
	ENGINE_free(e->e);
#endif
	OPENSSL_free(e);
	ERR_clear_error();
}

ENGINE *gossl_engine_raw(gossl_engine *e)
{
	return e != NULL ? IF_ENGINE(e->e) : NULL;
}

const char *gossl_engine_id(gossl_engine *e)
{
	return IF_ENGINE(ENGINE_get_id(e->e));
}

const char *gossl_engine_name(gossl_engine *e)
{
	return IF_ENGINE(ENGINE_get_name(e->e));
}

GOSSL_TRY(gossl_engine_register_all, (void), IF_ENGINE(register_all()))
GOSSL_TEXT(gossl_engine_list, (GOSSL_OUT), IF_ENGINE(list(b)))
GOSSL_MAKE(gossl_engine_by_id, (const char *id, gossl_engine **out), IF_ENGINE(by_id(id)))
GOSSL_TRY(gossl_engine_init, (gossl_engine *e), IF_ENGINE(init(e)))
GOSSL_TRY(gossl_engine_finish, (gossl_engine *e), IF_ENGINE(finish(e)))
GOSSL_TRY(gossl_engine_cmd_string, (gossl_engine *e, const char *cmd, const char *arg, int optional), IF_ENGINE(ENGINE_ctrl_cmd_string(e->e, cmd, arg, optional)))
GOSSL_TRY(gossl_engine_cmd, (gossl_engine *e, const char *cmd, long arg, int optional), IF_ENGINE(ENGINE_ctrl_cmd(e->e, cmd, arg, NULL, NULL, optional)))
GOSSL_TRY(gossl_engine_set_default, (gossl_engine *e, unsigned flags), IF_ENGINE(ENGINE_set_default(e->e, flags)))
GOSSL_TRY(gossl_engine_set_default_string, (gossl_engine *e, const char *algorithms), IF_ENGINE(ENGINE_set_default_string(e->e, algorithms)))
GOSSL_MAKE(gossl_engine_load_key, (gossl_engine *e, const char *id, const char *pin, int priv, EVP_PKEY **out), IF_ENGINE(load_key(e, id, pin, priv)))
GOSSL_MAKE(gossl_engine_load_cert, (gossl_engine *e, const char *id, X509 **out), IF_ENGINE(load_cert(e, id)))
GOSSL_TRY(gossl_ctx_set_client_cert_engine, (SSL_CTX *c, gossl_engine *e), IF_ENGINE(SSL_CTX_set_client_cert_engine(c, e->e)))
