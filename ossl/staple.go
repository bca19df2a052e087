package ossl

// #include "shim_more.h"
import "C"

import "encoding/asn1"

// StatusTypeOCSP asks for a stapled OCSP response: SSL_set_tlsext_status_type(3).
const StatusTypeOCSP = C.TLSEXT_STATUSTYPE_ocsp

// SetTlsextStatusOCSPResp sets the OCSP response in DER form that a server
// staples, where the client asks: SSL_set_tlsext_status_ocsp_resp(3). It is
// sent only if the certificate-status hook of the Ctx says so. From OpenSSL 3.6
// on libssl reads it, and takes no other bytes.
func (s *SSL) SetTlsextStatusOCSPResp(der []byte) error {
	return s.call("SSL_set_tlsext_status_ocsp_resp", func(s *C.SSL) *C.gossl_err {
		crossing()
		return C.gossl_set_ocsp_resp(s, bytesPtr(der), C.size_t(len(der)))
	})
}

// GetTlsextStatusOCSPResp is the OCSP response that the server stapled, nil
// where there is none: SSL_get_tlsext_status_ocsp_resp(3). Nobody has verified
// it.
func (s *SSL) GetTlsextStatusOCSPResp() []byte { return s.bytes(C.GOSSL_OCSP_RESP) }

// SetTlsextStatusIDs sets which responders a client trusts for the response, as
// ResponderID in DER form: SSL_set_tlsext_status_ids(3).
func (s *SSL) SetTlsextStatusIDs(ids [][]byte) error {
	var der []byte
	for _, id := range ids {
		der = append(der, id...)
	}
	return s.call("SSL_set_tlsext_status_ids", func(s *C.SSL) *C.gossl_err {
		crossing()
		return C.gossl_set_status_ids(s, bytesPtr(der), C.size_t(len(der)))
	})
}

// GetTlsextStatusIDs is what SetTlsextStatusIDs set, and on a server what the
// client sent: SSL_get_tlsext_status_ids(3).
func (s *SSL) GetTlsextStatusIDs() (ids [][]byte) {
	der := sslValue(s, func(s *C.SSL) []byte { crossing(); return takeBytes(C.gossl_status_ids(s)) })
	for len(der) > 0 {
		var raw asn1.RawValue
		rest, err := asn1.Unmarshal(der, &raw)
		if err != nil {
			return ids
		}
		ids, der = append(ids, raw.FullBytes), rest
	}
	return ids
}

// SetTlsextStatusExts sets the extensions of a client's request, as a sequence
// in DER form: SSL_set_tlsext_status_exts(3).
func (s *SSL) SetTlsextStatusExts(der []byte) error {
	return s.call("SSL_set_tlsext_status_exts", func(s *C.SSL) *C.gossl_err {
		crossing()
		return C.gossl_set_status_exts(s, bytesPtr(der), C.size_t(len(der)))
	})
}

// GetTlsextStatusExts is what SetTlsextStatusExts set, and on a server what the
// client sent: SSL_get_tlsext_status_exts(3).
func (s *SSL) GetTlsextStatusExts() []byte {
	return sslValue(s, func(s *C.SSL) []byte { crossing(); return takeBytes(C.gossl_status_exts(s)) })
}
