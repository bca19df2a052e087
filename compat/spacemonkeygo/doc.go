// Package openssl has the interface of github.com/spacemonkeygo/openssl, and the
// additions of its fork github.com/libp2p/go-openssl v0.1.0, over packages ossl
// and bridge of github.com/sslsock/sslsock: a program written for those needs
// nothing but a replace line in its go.mod. README.md says which, and lists what
// differs.
//
// A server:
//
//	ctx, err := openssl.NewCtxFromFiles("server.crt", "server.key")
//	l, err := openssl.Listen("tcp", ":7777", ctx)
//
// A client. A Ctx verifies nothing until it is told to; Dial compares the
// certificate's names with the host:
//
//	ctx, err := openssl.NewCtx()
//	err = ctx.LoadVerifyLocations("/etc/ssl/certs/ca-certificates.crt", "")
//	ctx.SetVerifyMode(openssl.VerifyPeer)
//	conn, err := openssl.Dial("tcp", "localhost:7777", ctx, 0)
//
// A Ctx is configured first and then shared. A Conn may be used by any number of
// goroutines. Objects of OpenSSL are freed by the garbage collector, as the
// interface has no place for it; those of a Conn by Close. Errors of OpenSSL are
// an *ossl.Error, which errors.Is and errors.As find.
package openssl
