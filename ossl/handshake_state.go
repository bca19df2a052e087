package ossl

// #include "shim_more.h"
import "C"

// HandshakeState is where a handshake is: SSL_get_state(3).
type HandshakeState int

// The states that are not about one message. The others count the messages as
// enum OSSL_HANDSHAKE_STATE of ssl.h does, and [SSL.StateStringLong] names
// them.
const (
	StBefore    HandshakeState = C.TLS_ST_BEFORE // no handshake has begun
	StOK        HandshakeState = C.TLS_ST_OK     // it is done
	StEarlyData HandshakeState = C.TLS_ST_EARLY_DATA
)

// KeyUpdateNone means that no KeyUpdate waits to be sent:
// SSL_get_key_update_type(3).
const KeyUpdateNone KeyUpdateType = C.SSL_KEY_UPDATE_NONE

// Want is what the last operation waits for: SSL_want(3). The operation itself
// has returned it already.
func (s *SSL) Want() Want {
	switch sslValue(s, func(s *C.SSL) C.int { crossing(); return C.SSL_want(s) }) {
	case C.SSL_READING:
		return WantRead
	case C.SSL_WRITING:
		return WantWrite
	case C.SSL_X509_LOOKUP:
		return WantX509Lookup
	case C.SSL_ASYNC_PAUSED:
		return WantAsync
	case C.SSL_ASYNC_NO_JOBS:
		return WantAsyncJob
	case C.SSL_CLIENT_HELLO_CB:
		return WantClientHello
	case C.SSL_RETRY_VERIFY:
		return WantRetryVerify
	default:
		return WantNothing
	}
}
