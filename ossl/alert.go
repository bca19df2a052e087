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

// AlertTypeString is the letter for a level, "W" or "F", of the value that the
// info callback has, which is level times 256 and description:
// SSL_alert_type_string(3).
func AlertTypeString(value int) string { return C.GoString(C.SSL_alert_type_string(C.int(value))) }

// AlertTypeStringLong is that level in words, "warning" or "fatal":
// SSL_alert_type_string_long(3).
func AlertTypeStringLong(value int) string {
	return C.GoString(C.SSL_alert_type_string_long(C.int(value)))
}

// DescString is the alert in two letters, "UK" for one that libssl has no name
// for: SSL_alert_desc_string(3).
func (a Alert) DescString() string { return C.GoString(C.SSL_alert_desc_string(C.int(a))) }

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
