package bridge

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/netip"
	"os"
	"slices"

	"golang.org/x/sys/unix"

	"github.com/sslsock/sslsock/ossl"
)

// dialing is what a stream needs until it is connected.
type dialing struct {
	network, address string
	ctx              *ossl.Ctx
	opts             ClientOptions
	targets          []unix.Sockaddr // still to be tried
	cancel           context.CancelFunc
	err              error // of the first target
}

// Dial connects as a client inside the loop: network is "tcp", "tcp4", "tcp6"
// or "unix". The outcome is h's HandshakeDone or Closed. A host name is looked
// up on another goroutine; its addresses are tried one after the other, and
// all of it takes at most LoopConfig.HandshakeTimeout.
//
// Without a ServerName in opts, the host of the address is asked for and
// verified. The stream has a reference of its own to ctx, which may be closed
// at once; opts is copied, and its Session must stay open until the handshake
// is done.
func (l *Loop) Dial(network, address string, ctx *ossl.Ctx, opts *ClientOptions, h Handler) error {
	if h == nil {
		return &net.OpError{Op: "dial", Net: network, Err: errNoHandler}
	}
	own, err := ctx.UpRef()
	if err != nil {
		return &net.OpError{Op: "dial", Net: network, Err: err}
	}
	s := &Stream{loop: l, fd: -1, handler: h, state: stateConnecting}
	s.setNetwork(network)
	s.dial = &dialing{network: network, address: address, ctx: own}
	if opts != nil {
		s.dial.opts = *opts
		s.dial.opts.EarlyData = bytes.Clone(opts.EarlyData)
	}
	targets, host, err := literal(network, address)
	if s.dial.opts.ServerName == "" {
		s.dial.opts.ServerName = host
	}
	if err == nil {
		s.dial.targets = targets
		err = l.Post(s.begin)
	}
	if err != nil {
		own.Close()
		return &net.OpError{Op: "dial", Net: network, Err: err}
	}
	return nil
}

// begin runs on the loop: with an address it connects, with a name it has the
// name looked up first.
func (s *Stream) begin() {
	l := s.loop
	l.streams++
	s.began = l.now
	l.dialing[s] = struct{}{}
	l.timers.update(s)
	if s.dial.targets != nil {
		s.connect()
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	d := s.dial
	d.cancel = cancel
	go func() {
		targets, err := lookup(ctx, d.network, d.address)
		// The error means that the loop has ended, and the stream with it.
		_ = l.Post(func() { s.found(targets, err) })
	}()
}

func (s *Stream) found(targets []unix.Sockaddr, err error) {
	if s.state != stateConnecting {
		return
	}
	if err != nil {
		s.fail(s.opError("dial", err))
		return
	}
	s.dial.targets = targets
	s.connect()
}

// connect tries the targets that are left, until one is under way.
func (s *Stream) connect() {
	for len(s.dial.targets) > 0 {
		sa := s.dial.targets[0]
		s.dial.targets = s.dial.targets[1:]
		err := s.connectTo(sa)
		if err == nil {
			return
		}
		s.unconnected(err)
	}
	s.fail(s.opError("dial", s.dial.err))
}

func (s *Stream) connectTo(sa unix.Sockaddr) error {
	s.setPeer(sa)
	family := unix.AF_UNIX
	switch sa.(type) {
	case *unix.SockaddrInet4:
		family = unix.AF_INET
	case *unix.SockaddrInet6:
		family = unix.AF_INET6
	}
	fd, err := unix.Socket(family, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return &SyscallError{"socket", err}
	}
	if family != unix.AF_UNIX {
		_ = unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1)
	}
	// After EINTR the connection goes on being made, as after EINPROGRESS.
	err = unix.Connect(fd, sa)
	if err != nil && err != unix.EINPROGRESS && err != unix.EINTR {
		unix.Close(fd)
		return &SyscallError{"connect", err}
	}
	s.fd = fd
	s.armed = unix.EPOLLOUT
	if err := s.loop.register(fd, slot{stream: s}, s.armed); err != nil {
		unix.Close(fd)
		s.fd = -1
		return err
	}
	delete(s.loop.dialing, s)
	return nil
}

// unconnected keeps the first reason, which is the preferred address's.
func (s *Stream) unconnected(err error) {
	if s.dial.err == nil {
		s.dial.err = err
	}
}

// connected is called when connect(2) has come to an end.
func (s *Stream) connected() {
	errno, err := unix.GetsockoptInt(s.fd, unix.SOL_SOCKET, unix.SO_ERROR)
	if err == nil && errno != 0 {
		err = unix.Errno(errno)
	}
	if err != nil {
		s.unconnected(&SyscallError{"connect", err})
		s.loop.unregister(s.fd)
		unix.Close(s.fd)
		s.fd = -1
		s.loop.dialing[s] = struct{}{}
		s.connect()
		return
	}
	if err := s.client(); err != nil {
		s.fail(s.opError("dial", err))
		return
	}
	s.state = stateHandshaking
	s.readAgain()
}

// client makes the SSL of a connected socket.
func (s *Stream) client() error {
	ssl, err := clientSSL(s.dial.ctx, &s.dial.opts)
	if err != nil {
		return err
	}
	s.ssl = ssl
	s.ssl.SetMode(streamMode)
	s.hook(hooksOf(s.dial.ctx), s.dial.opts.InsecureSkipVerify)
	if p := s.dial.opts.EarlyData; len(p) > 0 {
		s.early = &earlyStream{send: p, allowed: s.dial.opts.givenEarly()}
	}
	s.endDial()
	return ssl.SetFd(s.fd)
}

// endDial gives back what only dialling needed.
func (s *Stream) endDial() {
	if s.dial == nil {
		return
	}
	if s.dial.cancel != nil {
		s.dial.cancel()
	}
	s.dial.ctx.Close()
	s.dial = nil
}

// literal is the target of an address that needs no look-up, and the host that
// it names. A name has no target yet.
func literal(network, address string) ([]unix.Sockaddr, string, error) {
	if network == "unix" {
		return []unix.Sockaddr{&unix.SockaddrUnix{Name: address}}, "", nil
	}
	if !slices.Contains([]string{"tcp", "tcp4", "tcp6"}, network) {
		return nil, "", net.UnknownNetworkError(network)
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, "", err
	}
	if host == "" {
		host = "localhost"
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return nil, host, nil //nolint:nilerr // a name, to be looked up
	}
	n, err := net.LookupPort(network, port)
	if err != nil {
		return nil, "", err
	}
	if ip.Unmap().Is4() == (network == "tcp6") && network != "tcp" {
		return nil, "", &net.AddrError{Err: "address is not one of " + network, Addr: host}
	}
	return []unix.Sockaddr{sockaddr(netip.AddrPortFrom(ip, uint16(n)))}, host, nil
}

// lookup is every target that a name stands for.
func lookup(ctx context.Context, network, address string) ([]unix.Sockaddr, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	if host == "" {
		host = "localhost"
	}
	n, err := net.DefaultResolver.LookupPort(ctx, network, port)
	if err != nil {
		return nil, err
	}
	family := map[string]string{"tcp": "ip", "tcp4": "ip4", "tcp6": "ip6"}[network]
	ips, err := net.DefaultResolver.LookupNetIP(ctx, family, host)
	if err != nil {
		return nil, err
	}
	targets := make([]unix.Sockaddr, 0, len(ips))
	for _, ip := range ips {
		targets = append(targets, sockaddr(netip.AddrPortFrom(ip, uint16(n))))
	}
	return targets, nil
}

// Add puts a connected, non-blocking socket on the loop, with an SSL that is
// in connect or accept state and has been given the socket (SetFd). The loop
// owns both from then on, and closes them also when Add returns an error.
//
// For DTLS the socket is a datagram one, connected to the peer, and the SSL has
// it by ossl.NewBIODgram and SetBio. The loop sends again what gets lost of a
// handshake: DTLSv1_handle_timeout(3).
//
// [Loop.AddServer] and [Loop.AddClient] do all this for a net.Conn.
func (l *Loop) Add(fd int, ssl *ossl.SSL, h Handler) error { return l.add(fd, ssl, h, false) }

// add is Add; insecure says that nothing but a hook verifies the peer.
func (l *Loop) add(fd int, ssl *ossl.SSL, h Handler, insecure bool) error {
	s := &Stream{loop: l, fd: fd, ssl: ssl, handler: h, state: stateHandshaking, server: ssl.IsServer(), dtls: ssl.IsDTLS()}
	ssl.SetMode(streamMode)
	err := s.adopt(insecure)
	s.expectEarly()
	if h == nil {
		err = errNoHandler
	}
	if err == nil {
		err = l.Post(func() { s.start(); s.readAgain() })
	}
	if err != nil {
		ssl.Close()
		unix.Close(fd)
		return &net.OpError{Op: "add", Net: s.network(), Err: err}
	}
	return nil
}

// adopt looks at a socket that came from elsewhere.
func (s *Stream) adopt(insecure bool) error {
	if got := s.ssl.GetFd(); got != s.fd {
		return fmt.Errorf("bridge: Add was given descriptor %d, but the SSL has %d: call SetFd first", s.fd, got)
	}
	if nonblock, err := unix.FcntlInt(uintptr(s.fd), unix.F_GETFL, 0); err != nil {
		return os.NewSyscallError("fcntl", err)
	} else if nonblock&unix.O_NONBLOCK == 0 {
		return fmt.Errorf("bridge: Add was given descriptor %d in blocking mode, which would stop the loop: set O_NONBLOCK", s.fd)
	}
	s.setNetwork("tcp")
	if s.dtls {
		s.setNetwork("udp")
	}
	sa, err := unix.Getpeername(s.fd)
	if err != nil {
		return os.NewSyscallError("getpeername", err)
	}
	if _, ok := sa.(*unix.SockaddrUnix); ok {
		s.setNetwork("unix")
	}
	s.setPeer(sa)
	if !hooksInstalled.Load() {
		return nil
	}
	ctx, err := s.ssl.GetSSLCtx()
	if err != nil {
		return err
	}
	defer ctx.Close()
	s.hook(hooksOf(ctx), insecure)
	return nil
}
