package ossl_test

import (
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// elsewhere is a signer that counts what it is asked for. answer, where set,
// stands in for the key.
type elsewhere struct {
	crypto.Signer
	asked  atomic.Int64
	opts   atomic.Value // of the last Sign
	answer func(input []byte, opts crypto.SignerOpts) ([]byte, error)
}

func (s *elsewhere) Sign(rand io.Reader, input []byte, opts crypto.SignerOpts) ([]byte, error) {
	s.asked.Add(1)
	s.opts.Store(fmt.Sprintf("%T %+v", opts, opts))
	if s.answer != nil {
		return s.answer(input, opts)
	}
	return s.Signer.Sign(rand, input, opts)
}

// opener is elsewhere with a crypto.Decrypter.
type opener struct {
	elsewhere
	crypto.Decrypter
}

func (s *opener) Public() crypto.PublicKey { return s.Signer.Public() }

func (s *opener) Decrypt(rand io.Reader, msg []byte, opts crypto.DecrypterOpts) ([]byte, error) {
	s.asked.Add(1)
	if s.answer != nil {
		return s.answer(msg, nil)
	}
	return s.Decrypter.Decrypt(rand, msg, opts)
}

// goKey is the key of a chain as the standard library has it.
func goKey(t testing.TB, chain testdata.Chain) crypto.Signer {
	t.Helper()
	block, _ := pem.Decode(readFile(t, chain.Key))
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	must(t, err)
	return key.(crypto.Signer)
}

// signerKey is closed with the test.
func signerKey(t testing.TB, s crypto.Signer) *ossl.PKey {
	t.Helper()
	k, err := ossl.NewSignerKey(s)
	must(t, err)
	t.Cleanup(k.Close)
	return k
}

// byElsewhere gives a Ctx the certificates of chain, with a key that is
// elsewhere.
func byElsewhere(t testing.TB, chain testdata.Chain, s crypto.Signer) setup {
	return func(c *ossl.Ctx) error {
		k := signerKey(t, s)
		c.SetMode(ossl.ModeAsync)
		return errors.Join(c.UseCertificateChainFile(testdata.Path(chain.Cert)), c.UsePrivateKey(k), c.CheckPrivateKey())
	}
}

// onThread runs f with the goroutine kept on its OS thread, as jobs want it.
func onThread(f func() error) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	return f()
}

// answered is f with the questions about keys answered, each on a goroutine of
// its own. said, where given, is what the signer said last.
func answered(s *ossl.SSL, f step, said ...*error) step {
	return func() (ossl.Want, error) {
		for {
			w, err := f()
			if w != ossl.WantAsync {
				return w, err
			}
			heard, err := answerKey(s)
			for _, p := range said {
				*p = heard
			}
			if err != nil {
				return ossl.WantNothing, err
			}
		}
	}
}

// answerKey does what the open question asks. A signer's error, which it hands
// over, ends in a refusal.
func answerKey(s *ossl.SSL) (said, err error) {
	if q := s.Asked(); q != ossl.AskKey {
		return nil, fmt.Errorf("asked %v", q)
	}
	req, err := s.AskedKey()
	if err != nil {
		return nil, err
	}
	type result struct {
		data []byte
		err  error
	}
	done := make(chan result)
	go func() {
		data, err := req.Do(nil)
		done <- result{data, err}
	}()
	r := <-done
	if r.err != nil {
		return r.err, s.Answer(ossl.AskKey, ossl.Answer{Refuse: true})
	}
	return nil, s.Answer(ossl.AskKey, ossl.Answer{Data: r.data})
}

// signerCase is a way to shake hands that takes a private key.
type signerCase struct {
	name    string
	chain   testdata.Chain
	version uint16
	sigalgs string // of the server
	ciphers string // of TLS 1.2
	decrypt bool
	opts    string // of the signer
}

var signerCases = []signerCase{
	{name: "rsa-pkcs1", chain: testdata.RSA, version: tls.VersionTLS12, sigalgs: "RSA+SHA256", opts: "crypto.Hash SHA-256"},
	{name: "rsa-pkcs1-sha512", chain: testdata.RSA, version: tls.VersionTLS12, sigalgs: "RSA+SHA512", opts: "crypto.Hash SHA-512"},
	{name: "rsa-pss", chain: testdata.RSA, version: tls.VersionTLS12, sigalgs: "RSA-PSS+SHA256", opts: "*rsa.PSSOptions &{SaltLength:32 Hash:SHA-256}"},
	{name: "rsa-kex", chain: testdata.RSA, version: tls.VersionTLS12, ciphers: "AES128-GCM-SHA256", decrypt: true},
	{name: "p256", chain: testdata.ECDSA, version: tls.VersionTLS12, opts: "crypto.Hash SHA-256"},
	{name: "p384", chain: testdata.P384, version: tls.VersionTLS12, sigalgs: "ECDSA+SHA384", opts: "crypto.Hash SHA-384"},
	{name: "ed25519", chain: testdata.Ed25519, version: tls.VersionTLS12, opts: "crypto.Hash unknown hash value 0"},
	{name: "rsa-pss", chain: testdata.RSA, version: tls.VersionTLS13, sigalgs: "RSA-PSS+SHA256", opts: "*rsa.PSSOptions &{SaltLength:32 Hash:SHA-256}"},
	{name: "rsa-pss-sha512", chain: testdata.RSA, version: tls.VersionTLS13, sigalgs: "RSA-PSS+SHA512", opts: "*rsa.PSSOptions &{SaltLength:64 Hash:SHA-512}"},
	{name: "p256", chain: testdata.ECDSA, version: tls.VersionTLS13, opts: "crypto.Hash SHA-256"},
	{name: "p384", chain: testdata.P384, version: tls.VersionTLS13, opts: "crypto.Hash SHA-384"},
	{name: "ed25519", chain: testdata.Ed25519, version: tls.VersionTLS13, opts: "crypto.Hash unknown hash value 0"},
}

func (c *signerCase) String() string {
	return map[uint16]string{tls.VersionTLS12: "TLSv1.2/", tls.VersionTLS13: "TLSv1.3/"}[c.version] + c.name
}

// forClient makes it one for client certificates, where there can be such.
func (c *signerCase) forClient() bool {
	if c.decrypt || c.chain == testdata.P384 { // clients do not decrypt, and none has such a chain
		return false
	}
	c.chain = map[testdata.Chain]testdata.Chain{
		testdata.RSA: testdata.Client.RSA, testdata.ECDSA: testdata.Client.ECDSA, testdata.Ed25519: testdata.Client.Ed25519,
	}[c.chain]
	return true
}

// signer is one that is elsewhere, and how often it was asked.
func (c *signerCase) signer(t testing.TB) (crypto.Signer, *elsewhere) {
	t.Helper()
	key := goKey(t, c.chain)
	if c.decrypt {
		o := &opener{elsewhere{Signer: key}, key.(crypto.Decrypter)}
		return o, &o.elsewhere
	}
	e := &elsewhere{Signer: key}
	return e, e
}

// asked wants the signer to have been asked once, for the right thing.
func (c *signerCase) asked(t testing.TB, s *elsewhere) {
	t.Helper()
	if n := s.asked.Load(); n != 1 {
		t.Errorf("asked %d times", n)
	}
	if got, _ := s.opts.Load().(string); got != c.opts {
		t.Errorf("asked for %s, want %s", got, c.opts)
	}
}

func (c *signerCase) setup(x *ossl.Ctx) error {
	err := only(int(c.version))(x)
	if c.sigalgs != "" {
		err = errors.Join(err, x.Set1SigalgsList(c.sigalgs))
	}
	if c.ciphers != "" {
		err = errors.Join(err, x.SetCipherList(c.ciphers))
	}
	return err
}

// A key that is elsewhere serves a server whose client is crypto/tls.
func TestSignerServer(t *testing.T) {
	for _, c := range signerCases {
		t.Run(c.String(), func(t *testing.T) {
			s, count := c.signer(t)
			server := newCtx(t, byElsewhere(t, c.chain, s), c.setup)
			config := &tls.Config{RootCAs: pool(t, c.chain.Roots), ServerName: "localhost", MinVersion: c.version, MaxVersion: c.version}
			if c.decrypt {
				config.CipherSuites = []uint16{tls.TLS_RSA_WITH_AES_128_GCM_SHA256}
			}
			cerr, serr := withGoClient(t, server, config)
			if cerr != nil || serr != nil {
				t.Fatalf("client: %v; server: %v", cerr, serr)
			}
			c.asked(t, count)
		})
	}
}

// A key that is elsewhere serves a client whose server is crypto/tls.
func TestSignerClient(t *testing.T) {
	for _, c := range signerCases {
		if !c.forClient() {
			continue
		}
		t.Run(c.String(), func(t *testing.T) {
			s, count := c.signer(t)
			sigalgs := func(x *ossl.Ctx) error {
				if c.sigalgs != "" {
					return x.Set1ClientSigalgsList(c.sigalgs)
				}
				return nil
			}
			client := clientCtx(t, testdata.ECDSA, byElsewhere(t, c.chain, s), only(int(c.version)), sigalgs)
			cert, err := tls.LoadX509KeyPair(testdata.Path(testdata.ECDSA.Cert), testdata.Path(testdata.ECDSA.Key))
			must(t, err)
			serr, cerr := withGoServer(t, client, &tls.Config{
				Certificates: []tls.Certificate{cert}, MinVersion: c.version, MaxVersion: c.version,
				ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: pool(t, testdata.ClientRoots),
			})
			if cerr != nil || serr != nil {
				t.Fatalf("client: %v; server: %v", cerr, serr)
			}
			c.asked(t, count)
		})
	}
}

// withGoClient has a server shake hands with crypto/tls, say a word, and wait
// for the end.
func withGoClient(t testing.TB, server *ossl.Ctx, config *tls.Config, said ...*error) (client, serving error) {
	t.Helper()
	fd, conn := netPair(t)
	s := newSSL(t, server, fd)
	done := make(chan error, 1)
	go func() {
		c := tls.Client(conn, config)
		err := c.Handshake()
		if err == nil {
			_, err = io.ReadFull(c, make([]byte, 5))
		}
		_ = c.Close()
		done <- err
	}()
	serving = onThread(func() error {
		err := drive(t, fd, answered(s, s.Accept, said...))
		if err == nil {
			err = drive(t, fd, writer(s, []byte("hello")))
		}
		if err == nil {
			var got []byte
			if err = drive(t, fd, reader(s, &got, 1)); err == io.EOF {
				err = nil
			}
		}
		hangUp(fd)
		return err
	})
	return <-done, serving
}

// withGoServer has a client shake hands with crypto/tls and wait for a word.
func withGoServer(t testing.TB, client *ossl.Ctx, config *tls.Config) (serving, connecting error) {
	t.Helper()
	fd, conn := netPair(t)
	c := newSSL(t, client, fd)
	done := make(chan error, 1)
	go func() {
		s := tls.Server(conn, config)
		err := s.Handshake()
		if err == nil {
			_, err = s.Write([]byte("hello"))
		}
		_ = s.Close()
		done <- err
	}()
	connecting = onThread(func() error {
		err := drive(t, fd, answered(c, c.Connect))
		if err == nil {
			var got []byte
			err = drive(t, fd, reader(c, &got, 5))
		}
		hangUp(fd)
		return err
	})
	return <-done, connecting
}

// netPair is a non-blocking descriptor and, at the other end, a net.Conn with a
// deadline.
func netPair(t testing.TB) (int, net.Conn) {
	t.Helper()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	must(t, err)
	must(t, unix.SetNonblock(fds[0], true))
	f := os.NewFile(uintptr(fds[1]), "socketpair")
	conn, err := net.FileConn(f)
	must(t, err)
	must(t, f.Close())
	must(t, conn.SetDeadline(time.Now().Add(time.Minute)))
	t.Cleanup(func() { _ = conn.Close(); _ = unix.Close(fds[0]) })
	return fds[0], conn
}

func pool(t testing.TB, file string) *x509.CertPool {
	t.Helper()
	p := x509.NewCertPool()
	if !p.AppendCertsFromPEM(readFile(t, file)) {
		t.Fatal("no roots")
	}
	return p
}
