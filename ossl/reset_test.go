package ossl_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

func init() {
	children["sigpipe"] = writeToReset
	children["terminal"] = loadEncrypted
}

// tcpPair is two ends of a TCP connection over loopback, which unlike a
// socketpair can be reset.
func tcpPair() (client, server int, err error) {
	l, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, -1, err
	}
	defer unix.Close(l)
	if err := errors.Join(unix.Bind(l, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}), unix.Listen(l, 1)); err != nil {
		return -1, -1, err
	}
	addr, err := unix.Getsockname(l)
	if err != nil {
		return -1, -1, err
	}
	if client, err = unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0); err != nil {
		return -1, -1, err
	}
	if err := unix.Connect(client, addr); err != nil {
		return -1, -1, err
	}
	if server, _, err = unix.Accept4(l, unix.SOCK_CLOEXEC); err != nil {
		return -1, -1, err
	}
	return client, server, errors.Join(unix.SetNonblock(client, true), unix.SetNonblock(server, true))
}

// reset closes fd so that the peer gets RST.
func reset(fd int) error {
	return errors.Join(unix.SetsockoptLinger(fd, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1}), unix.Close(fd))
}

// writeToReset writes to a peer that has reset the connection, and returns nil
// when that is ECONNRESET first and EPIPE from then on.
func writeToReset() error {
	cfd, sfd, err := tcpPair()
	if err != nil {
		return err
	}
	defer unix.Close(cfd)
	c, err := ossl.NewCtx(ossl.TLSMethod())
	if err != nil {
		return err
	}
	defer c.Close()
	s, err := c.NewSSL()
	if err != nil {
		return err
	}
	defer s.Close()
	if err := errors.Join(s.SetFd(cfd), reset(sfd)); err != nil {
		return err
	}
	_, err = s.Connect()
	fmt.Println(err)
	if !errors.Is(err, unix.ECONNRESET) && !errors.Is(err, unix.EPIPE) {
		return fmt.Errorf("the first flight: %w", err)
	}
	for range 3 {
		s, err := c.NewSSL()
		if err != nil {
			return err
		}
		defer s.Close()
		if err := s.SetFd(cfd); err != nil {
			return err
		}
		if _, err = s.Connect(); !errors.Is(err, unix.EPIPE) {
			return fmt.Errorf("not EPIPE: %w", err)
		}
		fmt.Println(err)
	}
	return nil
}

// A write to a peer that has gone is an error and never a deadly SIGPIPE, here
// and in a process that has never heard of os/signal.
func TestWriteToResetPeer(t *testing.T) {
	t.Run("here", func(t *testing.T) { must(t, writeToReset()) })
	t.Run("child", func(t *testing.T) { t.Log(runChild(t, "sigpipe", nil)) })
}

func TestReadFromResetPeer(t *testing.T) {
	cfd, sfd, err := tcpPair()
	must(t, err)
	defer unix.Close(cfd)
	client, server := newSSL(t, clientCtx(t, testdata.ECDSA), cfd), newSSL(t, serverCtx(t, testdata.ECDSA), sfd)
	client.SetConnectState()
	server.SetAcceptState()
	must(t, errors.Join(lockstep(t, client.DoHandshake, server.DoHandshake)...))
	server.Close()
	must(t, reset(sfd))
	_, _, err = client.Read(make([]byte, 1))
	wantErr(t, err, unix.ECONNRESET)
	var e *ossl.Error
	if !errors.As(err, &e) || e.Code != ossl.ErrorSyscall || e.Errno != unix.ECONNRESET || e.Op != "SSL_read" {
		t.Errorf("%+v", e)
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		t.Error("a reset is no end of file")
	}
}

// loadEncrypted tries every way to load an encrypted key without its
// passphrase. Its terminal has the passphrase ready to be read.
func loadEncrypted() error {
	for _, name := range []string{testdata.Keys.EncryptedPKCS8, testdata.Keys.EncryptedLegacy} {
		c, err := ossl.NewCtx(ossl.TLSMethod())
		if err != nil {
			return err
		}
		defer c.Close()
		pem, err := os.ReadFile(testdata.Path(name))
		if err != nil {
			return err
		}
		_, err = ossl.PEMReadBioPrivateKey(pem, "")
		fileErr := c.UsePrivateKeyFile(testdata.Path(name), ossl.FiletypePEM)
		for _, err := range []error{err, fileErr} {
			fmt.Println(err)
			if !errors.Is(err, ossl.ReasonPEMBadPasswordRead) {
				return fmt.Errorf("%s: not ReasonPEMBadPasswordRead: %w", name, err)
			}
		}
	}
	// Certificates can be encrypted by the same rules, and nobody does it.
	c, err := ossl.NewCtx(ossl.TLSMethod())
	if err != nil {
		return err
	}
	defer c.Close()
	file, err := encryptedCert()
	if err != nil {
		return err
	}
	defer os.Remove(file)
	pem, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	st, err := ossl.NewStore()
	if err != nil {
		return err
	}
	defer st.Close()
	_, readErr := ossl.PEMReadBioX509(pem)
	_, addErr := st.AddPEM(pem)
	for i, err := range []error{
		readErr, addErr, st.LoadFile(file), c.UseCertificateChainPEM(pem), c.UseCertificateChainFile(file),
		c.UseCertificateFile(file, ossl.FiletypePEM), c.LoadVerifyFile(file), c.LoadClientCAFile(file),
	} {
		fmt.Println(err)
		if err == nil {
			return fmt.Errorf("loader %d took an encrypted certificate", i)
		}
	}
	return nil
}

// encryptedCert is the encrypted legacy key under another label.
func encryptedCert() (string, error) {
	pem, err := os.ReadFile(testdata.Path(testdata.Keys.EncryptedLegacy))
	if err != nil {
		return "", err
	}
	f, err := os.CreateTemp("", "encrypted-*.pem")
	if err != nil {
		return "", err
	}
	_, err = f.Write(relabel(pem))
	return f.Name(), errors.Join(err, f.Close())
}

func relabel(pem []byte) []byte {
	return []byte(strings.ReplaceAll(string(pem), "RSA PRIVATE KEY", "CERTIFICATE"))
}

// An encrypted file without its passphrase is an error; nobody asks the
// terminal, which here is a pseudo terminal with the answer already typed.
func TestNoTerminalPrompt(t *testing.T) {
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skip("no pseudo terminals here:", err)
	}
	defer master.Close()
	must(t, unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0))
	n, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	must(t, err)
	slave, err := os.OpenFile("/dev/pts/"+strconv.Itoa(n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skip("no pseudo terminals here:", err)
	}
	defer slave.Close()
	typed := ""
	for range 20 {
		typed += testdata.Passphrase + "\n"
	}
	_, err = master.WriteString(typed)
	must(t, err)
	t.Log(runChild(t, "terminal", func(cmd *exec.Cmd) {
		cmd.Stdin = slave
		cmd.SysProcAttr = &unix.SysProcAttr{Setsid: true, Setctty: true, Ctty: 0}
	}))
	left, err := unix.IoctlGetInt(int(slave.Fd()), unix.TIOCINQ)
	must(t, err)
	if left != len(typed) {
		t.Errorf("of %d bytes typed %d are left: something read the terminal", len(typed), left)
	}
}

// A system call that a signal interrupts is no error: the operation wants the
// same again. Only blocking sockets with a timeout can be interrupted at all.
func TestInterruptedSyscall(t *testing.T) {
	fd, _ := socketpair(t)
	must(t, unix.SetNonblock(fd, false))
	must(t, unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &unix.Timeval{Sec: 20}))
	s := newSSL(t, serverCtx(t, testdata.ECDSA), fd)
	tid := make(chan int)
	type outcome struct {
		w   ossl.Want
		err error
	}
	done := make(chan outcome)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		tid <- unix.Gettid()
		w, err := s.Accept()
		done <- outcome{w, err}
	}()
	thread := <-tid
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for begun := time.Now(); ; {
		select {
		case o := <-done:
			if o.w != ossl.WantRead || o.err != nil {
				t.Errorf("Accept: %v, %v", o.w, o.err)
			}
			if time.Since(begun) > 15*time.Second {
				t.Error("the timeout came first: the test shows nothing")
			}
			return
		case <-tick.C:
			must(t, unix.Tgkill(os.Getpid(), thread, unix.SIGURG)) // what the Go scheduler sends all the time
		}
	}
}
