package bridge

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/sslsock/sslsock/ossl"
)

// asker asks the hooks of one connection. It belongs to whoever drives that; but
// while a task is out, to the task.
type asker struct {
	set      *hookSet // changes with the Ctx
	base     *hookSet // of the Ctx that the connection began with
	info     Handshake
	insecure bool // clients: see hookSet
	dtls     bool
	tls13    bool          // servers: it may be negotiated
	jobs     bool          // from now on the handshake needs a worker
	err      error         // why a hook ended the handshake
	found    []byte        // the id of a session that the store has had
	kept     []keptSession // what the store has been given
}

// early says whether the peer has still something to send for the handshake, so
// that the end of what it sends is the end of the handshake. Later it may have
// said all it has to say, and have closed its side in good order.
func (t task) early() bool {
	return t.q == ossl.AskClientHello || t.q == ossl.AskCert || t.q == ossl.AskKey
}

// newAsker is nil where there is nobody to ask.
func newAsker(set *hookSet, server bool, local, remote net.Addr) *asker {
	if set == nil {
		return nil
	}
	a := new(asker)
	a.init(set, server, local, remote)
	return a
}

func (a *asker) init(set *hookSet, server bool, local, remote net.Addr) {
	a.set, a.base, a.jobs = set, set, set.jobs(server)
	a.info.Server, a.info.LocalAddr, a.info.RemoteAddr, a.info.begun = server, local, remote, time.Now()
}

// apply brings an answer to the SSL, where the connection is driven.
type apply func(*ossl.SSL) error

// task is a question, ready to be asked on any goroutine.
type task struct {
	q     ossl.Question
	hook  string
	ask   func(*asker, context.Context) (apply, error)
	begun time.Time
}

// ahead is what is asked before a client's first step, if anything is.
func (a *asker) ahead() (task, bool) {
	if a.info.Server || a.set.PSK == nil {
		return task{}, false
	}
	return task{ossl.AskNothing, "PSK", (*asker).askOfferedPSK, time.Now()}, true
}

// asks is the question that w stands for.
func asks(ssl *ossl.SSL, w ossl.Want) ossl.Question {
	switch w {
	case ossl.WantClientHello:
		return ossl.AskClientHello
	case ossl.WantX509Lookup:
		return ossl.AskCert
	case ossl.WantRetryVerify:
		return ossl.AskVerify
	case ossl.WantAsync:
		return ssl.Asked()
	default:
		return ossl.AskNothing
	}
}

// question is what the handshake that wants w asks.
func (a *asker) question(ssl *ossl.SSL, w ossl.Want) (task, error) {
	now, q := time.Now(), asks(ssl, w)
	if err := a.look(ssl, q); err != nil {
		// No hook may be passed by for a ClientHello that is odd.
		return task{q, "ClientHello", func(*asker, context.Context) (apply, error) { return nil, AlertError(alertDecodeError, err) }, now}, nil
	}
	switch q {
	case ossl.AskClientHello:
		return task{q, "ClientHello", (*asker).askHello, now}, nil
	case ossl.AskCert:
		if !a.info.Server {
			for _, name := range ssl.Get0PeerCAList() {
				a.info.CANames = append(a.info.CANames, name.I2D())
			}
		}
		return task{q, "Certificate", (*asker).askCertificate, now}, nil
	case ossl.AskVerify:
		chain := ssl.AskedChain()
		return task{q, "VerifyPeer", func(a *asker, ctx context.Context) (apply, error) { return a.askVerify(ctx, chain) }, now}, nil
	case ossl.AskPSK:
		id := ssl.AskedIdentity()
		return task{q, "PSK", func(a *asker, ctx context.Context) (apply, error) { return a.askPSK(ctx, id) }, now}, nil
	case ossl.AskKey:
		req, err := ssl.AskedKey()
		return task{q, "Signer", func(a *asker, _ context.Context) (apply, error) { return a.askKey(&req, err) }, now}, nil
	default:
		return task{}, errNobodyAnswers
	}
}

var errNobodyAnswers = errors.New("the handshake is suspended for what nothing here answers")

// look notes what can be known by now.
func (a *asker) look(ssl *ossl.SSL, q ossl.Question) error {
	if a.info.Server && a.info.ClientHello == nil {
		if raw := ssl.ClientHello(); raw != nil {
			hello, err := parseClientHello(raw, a.dtls)
			if err != nil {
				return err
			}
			hello.LocalAddr, hello.RemoteAddr = a.info.LocalAddr, a.info.RemoteAddr
			a.info.ClientHello = hello
		}
	}
	if q != ossl.AskClientHello {
		a.info.State = ssl.ConnectionState()
	} else if a.base.Sessions != nil {
		newest := ssl.GetMaxProtoVersion()
		a.tls13 = newest == 0 || newest >= ossl.TLS1_3Version
	}
	return nil
}

// run asks; its error is a *HookError.
func (a *asker) run(ctx context.Context, t task) (answer apply, err error) {
	defer guarded(t.hook, &err)
	return t.ask(a, ctx)
}

// settle gives the outcome of run to the SSL. The error is for what cannot be
// told to it.
func (a *asker) settle(ssl *ossl.SSL, t task, answer apply, err error) error {
	a.info.inHooks += time.Since(t.begun)
	if err == nil {
		if err = answer(ssl); err == nil {
			return nil
		}
		err = hookError(t.hook, err)
	}
	a.err = err
	refusal := ossl.Answer{Refuse: true, Alert: alertInternalError}
	var h *HookError
	if errors.As(err, &h) {
		refusal.Alert = h.Alert
	}
	refusal.Verify = verifyCertRejected
	_ = errors.As(err, &refusal.Verify)
	if t.q == ossl.AskNothing {
		return err
	}
	return ssl.Answer(t.q, refusal)
}

const verifyCertRejected ossl.VerifyResult = 28 // X509_V_ERR_CERT_REJECTED: bad_certificate

// because is err, or the hook's error where that is the reason for it.
func (a *asker) because(err error) error {
	if a != nil && a.err != nil && err != nil {
		return a.err
	}
	return err
}

// Each of these grants what was asked, and nothing more.
var (
	grantHello  apply = func(ssl *ossl.SSL) error { return ssl.Answer(ossl.AskClientHello, ossl.Answer{}) }
	grantCert   apply = func(ssl *ossl.SSL) error { return ssl.Answer(ossl.AskCert, ossl.Answer{}) }
	grantVerify apply = func(ssl *ossl.SSL) error { return ssl.Answer(ossl.AskVerify, ossl.Answer{}) }
)

func (a *asker) askCertificate(ctx context.Context) (apply, error) {
	var pair *KeyPair
	if a.set.Certificate != nil {
		var err error
		if pair, err = a.set.Certificate(ctx, &a.info); err != nil {
			return nil, err
		}
	}
	staple, err := a.askStaple(ctx, pair)
	if err != nil {
		return nil, err
	}
	if pair == nil && len(staple) == 0 {
		return grantCert, nil
	}
	return func(ssl *ossl.SSL) error {
		if p := pair; p != nil {
			if err := ssl.UseCertAndKey(p.Leaf, p.Key, p.Chain, true); err != nil {
				return fmt.Errorf("certificate and key: %w", err)
			}
			a.jobs = a.jobs || p.Remote
		}
		if len(staple) > 0 {
			if err := ssl.SetStaple(staple); err != nil {
				return err
			}
		}
		return grantCert(ssl)
	}, nil
}

func (a *asker) askStaple(ctx context.Context, pair *KeyPair) (staple []byte, err error) {
	if hello := a.info.ClientHello; a.set.OCSP == nil || hello == nil || !hello.StatusRequest {
		return nil, nil
	}
	defer guarded("OCSP", &err)
	return a.set.OCSP(ctx, &a.info, pair)
}

func (a *asker) askVerify(ctx context.Context, chain ossl.PeerChain) (apply, error) {
	p := &PeerCertificate{PeerChain: chain, accepted: a.insecure}
	if err := a.set.VerifyPeer(ctx, &a.info, p); err != nil {
		return nil, err
	}
	if p.accepted || p.Result == ossl.VerifyOK {
		return grantVerify, nil
	}
	return func(ssl *ossl.SSL) error {
		return ssl.Answer(ossl.AskVerify, ossl.Answer{Refuse: true, Verify: p.Result})
	}, nil
}

// askKey has a private key used that is elsewhere.
func (a *asker) askKey(req *ossl.KeyRequest, err error) (apply, error) {
	if err != nil {
		return nil, err
	}
	data, err := req.Do(rand.Reader)
	if err != nil {
		return nil, err
	}
	return func(ssl *ossl.SSL) error { return ssl.Answer(ossl.AskKey, ossl.Answer{Data: data}) }, nil
}

// askPSK is a server of TLS 1.2.
func (a *asker) askPSK(ctx context.Context, identity []byte) (_ apply, err error) {
	var psk *PSK
	if a.set.PSK != nil {
		psk, err = a.set.PSK(ctx, &a.info, identity)
	}
	if err == nil {
		err = psk.check()
	}
	if err != nil {
		return nil, err
	}
	return func(ssl *ossl.SSL) error {
		if psk == nil {
			return ssl.Answer(ossl.AskPSK, ossl.Answer{Refuse: true})
		}
		return ssl.Answer(ossl.AskPSK, ossl.Answer{Data: psk.Key})
	}, nil
}

// askOfferedPSK is a client before its first step.
func (a *asker) askOfferedPSK(ctx context.Context) (apply, error) {
	psk, err := a.set.PSK(ctx, &a.info, nil)
	if err == nil {
		err = psk.check()
	}
	if err != nil {
		return nil, err
	}
	return func(ssl *ossl.SSL) error {
		if psk == nil {
			return nil
		}
		return ssl.SetPSK(psk.Identity, psk.Key, psk.SHA384)
	}, nil
}

// errGone is for a peer that leaves while a hook is asked.
var errGone = fmt.Errorf("the peer went away while a hook was asked: %w", io.ErrUnexpectedEOF)
