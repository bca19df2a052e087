package interop

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"sync"

	"github.com/sslsock/sslsock/ossl"
)

// cryptoTLS is Go's crypto/tls, in this process. It takes a connection that is cut
// off between two records for one that ends.
var cryptoTLS = Peer{
	Name: "crypto/tls",
	ServerCan: []Feature{
		ChooseVersion, LegacyVersions, ChooseCipher, ChooseGroups, TwoCerts, ClientCerts, WantCerts, ALPN, ALPNMismatch, ServerNames, Stapling,
		TicketResume, HalfClose, Verify,
		CertFeature(CertRSA), CertFeature(CertECDSA), CertFeature(CertP384), CertFeature(CertEd25519),
	},
	ClientCan: []Feature{
		ChooseVersion, LegacyVersions, ChooseCipher, ChooseGroups, ClientCerts, ALPN, AskNames, Stapling, TicketResume, HalfClose, Verify,
		CertFeature(CertRSA), CertFeature(CertECDSA), CertFeature(CertP384), CertFeature(CertEd25519),
	},
	Refuses: stdRefuses,
	Server:  stdServer,
	Client:  stdClient,
	Tells:   Tells{Refused: `error: `, Staple: `stapled`},

	ServerSays: saysLine,
	ClientSays: saysLine,
}

// stdGroups are the groups of crypto/tls by OpenSSL's names.
var stdGroups = map[string]tls.CurveID{
	"X25519": tls.X25519, "P-256": tls.CurveP256, "P-384": tls.CurveP384, "P-521": tls.CurveP521, "X25519MLKEM768": tls.X25519MLKEM768,
}

func stdRefuses(j *Job) string {
	for _, g := range slices.Concat(j.Groups, j.serverGroups()) {
		if stdGroups[g] == 0 {
			return "has no group " + g
		}
	}
	if _, ok := stdSuite(j.Cipher); j.Cipher != "" && !ok {
		return "has no " + j.Cipher
	}
	return ""
}

// stdSuite finds a suite of TLS 1.2 by OpenSSL's name.
func stdSuite(name string) (uint16, bool) {
	for _, s := range slices.Concat(tls.CipherSuites(), tls.InsecureCipherSuites()) {
		if ossl.CipherName(s.Name) == name {
			return s.ID, true
		}
	}
	return 0, false
}

func stdServer(j *Job) (*Launch, error) {
	cfg, err := stdConfig(j)
	if err != nil {
		return nil, err
	}
	ln, err := tls.Listen("tcp", j.Addr, cfg)
	if err != nil {
		return nil, err
	}
	late := j.HalfClose
	return &Launch{Data: Echo, Run: func(ctx context.Context, p *Pipes) error { return stdServe(ctx, ln, late, p) }}, nil
}

func stdClient(j *Job) (*Launch, error) {
	cfg, err := stdConfig(j)
	if err != nil {
		return nil, err
	}
	if j.Kept == nil {
		j.Kept = tls.NewLRUClientSessionCache(0)
	}
	cfg.ClientSessionCache = j.Kept.(tls.ClientSessionCache)
	addr := j.Addr
	return &Launch{Run: func(ctx context.Context, p *Pipes) error { return stdDial(ctx, addr, cfg, p) }}, nil
}

func stdConfig(j *Job) (*tls.Config, error) {
	roots, err := os.ReadFile(j.CAFile())
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(roots)
	cfg := &tls.Config{
		MinVersion: uint16(j.Version), MaxVersion: uint16(j.Version),
		RootCAs: pool, ClientCAs: pool, ServerName: j.HostName(), NextProtos: j.ClientALPN,
	}
	groups := j.Groups
	if j.Server {
		groups, cfg.NextProtos = j.serverGroups(), j.ServerALPN
	}
	for _, g := range groups {
		cfg.CurvePreferences = append(cfg.CurvePreferences, stdGroups[g])
	}
	if id, ok := stdSuite(j.Cipher); ok {
		cfg.CipherSuites = []uint16{id}
	}
	cfg.ClientAuth = map[ClientAuth]tls.ClientAuthType{
		ClientAuthWanted: tls.VerifyClientCertIfGiven, ClientAuthRequired: tls.RequireAndVerifyClientCert,
	}[j.ClientAuth]
	return cfg, stdCertificates(j, cfg)
}

func stdCertificates(j *Job, cfg *tls.Config) error {
	names := []string{j.ClientCert}
	if j.Server {
		names = []string{j.cert(), j.SecondOf}
		if j.SecondName {
			names = append(names, CertSecond)
		}
	}
	for _, name := range names {
		if name == "" {
			continue
		}
		pair, err := tls.LoadX509KeyPair(j.Certs.Cert(name), j.Certs.Key(name))
		if err != nil {
			return err
		}
		if j.Staple && j.Server {
			if pair.OCSPStaple, err = os.ReadFile(j.Certs.Staple(name)); err != nil {
				return err
			}
		}
		cfg.Certificates = append(cfg.Certificates, pair)
		// By itself a client shows none that the server does not seem to trust.
		cfg.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &pair, nil }
	}
	return nil
}

// stdServe echoes on each connection; late is only after the client's end.
func stdServe(ctx context.Context, ln net.Listener, late bool, p *Pipes) error {
	context.AfterFunc(ctx, func() { _ = ln.Close() })
	var conns sync.WaitGroup
	defer conns.Wait()
	for {
		nc, err := ln.Accept()
		if err != nil {
			return nil // closed
		}
		conns.Go(func() {
			defer nc.Close()
			defer context.AfterFunc(ctx, func() { _ = nc.Close() })()
			if err := stdEcho(ctx, nc.(*tls.Conn), late, p.Log); err != nil && ctx.Err() == nil {
				fmt.Fprintln(p.Log, "error:", err)
			}
		})
	}
}

func stdEcho(ctx context.Context, c *tls.Conn, late bool, log io.Writer) error {
	if err := c.HandshakeContext(ctx); err != nil {
		return err
	}
	stdSay(c, log)
	if !late {
		return errors.Join(echo(c, c), c.CloseWrite())
	}
	all, err := io.ReadAll(c)
	if err == nil {
		_, err = c.Write(all)
	}
	return errors.Join(err, c.CloseWrite())
}

func stdDial(ctx context.Context, addr string, cfg *tls.Config, p *Pipes) error {
	nc, err := (&tls.Dialer{Config: cfg}).DialContext(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	defer nc.Close()
	defer context.AfterFunc(ctx, func() { _ = nc.Close() })()
	c := nc.(*tls.Conn)
	stdSay(c, p.Log)
	sent := make(chan error, 1)
	go func() {
		_, err := io.Copy(c, p.In)
		sent <- errors.Join(err, c.CloseWrite())
	}()
	if _, err := io.Copy(p.Out, c); err != nil {
		return err
	}
	_ = c.Close()
	return nil
}

// stdSay writes the facts of a connection.
func stdSay(c *tls.Conn, log io.Writer) {
	st := c.ConnectionState()
	client := ""
	if len(st.PeerCertificates) > 0 {
		client = st.PeerCertificates[0].Subject.CommonName
	}
	group := ""
	for name, id := range stdGroups {
		if id == st.CurveID && id != 0 {
			group = name
		}
	}
	fmt.Fprintf(log, "version=%s cipher=%s group=%s alpn=%s resumed=%v client=%s\n", VersionName(int(st.Version)),
		tls.CipherSuiteName(st.CipherSuite), group, st.NegotiatedProtocol, st.DidResume, client)
	if len(st.OCSPResponse) > 0 {
		fmt.Fprintln(log, "stapled")
	}
}
