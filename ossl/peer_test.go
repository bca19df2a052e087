package ossl_test

import (
	"crypto/tls"
	"net"
	"os"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// goClient shakes hands with server as crypto/tls does and hands over what it
// says about the result.
func goClient(t *testing.T, server *ossl.Ctx, config *tls.Config) (tls.ConnectionState, error, error) {
	t.Helper()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	must(t, err)
	must(t, unix.SetNonblock(fds[0], true))
	f := os.NewFile(uintptr(fds[1]), "socketpair")
	conn, err := net.FileConn(f)
	must(t, err)
	must(t, f.Close())
	s := newSSL(t, server, fds[0])
	defer unix.Close(fds[0])
	config.InsecureSkipVerify = true
	client := tls.Client(conn, config)
	defer client.Close()
	done := make(chan error, 1)
	go func() { done <- client.Handshake() }()
	serr := drive(t, fds[0], s.Accept)
	if serr != nil {
		hangUp(fds[0])
	}
	cerr := <-done
	return client.ConnectionState(), cerr, serr
}

// drive runs f until it has finished, and waits with poll(2) for what it
// wants.
func drive(t testing.TB, fd int, f step) error {
	t.Helper()
	for {
		w, err := f()
		if w == ossl.WantNothing {
			return err
		}
		if err := wait(fd, w); err != nil {
			return err
		}
	}
}

func wait(fd int, w ossl.Want) error {
	events := map[ossl.Want]int16{ossl.WantRead: unix.POLLIN, ossl.WantWrite: unix.POLLOUT}[w]
	for {
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: events}}, 20_000)
		if err == unix.EINTR {
			continue
		}
		if err == nil && n == 0 {
			err = os.ErrDeadlineExceeded
		}
		return err
	}
}

// requestedCAs is the number of CA names in the server's CertificateRequest.
func requestedCAs(t *testing.T, server *ossl.Ctx) (n int) {
	t.Helper()
	cert, err := tls.LoadX509KeyPair(testdata.Path(testdata.Client.ECDSA.Cert), testdata.Path(testdata.Client.ECDSA.Key))
	must(t, err)
	_, cerr, serr := goClient(t, server, &tls.Config{
		MaxVersion: tls.VersionTLS12,
		GetClientCertificate: func(r *tls.CertificateRequestInfo) (*tls.Certificate, error) {
			n = len(r.AcceptableCAs)
			return &cert, nil
		},
	})
	must(t, cerr)
	must(t, serr)
	return n
}
