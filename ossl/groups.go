package ossl

// #include "shim_more.h"
import "C"

import "unsafe"

// Set1Groups is Set1GroupsList with NIDs: SSL_CTX_set1_groups(3). One group is
// what SSL_CTX_set_tmp_ecdh sets.
func (c *Ctx) Set1Groups(groups []NID) error {
	list := cInts(groups)
	return c.call("SSL_CTX_set1_groups", func(c *C.SSL_CTX) *C.gossl_err {
		crossing()
		return C.gossl_ctx_set1_groups(c, unsafe.SliceData(list), C.size_t(len(list)))
	})
}

// Set1Groups is Set1GroupsList with NIDs: SSL_set1_groups(3). One group is what
// SSL_set_tmp_ecdh sets.
func (s *SSL) Set1Groups(groups []NID) error {
	list := cInts(groups)
	return s.call("SSL_set1_groups", func(s *C.SSL) *C.gossl_err {
		crossing()
		return C.gossl_set1_groups(s, unsafe.SliceData(list), C.size_t(len(list)))
	})
}

// Get1Groups lists the groups that the peer supports, as NIDs, or 0x1000000 and
// the number on the wire: SSL_get1_groups(3) and SSL_get1_curves. Servers know
// it after the ClientHello, clients under TLS 1.3 where the server says so.
func (s *SSL) Get1Groups() []NID {
	return sslValue(s, func(s *C.SSL) []NID { crossing(); return nids(takeArray[C.int](C.gossl_groups(s))) })
}

// GetSharedGroup is the n-th group that client and server share, from 0, in
// order of preference, and NIDUndef behind the last: SSL_get_shared_group(3).
// It is for servers; -1 asks for their number.
func (s *SSL) GetSharedGroup(n int) NID {
	v := sslValue(s, func(s *C.SSL) C.int { crossing(); return C.gossl_shared_group(s, cInt(n)) })
	return NID(v)
}

// GroupToName is the name of a group that GetNegotiatedGroup or Get1Groups
// gave, "x25519", and "" for what is none: SSL_group_to_name(3).
func (s *SSL) GroupToName(group NID) string {
	return sslValue(s, func(s *C.SSL) string { crossing(); return C.GoString(C.gossl_group_name(s, cInt(int(group)))) })
}
