package porting

// Errors: the queue comes back with the call that filled it.
var rulesErrors = []rule{
	gone("ERR_clear_error", "each operation of ossl empties the thread's queue before it runs"),
	always(use("ERR_get_error ERR_get_error_line ERR_get_error_line_data ERR_get_error_all ERR_peek_error ERR_peek_error_* "+
		"ERR_peek_last_error ERR_peek_last_error_*", "ossl.Error ossl.Entry", `var oe *ossl.Error; ok = errors.As(err, &oe)`,
		"the operation's error has the whole queue, oldest entry first")),
	use("ERR_print_errors ERR_print_errors_fp ERR_print_errors_cb ERR_print_errors_cb_t",
		"ossl.Error.Error", `text = err.Error()`, "one line: the function, the reasons, and a hint"),
	use("ERR_func_error_string", "ossl.Entry", "", "the entries of an ossl.Error have the text"),
	use("ERR_GET_FUNC", "ossl.Reason ossl.Reason.Num", `ok = errors.Is(err, ossl.ReasonNoSharedCipher)`,
		"compare by errors.Is"),
	use("ERR_FATAL_ERROR ERR_COMMON_ERROR ERR_SYSTEM_ERROR", "ossl.Reason.Errno", `ok = errors.Is(err, syscall.ECONNRESET)`, ""),
	use("ERR_LIB_* ERR_R_*", "ossl.MakeReason", `ok = errors.Is(err, ossl.MakeReason(20, 193))`, "ERR_LIB_SSL is 20"),
	std("ERR_put_error ERR_raise ERR_raise_data ERR_new ERR_set_debug ERR_set_error ERR_vset_error ERR_add_error_* SSLerr SSLfatal "+
		"PEMerr RSAerr X509err EVPerr BIOerr CRYPTOerr ERR_PUT_error ERR_set_error_data ERR_TXT_* ERR_get_next_error_library "+
		"ERR_STRING_DATA ASN1err BNerr DHerr DSAerr ECerr ECDSAerr ECDHerr ENGINEerr OBJerr OCSPerr PKCS7err PKCS12err RANDerr SYSerr "+
		"UIerr X509V3err", "fmt", `err = fmt.Errorf("%s: %w", file, err)`,
		"return an error; nothing of Go's goes into OpenSSL's queue"),
	gone("ERR_set_mark ERR_pop_to_mark ERR_clear_last_mark ERR_get_state ERR_STATE ERR_lib ERR_*_LIB_*",
		"there is no queue to keep in order"),
	use("SSL_R_*", "ossl.MakeReason ossl.Reason", `ok = errors.Is(err, ossl.MakeReason(20, 193))`,
		"library 20 is libssl; the number is the constant's"),
	use("*_R_*", "ossl.MakeReason ossl.Reason", `ok = errors.Is(err, ossl.MakeReason(20, 193))`,
		"the library's number and the constant's"),
	gone("SSL_F_* *_F_*", "OpenSSL 3 has no function codes any more"),
	use("SSL_AD_* TLS1_AD_* SSL3_AD_* TLS13_AD_* SSL3_AL_* SSL_AD_REASON_OFFSET", "ossl.Alert ossl.Reason.Alert", "",
		"the alert's number, as in RFC 8446"),
}

// BIOs: Go's io interfaces.
var rulesBIO = []rule{
	std("BIO_new BIO_new_ex BIO_s_mem BIO_s_secmem", "bytes", `var b bytes.Buffer`, "a memory BIO; the zero value is ready"),
	std("BIO_new_mem_buf", "bytes", `r = bytes.NewReader(data)`, "ossl's readers of PEM and DER take the []byte itself"),
	std("BIO_get_mem_data BIO_get_mem_ptr BIO_set_mem_buf BIO_set_mem_eof_return", "bytes", `data = buf.Bytes()`, ""),
	std("BIO_read BIO_read_ex", "io", `n, err = r.Read(data)`, ""),
	std("BIO_write BIO_write_ex", "io", `n, err = w.Write(data)`, ""),
	std("BIO_puts", "io", `n, err = io.WriteString(w, text)`, ""),
	std("BIO_gets BIO_get_line", "bufio", `text, err = bufio.NewReader(r).ReadString('\n')`, "make the bufio.Reader once"),
	std("BIO_printf BIO_vprintf BIO_snprintf BIO_vsnprintf", "fmt", `n, err = fmt.Fprintf(w, "%s\n", text)`, ""),
	std("BIO_indent BIO_dump* BIO_hex_string", "encoding/hex", `text = hex.Dump(data)`, ""),
	del("BIO_free BIO_vfree BIO_up_ref BIO_set BIO_set_close BIO_get_close BIO_set_shutdown BIO_get_shutdown "+
		"BIO_set_init BIO_get_init BIO_NOCLOSE BIO_CLOSE", "memory frees itself; close what was opened"),
	std("BIO_new_file BIO_new_fp BIO_s_file BIO_read_filename BIO_write_filename BIO_append_filename BIO_rw_filename BIO_set_fp "+
		"BIO_get_fp BIO_s_fd BIO_new_fd", "os", `f, err = os.Open(file)`, "os.Create to write; os.ReadFile for all of it"),
	std("BIO_seek BIO_tell", "os", `pos, err := f.Seek(0, io.SeekStart)`, ""),
	std("BIO_reset", "bytes", `buf.Reset()`, ""),
	std("BIO_eof", "io", `ok = errors.Is(err, io.EOF)`, "the Read that finds the end says so"),
	std("BIO_flush", "bufio", `err = bw.Flush()`, "of a bufio.Writer; other writers keep nothing back"),
	std("BIO_pending BIO_wpending BIO_ctrl_pending BIO_ctrl_wpending", "bytes", `n = buf.Len()`, ""),
	std("BIO_push BIO_pop BIO_next BIO_find_type BIO_set_next BIO_dup_chain BIO_copy_next_retry BIO_get_retry_BIO", "io",
		`r = io.TeeReader(r, w)`, "readers and writers wrap one another"),
	std("BIO_f_base64 BIO_FLAGS_BASE64_NO_NL", "encoding/base64", `r = base64.NewDecoder(base64.StdEncoding, r)`,
		"base64.NewEncoder to write"),
	std("BIO_f_md BIO_set_md BIO_get_md BIO_get_md_ctx BIO_set_md_ctx", "crypto/sha256", `h = sha256.New(); r = io.TeeReader(r, h)`,
		""),
	std("BIO_f_cipher BIO_set_cipher BIO_get_cipher_*", "crypto/cipher", `r = &cipher.StreamReader{S: keystream, R: r}`, ""),
	std("BIO_f_buffer BIO_f_linebuffer BIO_f_readbuffer BIO_set_buffer_* BIO_set_read_buffer_size BIO_set_write_buffer_size "+
		"BIO_get_buffer_num_lines BIO_buffer_* BIO_get_buffer_*", "bufio", `bw = bufio.NewWriterSize(w, 16<<10)`, ""),
	std("BIO_s_null BIO_f_null BIO_f_nbio_test BIO_f_reliable", "io", `w = io.Discard`, ""),
	std("BIO_s_log", "log/slog", `slog.Error(text, "err", err)`, ""),
	std("BIO_new_bio_pair BIO_s_bio BIO_make_bio_pair BIO_destroy_bio_pair BIO_shutdown_wr BIO_set_write_buf_size "+
		"BIO_get_write_buf_size BIO_get_write_guarantee BIO_ctrl_get_write_guarantee BIO_get_read_request BIO_ctrl_get_read_request "+
		"BIO_ctrl_reset_read_request BIO_nread* BIO_nwrite*", "net", `server, client := net.Pipe()`,
		"between goroutines; a Conn needs a socket: syscall.Socketpair"),
	std("BIO_new_connect BIO_s_connect BIO_do_connect BIO_set_conn_* BIO_get_conn_* BIO_set_nbio BIO_new_socket BIO_s_socket "+
		"BIO_connect BIO_socket* BIO_set_tcp_ndelay BIO_sock_* BIO_parse_hostserv BIO_lookup* BIO_ADDR* BIO_gethostbyname "+
		"BIO_get_port BIO_get_host_ip BIO_hostserv_priorities BIO_bind BIO_closesocket BIO_err_is_non_fatal BIO_fd_*", "net",
		`nc, err = net.Dial("tcp", addr)`, "with TLS: bridge.Dial, or (*bridge.Loop).Dial"),
	std("BIO_new_accept BIO_s_accept BIO_do_accept BIO_set_accept_* BIO_get_accept_* BIO_listen BIO_accept BIO_accept_ex "+
		"BIO_set_bind_mode BIO_get_bind_mode BIO_get_accept_socket BIO_get_peer_* BIO_set_nbio_accept", "net",
		`ln, err := net.Listen("tcp", addr)`, "with TLS: bridge.Listen, or (*bridge.Loop).Listen"),
	use("BIO_get_fd BIO_set_fd", "ossl.SSL.GetFd ossl.SSL.SetFd", `n = s.GetFd()`, ""),
	use("BIO_should_retry BIO_should_read BIO_should_write BIO_should_io_special BIO_retry_type BIO_set_retry_* BIO_clear_retry_flags "+
		"BIO_get_retry_reason BIO_get_retry_flags BIO_set_retry_reason BIO_set_flags BIO_get_flags BIO_test_flags BIO_clear_flags "+
		"BIO_sock_should_retry BIO_sock_non_fatal_error BIO_fd_should_retry BIO_FLAGS_* BIO_RR_*", "ossl.Want",
		`retry := want != ossl.WantNothing`, "the operation returns what to wait for; Go's own readers wait by themselves"),
	std("BIO_meth_* BIO_get_new_index BIO_set_data BIO_get_data BIO_METHOD BIO_TYPE_* BIO_method_type BIO_method_name BIO_get_ex_* "+
		"BIO_set_ex_data BIO_set_app_data BIO_get_app_data", "io", `var _ io.ReadWriter = rw`,
		"a type with Read and Write is one; under an SSL of a Conn or Loop is a socket: copy between the two in goroutines, over a "+
			"socket pair"),
	std("BIO_set_callback BIO_set_callback_ex BIO_get_callback BIO_get_callback_ex BIO_set_callback_arg BIO_get_callback_arg "+
		"BIO_callback_ctrl BIO_debug_callback* BIO_CB_* BIO_callback_fn* BIO_cb_post BIO_cb_pre BIO_info_cb BIO_set_info_callback "+
		"BIO_get_info_callback", "io", `r = io.TeeReader(r, w)`, "wrap the reader or writer"),
	std("BIO_number_read BIO_number_written", "io", `total, err := io.Copy(w, r)`, "count what Read and Write return"),
	always(std("BIO_ctrl", "io", `_, ok = r.(io.Seeker)`, "each control is a method of its own: Len, Reset, Flush, Seek")),
	std("BIO_int_ctrl BIO_ptr_ctrl BIO_CTRL_* BIO_C_*", "io", `_, ok = r.(io.Seeker)`,
		"each control is a method of its own: Len, Reset, Flush, Seek"),
	use("BIO_CTRL_GET_KTLS_* BIO_CTRL_SET_KTLS*", "ossl.HasKTLS", `ok = ossl.HasKTLS()`,
		"says whether this build can; SSL_OP_ENABLE_KTLS turns it on"),
	std("BIO_f_prefix BIO_f_asn1 BIO_f_zlib BIO_f_brotli BIO_f_zstd BIO_*", "io", `total, err := io.Copy(w, r)`,
		"readers and writers of Go's take the place of BIOs"),
}
