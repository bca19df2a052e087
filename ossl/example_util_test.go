package ossl_test

import (
	"errors"
	"log"
	"sync"

	"golang.org/x/sys/unix"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// exampleCtxs are the client's and the server's side of the examples. They and
// what is made of them end with the last example.
var exampleCtxs = sync.OnceValues(func() (client, server *ossl.Ctx) {
	client, err := ossl.NewCtx(ossl.TLSClientMethod())
	server, err2 := ossl.NewCtx(ossl.TLSServerMethod())
	if err := errors.Join(err, err2, trust(testdata.ECDSA.Roots)(client), identity(testdata.ECDSA)(server)); err != nil {
		log.Fatal(err)
	}
	exampleDone(client, server)
	return client, server
})

// examplesOpen is what TestMain closes after the examples, which have no
// cleanup of their own.
var examplesOpen []func()

func exampleDone(objects ...interface{ Close() }) {
	for _, o := range objects {
		examplesOpen = append(examplesOpen, o.Close)
	}
}

// dialExample is a socket whose peer is a TLS server that says one line and
// goodbye.
func dialExample() int {
	_, server := exampleCtxs()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		log.Fatal(err)
	}
	s, err := server.NewSSL()
	if err != nil {
		log.Fatal(err)
	}
	var served sync.WaitGroup
	examplesOpen = append(examplesOpen, served.Wait)
	served.Go(func() {
		defer unix.Close(fds[1])
		defer s.Close()
		steps := []step{s.Accept, writer(s, []byte("hello from the server\n")), func() (ossl.Want, error) { _, w, err := s.Shutdown(); return w, err }}
		if err := s.SetFd(fds[1]); err != nil {
			log.Fatal(err)
		}
		for _, f := range steps {
			for w, err := f(); w != ossl.WantNothing || err != nil; w, err = f() {
				if err != nil {
					log.Fatal(err)
				}
				if err := poll(fds[1], w); err != nil {
					log.Fatal(err)
				}
			}
		}
	})
	return fds[0]
}

// examplePairs are clients and servers that have shaken hands.
func examplePairs(n int, resume ...*ossl.Session) (pairs [][2]*ossl.SSL) {
	client, server := exampleCtxs()
	for range n {
		fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
		if err != nil {
			log.Fatal(err)
		}
		examplesOpen = append(examplesOpen, func() { _ = unix.Close(fds[0]); _ = unix.Close(fds[1]) })
		c, err := client.NewSSL()
		s, err2 := server.NewSSL()
		if err := errors.Join(err, err2); err != nil {
			log.Fatal(err)
		}
		exampleDone(c, s)
		err = errors.Join(c.SetFd(fds[0]), s.SetFd(fds[1]))
		for _, sess := range resume {
			err = errors.Join(err, c.SetSession(sess))
		}
		for cw, sw := ossl.WantRead, ossl.WantRead; err == nil && (cw != ossl.WantNothing || sw != ossl.WantNothing); {
			var cerr, serr error
			cw, cerr = c.Connect()
			sw, serr = s.Accept()
			err = errors.Join(cerr, serr)
		}
		if err != nil {
			log.Fatal(err)
		}
		pairs = append(pairs, [2]*ossl.SSL{c, s})
	}
	return pairs
}
