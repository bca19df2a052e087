package interop

import (
	"slices"
	"strings"
)

// Peers are the peers that this package knows, in the order of a report.
func Peers() []Peer {
	return []Peer{openssl, cryptoTLS, curl, nginx, haproxy, stunnel, gnutls, boringssl, mbedtls, wolfssl, python, node, java, chromium,
		exim, dovecot, postgres}
}

// PeerNamed is the peer of that name, or of what comes before a hyphen in it:
// "openssl-1.1.1" is an openssl of its own column. ok is false where there is no
// such peer.
func PeerNamed(name string) (p Peer, ok bool) {
	all := Peers()
	i := slices.IndexFunc(all, func(p Peer) bool { return p.Name == name })
	if i < 0 {
		i = slices.IndexFunc(all, func(p Peer) bool { return strings.HasPrefix(name, p.Name+"-") })
	}
	if i < 0 {
		return Peer{}, false
	}
	p = all[i]
	p.Name = name
	return p, true
}
