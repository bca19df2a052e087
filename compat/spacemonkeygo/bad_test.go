package openssl

import (
	"errors"
	"fmt"
	"net"
	"reflect"
	"testing"
	"time"

	"github.com/sslsock/sslsock/ossl"
)

// Every exported method of a nil object, and of an empty one, with arguments
// that are nil or zero, returns. What returns an error returns one, unless the
// method is named here.
func TestNilAndZero(t *testing.T) {
	fine := map[string]bool{
		"Conn.Read": true, "Conn.Write": true, // of no bytes
		"Name.AddTextEntries": true, "Certificate.AddExtensions": true, // of none
		"Ctx.SetNextProtos": true, "CertificateStoreCtx.Err": true,
		"Cipher.ShortName": true, // "UNDEF"
	}
	for _, v := range []any{
		(*Conn)(nil), (*Ctx)(nil), (*SSL)(nil), (*Certificate)(nil), (*CertificateStore)(nil), (*CertificateStoreCtx)(nil), (*Cipher)(nil),
		(*Name)(nil), (*HMAC)(nil), (*MD4Hash)(nil), (*MD5Hash)(nil), (*SHA1Hash)(nil), (*SHA256Hash)(nil),
	} {
		typ := reflect.TypeOf(v).Elem()
		for _, recv := range []reflect.Value{reflect.ValueOf(v), reflect.New(typ)} {
			for i := range recv.NumMethod() {
				name := typ.Name() + "." + recv.Type().Method(i).Name
				f := recv.Method(i)
				if typ.Name() == "Conn" && recv.IsNil() && isPromoted(recv.Type().Method(i).Name) {
					continue // Go itself looks into the nil Conn for its SSL
				}
				args := make([]reflect.Value, f.Type().NumIn())
				for j := range args {
					args[j] = reflect.Zero(f.Type().In(j))
				}
				for j, out := range f.Call(args) {
					err, isError := out.Interface().(error)
					if f.Type().Out(j) == reflect.TypeFor[error]() && (!isError || err == nil) && !fine[name] {
						t.Errorf("%s (nil %v): no error", name, recv.IsNil())
					}
				}
			}
		}
	}
}

func isPromoted(method string) bool {
	_, ok := reflect.TypeFor[*SSL]().MethodByName(method)
	return ok
}

type foreignKey struct{ PrivateKey }

func TestBadArguments(t *testing.T) {
	ca := newAuthority(t)
	ctx := ca.ctx(t, "host.example")
	closed, err := NewCtx()
	must(t, err)
	closed.Close()
	closed.Close()
	a, b := net.Pipe()
	defer a.Close()
	defer b.Close()
	rsa, err := GenerateRSAKeyWithExponent(2048, 65537)
	must(t, err)
	ed, err := GenerateED25519Key()
	must(t, err)
	cut, err := ca.cert.MarshalPEM()
	must(t, err)
	cut = cut[:len(cut)/2]
	garbage := []byte("-----BEGIN CERTIFICATE-----\ngarbage\n-----END CERTIFICATE-----\n")
	one := func(_ any, err error) error { return err }
	for what, err := range map[string]error{
		"Client without conn":      one(Client(nil, ctx)),
		"Client without Ctx":       one(Client(a, nil)),
		"Client, empty Ctx":        one(Client(a, new(Ctx))),
		"Server, closed Ctx":       one(Server(a, closed)),
		"Listen without Ctx":       one(Listen("tcp", "127.0.0.1:0", nil)),
		"Listen nowhere":           one(Listen("tcp", "nowhere", ctx)),
		"Dial nowhere":             one(Dial("tcp", "nowhere", ctx, 0)),
		"Dial, closed Ctx":         one(Dial("tcp", "127.0.0.1:1", closed, 0)),
		"DialTimeout":              one(DialTimeout("tcp", "127.0.0.1:1", time.Second, ctx, 0)),
		"version":                  one(NewCtxWithVersion(SSLv3)),
		"certificate, none":        one(LoadCertificateFromPEM(nil)),
		"certificate, garbage":     one(LoadCertificateFromPEM(garbage)),
		"certificate, cut":         one(LoadCertificateFromPEM(cut)),
		"key, none":                one(LoadPrivateKeyFromPEM(nil)),
		"key, garbage":             one(LoadPrivateKeyFromPEM(garbage)),
		"key, DER none":            one(LoadPrivateKeyFromDER(nil)),
		"key, DER garbage":         one(LoadPrivateKeyFromDER(garbage)),
		"public key, none":         one(LoadPublicKeyFromPEM(nil)),
		"public key, garbage":      one(LoadPublicKeyFromPEM(garbage)),
		"public key, DER none":     one(LoadPublicKeyFromDER(nil)),
		"public key, DER garbage":  one(LoadPublicKeyFromDER(garbage)),
		"DH, none":                 one(LoadDHParametersFromPEM(nil)),
		"DH, garbage":              one(LoadDHParametersFromPEM(garbage)),
		"RSA of 1 bit":             one(GenerateRSAKey(1)),
		"RSA, even exponent":       one(GenerateRSAKeyWithExponent(2048, 4)),
		"RSA, negative exponent":   one(GenerateRSAKeyWithExponent(2048, -3)),
		"EC without curve":         one(GenerateECKey(0)),
		"EC, another identifier":   one(GenerateECKey(EllipticCurve(NID_md5))),
		"curve":                    ctx.SetEllipticCurve(-1),
		"certificate nil":          ctx.UseCertificate(nil),
		"chain nil":                ctx.AddChainCertificate(nil),
		"private key nil":          ctx.UsePrivateKey(nil),
		"private key foreign":      ctx.UsePrivateKey(foreignKey{}),
		"private key closed":       closed.UsePrivateKey(rsa),
		"another key":              ctx.UsePrivateKey(must1(GenerateECKey(Prime256v1))),
		"DH nil":                   ctx.SetDHParameters(nil),
		"session id too long":      ctx.SetSessionId(make([]byte, 33)),
		"cipher list":              ctx.SetCipherList("nonsense"),
		"protocol too long":        ctx.SetNextProtos([]string{string(make([]byte, 256))}),
		"no locations":             ctx.LoadVerifyLocations("", ""),
		"missing locations":        ctx.LoadVerifyLocations("/nowhere", ""),
		"store, garbage":           ctx.GetCertificateStore().LoadCertificatesFromPEM(garbage),
		"store, nothing":           ctx.GetCertificateStore().LoadCertificatesFromPEM([]byte("nothing")),
		"certificate info nil":     one(NewCertificate(nil, rsa)),
		"no serial":                one(NewCertificate(&CertificateInfo{Country: "XX", Organization: "x", CommonName: "x"}, rsa)),
		"country":                  one(NewCertificate(&CertificateInfo{Country: "none"}, rsa)),
		"sign, digest":             ca.cert.Sign(ca.key, EVP_MD5),
		"sign, key nil":            ca.cert.Sign(nil, EVP_SHA256),
		"extension":                ca.cert.AddExtension(NID_basic_constraints, "nonsense"),
		"extension, identifier":    ca.cert.AddCustomExtension(-1, nil),
		"address":                  ca.cert.CheckIP(nil, 0),
		"derive nil":               one(DeriveSharedSecret(nil, nil)),
		"derive, other kinds":      one(DeriveSharedSecret(rsa, ed)),
		"signature, no digest":     one(rsa.SignPKCS1v15(nil, []byte("x"))),
		"signature, digest":        one(ed.SignPKCS1v15(SHA256_Method, []byte("x"))),
		"signature, no data":       one(ed.SignPKCS1v15(nil, nil)),
		"verify, no signature":     rsa.VerifyPKCS1v15(SHA256_Method, []byte("x"), nil),
		"verify, garbage":          rsa.VerifyPKCS1v15(SHA256_Method, []byte("x"), []byte("y")),
		"digest":                   one(GetDigestByName("nonsense")),
		"digest NID":               one(GetDigestByNid(NID_undef)),
		"cipher":                   one(GetCipherByName("nonsense")),
		"cipher NID":               one(GetCipherByNid(99999)),
		"NID":                      one(Nid2ShortName(99999)),
		"HMAC without digest":      one(NewHMAC(nil, EVP_NULL)),
		"cipher nil":               one(NewEncryptionCipherCtx(nil, nil, nil, nil)),
		"decryption, cipher nil":   one(NewDecryptionCipherCtx(nil, nil, nil, nil)),
		"GCM, size":                one(NewGCMEncryptionCipherCtx(100, nil, nil, nil)),
		"GCM, key":                 one(NewGCMDecryptionCipherCtx(128, nil, []byte("x"), nil)),
		"GCM without key":          one(must1(NewGCMEncryptionCipherCtx(128, nil, nil, nil)).EncryptUpdate([]byte("x"))),
		"GCM, tag":                 must1(NewGCMDecryptionCipherCtx(128, nil, nil, nil)).SetTag(nil),
		"engine":                   one(EngineById("nonsense")),
		"a Ctx closed, then store": fmt.Errorf("%v", closed.GetCertificateStore() == nil),
	} {
		if err == nil {
			t.Errorf("%s: no error", what)
		}
	}
	if CreateObjectIdentifier("nonsense", "", "") != NID_undef {
		t.Error("an identifier that is none")
	}
	if rsa.Equal(nil) || rsa.Equal(foreignKey{}) || rsa.Equal(ed) || !rsa.Equal(rsa) {
		t.Error("Equal")
	}
	closed.SetTicketStore(newTestStore(t, "aes-256-cbc", "sha256"))
	closed.SetTLSExtServernameCallback(func(*SSL) SSLTLSExtErr { return SSLTLSExtErrOK })
	closed.SetVerify(VerifyPeer, func(bool, *CertificateStoreCtx) bool { return true })
}

func must1[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// What OpenSSL has not loaded is told with what to load.
func TestProviders(t *testing.T) {
	var missing *ProviderError
	if _, err := MD4(nil); err != nil && (!errors.As(err, &missing) || missing.Provider != "legacy") {
		t.Error(err)
	}
	var fips *FIPSError
	if ossl.ProviderAvailable(nil, "fips") {
		t.Log("the FIPS provider is there already")
	} else if err := FIPSModeSet(true); err != nil && !errors.As(err, &fips) {
		t.Error(err)
	} else if err == nil {
		must(t, FIPSModeSet(false))
	}
	must(t, FIPSModeSet(false))
	if _, err := SHA256([]byte("x")); err != nil {
		t.Error("after a switch that failed:", err)
	}
}
