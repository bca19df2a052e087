package ossl

// #include "shim_answer.h"
import "C"

import "unsafe"

// EventKind is a kind of [Event].
type EventKind uint8

// What libssl tells.
const (
	// EventKeyLog is a line for a key log file: SSL_CTX_set_keylog_callback(3).
	// Who has it can read the connection.
	EventKeyLog EventKind = C.GOSSL_EVENT_KEYLOG
	// EventInfo is a change of the handshake's state: SSL_CTX_set_info_callback(3).
	EventInfo EventKind = C.GOSSL_EVENT_INFO
	// EventAlert is an alert, sent or received: the same callback.
	EventAlert EventKind = C.GOSSL_EVENT_ALERT
	// EventMessage is a protocol message: SSL_CTX_set_msg_callback(3).
	EventMessage EventKind = C.GOSSL_EVENT_MESSAGE
	// EventSession is a new session: SSL_CTX_sess_set_new_cb(3). A client of TLS 1.3
	// sees it in a Read, because tickets come after the handshake.
	EventSession EventKind = C.GOSSL_EVENT_SESSION
	// EventExtension is an extension that has come: SSL_set_tlsext_debug_callback(3).
	// It is asked for by SetTlsextDebug.
	EventExtension EventKind = C.GOSSL_EVENT_EXTENSION
)

// Event is something that libssl told during an operation. It is reported when
// the operation is over.
type Event struct {
	Kind    EventKind
	Line    string   // of EventKeyLog, without an end of line
	State   string   // of EventInfo and EventAlert: SSL_state_string_long(3)
	Where   int      // of EventInfo: SSL_CB_*
	Ret     int      // of EventInfo: the return value it was called with
	Alert   Alert    // of EventAlert
	Fatal   bool     // of EventAlert
	Sent    bool     // of EventAlert and EventMessage; else received
	Version int      // of EventMessage and EventExtension
	Type    int      // of EventMessage: SSL3_RT_*; of EventExtension its number
	Message []byte   // of EventMessage; of EventExtension its data
	Session *Session // of EventSession: the receiver closes it
}

// SetEvents has the SSLs made from c keep these events for TakeEvents. It cannot
// be undone. For EventSession the session cache mode has to name the role:
// SetSessionCacheMode.
func (c *Ctx) SetEvents(kinds ...EventKind) error {
	var bits C.uint
	for _, k := range kinds {
		bits |= 1 << k
	}
	return c.call("SSL_CTX_set_info_callback", func(c *C.SSL_CTX) *C.gossl_err {
		crossing()
		return C.gossl_ctx_set_events(c, bits)
	})
}

// SetTlsextDebug has the SSL keep an EventExtension for each extension that
// comes, until it is called again with false:
// SSL_set_tlsext_debug_callback(3).
func (s *SSL) SetTlsextDebug(on bool) error {
	return s.call("SSL_set_tlsext_debug_callback", func(s *C.SSL) *C.gossl_err {
		crossing()
		return C.gossl_set_tlsext_debug(s, cBool(on))
	})
}

// HasEvents says whether an operation has left events since TakeEvents. It
// costs nothing.
func (s *SSL) HasEvents() bool { return s != nil && s.told }

// TakeEvents is what libssl has told since the last time, in order.
func (s *SSL) TakeEvents() []Event {
	if s == nil || s.p == nil {
		return nil
	}
	s.told = false
	var list []Event
	sslValue(s, func(s *C.SSL) C.int {
		crossing()
		for e := C.gossl_take_events(s); e != nil; e = C.gossl_event_free(e) {
			list = append(list, eventOf(e))
		}
		return 0
	})
	return list
}

func eventOf(e *C.gossl_event) Event {
	text := C.GoBytes(unsafe.Pointer(C.gossl_event_bytes(e)), C.int(e.n))
	switch ev := (Event{Kind: EventKind(e.kind)}); ev.Kind {
	case EventKeyLog:
		ev.Line = string(text)
		return ev
	case EventInfo:
		ev.State, ev.Where, ev.Ret = string(text), int(e.a), int(e.b)
		return ev
	case EventAlert:
		ev.State, ev.Sent = string(text), e.a&C.SSL_CB_WRITE != 0
		ev.Alert, ev.Fatal = Alert(e.b&0xff), e.b>>8 == C.SSL3_AL_FATAL
		return ev
	case EventMessage, EventExtension:
		ev.Sent, ev.Version, ev.Type, ev.Message = e.a != 0, int(e.b), int(e.c), text
		return ev
	default:
		ev.Session = newSession(e.sess)
		return ev
	}
}
