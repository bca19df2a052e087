package ossl

// #include "shim.h"
import "C"

import (
	"io"
	"slices"
	"strings"
	"syscall"
	"unsafe"
)

// ErrorCode is SSL_get_error(3)'s verdict on a failed operation.
type ErrorCode uint8

// The codes that are failures. The others are a [Want].
const (
	ErrorNone       ErrorCode = C.SSL_ERROR_NONE        // not an operation of the state machine
	ErrorSSL        ErrorCode = C.SSL_ERROR_SSL         // a fatal error of the protocol or of libssl
	ErrorSyscall    ErrorCode = C.SSL_ERROR_SYSCALL     // a fatal error of the socket
	ErrorZeroReturn ErrorCode = C.SSL_ERROR_ZERO_RETURN // the peer sent close_notify
)

// Error is a failed OpenSSL call with all that OpenSSL knew of it. It is
// final: after ErrorSSL or ErrorSyscall the only thing left to do with an SSL
// is Close (SSL_get_error(3)).
//
// errors.Is finds a [Reason], a [VerifyResult] or a syscall.Errno in it, and
// io.ErrUnexpectedEOF when the peer cut the connection.
type Error struct {
	Op     string        // the C function, "SSL_connect"
	Code   ErrorCode     // what SSL_get_error said; ErrorNone outside the state machine
	Errno  syscall.Errno // errno right after the call, where it is the cause
	Verify VerifyResult  // why the peer's certificate was refused, or VerifyOK
	Queue  []Entry       // the thread's error queue, oldest first
}

// Entry is one entry of OpenSSL's error queue: ERR_get_error_all(3).
type Entry struct {
	Reason   Reason // library and reason as one packed code
	Library  string // "SSL routines"
	Text     string // "certificate verify failed"
	Function string // the C function that raised it
	Data     string // detail, such as a file name; often empty
}

// String is the reason with its detail.
func (e Entry) String() string {
	if e.Data == "" {
		return e.text()
	}
	return e.text() + " (" + e.Data + ")"
}

func (e Entry) text() string {
	if e.Text != "" {
		return e.Text
	}
	return e.Reason.Error()
}

// words is String for a line that people read. The detail of a system error is
// the C call and its file, which the line names already.
func (e Entry) words() string {
	if _, system := e.Reason.Errno(); system {
		return e.text()
	}
	return e.String()
}

// vague says whether the entry tells in general words what another one beside
// it tells better: ERR_R_SYS_LIB and its like, and those of [vagueReasons].
func (e Entry) vague() bool {
	return vagueReasons[e.Reason] || e.Reason.Num()&C.ERR_RFLAG_COMMON != 0 && strings.HasSuffix(e.Text, " lib")
}

// Error is one line: the C function, the reasons, and where known what to do
// about it.
func (e *Error) Error() string {
	parts := e.reasons()
	if e.Verify != VerifyOK {
		parts = append(parts, e.Verify.Error())
	}
	if e.Errno != 0 && !slices.ContainsFunc(e.Queue, func(q Entry) bool { return strings.EqualFold(q.text(), e.Errno.Error()) }) {
		parts = append(parts, e.Errno.Error())
	}
	if len(parts) == 0 {
		parts = append(parts, e.Code.text())
	}
	line := e.Op + ": " + strings.Join(parts, ", ")
	if h := e.Hint(); h != "" {
		line += "; " + h
	}
	return line
}

// reasons are the entries that say something new. OpenSSL tries one decoder
// after the other, and each leaves the same complaint.
func (e *Error) reasons() (parts []string) {
	clear := slices.ContainsFunc(e.Queue, func(q Entry) bool { return !q.vague() })
	for i, q := range e.Queue {
		said := slices.ContainsFunc(e.Queue[:i], func(p Entry) bool { return p.text() == q.text() })
		if said || clear && q.vague() {
			continue
		}
		parts = append(parts, q.words())
	}
	return parts
}

// Unwrap lists what errors.Is and errors.As can find: every reason of the
// queue, the verify result, errno, and io.ErrUnexpectedEOF or io.EOF for a
// peer that went away.
func (e *Error) Unwrap() []error {
	var list []error
	for _, q := range e.Queue {
		list = append(list, q.Reason)
	}
	if e.Verify != VerifyOK {
		list = append(list, e.Verify)
	}
	if e.Errno != 0 {
		list = append(list, e.Errno)
	}
	if e.cut() {
		list = append(list, io.ErrUnexpectedEOF)
	}
	if e.Code == ErrorZeroReturn {
		list = append(list, io.EOF)
	}
	return list
}

// Has says whether the queue holds reason r.
func (e *Error) Has(r Reason) bool {
	for _, q := range e.Queue {
		if q.Reason == r {
			return true
		}
	}
	return false
}

// cut says whether the peer went away without close_notify.
func (e *Error) cut() bool { return e.Has(ReasonUnexpectedEOFWhileReading) }

func (c ErrorCode) text() string {
	switch c {
	case ErrorSyscall: // SSL_get_error's word for all that it cannot explain
		return "the connection has failed before, and only Close is left"
	case ErrorZeroReturn:
		return "the peer closed the connection (close_notify)"
	default:
		return "failed without a reason"
	}
}

// failed turns what a GOSSL_CALL function returned into an error, and frees it.
func failed(op string, e *C.gossl_err) error {
	if e == nil {
		return nil
	}
	return takeError(op, e)
}

func takeError(op string, e *C.gossl_err) *Error {
	err := &Error{Op: op, Code: ErrorCode(e.code), Verify: VerifyResult(e.verify), Queue: entries(e)}
	err.Errno = errnoOf(err, syscall.Errno(e.sys))
	C.gossl_err_free(e)
	return err
}

// errnoOf is the errno that caused err. The queue's own record of a system
// error comes first; the thread's errno counts only where SSL_get_error
// blamed a system call, because elsewhere it is left over from before.
func errnoOf(err *Error, sys syscall.Errno) syscall.Errno {
	for _, q := range err.Queue {
		if errno, ok := q.Reason.Errno(); ok {
			return errno
		}
	}
	if err.Code == ErrorSyscall {
		return sys
	}
	return 0
}

func entries(e *C.gossl_err) []Entry {
	list := make([]Entry, e.n)
	for i, c := range unsafe.Slice(e.entry, int(e.n)) {
		list[i] = Entry{
			Reason: Reason(c.code), Library: C.GoString(c.lib), Text: C.GoString(c.reason),
			Function: C.GoString(c.func_name), Data: C.GoString(c.data),
		}
	}
	return list
}
