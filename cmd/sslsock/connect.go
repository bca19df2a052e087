package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/sslsock/sslsock/bridge"
	"github.com/sslsock/sslsock/cmd/sslsock/internal/term"
	"github.com/sslsock/sslsock/ossl"
)

// connectFlags is what the command line of connect says.
type connectFlags struct {
	serverName, ca            string
	cert, key, passFile, alpn string
	insecure, json, quiet     bool
	tls                       *version
	timeout                   time.Duration
}

func newConnect() *cobra.Command {
	f := &connectFlags{tls: modernVersion()}
	cmd := &cobra.Command{
		Use:   "connect HOST:PORT",
		Short: "Connect to a TLS server, show what it offers, and talk to it",
		Long: `connect shakes hands with a TLS server through OpenSSL and prints the certificates that
the server sent, whether they are to be trusted, and what was negotiated. After that
standard input goes to the server and what the server sends goes to standard output,
until the server closes. The end of standard input is passed on as close_notify.

What it prints about the connection goes to standard error, so that standard output
has the server's bytes and nothing else; with --json it goes to standard output.

A server that cannot be verified is refused with status 1, and its certificates are
shown all the same. --insecure talks to it anyway.`,
		Example: `  sslsock connect example.org:443
  sslsock connect example.org:443 --json | jq .verify
  printf 'GET / HTTP/1.0\r\nHost: example.org\r\n\r\n' | sslsock connect example.org:443 -q
  sslsock connect 127.0.0.1:8443 --ca root.pem --servername localhost --tls 1.2
  sslsock connect 127.0.0.1:8443 --ca root.pem --cert me.pem --key me.key --alpn h2,http/1.1`,
		Args: oneAddress,
		RunE: func(cmd *cobra.Command, args []string) error {
			return f.run(cmd.Context(), args[0], cmd.InOrStdin(), cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	fl := cmd.Flags()
	fl.StringVar(&f.serverName, "servername", "", "`NAME` to ask for and to verify (default: HOST)")
	fl.StringVar(&f.ca, "ca", "", "PEM `FILE` or folder with the CAs to trust (default: the system's)")
	fl.StringVar(&f.cert, "cert", "", "PEM `FILE` with a client certificate and its chain")
	fl.StringVar(&f.key, "key", "", "PEM `FILE` with its key (default: in --cert)")
	fl.StringVar(&f.passFile, "passphrase-file", "", "`FILE` whose first line opens an encrypted key")
	fl.StringVar(&f.alpn, "alpn", "", "ALPN protocols to offer, a `LIST` separated by commas")
	fl.BoolVar(&f.insecure, "insecure", false, "go on when the server cannot be verified")
	fl.BoolVar(&f.json, "json", false, "print the state as JSON and exit")
	fl.BoolVarP(&f.quiet, "quiet", "q", false, "print nothing about the connection")
	varFlag(cmd, f.tls, "tls", "this TLS version and no other", f.tls.of)
	fl.DurationVar(&f.timeout, "timeout", 10*time.Second, "how long connecting and the handshake may take")
	return cmd
}

func oneAddress(cmd *cobra.Command, args []string) error {
	switch {
	case len(args) == 0:
		return fmt.Errorf("connect needs HOST:PORT, such as example.org:443; see %s --help", cmd.CommandPath())
	case len(args) > 1:
		return fmt.Errorf("unexpected argument %q; see %s --help", args[1], cmd.CommandPath())
	}
	return checkAddr("connect", args[0])
}

func (f *connectFlags) config() (*bridge.Config, error) {
	if f.timeout <= 0 {
		return nil, fmt.Errorf("--timeout %v: must be above 0", f.timeout)
	}
	if f.key != "" && f.cert == "" {
		return nil, fmt.Errorf("--key %s: without --cert there is nothing that the key could belong to", f.key)
	}
	cfg := &bridge.Config{
		MinVersion: f.tls.number, MaxVersion: f.tls.number,
		ALPN: splitList(f.alpn),
	}
	if f.ca != "" {
		info, err := os.Stat(f.ca)
		switch {
		case err != nil:
			return nil, &flagError{"--ca", f.ca, err}
		case info.IsDir():
			cfg.RootCAs.Dir = f.ca
		default:
			cfg.RootCAs.File = f.ca
		}
	}
	if f.cert != "" {
		pass, err := readPassphrase(f.passFile)
		if err != nil {
			return nil, err
		}
		cfg.Certificates = []bridge.Certificate{{CertFile: f.cert, KeyFile: f.key, Passphrase: pass}}
	}
	return cfg, errors.Join(readable("--cert", f.cert), readable("--key", f.key))
}

func (f *connectFlags) run(ctx context.Context, addr string, stdin io.Reader, stdout, stderr io.Writer) error {
	cfg, err := f.config()
	if err != nil {
		return err
	}
	tls, err := cfg.NewClientCtx()
	if err != nil {
		return explain(err)
	}
	defer tls.Close()
	r := &report{Address: addr, ServerName: f.name(addr)}
	c, err := f.dial(ctx, addr, tls, r)
	if c != nil {
		defer c.Close()
	}
	if err != nil {
		r.Error = oneLine(err)
	}
	switch {
	case f.json:
		if err := printReportJSON(stdout, r); err != nil {
			return err
		}
	case !f.quiet && (err == nil || len(r.Chain) > 0):
		printReport(stderr, term.For(os.Stderr), r)
	}
	if err != nil || f.json {
		return err
	}
	return talk(ctx, c, stdin, stdout)
}

func (f *connectFlags) name(addr string) string {
	if f.serverName != "" {
		return f.serverName
	}
	host, _, _ := net.SplitHostPort(addr)
	if host == "" {
		return "localhost"
	}
	return host
}

// dial connects, shakes hands, and fills r in with whatever is known by then.
// A connection that it returns has to be closed, also with an error.
func (f *connectFlags) dial(ctx context.Context, addr string, tls *ossl.Ctx, r *report) (*bridge.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, f.timeout)
	defer cancel()
	nc, err := new(net.Dialer).DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("connect %s: %s%s", addr, f.late(ctx, err), dialHint(err))
	}
	r.Remote = nc.RemoteAddr().String()
	// --insecure is for the connection alone: the Ctx has its trust all the
	// same, so that libssl can say what it would have refused.
	opts := &bridge.ClientOptions{ServerName: r.ServerName, InsecureSkipVerify: f.insecure}
	c, err := bridge.Client(nc, tls, opts)
	if err != nil {
		_ = nc.Close()
		return nil, explain(err)
	}
	err = c.HandshakeContext(ctx)
	st := c.ConnectionState()
	if isRefusal(err) {
		st = refused(ctx, r.Remote, tls, opts)
	}
	r.fill(&st)
	r.OK, r.Verify.Ignored = err == nil, f.insecure && !r.Verify.OK
	if err != nil {
		return c, fmt.Errorf("connect %s: %s", addr, f.late(ctx, err))
	}
	r.Session = session(c, &st)
	return c, nil
}

// late says which limit has passed, where err only says that one has.
func (f *connectFlags) late(ctx context.Context, err error) string {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fmt.Sprintf("no answer within --timeout %v", f.timeout)
	}
	if errors.Is(ctx.Err(), context.Canceled) {
		return "interrupted"
	}
	return cause(err)
}

func dialHint(err error) string {
	var dns *net.DNSError
	switch {
	case errors.As(err, &dns):
		return fmt.Sprintf(" (%s); check the name", dns.Name)
	case strings.Contains(err.Error(), "refused"):
		return "; nothing listens there"
	}
	return ""
}

func session(c *bridge.Conn, st *ossl.ConnectionState) *sessionReport {
	r := &sessionReport{Resumed: st.Resumed}
	s, err := c.Session()
	if err != nil {
		return r
	}
	defer s.Close()
	r.ID, r.Resumable, r.Timeout = fmt.Sprintf("%X", s.GetID()), s.IsResumable(), int(s.GetTimeout().Seconds())
	return r
}

func printReportJSON(w io.Writer, r *report) error {
	if r.Chain == nil {
		r.Chain = []certReport{}
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(r)
}
