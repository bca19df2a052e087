package porting

// Methods and names of protocols that are gone.
var rulesVersions = []rule{
	use("TLSv1_2_method TLSv1_2_client_method TLSv1_2_server_method TLSv1_1_method TLSv1_1_client_method TLSv1_1_server_method "+
		"TLSv1_method TLSv1_client_method TLSv1_server_method",
		"ossl.NewCtx ossl.TLSMethod ossl.Ctx.SetMinProtoVersion ossl.Ctx.SetMaxProtoVersion", `c, err = ossl.NewCtx(ossl.TLSMethod())`,
		"a method for all versions, bounded by SetMinProtoVersion and SetMaxProtoVersion"),
	use("SSLv23_method SSLv23_client_method SSLv23_server_method", "ossl.NewCtx ossl.TLSMethod",
		`c, err = ossl.NewCtx(ossl.TLSMethod())`, "the old name of TLS_method"),
	use("SSLv3_method SSLv3_client_method SSLv3_server_method SSLv2_method SSLv2_client_method SSLv2_server_method",
		"ossl.NewCtx ossl.TLSMethod", `c, err = ossl.NewCtx(ossl.TLSMethod())`,
		"SSL 2 and SSL 3 are broken, and gone from every build; TLS_method takes their place"),
	use("DTLSv1_* DTLSv1_2_* DTLS_* BIO_dgram_* BIO_new_dgram* BIO_s_datagram* BIO_CTRL_DGRAM_*",
		"bridge.Loop.Add ossl.NewBIODgram ossl.SSL.DTLSv1Listen", "",
		"a Loop drives DTLS over a connected datagram socket, its timer too; Conn does not"),
	no("SSL2_* ssl2*", "SSL 2 is gone"),
	use("SSL_TXT_SSLV3 SSL_TXT_TLSV1 SSL_TXT_TLSV1_1 SSL_TXT_TLSV1_2", "ossl.TLS1_2Version ossl.Ctx.SetMinProtoVersion",
		`err = c.SetMinProtoVersion(ossl.TLS1_2Version)`, "versions are numbers"),
	use("SSL_TXT_* SSL_DEFAULT_CIPHER_LIST SSL_DEFAULT_CIPHERS TLS_DEFAULT_CIPHERSUITES", "ossl.Ctx.SetCipherList",
		`err = c.SetCipherList("ECDHE+AESGCM")`, "the same words in a string"),
	use("TLS_MAX_VERSION TLS_ANY_VERSION TLS1_VERSION_* SSL3_VERSION_* TLS1_2_VERSION_* TLS1_1_VERSION_*", "ossl.TLS1_2Version ossl.TLS1_3Version",
		`err = c.SetMinProtoVersion(ossl.TLS1_2Version)`, "0 is the oldest or newest that libssl has"),
}
