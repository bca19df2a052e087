package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/sslsock/sslsock/testdata"
)

func TestCertificatesByName(t *testing.T) {
	names := map[string]testdata.Chain{"a.example": testdata.SNI.A, "b.example": testdata.SNI.B}
	var asked atomic.Int32
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		chain, ok := names[strings.TrimPrefix(r.URL.Path, "/")]
		if !ok {
			http.NotFound(w, r)
			return
		}
		for _, file := range []string{chain.Cert, chain.Key} {
			pem, err := os.ReadFile(testdata.Path(file))
			if err != nil {
				t.Error(err)
			}
			_, _ = w.Write(pem)
		}
	}))
	defer service.Close()
	ctx, cancel := context.WithCancel(t.Context())
	at, ended := make(chan string, 1), make(chan error, 1)
	go func() { ended <- serve(ctx, "127.0.0.1:0", service.URL, func(a string) { at <- a }) }()
	addr := <-at
	roots := x509.NewCertPool()
	pem, err := os.ReadFile(testdata.Path(testdata.SNI.A.Roots))
	if err != nil {
		t.Fatal(err)
	}
	roots.AppendCertsFromPEM(pem)
	for _, name := range []string{"a.example", "b.example", "a.example"} {
		c, err := tls.Dial("tcp", addr, &tls.Config{RootCAs: roots, ServerName: name})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if _, err := c.Write([]byte("hello")); err != nil {
			t.Error(err)
		}
		if _, err := io.ReadFull(c, make([]byte, 5)); err != nil {
			t.Error(err)
		}
		_ = c.Close()
	}
	if n := asked.Load(); n != 2 {
		t.Errorf("the service was asked %d times for two names", n)
	}
	if _, err := tls.Dial("tcp", addr, &tls.Config{RootCAs: roots, ServerName: "c.example"}); err == nil {
		t.Error("served a name that the service does not have")
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
