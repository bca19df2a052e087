package ossl_test

import (
	"errors"
	"runtime"
	"testing"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// Whatever is done, well or badly, leaves nothing in the thread's error queue
// for others to stumble over.
func TestQueueStaysEmpty(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	c, s := serverCtx(t, testdata.RSA), newUnused(t)
	p := connect(t, clientCtx(t, testdata.RSA), c)
	st, err := ossl.NewStore()
	must(t, err)
	defer st.Close()
	for name, f := range map[string]func() error{
		"chain file": func() error { return c.UseCertificateChainFile(testdata.Path(testdata.RSA.Cert)) },
		"chain PEM":  func() error { return c.UseCertificateChainPEM(readFile(t, testdata.RSA.Cert)) },
		"key": func() error {
			k, err := ossl.PEMReadBioPrivateKey(readFile(t, testdata.Keys.EncryptedPKCS8), testdata.Passphrase)
			k.Close()
			return err
		},
		"key file":     func() error { return c.UsePrivateKeyFile(testdata.Path(testdata.RSA.Key), ossl.FiletypePEM) },
		"trust PEM":    func() error { _, err := st.AddPEM(readFile(t, testdata.AllRoots)); return err },
		"trust file":   func() error { return st.LoadFile(testdata.Path(testdata.AllRoots)) },
		"client CAs":   func() error { return c.LoadClientCAFile(testdata.Path(testdata.AllRoots)) },
		"groups":       func() error { return c.Set1GroupsList("X25519") },
		"cipher list":  func() error { return c.SetCipherList("NONSENSE:DEFAULT") },
		"bad ciphers":  func() error { return c.SetCipherList("NONSENSE") },
		"missing file": func() error { return c.LoadVerifyFile("/no/such/file") },
		"no session":   func() error { _, err := s.Get1Session(); return err },
		"no role":      func() error { _, err := s.DoHandshake(); return err },
		"state":        func() error { p.client.ConnectionState(); s.ConnectionState(); return nil },
		"getters":      func() error { touch(p.client); touch(s); return nil },
		"closing": func() error {
			q := newPair(t, clientCtx(t, testdata.ECDSA), c)
			cerr, _ := q.try()
			q.client.Close()
			q.server.Close()
			return cerr
		},
	} {
		err := f()
		if r := ossl.PeekQueue(); r != 0 {
			t.Errorf("%s (%v) leaves %q", name, err, r.Error())
			_, _ = ossl.D2IX509(nil) // empties it
		}
	}
}

// errno is told where a system call is to blame, and not where it is left over
// from one that does not matter: here the alert, which found the peer gone.
func TestLeftoverErrno(t *testing.T) {
	p := newPair(t, clientCtx(t, testdata.ECDSA, only(ossl.TLS1_2Version)), serverCtx(t, testdata.RSA, func(c *ossl.Ctx) error { return c.SetCipherList("aRSA") }))
	for _, f := range []step{p.client.Connect, p.server.Accept} {
		if w, err := f(); w != ossl.WantRead || err != nil {
			t.Fatal(w, err)
		}
	}
	hangUp(p.sfd)
	_, err := p.client.Connect()
	wantErr(t, err, ossl.ReasonCertificateVerifyFailed)
	var e *ossl.Error
	if !errors.As(err, &e) || e.Errno != 0 || e.Code != ossl.ErrorSSL {
		t.Errorf("%+v", e)
	}
}
