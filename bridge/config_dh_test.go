package bridge

import (
	"testing"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// TestDHAuto has clients that know nothing but DHE, of which servers take none
// unless they are told to, also for one name alone.
func TestDHAuto(t *testing.T) {
	const suite = "DHE-RSA-AES128-GCM-SHA256"
	base := Config{Certificates: []Certificate{identity(testdata.RSA)}, MaxVersion: ossl.TLS1_2Version, CipherList: "ALL"}
	with, named := base, base
	with.DHAuto = true
	named.ServerNames = map[string]*Config{"localhost": &with}
	for _, tt := range []struct {
		name   string
		server Config
		want   bool
	}{{"off", base, false}, {"on", with, true}, {"on for a name", named, true}} {
		t.Run(tt.name, func(t *testing.T) {
			nc, ns := sockets(t, "tcp")
			c := ourClient(t, nc, settings{chain: testdata.RSA, version: ossl.TLS1_2Version, config: func(c *Config) { c.CipherList = suite }})
			s := ourServer(t, ns, settings{config: func(c *Config) { *c = tt.server }})
			cerr, serr := tryShake(c, s)
			if !tt.want {
				is(t, "server", serr, ossl.ReasonNoSharedCipher)
				return
			}
			must(t, cerr)
			must(t, serr)
			if st := c.(*Conn).ConnectionState(); st.CipherName != suite {
				t.Errorf("%s", st.CipherName)
			}
		})
	}
}
