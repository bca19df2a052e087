package ossl_test

import (
	"testing"
	"time"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// knob is a setting with the getter that shows it.
type knob struct {
	name string
	set  func() any // nil, or an error
	get  func() any
	want any
}

func turn(t *testing.T, knobs []knob) {
	t.Helper()
	for _, k := range knobs {
		t.Run(k.name, func(t *testing.T) {
			before := k.get()
			if before == k.want {
				t.Fatalf("it is %v already: the test would prove nothing", before)
			}
			if err, _ := k.set().(error); err != nil {
				t.Fatal(err)
			}
			if got := k.get(); got != k.want {
				t.Errorf("%v, want %v, was %v", got, k.want, before)
			}
		})
	}
}

// void is a setter that cannot fail, as one that did not.
func void(f func()) func() any { return func() any { f(); return nil } }

func fails(f func() error) func() any { return func() any { return f() } }

func TestCtxKnobs(t *testing.T) {
	c := newCtx(t)
	turn(t, []knob{
		{"SetSecurityLevel", void(func() { c.SetSecurityLevel(3) }), func() any { return c.GetSecurityLevel() }, 3},
		{"SetTimeout", void(func() { c.SetTimeout(7 * time.Minute) }), func() any { return c.GetTimeout() }, 7 * time.Minute},
		{"SetVerifyDepth", void(func() { c.SetVerifyDepth(4) }), func() any { return c.GetVerifyDepth() }, 4},
		{"SetQuietShutdown", void(func() { c.SetQuietShutdown(true) }), func() any { return c.GetQuietShutdown() }, true},
		{"SetDefaultReadAhead", void(func() { c.SetDefaultReadAhead(true) }), func() any { return c.GetReadAhead() }, true},
		{"SetReadAhead", void(func() { c.SetReadAhead(false) }), func() any { return c.GetReadAhead() }, false},
		{"SetMaxCertList", void(func() { c.SetMaxCertList(12345) }), func() any { return c.GetMaxCertList() }, 12345},
		{"SetMode", void(func() { c.SetMode(ossl.ModeReleaseBuffers) }), func() any { return c.GetMode()&ossl.ModeReleaseBuffers != 0 }, true},
		{"SetNumTickets", fails(func() error { return c.SetNumTickets(5) }), func() any { return c.GetNumTickets() }, 5},
		{"SetCertFlags", void(func() { c.SetCertFlags(ossl.CertFlagTLSStrict) }), func() any { return c.SetCertFlags(0) }, ossl.CertFlagTLSStrict},
		{"ClearCertFlags", void(func() { c.ClearCertFlags(ossl.CertFlagTLSStrict) }), func() any { return c.SetCertFlags(0) }, ossl.CertFlags(0)},
		{"SetTlsextStatusType", fails(func() error { return c.SetTlsextStatusType(ossl.StatusTypeOCSP) }), func() any { return c.GetTlsextStatusType() }, ossl.StatusTypeOCSP},
		{"SetSessionCacheMode", void(func() { c.SetSessionCacheMode(ossl.SessCacheBoth) }), func() any { return c.GetSessionCacheMode() }, ossl.SessCacheBoth},
		{"SessSetCacheSize", void(func() { c.SessSetCacheSize(77) }), func() any { return c.SessGetCacheSize() }, 77},
		{"SetMaxEarlyData", fails(func() error { return c.SetMaxEarlyData(1000) }), func() any { return c.GetMaxEarlyData() }, uint32(1000)},
		{"SetRecvMaxEarlyData", fails(func() error { return c.SetRecvMaxEarlyData(2000) }), func() any { return c.GetRecvMaxEarlyData() }, uint32(2000)},
		{"EnableCT", fails(func() error { return c.EnableCT(ossl.CTValidationPermissive) }), func() any { return c.CTIsEnabled() }, true},
		{"DisableCT", fails(c.DisableCT), func() any { return c.CTIsEnabled() }, false},
		{"DaneSetFlags", void(func() { c.DaneSetFlags(ossl.DaneFlagNoDaneEENameChecks) }), func() any { return c.DaneSetFlags(0) }, ossl.DaneFlagNoDaneEENameChecks},
		{"DaneClearFlags", void(func() { c.DaneClearFlags(ossl.DaneFlagNoDaneEENameChecks) }), func() any { return c.DaneSetFlags(0) }, ossl.DaneFlags(0)},
	})
	if old := c.SetTimeout(time.Minute); old != 7*time.Minute {
		t.Errorf("SetTimeout says that it was %v", old)
	}
}

func TestSSLKnobs(t *testing.T) {
	s := newSSL(t, serverCtx(t, testdata.RSA), -1)
	turn(t, []knob{
		{"SetSecurityLevel", void(func() { s.SetSecurityLevel(3) }), func() any { return s.GetSecurityLevel() }, 3},
		{"SetVerify", void(func() { s.SetVerify(ossl.VerifyPeer) }), func() any { return s.GetVerifyMode() }, ossl.VerifyPeer},
		{"SetVerifyDepth", void(func() { s.SetVerifyDepth(4) }), func() any { return s.GetVerifyDepth() }, 4},
		{"SetVerifyResult", void(func() { s.SetVerifyResult(ossl.VerifyHostnameMismatch) }), func() any { return s.GetVerifyResult() }, ossl.VerifyHostnameMismatch},
		{"SetQuietShutdown", void(func() { s.SetQuietShutdown(true) }), func() any { return s.GetQuietShutdown() }, true},
		{"SetReadAhead", void(func() { s.SetReadAhead(true) }), func() any { return s.GetReadAhead() }, true},
		{"SetMaxCertList", void(func() { s.SetMaxCertList(12345) }), func() any { return s.GetMaxCertList() }, 12345},
		{"SetMode", void(func() { s.SetMode(ossl.ModeAutoRetry | ossl.ModeReleaseBuffers) }), func() any { return s.GetMode()&ossl.ModeReleaseBuffers != 0 }, true},
		{"ClearMode", void(func() { s.ClearMode(ossl.ModeReleaseBuffers) }), func() any { return s.GetMode()&ossl.ModeReleaseBuffers != 0 }, false},
		{"SetOptions", void(func() { s.SetOptions(ossl.OpNoTicket) }), func() any { return s.GetOptions()&ossl.OpNoTicket != 0 }, true},
		{"SetMinProtoVersion", fails(func() error { return s.SetMinProtoVersion(ossl.TLS1_2Version) }), func() any { return s.GetMinProtoVersion() }, ossl.TLS1_2Version},
		{"SetMaxProtoVersion", fails(func() error { return s.SetMaxProtoVersion(ossl.TLS1_2Version) }), func() any { return s.GetMaxProtoVersion() }, ossl.TLS1_2Version},
		{"SetNumTickets", fails(func() error { return s.SetNumTickets(5) }), func() any { return s.GetNumTickets() }, 5},
		{"SetCertFlags", void(func() { s.SetCertFlags(ossl.CertFlagTLSStrict) }), func() any { return s.SetCertFlags(0) }, ossl.CertFlagTLSStrict},
		{"ClearCertFlags", void(func() { s.ClearCertFlags(ossl.CertFlagTLSStrict) }), func() any { return s.SetCertFlags(0) }, ossl.CertFlags(0)},
		{"SetTlsextStatusType", fails(func() error { return s.SetTlsextStatusType(ossl.StatusTypeOCSP) }), func() any { return s.GetTlsextStatusType() }, ossl.StatusTypeOCSP},
		{"SetMaxEarlyData", fails(func() error { return s.SetMaxEarlyData(1000) }), func() any { return s.GetMaxEarlyData() }, uint32(1000)},
		{"SetRecvMaxEarlyData", fails(func() error { return s.SetRecvMaxEarlyData(2000) }), func() any { return s.GetRecvMaxEarlyData() }, uint32(2000)},
		{"EnableCT", fails(func() error { return s.EnableCT(ossl.CTValidationPermissive) }), func() any { return s.CTIsEnabled() }, true},
		{"DisableCT", fails(s.DisableCT), func() any { return s.CTIsEnabled() }, false},
		{"DaneSetFlags", void(func() { s.DaneSetFlags(ossl.DaneFlagNoDaneEENameChecks) }), func() any { return s.DaneSetFlags(0) }, ossl.DaneFlagNoDaneEENameChecks},
		{"DaneClearFlags", void(func() { s.DaneClearFlags(ossl.DaneFlagNoDaneEENameChecks) }), func() any { return s.DaneSetFlags(0) }, ossl.DaneFlags(0)},
		{"SetRfd", fails(func() error { return s.SetRfd(0) }), func() any { return s.GetRfd() }, 0},
		{"SetWfd", fails(func() error { return s.SetWfd(1) }), func() any { return s.GetWfd() }, 1},
		{"SetConnectState", void(s.SetConnectState), func() any { return s.InConnectInit() }, true},
		{"SetAcceptState", void(s.SetAcceptState), func() any { return s.InAcceptInit() }, true},
	})
	if s.GetDefaultTimeout() <= time.Minute {
		t.Error(s.GetDefaultTimeout())
	}
}

func TestSessionKnobs(t *testing.T) {
	s, err := ossl.NewSession()
	must(t, err)
	defer s.Close()
	cipher := newUnused(t).CipherFind(0x1301)
	then := time.Unix(1_700_000_000, 0)
	text := func(b []byte) any { return string(b) }
	turn(t, []knob{
		{"SetTime", void(func() { s.SetTime(then) }), func() any { return s.GetTime() }, then},
		{"SetTimeout", fails(func() error { return s.SetTimeout(90 * time.Second) }), func() any { return s.GetTimeout() }, 90 * time.Second},
		{"SetProtocolVersion", fails(func() error { return s.SetProtocolVersion(ossl.TLS1_3Version) }), func() any { return s.GetProtocolVersion() }, ossl.TLS1_3Version},
		{"Set1Hostname", fails(func() error { return s.Set1Hostname("a.example") }), func() any { return s.Get0Hostname() }, "a.example"},
		{"SetMaxEarlyData", fails(func() error { return s.SetMaxEarlyData(99) }), func() any { return s.GetMaxEarlyData() }, uint32(99)},
		{"Set1ID", fails(func() error { return s.Set1ID([]byte("id")) }), func() any { return text(s.GetID()) }, "id"},
		{"Set1IDContext", fails(func() error { return s.Set1IDContext([]byte("ctx")) }), func() any { return text(s.Get0IDContext()) }, "ctx"},
		{"Set1MasterKey", fails(func() error { return s.Set1MasterKey([]byte("secret")) }), func() any { return text(s.GetMasterKey()) }, "secret"},
		{"Set1AlpnSelected", fails(func() error { return s.Set1AlpnSelected([]byte("h2")) }), func() any { return s.Get0AlpnSelected() }, "h2"},
		{"Set1TicketAppdata", fails(func() error { return s.Set1TicketAppdata([]byte("app")) }), func() any { return text(s.Get0TicketAppdata()) }, "app"},
		{"SetCipher", fails(func() error { return s.SetCipher(cipher) }), func() any { return s.Get0Cipher().GetName() }, "TLS_AES_128_GCM_SHA256"},
	})
	for name, err := range map[string]error{
		"Set1ID": s.Set1ID(make([]byte, 33)), "Set1IDContext": s.Set1IDContext(make([]byte, 33)), "Set1MasterKey": s.Set1MasterKey(make([]byte, 513)),
	} {
		if err == nil {
			t.Errorf("%s takes more than there is room for", name)
		}
	}
}
