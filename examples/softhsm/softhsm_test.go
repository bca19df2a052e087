package softhsm

import (
	"crypto"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/ThalesIgnite/crypto11"
	"golang.org/x/sys/unix"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

const pin = "1234"

// modules are where distributions have SoftHSM's PKCS#11 module.
var modules = []string{
	"/usr/lib/softhsm/libsofthsm2.so",
	"/usr/lib/*/softhsm/libsofthsm2.so",
	"/usr/lib64/softhsm/libsofthsm2.so",
	"/usr/lib64/pkcs11/libsofthsm2.so",
	"/usr/lib/pkcs11/libsofthsm2.so",
	"/usr/local/lib/softhsm/libsofthsm2.so",
}

// softHSM finds the module, or skips the test.
func softHSM(t *testing.T) string {
	t.Helper()
	if _, err := exec.LookPath("softhsm2-util"); err != nil {
		t.Skip("SoftHSM 2 is not here (Debian, Ubuntu: apt-get install softhsm2):", err)
	}
	for _, pattern := range modules {
		if found, _ := filepath.Glob(pattern); len(found) > 0 {
			return found[0]
		}
	}
	t.Skip("softhsm2-util is here, and its PKCS#11 module libsofthsm2.so is in none of", modules)
	return ""
}

// token makes a token with the keys of the chains, which end with the test.
func token(t *testing.T, chains ...testdata.Chain) *crypto11.Context {
	t.Helper()
	module := softHSM(t)
	dir := t.TempDir()
	conf := filepath.Join(dir, "softhsm2.conf")
	tokens := filepath.Join(dir, "tokens")
	must(t, os.Mkdir(tokens, 0o700))
	must(t, os.WriteFile(conf, []byte("directories.tokendir = "+tokens+"\nobjectstore.backend = file\nlog.level = ERROR\n"), 0o600))
	t.Setenv("SOFTHSM2_CONF", conf)
	util(t, "--init-token", "--free", "--label", "sslsock", "--so-pin", pin, "--pin", pin)
	for i, c := range chains {
		util(t, "--import", testdata.Path(c.Key), "--token", "sslsock", "--label", c.Name, "--id", fmt.Sprintf("%02x", i+1), "--pin", pin)
	}
	ctx, err := crypto11.Configure(&crypto11.Config{Path: module, TokenLabel: "sslsock", Pin: pin})
	must(t, err)
	t.Cleanup(func() { must(t, ctx.Close()) })
	return ctx
}

func util(t *testing.T, args ...string) {
	t.Helper()
	out, err := exec.Command("softhsm2-util", args...).CombinedOutput()
	if err != nil {
		t.Fatalf("softhsm2-util %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// Keys of a token serve a server, by all that such keys do in TLS.
func TestSoftHSM(t *testing.T) {
	hsm := token(t, testdata.RSA, testdata.ECDSA, testdata.P384)
	for _, x := range []struct {
		name    string
		chain   testdata.Chain
		version uint16
		sigalgs string
		ciphers string
	}{
		{"rsa-pkcs1", testdata.RSA, tls.VersionTLS12, "RSA+SHA256", ""},
		{"rsa-pss", testdata.RSA, tls.VersionTLS12, "RSA-PSS+SHA256", ""},
		{"rsa-kex", testdata.RSA, tls.VersionTLS12, "", "AES128-GCM-SHA256"},
		{"p256", testdata.ECDSA, tls.VersionTLS12, "", ""},
		{"rsa-pss", testdata.RSA, tls.VersionTLS13, "", ""},
		{"p256", testdata.ECDSA, tls.VersionTLS13, "", ""},
		{"p384", testdata.P384, tls.VersionTLS13, "", ""},
	} {
		t.Run(fmt.Sprintf("%s/%s", tls.VersionName(x.version), x.name), func(t *testing.T) {
			signer, err := hsm.FindKeyPair(nil, []byte(x.chain.Name))
			must(t, err)
			if signer == nil {
				t.Fatal("the key is not in the token")
			}
			if d, ok := signer.(crypto11.SignerDecrypter); ok {
				signer = decrypter{d}
			}
			key, err := ossl.NewSignerKey(signer)
			must(t, err)
			defer key.Close()
			server, err := ossl.NewCtx(ossl.TLSServerMethod())
			must(t, err)
			defer server.Close()
			server.SetMode(ossl.ModeAsync)
			must(t, errors.Join(
				server.UseCertificateChainFile(testdata.Path(x.chain.Cert)), server.UsePrivateKey(key), server.CheckPrivateKey(),
				server.SetMinProtoVersion(int(x.version)), server.SetMaxProtoVersion(int(x.version))))
			config := &tls.Config{RootCAs: pool(t, x.chain.Roots), ServerName: "localhost"}
			if x.sigalgs != "" {
				must(t, server.Set1SigalgsList(x.sigalgs))
			}
			if x.ciphers != "" {
				must(t, server.SetCipherList(x.ciphers))
				config.CipherSuites = []uint16{tls.TLS_RSA_WITH_AES_128_GCM_SHA256}
			}
			asked, err := serve(t, server, config)
			must(t, err)
			if asked != 1 {
				t.Errorf("the token was asked %d times", asked)
			}
		})
	}
}

// decrypter leaves out the length of a session key, which crypto11 does not
// take. KeyRequest.Do makes up for it.
type decrypter struct{ crypto11.SignerDecrypter }

func (d decrypter) Decrypt(rand io.Reader, msg []byte, _ crypto.DecrypterOpts) ([]byte, error) {
	return d.SignerDecrypter.Decrypt(rand, msg, &rsa.PKCS1v15DecryptOptions{}) //nolint:staticcheck // what TLS 1.2's RSA key exchange is
}

// serve shakes hands with crypto/tls and says a word.
func serve(t *testing.T, server *ossl.Ctx, config *tls.Config) (asked int, err error) {
	t.Helper()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	must(t, err)
	defer unix.Close(fds[0])
	must(t, unix.SetNonblock(fds[0], true))
	f := os.NewFile(uintptr(fds[1]), "socketpair")
	conn, err := net.FileConn(f)
	must(t, err)
	must(t, f.Close())
	must(t, conn.SetDeadline(time.Now().Add(time.Minute)))
	done := make(chan error, 1)
	go func() {
		c := tls.Client(conn, config)
		_, err := io.ReadFull(c, make([]byte, 5))
		_ = c.Close()
		done <- err
	}()
	s, err := server.NewSSL()
	must(t, err)
	defer s.Close()
	must(t, s.SetFd(fds[0]))

	// A handshake that waits for a key stays on its OS thread.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for {
		w, err := s.Accept()
		switch {
		case err != nil:
			_ = unix.Shutdown(fds[0], unix.SHUT_RDWR)
			return asked, errors.Join(err, <-done)
		case w == ossl.WantNothing:
			_, _, err := s.Write([]byte("hello"))
			return asked, errors.Join(err, <-done)
		case w == ossl.WantAsync:
			asked++
			must(t, sign(s))
		default:
			must(t, poll(fds[0], w))
		}
	}
}

// sign has the token do what the handshake asks, on a goroutine, as a program
// with other work on this thread does.
func sign(s *ossl.SSL) error {
	req, err := s.AskedKey()
	if err != nil {
		return err
	}
	done := make(chan ossl.Answer)
	var refused error
	go func() {
		data, err := req.Do(nil)
		refused = err
		done <- ossl.Answer{Data: data, Refuse: err != nil}
	}()
	answer := <-done
	return errors.Join(refused, req.DecryptErr, s.Answer(ossl.AskKey, answer))
}

func poll(fd int, w ossl.Want) error {
	events := int16(unix.POLLIN)
	if w == ossl.WantWrite {
		events = unix.POLLOUT
	}
	for {
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: events}}, 60_000)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err == nil && n == 0 {
			err = os.ErrDeadlineExceeded
		}
		return err
	}
}

func pool(t *testing.T, file string) *x509.CertPool {
	t.Helper()
	pem, err := os.ReadFile(testdata.Path(file))
	must(t, err)
	p := x509.NewCertPool()
	if !p.AppendCertsFromPEM(pem) {
		t.Fatal("no roots")
	}
	return p
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
