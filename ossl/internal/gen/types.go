package main

import "strings"

// ctype is how a value travels: its type in Go and in C, and the conversions, with %s for the value.
type ctype struct {
	Go, C, toC, toGo string
}

var types = map[string]ctype{
	"int":    {"int", "int", "cInt(%s)", "int(%s)"},
	"long":   {"int", "long", "C.long(%s)", "int(%s)"},
	"uint8":  {"uint8", "uint8_t", "C.uint8_t(%s)", "uint8(%s)"},
	"uint32": {"uint32", "uint32_t", "C.uint32_t(%s)", "uint32(%s)"},
	"uint64": {"uint64", "uint64_t", "C.uint64_t(%s)", "uint64(%s)"},
	"size":   {"int", "size_t", "cSize(%s)", "int(%s)"},
	"bool":   {"bool", "int", "cFlag(%s)", "%s != 0"},
	"string": {"string", "const char *", "", ""},
	// Durations and times are in seconds in C.
	"seconds": {"time.Duration", "long", "C.long(%s / time.Second)", "time.Duration(%s) * time.Second"},
	"time":    {"time.Time", "long", "C.long(%s.Unix())", "time.Unix(int64(%s), 0)"},
}

// typeOf finds a type by its name in the table. "Mode/uint32" is the Go type Mode that travels as a uint32.
func typeOf(name string) (ctype, bool) {
	named, base, ok := strings.Cut(name, "/")
	if !ok {
		t, ok := types[name]
		return t, ok
	}
	t, ok := types[base]
	return ctype{named, t.C, "C." + t.C + "(%s)", named + "(%s)"}, ok
}

// objects are the C types behind objects of the package, and what makes one of a pointer with a reference.
var objects = map[string]struct{ C, New string }{
	"X509":    {"X509", "newX509"},
	"PKey":    {"EVP_PKEY", "newPKey"},
	"Store":   {"X509_STORE", "newStore"},
	"Session": {"SSL_SESSION", "newSession"},
	"Ctx":     {"SSL_CTX", "newCtx"},
	"SSL":     {"SSL", "newSSL"},
	"BIO":     {"BIO", "newBIO"},
}
