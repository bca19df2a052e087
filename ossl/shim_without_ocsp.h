// What stands in for <openssl/ocsp.h> where OpenSSL was built without OCSP: the
// names that Go knows. No object of these types can be made there, so what
// takes one is never called.
#ifndef GOSSL_SHIM_WITHOUT_OCSP_H
#define GOSSL_SHIM_WITHOUT_OCSP_H

#include "shim_without.h"

#ifdef OPENSSL_NO_OCSP

typedef struct ocsp_request_st OCSP_REQUEST;
typedef struct ocsp_basic_response_st OCSP_BASICRESP;
typedef struct ocsp_cert_id_st OCSP_CERTID;

static inline void OCSP_REQUEST_free(OCSP_REQUEST *r) { (void)r; }
static inline void OCSP_RESPONSE_free(OCSP_RESPONSE *r) { (void)r; }
static inline void OCSP_BASICRESP_free(OCSP_BASICRESP *r) { (void)r; }
static inline int OCSP_response_status(OCSP_RESPONSE *r) { (void)r; return -1; }

// The numbers are those of RFC 6960 and RFC 5280.
enum {
	OCSP_RESPONSE_STATUS_SUCCESSFUL, OCSP_RESPONSE_STATUS_MALFORMEDREQUEST, OCSP_RESPONSE_STATUS_INTERNALERROR,
	OCSP_RESPONSE_STATUS_TRYLATER, OCSP_RESPONSE_STATUS_SIGREQUIRED = 5, OCSP_RESPONSE_STATUS_UNAUTHORIZED
};
enum { V_OCSP_CERTSTATUS_GOOD, V_OCSP_CERTSTATUS_REVOKED, V_OCSP_CERTSTATUS_UNKNOWN };

static inline const char *gossl_word(const char *const *words, size_t n, long i)
{
	return i >= 0 && (size_t)i < n && words[i] != NULL ? words[i] : "(UNKNOWN)";
}

#define GOSSL_WORD(i, ...) \
	static const char *const words[] = {__VA_ARGS__}; \
	return gossl_word(words, sizeof words / sizeof *words, i)

static inline const char *OCSP_response_status_str(long s)
{
	GOSSL_WORD(s, "successful", "malformedrequest", "internalerror", "trylater", NULL, "sigrequired", "unauthorized");
}

static inline const char *OCSP_cert_status_str(long s) { GOSSL_WORD(s, "good", "revoked", "unknown"); }

static inline const char *OCSP_crl_reason_str(long s)
{
	GOSSL_WORD(s, "unspecified", "keyCompromise", "cACompromise", "affiliationChanged", "superseded",
	    "cessationOfOperation", "certificateHold", NULL, "removeFromCRL");
}

enum {
	OCSP_NOCERTS = 0x1, OCSP_NOINTERN = 0x2, OCSP_NOSIGS = 0x4, OCSP_NOCHAIN = 0x8, OCSP_NOVERIFY = 0x10,
	OCSP_NOEXPLICIT = 0x20, OCSP_NOCASIGN = 0x40, OCSP_NODELEGATED = 0x80, OCSP_NOCHECKS = 0x100,
	OCSP_TRUSTOTHER = 0x200, OCSP_RESPID_KEY = 0x400, OCSP_NOTIME = 0x800, OCSP_PARTIAL_CHAIN = 0x1000
};
enum {
	OCSP_R_CERTIFICATE_VERIFY_ERROR = 101, OCSP_R_MISSING_OCSPSIGNING_USAGE = 103, OCSP_R_SIGNATURE_FAILURE = 117,
	OCSP_R_SIGNER_CERTIFICATE_NOT_FOUND, OCSP_R_STATUS_EXPIRED = 125, OCSP_R_STATUS_NOT_YET_VALID,
	OCSP_R_STATUS_TOO_OLD
};

// libssl of such a build asks for no staple and sends none, and its macros for
// it succeed.
#undef SSL_set_tlsext_status_type
#undef SSL_CTX_set_tlsext_status_type
#define SSL_set_tlsext_status_type(s, type) ((void)(s), (void)(type), gossl_missing("OCSP"))
#define SSL_CTX_set_tlsext_status_type(c, type) ((void)(c), (void)(type), gossl_missing("OCSP"))

#endif

#endif
