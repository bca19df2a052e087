package ossl

// #include <openssl/err.h>
// #include "shim.h"
import "C"

// ERRErrorStringN is the text of an error code in the form of openssl-errstr(1),
// "error:0A00010B:SSL routines::wrong version number": ERR_error_string_n(3),
// ERR_error_string(3). [Error] has the whole queue, which ERR_get_error(3) would
// find empty.
func ERRErrorStringN(r Reason) string {
	var buf [256]C.char
	C.gossl_know_errors()
	C.ERR_error_string_n(C.ulong(r), &buf[0], C.size_t(len(buf)))
	return C.GoString(&buf[0])
}

// ERRLibErrorString is the name of the library that raised it, "SSL routines",
// or "": ERR_lib_error_string(3).
func ERRLibErrorString(r Reason) string {
	C.gossl_know_errors()
	return C.GoString(C.ERR_lib_error_string(C.ulong(r)))
}

// ERRReasonErrorString is the text of the reason, or "" where there is none:
// ERR_reason_error_string(3). [Reason.Error] is never empty.
func ERRReasonErrorString(r Reason) string {
	C.gossl_know_errors()
	return C.GoString(C.ERR_reason_error_string(C.ulong(r)))
}
