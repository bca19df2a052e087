package suite

import (
	"errors"
	"fmt"
	"sync/atomic"
	"syscall"

	"github.com/sslsock/sslsock/bridge"
	"github.com/sslsock/sslsock/ossl"
)

// link is a connection between a client and a server. Both are on one loop, so
// that of two failures the first is the one that caused the other; all of it
// but what says otherwise belongs to that loop's goroutine.
type link struct {
	test    *Test
	loop    *bridge.Loop
	resumes bool
	ctx     *contexts

	client, server *side
	stage          stage
	first          *side // that failed
	done           chan struct{}

	// Hooks set these on goroutines of their own.
	chosen   atomic.Int32 // which server a name chose
	verified atomic.Int32 // how often a client's callback was asked
}

// stage is how far both sides are. One begins when both have done the one
// before, as in OpenSSL's runner.
type stage int

const (
	handshake     stage = iota
	firstExchange       // where something is to change afterwards
	changing            // keys, or all by another handshake
	exchange
	closing
)

func (s stage) String() string {
	return [...]string{"shaking hands", "exchanging data", "changing keys", "exchanging data", "closing"}[s]
}

// resumption is what the second connection of a test takes from the first.
type resumption struct{ client, server *ossl.Session }

// connect runs a connection to its end. The contexts stay the caller's.
func (t *Test) connect(loop *bridge.Loop, ctx *contexts, from *resumption) (*link, error) {
	l := &link{test: t, loop: loop, resumes: from != nil, ctx: ctx, done: make(chan struct{})}
	l.client = &side{link: l, name: "client"}
	l.server = &side{link: l, name: "server"}
	l.setReplies()
	if err := l.setUp(); err != nil {
		return nil, err
	}
	pair, err := newSocketPair(t.opts.method == "DTLS")
	if err != nil {
		return nil, err
	}
	ssls, err := l.makeSSLs(pair, from)
	if err != nil {
		pair.close()
		return nil, err
	}
	// The client takes its first step first, or a server that cannot do anything
	// would be the first to fail.
	if err := loop.Add(pair.fds[0], ssls[0], l.client); err != nil {
		ssls[1].Close()
		_ = syscall.Close(pair.fds[1])
		return nil, err
	}
	if err := loop.Add(pair.fds[1], ssls[1], l.server); err != nil {
		// The loop has ended where it takes no post, and the client with it.
		_ = loop.Post(func() { l.server.err, l.server.gone = err, true; l.left(l.server) })
	}
	<-l.done
	return l, nil
}

// clientOptions are those of this connection.
func (l *link) clientOptions() *clientOptions {
	if l.resumes {
		return &l.test.opts.resumeClient
	}
	return &l.test.opts.client
}

// makeSSLs makes the client's and the server's.
func (l *link) makeSSLs(pair *socketPair, from *resumption) (ssls [2]*ossl.SSL, err error) {
	defer func() {
		if err != nil {
			ssls[0].Close()
			ssls[1].Close()
		}
	}()
	for i, ctx := range []*ossl.Ctx{l.ctx.client, l.ctx.server} {
		if ssls[i], err = ctx.NewSSL(); err != nil {
			return ssls, err
		}
		if err = pair.attach(ssls[i], i); err != nil {
			return ssls, err
		}
	}
	client, server := ssls[0], ssls[1]
	client.SetConnectState()
	server.SetAcceptState()
	o := l.clientOptions()
	var errs []error
	if o.serverName != "" {
		errs = append(errs, client.SetTlsextHostName(o.serverName))
	}
	if o.postHandshakeAuth {
		client.SetPostHandshakeAuth(true)
	}
	if data := l.serverOptions().ticketAppData; data != "" {
		errs = append(errs, server.SetTicketAppData([]byte(data)))
	}
	if from != nil {
		if len(from.server.GetID()) > 0 { // for resumption without tickets
			errs = append(errs, l.ctx.server.AddSession(from.server))
		}
		errs = append(errs, client.SetSession(from.client))
	}
	return ssls, errors.Join(errs...)
}

func (l *link) serverOptions() *serverOptions {
	if l.resumes {
		return &l.test.opts.resumeServer
	}
	return &l.test.opts.server
}

// setReplies settles who writes first once something has changed: whoever
// answers does so when it has seen all that was asked of it.
func (l *link) setReplies() {
	switch l.test.opts.mode {
	case modeKeyUpdateServer, modePostHandshakeAuth, modeRenegotiateServer:
		l.client.replies = true
	case modeKeyUpdateClient, modeRenegotiateClient:
		l.server.replies = true
	}
}

func (l *link) initiator() *side {
	if l.client.replies {
		return l.server
	}
	return l.client
}

// finished begins the next stage once both sides have done theirs: by a post,
// because it acts on a stream that the loop may be at work on.
func (l *link) finished() {
	if !l.client.done || !l.server.done {
		return
	}
	// The loop has ended where it takes no post, and both are closed.
	_ = l.loop.Post(func() {
		if !l.client.gone && !l.server.gone {
			l.next()
		}
	})
}

func (l *link) next() {
	l.client.done, l.server.done = false, false
	l.stage++
	if changes := l.client.replies || l.server.replies; l.stage == firstExchange && !changes {
		l.stage = exchange
	}
	switch l.stage {
	case firstExchange, exchange:
		first := l.initiator()
		first.exchange()
		l.other(first).exchange()
	case changing:
		l.change()
	case closing:
		l.client.stream.Close()
		l.server.stream.Close()
	}
}

// change has one side ask for what changes. A renegotiation is done when both
// say so; of the rest the other side's data will tell.
func (l *link) change() {
	s := l.initiator()
	s.starts = true
	if err := s.change(); err != nil {
		s.stream.Abort(fmt.Errorf("asking for it: %w", err))
		return
	}
	// Closed brings the error.
	_ = s.stream.DoHandshake()
	s.starts = false
	switch l.test.opts.mode {
	case modeRenegotiateClient, modeRenegotiateServer:
	default:
		l.client.finish()
		l.server.finish()
	}
}

func (l *link) other(s *side) *side {
	if s == l.client {
		return l.server
	}
	return l.client
}

// left notes that a side has gone. The other one sees it, and goes too.
func (l *link) left(s *side) {
	if s.err != nil {
		l.failed(s)
	}
	if l.client.gone && l.server.gone {
		close(l.done)
	}
}

// failed keeps the first.
func (l *link) failed(s *side) {
	if l.first == nil {
		l.first = s
	}
}

// outcome is how it ended.
func (l *link) outcome() outcome {
	retried := l.clientOptions().verify != "RetryOnce" || l.verified.Load() == 1
	switch {
	case l.first == l.client:
		return clientFail
	case l.first == l.server || !retried:
		return serverFail
	default:
		return success
	}
}
