package bridge

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sys/unix"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// sourceFunc is a TicketKeySource.
type sourceFunc func(ctx context.Context) ([]ossl.TicketKey, time.Time, error)

func (f sourceFunc) Keys(ctx context.Context) ([]ossl.TicketKey, time.Time, error) { return f(ctx) }

var errSource = errors.New("the source is away")

// rotated is a Ctx whose keys come from f.
func rotated(t *testing.T, f sourceFunc, report func(error)) (*ossl.Ctx, *TicketKeyRotator) {
	t.Helper()
	c, err := ossl.NewCtx(ossl.TLSServerMethod())
	must(t, err)
	r, err := RotateTicketKeys(t.Context(), c, f, report)
	must(t, err)
	t.Cleanup(func() { r.Stop(); c.Close() })
	return c, r
}

// reports are the errors that a rotator has told of.
type reports struct {
	mu   sync.Mutex
	list []error
}

func (r *reports) add(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.list = append(r.list, err)
}

func (r *reports) take() (list []error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	list, r.list = r.list, nil
	return list
}

// TestRotatorFollows asks at the source's next change and not before.
func TestRotatorFollows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var mu sync.Mutex
		var current ossl.TicketKey
		var asked []time.Duration
		waits := []time.Duration{time.Hour, time.Minute, 0, -time.Hour, time.Second}
		c, r := rotated(t, func(context.Context) ([]ossl.TicketKey, time.Time, error) {
			mu.Lock()
			defer mu.Unlock()
			asked = append(asked, time.Since(start))
			current = ossl.NewTicketKey()
			if len(asked) > len(waits) {
				return []ossl.TicketKey{current}, time.Time{}, nil // never
			}
			return []ossl.TicketKey{current}, time.Now().Add(waits[len(asked)-1]), nil
		}, func(err error) { t.Error(err) })
		inForce := func() (times []time.Duration) {
			t.Helper()
			mu.Lock()
			defer mu.Unlock()
			if !c.HasTicketKey(current.Name) {
				t.Error("the newest key is not in force")
			}
			return slices.Clone(asked)
		}
		inForce()
		mu.Lock()
		first := current.Name
		mu.Unlock()
		time.Sleep(24 * time.Hour)
		synctest.Wait()
		times := inForce()
		if c.HasTicketKey(first) {
			t.Error("a key that the source has dropped is in force")
		}
		// Two that are due at once have the least pause after them.
		want := fmt.Sprint([]time.Duration{0, time.Hour, 61 * time.Minute, 61*time.Minute + 100*time.Millisecond,
			61*time.Minute + 200*time.Millisecond, 61*time.Minute + 1200*time.Millisecond})
		if got := fmt.Sprint(times); got != want {
			t.Errorf("asked after %v, want %v", got, want)
		}
		for range 3 {
			r.Refresh() // asked once
		}
		synctest.Wait()
		n := len(inForce())
		if n < 7 || n > 8 {
			t.Errorf("asked %d times", n)
		}
		r.Stop()
		r.Stop()
		n = len(inForce())
		r.Refresh()
		time.Sleep(time.Hour)
		synctest.Wait()
		if len(inForce()) != n {
			t.Error("asked after Stop")
		}
	})
}

// TestRotatorFailures keeps the keys, asks again ever more slowly, and resumes
// by itself.
func TestRotatorFailures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		key, later := ossl.NewTicketKey(), ossl.NewTicketKey()
		twin := later
		twin.AES[0]++
		type answer func() ([]ossl.TicketKey, error)
		var now atomic.Value
		good := func(k ossl.TicketKey) answer {
			return func() ([]ossl.TicketKey, error) { return []ossl.TicketKey{k}, nil }
		}
		now.Store(good(key))
		var told reports
		c, _ := rotated(t, func(context.Context) ([]ossl.TicketKey, time.Time, error) {
			keys, err := now.Load().(answer)()
			return keys, time.Now().Add(time.Hour), err
		}, told.add)

		for name, bad := range map[string]answer{
			"error":      func() ([]ossl.TicketKey, error) { return nil, errSource },
			"no keys":    func() ([]ossl.TicketKey, error) { return nil, nil },
			"zero key":   func() ([]ossl.TicketKey, error) { return make([]ossl.TicketKey, 1), nil },
			"duplicates": func() ([]ossl.TicketKey, error) { return []ossl.TicketKey{later, twin}, nil },
			"panic":      func() ([]ossl.TicketKey, error) { panic("in the source") },
		} {
			now.Store(bad)
			time.Sleep(90 * time.Minute)
			synctest.Wait()
			if !c.HasTicketKey(key.Name) {
				t.Fatalf("%s: the key that was in force is gone", name)
			}
			errs := told.take()
			if n := len(errs); n < 100 || n > 250 { // 1 s, 2 s, … and then every ten seconds for half an hour
				t.Errorf("%s: asked %d times", name, n)
			}
			var last *TicketKeyError
			if !errors.As(errs[len(errs)-1], &last) || last.Retry < 10*time.Second || last.Retry > 13*time.Second {
				t.Errorf("%s: %v", name, errs[len(errs)-1])
			}
			now.Store(good(key))
			time.Sleep(2 * time.Minute)
			synctest.Wait()
			if errs := told.take(); len(errs) > 0 {
				t.Errorf("%s: %v", name, errs)
			}
		}
		now.Store(good(later))
		time.Sleep(2 * time.Hour)
		synctest.Wait()
		if !c.HasTicketKey(later.Name) || c.HasTicketKey(key.Name) {
			t.Error("does not go on after all that")
		}
	})
}

// TestRotatorStartsWithoutSource has a key of its own until the source answers.
func TestRotatorStartsWithoutSource(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		key := ossl.NewTicketKey()
		var back atomic.Bool
		var told reports
		c, _ := rotated(t, func(ctx context.Context) ([]ossl.TicketKey, time.Time, error) {
			if !back.Load() {
				<-ctx.Done() // for as long as it may
				return nil, time.Time{}, context.Cause(ctx)
			}
			return []ossl.TicketKey{key}, time.Time{}, nil
		}, told.add)
		if errs := told.take(); len(errs) != 1 || !errors.Is(errs[0], context.DeadlineExceeded) || !strings.Contains(errs[0].Error(), "ticket keys") {
			t.Errorf("%v", errs)
		}
		if name := newTicket(t, c); name == key.Name {
			t.Error("the key is there already")
		}
		back.Store(true)
		time.Sleep(time.Minute)
		synctest.Wait()
		if !c.HasTicketKey(key.Name) {
			t.Error("does not ask again")
		}
	})
}

// newTicket is the name of the key that c seals with now.
func newTicket(t *testing.T, c *ossl.Ctx) [16]byte {
	t.Helper()
	must(t, c.UseCertificateChainFile(testdata.Path(testdata.ECDSA.Cert)))
	must(t, c.UsePrivateKeyFile(testdata.Path(testdata.ECDSA.Key), ossl.FiletypePEM))
	client, err := (&Config{InsecureSkipVerify: true, MaxVersion: ossl.TLS1_2Version}).NewClientCtx()
	must(t, err)
	defer client.Close()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	must(t, err)
	defer func() { _, _ = unix.Close(fds[0]), unix.Close(fds[1]) }()
	var sides [2]*ossl.SSL
	for i, ctx := range []*ossl.Ctx{client, c} {
		sides[i], err = ctx.NewSSL()
		must(t, err)
		defer sides[i].Close()
		must(t, sides[i].SetFd(fds[i]))
	}
	sides[0].SetConnectState()
	sides[1].SetAcceptState()
	for range 10 {
		for _, s := range sides {
			_, err := s.DoHandshake()
			must(t, err)
		}
	}
	sess, err := sides[0].Get1Session()
	must(t, err)
	defer sess.Close()
	name, ok := ossl.TicketKeyName(sess.Get0Ticket())
	if !ok {
		t.Fatal("no ticket")
	}
	return name
}

// TestRotatorStop ends a question that is under way, and says nothing of it.
func TestRotatorStop(t *testing.T) {
	key := ossl.NewTicketKey()
	asking := make(chan struct{})
	first := true
	_, r := rotated(t, func(ctx context.Context) ([]ossl.TicketKey, time.Time, error) {
		if first {
			first = false
			return []ossl.TicketKey{key}, time.Time{}, nil
		}
		close(asking)
		<-ctx.Done()
		return nil, time.Time{}, ctx.Err()
	}, func(err error) { t.Error("reported:", err) })
	r.Refresh()
	soon(t, "question", asking)
	stopped := make(chan struct{})
	go func() { r.Stop(); close(stopped) }()
	soon(t, "Stop", stopped)

	gone, err := ossl.NewCtx(ossl.TLSServerMethod())
	must(t, err)
	gone.Close()
	if _, err := RotateTicketKeys(t.Context(), gone, NewMemoryTicketKeys(0, 0), nil); !errors.Is(err, ossl.ErrClosed) {
		t.Errorf("a closed Ctx: %v", err)
	}
}

// TestRotatorOutlivesCtx may be stopped after the Ctx is closed.
func TestRotatorOutlivesCtx(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, err := ossl.NewCtx(ossl.TLSServerMethod())
		must(t, err)
		r, err := RotateTicketKeys(t.Context(), c, NewMemoryTicketKeys(time.Hour, 1), func(err error) { t.Error(err) })
		must(t, err)
		c.Close()
		time.Sleep(5 * time.Hour)
		r.Stop()
	})
}

// ticketServers are n listeners of n Ctx that have their keys from one source.
func ticketServers(t *testing.T, n int, p params, source TicketKeySource) (list []net.Listener, rotators []*TicketKeyRotator) {
	t.Helper()
	for range n {
		ctx, err := p.server().NewServerCtx()
		must(t, err)
		r, err := RotateTicketKeys(t.Context(), ctx, source, func(err error) { t.Error(err) })
		must(t, err)
		inner, err := net.Listen("tcp", "127.0.0.1:0")
		must(t, err)
		ln := NewListener(inner, ctx)
		t.Cleanup(func() { _ = ln.Close(); r.Stop(); ctx.Close() })
		list, rotators = append(list, ln), append(rotators, r)
	}
	return list, rotators
}

// TestTicketsAcrossServers shakes hands with one server and resumes on another,
// as ourselves, as crypto/tls and as `openssl s_client -sess_out` and -sess_in.
func TestTicketsAcrossServers(t *testing.T) {
	for name, client := range map[string]endpoint{"conn": connEndpoint{}, "loop": loopEndpoint{}, "std": stdEndpoint{}, "openssl": opensslEndpoint{}} {
		for _, v := range versions {
			t.Run(name+"/"+v.name, func(t *testing.T) {
				p := params{chain: testdata.ECDSA, version: v.version, payload: []byte("over there\n")}
				lns, _ := ticketServers(t, 3, p, NewMemoryTicketKeys(0, 1))
				var session any
				for i, ln := range lns {
					served := acceptLines(t, ln, 1, func(c *Conn) outcome { return outcomeOf(c.ConnectionState()) })
					o := client.connect(t, ln.Addr().String(), p, session)
					if i == 0 || v.version == ossl.TLS1_3Version {
						session = o.session // TLS 1.2 gives no second one
					}
					check(t, "client", o, p, i > 0)
					for _, o := range served() {
						check(t, fmt.Sprintf("server %d", i), o, p, i > 0)
					}
				}
			})
		}
	}
}

// TestUnknownTicketKey is a full handshake for `openssl s_client` too.
func TestUnknownTicketKey(t *testing.T) {
	for _, v := range versions {
		t.Run(v.name, func(t *testing.T) {
			p := params{chain: testdata.ECDSA, version: v.version, payload: []byte("who are you\n")}
			var session any
			for range 2 {
				lns, _ := ticketServers(t, 1, p, NewMemoryTicketKeys(0, 1)) // each with keys of its own
				served := acceptLines(t, lns[0], 1, func(c *Conn) outcome { return outcomeOf(c.ConnectionState()) })
				session = opensslEndpoint{}.connect(t, lns[0].Addr().String(), p, session).session
				for _, o := range served() {
					check(t, "server", o, p, false)
				}
			}
		})
	}
}

// steady is a source whose keys change when it is told.
type steady struct {
	mu   sync.Mutex
	keys []ossl.TicketKey
}

func (s *steady) Keys(context.Context) ([]ossl.TicketKey, time.Time, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]ossl.TicketKey(nil), s.keys...), time.Time{}, nil
}

func (s *steady) turn() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keys = append([]ossl.TicketKey{ossl.NewTicketKey()}, s.keys[:min(len(s.keys), 30)]...)
}

// TestRotationUnderLoad changes the keys of two servers with every few
// handshakes: none fails, and most are resumed, on whichever server.
func TestRotationUnderLoad(t *testing.T) {
	const clients, visits = 6, 30
	for _, v := range versions {
		t.Run(v.name, func(t *testing.T) {
			p := params{chain: testdata.ECDSA, version: v.version}
			source := new(steady)
			source.turn()
			lns, rotators := ticketServers(t, 2, p, source)
			var servers sync.WaitGroup
			for _, ln := range lns {
				servers.Go(func() { serveBytes(ln) })
			}
			ctx, err := p.client().NewClientCtx()
			must(t, err)
			defer ctx.Close()
			var mu sync.Mutex
			var done, resumed int
			var all sync.WaitGroup
			for i := range clients {
				all.Go(func() {
					err := comeOften(ctx, lns, i, visits, func(r bool) {
						mu.Lock()
						defer mu.Unlock()
						if done++; r {
							resumed++
						}
						if done%5 == 0 {
							source.turn()
							for _, r := range rotators {
								r.Refresh()
							}
						}
					})
					if err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			for _, ln := range lns {
				must(t, ln.Close())
			}
			servers.Wait()
			most := clients * (visits - 1)
			t.Logf("%d of %d resumed, %d rotations", resumed, most, done/5)
			if done != clients*visits || resumed*2 < most {
				t.Errorf("%d connections, %d of %d resumed", done, resumed, most)
			}
		})
	}
}

// serveBytes answers each connection's first byte, until the listener closes.
func serveBytes(ln net.Listener) {
	var all sync.WaitGroup
	defer all.Wait()
	for {
		nc, err := ln.Accept()
		if err != nil {
			return
		}
		all.Go(func() {
			defer nc.Close()
			_ = nc.SetDeadline(time.Now().Add(patience))
			b := make([]byte, 1)
			if _, err := nc.Read(b); err == nil {
				_, _ = nc.Write(b)
				_, _ = nc.Read(b) // the client's end
			}
		})
	}
}

// comeOften has one client visit the servers in turn.
func comeOften(ctx *ossl.Ctx, lns []net.Listener, first, visits int, tell func(resumed bool)) error {
	d := Dialer{Ctx: ctx, Config: &Config{ServerName: "localhost"}}
	defer d.Close()
	defer func() { d.Session.Close() }()
	for n := range visits {
		next, resumed, err := comeOnce(&d, lns[(first+n)%len(lns)].Addr().String())
		if err != nil {
			return err
		}
		d.Session.Close()
		d.Session = next
		tell(resumed)
	}
	return nil
}

func comeOnce(d *Dialer, addr string) (next *ossl.Session, resumed bool, err error) {
	nc, err := d.Dial("tcp", addr)
	if err != nil {
		return nil, false, err
	}
	defer nc.Close()
	if err := nc.SetDeadline(time.Now().Add(patience)); err != nil {
		return nil, false, err
	}
	if _, err := nc.Write([]byte("x")); err != nil {
		return nil, false, err
	}
	if _, err := nc.Read(make([]byte, 1)); err != nil {
		return nil, false, err
	}
	c := nc.(*Conn)
	next, err = c.Session()
	return next, c.ConnectionState().Resumed, err
}
