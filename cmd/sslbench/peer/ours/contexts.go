package main

import (
	"fmt"

	"github.com/sslsock/sslsock/bridge"
	"github.com/sslsock/sslsock/ossl"
)

// contexts gives a function that gives each loop its context: the same one, one of its own if own is "ctx", or one of its own in a
// library context of its own if own is "lib". Contexts take each other's tickets.
func contexts(cfg *bridge.Config, own string) (func() (*ossl.Ctx, error), error) {
	first, err := cfg.NewServerCtx()
	if err != nil {
		return nil, err
	}
	var next func() (*ossl.Ctx, error)
	switch own {
	case "":
		return func() (*ossl.Ctx, error) { return first, nil }, nil
	case "ctx":
		next = cfg.NewServerCtx
	case "lib":
		next = func() (*ossl.Ctx, error) { return isolated(cfg) }
	default:
		return nil, fmt.Errorf("--own %q: must be ctx or lib", own)
	}
	keys := first.GetTlsextTicketKeys()
	return func() (*ossl.Ctx, error) {
		ctx, err := next()
		if err != nil {
			return nil, err
		}
		return ctx, ctx.SetTlsextTicketKeys(keys)
	}, nil
}

// isolated makes what cfg.NewServerCtx makes in a new library context.
func isolated(cfg *bridge.Config) (*ossl.Ctx, error) {
	lib, err := ossl.NewLibCtx()
	if err != nil {
		return nil, err
	}
	defer lib.Close()
	own := *cfg
	own.LibCtx = lib
	return own.NewServerCtx()
}
