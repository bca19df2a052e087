package ossl_test

import (
	"bytes"
	"errors"
	"os"
	"runtime"
	"strconv"
	"sync"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// Live counts every type, up and down.
func TestLive(t *testing.T) {
	before := ossl.Live()
	c := newCtx(t)
	d, err := c.UpRef()
	must(t, err)
	s, err := c.NewSSL()
	must(t, err)
	x, err := ossl.PEMReadBioX509(readFile(t, testdata.RSA.Cert))
	must(t, err)
	k, err := ossl.PEMReadBioPrivateKey(readFile(t, testdata.RSA.Key), "")
	must(t, err)
	st, err := ossl.NewStore()
	must(t, err)
	want := before
	want.Ctx, want.SSL, want.X509, want.PKey, want.Store = want.Ctx+2, want.SSL+1, want.X509+1, want.PKey+1, want.Store+1
	if got := ossl.Live(); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	for _, o := range []interface{ Close() }{c, d, s, x, k, st, c, s, x} {
		o.Close()
	}
	if got := ossl.Live(); got != before {
		t.Errorf("%+v, want %+v", got, before)
	}
}

// What nobody closes the collector does, and counts.
func TestForgottenObjects(t *testing.T) {
	before := ossl.Live()
	func() {
		c, err := ossl.NewCtx(ossl.TLSMethod())
		must(t, err)
		s, err := c.NewSSL()
		must(t, err)
		if s.GetVersion() == "" {
			t.Error("no SSL")
		}
		x, err := ossl.PEMReadBioX509(readFile(t, testdata.RSA.Cert))
		must(t, err)
		if x.GetVersion() != 2 {
			t.Error("no certificate")
		}
	}()
	forget(t, before.Leaked, 3)
	after := ossl.Live()
	after.Leaked = before.Leaked
	if after != before {
		t.Errorf("%+v, want %+v", after, before)
	}
}

// A failing constructor leaves nothing behind.
func TestFailuresLeakNothing(t *testing.T) {
	before := ossl.Live()
	for range 100 {
		_, _ = ossl.PEMReadBioX509([]byte("garbage"))
		_, _ = ossl.PEMReadBioPrivateKey([]byte("garbage"), "pass")
		_, _ = ossl.D2IX509([]byte("garbage"))
		_, _ = ossl.D2IAutoPrivateKey([]byte("garbage"))
		_, _ = ossl.D2ISession([]byte("garbage"))
		_, _ = ossl.NewCtx(ossl.Method{})
	}
	if after := ossl.Live(); after != before {
		t.Errorf("%+v, want %+v", after, before)
	}
}

// Thousands of connections up and down, well and badly, leave the resident
// size where it was.
func TestResidentSizeIsFlat(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: 2,000 connections take a few seconds")
	}
	client, server := clientCtx(t, testdata.ECDSA), serverCtx(t, testdata.ECDSA)
	must(t, server.SetAlpnSelect("h2"))
	must(t, server.SetServerNames(map[string]*ossl.Ctx{"localhost": server}))
	stranger := clientCtx(t, testdata.RSA)
	server.SetSessionCacheMode(ossl.SessCacheOff)
	cfd, sfd := socketpair(t)
	life := func(client *ossl.Ctx, fails bool) {
		c, err := client.NewSSL()
		must(t, err)
		defer c.Close()
		s, err := server.NewSSL()
		must(t, err)
		defer s.Close()
		must(t, errors.Join(c.SetFd(cfd), s.SetFd(sfd), c.SetAlpnProtos("h2"), c.SetTlsextHostName("localhost")))
		errs := lockstep(t, c.Connect, s.Accept)
		if err := errors.Join(errs...); (err != nil) != fails {
			t.Fatal(err)
		}
		c.ConnectionState()
		if !fails {
			must(t, errors.Join(lockstep(t, shutdown(c), shutdown(s))...))
		}
		drainFD(t, cfd)
		drainFD(t, sfd)
	}
	round := func() {
		for i := range 500 {
			if i%5 == 0 {
				life(stranger, true)
			} else {
				life(client, false)
			}
		}
		runtime.GC()
	}
	round() // arenas and caches reach their size
	start := resident(t)
	for range 4 {
		round()
	}
	grown := resident(t) - start
	t.Logf("%d bytes resident; slope over 2,000 connections: %+.1f bytes each", start, float64(grown)/2000)
	// A connection has some 40 KB, a forgotten X509 2 KB, an error entry 50 bytes.
	if grown > 2<<20 && !sanitized() {
		t.Errorf("%d bytes more", grown)
	}
}

func resident(t testing.TB) int {
	t.Helper()
	b, err := os.ReadFile("/proc/self/statm")
	must(t, err)
	pages, err := strconv.Atoi(string(bytes.Fields(b)[1]))
	must(t, err)
	return pages * os.Getpagesize()
}

// Any number of goroutines make SSLs of one Ctx and use them, each its own, and
// hand one over to another when they are done with it: the race detector and
// libssl have nothing to say.
func TestSharedCtx(t *testing.T) {
	client, server := clientCtx(t, testdata.ECDSA), serverCtx(t, testdata.ECDSA)
	must(t, server.SetServerNames(map[string]*ossl.Ctx{"localhost": serverCtx(t, testdata.ECDSA)}))
	first := connect(t, client, server)
	first.echo()
	sess, err := first.client.Get1Session()
	must(t, err)
	defer sess.Close()
	handed := make(chan *pair, 16)
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for range 5 {
				fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
				if err != nil {
					t.Error(err)
					return
				}
				p := &pair{t: t, cfd: fds[0], sfd: fds[1]}
				p.client, _ = client.NewSSL()
				p.server, _ = server.NewSSL()
				p.client.SetConnectState()
				p.server.SetAcceptState()
				err = errors.Join(p.client.SetFd(p.cfd), p.server.SetFd(p.sfd), p.client.SetTlsextHostName("localhost"), p.client.SetSession(sess))
				err = errors.Join(err, errors.Join(lockstep(t, p.client.DoHandshake, p.server.DoHandshake)...))
				if err != nil {
					t.Error(err)
				}
				handed <- p
				q := <-handed // often another goroutine's
				var got []byte
				if err := errors.Join(lockstep(t, writer(q.client, pattern(1000)), reader(q.server, &got, 1000))...); err != nil {
					t.Error(err)
				}
				q.client.Close()
				q.server.Close()
				_ = unix.Close(q.cfd)
				_ = unix.Close(q.sfd)
			}
		})
	}
	wg.Wait()
}
