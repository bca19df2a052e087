package porting

// What libssl has and ossl has under another name, or not at all. What ossl
// binds by its own name is found before any of these.
var rulesSSL = []rule{
	use("SSL_get_error", "ossl.Want ossl.Error", `n, want, err := s.Read(data)`,
		"every operation returns it: a Want is to be waited for, an error is final. Loop and Conn do the waiting"),
	use("SSL_want SSL_want_read SSL_want_write SSL_want_nothing SSL_want_x509_lookup SSL_want_retry_verify SSL_want_async "+
		"SSL_want_async_job SSL_want_client_hello_cb", "ossl.Want", `retry := want == ossl.WantRead`,
		"the operation itself returned it"),
	use("SSL_NOTHING SSL_ERROR_NONE", "ossl.WantNothing", `done := err == nil && want == ossl.WantNothing`, ""),
	use("SSL_READING SSL_ERROR_WANT_READ", "ossl.WantRead", `retry := want == ossl.WantRead`,
		"a value, not an error: Loop and Conn wait for it"),
	use("SSL_WRITING SSL_ERROR_WANT_WRITE", "ossl.WantWrite", `retry := want == ossl.WantWrite`,
		"a value, not an error: Loop and Conn wait for it"),
	use("SSL_ERROR_WANT_CONNECT SSL_ERROR_WANT_ACCEPT", "bridge.Loop.Dial bridge.Loop.Listen", "",
		"there is a connected socket under every SSL, so they do not occur"),
	use("SSL_X509_LOOKUP SSL_ERROR_WANT_X509_LOOKUP", "ossl.WantX509Lookup", "", "a certificate hook that has not answered yet"),
	use("SSL_CLIENT_HELLO_CB SSL_ERROR_WANT_CLIENT_HELLO_CB", "ossl.WantClientHello", "",
		"a ClientHello hook that has not answered yet"),
	use("SSL_RETRY_VERIFY SSL_ERROR_WANT_RETRY_VERIFY", "ossl.WantRetryVerify", "", ""),
	use("SSL_ASYNC_PAUSED SSL_ERROR_WANT_ASYNC", "ossl.WantAsync", "", ""),
	use("SSL_ASYNC_NO_JOBS SSL_ERROR_WANT_ASYNC_JOB", "ossl.WantAsyncJob", "", ""),
	use("SSL_ERROR_ZERO_RETURN", "ossl.ErrorZeroReturn", `closed := errors.Is(err, io.EOF)`, "Read returns io.EOF"),
	use("SSL_ERROR_SYSCALL", "ossl.ErrorSyscall ossl.Error.Errno", `reset := errors.Is(err, syscall.ECONNRESET)`,
		"errno is kept in the error; a cut connection is io.ErrUnexpectedEOF"),
	use("SSL_ERROR_SSL", "ossl.ErrorSSL ossl.Error", `refused := errors.Is(err, ossl.ReasonNoSharedCipher)`,
		"the error has OpenSSL's whole queue"),
	use("SSL_set_ex_data SSL_get_ex_data SSL_set_app_data SSL_get_app_data",
		"bridge.Stream.SetContext bridge.Stream.Context", `stream.SetContext(anyValue)`,
		"or a field of the struct that holds the SSL; on a Loop the handler is that struct"),
	std("SSL_CTX_set_ex_data SSL_CTX_get_ex_data SSL_CTX_set_app_data SSL_CTX_get_app_data SSL_CTX_get_ex_new_index", "",
		`server := struct{ ctx *ossl.Ctx }{c}`, "a field of the struct that holds the Ctx"),
	std("SSL_SESSION_set_ex_data SSL_SESSION_get_ex_data SSL_SESSION_set_app_data SSL_SESSION_get_app_data "+
		"SSL_SESSION_get_ex_new_index", "", `sessions := map[string]any{text: anyValue}`, "a map by Session.GetID"),
	use("SSL_get_version SSL_version SSL_get_cipher SSL_get_cipher_name SSL_get_cipher_version SSL_get_cipher_bits SSL_get_servername "+
		"SSL_get0_alpn_selected SSL_session_reused SSL_get_negotiated_group SSL_group_to_name SSL_get_peer_signature_nid "+
		"SSL_get_peer_signature_type_nid", "bridge.Conn.ConnectionState ossl.ConnectionState", `state := conn.ConnectionState()`,
		"all that was negotiated, in one struct"),
	use("SSL_state",
		"ossl.SSL.StateStringLong", `text = s.StateStringLong()`, ""),
	del("SSL_CTX_set_ecdh_auto SSL_set_ecdh_auto SSL_CTX_set_tmp_ecdh_callback SSL_set_tmp_ecdh_callback "+
		"SSL_CTX_set_tmp_rsa SSL_CTX_set_tmp_rsa_callback SSL_CTX_need_tmp_RSA SSL_need_tmp_RSA "+
		"SSL_set_tmp_rsa SSL_set_tmp_rsa_callback",
		"key exchange is chosen from the list of groups: bridge.Config.Groups, (*ossl.Ctx).Set1GroupsList"),
	use("SSL_CTX_set_tmp_dh SSL_CTX_set0_tmp_dh_pkey SSL_CTX_set_dh_auto SSL_CTX_set_tmp_dh_callback SSL_set_tmp_dh "+
		"SSL_set0_tmp_dh_pkey SSL_set_dh_auto SSL_set_tmp_dh_callback", "bridge.Config.DHAuto ossl.Ctx.SetDHAuto",
		`err = c.SetDHAuto(1)`,
		"DH parameters only matter to peers of TLS 1.2 without ECDHE: libssl chooses them as strong as the key, and none of one's own are needed"),
	del("SSL_COMP_* SSL_CTX_get_compress* COMP_*",
		"there is no compression: CRIME made it unsafe"),
	use("SSL_CTX_set_next_protos_advertised_cb SSL_CTX_set_npn_advertised_cb SSL_CTX_set_next_proto_select_cb "+
		"SSL_CTX_set_npn_select_cb OPENSSL_NPN_*",
		"bridge.Config.ALPN ossl.ConnectionState.ALPN", `cfg.ALPN = []string{"h2", "http/1.1"}`,
		"NPN is gone; ALPN took its place in 2014"),
	use("SSL_CTX_use_RSAPrivateKey_file", "ossl.Ctx.UsePrivateKeyFile", `err = c.UsePrivateKeyFile(file, ossl.FiletypePEM)`,
		"for keys of any type"),
	use("SSL_use_RSAPrivateKey_file", "ossl.SSL.UsePrivateKeyFile", `err = s.UsePrivateKeyFile(file, ossl.FiletypePEM)`,
		"for keys of any type"),
	use("SSL_use_RSAPrivateKey SSL_CTX_use_RSAPrivateKey_ASN1 SSL_use_RSAPrivateKey_ASN1",
		"ossl.D2IAutoPrivateKey ossl.Ctx.UsePrivateKey", `pk, err = ossl.D2IAutoPrivateKey(der)`,
		"a PKey of any type goes to UsePrivateKey"),
	use("SSL_CTX_sess_connect* SSL_CTX_sess_accept*",
		"ossl.Ctx.SessSetCacheSize ossl.Ctx.SetSessionCacheMode ossl.ConnectionState.Resumed", "",
		"servers resume by stateless tickets; count ConnectionState.Resumed"),
	no("SSL_CTX_sessions", "C's table can only be walked while no handshake runs: count by SessNumber, see new sessions by "+
		"ossl.EventSession, or keep them in a bridge.SessionStore"),
	del("SSL_test_functions", "for libssl's own tests, and in no library that is shipped"),
	del("SSL_CTX_set_async_callback SSL_set_async_callback", "who answers an asynchronous job (ossl.AskKey) knows that it may go on: "+
		"bridge takes the next step by itself"),
	use("SSL_get0_dane", "ossl.SSL.DaneTlsaAdd ossl.SSL.Get0DaneAuthority ossl.SSL.Get0DaneTlsa", "",
		"the struct is libssl's own; what there is to know of it has methods"),
	use("SSL_CTX_set0_ctlog_store SSL_CTX_get0_ctlog_store", "ossl.Ctx.SetCtlogListFile ossl.Ctx.SetDefaultCtlogListFile",
		`err = c.SetCtlogListFile(file)`, "a Ctx has a store of its own, which is filled from a file"),
	use("TLS1_get_version TLS1_get_client_version", "ossl.SSL.Version ossl.SSL.ClientVersion", "",
		"in C too they are SSL_version and SSL_client_version"),
	use("BIO_new_ssl BIO_new_ssl_connect BIO_new_buffer_ssl_connect BIO_set_ssl_mode BIO_set_ssl_renegotiate_* "+
		"BIO_get_num_renegotiates BIO_ssl_copy_session_id BIO_ssl_shutdown",
		"bridge.Dial bridge.Conn", `conn, err = bridge.Dial("tcp", addr, cfg)`, "a Conn is an io.ReadWriteCloser"),
	use("SSL_CTX_ctrl SSL_ctrl SSL_CTX_callback_ctrl SSL_callback_ctrl SSL_CTRL_*", "ossl.Ctx ossl.SSL", "",
		"look up the macro that wraps this control: each has a name of its own"),
	use("SSL_CONF_*", "ossl.ConfCtx ossl.ConfCtx.Cmd bridge.Config", "",
		"a program with settings of its own reads them into a bridge.Config"),
	use("SSL_CTX_set_default_read_ahead SSL_set_read_ahead SSL_get_read_ahead SSL_CTX_get_read_ahead SSL_CTX_get_default_read_ahead",
		"ossl.Ctx.SetReadAhead", `c.SetReadAhead(true)`, "on by default in bridge.Config"),
	use("SSL_CTRL_GET_RAW_CIPHERLIST", "ossl.SSL.Get0RawCipherlist", `suites := s.Get0RawCipherlist()`, ""),
	use("SSL_METHOD", "ossl.Method ossl.NewCtx", `c, err = ossl.NewCtx(ossl.TLSMethod())`, ""),
	use("PSK_MAX_*", "ossl.MaxPSK ossl.SSL.SetPSK", "", "an identity has at most 128 bytes"),
	use("SSL_SECOP_*", "ossl.SecurityOp ossl.Ctx.SetSecurityPolicy", "", "each question has a constant"),
	del("SSL_OP_MICROSOFT_* SSL_OP_NETSCAPE_* SSL_OP_SSLREF2_* SSL_OP_SSLEAY_080_* SSL_OP_TLS_D5_BUG SSL_OP_TLS_BLOCK_PADDING_BUG "+
		"SSL_OP_MSIE_* SSL_OP_PKCS1_CHECK_* SSL_OP_EPHEMERAL_RSA SSL_OP_SINGLE_DH_USE SSL_OP_SINGLE_ECDH_USE SSL_OP_NO_SSLv2 SSL_ST_* "+
		"SSL3_FLAGS_*", "it has had no effect since OpenSSL 1.1"),
	use("SSL_OP_NO_SSLv3 SSL_OP_NO_TLSv1 SSL_OP_NO_TLSv1_1 SSL_OP_NO_TLSv1_2 SSL_OP_NO_TLSv1_3 SSL_OP_NO_SSL_MASK",
		"bridge.Config.MinVersion bridge.Config.MaxVersion ossl.Ctx.SetMinProtoVersion", `cfg.MinVersion = ossl.TLS1_2Version`,
		"bound the versions instead of naming holes; TLS 1.2 is the oldest unless asked"),
	use("SSL_SESS_CACHE_*", "ossl.SessCacheMode ossl.Ctx.SetSessionCacheMode", `c.SetSessionCacheMode(ossl.SessCacheOff)`, ""),
}
