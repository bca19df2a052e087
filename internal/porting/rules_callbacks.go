package porting

// Callbacks: where C calls back, Go answers from tables, or the handshake waits
// for a Go function.
var rulesCallbacks = []rule{
	use("SSL_CTX_set_tlsext_servername_callback SSL_CTX_set_client_hello_cb SSL_get_servername_type "+
		"SSL_CLIENT_HELLO_* TLSEXT_NAMETYPE_host_name", "ossl.Ctx.SetServerNames bridge.Config.ServerNames bridge.Hooks",
		`err = c.SetServerNames(map[string]*ossl.Ctx{"a.example": other})`,
		"the choice by name is a table; C's SSL_set_SSL_CTX leaves verify mode, options and versions behind, this one brings them "+
			"along; for any other choice there is Hooks.ClientHello, which may wait"),
	use("SSL_TLSEXT_ERR_*", "bridge.Hooks ossl.Ctx.SetServerNames ossl.Ctx.SetAlpnSelect", "",
		"what a callback for the server name, ALPN or a staple returns: a table returns nothing, and a hook refuses by an error"),
	use("SSL_CTX_set_alpn_select_cb", "ossl.Ctx.SetAlpnSelect bridge.Config.ALPN bridge.Hooks", `err = c.SetAlpnSelect("h2", "http/1.1")`,
		"the choice is a list, or Hooks.ALPN"),
	del("SSL_CTX_get_default_passwd_cb SSL_CTX_get_default_passwd_cb_userdata SSL_get_default_passwd_cb SSL_get_default_passwd_cb_userdata",
		"the passphrase is a string that the program has set: (*ossl.Ctx).SetDefaultPasswd"),
	use("SSL_CTX_set_default_passwd_cb SSL_CTX_set_default_passwd_cb_userdata SSL_set_default_passwd_cb SSL_set_default_passwd_cb_userdata "+
		"pem_password_cb PEM_def_callback PEM_BUFSIZE",
		"ossl.Ctx.SetDefaultPasswd bridge.Certificate.Passphrase", `err = c.SetDefaultPasswd(text)`,
		"a string, set before the key is loaded; nothing asks the terminal"),
	use("SSL_CTX_set_verify SSL_set_verify", "ossl.Ctx.SetVerify bridge.Config.ClientAuth", `c.SetVerify(ossl.VerifyPeer)`,
		"without a callback: what it decided is in Store.SetFlags, Set1Host, or looked at after the handshake"),
	use("SSL_CTX_set_cert_verify_callback SSL_verify_cb",
		"bridge.Hooks.VerifyPeer ossl.Ctx.SetVerify ossl.SSL.GetVerifyResult ossl.ConnectionState.PeerCertificates", `result := s.GetVerifyResult()`,
		"Hooks.VerifyPeer decides, and may wait; or look at the peer's certificates after the handshake and before the first byte of data"),
	use("SSL_CTX_set_info_callback SSL_set_info_callback SSL_CB_*", "bridge.Hooks.Event ossl.EventInfo ossl.EventAlert ossl.Ctx.SetEvents",
		`err = c.SetEvents(ossl.EventInfo, ossl.EventAlert)`,
		"Hooks.Event sees states and alerts (Hooks.Events: EventInfo, EventAlert); for the end of the handshake alone there is "+
			"Hooks.Finished, or Handler.HandshakeDone"),
	use("SSL_set_msg_callback SSL_CTX_set_msg_callback", "bridge.Hooks.Event ossl.EventMessage ossl.Ctx.SetEvents",
		`err = c.SetEvents(ossl.EventMessage)`, "Hooks.Event sees each message whole, after the operation that sent or read it"),
	del("SSL_CTX_get_info_callback SSL_get_info_callback SSL_CTX_get_keylog_callback SSL_CTX_get_verify_callback SSL_get_verify_callback "+
		"SSL_CTX_get_client_cert_cb SSL_CTX_get_security_callback SSL_get_security_callback SSL_CTX_sess_get_new_cb "+
		"SSL_CTX_sess_get_get_cb SSL_CTX_sess_get_remove_cb",
		"no C callback is there to be asked for: the program knows its Hooks, which a Ctx keeps for its life"),
	use("SSL_CTX_sess_set_new_cb", "bridge.Conn.Session ossl.SSL.Get1Session bridge.SessionStore", `sess, err = conn.Session()`,
		"ask after the first Read: TLS 1.3 tickets come after the handshake"),
	use("SSL_CTX_sess_set_get_cb SSL_CTX_sess_set_remove_cb "+
		"SSL_magic_pending_session_ptr", "bridge.SessionStore bridge.Hooks", "",
		"Hooks.Sessions asks a store, which may take its time; stateless tickets need none"),
	use("SSL_CTX_set_tlsext_ticket_key_cb SSL_CTX_set_tlsext_ticket_key_evp_cb", "ossl.Ctx.SetTicketKeys bridge.RotateTicketKeys",
		"", "keys that are set, and set anew at any time, take the place of a callback that hands them out; processes that share them "+
			"resume each other's sessions"),
	use("SSL_CTX_set_session_ticket_cb SSL_TICKET_*", "ossl.Session.Set1TicketAppdata ossl.Session.Get0TicketAppdata", "",
		"data in a ticket; libssl decides whether the ticket is good"),
	use("SSL_set_session_ticket_ext_cb", "bridge.ClientHelloInfo.Extensions ossl.SSL.SetSessionSecret ossl.SSL.SetTlsextDebug", "",
		"for EAP-FAST: a server finds the ticket as extension 35 of the ClientHello, in Hooks.ClientHello or while AskClientHello is open"),
	del("SSL_CTX_set0_security_ex_data SSL_CTX_get0_security_ex_data SSL_set0_security_ex_data SSL_get0_security_ex_data "+
		"SSL_CTX_set_record_padding_callback_arg SSL_CTX_get_record_padding_callback_arg SSL_set_record_padding_callback_arg "+
		"SSL_get_record_padding_callback_arg SSL_set_tlsext_debug_arg SSL_CTX_set_async_callback_arg SSL_set_async_callback_arg "+
		"SSL_CTX_set_tlsext_servername_arg SSL_CTX_set_tlsext_status_arg SSL_CTX_set_msg_callback_arg SSL_set_msg_callback_arg "+
		"SSL_CTX_get_tlsext_status_cb SSL_CTX_get_tlsext_status_arg SSL_CTX_set_psk_callback_arg",
		"a Go function brings its arguments along, and the program knows what it set"),
	use("SSL_CTX_set_cert_cb SSL_set_cert_cb SSL_CTX_set_client_cert_cb SSL_CTX_set_cert_cb*",
		"bridge.Hooks.Certificate ossl.AskCert ossl.Ctx.SetSuspend", `err = c.SetSuspend(ossl.AskCert)`, "Hooks.Certificate chooses, and may wait; on clients it is asked when the server wants a certificate"),
	use("SSL_set_psk_client_callback SSL_set_psk_server_callback SSL_set_psk_find_session_callback SSL_set_psk_use_session_callback",
		"bridge.Hooks.PSK bridge.PSK ossl.SSL.SetPSK ossl.Ctx.SetAhead", "",
		"the Ctx says that its SSLs look (SetAhead), and each SSL is given its own key (SetPSK); Hooks.PSK does both"),
	use("SSL_CTX_set_psk_* SSL_psk_* SSL_get_psk_identity*",
		"bridge.Hooks.PSK bridge.PSK ossl.SSL.SetPSK ossl.Ctx.SetAhead", "", "Hooks.PSK is the key of an identity, and on clients what to offer"),
	no("SSL_CTX_set_srp_* SSL_*srp*", "SRP is deprecated, and TLS 1.3 has none: use a PSK"),
	use("SSL_CTX_set_keylog_callback SSL_CTX_keylog_cb_func", "bridge.Hooks.Event ossl.EventKeyLog", "",
		"Hooks.Event with ossl.EventKeyLog in Hooks.Events"),
	use("SSL_CTX_set_tlsext_status_* SSL_set_tlsext_status_* SSL_get_tlsext_status_* SSL_CTX_get_tlsext_status_* TLSEXT_STATUSTYPE_*",
		"bridge.Hooks", "", "Hooks.OCSP is what a server staples; VerifyPeer sees a server's staple"),
	no("SSL_CTX_set_*_callback SSL_CTX_set_*_cb SSL_set_*_callback SSL_set_*_cb SSL_CTX_get_*_cb SSL_CTX_get_*_callback "+
		"SSL_CTX_set_cookie_* SSL_CTX_set_stateless_cookie_*", "C calls no Go code, and no hook in this release stands for this one"),
	use("SSL_custom_ext_add_cb_ex SSL_custom_ext_free_cb_ex SSL_custom_ext_parse_cb_ex custom_ext_add_cb custom_ext_free_cb "+
		"custom_ext_parse_cb SSL_EXT_*", "ossl.Ctx.AddCustomExt ossl.SSL.SetCustomExt ossl.SSL.CustomExts ossl.ExtContext",
		`err = c.AddCustomExt(65280, ossl.ExtClientHello|ossl.ExtEncryptedExtensions, data)`,
		"data is given before, and what has come is looked at afterwards; a server decides its answer in Hooks.ClientHello"),
}
