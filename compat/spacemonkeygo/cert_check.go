package openssl

import (
	"errors"
	"net"
	"strings"

	"github.com/sslsock/sslsock/ossl"
)

// ValidationError is a certificate of another host, address or mailbox.
var ValidationError = errors.New("host validation error") //nolint:revive,staticcheck // the name of the original

// CheckFlags says how names are compared.
type CheckFlags int

// The ways to compare names.
const (
	AlwaysCheckSubject CheckFlags = CheckFlags(ossl.CheckFlagAlwaysCheckSubject) // the common name too, beside the SANs
	NoWildcards        CheckFlags = CheckFlags(ossl.CheckFlagNoWildcards)
)

// CheckHost is nil when the certificate is for that host name, and
// ValidationError when it is not. Addresses are for CheckIP; see VerifyHostname.
func (c *Certificate) CheckHost(host string, flags CheckFlags) error {
	if strings.ContainsRune(host, 0) {
		return errors.New("hostname validation had an internal failure: the name holds a zero byte")
	}
	return c.checked(func(x *ossl.X509) bool { _, ok := x.CheckHost(host, ossl.HostFlags(flags)); return ok })
}

// CheckEmail is the same for a mailbox.
func (c *Certificate) CheckEmail(email string, flags CheckFlags) error {
	return c.checked(func(x *ossl.X509) bool { return x.CheckEmail(email, ossl.HostFlags(flags)) })
}

// CheckIP is the same for an address.
func (c *Certificate) CheckIP(ip net.IP, flags CheckFlags) error {
	if ip4 := ip.To4(); ip4 != nil {
		ip = ip4
	}
	if len(ip) != net.IPv4len && len(ip) != net.IPv6len {
		return errors.New("ip validation had an internal failure: no address")
	}
	return c.checked(func(x *ossl.X509) bool { return x.CheckIP(ip, ossl.HostFlags(flags)) })
}

func (c *Certificate) checked(fits func(*ossl.X509) bool) error {
	if c.inner() == nil {
		return errNoCert
	}
	if !fits(c.x) {
		return ValidationError
	}
	return nil
}

// VerifyHostname is CheckIP for what looks like an address, in brackets or
// without, and CheckHost for all else.
func (c *Certificate) VerifyHostname(host string) error {
	if ip := ipOf(host); ip != nil {
		return c.CheckIP(ip, 0)
	}
	return c.CheckHost(host, 0)
}

// ipOf is nil for a host name.
func ipOf(host string) net.IP {
	if n := len(host); n >= 3 && host[0] == '[' && host[n-1] == ']' {
		host = host[1 : n-1]
	}
	return net.ParseIP(host)
}
