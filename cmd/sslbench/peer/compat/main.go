// Command compat is the program of peer fork, on compat/spacemonkeygo: what such a program has from its replace line.
package main

import (
	"github.com/spacemonkeygo/openssl"

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
