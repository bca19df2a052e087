package suite

import (
	"errors"

	"github.com/sslsock/sslsock/bridge"
	"github.com/sslsock/sslsock/ossl"
)

// setUp brings to the contexts what no command of SSL_CONF_cmd(3) says.
func (l *link) setUp() error {
	server := l.serverHooks()
	for _, s := range []struct {
		ctx   *ossl.Ctx
		hooks *bridge.Hooks
	}{{l.ctx.client, l.clientHooks()}, {l.ctx.server, server}, {l.ctx.server2, server}, {l.ctx.narrow, server}} {
		if s.ctx == nil {
			continue
		}
		if err := s.hooks.Install(s.ctx); err != nil {
			return err
		}
	}
	for _, set := range []func() error{l.setClient, l.setServer, l.setServer2} {
		if err := set(); err != nil {
			return err
		}
	}
	return nil
}

func (l *link) setClient() error {
	o, ctx := l.clientOptions(), l.ctx.client
	if err := ctx.SetTlsextMaxFragmentLength(o.maxFragmentLen); err != nil {
		return err
	}
	if len(o.alpn) > 0 {
		if err := ctx.SetAlpnProtos(o.alpn...); err != nil {
			return err
		}
	}
	if o.npn != nil {
		if err := ctx.SetNextProtoSelect(o.npn...); err != nil {
			return err
		}
	}
	if o.srpUser != "" {
		if err := ctx.SetSRPUser(o.srpUser, o.srpPass); err != nil {
			return err
		}
	}
	if l.test.opts.server.staple != "" {
		if err := ctx.SetTlsextStatusType(ossl.StatusTypeOCSP); err != nil {
			return err
		}
	}
	return l.setTransparency()
}

func (l *link) setTransparency() error {
	modes := map[string]ossl.CTValidation{"Permissive": ossl.CTValidationPermissive, "Strict": ossl.CTValidationStrict}
	mode, wanted := modes[l.clientOptions().ct]
	if !wanted {
		return nil
	}
	if l.test.logs != "" {
		if err := l.ctx.client.SetCtlogListFile(l.test.logs); err != nil {
			return err
		}
	}
	return l.ctx.client.EnableCT(mode)
}

func (l *link) setServer() error {
	o, ctx := l.serverOptions(), l.ctx.server
	if err := errors.Join(o.protocols(ctx), l.test.opts.compress(ctx)); err != nil {
		return err
	}
	if o.srpUser != "" {
		if err := ctx.SetSRPServer(o.srpUser, o.srpPass); err != nil {
			return err
		}
	}
	if o.ticketAppData != "" {
		if err := ctx.SetSessionTicketCb(); err != nil {
			return err
		}
	}
	if o.brokenTicket {
		return ctx.ClearTicketKeys()
	}
	// The same for the server of the second connection, so that it can open the
	// tickets of the first.
	return ctx.SetTlsextTicketKeys(make([]byte, len(ctx.GetTlsextTicketKeys())))
}

// setServer2 gives the second server a key that no ticket may be sealed with:
// that is for the first one to do, whoever answers.
func (l *link) setServer2() error {
	ctx := l.ctx.server2
	if ctx == nil {
		return nil
	}
	key := ossl.NewTicketKey()
	key.Name = server2Key
	if err := ctx.SetTicketKeys(key); err != nil {
		return err
	}
	return errors.Join(l.test.opts.server2.protocols(ctx), l.test.opts.compress(ctx))
}

// protocols are those of a server. A list of none for ALPN is a hook's: it
// refuses all, which SetAlpnSelect does not.
func (o *serverOptions) protocols(ctx *ossl.Ctx) error {
	if len(o.alpn) > 0 {
		if err := ctx.SetAlpnSelect(o.alpn...); err != nil {
			return err
		}
	}
	if o.npn != nil {
		return ctx.SetNextProtosAdvertised(o.npn...)
	}
	return nil
}

// compress has a server's certificates compressed ahead.
func (o *options) compress(ctx *ossl.Ctx) error {
	if !o.compressCerts {
		return nil
	}
	return ctx.CompressCerts(ossl.CertCompNone)
}

var server2Key = [16]byte{'s', 'e', 'r', 'v', 'e', 'r', '2'}
