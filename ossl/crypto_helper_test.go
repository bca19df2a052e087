package ossl_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// authority is a CA that lives as long as its test.
type authority struct {
	t    testing.TB
	cert *x509.Certificate
	key  crypto.Signer
}

var serials int64 = 0x1000

func serial() *big.Int { serials++; return big.NewInt(serials) }

func newAuthority(t testing.TB, name string) *authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	tmpl := &x509.Certificate{
		SerialNumber: serial(), Subject: pkix.Name{CommonName: name, Organization: []string{"Test"}},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(240 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, key.Public(), key)
	must(t, err)
	cert, err := x509.ParseCertificate(der)
	must(t, err)
	return &authority{t, cert, key}
}

// issue fills in what tmpl leaves out.
func (a *authority) issue(tmpl x509.Certificate) (*x509.Certificate, *ecdsa.PrivateKey) {
	a.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(a.t, err)
	if tmpl.SerialNumber == nil {
		tmpl.SerialNumber = serial()
	}
	if tmpl.NotAfter.IsZero() {
		tmpl.NotBefore, tmpl.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(24*time.Hour)
	}
	der, err := x509.CreateCertificate(rand.Reader, &tmpl, a.cert, key.Public(), a.key)
	must(a.t, err)
	cert, err := x509.ParseCertificate(der)
	must(a.t, err)
	return cert, key
}

// crl is a CRL of a in DER form.
func (a *authority) crl(revoked ...x509.RevocationListEntry) []byte {
	a.t.Helper()
	der, err := x509.CreateRevocationList(rand.Reader, &x509.RevocationList{
		Number: big.NewInt(7), ThisUpdate: time.Now().Add(-time.Hour), NextUpdate: time.Now().Add(24 * time.Hour),
		RevokedCertificateEntries: revoked,
	}, a.cert, a.key)
	must(a.t, err)
	return der
}

// opened closes o with the test.
func opened[T interface{ Close() }](t testing.TB) func(T, error) T {
	return func(o T, err error) T {
		t.Helper()
		must(t, err)
		t.Cleanup(o.Close)
		return o
	}
}

func toX509(t testing.TB, cert *x509.Certificate) *ossl.X509 {
	t.Helper()
	return opened[*ossl.X509](t)(ossl.NewX509(cert))
}

func toPKey(t testing.TB, key crypto.PrivateKey) *ossl.PKey {
	t.Helper()
	return opened[*ossl.PKey](t)(ossl.NewPKey(key))
}

// leafOf is the certificate of a chain of the test data.
func leafOf(t testing.TB, chain testdata.Chain) *ossl.X509 {
	t.Helper()
	return opened[*ossl.X509](t)(ossl.PEMReadBioX509(readFile(t, chain.Cert)))
}

func keyOf(t testing.TB, chain testdata.Chain) *ossl.PKey {
	t.Helper()
	return opened[*ossl.PKey](t)(ossl.PEMReadBioPrivateKey(readFile(t, chain.Key), ""))
}

func chainOf(t testing.TB, name string) []*ossl.X509 {
	t.Helper()
	chain, err := ossl.PEMReadX509s(readFile(t, name))
	must(t, err)
	t.Cleanup(func() { ossl.CloseX509s(chain) })
	return chain
}

func storeOf(t testing.TB, trusted ...*ossl.X509) *ossl.Store {
	t.Helper()
	st := opened[*ossl.Store](t)(ossl.NewStore())
	for _, x := range trusted {
		must(t, st.AddCert(x))
	}
	return st
}

// openssl runs the program with stdin and returns what it prints.
func openssl(t testing.TB, stdin []byte, args ...string) string {
	t.Helper()
	cmd := exec.Command("openssl", args...)
	cmd.Stdin = bytes.NewReader(stdin)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("openssl %v: %v\n%s", args, err, stderr.String())
	}
	return string(out)
}

// tempFile writes data to a file of the test's own.
func tempFile(t testing.TB, name string, data []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	must(t, os.WriteFile(file, data, 0o600))
	return file
}

func pemOf(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

// derOf is an object in DER form.
func derOf(t testing.TB, o interface{ I2D() ([]byte, error) }) []byte {
	t.Helper()
	der, err := o.I2D()
	must(t, err)
	return der
}

func equal[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func same(t testing.TB, what string, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// closedAndNil calls every method of o's type on a closed, a nil and a zero
// object; see TestClosedAndNil.
func closedAndNil(t *testing.T, o interface{ Close() }) {
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

// halfGo is a socketpair of which Go's net has one end.
func halfGo(t testing.TB) (int, net.Conn) {
	t.Helper()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	must(t, err)
	must(t, unix.SetNonblock(fds[0], true))
	f := os.NewFile(uintptr(fds[1]), "socketpair")
	conn, err := net.FileConn(f)
	must(t, err)
	must(t, f.Close())
	t.Cleanup(func() { _ = conn.Close(); _ = unix.Close(fds[0]) })
	return fds[0], conn
}
