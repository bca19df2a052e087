package ossl

// #include "shim_crypto.h"
// #include "shim_more.h"
import "C"

import (
	"runtime"
	"unsafe"
)

// BuildChainFlags says how BuildCertChain works: SSL_CTX_build_cert_chain(3).
type BuildChainFlags int

// The flags of BuildCertChain.
const (
	BuildChainFlagUntrusted   BuildChainFlags = C.SSL_BUILD_CHAIN_FLAG_UNTRUSTED    // use the chain that is set as untrusted certificates
	BuildChainFlagNoRoot      BuildChainFlags = C.SSL_BUILD_CHAIN_FLAG_NO_ROOT      // leave the root out
	BuildChainFlagCheck       BuildChainFlags = C.SSL_BUILD_CHAIN_FLAG_CHECK        // reorder and check the chain that is set, and use nothing else
	BuildChainFlagIgnoreError BuildChainFlags = C.SSL_BUILD_CHAIN_FLAG_IGNORE_ERROR // take a chain that does not verify too
	BuildChainFlagClearError  BuildChainFlags = C.SSL_BUILD_CHAIN_FLAG_CLEAR_ERROR
)

// CertFlags is a set of SSL_CERT_FLAG_*: SSL_CTX_set_cert_flags(3).
type CertFlags uint32

// The certificate flags.
const (
	CertFlagTLSStrict      CertFlags = C.SSL_CERT_FLAG_TLS_STRICT
	CertFlagSuiteB128LOS   CertFlags = C.SSL_CERT_FLAG_SUITEB_128_LOS
	CertFlagSuiteB128Only  CertFlags = C.SSL_CERT_FLAG_SUITEB_128_LOS_ONLY
	CertFlagSuiteB192LOS   CertFlags = C.SSL_CERT_FLAG_SUITEB_192_LOS
	CertFlagBrokenProtocol CertFlags = C.SSL_CERT_FLAG_BROKEN_PROTOCOL
)

// CurrentCert chooses a certificate: SSL_CTX_set_current_cert(3).
type CurrentCert int

// The certificates that SetCurrentCert knows.
const (
	CertSetFirst  CurrentCert = C.SSL_CERT_SET_FIRST
	CertSetNext   CurrentCert = C.SSL_CERT_SET_NEXT   // an error behind the last
	CertSetServer CurrentCert = C.SSL_CERT_SET_SERVER // the one that the server uses in this handshake; SSL only
)

// CheckChainFlags is what is right about a chain: SSL_check_chain(3).
type CheckChainFlags int

// What SSL.CheckChain can find.
const (
	CertPkeyValid           CheckChainFlags = C.CERT_PKEY_VALID // it may be used with the peer
	CertPkeySign            CheckChainFlags = C.CERT_PKEY_SIGN
	CertPkeyEESignature     CheckChainFlags = C.CERT_PKEY_EE_SIGNATURE
	CertPkeyCASignature     CheckChainFlags = C.CERT_PKEY_CA_SIGNATURE
	CertPkeyEEParam         CheckChainFlags = C.CERT_PKEY_EE_PARAM
	CertPkeyCAParam         CheckChainFlags = C.CERT_PKEY_CA_PARAM
	CertPkeyExplicitSign    CheckChainFlags = C.CERT_PKEY_EXPLICIT_SIGN
	CertPkeyIssuerName      CheckChainFlags = C.CERT_PKEY_ISSUER_NAME
	CertPkeyCertificateType CheckChainFlags = C.CERT_PKEY_CERT_TYPE
)

// Chains are Go slices, which stand for STACK_OF(X509). Those that come out
// have references of their own, where C's get0 has none: the caller closes each
// certificate, [CloseX509s] does it. Those that go in remain the caller's, for
// set0 too.

// Get0ChainCerts is the chain of the certificate set last, without itself:
// SSL_CTX_get0_chain_certs(3). The caller closes each: CloseX509s.
func (c *Ctx) Get0ChainCerts() []*X509 { return c.chain(0) }

// GetExtraChainCerts is the chain that certificates without one of their own
// share, or where there is none Get0ChainCerts:
// SSL_CTX_get_extra_chain_certs(3). The caller closes each: CloseX509s.
func (c *Ctx) GetExtraChainCerts() []*X509 { return c.chain(1) }

// GetExtraChainCertsOnly is what AddExtraChainCert added:
// SSL_CTX_get_extra_chain_certs_only(3). The caller closes each: CloseX509s.
func (c *Ctx) GetExtraChainCertsOnly() []*X509 { return c.chain(2) }

func (c *Ctx) chain(extra C.int) []*X509 {
	return ctxValue(c, func(c *C.SSL_CTX) []*X509 {
		crossing()
		var p **C.X509
		var n C.int
		if C.gossl_ctx_chain(c, extra, &p, &n) == 0 {
			return nil
		}
		return someX509s(p, n)
	})
}

// Get0ChainCerts is the chain of our own certificate, without itself:
// SSL_get0_chain_certs(3). The caller closes each: CloseX509s.
func (s *SSL) Get0ChainCerts() []*X509 { return s.chain(C.GOSSL_CHAIN) }

// GetPeerCertChain is what the peer sent, on a client with its own certificate
// first, on a server without it: SSL_get_peer_cert_chain(3). It says nothing
// about trust. The caller closes each: CloseX509s.
func (s *SSL) GetPeerCertChain() []*X509 { return s.chain(C.GOSSL_PEER_CHAIN) }

// Get0VerifiedChain is the peer's chain as it was verified, from its own
// certificate to the root: SSL_get0_verified_chain(3). It counts only where
// GetVerifyResult is VerifyOK. The caller closes each: CloseX509s.
func (s *SSL) Get0VerifiedChain() []*X509 { return s.chain(C.GOSSL_VERIFIED_CHAIN) }

func (s *SSL) chain(which C.int) []*X509 {
	return sslValue(s, func(s *C.SSL) []*X509 {
		crossing()
		var p **C.X509
		var n C.int
		if C.gossl_chain(s, which, &p, &n) == 0 {
			return nil
		}
		return someX509s(p, n)
	})
}

// someX509s is newX509s with nil for an empty list.
func someX509s(p **C.X509, n C.int) []*X509 {
	if list := newX509s(p, n); len(list) > 0 {
		return list
	}
	return nil
}

// Set0Chain is Set1Chain: Go keeps its references. SSL_CTX_set0_chain(3).
func (c *Ctx) Set0Chain(chain []*X509) error { return c.Set1Chain(chain) }

// Set1Chain sets the chain of the certificate set last, without itself:
// SSL_CTX_set1_chain(3). The certificates remain the caller's.
func (c *Ctx) Set1Chain(chain []*X509) error {
	return lendChain(chain, func(list **C.X509, n C.int) error {
		return c.call("SSL_CTX_set1_chain", func(c *C.SSL_CTX) *C.gossl_err { crossing(); return C.gossl_ctx_set1_chain(c, list, n) })
	})
}

// Set0Chain is Set1Chain: Go keeps its references. SSL_set0_chain(3).
func (s *SSL) Set0Chain(chain []*X509) error { return s.Set1Chain(chain) }

// Set1Chain is Ctx.Set1Chain for one connection: SSL_set1_chain(3).
func (s *SSL) Set1Chain(chain []*X509) error {
	return lendChain(chain, func(list **C.X509, n C.int) error {
		return s.call("SSL_set1_chain", func(s *C.SSL) *C.gossl_err { crossing(); return C.gossl_set1_chain(s, list, n) })
	})
}

// CheckChain says what is right about a certificate, its key and chain for
// this handshake: SSL_check_chain(3). It is for the certificate callback, where
// it is known what the peer supports.
func (s *SSL) CheckChain(x *X509, k *PKey, chain []*X509) CheckChainFlags {
	list, err := x509Ptrs(chain)
	if x.c() == nil || k.c() == nil || err != nil {
		return 0
	}
	flags := sslValue(s, func(s *C.SSL) C.int {
		crossing()
		return C.gossl_check_chain(s, x.c(), k.c(), unsafe.SliceData(list), C.int(len(list)))
	})
	runtime.KeepAlive(x)
	runtime.KeepAlive(k)
	runtime.KeepAlive(chain)
	return CheckChainFlags(flags)
}

// lendChain keeps a chain open while f uses it.
func lendChain(chain []*X509, f func(**C.X509, C.int) error) error {
	list, err := x509Ptrs(chain)
	if err != nil {
		return err
	}
	err = f(unsafe.SliceData(list), C.int(len(list)))
	runtime.KeepAlive(chain)
	return err
}
