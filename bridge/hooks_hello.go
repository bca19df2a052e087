package bridge

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/sslsock/sslsock/ossl"
)

// helloPlan is all that is decided while the ClientHello waits.
type helloPlan struct {
	ctx     *ossl.Ctx
	set     *hookSet
	alpn    *string
	refuse  bool // all of the client's protocols
	session *ossl.Session
	psk     *PSK
	exts    map[uint16][]byte
}

// askHello asks for all that libssl asks later with no way to wait.
func (a *asker) askHello(ctx context.Context) (_ apply, err error) {
	p := helloPlan{set: a.set}
	defer func() {
		if err != nil {
			p.session.Close()
		}
	}()
	for _, ask := range []struct {
		hook string
		f    func(context.Context, *helloPlan) error
	}{{"ClientHello", a.askSwitch}, {"ALPN", a.askALPN}, {"Sessions", a.askSession}, {"PSK", a.askKnownPSK}} {
		if err := guard(ask.hook, func() error { return ask.f(ctx, &p) }); err != nil {
			return nil, err
		}
	}
	return func(ssl *ossl.SSL) error { return a.applyHello(ssl, &p) }, nil
}

func (a *asker) applyHello(ssl *ossl.SSL, p *helloPlan) error {
	defer p.session.Close()
	if p.ctx != nil {
		if err := ssl.SwitchCtx(p.ctx); err != nil {
			return err
		}
		a.set = p.set
		a.jobs = a.jobs || p.set.jobs(true)
	}
	var errs []error
	switch {
	case p.refuse:
		errs = append(errs, ssl.RefuseAlpn())
	case p.alpn != nil:
		errs = append(errs, ssl.SetAlpnAnswer(*p.alpn))
	}
	if p.session != nil {
		errs = append(errs, ssl.SetFoundSession(p.session))
	}
	if p.psk != nil {
		errs = append(errs, ssl.SetPSK(p.psk.Identity, p.psk.Key, p.psk.SHA384))
	}
	for typ, data := range p.exts {
		errs = append(errs, ssl.SetCustomExt(typ, data))
	}
	return errors.Join(append(errs, ssl.Answer(ossl.AskClientHello, ossl.Answer{}))...)
}

func (a *asker) askSwitch(ctx context.Context, p *helloPlan) error {
	if a.set.ClientHello == nil {
		return nil
	}
	answer, err := a.set.ClientHello(ctx, &a.info)
	if err != nil || answer == nil {
		return err
	}
	if p.exts = answer.CustomExts; answer.Ctx == nil {
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

func (a *asker) askALPN(ctx context.Context, p *helloPlan) error {
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

// askSession looks up what the client may resume. No failure of it ends the
// handshake: there is a full one.
func (a *asker) askSession(ctx context.Context, p *helloPlan) error {
	store := a.base.Sessions
	if store == nil {
		return nil
	}
	for _, id := range a.sessionIDs() {
		err := guard("Sessions", func() (err error) {
			p.session, err = lookUp(ctx, store, id)
			return err
		})
		if err == nil {
			return nil
		}
		if !errors.Is(err, ErrNoSession) {
			a.base.report(err)
		}
	}
	return nil
}

const sessionIDSize = 32 // of those that libssl makes

// sessionIDs are what may be in the store: TLS 1.3 has ids where a ticket would
// be, and a meaningless one in the old place.
func (a *asker) sessionIDs() [][]byte {
	hello := a.info.ClientHello
	if a.tls13 && slices.Contains(hello.SupportedVersions, uint16(ossl.TLS1_3Version)) {
		for _, psk := range hello.PSKIdentities {
			if len(psk.Identity) == sessionIDSize {
				return [][]byte{psk.Identity}
			}
		}
		return nil
	}
	if len(hello.SessionID) == 0 || len(hello.Ticket) > 0 {
		return nil
	}
	return [][]byte{hello.SessionID}
}

// lookUp is a session that can be resumed.
func lookUp(ctx context.Context, store SessionStore, id []byte) (*ossl.Session, error) {
	der, err := store.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	sess, err := ossl.D2ISession(der)
	if err != nil {
		return nil, err
	}
	if age := time.Since(sess.GetTime()); age > sess.GetTimeout() {
		sess.Close()
		_ = store.Remove(ctx, id) // the next one would find it expired too
		return nil, ErrNoSession
	}
	return sess, nil
}

// askKnownPSK asks for the identities of TLS 1.3, in the client's order.
func (a *asker) askKnownPSK(ctx context.Context, p *helloPlan) error {
	if a.base.PSK == nil {
		return nil
	}
	for _, offer := range a.info.ClientHello.PSKIdentities {
		psk, err := a.base.PSK(ctx, &a.info, offer.Identity)
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

// putLimit bounds the sessions that are on their way into a store that is slow.
const putLimit = 256

// putTimeout is how long a store may take for one.
const putTimeout = 10 * time.Second

var (
	putSlots    = make(chan struct{}, putLimit)
	errStoreFul = errors.New("the session store is too slow: a session is not kept")
)

// put stores a session without holding anybody up.
func (h *hookSet) put(sess *ossl.Session) {
	der, err := sess.I2D()
	if err != nil {
		h.report(hookError("Sessions", err))
		return
	}
	id, lifetime := sess.GetID(), sess.GetTimeout()
	select {
	case putSlots <- struct{}{}:
	default:
		h.report(hookError("Sessions", errStoreFul))
		return
	}
	go func() {
		defer func() { <-putSlots }()
		ctx, cancel := context.WithTimeout(context.Background(), putTimeout)
		defer cancel()
		if err := guard("Sessions", func() error { return h.Sessions.Put(ctx, id, der, lifetime) }); err != nil {
			h.report(err)
		}
	}()
}

func (h *hookSet) report(err error) {
	if h.OnError != nil {
		h.OnError(err)
	}
}
