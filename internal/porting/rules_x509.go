package porting

// Certificates: crypto/x509 looks into them, ossl hands them to libssl.
var rulesX509 = []rule{
	use("X509_new_ex", "ossl.D2IX509 ossl.PEMReadBioX509", `xc, err = ossl.D2IX509(der)`,
		"certificates are read; x509.CreateCertificate makes one"),
	use("X509_get0_pubkey_bitstr X509_get_pubkey_parameters X509_extract_key",
		"ossl.X509.Certificate", `anyValue = cert.PublicKey`, "of an x509.Certificate: (*ossl.X509).Certificate"),
	std("X509_get_serialNumber X509_get0_serialNumber", "crypto/x509", `serial := cert.SerialNumber`, "a *big.Int"),
	std("X509_get0_notBefore X509_getm_notBefore X509_get_notBefore", "crypto/x509", `t = cert.NotBefore`, "a time.Time"),
	std("X509_get0_notAfter X509_getm_notAfter X509_get_notAfter", "crypto/x509", `t = cert.NotAfter`, "a time.Time"),
	std("X509_get_version X509_VERSION_*", "crypto/x509", `n = cert.Version`, "counted from 1"),
	std("X509_digest X509_digest_sig", "crypto/sha256", `sum256 := sha256.Sum256(cert.Raw)`,
		"a fingerprint is the digest of the DER form"),
	std("X509_pubkey_digest", "crypto/sha256", `sum256 := sha256.Sum256(cert.RawSubjectPublicKeyInfo)`,
		"C digests the key bits without their algorithm"),
	std("X509_get_signature_nid X509_get_signature_info X509_get_signature_type X509_get0_tbs_sigalg X509_SIG_INFO_* "+
		"X509_get_signature_*", "crypto/x509", `ok = cert.SignatureAlgorithm == x509.SHA256WithRSA`, ""),
	std("X509_get0_signature X509_get_signature", "crypto/x509", `sig = cert.Signature`, ""),
	use("X509_get_ext_d2i", "ossl.X509.GetSubjectAltNames ossl.X509.GetExtByNID", `names, err := xc.GetSubjectAltNames()`,
		"by its NID: NID_subject_alt_name is GetSubjectAltNames, or DNSNames, IPAddresses, … of crypto/x509, which has fields for the "+
			"usual ones; any other is GetExtByNID"),
	std("X509_get_ext X509_get_ext_by_NID X509_get_ext_by_OBJ X509_get_ext_by_critical X509_get_ext_count "+
		"X509_get0_extensions X509_EXTENSION_* X509v3_get_* X509V3_get_d2i X509V3_EXT_get* X509V3_EXT_d2i X509_delete_ext",
		"crypto/x509", `ext := cert.Extensions[0]`,
		"the usual ones are fields: DNSNames, IPAddresses, KeyUsage, ExtKeyUsage, OCSPServer, …"),
	del("X509_EXTENSION_free X509_email_free X509_INFO_free X509_INFO_new X509_EXTENSION_new",
		"crypto/x509's certificates are not freed; an ossl.X509 is closed"),
	std("X509_get_ex_data X509_set_ex_data X509_get_ex_new_index X509_set_app_data X509_get_app_data X509_get_ex_*", "",
		`byCert := map[string]any{string(cert.Raw): anyValue}`, "a field beside the certificate"),
	std("X509_cmp X509_issuer_and_serial_cmp X509_issuer_and_serial_hash X509_issuer_name_cmp X509_subject_name_cmp", "crypto/x509",
		`ok = cert.Equal(issuer)`, ""),
	std("X509_cmp_time X509_cmp_current_time X509_cmp_timeframe", "time", `ok = time.Now().After(cert.NotAfter)`, ""),
	std("X509_gmtime_adj X509_time_adj X509_time_adj_ex", "time", `t = time.Now().Add(24 * time.Hour)`, ""),
	std("X509_print X509_print_ex X509_print_fp X509_print_ex_fp X509_signature_print X509_signature_dump X509_ocspid_print "+
		"X509_FLAG_* X509_aux_print", "fmt", `n, err = fmt.Fprintln(w, cert.Subject, cert.Issuer, cert.NotAfter)`,
		"`openssl x509 -text` shows all of it"),
	std("X509_check_host X509_check_ip X509_check_ip_asc X509_CHECK_FLAG_*", "crypto/x509", `err = cert.VerifyHostname(host)`,
		"in the handshake: Set1Host, which bridge.Config calls by itself"),
	std("X509_check_email", "slices", `ok = slices.Contains(cert.EmailAddresses, text)`, ""),
	std("X509_check_issued X509_verify X509_self_signed X509_NAME_verify", "crypto/x509", `err = cert.CheckSignatureFrom(issuer)`, ""),
	std("X509_check_purpose X509_check_trust X509_check_ca X509_check_akid X509_PURPOSE_* X509_TRUST_* X509_get_extension_flags "+
		"X509_get_pathlen X509_supported_extension X509_get_proxy_pathlen X509_set_proxy_*", "crypto/x509",
		`ok = cert.IsCA && cert.BasicConstraintsValid`, "libssl checks the purpose by itself"),
	std("X509_get_key_usage X509_get_extended_key_usage KU_* XKU_* EXFLAG_*", "crypto/x509",
		`ok = cert.KeyUsage&x509.KeyUsageDigitalSignature != 0`, "ExtKeyUsage beside it"),
	std("X509_get0_subject_key_id X509_get0_authority_key_id X509_get0_authority_issuer X509_get0_authority_serial AUTHORITY_KEYID_* "+
		"AUTHORITY_KEYID", "crypto/x509", `data = cert.AuthorityKeyId`, "SubjectKeyId beside it"),
	std("X509_get1_ocsp", "crypto/x509", `urls := cert.OCSPServer`, ""),
	std("X509_get1_email X509_REQ_get1_email", "crypto/x509", `urls := cert.EmailAddresses`, ""),
	no("X509_get0_uids X509_alias_* X509_keyid_* X509_CERT_AUX* X509_get0_distinguishing_id "+
		"X509_set0_distinguishing_id",
		"trust settings inside a certificate are OpenSSL's own; ossl reads certificates and leaves them out"),
	use("X509_add_cert X509_add_certs X509_ADD_FLAG_*", "ossl.Ctx.Add1ChainCert", `err = c.Add1ChainCert(xc)`,
		"a chain is a slice, or goes to the Ctx"),
	std("d2i_X509 d2i_X509_bio d2i_X509_fp", "crypto/x509", `cert, err = x509.ParseCertificate(der)`, "ossl.D2IX509 for libssl"),
	std("i2d_X509 i2d_X509_bio i2d_X509_fp i2d_re_X509_tbs", "crypto/x509", `der = cert.Raw`, ""),
	use("X509_FILETYPE_*", "ossl.FiletypePEM", `err = c.UsePrivateKeyFile(file, ossl.FiletypePEM)`, ""),
	std("X509_certificate_type X509_hash X509_subject_name_hash* X509_issuer_name_hash* X509_NAME_hash* X509_NAME_hash_old",
		"crypto/sha256", `sum256 := sha256.Sum256(cert.RawSubject)`, "openssl-rehash(1) makes the links of a folder of certificates"),
	std("X509_NAME_digest", "crypto/sha256", `sum256 := sha256.Sum256(cert.RawSubject)`, ""),
	std("X509_PUBKEY_* X509_PUBKEY", "crypto/x509", `anyValue, err = x509.ParsePKIXPublicKey(cert.RawSubjectPublicKeyInfo)`, ""),
	std("X509_ALGOR_* X509_ALGOR", "crypto/x509/pkix", `var alg pkix.AlgorithmIdentifier`, ""),
	no("X509_ATTRIBUTE_* X509_SIG_* X509_VAL_* X509_REQ_INFO* X509_CINF* X509_PKEY_* X509_LOOKUP_* X509_policy_* X509_POLICY_* "+
		"X509_EXTENSIONS_*", "a detail of OpenSSL's own structures"),
	std("X509_*", "crypto/x509", `cert, err = x509.ParseCertificate(der)`,
		"the fields of an x509.Certificate; (*ossl.X509).Certificate gives one"),
}

// Names: subjects, issuers and alternative names.
var rulesNames = []rule{
	std("X509_NAME_oneline X509_NAME_print X509_NAME_print_ex X509_NAME_print_ex_fp XN_FLAG_* ASN1_STRFLGS_*", "crypto/x509/pkix",
		`text = cert.Subject.String()`, "RFC 2253; (*ossl.X509).GetSubjectName is OpenSSL's own text"),
	std("X509_NAME_get_text_by_NID X509_NAME_get_text_by_OBJ", "crypto/x509/pkix", `text = cert.Subject.CommonName`,
		"do not check hosts by it: Set1Host, or bridge.Config.ServerName, looks at the alternative names"),
	std("X509_NAME_entry_count X509_NAME_get_entry X509_NAME_get_index_by_NID X509_NAME_get_index_by_OBJ X509_NAME_ENTRY_* "+
		"X509_NAME_ENTRY X509_NAME_get0_der", "crypto/x509/pkix", `for _, atv := range cert.Subject.Names { text = atv.Type.String() }`,
		"type and value of each part"),
	std("X509_NAME_cmp X509_name_cmp", "bytes", `ok = bytes.Equal(cert.RawIssuer, issuer.RawSubject)`, ""),
	std("X509_NAME_new X509_NAME_dup X509_NAME_set X509_NAME_add_entry* X509_NAME_delete_entry X509_NAME d2i_X509_NAME i2d_X509_NAME "+
		"X509_NAME_ENTRY_create* X509_NAME_*", "crypto/x509/pkix",
		`subject := pkix.Name{CommonName: host, Organization: []string{text}}`, ""),
	del("X509_NAME_free X509_NAME_ENTRY_free GENERAL_NAME_free GENERAL_NAMES_free POLICYINFO_free ACCESS_DESCRIPTION_free "+
		"AUTHORITY_INFO_ACCESS_free DIST_POINT_free CRL_DIST_POINTS_free DIST_POINT_NAME_free BASIC_CONSTRAINTS_free "+
		"AUTHORITY_KEYID_free", "nothing is to be freed"),
	std("GENERAL_NAME_* GENERAL_NAMES_* GENERAL_NAME GENERAL_NAMES GEN_* OTHERNAME* EDIPARTYNAME*", "crypto/x509",
		`names := append(cert.DNSNames, cert.EmailAddresses...)`,
		"IPAddresses and URIs beside them; other names are in cert.Extensions"),
	std("d2i_CRL_DIST_POINTS CRL_DIST_POINTS* DIST_POINT* i2d_CRL_DIST_POINTS", "crypto/x509", `urls := cert.CRLDistributionPoints`,
		""),
	std("ACCESS_DESCRIPTION* AUTHORITY_INFO_ACCESS* d2i_AUTHORITY_INFO_ACCESS", "crypto/x509",
		`urls := append(cert.OCSPServer, cert.IssuingCertificateURL...)`, ""),
	std("POLICYINFO* CERTIFICATEPOLICIES* POLICYQUALINFO* USERNOTICE* POLICY_*", "crypto/x509", `oids := cert.Policies`, ""),
	std("BASIC_CONSTRAINTS* d2i_BASIC_CONSTRAINTS i2d_BASIC_CONSTRAINTS NAME_CONSTRAINTS* EXTENDED_KEY_USAGE* d2i_EXTENDED_KEY_USAGE "+
		"PKEY_USAGE_PERIOD*", "crypto/x509", `n = cert.MaxPathLen`, "IsCA, PermittedDNSDomains, ExtKeyUsage"),
	std("a2i_IPADDRESS a2i_IPADDRESS_NC a2i_ipadd", "net/netip", `ip, err := netip.ParseAddr(text)`, ""),
}

// Revocation lists.
var rulesCRL = []rule{
	std("d2i_X509_CRL d2i_X509_CRL_* X509_CRL_new X509_CRL_dup X509_CRL X509_CRL_INFO*", "crypto/x509",
		`crl, err = x509.ParseRevocationList(der)`, ""),
	std("X509_CRL_get0_lastUpdate X509_CRL_get_lastUpdate", "crypto/x509", `t = crl.ThisUpdate`, ""),
	std("X509_CRL_get0_nextUpdate X509_CRL_get_nextUpdate", "crypto/x509", `t = crl.NextUpdate`, ""),
	std("X509_CRL_get_issuer X509_CRL_get_version X509_CRL_get_signature_nid X509_CRL_get0_signature X509_CRL_digest X509_CRL_cmp "+
		"X509_CRL_match", "crypto/x509", `text = crl.Issuer.String()`, ""),
	std("X509_CRL_get_ext_d2i X509_CRL_get_ext* X509_CRL_get0_extensions X509_CRL_add_ext X509_CRL_delete_ext", "crypto/x509",
		`ext := crl.Extensions[0]`, "Number is a field"),
	std("X509_CRL_get_REVOKED X509_CRL_get0_by_serial X509_CRL_get0_by_cert X509_REVOKED_* X509_REVOKED", "crypto/x509",
		`for _, e := range crl.RevokedCertificateEntries { t = e.RevocationTime }`, "SerialNumber and ReasonCode beside it"),
	std("X509_CRL_verify", "crypto/x509", `err = crl.CheckSignatureFrom(issuer)`, ""),
	std("X509_CRL_sign X509_CRL_set* X509_CRL_sort X509_CRL_add0_revoked X509_CRL_diff i2d_X509_CRL i2d_X509_CRL_* i2d_re_X509_CRL_tbs",
		"crypto/x509", `der, err = x509.CreateRevocationList(rand.Reader, crl, issuer, signer)`, ""),
	del("X509_REVOKED_free", "nothing is to be freed"),
	no("X509_CRL_METHOD* X509_CRL_set_meth_data X509_CRL_get_meth_data X509_CRL_set_default_method X509_CRL_print*",
		"`openssl crl -text` shows one"),
	use("X509_load_cert_crl_file*",
		"ossl.Store.LoadFile ossl.Store.SetFlags", `err = errors.Join(st.LoadFile(file), st.SetFlags(ossl.FlagCRLCheck))`,
		"a PEM file may hold certificates and lists"),
}

// Verification.
var rulesVerify = []rule{
	use("X509_STORE_load_locations_ex X509_STORE_load_file_ex X509_LOOKUP_load_file* X509_load_cert_file_ex", "ossl.Store.LoadFile", `err = st.LoadFile(file)`, "LoadPath for a folder"),
	use("X509_STORE_load_path_ex X509_LOOKUP_* X509_LOOKUP X509_LU_*",
		"ossl.Store.LoadPath", `err = st.LoadPath(dir)`, "LoadFile for a file"),
	use("X509_STORE_set_default_paths_ex", "ossl.Store.SetDefaultPaths", `err = st.SetDefaultPaths()`, ""),
	use("X509_V_FLAG_*",
		"ossl.Store.SetFlags ossl.StoreFlags", `err = st.SetFlags(ossl.FlagCRLCheck)`, ""),
	use("X509_VERIFY_PARAM_move_peername", "ossl.SSL.Set1Host",
		`err = s.Set1Host(host)`, "bridge calls it for the name that is dialled"),
	del("X509_STORE_CTX_cleanup X509_LOOKUP_free X509_STORE_CTX_set0_param",
		"there is no such object to make or free; the checks are methods of SSL, Ctx and Store"),
	std("X509_VERIFY_PARAM_set_time X509_STORE_CTX_set_time X509_VERIFY_PARAM_get_time X509_V_FLAG_USE_CHECK_TIME "+
		"X509_V_FLAG_NO_CHECK_TIME", "crypto/x509", `opts := x509.VerifyOptions{Roots: pool, CurrentTime: t}`,
		"of a chain that Go verifies; libssl takes the system's clock"),
	std("X509_verify_cert X509_STORE_CTX_verify X509_STORE_CTX_new X509_STORE_CTX_new_ex X509_STORE_CTX_init X509_STORE_CTX "+
		"X509_STORE_CTX_set_purpose X509_STORE_CTX_set_trust X509_STORE_CTX_set_cert X509_STORE_CTX_set0_* X509_STORE_CTX_set_default "+
		"X509_STORE_CTX_purpose_inherit X509_build_chain", "crypto/x509",
		`chains, err := cert.Verify(x509.VerifyOptions{Roots: pool, DNSName: host})`,
		"libssl verifies its peers by itself, by (*ossl.Ctx).SetVerify; this is for other certificates"),
	use("X509_STORE_CTX_get_error X509_STORE_CTX_get_error_depth X509_STORE_CTX_get_current_cert X509_STORE_CTX_set_error "+
		"SSL_get_ex_data_X509_STORE_CTX_idx", "bridge.Hooks.VerifyPeer bridge.PeerCertificate", "",
		"within a verify callback: Hooks.VerifyPeer has the verdict, its depth and the chain at once, the Handshake in place of the "+
			"SSL, and Accept to overrule"),
	use("X509_STORE_CTX_set_error_depth",
		"ossl.SSL.GetVerifyResult ossl.VerifyResult", `ok = errors.Is(err, ossl.VerifyHostnameMismatch)`,
		"the handshake's error has it"),
	use("X509_STORE_CTX_get0_untrusted X509_STORE_CTX_set_current_cert X509_STORE_CTX_get0_current_crl "+
		"X509_STORE_CTX_get0_parent_ctx",
		"bridge.Hooks.VerifyPeer ossl.SSL.AskedChain ossl.ConnectionState.PeerCertificates", "",
		"Hooks.VerifyPeer has the whole chain at once; afterwards it is in the ConnectionState"),
	use("X509_STORE_CTX_get_ex_data X509_STORE_CTX_set_ex_data X509_STORE_CTX_set_app_data X509_STORE_CTX_get_app_data "+
		"X509_STORE_CTX_set_verify_cb X509_STORE_CTX_set_verify X509_STORE_set_verify_cb*",
		"ossl.AskVerify ossl.SSL.AskedChain ossl.Ctx.SetSuspend", `err = c.SetSuspend(ossl.AskVerify)`,
		"C's callback runs for each certificate; here the handshake is suspended once, with the whole chain"),
	no(" X509_STORE_set_verify* X509_STORE_set_get_* X509_STORE_set_check_* X509_STORE_set_lookup_* X509_STORE_set_cert_crl "+
		"X509_STORE_set_cleanup X509_STORE_get_* X509_STORE_CTX_get_check_* X509_STORE_CTX_get_get_* X509_STORE_CTX_get_verify* "+
		"X509_STORE_CTX_get_lookup_* X509_STORE_CTX_get_cert_crl X509_STORE_CTX_get_cleanup",
		"libssl calls nothing of Go's while it verifies: set what it would decide by Set1Host and SetFlags, or look at the whole "+
			"chain (AskVerify)"),
	use("X509_STORE_get1_objects X509_OBJECT_* X509_STORE_CTX_get_obj_by_subject X509_STORE_CTX_get1_crls X509_STORE_get1_crls "+
		"X509_STORE_lock X509_STORE_unlock", "ossl.Store.Get1Objects", "",
		"the certificates and lists in a Store, as Go values: no object to make or free"),
	use("X509_V_*", "ossl.VerifyResult", `ok = errors.Is(err, ossl.VerifyResult(10))`, "by number, where there is no constant"),
	use("X509_get_default_cert_*", "ossl.DefaultCertFile ossl.DefaultCertDir", `text = ossl.DefaultCertFile()`, ""),
	no("X509_get_default_private_dir", "OpenSSL's own folder for keys: name one"),
	no("X509_VERIFY_PARAM_* X509_STORE_CTX_* X509_STORE_*",
		"verification is set up by SetVerify, Set1Host, Set1IPAsc and Store.SetFlags"),
}

// Making certificates and requests.
var rulesX509Make = []rule{
	std("X509_sign X509_sign_ctx X509_set_* X509_set1_* X509_add_ext X509_add1_ext_i2d X509_set_issuer_name X509_set_subject_name "+
		"X509V3_EXT_conf* X509V3_EXT_nconf* X509V3_EXT_add* X509V3_EXT_i2d X509V3_set_ctx* X509V3_add* X509V3_CTX* "+
		"X509_EXTENSION_create* X509_EXTENSION_set* X509_to_X509_REQ X509_REQ_to_X509", "crypto/x509",
		`der, err = x509.CreateCertificate(rand.Reader, template, issuer, pub, signer)`,
		"the template is an x509.Certificate; extensions are fields, or ExtraExtensions"),
	std("X509_REQ_new X509_REQ_new_ex X509_REQ_set_* X509_REQ_sign X509_REQ_sign_ctx X509_REQ_add_extensions "+
		"X509_REQ_add_extensions_nid X509_REQ_add1_attr* X509_REQ i2d_X509_REQ i2d_X509_REQ_*", "crypto/x509",
		`der, err = x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{DNSNames: []string{host}}, signer)`, ""),
	std("d2i_X509_REQ d2i_X509_REQ_* X509_REQ_get_* X509_REQ_get0_* X509_REQ_get1_* X509_REQ_verify X509_REQ_check_private_key "+
		"X509_REQ_digest X509_REQ_*", "crypto/x509", `csr, err = x509.ParseCertificateRequest(der)`, "CheckSignature verifies it"),
	del("X509_REQ_free", "nothing is to be freed"),
	std("X509V3_EXT_print X509V3_EXT_print_fp X509V3_EXT_val_prn X509V3_extensions_print X509V3_EXT_PARSE_UNKNOWN X509V3_EXT_* "+
		"GENERAL_NAME_print", "fmt", `n, err = fmt.Fprintln(w, cert.DNSNames, cert.IPAddresses)`,
		"`openssl x509 -text` shows the rest"),
	no("X509V3_* NETSCAPE_* SXNET* PROXY_* ADMISSION* NAMING_AUTHORITY* PROFESSION_* ASIdentifier* IPAddress* ASRange* ASIdOrRange* "+
		"TLS_FEATURE*", "an extension that crypto/x509 does not interpret: read it from cert.Extensions by encoding/asn1"),
}
