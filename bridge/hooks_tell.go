package bridge

import (
	"slices"
	"time"

	"github.com/sslsock/sslsock/ossl"
)

// events hands on what libssl has told. The error is a panic of Event's.
func (a *asker) events(ssl *ossl.SSL) error {
	if !ssl.HasEvents() {
		return nil
	}
	var failed error
	for _, ev := range ssl.TakeEvents() {
		if ev.Session != nil && a.base.Sessions != nil && a.info.Server {
			a.keep(ev.Session)
		}
		if failed == nil && a.set.Event != nil && slices.Contains(a.set.Events, ev.Kind) {
			failed = guard("Event", func() error { a.set.Event(&a.info, ev); return nil })
		}
		ev.Session.Close()
	}
	if failed != nil && a.err == nil {
		a.err = failed
	}
	return failed
}

// finished reports the end of the handshake, and says whether the asker is
// needed any more. The error is a panic of Finished's.
func (a *asker) finished(ssl *ossl.SSL, err error) (needed bool, failed error) {
	failed = a.events(ssl)
	if failed == nil && a.set.Finished != nil {
		failed = a.report(ssl.ConnectionState(), err)
	}
	return a.set.Event != nil || a.base.Sessions != nil || a.asksLater(), failed
}

// report calls Finished with a copy, because a hook may still be out and read
// the original.
func (a *asker) report(st ossl.ConnectionState, err error) error {
	if a.set.Finished == nil {
		return nil
	}
	info := a.info
	info.State = st
	report := &HandshakeReport{Err: err, Elapsed: time.Since(info.begun), InHooks: info.inHooks, Resumed: st.Resumed}
	return guard("Finished", func() error { a.set.Finished(&info, report); return nil })
}

// report is for what no connection fails for. A panic of OnError's has nobody
// left to be told to.
func (h *hookSet) report(err error) {
	if h.OnError != nil {
		_ = guard("OnError", func() error { h.OnError(err); return nil })
	}
}
