package ossl_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// Every method of every type, on a closed object and on nil: ErrClosed where
// an error can be returned, zero values beside it, and never a crash. Methods
// are found by reflection, so that new ones are covered too.
func TestClosedAndNil(t *testing.T) {
	s := newSSL(t, newCtx(t), -1)
	c, err := ossl.NewCtx(ossl.TLSMethod())
	must(t, err)
	p := connect(t, clientCtx(t, testdata.ECDSA), serverCtx(t, testdata.ECDSA))
	sess, err := p.client.Get1Session()
	must(t, err)
	x, err := ossl.PEMReadBioX509(readFile(t, testdata.RSA.Cert))
	must(t, err)
	k, err := ossl.PEMReadBioPrivateKey(readFile(t, testdata.RSA.Key), "")
	must(t, err)
	st, err := ossl.NewStore()
	must(t, err)
	for _, o := range []interface{ Close() }{s, c, sess, x, k, st} {
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
	if _, err := ossl.NewSSL(nil); err != ossl.ErrClosed {
		t.Error(err)
	}
	if _, err := ossl.NewSSL(c); err != ossl.ErrClosed {
		t.Error(err)
	}
}

// callClosed calls f with arguments that would do on an open object.
func callClosed(t *testing.T, f reflect.Value, name string) {
	defer func() {
		if r := recover(); r != nil {
			t.Fatalf("panics: %v", r)
		}
	}()
	var args []reflect.Value
	for i := range f.Type().NumIn() {
		in := f.Type().In(i)
		switch {
		case f.Type().IsVariadic() && i == f.Type().NumIn()-1:
			if in.Elem().Kind() == reflect.String {
				args = append(args, reflect.ValueOf("h2"))
			}
		case in.Kind() == reflect.Slice && in.Elem().Kind() == reflect.Uint8:
			args = append(args, reflect.ValueOf([]byte("bytes")))
		case in.Kind() == reflect.String:
			args = append(args, reflect.ValueOf("text").Convert(in))
		case in.Kind() == reflect.Int:
			args = append(args, reflect.ValueOf(1).Convert(in))
		default:
			args = append(args, reflect.Zero(in))
		}
	}
	out := f.Call(args)
	for i, v := range out {
		err, isErr := v.Interface().(error)
		if i == len(out)-1 && v.Type() == reflect.TypeFor[error]() {
			if !isErr || err != ossl.ErrClosed {
				t.Errorf("error %v", err)
			}
			continue
		}
		if !v.IsZero() && (!strings.HasSuffix(name, "fd") && name != "GetFd" || v.Int() != -1) {
			t.Errorf("returns %v", v.Interface())
		}
	}
}

// Methods that take an object refuse a closed one, and one that is nil.
func TestClosedArgument(t *testing.T) {
	c, s := newCtx(t), newUnused(t)
	st, err := ossl.NewStore()
	must(t, err)
	defer st.Close()
	x, err := ossl.PEMReadBioX509(readFile(t, testdata.RSA.Cert))
	must(t, err)
	defer x.Close()
	gone := newCtx(t)
	gone.Close()
	for name, err := range map[string]error{
		"UseCertificate": c.UseCertificate(nil), "UseCertificate closed": c.UseCertificate(new(ossl.X509)),
		"UsePrivateKey": c.UsePrivateKey(nil), "Add1ChainCert": c.Add1ChainCert(nil), "Set1CertStore": c.Set1CertStore(nil),
		"AddClientCA": c.AddClientCA(new(ossl.X509)), "AddCert": st.AddCert(nil), "CheckPrivateKey": x.CheckPrivateKey(nil),
		"SetSession": s.SetSession(nil), "SetSession closed": s.SetSession(new(ossl.Session)), "SetSSLCtx": s.SetSSLCtx(nil),
		"SetSSLCtx closed": s.SetSSLCtx(gone), "SetServerNames": c.SetServerNames(map[string]*ossl.Ctx{"a": nil}),
		"SetServerNames closed": c.SetServerNames(map[string]*ossl.Ctx{"a": c, "b": gone}),
	} {
		if !errors.Is(err, ossl.ErrClosed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A Ctx, store or certificate may be closed before what was made of it.
func TestCloseOrder(t *testing.T) {
	ctx := func(c *ossl.Ctx) *ossl.Ctx {
		d, err := c.UpRef()
		must(t, err)
		c.Close()
		return d
	}
	client, server := ctx(clientCtx(t, testdata.ECDSA)), ctx(serverCtx(t, testdata.ECDSA))
	named := serverCtx(t, testdata.SNI.A)
	must(t, server.SetServerNames(map[string]*ossl.Ctx{"a.example": named}))
	named.Close()
	p := newPair(t, client, server)
	must(t, p.client.SetTlsextHostName("a.example"))
	client.Close()
	server.Close()
	p.handshake()
	p.echo()
	sess, err := p.client.Get1Session()
	must(t, err)
	defer sess.Close()
	p.client.Close()
	p.server.Close()
	if _, err := sess.I2D(); err != nil {
		t.Error(err)
	}
}
