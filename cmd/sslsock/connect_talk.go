package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"

	"github.com/sslsock/sslsock/bridge"
)

// talk sends in to the peer and what the peer sends to out, until the peer
// closes or ctx ends. The end of in is passed on, and the peer may go on.
func talk(ctx context.Context, c *bridge.Conn, in io.Reader, out io.Writer) error {
	stop := context.AfterFunc(ctx, func() { _ = c.Close() })
	defer stop()
	sent := make(chan error, 1)
	// It may wait for in longer than the connection lasts; the program ends
	// without it then.
	go func() { sent <- sendAll(c, in) }()

	_, err := io.Copy(out, struct{ io.Reader }{c})
	var sendErr error
	select {
	case sendErr = <-sent:
	default:
	}
	switch {
	case ctx.Err() != nil:
		return nil // the user's wish
	case err == nil:
		// The peer's orderly end: what it did not take it did not want.
		return nil
	case errors.Is(err, syscall.EPIPE) && sendErr == nil && !isNet(err):
		return fmt.Errorf("standard output: %w", err)
	default:
		return fmt.Errorf("connection: %s", cause(err))
	}
}

func sendAll(c *bridge.Conn, in io.Reader) error {
	_, err := io.Copy(struct{ io.Writer }{c}, in)
	if err != nil {
		return err
	}
	return c.CloseWrite()
}

func isNet(err error) bool {
	var op *net.OpError
	return errors.As(err, &op)
}
