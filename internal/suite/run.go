package suite

import (
	"github.com/sslsock/sslsock/bridge"
)

// Run runs the test on a loop and says what is not as expected, nothing where
// all is well. Any number of tests may run on one loop; it must not be called
// on the loop's own goroutine.
func (t *Test) Run(loop *bridge.Loop) []string {
	if t.bad != nil {
		return []string{t.bad.Error()}
	}
	complaints, err := t.run(loop)
	if err != nil {
		return []string{err.Error()}
	}
	return complaints
}

func (t *Test) run(loop *bridge.Loop) (complaints, error) {
	ctx, err := t.contexts(false)
	if err != nil {
		return nil, err
	}
	defer ctx.close()
	l, err := t.connect(loop, ctx, nil)
	if err != nil {
		return nil, err
	}
	defer l.closeSessions()
	if t.opts.mode != modeResume {
		return t.judge(l, l.outcome()), nil
	}
	if l.outcome() != success {
		return t.judge(l, firstFailed), nil
	}
	return t.resume(loop, l)
}

// resume runs the second connection of a test, with what the first has left.
func (t *Test) resume(loop *bridge.Loop, first *link) (complaints, error) {
	server, err := first.server.facts.session.Dup()
	if err != nil {
		return nil, err
	}
	from := &resumption{first.client.facts.session, server}
	defer server.Close()
	ctx, err := t.contexts(true)
	if err != nil {
		return nil, err
	}
	defer ctx.close()
	l, err := t.connect(loop, ctx, from)
	if err != nil {
		return nil, err
	}
	defer l.closeSessions()
	return t.judge(l, l.outcome()), nil
}

func (l *link) closeSessions() {
	l.client.facts.session.Close()
	l.server.facts.session.Close()
}

// judge compares, and where something is wrong says how the sides ended.
func (t *Test) judge(l *link, got outcome) complaints {
	chosen := [...]string{"", "server1", "server2"}[l.chosen.Load()]
	c := t.opts.want.check(got, &l.client.facts, &l.server.facts, chosen)
	if l.client.facts.ticketKey == server2Key {
		c.add("the ticket is sealed with the key of the second server")
	}
	for _, s := range []*side{l.client, l.server} {
		if len(c) > 0 && s.err != nil {
			c.add("the %s ended while %v: %v", s.name, l.stage, s.err)
		}
	}
	return c
}
