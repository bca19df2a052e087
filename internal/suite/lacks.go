package suite

import "github.com/sslsock/sslsock/ossl"

// lacks says what the test needs that this build of OpenSSL does not have, "" for
// nothing. There is no other reason to skip a test, with one exception. Where a
// build has SCTP its tests fail: package ossl does not.
func (t *Test) lacks() string {
	o := t.opts
	switch {
	case o.sctp && !ossl.HasSCTP():
		return "this build of OpenSSL has no SCTP"
	case o.want.compressed && len(ossl.CompGetCompressionMethods()) == 0:
		return "this build of OpenSSL has no compression"
	case o.compressCerts && ossl.OpenSSLVersionNum() < openssl3_2:
		return "OpenSSL before 3.2 does not compress certificates"
	case o.server.forcePHA && !o.client.postHandshakeAuth:
		// The exception: what libssl itself cannot be brought to do.
		return "ForcePHA writes into libssl's own structures, and no function of libssl does the same"
	case (o.server.npn != nil || o.server2.npn != nil || o.client.npn != nil) && !ossl.HasNPN():
		return "this build of OpenSSL has no NPN"
	case o.server.srpUser != "" && !ossl.HasSRP():
		return "this build of OpenSSL has no SRP"
	}
	return ""
}
