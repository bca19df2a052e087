package ossl_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// The public half is the signer's, for all that asks for no more.
func TestSignerKeyPublicHalf(t *testing.T) {
	for _, x := range []struct {
		chain testdata.Chain
		kind  string
		bits  int
	}{{testdata.RSA, "RSA", 2048}, {testdata.ECDSA, "EC", 256}, {testdata.P384, "EC", 384}, {testdata.Ed25519, "ED25519", 256}} {
		t.Run(x.chain.Name, func(t *testing.T) {
			k := signerKey(t, goKey(t, x.chain))
			if name, bits := k.GetTypeName(), k.GetBits(); name != x.kind || bits != x.bits {
				t.Errorf("%s of %d bits", name, bits)
			}
			if der, err := k.I2D(); err == nil {
				t.Errorf("a private key of %d bytes", len(der))
			}
			cert, err := ossl.PEMReadBioX509(readFile(t, x.chain.Cert))
			must(t, err)
			defer cert.Close()
			must(t, cert.CheckPrivateKey(k))
			k.Close()
			if k.GetBits() != 0 {
				t.Error("closed, and it has bits")
			}
			wantErr(t, cert.CheckPrivateKey(k), ossl.ErrClosed)
		})
	}
}

// Key and certificate are compared in either order, and a key of the same or
// of another kind is refused.
func TestSignerKeyMismatch(t *testing.T) {
	stranger, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	for _, x := range []struct {
		key    crypto.Signer
		chain  testdata.Chain
		reason error
	}{
		{stranger, testdata.ECDSA, ossl.ReasonKeyValuesMismatch},
		{goKey(t, testdata.Client.RSA), testdata.RSA, ossl.ReasonKeyValuesMismatch},
		{goKey(t, testdata.Client.Ed25519), testdata.Ed25519, ossl.ReasonKeyValuesMismatch},
		{goKey(t, testdata.P384), testdata.ECDSA, nil},
		{goKey(t, testdata.RSA), testdata.ECDSA, nil},
	} {
		k := signerKey(t, x.key)
		cert, err := ossl.PEMReadBioX509(readFile(t, x.chain.Cert))
		must(t, err)
		t.Cleanup(cert.Close)
		err = cert.CheckPrivateKey(k)
		if err == nil {
			t.Fatalf("%s has the key of another", x.chain.Name)
		}
		if x.reason != nil {
			wantErr(t, err, x.reason)
		}
		if k, err := ossl.NewSignerKeyFor(cert, x.key); err == nil {
			k.Close()
			t.Errorf("%s: NewSignerKeyFor", x.chain.Name)
		}
		first := newCtx(t)
		must(t, first.UseCertificate(cert))
		if err := errors.Join(first.UsePrivateKey(k), first.CheckPrivateKey()); err == nil {
			t.Errorf("%s: certificate first", x.chain.Name)
		}
		last := newCtx(t)
		must(t, last.UsePrivateKey(k))
		if err := errors.Join(last.UseCertificate(cert), last.CheckPrivateKey()); err == nil {
			t.Errorf("%s: key first", x.chain.Name)
		}
	}
}

// odd is a signer with a public key of the test's choice.
type odd struct {
	crypto.Signer
	public crypto.PublicKey
}

func (o odd) Public() crypto.PublicKey { return o.public }

func TestSignerKeyUnsupported(t *testing.T) {
	p224, err := ecdsa.GenerateKey(elliptic.P224(), rand.Reader)
	must(t, err)
	before := ossl.Live()
	for _, s := range []crypto.Signer{nil, p224, odd{}, odd{public: "key"}, odd{public: (*ecdsa.PublicKey)(nil)}, odd{public: &ecdsa.PublicKey{}}} {
		k, err := ossl.NewSignerKey(s)
		var unsupported *ossl.UnsupportedKeyError
		if k != nil || !errors.As(err, &unsupported) {
			t.Errorf("%v, %v", k, err)
		}
		t.Log(err)
	}
	broken := *p224
	broken.Curve = elliptic.P256() // the point is not on it
	if k, err := ossl.NewSignerKey(&broken); err == nil {
		k.Close()
		t.Error("a point that is not on its curve")
	}
	if live := ossl.Live(); live != before {
		t.Errorf("%+v, want %+v", live, before)
	}
	_, err = ossl.NewSignerKeyFor(nil, p224)
	wantErr(t, err, ossl.ErrClosed)
}

// A certificate that binds its RSA key to PSS has the key it wants.
func TestSignerKeyForPSS(t *testing.T) {
	chain := testdata.RSAPSS
	key := goPSSKey(t)
	cert, err := ossl.PEMReadBioX509(readFile(t, chain.Cert))
	must(t, err)
	defer cert.Close()
	k, err := ossl.NewSignerKeyFor(cert, key)
	must(t, err)
	defer k.Close()
	_, err = ossl.NewSignerKeyFor(cert, goKey(t, testdata.RSA))
	wantErr(t, err, ossl.ReasonKeyValuesMismatch)
	eachVersion(t, func(t *testing.T, v int) {
		server := newCtx(t, only(v))
		server.SetMode(ossl.ModeAsync)
		must(t, errors.Join(server.UseCertificateChainFile(testdata.Path(chain.Cert)), server.UsePrivateKey(k), server.CheckPrivateKey()))
		p := newPair(t, clientCtx(t, chain), server)
		_ = onThread(func() error {
			must(t, errors.Join(lockstep(t, p.client.DoHandshake, answered(p.server, p.server.DoHandshake))...))
			return nil
		})
	})
}

// goPSSKey is the key of RSAPSS, which crypto/x509 knows as plain RSA only.
func goPSSKey(t testing.TB) crypto.Signer {
	t.Helper()
	k, err := ossl.PEMReadBioPrivateKey(readFile(t, testdata.RSAPSS.Key), "")
	must(t, err)
	defer k.Close()
	der, err := k.I2D() // PKCS#8
	must(t, err)
	var p8 struct {
		Version   int
		Algorithm asn1.RawValue
		Key       []byte
	}
	if _, err = asn1.Unmarshal(der, &p8); err == nil {
		der = p8.Key
	}
	key, err := x509.ParsePKCS1PrivateKey(der)
	must(t, err)
	return key
}

// A signer is held as long as anybody has the key, and no longer.
func TestSignerKeyLife(t *testing.T) {
	before, signers := ossl.Live(), ossl.LiveSigners()
	held := func(n int64) {
		t.Helper()
		if got := ossl.LiveSigners() - signers; got != n {
			t.Errorf("%d signers, want %d", got, n)
		}
	}
	k, err := ossl.NewSignerKey(goKey(t, testdata.ECDSA))
	must(t, err)
	held(1)
	ctx := newCtx(t)
	must(t, errors.Join(ctx.UseCertificateChainFile(testdata.Path(testdata.ECDSA.Cert)), ctx.UsePrivateKey(k)))
	k.Close()
	held(1)
	s, err := ctx.NewSSL()
	must(t, err)
	ctx.Close()
	held(1)
	s.Close()
	held(0)
	if live := ossl.Live(); live != before {
		t.Errorf("%+v, want %+v", live, before)
	}
	for range 100 {
		k, err := ossl.NewSignerKey(goKey(t, testdata.Ed25519))
		must(t, err)
		k.Close()
		k.Close()
	}
	held(0)
}

// The collector frees a key that was forgotten, and then its signer.
func TestSignerKeyForgotten(t *testing.T) {
	before, signers := ossl.Live(), ossl.LiveSigners()
	func() {
		k, err := ossl.NewSignerKey(goKey(t, testdata.ECDSA))
		must(t, err)
		if k.GetBits() != 256 {
			t.Error("no key")
		}
	}()
	forget(t, before.Leaked, 1)
	collect(t, "signer of a forgotten key", func() bool { return ossl.LiveSigners() == signers })
}

// A key that is closed lets go of its signer at once, not with the next key.
func TestSignerKeyClosedLetsGo(t *testing.T) {
	var gone atomic.Bool
	func() {
		s := &elsewhere{Signer: goKey(t, testdata.ECDSA)}
		runtime.AddCleanup(s, func(gone *atomic.Bool) { gone.Store(true) }, &gone)
		k, err := ossl.NewSignerKey(s)
		must(t, err)
		k.Close()
	}()
	collect(t, "signer of a closed key", gone.Load)
}

// collect has the collector run until done.
func collect(t testing.TB, what string, done func() bool) {
	t.Helper()
	for late := time.Now().Add(time.Minute); !done(); runtime.Gosched() {
		if runtime.GC(); time.Now().After(late) {
			t.Fatalf("the %s is still there", what)
		}
	}
}

// Goroutines make keys, share them between SSLs on threads of their own, and
// drop them.
func TestSignerKeyShared(t *testing.T) {
	before := ossl.LiveSigners()
	key := goKey(t, testdata.ECDSA)
	shared := newCtx(t, byElsewhere(t, testdata.ECDSA, key))
	client := clientCtx(t, testdata.ECDSA)
	done := make(chan error)
	for range 8 {
		go func() {
			done <- onThread(func() error {
				for range 5 {
					k, err := ossl.NewSignerKey(key)
					if err != nil {
						return err
					}
					p := newPair(t, client, shared)
					err = errors.Join(lockstep(t, p.client.DoHandshake, answered(p.server, p.server.DoHandshake))...)
					k.Close()
					p.client.Close()
					p.server.Close()
					if err != nil {
						return err
					}
				}
				return nil
			})
		}()
	}
	for range 8 {
		must(t, <-done)
	}
	if live := ossl.LiveSigners(); live != before+1 {
		t.Errorf("%d signers", live-before)
	}
}

func init() { children["signer first"] = signerFirst }

// Who makes such a key as the first thing of all changes nothing for the others.
func TestSignerKeyDisturbsNobody(t *testing.T) {
	t.Log(runChild(t, "signer first", nil))
	before := ossl.Providers()
	signerKey(t, goKey(t, testdata.ECDSA))
	if after := ossl.Providers(); !slices.Equal(before, after) {
		t.Errorf("providers %+v, before %+v", after, before)
	}
}

// signerFirst is the whole of a process.
func signerFirst() error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	k, err := ossl.NewSignerKey(key)
	if err != nil {
		return err
	}
	defer k.Close()
	list := ossl.Providers()
	fmt.Println(list)
	if len(list) != 1 || list[0].Name != "default" {
		return fmt.Errorf("providers %+v, want the default one that falls in", list)
	}
	t := new(testing.T) // whose cleanups the end of the process does
	for _, chain := range testdata.Servers() {
		p := newPair(t, clientCtx(t, chain), serverCtx(t, chain))
		if err := errors.Join(lockstep(t, p.client.DoHandshake, p.server.DoHandshake)...); err != nil {
			return fmt.Errorf("%s: %w", chain.Name, err)
		}
	}
	return nil
}
