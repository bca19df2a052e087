package bridge

import (
	"context"
	"fmt"
	"io"
	"testing"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// TestPSKIdentity has servers say which device it is that they talk to, and
// nothing where a certificate decided.
func TestPSKIdentity(t *testing.T) {
	keys := map[string][]byte{"device-7": []byte("0123456789abcdef"), "device-8": []byte("fedcba9876543210")}
	for _, version := range []int{ossl.TLS1_2Version, ossl.TLS1_3Version} {
		for _, c := range []struct{ offered, want string }{{"device-7", "device-7"}, {"device-8", "device-8"}, {"stranger", ""}} {
			t.Run(fmt.Sprintf("%x/%s", version, c.offered), func(t *testing.T) {
				cfg := &Config{
					MaxVersion: version, CipherList: "PSK:ECDHE", Ciphersuites: "TLS_AES_128_GCM_SHA256",
					Certificates: []Certificate{{CertFile: testdata.Path(testdata.ECDSA.Cert), KeyFile: testdata.Path(testdata.ECDSA.Key)}},
					Hooks: &Hooks{PSK: func(_ context.Context, _ *Handshake, id []byte) (*PSK, error) {
						if key := keys[string(id)]; key != nil {
							return &PSK{Key: key}, nil
						}
						return nil, nil
					}},
				}
				ln, err := Listen("tcp", "127.0.0.1:0", cfg)
				must(t, err)
				defer ln.Close()
				identity := make(chan string, 1)
				go func() {
					nc, err := ln.Accept()
					if err != nil {
						identity <- err.Error()
						return
					}
					defer nc.Close()
					err = nc.(*Conn).WithSSL(func(s *ossl.SSL) error { return s.UsePSKIdentityHint("a device") })
					if err != nil {
						identity <- err.Error()
						return
					}
					if err := nc.(*Conn).Handshake(); err != nil {
						identity <- err.Error()
						return
					}
					identity <- string(nc.(*Conn).ConnectionState().PSKIdentity)
					io.Copy(io.Discard, nc)
				}()
				list := "PSK"
				if c.want == "" {
					list = "ECDHE" // TLS 1.2 goes no other way once a suite of PSK is chosen
				}
				nc, err := Dial("tcp", ln.Addr().String(), &Config{
					ServerName: "localhost", CipherList: list, RootCAs: Trust{File: testdata.Path(testdata.ECDSA.Roots)},
					Hooks: &Hooks{PSK: func(context.Context, *Handshake, []byte) (*PSK, error) {
						return &PSK{Identity: []byte(c.offered), Key: keys["device-7"][:16:16]}, nil
					}},
				})
				if c.offered == "device-8" { // whose key this client does not have
					if err == nil {
						t.Error("a wrong key was taken")
						nc.Close()
					}
					if got := <-identity; got == c.want {
						t.Errorf("%q was let in", got)
					}
					return
				}
				must(t, err)
				defer nc.Close()
				if got := <-identity; got != c.want {
					t.Errorf("the server talks to %q", got)
				}
				if version == ossl.TLS1_3Version || c.want == "" {
					return
				}
				must(t, nc.WithSSL(func(s *ossl.SSL) error {
					if s.GetPSKIdentity() != c.want || s.GetPSKIdentityHint() != "a device" {
						t.Errorf("identity %q, hint %q", s.GetPSKIdentity(), s.GetPSKIdentityHint())
					}
					return nil
				}))
			})
		}
	}
}
