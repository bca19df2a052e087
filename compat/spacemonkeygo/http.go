package openssl

import (
	"errors"
	"net/http"
)

// ListenAndServeTLS serves HTTPS on addr, ":https" for "", with the certificate
// and key of these files.
func ListenAndServeTLS(addr string, cert_file string, key_file string, handler http.Handler) error {
	return ServerListenAndServeTLS(&http.Server{Addr: addr, Handler: handler}, cert_file, key_file)
}

// ServerListenAndServeTLS is ListenAndServeTLS for an http.Server, until it is
// closed.
func ServerListenAndServeTLS(srv *http.Server, cert_file, key_file string) error {
	if srv == nil {
		return errors.New("no http server provided")
	}
	addr := srv.Addr
	if addr == "" {
		addr = ":https"
	}
	ctx, err := NewCtxFromFiles(cert_file, key_file)
	if err != nil {
		return err
	}
	defer ctx.Close()
	l, err := Listen("tcp", addr, ctx)
	if err != nil {
		return err
	}
	return srv.Serve(l)
}
