package main

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/sslsock/sslsock/ossl"
)

func checkTrust() check {
	file, dirs := trustPlaces()
	inFile, inDirs := certsInFile(file), 0
	for _, dir := range filepath.SplitList(dirs) {
		inDirs += certsInDir(dir)
	}
	c := check{
		ID: "trust", Name: "trusted CAs", Status: statusOK,
		Data: map[string]any{"file": file, "file_certificates": inFile, "dir": dirs, "dir_certificates": inDirs},
	}
	var found []string
	if inFile > 0 {
		found = append(found, fmt.Sprintf("%s in %s", plural(inFile, "certificate"), file))
	}
	if inDirs > 0 {
		found = append(found, fmt.Sprintf("%d in %s", inDirs, dirs))
	}
	c.Value = strings.Join(found, ", ")
	if len(found) == 0 {
		c.Status, c.Value = statusWarn, fmt.Sprintf("none, neither in %s nor in %s", file, dirs)
		c.Hint = "public servers cannot be verified: " + install(packages{
			debian: "ca-certificates", fedora: "ca-certificates", alpine: "ca-certificates", arch: "ca-certificates", suse: "ca-certificates-mozilla",
		})
	}
	return c
}

// trustPlaces is where OpenSSL looks for trusted certificates.
func trustPlaces() (file, dirs string) {
	file, dirs = ossl.DefaultCertFile(), ossl.DefaultCertDir()
	if env := os.Getenv(ossl.DefaultCertFileEnv()); env != "" {
		file = env
	}
	if env := os.Getenv(ossl.DefaultCertDirEnv()); env != "" {
		dirs = env
	}
	return file, dirs
}

func certsInFile(name string) int {
	b, err := os.ReadFile(name)
	if err != nil {
		return 0
	}
	return bytes.Count(b, []byte("-----BEGIN CERTIFICATE-----")) + bytes.Count(b, []byte("-----BEGIN TRUSTED CERTIFICATE-----"))
}

// hashedName is how openssl-rehash(1) names what libcrypto is to find.
var hashedName = regexp.MustCompile(`^[0-9a-f]{8}\.[0-9]+$`)

func certsInDir(name string) int {
	entries, err := os.ReadDir(name)
	if err != nil {
		return 0
	}
	n := 0
	for _, e := range entries {
		if hashedName.MatchString(e.Name()) {
			n++
		}
	}
	return n
}

func checkEntropy() check {
	var b [32]byte
	_, err := unix.Getrandom(b[:], unix.GRND_NONBLOCK)
	c := check{
		ID: "entropy", Name: "entropy", Status: statusOK, Value: "the random generator is seeded (" + ossl.SeedSource() + ")",
		Data: map[string]any{"seeded": ossl.RandStatus(), "getrandom": err == nil},
	}
	if err != nil {
		c.Status, c.Value = statusWarn, c.Value+", but getrandom: "+reason(err)
		c.Hint = "the kernel has not gathered enough entropy since boot, or a sandbox forbids getrandom(2)"
	}
	if !ossl.RandStatus() {
		c.Status, c.Value = statusFail, "OpenSSL's random generator cannot be seeded"
		c.Hint = "getrandom(2) or /dev/urandom must be reachable from here"
		if err == nil {
			c.Hint = "the kernel has entropy, so a policy forbids the generator: see the failures above"
		}
	}
	return c
}

func checkKTLS() check {
	built := ossl.HasKTLS()
	kernel := kernelTLS()
	c := check{
		ID: "ktls", Name: "kernel TLS", Status: statusOK, Value: "available",
		Data: map[string]any{"libssl": built, "kernel": kernel == nil},
	}
	switch {
	case !built:
		c.Status, c.Value = statusInfo, "not available: this libssl was built without it (OPENSSL_NO_KTLS)"
	case errors.Is(kernel, syscall.ENOENT):
		c.Status, c.Value = statusInfo, "not available: the kernel's module tls is not loaded; if you need it: modprobe tls, as root on the host"
	case kernel != nil:
		c.Status, c.Value = statusInfo, "not available: TCP_ULP: "+reason(kernel)
	}
	return c
}

// kernelTLS asks the kernel, on a connection of our own with ourselves, for
// its TLS: nil when it has it.
func kernelTLS() error {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer ln.Close()
	nc, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		return err
	}
	defer nc.Close()
	raw, err := nc.(*net.TCPConn).SyscallConn()
	if err != nil {
		return err
	}
	var ulp error
	err = raw.Control(func(fd uintptr) { ulp = unix.SetsockoptString(int(fd), unix.IPPROTO_TCP, unix.TCP_ULP, "tls") })
	return errors.Join(err, ulp)
}

func checkEpoll() check {
	c := check{ID: "epoll", Name: "epoll", Status: statusOK, Value: "available"}
	fd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		c.Status, c.Value = statusFail, "epoll_create1: "+reason(err)
		c.Hint = "bridge.Loop needs epoll; a sandbox may forbid it"
		return c
	}
	defer unix.Close(fd)
	event, err := unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
	if err == nil {
		defer unix.Close(event)
		err = unix.EpollCtl(fd, unix.EPOLL_CTL_ADD, event, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(event)})
	}
	if err != nil {
		c.Status, c.Value = statusFail, "eventfd in epoll: "+reason(err)
	}
	return c
}

// fewFiles is where a server runs out of connections before it runs out of
// anything else.
const fewFiles = 4096

func checkFiles() check {
	c := check{ID: "files", Name: "open files", Status: statusOK}
	var lim unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &lim); err != nil {
		c.Status, c.Value = statusWarn, "getrlimit: "+reason(err)
		return c
	}
	c.Value = fmt.Sprintf("%d at most (hard limit %d), one for each connection", lim.Cur, lim.Max)
	c.Data = map[string]any{"soft": lim.Cur, "hard": lim.Max}
	if lim.Cur < fewFiles {
		c.Status, c.Hint = statusWarn, "raise it for servers: ulimit -n 65536, or LimitNOFILE= in the systemd unit"
	}
	return c
}

// reason is what the system said, without the operation and the path.
func reason(err error) string {
	var errno syscall.Errno
	if errors.As(err, &errno) {
		return errno.Error()
	}
	return err.Error()
}

// packages names the package of each family of distributions.
type packages struct{ debian, fedora, alpine, arch, suse string }

// install says how to install p on this machine, or on the usual ones where
// this one is unknown.
func install(p packages) string {
	b, _ := os.ReadFile("/etc/os-release")
	like := ""
	for line := range strings.Lines(string(b)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		if name == "ID" || name == "ID_LIKE" {
			like += " " + strings.Trim(value, `"'`)
		}
	}
	for _, family := range []struct{ word, command string }{
		{"debian", "apt-get install " + p.debian}, {"ubuntu", "apt-get install " + p.debian},
		{"fedora", "dnf install " + p.fedora}, {"rhel", "dnf install " + p.fedora},
		{"alpine", "apk add " + p.alpine}, {"arch", "pacman -S " + p.arch}, {"suse", "zypper install " + p.suse},
	} {
		if strings.Contains(like, family.word) {
			return family.command
		}
	}
	return fmt.Sprintf("apt-get install %s (Debian), dnf install %s (Fedora), apk add %s (Alpine)", p.debian, p.fedora, p.alpine)
}
