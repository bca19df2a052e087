package bridge

import (
	"sync"
	"sync/atomic"

	"github.com/sslsock/sslsock/ossl"
)

// hookSet is Hooks as a Ctx has them.
type hookSet struct {
	*Hooks
	insecure bool         // clients: a chain counts as verified unless VerifyPeer says no
	signers  bool         // the Ctx has a key that is a crypto.Signer
	taker    SessionTaker // Sessions, where a session of TLS 1.3 must be used once only
	paces    [ossl.AskKey + 1]pace
}

// hooksInstalled spares programs without hooks the look for them.
var hooksInstalled atomic.Bool

// hookIndex is where a Ctx keeps its hookSet.
var hookIndex = sync.OnceValues(ossl.CtxGetExNewIndex)

// Install has the connections of ctx ask these hooks; Config.Hooks does it for
// the Ctx that it makes. It belongs to the configuration of a Ctx, and cannot be
// undone. The Hooks must not be changed any more. A server's Ctx with VerifyPeer
// or PSK needs a SessionIDContext that no Ctx with other hooks has, or a session
// that one has let in is resumed on the other.
//
// With Sessions, ctx keeps its sessions there and nowhere else: tickets then hold
// only an id. Where ctx has SetMaxEarlyData by then, and Sessions is a SessionTaker,
// each of TLS 1.3 is used once; where it is none nothing is resumed, unless
// OpNoAntiReplay is set.
func (h *Hooks) Install(ctx *ossl.Ctx) error { return (&hookSet{Hooks: h}).install(ctx) }

func (h *hookSet) install(ctx *ossl.Ctx) error {
	index, err := hookIndex()
	if err != nil {
		return err
	}
	if err := ctx.SetSuspend(h.questions()...); err != nil {
		return err
	}
	if err := ctx.SetAhead(h.ahead()...); err != nil {
		return err
	}
	events := h.Events
	if h.Event == nil {
		events = nil
	}
	if h.Sessions != nil {
		events = append(events[:len(events):len(events)], ossl.EventSession)
		ctx.SetSessionCacheMode(ossl.SessCacheServer | ossl.SessCacheNoInternal)
		ctx.SetOptions(ossl.OpNoTicket)
		h.useOnce(ctx)
	}
	if err := ctx.SetEvents(events...); err != nil {
		return err
	}
	hooksInstalled.Store(true)
	return ctx.SetExData(index, h)
}

// useOnce keeps early data from being played again by way of the store: libssl
// would look for the session in its own cache.
func (h *hookSet) useOnce(ctx *ossl.Ctx) {
	if ctx.GetMaxEarlyData() == 0 || ctx.GetOptions()&ossl.OpNoAntiReplay != 0 {
		return
	}
	if taker, ok := h.Sessions.(SessionTaker); ok {
		h.taker = taker
		ctx.SetOptions(ossl.OpNoAntiReplay)
	}
}

func (h *hookSet) questions() []ossl.Question {
	var list []ossl.Question
	for q, wanted := range map[ossl.Question]bool{
		ossl.AskClientHello: h.ClientHello != nil || h.ALPN != nil || h.Sessions != nil || h.PSK != nil,
		ossl.AskCert:        h.Certificate != nil || h.OCSP != nil,
		ossl.AskVerify:      h.VerifyPeer != nil,
		ossl.AskPSK:         h.PSK != nil,
		ossl.AskKey:         h.signers || h.Certificate != nil,
	} {
		if wanted {
			list = append(list, q)
		}
	}
	return list
}

func (h *Hooks) ahead() []ossl.Ahead {
	var list []ossl.Ahead
	if h.Sessions != nil {
		list = append(list, ossl.AheadSession)
	}
	if h.PSK != nil {
		list = append(list, ossl.AheadPSKServer, ossl.AheadPSKClient)
	}
	if h.OCSP != nil {
		list = append(list, ossl.AheadStaple)
	}
	return list
}

// hooksOf is what Install has left on ctx, nil for nothing.
func hooksOf(ctx *ossl.Ctx) *hookSet {
	if !hooksInstalled.Load() {
		return nil
	}
	index, err := hookIndex()
	if err != nil {
		return nil
	}
	set, _ := ctx.GetExData(index).(*hookSet)
	return set
}
