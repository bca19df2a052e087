package bridge

import (
	"errors"
	"net"
	"net/netip"
	"strings"

	"github.com/sslsock/sslsock/ossl"
)

// ClientOptions is what differs from one connection of a client to the next.
type ClientOptions struct {
	// ServerName is the host name or IP address that the server's certificate
	// must have. A host name is also sent to the server (SNI). It may only be
	// "" where the Ctx does not verify, or InsecureSkipVerify is set.
	ServerName string

	// InsecureSkipVerify verifies nothing, whatever the Ctx says.
	InsecureSkipVerify bool

	// Session, if it is not nil, is offered for resumption. It remains the
	// caller's. Where the server does not take it, the handshake is a full one.
	Session *ossl.Session

	// EarlyData goes out with the first message of a handshake that offers Session,
	// before the server has answered (TLS 1.3, 0-RTT). It is copied. Where the
	// session allows none, or less, the error is ErrNoEarlyData or
	// ErrEarlyDataLimit, and nothing is sent.
	//
	// Whoever records it can send it to the server again: give nothing that must not
	// happen twice. The server may reject it: where EarlyDataStatus says so after
	// the handshake, nothing has arrived, and the program has to Write it again.
	EarlyData []byte
}

var errNoServerName = errors.New("without a name any certificate of a trusted CA would do: set ServerName, or InsecureSkipVerify")

// clientSSL makes the SSL of a client, still without a socket.
func clientSSL(ctx *ossl.Ctx, opts *ClientOptions) (*ossl.SSL, error) {
	if opts == nil {
		opts = new(ClientOptions)
	}
	set := hooksOf(ctx)
	insecure := opts.InsecureSkipVerify || set != nil && set.insecure
	if opts.ServerName == "" && !insecure && ctx.GetVerifyMode()&ossl.VerifyPeer != 0 {
		return nil, &ConfigError{Field: "ServerName", Err: errNoServerName}
	}
	ssl, err := ctx.NewSSL()
	if err != nil {
		return nil, err
	}
	if err := opts.apply(ssl, set); err != nil {
		ssl.Close()
		return nil, err
	}
	return ssl, nil
}

func (o *ClientOptions) apply(ssl *ossl.SSL, set *hookSet) error {
	ssl.SetConnectState()
	switch {
	case o.InsecureSkipVerify && set != nil && set.VerifyPeer != nil:
		ssl.SetVerify(ossl.VerifyPeer) // or what the hook says would not count
	case o.InsecureSkipVerify:
		ssl.SetVerify(ossl.VerifyNone)
	}
	if err := setServerName(ssl, o.ServerName); err != nil {
		return &ConfigError{Field: "ServerName", Value: o.ServerName, Err: err}
	}
	if o.Session != nil {
		if err := ssl.SetSession(o.Session); err != nil {
			return err
		}
	}
	if len(o.EarlyData) > 0 {
		_, err := startEarly(ssl, len(o.EarlyData))
		return err
	}
	return nil
}

// setServerName sets what is asked for and what is verified. The dot at the end
// of an absolute name is neither sent nor in any certificate.
func setServerName(ssl *ossl.SSL, name string) error {
	if name == "" {
		return nil
	}
	if ip, err := netip.ParseAddr(strings.Trim(name, "[]")); err == nil {
		return ssl.Set1IPAsc(ip.WithZone("").String())
	}
	name = strings.TrimSuffix(name, ".")
	if err := checkName(name); err != nil {
		return err
	}
	if err := ssl.SetTlsextHostName(name); err != nil {
		return err
	}
	return ssl.Set1Host(name)
}

// serverNameOf is the name to verify after dialling address: its host, which
// to package net is this machine where it is empty.
func serverNameOf(network, address string) string {
	if strings.HasPrefix(network, "unix") {
		return ""
	}
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return address
	}
	if host == "" {
		return "localhost"
	}
	return host
}
