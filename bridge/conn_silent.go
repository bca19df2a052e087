package bridge

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// nothingToRead says whether a Read has to wait. Bytes can have left the socket
// for libssl although nobody has read: a Write takes a renegotiation along, and
// libssl reads ahead. It looks there last: what comes to the socket from now on
// is an event.
func (c *Conn) nothingToRead(fd uintptr) bool {
	if !silent(fd) {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.ssl.HasPending()
}

// silent says whether the socket has nothing to read, by poll(2). Where a
// goroutine answers one message and waits for the next, its first attempt to
// read is bound to fail, and a look costs a fraction of an SSL_read: that
// allocates a buffer and frees it again. RawConn parks only after an attempt, so
// the look is the attempt.
//
// It is a bare system call because it never waits, and would otherwise tell the
// scheduler twice. recv(2) with MSG_PEEK would be no look only: it takes the
// socket's error away from the read that is to report it.
func silent(fd uintptr) bool {
	p := unix.PollFd{Fd: int32(fd), Events: unix.POLLIN}
	var now unix.Timespec
	n, _, errno := unix.RawSyscall6(unix.SYS_PPOLL, uintptr(unsafe.Pointer(&p)), 1, uintptr(unsafe.Pointer(&now)), 0, 0, 0)
	return n == 0 && errno == 0
}
