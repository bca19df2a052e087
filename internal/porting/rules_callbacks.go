package porting

// Callbacks: where C calls back, Go answers from tables, or the handshake waits
// for a Go function.
var rulesCallbacks = []rule{
	use("SSL_CTX_set_tlsext_servername_callback SSL_CTX_set_client_hello_cb SSL_get_servername_type SSL_TLSEXT_ERR_* "+
		"SSL_CLIENT_HELLO_* TLSEXT_NAMETYPE_host_name", "ossl.Ctx.SetServerNames bridge.Config.ServerNames bridge.Hooks",
		`err = c.SetServerNames(map[string]*ossl.Ctx{"a.example": other})`,
		"the choice by name is a table; C's SSL_set_SSL_CTX leaves verify mode, options and versions behind, this one brings them "+
			"along; for any other choice there is Hooks.ClientHello, which may wait"),
	use("SSL_CTX_set_alpn_select_cb", "ossl.Ctx.SetAlpnSelect bridge.Config.ALPN bridge.Hooks", `err = c.SetAlpnSelect("h2", "http/1.1")`,
		"the choice is a list, or Hooks.ALPN"),
	use("SSL_CTX_set_default_passwd_cb SSL_CTX_set_default_passwd_cb_userdata SSL_set_default_passwd_cb* "+
		"SSL_CTX_get_default_passwd_cb* SSL_get_default_passwd_cb* pem_password_cb PEM_def_callback PEM_BUFSIZE",
		"ossl.Ctx.SetDefaultPasswd bridge.Certificate.Passphrase", `err = c.SetDefaultPasswd(text)`,
		"a string, set before the key is loaded; nothing asks the terminal"),
	use("SSL_CTX_set_verify SSL_set_verify", "ossl.Ctx.SetVerify bridge.Config.ClientAuth", `c.SetVerify(ossl.VerifyPeer)`,
		"without a callback: what it decided is in Store.SetFlags, Set1Host, or looked at after the handshake"),
	use("SSL_CTX_get_verify_callback SSL_get_verify_callback SSL_CTX_set_cert_verify_callback SSL_verify_cb",
		"bridge.Hooks ossl.Ctx.SetVerify ossl.SSL.GetVerifyResult ossl.ConnectionState.PeerCertificates", `result := s.GetVerifyResult()`,
		"Hooks.VerifyPeer decides, and may wait; or look at the peer's certificates after the handshake and before the first byte of data"),
	use("SSL_CTX_set_info_callback SSL_set_info_callback SSL_CTX_get_info_callback SSL_get_info_callback SSL_CB_*",
		"bridge.Hooks bridge.Tracer bridge.Conn.SetTrace bridge.Handler", "",
		"Hooks.Event sees states and alerts; HandshakeDone tells the end of the handshake, Trace each step; renegotiation is off"),
	use("SSL_CTX_sess_set_new_cb SSL_CTX_sess_get_new_cb", "bridge.Conn.Session ossl.SSL.Get1Session bridge.SessionStore", `sess, err = conn.Session()`,
		"ask after the first Read: TLS 1.3 tickets come after the handshake"),
	use("SSL_CTX_sess_set_get_cb SSL_CTX_sess_set_remove_cb SSL_CTX_sess_get_get_cb SSL_CTX_sess_get_remove_cb "+
		"SSL_magic_pending_session_ptr", "bridge.SessionStore bridge.Hooks", "",
		"Hooks.Sessions asks a store, which may take its time; stateless tickets need none"),
	use("SSL_CTX_set_tlsext_ticket_key_cb SSL_CTX_set_tlsext_ticket_key_evp_cb", "ossl.Ctx.SetTicketKeys bridge.RotateTicketKeys",
		"", "keys that are set, and set anew at any time, take the place of a callback that hands them out; processes that share them "+
			"resume each other's sessions"),
	use("SSL_CTX_set_session_ticket_cb SSL_TICKET_*", "ossl.Session.Set1TicketAppdata ossl.Session.Get0TicketAppdata", "",
		"data in a ticket; libssl decides whether the ticket is good"),
	no("SSL_set_session_ticket_ext SSL_set_session_ticket_ext_cb SSL_set_session_secret_cb",
		"for EAP-FAST, which has TLS 1.0 do what it was not made for"),
	use("SSL_CTX_set_not_resumable_session_callback SSL_set_not_resumable_session_callback",
		"ossl.OpNoTicket bridge.Config.SessionTicketsDisabled", `cfg.SessionTicketsDisabled = true`, "for all connections of a Ctx"),
	del("SSL_CTX_set_tlsext_servername_arg SSL_CTX_set_tlsext_status_arg SSL_CTX_set_msg_callback_arg SSL_set_msg_callback_arg "+
		"SSL_CTX_get_tlsext_status_cb SSL_CTX_get_tlsext_status_arg SSL_CTX_set_psk_callback_arg",
		"a Go function brings its arguments along, and the program knows what it set"),
	use("SSL_CTX_set_cert_cb SSL_set_cert_cb SSL_CTX_set_client_cert_cb SSL_CTX_get_client_cert_cb SSL_CTX_set_cert_cb*",
		"bridge.Hooks", "", "Hooks.Certificate chooses, and may wait; on clients it is asked when the server wants a certificate"),
	use("SSL_CTX_set_psk_* SSL_set_psk_* SSL_psk_* SSL_CTX_use_psk_identity_hint SSL_use_psk_identity_hint SSL_get_psk_identity*",
		"bridge.Hooks bridge.PSK", "", "Hooks.PSK is the key of an identity, and on clients what to offer"),
	no("SSL_CTX_set_srp_* SSL_*srp*", "SRP is deprecated, and TLS 1.3 has none: use a PSK"),
	use("SSL_CTX_set_keylog_callback SSL_CTX_get_keylog_callback SSL_CTX_keylog_cb_func", "bridge.Hooks ossl.Event", "",
		"Hooks.Event with ossl.EventKeyLog in Hooks.Events"),
	use("SSL_CTX_set_tlsext_status_* SSL_set_tlsext_status_* SSL_get_tlsext_status_* SSL_CTX_get_tlsext_status_* TLSEXT_STATUSTYPE_*",
		"bridge.Hooks", "", "Hooks.OCSP is what a server staples; VerifyPeer sees a server's staple"),
	no("SSL_CTX_set_*_callback SSL_CTX_set_*_cb SSL_set_*_callback SSL_set_*_cb SSL_CTX_get_*_cb SSL_CTX_get_*_callback "+
		"SSL_CTX_set_cookie_* SSL_CTX_set_stateless_cookie_*", "C calls no Go code, and no hook in this release stands for this one"),
	no("SSL_CTX_add_custom_ext SSL_CTX_add_client_custom_ext SSL_CTX_add_server_custom_ext SSL_CTX_has_client_custom_ext "+
		"SSL_extension_supported SSL_EXT_*", "no custom extensions in this release"),
}
