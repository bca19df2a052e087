package main

import (
	"context"
	"errors"

	"github.com/sslsock/sslsock/bridge"
	"github.com/sslsock/sslsock/ossl"
)

// isRefusal says whether a handshake failed because the peer's certificate was
// refused here.
func isRefusal(err error) bool {
	var e *ossl.Error
	return errors.As(err, &e) && e.Verify != ossl.VerifyOK
}

// refused shakes hands once more with a server that has been refused, to the
// same end, and brings what libssl holds of it: the chain, and why it will not
// do. A bridge.Conn has no state before its handshake is done; the handler of a
// Loop sees the SSL to the last.
func refused(ctx context.Context, addr string, tls *ossl.Ctx, opts *bridge.ClientOptions) (st ossl.ConnectionState) {
	l, err := bridge.NewLoop(nil)
	if err != nil {
		return st
	}
	stop := context.AfterFunc(ctx, l.Stop)
	defer stop()
	if err := l.Dial("tcp", addr, tls, opts, (*witness)(&st)); err != nil {
		l.Stop()
	}
	// Without an outcome there is no chain to show, which is no new error.
	_ = l.Run()
	return st
}

// witness is a handler that only looks at how it ends.
type witness ossl.ConnectionState

func (w *witness) HandshakeDone(s *bridge.Stream) { s.Abort(nil) }
func (w *witness) Data(*bridge.Stream, []byte)    {}
func (w *witness) Writable(*bridge.Stream)        {}
func (w *witness) Closed(s *bridge.Stream, _ error) {
	*w = witness(s.SSL().ConnectionState())
	s.Loop().Stop()
}
