package main

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"strings"
	"syscall"

	"github.com/sslsock/sslsock/bridge"
	"github.com/sslsock/sslsock/ossl"
)

// configFlags says which flag fills a field of bridge.Config. The longest
// prefix of a field's path decides.
var configFlags = map[string]string{
	"Certificates":            "--cert",
	"Certificates.KeyFile":    "--key",
	"Certificates.KeyPEM":     "--key",
	"Certificates.Passphrase": "--passphrase-file",
	"RootCAs":                 "--ca",
	"ClientCAs":               "--client-ca",
	"ClientAuth":              "--client-auth",
	"ServerName":              "--servername",
	"MinVersion":              "--min-tls",
	"MaxVersion":              "--max-tls",
	"CipherList":              "--ciphers",
	"Ciphersuites":            "--ciphersuites",
	"Groups":                  "--groups",
	"ALPN":                    "--alpn",
}

// explain turns an error of a bridge.Config into one that names the flag and
// its value.
func explain(err error) error {
	var ce *bridge.ConfigError
	if !errors.As(err, &ce) {
		return err
	}
	field := strings.ReplaceAll(ce.Field, "[0]", "")
	for flag, ok := configFlags[field]; field != ""; flag, ok = configFlags[field] {
		if ok {
			return &flagError{flag: flag, value: ce.Value, err: ce.Err}
		}
		field = field[:max(strings.LastIndexByte(field, '.'), 0)]
	}
	return err
}

// flagError is a flag with a value that does not do.
type flagError struct {
	flag, value string
	err         error
}

func (e *flagError) Error() string {
	return strings.TrimSpace(e.flag+" "+e.value) + ": " + plainReason(e.err)
}

func (e *flagError) Unwrap() error { return e.err }

// plainReason is err without the words that a user did not write: the name of
// the file, which the flag has given already, and of the C function.
func plainReason(err error) string {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err.Error()
	}
	var fe *ossl.FileError
	if errors.As(err, &fe) {
		err = fe.Err
	}
	var oe *ossl.Error
	if !errors.As(err, &oe) {
		return oneLine(err)
	}
	if oe.Errno != 0 {
		return oe.Errno.Error()
	}
	text := strings.TrimPrefix(oneLine(oe), oe.Op+": ")
	if oe.Has(ossl.ReasonPEMBadPasswordRead) {
		text += " (--passphrase-file)"
	}
	return text
}

// readable says what is wrong with the file that a flag names. An empty name
// is a flag that was not given.
func readable(flag, file string) error {
	if file == "" {
		return nil
	}
	f, err := os.Open(file)
	if err != nil {
		return &flagError{flag, file, err}
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return &flagError{flag, file, syscall.EISDIR}
	}
	return nil
}

// listenError says why nothing can listen on addr, and what to do.
func listenError(addr string, err error) error {
	hint := ""
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		hint = "; another program listens there: end it, or choose another port"
	case errors.Is(err, syscall.EACCES):
		hint = "; ports below 1024 need root, or CAP_NET_BIND_SERVICE"
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		hint = "; this machine has no such address"
	}
	return fmt.Errorf("--addr %s: %s%s", addr, cause(err), hint)
}

// cause is the innermost reason of a failed network operation.
func cause(err error) string {
	var dns *net.DNSError
	if errors.As(err, &dns) {
		return dns.Err
	}
	var op *net.OpError
	if errors.As(err, &op) {
		err = op.Err
	}
	var errno syscall.Errno
	if oe := new(ossl.Error); !errors.As(err, &oe) && errors.As(err, &errno) {
		return errno.Error()
	}
	return oneLine(err)
}

// readPassphrase is the first line of a file; "" for no file.
func readPassphrase(file string) (string, error) {
	if file == "" {
		return "", nil
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return "", &flagError{"--passphrase-file", file, err}
	}
	line, _, _ := strings.Cut(string(b), "\n")
	return strings.TrimSuffix(line, "\r"), nil
}
