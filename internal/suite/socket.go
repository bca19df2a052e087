package suite

import (
	"os"
	"syscall"

	"github.com/sslsock/sslsock/ossl"
)

const nonblock = syscall.SOCK_NONBLOCK | syscall.SOCK_CLOEXEC

// socketPair is two sockets that are connected over the loopback interface, for
// the client and for the server.
type socketPair struct {
	fds   [2]int
	addrs [2]ossl.Addr
}

func newSocketPair(datagrams bool) (*socketPair, error) {
	p := &socketPair{fds: [2]int{-1, -1}}
	connect := p.streams
	if datagrams {
		connect = p.datagrams
	}
	if err := connect(); err != nil {
		p.close()
		return nil, err
	}
	return p, nil
}

func (p *socketPair) close() {
	for _, fd := range p.fds {
		if fd >= 0 {
			_ = syscall.Close(fd)
		}
	}
}

// bind makes a socket with a port of its own.
func bind(kind int) (int, *syscall.SockaddrInet4, error) {
	fd, err := syscall.Socket(syscall.AF_INET, kind, 0)
	if err != nil {
		return -1, nil, os.NewSyscallError("socket", err)
	}
	err = syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}})
	if err == nil {
		var sa syscall.Sockaddr
		if sa, err = syscall.Getsockname(fd); err == nil {
			return fd, sa.(*syscall.SockaddrInet4), nil
		}
	}
	_ = syscall.Close(fd)
	return -1, nil, os.NewSyscallError("bind", err)
}

// streams has the client connect and the server accept. Over the loopback
// interface both are done at once, if the client waits.
func (p *socketPair) streams() error {
	ln, at, err := bind(syscall.SOCK_STREAM | syscall.SOCK_CLOEXEC)
	if err != nil {
		return err
	}
	defer func() { _ = syscall.Close(ln) }()
	if err := syscall.Listen(ln, 1); err != nil {
		return os.NewSyscallError("listen", err)
	}
	if p.fds[0], _, err = bind(syscall.SOCK_STREAM | syscall.SOCK_CLOEXEC); err != nil {
		return err
	}
	if err := syscall.Connect(p.fds[0], at); err != nil {
		return os.NewSyscallError("connect", err)
	}
	if p.fds[1], _, err = syscall.Accept4(ln, nonblock); err != nil {
		return os.NewSyscallError("accept4", err)
	}
	for _, fd := range p.fds {
		if err := syscall.SetsockoptInt(fd, syscall.IPPROTO_TCP, syscall.TCP_NODELAY, 1); err != nil {
			return os.NewSyscallError("setsockopt", err)
		}
	}
	return os.NewSyscallError("fcntl", syscall.SetNonblock(p.fds[0], true))
}

// datagrams connects each socket to the other.
func (p *socketPair) datagrams() error {
	var names [2]*syscall.SockaddrInet4
	for i := range p.fds {
		var err error
		if p.fds[i], names[i], err = bind(syscall.SOCK_DGRAM | nonblock); err != nil {
			return err
		}
		p.addrs[i] = ossl.Addr{IP: names[i].Addr[:], Port: uint16(names[i].Port)}
	}
	for i, fd := range p.fds {
		if err := syscall.Connect(fd, names[1-i]); err != nil {
			return os.NewSyscallError("connect", err)
		}
	}
	return nil
}

// attach gives an SSL its end of the pair.
func (p *socketPair) attach(s *ossl.SSL, end int) error {
	if !s.IsDTLS() {
		return s.SetFd(p.fds[end])
	}
	b, err := ossl.NewBIODgram(p.fds[end])
	if err != nil {
		return err
	}
	defer b.Close()
	if err := b.CtrlSetConnected(p.addrs[1-end]); err != nil {
		return err
	}
	return s.SetBio(b, b)
}
