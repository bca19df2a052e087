package ossl

// #include "shim_crypto.h"
import "C"

import (
	"time"
	"unsafe"
)

// VerifyParam is a set of rules for verifying a chain: X509_VERIFY_PARAM. What
// it is given to copies it. It has one user at a time. The caller closes it.
type VerifyParam struct{ object }

// NewVerifyParam is a set without any rule: X509_VERIFY_PARAM_new(3).
func NewVerifyParam() (*VerifyParam, error) {
	if err := CheckVersion(); err != nil {
		return nil, err
	}
	var p *C.X509_VERIFY_PARAM
	if err := failed("X509_VERIFY_PARAM_new", C.gossl_param_new(nil, &p)); err != nil {
		return nil, err
	}
	return newVerifyParam(p), nil
}

// VerifyParamLookup is a copy of a set that has a name, "default",
// "ssl_client", "ssl_server" or "smime_sign": X509_VERIFY_PARAM_lookup(3).
func VerifyParamLookup(name string) (p *VerifyParam, err error) {
	if err := CheckVersion(); err != nil {
		return nil, err
	}
	err = with(name, func(s *C.char) error {
		var c *C.X509_VERIFY_PARAM
		if err := failed("X509_VERIFY_PARAM_lookup", C.gossl_param_new(s, &c)); err != nil {
			return err
		}
		p = newVerifyParam(c)
		return nil
	})
	return p, err
}

func newVerifyParam(c *C.X509_VERIFY_PARAM) *VerifyParam {
	p := new(VerifyParam)
	p.open(unsafe.Pointer(c), kindVerifyParam)
	return p
}

// More flags of X509_VERIFY_PARAM_set_flags(3).
const (
	FlagUseCheckTime       StoreFlags = C.X509_V_FLAG_USE_CHECK_TIME // set by SetTime
	FlagIgnoreCritical     StoreFlags = C.X509_V_FLAG_IGNORE_CRITICAL
	FlagAllowProxyCerts    StoreFlags = C.X509_V_FLAG_ALLOW_PROXY_CERTS
	FlagPolicyCheck        StoreFlags = C.X509_V_FLAG_POLICY_CHECK
	FlagExplicitPolicy     StoreFlags = C.X509_V_FLAG_EXPLICIT_POLICY
	FlagInhibitAny         StoreFlags = C.X509_V_FLAG_INHIBIT_ANY
	FlagInhibitMap         StoreFlags = C.X509_V_FLAG_INHIBIT_MAP
	FlagExtendedCRLSupport StoreFlags = C.X509_V_FLAG_EXTENDED_CRL_SUPPORT
	FlagUseDeltas          StoreFlags = C.X509_V_FLAG_USE_DELTAS
	FlagCheckSSSignature   StoreFlags = C.X509_V_FLAG_CHECK_SS_SIGNATURE
	FlagNoAltChains        StoreFlags = C.X509_V_FLAG_NO_ALT_CHAINS
	FlagSuiteB128LOSOnly   StoreFlags = C.X509_V_FLAG_SUITEB_128_LOS_ONLY
	FlagSuiteB192LOS       StoreFlags = C.X509_V_FLAG_SUITEB_192_LOS
	FlagSuiteB128LOS       StoreFlags = C.X509_V_FLAG_SUITEB_128_LOS
)

// SetFlags adds flags: X509_VERIFY_PARAM_set_flags(3).
func (p *VerifyParam) SetFlags(f StoreFlags) error {
	return p.call("X509_VERIFY_PARAM_set_flags", C.GOSSL_PARAM_SET_FLAGS, int64(f))
}

// ClearFlags takes flags away: X509_VERIFY_PARAM_clear_flags(3).
func (p *VerifyParam) ClearFlags(f StoreFlags) error {
	return p.call("X509_VERIFY_PARAM_clear_flags", C.GOSSL_PARAM_CLEAR_FLAGS, int64(f))
}

// GetFlags is the flags: X509_VERIFY_PARAM_get_flags(3).
func (p *VerifyParam) GetFlags() StoreFlags { return StoreFlags(p.get(C.GOSSL_PARAM_SET_FLAGS)) }

// SetPurpose says what the certificate is for: X509_VERIFY_PARAM_set_purpose(3).
func (p *VerifyParam) SetPurpose(v Purpose) error {
	return p.call("X509_VERIFY_PARAM_set_purpose", C.GOSSL_PARAM_PURPOSE, int64(v))
}

// SetTrust says which trust setting of the root counts:
// X509_VERIFY_PARAM_set_trust(3).
func (p *VerifyParam) SetTrust(v Trust) error {
	return p.call("X509_VERIFY_PARAM_set_trust", C.GOSSL_PARAM_TRUST, int64(v))
}

// SetDepth bounds the number of intermediate certificates:
// X509_VERIFY_PARAM_set_depth(3).
func (p *VerifyParam) SetDepth(depth int) error {
	return p.call("X509_VERIFY_PARAM_set_depth", C.GOSSL_PARAM_DEPTH, int64(depth))
}

// GetDepth is what SetDepth set, -1 where there is no bound:
// X509_VERIFY_PARAM_get_depth(3).
func (p *VerifyParam) GetDepth() int { return int(p.get(C.GOSSL_PARAM_DEPTH)) }

// SetAuthLevel demands that much strength of the keys and signatures of the
// chain, as a security level from 0 to 5: X509_VERIFY_PARAM_set_auth_level(3).
func (p *VerifyParam) SetAuthLevel(level int) error {
	return p.call("X509_VERIFY_PARAM_set_auth_level", C.GOSSL_PARAM_AUTH_LEVEL, int64(level))
}

// GetAuthLevel is what SetAuthLevel set, -1 where it was not:
// X509_VERIFY_PARAM_get_auth_level(3).
func (p *VerifyParam) GetAuthLevel() int { return int(p.get(C.GOSSL_PARAM_AUTH_LEVEL)) }

// SetTime judges the chain as of then: X509_VERIFY_PARAM_set_time(3).
func (p *VerifyParam) SetTime(t time.Time) error {
	return p.call("X509_VERIFY_PARAM_set_time", C.GOSSL_PARAM_TIME, t.Unix())
}

// GetTime is what SetTime set, the zero time where nothing did:
// X509_VERIFY_PARAM_get_time(3).
func (p *VerifyParam) GetTime() time.Time {
	if p.GetFlags()&FlagUseCheckTime == 0 {
		return time.Time{}
	}
	return time.Unix(p.get(C.GOSSL_PARAM_TIME), 0).UTC()
}

// SetHostflags says how host names are compared:
// X509_VERIFY_PARAM_set_hostflags(3).
func (p *VerifyParam) SetHostflags(f HostFlags) error {
	return p.call("X509_VERIFY_PARAM_set_hostflags", C.GOSSL_PARAM_HOSTFLAGS, int64(f))
}

// GetHostflags is what SetHostflags set: X509_VERIFY_PARAM_get_hostflags(3).
func (p *VerifyParam) GetHostflags() HostFlags { return HostFlags(p.get(C.GOSSL_PARAM_HOSTFLAGS)) }

// SetInhFlags says what Inherit does, X509_VP_FLAG_*:
// X509_VERIFY_PARAM_set_inh_flags(3).
func (p *VerifyParam) SetInhFlags(f uint32) error {
	return p.call("X509_VERIFY_PARAM_set_inh_flags", C.GOSSL_PARAM_INH_FLAGS, int64(f))
}

// GetInhFlags is what SetInhFlags set: X509_VERIFY_PARAM_get_inh_flags(3).
func (p *VerifyParam) GetInhFlags() uint32 { return uint32(p.get(C.GOSSL_PARAM_INH_FLAGS)) }

// Set1Host demands a certificate for that host, "" any:
// X509_VERIFY_PARAM_set1_host(3).
func (p *VerifyParam) Set1Host(host string) error {
	return p.string("X509_VERIFY_PARAM_set1_host", C.GOSSL_PARAM_HOST, host)
}

// Add1Host accepts another host beside those before:
// X509_VERIFY_PARAM_add1_host(3).
func (p *VerifyParam) Add1Host(host string) error {
	return p.string("X509_VERIFY_PARAM_add1_host", C.GOSSL_PARAM_ADD_HOST, host)
}

// Get0Host is the n-th host, "" where there are not so many:
// X509_VERIFY_PARAM_get0_host(3). OpenSSL 4.0.3 forgets the end of the name in
// a copy (Set1, Inherit), and bytes that do not belong to it may follow there;
// the same goes for Get0Email.
func (p *VerifyParam) Get0Host(n int) string { return p.text(C.GOSSL_PARAM_HOST, n) }

// Get0Peername is the name of the certificate that matched, where this set has
// verified one: X509_VERIFY_PARAM_get0_peername(3). See [StoreCtx.Peername].
func (p *VerifyParam) Get0Peername() string { return p.text(C.GOSSL_PARAM_PEERNAME, 0) }

// Set1Email demands a certificate for that e-mail address, "" any:
// X509_VERIFY_PARAM_set1_email(3).
func (p *VerifyParam) Set1Email(address string) error {
	return p.string("X509_VERIFY_PARAM_set1_email", C.GOSSL_PARAM_EMAIL, address)
}

// Get0Email is what Set1Email set: X509_VERIFY_PARAM_get0_email(3).
func (p *VerifyParam) Get0Email() string { return p.text(C.GOSSL_PARAM_EMAIL, 0) }

// Set1IP demands a certificate for that address, of 4 or 16 bytes, and nil any:
// X509_VERIFY_PARAM_set1_ip(3).
func (p *VerifyParam) Set1IP(ip []byte) error {
	return onObjects("X509_VERIFY_PARAM_set1_ip", func() *C.gossl_err {
		return C.gossl_param_ip(p.c(), bytesPtr(ip), C.size_t(len(ip)))
	}, p)
}

// Set1IPAsc is Set1IP with the address as text: X509_VERIFY_PARAM_set1_ip_asc(3).
func (p *VerifyParam) Set1IPAsc(ip string) error {
	return p.string("X509_VERIFY_PARAM_set1_ip_asc", C.GOSSL_PARAM_IP, ip)
}

// Get1IPAsc is what Set1IP set: X509_VERIFY_PARAM_get1_ip_asc(3).
func (p *VerifyParam) Get1IPAsc() string { return p.text(C.GOSSL_PARAM_IP, 0) }

// Set1Name names the set: X509_VERIFY_PARAM_set1_name(3).
func (p *VerifyParam) Set1Name(name string) error {
	return p.string("X509_VERIFY_PARAM_set1_name", C.GOSSL_PARAM_NAME, name)
}

// Get0Name is the name of the set: X509_VERIFY_PARAM_get0_name(3).
func (p *VerifyParam) Get0Name() string { return p.text(C.GOSSL_PARAM_NAME, 0) }

// Add0Policy accepts a policy, by its dotted identifier or name, and has
// policies checked: X509_VERIFY_PARAM_add0_policy(3).
func (p *VerifyParam) Add0Policy(oid string) error {
	return p.string("X509_VERIFY_PARAM_add0_policy", C.GOSSL_PARAM_POLICY, oid)
}

// Set1 takes over what from has set: X509_VERIFY_PARAM_set1(3).
func (p *VerifyParam) Set1(from *VerifyParam) error { return p.join("X509_VERIFY_PARAM_set1", from, 1) }

// Inherit takes over what from has set and p has not:
// X509_VERIFY_PARAM_inherit(3).
func (p *VerifyParam) Inherit(from *VerifyParam) error {
	return p.join("X509_VERIFY_PARAM_inherit", from, 0)
}

// Close frees it: X509_VERIFY_PARAM_free(3). A second Close does nothing.
// Nothing else may use p at the same time.
func (p *VerifyParam) Close() {
	if p != nil {
		p.close()
	}
}

func (p *VerifyParam) c() *C.X509_VERIFY_PARAM { return (*C.X509_VERIFY_PARAM)(p.ptr()) }

func (p *VerifyParam) ptr() unsafe.Pointer {
	if p == nil {
		return nil
	}
	return p.p
}

func (p *VerifyParam) call(op string, what C.int, v int64) error {
	return onObjects(op, func() *C.gossl_err { return C.gossl_param_call(p.c(), what, C.long(v)) }, p)
}

func (p *VerifyParam) get(what C.int) int64 {
	return int64(valueOf(func() C.long { return C.gossl_param_get(p.c(), what) }, p))
}

func (p *VerifyParam) string(op string, what C.int, s string) error {
	if p.c() == nil {
		return ErrClosed
	}
	return withOptional(s, func(s *C.char) error {
		return onObjects(op, func() *C.gossl_err { return C.gossl_param_string(p.c(), what, s) }, p)
	})
}

func (p *VerifyParam) text(what C.int, n int) string {
	return textOf("X509_VERIFY_PARAM_get0_name", func(out **C.uchar, len *C.int) *C.gossl_err {
		return C.gossl_param_text(p.c(), what, C.int(n), out, len)
	}, p)
}

func (p *VerifyParam) join(op string, from *VerifyParam, set1 C.int) error {
	return onObjects(op, func() *C.gossl_err { return C.gossl_param_join(p.c(), from.c(), set1) }, p, from)
}
