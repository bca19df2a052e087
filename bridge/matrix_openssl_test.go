package bridge

import (
	"bufio"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// opensslEndpoint is openssl-s_server(1) and openssl-s_client(1), as processes.
type opensslEndpoint struct{}

func (opensslEndpoint) serve(t testing.TB, p params) (string, func() []outcome) {
	t.Helper()
	// The program takes the leaf and the other certificates by two options.
	_, others := splitChain(t, p.chain)
	rest := filepath.Join(t.TempDir(), "chain.pem")
	must(t, os.WriteFile(rest, others, 0o600))
	server := startOpenSSL(t, "s_server", "-accept", "127.0.0.1:0", "-naccept", strconv.Itoa(p.connections), "-rev", versionFlag(p.version),
		"-cert", testdata.Path(p.chain.Cert), "-key", testdata.Path(p.chain.Key), "-cert_chain", rest)
	addr := listens(t, server)
	return addr, func() []outcome {
		t.Helper()
		code, said := server.wait()
		if code != 0 {
			t.Errorf("server: exit code %d", code)
		}
		// It says so only after a close_notify.
		if n := strings.Count(said, "CONNECTION CLOSED"); n != p.connections {
			t.Errorf("server: %d of %d connections were closed in order", n, p.connections)
		}
		return summaries(said)
	}
}

// listens waits until s_server listens, and returns where.
func listens(t testing.TB, server *process) string {
	t.Helper()
	out := bufio.NewReader(server.out)
	for {
		line, err := out.ReadString('\n')
		if err != nil {
			t.Fatalf("s_server does not listen: %v", err)
		}
		if addr, ok := strings.CutPrefix(line, "ACCEPT "); ok {
			return strings.TrimSpace(addr)
		}
	}
}

func (opensslEndpoint) connect(t testing.TB, addr string, p params, session any) outcome {
	t.Helper()
	next := filepath.Join(t.TempDir(), "session.pem")
	args := append(clientArgs(addr, p), "-nocommands", "-sess_out", next)
	if session != nil {
		args = append(args, "-sess_in", session.(string))
	}
	client := startOpenSSL(t, args...)
	_, err := client.in.Write(p.payload)
	must(t, err)
	answer := make([]byte, len(p.payload))
	if n, err := io.ReadFull(client.out, answer); err != nil {
		t.Fatalf("s_client: %v after %d bytes", err, n)
	}
	must(t, client.in.Close())
	if more, err := io.ReadAll(client.out); len(more) > 0 || err != nil {
		t.Errorf("s_client: %d more bytes, %v", len(more), err)
	}
	code, said := client.wait()
	if code != 0 {
		t.Errorf("s_client: exit code %d", code)
	}
	if !strings.Contains(said, "Verification: OK") {
		t.Error("s_client has not verified the server")
	}
	list := summaries(said)
	if len(list) != 1 {
		t.Fatalf("s_client made %d connections", len(list))
	}
	o := list[0]
	o.answer, o.session = answer, next
	return o
}

// clientArgs is an s_client that verifies, that passes standard input and
// output through as they are, and that says goodbye at the end of its input.
// An address that begins with "unix:" is a socket's path.
func clientArgs(addr string, p params) []string {
	option := "-connect"
	if path, ok := strings.CutPrefix(addr, "unix:"); ok {
		option, addr = "-unix", path
	}
	return []string{
		"s_client", option, addr, "-servername", "localhost", versionFlag(p.version),
		"-CAfile", testdata.Path(p.chain.Roots), "-verify_hostname", "localhost", "-verify_return_error",
		"-brief", "-no_ign_eof",
	}
}

func versionFlag(version int) string {
	if version == ossl.TLS1_2Version {
		return "-tls1_2"
	}
	return "-tls1_3"
}

// summaries are the connections that the programs tell of.
func summaries(said string) (list []outcome) {
	for line := range strings.Lines(said) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		last := len(list) - 1
		switch {
		case name == "CONNECTION ESTABLISHED":
			list = append(list, outcome{})
		case last < 0:
		case name == "Protocol version":
			list[last].version = map[string]int{"TLSv1.2": ossl.TLS1_2Version, "TLSv1.3": ossl.TLS1_3Version}[value]
		case name == "Ciphersuite":
			list[last].cipher = value
		}
	}
	return list
}
