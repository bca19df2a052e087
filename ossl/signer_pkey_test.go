package ossl_test

import (
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"reflect"
	"testing"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// All that an EVP_PKEY can be asked answers as the ordinary key's public half
// does, and what takes the private half is an error.
func TestSignerKeyAsAnyOther(t *testing.T) {
	for _, chain := range []testdata.Chain{testdata.RSA, testdata.ECDSA, testdata.P384, testdata.Ed25519} {
		t.Run(chain.Name, func(t *testing.T) {
			signer := goKey(t, chain)
			k := signerKey(t, signer)
			ordinary, err := ossl.NewPKey(signer)
			must(t, err)
			defer ordinary.Close()
			for name, f := range map[string]func(*ossl.PKey) (any, error){
				"type":          func(k *ossl.PKey) (any, error) { return k.GetTypeName(), nil },
				"bits":          func(k *ossl.PKey) (any, error) { return k.GetBits(), nil },
				"security bits": func(k *ossl.PKey) (any, error) { return k.GetSecurityBits(), nil },
				"size":          func(k *ossl.PKey) (any, error) { return k.GetSize(), nil },
				"group":         func(k *ossl.PKey) (any, error) { return k.GetGroupName(), nil },
				"digest":        func(k *ossl.PKey) (any, error) { return k.GetDefaultDigestName(), nil },
				"public":        func(k *ossl.PKey) (any, error) { return k.PublicKey() },
				"SPKI":          func(k *ossl.PKey) (any, error) { return k.I2DPUBKEY() },
				"PEM":           func(k *ossl.PKey) (any, error) { return k.PEMWritePUBKEY() },
				"text":          func(k *ossl.PKey) (any, error) { return k.PrintPublic() },
				"check":         func(k *ossl.PKey) (any, error) { return nil, k.PublicCheck() },
				"eq": func(l *ossl.PKey) (any, error) {
					return []bool{l.Eq(k), k.Eq(l), l.Eq(ordinary), l.ParametersEq(k)}, nil
				},
			} {
				got, err := f(k)
				want, err2 := f(ordinary)
				if err != nil || err2 != nil || !reflect.DeepEqual(got, want) {
					t.Errorf("%s: %v, %v, want %v, %v", name, got, err, want, err2)
				}
			}
			half, err := k.PublicHalf()
			must(t, err)
			defer half.Close()
			if !half.Eq(ordinary) {
				t.Error("the public half is another")
			}
			for name, err := range map[string]error{
				"dup":      failure(k.Dup()),
				"PKCS#8":   failure(k.I2DPKCS8PrivateKey("", "")),
				"PEM":      failure(k.PEMWritePrivateKey("", "")),
				"raw":      failure(k.GetRawPrivateKey()),
				"private":  failure(k.PrivateKey()),
				"check":    k.Check(),
				"pairwise": k.PairwiseCheck(),
			} {
				if err == nil {
					t.Errorf("%s: no error", name)
				}
			}
		})
	}
}

func failure[T any](_ T, err error) error { return err }

// The key verifies, and says what to do when it is to sign where nothing can
// wait.
func TestSignerKeySignElsewhere(t *testing.T) {
	message := []byte("a message")
	digest := sha256.Sum256(message)
	for _, x := range []struct {
		chain testdata.Chain
		md    string
	}{{testdata.RSA, "SHA256"}, {testdata.ECDSA, "SHA256"}, {testdata.Ed25519, ""}} {
		signer := goKey(t, x.chain)
		k := signerKey(t, signer)
		_, err := k.DigestSign(x.md, message)
		wantErr(t, err, ossl.ReasonSignerOutsideHandshake)
		if x.md != "" {
			_, err = k.Sign(x.md, digest[:])
			wantErr(t, err, ossl.ReasonSignerOutsideHandshake)
		}
		wrapped, err := k.Signer()
		must(t, err)
		var sig []byte
		if x.md == "" {
			_, err = wrapped.Sign(rand.Reader, message, crypto.Hash(0))
			sig, _ = signer.Sign(rand.Reader, message, crypto.Hash(0))
		} else {
			_, err = wrapped.Sign(rand.Reader, digest[:], crypto.SHA256)
			sig, _ = signer.Sign(rand.Reader, digest[:], crypto.SHA256)
		}
		wantErr(t, err, ossl.ReasonSignerOutsideHandshake)
		must(t, k.DigestVerify(x.md, message, sig))
		if k.DigestVerify(x.md, []byte("another"), sig) == nil {
			t.Error("verified another message")
		}
		half, err := k.PublicHalf()
		must(t, err)
		defer half.Close()
		must(t, half.DigestVerify(x.md, message, sig))
	}
}

// A key of one SSL alone, and one on a Ctx with a library context of its own.
func TestSignerKeyPlaces(t *testing.T) {
	chain := testdata.ECDSA
	k := signerKey(t, goKey(t, chain))
	cert, err := ossl.PEMReadBioX509(readFile(t, chain.Cert))
	must(t, err)
	defer cert.Close()
	client := clientCtx(t, chain)
	client.SetVerify(ossl.VerifyNone) // the chain is not sent
	shake := func(server *ossl.Ctx) {
		t.Helper()
		p := newPair(t, client, server)
		p.server.SetMode(ossl.ModeAsync)
		must(t, p.server.UseCertAndKey(cert, k, nil, true))
		_ = onThread(func() error {
			must(t, errors.Join(lockstep(t, p.client.DoHandshake, answered(p.server, p.server.DoHandshake))...))
			return nil
		})
	}
	shake(newCtx(t))
	lib, err := ossl.NewLibCtx()
	must(t, err)
	defer lib.Close()
	own, err := ossl.NewCtxEx(lib, "", ossl.TLSMethod())
	must(t, err)
	defer own.Close()
	shake(own)
	if p := newPair(t, client, own); p.server.UseCertAndKey(cert, signerKey(t, goKey(t, testdata.RSA)), nil, true) == nil {
		t.Error("a key that does not belong to the certificate")
	}
}

// A certificate that was signed by the key verifies against it.
func TestSignerKeyVerifiesCertificate(t *testing.T) {
	cert, err := ossl.PEMReadBioX509(readFile(t, testdata.Bad.SelfSigned.Cert))
	must(t, err)
	defer cert.Close()
	must(t, cert.Verify(signerKey(t, goKey(t, testdata.Bad.SelfSigned))))
	if cert.Verify(signerKey(t, goKey(t, testdata.ECDSA))) == nil {
		t.Error("verified against another key")
	}
}
