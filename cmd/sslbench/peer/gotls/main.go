// Command gotls is the benchmark's peer on crypto/tls: a goroutine for each connection.
package main

import (
	"crypto/tls"

	"github.com/sslsock/sslsock/cmd/sslbench/internal/wire"
)

func main() {
	f := wire.Parse()
	cert, err := tls.LoadX509KeyPair(f.Cert, f.Key)
	if err != nil {
		wire.Exit(err)
	}
	l, err := tls.Listen("tcp", f.Addr(), config(cert, f.Tickets > 0))
	if err != nil {
		wire.Exit(err)
	}
	wire.Exit(wire.Main(l))
}

// config pins what the other peers use. The suites of TLS 1.3 cannot be chosen here: the load offers only the one.
// Records are of full size from the start, as libssl's are.
func config(cert tls.Certificate, tickets bool) *tls.Config {
	return &tls.Config{
		Certificates:     []tls.Certificate{cert},
		MinVersion:       tls.VersionTLS12,
		CurvePreferences: []tls.CurveID{tls.X25519},
		CipherSuites: []uint16{
			tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
			tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
		},
		SessionTicketsDisabled:      !tickets,
		DynamicRecordSizingDisabled: true,
	}
}
