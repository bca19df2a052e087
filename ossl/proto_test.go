package ossl_test

import (
	"errors"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// The range decides the version, on the Ctx and on the SSL, and old ones are
// there for whoever names them.
func TestProtocolRange(t *testing.T) {
	legacy := func(c *ossl.Ctx) error { return c.SetCipherList("DEFAULT@SECLEVEL=0") }
	for _, tt := range []struct {
		min, max int
		want     string
	}{
		{0, 0, "TLSv1.3"},
		{ossl.TLS1_2Version, ossl.TLS1_3Version, "TLSv1.3"},
		{0, ossl.TLS1_2Version, "TLSv1.2"},
		{ossl.TLS1_1Version, ossl.TLS1_1Version, "TLSv1.1"},
		{ossl.TLS1Version, ossl.TLS1Version, "TLSv1"},
	} {
		t.Run(tt.want, func(t *testing.T) {
			client, server := clientCtx(t, testdata.RSA, legacy), serverCtx(t, testdata.RSA, legacy)
			must(t, errors.Join(client.SetMinProtoVersion(tt.min), client.SetMaxProtoVersion(tt.max)))
			must(t, errors.Join(server.SetMinProtoVersion(0), server.SetMaxProtoVersion(0)))
			if client.GetMinProtoVersion() != tt.min || client.GetMaxProtoVersion() != tt.max {
				t.Error(client.GetMinProtoVersion(), client.GetMaxProtoVersion())
			}
			p := connect(t, client, server)
			p.echo()
			if v := p.server.GetVersion(); v != tt.want {
				t.Errorf("the server says %s", v)
			}
		})
	}
	p := newPair(t, clientCtx(t, testdata.RSA), serverCtx(t, testdata.RSA))
	must(t, errors.Join(p.client.SetMinProtoVersion(ossl.TLS1_2Version), p.client.SetMaxProtoVersion(ossl.TLS1_2Version)))
	p.handshake()
	if v := p.server.GetVersion(); v != "TLSv1.2" {
		t.Error("the SSL's own range:", v)
	}
	for _, err := range []error{newCtx(t).SetMinProtoVersion(0x999), newCtx(t).SetMaxProtoVersion(-5), newUnused(t).SetMinProtoVersion(1)} {
		if err == nil {
			t.Error("a version that does not exist is taken")
		} else {
			t.Log(err)
		}
	}
	p = newPair(t, clientCtx(t, testdata.RSA), serverCtx(t, testdata.RSA))
	must(t, errors.Join(p.client.SetMinProtoVersion(ossl.TLS1_3Version), p.client.SetMaxProtoVersion(ossl.TLS1_2Version)))
	cerr, _ := p.try()
	wantErr(t, cerr, ossl.ReasonNoProtocolsAvailable)
}

// A Method for one role does not play the other.
func TestMethods(t *testing.T) {
	client, err := ossl.NewCtx(ossl.TLSClientMethod())
	must(t, err)
	defer client.Close()
	server, err := ossl.NewCtx(ossl.TLSServerMethod())
	must(t, err)
	defer server.Close()
	must(t, trust(testdata.RSA.Roots)(client))
	must(t, identity(testdata.RSA)(server))
	connect(t, client, server)
	s := newSSL(t, server, -1)
	if _, err := s.Connect(); err == nil {
		t.Error("a server's method connects")
	} else {
		t.Log(err)
	}
	if _, err := ossl.NewCtx(ossl.Method{}); err == nil {
		t.Error("no method is one")
	} else {
		t.Log(err)
	}
}

// What one side sets the other side sees.
func TestNegotiation(t *testing.T) {
	for _, tt := range []struct {
		name    string
		version int
		set     setup // on the client
		ssl     func(s *ossl.SSL) error
		got     func(cs ossl.ConnectionState) string
		want    string
	}{
		{"cipher list", ossl.TLS1_2Version, func(c *ossl.Ctx) error { return c.SetCipherList("ECDHE-RSA-AES256-GCM-SHA384") }, nil,
			func(cs ossl.ConnectionState) string { return cs.CipherName }, "ECDHE-RSA-AES256-GCM-SHA384"},
		{"cipher list of SSL", ossl.TLS1_2Version, nil, func(s *ossl.SSL) error { return s.SetCipherList("AES128-SHA256") },
			func(cs ossl.ConnectionState) string { return cs.CipherName + " " + cs.Group }, "AES128-SHA256 "},
		{"ciphersuites", ossl.TLS1_3Version, func(c *ossl.Ctx) error { return c.SetCiphersuites("TLS_CHACHA20_POLY1305_SHA256") }, nil,
			func(cs ossl.ConnectionState) string { return cs.CipherStandard }, "TLS_CHACHA20_POLY1305_SHA256"},
		{"ciphersuites of SSL", ossl.TLS1_3Version, nil, func(s *ossl.SSL) error { return s.SetCiphersuites("TLS_AES_128_GCM_SHA256") },
			func(cs ossl.ConnectionState) string { return cs.CipherName }, "TLS_AES_128_GCM_SHA256"},
		{"groups", ossl.TLS1_3Version, func(c *ossl.Ctx) error { return c.Set1GroupsList("P-384") }, nil,
			func(cs ossl.ConnectionState) string { return cs.Group }, "secp384r1"},
		{"groups of SSL", ossl.TLS1_2Version, nil, func(s *ossl.SSL) error { return s.Set1GroupsList("P-256") },
			func(cs ossl.ConnectionState) string { return cs.Group }, "secp256r1"},
		{"sigalgs", ossl.TLS1_3Version, func(c *ossl.Ctx) error { return c.Set1SigalgsList("RSA-PSS+SHA384") }, nil,
			func(cs ossl.ConnectionState) string { return cs.PeerSignature }, "rsa_pss_rsae_sha384"},
		{"sigalgs 1.2", ossl.TLS1_2Version, func(c *ossl.Ctx) error { return c.Set1SigalgsList("RSA+SHA512") }, nil,
			func(cs ossl.ConnectionState) string { return cs.PeerSignature }, "rsa_pkcs1_sha512"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			client, server := clientCtx(t, testdata.RSA, only(tt.version)), serverCtx(t, testdata.RSA)
			if tt.set != nil {
				must(t, tt.set(client))
			}
			p := newPair(t, client, server)
			if tt.ssl != nil {
				must(t, tt.ssl(p.client))
			}
			p.handshake()
			if got := tt.got(p.client.ConnectionState()); got != tt.want {
				t.Errorf("the client has %s, want %s", got, tt.want)
			}
			if got := tt.got(p.server.ConnectionState()); got != tt.want && !strings.HasPrefix(tt.name, "sigalgs") {
				t.Errorf("the server has %s, want %s", got, tt.want)
			}
		})
	}
	t.Run("client sigalgs", func(t *testing.T) {
		server := serverCtx(t, testdata.RSA, demand, func(c *ossl.Ctx) error { return c.Set1ClientSigalgsList("RSA-PSS+SHA512") })
		p := connect(t, clientCtx(t, testdata.RSA, identity(testdata.Client.RSA)), server)
		if got := p.server.ConnectionState().PeerSignature; got != "rsa_pss_rsae_sha512" {
			t.Error(got)
		}
	})
	c := newCtx(t)
	for name, err := range map[string]error{
		"cipher list": c.SetCipherList("NONSENSE"), "empty cipher list": c.SetCipherList(""), "ciphersuites": c.SetCiphersuites("NONSENSE"),
		"groups": c.Set1GroupsList("NONSENSE"), "sigalgs": c.Set1SigalgsList("NONSENSE"), "client sigalgs": c.Set1ClientSigalgsList("NONSENSE"),
		"session id context": c.SetSessionIDContext(make([]byte, 33)), "tickets": c.SetNumTickets(-1),
		"long ALPN": c.SetAlpnProtos(strings.Repeat("x", 256)), "empty ALPN": c.SetAlpnSelect("h2", ""),
		"much ALPN": c.SetAlpnProtos(manyProtos()...), "SSL ALPN": newUnused(t).SetAlpnProtos(""),
		"SSL groups": newUnused(t).Set1GroupsList("NONSENSE"), "SSL suites": newUnused(t).SetCiphersuites("NONSENSE"),
		"SSL ciphers": newUnused(t).SetCipherList("NONSENSE"), "SSL id": newUnused(t).SetSessionIDContext(make([]byte, 33)),
	} {
		if err == nil {
			t.Errorf("%s: taken", name)
		} else {
			t.Log(err)
			oneLine(t, err)
		}
	}
}

func manyProtos() []string {
	protos := make([]string, 300)
	for i := range protos {
		protos[i] = strings.Repeat("x", 255)
	}
	return protos
}

func TestOptionsAndModes(t *testing.T) {
	c := newCtx(t)
	if c.GetOptions()&ossl.OpNoTicket != 0 || c.SetOptions(ossl.OpNoTicket)&ossl.OpNoTicket == 0 || c.GetOptions()&ossl.OpNoTicket == 0 {
		t.Error("SetOptions")
	}
	s, err := c.NewSSL()
	must(t, err)
	defer s.Close()
	if s.SetOptions(0)&ossl.OpNoTicket == 0 || s.ClearOptions(ossl.OpNoTicket)&ossl.OpNoTicket != 0 || c.ClearOptions(ossl.OpNoTicket)&ossl.OpNoTicket != 0 {
		t.Error("ClearOptions")
	}
	if s.GetOptions()&ossl.OpNoTicket != 0 || c.GetOptions()&ossl.OpNoTicket != 0 || s.ClearOptions(0) != s.GetOptions() || c.ClearOptions(0) != c.GetOptions() || c.GetOptions() == 0 {
		t.Error("ClearOptions", s.GetOptions(), c.GetOptions())
	}
	moving := ossl.ModeAcceptMovingWriteBuffer
	if c.SetMode(0)&moving == 0 || c.ClearMode(moving)&moving != 0 || c.SetMode(moving|ossl.ModeEnablePartialWrite) != c.SetMode(0) || s.SetMode(0)&moving == 0 {
		t.Error("modes")
	}
	if c.SetSessionCacheMode(ossl.SessCacheOff) != ossl.SessCacheServer || c.SetSessionCacheMode(ossl.SessCacheBoth|ossl.SessCacheNoInternal) != ossl.SessCacheOff ||
		c.SetSessionCacheMode(0) != ossl.SessCacheBoth|ossl.SessCacheNoInternal {
		t.Error("session cache modes")
	}
	if c.SessSetCacheSize(7); c.SessSetCacheSize(0) != 7 {
		t.Error("session cache size")
	}
}

// With ModeEnablePartialWrite a Write that the socket takes part of says how
// much; without it says nothing until all is taken.
func TestPartialWrite(t *testing.T) {
	data := pattern(1 << 20)
	for _, partial := range []bool{false, true} {
		p := connect(t, clientCtx(t, testdata.ECDSA), serverCtx(t, testdata.ECDSA))
		if partial {
			p.client.SetMode(ossl.ModeEnablePartialWrite)
		}
		n, w, err := p.client.Write(data)
		if (n > 0) != partial || n%16384 != 0 || w != ossl.WantWrite || err != nil {
			t.Fatalf("partial %v: %d, %v, %v", partial, n, w, err)
		}
		got := make([]byte, 0, len(data))
		errs := lockstep(t, writer(p.client, data[n:]), reader(p.server, &got, len(data)))
		if err := errors.Join(errs...); err != nil || string(got) != string(data) {
			t.Fatal(err, len(got))
		}
	}
}

// Read fills a large buffer from several records in one call.
func TestReadSeveralRecords(t *testing.T) {
	client := clientCtx(t, testdata.ECDSA)
	client.SetReadAhead(true)
	client.SetDefaultReadBufferLen(100_000)
	p := connect(t, client, serverCtx(t, testdata.ECDSA))
	p.transfer(p.server, p.client, []byte("tickets"))
	for range 10 {
		write(t, p.server, make([]byte, 1000))
	}
	if _, _, err := p.server.Shutdown(); err != nil {
		t.Fatal(err)
	}
	n, w, err := p.client.Read(make([]byte, 5500))
	if n != 5500 || w != ossl.WantNothing || err != nil {
		t.Error(n, w, err)
	}
	n, w, err = p.client.Read(make([]byte, 20000))
	if n != 4500 || w != ossl.WantNothing || err == nil {
		t.Error("the rest and the end in one:", n, w, err)
	}
}

// Read-ahead takes as much out of the socket as the buffer has room for.
func TestReadBufferLen(t *testing.T) {
	for name, large := range map[string]struct {
		ctx func(*ossl.Ctx)
		ssl func(*ossl.SSL)
	}{
		"neither": {},
		"Ctx":     {ctx: func(c *ossl.Ctx) { c.SetDefaultReadBufferLen(100_000) }},
		"SSL":     {ssl: func(s *ossl.SSL) { s.SetDefaultReadBufferLen(100_000) }},
	} {
		client := clientCtx(t, testdata.ECDSA)
		client.SetReadAhead(true)
		if large.ctx != nil {
			large.ctx(client)
		}
		p := newPair(t, client, serverCtx(t, testdata.ECDSA))
		if large.ssl != nil {
			large.ssl(p.client)
		}
		p.handshake()
		p.echo()
		for range 3 {
			write(t, p.server, make([]byte, 16000))
		}
		_, _, err := p.client.Read(make([]byte, 1))
		must(t, err)
		if left := readable(t, p.cfd); left != (name == "neither") {
			t.Errorf("%s: some is still in the socket: %t", name, left)
		}
	}
}

// Each of the tickets that a server is told to send costs a record. Their sizes
// differ: a session holds random numbers, which ASN.1 writes in as few bytes as
// they need.
func TestNumTickets(t *testing.T) {
	for _, n := range []int{0, 1, 4} {
		server := serverCtx(t, testdata.ECDSA)
		must(t, server.SetNumTickets(n))
		p := connect(t, clientCtx(t, testdata.ECDSA), server)
		if got := recordsWaiting(t, p.cfd); got != n {
			t.Errorf("%d records after the handshake, want %d", got, n)
		}
	}
}

// recordsWaiting counts the TLS records that have arrived, and throws them away.
func recordsWaiting(t testing.TB, fd int) (n int) {
	t.Helper()
	buf := make([]byte, 65536)
	got, err := unix.Read(fd, buf)
	if err != nil {
		return 0
	}
	for rest := buf[:got]; len(rest) > 0; n++ {
		if len(rest) < 5 || len(rest) < 5+int(rest[3])<<8+int(rest[4]) {
			t.Fatalf("%d bytes are no whole record", len(rest))
		}
		rest = rest[5+int(rest[3])<<8+int(rest[4]):]
	}
	return n
}

// TestNewServerSSL has the one call do what the four that it stands for do.
func TestNewServerSSL(t *testing.T) {
	ctx := serverCtx(t, testdata.ECDSA)
	cfd, sfd := socketpair(t)
	s, err := ctx.NewServerSSL(sfd, ossl.ModeEnablePartialWrite)
	must(t, err)
	defer s.Close()
	if mode := s.SetMode(0); !s.IsServer() || s.GetFd() != sfd || mode&ossl.ModeEnablePartialWrite == 0 {
		t.Errorf("server %v, descriptor %d (want %d), mode %#x", s.IsServer(), s.GetFd(), sfd, mode)
	}
	p := &pair{t: t, cfd: cfd, sfd: sfd, client: newSSL(t, clientCtx(t, testdata.ECDSA), cfd), server: s}
	p.client.SetConnectState()
	p.handshake()
	if st := s.ConnectionState(); st.VersionName != "TLSv1.3" {
		t.Errorf("version %q", st.VersionName)
	}
	ctx.Close()
	if _, err := ctx.NewServerSSL(sfd, 0); !errors.Is(err, ossl.ErrClosed) {
		t.Errorf("on a closed Ctx: %v", err)
	}
}
