package ossl_test

import (
	"bytes"
	"errors"
	"os/exec"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// What newer releases have works, or says which release that is.
func TestNewer(t *testing.T) {
	client, server := clientCtx(t, testdata.ECDSA), serverCtx(t, testdata.ECDSA)
	p := connect(t, client, server)
	p.echo()
	sess, err := p.client.Get1Session()
	must(t, err)
	defer sess.Close()
	st := p.client.ConnectionState()
	x, err := p.client.Get0PeerCertificate()
	must(t, err)
	defer x.Close()
	key, err := ossl.PEMReadBioPrivateKey(readFile(t, testdata.ECDSA.Key), "")
	must(t, err)
	defer key.Close()
	// values are compared where the library has the function; the error counts
	// where it may refuse, as a build without compression does.
	text := func(f func() (string, error), want string) func() error {
		return func() error {
			got, err := f()
			if err == nil && !strings.EqualFold(got, want) {
				t.Errorf("%q, want %q", got, want)
			}
			return err
		}
	}
	for _, tt := range []struct {
		symbol, since string
		call          func() error
		refuses       bool // may fail for other reasons
	}{
		{"SSL_get0_group_name", "3.2", text(p.client.Get0GroupName, st.Group), false},
		{"SSL_get0_peer_signature_name", "3.5", text(p.client.Get0PeerSignatureName, st.PeerSignature), false},
		{"SSL_get0_signature_name", "3.5", text(p.server.Get0SignatureName, st.PeerSignature), false},
		{"SSL_get1_builtin_sigalgs", "3.4", func() error {
			list, err := ossl.Get1BuiltinSigalgs()
			if err == nil && len(list) < 5 {
				t.Error(list)
			}
			return err
		}, false},
		{"SSL_get_handshake_rtt", "3.2", func() error { _, err := p.client.GetHandshakeRTT(); return err }, true},
		{"SSL_SESSION_set_time_ex", "3.3", func() error { return sess.SetTimeEx(time.Unix(1<<33, 0)) }, false},
		{"SSL_SESSION_get_time_ex", "3.3", func() error {
			when, err := sess.GetTimeEx()
			if err == nil && when.Unix() != 1<<33 {
				t.Error(when)
			}
			return err
		}, false},
		{"SSL_CTX_set_block_padding_ex", "3.4", func() error { return client.SetBlockPaddingEx(256, 0) }, false},
		{"SSL_set_block_padding_ex", "3.4", func() error { return p.client.SetBlockPaddingEx(256, 0) }, false},
		{"SSL_CTX_set1_cert_comp_preference", "3.2", func() error { return client.Set1CertCompPreference([]ossl.CertCompAlg{ossl.CertCompZlib}) }, true},
		{"SSL_set1_cert_comp_preference", "3.2", func() error { return p.client.Set1CertCompPreference([]ossl.CertCompAlg{ossl.CertCompZlib}) }, true},
		{"SSL_CTX_compress_certs", "3.2", func() error { return server.CompressCerts(ossl.CertCompNone) }, true},
		{"SSL_compress_certs", "3.2", func() error { return p.server.CompressCerts(ossl.CertCompNone) }, true},
		{"SSL_CTX_set1_client_cert_type", "3.2", func() error { return client.Set1ClientCertType([]ossl.CertType{ossl.CertTypeRPK}) }, false},
		{"SSL_CTX_set1_server_cert_type", "3.2", func() error { return client.Set1ServerCertType([]ossl.CertType{ossl.CertTypeX509}) }, false},
		{"SSL_set1_client_cert_type", "3.2", func() error { return p.client.Set1ClientCertType([]ossl.CertType{ossl.CertTypeRPK}) }, false},
		{"SSL_set1_server_cert_type", "3.2", func() error { return p.client.Set1ServerCertType([]ossl.CertType{ossl.CertTypeX509}) }, false},
		{"SSL_get_negotiated_client_cert_type", "3.2", func() error {
			v, err := p.client.GetNegotiatedClientCertType()
			if err == nil && v != ossl.CertTypeX509 {
				t.Error(v)
			}
			return err
		}, false},
		{"SSL_get_negotiated_server_cert_type", "3.2", func() error {
			v, err := p.client.GetNegotiatedServerCertType()
			if err == nil && v != ossl.CertTypeX509 {
				t.Error(v)
			}
			return err
		}, false},
		{"SSL_get0_peer_rpk", "3.2", func() error { k, err := p.client.Get0PeerRPK(); k.Close(); return err }, true},
		{"SSL_add_expected_rpk", "3.2", func() error { return p.client.AddExpectedRPK(key) }, true},
	} {
		major, minor := uint64(tt.since[0]-'0'), uint64(tt.since[2]-'0')
		there := ossl.OpenSSLVersionNum() >= major<<28|minor<<20
		err := tt.call()
		var missing *ossl.UnsupportedError
		switch {
		case errors.As(err, &missing):
			if there || missing.Symbol != tt.symbol || missing.Since != tt.since {
				t.Errorf("%s: %v", tt.symbol, err)
			}
		case !there:
			t.Errorf("%s: this library lacks it, and it says %v", tt.symbol, err)
		case err != nil && !tt.refuses:
			t.Errorf("%s: %v", tt.symbol, err)
		}
	}
}

// A message of the handshake in words.
func TestTrace(t *testing.T) {
	p := newPair(t, clientCtx(t, testdata.ECDSA), serverCtx(t, testdata.ECDSA))
	out, err := ossl.NewBIOMem()
	must(t, err)
	defer out.Close()
	must(t, p.client.Set0Wbio(out))
	_, err = p.client.DoHandshake()
	must(t, err)
	hello := out.GetMemData()[5:] // without the header of the record
	text := p.server.Trace(false, ossl.TLS1_3Version, 22, hello)
	if text == "" {
		t.Skip("this libssl has no trace (no-ssl-trace)")
	}
	for _, want := range []string{"ClientHello", "TLS_AES_256_GCM_SHA384", "supported_groups"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if p.server.Trace(true, 0, 255, nil) == text || strings.Contains(p.server.Trace(true, ossl.TLS1_3Version, 22, []byte{1}), "ClientHello,") {
		t.Error("nonsense is a ClientHello")
	}
}

// What a client and a server keep about a stapled response.
func TestStaple(t *testing.T) {
	keyHash := append([]byte{0xa2, 22, 4, 20}, bytes.Repeat([]byte{9}, 20)...) // ResponderID, byKey
	nonce := []byte{0x30, 0x13, 0x30, 0x11, 6, 9, 0x2b, 6, 1, 5, 5, 7, 0x30, 1, 2, 4, 4, 4, 2, 7, 7}
	p := newPair(t, clientCtx(t, testdata.ECDSA), serverCtx(t, testdata.ECDSA))
	must(t, p.client.SetTlsextStatusType(ossl.StatusTypeOCSP))
	for range 2 { // the second takes the place of the first
		must(t, p.client.SetTlsextStatusIDs([][]byte{keyHash, keyHash}))
		must(t, p.client.SetTlsextStatusExts(nonce))
	}
	if got := p.client.GetTlsextStatusIDs(); len(got) != 2 || !bytes.Equal(got[1], keyHash) {
		t.Errorf("%x", got)
	}
	if got := p.client.GetTlsextStatusExts(); !bytes.Equal(got, nonce) {
		t.Errorf("%x", got)
	}
	p.handshake()
	if got := p.server.GetTlsextStatusIDs(); p.server.GetTlsextStatusType() != ossl.StatusTypeOCSP || len(got) != 2 || !bytes.Equal(got[0], keyHash) {
		t.Errorf("the server has %v, %x", p.server.GetTlsextStatusType(), got)
	}
	if got := p.server.GetTlsextStatusExts(); !bytes.Equal(got, nonce) {
		t.Errorf("the server has %x", got)
	}
	tryLater := []byte{0x30, 3, 10, 1, 3} // a response: from 3.6 on libssl reads what it is given
	must(t, p.server.SetTlsextStatusOCSPResp([]byte{0x30, 3, 10, 1, 2}))
	must(t, p.server.SetTlsextStatusOCSPResp(tryLater))
	if got := p.server.GetTlsextStatusOCSPResp(); !bytes.Equal(got, tryLater) || p.client.GetTlsextStatusOCSPResp() != nil {
		t.Errorf("%q", got)
	}
	for _, err := range []error{p.client.SetTlsextStatusIDs([][]byte{{1, 2}}), p.client.SetTlsextStatusExts([]byte{1, 2})} {
		if err == nil {
			t.Error("took nonsense")
		}
	}
	must(t, p.client.SetTlsextStatusIDs(nil))
	must(t, p.client.SetTlsextStatusExts(nil))
	if p.client.GetTlsextStatusIDs() != nil || p.client.GetTlsextStatusExts() != nil {
		t.Error("still there")
	}
}

// A TLS 1.2 client sends bytes of its own where tickets go.
func TestSessionTicketExt(t *testing.T) {
	p := newPair(t, clientCtx(t, testdata.ECDSA, only(ossl.TLS1_2Version)), serverCtx(t, testdata.ECDSA))
	must(t, p.client.SetSessionTicketExt([]byte("opaque ticket of ours")))
	out, err := ossl.NewBIOMem()
	must(t, err)
	defer out.Close()
	must(t, p.client.Set0Wbio(out))
	_, err = p.client.DoHandshake()
	must(t, err)
	if !bytes.Contains(out.GetMemData(), []byte("opaque ticket of ours")) {
		t.Error("it is not in the ClientHello")
	}
}

// The hint about pre-shared keys is a server's.
func TestPSKIdentityHint(t *testing.T) {
	c := newCtx(t)
	must(t, c.UsePSKIdentityHint("hint"))
	s := newSSL(t, c, -1)
	must(t, s.UsePSKIdentityHint("another"))
	for _, err := range []error{c.UsePSKIdentityHint(strings.Repeat("x", 300)), s.UsePSKIdentityHint(strings.Repeat("x", 300))} {
		if err == nil {
			t.Error("took a hint that is too long")
		}
	}
}

func TestCompression(t *testing.T) {
	// What CompClear drops is not freed: a connection may still point to it.
	out := runChild(t, "compression", func(c *exec.Cmd) { c.Env = append(c.Env, "ASAN_OPTIONS=detect_leaks=0") })
	if !strings.Contains(out, "left 0") {
		t.Error(out)
	}
}

func TestInitAndAlerts(t *testing.T) {
	must(t, ossl.InitSSL(ossl.InitLoadSSLStrings|ossl.InitNoLoadConfig))
	for got, want := range map[string]string{
		ossl.AlertTypeString(2 << 8): "F", ossl.AlertTypeString(1 << 8): "W", ossl.AlertTypeStringLong(2 << 8): "fatal",
		ossl.AlertTypeStringLong(1 << 8): "warning", ossl.Alert(48).DescString(): "CA", ossl.Alert(48).String(): "unknown CA", ossl.Alert(40).String(): "handshake failure",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// A ClientHello can be asked about only while it is being decided on.
func TestClientHelloOutside(t *testing.T) {
	p := connect(t, clientCtx(t, testdata.ECDSA), serverCtx(t, testdata.ECDSA))
	s := p.server
	if body, ok := s.ClientHelloGet0Ext(10); ok || body != nil {
		t.Error(body, ok)
	}
	for _, b := range [][]byte{s.ClientHelloGet0Random(), s.ClientHelloGet0SessionID(), s.ClientHelloGet0Ciphers(), s.ClientHelloGet0CompressionMethods()} {
		if b != nil {
			t.Errorf("%x", b)
		}
	}
	if s.ClientHelloIsV2() || s.ClientHelloGet0LegacyVersion() != 0 || s.ClientHelloGet1ExtensionsPresent() != nil {
		t.Error("a ClientHello after the handshake")
	}
}

// As TestClosedAndNil, for what an SSL is put together from.
func TestClosedParts(t *testing.T) {
	b, err := ossl.NewBIOMem()
	must(t, err)
	cc, err := ossl.NewConfCtx()
	must(t, err)
	lib, err := ossl.NewLibCtx()
	must(t, err)
	prov, err := ossl.LoadProvider(lib, "base")
	must(t, err)
	for _, o := range []interface{ Close() }{b, cc, prov, lib} {
		o.Close()
		o.Close()
		v := reflect.ValueOf(o)
		for what, receiver := range map[string]reflect.Value{"closed": v, "nil": reflect.Zero(v.Type()), "zero": reflect.New(v.Type().Elem())} {
			for i := range v.NumMethod() {
				name := v.Type().Method(i).Name
				t.Run(v.Type().Elem().Name()+"."+name+" "+what, func(t *testing.T) { callClosed(t, receiver.Method(i), name) })
			}
		}
	}
	gone := newCtx(t)
	gone.Close()
	for _, f := range []func(*ossl.Ctx) (*ossl.BIO, error){ossl.NewBIOSSLConnect, ossl.NewBIOBufferSSLConnect, func(c *ossl.Ctx) (*ossl.BIO, error) { return ossl.NewBIOSSL(c, true) }} {
		for _, c := range []*ossl.Ctx{gone, nil} {
			if _, err := f(c); err != ossl.ErrClosed {
				t.Error(err)
			}
		}
	}
	if _, err := ossl.NewBIOFSSL(nil); err != ossl.ErrClosed {
		t.Error(err)
	}
	if _, err := ossl.LoadProvider(lib, "base"); err != ossl.ErrClosed || ossl.ProviderAvailable(lib, "base") {
		t.Error(err)
	}
}
