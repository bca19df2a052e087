package ossl_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"slices"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// records are the lengths of the records that wait in a socket.
func records(t testing.TB, fd int) (lengths []int) {
	t.Helper()
	buf := make([]byte, 1<<20)
	n, _, err := unix.Recvfrom(fd, buf, unix.MSG_PEEK)
	must(t, err)
	for b := buf[:n]; len(b) >= 5; {
		size := int(binary.BigEndian.Uint16(b[3:]))
		lengths = append(lengths, size)
		b = b[min(5+size, len(b)):]
	}
	return lengths
}

// What records look like on the wire.
func TestRecordShape(t *testing.T) {
	const tag = 17 // of AES-GCM, and the type inside
	for _, tt := range []struct {
		name string
		ctx  setup
		ssl  func(*ossl.SSL) error
		send int
		want []int
	}{
		{"plain", nil, nil, 3000, []int{3000 + tag}},
		{"Ctx.SetMaxSendFragment", func(c *ossl.Ctx) error { return c.SetMaxSendFragment(1024) }, nil, 3000, []int{1024 + tag, 1024 + tag, 952 + tag}},
		{"SSL.SetMaxSendFragment", nil, func(s *ossl.SSL) error { return s.SetMaxSendFragment(2048) }, 3000, []int{2048 + tag, 952 + tag}},
		{"Ctx.SetBlockPadding", func(c *ossl.Ctx) error { return c.SetBlockPadding(512) }, nil, 10, []int{512 + tag - 1}},
		{"SSL.SetBlockPadding", nil, func(s *ossl.SSL) error { return s.SetBlockPadding(256) }, 10, []int{256 + tag - 1}},
		{"Ctx.SetSplitSendFragment", func(c *ossl.Ctx) error { return c.SetSplitSendFragment(700) }, nil, 1400, []int{700 + tag, 700 + tag}},
		{"SSL.SetSplitSendFragment", nil, func(s *ossl.SSL) error { return s.SetSplitSendFragment(700) }, 1400, []int{700 + tag, 700 + tag}},
		{"Ctx.SetMaxPipelines", func(c *ossl.Ctx) error { return c.SetMaxPipelines(4) }, nil, 1400, []int{1400 + tag}},
		{"SSL.SetMaxPipelines", nil, func(s *ossl.SSL) error { return s.SetMaxPipelines(4) }, 1400, []int{1400 + tag}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			sets := []setup{func(c *ossl.Ctx) error { return c.SetCiphersuites("TLS_AES_128_GCM_SHA256") }}
			if tt.ctx != nil {
				sets = append(sets, tt.ctx)
			}
			p := newPair(t, clientCtx(t, testdata.ECDSA, sets...), serverCtx(t, testdata.ECDSA))
			if tt.ssl != nil {
				must(t, tt.ssl(p.client))
			}
			p.handshake()
			p.echo()
			write(t, p.client, make([]byte, tt.send))
			if got := records(t, p.sfd); !slices.Equal(got, tt.want) {
				t.Errorf("records of %v bytes, want %v", got, tt.want)
			}
		})
	}
	c, s := newCtx(t), newUnused(t)
	for name, err := range map[string]error{
		"Ctx.SetMaxSendFragment": c.SetMaxSendFragment(100), "SSL.SetMaxSendFragment": s.SetMaxSendFragment(100),
		"Ctx.SetBlockPadding": c.SetBlockPadding(20000), "SSL.SetBlockPadding": s.SetBlockPadding(20000),
		"Ctx.SetSplitSendFragment": c.SetSplitSendFragment(20000), "SSL.SetSplitSendFragment": s.SetSplitSendFragment(20000),
		"Ctx.SetMaxPipelines": c.SetMaxPipelines(33), "SSL.SetMaxPipelines": s.SetMaxPipelines(33),
		"Ctx.SetTlsextMaxFragmentLength": c.SetTlsextMaxFragmentLength(9), "SSL.SetTlsextMaxFragmentLength": s.SetTlsextMaxFragmentLength(9),
	} {
		if err == nil {
			t.Errorf("%s takes a number that is out of range", name)
		}
	}
}

// Pipelines need read-ahead, which SetMaxPipelines switches on: what else it
// does takes a cipher that can. GetReadAhead tells of it before OpenSSL 3.2
// only, so the socket has to.
func TestMaxPipelinesReadsAhead(t *testing.T) {
	for _, pipelines := range []int{1, 2} {
		for _, of := range []string{"SSL", "Ctx"} {
			ctx := serverCtx(t, testdata.ECDSA)
			if of == "Ctx" {
				must(t, ctx.SetMaxPipelines(pipelines))
			}
			p := connect(t, clientCtx(t, testdata.ECDSA), ctx)
			p.echo()
			if of == "SSL" {
				must(t, p.server.SetMaxPipelines(pipelines))
			}
			for range 2 {
				write(t, p.client, make([]byte, 100))
			}
			n, _, err := p.server.Read(make([]byte, 100))
			must(t, err)
			if left := readable(t, p.sfd); n != 100 || left != (pipelines == 1) {
				t.Errorf("%s, %d pipelines: read %d, the second record is still in the socket: %t", of, pipelines, n, left)
			}
		}
	}
}

func TestMaxFragmentLength(t *testing.T) {
	for name, ask := range map[string]func(*ossl.Ctx, *ossl.SSL) error{
		"Ctx": func(c *ossl.Ctx, _ *ossl.SSL) error { return c.SetTlsextMaxFragmentLength(ossl.MaxFragmentLength1024) },
		"SSL": func(_ *ossl.Ctx, s *ossl.SSL) error { return s.SetTlsextMaxFragmentLength(ossl.MaxFragmentLength1024) },
	} {
		t.Run(name, func(t *testing.T) {
			client := clientCtx(t, testdata.ECDSA)
			must(t, ask(client, newUnused(t)))
			p := newPair(t, client, serverCtx(t, testdata.ECDSA))
			must(t, ask(newCtx(t), p.client))
			p.handshake()
			p.echo()
			sess, err := p.server.GetSession()
			must(t, err)
			defer sess.Close()
			if sess.GetMaxFragmentLength() != ossl.MaxFragmentLength1024 {
				t.Error(sess.GetMaxFragmentLength())
			}
			write(t, p.server, make([]byte, 2048))
			for _, n := range records(t, p.cfd) {
				if n > 1024+20 {
					t.Errorf("a record of %d bytes", n)
				}
			}
		})
	}
}

// Nothing is sent at the end, and the other side sees a cut.
func TestQuietShutdown(t *testing.T) {
	server := serverCtx(t, testdata.ECDSA)
	server.SetQuietShutdown(true)
	p := connect(t, clientCtx(t, testdata.ECDSA), server)
	p.echo()
	p.client.SetQuietShutdown(true)
	for _, s := range []*ossl.SSL{p.server, p.client} {
		if done, w, err := s.Shutdown(); !done || w != ossl.WantNothing || err != nil {
			t.Error(done, w, err)
		}
	}
	if readable(t, p.cfd) || readable(t, p.sfd) {
		t.Error("close_notify was sent")
	}
}

// Limits and policies that end a handshake, or let it through.
func TestPolicies(t *testing.T) {
	strict := func(f func(*ossl.SSL) error) func(*pair) error { return func(p *pair) error { return f(p.client) } }
	ctx := func(f func(*ossl.Ctx) error) setup { return f }
	for _, tt := range []struct {
		name   string
		client setup
		each   func(*pair) error
		fails  bool
	}{
		{"nothing", nil, nil, false},
		{"Ctx.SetMaxCertList", ctx(func(c *ossl.Ctx) error { c.SetMaxCertList(100); return nil }), nil, true},
		{"SSL.SetMaxCertList", nil, strict(func(s *ossl.SSL) error { s.SetMaxCertList(100); return nil }), true},
		{"Ctx.SetPurpose", ctx(func(c *ossl.Ctx) error { return c.SetPurpose(ossl.PurposeSMIMESign) }), nil, true},
		{"SSL.SetPurpose", nil, strict(func(s *ossl.SSL) error { return s.SetPurpose(ossl.PurposeSMIMESign) }), true},
		{"Ctx.SetTrust", trustedFor("serverAuth", ossl.TrustSSLServer), nil, false},
		{"Ctx.SetTrust for something else", trustedFor("serverAuth", ossl.TrustEmail), nil, true},
		{"SSL.SetTrust", trustedFor("emailProtection", 0), strict(func(s *ossl.SSL) error { return s.SetTrust(ossl.TrustEmail) }), false},
		{"SSL.SetTrust for something else", trustedFor("serverAuth", 0), strict(func(s *ossl.SSL) error { return s.SetTrust(ossl.TrustEmail) }), true},
		{"SSL.SetSecurityLevel", nil, strict(func(s *ossl.SSL) error { s.SetSecurityLevel(4); return nil }), true},
		{"SSL.SetHostflags", nil, strict(func(s *ossl.SSL) error {
			s.SetHostflags(ossl.CheckFlagNeverCheckSubject)
			return s.Set1Host("localhost")
		}), false},
		{"Ctx.EnableCT", ctx(func(c *ossl.Ctx) error { return c.EnableCT(ossl.CTValidationStrict) }), nil, true},
		{"SSL.EnableCT", nil, strict(func(s *ossl.SSL) error { return s.EnableCT(ossl.CTValidationStrict) }), true},
		{"SSL.EnableCT permissive", nil, strict(func(s *ossl.SSL) error { return s.EnableCT(ossl.CTValidationPermissive) }), false},
		{"SSL.DisableCT", nil, strict(func(s *ossl.SSL) error { must(t, s.EnableCT(ossl.CTValidationStrict)); return s.DisableCT() }), false},
		{"SSL.Set0VerifyCertStore", nil, func(p *pair) error { return p.client.Set0VerifyCertStore(rootsOf(p.t, testdata.RSA.Roots)) }, true},
		{"SSL.Set1VerifyCertStore", nil, func(p *pair) error { return p.client.Set1VerifyCertStore(rootsOf(p.t, testdata.RSA.Roots)) }, true},
		{"SSL.Set1VerifyCertStore right", nil, func(p *pair) error { return p.client.Set1VerifyCertStore(rootsOf(p.t, testdata.ECDSA.Roots)) }, false},
		{"Ctx.Set1VerifyCertStore", ctx(func(c *ossl.Ctx) error { return c.Set1VerifyCertStore(rootsOf(t, testdata.RSA.Roots)) }), nil, true},
		{"Ctx.Set0VerifyCertStore", ctx(func(c *ossl.Ctx) error { return c.Set0VerifyCertStore(rootsOf(t, testdata.RSA.Roots)) }), nil, true},
		{"Ctx.SetCertStore", ctx(func(c *ossl.Ctx) error { return c.SetCertStore(rootsOf(t, testdata.RSA.Roots)) }), nil, true},
		{"Ctx.SetCertStore right", ctx(func(c *ossl.Ctx) error { return c.SetCertStore(rootsOf(t, testdata.ECDSA.Roots)) }), nil, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			sets := []setup{}
			if tt.client != nil {
				sets = append(sets, tt.client)
			}
			p := newPair(t, clientCtx(t, testdata.ECDSA, sets...), serverCtx(t, testdata.ECDSA))
			if tt.each != nil {
				must(t, tt.each(p))
			}
			if client, _ := p.try(); (client != nil) != tt.fails {
				t.Errorf("client: %v", client)
			} else if client != nil {
				t.Log(client)
			}
		})
	}
}

// trustedFor trusts the root for one purpose only, and demands trust for
// another unless that is 0.
func trustedFor(purpose string, demanded ossl.Trust) setup {
	return func(c *ossl.Ctx) error {
		text, err := os.ReadFile(testdata.Path(testdata.ECDSA.Roots))
		if err != nil {
			return err
		}
		root, err := ossl.PEMReadX509s(text)
		if err != nil {
			return err
		}
		defer root[0].Close()
		st, err := ossl.NewStore()
		if err != nil {
			return err
		}
		defer st.Close()
		if err := errors.Join(root[0].Add1TrustObject(purpose), st.AddCert(root[0]), c.SetCertStore(st)); err != nil || demanded == 0 {
			return err
		}
		return c.SetTrust(demanded)
	}
}

func rootsOf(t testing.TB, roots string) *ossl.Store {
	t.Helper()
	st, err := ossl.NewStore()
	must(t, err)
	t.Cleanup(st.Close)
	must(t, st.LoadFile(testdata.Path(roots)))
	return st
}

// Get0Peername is the name that matched, and a closed pair has none.
func TestPeername(t *testing.T) {
	p := newPair(t, clientCtx(t, testdata.ECDSA), serverCtx(t, testdata.ECDSA))
	must(t, p.client.Set1Host("server.example"))
	if p.client.Get0Peername() != "" {
		t.Error(p.client.Get0Peername())
	}
	p.handshake()
	if p.client.Get0Peername() != "server.example" {
		t.Error(p.client.Get0Peername())
	}
}

// A wildcard in the certificate counts unless the flags forbid it.
func TestHostflags(t *testing.T) {
	for _, tt := range []struct {
		flags ossl.HostFlags
		ok    bool
	}{{0, true}, {ossl.CheckFlagNoWildcards, false}} {
		p := newPair(t, clientCtx(t, testdata.SNI.Wild), serverCtx(t, testdata.SNI.Wild))
		p.client.SetHostflags(tt.flags)
		must(t, p.client.Set1Host("x.wild.example"))
		if client, _ := p.try(); (client == nil) != tt.ok {
			t.Errorf("flags %v: %v", tt.flags, client)
		}
	}
}

// Security levels take suites away.
func TestSecurityLevelSuites(t *testing.T) {
	weak, strong := newUnused(t), newUnused(t)
	strong.SetSecurityLevel(5)
	c := newCtx(t)
	c.SetSecurityLevel(5)
	third := newSSL(t, c, -1)
	if n, m := len(weak.Get1SupportedCiphers()), len(strong.Get1SupportedCiphers()); m >= n || len(third.Get1SupportedCiphers()) != m {
		t.Errorf("%d suites, at level 5 %d and %d", n, m, len(third.Get1SupportedCiphers()))
	}
}

// The numbers of bytes that wait change nothing of what arrives.
func TestBuffers(t *testing.T) {
	server := serverCtx(t, testdata.ECDSA)
	server.SetDefaultReadAhead(true)
	p := newPair(t, clientCtx(t, testdata.ECDSA), server)
	p.server.SetDefaultReadBufferLen(64 << 10)
	p.handshake()
	p.echo()
	for range 3 {
		write(t, p.client, make([]byte, 1000))
	}
	buf := make([]byte, 1)
	if n, _, err := p.server.Read(buf); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	if readable(t, p.sfd) {
		t.Error("read-ahead with a large buffer left records in the socket")
	}
	if err := p.server.FreeBuffers(); err == nil {
		t.Error("buffers with data in them were freed")
	}
	p.transfer(p.server, p.client, pattern(100))
	must(t, p.client.FreeBuffers())
	must(t, p.client.AllocBuffers())
	rest := make([]byte, 2999)
	var got []byte
	for _, err := range lockstep(t, reader(p.server, &got, len(rest))) {
		must(t, err)
	}
	if !bytes.Equal(got, rest) {
		t.Error("lost something")
	}
}
