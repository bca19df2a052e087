package ossl

// #include <stdlib.h>
// #include <openssl/ct.h>
// #include "shim_answer.h"
import "C"

import (
	"time"
	"unsafe"
)

// CTValidation says how signed certificate timestamps are judged:
// SSL_CTX_enable_ct(3).
type CTValidation int

// The ways to judge.
const (
	CTValidationPermissive CTValidation = C.SSL_CT_VALIDATION_PERMISSIVE // take them along, and go on whatever they are
	CTValidationStrict     CTValidation = C.SSL_CT_VALIDATION_STRICT     // demand one that is valid
)

// SCTSource says where a timestamp came from: SCT_get_source(3).
type SCTSource int

// The sources.
const (
	SCTSourceUnknown      SCTSource = C.SCT_SOURCE_UNKNOWN
	SCTSourceTLSExtension SCTSource = C.SCT_SOURCE_TLS_EXTENSION
	SCTSourceX509v3       SCTSource = C.SCT_SOURCE_X509V3_EXTENSION
	SCTSourceOCSP         SCTSource = C.SCT_SOURCE_OCSP_STAPLED_RESPONSE
)

// SCTStatus is the verdict on a timestamp: SCT_get_validation_status(3).
type SCTStatus int

// The verdicts.
const (
	SCTStatusNotSet     SCTStatus = C.SCT_VALIDATION_STATUS_NOT_SET
	SCTStatusUnknownLog SCTStatus = C.SCT_VALIDATION_STATUS_UNKNOWN_LOG
	SCTStatusValid      SCTStatus = C.SCT_VALIDATION_STATUS_VALID
	SCTStatusInvalid    SCTStatus = C.SCT_VALIDATION_STATUS_INVALID
	SCTStatusUnverified SCTStatus = C.SCT_VALIDATION_STATUS_UNVERIFIED
	SCTStatusUnknown    SCTStatus = C.SCT_VALIDATION_STATUS_UNKNOWN_VERSION
)

// SCT is a signed certificate timestamp (RFC 6962).
type SCT struct {
	Raw       []byte // as on the wire, without its length
	Version   int    // 0 is v1
	LogID     []byte
	Timestamp time.Time
	Source    SCTSource
	Status    SCTStatus
}

// Get0PeerScts lists the timestamps that came with the peer's certificate, by
// TLS extension, stapled response or in the certificate:
// SSL_get0_peer_scts(3). They have a verdict once the handshake is done and
// EnableCT asked for one.
func (s *SSL) Get0PeerScts() []SCT {
	return sslValue(s, func(s *C.SSL) (list []SCT) {
		crossing()
		for _, t := range takeArray[C.gossl_sct](C.gossl_scts(s)) {
			ms := int64(t.timestamp)
			list = append(list, SCT{
				Raw:       C.GoBytes(unsafe.Pointer(t.raw), C.int(t.raw_len)),
				Version:   int(t.version),
				LogID:     C.GoBytes(unsafe.Pointer(t.log_id), C.int(t.log_id_len)),
				Timestamp: time.UnixMilli(ms).UTC(),
				Source:    SCTSource(t.source),
				Status:    SCTStatus(t.status),
			})
			C.free(unsafe.Pointer(t.raw))
			C.free(unsafe.Pointer(t.log_id))
		}
		return list
	})
}

// SetCTValidation demands valid timestamps of at least so many different logs,
// of those of SetCtlogListFile: it stands for the callback of
// SSL_CTX_set_ct_validation_callback(3). A handshake with fewer fails where the
// peer is verified, and otherwise Get0PeerScts says why. DisableCT takes it back.
func (c *Ctx) SetCTValidation(logs int) error {
	return c.call("SSL_CTX_set_ct_validation_callback", func(c *C.SSL_CTX) *C.gossl_err {
		crossing()
		return C.gossl_set_ct_quorum(c, nil, C.uint(max(logs, 0)))
	})
}

// SetCTValidation is the same for one connection:
// SSL_set_ct_validation_callback(3).
func (s *SSL) SetCTValidation(logs int) error {
	return s.call("SSL_set_ct_validation_callback", func(s *C.SSL) *C.gossl_err {
		crossing()
		return C.gossl_set_ct_quorum(nil, s, C.uint(max(logs, 0)))
	})
}

// DisableCT takes EnableCT back: SSL_CTX_disable_ct(3).
func (c *Ctx) DisableCT() error {
	return c.call("SSL_CTX_set_ct_validation_callback", func(c *C.SSL_CTX) *C.gossl_err {
		crossing()
		return C.gossl_ctx_disable_ct(c)
	})
}

// DisableCT takes EnableCT back: SSL_disable_ct(3).
func (s *SSL) DisableCT() error {
	return s.call("SSL_set_ct_validation_callback", func(s *C.SSL) *C.gossl_err {
		crossing()
		return C.gossl_disable_ct(s)
	})
}
