package porting

// Names that OpenSSL 3.0's headers do not declare: what older releases had, and
// what newer ones added and services call already.
var rulesLater = []rule{
	no("SSL_CTX_set_cert_compression* SSL_CTX_get1_compressed_cert SSL_CTX_set1_compressed_cert",
		"certificate compression came with OpenSSL 3.2"),
	no("SSL_CTX_set1_echstore SSL_set1_echstore SSL_set1_ech_config_list", "ECH came with OpenSSL 4.0"),
	no("SSL_new_stream SSL_accept_stream SSL_stream_conclude SSL_handle_events SSL_get_event_timeout SSL_set_blocking_mode SSL_poll "+
		"SSL_provide_quic_data SSL_new_listener SSL_accept_connection SSL_new_from_listener SSL_new_domain",
		"QUIC is not for this package: it is for connections over stream sockets"),
	no("SSL_CTX_set_domain_flags SSL_CTX_set_new_pending_conn_cb SSL_set_value_uint SSL_get_value_uint "+
		"SSL_write_ex2 SSL_CTX_get0_implemented_groups", "came after OpenSSL 3.0"),
	del("SSL_CTX_set_app_verify_cb SSL_CTX_get_secure_renegotiation SSL_CTX_need_tmp_rsa",
		"gone since OpenSSL 1.1"),
	std("SSL_SESSION_cmp", "bytes", `ok = bytes.Equal(data, sess.GetID())`, "gone since OpenSSL 1.1: compare the ids"),
	use("TLSv1_3_method TLSv1_3_client_method TLSv1_3_server_method", "ossl.Ctx.SetMinProtoVersion",
		`err = c.SetMinProtoVersion(ossl.TLS1_3Version)`, "of BoringSSL and of programs: OpenSSL has no method for TLS 1.3 alone"),
	use("X509_STORE_CTX_get0_rpk X509_STORE_CTX_set0_rpk X509_STORE_CTX_init_rpk", "ossl.SSL.Get0PeerRPK", "",
		"came with OpenSSL 3.2: the raw public key that a peer showed"),
	use("ECDSA_METHOD ECDSA_METHOD_* ECDSA_get_default_method ECDSA_set_default_method ECDSA_set_method ECDSA_OpenSSL ECDH_OpenSSL "+
		"ECDH_METHOD ECDH_set_method ENGINE_set_ECDSA ENGINE_get_ECDSA ENGINE_set_ECDH ENGINE_get_ECDH ENGINE_get_default_ECDSA "+
		"ENGINE_set_default_ECDSA ENGINE_get_default_ECDH ENGINE_set_default_ECDH",
		"bridge.Certificate.Signer ossl.NewSignerKey", `pk, err = ossl.NewSignerKey(signer)`,
		"of OpenSSL 1.0: a key with functions of its own, which is a crypto.Signer"),
	std("ECDSA_get_ex_data ECDSA_set_ex_data ECDSA_get_ex_new_index ECDH_get_ex_data ECDH_set_ex_data", "",
		`pair := struct{ key *ecdsa.PrivateKey }{ec}`, "of OpenSSL 1.0: fields beside the key, in a struct of the program's own"),
	use("X509_STORE_get_verify_cb X509_STORE_CTX_get0_store", "ossl.Store", "", "keep the Store that the Ctx was given"),
	std("OSSL_get_thread_support_flags OSSL_set_max_threads OSSL_get_max_threads", "runtime", `n = runtime.GOMAXPROCS(0)`, ""),
}
