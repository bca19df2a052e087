package ossl

// #include "shim_more.h"
import "C"

// SRTPProfile is a protection profile of SRTP (RFC 5764):
// SRTP_PROTECTION_PROFILE.
type SRTPProfile struct {
	Name string // "SRTP_AES128_CM_SHA1_80"
	ID   uint16 // the number on the wire
}

// GetSRTPProfiles lists the profiles that this side offers or accepts:
// SSL_get_srtp_profiles(3).
func (s *SSL) GetSRTPProfiles() []SRTPProfile {
	return sslValue(s, func(s *C.SSL) (list []SRTPProfile) {
		crossing()
		for _, p := range takeArray[C.gossl_srtp](C.gossl_srtp_profiles(s)) {
			list = append(list, SRTPProfile{C.GoString(p.name), uint16(p.id)})
		}
		return list
	})
}

// GetSelectedSRTPProfile is the profile that was negotiated, or the zero one:
// SSL_get_selected_srtp_profile(3). Its keys come from ExportKeyingMaterial
// with the label "EXTRACTOR-dtls_srtp".
func (s *SSL) GetSelectedSRTPProfile() SRTPProfile {
	return sslValue(s, func(s *C.SSL) SRTPProfile {
		crossing()
		p := C.gossl_srtp_selected(s)
		return SRTPProfile{C.GoString(p.name), uint16(p.id)}
	})
}
