package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/sslsock/sslsock/bridge"
	"github.com/sslsock/sslsock/cmd/sslsock/internal/selfcert"
	"github.com/sslsock/sslsock/ossl"
)

// demoFlags is what the command line of demo says.
type demoFlags struct {
	mode                choice
	addr                string
	tls                 *version
	cert, key, passFile string
	payload             string
	fast                bool
}

func newDemo() *cobra.Command {
	f := &demoFlags{mode: choice{"loop", []string{"loop", "conn"}}, tls: modernVersion()}
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Watch two processes shake hands and transfer, step by step",
		Long: `demo starts a server and a client as two processes and prints each step of OpenSSL's
state machine as it happens. On a non-blocking socket SSL_connect and SSL_accept are
called again and again: each time they are not finished they say whether to wait for
readability or writability, and that is what the lines "want to read" are.

After both have said SSL_done! the server sends a greeting, the client answers, with
--payload a file goes both ways at once and is compared by SHA-256, and then both close
in good order: close_notify, and the other's awaited.

The certificate is made in memory, and the client verifies it. With --cert it trusts the
certificates in that file, and expects the first name that the first of them is for.

Before the first flights the processes wait for each other, or a busy machine might let
one answer before the other has asked, and there would be no "want" to see.

On a terminal the lines come at a pace that can be read; the sockets never wait for it,
as the times on the left show. --fast prints at once.`,
		Example: `  sslsock demo
  sslsock demo --mode conn --tls 1.2
  sslsock demo --fast --payload /usr/bin/openssl
  sslsock demo --cert cert.pem --key key.pem --addr 127.0.0.1:0`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return f.run(cmd.Context(), cmd.OutOrStdout())
		},
	}
	fl := cmd.Flags()
	varFlag(cmd, &f.mode, "mode", "bridge.Loop or bridge.Conn on both sides", f.mode.of)
	fl.StringVar(&f.addr, "addr", "127.0.0.1:9989", "`HOST:PORT` of the server; port 0 takes a free one")
	varFlag(cmd, f.tls, "tls", "this TLS version and no other", f.tls.of)
	fl.StringVar(&f.payload, "payload", "", "`FILE` to send both ways")
	fl.BoolVar(&f.fast, "fast", false, "print at once")
	fl.StringVar(&f.cert, "cert", "", "PEM `FILE` with the server's certificate and its chain")
	fl.StringVar(&f.key, "key", "", "PEM `FILE` with its key (default: in --cert)")
	fl.StringVar(&f.passFile, "passphrase-file", "", "`FILE` whose first line opens an encrypted key")
	for _, role := range []string{roleServer, roleClient} {
		cmd.AddCommand(&cobra.Command{
			Use: role, Short: "One of the demo's two processes", Hidden: true, Args: noArgs,
			RunE: func(*cobra.Command, []string) error { return runDemoRole(role) },
		})
	}
	return cmd
}

func (f *demoFlags) run(ctx context.Context, stdout io.Writer) error {
	plan, err := f.plan()
	if err != nil {
		return err
	}
	return perform(ctx, plan, newStage(stdout, plan, f.fast))
}

// demoPlan is what the parent tells each of the two processes, over a pipe:
// there is a private key in it.
type demoPlan struct {
	Mode       string
	Addr       string
	Version    int
	ServerName string
	Cert, Key  []byte // PEM, for the server
	CA         []byte // PEM, for the client
	Passphrase string
	Payload    string // file
	Size       int64  // of Payload
}

// plan checks all that can be checked before there are processes.
func (f *demoFlags) plan() (*demoPlan, error) {
	if err := checkAddr("--addr", f.addr); err != nil {
		return nil, err
	}
	p := &demoPlan{Mode: f.mode.value, Addr: f.addr, Version: f.tls.number, Payload: f.payload}
	if f.key != "" && f.cert == "" {
		return nil, fmt.Errorf("--key %s: without --cert there is nothing that the key could belong to", f.key)
	}
	if err := p.payload(); err != nil {
		return nil, err
	}
	if f.cert != "" {
		return p, f.ownCertificate(p)
	}
	own, err := selfcert.Issued("localhost", "127.0.0.1", "::1")
	if err != nil {
		return nil, fmt.Errorf("making a certificate: %w", err)
	}
	p.Cert, p.Key, p.CA, p.ServerName = own.Cert, own.Key, own.CA, "localhost"
	return p, nil
}

// ownCertificate takes the user's, and finds out now whether it will do.
func (f *demoFlags) ownCertificate(p *demoPlan) error {
	pass, err := readPassphrase(f.passFile)
	if err != nil {
		return err
	}
	key := f.key
	if key == "" {
		key = f.cert
	}
	if p.Cert, err = os.ReadFile(f.cert); err != nil {
		return &flagError{"--cert", f.cert, err}
	}
	if p.Key, err = os.ReadFile(key); err != nil {
		return &flagError{"--key", key, err}
	}
	p.CA, p.Passphrase = p.Cert, pass
	// By file name, so that an error can tell it.
	cfg := &bridge.Config{Certificates: []bridge.Certificate{{CertFile: f.cert, KeyFile: f.key, Passphrase: pass}}}
	tls, err := cfg.NewServerCtx()
	if err != nil {
		return explain(err)
	}
	tls.Close()
	p.ServerName = nameIn(p.Cert)
	return nil
}

// nameIn is the first name that the first certificate is for.
func nameIn(pem []byte) string {
	x, err := ossl.PEMReadBioX509(pem)
	if err != nil {
		return "localhost"
	}
	defer x.Close()
	cert, err := x.Certificate()
	switch {
	case err != nil:
		return "localhost"
	case len(cert.DNSNames) > 0:
		return cert.DNSNames[0]
	case len(cert.IPAddresses) > 0:
		return cert.IPAddresses[0].String()
	case cert.Subject.CommonName != "":
		return cert.Subject.CommonName
	default:
		return "localhost"
	}
}

// payload looks at the file to be sent. Both processes open it, so it must be
// one that can be opened twice.
func (p *demoPlan) payload() error {
	if p.Payload == "" {
		return nil
	}
	info, err := os.Stat(p.Payload)
	if err != nil {
		return &flagError{"--payload", p.Payload, err}
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("--payload %s: must be a regular file, because both processes read it", p.Payload)
	}
	f, err := os.Open(p.Payload)
	if err != nil {
		return &flagError{"--payload", p.Payload, err}
	}
	p.Size = info.Size()
	return f.Close()
}

// runDemoRole is the whole of a child process.
func runDemoRole(role string) error {
	if os.Getenv(demoEnv) != role {
		return fmt.Errorf("demo %s is for sslsock demo to start", role)
	}
	in, out := os.NewFile(planFd, "plan"), os.NewFile(eventFd, "events")
	dec := json.NewDecoder(in)
	plan := new(demoPlan)
	if err := dec.Decode(plan); err != nil {
		return fmt.Errorf("demo %s: the plan: %w", role, err)
	}
	a := &actor{role: role, plan: plan, out: out, cue: make(chan struct{}, 1)}
	go func() {
		for cue := false; dec.Decode(&cue) == nil; {
			a.cue <- struct{}{}
		}
		// The parent keeps its end open for as long as it lives.
		os.Exit(1)
	}()
	err := a.act()
	switch {
	case err == nil:
		return nil
	case isEcho(err):
		// The other side knows better why. It must have time to say so, and
		// the parent ends what runs when a process ends badly.
		a.event(event{Kind: eventEcho, Text: oneLine(err)})
		return nil
	default:
		a.event(event{Kind: eventFail, Text: oneLine(err)})
		return errReported
	}
}

func (a *actor) act() error {
	switch {
	case a.plan.Mode == "conn" && a.role == roleServer:
		return a.connServer()
	case a.plan.Mode == "conn":
		return a.connClient()
	case a.role == roleServer:
		return a.loopServer()
	default:
		return a.loopClient()
	}
}
