package porting

// Digests, MACs and key derivation.
var rulesDigest = []rule{
	std("EVP_MD_CTX_new EVP_MD_CTX_create EVP_MD_CTX_init EVP_DigestInit* EVP_DigestInit EVP_DigestInit_ex EVP_DigestInit_ex2 "+
		"EVP_MD_CTX EVP_MD", "crypto/sha256", `h = sha256.New()`, "one package for each digest; all are a hash.Hash"),
	std("EVP_DigestUpdate", "hash", `h.Write(data)`, "it never fails"),
	std("EVP_DigestFinal EVP_DigestFinal_ex", "hash", `sum = h.Sum(nil)`, ""),
	no("EVP_DigestFinalXOF EVP_DigestSqueeze EVP_MD_xof", "sha3.NewSHAKE256 of crypto/sha3, for SHAKE"),
	std("EVP_Digest EVP_Q_digest", "crypto/sha256", `sum256 := sha256.Sum256(data)`, ""),
	std("EVP_MD_CTX_reset", "hash", `h.Reset()`, ""),
	del("EVP_MD_CTX_free EVP_MD_CTX_destroy EVP_MD_CTX_cleanup EVP_MD_free EVP_MD_up_ref", "nothing is to be freed"),
	std("EVP_MD_CTX_copy EVP_MD_CTX_copy_ex EVP_MD_CTX_dup", "hash", `clone, err := h.(hash.Cloner).Clone()`,
		"the standard library's hashes have it"),
	std("EVP_MD_size EVP_MD_get_size EVP_MD_CTX_size EVP_MD_CTX_get_size EVP_MAX_MD_SIZE", "hash", `n = h.Size()`,
		"a constant too: sha256.Size; 64 is the largest"),
	std("EVP_MD_block_size EVP_MD_get_block_size EVP_MD_CTX_block_size EVP_MD_CTX_get_block_size", "hash", `n = h.BlockSize()`, ""),
	std("EVP_MD_name EVP_MD_get0_name EVP_MD_type EVP_MD_get_type EVP_MD_nid EVP_MD_is_a EVP_MD_CTX_type EVP_MD_CTX_get_type "+
		"EVP_MD_CTX_md EVP_MD_CTX_get0_md EVP_MD_CTX_get1_md EVP_MD_get0_*", "crypto", `text = crypto.SHA256.String()`,
		"keep the crypto.Hash beside the hash"),
	std("EVP_get_digestbyname EVP_get_digestbynid EVP_get_digestbyobj EVP_MD_fetch", "crypto", `h = crypto.SHA256.New()`,
		"a map from names to crypto.Hash; import the packages of those wanted"),
	std("EVP_MD_do_all* EVP_MD_names_do_all", "crypto", `ok = crypto.SHA256.Available()`, ""),
	del("EVP_MD_CTX_set_flags EVP_MD_CTX_clear_flags EVP_MD_CTX_test_flags EVP_MD_CTX_FLAG_* EVP_MD_FLAG_* EVP_MD_CTX_set_update_fn "+
		"EVP_MD_CTX_update_fn EVP_MD_flags EVP_MD_get_flags EVP_MD_CTX_ctrl", "Go's hashes have no flags"),
	std("EVP_sha1 SHA1 SHA SHA_DIGEST_LENGTH", "crypto/sha1", `sum1 := sha1.Sum(data)`, "broken for signatures"),
	std("SHA1_Init", "crypto/sha1", `h = sha1.New()`, "broken for signatures"),
	std("EVP_sha224 SHA224 SHA224_DIGEST_LENGTH", "crypto/sha256", `sum224 := sha256.Sum224(data)`, ""),
	std("EVP_sha256 SHA256 SHA256_DIGEST_LENGTH", "crypto/sha256", `sum256 := sha256.Sum256(data)`, "sha256.New for data in pieces"),
	std("SHA256_Init SHA224_Init", "crypto/sha256", `h = sha256.New()`, ""),
	std("EVP_sha384 SHA384 SHA384_DIGEST_LENGTH", "crypto/sha512", `sum384 := sha512.Sum384(data)`, "sha512.New384 for data in pieces"),
	std("EVP_sha512 SHA512 SHA512_DIGEST_LENGTH", "crypto/sha512", `sum512 := sha512.Sum512(data)`, "sha512.New for data in pieces"),
	std("SHA512_Init SHA384_Init", "crypto/sha512", `h = sha512.New()`, ""),
	std("EVP_sha512_256", "crypto/sha512", `sum256 := sha512.Sum512_256(data)`, ""),
	std("EVP_sha512_224", "crypto/sha512", `sum224 := sha512.Sum512_224(data)`, ""),
	std("EVP_sha3_224", "crypto/sha3", `sum224 := sha3.Sum224(data)`, ""),
	std("EVP_sha3_256", "crypto/sha3", `sum256 := sha3.Sum256(data)`, ""),
	std("EVP_sha3_384", "crypto/sha3", `sum384 := sha3.Sum384(data)`, ""),
	std("EVP_sha3_512", "crypto/sha3", `sum512 := sha3.Sum512(data)`, ""),
	std("EVP_shake128 EVP_shake256", "crypto/sha3", `shake := sha3.NewSHAKE256()`, ""),
	std("EVP_md5 MD5 MD5_DIGEST_LENGTH", "crypto/md5", `sum5 := md5.Sum(data)`, "broken: for old formats only"),
	std("MD5_Init", "crypto/md5", `h = md5.New()`, "broken: for old formats only"),
	std("SHA1_Update SHA224_Update SHA256_Update SHA384_Update SHA512_Update MD5_Update", "hash", `h.Write(data)`, "it never fails"),
	std("SHA1_Final SHA224_Final SHA256_Final SHA384_Final SHA512_Final MD5_Final", "hash", `sum = h.Sum(nil)`, ""),
	std("EVP_md5_sha1", "crypto/md5", `sum5, sum1 := md5.Sum(data), sha1.Sum(data)`, "both digests, one after the other"),
	std("SHA1_Transform SHA256_Transform SHA512_Transform MD5_Transform SHA*_Transform", "encoding",
		`state, err := h.(encoding.BinaryMarshaler).MarshalBinary()`, "the inner state of a hash can be kept and brought back"),
	std("SHA_CTX SHA_*", "crypto/sha1", `h = sha1.New()`, "a hash.Hash"),
	std("SHA256_CTX SHA256_*", "crypto/sha256", `h = sha256.New()`, "a hash.Hash"),
	std("SHA512_CTX SHA512_*", "crypto/sha512", `h = sha512.New()`, "a hash.Hash"),
	std("MD5_CTX MD5_*", "crypto/md5", `h = md5.New()`, "a hash.Hash"),
	module("EVP_md4 MD4 MD4_*", "golang.org/x/crypto/md4", "broken: for NTLM and the like only"),
	module("EVP_ripemd160 RIPEMD160 RIPEMD160_*", "golang.org/x/crypto/ripemd160", ""),
	module("EVP_blake2b512 EVP_blake2s256", "golang.org/x/crypto/blake2b", "blake2s beside it"),
	no("EVP_md2 MD2 MD2_* EVP_mdc2 MDC2 MDC2_* EVP_whirlpool WHIRLPOOL WHIRLPOOL_* EVP_sm3 EVP_md_null EVP_MD_meth_*",
		"Go has no such digest; a program that needs it keeps it in C"),
	std("EVP_DigestSign EVP_DigestSignInit EVP_DigestSignInit_ex EVP_DigestSignUpdate EVP_DigestSignFinal EVP_SignInit "+
		"EVP_SignInit_ex EVP_SignUpdate EVP_SignFinal EVP_SignFinal_ex", "crypto",
		`sig, err = signer.Sign(rand.Reader, sum, crypto.SHA256)`, "hash first; an HMAC key goes to crypto/hmac instead"),
	std("EVP_DigestVerify EVP_DigestVerifyInit EVP_DigestVerifyInit_ex EVP_DigestVerifyUpdate EVP_DigestVerifyFinal EVP_VerifyInit "+
		"EVP_VerifyInit_ex EVP_VerifyUpdate EVP_VerifyFinal EVP_VerifyFinal_ex", "crypto/ecdsa",
		`ok = ecdsa.VerifyASN1(ecPub, sum, sig)`, "rsa.VerifyPKCS1v15, rsa.VerifyPSS, ed25519.Verify for other keys"),
}

var rulesMAC = []rule{
	std("HMAC", "crypto/hmac", `mac := hmac.New(sha256.New, key)`, "then Write and Sum"),
	std("HMAC_CTX_new HMAC_CTX_init HMAC_Init HMAC_Init_ex EVP_MAC_CTX_new EVP_MAC_init EVP_MAC_fetch EVP_PKEY_new_mac_key HMAC_CTX "+
		"EVP_MAC EVP_MAC_CTX EVP_Q_mac EVP_MAC_CTX_dup HMAC_CTX_copy EVP_PKEY_HMAC", "crypto/hmac", `mac := hmac.New(sha256.New, key)`,
		""),
	std("HMAC_Update EVP_MAC_update", "hash", `h.Write(data)`, ""),
	std("HMAC_Final EVP_MAC_final EVP_MAC_finalXOF", "hash", `sum = h.Sum(nil)`, "compare by hmac.Equal"),
	std("HMAC_CTX_reset", "hash", `h.Reset()`, "keeps the key"),
	std("HMAC_size EVP_MAC_CTX_get_mac_size EVP_MAC_CTX_get_block_size HMAC_MAX_MD_CBLOCK HMAC_CTX_get_md", "hash", `n = h.Size()`, ""),
	del("HMAC_CTX_free HMAC_CTX_cleanup EVP_MAC_free EVP_MAC_CTX_free EVP_MAC_up_ref HMAC_CTX_set_flags", "nothing is to be freed"),
	std("EVP_MAC_CTX_set_params EVP_MAC_CTX_get_params EVP_MAC_* OSSL_MAC_PARAM_*", "crypto/hmac", `mac := hmac.New(sha256.New, key)`,
		"key and digest are arguments"),
	no("CMAC_* EVP_PKEY_CMAC", "Go has no CMAC; it is a few lines over aes.NewCipher (RFC 4493)"),
	no("EVP_PKEY_POLY1305 EVP_PKEY_SIPHASH", "as part of chacha20poly1305 only"),
}

var rulesKDF = []rule{
	std("PKCS5_PBKDF2_HMAC PKCS5_PBKDF2_HMAC_SHA1 PKCS5_PBE_* PKCS5_v2_*", "crypto/pbkdf2",
		`key, err = pbkdf2.Key(sha256.New, text, salt, 600000, 32)`, "sha1.New for the old one"),
	std("EVP_PKEY_CTX_*hkdf* EVP_PKEY_HKDF EVP_PKEY_HKDEF_* EVP_KDF_HKDF_MODE_*", "crypto/hkdf",
		`key, err = hkdf.Key(sha256.New, secret, salt, text, 32)`, "hkdf.Extract and hkdf.Expand are the two halves"),
	std("EVP_KDF_*", "crypto/hkdf", `key, err = hkdf.Key(sha256.New, secret, salt, text, 32)`,
		"crypto/pbkdf2 for PBKDF2; golang.org/x/crypto has scrypt"),
	del("EVP_KDF_CTX_free EVP_KDF_free EVP_KDF_up_ref", "nothing is to be freed"),
	module("EVP_PBE_scrypt EVP_PBE_scrypt_ex EVP_PKEY_SCRYPT EVP_PKEY_CTX_*scrypt*", "golang.org/x/crypto/scrypt", ""),
	no("EVP_PKEY_CTX_*tls1_prf* EVP_PKEY_TLS1_PRF",
		"Go keeps the PRF of TLS 1.2 to itself; for keying material of a connection there is the exporter"),
	std("EVP_BytesToKey", "crypto/pbkdf2", `key, err = pbkdf2.Key(sha256.New, text, salt, 600000, 32)`,
		"for new data; the old scheme of `openssl enc` is MD5 or SHA-256 in a loop and has to be written out to read old data"),
	no("OSSL_KDF_PARAM_*", "parameters are arguments in Go"),
	no("EVP_PBE_* PKCS5_* PKCS12_PBE_* PBE*", "encrypted keys are opened by ossl.PEMReadBioPrivateKey, with the passphrase"),
	std("EVP_PBE_CipherInit EVP_PBE_CipherInit_ex", "crypto/pbkdf2", `key, err = pbkdf2.Key(sha256.New, text, salt, 600000, 32)`, ""),
}

var rulesRandom = []rule{
	std("RAND_bytes RAND_priv_bytes RAND_bytes_ex RAND_priv_bytes_ex RAND_pseudo_bytes", "crypto/rand", `rand.Read(nonce)`,
		"fills the slice, and never fails"),
	gone("RAND_add RAND_seed RAND_poll RAND_screen RAND_event RAND_load_file RAND_write_file RAND_egd RAND_egd_bytes "+
		"RAND_query_egd_bytes RAND_keep_random_devices_open RAND_file_name RAND_MAX_*",
		"both generators seed themselves from the kernel"),
	std("RAND_get_rand_method RAND_set_rand_method RAND_OpenSSL RAND_SSLeay RAND_METHOD RAND_set_rand_engine RAND_get0_* RAND_set0_* "+
		"RAND_set_* EVP_RAND_* RAND_*", "crypto/rand", `r = rand.Reader`,
		"the generator is the kernel's and libcrypto's own; it cannot be exchanged"),
}
