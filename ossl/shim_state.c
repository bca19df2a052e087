#include <string.h>

#include "shim_hook.h"

// put appends the DER form of x, with its length in four bytes before it, and
// counts what it needs whether there is room or not.
static void put(gossl_state *st, unsigned char *buf, size_t cap, X509 *x)
{
	int len = i2d_X509(x, NULL);
	if (len <= 0)
		return;
	if (st->need + 4 + (size_t)len <= cap) {
		unsigned char *p = buf + st->need;
		*p++ = (unsigned char)(len >> 24);
		*p++ = (unsigned char)(len >> 16);
		*p++ = (unsigned char)(len >> 8);
		*p++ = (unsigned char)len;
		i2d_X509(x, &p);
	}
	st->need += 4 + (size_t)len;
	st->certs++;
}

static void put_chain(SSL *s, gossl_state *st, unsigned char *buf, size_t cap)
{
	STACK_OF(X509) *chain = SSL_get_peer_cert_chain(s);
	X509 *leaf = SSL_get0_peer_certificate(s);
	// On servers the chain comes without the client's own certificate.
	if (leaf != NULL && (SSL_is_server(s) || sk_X509_num(chain) <= 0))
		put(st, buf, cap, leaf);
	for (int i = 0; i < sk_X509_num(chain); i++)
		put(st, buf, cap, sk_X509_value(chain, i));
}

// put_psk: libssl knows the identity up to TLS 1.2 only. A server of TLS 1.3 has
// found the key by it.
static void put_psk(SSL *s, gossl_state *st)
{
	if (st->version != TLS1_3_VERSION) {
		st->psk = SSL_get_psk_identity(s);
		st->psk_len = st->psk != NULL ? strlen(st->psk) : 0;
		return;
	}
	const gossl_hook *h = gossl_hooks_in_use && st->resumed && SSL_is_server(s) ? gossl_hook_of(s) : NULL;
	if (h != NULL && h->psk_found) {
		st->psk = h->psk_id.p;
		st->psk_len = h->psk_id.n;
	}
}

void gossl_connection_state(SSL *s, gossl_state *st, unsigned char *buf, size_t cap)
{
	gossl_tidy();
	*st = (gossl_state){
		.version = SSL_version(s),
		.version_name = SSL_get_version(s),
		.resumed = SSL_session_reused(s),
		.finished = SSL_is_init_finished(s),
		.early_data = SSL_get_early_data_status(s) == SSL_EARLY_DATA_ACCEPTED,
		.verify = SSL_get_verify_result(s),
		.cipher = SSL_get_current_cipher(s),
		.server_name = SSL_get_servername(s, TLSEXT_NAMETYPE_host_name),
	};
	if (st->cipher != NULL) {
		st->cipher_name = SSL_CIPHER_get_name(st->cipher);
		st->cipher_standard = SSL_CIPHER_standard_name(st->cipher);
		st->cipher_id = SSL_CIPHER_get_id(st->cipher);
		st->cipher_bits = SSL_CIPHER_get_bits(st->cipher, NULL);
	}
	// Without a session 3.0 looks for the group behind a null pointer.
	int group = SSL_get_session(s) != NULL ? (int)SSL_get_negotiated_group(s) : 0;
	if (group != 0)
		st->group = SSL_group_to_name(s, group);
	if (!SSL_get_peer_signature_nid(s, &st->sig_hash))
		st->sig_hash = 0;
	if (!SSL_get_peer_signature_type_nid(s, &st->sig_type))
		st->sig_type = 0;
	X509 *peer = SSL_get0_peer_certificate(s);
	EVP_PKEY *key = peer != NULL ? X509_get0_pubkey(peer) : NULL;
	st->pss_key = key != NULL && EVP_PKEY_is_a(key, "RSA-PSS");
	SSL_get0_alpn_selected(s, &st->alpn, &st->alpn_len);
	put_psk(s, st);
	put_chain(s, st, buf, cap);
	gossl_tidy();
}
