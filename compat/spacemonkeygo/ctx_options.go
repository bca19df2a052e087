package openssl

import (
	"time"

	"github.com/sslsock/sslsock/ossl"
)

// Options is a set of SSL_OP_*.
type Options int

// The options that have a name here; any other will do too.
const (
	NoCompression                      Options = Options(ossl.OpNoCompression)
	NoSSLv2                            Options = 0
	NoSSLv3                            Options = 0x02000000
	NoTLSv1                            Options = 0x04000000
	CipherServerPreference             Options = Options(ossl.OpCipherServerPreference)
	NoSessionResumptionOrRenegotiation Options = Options(ossl.OpNoSessionResumptionOnRenegotiation)
	NoTicket                           Options = Options(ossl.OpNoTicket)
)

// SetOptions adds options, and returns all that are set then.
func (c *Ctx) SetOptions(options Options) Options {
	return Options(c.inner().SetOptions(ossl.Options(options)))
}

// ClearOptions takes options away, and returns all that are set then.
func (c *Ctx) ClearOptions(options Options) Options {
	return Options(c.inner().ClearOptions(ossl.Options(options)))
}

// GetOptions is all that are set.
func (c *Ctx) GetOptions() Options { return Options(c.inner().GetOptions()) }

// Modes is a set of SSL_MODE_*.
type Modes int

// ReleaseBuffers gives the buffers of an idle connection back.
const ReleaseBuffers Modes = Modes(ossl.ModeReleaseBuffers)

// SetMode adds modes, and returns all that are set then.
func (c *Ctx) SetMode(modes Modes) Modes { return Modes(c.inner().SetMode(ossl.Mode(modes))) }

// GetMode is all that are set.
func (c *Ctx) GetMode() Modes { return Modes(c.inner().GetMode()) }

// Version is a protocol version as it is written.
type Version int

// The versions.
const (
	SSL3_VERSION    Version = ossl.SSL3Version
	TLS1_VERSION    Version = ossl.TLS1Version
	TLS1_1_VERSION  Version = ossl.TLS1_1Version
	TLS1_2_VERSION  Version = ossl.TLS1_2Version
	TLS1_3_VERSION  Version = ossl.TLS1_3Version
	DTLS1_VERSION   Version = ossl.DTLS1Version
	DTLS1_2_VERSION Version = ossl.DTLS1_2Version
)

// SetMinProtoVersion sets the oldest version, 0 for the oldest there is; false
// where it cannot.
func (c *Ctx) SetMinProtoVersion(version Version) bool {
	return c.inner().SetMinProtoVersion(int(version)) == nil
}

// SetMaxProtoVersion sets the newest version, 0 for the newest there is; false
// where it cannot.
func (c *Ctx) SetMaxProtoVersion(version Version) bool {
	return c.inner().SetMaxProtoVersion(int(version)) == nil
}

// SessionCacheModes is a set of SSL_SESS_CACHE_*.
type SessionCacheModes int

// The modes of the session cache.
const (
	SessionCacheOff    SessionCacheModes = SessionCacheModes(ossl.SessCacheOff)
	SessionCacheClient SessionCacheModes = SessionCacheModes(ossl.SessCacheClient)
	SessionCacheServer SessionCacheModes = SessionCacheModes(ossl.SessCacheServer)
	SessionCacheBoth   SessionCacheModes = SessionCacheModes(ossl.SessCacheBoth)
	NoAutoClear        SessionCacheModes = SessionCacheModes(ossl.SessCacheNoAutoClear)
	NoInternalLookup   SessionCacheModes = SessionCacheModes(ossl.SessCacheNoInternalLookup)
	NoInternalStore    SessionCacheModes = SessionCacheModes(ossl.SessCacheNoInternalStore)
	NoInternal         SessionCacheModes = SessionCacheModes(ossl.SessCacheNoInternal)
)

// SetSessionCacheMode sets the modes of the session cache, and returns those from
// before.
func (c *Ctx) SetSessionCacheMode(modes SessionCacheModes) SessionCacheModes {
	return SessionCacheModes(c.inner().SetSessionCacheMode(ossl.SessCacheMode(modes)))
}

// SetSessionId sets the session id context of servers, up to 32 bytes. A server
// that asks for certificates needs one for resumption.
func (c *Ctx) SetSessionId(session_id []byte) error { return c.inner().SetSessionIDContext(session_id) }

// SetTimeout sets how long sessions last, in whole seconds, and returns what it
// was.
func (c *Ctx) SetTimeout(t time.Duration) time.Duration { return c.inner().SetTimeout(t) }

// GetTimeout is how long sessions last.
func (c *Ctx) GetTimeout() time.Duration { return c.inner().GetTimeout() }

// SessSetCacheSize sets how many sessions the cache holds, 0 for any number, and
// returns what it was.
func (c *Ctx) SessSetCacheSize(t int) int { return c.inner().SessSetCacheSize(t) }

// SessGetCacheSize is how many sessions the cache holds.
func (c *Ctx) SessGetCacheSize() int { return c.inner().SessGetCacheSize() }
