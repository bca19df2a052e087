package loadgen_test

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/sslsock/sslsock/cmd/sslbench/internal/loadgen"
	"github.com/sslsock/sslsock/cmd/sslbench/internal/peers"
	"github.com/sslsock/sslsock/cmd/sslbench/internal/proc"
)

// loadOver runs the load for a moment against a server over HTTP.
func loadOver(t *testing.T, program string, handler http.HandlerFunc) (loadgen.Result, error) {
	t.Helper()
	server := httptest.NewTLSServer(handler)
	defer server.Close()
	cpus, err := proc.Processors()
	if err != nil {
		t.Fatal(err)
	}
	l, err := loadgen.Start(t.Context(), program, loadgen.Options{Mode: "http", Port: server.Listener.Addr().(*net.TCPAddr).Port,
		TLS: "1.3", Conns: 3, Size: 64, Seconds: 0.05, Timeout: 5 * time.Second}, cpus)
	if err != nil {
		return loadgen.Result{}, err
	}
	result, err := l.Run()
	if err != nil {
		return result, err
	}
	return result, l.Close()
}

func body(n int) string { return strings.Repeat("x", n) }

func TestLoadOverHTTP(t *testing.T) {
	program, err := peers.BuildLoad(t.Context(), "../..", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	result, err := loadOver(t, program, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/64" && r.Host == "localhost" {
			fmt.Fprint(w, body(64))
		}
	})
	if err != nil || result.Operations == 0 || result.Errors != 0 {
		t.Errorf("result %+v, error %v", result, err)
	}
	for name, handler := range map[string]http.HandlerFunc{
		"a short body": func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, body(63)) },
		"a long body":  func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, body(65)) },
		"another status": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusAccepted)
			fmt.Fprint(w, body(64))
		},
		"no length": func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, body(32))
			w.(http.Flusher).Flush()
			fmt.Fprint(w, body(32))
		},
	} {
		if result, err := loadOver(t, program, handler); err == nil || !strings.Contains(err.Error(), "not the one that was asked for") {
			t.Errorf("%s: result %+v, error %v", name, result, err)
		}
	}
}
