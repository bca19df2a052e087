package ossl

// #include "shim.h"
import "C"

// Cipher is a cipher suite: SSL_CIPHER. It belongs to libssl and lives for
// ever. Of the zero Cipher all is empty.
type Cipher struct{ p *C.SSL_CIPHER }

// GetName is OpenSSL's name: SSL_CIPHER_get_name(3). Of the zero Cipher it is
// "".
func (c Cipher) GetName() string {
	if c.p == nil {
		return ""
	}
	return C.GoString(C.SSL_CIPHER_get_name(c.p))
}

// StandardName is the standard's name: SSL_CIPHER_standard_name(3).
func (c Cipher) StandardName() string {
	if c.p == nil {
		return ""
	}
	return C.GoString(C.SSL_CIPHER_standard_name(c.p))
}

// GetProtocolID is the suite's number on the wire:
// SSL_CIPHER_get_protocol_id(3).
func (c Cipher) GetProtocolID() uint16 {
	if c.p == nil {
		return 0
	}
	return uint16(C.SSL_CIPHER_get_protocol_id(c.p))
}

// GetBits is the strength of the suite's key in bits: SSL_CIPHER_get_bits(3).
func (c Cipher) GetBits() int {
	if c.p == nil {
		return 0
	}
	return int(C.SSL_CIPHER_get_bits(c.p, nil))
}

// GetVersion is the oldest protocol that has the suite, "TLSv1.2":
// SSL_CIPHER_get_version(3).
func (c Cipher) GetVersion() string {
	if c.p == nil {
		return ""
	}
	return C.GoString(C.SSL_CIPHER_get_version(c.p))
}
