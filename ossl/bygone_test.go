package ossl_test

import (
	"testing"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// TestNPN negotiates as the draft has it: the client chooses, and takes its own
// first protocol where it knows none of the server's.
func TestNPN(t *testing.T) {
	if !ossl.HasNPN() {
		t.Skip("this build of OpenSSL has no NPN")
	}
	for _, tt := range []struct {
		name           string
		server, client []string
		want           string
	}{
		{"server's order", []string{"b", "a"}, []string{"a", "b"}, "b"},
		{"nothing in common", []string{"a"}, []string{"x", "y"}, "x"},
		{"server without", nil, []string{"a"}, ""},
		{"client without", []string{"a"}, nil, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			server := serverCtx(t, testdata.ECDSA, only(ossl.TLS1_2Version))
			client := clientCtx(t, testdata.ECDSA, only(ossl.TLS1_2Version))
			if tt.server != nil {
				must(t, server.SetNextProtosAdvertised("unused"))
				must(t, server.SetNextProtosAdvertised(tt.server...))
			}
			if tt.client != nil {
				must(t, client.SetNextProtoSelect(tt.client...))
			}
			p := connect(t, client, server)
			if c, s := p.client.Get0NextProtoNegotiated(), p.server.Get0NextProtoNegotiated(); c != tt.want || s != tt.want {
				t.Errorf("negotiated %q on the client and %q on the server, want %q", c, s, tt.want)
			}
		})
	}
	t.Run("refused", func(t *testing.T) {
		c := clientCtx(t, testdata.ECDSA)
		if c.SetNextProtoSelect("") == nil || c.SetNextProtosAdvertised("a", "") == nil {
			t.Error("took a protocol without a name")
		}
	})
}

// TestSRP has a user and a password in the place of certificates.
func TestSRP(t *testing.T) {
	if !ossl.HasSRP() {
		t.Skip("this build of OpenSSL has no SRP")
	}
	srp := func(set func(c *ossl.Ctx) error) setup {
		return func(c *ossl.Ctx) error {
			must(t, c.SetMaxProtoVersion(ossl.TLS1_2Version))
			must(t, c.SetCipherList("SRP"))
			return set(c)
		}
	}
	server := serverCtx(t, testdata.ECDSA, srp(func(c *ossl.Ctx) error { return c.SetSRPServer("user", "password") }))
	for _, tt := range []struct {
		user, password string
		known          bool
	}{{"user", "password", true}, {"user", "another", false}, {"nobody", "password", false}} {
		t.Run(tt.user+" "+tt.password, func(t *testing.T) {
			client := clientCtx(t, testdata.ECDSA, srp(func(c *ossl.Ctx) error { return c.SetSRPUser(tt.user, tt.password) }))
			p := newPair(t, client, server)
			cerr, serr := p.try()
			if tt.known {
				must(t, cerr)
				must(t, serr)
				p.echo()
				return
			}
			if cerr == nil || serr == nil {
				t.Errorf("client: %v; server: %v", cerr, serr)
			}
		})
	}
	if c := clientCtx(t, testdata.ECDSA); c.SetSRPUser("user", "a\x00b") == nil {
		t.Error("took a password with a zero byte")
	}
}

// TestClearTicketKeys takes the keys away under a session that they have
// sealed, and gives them back.
func TestClearTicketKeys(t *testing.T) {
	eachVersion(t, func(t *testing.T, v int) {
		key := ossl.NewTicketKey()
		server := ticketServer(t, key)
		client := clientCtx(t, testdata.ECDSA, only(v))
		sess, _ := visit(t, client, server, nil)
		sealedWith(t, sess, key)
		must(t, server.ClearTicketKeys())
		if none, resumed := visit(t, client, server, sess); resumed || none.HasTicket() {
			t.Errorf("without keys: resumed %v, a ticket %v", resumed, none.HasTicket())
		}
		must(t, server.SetTicketKeys(key))
		if _, resumed := visit(t, client, server, sess); !resumed {
			t.Error("not resumed with the key that is back")
		}
	})
}
