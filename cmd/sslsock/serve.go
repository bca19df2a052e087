package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"github.com/sslsock/sslsock/bridge"
	"github.com/sslsock/sslsock/cmd/sslsock/internal/selfcert"
)

// serveFlags is what the command line of serve says.
type serveFlags struct {
	addr                             string
	cert, key, passFile              string
	mode                             choice
	echo, sink, source, www          bool
	loops                            int
	minTLS, maxTLS                   *version
	ciphers, suites, groups, alpn    string
	clientCA                         string
	clientAuth                       choice
	handshake, idle, write, graceful time.Duration
	verbose, json                    bool
}

// what the server does with its connections.
const (
	doEcho   = "echo"
	doSink   = "sink"
	doSource = "source"
	doWWW    = "www"
)

func newServe() *cobra.Command {
	f := &serveFlags{
		mode:       choice{"loop", []string{"loop", "conn"}},
		clientAuth: choice{"", []string{"request", "require"}},
		minTLS:     anyVersion(), maxTLS: anyVersion(),
	}
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run a TLS server: echo, sink, source, or a web page about the connection",
		Long: `serve listens with OpenSSL and does one thing with every connection:

  --echo     sends back what it gets (the default)
  --sink     reads and drops
  --source   writes zeros until the peer closes
  --www      answers any HTTP/1.1 request with what was negotiated, as text

In mode loop one goroutine drives all connections over epoll (bridge.Loop), and with
--loops several do, sharing the port. In mode conn each connection is a net.Conn
(bridge.Listener), and --www runs under net/http.

Without --cert it makes a self-signed certificate in memory, for tries only. Peers that
speak no TLS, or break off, end their own connection and no other; -v tells of each.
SIGINT and SIGTERM end it in good order: no new connections, close_notify to the rest.`,
		Example: `  sslsock serve --www
  sslsock serve --addr :8443 --cert cert.pem --key key.pem --www --mode conn
  sslsock serve --addr :8443 --cert cert.pem --key key.pem --echo --loops 4
  sslsock serve --cert cert.pem --key key.pem --client-ca clients.pem --client-auth require
  sslsock serve --max-tls 1.2 --ciphers ECDHE+AESGCM --groups P-256`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return f.run(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	f.register(cmd)
	return cmd
}

func (f *serveFlags) register(cmd *cobra.Command) {
	fl := cmd.Flags()
	fl.StringVar(&f.addr, "addr", "127.0.0.1:8443", "`HOST:PORT` to listen on; port 0 takes a free one")
	fl.StringVar(&f.cert, "cert", "", "PEM `FILE` with the certificate and then its chain")
	fl.StringVar(&f.key, "key", "", "PEM `FILE` with the key (default: in --cert)")
	fl.StringVar(&f.passFile, "passphrase-file", "", "`FILE` whose first line opens an encrypted key")
	varFlag(cmd, &f.mode, "mode", "what drives the connections", f.mode.of)
	fl.BoolVar(&f.echo, doEcho, false, "send back what comes (default)")
	fl.BoolVar(&f.sink, doSink, false, "read and drop")
	fl.BoolVar(&f.source, doSource, false, "write zeros until the peer closes")
	fl.BoolVar(&f.www, doWWW, false, "answer HTTP/1.1 with the state of the connection")
	fl.IntVar(&f.loops, "loops", 1, "epoll loops that share the port (mode loop)")
	varFlag(cmd, f.minTLS, "min-tls", "oldest TLS version (default 1.2); 1.0 and 1.1 are broken and need --ciphers DEFAULT@SECLEVEL=0 too", f.minTLS.of)
	varFlag(cmd, f.maxTLS, "max-tls", "newest TLS version", f.maxTLS.of)
	fl.StringVar(&f.ciphers, "ciphers", "", "cipher `LIST` for TLS 1.2 and below, as in openssl-ciphers(1)")
	fl.StringVar(&f.suites, "ciphersuites", "", "cipher suites for TLS 1.3, a `LIST` separated by colons")
	fl.StringVar(&f.groups, "groups", "", "key exchange groups, a `LIST` such as X25519:P-256")
	fl.StringVar(&f.alpn, "alpn", "", "ALPN protocols, a `LIST` separated by commas, the preferred one first")
	fl.StringVar(&f.clientCA, "client-ca", "", "PEM `FILE` with the CAs of client certificates")
	varFlag(cmd, &f.clientAuth, "client-auth", "ask for client certificates (default: require, with --client-ca)", f.clientAuth.of)
	fl.DurationVar(&f.handshake, "handshake-timeout", 10*time.Second, "longest handshake")
	fl.DurationVar(&f.idle, "idle-timeout", 0, "end connections on which nothing moved for this long; 0 never does")
	fl.DurationVar(&f.write, "write-timeout", 0, "end connections whose peer takes nothing for this long; 0 never does")
	fl.DurationVar(&f.graceful, "shutdown-timeout", 5*time.Second, "how long SIGTERM waits for connections to end")
	fl.BoolVarP(&f.verbose, "verbose", "v", false, "log every connection")
	fl.BoolVar(&f.json, "json", false, "log as JSON lines")
}

// check says what cannot be, before anything is opened.
func (f *serveFlags) check() error {
	if err := checkAddr("--addr", f.addr); err != nil {
		return err
	}
	switch {
	case f.loops < 1 || f.loops > 1024:
		return fmt.Errorf("--loops %d: must be from 1 to 1024", f.loops)
	case f.loops > 1 && f.mode.value != "loop":
		return fmt.Errorf("--loops %d: only mode loop has loops; the runtime spreads mode conn by itself", f.loops)
	case f.key != "" && f.cert == "":
		return fmt.Errorf("--key %s: without --cert there is nothing that the key could belong to", f.key)
	case f.clientAuth.value != "" && f.clientCA == "":
		return fmt.Errorf("--client-auth %s: needs --client-ca to verify against", f.clientAuth.value)
	case f.minTLS.number != 0 && f.maxTLS.number != 0 && f.minTLS.number > f.maxTLS.number:
		return fmt.Errorf("--min-tls %s: is above --max-tls %s", f.minTLS, f.maxTLS)
	}
	for _, d := range []struct {
		flag string
		d    time.Duration
	}{{"--handshake-timeout", f.handshake}, {"--idle-timeout", f.idle}, {"--write-timeout", f.write}, {"--shutdown-timeout", f.graceful}} {
		if d.d < 0 {
			return fmt.Errorf("%s %v: must not be negative", d.flag, d.d)
		}
	}
	if _, err := f.behaviour(); err != nil {
		return err
	}
	for _, file := range []struct{ flag, name string }{{"--cert", f.cert}, {"--key", f.key}, {"--client-ca", f.clientCA}} {
		if err := readable(file.flag, file.name); err != nil {
			return err
		}
	}
	return nil
}

func (f *serveFlags) behaviour() (string, error) {
	chosen := ""
	for _, b := range []struct {
		name string
		on   bool
	}{{doEcho, f.echo}, {doSink, f.sink}, {doSource, f.source}, {doWWW, f.www}} {
		switch {
		case b.on && chosen != "":
			return "", fmt.Errorf("--%s and --%s: a server does one of them", chosen, b.name)
		case b.on:
			chosen = b.name
		}
	}
	if chosen == "" {
		chosen = doEcho
	}
	return chosen, nil
}

// config is the bridge.Config that the flags ask for.
func (f *serveFlags) config(do string, stderr io.Writer) (*bridge.Config, error) {
	cfg := &bridge.Config{
		MinVersion: f.minTLS.number, MaxVersion: f.maxTLS.number,
		CipherList: f.ciphers, Ciphersuites: f.suites, Groups: f.groups,
		ALPN: splitList(f.alpn),
	}
	if do == doWWW && f.alpn == "" {
		cfg.ALPN = []string{"http/1.1"}
	}
	if f.clientCA != "" {
		cfg.ClientCAs, cfg.ClientAuth = bridge.Trust{File: f.clientCA}, bridge.RequireClientCert
		if f.clientAuth.value == "request" {
			cfg.ClientAuth = bridge.RequestClientCert
		}
	}
	if f.cert != "" {
		pass, err := readPassphrase(f.passFile)
		if err != nil {
			return nil, err
		}
		cfg.Certificates = []bridge.Certificate{{CertFile: f.cert, KeyFile: f.key, Passphrase: pass}}
		return cfg, nil
	}
	hosts := serverHosts(f.addr)
	own, err := selfcert.SelfSigned(hosts...)
	if err != nil {
		return nil, fmt.Errorf("making a certificate: %w", err)
	}
	fmt.Fprintf(stderr, "warning: no --cert, so this server has a self-signed certificate for %s that nobody trusts\n", orList(hosts))
	cfg.Certificates = []bridge.Certificate{{CertPEM: own.Cert, KeyPEM: own.Key}}
	return cfg, nil
}

// serverHosts is what a certificate for a server on addr should be for.
func serverHosts(addr string) []string {
	hosts := []string{"localhost", "127.0.0.1", "::1"}
	host, _, _ := net.SplitHostPort(addr)
	if ip := net.ParseIP(host); host != "" && (ip == nil || !ip.IsUnspecified() && !ip.IsLoopback()) && host != hosts[0] {
		return append([]string{host}, hosts...)
	}
	return hosts
}

// server is what both modes have in common.
type server struct {
	flags *serveFlags
	do    string
	cfg   *bridge.Config
	log   *slog.Logger

	served, failed atomic.Int64
}

func (f *serveFlags) run(ctx context.Context, stdout, stderr io.Writer) error {
	if err := f.check(); err != nil {
		return err
	}
	do, _ := f.behaviour()
	cfg, err := f.config(do, stderr)
	if err != nil {
		return err
	}
	srv := &server{flags: f, do: do, cfg: cfg, log: f.logger(stderr)}
	if f.mode.value == "conn" {
		err = srv.runConn(ctx, stdout)
	} else {
		err = srv.runLoops(ctx, stdout)
	}
	if err != nil {
		return explain(err)
	}
	srv.farewell(stderr)
	return nil
}

func (f *serveFlags) logger(w io.Writer) *slog.Logger {
	opts := &slog.HandlerOptions{Level: slog.LevelWarn}
	if f.verbose {
		opts.Level = slog.LevelInfo
	}
	if f.json {
		return slog.New(slog.NewJSONHandler(w, opts))
	}
	return slog.New(slog.NewTextHandler(w, opts))
}

// ready tells that the server listens, and how to try it.
func (srv *server) ready(w io.Writer, addr net.Addr) {
	fmt.Fprintf(w, "listening on %s\n", addr)
	_, port, _ := net.SplitHostPort(addr.String())
	host, _, _ := net.SplitHostPort(srv.flags.addr)
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	at := net.JoinHostPort(host, port)
	if srv.do == doWWW {
		k := ""
		if srv.flags.cert == "" {
			k = "-k "
		}
		fmt.Fprintf(w, "try: curl %shttps://%s/\n", k, at)
		return
	}
	insecure := ""
	if srv.flags.cert == "" {
		insecure = " --insecure"
	}
	fmt.Fprintf(w, "try: sslsock connect %s%s\n", at, insecure)
}

func (srv *server) farewell(w io.Writer) {
	served, failed := int(srv.served.Load()), int(srv.failed.Load())
	line := "served " + plural(served, "connection")
	if failed > 0 {
		line += fmt.Sprintf(", %d failed", failed)
		if !srv.flags.verbose {
			line += " (-v says why)"
		}
	}
	if srv.flags.json {
		srv.log.Warn("stopped", "served", served, "failed", failed)
		return
	}
	fmt.Fprintln(w, line)
}

// opened and ended are the log of a connection; both modes call each once at
// most.
func (srv *server) opened(remote net.Addr, protocol, cipher, alpn string, resumed bool) {
	srv.served.Add(1)
	srv.log.Info("open", "remote", remote.String(), "protocol", protocol, "cipher", cipher, "alpn", alpn, "resumed", resumed)
}

func (srv *server) ended(remote net.Addr, err error) {
	if err == nil {
		srv.log.Info("closed", "remote", remote.String())
		return
	}
	srv.failed.Add(1)
	srv.log.Info("failed", "remote", remote.String(), "error", oneLine(err))
}

// page is what --www answers.
func (srv *server) page(remote net.Addr, request string, lines []pair) []byte {
	lines = append([]pair{{"request", request}, {"remote", remote.String()}}, lines...)
	lines = append(lines, pair{"mode", srv.flags.mode.value}, pair{"sslsock", programVersion()}, pair{"runtime", runtime.Version()})
	var page []byte
	for _, l := range lines {
		page = fmt.Appendf(page, "%-12s %s\n", l.name, l.value)
	}
	return page
}
