package porting

// Names that OpenSSL 3.0's headers do not declare: what older releases had, and
// what newer ones added and services call already.
var rulesLater = []rule{
	no("SSL_CTX_set_cert_compression* SSL_CTX_compress_certs SSL_compress_certs SSL_CTX_set1_cert_comp_preference "+
		"SSL_set1_cert_comp_preference SSL_CTX_get1_compressed_cert SSL_CTX_set1_compressed_cert",
		"certificate compression came with OpenSSL 3.2"),
	use("SSL_get0_group_name", "ossl.ConnectionState.Group", `text = conn.ConnectionState().Group`,
		"OpenSSL 3.2 and later in C; here on 3.0 too"),
	use("SSL_get0_peer_signature_name SSL_get0_signature_name", "ossl.ConnectionState.PeerSignature",
		`text = conn.ConnectionState().PeerSignature`, "OpenSSL 3.5 and later in C; here on 3.0 too"),
	use("SSL_SESSION_get_time_ex SSL_SESSION_set_time_ex", "ossl.Session.GetTime", `t = sess.GetTime()`, "a time.Time holds any year"),
	no("SSL_get0_peer_rpk SSL_CTX_set1_client_cert_type SSL_CTX_set1_server_cert_type SSL_set1_client_cert_type "+
		"SSL_set1_server_cert_type SSL_add_expected_rpk SSL_get_negotiated_client_cert_type SSL_get_negotiated_server_cert_type",
		"raw public keys came with OpenSSL 3.2"),
	no("SSL_CTX_set1_echstore SSL_set1_echstore SSL_set1_ech_config_list", "ECH came with OpenSSL 4.0"),
	no("SSL_new_stream SSL_accept_stream SSL_stream_conclude SSL_handle_events SSL_get_event_timeout SSL_set_blocking_mode SSL_poll "+
		"SSL_provide_quic_data SSL_new_listener SSL_accept_connection SSL_new_from_listener SSL_new_domain",
		"QUIC is not for this package: it is for connections over stream sockets"),
	no("SSL_CTX_set_domain_flags SSL_CTX_set_new_pending_conn_cb SSL_set_value_uint SSL_get_value_uint SSL_write_ex2 "+
		"SSL_CTX_get0_implemented_groups SSL_get1_builtin_sigalgs", "came after OpenSSL 3.0"),
	del("SSL_CTX_set_app_verify_cb SSL_get_secure_renegotiation_support SSL_CTX_get_secure_renegotiation SSL_CTX_need_tmp_rsa",
		"gone since OpenSSL 1.1"),
	use("X509_STORE_get_verify_cb X509_STORE_CTX_get0_store", "ossl.Store", "", "keep the Store that the Ctx was given"),
	std("OSSL_get_thread_support_flags OSSL_set_max_threads OSSL_get_max_threads", "runtime", `n = runtime.GOMAXPROCS(0)`, ""),
}
