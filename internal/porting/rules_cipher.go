package porting

// Symmetric ciphers.
var rulesCipher = []rule{
	std("EVP_aes_128_gcm EVP_aes_192_gcm EVP_aes_256_gcm EVP_CIPH_GCM_MODE EVP_CIPH_FLAG_AEAD_CIPHER", "crypto/cipher",
		`aead, err = cipher.NewGCM(block)`, "Seal and Open; the key's length chooses AES-128, 192 or 256"),
	std("EVP_CTRL_GCM_* EVP_CTRL_AEAD_* EVP_GCM_TLS_* EVP_CTRL_CCM_*", "crypto/cipher", `sealed = aead.Seal(nil, nonce, plain, aad)`,
		"Seal appends the tag, Open checks it"),
	std("EVP_aes_128_cbc EVP_aes_192_cbc EVP_aes_256_cbc EVP_CIPH_CBC_MODE", "crypto/cipher",
		`mode := cipher.NewCBCEncrypter(block, iv)`, "padding is the program's to add; prefer an AEAD"),
	std("EVP_aes_128_ctr EVP_aes_192_ctr EVP_aes_256_ctr EVP_CIPH_CTR_MODE AES_ctr128_encrypt CRYPTO_ctr128_*", "crypto/cipher",
		`keystream = cipher.NewCTR(block, iv)`, ""),
	std("EVP_aes_*_ecb AES_ecb_encrypt AES_encrypt AES_decrypt EVP_CIPH_ECB_MODE", "crypto/aes", `block.Encrypt(data, plain)`,
		"one block at a time"),
	std("EVP_aes_*_cfb* EVP_CIPH_CFB_MODE", "crypto/cipher", `keystream = cipher.NewCTR(block, iv)`,
		"CFB is deprecated in Go (cipher.NewCFBEncrypter); CTR for new data"),
	std("EVP_aes_*_ofb EVP_CIPH_OFB_MODE", "crypto/cipher", `keystream = cipher.NewCTR(block, iv)`,
		"OFB is deprecated in Go (cipher.NewOFB); CTR for new data"),
	std("AES_set_encrypt_key AES_set_decrypt_key AES_KEY AES_BLOCK_SIZE", "crypto/aes", `block, err = aes.NewCipher(key)`, ""),
	std("AES_cbc_encrypt", "crypto/cipher", `cipher.NewCBCEncrypter(block, iv).CryptBlocks(data, plain)`, ""),
	no("EVP_aes_*_ccm EVP_CIPH_CCM_MODE EVP_aes_*_ocb EVP_aes_*_siv EVP_CIPH_OCB_MODE "+
		"EVP_CIPH_SIV_MODE", "Go has GCM"),
	module("EVP_aes_*_xts EVP_CIPH_XTS_MODE", "golang.org/x/crypto/xts", "made from aes.NewCipher"),
	no("EVP_aes_*_wrap EVP_aes_*_wrap_pad AES_wrap_key AES_unwrap_key CRYPTO_128_wrap* CRYPTO_128_unwrap* "+
		"EVP_CIPHER_CTX_FLAG_WRAP_ALLOW EVP_CIPH_WRAP_MODE", "Go has no key wrap; RFC 3394 is twenty lines over aes.NewCipher"),
	no("EVP_aes_*_cbc_hmac_sha*", "internal to libssl"),
	module("EVP_chacha20_poly1305 EVP_CHACHAPOLY_*", "golang.org/x/crypto/chacha20poly1305", "a cipher.AEAD"),
	module("EVP_chacha20 ChaCha*", "golang.org/x/crypto/chacha20", "a cipher.Stream"),
	std("EVP_des_ede3* EVP_des_ede*", "crypto/des", `block, err = des.NewTripleDESCipher(key)`, "for old data only"),
	std("EVP_des_* DES_*", "crypto/des", `block, err = des.NewCipher(key)`, "broken: for old protocols only"),
	std("EVP_rc4 EVP_rc4_* RC4 RC4_*", "crypto/rc4", `keystream, err = rc4.NewCipher(key)`, "broken: for old protocols only"),
	module("EVP_bf_* BF_*", "golang.org/x/crypto/blowfish", "for old data only"),
	module("EVP_cast5_* CAST_*", "golang.org/x/crypto/cast5", "for old data only"),
	no("EVP_aria_* EVP_camellia_* Camellia_* EVP_seed_* SEED_* EVP_sm4_* EVP_idea_* IDEA_* EVP_rc2_* RC2_* EVP_rc5_* RC5_*",
		"Go has no such cipher; libssl still negotiates it where the provider has it"),
	std("EVP_CIPHER_CTX_new EVP_CIPHER_CTX_init EVP_CipherInit* EVP_EncryptInit* EVP_DecryptInit* EVP_CIPHER_CTX EVP_CIPHER "+
		"EVP_CIPHER_CTX_reset EVP_CIPHER_CTX_cleanup", "crypto/aes", `block, err = aes.NewCipher(key)`,
		"then a mode of crypto/cipher, best cipher.NewGCM"),
	std("EVP_EncryptUpdate EVP_CipherUpdate EVP_Cipher EVP_EncryptFinal EVP_EncryptFinal_ex EVP_CipherFinal EVP_CipherFinal_ex",
		"crypto/cipher", `sealed = aead.Seal(nil, nonce, plain, aad)`, "a CBC mode has CryptBlocks, a stream XORKeyStream"),
	std("EVP_DecryptUpdate EVP_DecryptFinal EVP_DecryptFinal_ex EVP_R_BAD_DECRYPT", "crypto/cipher",
		`plain, err = aead.Open(nil, nonce, sealed, aad)`, "an error means that the tag is wrong: use nothing of it"),
	std("EVP_SealInit EVP_SealUpdate EVP_SealFinal EVP_OpenInit EVP_OpenUpdate EVP_OpenFinal", "crypto/rsa",
		`sealed, err = rsa.EncryptOAEP(sha256.New(), rand.Reader, pub, key, nil)`,
		"the key; the data by an AEAD. crypto/hpke does both"),
	del("EVP_CIPHER_CTX_free EVP_CIPHER_free EVP_CIPHER_up_ref", "nothing is to be freed"),
	std("EVP_CIPHER_iv_length EVP_CIPHER_get_iv_length EVP_CIPHER_CTX_iv_length EVP_CIPHER_CTX_get_iv_length EVP_MAX_IV_LENGTH",
		"crypto/cipher", `n = aead.NonceSize()`, "a block mode takes BlockSize bytes"),
	std("EVP_CIPHER_key_length EVP_CIPHER_get_key_length EVP_CIPHER_CTX_key_length EVP_CIPHER_CTX_get_key_length "+
		"EVP_CIPHER_CTX_set_key_length EVP_MAX_KEY_LENGTH EVP_CIPHER_CTX_rand_key", "crypto/aes", `block, err = aes.NewCipher(key)`,
		"the key's length chooses: 16, 24 or 32"),
	std("EVP_CIPHER_block_size EVP_CIPHER_get_block_size EVP_CIPHER_CTX_block_size EVP_CIPHER_CTX_get_block_size EVP_MAX_BLOCK_LENGTH",
		"crypto/cipher", `n = block.BlockSize()`, ""),
	std("EVP_CIPHER_CTX_set_padding EVP_CIPHER_CTX_ctrl EVP_CIPHER_CTX_set_flags EVP_CIPHER_CTX_clear_flags EVP_CIPHER_CTX_test_flags "+
		"EVP_CIPH_FLAG_* EVP_CIPHER_CTX_set_params EVP_CIPHER_CTX_get_params EVP_CTRL_*", "crypto/cipher",
		`aead, err = cipher.NewGCMWithTagSize(block, 12)`, "block modes pad nothing; sizes are arguments"),
	std("EVP_CIPHER_mode EVP_CIPHER_flags EVP_CIPHER_nid EVP_CIPHER_name EVP_CIPHER_type EVP_CIPHER_get_* EVP_CIPHER_get0_* "+
		"EVP_CIPHER_CTX_get_* EVP_CIPHER_CTX_get0_* EVP_CIPHER_CTX_get1_* EVP_CIPHER_CTX_mode EVP_CIPHER_CTX_nid EVP_CIPHER_CTX_flags "+
		"EVP_CIPHER_CTX_cipher EVP_CIPHER_CTX_encrypting EVP_CIPHER_CTX_is_encrypting EVP_CIPHER_is_a EVP_CIPHER_CTX_*",
		"crypto/cipher", `n = aead.Overhead()`, "the program knows what it made: keep a name beside it"),
	std("EVP_get_cipherbyname EVP_get_cipherbynid EVP_get_cipherbyobj EVP_CIPHER_fetch EVP_CIPHER_do_all* EVP_CIPHER_*",
		"crypto/cipher", `makers := map[string]func(cipher.Block) (cipher.AEAD, error){"AES-256-GCM": cipher.NewGCM}`,
		"a map of the ciphers that the program means"),
	std("EVP_EncodeBlock EVP_EncodeInit EVP_EncodeUpdate EVP_EncodeFinal EVP_ENCODE_CTX_* EVP_ENCODE_LENGTH EVP_ENCODE_CTX",
		"encoding/base64", `text = base64.StdEncoding.EncodeToString(data)`, ""),
	std("EVP_DecodeBlock EVP_DecodeInit EVP_DecodeUpdate EVP_DecodeFinal EVP_DECODE_LENGTH", "encoding/base64",
		`data, err = base64.StdEncoding.DecodeString(text)`, ""),
	no("EVP_enc_null EVP_CIPHER_meth_* EVP_CIPHER_impl_ctx_size EVP_CIPHER_CTX_get_cipher_data EVP_CIPHER_CTX_set_cipher_data "+
		"EVP_CIPHER_CTX_set_app_data EVP_CIPHER_CTX_get_app_data", "write a cipher.Block or cipher.Stream"),
	std("CRYPTO_gcm128_* CRYPTO_cbc128_* CRYPTO_cfb128_* CRYPTO_ofb128_* CRYPTO_ccm128_* CRYPTO_xts128_* CRYPTO_cts128_* "+
		"CRYPTO_nistcts128_* CRYPTO_ocb128_* CRYPTO_cfb128_*", "crypto/cipher", `aead, err = cipher.NewGCM(block)`, ""),
}
