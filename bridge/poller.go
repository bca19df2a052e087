package bridge

import (
	"errors"
	"os"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// poller is an epoll descriptor that waits without holding a thread: through
// another one, the gate, Go's netpoller watches it, and the goroutine parks
// there until one of its many descriptors is ready.
//
// The gate watches it only while the goroutine is parked. Otherwise each of its
// events would wake a thread of the runtime too, for nothing. It stays registered
// there: adding an epoll descriptor to another has the kernel go through all that
// it watches, changing what is watched for has not.
type poller struct {
	fd     int
	events []unix.EpollEvent
	n      int   // events of the last wait
	err    error // of the last epoll_wait(2)

	gate   *os.File // owns gateFd
	gateFd int
	raw    syscall.RawConn // of gate
	probe  func(uintptr) bool
	armed  time.Time // the gate's read deadline, zero for none
	sparse bool      // events are further apart than linger

	wakeFd int
	woken  atomic.Bool
}

func newPoller(maxEvents int) (*poller, error) {
	p := &poller{fd: -1, wakeFd: -1, events: make([]unix.EpollEvent, maxEvents)}
	if err := p.open(); err != nil {
		p.close()
		return nil, err
	}
	return p, nil
}

func (p *poller) open() (err error) {
	if p.fd, err = unix.EpollCreate1(unix.EPOLL_CLOEXEC); err != nil {
		return &SyscallError{"epoll_create1", err}
	}
	if p.wakeFd, err = unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK); err != nil {
		return &SyscallError{"eventfd", err}
	}
	// Edge-triggered, so the counter never has to be read back.
	if err = p.add(p.wakeFd, 0, unix.EPOLLIN|unix.EPOLLET); err != nil {
		return err
	}
	gate, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return &SyscallError{"epoll_create1", err}
	}
	// The runtime takes a descriptor for pollable if it is non-blocking.
	if err = unix.SetNonblock(gate, true); err != nil {
		unix.Close(gate)
		return &SyscallError{"fcntl", err}
	}
	p.gate, p.gateFd = os.NewFile(uintptr(gate), "epoll"), gate
	if err = epollCtl(gate, unix.EPOLL_CTL_ADD, p.fd, 0, 0); err != nil {
		return err
	}
	if p.raw, err = p.gate.SyscallConn(); err != nil {
		return err
	}
	p.probe = func(uintptr) bool { p.poll(); return p.n > 0 || p.err != nil }
	// It fails where the netpoller has not taken the gate.
	return p.gate.SetReadDeadline(p.armed)
}

// poll takes what is ready, without waiting.
func (p *poller) poll() { p.epollWait(0) }

func (p *poller) epollWait(milliseconds int) {
	for {
		p.n, p.err = unix.EpollWait(p.fd, p.events, milliseconds)
		if p.err != unix.EINTR { //nolint:errorlint // x/sys returns bare errnos
			break
		}
	}
	p.n = max(p.n, 0)
}

// linger is how long wait stays in epoll_wait(2) before it parks.
const linger = 5 * time.Millisecond

// wait waits until something is ready or, if until is not zero, that time has
// come. It may return early with nothing.
//
// Parking gives the thread back, but costs the runtime several system calls and
// often a change of threads. So a loop at work stays in epoll_wait(2) for a
// moment first. One whose last such moment was in vain parks at once, until
// events come close together again: during a call the runtime's monitor looks
// every 20 µs.
func (p *poller) wait(until time.Time) error {
	if !p.sparse && (until.IsZero() || time.Until(until) > linger) {
		if p.epollWait(int(linger / time.Millisecond)); p.n > 0 || p.err != nil {
			return p.err
		}
		p.sparse = true
	}
	begun := time.Now()
	err := p.park(until)
	if p.n > 0 && time.Since(begun) < linger {
		p.sparse = false
	}
	return err
}

func (p *poller) park(until time.Time) error {
	if !until.IsZero() && (p.armed.IsZero() || until.Before(p.armed)) {
		if err := p.gate.SetReadDeadline(until); err != nil {
			return err
		}
		p.armed = until
	}
	if err := epollCtl(p.gateFd, unix.EPOLL_CTL_MOD, p.fd, 0, unix.EPOLLIN); err != nil {
		return err
	}
	p.n, p.err = 0, nil
	err := p.raw.Read(p.probe)
	if cerr := epollCtl(p.gateFd, unix.EPOLL_CTL_MOD, p.fd, 0, 0); cerr != nil {
		return cerr
	}
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		p.armed = time.Time{}
		return p.gate.SetReadDeadline(p.armed)
	case err != nil:
		return err
	default:
		return p.err
	}
}

// ready is what the last poll or wait found.
func (p *poller) ready() []unix.EpollEvent { return p.events[:p.n] }

// wake ends a wait, from any goroutine. Calls before the loop is awake cost
// nothing more.
func (p *poller) wake() {
	if p.woken.Swap(true) {
		return
	}
	one := [8]byte{1}
	for {
		if _, err := unix.Write(p.wakeFd, one[:]); err != unix.EINTR {
			return // EAGAIN: the counter is full, so an event is out already
		}
	}
}

func (p *poller) add(fd int, gen uint32, events uint32) error {
	return p.ctl(unix.EPOLL_CTL_ADD, fd, gen, events)
}

func (p *poller) modify(fd int, gen uint32, events uint32) error {
	return p.ctl(unix.EPOLL_CTL_MOD, fd, gen, events)
}

func (p *poller) remove(fd int) error { return p.ctl(unix.EPOLL_CTL_DEL, fd, 0, 0) }

func (p *poller) ctl(op, fd int, gen uint32, events uint32) error {
	return epollCtl(p.fd, op, fd, gen, events)
}

func epollCtl(epfd, op, fd int, gen uint32, events uint32) error {
	ev := unix.EpollEvent{Events: events, Fd: int32(fd), Pad: int32(gen)}
	if err := unix.EpollCtl(epfd, op, fd, &ev); err != nil {
		return &SyscallError{"epoll_ctl", err}
	}
	return nil
}

func (p *poller) close() {
	if p.gate != nil {
		p.gate.Close()
	}
	for _, fd := range []int{p.fd, p.wakeFd} {
		if fd >= 0 {
			unix.Close(fd)
		}
	}
}
