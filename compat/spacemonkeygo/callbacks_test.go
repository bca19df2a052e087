package openssl

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"slices"
	"sync"
	"testing"

	"github.com/sslsock/sslsock/bridge"
	"github.com/sslsock/sslsock/ossl"
)

// A verify callback sees the steps that OpenSSL's own would, has the last word on
// each, and may panic.
func TestVerifyCallback(t *testing.T) {
	ca, strangers := newAuthority(t), newAuthority(t)
	eachTransport(t, func(t *testing.T, transport func(testing.TB) (net.Conn, net.Conn)) {
		for _, onServer := range []bool{false, true} {
			for _, tt := range []struct {
				name  string
				shown *authority
				cb    VerifyCallback
				ok    bool
				calls []string
			}{
				{"trusted", ca, func(ok bool, _ *CertificateStoreCtx) bool { return ok }, true, []string{"1 true 0", "0 true 0"}},
				{"refused", ca, func(bool, *CertificateStoreCtx) bool { return false }, false, []string{"1 true 0"}},
				{"stranger", strangers, func(ok bool, _ *CertificateStoreCtx) bool { return ok }, false, []string{"1 false 19"}},
				{"let pass", strangers, func(bool, *CertificateStoreCtx) bool { return true }, true, []string{"1 false 19", "1 true 19", "0 true 19"}},
				{"panic", ca, func(bool, *CertificateStoreCtx) bool { panic("oh") }, false, []string{"1 true 0"}},
			} {
				t.Run(fmt.Sprintf("server=%v/%s", onServer, tt.name), func(t *testing.T) {
					shows, verifies := tt.shown.ctx(t, "host.example"), ca.ctx(t, "host.example")
					shows.SetVerifyMode(VerifyNone)
					var calls []string
					var kept *CertificateStoreCtx
					verifies.SetVerify(VerifyPeer|VerifyFailIfNoPeerCert, func(ok bool, s *CertificateStoreCtx) bool {
						calls = append(calls, fmt.Sprintf("%d %v %d", s.Depth(), ok, s.VerifyResult()))
						if s.GetCurrentCert().GetSerialNumberHex() == "" || (s.Err() == nil) != (s.VerifyResult() == Ok) {
							t.Error(s.Err())
						}
						kept = s
						return tt.cb(ok, s)
					})
					client, server := verifies, shows
					if onServer {
						client, server = shows, verifies
					}
					if client.GetVerifyCallback() == nil && server.GetVerifyCallback() == nil {
						t.Error("no callback")
					}
					p := newPair(t, client, server, transport)
					cerr, serr := p.shake()
					err, conn := cerr, p.client
					if onServer {
						err, conn = serr, p.server
					}
					if (err == nil) != tt.ok {
						t.Fatal(err)
					}
					if !slices.Equal(calls, tt.calls) {
						t.Errorf("%q, want %q", calls, tt.calls)
					}
					var panicked *bridge.PanicError
					if tt.name == "panic" != errors.As(err, &panicked) {
						t.Error(err)
					}
					if tt.name == "let pass" {
						equal(t, "result", conn.VerifyResult(), SelfSignedCertInChain)
					}
					if tt.name == "stranger" && !errors.Is(err, ossl.VerifyResult(SelfSignedCertInChain)) {
						t.Error(err)
					}
					if kept.GetCurrentCert() != nil {
						t.Error("a certificate after the callback")
					}
				})
			}
		}
	})
}

// The callback of a connection, and none after a change of Ctx, count as well.
func TestVerifyCallbackOfConn(t *testing.T) {
	ca, strangers := newAuthority(t), newAuthority(t)
	for _, let := range []bool{true, false} {
		p := newPair(t, ca.trusting(t), strangers.ctx(t, "host.example"), sockets)
		p.client.SetVerify(VerifyPeer, func(bool, *CertificateStoreCtx) bool { return let })
		equal(t, "mode", p.client.VerifyMode(), VerifyPeer)
		if err, _ := p.shake(); (err == nil) != let {
			t.Error(let, err)
		}
	}
	// From a Ctx whose callback lets all pass to one that has none.
	lax, strict := ca.ctx(t, "lax.example"), ca.ctx(t, "strict.example")
	lax.SetVerify(VerifyPeer, func(bool, *CertificateStoreCtx) bool { return true })
	strict.SetVerifyMode(VerifyPeer | VerifyFailIfNoPeerCert)
	lax.SetTLSExtServernameCallback(func(s *SSL) SSLTLSExtErr {
		if s.GetServername() == "strict.example" {
			s.SetSSLCtx(strict)
		}
		return SSLTLSExtErrOK
	})
	for name, ok := range map[string]bool{"lax.example": true, "strict.example": false} {
		client := strangers.ctx(t, "client.example")
		client.SetVerifyMode(VerifyNone)
		p := newPair(t, client, lax, sockets)
		must(t, p.client.SetTlsExtHostName(name))
		if _, err := p.shake(); (err == nil) != ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestServername(t *testing.T) {
	ca := newAuthority(t)
	one, two := ca.ctx(t, "one.example"), ca.ctx(t, "two.example")
	one.SetVerifyMode(VerifyNone)
	two.SetVerifyMode(VerifyNone)
	one.SetTLSExtServernameCallback(func(s *SSL) SSLTLSExtErr {
		switch s.GetServername() {
		case "two.example":
			s.SetVerify(VerifyPeer|VerifyFailIfNoPeerCert, nil) // outlives the change
			s.SetSSLCtx(two)
			s.SetOptions(NoTicket)
			if s.VerifyMode() != VerifyPeer|VerifyFailIfNoPeerCert && s.GetOptions()&NoTicket == 0 {
				t.Error("settings are not there")
			}
		case "fatal.example":
			return SSLTLSEXTErrAlertFatal
		case "warning.example":
			return SSLTLSExtErrAlertWarning
		case "noack.example":
			return SSLTLSEXTErrNoAck
		case "panic.example":
			panic("oh")
		}
		return SSLTLSExtErrOK
	})
	eachTransport(t, func(t *testing.T, transport func(testing.TB) (net.Conn, net.Conn)) {
		for name, want := range map[string]string{
			"": "one.example", "one.example": "one.example", "warning.example": "one.example", "noack.example": "one.example",
			"two.example": "two.example", "fatal.example": "", "panic.example": "",
		} {
			client := ca.ctx(t, "client.example")
			p := newPair(t, client, one, transport)
			if name != "" {
				must(t, p.client.SetTlsExtHostName(name))
			}
			cerr, serr := p.shake()
			if want == "" {
				if cerr == nil || serr == nil {
					t.Error(name, cerr, serr)
				}
				continue
			}
			must(t, errors.Join(cerr, serr))
			must(t, p.client.VerifyHostname(want))
			if _, err := p.server.PeerCertificate(); (err == nil) != (want == "two.example") {
				t.Error(name, err)
			}
		}
	})
}

// store is a TicketKeyManager whose keys a test turns over.
type store struct {
	mu      sync.Mutex
	keys    []*TicketKey // the current one last
	expired map[TicketName]bool
	panics  bool
}

func newTestStore(t testing.TB, cipher, digest string) *TicketStore {
	t.Helper()
	c, err := GetCipherByName(cipher)
	must(t, err)
	d, err := GetDigestByName(digest)
	must(t, err)
	return &TicketStore{CipherCtx: TicketCipherCtx{Cipher: c}, DigestCtx: TicketDigestCtx{Digest: d}, Keys: &store{expired: map[TicketName]bool{}}}
}

func (s *store) New() *TicketKey {
	if s.panics {
		panic("oh")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	k := &TicketKey{CipherKey: make([]byte, 32), HMACKey: make([]byte, 32)}
	for _, b := range [][]byte{k.Name[:], k.CipherKey, k.HMACKey} {
		_, _ = rand.Read(b)
	}
	s.keys = append(s.keys, k)
	return k
}

func (s *store) Current() *TicketKey {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.keys) == 0 {
		return nil
	}
	return s.keys[len(s.keys)-1]
}

func (s *store) Lookup(name TicketName) *TicketKey {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range s.keys {
		if k.Name == name {
			return k
		}
	}
	return nil
}

func (s *store) Expired(name TicketName) bool { return s.expired[name] }
func (s *store) ShouldRenew(TicketName) bool  { return false }

// resume shakes hands twice, the second time with the session of the first, and
// says whether it was resumed; between runs in between.
func resume(t *testing.T, server, client *Ctx, between func()) bool {
	t.Helper()
	p := newPair(t, client, server, sockets)
	p.mustShake(t)
	p.echo(t, 10)
	session, err := p.client.GetSession()
	must(t, err)
	_, _ = p.client.Close(), p.server.Close()
	between()
	p = newPair(t, client, server, sockets)
	must(t, p.client.setSession(session))
	p.mustShake(t)
	if p.client.SessionReused() != p.server.SessionReused() {
		t.Error("one side resumes")
	}
	return p.client.SessionReused()
}

func TestTickets(t *testing.T) {
	ca := newAuthority(t)
	for _, version := range []Version{TLS1_2_VERSION, TLS1_3_VERSION} {
		for _, crypt := range [][2]string{{"aes-256-cbc", "sha256"}, {"aes-128-cbc", "sha1"}} {
			tickets := newTestStore(t, crypt[0], crypt[1])
			keys := tickets.Keys.(*store)
			server, client := ca.ctx(t, "host.example"), ca.trusting(t)
			server.SetVerifyMode(VerifyNone)
			server.SetSessionCacheMode(SessionCacheOff)
			client.SetMaxProtoVersion(version)
			server.SetTicketStore(tickets)
			check := func(what string, want bool, between func()) {
				t.Helper()
				equal(t, fmt.Sprint(version, crypt, " ", what), resume(t, server, client, between), want)
			}
			check("the current key", true, func() {})
			check("an older key", true, func() { keys.New() })
			check("an expired key", false, func() { keys.expired[keys.Current().Name] = true; keys.New() })
			check("a lost key", false, func() { keys.keys = nil })
			check("another server with the keys", true, func() {
				server = ca.ctx(t, "host.example")
				server.SetVerifyMode(VerifyNone)
				server.SetTicketStore(tickets)
			})
			server.SetTicketStore(nil)
			check("OpenSSL's own keys", true, func() {})
		}
	}
}

// Without a key, or any means, there are no tickets, and nothing worse.
func TestTicketStoreWithout(t *testing.T) {
	ca := newAuthority(t)
	for what, tickets := range map[string]*TicketStore{"nothing": {}, "no keys": {Keys: emptyKeys{}}} {
		server, client := ca.ctx(t, "host.example"), ca.trusting(t)
		server.SetVerifyMode(VerifyNone)
		server.SetSessionCacheMode(SessionCacheOff)
		client.SetMaxProtoVersion(TLS1_2_VERSION)
		if what == "no keys" {
			full := newTestStore(t, "aes-256-cbc", "sha256")
			tickets.CipherCtx, tickets.DigestCtx = full.CipherCtx, full.DigestCtx
		}
		server.SetTicketStore(tickets)
		equal(t, what, resume(t, server, client, func() {}), false)
	}
	tickets := newTestStore(t, "aes-256-cbc", "sha256")
	tickets.Keys.(*store).panics = true
	server := ca.ctx(t, "host.example")
	server.SetTicketStore(tickets)
	_, err := newPair(t, ca.trusting(t), server, sockets).shake()
	var panicked *bridge.PanicError
	if !errors.As(err, &panicked) {
		t.Error(err)
	}
}

type emptyKeys struct{}

func (emptyKeys) New() *TicketKey              { return nil }
func (emptyKeys) Current() *TicketKey          { return nil }
func (emptyKeys) Lookup(TicketName) *TicketKey { return nil }
func (emptyKeys) Expired(TicketName) bool      { return false }
func (emptyKeys) ShouldRenew(TicketName) bool  { return false }
