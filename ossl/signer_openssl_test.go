package ossl_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/sslsock/sslsock/testdata"
)

// A key that is elsewhere serves a server whose client is openssl-s_client(1).
func TestSignerServerOpenSSL(t *testing.T) {
	for _, c := range signerCases {
		t.Run(c.String(), func(t *testing.T) {
			s, count := c.signer(t)
			server := newCtx(t, byElsewhere(t, c.chain, s), c.setup)
			l, err := net.Listen("tcp", "127.0.0.1:0")
			must(t, err)
			defer l.Close()
			args := []string{
				"s_client", "-connect", l.Addr().String(), "-CAfile", testdata.Path(c.chain.Roots), "-verify_return_error",
				"-verify_hostname", "localhost", "-brief", "-no_ign_eof",
			}
			client, said := program(t, args...)
			conn, err := l.Accept()
			must(t, err)
			fd := descriptor(t, conn)
			ssl := newSSL(t, server, fd)
			must(t, onThread(func() error {
				var got []byte
				err := drive(t, fd, answered(ssl, ssl.Accept))
				if err == nil {
					if err = drive(t, fd, reader(ssl, &got, 1)); errors.Is(err, io.EOF) {
						err = nil
					}
				}
				hangUp(fd)
				return err
			}))
			if err := client.Wait(); err != nil || !strings.Contains(said.String(), "Verification: OK") {
				t.Errorf("s_client: %v\n%s", err, said)
			}
			c.asked(t, count)
		})
	}
}

// A key that is elsewhere serves a client whose server is openssl-s_server(1).
func TestSignerClientOpenSSL(t *testing.T) {
	for _, c := range signerCases {
		if !c.forClient() {
			continue
		}
		t.Run(c.String(), func(t *testing.T) {
			s, count := c.signer(t)
			client := clientCtx(t, testdata.ECDSA, byElsewhere(t, c.chain, s), only(int(c.version)))
			args := []string{
				"s_server", "-accept", "127.0.0.1:0", "-naccept", "1", "-rev", "-Verify", "3", "-verify_return_error",
				"-CAfile", testdata.Path(testdata.ClientRoots), "-cert", testdata.Path(testdata.ECDSA.Cert),
				"-cert_chain", testdata.Path(testdata.ECDSA.Cert), "-key", testdata.Path(testdata.ECDSA.Key),
			}
			if c.sigalgs != "" {
				args = append(args, "-client_sigalgs", c.sigalgs)
			}
			server, said := program(t, args...)
			conn, err := net.Dial("tcp", said.accepts(t))
			must(t, err)
			fd := descriptor(t, conn)
			ssl := newSSL(t, client, fd)
			must(t, onThread(func() error {
				var got []byte
				err := drive(t, fd, answered(ssl, ssl.Connect))
				if err == nil {
					err = drive(t, fd, writer(ssl, []byte("hello\n")))
				}
				if err == nil {
					err = drive(t, fd, reader(ssl, &got, 6))
				}
				if err == nil && string(got) != "olleh\n" {
					t.Errorf("%q came back", got)
				}
				_, _, _ = ssl.Shutdown()
				hangUp(fd)
				return err
			}))
			if err := server.Wait(); err != nil {
				t.Errorf("s_server: %v\n%s", err, said)
			}
			c.asked(t, count)
		})
	}
}

// program is a running `openssl` with nothing to read, which is killed with the
// test.
func program(t testing.TB, args ...string) (*exec.Cmd, *words) {
	t.Helper()
	path, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("no openssl program to talk to:", err)
	}
	cmd := exec.Command(path, args...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out := &words{lines: make(chan string, 1000)}
	cmd.Stdout, cmd.Stderr = out, out
	must(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	return cmd, out
}

// words are what a program says. Its whole is for after the program's end.
type words struct {
	all   bytes.Buffer
	at    int
	lines chan string
}

func (w *words) String() string { return w.all.String() }

func (w *words) Write(p []byte) (int, error) {
	n, err := w.all.Write(p)
	for {
		line, _, whole := bytes.Cut(w.all.Bytes()[w.at:], []byte("\n"))
		if !whole {
			return n, err
		}
		w.at += len(line) + 1
		select {
		case w.lines <- string(line):
		default: // nobody waits for so many
		}
	}
}

// accepts waits until s_server listens, and is where.
func (w *words) accepts(t testing.TB) string {
	t.Helper()
	late := time.After(time.Minute)
	for {
		select {
		case line := <-w.lines:
			if addr, ok := strings.CutPrefix(line, "ACCEPT "); ok {
				return addr
			}
		case <-late:
			t.Fatal("s_server does not listen")
		}
	}
}

// descriptor is a non-blocking one that is closed with the test, in place of
// conn.
func descriptor(t testing.TB, conn net.Conn) int {
	t.Helper()
	f, err := conn.(*net.TCPConn).File()
	must(t, err)
	must(t, conn.Close())
	fd, err := unix.Dup(int(f.Fd()))
	must(t, err)
	t.Cleanup(func() { _ = unix.Close(fd) })
	must(t, f.Close())
	must(t, unix.SetNonblock(fd, true))
	return fd
}
