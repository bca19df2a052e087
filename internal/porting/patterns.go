package porting

import (
	"slices"
	"strings"
)

// The names that patterns look for together.
var (
	waitCalls   = names(waiting)
	pollCalls   = names("poll ppoll select pselect WSAPoll")
	registering = names(registration)
	threadCalls = names(threads)
	sleepCalls  = names(sleeping)
	opCalls     = names(operations)
	wantNames   = names("SSL_get_error SSL_ERROR_WANT_READ SSL_ERROR_WANT_WRITE SSL_want SSL_want_read SSL_want_write BIO_should_retry")
	locking     = names("CRYPTO_set_locking_callback CRYPTO_set_id_callback CRYPTO_THREADID_set_callback CRYPTO_num_locks " +
		"CRYPTO_set_dynlock_create_callback CRYPTO_set_dynlock_lock_callback CRYPTO_set_dynlock_destroy_callback")
	oldMethods = names("SSLv2_method SSLv2_client_method SSLv2_server_method SSLv3_method SSLv3_client_method SSLv3_server_method " +
		"TLSv1_method TLSv1_client_method TLSv1_server_method TLSv1_1_method TLSv1_1_client_method TLSv1_1_server_method " +
		"TLSv1_2_method TLSv1_2_client_method TLSv1_2_server_method")
	exData    = names("SSL_set_ex_data SSL_set_app_data SSL_CTX_set_ex_data SSL_CTX_set_app_data")
	customBIO = names("BIO_meth_new BIO_s_mem BIO_new_bio_pair BIO_new_mem_buf")
)

// patterns lists what is looked for.
var patterns = []pattern{
	{"event-loop", "an event loop around SSL_get_error",
		"bridge.Loop is that loop: a bridge.Handler for each connection (HandshakeDone, Data, Writable, Closed) takes the place of " +
			"the state machine; WANT_READ, WANT_WRITE and SSL_pending are its business. Keep a loop of your own only with ossl alone",
		func(f *source, t *tree) []mark {
			waits := slices.DeleteFunc(firstOfEach(waitCalls.in(f, true)), onceOnly)
			if kevents := names("kevent").in(f, true); len(kevents) > 1 { // most of them say what to wait for
				waits = slices.DeleteFunc(waits, func(m mark) bool { return m.Symbol == "kevent" && m != kevents[len(kevents)-1] })
			}
			if len(waits) == 0 { // the loop is a library's
				waits = registering.in(f, true)
				waits = waits[:min(1, len(waits))]
			}
			if len(wantNames.in(f, false)) > 0 || len(waits) > 0 && t.any(wantNames) && f.usesTLSOrWaits() {
				return waits
			}
			return nil
		}},
	{"wait-for-one", "a wait for a descriptor, outside of any loop",
		"on a bridge.Conn nothing is left of it: Read and Write wait, and SetDeadline bounds that. Where a loop elsewhere calls this for " +
			"all connections it is an event loop: bridge.Loop",
		func(f *source, _ *tree) []mark {
			if len(wantNames.in(f, false)) == 0 {
				return nil
			}
			return slices.DeleteFunc(firstOfEach(waitCalls.in(f, true)), func(m mark) bool { return !onceOnly(m) })
		}},
	{"thread-per-connection", "a blocking thread for each connection",
		"a goroutine and a bridge.Conn: bridge.Listen and Accept, or bridge.Dial, then Read and Write as on any net.Conn. Deadlines " +
			"take the place of SO_RCVTIMEO",
		func(f *source, _ *tree) []mark {
			if len(opCalls.in(f, true)) == 0 {
				return nil
			}
			return firstOfEach(threadCalls.in(f, false))
		}},
	{"locking-callback", "locking callbacks of OpenSSL 1.0",
		"delete, with the array of mutexes and the functions: OpenSSL locks for itself since 1.1",
		func(f *source, _ *tree) []mark { return locking.in(f, true) }},
	{"callback", "a callback into the program", "",
		func(f *source, _ *tree) []mark { return callbackSetters(f) }},
	{"sleep-on-want", "a sleep while an operation wants the socket",
		"wait for the socket, never for time: Loop and Conn do. With ossl alone, poll for what the Want says",
		func(f *source, _ *tree) []mark {
			wants := byFunction(wantNames.in(f, false))
			var found []mark
			for _, m := range sleepCalls.in(f, true) {
				if len(wants[m.function]) > 0 && m.function > 0 {
					found = append(found, m)
				}
			}
			return found
		}},
	{"stale-errors", "SSL_get_error without ERR_clear_error before the operation",
		"a stale entry of the thread's queue turns WANT_READ into a fatal error. In Go nothing is to be done: each operation empties " +
			"the queue itself",
		func(f *source, _ *tree) []mark {
			cleared := byFunction(f.marked(func(m mark) bool { return m.Call && clearsErrors(m.Symbol) }))
			operations := byFunction(opCalls.in(f, true))
			var found []mark
			for _, m := range firstOfEach(names("SSL_get_error").in(f, true)) {
				if len(cleared[m.function]) == 0 && len(operations[m.function]) > 0 {
					found = append(found, m)
				}
			}
			return found
		}},
	{"wants-ignored", "SSL_read or SSL_write without SSL_get_error",
		"on a non-blocking socket a result below 1 may only mean WANT_READ or WANT_WRITE. In Go the Want is a result of its own, and " +
			"Loop and Conn heed it",
		func(f *source, _ *tree) []mark {
			if len(wantNames.in(f, false)) > 0 && len(byFunction(opCalls.in(f, true))) > 1 && !f.mayIgnore() {
				return nil
			}
			asked := byFunction(wantNames.in(f, false))
			var found []mark
			for _, m := range firstOfEach(names("SSL_read SSL_write SSL_read_ex SSL_write_ex").in(f, true)) {
				if len(asked[m.function]) == 0 {
					found = append(found, m)
				}
			}
			return found
		}},
	{"half-shutdown", "SSL_shutdown called once",
		"0 means that ours is sent and the peer's close_notify has not come. Stream.Close and Conn.Close do both halves within a " +
			"timeout; with ossl alone, call Shutdown again or leave it at that on purpose",
		func(f *source, _ *tree) []mark {
			by := byFunction(names("SSL_shutdown").in(f, true))
			var found []mark
			for _, fn := range functionsOf(by) {
				if len(by[fn]) == 1 && !by[fn][0].loop {
					found = append(found, by[fn][0])
				}
			}
			return found
		}},
	{"fork", "fork in a program with an SSL_CTX",
		"a Go program does not fork. One process serves all connections: a Loop for each processor, with ListenReusePort. Where " +
			"processes must be separate, start the program again by os/exec and hand the listener over in ExtraFiles; they resume " +
			"each other's sessions if they share ticket keys, by (*ossl.Ctx).SetTlsextTicketKeys",
		func(f *source, t *tree) []mark {
			if !t.any(names("SSL_CTX_new SSL_CTX_new_ex")) || !f.openssl {
				return nil
			}
			return names("fork vfork daemon").in(f, true)
		}},
	{"sigpipe", "SIGPIPE is ignored or blocked",
		"delete: a write to a socket that the peer has reset is EPIPE or ECONNRESET, and ends no Go program",
		func(f *source, t *tree) []mark {
			if !t.any(opCalls) {
				return nil
			}
			return firstOfEach(names("SIGPIPE MSG_NOSIGNAL").in(f, false))
		}},
	{"fixed-version", "a method for one version",
		"ossl.TLSMethod, bounded by SetMinProtoVersion and SetMaxProtoVersion; bridge.Config begins at TLS 1.2",
		func(f *source, _ *tree) []mark { return oldMethods.in(f, true) }},
	{"no-verification", "the peer is not verified",
		"clients of bridge verify chain and name unless InsecureSkipVerify is set: say RootCAs and ServerName. A server that asks " +
			"for no certificate needs no call: that is ClientAuth's zero value",
		func(f *source, _ *tree) []mark { return unverified(f) }},
	{"name-by-hand", "the host name is compared by hand",
		"(*ossl.SSL).Set1Host, or bridge.Config.ServerName, has libssl check the alternative names during the handshake; a common " +
			"name says nothing any more",
		func(f *source, _ *tree) []mark { return comparedNames(f) }},
	{"ex-data", "data hung on an SSL or SSL_CTX",
		"a field of the Go struct that holds it; on a Loop the Handler is that struct, or Stream.SetContext",
		func(f *source, _ *tree) []mark { return firstOfEach(exData.in(f, true)) }},
	{"bio", "libssl reads and writes through memory or a BIO of the program's",
		"Loop and Conn drive sockets only: where the bytes come from elsewhere, connect the two by a socket pair and a goroutine " +
			"that copies. With ossl alone the order of C can stay, with (*ossl.SSL).SetBio",
		func(f *source, _ *tree) []mark {
			given := byFunction(names("SSL_set_bio SSL_set0_rbio SSL_set0_wbio").in(f, true))
			var found []mark
			for _, m := range firstOfEach(customBIO.in(f, true)) {
				if len(given[m.function]) > 0 || len(given) > 0 && m.Symbol == "BIO_meth_new" {
					found = append(found, m)
				}
			}
			return found
		}},
	{"context-per-connection", "an SSL_CTX is made for a connection",
		"make one Ctx for all connections and share it: to make one reads the trust again and takes OpenSSL's global locks",
		func(f *source, _ *tree) []mark {
			perConnection := byFunction(names("SSL_set_fd SSL_set_bio SSL_connect SSL_accept SSL_do_handshake").in(f, true))
			var found []mark
			for _, m := range names("SSL_CTX_new SSL_CTX_new_ex").in(f, true) {
				if m.loop || f.functions[m.function] != "main" && len(perConnection[m.function]) > 0 {
					found = append(found, m)
				}
			}
			return found
		}},
	{"renegotiation", "the program renegotiates",
		"TLS 1.3 has none: (*ossl.SSL).KeyUpdate for new keys. Under TLS 1.2 it is off unless bridge.Config.AllowRenegotiation",
		func(f *source, _ *tree) []mark {
			return names("SSL_renegotiate SSL_renegotiate_abbreviated").in(f, true)
		}},
}

// onceOnly says whether a mark is a wait that may be for one descriptor, once.
func onceOnly(m mark) bool { return !m.loop && pollCalls[m.Symbol] }

// usesTLSOrWaits keeps loops that have nothing to do with TLS out: the file
// names libssl, or has a loop of its own on epoll, kqueue or a library.
func (f *source) usesTLSOrWaits() bool {
	ofLibssl := f.marked(func(m mark) bool { return strings.HasPrefix(m.Symbol, "SSL_") || m.Symbol == "SSL" })
	return len(ofLibssl) > 0 || len(names("epoll_wait epoll_pwait kevent uv_run event_base_dispatch event_base_loop ev_run ev_loop").in(f, true)) > 0
}

// clearsErrors says whether a function empties the queue: OpenSSL's, or one of
// the program's around it, by its name.
func clearsErrors(name string) bool {
	name = strings.ToLower(strings.ReplaceAll(name, "_", ""))
	return strings.HasSuffix(name, "clearerror") || strings.HasSuffix(name, "clearerrors") || strings.HasSuffix(name, "clearerrorqueue")
}

// mayIgnore says whether some function of the file reads or writes and leaves
// the question to nobody: there are fewer places that ask than that operate.
func (f *source) mayIgnore() bool { return len(names("SSL_get_error").in(f, true)) < 1 }

// callbackSetters are the calls that have C call the program.
func callbackSetters(f *source) []mark {
	var found []mark
	for _, m := range f.marks {
		n := m.Symbol
		if m.callback || m.Call && strings.HasPrefix(n, "X509_STORE_") && strings.Contains(n, "set_verify_cb") {
			found = append(found, m)
			continue
		}
		if !m.Call || locking[n] || !Known(n) || !strings.HasPrefix(n, "SSL_") || !strings.Contains(n, "_set") && !strings.Contains(n, "_add_") {
			continue
		}
		for _, end := range []string{"_callback", "_callback_ex", "_cb", "custom_ext"} {
			if strings.HasSuffix(n, end) {
				found = append(found, m)
				break
			}
		}
	}
	return found
}

// verifyAdvice is for what stands beside SSL_VERIFY_PEER.
const verifyAdvice = "bridge.Hooks.VerifyPeer: it has libssl's verdict and the whole chain, once and not for each certificate, and may wait. Where the " +
	"callback only logs, or lets one error pass, look at the handshake's error (errors.Is with an ossl.VerifyResult)"

// hookFor says what a callback becomes, by the answer to its setter.
func hookFor(symbol string) string {
	a := Lookup(symbol)
	var to []string
	for _, r := range a.Go {
		to = append(to, r.String())
	}
	text := strings.Join(to, ", ")
	if a.Note != "" && text != "" {
		text += ": "
	}
	if text += a.Note; text == "" {
		return string(a.Verdict)
	}
	return text
}

// unverified finds SSL_VERIFY_NONE in the arguments of a call, and clients that
// never ask for verification.
func unverified(f *source) []mark {
	var found []mark
	setters := byFunction(names("SSL_CTX_set_verify SSL_set_verify").in(f, true))
	for _, m := range names("SSL_VERIFY_NONE").in(f, false) {
		for _, s := range setters[m.function] {
			if m.Line >= s.Line && m.Line <= s.Line+3 {
				found = append(found, m)
				break
			}
		}
	}
	if len(found) == 0 && len(setters) == 0 {
		// A file that makes the Ctx and connects, and never says verify.
		made := names("SSL_CTX_new SSL_CTX_new_ex").in(f, true)
		checks := names("SSL_get_verify_result SSL_CTX_set_cert_verify_callback SSL_VERIFY_PEER").in(f, false)
		if len(made) > 0 && len(checks) == 0 {
			found = firstOfEach(names("SSL_connect SSL_set_connect_state").in(f, true))
		}
	}
	return found
}

// comparedNames finds a common name that is read and compared.
func comparedNames(f *source) []mark {
	read := byFunction(names("X509_NAME_get_text_by_NID X509_NAME_get_index_by_NID").in(f, true))
	compare := byFunction(names("strcmp strcasecmp OPENSSL_strcasecmp").in(f, true))
	var found []mark
	for _, fn := range functionsOf(read) {
		if len(compare[fn]) > 0 {
			found = append(found, read[fn][0])
		}
	}
	return found
}
