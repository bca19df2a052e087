package ossl_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// Each source of trust lets the handshake pass, and without it it fails.
func TestTrust(t *testing.T) {
	root := testdata.RSA.Roots
	store := func(fill func(st *ossl.Store) error) setup {
		return func(c *ossl.Ctx) error {
			st, err := ossl.NewStore()
			must(t, err)
			defer st.Close()
			return errors.Join(fill(st), c.Set1CertStore(st))
		}
	}
	for name, set := range map[string]setup{
		"file":          func(c *ossl.Ctx) error { return c.LoadVerifyFile(testdata.Path(root)) },
		"dir":           func(c *ossl.Ctx) error { return c.LoadVerifyDir(testdata.Path(testdata.RootsDir)) },
		"locations":     func(c *ossl.Ctx) error { return c.LoadVerifyLocations(testdata.Path(testdata.AllRoots), "") },
		"locations dir": func(c *ossl.Ctx) error { return c.LoadVerifyLocations("", testdata.Path(testdata.RootsDir)) },
		"PEM":           store(func(st *ossl.Store) error { _, err := st.AddPEM(readFile(t, root)); return err }),
		"store file":    store(func(st *ossl.Store) error { return st.LoadFile(testdata.Path(root)) }),
		"store dir":     store(func(st *ossl.Store) error { return st.LoadPath(testdata.Path(testdata.RootsDir)) }),
		"store cert": store(func(st *ossl.Store) error {
			x, err := ossl.PEMReadBioX509(readFile(t, root))
			must(t, err)
			defer x.Close()
			return st.AddCert(x)
		}),
		"its own store": func(c *ossl.Ctx) error {
			st, err := c.GetCertStore()
			must(t, err)
			defer st.Close()
			_, err = st.AddPEM(readFile(t, root))
			return err
		},
		"partial chain": store(func(st *ossl.Store) error {
			x, err := ossl.D2IX509(readFile(t, testdata.DER.Intermediate))
			must(t, err)
			defer x.Close()
			return errors.Join(st.AddCert(x), st.SetFlags(ossl.FlagPartialChain))
		}),
		"SSL_CERT_FILE": func(c *ossl.Ctx) error {
			t.Setenv("SSL_CERT_FILE", testdata.Path(root))
			return c.SetDefaultVerifyPaths()
		},
		"SSL_CERT_FILE store": store(func(st *ossl.Store) error {
			t.Setenv("SSL_CERT_FILE", testdata.Path(root))
			return st.SetDefaultPaths()
		}),
		"SSL_CERT_DIR": func(c *ossl.Ctx) error {
			t.Setenv("SSL_CERT_FILE", "/no/such/file")
			t.Setenv("SSL_CERT_DIR", testdata.Path(testdata.RootsDir))
			return c.SetDefaultVerifyPaths()
		},
	} {
		t.Run(name, func(t *testing.T) {
			client := newCtx(t)
			client.SetVerify(ossl.VerifyPeer)
			server := serverCtx(t, testdata.RSA)
			cerr, _ := newPair(t, client, server).try()
			wantErr(t, cerr, ossl.VerifyUnableToGetIssuerLocally)
			must(t, set(client))
			p := connect(t, client, server)
			if r := p.client.GetVerifyResult(); r != ossl.VerifyOK {
				t.Error(r)
			}
		})
	}
}

func TestStoreAddPEM(t *testing.T) {
	st, err := ossl.NewStore()
	must(t, err)
	defer st.Close()
	all := readFile(t, testdata.AllRoots)
	if n, err := st.AddPEM(all); err != nil || n != strings.Count(string(all), "BEGIN") {
		t.Error(n, err)
	}
	if n, err := st.AddPEM(all); err != nil {
		t.Error("the same again:", n, err)
	}
	if n, err := st.AddPEM(append(readFile(t, testdata.RSA.Roots), readFile(t, testdata.Odd.Truncated)...)); n != 1 || err == nil {
		t.Error("one good, one cut off:", n, err)
	}
	if err := st.LoadPath("/no/such/folder"); err != nil {
		t.Log("a folder that is not there:", err) // looked up while verifying
	}
	if err := st.LoadFile(testdata.Path(testdata.Odd.Empty)); err == nil {
		t.Error("an empty file is trust")
	} else {
		wantErr(t, err, ossl.ReasonNoCertificateOrCRLFound)
	}
}

// SetVerify decides whether anything is verified at all, on the Ctx and on the
// SSL.
func TestVerifyMode(t *testing.T) {
	client, server := newCtx(t), serverCtx(t, testdata.RSA)
	p := connect(t, client, server)
	if r := p.client.GetVerifyResult(); r != ossl.VerifyUnableToGetIssuerLocally || p.client.ConnectionState().VerifyResult != r {
		t.Error("nothing is verified, and the result says", r)
	}
	p = newPair(t, client, server)
	p.client.SetVerify(ossl.VerifyPeer)
	cerr, _ := p.try()
	wantErr(t, cerr, ossl.ReasonCertificateVerifyFailed)
	if client.GetVerifyMode() != ossl.VerifyNone {
		t.Error("the SSL's mode changed the Ctx's")
	}
	client.SetVerify(ossl.VerifyPeer)
	if client.GetVerifyMode() != ossl.VerifyPeer {
		t.Error(client.GetVerifyMode())
	}

	t.Run("asked but not demanded", func(t *testing.T) {
		server := serverCtx(t, testdata.ECDSA, trust(testdata.ClientRoots), func(c *ossl.Ctx) error { return c.SetSessionIDContext([]byte("x")) })
		p := connect(t, clientCtx(t, testdata.ECDSA), server)
		if _, err := p.server.Get1PeerCertificate(); err == nil {
			t.Error("a certificate from nobody")
		} else {
			t.Log(err)
		}
	})
	t.Run("demanded", func(t *testing.T) {
		eachVersion(t, func(t *testing.T, v int) {
			server := serverCtx(t, testdata.ECDSA, demand)
			for _, chain := range []testdata.Chain{{}, testdata.Client.Expired, testdata.Client.WrongCA} {
				client := clientCtx(t, testdata.ECDSA, only(v))
				if chain.Cert != "" {
					must(t, identity(chain)(client))
				}
				p := newPair(t, client, server)
				cerr, serr := p.try()
				t.Log(chain.Name, "client:", cerr, "server:", serr)
				if serr == nil {
					t.Errorf("%s: the server is content", chain.Name)
				}
				if v == ossl.TLS1_3Version { // the client is done before the server has looked
					_, _, cerr = p.client.Read(make([]byte, 1))
				}
				alerted(t, cerr)
			}
		})
	})
}

// Depth bounds the intermediates: the chain has one.
func TestVerifyDepth(t *testing.T) {
	client, server := clientCtx(t, testdata.RSA), serverCtx(t, testdata.RSA)
	client.SetVerifyDepth(1)
	connect(t, client, server)
	p := newPair(t, client, server)
	p.client.SetVerifyDepth(0)
	cerr, _ := p.try()
	wantErr(t, cerr, ossl.ReasonCertificateVerifyFailed)
	client.SetVerifyDepth(0)
	cerr, _ = newPair(t, client, server).try()
	wantErr(t, cerr, ossl.ReasonCertificateVerifyFailed)
}

// The name, or address, that the certificate must have.
func TestExpectedName(t *testing.T) {
	for _, tt := range []struct {
		name string
		set  func(s *ossl.SSL) error
		want error
	}{
		{"host", func(s *ossl.SSL) error { return s.Set1Host("localhost") }, nil},
		{"host in capitals", func(s *ossl.SSL) error { return s.Set1Host("LOCALHOST") }, nil},
		{"another host", func(s *ossl.SSL) error { return s.Set1Host("other.example") }, ossl.VerifyHostnameMismatch},
		{"one of two", func(s *ossl.SSL) error { return errors.Join(s.Set1Host("other.example"), s.Add1Host("server.example")) }, nil},
		{"address as host", func(s *ossl.SSL) error { return s.Set1Host("127.0.0.1") }, nil},
		{"IPv6 as host", func(s *ossl.SSL) error { return s.Set1Host("::1") }, nil},
		{"address", func(s *ossl.SSL) error { return s.Set1IPAsc("127.0.0.1") }, nil},
		{"another address", func(s *ossl.SSL) error { return s.Set1IPAsc("127.0.0.2") }, ossl.VerifyIPAddressMismatch},
		{"IPv6", func(s *ossl.SSL) error { return s.Set1IPAsc("0:0:0:0:0:0:0:1") }, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newPair(t, clientCtx(t, testdata.ECDSA), serverCtx(t, testdata.ECDSA))
			must(t, tt.set(p.client))
			cerr, _ := p.try()
			if tt.want == nil {
				must(t, cerr)
				return
			}
			wantErr(t, cerr, tt.want)
		})
	}
	if err := newUnused(t).Set1IPAsc("localhost"); err == nil {
		t.Error("a name is an address")
	} else {
		t.Log(err)
	}
}

// A Go string may hold a zero byte, where a C string ends: what follows would
// be lost, and another name verified than was asked for.
func TestZeroByteInString(t *testing.T) {
	const evil = "localhost\x00.example"
	s, c := newUnused(t), newCtx(t)
	st, err := ossl.NewStore()
	must(t, err)
	defer st.Close()
	path := testdata.Path(testdata.RSA.Roots) + "\x00.bak"
	_, pemErr := ossl.PEMReadBioPrivateKey(readFile(t, testdata.Keys.EncryptedPKCS8), testdata.Passphrase+"\x00more")
	for name, err := range map[string]error{
		"Set1Host": s.Set1Host(evil), "Add1Host": s.Add1Host(evil), "SetTlsextHostName": s.SetTlsextHostName(evil),
		"Set1IPAsc": s.Set1IPAsc("127.0.0.1\x00"), "SetCipherList": s.SetCipherList("ALL\x00"),
		"LoadVerifyFile": c.LoadVerifyFile(path), "Ctx.SetCipherList": c.SetCipherList("ALL\x00"),
		"SetDefaultPasswd": c.SetDefaultPasswd(testdata.Passphrase + "\x00more"), "PEMReadBioPrivateKey": pemErr,
		"Store.LoadFile": st.LoadFile(path), "Store.LoadPath": st.LoadPath("/\x00"),
		"SetServerNames": c.SetServerNames(map[string]*ossl.Ctx{evil: c}),
	} {
		if err == nil || !strings.Contains(err.Error(), "zero byte") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
