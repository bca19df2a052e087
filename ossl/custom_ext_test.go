package ossl_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

const extType = 65280 // of those for private use: RFC 8446, section 11

// Both sides say something in each message that may carry an extension, and
// hear what the other has said.
func TestCustomExt(t *testing.T) {
	for _, tt := range []struct {
		context ossl.ExtContext
		version int
		server  bool // the server says it first
	}{
		{ossl.ExtTLS1_2ServerHello, ossl.TLS1_2Version, false},
		{ossl.ExtEncryptedExtensions, ossl.TLS1_3Version, false},
		{ossl.ExtCertificate, ossl.TLS1_3Version, false},
		{ossl.ExtCertificateRequest, ossl.TLS1_3Version, true},
		{ossl.ExtNewSessionTicket, ossl.TLS1_3Version, true},
	} {
		t.Run(fmt.Sprintf("%#x", tt.context), func(t *testing.T) {
			context := tt.context
			if !tt.server {
				context |= ossl.ExtClientHello
			}
			add := func(data string) setup {
				return func(c *ossl.Ctx) error { return c.AddCustomExt(extType, context, []byte(data)) }
			}
			client := clientCtx(t, testdata.ECDSA, add("of the client"), only(tt.version), identity(testdata.Client.ECDSA))
			server := serverCtx(t, testdata.ECDSA, add("of the server"), demand)
			p := connect(t, client, server)
			p.echo()
			heard := p.client.CustomExts()
			if len(heard) == 0 || string(heard[0].Data) != "of the server" || heard[0].Type != extType || heard[0].Context != tt.context || heard[0].Chain != 0 {
				t.Errorf("the client heard %+v", heard)
			}
			heard = p.server.CustomExts()
			if tt.server {
				if len(heard) != 0 {
					t.Errorf("the server heard %+v", heard)
				}
				return
			}
			if len(heard) == 0 || string(heard[0].Data) != "of the client" || heard[0].Context != ossl.ExtClientHello {
				t.Errorf("the server heard %+v", heard)
			}
		})
	}
}

// One connection says something else, or nothing, and a server that is not
// asked does not answer.
func TestSetCustomExt(t *testing.T) {
	const context = ossl.ExtClientHello | ossl.ExtEncryptedExtensions
	understood := func(data []byte) setup {
		return func(c *ossl.Ctx) error { return c.AddCustomExt(extType, context, data) }
	}
	client, server := clientCtx(t, testdata.ECDSA, understood(nil)), serverCtx(t, testdata.ECDSA, understood([]byte("default")))
	for _, tt := range []struct{ client, server, atServer, atClient []byte }{
		{nil, nil, nil, nil},
		{[]byte("question"), nil, []byte("question"), nil},
		{[]byte("question"), []byte("answer"), []byte("question"), []byte("answer")},
		{[]byte{}, []byte{}, []byte{}, []byte{}},
	} {
		p := newPair(t, client, server)
		must(t, p.client.SetCustomExt(extType, []byte("first thought")))
		must(t, p.client.SetCustomExt(extType, tt.client))
		must(t, p.server.SetCustomExt(extType, tt.server))
		p.handshake()
		for _, side := range []struct {
			s    *ossl.SSL
			want []byte
		}{{p.server, tt.atServer}, {p.client, tt.atClient}} {
			heard := side.s.CustomExts()
			if (side.want != nil) != (len(heard) == 1) || len(heard) == 1 && !bytes.Equal(heard[0].Data, side.want) {
				t.Errorf("%q, %q: heard %+v", tt.client, tt.server, heard)
			}
		}
	}
	p := newPair(t, client, server)
	must(t, p.client.SetCustomExt(extType, []byte("q")))
	p.handshake()
	if heard := p.client.CustomExts(); len(heard) != 1 || string(heard[0].Data) != "default" {
		t.Errorf("heard %+v, not what the Ctx has", heard)
	}
}

// What a server answers is decided in Go, by the ClientHello.
func TestCustomExtDecided(t *testing.T) {
	const context = ossl.ExtClientHello | ossl.ExtEncryptedExtensions
	client := clientCtx(t, testdata.ECDSA, func(c *ossl.Ctx) error { return c.AddCustomExt(extType, context, []byte("ping")) })
	server := serverCtx(t, testdata.ECDSA, func(c *ossl.Ctx) error { return c.AddCustomExt(extType, context, nil) })
	must(t, server.SetSuspend(ossl.AskClientHello))
	p := newPair(t, client, server)
	accept := func() (ossl.Want, error) {
		w, err := p.server.DoHandshake()
		if w == ossl.WantClientHello {
			if !bytes.Contains(p.server.ClientHello(), []byte("ping")) {
				t.Error("the ClientHello has no extension")
			}
			must(t, p.server.SetCustomExt(extType, []byte("pong")))
			must(t, p.server.Answer(ossl.AskClientHello, ossl.Answer{}))
		}
		return w, err
	}
	for _, err := range lockstep(t, p.client.DoHandshake, accept) {
		must(t, err)
	}
	if heard := p.client.CustomExts(); len(heard) != 1 || string(heard[0].Data) != "pong" {
		t.Errorf("heard %+v", heard)
	}
}

// The older functions are for TLS 1.2 only, and for one side each.
func TestOldCustomExt(t *testing.T) {
	eachVersion(t, func(t *testing.T, version int) {
		client := clientCtx(t, testdata.ECDSA, only(version), func(c *ossl.Ctx) error { return c.AddClientCustomExt(extType, []byte("old client")) })
		server := serverCtx(t, testdata.ECDSA, func(c *ossl.Ctx) error { return c.AddServerCustomExt(extType, []byte("old server")) })
		if !client.HasClientCustomExt(extType) || client.HasClientCustomExt(extType+1) || server.HasClientCustomExt(extType) {
			t.Error("HasClientCustomExt")
		}
		p := connect(t, client, server)
		c, s := p.client.CustomExts(), p.server.CustomExts()
		if version == ossl.TLS1_3Version {
			if len(c)+len(s) != 0 {
				t.Errorf("%+v, %+v", c, s)
			}
			return
		}
		if len(c) != 1 || string(c[0].Data) != "old server" || c[0].Context != ossl.ExtTLS1_2ServerHello {
			t.Errorf("the client heard %+v", c)
		}
		if len(s) != 1 || string(s[0].Data) != "old client" || s[0].Context != ossl.ExtClientHello {
			t.Errorf("the server heard %+v", s)
		}
	})
}

func TestCustomExtRefused(t *testing.T) {
	c := newCtx(t)
	must(t, c.AddCustomExt(extType, ossl.ExtClientHello, []byte{}))
	for name, err := range map[string]error{
		"again":         c.AddCustomExt(extType, ossl.ExtClientHello, nil),
		"ALPN":          c.AddCustomExt(16, ossl.ExtClientHello, nil),
		"again, client": c.AddClientCustomExt(extType, nil),
		"ALPN, server":  c.AddServerCustomExt(16, nil),
	} {
		if err == nil {
			t.Errorf("%s: was taken", name)
		} else {
			t.Log(err)
		}
	}
	if !c.HasClientCustomExt(extType) {
		t.Error("an extension of both sides is none of the client's")
	}
}
