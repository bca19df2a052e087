package ossl

// #include "shim.h"
import "C"

import "fmt"

// Alert is a TLS alert description: RFC 8446, section 6.
type Alert uint8

// lateAlerts are those that libssl knows and has no name for.
var lateAlerts = map[Alert]string{
	C.SSL_AD_INAPPROPRIATE_FALLBACK: "inappropriate fallback",
	C.SSL_AD_MISSING_EXTENSION:      "missing extension",
	C.SSL_AD_CERTIFICATE_REQUIRED:   "certificate required",
}

// String is the alert's name in words: SSL_alert_desc_string_long(3).
func (a Alert) String() string {
	if s := lateAlerts[a]; s != "" {
		return s
	}
	if s := C.GoString(C.SSL_alert_desc_string_long(C.int(a))); s != "unknown" {
		return s
	}
	return fmt.Sprintf("alert(%d)", uint8(a))
}
