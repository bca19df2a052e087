package bridge

import (
	"net"
	"net/netip"
	"slices"
	"strconv"
	"unsafe"

	"golang.org/x/sys/unix"
)

// netAddrs are the addresses of a stream, made when asked for: most streams
// never are.
type netAddrs struct {
	peer unix.Sockaddr
	made *struct{ local, remote net.Addr }
}

// networks are what a stream can be of, by index, to be kept in a byte.
var networks = [...]string{"tcp", "tcp4", "tcp6", "unix", "udp"}

func (s *Stream) setNetwork(name string) { s.netIndex = uint8(max(0, slices.Index(networks[:], name))) }

func (s *Stream) network() string { return networks[s.netIndex] }

// setPeer forgets the addresses of an attempt to connect that came before.
func (s *Stream) setPeer(sa unix.Sockaddr) { s.net = netAddrs{peer: sa} }

func (n *netAddrs) make() {
	if n.made == nil {
		n.made = new(struct{ local, remote net.Addr })
	}
}

// LocalAddr is the socket's own address.
func (s *Stream) LocalAddr() net.Addr {
	s.net.make()
	if s.net.made.local == nil && s.fd >= 0 && s.state != stateClosed {
		s.net.made.local = netAddr(s.network(), getsockname(s.fd))
	}
	return s.net.made.local
}

// RemoteAddr is the peer's address.
func (s *Stream) RemoteAddr() net.Addr {
	s.net.make()
	if s.net.made.remote == nil && s.net.peer != nil {
		s.net.made.remote = netAddr(s.network(), s.net.peer)
	}
	return s.net.made.remote
}

// netAddr is sa as package net would have it.
func netAddr(network string, sa unix.Sockaddr) net.Addr {
	switch sa := sa.(type) {
	case *unix.SockaddrInet4:
		return ipAddr(network, netip.AddrPortFrom(netip.AddrFrom4(sa.Addr), uint16(sa.Port)))
	case *unix.SockaddrInet6:
		ip := netip.AddrFrom16(sa.Addr).Unmap()
		if sa.ZoneId != 0 {
			ip = ip.WithZone(zoneName(int(sa.ZoneId)))
		}
		return ipAddr(network, netip.AddrPortFrom(ip, uint16(sa.Port)))
	case *unix.SockaddrUnix:
		return &net.UnixAddr{Name: sa.Name, Net: network}
	default:
		return nil
	}
}

func ipAddr(network string, ap netip.AddrPort) net.Addr {
	if network == "udp" {
		return net.UDPAddrFromAddrPort(ap)
	}
	return net.TCPAddrFromAddrPort(ap)
}

func zoneName(index int) string {
	if ifi, err := net.InterfaceByIndex(index); err == nil {
		return ifi.Name
	}
	return strconv.Itoa(index)
}

// sockaddr is ap for connect(2).
func sockaddr(ap netip.AddrPort) unix.Sockaddr {
	ip := ap.Addr().Unmap()
	if ip.Is4() {
		return &unix.SockaddrInet4{Port: int(ap.Port()), Addr: ip.As4()}
	}
	sa := &unix.SockaddrInet6{Port: int(ap.Port()), Addr: ip.As16()}
	if zone := ip.Zone(); zone != "" {
		if ifi, err := net.InterfaceByName(zone); err == nil {
			sa.ZoneId = uint32(ifi.Index)
		} else if n, err := strconv.ParseUint(zone, 10, 32); err == nil {
			sa.ZoneId = uint32(n)
		}
	}
	return sa
}

// accept4 is accept4(2) for a listener that does not block. unix.Accept4 would
// do, but asks the kernel for each socket's protocol as well.
func accept4(fd int) (int, unix.Sockaddr, unix.Errno) {
	var raw unix.RawSockaddrAny
	size := uint32(unix.SizeofSockaddrAny)
	n, _, errno := unix.RawSyscall6(unix.SYS_ACCEPT4, uintptr(fd), uintptr(unsafe.Pointer(&raw)),
		uintptr(unsafe.Pointer(&size)), unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0, 0)
	if errno != 0 {
		return -1, nil, errno
	}
	peer := decodeSockaddr(&raw)
	if peer == nil { // of a unix socket, and mostly without a name
		peer, _ = unix.Getpeername(int(n))
	}
	return int(n), peer, 0
}

// decodeSockaddr is the address of a TCP socket that the kernel left in raw, nil
// for any other.
func decodeSockaddr(raw *unix.RawSockaddrAny) unix.Sockaddr {
	switch raw.Addr.Family {
	case unix.AF_INET:
		in := (*unix.RawSockaddrInet4)(unsafe.Pointer(raw))
		return &unix.SockaddrInet4{Port: netPort(&in.Port), Addr: in.Addr}
	case unix.AF_INET6:
		in := (*unix.RawSockaddrInet6)(unsafe.Pointer(raw))
		return &unix.SockaddrInet6{Port: netPort(&in.Port), ZoneId: in.Scope_id, Addr: in.Addr}
	default:
		return nil
	}
}

// getsockname is unix.Getsockname, which asks the kernel for the socket's
// protocol as well.
func getsockname(fd int) unix.Sockaddr {
	var raw unix.RawSockaddrAny
	size := uint32(unix.SizeofSockaddrAny)
	_, _, errno := unix.RawSyscall(unix.SYS_GETSOCKNAME, uintptr(fd), uintptr(unsafe.Pointer(&raw)), uintptr(unsafe.Pointer(&size)))
	if errno != 0 {
		return nil
	}
	if sa := decodeSockaddr(&raw); sa != nil {
		return sa
	}
	sa, err := unix.Getsockname(fd) // of a unix socket
	if err != nil {
		return nil
	}
	return sa
}

// netPort is a port in network order.
func netPort(p *uint16) int {
	b := (*[2]byte)(unsafe.Pointer(p))
	return int(b[0])<<8 | int(b[1])
}
