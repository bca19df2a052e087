package ossl

// #include "shim_more.h"
import "C"

import (
	"runtime"
	"unsafe"
)

// Get0AlpnSelected is the protocol that ALPN chose, "" for none:
// SSL_get0_alpn_selected(3).
func (s *SSL) Get0AlpnSelected() string { return string(s.bytes(C.GOSSL_ALPN)) }

// Get0NextProtoNegotiated is the protocol that NPN chose, which ALPN has
// replaced: SSL_get0_next_proto_negotiated(3).
func (s *SSL) Get0NextProtoNegotiated() string { return string(s.bytes(C.GOSSL_NEXT_PROTO)) }

// SelectNextProto is the first protocol of server that is in client too:
// SSL_select_next_proto(3). Where they share none, it is the client's first one
// and ok is false.
func SelectNextProto(server, client []string) (proto string, ok bool) {
	in, err := alpnWire(server)
	if err != nil {
		return "", false
	}
	offered, err := alpnWire(client)
	if err != nil || len(offered) == 0 {
		return "", false
	}
	var out *C.uchar
	var n C.uchar
	var pin runtime.Pinner // out points into one of them
	defer pin.Unpin()
	pin.Pin(unsafe.SliceData(offered))
	if len(in) > 0 {
		pin.Pin(unsafe.SliceData(in))
	}
	crossing()
	r := C.gossl_select_next_proto(bytesPtr(in), C.uint(len(in)), bytesPtr(offered), C.uint(len(offered)), &out, &n)
	proto = C.GoStringN((*C.char)(unsafe.Pointer(out)), C.int(n))
	return proto, r == C.OPENSSL_NPN_NEGOTIATED
}

// GetServername is the host name that the client asks for (SNI), "" for none:
// SSL_get_servername(3) of the type TLSEXT_NAMETYPE_host_name.
func (s *SSL) GetServername() string {
	return sslValue(s, func(s *C.SSL) string {
		crossing()
		return C.GoString(C.gossl_servername(s, C.TLSEXT_NAMETYPE_host_name))
	})
}

// ExtensionSupported says whether libssl deals with a TLS extension by itself,
// by its number: SSL_extension_supported(3).
func ExtensionSupported(ext uint16) bool { return C.SSL_extension_supported(C.uint(ext)) != 0 }
