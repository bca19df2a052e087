package bridge

import (
	"errors"
	"testing"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// TestConfigLibCtx shakes hands in a library context whose algorithms are its own: the client's certificate is verified in it, too.
func TestConfigLibCtx(t *testing.T) {
	for _, chain := range []testdata.Chain{testdata.RSA, testdata.ECDSA, testdata.Ed25519} {
		for _, version := range []int{ossl.TLS1_2Version, ossl.TLS1_3Version} {
			lib := libCtx(t, "default")
			set := settings{chain: chain, version: version, config: func(c *Config) {
				c.LibCtx, c.Properties = lib, "provider=default"
				c.ClientAuth, c.ClientCAs = RequireClientCert, roots(testdata.Client.ECDSA)
			}}
			nc, ns := sockets(t, "tcp")
			s := ourServer(t, ns, set)
			set.config = func(c *Config) {
				c.LibCtx, c.Certificates = lib, []Certificate{identity(testdata.Client.ECDSA)}
			}
			c := ourClient(t, nc, set)
			lib.Close() // what was made in it goes on
			shake(t, c, s)
			lines(t, c, s)
		}
	}
}

// TestConfigLibCtxBad would pass if the fields were not looked at, but for its want of errors.
func TestConfigLibCtxBad(t *testing.T) {
	closed := libCtx(t, "default")
	closed.Close()
	base := Config{Certificates: []Certificate{identity(testdata.ECDSA)}}
	with := func(lib *ossl.LibCtx, properties string) Config {
		c := base
		c.LibCtx, c.Properties = lib, properties
		return c
	}
	named := func(other Config) Config {
		c := base
		c.ServerNames = map[string]*Config{"localhost": &other}
		return c
	}
	for _, tt := range []struct {
		name  string
		cfg   Config
		field string
		is    error
	}{
		{"closed", with(closed, ""), "LibCtx", ossl.ErrClosed},
		{"closed, with properties", with(closed, "provider=default"), "LibCtx", ossl.ErrClosed},
		{"nothing in it", with(libCtx(t, "null"), ""), "LibCtx", nil},
		{"properties that nothing has", with(nil, "provider=nobody"), "Properties", nil},
		{"zero byte", with(nil, "provider=default\x00"), "Properties", nil},
		{"of one name only", named(with(libCtx(t, "default"), "")), `ServerNames["localhost"].LibCtx`, errPerName},
		{"properties of one name only", named(with(nil, "provider=default")), `ServerNames["localhost"].Properties`, errPerName},
	} {
		ctx, err := tt.cfg.NewServerCtx()
		ctx.Close()
		var bad *ConfigError
		if !errors.As(err, &bad) || bad.Field != tt.field || tt.is != nil && !errors.Is(err, tt.is) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

// TestConfigLibCtxShares resumes on one server what another has begun: as loops do that have a library context each.
func TestConfigLibCtxShares(t *testing.T) {
	keys := make([]byte, 80)
	chain := testdata.ECDSA
	var addrs []string
	for range 2 {
		cfg := Config{LibCtx: libCtx(t, "default"), Certificates: []Certificate{identity(chain)}}
		ctx, err := cfg.NewServerCtx()
		must(t, err)
		t.Cleanup(func() { ctx.Close() })
		must(t, ctx.SetTlsextTicketKeys(keys))
		addrs = append(addrs, echoServer(t, ctx, nil).String())
	}
	d := Dialer{Config: &Config{RootCAs: roots(chain), ServerName: "localhost"}}
	defer d.Close()
	for i, addr := range addrs {
		c, err := d.Dial("tcp", addr)
		must(t, err)
		_, err = c.Write([]byte("x"))
		must(t, err)
		_, err = c.Read(make([]byte, 1)) // and with it the ticket
		must(t, err)
		if got := c.(*Conn).ConnectionState().Resumed; got != (i == 1) {
			t.Errorf("connection %d: resumed %t", i, got)
		}
		if d.Session == nil {
			d.Session, err = c.(*Conn).Session()
			must(t, err)
			defer d.Session.Close()
		}
		must(t, c.Close())
	}
}

// libCtx makes a library context with one provider.
func libCtx(t *testing.T, provider string) *ossl.LibCtx {
	t.Helper()
	lib, err := ossl.NewLibCtx()
	must(t, err)
	p, err := ossl.LoadProvider(lib, provider)
	must(t, err)
	t.Cleanup(func() { p.Close(); lib.Close() })
	return lib
}
