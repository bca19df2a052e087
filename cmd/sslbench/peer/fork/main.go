// Command fork is the benchmark's peer on github.com/libp2p/go-openssl, the maintained fork of the package
// github.com/spacemonkeygo/openssl: a goroutine for each connection.
//
// The package has no way to set the number of TLS 1.3 tickets, which stays at libssl's default of two, nor read-ahead
// (it reads through a buffer of its own).
package main

import (
	"github.com/libp2p/go-openssl"

	"github.com/sslsock/sslsock/cmd/sslbench/internal/wire"
)

func main() {
	f := wire.Parse()
	ctx, err := openssl.NewCtxFromFiles(f.Cert, f.Key)
	if err != nil {
		wire.Exit(err)
	}
	ctx.SetMode(openssl.ReleaseBuffers)
	ctx.SetSessionCacheMode(openssl.SessionCacheOff)
	if f.Tickets == 0 {
		ctx.SetOptions(openssl.NoTicket)
	}
	l, err := openssl.Listen("tcp", f.Addr(), ctx)
	if err != nil {
		wire.Exit(err)
	}
	wire.Exit(wire.Main(l))
}
