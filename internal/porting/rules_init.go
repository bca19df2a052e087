package porting

// Starting and ending the library: nothing of it is left since OpenSSL 1.1.
var rulesInit = []rule{
	gone("SSL_library_init SSLeay_add_ssl_algorithms OpenSSL_add_ssl_algorithms OPENSSL_init_crypto OPENSSL_init",
		"libssl and libcrypto initialise themselves at first use"),
	gone("OPENSSL_INIT_new OPENSSL_INIT_free OPENSSL_INIT_set_config_* OPENSSL_INIT_*",
		"there is no initialisation to configure: OPENSSL_CONF names the configuration file before the program starts"),
	gone("SSL_load_error_strings ERR_load_*_strings ERR_load_*_STRINGS ERR_load_strings ERR_load_strings_const ERR_free_strings "+
		"ERR_unload_strings ERR_load_*", "error texts load themselves; errors carry them (ossl.Error)"),
	gone("OpenSSL_add_all_algorithms OpenSSL_add_all_ciphers OpenSSL_add_all_digests OPENSSL_add_all_algorithms_conf "+
		"OPENSSL_add_all_algorithms_noconf OpenSSL_add_all_algorithms* SSLeay_add_all_* EVP_add_digest EVP_add_cipher "+
		"EVP_add_alg_module EVP_add_digest_alias EVP_add_cipher_alias EVP_delete_*_alias",
		"algorithms are found when they are asked for"),
	gone("EVP_cleanup CRYPTO_cleanup_all_ex_data OPENSSL_cleanup OPENSSL_atexit OBJ_cleanup CONF_modules_unload CONF_modules_finish "+
		"COMP_zlib_cleanup ENGINE_cleanup RAND_cleanup SSL_COMP_free_compression_methods OSSL_STORE_cleanup BIO_sock_cleanup "+
		"BIO_sock_init", "libcrypto cleans up after itself when the process ends"),
	gone("OPENSSL_config OPENSSL_no_config OPENSSL_load_builtin_modules CONF_modules_free",
		"the configuration file is read by itself; OPENSSL_CONF names another one, or /dev/null for none"),
	no("CONF_modules_load_file_ex",
		"the configuration file is read once, before the first use: set OPENSSL_CONF in the environment of the process"),
	use("OPENSSL_version_major OPENSSL_version_minor OPENSSL_version_patch OPENSSL_version_pre_release "+
		"OPENSSL_version_build_metadata", "ossl.OpenSSLVersionNum", `v := ossl.OpenSSLVersionNum()`,
		"of the library that runs: 0xMNN00PP0"),
	use("OPENSSL_VERSION_NUMBER SSLEAY_VERSION_NUMBER OPENSSL_VERSION_PREREQ", "ossl.HeaderVersionNum ossl.CheckVersion",
		`v := ossl.HeaderVersionNum()`,
		"#if on it goes: ossl builds with 3.0 and later, and what a release lacks is an error that says so"),
	use("OPENSSL_VERSION_TEXT OPENSSL_VERSION_STR OPENSSL_FULL_VERSION_STR", "ossl.HeaderVersion", `v := ossl.HeaderVersion()`, ""),
	use("OPENSSL_VERSION_MAJOR OPENSSL_VERSION_MINOR OPENSSL_VERSION_PATCH OPENSSL_VERSION_PRE_RELEASE OPENSSL_VERSION_BUILD_METADATA",
		"ossl.HeaderVersionNum", `major := ossl.HeaderVersionNum() >> 28`, ""),
	use("OPENSSL_INFO_*", "ossl.OpenSSLDir ossl.ModulesDir ossl.CPUInfo ossl.SeedSource", `dir := ossl.OpenSSLDir()`,
		"one function for each question"),
	use("OPENSSL_VERSION OPENSSL_CFLAGS OPENSSL_BUILT_ON OPENSSL_PLATFORM OPENSSL_DIR OPENSSL_ENGINES_DIR OPENSSL_VERSION_STRING "+
		"OPENSSL_CPU_INFO OPENSSL_MODULES_DIR SSLEAY_VERSION SSLEAY_CFLAGS SSLEAY_BUILT_ON SSLEAY_PLATFORM SSLEAY_DIR",
		"ossl.OpenSSLVersion ossl.OpenSSLDir", `v := ossl.OpenSSLVersion()`,
		"the argument of OpenSSL_version; each has a function of its own"),
	gone("OPENSSL_API_LEVEL OPENSSL_API_COMPAT OPENSSL_CONFIGURED_API OPENSSL_NO_* OPENSSL_THREADS OPENSSL_MIN_API OPENSSL_FILE "+
		"OPENSSL_LINE OPENSSL_FUNC OPENSSL_MSTR OPENSSL_EXPORT OPENSSL_EXTERN OPENSSL_GLOBAL_REF OPENSSL_IMPLEMENT_GLOBAL "+
		"OPENSSL_DECLARE_GLOBAL DECLARE_DEPRECATED OSSL_DEPRECATED* NON_EMPTY_TRANSLATION_UNIT",
		"for the C preprocessor: what this OpenSSL was built without is an error at run time"),
	no("OPENSSL_fork_prepare OPENSSL_fork_parent OPENSSL_fork_child",
		"a Go program does not fork; it starts processes by os/exec, and each seeds itself"),
	use("OSSL_PROVIDER_load_ex",
		"ossl.TryProvider ossl.Providers", `err = ossl.TryProvider("legacy")`,
		"which providers are in use is for the configuration file to say: section provider_sect, OPENSSL_CONF"),
	use("OSSL_PROVIDER_name OSSL_PROVIDER_get_params OSSL_PROVIDER_gettable_params OSSL_PROVIDER_get0_*", "ossl.Providers", `list := ossl.Providers()`, ""),
	gone("OSSL_PROVIDER_unload OSSL_PROVIDER_free", "what the configuration file loads stays for the life of the process"),
	no("OSSL_PROVIDER_set_default_search_path OSSL_PROVIDER_add_builtin OSSL_PROVIDER_*",
		"providers come from the configuration file and from the folder in OPENSSL_MODULES"),
	use("FIPS_mode FIPS_mode_set FIPS_module_mode", "ossl.DefaultPropertiesIsFIPSEnabled",
		`fips := ossl.DefaultPropertiesIsFIPSEnabled()`,
		"FIPS is turned on by the configuration file (default_properties = fips=yes), not by a call"),
	no("EVP_default_properties_enable_fips",
		"in the configuration file: [algorithm_sect] default_properties = fips=yes"),
	no("OSSL_LIB_CTX_*", "a library context is named where it is used (ossl.NewCtxEx); the default one is not exchanged"),
}
