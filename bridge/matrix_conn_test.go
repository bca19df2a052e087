package bridge

import (
	"testing"

	"github.com/sslsock/sslsock/ossl"
)

// connEndpoint is Listen and Dialer.
type connEndpoint struct{}

func (connEndpoint) serve(t testing.TB, p params) (string, func() []outcome) {
	t.Helper()
	ln, err := Listen("tcp", "127.0.0.1:0", p.server())
	must(t, err)
	return ln.Addr().String(), acceptLines(t, ln, p.connections, func(c *Conn) outcome { return outcomeOf(c.ConnectionState()) })
}

func (connEndpoint) connect(t testing.TB, addr string, p params, session any) (o outcome) {
	t.Helper()
	d := Dialer{Config: p.client()}
	defer d.Close()
	d.Session, _ = session.(*ossl.Session)
	nc, err := d.Dial("tcp", addr)
	must(t, err)
	c := nc.(*Conn)
	o = clientOutcome(t, c.ConnectionState())
	o.answer, err = askLines(c, p.payload, func() {
		s, err := c.Session()
		o.session = keep(t, s, err)
	})
	must(t, err)
	return o
}

// server is the Config of a server of ours.
func (p params) server() *Config {
	cfg := &Config{Certificates: []Certificate{identity(p.chain)}, MinVersion: p.version, MaxVersion: p.version}
	if p.tune != nil {
		p.tune(cfg)
	}
	return cfg
}

// client is the Config of a client of ours.
func (p params) client() *Config {
	return &Config{RootCAs: roots(p.chain), ServerName: "localhost", MinVersion: p.version, MaxVersion: p.version}
}

func outcomeOf(st ossl.ConnectionState) outcome {
	return outcome{version: st.Version, cipher: st.CipherName, resumed: told(st.Resumed)}
}

func clientOutcome(t testing.TB, st ossl.ConnectionState) outcome {
	t.Helper()
	o := outcomeOf(st)
	if o.chain = st.PeerCertificates; st.VerifyResult != ossl.VerifyOK || len(o.chain) == 0 {
		t.Errorf("verified: %v, %d certificates", st.VerifyResult, len(o.chain))
	}
	return o
}

// keep is a session for the next connection, closed with the test.
func keep(t testing.TB, s *ossl.Session, err error) *ossl.Session {
	t.Helper()
	if err != nil {
		t.Errorf("session: %v", err)
		return nil
	}
	t.Cleanup(s.Close)
	if !s.IsResumable() {
		t.Error("the session cannot be resumed")
	}
	return s
}
