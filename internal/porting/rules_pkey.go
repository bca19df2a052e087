package porting

// Keys. Those that TLS uses are ossl's; computing with keys is Go's.
var rulesPKey = []rule{
	use("EVP_PKEY_new EVP_PKEY_assign EVP_PKEY_assign_* EVP_PKEY_set1_* EVP_PKEY_set_type* EVP_PKEY_fromdata*", "ossl.NewPKey",
		`pk, err = ossl.NewPKey(signer)`, "from a key of Go's: *rsa.PrivateKey, *ecdsa.PrivateKey, ed25519.PrivateKey"),
	std("EVP_PKEY_new_raw_public_key EVP_PKEY_new_raw_public_key_ex", "crypto/ed25519", `edPub := ed25519.PublicKey(data)`,
		"ecdh.X25519().NewPublicKey for X25519"),
	use("EVP_PKEY_get_base_id EVP_PKEY_type EVP_PKEY_type_names_do_all EVP_PKEY_can_sign", "ossl.PKey.GetTypeName", `ok = pk.GetTypeName() == "RSA"`,
		"a string; of a key of Go's a type switch"),
	use("EVP_PKEY_RSA EVP_PKEY_RSA2 EVP_PKEY_RSA_PSS EVP_PKEY_EC EVP_PKEY_DSA EVP_PKEY_DH EVP_PKEY_DHX EVP_PKEY_ED25519 "+
		"EVP_PKEY_ED448 EVP_PKEY_X25519 EVP_PKEY_X448 EVP_PKEY_SM2 EVP_PKEY_NONE EVP_PKEY_DSA*", "ossl.PKey.GetTypeName",
		`ok = pk.GetTypeName() == "EC"`, "types are names: RSA, RSA-PSS, EC, ED25519, …"),
	del("EVP_PKEY_CTX_free EVP_PKEY_CTX_dup", "keys of Go's are not freed; an ossl.PKey is closed"),
	std("EVP_PKEY_get0_RSA EVP_PKEY_get1_RSA EVP_PKEY_get0_EC_KEY EVP_PKEY_get1_EC_KEY EVP_PKEY_get0_DH EVP_PKEY_get1_DH "+
		"EVP_PKEY_get0_DSA EVP_PKEY_get1_DSA EVP_PKEY_get0_* EVP_PKEY_get1_* EVP_PKEY_get0", "crypto/x509",
		`anyValue, err = x509.ParsePKCS8PrivateKey(der)`, "a type switch over *rsa.PrivateKey, *ecdsa.PrivateKey and the like"),
	std("EVP_PKEY_get_bn_param EVP_PKEY_get_octet_string_param EVP_PKEY_get_params EVP_PKEY_get_*_param EVP_PKEY_gettable_params "+
		"EVP_PKEY_todata EVP_PKEY_export", "crypto/rsa", `modulus := priv.N`, "the parameters are fields of the key"),
	std("EVP_PKEY_get_utf8_string_param EVP_PKEY_get_group_name", "crypto/ecdsa", `text = ec.Curve.Params().Name`, ""),
	std("EVP_PKEY_get1_encoded_public_key EVP_PKEY_get1_tls_encodedpoint EVP_PKEY_get_raw_public_key", "crypto/ecdh",
		`data = dh.PublicKey().Bytes()`, ""),
	std("EVP_PKEY_get_raw_private_key", "crypto/ed25519", `data = ed.Seed()`, "Bytes of an *ecdh.PrivateKey"),
	std("EVP_PKEY_set1_encoded_public_key EVP_PKEY_set1_tls_encodedpoint", "crypto/ecdh",
		`dhPub, err = ecdh.X25519().NewPublicKey(data)`, ""),
	std("EVP_PKEY_eq EVP_PKEY_cmp EVP_PKEY_parameters_eq EVP_PKEY_cmp_parameters", "crypto/rsa", `ok = pub.Equal(&priv.PublicKey)`,
		"every public key of Go's has Equal"),
	std("EVP_PKEY_check EVP_PKEY_pairwise_check EVP_PKEY_private_check EVP_PKEY_public_check EVP_PKEY_public_check_quick "+
		"EVP_PKEY_param_check EVP_PKEY_param_check_quick", "crypto/rsa", `err = priv.Validate()`, "parsing checks keys on curves"),
	std("EVP_PKEY_dup EVP_PKEY_copy_parameters", "crypto/rsa", `second := priv`, "keys are not changed, so a pointer can be shared"),
	del("EVP_PKEY_missing_parameters EVP_PKEY_save_parameters EVP_PKEY_set_params EVP_PKEY_set_*_param EVP_PKEY_settable_params "+
		"EVP_PKEY_CTX_set_params EVP_PKEY_CTX_get_params EVP_PKEY_CTX_*able_params EVP_PKEY_set_*", "parameters are arguments in Go"),
	std("EVP_PKEY_Q_keygen EVP_PKEY_keygen EVP_PKEY_keygen_init EVP_PKEY_generate EVP_PKEY_paramgen EVP_PKEY_paramgen_init "+
		"EVP_PKEY_gen EVP_RSA_gen EVP_EC_gen EVP_PKEY_CTX_set_*keygen* EVP_PKEY_CTX_set_*paramgen* EVP_PKEY_CTX_get_keygen_info "+
		"EVP_PKEY_gen_cb EVP_PKEY_CTX_set_cb EVP_PKEY_CTX_get_cb", "crypto/ecdsa",
		`ec, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)`, "rsa.GenerateKey, ed25519.GenerateKey, ecdh.X25519().GenerateKey"),
	std("EVP_PKEY_CTX_set_rsa_keygen_bits EVP_PKEY_CTX_set_rsa_keygen_*", "crypto/rsa",
		`priv, err = rsa.GenerateKey(rand.Reader, 3072)`, ""),
	std("EVP_PKEY_CTX_set_ec_paramgen_curve_nid EVP_PKEY_CTX_set_ec_param_enc EVP_PKEY_CTX_set_group_name EVP_PKEY_CTX_get_group_name "+
		"EVP_PKEY_CTX_set_ec_*", "crypto/elliptic", `curve := elliptic.P256()`, "an argument of ecdsa.GenerateKey"),
	std("EVP_PKEY_derive EVP_PKEY_derive_init EVP_PKEY_derive_init_ex EVP_PKEY_derive_set_peer EVP_PKEY_derive_set_peer_ex "+
		"EVP_PKEY_CTX_set_ecdh_* EVP_PKEY_CTX_get_ecdh_* EVP_PKEY_CTX_set_dh_* EVP_PKEY_CTX_set_dhx_* EVP_PKEY_CTX_get_dh_*",
		"crypto/ecdh", `secret, err = dh.ECDH(dhPub)`, "HKDF is crypto/hkdf"),
	std("EVP_PKEY_encapsulate EVP_PKEY_encapsulate_init", "crypto/mlkem", `secret, sealed = kemPub.Encapsulate()`,
		"ML-KEM; crypto/hpke for RFC 9180"),
	std("EVP_PKEY_decapsulate EVP_PKEY_decapsulate_init EVP_PKEY_CTX_set_kem_op", "crypto/mlkem",
		`secret, err = kem.Decapsulate(sealed)`, ""),
	std("EVP_PKEY_sign EVP_PKEY_sign_init EVP_PKEY_sign_init_ex EVP_PKEY_sign_message_*", "crypto",
		`sig, err = signer.Sign(rand.Reader, sum, crypto.SHA256)`, ""),
	std("EVP_PKEY_verify EVP_PKEY_verify_init EVP_PKEY_verify_init_ex EVP_PKEY_verify_message_*", "crypto/rsa",
		`err = rsa.VerifyPKCS1v15(pub, crypto.SHA256, sum, sig)`, "rsa.VerifyPSS, ecdsa.VerifyASN1, ed25519.Verify"),
	no("EVP_PKEY_verify_recover EVP_PKEY_verify_recover_init*", "Go verifies a signature; it does not open one"),
	std("EVP_PKEY_encrypt EVP_PKEY_encrypt_init EVP_PKEY_encrypt_init_ex EVP_PKEY_encrypt_old", "crypto/rsa",
		`sealed, err = rsa.EncryptOAEP(sha256.New(), rand.Reader, pub, plain, nil)`, ""),
	std("EVP_PKEY_decrypt EVP_PKEY_decrypt_init EVP_PKEY_decrypt_init_ex EVP_PKEY_decrypt_old", "crypto/rsa",
		`plain, err = rsa.DecryptOAEP(sha256.New(), nil, priv, sealed, nil)`, ""),
	std("EVP_PKEY_CTX_set_rsa_oaep_* EVP_PKEY_CTX_set0_rsa_oaep_label EVP_PKEY_CTX_get_rsa_oaep_* EVP_PKEY_CTX_get0_rsa_oaep_label "+
		"EVP_PKEY_CTX_set_rsa_mgf1_* EVP_PKEY_CTX_get_rsa_mgf1_*", "crypto/rsa",
		`plain, err = priv.Decrypt(nil, sealed, &rsa.OAEPOptions{Hash: crypto.SHA256})`, ""),
	std("EVP_PKEY_CTX_set_rsa_padding EVP_PKEY_CTX_get_rsa_padding EVP_PKEY_CTX_set_rsa_pss_* EVP_PKEY_CTX_get_rsa_pss_* "+
		"EVP_PKEY_CTX_set_signature_md EVP_PKEY_CTX_get_signature_md EVP_PKEY_CTX_set_rsa_*", "crypto/rsa",
		`sig, err = rsa.SignPSS(rand.Reader, priv, crypto.SHA256, sum, nil)`, "each padding has a function of its own"),
	std("EVP_PKEY_CTX_new EVP_PKEY_CTX_new_id EVP_PKEY_CTX_new_from_pkey EVP_PKEY_CTX_* EVP_PKEY_CTX", "crypto",
		`_, ok = anyValue.(crypto.Signer)`, "operations are methods and functions of the key's package"),
	std("EVP_PKEY_get_default_digest_name EVP_PKEY_get_default_digest_nid EVP_PKEY_digestsign_supports_digest "+
		"ASN1_PKEY_CTRL_DEFAULT_MD_NID", "crypto", `h = crypto.SHA256.New()`, "the program chooses"),
	no("EVP_PKEY_asn1_* EVP_PKEY_meth_* EVP_PKEY_METHOD EVP_PKEY_ASN1_METHOD EVP_PKEY_add1_attr* EVP_PKEY_*attr* EVP_KEYMGMT_* "+
		"EVP_SIGNATURE_* EVP_KEYEXCH_* EVP_KEM_* EVP_ASYM_CIPHER_* EVP_names_do_all EVP_KEYMGMT EVP_SIGNATURE EVP_KEYEXCH EVP_KEM "+
		"EVP_ASYM_CIPHER", "new algorithms come as providers, which are C"),
	std("EVP_PKEY_print_private EVP_PKEY_print_public EVP_PKEY_print_params EVP_PKEY_print_*", "encoding/hex", `text = hex.Dump(der)`,
		"`openssl pkey -text` shows a key"),
	use("EVP_PKEY_KEYPAIR EVP_PKEY_PUBLIC_KEY EVP_PKEY_KEY_PARAMETERS EVP_PKEY_PRIVATE_KEY EVP_PKEY_FLAG_*", "ossl.PKey", "",
		"private and public keys are types of their own in Go"),
	use("d2i_AutoPrivateKey_ex d2i_PrivateKey d2i_PrivateKey_ex d2i_PrivateKey_bio d2i_PrivateKey_fp "+
		"d2i_PKCS8_PRIV_KEY_INFO* d2i_PrivateKey_ex_bio d2i_PrivateKey_ex_fp", "ossl.D2IAutoPrivateKey",
		`pk, err = ossl.D2IAutoPrivateKey(der)`, "crypto/x509 has ParsePKCS8PrivateKey for Go's own"),
	use("i2d_PrivateKey_bio i2d_PrivateKey_fp i2d_PKCS8PrivateKeyInfo_* i2d_PKCS8_PRIV_KEY_INFO*", "ossl.PKey.I2D",
		`der, err = pk.I2D()`, "crypto/x509 has MarshalPKCS8PrivateKey for Go's own"),
	std("d2i_PublicKey d2i_PUBKEY d2i_PUBKEY_* d2i_X509_PUBKEY* d2i_RSA_PUBKEY* d2i_EC_PUBKEY* d2i_DSA_PUBKEY*", "crypto/x509",
		`anyValue, err = x509.ParsePKIXPublicKey(der)`, ""),
	std("i2d_PublicKey i2d_PUBKEY i2d_PUBKEY_* i2d_X509_PUBKEY* i2d_RSA_PUBKEY* i2d_EC_PUBKEY* i2d_DSA_PUBKEY*", "crypto/x509",
		`der, err = x509.MarshalPKIXPublicKey(pub)`, ""),
	no("i2d_PKCS8PrivateKey_* d2i_PKCS8PrivateKey_* PKCS8_*",
		"ossl.PEMReadBioPrivateKey opens encrypted keys; `openssl pkcs8` writes them"),
	no("EVP_PKEY_*", "computing with keys is Go's: crypto/rsa, crypto/ecdsa, crypto/ed25519, crypto/ecdh"),
}

// RSA, DSA and DH keys as such: deprecated in OpenSSL 3.
var rulesKeys = []rule{
	std("RSA_new RSA_set0_* RSA_get0_* RSA_get_* RSA RSAPublicKey_dup RSAPrivateKey_dup RSA_check_key RSA_check_key_ex RSA_print*",
		"crypto/rsa", `pub = &rsa.PublicKey{N: a, E: 65537}`,
		"fields of rsa.PrivateKey: N, E, D, Primes, Precomputed"),
	del("RSA_free RSA_up_ref RSA_flags RSA_set_flags RSA_clear_flags RSA_test_flags RSA_FLAG_* RSA_METHOD_FLAG_* RSA_blinding_* "+
		"RSA_setup_blinding RSA_memory_lock", "keys of Go's are not freed, and blind themselves"),
	std("RSA_size RSA_bits RSA_security_bits", "crypto/rsa", `n = priv.Size()`, ""),
	std("RSA_generate_key RSA_generate_key_ex RSA_generate_multi_prime_key", "crypto/rsa",
		`priv, err = rsa.GenerateKey(rand.Reader, 3072)`, ""),
	std("RSA_sign RSA_sign_ASN1_OCTET_STRING RSA_private_encrypt", "crypto/rsa",
		`sig, err = rsa.SignPKCS1v15(rand.Reader, priv, crypto.SHA256, sum)`, ""),
	std("RSA_verify RSA_verify_ASN1_OCTET_STRING RSA_public_decrypt", "crypto/rsa",
		`err = rsa.VerifyPKCS1v15(pub, crypto.SHA256, sum, sig)`, ""),
	std("RSA_public_encrypt RSA_PKCS1_OAEP_PADDING RSA_padding_add_PKCS1_OAEP*", "crypto/rsa",
		`sealed, err = rsa.EncryptOAEP(sha256.New(), rand.Reader, pub, plain, nil)`, ""),
	std("RSA_private_decrypt RSA_padding_check_PKCS1_OAEP*", "crypto/rsa",
		`plain, err = rsa.DecryptOAEP(sha256.New(), nil, priv, sealed, nil)`, ""),
	std("RSA_PKCS1_PSS_PADDING RSA_PSS_SALTLEN_* RSA_padding_add_PKCS1_PSS* RSA_verify_PKCS1_PSS*", "crypto/rsa",
		`sig, err = rsa.SignPSS(rand.Reader, priv, crypto.SHA256, sum, nil)`, ""),
	std("RSA_PKCS1_PADDING RSA_PKCS1_WITH_TLS_PADDING RSA_PKCS1_PADDING_SIZE RSA_padding_add_PKCS1_type_* "+
		"RSA_padding_check_PKCS1_type_*", "crypto/rsa", `sig, err = rsa.SignPKCS1v15(rand.Reader, priv, crypto.SHA256, sum)`, ""),
	no("RSA_NO_PADDING RSA_X931_PADDING RSA_padding_* RSA_X931_* PKCS1_MGF1",
		"raw RSA is a.Exp(a, D, N) of math/big, which is not constant in time"),
	use("RSA_meth_* RSA_METHOD RSA_get_method RSA_set_method RSA_get_default_method RSA_set_default_method RSA_PKCS1_OpenSSL "+
		"RSA_null_method RSA_new_method", "bridge.Certificate.Signer ossl.NewSignerKey", `pk, err = ossl.NewSignerKey(signer)`,
		"a type with Sign is a key, wherever the real one is: a handshake waits for it and blocks nothing"),
	std("RSA_set_ex_data RSA_get_ex_data RSA_get_ex_new_index RSA_set_app_data RSA_get_app_data", "",
		`pair := struct{ key *rsa.PrivateKey }{priv}`, "fields beside the key, in a struct of the program's own"),
	std("d2i_RSAPrivateKey d2i_RSAPrivateKey_bio d2i_RSAPrivateKey_fp", "crypto/x509", `priv, err = x509.ParsePKCS1PrivateKey(der)`,
		""),
	std("i2d_RSAPrivateKey i2d_RSAPrivateKey_bio i2d_RSAPrivateKey_fp", "crypto/x509", `der = x509.MarshalPKCS1PrivateKey(priv)`, ""),
	std("d2i_RSAPublicKey d2i_RSAPublicKey_bio d2i_RSAPublicKey_fp", "crypto/x509", `pub, err = x509.ParsePKCS1PublicKey(der)`, ""),
	std("i2d_RSAPublicKey i2d_RSAPublicKey_bio i2d_RSAPublicKey_fp", "crypto/x509", `der = x509.MarshalPKCS1PublicKey(pub)`, ""),
	std("DSA_* DSA d2i_DSA* i2d_DSA*", "crypto/dsa", `ok = dsa.Verify(dsaPub, sum, a, b)`,
		"deprecated; for verifying old signatures only"),
	del("DSA_free DSA_SIG_free DSA_up_ref", "nothing is to be freed"),
	std("DSA_SIG_new DSA_SIG_set0 DSA_SIG_get0 DSA_SIG i2d_DSA_SIG d2i_DSA_SIG", "encoding/asn1",
		`der, err = asn1.Marshal(struct{ R, S *big.Int }{a, b})`, ""),
	use("DH_new DH_set0_pqg DH_get0_pqg DH_get_1024_160 DH_get_2048_* DH_generate_parameters "+
		"DH_generate_parameters_ex DH_set_* PEM_write_DHparams PEM_write_bio_DHparams d2i_DHparams* "+
		"i2d_DHparams* DH DH_bits DH_check* DH_CHECK_* DH_NOT_* DH_UNABLE_* DHparams_* "+
		"PEM_read_bio_Parameters_ex",
		"bridge.Config.Groups ossl.Ctx.Set1GroupsList", `err = c.Set1GroupsList("X25519:P-256:ffdhe2048")`,
		"for TLS: the named groups ffdhe2048 and up take the place of parameters of one's own"),
	del("DH_free DH_up_ref DH_FLAG_* DH_clear_flags DH_test_flags", "nothing is to be freed"),
	std("DH_generate_key DH_compute_key DH_compute_key_padded DH_get0_* DH_set0_key DH_get_* DH_KDF* DH_meth_* DH_METHOD DH_*",
		"crypto/ecdh", `secret, err = dh.ECDH(dhPub)`,
		"on X25519 or P-256; finite-field DH is big.Int's Exp, which is not constant in time"),
	std("ECDH_* ECDH_compute_key", "crypto/ecdh", `secret, err = dh.ECDH(dhPub)`, ""),
	no("SRP_* SRP", "SRP is gone from TLS 1.3"),
}
