package bridge

import (
	"crypto/tls"
	"testing"
)

// stdEndpoint is crypto/tls.
type stdEndpoint struct{}

func (stdEndpoint) serve(t testing.TB, p params) (string, func() []outcome) {
	t.Helper()
	cfg := theirServerConfig(t, settings{chain: p.chain, version: p.version})
	ln, err := tls.Listen("tcp", "127.0.0.1:0", cfg)
	must(t, err)
	return ln.Addr().String(), acceptLines(t, ln, p.connections, func(c *tls.Conn) outcome { return theirOutcome(c.ConnectionState()) })
}

func (stdEndpoint) connect(t testing.TB, addr string, p params, session any) (o outcome) {
	t.Helper()
	cfg := theirClientConfig(t, settings{chain: p.chain, version: p.version})
	cache, _ := session.(tls.ClientSessionCache)
	if cache == nil {
		cache = tls.NewLRUClientSessionCache(1)
	}
	cfg.ClientSessionCache = cache
	c, err := tls.Dial("tcp", addr, cfg)
	must(t, err)
	st := c.ConnectionState()
	o = theirOutcome(st)
	if len(st.VerifiedChains) == 0 {
		t.Error("client: the server was not verified")
	}
	for _, cert := range st.PeerCertificates {
		o.chain = append(o.chain, cert.Raw)
	}
	o.session = cache
	o.answer, err = askLines(c, p.payload, func() {})
	must(t, err)
	return o
}

func theirOutcome(st tls.ConnectionState) outcome {
	return outcome{version: int(st.Version), cipher: tls.CipherSuiteName(st.CipherSuite), resumed: told(st.DidResume)}
}
