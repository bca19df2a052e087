// Command echoserver is the port of c/echoserver.c: a TLS echo server on one
// epoll loop, with client certificates, a certificate by name (SNI), and
// session tickets.
//
//	echoserver PORT CERT KEY CLIENT-CA [NAME CERT KEY]...
//
// It prints a line for each handshake, and ends with SIGTERM.
package main

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/sslsock/sslsock/bridge"
)

func main() {
	if len(os.Args) < 5 || (len(os.Args)-5)%3 != 0 {
		fmt.Fprintln(os.Stderr, "usage: echoserver PORT CERT KEY CLIENT-CA [NAME CERT KEY]...")
		os.Exit(2)
	}
	if err := serve(os.Args[1], os.Args[2], os.Args[3], os.Args[4], os.Args[5:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// serve is C's main: contexts, listener, loop.
func serve(port, cert, key, clientCA string, names []string) error {
	cfg := config(cert, key, clientCA)
	cfg.ServerNames = make(map[string]*bridge.Config) // SSL_CTX_set_tlsext_servername_callback
	for ; len(names) > 0; names = names[3:] {
		cfg.ServerNames[names[0]] = config(names[1], names[2], clientCA)
	}
	ctx, err := cfg.NewServerCtx()
	if err != nil {
		return err
	}
	defer ctx.Close()
	loop, err := bridge.NewLoop(nil) // epoll_create1
	if err != nil {
		return err
	}
	ln, err := loop.Listen("tcp", "127.0.0.1:"+port, ctx, func(*bridge.Stream) bridge.Handler { return new(echo) })
	if err != nil {
		return err
	}
	fmt.Println("listening on", ln.Addr())

	ended, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	context.AfterFunc(ended, func() {
		patience, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_ = loop.Shutdown(patience) // what is open then is cut
	})
	return loop.Run()
}

// config is C's new_ctx. Minimum version, no renegotiation, moving write
// buffers, released buffers, the session id context and the one stateless
// ticket are what a Config does by itself.
func config(cert, key, clientCA string) *bridge.Config {
	return &bridge.Config{
		Certificates: []bridge.Certificate{{CertFile: cert, KeyFile: key}},
		ClientCAs:    bridge.Trust{File: clientCA},
		ClientAuth:   bridge.RequireClientCert,
	}
}

// echo is C's struct conn: a connection and what is left of its data. What
// SSL_get_error and epoll_ctl did in C the Loop does.
type echo struct {
	shaken bool
	rest   []byte
}

// HandshakeDone is C's report.
func (e *echo) HandshakeDone(s *bridge.Stream) {
	e.shaken = true
	state := s.ConnectionState()
	name, client, how := "-", "", "new"
	if state.ServerName != "" {
		name = state.ServerName
	}
	if len(state.PeerCertificates) > 0 {
		if peer, err := x509.ParseCertificate(state.PeerCertificates[0]); err == nil {
			client = peer.Subject.CommonName
		}
	}
	if state.Resumed {
		how = "resumed"
	}
	fmt.Printf("handshake: %s, name %s, client %s, %s\n", state.VersionName, name, client, how)
}

// Data echoes, and reads no more while the peer takes no more.
func (e *echo) Data(s *bridge.Stream, p []byte) {
	if len(e.rest) > 0 {
		e.rest = append(e.rest, p...)
		return
	}
	if n, err := s.Write(p); errors.Is(err, bridge.ErrQueueFull) {
		e.rest = append(e.rest, p[n:]...)
		s.PauseReading()
	}
}

// Writable goes on with what is left.
func (e *echo) Writable(s *bridge.Stream) {
	n, err := s.Write(e.rest)
	e.rest = append(e.rest[:0], e.rest[n:]...)
	if err == nil {
		s.ResumeReading()
	}
}

// Closed is the end of the connection; the loop has freed SSL and socket.
func (e *echo) Closed(_ *bridge.Stream, err error) {
	if !e.shaken && !errors.Is(err, io.EOF) && !errors.Is(err, net.ErrClosed) {
		fmt.Println("refused:", err)
	}
}
