// Sample is a program as it was written for github.com/spacemonkeygo/openssl: an
// HTTPS server and its clients, with virtual hosts, tickets and client
// certificates. It compiles against the original's fork as it is, and prints the
// same there.
package main

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/spacemonkeygo/openssl"
)

func main() {
	if err := run(os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func run(out io.Writer) error {
	ids, err := newIdentities()
	if err != nil {
		return err
	}
	addr, stop, err := serve(ids)
	if err != nil {
		return err
	}
	defer stop()
	for _, visit := range []struct {
		what string
		f    func(io.Writer, *identities, string) error
	}{
		{"HTTPS", overHTTPS}, {"SNI", byName}, {"tickets", resumed}, {"client certificates", withCertificate}, {"net.Pipe", overPipe},
		{"digests and ciphers", digests},
	} {
		fmt.Fprintf(out, "%s:\n", visit.what)
		if err := visit.f(out, ids, addr); err != nil {
			return fmt.Errorf("%s: %w", visit.what, err)
		}
	}
	return nil
}

// serve answers HTTP on a port of its own until stop.
func serve(ids *identities) (addr string, stop func(), err error) {
	ctx, err := serverCtx(ids)
	if err != nil {
		return "", nil, err
	}
	l, err := openssl.Listen("tcp", "127.0.0.1:0", ctx)
	if err != nil {
		return "", nil, err
	}
	srv := &http.Server{Handler: http.HandlerFunc(hello), ReadHeaderTimeout: 20 * time.Second}
	done := make(chan struct{})
	go func() { defer close(done); _ = srv.Serve(l) }()
	return l.Addr().String(), func() { _ = srv.Close(); <-done }, nil
}

// serverCtx is a server with two names, its own tickets, and a callback that
// looks at client certificates.
func serverCtx(ids *identities) (*openssl.Ctx, error) {
	main, err := ids.ctx("one.example")
	if err != nil {
		return nil, err
	}
	other, err := ids.ctx("two.example")
	if err != nil {
		return nil, err
	}
	main.SetTicketStore(ticketStore())
	main.SetVerify(openssl.VerifyPeer, func(ok bool, store *openssl.CertificateStoreCtx) bool {
		return ok && store.GetCurrentCert() != nil
	})
	main.SetTLSExtServernameCallback(func(ssl *openssl.SSL) openssl.SSLTLSExtErr {
		switch ssl.GetServername() {
		case "two.example":
			ssl.SetSSLCtx(other)
		case "refused.example":
			return openssl.SSLTLSEXTErrAlertFatal
		}
		return openssl.SSLTLSExtErrOK
	})
	return main, nil
}

func hello(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	fmt.Fprintf(w, "%s %s, %d bytes", r.Method, r.URL.Path, len(body))
}

// overHTTPS is net/http's client over a connection of this package.
func overHTTPS(out io.Writer, ids *identities, addr string) error {
	ctx, err := ids.client("")
	if err != nil {
		return err
	}
	transport := &http.Transport{DialTLS: func(network, _ string) (net.Conn, error) { //nolint:staticcheck // as it was written
		return dial(ctx, network, addr, "one.example", nil)
	}}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport}
	for _, size := range []int{0, 1000, 200_000} {
		resp, err := client.Post("https://one.example/path", "text/plain", strings.NewReader(strings.Repeat("x", size)))
		if err != nil {
			return err
		}
		body, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "  %s: %s\n", resp.Status, body)
	}
	return nil
}
