package openssl

import (
	"sync"

	"github.com/sslsock/sslsock/bridge"
	"github.com/sslsock/sslsock/ossl"
)

// SSL is the settings of one connection. After Close its setters do nothing, and
// its getters return zero.
type SSL struct {
	mu   sync.Mutex
	ssl  *ossl.SSL    // until the handshake begins
	conn *bridge.Conn // from then on
	ctx  *Ctx         // the present one
	shut bool         // the Conn is closed, though the driver may linger

	verifyCb  VerifyCallback
	hasVerify bool // verifyCb counts, and not the Ctx's
	traced    bool // some Ctx or this SSL had a callback
	result    *ossl.VerifyResult

	// While the servername callback runs.
	asked bool
	name  string
	next  *Ctx
	again []func(*ossl.SSL)
}

// use calls f with the SSL, and returns false where there is none any more.
func (s *SSL) use(f func(*ossl.SSL)) bool {
	if s == nil {
		return false
	}
	s.mu.Lock()
	if s.shut {
		s.mu.Unlock()
		return false
	}
	if conn := s.conn; conn != nil {
		s.mu.Unlock()
		return conn.WithSSL(func(ssl *ossl.SSL) error { f(ssl); return nil }) == nil
	}
	defer s.mu.Unlock()
	if s.ssl == nil {
		return false
	}
	f(s.ssl)
	return true
}

// change is use for what has to outlive a change of the Ctx.
func (s *SSL) change(f func(*ossl.SSL)) {
	if !s.use(f) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.asked {
		s.again = append(s.again, f)
	}
}

func value[T any](s *SSL, f func(*ossl.SSL) T) (v T) {
	s.use(func(ssl *ossl.SSL) { v = f(ssl) })
	return v
}

// GetServername is the host name that the client asks for, "" for none.
func (s *SSL) GetServername() string {
	if s == nil {
		return ""
	}
	s.mu.Lock()
	asked, name, conn := s.asked, s.name, s.conn
	s.mu.Unlock()
	if asked {
		return name
	}
	if conn != nil && conn.ConnectionState().HandshakeComplete {
		return conn.ConnectionState().ServerName
	}
	return value(s, (*ossl.SSL).GetServername)
}

// GetOptions is all options that are set.
func (s *SSL) GetOptions() Options {
	return value(s, func(ssl *ossl.SSL) Options { return Options(ssl.GetOptions()) })
}

// SetOptions adds options, and returns all that are set then.
func (s *SSL) SetOptions(options Options) Options {
	s.change(func(ssl *ossl.SSL) { ssl.SetOptions(ossl.Options(options)) })
	return s.GetOptions()
}

// ClearOptions takes options away, and returns all that are set then.
func (s *SSL) ClearOptions(options Options) Options {
	s.change(func(ssl *ossl.SSL) { ssl.ClearOptions(ossl.Options(options)) })
	return s.GetOptions()
}

// SetVerify sets what is asked of the peer's certificate, and who has the last
// word; nil leaves that as it is.
func (s *SSL) SetVerify(options VerifyOptions, verify_cb VerifyCallback) {
	if s == nil {
		return
	}
	s.mu.Lock()
	s.verifyCb = verify_cb
	s.hasVerify = s.hasVerify || verify_cb != nil
	s.traced = s.traced || verify_cb != nil
	traced := s.traced
	s.mu.Unlock()
	s.change(func(ssl *ossl.SSL) {
		ssl.SetVerify(ossl.VerifyMode(options))
		if traced {
			_ = ssl.SetVerifyTrace() // fails on a closed SSL only
		}
	})
	s.ensureVerify()
}

// SetVerifyMode sets what is asked of the peer's certificate.
func (s *SSL) SetVerifyMode(options VerifyOptions) { s.SetVerify(options, s.GetVerifyCallback()) }

// SetVerifyCallback sets who has the last word.
func (s *SSL) SetVerifyCallback(verify_cb VerifyCallback) { s.SetVerify(s.VerifyMode(), verify_cb) }

// GetVerifyCallback is what SetVerify has set here, nil for none.
func (s *SSL) GetVerifyCallback() VerifyCallback {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.verifyCb
}

// VerifyMode is what is asked of the peer's certificate.
func (s *SSL) VerifyMode() VerifyOptions {
	return value(s, func(ssl *ossl.SSL) VerifyOptions { return VerifyOptions(ssl.GetVerifyMode()) })
}

// SetVerifyDepth sets how many certificates may stand between the peer's and the
// root.
func (s *SSL) SetVerifyDepth(depth int) {
	s.change(func(ssl *ossl.SSL) { ssl.SetVerifyDepth(depth) })
}

// GetVerifyDepth is what SetVerifyDepth set, -1 for OpenSSL's default.
func (s *SSL) GetVerifyDepth() int { return value(s, (*ossl.SSL).GetVerifyDepth) }

// SetSSLCtx gives a server's connection another Ctx: its certificates, and
// unless they were set here what it asks of the client's certificate, options
// and versions. Ciphers, tickets and sessions stay those of the first. It is for
// the servername callback; after that it does nothing.
func (s *SSL) SetSSLCtx(ctx *Ctx) {
	if s == nil || ctx.inner() == nil {
		return
	}
	s.mu.Lock()
	asked, started := s.asked, s.conn != nil
	if asked {
		s.next = ctx
	}
	if asked || !started {
		s.ctx = ctx
		s.traced = s.traced || ctx.GetVerifyCallback() != nil
	}
	s.mu.Unlock()
	switch {
	case asked:
		s.use(func(ssl *ossl.SSL) { _ = ssl.SwitchCtx(ctx.inner()) })
	case !started:
		s.use(func(ssl *ossl.SSL) { _ = ssl.SetSSLCtx(ctx.inner()) })
	}
	s.ensureVerify()
}

// ensureVerify has the present Ctx ask, where a callback may be in force.
func (s *SSL) ensureVerify() {
	s.mu.Lock()
	ctx, traced := s.ctx, s.traced
	if traced && s.asked {
		s.next = ctx // so that the handshake looks for its hooks again
	}
	s.mu.Unlock()
	if traced {
		_ = ctx.install(hookVerify) // fails on a closed Ctx only; OpenSSL's verdict stands then
	}
}

// effectiveVerify is who has the last word.
func (s *SSL) effectiveVerify() VerifyCallback {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.hasVerify {
		return s.verifyCb
	}
	return s.ctx.GetVerifyCallback()
}

func (s *SSL) verified(r ossl.VerifyResult) {
	s.mu.Lock()
	s.result = &r
	s.mu.Unlock()
}

func (s *SSL) beginSNI(name string) {
	s.mu.Lock()
	s.asked, s.name, s.next, s.again = true, name, nil, nil
	s.mu.Unlock()
}

func (s *SSL) endSNI() (next *Ctx, again []func(*ossl.SSL)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	next, again = s.next, s.again
	s.asked, s.next, s.again = false, nil, nil
	return next, again
}
