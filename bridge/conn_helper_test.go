package bridge

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// patience bounds whatever should come soon.
const patience = 20 * time.Second

// impl is an implementation of TLS: it puts one side of it on a socket.
type impl struct {
	name   string
	client func(t testing.TB, nc net.Conn, set settings) net.Conn
	server func(t testing.TB, nc net.Conn, set settings) net.Conn
}

// settings are the same for every implementation. The zero settings are the
// ECDSA chain under any version.
type settings struct {
	chain   testdata.Chain
	version int // 0: any
	config  func(*Config)
}

func (s settings) orDefault() settings {
	if s.chain.Name == "" {
		s.chain = testdata.ECDSA
	}
	return s
}

var (
	ours   = impl{"ours", ourClient, ourServer}
	theirs = impl{"crypto-tls", theirClient, theirServer}
)

var versions = []struct {
	name    string
	version int
}{{"TLS1.2", ossl.TLS1_2Version}, {"TLS1.3", ossl.TLS1_3Version}}

// eachPairing runs f with every client against every server under every
// version; at least one of the two is ours.
func eachPairing(t *testing.T, f func(t *testing.T, client, server impl, set settings)) {
	for _, pairing := range []struct{ client, server impl }{{ours, ours}, {ours, theirs}, {theirs, ours}} {
		for _, v := range versions {
			t.Run(pairing.client.name+"-to-"+pairing.server.name+"/"+v.name, func(t *testing.T) {
				f(t, pairing.client, pairing.server, settings{version: v.version})
			})
		}
	}
}

func ourServer(t testing.TB, nc net.Conn, set settings) net.Conn {
	t.Helper()
	set = set.orDefault()
	cfg := &Config{Certificates: []Certificate{identity(set.chain)}, MinVersion: set.version, MaxVersion: set.version}
	if set.config != nil {
		set.config(cfg)
	}
	ctx, err := cfg.NewServerCtx()
	must(t, err)
	defer ctx.Close()
	c, err := Server(nc, ctx)
	must(t, err)
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func ourClient(t testing.TB, nc net.Conn, set settings) net.Conn {
	t.Helper()
	set = set.orDefault()
	cfg := &Config{RootCAs: roots(set.chain), MinVersion: set.version, MaxVersion: set.version, ServerName: "localhost"}
	if set.config != nil {
		set.config(cfg)
	}
	ctx, err := cfg.NewClientCtx()
	must(t, err)
	defer ctx.Close()
	c, err := Client(nc, ctx, &ClientOptions{ServerName: cfg.ServerName})
	must(t, err)
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func theirServer(t testing.TB, nc net.Conn, set settings) net.Conn {
	t.Helper()
	return tls.Server(nc, theirServerConfig(t, set))
}

func theirServerConfig(t testing.TB, set settings) *tls.Config {
	t.Helper()
	set = set.orDefault()
	cert, err := tls.LoadX509KeyPair(testdata.Path(set.chain.Cert), testdata.Path(set.chain.Key))
	must(t, err)
	return &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: uint16(set.version), MaxVersion: uint16(set.version)}
}

func theirClient(t testing.TB, nc net.Conn, set settings) net.Conn {
	t.Helper()
	return tls.Client(nc, theirClientConfig(t, set))
}

func theirClientConfig(t testing.TB, set settings) *tls.Config {
	t.Helper()
	set = set.orDefault()
	return &tls.Config{RootCAs: pool(t, set.chain.Roots), ServerName: "localhost", MinVersion: uint16(set.version), MaxVersion: uint16(set.version)}
}

func pool(t testing.TB, name string) *x509.CertPool {
	t.Helper()
	pem, err := os.ReadFile(testdata.Path(name))
	must(t, err)
	p := x509.NewCertPool()
	if !p.AppendCertsFromPEM(pem) {
		t.Fatal("no certificate in", name)
	}
	return p
}

func identity(chain testdata.Chain) Certificate {
	return Certificate{CertFile: testdata.Path(chain.Cert), KeyFile: testdata.Path(chain.Key)}
}

func roots(chain testdata.Chain) Trust { return Trust{File: testdata.Path(chain.Roots)} }

// sockets is a connected pair, closed with the test.
func sockets(t testing.TB, network string) (client, server net.Conn) {
	t.Helper()
	address := "127.0.0.1:0"
	if network == "unix" {
		address = filepath.Join(t.TempDir(), "socket")
	}
	ln, err := net.Listen(network, address)
	must(t, err)
	defer ln.Close()
	client, err = net.Dial(network, ln.Addr().String())
	must(t, err)
	server, err = ln.Accept()
	must(t, err)
	t.Cleanup(func() { _, _ = client.Close(), server.Close() })
	return client, server
}

// small makes the kernel's buffers of a socket as small as it allows.
func small(t testing.TB, nc net.Conn) {
	t.Helper()
	b := nc.(interface {
		SetReadBuffer(int) error
		SetWriteBuffer(int) error
	})
	must(t, b.SetReadBuffer(1))
	must(t, b.SetWriteBuffer(1))
}

// tlsPair is a client and a server that have shaken hands.
func tlsPair(t testing.TB, client, server impl, set settings) (c, s net.Conn) {
	t.Helper()
	nc, ns := sockets(t, "tcp")
	c, s = client.client(t, nc, set), server.server(t, ns, set)
	shake(t, c, s)
	return c, s
}

// ourPair is tlsPair with both sides ours.
func ourPair(t testing.TB, set settings) (c, s *Conn) {
	t.Helper()
	nc, ns := tlsPair(t, ours, ours, set)
	return nc.(*Conn), ns.(*Conn)
}

type handshaker interface{ Handshake() error }

func shake(t testing.TB, c, s net.Conn) {
	t.Helper()
	if cerr, serr := tryShake(c, s); cerr != nil || serr != nil {
		t.Fatalf("handshake: client: %v; server: %v", cerr, serr)
	}
}

func tryShake(c, s net.Conn) (cerr, serr error) {
	done := make(chan error, 1)
	go func() { done <- s.(handshaker).Handshake() }()
	cerr = c.(handshaker).Handshake()
	if cerr != nil {
		_ = c.Close()
	}
	return cerr, <-done
}

// within waits for an outcome, and fails the test where it does not come.
func soon[T any](t testing.TB, what string, ch <-chan T) (v T) {
	t.Helper()
	select {
	case v = <-ch:
	case <-time.After(patience):
		t.Fatalf("%s: nothing within %v", what, patience)
	}
	return v
}

// result runs f elsewhere and hands over what it returns.
func result[T any](f func() T) <-chan T {
	ch := make(chan T, 1)
	go func() { ch <- f() }()
	return ch
}

// lines sends a line each way, which also brings a client its tickets.
func lines(t testing.TB, c, s net.Conn) {
	t.Helper()
	for _, dir := range [][2]net.Conn{{c, s}, {s, c}} {
		const line = "one line of text"
		sent := result(func() error { _, err := io.WriteString(dir[0], line); return err })
		got := make([]byte, len(line))
		if _, err := io.ReadFull(dir[1], got); err != nil {
			t.Fatalf("read: %v", err)
		}
		must(t, soon(t, "write", sent))
		if string(got) != line {
			t.Fatalf("got %q", got)
		}
	}
}

// is reports an error that is not what was expected.
func is(t testing.TB, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: got %v (%T), want %v", what, err, err, want)
	}
}

// gone says whether err is what a peer sees that was hung up on, in whichever
// way the kernel puts it.
func gone(err error) bool {
	return errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}

func read(t testing.TB, file string) []byte {
	t.Helper()
	b, err := os.ReadFile(file)
	must(t, err)
	return b
}

// runAgain runs the test that calls it in a process of its own, and returns what
// that prints.
func runAgain(t *testing.T, env ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v:\n%s", err, out)
	}
	return string(out)
}

// leavesNothing wants as many objects of OpenSSL as there were before, once
// what earlier tests have ended is freed.
func leavesNothing(t testing.TB, before ossl.Counts) {
	t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
		live := ossl.Live()
		if live.Ctx <= before.Ctx && live.SSL <= before.SSL && live.Store <= before.Store && live.X509 <= before.X509 && live.PKey <= before.PKey && live.Leaked == before.Leaked {
			return
		}
		if time.Now().After(end) {
			t.Errorf("left behind: %+v, before %+v", live, before)
			return
		}
	}
}
