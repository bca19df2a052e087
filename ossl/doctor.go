package ossl

// #include "shim.h"
// #include <openssl/conf.h>
// #include <openssl/crypto.h>
// #include <openssl/rand.h>
// #include <openssl/x509.h>
import "C"

import "unsafe"

// Provider is a module that brings algorithms to libcrypto: provider(7).
type Provider struct {
	Name     string // "default", as it is loaded by
	FullName string // "OpenSSL Default Provider"
	Version  string // its own, not libcrypto's
	Running  bool   // its self-tests have passed and it works
}

// Providers lists the providers that are loaded, which are those that the
// configuration file names, or "default" alone: OSSL_PROVIDER_do_all(3).
func Providers() []Provider {
	var c C.gossl_providers
	C.gossl_get_providers(&c)
	list := make([]Provider, c.n)
	for i := range list {
		p := &c.list[i]
		list[i] = Provider{
			Name:     C.GoString(&p.name[0]),
			FullName: C.GoString(&p.full[0]),
			Version:  C.GoString(&p.version[0]),
			Running:  p.status != 0,
		}
	}
	return list
}

// TryProvider loads a provider into a library context of its own and drops it
// again: nil means that its module is there and works. Nothing else in the
// process sees it. OSSL_PROVIDER_load(3).
func TryProvider(name string) error {
	return failed("OSSL_PROVIDER_load", withCString(name, func(s *C.char) *C.gossl_err { return C.gossl_try_provider(s) }))
}

// DefaultPropertiesIsFIPSEnabled says whether algorithms are fetched from the
// FIPS provider unless somebody asks otherwise:
// EVP_default_properties_is_fips_enabled(3).
func DefaultPropertiesIsFIPSEnabled() bool {
	return C.EVP_default_properties_is_fips_enabled(nil) == 1
}

// HasKTLS says whether libssl was built with kernel TLS (OPENSSL_NO_KTLS is
// not defined). Whether the kernel has it too is another matter.
func HasKTLS() bool { return C.gossl_has_ktls() == 1 }

// RandStatus says whether the random generator has been seeded with enough
// entropy: RAND_status(3).
func RandStatus() bool { return C.RAND_status() == 1 }

// DefaultConfigFile is the configuration file that libcrypto reads at start,
// by OPENSSL_CONF or as it was built, whether it exists or not:
// CONF_get1_default_config_file(3).
func DefaultConfigFile() string {
	p := C.CONF_get1_default_config_file()
	if p == nil {
		return ""
	}
	defer C.gossl_free(unsafe.Pointer(p))
	return C.GoString(p)
}

// DefaultCertFile is the file of trusted certificates that is built in; the
// environment may name another, in the variable of DefaultCertFileEnv:
// X509_get_default_cert_file(3).
func DefaultCertFile() string { return C.GoString(C.X509_get_default_cert_file()) }

// DefaultCertFileEnv is "SSL_CERT_FILE": X509_get_default_cert_file_env(3).
func DefaultCertFileEnv() string { return C.GoString(C.X509_get_default_cert_file_env()) }

// DefaultCertDir is the folder of trusted certificates that is built in; the
// environment may name others, in the variable of DefaultCertDirEnv:
// X509_get_default_cert_dir(3).
func DefaultCertDir() string { return C.GoString(C.X509_get_default_cert_dir()) }

// DefaultCertDirEnv is "SSL_CERT_DIR": X509_get_default_cert_dir_env(3).
func DefaultCertDirEnv() string { return C.GoString(C.X509_get_default_cert_dir_env()) }

// ModulesDir is the folder that providers are loaded from: OPENSSL_info(3),
// unless OPENSSL_MODULES names another.
func ModulesDir() string { return C.GoString(C.OPENSSL_info(C.OPENSSL_INFO_MODULES_DIR)) }

// SeedSource says in words where libcrypto takes its entropy from:
// OPENSSL_info(3).
func SeedSource() string { return C.GoString(C.OPENSSL_info(C.OPENSSL_INFO_SEED_SOURCE)) }

// CPUInfo says in words which features of the processor libcrypto uses:
// OPENSSL_info(3).
func CPUInfo() string { return C.GoString(C.OPENSSL_info(C.OPENSSL_INFO_CPU_SETTINGS)) }

// GetSecurityLevel is the least strength that keys, digests and protocols must
// have, from 0 (anything) to 5: SSL_CTX_get_security_level(3).
func (c *Ctx) GetSecurityLevel() int {
	return int(ctxValue(c, func(c *C.SSL_CTX) C.int { return C.SSL_CTX_get_security_level(c) }))
}
