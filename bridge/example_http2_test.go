package bridge_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"

	"github.com/sslsock/sslsock/bridge"
	"github.com/sslsock/sslsock/testdata"
)

// connKey is where a request's context has its *bridge.Conn.
type connKey struct{}

// HTTP/2 and HTTP/1.1 on one port. To net/http the connection is in the clear,
// for the TLS is not crypto/tls's; Request.TLS is nil, and the handler finds what
// the handshake came to in the context.
func ExampleListener_http2() {
	ln, err := bridge.Listen("tcp", "localhost:0", &bridge.Config{
		Certificates: []bridge.Certificate{{
			CertFile: testdata.Path(testdata.ECDSA.Cert),
			KeyFile:  testdata.Path(testdata.ECDSA.Key),
		}},
		ALPN: []string{"h2", "http/1.1"},
	})
	if err != nil {
		log.Fatal(err)
	}
	srv := &http.Server{
		Protocols: new(http.Protocols),
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			return context.WithValue(ctx, connKey{}, c)
		},
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			conn, _ := r.Context().Value(connKey{}).(*bridge.Conn)
			fmt.Fprintln(w, r.Proto, conn.ConnectionState().VersionName)
		}),
	}
	srv.Protocols.SetHTTP1(true)
	srv.Protocols.SetUnencryptedHTTP2(true)
	go func() { _ = srv.Serve(ln) }()
	defer srv.Close()

	roots := x509.NewCertPool()
	pem, _ := os.ReadFile(testdata.Path(testdata.ECDSA.Roots))
	roots.AppendCertsFromPEM(pem)
	for _, http2 := range []bool{false, true} {
		t := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, ServerName: "localhost"}, ForceAttemptHTTP2: http2}
		resp, err := (&http.Client{Transport: t}).Get("https://" + ln.Addr().String())
		if err != nil {
			log.Fatal(err)
		}
		_, _ = io.Copy(os.Stdout, resp.Body)
		resp.Body.Close()
		t.CloseIdleConnections()
	}
	// Output:
	// HTTP/1.1 TLSv1.3
	// HTTP/2.0 TLSv1.3
}
