package bridge

import (
	"errors"
	"net"
	"os"
	"syscall"
)

// Reasons for which a [Loop] ends a stream by itself. Each is a net.Error
// whose Timeout is true, and is os.ErrDeadlineExceeded to errors.Is.
var (
	ErrHandshakeTimeout error = &timeoutError{"bridge: the handshake took longer than LoopConfig.HandshakeTimeout"}
	ErrIdleTimeout      error = &timeoutError{"bridge: nothing was read or written for LoopConfig.IdleTimeout"}
	ErrWriteTimeout     error = &timeoutError{"bridge: the peer took nothing of what is queued for LoopConfig.WriteTimeout"}
)

// errNoHandler is for a Dial, Add or Listen that nobody would hear of.
var errNoHandler = errors.New("bridge: the handler is nil")

type timeoutError struct{ text string }

func (e *timeoutError) Error() string   { return e.text }
func (e *timeoutError) Timeout() bool   { return true }
func (e *timeoutError) Temporary() bool { return false }
func (e *timeoutError) Unwrap() error   { return os.ErrDeadlineExceeded }

// SyscallError is a system call that failed, with what to do about it where
// that is known.
type SyscallError struct {
	Syscall string // "accept4"
	Err     error  // a syscall.Errno
}

func (e *SyscallError) Error() string {
	text := e.Syscall + ": " + e.Err.Error()
	var errno syscall.Errno
	errors.As(e.Err, &errno)
	switch errno {
	case syscall.EMFILE:
		text += "; raise the limit on open files of this process (ulimit -n, LimitNOFILE)"
	case syscall.ENFILE:
		text += "; raise the limit on open files of this system (sysctl fs.file-max)"
	case syscall.EADDRNOTAVAIL:
		text += "; no local port is free, or the address is not this machine's"
	case syscall.ECONNREFUSED:
		text += "; nothing listens at that address"
	}
	return text
}

// Unwrap is the errno.
func (e *SyscallError) Unwrap() error { return e.Err }

// opError puts the addresses to an error, as package net does.
func (s *Stream) opError(op string, err error) *net.OpError {
	return &net.OpError{Op: op, Net: s.network(), Source: s.LocalAddr(), Addr: s.RemoteAddr(), Err: err}
}
