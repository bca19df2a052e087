package porting

import "strings"

// families answers what no rule names, by the header that declares it.
var families = map[string]rule{
	"ssl.h": no("", "not bound in this release; by the rule of names SSL_CTX_foo_bar would be (*ossl.Ctx).FooBar, and "+
		"SSL_foo_bar (*ossl.SSL).FooBar"),
	"tls1.h":             no("", "not bound in this release; by the rule of names it would be a method of ossl.SSL or ossl.Ctx"),
	"dtls1.h":            no("", "DTLS: the drivers serve stream sockets"),
	"srtp.h":             no("", "SRTP runs over DTLS: the drivers serve stream sockets"),
	"ssl2.h":             no("", "SSL 2 is gone"),
	"ssl3.h":             std("", "", "", "a number of the protocol: RFC 8446"),
	"prov_ssl.h":         std("", "", "", "a number of the protocol: RFC 8446"),
	"sslerr_legacy.h":    del("", "OpenSSL 3 has no function codes any more"),
	"crypto.h":           no("", "libcrypto's own housekeeping: memory, threads, versions"),
	"cryptoerr_legacy.h": del("", "OpenSSL 3 has no function codes any more"),
	"err.h":              use("", "ossl.Error", "", "an operation's error has OpenSSL's whole queue"),
	"bio.h":              std("", "io", "", "readers and writers take the place of BIOs"),
	"buffer.h":           std("", "bytes", "", "bytes.Buffer"),
	"bn.h":               std("", "math/big", "", "methods of *big.Int"),
	"evp.h":              std("", "crypto", "", "digests, ciphers and keys: the packages under crypto"),
	"rand.h":             std("", "crypto/rand", "", ""),
	"sha.h":              std("", "crypto/sha256", "", "crypto/sha1, crypto/sha512"),
	"md5.h":              std("", "crypto/md5", "", ""),
	"md4.h":              module("", "golang.org/x/crypto/md4", ""),
	"md2.h":              no("", "Go has no MD2"),
	"mdc2.h":             no("", "Go has no MDC2"),
	"ripemd.h":           module("", "golang.org/x/crypto/ripemd160", ""),
	"whrlpool.h":         no("", "Go has no Whirlpool"),
	"hmac.h":             std("", "crypto/hmac", "", ""),
	"cmac.h":             no("", "Go has no CMAC"),
	"kdf.h":              std("", "crypto/hkdf", "", "crypto/pbkdf2"),
	"aes.h":              std("", "crypto/aes", "", ""),
	"des.h":              std("", "crypto/des", "", ""),
	"modes.h":            std("", "crypto/cipher", "", ""),
	"rc4.h":              std("", "crypto/rc4", "", ""),
	"blowfish.h":         module("", "golang.org/x/crypto/blowfish", ""),
	"cast.h":             module("", "golang.org/x/crypto/cast5", ""),
	"camellia.h":         no("", "Go has no Camellia"),
	"idea.h":             no("", "Go has no IDEA"),
	"rc2.h":              no("", "Go has no RC2"),
	"rc5.h":              no("", "Go has no RC5"),
	"seed.h":             no("", "Go has no SEED"),
	"rsa.h":              std("", "crypto/rsa", "", ""),
	"dsa.h":              std("", "crypto/dsa", "", "deprecated"),
	"dh.h":               std("", "crypto/ecdh", "", "for TLS, groups are names: Set1GroupsList"),
	"ec.h":               std("", "crypto/ecdsa", "", "crypto/ecdh, crypto/elliptic"),
	"ecdh.h":             std("", "crypto/ecdh", "", ""),
	"ecdsa.h":            std("", "crypto/ecdsa", "", ""),
	"srp.h":              no("", "SRP is gone from TLS 1.3"),
	"x509.h":             std("", "crypto/x509", "", "(*ossl.X509).Certificate gives an x509.Certificate"),
	"x509_vfy.h":         use("", "ossl.Store ossl.Ctx.SetVerify", "", "libssl verifies its peers by the Store of the Ctx"),
	"x509v3.h":           std("", "crypto/x509", "", "extensions are fields of an x509.Certificate"),
	"pem.h":              std("", "encoding/pem", "", ""),
	"pem2.h":             std("", "encoding/pem", "", ""),
	"pkcs12.h":           module("", "software.sslmate.com/src/go-pkcs12", ""),
	"pkcs7.h":            module("", "go.mozilla.org/pkcs7", ""),
	"cms.h":              module("", "go.mozilla.org/pkcs7", "Go's standard library has no CMS"),
	"ess.h":              no("", "Go's standard library has no CMS"),
	"ts.h":               no("", "Go's standard library has no time stamps (RFC 3161)"),
	"ct.h":               no("", "Certificate Transparency is not checked here"),
	"cmp.h":              no("", "Go's standard library has no CMP"),
	"cmp_util.h":         no("", "Go's standard library has no CMP"),
	"crmf.h":             no("", "Go's standard library has no CRMF"),
	"http.h":             std("", "net/http", "", ""),
	"ocsp.h":             module("", "golang.org/x/crypto/ocsp", ""),
	"asn1.h":             std("", "encoding/asn1", "", ""),
	"asn1t.h":            std("", "encoding/asn1", "", "structs with tags"),
	"asn1_mac.h":         std("", "encoding/asn1", "", "structs with tags"),
	"objects.h":          std("", "encoding/asn1", "", "asn1.ObjectIdentifier"),
	"obj_mac.h":          std("", "encoding/asn1", "", "asn1.ObjectIdentifier"),
	"conf.h":             no("", "OpenSSL's configuration file is libcrypto's to read: OPENSSL_CONF"),
	"conf_api.h":         no("", "OpenSSL's configuration file is libcrypto's to read: OPENSSL_CONF"),
	"conftypes.h":        no("", "OpenSSL's configuration file is libcrypto's to read: OPENSSL_CONF"),
	"comp.h":             del("", "there is no compression"),
	"engine.h":           no("", "engines are gone from OpenSSL 4: a provider does their work"),
	"ui.h":               use("", "ossl.Ctx.SetDefaultPasswd", "", "libcrypto asks nobody"),
	"store.h":            use("", "ossl.PEMReadBioPrivateKey", "", "files are read by os.ReadFile"),
	"provider.h":         use("", "ossl.Providers", "", "providers come from the configuration file"),
	"core.h":             no("", "between libcrypto and its providers, which are C"),
	"core_dispatch.h":    no("", "between libcrypto and its providers, which are C"),
	"core_names.h":       del("", "parameters are arguments in Go"),
	"core_object.h":      no("", "between libcrypto and its providers, which are C"),
	"fips_names.h":       no("", "between libcrypto and its FIPS provider"),
	"fipskey.h":          no("", "between libcrypto and its FIPS provider"),
	"self_test.h":        no("", "between libcrypto and its FIPS provider"),
	"params.h":           del("", "parameters are arguments in Go"),
	"param_build.h":      del("", "parameters are arguments in Go"),
	"decoder.h":          use("", "ossl.PEMReadBioPrivateKey ossl.D2IAutoPrivateKey", "", ""),
	"encoder.h":          std("", "crypto/x509", "", "x509.MarshalPKCS8PrivateKey, and encoding/pem around it"),
	"async.h":            del("", "a goroutine that waits holds no thread"),
	"trace.h":            no("", "a diagnostic of libcrypto's own builds"),
	"lhash.h":            std("", "", "", "a map"),
	"stack.h":            std("", "", "", "a slice"),
	"safestack.h":        std("", "", "", "a slice"),
	"txt_db.h":           no("", "a text file of `openssl ca`"),
	"types.h":            std("", "", "", "a type: see what the functions that take it become"),
	"ossl_typ.h":         std("", "", "", "a type: see what the functions that take it become"),
	"e_os2.h":            del("", "for the C preprocessor"),
	"macros.h":           del("", "for the C preprocessor"),
	"configuration.h":    del("", "for the C preprocessor"),
	"opensslconf.h":      del("", "for the C preprocessor"),
	"opensslv.h":         use("", "ossl.HeaderVersion ossl.OpenSSLVersion", "", ""),
	"symhacks.h":         del("", "for the C preprocessor"),
	"ebcdic.h":           del("", "for the C preprocessor"),
}

// familyOf answers by header. Those that end in err.h declare reasons.
func familyOf(header string) (rule, bool) {
	if r, ok := families[header]; ok {
		return r, true
	}
	if strings.HasSuffix(header, "err.h") {
		return use("", "ossl.MakeReason ossl.Reason", "", "a reason"), true
	}
	return rule{}, false
}

// sameAs names the C function under which ossl binds another one.
var sameAs = map[string]string{
	"SSL_read": "SSL_read_ex", "SSL_write": "SSL_write_ex", "SSL_peek": "SSL_peek_ex",
	"PEM_read_bio_X509": "PEM_read_bio_X509_AUX", "PEM_read_bio_PrivateKey_ex": "PEM_read_bio_PrivateKey",
	"SSL_get_server_tmp_key": "SSL_get_peer_tmp_key", "SSL_get_timeout": "SSL_SESSION_get_timeout",
	"SSL_state_string": "SSL_state_string_long", "EVP_PKEY_get_id": "EVP_PKEY_get0_type_name",
}

// notes adds to what ossl binds what a porter should know.
var notes = map[string]string{
	"OPENSSL_init_ssl": "happens by itself with the first Ctx: delete it, unless it has options",
	"SSL_free":         "before the socket is closed",
	"SSL_set_fd":       "the socket must be non-blocking; Loop and Conn call it",
	"SSL_read":         "several records in one call; io.EOF is close_notify",
	"SSL_write":        "after a Want bring the same bytes again; Conn and Stream do that",
	"SSL_shutdown": "neither done, nor a want, nor an error means: ours is sent; Conn.Close and Stream.Close " +
		"do both halves",
	"SSL_connect":                        "also starts the handshake's deadline in Conn and Loop",
	"SSL_CTX_set_mode":                   "moving write buffers are on; bridge.Config adds ModeReleaseBuffers",
	"SSL_CTX_set_verify":                 "bridge clients verify by default; C's do not",
	"SSL_renegotiate":                    "off unless bridge.Config.AllowRenegotiation; TLS 1.3 has none",
	"SSL_get_verify_result":              "also OK where the peer has no certificate; a failed handshake's error has it too",
	"SSL_CTX_use_certificate_chain_file": "before the key; bridge.Config does both",
	"SSL_set_tlsext_host_name":           "bridge does it, and Set1Host, for the name that is dialled",
}
