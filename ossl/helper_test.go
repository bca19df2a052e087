package ossl_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// pair is a client and a server on the two ends of a socketpair.
type pair struct {
	t              testing.TB
	client, server *ossl.SSL
	cfd, sfd       int // -1 once hung up
}

// newPair makes both sides; nothing has been sent yet.
func newPair(t testing.TB, client, server *ossl.Ctx) *pair {
	t.Helper()
	cfd, sfd := socketpair(t)
	p := &pair{t: t, cfd: cfd, sfd: sfd, client: newSSL(t, client, cfd), server: newSSL(t, server, sfd)}
	p.client.SetConnectState()
	p.server.SetAcceptState()
	return p
}

// connect is newPair with the handshake behind it.
func connect(t testing.TB, client, server *ossl.Ctx) *pair {
	t.Helper()
	p := newPair(t, client, server)
	p.handshake()
	return p
}

func newSSL(t testing.TB, c *ossl.Ctx, fd int) *ossl.SSL {
	t.Helper()
	s, err := c.NewSSL()
	must(t, err)
	t.Cleanup(s.Close)
	must(t, s.SetFd(fd))
	return s
}

// socketpair is closed with the test; hangUp closes one end before.
func socketpair(t testing.TB) (int, int) {
	t.Helper()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	must(t, err)
	t.Cleanup(func() {
		for _, fd := range fds {
			_ = unix.Shutdown(fd, unix.SHUT_RDWR)
			_ = unix.Close(fd)
		}
	})
	return fds[0], fds[1]
}

// hangUp ends what fd sends without a word of TLS.
func hangUp(fd int) { _ = unix.Shutdown(fd, unix.SHUT_RDWR) }

// handshake must succeed on both sides.
func (p *pair) handshake() {
	p.t.Helper()
	cerr, serr := p.try()
	if cerr != nil || serr != nil {
		p.t.Fatalf("handshake: client: %v; server: %v", cerr, serr)
	}
}

// try shakes hands until both sides have finished, well or badly.
func (p *pair) try() (client, server error) {
	p.t.Helper()
	errs := lockstep(p.t, p.client.DoHandshake, p.server.DoHandshake)
	return errs[0], errs[1]
}

// transfer sends data and compares what arrives.
func (p *pair) transfer(from, to *ossl.SSL, data []byte) {
	p.t.Helper()
	var got []byte
	errs := lockstep(p.t, writer(from, data), reader(to, &got, len(data)))
	if err := errors.Join(errs...); err != nil {
		p.t.Fatalf("transfer of %d bytes: %v", len(data), err)
	}
	if !bytes.Equal(got, data) {
		p.t.Fatalf("%d bytes arrived changed", len(data))
	}
}

// echo sends a line each way, which also brings a client its tickets.
func (p *pair) echo() {
	p.t.Helper()
	p.transfer(p.client, p.server, []byte("from the client"))
	p.transfer(p.server, p.client, []byte("from the server"))
}

// step is one operation, called again for as long as it wants something.
type step func() (ossl.Want, error)

func writer(s *ossl.SSL, data []byte) step {
	sent := 0
	return func() (ossl.Want, error) {
		n, w, err := s.Write(data[sent:])
		sent += n
		if err == nil && w == ossl.WantNothing && sent < len(data) {
			return w, fmt.Errorf("Write returned after %d of %d bytes without a want", sent, len(data))
		}
		return w, err
	}
}

func reader(s *ossl.SSL, got *[]byte, want int) step {
	buf := make([]byte, 20000)
	return func() (ossl.Want, error) {
		for len(*got) < want {
			n, w, err := s.Read(buf[:min(len(buf), want-len(*got))])
			*got = append(*got, buf[:n]...)
			if w != ossl.WantNothing || err != nil {
				return w, err
			}
		}
		return ossl.WantNothing, nil
	}
}

// errStuck is the outcome of a step that waited for ever.
var errStuck = errors.New("still waiting when nobody else moved")

// lockstep runs the steps in turn until each has finished, and returns their
// errors. A step that still wants something after many rounds is stuck: on a
// socketpair whatever is sent can be read at once.
func lockstep(t testing.TB, steps ...step) []error {
	t.Helper()
	const patience = 200_000 // rounds; a byte at a time takes tens of thousands
	errs := make([]error, len(steps))
	open, failed := len(steps), 0
	for round := 0; open > 0 && round < patience && failed < 1000; round++ {
		for i, f := range steps {
			if f == nil {
				continue
			}
			w, err := f()
			if err != nil && w != ossl.WantNothing {
				t.Fatalf("both a want (%v) and an error (%v)", w, err)
			}
			if w == ossl.WantNothing {
				errs[i], steps[i] = err, nil
				open--
			}
		}
		for _, err := range errs {
			if err != nil {
				failed++ // the others have a while to notice
				break
			}
		}
	}
	for i, f := range steps {
		if f != nil {
			errs[i] = errStuck
		}
	}
	return errs
}

type setup = func(*ossl.Ctx) error

func newCtx(t testing.TB, sets ...setup) *ossl.Ctx {
	t.Helper()
	c, err := ossl.NewCtx(ossl.TLSMethod())
	must(t, err)
	t.Cleanup(c.Close)
	for _, set := range sets {
		must(t, set(c))
	}
	return c
}

// serverCtx has the certificate and key of chain.
func serverCtx(t testing.TB, chain testdata.Chain, sets ...setup) *ossl.Ctx {
	t.Helper()
	return newCtx(t, append([]setup{identity(chain)}, sets...)...)
}

// clientCtx verifies servers against the root of chain.
func clientCtx(t testing.TB, chain testdata.Chain, sets ...setup) *ossl.Ctx {
	t.Helper()
	return newCtx(t, append([]setup{trust(chain.Roots)}, sets...)...)
}

// Releases as OpenSSLVersionNum counts.
const (
	openssl32 = 3<<28 | 2<<20
	openssl35 = 3<<28 | 5<<20
	openssl40 = 4 << 28
)

// x25519 has the key exchange be the same whatever a release prefers.
func x25519(c *ossl.Ctx) error { return c.Set1GroupsList("X25519") }

func identity(chain testdata.Chain) setup {
	return func(c *ossl.Ctx) error {
		return errors.Join(
			c.UseCertificateChainFile(testdata.Path(chain.Cert)),
			c.UsePrivateKeyFile(testdata.Path(chain.Key), ossl.FiletypePEM))
	}
}

func trust(roots string) setup {
	return func(c *ossl.Ctx) error {
		c.SetVerify(ossl.VerifyPeer)
		return c.LoadVerifyFile(testdata.Path(roots))
	}
}

// demand has a server insist on a client certificate.
func demand(c *ossl.Ctx) error {
	c.SetVerify(ossl.VerifyPeer | ossl.VerifyFailIfNoPeerCert)
	return errors.Join(c.LoadVerifyFile(testdata.Path(testdata.ClientRoots)), c.SetSessionIDContext([]byte("demand")))
}

// only pins the protocol version.
func only(version int) setup {
	return func(c *ossl.Ctx) error {
		return errors.Join(c.SetMinProtoVersion(version), c.SetMaxProtoVersion(version))
	}
}

func eachVersion(t *testing.T, f func(t *testing.T, version int)) {
	t.Helper()
	t.Run("TLSv1.2", func(t *testing.T) { f(t, ossl.TLS1_2Version) })
	t.Run("TLSv1.3", func(t *testing.T) { f(t, ossl.TLS1_3Version) })
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// wantErr is for errors.Is, with the text in the log for people to judge.
func wantErr(t testing.TB, err, target error) {
	t.Helper()
	if !errors.Is(err, target) {
		t.Fatalf("error is %v, want %v", err, target)
	}
	t.Log(err)
}

func wantEOF(t testing.TB, s *ossl.SSL, eof error) {
	t.Helper()
	n, w, err := s.Read(make([]byte, 10))
	if n != 0 || w != ossl.WantNothing || err != eof {
		t.Fatalf("Read: %d, %v, %v; want %v", n, w, err, eof)
	}
}

func readFile(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(testdata.Path(name))
	must(t, err)
	return b
}

// children are what this test program can be as a child process.
var children = map[string]func() error{}

// runChild runs this program as one of children and returns what it printed.
func runChild(t *testing.T, name string, prepare func(*exec.Cmd)) string {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), child+"="+name)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if prepare != nil {
		prepare(cmd)
	}
	if err := cmd.Run(); err != nil {
		t.Fatalf("child %s: %v\n%s", name, err, out.String())
	}
	return out.String()
}
