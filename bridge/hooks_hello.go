package bridge

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/sslsock/sslsock/ossl"
)

// helloPlan is all that is decided while the ClientHello waits.
type helloPlan struct {
	ctx     *ossl.Ctx
	apply   func(*ossl.SSL) error
	set     *hookSet
	alpn    *string
	refuse  bool   // all of the client's protocols
	session []byte // in DER, because an answer that comes too late is dropped, and closes nothing
	psk     *PSK
	exts    map[uint16][]byte
}

// askHello asks for all that libssl asks later with no way to wait.
func (a *asker) askHello(ctx context.Context) (apply, error) {
	p := helloPlan{set: a.set}
	if err := a.askSwitch(ctx, &p); err != nil {
		return nil, err
	}
	if err := a.askALPN(ctx, &p); err != nil {
		return nil, err
	}
	if err := a.askSession(ctx, &p); err != nil {
		return nil, err
	}
	if err := a.askKnownPSK(ctx, &p); err != nil {
		return nil, err
	}
	if p.empty() {
		return grantHello, nil
	}
	plan := p // only this one has to be allocated
	return func(ssl *ossl.SSL) error { return a.applyHello(ssl, &plan) }, nil
}

// empty says whether there is nothing to do but to go on.
func (p *helloPlan) empty() bool {
	return p.ctx == nil && p.apply == nil && p.alpn == nil && !p.refuse && p.session == nil && p.psk == nil && len(p.exts) == 0
}

func (a *asker) applyHello(ssl *ossl.SSL, p *helloPlan) error {
	if p.ctx != nil {
		if err := ssl.SwitchCtx(p.ctx); err != nil {
			return err
		}
		a.set = p.set
		a.jobs = a.jobs || p.set.jobs(true)
	}
	var errs []error
	if p.apply != nil {
		if err := guard("ClientHello", func() error { return p.apply(ssl) }); err != nil {
			return err
		}
	}
	switch {
	case p.refuse:
		errs = append(errs, ssl.RefuseAlpn())
	case p.alpn != nil:
		errs = append(errs, ssl.SetAlpnAnswer(*p.alpn))
	}
	if p.session != nil {
		errs = append(errs, a.find(ssl, p.session))
	}
	if p.psk != nil {
		if err := ssl.SetPSK(p.psk.Identity, p.psk.Key, p.psk.SHA384); err != nil {
			errs = append(errs, hookError("PSK", err))
		}
	}
	for typ, data := range p.exts {
		errs = append(errs, ssl.SetCustomExt(typ, data))
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	return grantHello(ssl)
}

func (a *asker) askSwitch(ctx context.Context, p *helloPlan) (err error) {
	defer guarded("ClientHello", &err)
	if a.set.ClientHello == nil {
		return nil
	}
	answer, err := a.set.ClientHello(ctx, &a.info)
	if err != nil || answer == nil {
		return err
	}
	p.apply, p.exts = answer.Apply, answer.CustomExts
	if answer.Ctx == nil {
		return nil
	}
	p.ctx = answer.Ctx
	if set := hooksOf(answer.Ctx); set != nil {
		p.set = set
	} else {
		p.set = &hookSet{Hooks: new(Hooks)}
	}
	return nil
}

func (a *asker) askALPN(ctx context.Context, p *helloPlan) (err error) {
	defer guarded("ALPN", &err)
	offered := a.info.ClientHello.ALPN
	if p.set.ALPN == nil || len(offered) == 0 {
		return nil
	}
	proto, err := p.set.ALPN(ctx, &a.info, slices.Clone(offered))
	switch {
	case errors.Is(err, ErrNoALPN):
		p.refuse = true
		return nil
	case err != nil:
		return err
	case proto != "" && !slices.Contains(offered, proto):
		return fmt.Errorf("chose %q, which is none of the client's %q", proto, offered)
	}
	p.alpn = &proto
	return nil
}

// askKnownPSK asks for the identities of TLS 1.3, in the client's order: the hook
// of the Ctx that goes on, because a PSK stands in for its certificates.
func (a *asker) askKnownPSK(ctx context.Context, p *helloPlan) (err error) {
	defer guarded("PSK", &err)
	if p.set.PSK == nil {
		return nil
	}
	for _, offer := range a.info.ClientHello.PSKIdentities {
		psk, err := p.set.PSK(ctx, &a.info, offer.Identity)
		if err == nil {
			err = psk.check()
		}
		if err != nil {
			return err
		}
		if psk != nil {
			p.psk = &PSK{Identity: offer.Identity, Key: psk.Key, SHA384: psk.SHA384}
			return nil
		}
	}
	return nil
}
