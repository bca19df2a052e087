package ossl

// #include "shim_more.h"
import "C"

import "fmt"

// maxExport bounds what one call of an exporter gives. Nobody needs more than
// a few keys.
const maxExport = 1 << 20

// ExportKeyingMaterial derives n bytes for the purpose that label names from
// the secrets of the connection: SSL_export_keying_material(3), RFC 5705. Both
// sides get the same. A context that is nil is none, which up to TLS 1.2 is
// not the same as one that is empty.
func (s *SSL) ExportKeyingMaterial(n int, label string, context []byte) ([]byte, error) {
	out, err := exportBuffer(n)
	if err != nil {
		return nil, err
	}
	use := cFlag(context != nil)
	err = s.call("SSL_export_keying_material", func(s *C.SSL) *C.gossl_err {
		crossing()
		return withCString(label, func(l *C.char) *C.gossl_err {
			return C.gossl_export(s, bytesPtr(out), C.size_t(n), l, C.size_t(len(label)), bytesPtr(context), C.size_t(len(context)), use)
		})
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// ExportKeyingMaterialEarly is ExportKeyingMaterial from the secrets of early
// data, under TLS 1.3 with a session that allows it:
// SSL_export_keying_material_early(3). A context that is nil is an empty one.
func (s *SSL) ExportKeyingMaterialEarly(n int, label string, context []byte) ([]byte, error) {
	out, err := exportBuffer(n)
	if err != nil {
		return nil, err
	}
	err = s.call("SSL_export_keying_material_early", func(s *C.SSL) *C.gossl_err {
		crossing()
		return withCString(label, func(l *C.char) *C.gossl_err {
			return C.gossl_export_early(s, bytesPtr(out), C.size_t(n), l, C.size_t(len(label)), bytesPtr(context), C.size_t(len(context)))
		})
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

func exportBuffer(n int) ([]byte, error) {
	if n <= 0 || n > maxExport {
		return nil, fmt.Errorf("ossl: %d bytes of keying material: must be 1 to %d", n, maxExport)
	}
	return make([]byte, n), nil
}

// GetFinished is the Finished message that this side sent last, nil before:
// SSL_get_finished(3). The first Finished of a TLS 1.2 connection is its
// channel binding tls-unique (RFC 5929); TLS 1.3 has exporters for that.
func (s *SSL) GetFinished() []byte { return s.bytes(C.GOSSL_FINISHED) }

// GetPeerFinished is the Finished message that the peer sent last, nil before:
// SSL_get_peer_finished(3).
func (s *SSL) GetPeerFinished() []byte { return s.bytes(C.GOSSL_PEER_FINISHED) }

// GetClientRandom is the random of the ClientHello, all zeros before there is
// one: SSL_get_client_random(3).
func (s *SSL) GetClientRandom() []byte { return s.bytes(C.GOSSL_CLIENT_RANDOM) }

// GetServerRandom is the random of the ServerHello, all zeros before there is
// one: SSL_get_server_random(3).
func (s *SSL) GetServerRandom() []byte { return s.bytes(C.GOSSL_SERVER_RANDOM) }

// bytes is a copy of something that the SSL holds, nil where it holds none.
func (s *SSL) bytes(which C.int) []byte {
	return sslValue(s, func(s *C.SSL) []byte {
		crossing()
		return takeBytes(C.gossl_get_bytes(s, which))
	})
}

// HasMatchingSessionID says whether the server's cache has a session of this
// id, for those who choose ids: SSL_has_matching_session_id(3).
func (s *SSL) HasMatchingSessionID(id []byte) bool {
	return sslValue(s, func(s *C.SSL) C.int {
		crossing()
		return C.gossl_has_session_id(s, bytesPtr(id), C.uint(len(id)))
	}) != 0
}
