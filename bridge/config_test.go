package bridge

import (
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// TestConfigErrors has Configs that cannot work. Each must say by field and
// value what is wrong, and leave nothing behind.
func TestConfigErrors(t *testing.T) {
	path := testdata.Path
	rsa := testdata.RSA
	certs := func(c ...Certificate) Config { return Config{Certificates: c} }
	server := func(set func(*Config)) Config {
		c := certs(identity(rsa))
		set(&c)
		return c
	}
	names := func(name string, c *Config) Config {
		return server(func(cfg *Config) { cfg.ServerNames = map[string]*Config{name: c} })
	}
	for _, tt := range []struct {
		name         string
		cfg          Config
		client       bool
		field, value string
		is           error  // what errors.Is must find, if not nil
		says         string // words of the message
	}{
		{name: "no certificate", field: "Certificates", says: "at least one certificate"},
		{name: "no file", cfg: certs(Certificate{CertFile: "/nowhere/cert.pem", KeyFile: path(rsa.Key)}), field: "Certificates[0].CertFile", value: "/nowhere/cert.pem", is: fs.ErrNotExist},
		{name: "no key file", cfg: certs(Certificate{CertFile: path(rsa.Cert), KeyFile: "/nowhere/key.pem"}), field: "Certificates[0].KeyFile", value: "/nowhere/key.pem", is: fs.ErrNotExist},
		{name: "a folder", cfg: certs(Certificate{CertFile: path("")}), field: "Certificates[0].CertFile", value: path(""), says: "directory"},
		{name: "nothing", cfg: certs(Certificate{}), field: "Certificates[0].CertPEM", says: "neither"},
		{name: "both", cfg: certs(Certificate{CertFile: path(rsa.Cert), CertPEM: []byte("x")}), field: "Certificates[0].CertFile", value: path(rsa.Cert), says: "both"},
		{name: "both keys", cfg: certs(Certificate{CertFile: path(rsa.Cert), KeyFile: path(rsa.Key), KeyPEM: []byte("x")}), field: "Certificates[0].KeyFile", value: path(rsa.Key), says: "both"},
		{name: "empty file", cfg: certs(Certificate{CertFile: path(testdata.Odd.Empty), KeyFile: path(rsa.Key)}), field: "Certificates[0].CertFile", value: path(testdata.Odd.Empty), is: ossl.ReasonPEMNoStartLine},
		{name: "garbage", cfg: certs(Certificate{CertFile: path(testdata.Odd.Garbage), KeyFile: path(rsa.Key)}), field: "Certificates[0].CertFile", value: path(testdata.Odd.Garbage)},
		{name: "DER", cfg: certs(Certificate{CertFile: path(testdata.DER.Cert), KeyFile: path(rsa.Key)}), field: "Certificates[0].CertFile", value: path(testdata.DER.Cert), is: ossl.ReasonPEMNoStartLine, says: "is it DER"},
		{name: "cut key", cfg: certs(Certificate{CertFile: path(rsa.Cert), KeyFile: path(testdata.Odd.TruncatedKey)}), field: "Certificates[0].KeyFile", value: path(testdata.Odd.TruncatedKey)},
		{name: "no key anywhere", cfg: certs(Certificate{CertFile: path(rsa.Cert)}), field: "Certificates[0].CertFile", value: path(rsa.Cert)},
		{name: "another key", cfg: certs(identity(testdata.Bad.Mismatched)), field: "Certificates[0].KeyFile", value: path(testdata.Bad.Mismatched.Key), is: ossl.ReasonKeyValuesMismatch, says: "does not belong"},
		{name: "a key of another type", cfg: certs(Certificate{CertFile: path(rsa.Cert), KeyFile: path(testdata.ECDSA.Key)}), field: "Certificates[0].KeyFile", value: path(testdata.ECDSA.Key), is: ossl.ReasonKeyTypeMismatch},
		{name: "encrypted", cfg: certs(Certificate{CertFile: path(rsa.Cert), KeyFile: path(testdata.Keys.EncryptedPKCS8)}), field: "Certificates[0].KeyFile", value: path(testdata.Keys.EncryptedPKCS8), is: ossl.ReasonPEMBadPasswordRead, says: "set Passphrase"},
		{name: "encrypted, old", cfg: certs(Certificate{CertFile: path(rsa.Cert), KeyFile: path(testdata.Keys.EncryptedLegacy)}), field: "Certificates[0].KeyFile", value: path(testdata.Keys.EncryptedLegacy), is: ossl.ReasonPEMBadPasswordRead, says: "set Passphrase"},
		{name: "wrong passphrase", cfg: certs(Certificate{CertFile: path(rsa.Cert), KeyFile: path(testdata.Keys.EncryptedPKCS8), Passphrase: "guess"}), field: "Certificates[0].Passphrase", value: path(testdata.Keys.EncryptedPKCS8), says: "does not open"},
		{name: "wrong passphrase, old", cfg: certs(Certificate{CertFile: path(rsa.Cert), KeyFile: path(testdata.Keys.EncryptedLegacy), Passphrase: "guess"}), field: "Certificates[0].Passphrase", value: path(testdata.Keys.EncryptedLegacy), says: "does not open"},
		{name: "two of a type", cfg: certs(identity(testdata.ECDSA), identity(rsa), identity(testdata.P384)), field: "Certificates[2]", value: path(testdata.P384.Cert), says: "Certificates[0] has one"},
		{name: "min above max", cfg: server(func(c *Config) { c.MinVersion, c.MaxVersion = ossl.TLS1_3Version, ossl.TLS1_2Version }), field: "MaxVersion", says: "the oldest allowed is TLS 1.3, the newest TLS 1.2"},
		{name: "max below the default", cfg: server(func(c *Config) { c.MaxVersion = ossl.TLS1_1Version }), field: "MaxVersion", says: "the oldest allowed is TLS 1.2, the newest TLS 1.1"},
		{name: "no such version", cfg: server(func(c *Config) { c.MinVersion = 0x0999 }), field: "MinVersion", value: "0x999"},
		{name: "no such newest", cfg: server(func(c *Config) { c.MaxVersion = 7 }), field: "MaxVersion", value: "0x7"},
		{name: "ciphers", cfg: server(func(c *Config) { c.CipherList = "NO-SUCH-CIPHER" }), field: "CipherList", value: "NO-SUCH-CIPHER", is: ossl.ReasonNoCipherMatch},
		{name: "suites", cfg: server(func(c *Config) { c.Ciphersuites = "TLS_NOT_THERE" }), field: "Ciphersuites", value: "TLS_NOT_THERE"},
		{name: "groups", cfg: server(func(c *Config) { c.Groups = "X9" }), field: "Groups", value: "X9"},
		{name: "signatures", cfg: server(func(c *Config) { c.SigAlgs = "RSA+MD9" }), field: "SigAlgs", value: "RSA+MD9"},
		{name: "empty ALPN", cfg: server(func(c *Config) { c.ALPN = []string{"h2", ""} }), field: "ALPN", value: "h2,", says: "1 to 255 bytes"},
		{name: "long ALPN", cfg: Config{ALPN: []string{strings.Repeat("x", 256)}}, client: true, field: "ALPN", value: strings.Repeat("x", 256), says: "1 to 255 bytes"},
		{name: "long session id context", cfg: server(func(c *Config) { c.SessionIDContext = make([]byte, 33) }), field: "SessionIDContext", value: strings.Repeat("\x00", 33)},
		{name: "client auth without CAs", cfg: server(func(c *Config) { c.ClientAuth = RequireClientCert }), field: "ClientCAs", says: "set ClientCAs"},
		{name: "CAs without client auth", cfg: server(func(c *Config) { c.ClientCAs = Trust{System: true} }), field: "ClientAuth", says: "RequireClientCert"},
		{name: "no such client auth", cfg: server(func(c *Config) { c.ClientAuth = 9 }), field: "ClientAuth", says: "none of its values"},
		{name: "no CA file", cfg: Config{RootCAs: Trust{File: "/nowhere/ca.pem"}}, client: true, field: "RootCAs.File", value: "/nowhere/ca.pem", is: fs.ErrNotExist},
		{name: "no CA in the file", cfg: Config{RootCAs: Trust{File: path(testdata.Odd.Empty)}}, client: true, field: "RootCAs.File", value: path(testdata.Odd.Empty)},
		{name: "no CA folder", cfg: Config{RootCAs: Trust{Dir: "/nowhere"}}, client: true, field: "RootCAs.Dir", value: "/nowhere", is: fs.ErrNotExist},
		{name: "CA folder is a file", cfg: Config{RootCAs: Trust{Dir: path(rsa.Roots)}}, client: true, field: "RootCAs.Dir", value: path(rsa.Roots), says: "not a folder"},
		{name: "no CA in memory", cfg: Config{RootCAs: Trust{PEM: []byte("nothing")}}, client: true, field: "RootCAs.PEM"},
		{name: "client's key", cfg: certs(identity(testdata.Bad.Mismatched)), client: true, field: "Certificates[0].KeyFile", value: path(testdata.Bad.Mismatched.Key), is: ossl.ReasonKeyValuesMismatch},
		{name: "name without Config", cfg: names("a.example", nil), field: `ServerNames["a.example"]`, says: "no Config"},
		{name: "no certificate for a name", cfg: names("a.example", &Config{}), field: `ServerNames["a.example"].Certificates`, says: "at least one certificate"},
		{name: "wild card in the middle", cfg: names("a.*.example", &Config{}), field: `ServerNames["a.*.example"]`, says: `'*'`},
		{name: "names in names", cfg: names("a.example", &Config{ServerNames: map[string]*Config{"b": nil}}), field: `ServerNames["a.example"].ServerNames`, says: "nested"},
		{name: "suites of a name", cfg: names("a.example", &Config{Ciphersuites: "TLS_AES_256_GCM_SHA384"}), field: `ServerNames["a.example"].Ciphersuites`, value: "TLS_AES_256_GCM_SHA384", says: "outer Config"},
		{name: "names twice", cfg: server(func(c *Config) { c.ServerNames = map[string]*Config{"a.example": {}, "A.EXAMPLE.": {}} }), field: `ServerNames["a.example"]`, says: "twice"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before := ossl.Live()
			var ctx *ossl.Ctx
			var err error
			if tt.client {
				ctx, err = tt.cfg.NewClientCtx()
			} else {
				ctx, err = tt.cfg.NewServerCtx()
			}
			var bad *ConfigError
			if ctx != nil || !errors.As(err, &bad) {
				t.Fatalf("got %v, %v", ctx, err)
			}
			if bad.Field != tt.field || bad.Value != tt.value {
				t.Errorf("field %q, value %q, want %q and %q", bad.Field, bad.Value, tt.field, tt.value)
			}
			if tt.is != nil {
				is(t, "error", err, tt.is)
			}
			if !strings.Contains(err.Error(), tt.says) || !strings.HasPrefix(err.Error(), "bridge: Config."+tt.field) {
				t.Errorf("message: %v", err)
			}
			if strings.Contains(err.Error(), "guess") {
				t.Errorf("the message gives the passphrase away: %v", err)
			}
			leavesNothing(t, before)
		})
	}
	var none *Config
	if _, err := none.NewServerCtx(); !errors.Is(err, errNoCertificate) {
		t.Errorf("nil Config: %v", err)
	}
}

// TestConfigCertificates loads identities in every way, and shakes hands.
func TestConfigCertificates(t *testing.T) {
	path := testdata.Path
	rsa := testdata.RSA
	cert := read(t, path(rsa.Cert))
	key := read(t, path(rsa.Key))
	for name, c := range map[string]Certificate{
		"files":          identity(rsa),
		"memory":         {CertPEM: cert, KeyPEM: key},
		"mixed":          {CertPEM: cert, KeyFile: path(rsa.Key)},
		"one text":       {CertPEM: append(append([]byte{}, key...), cert...)},
		"PKCS#1":         {CertFile: path(rsa.Cert), KeyFile: path(testdata.Keys.PKCS1)},
		"encrypted":      {CertFile: path(rsa.Cert), KeyFile: path(testdata.Keys.EncryptedPKCS8), Passphrase: testdata.Passphrase},
		"encrypted, old": {CertFile: path(rsa.Cert), KeyFile: path(testdata.Keys.EncryptedLegacy), Passphrase: testdata.Passphrase},
		"not encrypted":  {CertFile: path(rsa.Cert), KeyFile: path(rsa.Key), Passphrase: "not needed"},
		"noise":          {CertFile: path(testdata.Odd.Noise), KeyFile: path(rsa.Key)},
	} {
		t.Run(name, func(t *testing.T) {
			nc, ns := sockets(t, "tcp")
			set := settings{chain: rsa}
			set.config = func(cfg *Config) { cfg.Certificates = []Certificate{c} }
			s := ourServer(t, ns, set)
			shake(t, ourClient(t, nc, settings{chain: rsa}), s)
		})
	}
}

// TestConfigManyCertificates gives each client the certificate that it can use.
func TestConfigManyCertificates(t *testing.T) {
	all := testdata.Servers()
	var certs []Certificate
	for _, chain := range all {
		if chain != testdata.P384 { // EC, as ECDSA is
			certs = append(certs, identity(chain))
		}
	}
	for sigalgs, want := range map[string]string{
		"rsa_pss_rsae_sha256": "rsa_pss_rsae_sha256", "rsa_pss_pss_sha256": "rsa_pss_pss_sha256",
		"ECDSA+SHA256": "ecdsa_secp256r1_sha256", "ed25519": "ed25519",
	} {
		nc, ns := sockets(t, "tcp")
		s := ourServer(t, ns, settings{config: func(c *Config) { c.Certificates = certs }})
		c := ourClient(t, nc, settings{config: func(c *Config) {
			c.RootCAs, c.SigAlgs = Trust{File: testdata.Path(testdata.AllRoots)}, sigalgs+":ECDSA+SHA384:RSA+SHA256"
		}})
		shake(t, c, s)
		if got := c.(*Conn).ConnectionState().PeerSignature; got != want {
			t.Errorf("%s: signed by %s", sigalgs, got)
		}
	}
}

// TestConfigTrust trusts by every field.
func TestConfigTrust(t *testing.T) {
	path := testdata.Path
	for name, trust := range map[string]Trust{
		"file": {File: path(testdata.ECDSA.Roots)}, "folder": {Dir: path(testdata.RootsDir)},
		"memory": {PEM: read(t, path(testdata.AllRoots))},
		"all":    {File: path(testdata.RSA.Roots), Dir: path(testdata.RootsDir), PEM: read(t, path(testdata.P384.Roots)), System: true},
	} {
		nc, ns := sockets(t, "tcp")
		c := ourClient(t, nc, settings{config: func(c *Config) { c.RootCAs = trust }})
		if cerr, serr := tryShake(c, ourServer(t, ns, settings{})); cerr != nil || serr != nil {
			t.Errorf("%s: %v, %v", name, cerr, serr)
		}
	}
	// The zero Config trusts the system, which can be told from outside.
	nc, ns := sockets(t, "tcp")
	zero := settings{config: func(c *Config) { c.RootCAs = Trust{} }}
	cerr, _ := tryShake(ourClient(t, nc, zero), ourServer(t, ns, settings{}))
	is(t, "system", cerr, ossl.ReasonCertificateVerifyFailed)
	t.Setenv("SSL_CERT_FILE", path(testdata.ECDSA.Roots))
	nc, ns = sockets(t, "tcp")
	shake(t, ourClient(t, nc, zero), ourServer(t, ns, settings{}))
}

// TestConfigDefaults looks at what a Ctx is set to.
func TestConfigDefaults(t *testing.T) {
	server := &Config{Certificates: []Certificate{identity(testdata.ECDSA)}}
	for name, f := range map[string]func() (*ossl.Ctx, error){"server": server.NewServerCtx, "client": (*Config)(nil).NewClientCtx} {
		ctx, err := f()
		must(t, err)
		defer ctx.Close()
		if o := ctx.GetOptions(); o&ossl.OpNoRenegotiation == 0 || o&ossl.OpNoCompression == 0 || o&ossl.OpIgnoreUnexpectedEOF != 0 {
			t.Errorf("%s: options %#x", name, o)
		}
		if v := ctx.GetMinProtoVersion(); v != ossl.TLS1_2Version {
			t.Errorf("%s: oldest version %#x", name, v)
		}
		if m := ctx.GetVerifyMode(); (m == ossl.VerifyPeer) != (name == "client") {
			t.Errorf("%s: verify mode %v", name, m)
		}
		if m := ctx.SetMode(0); m&ossl.ModeReleaseBuffers == 0 || m&ossl.ModeEnablePartialWrite == 0 || m&ossl.ModeAcceptMovingWriteBuffer == 0 {
			t.Errorf("%s: mode %#x", name, m)
		}
		if m := ctx.SetSessionCacheMode(ossl.SessCacheOff); m != ossl.SessCacheOff {
			t.Errorf("%s: session cache %v", name, m)
		}
	}
	ctx, err := (&Config{Options: ossl.OpPrioritizeChaCha, ClearOptions: ossl.OpNoRenegotiation}).NewClientCtx()
	must(t, err)
	defer ctx.Close()
	if o := ctx.GetOptions(); o&ossl.OpPrioritizeChaCha == 0 || o&ossl.OpNoRenegotiation != 0 {
		t.Errorf("Options and ClearOptions: %#x", o)
	}
}

// TestConfigSessionIDs derives the same id for the same server, and another for
// any other.
func TestConfigSessionIDs(t *testing.T) {
	base := func() *Config { return &Config{Certificates: []Certificate{identity(testdata.ECDSA)}} }
	id, again := string(base().derivedID()), string(base().derivedID())
	seen := map[string]string{id: "the base"}
	if len(id) != 32 || id != again {
		t.Error("not derived")
	}
	for name, set := range map[string]func(*Config){
		"certificate": func(c *Config) { c.Certificates[0] = identity(testdata.SNI.A) },
		"client auth": func(c *Config) { c.ClientAuth = RequireClientCert },
		"file":        func(c *Config) { c.ClientCAs.File = testdata.Path(testdata.ClientRoots) },
		"memory":      func(c *Config) { c.ClientCAs.PEM = []byte("x") },
		"folder":      func(c *Config) { c.ClientCAs.Dir = "x" },
		"depth":       func(c *Config) { c.VerifyDepth = 1 },
		"version":     func(c *Config) { c.MinVersion = ossl.TLS1_3Version },
		"ciphers":     func(c *Config) { c.CipherList = "x" },
	} {
		c := base()
		set(c)
		id := string(c.derivedID())
		if other, ok := seen[id]; ok {
			t.Errorf("%s has the id of %s", name, other)
		}
		seen[id] = name
	}
}

// TestConfigSystemPolicy leaves a version range alone that openssl.cnf has made
// narrower than the default.
func TestConfigSystemPolicy(t *testing.T) {
	if os.Getenv("BRIDGE_TEST_POLICY") == "" {
		cnf := filepath.Join(t.TempDir(), "openssl.cnf")
		must(t, os.WriteFile(cnf, []byte("openssl_conf = a\n[a]\nssl_conf = b\n[b]\nsystem_default = c\n[c]\nMinProtocol = TLSv1.3\n"), 0o600))
		runAgain(t, "BRIDGE_TEST_POLICY=1", "OPENSSL_CONF="+cnf)
		return
	}
	for cfg, want := range map[*Config]int{{}: ossl.TLS1_3Version, {MinVersion: ossl.TLS1_2Version}: ossl.TLS1_2Version} {
		ctx, err := cfg.NewClientCtx()
		must(t, err)
		defer ctx.Close()
		if v := ctx.GetMinProtoVersion(); v != want {
			t.Errorf("oldest version %#x, want %#x", v, want)
		}
	}
	_, err := (&Config{MaxVersion: ossl.TLS1_2Version}).NewClientCtx()
	var bad *ConfigError
	if !errors.As(err, &bad) || bad.Field != "MaxVersion" {
		t.Errorf("got %v", err)
	}
}

// TestConfigErrorText is read by people.
func TestConfigErrorText(t *testing.T) {
	err := &ConfigError{Field: "CipherList", Value: "X", Err: net.ErrClosed}
	if got, want := err.Error(), `bridge: Config.CipherList "X": use of closed network connection`; got != want {
		t.Errorf("got %s", got)
	}
}
