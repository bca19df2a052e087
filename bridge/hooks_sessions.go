package bridge

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/sslsock/sslsock/ossl"
)

// askSession looks up what the client may resume. No failure of it ends the
// handshake: there is a full one.
func (a *asker) askSession(ctx context.Context, p *helloPlan) error {
	store := a.base.Sessions
	if store == nil {
		return nil
	}
	ids, tls13 := a.sessionIDs()
	get := store.Get
	if tls13 && a.base.taker != nil {
		get = a.base.taker.Take
	}
	for _, id := range ids {
		err := guard("Sessions", func() (err error) {
			p.session, err = lookUp(ctx, store, get, id)
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
func (a *asker) sessionIDs() (ids [][]byte, tls13 bool) {
	hello := a.info.ClientHello
	if a.tls13 && slices.Contains(hello.SupportedVersions, uint16(ossl.TLS1_3Version)) {
		for _, psk := range hello.PSKIdentities {
			if len(psk.Identity) == sessionIDSize {
				return [][]byte{psk.Identity}, true
			}
		}
		return nil, true
	}
	if len(hello.SessionID) == 0 || len(hello.Ticket) > 0 {
		return nil, false
	}
	return [][]byte{hello.SessionID}, false
}

// find gives the SSL what lookUp has found.
func (a *asker) find(ssl *ossl.SSL, der []byte) error {
	sess, err := ossl.D2ISession(der)
	if err != nil {
		return hookError("Sessions", err)
	}
	defer sess.Close()
	a.found = sess.GetID()
	return ssl.SetFoundSession(sess)
}

// lookUp is a session that can be resumed.
func lookUp(ctx context.Context, store SessionStore, get func(context.Context, []byte) ([]byte, error), id []byte) ([]byte, error) {
	der, err := get(ctx, id)
	if err != nil {
		return nil, err
	}
	sess, err := ossl.D2ISession(der)
	if err != nil {
		return nil, err
	}
	defer sess.Close()
	if age := time.Since(sess.GetTime()); age > sess.GetTimeout() {
		_ = store.Remove(ctx, id) // the next one would find it expired too
		return nil, ErrNoSession
	}
	return der, nil
}

// storeLimit bounds the sessions that are on their way into a store that is
// slow, or out of it.
const storeLimit = 256

// storeTimeout is how long a store may take for one.
const storeTimeout = 10 * time.Second

var (
	storeSlots   = make(chan struct{}, storeLimit)
	errStoreFull = errors.New("the session store is too slow: a session is not kept, or not removed")
)

// keptSession is a session that the store has, or will have once stored is
// closed.
type keptSession struct {
	id     []byte
	stored chan struct{}
}

// keptLimit bounds what is remembered of a connection that goes on making
// tickets.
const keptLimit = 32

// keep stores a session without holding anybody up.
func (a *asker) keep(sess *ossl.Session) {
	h := a.base
	der, err := sess.I2D()
	if err != nil {
		h.report(hookError("Sessions", err))
		return
	}
	k, lifetime := keptSession{sess.GetID(), make(chan struct{})}, sess.GetTimeout()
	put := func(ctx context.Context) error { return h.Sessions.Put(ctx, k.id, der, lifetime) }
	if !h.use(func() error {
		defer close(k.stored)
		return bounded(put)
	}) {
		return
	}
	if len(a.kept) == keptLimit {
		a.kept = slices.Delete(a.kept, 0, 1)
	}
	a.kept = append(a.kept, k)
}

// forget drops the sessions of a connection that a fatal alert has ended, ours or
// the peer's: nobody may resume them (RFC 5246, section 7.2.2).
func (a *asker) forget(ssl *ossl.SSL, err error) {
	if err == nil || a.base.Sessions == nil || !a.info.Server || !isFatal(err) {
		return
	}
	list := a.kept
	a.kept = nil
	if a.found != nil && ssl.SessionReused() {
		list = append(list, keptSession{id: a.found})
	}
	a.found = nil
	if h := a.base; len(list) > 0 {
		h.use(func() error { return h.remove(list) })
	}
}

func (h *hookSet) remove(list []keptSession) error {
	var errs []error
	for _, k := range list {
		if k.stored != nil {
			<-k.stored // or Put would come after us; its time is bounded
		}
		errs = append(errs, bounded(func(ctx context.Context) error { return h.Sessions.Remove(ctx, k.id) }))
	}
	return errors.Join(errs...)
}

func bounded(f func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), storeTimeout)
	defer cancel()
	return f(ctx)
}

// use has f use the store: here where hooks never wait, so that a client that comes
// back at once finds its session, and else on a goroutine, unless too many do.
func (h *hookSet) use(f func() error) bool {
	if h.Inline {
		if err := guard("Sessions", f); err != nil {
			h.report(err)
		}
		return true
	}
	select {
	case storeSlots <- struct{}{}:
	default:
		h.report(hookError("Sessions", errStoreFull))
		return false
	}
	go func() {
		defer func() { <-storeSlots }()
		if err := guard("Sessions", f); err != nil {
			h.report(err)
		}
	}()
	return true
}
