package bridge_test

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"

	"github.com/sslsock/sslsock/bridge"
	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// A server that echoes, and a client that verifies it.
func ExampleListen() {
	ln, err := bridge.Listen("tcp", "127.0.0.1:0", &bridge.Config{
		Certificates: []bridge.Certificate{{
			CertFile: testdata.Path(testdata.ECDSA.Cert),
			KeyFile:  testdata.Path(testdata.ECDSA.Key),
		}},
	})
	if err != nil {
		log.Fatal(err)
	}
	go func() {
		defer ln.Close()
		conn, err := ln.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		_, _ = io.Copy(conn, conn)
	}()

	conn, err := bridge.Dial("tcp", ln.Addr().String(), &bridge.Config{
		RootCAs: bridge.Trust{File: testdata.Path(testdata.ECDSA.Roots)},
	})
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()
	fmt.Println(conn.ConnectionState().VersionName)
	fmt.Fprint(conn, "Hello, world!")
	_ = conn.CloseWrite()
	echo, err := io.ReadAll(conn)
	fmt.Println(string(echo), err)
	// Output:
	// TLSv1.3
	// Hello, world! <nil>
}

// HTTPS by OpenSSL, on both sides of net/http.
func ExampleDialer() {
	ln, err := bridge.Listen("tcp", "localhost:0", &bridge.Config{
		Certificates: []bridge.Certificate{{
			CertFile: testdata.Path(testdata.RSA.Cert),
			KeyFile:  testdata.Path(testdata.RSA.Key),
		}},
	})
	if err != nil {
		log.Fatal(err)
	}
	srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(w, "path:", r.URL.Path)
	})}
	defer srv.Close()
	go func() { _ = srv.Serve(ln) }()

	dialer := &bridge.Dialer{Config: &bridge.Config{
		RootCAs: bridge.Trust{File: testdata.Path(testdata.RSA.Roots)},
	}}
	defer dialer.Close()
	client := &http.Client{Transport: &http.Transport{DialTLSContext: dialer.DialContext}}
	defer client.CloseIdleConnections()
	_, port, _ := net.SplitHostPort(ln.Addr().String())
	resp, err := client.Get("https://localhost:" + port + "/hello")
	if err != nil {
		log.Fatal(err)
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	fmt.Print(string(body))
	// Output: path: /hello
}

// A Ctx may be set further than Config goes, and then shared by connections.
func ExampleClient() {
	ctx, err := (&bridge.Config{
		RootCAs:    bridge.Trust{File: testdata.Path(testdata.Ed25519.Roots)},
		MinVersion: ossl.TLS1_3Version,
	}).NewClientCtx()
	if err != nil {
		log.Fatal(err)
	}
	defer ctx.Close()
	ctx.SetSessionCacheMode(ossl.SessCacheClient)

	ln, err := bridge.Listen("tcp", "127.0.0.1:0", &bridge.Config{
		Certificates: []bridge.Certificate{{
			CertFile: testdata.Path(testdata.Ed25519.Cert),
			KeyFile:  testdata.Path(testdata.Ed25519.Key),
		}},
	})
	if err != nil {
		log.Fatal(err)
	}
	defer ln.Close()
	go func() {
		if conn, err := ln.Accept(); err == nil {
			_, _ = io.WriteString(conn, "Hello, world!")
			_ = conn.Close()
		}
	}()

	socket, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		log.Fatal(err)
	}
	conn, err := bridge.Client(socket, ctx, &bridge.ClientOptions{ServerName: "localhost"})
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()
	greeting, err := io.ReadAll(conn)
	fmt.Println(string(greeting), err, conn.ConnectionState().PeerSignature)
	// Output: Hello, world! <nil> ed25519
}
