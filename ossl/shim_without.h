#ifndef GOSSL_SHIM_WITHOUT_H
#define GOSSL_SHIM_WITHOUT_H

// What OpenSSL can be built without, and its headers then do not declare: calls
// that fail, and say why in the queue. What it only reports is nothing.

#include <openssl/comp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

static inline int gossl_missing(const char *what)
{
	ERR_raise_data(ERR_LIB_SSL, ERR_R_UNSUPPORTED, "this build of OpenSSL has no %s", what);
	return 0;
}

#ifdef OPENSSL_NO_CT
#define SSL_enable_ct(s, mode) ((void)(s), (void)(mode), gossl_missing("CT"))
#define SSL_CTX_enable_ct(c, mode) ((void)(c), (void)(mode), gossl_missing("CT"))
#define SSL_CTX_set_ctlog_list_file(c, path) ((void)(c), (void)(path), gossl_missing("CT"))
#define SSL_CTX_set_default_ctlog_list_file(c) ((void)(c), gossl_missing("CT"))
#define SSL_ct_is_enabled(s) ((void)(s), 0)
#define SSL_CTX_ct_is_enabled(c) ((void)(c), 0)

// The numbers of SCTs are Go's constants too.
enum { SSL_CT_VALIDATION_PERMISSIVE, SSL_CT_VALIDATION_STRICT };
enum { SCT_SOURCE_UNKNOWN, SCT_SOURCE_TLS_EXTENSION, SCT_SOURCE_X509V3_EXTENSION, SCT_SOURCE_OCSP_STAPLED_RESPONSE };
enum {
	SCT_VALIDATION_STATUS_NOT_SET, SCT_VALIDATION_STATUS_UNKNOWN_LOG, SCT_VALIDATION_STATUS_VALID,
	SCT_VALIDATION_STATUS_INVALID, SCT_VALIDATION_STATUS_UNVERIFIED, SCT_VALIDATION_STATUS_UNKNOWN_VERSION
};
#endif

// Those of TLS 1.3 are not among them.
#ifdef OPENSSL_NO_PSK
#define SSL_use_psk_identity_hint(s, hint) ((void)(s), (void)(hint), gossl_missing("PSK"))
#define SSL_CTX_use_psk_identity_hint(c, hint) ((void)(c), (void)(hint), gossl_missing("PSK"))
#define SSL_CTX_set_psk_client_callback(c, f) ((void)(c), (void)(f))
#define SSL_CTX_set_psk_server_callback(c, f) ((void)(c), (void)(f))
#define SSL_get_psk_identity(s) ((void)(s), (const char *)NULL)
#define SSL_get_psk_identity_hint(s) ((void)(s), (const char *)NULL)
#endif

// 1 is failure where profiles are set.
#ifdef OPENSSL_NO_SRTP
#define SSL_set_tlsext_use_srtp(s, profiles) ((void)(s), (void)(profiles), !gossl_missing("SRTP"))
#define SSL_CTX_set_tlsext_use_srtp(c, profiles) ((void)(c), (void)(profiles), !gossl_missing("SRTP"))
#define SSL_get_srtp_profiles(s) ((void)(s), (STACK_OF(SRTP_PROTECTION_PROFILE) *)NULL)
#define SSL_get_selected_srtp_profile(s) ((void)(s), (SRTP_PROTECTION_PROFILE *)NULL)
#endif

#ifdef OPENSSL_NO_COMP
#define COMP_zlib() ((COMP_METHOD *)NULL)
#define COMP_get_type(m) ((void)(m), NID_undef)
#endif

#endif
