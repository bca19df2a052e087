package porting

// PEM, PKCS#12, PKCS#7.
var rulesPEM = []rule{
	use("PEM_read_PrivateKey PEM_read_PrivateKey_ex PEM_read_bio_RSAPrivateKey PEM_read_RSAPrivateKey "+
		"PEM_read_bio_ECPrivateKey PEM_read_ECPrivateKey PEM_read_bio_DSAPrivateKey PEM_read_DSAPrivateKey",
		"ossl.PEMReadBioPrivateKey", `pk, err = ossl.PEMReadBioPrivateKey(pemText, text)`,
		"from a []byte; the passphrase is a string, and nothing asks the terminal"),
	use("PEM_read_X509 PEM_read_X509_AUX", "ossl.PEMReadBioX509",
		`xc, err = ossl.PEMReadBioX509(pemText)`, "the first of a []byte"),
	std("PEM_X509_INFO_read PEM_X509_INFO_read_ex PEM_X509_INFO_read_bio PEM_X509_INFO_read_bio_ex PEM_X509_INFO_write_bio",
		"encoding/pem", `block, rest := pem.Decode(pemText)`, "in a loop over rest, by block.Type"),
	std("PEM_read_bio PEM_read PEM_read_bio_ex PEM_bytes_read_bio PEM_bytes_read_bio_secmem PEM_ASN1_read PEM_ASN1_read_bio "+
		"PEM_get_EVP_CIPHER_INFO PEM_do_header PEM_read_*", "encoding/pem", `block, rest := pem.Decode(pemText)`,
		"block.Type and block.Bytes"),
	std("PEM_read_bio_X509_CRL PEM_read_X509_CRL", "crypto/x509", `crl, err = x509.ParseRevocationList(pemBlock.Bytes)`,
		"after pem.Decode"),
	std("PEM_read_bio_X509_REQ PEM_read_X509_REQ", "crypto/x509", `csr, err = x509.ParseCertificateRequest(pemBlock.Bytes)`,
		"after pem.Decode"),
	std("PEM_read_bio_PUBKEY PEM_read_PUBKEY PEM_read_bio_PUBKEY_ex PEM_read_PUBKEY_ex PEM_read_bio_RSA_PUBKEY PEM_read_RSA_PUBKEY "+
		"PEM_read_bio_EC_PUBKEY PEM_read_EC_PUBKEY PEM_read_bio_RSAPublicKey PEM_read_RSAPublicKey", "crypto/x509",
		`anyValue, err = x509.ParsePKIXPublicKey(pemBlock.Bytes)`, "after pem.Decode"),
	std("PEM_write_* PEM_write PEM_ASN1_write* PEM_X509_INFO_write*", "encoding/pem",
		`err = pem.Encode(w, &pem.Block{Type: "CERTIFICATE", Bytes: der})`, ""),
	std("PEM_write_bio_PrivateKey PEM_write_PrivateKey PEM_write_bio_PKCS8PrivateKey PEM_write_PKCS8PrivateKey "+
		"PEM_write_bio_PrivateKey_*", "encoding/pem", `err = pem.Encode(w, &pem.Block{Type: "PRIVATE KEY", Bytes: der})`,
		"der by x509.MarshalPKCS8PrivateKey, in the clear"),
	std("PEM_STRING_*", "encoding/pem", `ok = pemBlock.Type == "CERTIFICATE"`, "the string itself"),
	std("PEM_SignInit PEM_SignUpdate PEM_SignFinal PEM_dek_info PEM_proc_type PEM_*", "encoding/pem",
		`block, rest := pem.Decode(pemText)`, ""),
	module("PKCS12_parse d2i_PKCS12 d2i_PKCS12_* PKCS12_* PKCS12 i2d_PKCS12*", "software.sslmate.com/src/go-pkcs12",
		"or `openssl pkcs12` once, and PEM files from then on"),
	del("PKCS12_free PKCS7_free CMS_ContentInfo_free", "nothing is to be freed"),
	module("PKCS7_* PKCS7 d2i_PKCS7* i2d_PKCS7* SMIME_*", "go.mozilla.org/pkcs7", "for signed data"),
	module("CMS_* d2i_CMS_* i2d_CMS_* PEM_read_bio_CMS PEM_write_bio_CMS ESS_* ", "go.mozilla.org/pkcs7",
		"for signed and enveloped data; Go's standard library has no CMS"),
	no("TS_* d2i_TS_* i2d_TS_*", "Go's standard library has no time stamps (RFC 3161)"),
	use("CT_* SCT_* CTLOG_* o2i_SCT* i2o_SCT* d2i_SCT_LIST i2d_SCT_LIST SCT CTLOG CTLOG_STORE",
		"ossl.SCT ossl.SSL.Get0PeerScts ossl.Ctx.SetCTValidation ossl.Ctx.SetCtlogListFile", `scts := s.Get0PeerScts()`,
		"a timestamp is a struct, with libcrypto's verdict on it; which logs are known is in a file"),
	no("OSSL_CMP_* OSSL_CRMF_* OSSL_HTTP_* OSSL_parse_url", "net/http speaks HTTP; Go's standard library has no CMP"),
}

// ASN.1.
var rulesASN1 = []rule{
	always(std("ASN1_STRING_to_UTF8", "encoding/asn1", `rest, err := asn1.Unmarshal(der, &text)`,
		"what crypto/x509 parses has strings already; an embedded NUL does not end them")),
	std("ASN1_STRING_get0_data ASN1_STRING_data ASN1_STRING_length ASN1_STRING_type ASN1_STRING_print ASN1_STRING_print_ex "+
		"ASN1_STRING_print_ex_fp i2a_ASN1_STRING ASN1_STRING_cmp ASN1_STRING_dup ASN1_STRING_copy ASN1_STRING", "encoding/asn1",
		`rest, err := asn1.Unmarshal(der, &text)`, "what crypto/x509 parses has strings already; an embedded NUL does not end them"),
	std("ASN1_STRING_new ASN1_STRING_set ASN1_STRING_set0 ASN1_STRING_type_new ASN1_STRING_* ASN1_mbstring_* MBSTRING_*",
		"encoding/asn1", `der, err = asn1.MarshalWithParams(text, "utf8")`, ""),
	std("ASN1_INTEGER_get ASN1_INTEGER_get_int64 ASN1_INTEGER_get_uint64 ASN1_ENUMERATED_get*", "math/big",
		`number := cert.SerialNumber.Int64()`, ""),
	always(std("ASN1_INTEGER_to_BN", "encoding/asn1", `rest, err := asn1.Unmarshal(der, &a)`, "a *big.Int")),
	std("ASN1_ENUMERATED_to_BN ASN1_INTEGER_dup d2i_ASN1_INTEGER d2i_ASN1_UINTEGER", "encoding/asn1",
		`rest, err := asn1.Unmarshal(der, &a)`, "a *big.Int"),
	std("ASN1_INTEGER_set ASN1_INTEGER_set_int64 ASN1_INTEGER_set_uint64 i2d_ASN1_INTEGER ASN1_INTEGER_new ASN1_ENUMERATED_set* "+
		"ASN1_INTEGER ASN1_ENUMERATED", "encoding/asn1", `der, err = asn1.Marshal(a)`, "a *big.Int, or an int"),
	std("ASN1_INTEGER_cmp", "math/big", `n = cert.SerialNumber.Cmp(a)`, ""),
	std("i2a_ASN1_INTEGER a2i_ASN1_INTEGER i2s_ASN1_INTEGER s2i_ASN1_INTEGER i2s_* s2i_*", "math/big",
		`text = cert.SerialNumber.Text(16)`, ""),
	std("i2a_* a2i_*", "fmt", `text = fmt.Sprintf("%x", der)`, ""),
	std("ASN1_TIME_print ASN1_TIME_print_ex ASN1_GENERALIZEDTIME_print ASN1_UTCTIME_print ASN1_DTFLGS_*", "time",
		`text = cert.NotAfter.Format(time.RFC3339)`, ""),
	always(std("ASN1_TIME_to_tm", "encoding/asn1", `rest, err := asn1.Unmarshal(der, &t)`, "a time.Time")),
	std("ASN1_TIME_check ASN1_TIME_to_generalizedtime ASN1_UTCTIME_check ASN1_GENERALIZEDTIME_check", "encoding/asn1",
		`rest, err := asn1.Unmarshal(der, &t)`, "a time.Time"),
	std("ASN1_TIME_diff ASN1_TIME_compare ASN1_TIME_cmp_time_t ASN1_UTCTIME_cmp_time_t", "time", `left := time.Until(cert.NotAfter)`,
		""),
	std("ASN1_TIME_set ASN1_TIME_set_string ASN1_TIME_set_string_X509 ASN1_TIME_adj ASN1_TIME_normalize ASN1_TIME_new ASN1_TIME "+
		"ASN1_UTCTIME ASN1_UTCTIME_* ASN1_GENERALIZEDTIME ASN1_GENERALIZEDTIME_* ASN1_TIME_* V_ASN1_GENERALIZEDTIME V_ASN1_UTCTIME",
		"time", `t, err = time.Parse("20060102150405Z", text)`, ""),
	std("ASN1_BIT_STRING_get_bit ASN1_BIT_STRING_set_bit ASN1_BIT_STRING_check ASN1_BIT_STRING_* ASN1_BIT_STRING", "encoding/asn1",
		`var bitString asn1.BitString; n = bitString.At(0)`, ""),
	std("ASN1_OCTET_STRING_* ASN1_OCTET_STRING", "encoding/asn1", `rest, err := asn1.Unmarshal(der, &data)`, "a []byte"),
	del("ASN1_INTEGER_free ASN1_STRING_free ASN1_STRING_clear_free ASN1_OBJECT_free ASN1_TIME_free ASN1_BIT_STRING_free "+
		"ASN1_OCTET_STRING_free ASN1_TYPE_free ASN1_GENERALIZEDTIME_free ASN1_UTCTIME_free ASN1_*_free", "nothing is to be freed"),
	std("ASN1_get_object ASN1_put_object ASN1_object_size ASN1_put_eoc ASN1_check_infinite_end ASN1_const_check_infinite_end "+
		"ASN1_tag2str ASN1_tag2bit ASN1_parse ASN1_parse_dump", "encoding/asn1",
		`var raw asn1.RawValue; rest, err := asn1.Unmarshal(der, &raw)`, "class, tag and bytes of one element"),
	std("ASN1_TYPE_* ASN1_TYPE ASN1_ANY* d2i_ASN1_TYPE i2d_ASN1_TYPE", "encoding/asn1",
		`var raw asn1.RawValue; rest, err := asn1.Unmarshal(der, &raw)`, ""),
	std("d2i_ASN1_* d2i_DIRECTORYSTRING d2i_DISPLAYTEXT d2i_*", "encoding/asn1", `rest, err := asn1.Unmarshal(der, &anyValue)`,
		"into a struct with the fields of the SEQUENCE"),
	std("i2d_ASN1_* i2d_ASN1_SEQUENCE_ANY i2d_*", "encoding/asn1", `der, err = asn1.Marshal([]int{n})`,
		"of a struct with the fields of the SEQUENCE"),
	std("ASN1_SEQUENCE ASN1_SEQUENCE_* ASN1_ITEM* ASN1_SIMPLE ASN1_OPT ASN1_IMP* ASN1_EXP* ASN1_SET* ASN1_CHOICE* ASN1_*_it "+
		"IMPLEMENT_ASN1_* DECLARE_ASN1_* ASN1_BOOLEAN* ASN1_NULL* ASN1_EX_* ASN1_ADB* ASN1_NDEF* ASN1_F* ASN1_BROKEN* ASN1_item_* "+
		"ASN1_TLC* ASN1_PCTX* ASN1_SCTX* ASN1_d2i_* ASN1_i2d_* ASN1_dup ASN1_dup_of ASN1_VALUE ASN1_AUX* ASN1_TEMPLATE* ASN1_*STRING "+
		"ASN1_*STRING_* ASN1_PRINTABLE* ASN1_generate_* ASN1_add_* ASN1_verify ASN1_sign ASN1_digest ASN1_*", "encoding/asn1",
		`var seq struct{ Version int; Name string }; rest, err := asn1.Unmarshal(der, &seq)`,
		"a struct with tags such as `asn1:\"optional,explicit,tag:0\"`"),
	std("V_ASN1_* B_ASN1_* SMIME_*", "encoding/asn1", `ok = asn1.TagUTF8String == n`, "constants asn1.Tag…"),
	std("UTF8_getc UTF8_putc", "unicode/utf8", `rn, size := utf8.DecodeRune(data)`, ""),
}

// Objects and their numbers.
var rulesObjects = []rule{
	std("OBJ_txt2obj OBJ_nid2obj OBJ_dup OBJ_create OBJ_create_objects OBJ_new_nid OBJ_add_object ASN1_OBJECT ASN1_OBJECT_* "+
		"d2i_ASN1_OBJECT a2d_ASN1_OBJECT", "encoding/asn1", `oid := asn1.ObjectIdentifier{2, 5, 29, 17}`,
		"constants of the program's own"),
	always(std("OBJ_obj2txt", "encoding/asn1", `ok = oid.Equal(asn1.ObjectIdentifier{2, 5, 4, 3})`, "oid.String is the dotted form")),
	std("OBJ_obj2nid i2a_ASN1_OBJECT i2t_ASN1_OBJECT OBJ_length OBJ_get0_data i2d_ASN1_OBJECT OBJ_cmp", "encoding/asn1",
		`ok = oid.Equal(asn1.ObjectIdentifier{2, 5, 4, 3})`, "oid.String is the dotted form"),
	std("OBJ_nid2sn OBJ_nid2ln OBJ_sn2nid OBJ_ln2nid OBJ_txt2nid OBJ_find_sigid_algs OBJ_find_sigid_by_algs OBJ_bsearch* OBJ_NAME_* "+
		"OBJ_add_sigid OBJ_sigid_free OBJ_*", "encoding/asn1", `names := map[string]string{"2.5.4.3": "CN"}`,
		"there are no numbers for objects: a map of those that the program means, by oid.String"),
	std("SN_* LN_*", "", `text = "sha256"`, "the name as a string: what it stands for is in obj_mac.h"),
	std("NID_* OBJ_nid", "encoding/asn1", `oid := asn1.ObjectIdentifier{2, 5, 4, 3}`,
		"object identifiers take the place of numbers; groups, ciphers and digests are names in TLS settings"),
}

// OCSP.
var rulesOCSP = []rule{
	module("OCSP_* d2i_OCSP_* i2d_OCSP_* OCSP_REQ_CTX_* d2i_OCSP_RESPONSE_bio", "golang.org/x/crypto/ocsp",
		"ParseResponse, CreateRequest; the request goes out by net/http"),
	del("OCSP_CERTID_free OCSP_REQ_CTX_free OCSP_SINGLERESP_free OCSP_RESPID_free OCSP_ONEREQ_free", "nothing is to be freed"),
	std("OCSP_sendreq_new OCSP_sendreq_nbio OCSP_sendreq_bio OCSP_REQ_CTX_add1_header OCSP_REQ_CTX_set1_req OCSP_REQ_CTX_i2d "+
		"OCSP_REQ_CTX_nbio* OCSP_set_max_response_length OCSP_REQ_CTX_http OCSP_REQ_CTX_new", "net/http",
		`resp, err := http.Post(text, "application/ocsp-request", bytes.NewReader(der))`, ""),
	std("OCSP_parse_url", "net/url", `u, err = url.Parse(cert.OCSPServer[0])`, ""),
}

// Parameters and encoders of OpenSSL 3.
var rulesParams = []rule{
	del("OSSL_PARAM_* OSSL_PARAM OSSL_PARAM_BLD_* OSSL_PARAM_BLD", "parameters are arguments in Go"),
	std("OSSL_PKEY_PARAM_*", "crypto/rsa", `modulus := priv.N`, "fields of Go's keys"),
	del("OSSL_SIGNATURE_PARAM_* OSSL_ASYM_CIPHER_PARAM_* OSSL_EXCHANGE_PARAM_* OSSL_KEM_PARAM_* OSSL_CIPHER_PARAM_* "+
		"OSSL_DIGEST_PARAM_* OSSL_RAND_PARAM_* OSSL_DRBG_PARAM_* OSSL_PROV_PARAM_* OSSL_ALG_PARAM_* OSSL_CAPABILITY_* "+
		"OSSL_DECODER_PARAM_* OSSL_ENCODER_PARAM_* OSSL_STORE_PARAM_* OSSL_OBJECT_PARAM_* OSSL_PASSPHRASE_PARAM_* OSSL_CIPHER_* "+
		"OSSL_DIGEST_NAME_* OSSL_MAC_NAME_* OSSL_KDF_NAME_*", "parameters are arguments in Go"),
	use("OSSL_DECODER_* OSSL_DECODER", "ossl.PEMReadBioPrivateKey ossl.D2IAutoPrivateKey",
		`pk, err = ossl.PEMReadBioPrivateKey(pemText, text)`, "whatever the type of the key"),
	std("OSSL_ENCODER_* OSSL_ENCODER", "crypto/x509", `der, err = x509.MarshalPKCS8PrivateKey(priv)`, "and encoding/pem around it"),
	no("OSSL_FUNC_* OSSL_OP_* OSSL_KEYMGMT_* OSSL_DISPATCH* OSSL_ALGORITHM* OSSL_CORE_* OSSL_ITEM* "+
		"OSSL_provider_init* OSSL_CALLBACK OSSL_INOUT_CALLBACK OSSL_PASSPHRASE_CALLBACK OSSL_PROV_* "+
		"OSSL_SELF_TEST_* OSSL_RECORD_* OSSL_thread_stop_*",
		"a provider is a module in C that libcrypto loads; a Go program uses it by the configuration file"),
	no("OSSL_trace_* OSSL_TRACE* OSSL_self_test*", "a diagnostic of libcrypto's own builds"),
}

// Stores, engines, user interfaces, configuration files.
var rulesStore = []rule{
	use("OSSL_STORE_* OSSL_STORE", "ossl.OSSLStoreOpen ossl.OSSLStore.Load ossl.OSSLStoreInfo",
		`store, err := ossl.OSSLStoreOpen("pkcs11:object=server", text)`,
		"what a URI leads to, one by one: a key, a certificate, a list, in a field each"),
	use("OSSL_STORE_SEARCH_*", "ossl.OSSLStore.FindByName ossl.OSSLStore.FindByIssuerSerial ossl.OSSLStore.FindByKeyFingerprint "+
		"ossl.OSSLStore.FindByAlias", "", "each search has a method, before the first Load"),
	del("OSSL_STORE_INFO_free OSSL_STORE_SEARCH_free OSSL_STORE_LOADER_free", "an OSSLStoreInfo is a struct; what is in it is closed"),
	no("OSSL_STORE_LOADER_* OSSL_STORE_register_loader OSSL_STORE_unregister_loader OSSL_STORE_attach",
		"loaders come as providers, which are C"),
}

var rulesEngine = []rule{
	no("ENGINE_*", "of engines there is what loads keys and sets defaults (ossl.Engine); they are deprecated, and gone from OpenSSL 4: a "+
		"provider does their work (pkcs11-provider for HSMs), named in the configuration file"),
	use("ENGINE_new ENGINE_add ENGINE_set_RSA ENGINE_set_EC ENGINE_set_id ENGINE_set_name ENGINE_set_*_function ENGINE_get_RSA ENGINE_get_EC "+
		"ENGINE_get_default_RSA ENGINE_get_default_EC", "bridge.Certificate.Signer ossl.NewSignerKey", `pk, err = ossl.NewSignerKey(signer)`,
		"an engine of the program's own, to sign with a key that is elsewhere: a crypto.Signer does that"),
	use("ENGINE_set_default_*", "ossl.Engine.SetDefault ossl.EngineMethods", `err = engine.SetDefault(ossl.EngineMethodRSA)`, ""),
	use("ENGINE_METHOD_*", "ossl.EngineMethods ossl.Engine.SetDefault", `err = engine.SetDefault(ossl.EngineMethodAll)`, ""),
	del("ENGINE_load_dynamic ENGINE_load_openssl ENGINE_load_cryptodev ENGINE_load_rdrand ENGINE_register_* ENGINE_add_conf_module",
		"ossl.EngineByID finds an engine and loads its module"),
	del("ENGINE_up_ref", "an Engine has one owner, who closes it"),
	use("UI_* UI UI_METHOD EVP_read_pw_string EVP_read_pw_string_min EVP_set_pw_prompt EVP_get_pw_prompt DES_read_* "+
		"_ossl_old_des_read_*", "ossl.Ctx.SetDefaultPasswd bridge.Certificate.Passphrase", `err = c.SetDefaultPasswd(text)`,
		"libcrypto asks nobody: the program gets the passphrase where it likes (golang.org/x/term reads one without echo)"),
	std("NCONF_* CONF_* CONF CONF_VALUE CONF_METHOD", "encoding/json", `err = json.Unmarshal(data, &anyValue)`,
		"for a program's own settings; OpenSSL's configuration file is libcrypto's to read"),
	no("TXT_DB_* TXT_DB", "a text file of `openssl ca`"),
}

// Constants that carry a number or a name of the protocol.
var rulesConstants = []rule{
	use("SSL_OP_* SSL_OP_BIT", "ossl.Options ossl.Ctx.SetOptions", `c.SetOptions(ossl.OpNoTicket)`,
		"by number, where there is no constant: ossl.Options(…)"),
	use("SSL_MODE_*", "ossl.Mode ossl.Ctx.SetMode", `c.SetMode(ossl.ModeReleaseBuffers)`, "by number, where there is no constant"),
	use("SSL_VERIFY_*", "ossl.VerifyMode ossl.Ctx.SetVerify", `c.SetVerify(ossl.VerifyPeer)`, ""),
	use("SSL_FILETYPE_*", "ossl.Filetype", `err = c.UsePrivateKeyFile(file, ossl.FiletypePEM)`, ""),
	use("TLS1_3_CK_* TLS1_CK_* SSL3_CK_* TLS1_TXT_* SSL3_TXT_* TLS1_3_RFC_* TLS1_RFC_* SSL3_RFC_* SSL_CK_*",
		"ossl.Cipher.GetProtocolID ossl.Cipher.GetName", `id := s.GetCurrentCipher().GetProtocolID()`, "ciphers go by name"),
	use("TLSEXT_TYPE_*", "bridge.ClientHelloInfo.Extensions ossl.Ctx.AddCustomExt", `const maxFragmentLength = 1`,
		"the extension's number, as in IANA's list"),
	use("TLS_ST_* DTLS_ST_*", "ossl.SSL.GetState ossl.HandshakeState", `text = s.StateStringLong()`,
		"each state has a constant: ossl.StOK; or compare the text, as StateString gives it"),
	std("SSL3_RT_* SSL3_MT_* TLS1_RT_* DTLS1_MT_* TLSEXT_* TLS1_HB_* SSL3_RANDOM_SIZE SSL3_* TLS1_* DTLS1_* TLS_CT_* TLS_MD_* "+
		"SSL_MT_*", "", `const recordHandshake = 22`, "numbers of the protocol: RFC 8446"),
	std("SSL_MAX_* SSL_MIN_* SSL_SESSION_ASN1_VERSION SSL_*_MAX_* SSL_MAX_SSL_SESSION_ID_LENGTH SSL_MAX_SID_CTX_LENGTH "+
		"SSL_MAX_MASTER_KEY_LENGTH", "", `n = len(sess.GetID())`, "slices know their length"),
	use("SSL_EARLY_DATA_* SSL_READ_EARLY_DATA_*", "ossl.ConnectionState.EarlyData", `ok = conn.ConnectionState().EarlyData`, ""),
}
