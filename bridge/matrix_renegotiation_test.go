package bridge

import (
	"bytes"
	"errors"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// TestMatrixRenegotiation has s_client ask for a renegotiation between two
// exchanges. It is refused by a warning, which s_client takes for the end:
// that it happens to be s_client which ends the connection shows in the alert
// that we get. Where a Config allows it, it goes through.
func TestMatrixRenegotiation(t *testing.T) {
	for _, server := range []struct {
		name  string
		serve func(t testing.TB, p params) (addr string, ended <-chan error)
	}{{"loop", serveLoop}, {"conn", serveConn}} {
		for _, allowed := range []bool{false, true} {
			name := map[bool]string{false: "refused", true: "allowed"}[allowed]
			t.Run(server.name+"/"+name, func(t *testing.T) {
				t.Parallel()
				p := params{chain: testdata.RSA, version: ossl.TLS1_2Version, payload: manyLines(t)}
				p.tune = func(c *Config) { c.AllowRenegotiation = allowed }
				addr, ended := server.serve(t, p)
				client := startOpenSSL(t, clientArgs(addr, p)...)
				client.until("CONNECTION ESTABLISHED")
				answered(t, client, p)
				client.tell("R\n")
				client.until("RENEGOTIATING")
				if !allowed {
					checkRefused(t, client)
					is(t, "server", soon(t, "end of the server", ended), ossl.ReasonSSLv3AlertHandshakeFailure)
					return
				}
				answered(t, client, p)
				must(t, client.in.Close())
				if code, _ := client.wait(); code != 0 {
					t.Errorf("s_client: exit code %d", code)
				}
				if err := soon(t, "end of the server", ended); err != nil && !errors.Is(err, net.ErrClosed) {
					t.Errorf("server: %v", err)
				}
			})
		}
	}
}

func checkRefused(t testing.TB, client *process) {
	t.Helper()
	code, said := client.wait()
	_, complaint, _ := strings.Cut(said, "RENEGOTIATING\n")
	// The last line of 3.6 is about its own SSL_shutdown.
	first, more, _ := strings.Cut(complaint, "\n")
	if code == 0 || more != "" && !strings.Contains(more, "shutdown while in init") || !strings.Contains(first, "no renegotiation") {
		t.Errorf("s_client: exit code %d and %q", code, complaint)
	}
}

// answered sends the payload through s_client and checks what comes back.
func answered(t testing.TB, client *process, p params) {
	t.Helper()
	client.tell(string(p.payload))
	answer := make([]byte, len(p.payload))
	_, err := io.ReadFull(client.out, answer)
	must(t, err)
	if !bytes.Equal(answer, reversed(p.payload)) {
		t.Error("s_client got another answer than was sent")
	}
}

// serveLoop answers the lines of one client.
func serveLoop(t testing.TB, p params) (string, <-chan error) {
	t.Helper()
	ctx, err := p.server().NewServerCtx()
	must(t, err)
	defer ctx.Close()
	h := newLineServer(t)
	ln, err := startLoop(t, smallLoop).Listen("tcp", "127.0.0.1:0", ctx, func(*Stream) Handler { return h })
	must(t, err)
	return ln.Addr().String(), h.closed
}

func serveConn(t testing.TB, p params) (string, <-chan error) {
	t.Helper()
	ln, err := Listen("tcp", "127.0.0.1:0", p.server())
	must(t, err)
	t.Cleanup(func() { _ = ln.Close() })
	return ln.Addr().String(), result(func() error {
		nc, err := ln.Accept()
		if err != nil {
			return err
		}
		return serveLines(nc.(*Conn))
	})
}
