package ossl_test

import (
	"bytes"
	"reflect"
	"testing"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// Every field of ConnectionState, on both sides, and the methods that tell the
// same one by one.
func TestConnectionState(t *testing.T) {
	type side struct{ cipher, standard, group, signature, version string }
	for _, tt := range []struct {
		version       int
		chain, client testdata.Chain
		id            uint16
		bits          int
		both          side
		clientSigned  string // what the server sees the client sign with
	}{
		{ossl.TLS1_3Version, testdata.ECDSA, testdata.Client.ECDSA, 0x1301, 128,
			side{"TLS_AES_128_GCM_SHA256", "TLS_AES_128_GCM_SHA256", "x25519", "ecdsa_secp256r1_sha256", "TLSv1.3"}, "ecdsa_secp256r1_sha256"},
		{ossl.TLS1_2Version, testdata.RSA, testdata.Client.Ed25519, 0xc02f, 128,
			side{"ECDHE-RSA-AES128-GCM-SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "x25519", "rsa_pss_rsae_sha256", "TLSv1.2"}, "ed25519"},
		{ossl.TLS1_3Version, testdata.P384, testdata.Client.RSA, 0x1301, 128,
			side{"TLS_AES_128_GCM_SHA256", "TLS_AES_128_GCM_SHA256", "x25519", "ecdsa_secp384r1_sha384", "TLSv1.3"}, "rsa_pss_rsae_sha256"},
		{ossl.TLS1_3Version, testdata.RSAPSS, testdata.Client.RSA, 0x1301, 128,
			side{"TLS_AES_128_GCM_SHA256", "TLS_AES_128_GCM_SHA256", "x25519", "rsa_pss_pss_sha256", "TLSv1.3"}, "rsa_pss_rsae_sha256"},
		{ossl.TLS1_3Version, testdata.Ed25519, testdata.Client.RSA, 0x1301, 128,
			side{"TLS_AES_128_GCM_SHA256", "TLS_AES_128_GCM_SHA256", "x25519", "ed25519", "TLSv1.3"}, "rsa_pss_rsae_sha256"},
	} {
		t.Run(tt.both.version+" "+tt.chain.Name, func(t *testing.T) {
			suites := func(c *ossl.Ctx) error {
				must(t, c.SetCiphersuites("TLS_AES_128_GCM_SHA256"))
				must(t, c.SetCipherList("ECDHE-RSA-AES128-GCM-SHA256"))
				must(t, x25519(c)) // from 3.5 on libssl prefers X25519MLKEM768
				return c.SetAlpnProtos("h2")
			}
			p := newPair(t, clientCtx(t, tt.chain, only(tt.version), identity(tt.client), suites),
				serverCtx(t, tt.chain, demand, func(c *ossl.Ctx) error { return c.SetAlpnSelect("h2") }))
			must(t, p.client.SetTlsextHostName("localhost"))
			if before := p.client.ConnectionState(); before.HandshakeComplete || before.CipherName != "" || before.PeerCertificates != nil {
				t.Errorf("before the handshake: %+v", before)
			}
			p.handshake()
			p.echo()
			for s, signed := range map[*ossl.SSL]string{p.client: tt.both.signature, p.server: tt.clientSigned} {
				got := s.ConnectionState()
				cipher, chain := got.Cipher, got.PeerCertificates
				got.Cipher, got.PeerCertificates = ossl.Cipher{}, nil
				want := ossl.ConnectionState{
					HandshakeComplete: true, Version: tt.version, VersionName: tt.both.version,
					CipherName: tt.both.cipher, CipherStandard: tt.both.standard, CipherID: tt.id, CipherBits: tt.bits,
					Group: tt.both.group, PeerSignature: signed, ALPN: "h2", ServerName: "localhost",
				}
				if !reflect.DeepEqual(got, want) {
					t.Errorf("got  %+v\nwant %+v", got, want)
				}
				if cipher != s.GetCurrentCipher() || cipher.GetName() != got.CipherName || cipher.StandardName() != got.CipherStandard ||
					cipher.GetProtocolID() != got.CipherID || cipher.GetBits() != got.CipherBits || cipher.GetVersion() != got.VersionName {
					t.Errorf("cipher %s %s %#x %d %s", cipher.GetName(), cipher.StandardName(), cipher.GetProtocolID(), cipher.GetBits(), cipher.GetVersion())
				}
				leaf := leafDER(t, tt.chain)
				if s == p.server {
					leaf = leafDER(t, tt.client)
				}
				if len(chain) != 2 || !bytes.Equal(chain[0], leaf) {
					t.Errorf("%d certificates, or the wrong ones", len(chain))
				}
				if s.InInit() || !s.IsInitFinished() || s.GetVersion() != got.VersionName || s.StateStringLong() != "SSL negotiation finished successfully" {
					t.Error(s.InInit(), s.IsInitFinished(), s.GetVersion(), s.StateStringLong())
				}
			}
			if p.client.IsServer() || !p.server.IsServer() || p.client.GetFd() != p.cfd || newSSL(t, newCtx(t), -1).GetFd() != -1 {
				t.Error("role or descriptor")
			}
		})
	}
}

// The same key type signs two ways, and the names of TLS 1.0 are none of TLS
// 1.3.
func TestSignatureNames(t *testing.T) {
	old := func(c *ossl.Ctx) error {
		must(t, only(ossl.TLS1Version)(c))
		return c.SetCipherList("DEFAULT@SECLEVEL=0")
	}
	for _, tt := range []struct {
		chain testdata.Chain
		set   setup
		want  string
	}{
		{testdata.RSA, old, "rsa_pkcs1_md5_sha1"},
		{testdata.ECDSA, old, "ecdsa_sha1"},
		{testdata.RSAPSS, only(ossl.TLS1_2Version), "rsa_pss_pss_sha256"},
		{testdata.RSA, func(c *ossl.Ctx) error { must(t, only(ossl.TLS1_2Version)(c)); return c.SetCipherList("AES128-SHA256") }, ""},
	} {
		p := connect(t, clientCtx(t, tt.chain, tt.set), serverCtx(t, tt.chain, tt.set))
		if got := p.client.ConnectionState().PeerSignature; got != tt.want {
			t.Errorf("%s: %q, want %q", tt.chain.Name, got, tt.want)
		}
	}
}

// A chain longer than the buffer that one crossing has comes whole.
func TestLongChain(t *testing.T) {
	x, err := ossl.D2IX509(readFile(t, testdata.DER.Intermediate))
	must(t, err)
	defer x.Close()
	intermediate, err := x.I2D()
	must(t, err)
	for _, n := range []int{10, 20, 60} { // below, at and above 16 KiB
		server := serverCtx(t, testdata.RSA)
		for range n {
			must(t, server.Add1ChainCert(x))
		}
		p := connect(t, clientCtx(t, testdata.RSA), server)
		chain := p.client.ConnectionState().PeerCertificates
		if len(chain) != n+2 || !bytes.Equal(chain[0], leafDER(t, testdata.RSA)) {
			t.Fatalf("%d certificates, want %d", len(chain), n+2)
		}
		for _, der := range chain[1:] {
			if !bytes.Equal(der, intermediate) {
				t.Fatal("a certificate is damaged")
			}
		}
		if again := p.client.ConnectionState().PeerCertificates; !reflect.DeepEqual(again, chain) {
			t.Error("asked again it is another")
		}
	}
}

func TestVersion(t *testing.T) {
	if err := ossl.CheckVersion(); err != nil {
		t.Fatal(err)
	}
	if ossl.HeaderVersionNum()>>28 != ossl.OpenSSLVersionNum()>>28 || ossl.OpenSSLDir() == "" ||
		!bytes.HasPrefix([]byte(ossl.HeaderVersion()), []byte("OpenSSL ")) || ossl.OpenSSLVersion() == "" {
		t.Error(ossl.HeaderVersion(), ossl.OpenSSLVersion(), ossl.OpenSSLDir())
	}
	for _, tt := range []struct {
		header, library uint64
		ok              bool
	}{
		{0x30000130, 0x30000130, true}, {0x30000010, 0x30500040, true}, {0x30500040, 0x30000010, true},
		{0x30000130, 0x40000000, false}, {0x40000000, 0x3ff000f0, false}, {0x30000130, 0x10101170, false},
	} {
		err := ossl.CompareMajor(tt.header, tt.library)
		if (err == nil) != tt.ok {
			t.Errorf("%#x on %#x: %v", tt.header, tt.library, err)
		}
		if v, ok := err.(*ossl.VersionError); err != nil && (!ok || v.Header == "" || v.Library == "") {
			t.Errorf("%#v", err)
		} else if err != nil {
			t.Log(err)
		}
	}
}

func TestWantString(t *testing.T) {
	for w, s := range map[ossl.Want]string{
		ossl.WantNothing: "nothing", ossl.WantRead: "read", ossl.WantWrite: "write", ossl.WantX509Lookup: "X.509 lookup",
		ossl.WantClientHello: "client hello", ossl.WantRetryVerify: "retry verify", ossl.WantAsync: "async",
		ossl.WantAsyncJob: "async job", 200: "want(200)",
	} {
		if w.String() != s {
			t.Errorf("%d is %q", w, w.String())
		}
	}
}
