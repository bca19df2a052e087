package openssl

import (
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"os"
	"runtime"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/sslsock/sslsock/ossl"
)

// patience bounds whatever should come soon.
const patience = 20 * time.Second

// Nothing outlives the tests: what the interface leaves to the garbage collector
// is gone after it has run.
func TestMain(m *testing.M) {
	code := m.Run()
	if code == 0 {
		if err := goleak.Find(goleak.IgnoreAnyFunction("github.com/sslsock/sslsock/bridge.(*worker).work")); err != nil {
			fmt.Println(err)
			code = 1
		}
		if left, ok := settled(ossl.Counts{}); !ok {
			fmt.Printf("still open: %+v\n", left)
			code = 1
		}
	}
	os.Exit(code)
}

// settled says whether nothing but want is left once the collector has run.
func settled(want ossl.Counts) (ossl.Counts, bool) {
	deadline := time.Now().Add(patience)
	for {
		runtime.GC()
		if got := ossl.Live(); got == want || time.Now().After(deadline) {
			return got, got == want
		}
		time.Sleep(time.Millisecond)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func equal[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

var authorities int // each has a name of its own

// authority signs certificates.
type authority struct {
	key    PrivateKey
	cert   *Certificate
	serial int64
}

func newAuthority(t testing.TB) *authority {
	t.Helper()
	a := new(authority)
	var err error
	a.key, err = GenerateECKey(Prime256v1)
	must(t, err)
	authorities++
	a.cert = a.sign(t, fmt.Sprint("CA ", authorities), a.key, map[NID]string{NID_basic_constraints: "critical,CA:TRUE"})
	return a
}

func (a *authority) sign(t testing.TB, name string, key PublicKey, extensions map[NID]string) *Certificate {
	t.Helper()
	a.serial++
	c, err := NewCertificate(&CertificateInfo{big.NewInt(a.serial), -time.Hour, time.Hour, "XX", "Test", name}, key)
	must(t, err)
	must(t, c.SetVersion(X509_V3))
	if a.cert != nil {
		must(t, c.SetIssuer(a.cert))
	}
	must(t, c.AddExtensions(extensions))
	must(t, c.Sign(a.key, EVP_SHA256))
	return c
}

// ctx shows a certificate of that name, and trusts a.
func (a *authority) ctx(t testing.TB, name string) *Ctx {
	t.Helper()
	c := a.trusting(t)
	key, err := GenerateECKey(Prime256v1)
	must(t, err)
	must(t, c.UseCertificate(a.sign(t, name, key, map[NID]string{NID_subject_alt_name: "DNS:" + name})))
	must(t, c.UsePrivateKey(key))
	must(t, c.SetSessionId([]byte(name)))
	return c
}

func (a *authority) trusting(t testing.TB) *Ctx {
	t.Helper()
	c, err := NewCtx()
	must(t, err)
	must(t, c.GetCertificateStore().AddCertificate(a.cert))
	c.SetVerifyMode(VerifyPeer)
	return c
}

// wrapped is a socket that is used by its methods only.
type wrapped struct{ net.Conn }

var transports = map[string]func(t testing.TB) (client, server net.Conn){
	"tcp": sockets,
	"wrapped": func(t testing.TB) (net.Conn, net.Conn) {
		a, b := sockets(t)
		return wrapped{a}, wrapped{b}
	},
	"pipe": func(testing.TB) (net.Conn, net.Conn) { return net.Pipe() },
}

func sockets(t testing.TB) (client, server net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer l.Close()
	client, err = net.Dial("tcp", l.Addr().String())
	must(t, err)
	server, err = l.Accept()
	must(t, err)
	return client, server
}

// pair is the two ends of one connection.
type pair struct{ client, server *Conn }

func newPair(t testing.TB, client, server *Ctx, transport func(testing.TB) (net.Conn, net.Conn)) *pair {
	t.Helper()
	a, b := transport(t)
	c, err := Client(a, client)
	must(t, err)
	s, err := Server(b, server)
	must(t, err)
	t.Cleanup(func() { _, _ = c.Close(), s.Close() })
	must(t, errors.Join(c.SetDeadline(time.Now().Add(patience)), s.SetDeadline(time.Now().Add(patience))))
	return &pair{c, s}
}

// shake is what the two handshakes come to. Each side that fails is closed, so
// that the other learns of it.
func (p *pair) shake() (client, server error) {
	done := make(chan error, 1)
	go func() {
		err := p.server.Handshake()
		if err != nil {
			_ = p.server.Close()
		}
		done <- err
	}()
	if client = p.client.Handshake(); client != nil {
		_ = p.client.Close()
	}
	return client, <-done
}

func (p *pair) mustShake(t testing.TB) {
	t.Helper()
	c, s := p.shake()
	must(t, errors.Join(c, s))
}

// echo sends n bytes to and fro.
func (p *pair) echo(t testing.TB, n int) {
	t.Helper()
	go func() { _, _ = io.CopyN(p.server, p.server, int64(n)) }()
	sent := make(chan error, 1)
	go func() { _, err := p.client.Write(make([]byte, n)); sent <- err }()
	_, err := io.ReadFull(p.client, make([]byte, n))
	must(t, err)
	must(t, <-sent)
}
