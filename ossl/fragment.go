package ossl

// #include "shim_more.h"
import "C"

// MaxFragmentLength is a value of the extension of RFC 6066, section 4, with
// which a client asks for shorter records:
// SSL_CTX_set_tlsext_max_fragment_length(3).
type MaxFragmentLength uint8

// The lengths.
const (
	MaxFragmentLengthDisabled MaxFragmentLength = C.TLSEXT_max_fragment_length_DISABLED
	MaxFragmentLength512      MaxFragmentLength = C.TLSEXT_max_fragment_length_512
	MaxFragmentLength1024     MaxFragmentLength = C.TLSEXT_max_fragment_length_1024
	MaxFragmentLength2048     MaxFragmentLength = C.TLSEXT_max_fragment_length_2048
	MaxFragmentLength4096     MaxFragmentLength = C.TLSEXT_max_fragment_length_4096
)
