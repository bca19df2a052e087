package ossl

// #include "shim_more.h"
import "C"

// Comp is a compression method of TLS: SSL_COMP. Compression leaks secrets
// (CRIME), TLS 1.3 has none, and most builds of libssl have none either.
type Comp struct {
	ID   int    // SSL_COMP_get_id
	Name string // SSL_COMP_get0_name
}

// CompGetCompressionMethods lists the methods that libssl has:
// SSL_COMP_get_compression_methods(3). The slice stands for STACK_OF(SSL_COMP):
// sk_SSL_COMP_num and sk_SSL_COMP_value are len and an index, SSL_COMP_get_id
// and SSL_COMP_get0_name are fields, sk_SSL_COMP_dup is slices.Clone, and
// sk_SSL_COMP_new_null and sk_SSL_COMP_push are a literal and append.
func CompGetCompressionMethods() []Comp {
	var list []Comp
	for i := C.int(0); ; i++ {
		id := C.gossl_comp_id(i)
		if id < 0 {
			return list
		}
		list = append(list, Comp{int(id), C.GoString(C.gossl_comp_name(i))})
	}
}

// CompClear forgets all methods, for the whole process and before any
// connection: sk_SSL_COMP_zero(3), which is what a service does with
// SSL_COMP_set0_compression_methods, sk_SSL_COMP_pop, sk_SSL_COMP_delete and
// sk_SSL_COMP_pop_free.
func CompClear() { C.gossl_comp_clear() }

// CompAddCompressionMethod adds zlib under a number of its own, and says whether
// libssl was built with it: SSL_COMP_add_compression_method(3) of COMP_zlib.
func CompAddCompressionMethod(id uint8) bool { return C.gossl_comp_add(C.int(id)) != 0 }

// GetCurrentCompression is the name of the method that compresses what is sent,
// "" for none: SSL_get_current_compression(3), SSL_COMP_get_name.
func (s *SSL) GetCurrentCompression() string { return s.comp(0) }

// GetCurrentExpansion is the name of the method that expands what is received,
// "" for none: SSL_get_current_expansion(3), SSL_COMP_get_name.
func (s *SSL) GetCurrentExpansion() string { return s.comp(1) }

func (s *SSL) comp(expansion C.int) string {
	return sslValue(s, func(s *C.SSL) string { crossing(); return C.GoString(C.gossl_current_comp(s, expansion)) })
}
