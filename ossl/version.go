package ossl

// #include "shim.h"
// #include <openssl/crypto.h>
import "C"

import "fmt"

// HeaderVersion is the OpenSSL release whose headers this program was built
// with, as OPENSSL_VERSION_TEXT has it: "OpenSSL 3.0.19 27 Jan 2026".
func HeaderVersion() string { return C.OPENSSL_VERSION_TEXT }

// HeaderVersionNum is OPENSSL_VERSION_NUMBER at build time: 0xMNN00PP0.
func HeaderVersionNum() uint64 { return uint64(C.OPENSSL_VERSION_NUMBER) }

// OpenSSLVersion is the release of the library that runs, as
// OpenSSL_version(3) tells it.
func OpenSSLVersion() string { return C.GoString(C.OpenSSL_version(C.OPENSSL_VERSION)) }

// OpenSSLVersionNum is OpenSSL_version_num(3) of the library that runs:
// 0xMNN00PP0, M the major, NN the minor and PP the patch release.
func OpenSSLVersionNum() uint64 { return uint64(C.OpenSSL_version_num()) }

// OpenSSLDir is the folder that holds OpenSSL's configuration and its default
// trust, the OPENSSLDIR of OpenSSL_version(3), without its label.
func OpenSSLDir() string { return C.GoString(C.OPENSSL_info(C.OPENSSL_INFO_CONFIG_DIR)) }

// VersionError says that the program was built for one major release of
// OpenSSL and runs on another. Structures and meanings differ between majors,
// so every constructor of this package refuses to work.
type VersionError struct {
	Header, Library string // version texts
}

func (e *VersionError) Error() string {
	return fmt.Sprintf("ossl: built with the headers of %q but running on %q: rebuild, or install the libssl it was built for", e.Header, e.Library)
}

// CheckVersion returns a *VersionError when the library that runs is of
// another major release than the headers the program was built with.
func CheckVersion() error { return versionErr }

var versionErr = compareMajor(HeaderVersionNum(), OpenSSLVersionNum())

func compareMajor(header, library uint64) error {
	if header>>28 == library>>28 {
		return nil
	}
	return &VersionError{Header: HeaderVersion(), Library: OpenSSLVersion()}
}
