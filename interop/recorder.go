package interop

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/sslsock/sslsock/bridge"
	"github.com/sslsock/sslsock/ossl"
)

// recorder keeps what libssl tells of the side under test, and what the runner
// does, for the cell's log.
type recorder struct {
	mu     sync.Mutex
	start  time.Time
	lines  []string
	keys   []string
	alerts []heard
	counts map[messageKind]int
	wanted []byte // what lookFor looks for in messages
	found  bool
}

// heard is an alert, in one direction.
type heard struct {
	alert ossl.Alert
	sent  bool
	fatal bool
}

// messageKind is a handshake message in one direction.
type messageKind struct {
	typ  byte
	sent bool
}

// Handshake messages: RFC 8446, section 4.
const (
	msgClientHello        = 1
	msgKeyUpdate          = 24
	msgCertificateRequest = 13
)

// logLines bounds the log of a cell.
const logLines = 400

func newRecorder() *recorder {
	return &recorder{start: time.Now(), counts: map[messageKind]int{}}
}

func (r *recorder) note(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.add(fmt.Sprintf(format, args...))
}

func (r *recorder) add(line string) {
	if len(r.lines) == logLines {
		line = "…"
	}
	if len(r.lines) <= logLines {
		r.lines = append(r.lines, fmt.Sprintf("%7.1f ms  %s", float64(time.Since(r.start).Microseconds())/1000, line))
	}
}

// watch has the connections of a Config tell the recorder.
func (r *recorder) watch(h *bridge.Hooks) {
	h.Event = func(_ *bridge.Handshake, ev ossl.Event) { r.event(ev) }
	h.Events = []ossl.EventKind{ossl.EventKeyLog, ossl.EventAlert, ossl.EventMessage}
	h.OnError = func(err error) { r.note("hook: %v", err) }
}

// handshakeRecord is the content type of handshake messages.
const handshakeRecord = 22

func (r *recorder) event(ev ossl.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	way := map[bool]string{true: "sent", false: "received"}
	switch ev.Kind {
	case ossl.EventKeyLog:
		r.keys = append(r.keys, ev.Line)
	case ossl.EventAlert:
		r.alerts = append(r.alerts, heard{ev.Alert, ev.Sent, ev.Fatal})
		r.add(fmt.Sprintf("alert %s: %s (%d)", way[ev.Sent], ev.Alert, ev.Alert))
	case ossl.EventMessage:
		if ev.Type != handshakeRecord || len(ev.Message) == 0 {
			return
		}
		r.found = r.found || len(r.wanted) > 0 && bytes.Contains(ev.Message, r.wanted)
		r.counts[messageKind{ev.Message[0], ev.Sent}]++
		r.add(fmt.Sprintf("%s %s, %d bytes", way[ev.Sent], messageName(ev.Message[0]), len(ev.Message)))
	}
}

// messages counts handshake messages of a type.
func (r *recorder) messages(typ byte, sent bool) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.counts[messageKind{typ, sent}]
}

// lookFor has seen tell whether a message contains these bytes.
func (r *recorder) lookFor(wanted []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.wanted = wanted
}

func (r *recorder) seen() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.found
}

// fatal is the first fatal alert, in either direction.
func (r *recorder) fatal() (heard, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	i := slices.IndexFunc(r.alerts, func(h heard) bool { return h.fatal })
	if i < 0 {
		return heard{}, false
	}
	return r.alerts[i], true
}

func (r *recorder) log() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Join(r.lines, "\n")
}

func (r *recorder) keyLog() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Join(r.keys, "\n")
}

func messageName(typ byte) string {
	names := map[byte]string{
		0: "HelloRequest", 1: "ClientHello", 2: "ServerHello", 4: "NewSessionTicket", 5: "EndOfEarlyData",
		8: "EncryptedExtensions", 11: "Certificate", 12: "ServerKeyExchange", 13: "CertificateRequest",
		14: "ServerHelloDone", 15: "CertificateVerify", 16: "ClientKeyExchange", 20: "Finished",
		22: "CertificateStatus", 24: "KeyUpdate",
	}
	if name, ok := names[typ]; ok {
		return name
	}
	return fmt.Sprintf("message %d", typ)
}
