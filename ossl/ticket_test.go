package ossl_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// ticketServer seals with the first of keys. Its kind may resume each other's
// sessions.
func ticketServer(t testing.TB, keys ...ossl.TicketKey) *ossl.Ctx {
	t.Helper()
	return serverCtx(t, testdata.ECDSA, sealed(keys...))
}

func sealed(keys ...ossl.TicketKey) setup {
	return func(c *ossl.Ctx) error {
		return errors.Join(c.SetSessionIDContext([]byte("tickets")), c.SetNumTickets(1), c.SetTicketKeys(keys...))
	}
}

// visit connects, with sess unless it is nil, and returns the session that the
// client has afterwards.
func visit(t testing.TB, client, server *ossl.Ctx, sess *ossl.Session) (next *ossl.Session, resumed bool) {
	t.Helper()
	p := newPair(t, client, server)
	if sess != nil {
		must(t, p.client.SetSession(sess))
	}
	p.handshake()
	p.echo()
	next, err := p.client.Get1Session()
	must(t, err)
	t.Cleanup(next.Close)
	if p.client.SessionReused() != p.server.SessionReused() {
		t.Error("one side has resumed and the other has not")
	}
	return next, p.client.SessionReused()
}

func sealedWith(t testing.TB, sess *ossl.Session, key ossl.TicketKey) {
	t.Helper()
	if name, ok := ossl.TicketKeyName(sess.Get0Ticket()); !ok || name != key.Name {
		t.Errorf("the ticket is sealed with %x, %v, want %x", name, ok, key.Name)
	}
}

// A ticket of one Ctx is good on another that has the key.
func TestTicketKeysShared(t *testing.T) {
	eachVersion(t, func(t *testing.T, v int) {
		key, other := ossl.NewTicketKey(), ossl.NewTicketKey()
		client, a, b := clientCtx(t, testdata.ECDSA, only(v)), ticketServer(t, key), ticketServer(t, key)
		stranger := ticketServer(t, other)
		sess, resumed := visit(t, client, a, nil)
		if resumed {
			t.Error("the first is resumed")
		}
		sealedWith(t, sess, key)
		if _, resumed = visit(t, client, b, sess); !resumed {
			t.Error("not resumed on the second Ctx")
		}
		// An unknown key is a full handshake and a new ticket, never a failure.
		next, resumed := visit(t, client, stranger, sess)
		if resumed {
			t.Error("resumed under a key that is not there")
		}
		sealedWith(t, next, other)
	})
}

// A ticket under an old key is accepted and replaced; when the key is gone it
// is worth nothing.
func TestTicketKeysRotated(t *testing.T) {
	eachVersion(t, func(t *testing.T, v int) {
		first, second := ossl.NewTicketKey(), ossl.NewTicketKey()
		client, server := clientCtx(t, testdata.ECDSA, only(v)), ticketServer(t, first)
		old, _ := visit(t, client, server, nil)
		must(t, server.SetTicketKeys(second, first))
		renewed, resumed := visit(t, client, server, old)
		if !resumed {
			t.Error("not resumed under the key before")
		}
		sealedWith(t, renewed, second)
		must(t, server.SetTicketKeys(second))
		if server.HasTicketKey(first.Name) || !server.HasTicketKey(second.Name) {
			t.Error("HasTicketKey")
		}
		if _, resumed = visit(t, client, server, old); resumed {
			t.Error("resumed under a key that was dropped")
		}
		if _, resumed = visit(t, client, server, renewed); !resumed {
			t.Error("the renewed ticket is not resumed")
		}
	})
}

// A ticket under the newest key stays the client's under TLS 1.2. Under TLS 1.3
// there is a new one for each connection, so that nobody sees which belong
// together.
func TestTicketRenewal(t *testing.T) {
	eachVersion(t, func(t *testing.T, v int) {
		client, server := clientCtx(t, testdata.ECDSA, only(v)), ticketServer(t, ossl.NewTicketKey(), ossl.NewTicketKey())
		sess, _ := visit(t, client, server, nil)
		next, resumed := visit(t, client, server, sess)
		same := bytes.Equal(sess.Get0Ticket(), next.Get0Ticket())
		if !resumed || same != (v == ossl.TLS1_2Version) {
			t.Errorf("resumed %v, the same ticket %v", resumed, same)
		}
	})
}

// No two tickets have the same IV, nor the beginning of one in common, under
// one key.
func TestTicketIVs(t *testing.T) {
	const tickets = 200
	key := ossl.NewTicketKey()
	server := ticketServer(t, key)
	seen := make(map[string]bool)
	for i := range tickets {
		version := ossl.TLS1_2Version + i%2
		sess, _ := visit(t, clientCtx(t, testdata.ECDSA, only(version)), server, nil)
		ticket := sess.Get0Ticket()
		sealedWith(t, sess, key)
		seen["IV "+string(ticket[16:32])] = true
		seen["text "+string(ticket[32:48])] = true
	}
	if len(seen) != 2*tickets {
		t.Errorf("%d different IVs and blocks in %d tickets", len(seen), tickets)
	}
}

// Whatever is changed in a ticket, the handshake is a full one: name, IV, text
// or HMAC.
func TestDamagedTicket(t *testing.T) {
	eachVersion(t, func(t *testing.T, v int) {
		client, server := clientCtx(t, testdata.ECDSA, only(v)), ticketServer(t, ossl.NewTicketKey())
		sess, _ := visit(t, client, server, nil)
		der, err := sess.I2D()
		must(t, err)
		ticket := sess.Get0Ticket()
		at := bytes.Index(der, ticket)
		if at < 0 {
			t.Fatal("no ticket in the session")
		}
		for _, i := range []int{0, 15, 16, 31, 32, len(ticket) / 2, len(ticket) - 33, len(ticket) - 1} {
			bad := bytes.Clone(der)
			bad[at+i] ^= 1
			changed, err := ossl.D2ISession(bad)
			must(t, err)
			if _, resumed := visit(t, client, server, changed); resumed {
				t.Errorf("resumed with byte %d of %d changed", i, len(ticket))
			}
			changed.Close()
		}
	})
}

// Keys change every few handshakes while many goroutines shake hands: no
// handshake fails, and most resume.
func TestTicketKeysUnderLoad(t *testing.T) {
	const workers, visits = 8, 60
	eachVersion(t, func(t *testing.T, v int) {
		l := &ticketLoad{client: clientCtx(t, testdata.ECDSA, only(v)), keys: []ossl.TicketKey{ossl.NewTicketKey()}}
		l.server = ticketServer(t, l.keys...)
		var all sync.WaitGroup
		for range workers {
			all.Go(func() {
				if err := l.visit(visits); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		most := l.done - workers // the first of each cannot resume
		t.Logf("%d rotations, %d of %d resumed", l.rotations, l.resumed, most)
		if l.done != workers*visits || l.resumed*2 < most || l.rotations < l.done/10 {
			t.Errorf("%d rotations, %d of %d resumed", l.rotations, l.resumed, most)
		}
	})
}

type ticketLoad struct {
	client, server *ossl.Ctx

	mu                       sync.Mutex
	keys                     []ossl.TicketKey // the newest and fifteen before
	done, resumed, rotations int
}

// visit has one client come n times, each time with what it has from the last.
func (l *ticketLoad) visit(n int) error {
	var sess *ossl.Session
	defer func() { sess.Close() }()
	for range n {
		next, resumed, err := visitOnce(l.client, l.server, sess)
		if err != nil {
			return err
		}
		sess.Close()
		sess = next
		if err := l.count(resumed); err != nil {
			return err
		}
	}
	return nil
}

// count changes the keys after each eighth handshake, in the middle of those
// of the other goroutines.
func (l *ticketLoad) count(resumed bool) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.done++
	if resumed {
		l.resumed++
	}
	if l.done%8 != 0 {
		return nil
	}
	l.rotations++
	l.keys = append([]ossl.TicketKey{ossl.NewTicketKey()}, l.keys[:min(15, len(l.keys))]...)
	return l.server.SetTicketKeys(l.keys...)
}

// visitOnce is visit for goroutines: it returns errors.
func visitOnce(client, server *ossl.Ctx, sess *ossl.Session) (next *ossl.Session, resumed bool, err error) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, false, err
	}
	defer func() { _, _ = unix.Close(fds[0]), unix.Close(fds[1]) }()
	var sides [2]*ossl.SSL
	for i, c := range []*ossl.Ctx{client, server} {
		if sides[i], err = c.NewSSL(); err != nil {
			return nil, false, err
		}
		defer sides[i].Close()
		if err := sides[i].SetFd(fds[i]); err != nil {
			return nil, false, err
		}
	}
	c, s := sides[0], sides[1]
	c.SetConnectState()
	s.SetAcceptState()
	if sess != nil {
		if err := c.SetSession(sess); err != nil {
			return nil, false, err
		}
	}
	for turns := 0; ; turns++ {
		cw, cerr := c.DoHandshake()
		sw, serr := s.DoHandshake()
		if err := errors.Join(cerr, serr); err != nil || turns > 100 {
			return nil, false, fmt.Errorf("handshake, after %d turns: %w", turns, err)
		}
		if cw == ossl.WantNothing && sw == ossl.WantNothing {
			break
		}
	}
	if _, _, err := c.Read(make([]byte, 1)); err != nil { // tickets of TLS 1.3
		return nil, false, err
	}
	if _, _, err := c.Shutdown(); err != nil { // or the session would be spoilt
		return nil, false, err
	}
	next, err = c.Get1Session()
	return next, s.SessionReused(), err
}

// What cannot be is refused, and what was there stays. (A name of the wrong
// length cannot be: its type is [16]byte.)
func TestTicketKeysRefused(t *testing.T) {
	key := ossl.NewTicketKey()
	server := ticketServer(t, key)
	twin := ossl.NewTicketKey()
	twin.Name = key.Name
	many := make([]ossl.TicketKey, ossl.MaxTicketKeys+1)
	for i := range many {
		many[i] = ossl.NewTicketKey()
	}
	for _, tt := range []struct {
		keys []ossl.TicketKey
		want error
	}{
		{nil, ossl.ErrNoTicketKeys},
		{many, ossl.ErrTooManyTicketKeys},
		{[]ossl.TicketKey{{Name: [16]byte{1}}}, ossl.ErrZeroTicketKey},
		{[]ossl.TicketKey{key, {Name: [16]byte{1}, AES: key.AES}}, ossl.ErrZeroTicketKey},
		{[]ossl.TicketKey{key, twin}, ossl.ErrDuplicateTicketKey},
	} {
		wantErr(t, server.SetTicketKeys(tt.keys...), tt.want)
		if !server.HasTicketKey(key.Name) {
			t.Fatal("the key that was there is gone")
		}
	}
	must(t, server.SetTicketKeys(many[:ossl.MaxTicketKeys]...))
	if server.HasTicketKey(key.Name) || !server.HasTicketKey(many[ossl.MaxTicketKeys-1].Name) {
		t.Error("the most that may be set is not set")
	}
	if newCtx(t).HasTicketKey(key.Name) {
		t.Error("a Ctx without keys has one")
	}
	for n := range 80 {
		if _, ok := ossl.TicketKeyName(make([]byte, n)); ok {
			t.Errorf("%d bytes are a ticket", n)
		}
	}
	secret := fmt.Sprintf("%x", key.AES[:])
	for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
		if text := fmt.Sprintf(format, key); strings.Contains(text, secret) || !strings.Contains(text, fmt.Sprintf("%x", key.Name)) {
			t.Errorf("%s: %s", format, text)
		}
	}
}

// An SSL that changes to another Ctx keeps to the keys of its first, whose
// session tickets it makes; whatever keys the other has.
func TestTicketKeysAfterSwitch(t *testing.T) {
	eachVersion(t, func(t *testing.T, v int) {
		key := ossl.NewTicketKey()
		for name, set := range map[string][]setup{
			"without keys": {func(c *ossl.Ctx) error { return c.SetSessionIDContext([]byte("tickets")) }},
			"other keys":   {sealed(ossl.NewTicketKey())},
		} {
			other := serverCtx(t, testdata.SNI.A, set...)
			client, server := clientCtx(t, testdata.SNI.A, only(v)), ticketServer(t, key)
			must(t, server.SetServerNames(map[string]*ossl.Ctx{"a.example": other}))
			must(t, server.SetSessionTicketCb())
			connectA := func(sess *ossl.Session) *pair {
				p := newPair(t, client, server)
				must(t, p.client.SetTlsextHostName("a.example"))
				must(t, p.server.SetTicketAppData([]byte("data")))
				if sess != nil {
					must(t, p.client.SetSession(sess))
				}
				p.handshake()
				p.echo()
				return p
			}
			p := connectA(nil)
			if !bytes.Equal(p.client.ConnectionState().PeerCertificates[0], leafDER(t, testdata.SNI.A)) {
				t.Fatal(name, "has not changed its Ctx")
			}
			sess, err := p.client.Get1Session()
			must(t, err)
			defer sess.Close()
			sealedWith(t, sess, key)
			if p = connectA(sess); !p.server.SessionReused() {
				t.Error(name, "is not resumed")
			}
			if got := appData(t, p.server); got != "data" {
				t.Errorf("%s: application data %q", name, got)
			}
		}
	})
}

func appData(t testing.TB, s *ossl.SSL) string {
	t.Helper()
	sess, err := s.Get1Session()
	must(t, err)
	defer sess.Close()
	return string(sess.Get0TicketAppdata())
}

// What a server has put into a ticket comes back with it, also to another
// server, and travels on in the tickets that follow.
func TestTicketAppData(t *testing.T) {
	eachVersion(t, func(t *testing.T, v int) {
		key := ossl.NewTicketKey()
		client := clientCtx(t, testdata.ECDSA, only(v))
		server := func(keys ...ossl.TicketKey) *ossl.Ctx {
			c := ticketServer(t, keys...)
			must(t, c.SetSessionTicketCb())
			return c
		}
		come := func(server *ossl.Ctx, sess *ossl.Session, set []byte, want string) *ossl.Session {
			t.Helper()
			p := newPair(t, client, server)
			if sess != nil {
				must(t, p.client.SetSession(sess))
			}
			if set != nil {
				must(t, p.server.SetTicketAppData([]byte("not this")))
				must(t, p.server.SetTicketAppData(set))
				clear(set) // it was the caller's
			}
			p.handshake()
			if p.server.SessionReused() != (sess != nil) {
				t.Fatal("resumed:", sess == nil)
			}
			if got := appData(t, p.server); sess != nil && set == nil && got != want {
				t.Errorf("application data %q, want %q", got, want)
			}
			p.echo()
			next, err := p.client.Get1Session()
			must(t, err)
			t.Cleanup(next.Close)
			return next
		}
		big := bytes.Repeat([]byte("x"), ossl.MaxTicketAppData)
		sess := come(server(key), nil, []byte("tenant 7"), "")
		sess = come(server(ossl.NewTicketKey(), key), sess, nil, "tenant 7")
		if bytes.Contains(sess.Get0Ticket(), []byte("tenant")) {
			t.Error("the ticket shows it")
		}
		old := server(key)
		come(old, come(old, nil, bytes.Clone(big), ""), nil, string(big))
		renewing := server(ossl.NewTicketKey(), key) // TLS 1.2 has a new ticket for an old key only
		sess = come(renewing, come(old, nil, []byte("a"), ""), []byte("b"), "")
		come(renewing, sess, nil, "b")
		come(old, come(old, nil, []byte{}, ""), nil, "")
	})
}

func TestTicketAppDataRefused(t *testing.T) {
	server := ticketServer(t, ossl.NewTicketKey())
	s, err := server.NewSSL()
	must(t, err)
	defer s.Close()
	var e *ossl.Error
	if err := s.SetTicketAppData([]byte("x")); !errors.As(err, &e) || !strings.Contains(err.Error(), "SetSessionTicketCb") {
		t.Error("without SetSessionTicketCb:", err)
	}
	must(t, server.SetSessionTicketCb())
	must(t, s.SetTicketAppData([]byte("x")))
	wantErr(t, s.SetTicketAppData(make([]byte, ossl.MaxTicketAppData+1)), ossl.ErrTicketAppData)
	must(t, s.SetTicketAppData(nil))
}

// A copy of an SSL has application data of its own.
func TestTicketAppDataDup(t *testing.T) {
	server := ticketServer(t, ossl.NewTicketKey())
	must(t, server.SetSessionTicketCb())
	s, err := server.NewSSL()
	must(t, err)
	must(t, s.SetTicketAppData([]byte("of the copy too")))
	must(t, s.SetSSLCtx(ticketServer(t, ossl.NewTicketKey())))
	twin, err := s.Dup()
	must(t, err)
	s.Close()
	must(t, twin.SetTicketAppData([]byte("again")))
	twin.Close()
}

// The ids of sessions that libssl removes wait for whoever comes: after a
// connection that ended badly, and when nothing else is going on.
func TestTakeRemoved(t *testing.T) {
	client := clientCtx(t, testdata.ECDSA, only(ossl.TLS1_2Version))
	server := serverCtx(t, testdata.ECDSA, sealed(ossl.NewTicketKey()))
	server.SetOptions(ossl.OpNoTicket)
	if server.TakeRemoved() != nil {
		t.Error("something was kept unasked")
	}
	must(t, server.SessSetRemoveCb(3))
	var ids [][]byte
	come := func() *pair {
		p := connect(t, client, server)
		p.echo()
		sess, err := p.server.Get1Session()
		must(t, err)
		defer sess.Close()
		ids = append(ids, sess.GetID())
		return p
	}
	expect := func(what string, want ...[]byte) {
		t.Helper()
		got := server.TakeRemoved()
		if !slices.EqualFunc(got, want, bytes.Equal) {
			t.Errorf("%s: %x, want %x", what, got, want)
		}
	}
	p := come()
	expect("in the middle")
	p.server.Close() // without a close_notify
	expect("cut", ids[0])
	expect("again")
	for range 5 {
		q := come()
		_, _, err := q.server.Shutdown()
		must(t, err)
		q.server.Close()
	}
	expect("orderly ends")
	server.SessSetCacheSize(1) // each new one has an old one go
	for range 4 {
		come()
	}
	expect("of more, with room for three", ids[6:9]...) // the last one is in the cache
	for _, limit := range []int{-1, 0, ossl.MaxRemoved + 1} {
		if err := server.SessSetRemoveCb(limit); err == nil {
			t.Error("room for", limit)
		}
	}
	must(t, server.SessSetRemoveCb(1))
	expect("after a change of the limit")
}

// Without an internal cache a connection that ends badly is told of too: its
// session is in a store of the program's.
func TestTakeRemovedWithoutCache(t *testing.T) {
	eachVersion(t, func(t *testing.T, v int) {
		server := serverCtx(t, testdata.ECDSA, func(c *ossl.Ctx) error { return c.SetSessionIDContext([]byte("removed")) })
		server.SetOptions(ossl.OpNoTicket)
		server.SetSessionCacheMode(ossl.SessCacheServer | ossl.SessCacheNoInternal)
		must(t, server.SessSetRemoveCb(8))
		p := connect(t, clientCtx(t, testdata.ECDSA, only(v)), server)
		p.echo()
		sess, err := p.server.Get1Session()
		must(t, err)
		defer sess.Close()
		p.server.Close()
		if got := server.TakeRemoved(); !slices.ContainsFunc(got, func(id []byte) bool { return bytes.Equal(id, sess.GetID()) }) {
			t.Errorf("%x, want %x", got, sess.GetID())
		}
	})
}

// What is removed when the Ctx itself goes, with sessions in its cache, harms
// nobody.
func TestRemovedAtTheEnd(t *testing.T) {
	server := serverCtx(t, testdata.ECDSA)
	must(t, server.SessSetRemoveCb(10))
	p := connect(t, clientCtx(t, testdata.ECDSA, only(ossl.TLS1_2Version)), server)
	p.echo()
	server.Close()
	p.server.Close()
	if server.TakeRemoved() != nil {
		t.Error("a closed Ctx tells")
	}
}
